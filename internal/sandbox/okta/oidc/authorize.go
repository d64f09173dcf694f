package oidc

import (
	"net/http"
	"net/url"
	"time"

	"example.com/ssowizard/internal/sandbox/okta/signon"
)

// codeLife is how long an authorization code is good.
const codeLife = time.Minute

// authorize is the authorization endpoint. As long as client and redirect URI
// are not known to belong together, errors are shown here; after that they go
// to the client.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request, form url.Values) {
	c, ok := s.dir.Client(form.Get("client_id"))
	if !ok {
		s.page(w, r, "invalid_client", "Invalid value for 'client_id' parameter.")
		return
	}
	form, err := s.unpushed(c, form)
	if err != nil {
		s.page(w, r, "invalid_request", "The 'request_uri' is invalid or has expired.")
		return
	}
	redirectURI := form.Get("redirect_uri")
	if !registered(redirectURI, c.RedirectURIs, c.Wildcard) {
		s.page(w, r, "invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings: "+
			s.settingsPage(r, c))
		return
	}
	q, err := readRequest(c, redirectURI, form)
	if err != nil {
		s.respondError(w, r, q, err)
		return
	}
	a, here := s.site.Arrive(w, r)
	if !here || !s.accepted(q, a) {
		s.askToSignIn(w, r, q, form, here)
		return
	}
	if _, assigned := s.dir.UserName(c.AppID, a.Person.ID); !assigned {
		s.respondError(w, r, q, badRequest("access_denied", "User is not assigned to the client application."))
		return
	}
	answer, err := s.answer(s.dir.Base(r), q, a)
	if err != nil {
		s.respondError(w, r, q, err)
		return
	}
	s.respond(w, r, q, answer)
}

// accepted tells whether the session is as young as the request wants it.
func (s *Server) accepted(q request, a signon.Arrival) bool {
	if a.Fresh {
		return true
	}
	tooOld := q.maxAge >= 0 && s.dir.Now().Sub(a.At) > q.maxAge
	return !q.prompt("login") && !tooOld
}

func (s *Server) askToSignIn(w http.ResponseWriter, r *http.Request, q request, form url.Values, here bool) {
	if q.prompt("none") {
		s.respondError(w, r, q, badRequest("login_required", "The client specified not to prompt, but the user is not logged in."))
		return
	}
	kept := url.Values{}
	for name, values := range form {
		if name != "sessionToken" { // must not travel any further
			kept[name] = values
		}
	}
	back := &url.URL{Path: prefix + "authorize", RawQuery: kept.Encode()}
	s.site.AskToSignIn(w, r, back, q.loginHint, here || q.prompt("login"))
}

// settingsPage is where an admin would correct the app.
func (s *Server) settingsPage(r *http.Request, c Client) string {
	return s.dir.Base(r) + "/admin/app/oidc_client/instance/" + c.AppID + "#tab-general"
}

// page shows a person what is wrong with a request that must not be answered
// to anybody.
func (s *Server) page(w http.ResponseWriter, r *http.Request, code, description string) {
	s.site.Problem(w, r, http.StatusBadRequest, "400 Bad Request", "Your request resulted in an error.",
		"Identity Provider: Unknown", "Error Code: "+code, "Description: "+description)
}

// grant is what a code stands for.
type grant struct {
	clientID    string
	redirectURI string
	personID    string
	scopes      []string
	nonce       string
	challenge   string
	authTime    time.Time
	amr         []string
	expires     time.Time
	used        bool
	tokenID     string // of the access token that it gave
	tokenEnd    time.Time
	family      string   // of refresh tokens, once there is one
	granted     []string // scopes of the refresh token it comes from
	refresh     string   // that token
}

func grantOf(q request, a signon.Arrival) grant {
	return grant{
		clientID: q.client.ID, redirectURI: q.redirectURI, personID: a.Person.ID, scopes: q.scopes, nonce: q.nonce,
		challenge: q.challenge, authTime: a.At, amr: a.AMR,
	}
}

func (s *Server) newCode(q request, a signon.Arrival) string {
	code := random(32)
	now := s.dir.Now()
	fresh := grantOf(q, a)
	fresh.expires = now.Add(codeLife)
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, g := range s.codes {
		if now.After(g.expires) && now.After(g.tokenEnd) {
			delete(s.codes, key)
		}
	}
	s.codes[digest(code)] = &fresh
	return code
}
