package oktaapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

const discoveryPath = "/.well-known/openid-configuration"

// Discovery reads the discovery document of the org authorization server. It
// sends no token. A document that names another issuer than the org, or
// endpoints elsewhere, is an error: relying parties refuse the first, and the
// second would take the client secret to strangers.
func (c *Client) Discovery(ctx context.Context) (sso.AuthorizationServer, error) {
	server, err := c.discover(ctx)
	if err != nil {
		return sso.AuthorizationServer{}, fmt.Errorf("read the discovery document of %s: %w", c.host, err)
	}
	return server, nil
}

func (c *Client) discover(ctx context.Context) (sso.AuthorizationServer, error) {
	body, err := c.getPlain(ctx, c.orgURL+discoveryPath)
	if err != nil {
		return sso.AuthorizationServer{}, err
	}
	s := sso.AuthorizationServer{
		Issuer:       body.Get("issuer").String(),
		AuthorizeURL: body.Get("authorization_endpoint").String(),
		TokenURL:     body.Get("token_endpoint").String(),
		UserInfoURL:  body.Get("userinfo_endpoint").String(),
		KeysURL:      body.Get("jwks_uri").String(),
	}
	switch {
	case s.Issuer == "":
		return s, errors.New("the discovery document names no issuer")
	case strings.TrimSuffix(s.Issuer, "/") != c.orgURL:
		issuer := clean(s.Issuer, 200)
		return s, hint.Add(fmt.Errorf("it names another issuer, %s", issuer),
			"tokens will name that issuer, so the service provider needs it too: give the org as %s", issuer)
	}
	for name, address := range map[string]string{"authorization_endpoint": s.AuthorizeURL, "token_endpoint": s.TokenURL, "jwks_uri": s.KeysURL} {
		if !c.onOrg(address) {
			return s, fmt.Errorf("its %s is not an address of %s", name, c.host)
		}
	}
	return s, nil
}

// JWKS reads the keys that the authorization server signs with, as it
// publishes them.
func (c *Client) JWKS(ctx context.Context, server sso.AuthorizationServer) ([]byte, error) {
	if !c.onOrg(server.KeysURL) {
		return nil, fmt.Errorf("read the keys of %s: their address is not one of the org", c.host)
	}
	body, err := c.getPlain(ctx, server.KeysURL)
	if err == nil && !body.Get("keys").IsArray() {
		err = errors.New("the answer is no key set")
	}
	if err != nil {
		return nil, fmt.Errorf("read the keys of %s: %w", c.host, err)
	}
	return []byte(body.Raw), nil
}

// onOrg tells whether an address lies on the org's origin.
func (c *Client) onOrg(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.User == nil && u.Scheme+"://"+u.Host == c.orgURL
}

// getPlain reads a JSON object that needs no token.
func (c *Client) getPlain(ctx context.Context, address string) (gjson.Result, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return gjson.Result{}, err
	}
	req.Header.Set("Accept", "application/json")
	setAgent(req, c.agent)
	a, err := exchangePlain(c.plain, req)
	if err != nil {
		return gjson.Result{}, err
	}
	if err := c.check(call{method: http.MethodGet, path: req.URL.Path}, a); err != nil {
		return gjson.Result{}, err
	}
	return gjson.ParseBytes(a.body), nil
}
