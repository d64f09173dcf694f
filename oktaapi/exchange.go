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
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
)

// ExchangeCode trades an authorization code for tokens, as the relying party
// would: with the app's client secret, sent in the way the app is registered
// for, to the org and nowhere else. It is sent once, as a code is good once. An
// answer of Okta that is no success is an *Error whose Code is OAuth's word,
// such as invalid_client.
func (c *Client) ExchangeCode(ctx context.Context, x sso.CodeExchange) (sso.Tokens, error) {
	t, err := c.exchangeCode(ctx, x)
	if err != nil {
		return sso.Tokens{}, fmt.Errorf("exchange the code of client %s: %w", clean(x.ClientID, 60), err)
	}
	return t, nil
}

func (c *Client) exchangeCode(ctx context.Context, x sso.CodeExchange) (sso.Tokens, error) {
	if !c.onOrg(x.TokenURL) {
		return sso.Tokens{}, fmt.Errorf("the token endpoint is not an address of %s", c.host)
	}
	req, err := exchangeRequest(ctx, x)
	if err != nil {
		return sso.Tokens{}, err
	}
	setAgent(req, c.agent)
	a, err := exchangePlain(c.plain, req)
	if err != nil {
		return sso.Tokens{}, err
	}
	r := call{method: http.MethodPost, path: req.URL.Path}
	body := gjson.ParseBytes(a.body)
	switch {
	case !gjson.ValidBytes(a.body) || !body.IsObject():
		return sso.Tokens{}, c.lostUnless(r, notOkta(c.host, a))
	case a.status != http.StatusOK:
		return sso.Tokens{}, exchangeRefused(r, a, body)
	}
	t := sso.Tokens{IDToken: secret.New(body.Get("id_token").String()), AccessToken: secret.New(body.Get("access_token").String())}
	if t.IDToken.IsZero() {
		return sso.Tokens{}, errors.New("the answer holds no ID token")
	}
	return t, nil
}

func exchangeRequest(ctx context.Context, x sso.CodeExchange) (*http.Request, error) {
	form := url.Values{"grant_type": {"authorization_code"}, "code": {x.Code.Reveal()}, "redirect_uri": {x.RedirectURI}}
	if !x.Verifier.IsZero() {
		form.Set("code_verifier", x.Verifier.Reveal())
	}
	switch x.Authentication {
	case "client_secret_post":
		form.Set("client_id", x.ClientID)
		form.Set("client_secret", x.Secret.Reveal())
	case "client_secret_basic":
	default:
		return nil, fmt.Errorf("client authentication %q: only client_secret_post and client_secret_basic can be tried out", clean(x.Authentication, 60))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, x.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	if x.Authentication == "client_secret_basic" {
		req.SetBasicAuth(url.QueryEscape(x.ClientID), url.QueryEscape(x.Secret.Reveal()))
	}
	return req, nil
}

// exchangeRefused reads OAuth's form of an error, and Okta's own, which it
// uses for a client that it does not know.
func exchangeRefused(r call, a answer, body gjson.Result) error {
	e := &Error{Method: r.method, Path: r.path, Status: a.status, RequestID: clean(a.header.Get("X-Okta-Request-Id"), 100),
		Code: clean(body.Get("error").String(), 60), Summary: clean(body.Get("error_description").String(), 400)}
	if e.Code == "" {
		e.Code, e.Summary = clean(body.Get("errorCode").String(), 60), clean(body.Get("errorSummary").String(), 400)
	}
	out := &hint.Error{Err: e, RequestID: e.RequestID}
	switch e.Code {
	case "invalid_client":
		out.Hints = []string{"the client secret is wrong or not active, or the app wants it sent in another way: see General → Client Credentials of the app in the Admin Console"}
	case "invalid_grant":
		out.Hints = []string{"a code is good once and for a minute: run the same command again"}
	case "unauthorized_client":
		out.Hints = []string{"tick Authorization Code among the grant types of the app (General → General Settings)"}
	}
	return out
}

// ErrorCode is Code: callers that do not know this type ask for it.
func (e *Error) ErrorCode() string { return e.Code }
