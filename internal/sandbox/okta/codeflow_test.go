package okta_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/okta"
)

const callback = "https://sp.example/cb"

// relyingParty is a client made by others, with its app in the org.
type relyingParty struct {
	*sandbox
	app, id, secret string
	provider        *oidc.Provider
	config          oauth2.Config
}

// webApp makes an app, assigned to Ana; the pairs replace text in its body.
func (s *sandbox) webApp(replace ...string) *relyingParty {
	s.t.Helper()
	r := s.must(200, "POST", "/api/v1/apps", strings.NewReplacer(replace...).Replace(oidcBody))
	rp := &relyingParty{sandbox: s, app: r.id(s.t)}
	credentials := r.object(s.t)["credentials"].(map[string]any)["oauthClient"].(map[string]any)
	rp.id, _ = credentials["client_id"].(string)
	rp.secret, _ = credentials["client_secret"].(string)
	s.must(200, "POST", "/api/v1/apps/"+rp.app+"/users", `{"id":"`+s.userID("ana.lima@acme.example")+`"}`)
	provider, err := oidc.NewProvider(s.t.Context(), s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	rp.provider = provider
	rp.config = oauth2.Config{
		ClientID: rp.id, ClientSecret: rp.secret, RedirectURL: callback, Endpoint: provider.Endpoint(),
		Scopes: []string{"openid", "profile", "email"},
	}
	rp.config.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	return rp
}

// browser is a person's, who stops before the service provider.
func (s *sandbox) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), s.url) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// visit opens an address, or posts a form to it, and reads the answer.
func (s *sandbox) visit(c *http.Client, address string, form url.Values) response {
	s.t.Helper()
	var res *http.Response
	var err error
	if form == nil {
		res, err = c.Get(address)
	} else {
		res, err = c.PostForm(address, form)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response{res, string(text)}
}

func (s *sandbox) password(login string) string {
	s.t.Helper()
	for p := range s.org.Everybody() {
		if p.Login == login {
			return p.Password
		}
	}
	s.t.Fatalf("nobody is called %s", login)
	return ""
}

var hiddenToken = regexp.MustCompile(`name="xsrfToken" value="([^"]+)"`)

// signIn fills the sign-in page that the browser is on.
func (s *sandbox) signIn(c *http.Client, page response, login string) response {
	s.t.Helper()
	token := hiddenToken.FindStringSubmatch(page.text)
	if token == nil {
		s.t.Fatalf("%s is no sign-in page: %d %s", page.Request.URL, page.StatusCode, page.text)
	}
	return s.visit(c, s.url+"/login/login.htm", url.Values{
		"xsrfToken": {token[1]}, "fromURI": {page.Request.URL.Query().Get("fromURI")},
		"username": {login}, "password": {s.password(login)},
	})
}

// sessions are the browsers by org and person: the clock stands still, and
// nobody may sign in more than four times a second.
var sessions sync.Map

// sessionOf is a browser in which somebody is signed in.
func (s *sandbox) sessionOf(login string) *http.Client {
	s.t.Helper()
	key := [2]any{s, login}
	if c, ok := sessions.Load(key); ok {
		return c.(*http.Client)
	}
	c := s.browser()
	if home := s.signIn(c, s.visit(c, s.url+"/login/login.htm", nil), login); home.StatusCode != 200 {
		s.t.Fatalf("sign-in of %s: %d %s", login, home.StatusCode, home.text)
	}
	sessions.Store(key, c)
	return c
}

// returned is what the browser carries back to the client.
func (r response) returned(t *testing.T) url.Values {
	t.Helper()
	to := r.Header.Get("Location")
	if !strings.HasPrefix(to, callback) {
		t.Fatalf("not sent back to the client, but to %q with %d: %s", to, r.StatusCode, r.text)
	}
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// code gets a code for Ana with more parameters.
func (rp *relyingParty) code(more ...oauth2.AuthCodeOption) string {
	rp.t.Helper()
	q := rp.visit(rp.sessionOf("ana.lima@acme.example"), rp.config.AuthCodeURL("st", more...), nil).returned(rp.t)
	if q.Get("code") == "" || q.Get("state") != "st" {
		rp.t.Fatalf("answer %v", q)
	}
	return q.Get("code")
}

func (rp *relyingParty) verifier() *oidc.IDTokenVerifier {
	return rp.provider.Verifier(&oidc.Config{ClientID: rp.id, Now: rp.clock.now})
}

// idToken verifies the ID token of an answer.
func (rp *relyingParty) idToken(t *oauth2.Token) map[string]any {
	rp.t.Helper()
	raw, _ := t.Extra("id_token").(string)
	verified, err := rp.verifier().Verify(rp.t.Context(), raw)
	if err != nil {
		rp.t.Fatal(err)
	}
	if err := verified.VerifyAccessToken(t.AccessToken); err != nil {
		rp.t.Error(err)
	}
	claims := map[string]any{}
	if err := verified.Claims(&claims); err != nil {
		rp.t.Fatal(err)
	}
	return claims
}

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

func TestEveryClientAuthenticationIsTakenAsRegisteredOnly(t *testing.T) {
	t.Parallel()
	s := start(t)
	ways := map[string]func(*relyingParty, url.Values, http.Header){
		"client_secret_post": func(rp *relyingParty, form url.Values, _ http.Header) {
			form.Set("client_id", rp.id)
			form.Set("client_secret", rp.secret)
		},
		"client_secret_basic": func(rp *relyingParty, _ url.Values, h http.Header) {
			r := http.Request{Header: h}
			r.SetBasicAuth(url.QueryEscape(rp.id), url.QueryEscape(rp.secret))
		},
		"none": func(rp *relyingParty, form url.Values, _ http.Header) { form.Set("client_id", rp.id) },
	}
	verifier := oauth2.GenerateVerifier()
	for registered := range ways {
		rp := s.webApp(`"client_secret_post"`, `"`+registered+`","client_secret":"a secret: with 100% + odd/chars"`)
		if registered == "none" {
			rp.secret = "a-secret-that-nobody-gave"
		}
		for way, present := range ways {
			form := url.Values{
				"grant_type": {"authorization_code"}, "redirect_uri": {callback}, "code_verifier": {verifier},
				"code": {rp.code(oauth2.S256ChallengeOption(verifier))},
			}
			h := http.Header{}
			present(rp, form, h)
			headers := formHeaders
			if auth := h.Get("Authorization"); auth != "" {
				headers = []string{"Authorization", auth, "Content-Type", "application/x-www-form-urlencoded"}
			}
			r := rp.do("POST", "/oauth2/v1/token", form.Encode(), headers...)
			if way == registered {
				if r.StatusCode != 200 {
					t.Errorf("%s: %d %s", way, r.StatusCode, r.text)
				}
				continue
			}
			if r.StatusCode != 401 || r.object(t)["error"] != "invalid_client" {
				t.Errorf("%s at an app with %s: %d %s", way, registered, r.StatusCode, r.text)
			}
		}
	}
}

func TestSecretsInForceAreTaken(t *testing.T) {
	t.Parallel()
	rp := start(t).webApp()
	secrets := "/api/v1/apps/" + rp.app + "/credentials/secrets"
	second := rp.must(201, "POST", secrets, "").object(t)
	first := rp.config.ClientSecret
	exchange := func(secret string) error {
		c := rp.config
		c.ClientSecret = secret
		_, err := c.Exchange(t.Context(), rp.code())
		return err
	}
	for name, secret := range map[string]string{"first": first, "second": second["client_secret"].(string)} {
		if err := exchange(secret); err != nil {
			t.Errorf("%s secret: %v", name, err)
		}
	}
	rp.must(200, "POST", secrets+"/"+second["id"].(string)+"/lifecycle/deactivate", "")
	if err := exchange(second["client_secret"].(string)); err == nil || !strings.Contains(err.Error(), "The client secret supplied for a confidential client is invalid.") {
		t.Errorf("an inactive secret: %v", err)
	}
}

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

func TestCodesAreGoodOnceForOneMinuteForOneClient(t *testing.T) {
	t.Parallel()
	s := start(t)
	rp, other := s.webApp(), s.webApp()
	verifier := oauth2.GenerateVerifier()
	challenge := oauth2.S256ChallengeOption(verifier)
	elsewhere := rp.config
	elsewhere.RedirectURL = "https://sp.example/other"
	stranger := other.config
	wrong := rp.config
	wrong.ClientSecret = "not-the-secret-at-all"
	unknown := rp.config
	unknown.ClientID = "0oaNobody"
	for _, c := range []struct {
		name   string
		config oauth2.Config
		code   string
		wait   time.Duration
		more   []oauth2.AuthCodeOption
		says   string
	}{
		{"in time", rp.config, rp.code(), 59 * time.Second, nil, ""},
		{"too late", rp.config, rp.code(), time.Minute, nil, "The authorization code is invalid or has expired."},
		{"made up", rp.config, "nothing", 0, nil, "The authorization code is invalid or has expired."},
		{"another redirect URI", elsewhere, rp.code(), 0, nil, "redirect_uri"},
		{"another client", stranger, rp.code(), 0, nil, "The authorization code is invalid or has expired."},
		{"wrong secret", wrong, rp.code(), 0, nil, "The client secret supplied for a confidential client is invalid."},
		{"unknown client", unknown, rp.code(), 0, nil, "Invalid value for 'client_id' parameter."},
		{"verifier", rp.config, rp.code(challenge), 0, []oauth2.AuthCodeOption{oauth2.VerifierOption(verifier)}, ""},
		{"verifier missing", rp.config, rp.code(challenge), 0, nil, "PKCE verification failed."},
		{"wrong verifier", rp.config, rp.code(challenge), 0, []oauth2.AuthCodeOption{oauth2.VerifierOption(oauth2.GenerateVerifier())}, "PKCE verification failed."},
		{"verifier without challenge", rp.config, rp.code(), 0, []oauth2.AuthCodeOption{oauth2.VerifierOption(verifier)}, "PKCE verification failed."},
	} {
		s.clock.add(c.wait)
		_, err := c.config.Exchange(t.Context(), c.code, c.more...)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
		s.clock.add(-c.wait)
	}
}

func TestSecondUseOfACodeTakesTheTokenBack(t *testing.T) {
	t.Parallel()
	log := durable.Memory()
	s := start(t, func(o *okta.Options) { o.Log = log })
	rp := s.webApp()
	code := rp.code()
	token, err := rp.config.Exchange(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	auth := []string{"Authorization", "Bearer " + token.AccessToken}
	s.must(200, "GET", "/oauth2/v1/userinfo", "", auth...)
	if _, err := rp.config.Exchange(t.Context(), code); err == nil || !strings.Contains(err.Error(), "invalid_grant") {
		t.Errorf("second exchange: %v", err)
	}
	s.must(401, "GET", "/oauth2/v1/userinfo", "", auth...)
	again := start(t, func(o *okta.Options) { o.Log = log })
	again.must(401, "GET", "/oauth2/v1/userinfo", "", auth...)
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

func TestIntrospectionAndRevocationAreForTheClientAlone(t *testing.T) {
	t.Parallel()
	s := start(t)
	rp, other := s.webApp(), s.webApp()
	token, err := rp.config.Exchange(t.Context(), rp.code())
	if err != nil {
		t.Fatal(err)
	}
	call := func(who *relyingParty, what string) response {
		form := url.Values{"client_id": {who.id}, "client_secret": {who.secret}, "token": {token.AccessToken}}
		return s.must(200, "POST", "/oauth2/v1/"+what, form.Encode(), formHeaders...)
	}
	if m := call(rp, "introspect").object(t); m["active"] != true || m["username"] != "ana.lima@acme.example" || m["client_id"] != rp.id {
		t.Errorf("introspection: %v", m)
	}
	if m := call(other, "introspect").object(t); len(m) != 1 || m["active"] != false {
		t.Errorf("introspection by another client: %v", m)
	}
	call(other, "revoke")
	s.must(200, "GET", "/oauth2/v1/userinfo", "", "Authorization", "Bearer "+token.AccessToken)
	call(rp, "revoke")
	if m := call(rp, "introspect").object(t); m["active"] != false {
		t.Errorf("after revocation: %v", m)
	}
	s.must(401, "POST", "/oauth2/v1/revoke", url.Values{"client_id": {rp.id}, "client_secret": {"wrong"}, "token": {"x"}}.Encode(), formHeaders...)
	s.must(400, "POST", "/oauth2/v1/introspect", url.Values{"client_id": {rp.id}, "client_secret": {rp.secret}}.Encode(), formHeaders...)
}

func TestRevokedServiceTokenOpensNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := newService(t, s, sharedKeys()[0], sharedKeys()[0].Public(), "RS256", "okta.apps.read")
	token := v.token("okta.apps.read")
	auth := []string{"Authorization", "Bearer " + token}
	s.must(200, "GET", "/api/v1/apps", "", auth...)
	form := url.Values{
		"token": {token}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion": {v.assertion(func(c *jwt.Claims) { c.Audience = jwt.Audience{s.url + "/oauth2/v1/introspect"} })},
	}
	if m := s.must(200, "POST", "/oauth2/v1/introspect", form.Encode(), formHeaders...).object(t); m["active"] != true || m["uid"] != nil {
		t.Errorf("introspection: %v", m)
	}
	form.Set("client_assertion", v.assertion(func(c *jwt.Claims) { c.Audience = jwt.Audience{s.url + "/oauth2/v1/revoke"} }))
	s.must(200, "POST", "/oauth2/v1/revoke", form.Encode(), formHeaders...)
	s.must(401, "GET", "/api/v1/apps", "", auth...)
}

func TestTokenEndpointRefuses(t *testing.T) {
	t.Parallel()
	s := start(t)
	rp := s.webApp()
	base := url.Values{"grant_type": {"authorization_code"}, "redirect_uri": {callback}, "code": {"x"}}
	for name, c := range map[string]struct {
		set    url.Values
		basic  bool
		status int
		code   string
	}{
		"no credentials":   {nil, false, 401, "invalid_client"},
		"no code":          {url.Values{"client_id": {rp.id}, "client_secret": {rp.secret}, "code": {""}}, false, 400, "invalid_request"},
		"two kinds":        {url.Values{"client_id": {rp.id}, "client_secret": {rp.secret}}, true, 401, "invalid_request"},
		"broken assertion": {url.Values{"client_assertion": {"x"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}}, false, 401, "invalid_client"},
		"unknown grant":    {url.Values{"grant_type": {"password"}}, false, 400, "unsupported_grant_type"},
		"no grant":         {url.Values{"grant_type": {""}}, false, 400, "invalid_request"},
	} {
		form := url.Values{}
		for _, from := range []url.Values{base, c.set} {
			for k, v := range from {
				form[k] = v
			}
		}
		headers := formHeaders
		if c.basic {
			headers = []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(rp.id+":"+rp.secret)), "Content-Type", "application/x-www-form-urlencoded"}
		}
		r := s.must(c.status, "POST", "/oauth2/v1/token", form.Encode(), headers...)
		if m := r.object(t); m["error"] != c.code || m["error_description"] == "" {
			t.Errorf("%s: %s", name, r.text)
		}
	}
	s.must(405, "GET", "/oauth2/v1/token", "")
}

func TestClientWithAKeyProvesItself(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := newService(t, s, sharedKeys()[0], sharedKeys()[0].Public(), "RS256")
	body := strings.NewReplacer(`"client_secret_post"`, `"private_key_jwt"`, `"redirect_uris"`,
		`"jwks":`+rawJWKS(t, s, v.id)+`,"redirect_uris"`).Replace(oidcBody)
	rp := &relyingParty{sandbox: s, app: s.must(200, "POST", "/api/v1/apps", body).id(t)}
	rp.id, v.id = rp.app, rp.app
	s.must(200, "POST", "/api/v1/apps/"+rp.app+"/users", `{"id":"`+s.userID("ana.lima@acme.example")+`"}`)
	rp.config = oauth2.Config{ClientID: rp.id, RedirectURL: callback, Scopes: []string{"openid"}, Endpoint: oauth2.Endpoint{AuthURL: s.url + "/oauth2/v1/authorize"}}
	form := url.Values{
		"grant_type": {"authorization_code"}, "redirect_uri": {callback}, "code": {rp.code()},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {v.assertion(nil)},
	}
	s.must(200, "POST", "/oauth2/v1/token", form.Encode(), formHeaders...)
	form.Del("client_assertion")
	form.Del("client_assertion_type")
	form.Set("client_id", rp.id)
	s.must(401, "POST", "/oauth2/v1/token", form.Encode(), formHeaders...)
}

func TestClientWithASharedSecretSignsWithIt(t *testing.T) {
	t.Parallel()
	s := start(t)
	rp := s.webApp(`"client_secret_post"`, `"client_secret_jwt","client_secret":"a-shared-secret-of-forty-eight-characters-1234567"`)
	rp.secret = "a-shared-secret-of-forty-eight-characters-1234567"
	send := func(secret, audience string) response {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(secret)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		now := s.clock.now()
		text, err := jwt.Signed(signer).Claims(jwt.Claims{Issuer: rp.id, Subject: rp.id, Audience: jwt.Audience{audience}, ID: "once " + secret + audience,
			IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(time.Minute))}).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		return s.do("POST", "/oauth2/v1/token", url.Values{
			"grant_type": {"authorization_code"}, "redirect_uri": {callback}, "code": {rp.code()}, "client_assertion": {text},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		}.Encode(), formHeaders...)
	}
	endpoint := s.url + "/oauth2/v1/token"
	for _, c := range []struct {
		name, secret, audience string
		status                 int
	}{
		{"good", rp.secret, endpoint, 200}, {"used before", rp.secret, endpoint, 401},
		{"another secret", strings.Repeat("x", 48), endpoint, 401}, {"another audience", rp.secret, s.url, 401},
	} {
		if r := send(c.secret, c.audience); r.StatusCode != c.status {
			t.Errorf("%s: %d %s", c.name, r.StatusCode, r.text)
		}
	}
}

// rawJWKS is the key set of an app, as it was sent.
func rawJWKS(t *testing.T, s *sandbox, app string) string {
	t.Helper()
	text := s.must(200, "GET", "/api/v1/apps/"+app, "").text
	_, rest, ok := strings.Cut(text, `"jwks":`)
	end := strings.Index(rest, "]}")
	if !ok || end < 0 {
		t.Fatalf("no jwks in %s", text)
	}
	return rest[:end+2]
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
