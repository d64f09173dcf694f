package sp

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"sync"
	"time"
)

const sessionLife = 12 * time.Hour

// session is somebody signed in at the portal. Sessions are not kept over a
// restart: one signs in again.
type session struct {
	Person  Person
	SSO     bool
	expires time.Time
}

// sessions are held by a digest of their cookie.
type sessions struct {
	mu  sync.Mutex
	all map[string]session
}

func (s *sessions) add(token string, one session, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[string]session{}
	}
	for key, old := range s.all {
		if !now.Before(old.expires) {
			delete(s.all, key)
		}
	}
	s.all[digest(token)] = one
}

func (s *sessions) find(token string, now time.Time) (session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.all[digest(token)]
	return one, ok && now.Before(one.expires)
}

func (s *sessions) remove(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, digest(token))
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// The session cookie is Lax: the redirect after the identity provider's post
// still carries it. The browser cookie has to come with that post itself,
// which is cross-site, hence None.
func (p *provider) sessionCookie() string { return p.key + "_session" }
func (p *provider) browserCookie() string { return p.key + "_browser" }

func (p *provider) setCookie(w http.ResponseWriter, name, value string, site http.SameSite, life time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Domain: p.cookieDomain, Path: "/",
		MaxAge: int(life.Seconds()), Secure: true, HttpOnly: true, SameSite: site,
	})
}

func (p *provider) session(r *http.Request) (session, bool) {
	c, err := r.Cookie(p.sessionCookie())
	if err != nil {
		return session{}, false
	}
	return p.sessions.find(c.Value, p.env.Now())
}

// signIn begins a session.
func (p *provider) signIn(w http.ResponseWriter, person Person, sso bool) error {
	token, err := p.env.token()
	if err != nil {
		return err
	}
	now := p.env.Now()
	p.sessions.add(token, session{Person: person, SSO: sso, expires: now.Add(sessionLife)}, now)
	p.setCookie(w, p.sessionCookie(), token, http.SameSiteLaxMode, sessionLife)
	return nil
}

// browser returns the id that this browser is known by, and gives it one when
// it has none. Requests are bound to it, and forms are signed for it.
func (p *provider) browser(w http.ResponseWriter, r *http.Request) (string, error) {
	if c, err := r.Cookie(p.browserCookie()); err == nil && c.Value != "" {
		return c.Value, nil
	}
	id, err := p.env.token()
	if err != nil {
		return "", err
	}
	p.setCookie(w, p.browserCookie(), id, http.SameSiteNoneMode, 30*24*time.Hour)
	return id, nil
}

// knownBrowser is the digest of the browser's id, "" when it sent none.
func (p *provider) knownBrowser(r *http.Request) string {
	c, err := r.Cookie(p.browserCookie())
	if err != nil || c.Value == "" {
		return ""
	}
	return digest(c.Value)
}

func (p *provider) formToken(browser string) string {
	mac := hmac.New(sha256.New, p.secrets.FormKey)
	mac.Write([]byte(browser))
	return hex.EncodeToString(mac.Sum(nil))
}

const tokenField = "form_token"

// csrf lets only posts from this provider's own forms through.
func (p *provider) csrf(next handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, err := r.Cookie(p.browserCookie())
		if err != nil || c.Value == "" {
			return p.refuseForm(w, r)
		}
		// FormValue reads multipart forms too.
		if given := r.FormValue(tokenField); !hmac.Equal([]byte(given), []byte(p.formToken(c.Value))) {
			return p.refuseForm(w, r)
		}
		return next(w, r)
	}
}

func (p *provider) refuseForm(w http.ResponseWriter, r *http.Request) error {
	return p.message(w, r, http.StatusForbidden, "This form cannot be used",
		"It did not come from this site, or your browser sent no cookie. Allow cookies, go back, load the page again and repeat.")
}

// admin lets only signed-in admins through.
func (p *provider) admin(next handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		s, ok := p.session(r)
		switch {
		case !ok:
			http.Redirect(w, r, p.portalURL("/login"), http.StatusSeeOther)
			return nil
		case !s.Person.Admin:
			return p.message(w, r, http.StatusForbidden, "Admins only", "Your account may not open the settings. Ask an admin of "+p.name+".")
		}
		return next(w, r)
	}
}

// samePassword compares in constant time.
func samePassword(want, got string) bool {
	a, b := sha256.Sum256([]byte(want)), sha256.Sum256([]byte(got))
	return want != "" && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
