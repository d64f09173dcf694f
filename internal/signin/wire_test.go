package signin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

// One sign-in over real sockets, with Okta on plain http as the sandbox has it.
func TestSignInOverLoopback(t *testing.T) {
	t.Parallel()
	o := &okta{}
	idp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login/sessionCookieRedirect" {
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "session1", Path: "/", HttpOnly: true})
			http.Redirect(w, r, r.URL.Query().Get("redirectUrl"), http.StatusFound)
			return
		}
		o.ServeHTTP(w, r)
	}))
	defer idp.Close()
	sp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/start":
			http.Redirect(w, r, strings.Replace(ssoRedirect(""), oktaURL, idp.URL, 1), http.StatusFound)
		case "/acs":
			page(w, 200, "in as "+r.FormValue("RelayState"))
		}
	}))
	defer sp.Close()
	o.action = sp.URL + "/acs"
	client := func() *signin.Client {
		c, err := signin.New(signin.Config{Transport: http.DefaultTransport, OktaURL: idp.URL + "/", Login: login, Password: secret.New(password), Now: nowFake})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	seen, err := client().SignIn(t.Context(), sso.SignInRequest{StartURL: sp.URL + "/start", Deliver: true})
	if err != nil || seen.Outcome != sso.OutcomeSignedIn || seen.RequestID != "_r42" || seen.Detail != "in as state & more" {
		t.Fatalf("%+v, %v", seen, err)
	}
	sp.Close()
	seen, err = client().SignIn(t.Context(), sso.SignInRequest{StartURL: sp.URL + "/start?x=secret", Deliver: true})
	host, _ := url.Parse(sp.URL)
	if err != nil || seen.Outcome != sso.OutcomeUnreachable || !strings.Contains(seen.Detail, host.Host) || strings.Contains(seen.Detail, "secret") {
		t.Errorf("%+v, %v", seen, err)
	}
}
