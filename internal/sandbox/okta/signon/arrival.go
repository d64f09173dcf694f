package signon

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Arrival is a person who is signed in, as other parts of the org meet them.
type Arrival struct {
	Person    Person
	SessionID string
	At        time.Time // when the password was checked last
	AMR       []string  // how the person proved who they are
	// Fresh tells that it happened because this very request asked for it.
	Fresh bool
}

// Arrive tells who is at the browser: a session token in the address makes a
// session at once, else the cookie counts.
func (s *Site) Arrive(w http.ResponseWriter, r *http.Request) (Arrival, bool) {
	se, p, direct, ok := s.arrive(w, r)
	if !ok {
		return Arrival{}, false
	}
	a := Arrival{Person: p, SessionID: se.id, At: se.password, AMR: []string{"pwd"}, Fresh: direct}
	if !se.factor.IsZero() {
		a.AMR = []string{"mfa", "swk", "pwd"}
	}
	if asked, kept := s.requests.get(r.FormValue(keyParameter), s.dir.Now()); kept {
		a.Fresh = a.Fresh || asked.answeredBy(se)
	}
	return a, true
}

// AskToSignIn sends a browser to the sign-in page and from there back to the
// path and query given. With again a session that is there does not do, and
// the way back is marked so that Arrival.Fresh holds after a new sign-in.
func (s *Site) AskToSignIn(w http.ResponseWriter, r *http.Request, back *url.URL, username string, again bool) {
	to := *back
	if again {
		now := s.dir.Now()
		key := random("", 32)
		s.requests.put(key, pending{
			force: true, kept: true, serial: s.serial.Load(), request: samlRequest{IssueInstant: now},
		}, now, now.Add(requestLife))
		query := to.Query()
		query.Set(keyParameter, key)
		to.RawQuery = query.Encode()
	}
	query := url.Values{"fromURI": {to.EscapedPath() + "?" + to.RawQuery}}
	if username != "" {
		query.Set("username", username)
	}
	noStore(w)
	http.Redirect(w, r, s.dir.Base(r)+"/login/login.htm?"+query.Encode(), http.StatusFound)
}

// Leave ends the sessions that the browser's cookies name. With a person's id
// it ends only that person's.
func (s *Site) Leave(w http.ResponseWriter, r *http.Request, personID string) {
	theirs := slices.ContainsFunc(r.CookiesNamed(sidCookie), func(c *http.Cookie) bool {
		se, ok := s.sessions.get(c.Value, s.dir.Now())
		return ok && (personID == "" || se.personID == personID)
	})
	if theirs {
		s.endSessions(w, r)
	}
}

// Problem shows an error page.
func (s *Site) Problem(w http.ResponseWriter, r *http.Request, status int, heading string, lines ...string) {
	s.problem(w, r, status, heading, strings.Join(lines, " "))
}
