package signon

import (
	"net/http"
	"net/url"
	"strings"
)

// signInPage is what the sign-in page shows.
type signInPage struct {
	FromURI  string
	Token    string
	Username string
	// AskPassword moves on to the password: the user name is there already.
	AskPassword bool
	Problem     string
	Wrong       bool // the fields are to blame
}

// signIn shows the sign-in page and takes its form.
func (s *Site) signIn(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		if s.ownForm(w, r) {
			s.takeSignIn(w, r)
		}
		return
	}
	fromURI := r.URL.Query().Get("fromURI")
	to := s.next(r, fromURI)
	if se, _, ok := s.current(r); ok && !s.wantsNewSignIn(se, to) {
		s.see(w, r, http.StatusFound, to)
		return
	}
	s.showSignIn(w, r, http.StatusOK, signInPage{FromURI: fromURI, Username: r.URL.Query().Get("username")})
}

func (s *Site) showSignIn(w http.ResponseWriter, r *http.Request, status int, p signInPage) {
	p.Token = s.formToken(w, r)
	s.render(w, r, status, "Sign in", "signin", p)
}

func (s *Site) takeSignIn(w http.ResponseWriter, r *http.Request) {
	page := signInPage{FromURI: r.PostForm.Get("fromURI"), Username: strings.TrimSpace(r.PostForm.Get("username"))}
	password := r.PostForm.Get("password")
	if page.Username == "" {
		page.Problem, page.Wrong = "Enter a username.", true
		s.showSignIn(w, r, http.StatusBadRequest, page)
		return
	}
	page.AskPassword = true
	if password == "" {
		// The user name alone is a first step, as on the page of newer orgs.
		s.showSignIn(w, r, http.StatusOK, page)
		return
	}
	person, v := s.authenticate(page.Username, password)
	switch v {
	case accepted:
		s.passwordAccepted(w, r, person, page.FromURI)
	case expired:
		page.Problem = "Your password has expired. Ask your administrator for a new one."
		s.showSignIn(w, r, http.StatusForbidden, page)
	case lockedOut:
		page.Problem = "Your account is locked. Ask your administrator to unlock it."
		s.showSignIn(w, r, http.StatusForbidden, page)
	case throttled:
		page.Problem = "Too many tries. Wait a moment and try again."
		s.showSignIn(w, r, http.StatusTooManyRequests, page)
	default:
		page.Problem, page.Wrong = "Unable to sign in. Check the username and the password.", true
		s.showSignIn(w, r, http.StatusUnauthorized, page)
	}
}

// factorPage is what the page after the password shows.
type factorPage struct {
	FromURI    string
	Token      string
	StateToken string
	Username   string
}

func (s *Site) passwordAccepted(w http.ResponseWriter, r *http.Request, p Person, fromURI string) {
	if !s.dir.TwoFactor() {
		s.enter(w, r, s.newGrant(p.ID, false), fromURI)
		return
	}
	token, _ := s.begin(p.ID, "MFA_REQUIRED")
	s.render(w, r, http.StatusOK, "Verify it's you", "factor",
		factorPage{FromURI: fromURI, Token: s.formToken(w, r), StateToken: token, Username: p.Login})
}

// secondFactor takes the form of the page after the password. The sandbox has
// no phone to ask: the page says so and offers to answer for it.
func (s *Site) secondFactor(w http.ResponseWriter, r *http.Request) {
	if !s.ownForm(w, r) {
		return
	}
	fromURI := r.PostForm.Get("fromURI")
	tx, ok := s.transactions.take(r.PostForm.Get("stateToken"), s.dir.Now())
	if !ok || !strings.HasPrefix(tx.status, "MFA_") {
		s.showSignIn(w, r, http.StatusForbidden,
			signInPage{FromURI: fromURI, Problem: "This sign-in has run out. Sign in again."})
		return
	}
	p, known := s.dir.PersonByID(tx.personID)
	if r.PostForm.Get("answer") != "approve" || !known || p.Status != "ACTIVE" {
		s.showSignIn(w, r, http.StatusForbidden,
			signInPage{FromURI: fromURI, Problem: "The sign-in was not approved."})
		return
	}
	s.enter(w, r, s.newGrant(p.ID, true), fromURI)
}

// enter starts a session under a new id and goes on.
func (s *Site) enter(w http.ResponseWriter, r *http.Request, g grant, fromURI string) {
	for _, c := range r.CookiesNamed(sidCookie) {
		s.sessions.remove(c.Value)
	}
	s.setSession(w, r, s.newSession(g))
	s.see(w, r, http.StatusSeeOther, s.next(r, fromURI))
}

// see redirects to a path on the org.
func (s *Site) see(w http.ResponseWriter, r *http.Request, status int, to string) {
	noStore(w)
	http.Redirect(w, r, s.dir.Base(r)+to, status)
}

func (s *Site) toSignIn(w http.ResponseWriter, r *http.Request) {
	s.askToSignIn(w, r, s.next(r, r.URL.Query().Get("fromURI")))
}

func (s *Site) signOut(w http.ResponseWriter, r *http.Request) {
	s.endSessions(w, r)
	if to := r.FormValue("fromURI"); to != "" {
		s.see(w, r, http.StatusFound, "/login/login.htm?fromURI="+url.QueryEscape(s.next(r, to)))
		return
	}
	s.see(w, r, http.StatusFound, "/login/login.htm")
}

// sessionCookieRedirect turns a session token into the browser's session and
// goes on to an address on the org.
func (s *Site) sessionCookieRedirect(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	to := "/app/UserHome"
	if address := query.Get("redirectUrl"); address != "" {
		var ok bool
		if to, ok = s.onOrg(r, address); !ok {
			s.problem(w, r, http.StatusBadRequest, "Redirect not allowed",
				"The redirectUrl does not lie on this org, and the org trusts no other origin.")
			return
		}
	}
	se, ok := s.redeem(query.Get("token"))
	if !ok {
		s.askToSignIn(w, r, to)
		return
	}
	s.setSession(w, r, se)
	s.see(w, r, http.StatusFound, to)
}
