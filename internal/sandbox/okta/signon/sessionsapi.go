package signon

import (
	"fmt"
	"net/http"
	"strings"
)

// Members stand in the order in which Okta sends them.
type sessionAnswer struct {
	ID                       string       `json:"id"`
	UserID                   string       `json:"userId"`
	Login                    string       `json:"login"`
	CreatedAt                string       `json:"createdAt"`
	ExpiresAt                string       `json:"expiresAt"`
	Status                   string       `json:"status"`
	LastPasswordVerification *string      `json:"lastPasswordVerification"`
	LastFactorVerification   *string      `json:"lastFactorVerification"`
	AMR                      []string     `json:"amr"`
	IdP                      sessionIdP   `json:"idp"`
	MFAActive                bool         `json:"mfaActive"`
	Links                    sessionLinks `json:"_links"`
}

type sessionIdP struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

type sessionLinks struct {
	Self    *link `json:"self"`
	Refresh *link `json:"refresh"`
	User    *link `json:"user"`
}

// sessionAnswer speaks of "me" to who has the session, and of ids to who asks
// for it by its id.
func (s *Site) sessionAnswer(r *http.Request, se session, p Person) sessionAnswer {
	base := s.dir.Base(r)
	session, user := "me", "me"
	if id := r.PathValue("id"); id != "" && id != "me" {
		session, user = se.id, p.ID
	}
	a := sessionAnswer{
		ID: se.id, UserID: p.ID, Login: p.Login,
		CreatedAt: stamp(se.created), ExpiresAt: stamp(se.expires), Status: "ACTIVE",
		LastPasswordVerification: stampOrNull(se.password),
		LastFactorVerification:   stampOrNull(se.factor),
		AMR:                      []string{"pwd"},
		IdP:                      sessionIdP{s.orgID, "OKTA"},
		MFAActive:                s.dir.TwoFactor(),
		Links: sessionLinks{
			Self:    linkTo(base+"/api/v1/sessions/"+session, "GET", "DELETE"),
			Refresh: linkTo(base+"/api/v1/sessions/"+session+"/lifecycle/refresh", "POST"),
			User:    namedLink(strings.TrimSpace(p.FirstName+" "+p.LastName), base+"/api/v1/users/"+user, "GET"),
		},
	}
	if !se.factor.IsZero() {
		a.AMR = []string{"pwd", "swk", "mfa"}
	}
	return a
}

func (s *Site) createSession(w http.ResponseWriter, r *http.Request) {
	var in struct {
		SessionToken string `json:"sessionToken"`
	}
	if !s.readJSON(w, r, &in) {
		return
	}
	se, ok := s.redeem(in.SessionToken)
	if !ok {
		s.authenticationFailed(w)
		return
	}
	p, _ := s.dir.PersonByID(se.personID)
	writeJSON(w, http.StatusOK, s.sessionAnswer(r, se, p))
}

// named finds the session that a path means: "me" is the cookie's.
func (s *Site) named(w http.ResponseWriter, r *http.Request) (session, Person, bool) {
	id := r.PathValue("id")
	kind := "AppSession"
	var se session
	var p Person
	var ok bool
	if id == "me" {
		kind = "Session"
		se, p, ok = s.current(r)
	} else {
		se, p, ok = s.sessionByID(id)
	}
	if !ok {
		s.dir.Fail(w, http.StatusNotFound, "E0000007",
			fmt.Sprintf("Not found: Resource not found: %s (%s)", id, kind))
	}
	return se, p, ok
}

func (s *Site) oneSession(w http.ResponseWriter, r *http.Request) {
	se, p, ok := s.named(w, r)
	if !ok {
		return
	}
	if r.Method == http.MethodDelete {
		s.sessions.remove(se.id)
		if r.PathValue("id") == "me" {
			s.clearSession(w, r)
		}
		noStore(w)
		w.Header().Set("X-Frame-Options", "SAMEORIGIN")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	writeJSON(w, http.StatusOK, s.sessionAnswer(r, se, p))
}

func (s *Site) refreshSession(w http.ResponseWriter, r *http.Request) {
	se, p, ok := s.named(w, r)
	if !ok {
		return
	}
	se.expires = s.dir.Now().Add(sessionLife)
	s.sessions.replace(se.id, se, se.expires)
	writeJSON(w, http.StatusOK, s.sessionAnswer(r, se, p))
}
