package signon

import (
	"net/http"
	"strings"
	"time"
)

// The lifetimes that Okta documents or answers with.
const (
	sessionLife      = 2 * time.Hour
	sessionTokenLife = 5 * time.Minute
	transactionLife  = 5 * time.Minute
	requestLife      = time.Hour
)

// session is one person signed in. It is immutable: a change is a new value
// under the same id.
type session struct {
	id       string
	personID string
	created  time.Time
	expires  time.Time
	password time.Time // last time the password was checked
	factor   time.Time // last time a second factor was given; zero without
	index    string    // SessionIndex of the assertions made under it
	serial   uint64    // grows with every authentication, also within one instant
}

// grant is what a session token stands for.
type grant struct {
	personID string
	at       time.Time
	factor   time.Time
	serial   uint64
}

// newGrant records that a person has just proved who they are.
func (s *Site) newGrant(personID string, secondFactor bool) grant {
	now := s.dir.Now()
	g := grant{personID: personID, at: now, serial: s.serial.Add(1)}
	if secondFactor {
		g.factor = now
	}
	return g
}

// newSessionToken makes a token that buys one session within five minutes.
func (s *Site) newSessionToken(g grant) string {
	token := random("20111", 51)
	now := s.dir.Now()
	s.tokens.put(token, g, now, now.Add(sessionTokenLife))
	return token
}

// redeem turns a session token into a session, once.
func (s *Site) redeem(token string) (session, bool) {
	if token == "" {
		return session{}, false
	}
	g, ok := s.tokens.take(token, s.dir.Now())
	if !ok {
		return session{}, false
	}
	if p, ok := s.dir.PersonByID(g.personID); !ok || p.Status != "ACTIVE" {
		return session{}, false
	}
	return s.newSession(g), true
}

func (s *Site) newSession(g grant) session {
	now := s.dir.Now()
	se := session{
		id: random("102", 22), personID: g.personID,
		created: now, expires: now.Add(sessionLife),
		password: g.at, factor: g.factor, serial: g.serial,
		index: samlID(),
	}
	s.sessions.put(se.id, se, now, se.expires)
	return se
}

// sessionByID returns a session that is worth something now: not expired, its
// person active, and as many factors as the policy wants.
func (s *Site) sessionByID(id string) (session, Person, bool) {
	se, ok := s.sessions.get(id, s.dir.Now())
	if !ok {
		return session{}, Person{}, false
	}
	p, ok := s.dir.PersonByID(se.personID)
	if !ok || p.Status != "ACTIVE" {
		return session{}, Person{}, false
	}
	if s.dir.TwoFactor() && se.factor.IsZero() {
		return session{}, Person{}, false
	}
	return se, p, true
}

// current returns the session that the browser's cookie names. A browser may
// hold several cookies of one name for different paths, so each is tried.
func (s *Site) current(r *http.Request) (session, Person, bool) {
	for _, c := range r.CookiesNamed(sidCookie) {
		if se, p, ok := s.sessionByID(c.Value); ok {
			return se, p, true
		}
	}
	return session{}, Person{}, false
}

// SignedIn is the id of the person whose session a request carries.
func (s *Site) SignedIn(r *http.Request) (personID string, ok bool) {
	_, p, ok := s.current(r)
	return p.ID, ok
}

const sidCookie = "sid"

// setSession gives the browser its session cookie. Over TLS it also goes along
// with a cross-site POST, which the POST binding needs; over plain HTTP no
// browser would take SameSite=None, and the default has to do.
func (s *Site) setSession(w http.ResponseWriter, r *http.Request, se session) {
	c := &http.Cookie{Name: sidCookie, Value: se.id, Path: "/", HttpOnly: true}
	s.guard(r, c)
	http.SetCookie(w, c)
}

func (s *Site) clearSession(w http.ResponseWriter, r *http.Request) {
	c := &http.Cookie{Name: sidCookie, Path: "/", HttpOnly: true, MaxAge: -1}
	s.guard(r, c)
	http.SetCookie(w, c)
}

func (s *Site) guard(r *http.Request, c *http.Cookie) {
	if strings.HasPrefix(s.dir.Base(r), "https://") {
		c.Secure = true
		c.SameSite = http.SameSiteNoneMode
	}
}

// endSessions ends every session that the browser's cookies name.
func (s *Site) endSessions(w http.ResponseWriter, r *http.Request) {
	for _, c := range r.CookiesNamed(sidCookie) {
		s.sessions.remove(c.Value)
	}
	s.clearSession(w, r)
}

// EndAll ends every session of a person, in whatever browser.
func (s *Site) EndAll(personID string) {
	s.sessions.drop(func(se session) bool { return se.personID == personID })
}
