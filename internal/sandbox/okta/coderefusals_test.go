package okta_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestAuthorizeRefusesOnAPageWhatMustNotBeAnswered(t *testing.T) {
	t.Parallel()
	rp := start(t).webApp()
	off := rp.webApp(`"Acme Desk"`, `"Off"`)
	rp.must(200, "POST", "/api/v1/apps/"+off.app+"/lifecycle/deactivate", "")
	good := url.Values{
		"client_id": {rp.id}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid"}, "state": {"s"},
	}
	const notThere = "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings"
	for name, c := range map[string]struct{ parameter, value, says string }{
		"no redirect URI":                {"redirect_uri", "", notThere},
		"a slash more":                   {"redirect_uri", callback + "/", notThere},
		"another case":                   {"redirect_uri", "https://sp.example/CB", notThere},
		"another scheme":                 {"redirect_uri", "http://sp.example/cb", notThere},
		"a query more":                   {"redirect_uri", callback + "?x=1", notThere},
		"another host":                   {"redirect_uri", "https://evil.example/cb", notThere},
		"an unknown client":              {"client_id", "0oaNobody", "Invalid value for 'client_id' parameter."},
		"no client":                      {"client_id", "", "Invalid value for 'client_id' parameter."},
		"an app that is off":             {"client_id", off.id, "Invalid value for 'client_id' parameter."},
		"Okta's own app is nobody's own": {"client_id", "okta.2b1959c8-bcc0-56eb-a589-cfcfb7422f26", "Invalid value for 'client_id' parameter."},
	} {
		form := url.Values{}
		for k, v := range good {
			form[k] = v
		}
		form.Set(c.parameter, c.value)
		r := rp.visit(rp.sessionOf("ana.lima@acme.example"), rp.url+"/oauth2/v1/authorize?"+form.Encode(), nil)
		if r.StatusCode != 400 || !strings.Contains(strings.ReplaceAll(r.text, "&#39;", "'"), c.says) {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.text)
		}
	}
	twice := rp.visit(rp.browser(), rp.url+"/oauth2/v1/authorize?"+good.Encode()+"&redirect_uri="+url.QueryEscape("https://evil.example/"), nil)
	if twice.StatusCode != 400 || !strings.Contains(twice.text, "more than once") {
		t.Errorf("two redirect URIs: %d %s", twice.StatusCode, twice.text)
	}
}

func TestWildcardStandsForOneLabel(t *testing.T) {
	t.Parallel()
	rp := start(t).webApp(`"redirect_uris":["https://sp.example/cb"]`, `"wildcard_redirect":"SUBDOMAIN","redirect_uris":["https://*.wild.example/cb"]`)
	for uri, status := range map[string]int{
		"https://a.wild.example/cb":                    302,
		"https://.wild.example/cb":                     400,
		"https://a.b.wild.example/cb":                  400,
		"https://evil.example/.wild.example/cb":        400,
		"https://evil.example#.wild.example/cb":        400,
		"https://x:y@evil.example/?q=.wild.example/cb": 400,
		"https://evil.example%2f.wild.example/cb":      400,
	} {
		rp.config.RedirectURL = uri
		if r := rp.visit(rp.sessionOf("ana.lima@acme.example"), rp.config.AuthCodeURL("s"), nil); r.StatusCode != status {
			t.Errorf("%s: %d", uri, r.StatusCode)
		}
	}
}

func TestAuthorizeTellsTheClientWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := start(t)
	web := s.webApp()
	strict := s.webApp(`"client_secret_post"`, `"client_secret_post","pkce_required":true`)
	public := s.webApp(`"client_secret_post"`, `"none"`)
	for _, c := range []struct {
		name        string
		rp          *relyingParty
		login       string
		set         map[string]string
		code, words string
	}{
		{"no state", web, "ana", map[string]string{"state": ""}, "invalid_request", "The authentication request has an invalid 'state' parameter."},
		{"no response type", web, "ana", map[string]string{"response_type": ""}, "invalid_request", "The 'response_type' parameter is required."},
		{"implicit", web, "ana", map[string]string{"response_type": "id_token"}, "unsupported_response_type", "Configured response types: [code]"},
		{"no scope", web, "ana", map[string]string{"scope": ""}, "invalid_scope", "'scope' must be provided"},
		{"scope nobody has", web, "ana", map[string]string{"scope": "openid planets"}, "invalid_scope", "not configured"},
		{"management scope", web, "ana", map[string]string{"scope": "openid okta.users.manage"}, "invalid_scope", "not configured"},
		{"not signed in and no prompt", web, "", map[string]string{"prompt": "none"}, "login_required", "The client specified not to prompt, but the user is not logged in."},
		{"none and login", web, "ana", map[string]string{"prompt": "none login"}, "invalid_request", "'prompt'"},
		{"unknown prompt", web, "ana", map[string]string{"prompt": "dance"}, "invalid_request", "'prompt'"},
		{"bad age", web, "ana", map[string]string{"max_age": "-1"}, "invalid_request", "'max_age'"},
		{"request object", web, "ana", map[string]string{"request": "e30."}, "request_not_supported", "'request'"},
		{"request by address", web, "ana", map[string]string{"request_uri": "https://x.example/"}, "request_uri_not_supported", "'request_uri'"},
		{"unknown mode", web, "ana", map[string]string{"response_mode": "okta_post_message"}, "invalid_request", "response mode"},
		{"plain challenge", web, "ana", map[string]string{"code_challenge": strings.Repeat("a", 43), "code_challenge_method": "plain"}, "invalid_request", "S256"},
		{"challenge without method", web, "ana", map[string]string{"code_challenge": strings.Repeat("a", 43)}, "invalid_request", "S256"},
		{"short challenge", web, "ana", map[string]string{"code_challenge": "a", "code_challenge_method": "S256"}, "invalid_request", "'code_challenge'"},
		{"PKCE required", strict, "ana", nil, "invalid_request", "PKCE code challenge is required by the application."},
		{"public client", public, "ana", nil, "invalid_request", "PKCE code challenge is required when the token endpoint authentication method is 'NONE'."},
		{"not assigned", web, "ben", nil, "access_denied", "User is not assigned to the client application."},
		{"not assigned and no prompt", web, "ben", map[string]string{"prompt": "none"}, "access_denied", "User is not assigned to the client application."},
	} {
		browser := s.browser()
		switch c.login {
		case "ana":
			browser = s.sessionOf("ana.lima@acme.example")
		case "ben":
			browser = s.sessionOf("ben.okafor@acme.example")
		}
		u, err := url.Parse(c.rp.config.AuthCodeURL("st"))
		if err != nil {
			t.Fatal(err)
		}
		form := u.Query()
		for k, v := range c.set {
			form.Set(k, v)
		}
		u.RawQuery = form.Encode()
		q := s.visit(browser, u.String(), nil).returned(t)
		if q.Get("error") != c.code || !strings.Contains(q.Get("error_description"), c.words) || q.Get("state") != form.Get("state") || q.Has("code") {
			t.Errorf("%s: %v", c.name, q)
		}
	}
}

func TestUserInfoRefusesInTheHeader(t *testing.T) {
	t.Parallel()
	rp := start(t).webApp()
	token, err := rp.config.Exchange(t.Context(), rp.code())
	if err != nil {
		t.Fatal(err)
	}
	rp.config.Scopes = []string{"email"}
	thin, err := rp.config.Exchange(t.Context(), rp.code())
	if err != nil || thin.Extra("id_token") != nil {
		t.Fatalf("without openid: %v %v", thin, err)
	}
	id, _ := token.Extra("id_token").(string)
	for name, c := range map[string]struct {
		token  string
		status int
		says   string
	}{
		"none": {"", 401, "invalid_token"}, "rubbish": {"abc", 401, "invalid_token"}, "an ID token": {id, 401, "invalid_token"},
		"changed":        {token.AccessToken[:len(token.AccessToken)-4] + "AAAA", 401, "invalid_token"},
		"without openid": {thin.AccessToken, 403, "insufficient_scope"},
	} {
		r := rp.must(c.status, "GET", "/oauth2/v1/userinfo", "", "Authorization", "Bearer "+c.token)
		if !strings.Contains(r.Header.Get("WWW-Authenticate"), `error="`+c.says+`"`) || r.text != "" {
			t.Errorf("%s: %q %q", name, r.Header.Get("WWW-Authenticate"), r.text)
		}
	}
	good := []string{"Authorization", "Bearer " + token.AccessToken}
	rp.must(403, "GET", "/api/v1/apps", "", good...) // no key to the Management API
	rp.clock.add(time.Hour)
	rp.must(401, "GET", "/oauth2/v1/userinfo", "", good...)
}

func TestPersonWhoIsGoneGetsNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	rp := s.webApp()
	ben := s.userID("ben.okafor@acme.example")
	s.must(200, "POST", "/api/v1/apps/"+rp.app+"/users", `{"id":"`+ben+`"}`)
	get := func() string {
		return s.visit(s.sessionOf("ben.okafor@acme.example"), rp.config.AuthCodeURL("s"), nil).returned(t).Get("code")
	}
	code := get()
	token, err := rp.config.Exchange(t.Context(), get())
	if err != nil {
		t.Fatal(err)
	}
	s.must(200, "POST", "/api/v1/users/"+ben+"/lifecycle/suspend", "")
	s.must(401, "GET", "/oauth2/v1/userinfo", "", "Authorization", "Bearer "+token.AccessToken)
	if _, err := rp.config.Exchange(t.Context(), code); err == nil || !strings.Contains(err.Error(), "invalid_grant") {
		t.Errorf("code of a suspended person: %v", err)
	}
}
