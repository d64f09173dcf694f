package signin_test

import (
	"net/http"
	"testing"

	"example.com/ssowizard/internal/sso"
)

// A service provider ties a request to a cookie of the browser. Whether the
// cookie comes back with Okta's form is up to SameSite.
func TestCookiesGoWhereABrowserSendsThem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cookie http.Cookie
		acs    bool // sent along with the form that Okta's page posts
		home   bool // sent after the redirect from there, within the chain
	}{
		"None and Secure":       {http.Cookie{SameSite: http.SameSiteNoneMode, Secure: true}, true, true},
		"None without Secure":   {http.Cookie{SameSite: http.SameSiteNoneMode}, false, false},
		"Lax":                   {http.Cookie{SameSite: http.SameSiteLaxMode}, false, true},
		"Strict":                {http.Cookie{SameSite: http.SameSiteStrictMode}, false, false},
		"not said":              {http.Cookie{}, true, true},
		"of the whole domain":   {http.Cookie{Domain: "sp.example", SameSite: http.SameSiteNoneMode, Secure: true}, true, true},
		"of a public suffix":    {http.Cookie{Domain: "example"}, false, false},
		"of somebody else":      {http.Cookie{Domain: "acme.okta.com"}, false, false},
		"of another path":       {http.Cookie{Path: "/other"}, false, false},
		"already over":          {http.Cookie{MaxAge: -1}, false, false},
		"Strict, of the domain": {http.Cookie{Domain: "sp.example", SameSite: http.SameSiteStrictMode, Secure: true}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _, _, auth := newWorld()
			cookie := c.cookie
			cookie.Name, cookie.Value = "req", "_r42"
			if cookie.Path == "" {
				cookie.Path = "/"
			}
			// The start is at the host of the ACS URL, as the cookie is.
			auth["/start"] = func(w http.ResponseWriter, r *http.Request) {
				http.SetCookie(w, &cookie)
				http.Redirect(w, r, ssoRedirect(""), http.StatusFound)
			}
			var acs, home bool
			auth["/saml/acs"] = func(w http.ResponseWriter, r *http.Request) {
				_, err := r.Cookie("req")
				acs = err == nil
				http.Redirect(w, r, "/home", http.StatusSeeOther)
			}
			auth["/home"] = func(w http.ResponseWriter, r *http.Request) {
				_, err := r.Cookie("req")
				home = err == nil
				page(w, 200, "in")
			}
			seen := w.run(t, sso.SignInRequest{Flow: sso.FlowSPInitiated, StartURL: "https://auth.sp.example/start", Deliver: true})
			if seen.Outcome != sso.OutcomeSignedIn || acs != c.acs || home != c.home {
				t.Errorf("%s: with the form %v, after the redirect %v", seen.Outcome, acs, home)
			}
			for _, q := range w.seen {
				if len(q.url) > len(oktaURL) && q.url[:len(oktaURL)] == oktaURL && q.cookies != "" && q.cookies != "sid=session1" {
					t.Errorf("Okta got %q", q.cookies)
				}
			}
		})
	}
}

func TestALaterCookieReplacesAnEarlierOneOfAnotherKind(t *testing.T) {
	t.Parallel()
	w, _, _, auth := newWorld()
	auth["/start"] = func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "req", Value: "old", Path: "/"})
		http.Redirect(w, r, "/two", http.StatusFound)
	}
	auth["/two"] = func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "req", Value: "new", Path: "/", SameSite: http.SameSiteLaxMode})
		http.Redirect(w, r, ssoRedirect(""), http.StatusFound)
	}
	got := "unset"
	auth["/saml/acs"] = func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Cookie")
		page(w, 200, "in")
	}
	w.run(t, sso.SignInRequest{StartURL: "https://auth.sp.example/start", Deliver: true})
	if got != "" {
		t.Errorf("the form came with %q", got)
	}
}
