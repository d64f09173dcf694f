package oktaapi

import (
	"context"
	"fmt"
	"net/http"
	"regexp"

	"github.com/tidwall/gjson"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

const orgPath = "/.well-known/okta-organization"

var orgID = regexp.MustCompile(`^00o[A-Za-z0-9]{10,40}$`)

// Org reads which org answers at the address. It sends no token. An address
// that answers but is no Okta org is a usage error (exit code 2).
func (c *Client) Org(ctx context.Context) (sso.Org, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.orgURL+orgPath, nil)
	if err != nil {
		return sso.Org{}, err
	}
	req.Header.Set("Accept", "application/json")
	setAgent(req, c.agent)
	a, err := exchangePlain(c.plain, req)
	if err != nil {
		return sso.Org{}, fmt.Errorf("look up the org at %s: %w", c.orgURL, err)
	}
	body := gjson.ParseBytes(a.body)
	known := gjson.ValidBytes(a.body) && body.IsObject()
	switch {
	case a.status >= 500 || a.status == http.StatusTooManyRequests:
		return sso.Org{}, fmt.Errorf("look up the org at %s: %w", c.orgURL, c.failure(call{method: http.MethodGet, path: orgPath}, a))
	case a.status != http.StatusOK || !known || !orgID.MatchString(body.Get("id").String()):
		return sso.Org{}, hint.With(hint.Usage, fmt.Errorf("no Okta org answers at %s: %s gave %s with status %d", c.orgURL, orgPath, kindOf(a), a.status),
			"check the spelling: open the address in a browser, it must show your company's Okta sign-in page")
	}
	org := sso.Org{ID: body.Get("id").String(), URL: c.orgURL, Host: c.host, Engine: "classic"}
	if body.Get("pipeline").String() == "idx" {
		org.Engine = "oie"
	}
	return org, nil
}

// Me is whose token it is. A service app is no person: its client id is the login.
func (c *Client) Me(ctx context.Context) (sso.Person, error) {
	if c.token != nil {
		return sso.Person{Login: c.auth.ClientID}, nil
	}
	body, err := c.get(ctx, "/api/v1/users/me", nil)
	if err != nil {
		return sso.Person{}, fmt.Errorf("look up whose token it is: %w", err)
	}
	return readPerson(body), nil
}
