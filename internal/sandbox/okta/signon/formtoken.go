package signon

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// browserCookie ties a form to the browser that it was shown to, before
// anybody is signed in.
const browserCookie = "JSESSIONID"

// formToken returns the token for the forms of a browser, which gets its
// cookie when it has none.
func (s *Site) formToken(w http.ResponseWriter, r *http.Request) string {
	c, err := r.Cookie(browserCookie)
	if err != nil || c.Value == "" {
		c = &http.Cookie{Name: browserCookie, Value: random("", 32), Path: "/", HttpOnly: true}
		s.guard(r, c)
		http.SetCookie(w, c)
	}
	return s.tokenFor(c.Value)
}

func (s *Site) tokenFor(browser string) string {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write([]byte(browser))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// ownForm tells whether a POST comes from a form that we showed to this
// browser. It answers itself when it does not.
func (s *Site) ownForm(w http.ResponseWriter, r *http.Request) bool {
	if err := r.ParseForm(); err != nil {
		s.problem(w, r, http.StatusBadRequest, "Broken form", "The form could not be read. Go back and try again.")
		return false
	}
	origin := r.Header.Get("Origin")
	site := r.Header.Get("Sec-Fetch-Site")
	ours := (origin == "" || s.isBase(r, origin)) && site != "cross-site" && site != "same-site"
	if ours {
		for _, c := range r.CookiesNamed(browserCookie) {
			if hmac.Equal([]byte(s.tokenFor(c.Value)), []byte(r.PostForm.Get("xsrfToken"))) {
				return true
			}
		}
	}
	s.problem(w, r, http.StatusForbidden, "Form not accepted",
		"The form is too old, or it was sent from somewhere else. Open the sign-in page again; your browser must accept cookies.")
	return false
}
