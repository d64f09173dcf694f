package okta_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
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
	return &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		switch {
		case !strings.HasPrefix(r.URL.String(), s.url):
			return http.ErrUseLastResponse
		case len(via) > 20:
			return errors.New("in circles")
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
	if u.Fragment == "" {
		return u.Query()
	}
	q, err := url.ParseQuery(u.EscapedFragment())
	if err != nil {
		t.Fatal(err)
	}
	return q
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
