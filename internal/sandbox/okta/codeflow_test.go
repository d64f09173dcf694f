package okta_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/okta"
)

func TestForeignClientSignsSomebodyIn(t *testing.T) {
	t.Parallel()
	rp := start(t).webApp()
	c := rp.browser()
	page := rp.visit(c, rp.config.AuthCodeURL("a state & more", oidc.Nonce("n-1"), oauth2.SetAuthURLParam("login_hint", "ana.lima@acme.example")), nil)
	if !strings.Contains(page.text, `value="ana.lima@acme.example"`) {
		t.Error("the sign-in page does not know the login hint")
	}
	q := rp.signIn(c, page, "ana.lima@acme.example").returned(t)
	if q.Get("state") != "a state & more" || len(q) != 2 {
		t.Fatalf("answer %v", q)
	}
	token, err := rp.config.Exchange(t.Context(), q.Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	claims := rp.idToken(token)
	for _, name := range []string{"jti", "at_hash", "sub", "idp"} {
		if text, _ := claims[name].(string); len(text) < 20 {
			t.Errorf("claim %s = %v", name, claims[name])
		}
		delete(claims, name)
	}
	now := float64(rp.clock.now().Unix())
	want := map[string]any{
		"ver": 1.0, "iss": rp.url, "aud": rp.id, "iat": now, "exp": now + 3600, "auth_time": now, "nonce": "n-1", "amr": []any{"pwd"},
		"name": "Ana Lima", "preferred_username": "ana.lima@acme.example", "email": "ana.lima@acme.example", "email_verified": true,
	}
	if diff := cmp.Diff(want, claims); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
	if token.TokenType != "Bearer" || token.Extra("scope") != "openid profile email" || token.Extra("expires_in") != 3600.0 {
		t.Errorf("answer %v", token)
	}
	for _, method := range []string{"GET", "POST"} {
		info := rp.must(200, method, "/oauth2/v1/userinfo", "", "Authorization", "Bearer "+token.AccessToken).object(t)
		if info["email"] != "ana.lima@acme.example" || info["given_name"] != "Ana" || info["family_name"] != "Lima" || info["sub"] == nil {
			t.Errorf("%s userinfo: %v", method, info)
		}
	}
	posted := rp.visit(http.DefaultClient, rp.url+"/oauth2/v1/userinfo", url.Values{"access_token": {token.AccessToken}})
	if posted.StatusCode != 200 {
		t.Errorf("userinfo with the token in the form: %d", posted.StatusCode)
	}
}

func TestTokensOutliveARestart(t *testing.T) {
	t.Parallel()
	log := durable.Memory()
	s := start(t, func(o *okta.Options) { o.Log = log })
	rp := s.webApp()
	token, err := rp.config.Exchange(t.Context(), rp.code())
	if err != nil {
		t.Fatal(err)
	}
	keys := s.must(200, "GET", "/oauth2/v1/keys", "", "Authorization", "").text
	again := start(t, func(o *okta.Options) { o.Log = log })
	if got := again.must(200, "GET", "/oauth2/v1/keys", "", "Authorization", "").text; got != keys {
		t.Errorf("keys after a restart: %s, before: %s", got, keys)
	}
	again.must(200, "GET", "/oauth2/v1/userinfo", "", "Authorization", "Bearer "+token.AccessToken)
	rp.config.Endpoint.TokenURL = again.url + "/oauth2/v1/token"
	rp.sandbox = again
	rp.config.Endpoint.AuthURL = again.url + "/oauth2/v1/authorize"
	if _, err := rp.config.Exchange(t.Context(), rp.code()); err != nil {
		t.Errorf("sign-in after a restart: %v", err)
	}
}

func TestPersonWithoutAddressHasNoEmailClaim(t *testing.T) {
	t.Parallel()
	s := start(t)
	rp := s.webApp()
	const kiosk = "reception.kiosk@acme.example"
	s.must(200, "POST", "/api/v1/apps/"+rp.app+"/users", `{"id":"`+s.userID(kiosk)+`"}`)
	code := s.visit(s.sessionOf(kiosk), rp.config.AuthCodeURL("s"), nil).returned(t).Get("code")
	token, err := rp.config.Exchange(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	claims := rp.idToken(token)
	info := s.must(200, "GET", "/oauth2/v1/userinfo", "", "Authorization", "Bearer "+token.AccessToken).object(t)
	for _, m := range []map[string]any{claims, info} {
		if _, has := m["email"]; has || m["email_verified"] != nil {
			t.Errorf("claims %v", m)
		}
	}
}

func TestFreshSignInIsAskedForWhereItIsWanted(t *testing.T) {
	t.Parallel()
	rp := start(t).webApp()
	const ana = "ana.lima@acme.example"
	browser := rp.sessionOf(ana)
	rp.clock.add(10 * time.Minute)
	young := func(prompt, age string) string {
		u, _ := url.Parse(rp.config.AuthCodeURL("s"))
		q := u.Query()
		if prompt != "" {
			q.Set("prompt", prompt)
		}
		if age != "" {
			q.Set("max_age", age)
		}
		u.RawQuery = q.Encode()
		return u.String()
	}
	if q := rp.visit(browser, young("none", "900"), nil).returned(t); q.Get("code") == "" {
		t.Errorf("a session that is young enough: %v", q)
	}
	if q := rp.visit(browser, young("none", "60"), nil).returned(t); q.Get("error") != "login_required" {
		t.Errorf("a session that is too old, without prompt: %v", q)
	}
	for _, address := range []string{young("login", ""), young("", "60"), young("", "0")} {
		page := rp.visit(browser, address, nil)
		q := rp.signIn(browser, page, ana).returned(t)
		if q.Get("code") == "" {
			t.Errorf("%s: %v", address, q)
		}
		rp.clock.add(10 * time.Minute)
	}
}

func TestSessionTokenInTheAddressSignsIn(t *testing.T) {
	t.Parallel()
	rp := start(t).webApp()
	const ana = "ana.lima@acme.example"
	token, _ := rp.must(200, "POST", "/api/v1/authn", fmt.Sprintf(`{"username":%q,"password":%q}`, ana, rp.password(ana)),
		"Authorization", "").object(t)["sessionToken"].(string)
	address := rp.config.AuthCodeURL("s", oauth2.SetAuthURLParam("sessionToken", token))
	if q := rp.visit(rp.browser(), address, nil).returned(t); q.Get("code") == "" {
		t.Errorf("answer %v", q)
	}
	if again := rp.visit(rp.browser(), address, nil); again.StatusCode != 200 || strings.Contains(again.Request.URL.String(), token) {
		t.Errorf("a spent token leads to %s with %d", again.Request.URL, again.StatusCode)
	}
}

func TestAnswerComesInTheModeAskedFor(t *testing.T) {
	t.Parallel()
	rp := start(t).webApp()
	browser := rp.sessionOf("ana.lima@acme.example")
	mode := func(m string) response {
		return rp.visit(browser, rp.config.AuthCodeURL("s<1>", oauth2.SetAuthURLParam("response_mode", m)), nil)
	}
	if to := mode("fragment").Header.Get("Location"); !strings.HasPrefix(to, callback+"#code=") {
		t.Errorf("fragment: %q", to)
	}
	form := mode("form_post")
	if form.StatusCode != 200 || !strings.Contains(form.text, `action="https://sp.example/cb" method="POST"`) ||
		!strings.Contains(form.text, `name="code"`) || !strings.Contains(form.text, `value="s&lt;1&gt;"`) {
		t.Errorf("form_post: %d %s", form.StatusCode, form.text)
	}
	posted := rp.visit(browser, rp.url+"/oauth2/v1/authorize", url.Values{
		"client_id": {rp.id}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid"}, "state": {"s"},
	})
	if posted.returned(t).Get("code") == "" {
		t.Errorf("posted request: %d", posted.StatusCode)
	}
}

func TestGroupsComeWhereTheAppHasSuchAClaim(t *testing.T) {
	t.Parallel()
	rp := start(t).webApp()
	rp.must(200, "POST", "/api/v1/internal/apps/"+rp.app+"/settings/oauth/idToken",
		`{"issuerMode":"ORG_URL","name":"teams","valueType":"GROUPS","groupFilterType":"STARTS_WITH","value":"Support"}`)
	rp.config.Scopes = []string{"openid", "groups"}
	token, err := rp.config.Exchange(t.Context(), rp.code())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{"Support EMEA", "Support US"}, rp.idToken(token)["teams"]); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

func TestLogoutEndsTheSessionAndLeadsToRegisteredURIsOnly(t *testing.T) {
	t.Parallel()
	rp := start(t).webApp(`"redirect_uris"`, `"post_logout_redirect_uris":["https://sp.example/bye?x=1"],"redirect_uris"`)
	browser := rp.sessionOf("ana.lima@acme.example")
	code := rp.visit(browser, rp.config.AuthCodeURL("s"), nil).returned(t).Get("code")
	token, err := rp.config.Exchange(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := token.Extra("id_token").(string)
	logout := func(q url.Values) response { return rp.visit(browser, rp.url+"/oauth2/v1/logout?"+q.Encode(), nil) }
	for name, q := range map[string]url.Values{
		"nothing said":           {},
		"a hint of somebody":     {"id_token_hint": {"x.y.z"}},
		"an access token":        {"id_token_hint": {token.AccessToken}},
		"URI not registered":     {"id_token_hint": {id}, "post_logout_redirect_uri": {"https://evil.example/"}},
		"another client's token": {"id_token_hint": {id}, "client_id": {rp.webApp().id}},
	} {
		if r := logout(q); r.StatusCode != 400 {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
	}
	silent := rp.config.AuthCodeURL("s", oauth2.SetAuthURLParam("prompt", "none"))
	if q := rp.visit(browser, silent, nil).returned(t); q.Get("code") == "" {
		t.Fatalf("refused logouts ended the session: %v", q)
	}
	rp.clock.add(90 * time.Minute) // a hint may have run out
	r := logout(url.Values{"id_token_hint": {id}, "post_logout_redirect_uri": {"https://sp.example/bye?x=1"}, "state": {"s t"}})
	if to := r.Header.Get("Location"); to != "https://sp.example/bye?x=1&state=s+t" {
		t.Errorf("sent to %q with %d", to, r.StatusCode)
	}
	if q := rp.visit(browser, silent, nil).returned(t); q.Get("error") != "login_required" {
		t.Errorf("after the logout: %v", q)
	}
}

func TestTwoFactorOrgAsksForTheSecondFactor(t *testing.T) {
	t.Parallel()
	rp := start(t, func(o *okta.Options) { o.TwoFactor = true }).webApp()
	browser := rp.browser()
	page := rp.signIn(browser, rp.visit(browser, rp.config.AuthCodeURL("s"), nil), "ana.lima@acme.example")
	if page.StatusCode != 200 || !strings.Contains(page.text, "Verify it&#39;s you") && !strings.Contains(page.text, "Verify it's you") {
		t.Fatalf("after the password: %d %s", page.StatusCode, page.text)
	}
	state := regexp.MustCompile(`name="stateToken" value="([^"]+)"`).FindStringSubmatch(page.text)
	from := regexp.MustCompile(`name="fromURI" value="([^"]+)"`).FindStringSubmatch(page.text)
	q := rp.visit(browser, rp.url+"/signin/verify", url.Values{
		"xsrfToken": {hiddenToken.FindStringSubmatch(page.text)[1]}, "stateToken": {state[1]},
		"fromURI": {html.UnescapeString(from[1])}, "answer": {"approve"},
	}).returned(t)
	token, err := rp.config.Exchange(t.Context(), q.Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{"mfa", "swk", "pwd"}, rp.idToken(token)["amr"]); diff != "" {
		t.Errorf("amr (-want +got):\n%s", diff)
	}
}

func TestHashOfTheAccessTokenIsInTheIDToken(t *testing.T) {
	t.Parallel()
	rp := start(t).webApp()
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, http.DefaultClient)
	token, err := rp.config.Exchange(ctx, rp.code())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(token.AccessToken))
	if got := rp.idToken(token)["at_hash"]; got != base64.RawURLEncoding.EncodeToString(sum[:16]) {
		t.Errorf("at_hash = %v", got)
	}
}
