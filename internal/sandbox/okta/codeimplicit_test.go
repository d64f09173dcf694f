package okta_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

func TestTokensComeAtOnceWhereTheAppMayHaveThem(t *testing.T) {
	t.Parallel()
	rp := start(t).webApp(`"response_types":["code"]`, `"response_types":["code","id_token","token"]`,
		`"grant_types":["authorization_code"]`, `"grant_types":["authorization_code","implicit"]`)
	browser := rp.sessionOf("ana.lima@acme.example")
	ask := func(kind string, more ...oauth2.AuthCodeOption) response {
		more = append([]oauth2.AuthCodeOption{oauth2.SetAuthURLParam("response_type", kind)}, more...)
		return rp.visit(browser, rp.config.AuthCodeURL("st", more...), nil)
	}
	for kind, want := range map[string]string{
		"id_token":            "id_token state",
		"token":               "access_token expires_in scope state token_type",
		"id_token token":      "access_token expires_in id_token scope state token_type",
		"code id_token":       "code id_token state",
		"code token":          "access_token code expires_in scope state token_type",
		"code id_token token": "access_token code expires_in id_token scope state token_type",
	} {
		r := ask(kind, oidc.Nonce("n-1"))
		if !strings.Contains(r.Header.Get("Location"), "#") {
			t.Errorf("%s came to %q", kind, r.Header.Get("Location"))
		}
		q := r.returned(t)
		var names []string
		for _, name := range []string{"access_token", "code", "expires_in", "id_token", "scope", "state", "token_type"} {
			if q.Get(name) != "" {
				names = append(names, name)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s", kind, got)
		}
		if q.Has("id_token") {
			rp.checkImplicit(kind, q)
		}
		if q.Has("code") {
			if _, err := rp.config.Exchange(t.Context(), q.Get("code")); err != nil {
				t.Errorf("%s: the code: %v", kind, err)
			}
		}
	}
	if q := ask("id_token").returned(t); q.Get("error") != "invalid_request" || !strings.Contains(q.Get("error_description"), "nonce") {
		t.Errorf("without a nonce: %v", q)
	}
	if q := ask("token", oauth2.SetAuthURLParam("response_mode", "query")).returned(t); q.Get("error") != "invalid_request" {
		t.Errorf("a token in the query: %v", q)
	}
	if form := ask("id_token", oidc.Nonce("n-1"), oauth2.SetAuthURLParam("response_mode", "form_post")); !strings.Contains(form.text, `name="id_token"`) {
		t.Errorf("posted: %s", form.text)
	}
}

// checkImplicit verifies an ID token from the authorization endpoint: alone it
// has all claims, beside others the hash of each.
func (rp *relyingParty) checkImplicit(kind string, q url.Values) {
	rp.t.Helper()
	token, err := rp.verifier().Verify(rp.t.Context(), q.Get("id_token"))
	if err != nil {
		rp.t.Fatalf("%s: %v", kind, err)
	}
	var claims map[string]any
	if err := token.Claims(&claims); err != nil {
		rp.t.Fatal(err)
	}
	alone := kind == "id_token"
	if token.Nonce != "n-1" || (claims["given_name"] == "Ana") != alone || (claims["c_hash"] != nil) != q.Has("code") {
		rp.t.Errorf("%s: claims %v", kind, claims)
	}
	if q.Has("access_token") {
		if err := token.VerifyAccessToken(q.Get("access_token")); err != nil {
			rp.t.Errorf("%s: %v", kind, err)
		}
	} else if claims["at_hash"] != nil {
		rp.t.Errorf("%s: a hash of no access token: %v", kind, claims)
	}
}
