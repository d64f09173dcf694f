package signon

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// pending is one sign-on under way. It is kept here while a person signs in
// when it could not travel in the address of the sign-in page.
type pending struct {
	exk        string
	request    samlRequest // zero ID: started by Okta
	relayState string
	// force tells that a session from before the request does not do.
	force bool
	kept  bool
	// serial is the last authentication before the request was kept. One with
	// a greater number happened because of it.
	serial uint64
}

// keyParameter names a kept request in the address of an SSO URL.
const keyParameter = "okta_key"

// sso is an app's SSO URL.
func (s *Site) sso(w http.ResponseWriter, r *http.Request) {
	app, ok := s.samlApp(r)
	if !ok {
		s.noApp(w, r)
		return
	}
	p, err := s.incoming(r, app)
	if err != nil {
		s.badRequest(w, r, err)
		return
	}
	s.signOn(w, r, app, p)
}

// samlApp finds the active SAML app whose SSO URL was asked for.
func (s *Site) samlApp(r *http.Request) (App, bool) {
	app, ok := s.dir.AppByExternalKey(r.PathValue("exk"))
	return app, ok && app.Name == r.PathValue("name") && app.Status == "ACTIVE" && app.SignOnMode == "SAML_2_0"
}

var errKeyGone = errors.New("this sign-in has run out; start again at the application")

// incoming reads what an SSO URL was asked: a request of either binding, one
// that was kept, or none, which is a sign-on that Okta starts.
func (s *Site) incoming(r *http.Request, app App) (pending, error) {
	if key := r.URL.Query().Get(keyParameter); key != "" && r.Method != http.MethodPost {
		p, ok := s.requests.get(key, s.dir.Now())
		if !ok || p.exk != app.ExternalKey {
			return pending{}, errKeyGone
		}
		return p, nil
	}
	m, err := receive(r)
	if err != nil {
		return pending{}, err
	}
	if m == nil {
		return pending{exk: app.ExternalKey, relayState: r.FormValue("RelayState")}, nil
	}
	q, err := s.readAuthnRequest(r, app, m)
	if err != nil {
		return pending{}, err
	}
	return pending{exk: app.ExternalKey, request: q, relayState: m.relayState,
		force: q.ForceAuthn && app.SAML.HonorForceAuthn}, nil
}

func (s *Site) readAuthnRequest(r *http.Request, app App, m *message) (samlRequest, error) {
	root := m.root
	if app.SAML.SignedRequestRequired {
		var err error
		if root, err = m.verified(app.SAML.SPCertificate); err != nil {
			return samlRequest{}, err
		}
	}
	q, err := readRequest(root, "AuthnRequest")
	if err != nil {
		return samlRequest{}, err
	}
	here := s.dir.Base(r) + r.URL.EscapedPath()
	if q.Destination != "" && !sameAddress(q.Destination, here) {
		return samlRequest{}, fmt.Errorf("the request's Destination is %q, but it was sent to %q", q.Destination, here)
	}
	_, err = chooseACS(app, q)
	return q, err
}

// sameAddress compares two URLs but for the case of scheme and host and a
// default port.
func sameAddress(a, b string) bool {
	if a == b {
		return true
	}
	ua, err := url.Parse(a)
	if err != nil {
		return false
	}
	ub, err := url.Parse(b)
	return err == nil && sameOrigin(ua, ub) && ua.EscapedPath() == ub.EscapedPath() &&
		ua.RawQuery == "" && ua.User == nil
}

// acs is where an answer goes, and what it says about that.
type acs struct{ url, recipient, destination string }

// chooseACS picks the ACS URL of an answer. A request may only name one that
// the app knows: the answer is worth a sign-in to whoever gets it.
func chooseACS(app App, q samlRequest) (acs, error) {
	byDefault := acs{app.SAML.ACSURL,
		cmp.Or(app.SAML.Recipient, app.SAML.ACSURL), cmp.Or(app.SAML.Destination, app.SAML.ACSURL)}
	if q.ACSURL != "" {
		if q.ACSURL == app.SAML.ACSURL {
			return byDefault, nil
		}
		if app.SAML.AllowMultipleACS {
			for _, e := range app.SAML.ACSEndpoints {
				if e.URL == q.ACSURL {
					return acs{e.URL, e.URL, e.URL}, nil
				}
			}
		}
		return acs{}, fmt.Errorf("the request's ACS URL %q is not one of this app", q.ACSURL)
	}
	if q.ACSIndex == "" || !app.SAML.AllowMultipleACS {
		return byDefault, nil
	}
	index, err := strconv.Atoi(q.ACSIndex)
	if err != nil {
		return acs{}, fmt.Errorf("the request's AssertionConsumerServiceIndex %q is no number", q.ACSIndex)
	}
	for _, e := range app.SAML.ACSEndpoints {
		if e.Index == index {
			return acs{e.URL, e.URL, e.URL}, nil
		}
	}
	return acs{}, fmt.Errorf("this app has no ACS URL with index %d", index)
}

// signOn answers a sign-on, or sends the person to sign in first.
func (s *Site) signOn(w http.ResponseWriter, r *http.Request, app App, p pending) {
	se, person, direct, ok := s.arrive(w, r)
	if ok && p.force && !direct && !p.answeredBy(se) {
		ok = false
	}
	if ok {
		s.deliver(w, r, app, p, se, person)
		return
	}
	if p.request.IsPassive {
		s.refuse(w, r, app, p, statusNoPassive)
		return
	}
	s.askToSignIn(w, r, s.wayBack(r, p))
}

// arrive finds out who is there: a session token in the address makes a
// session at once, which is then direct; else the cookie counts.
func (s *Site) arrive(w http.ResponseWriter, r *http.Request) (se session, p Person, direct, ok bool) {
	if token := r.FormValue("sessionToken"); token != "" {
		if made, ok := s.redeem(token); ok {
			if se, p, ok := s.sessionByID(made.id); ok {
				s.setSession(w, r, se)
				return se, p, true, true
			}
		}
	}
	se, p, ok = s.current(r)
	return se, p, false, ok
}

// answeredBy tells whether a session's authentication is one that a request
// with ForceAuthn asked for: it came after the request. An instant in whole
// seconds may be any moment of its second.
func (p pending) answeredBy(se session) bool {
	if p.kept && se.serial > p.serial {
		return true
	}
	issued := p.request.IssueInstant
	if p.request.wholeSeconds {
		issued = issued.Add(time.Second)
	}
	return se.password.After(issued)
}

// wayBack is the address that brings a person back to this sign-on after
// signing in. What came by POST, and what must be told from an earlier
// sign-in, is kept here; the rest travels as it came.
func (s *Site) wayBack(r *http.Request, p pending) string {
	if p.kept || r.Method != http.MethodPost && !p.force {
		return self(r)
	}
	p.kept = true
	p.serial = s.serial.Load()
	key := random("", 32)
	now := s.dir.Now()
	s.requests.put(key, p, now, now.Add(requestLife))
	return r.URL.EscapedPath() + "?" + keyParameter + "=" + key
}

// wantsNewSignIn tells whether the address that a sign-in page leads to waits
// for an authentication that this session does not have.
func (s *Site) wantsNewSignIn(se session, to string) bool {
	u, err := url.Parse(to)
	if err != nil {
		return false
	}
	p, ok := s.requests.get(u.Query().Get(keyParameter), s.dir.Now())
	return ok && p.force && !p.answeredBy(se)
}

// deliver sends a signed-in person's assertion to the service provider.
func (s *Site) deliver(w http.ResponseWriter, r *http.Request, app App, p pending, se session, person Person) {
	userName, assigned := s.dir.UserName(app.ID, person.ID)
	if !assigned {
		s.notAssigned(w, r, app)
		return
	}
	e := &env{person: person, userName: userName, groups: s.dir.GroupsOf(person.ID)}
	nameID := fillTemplate(app.SAML.NameIDTemplate, e)
	if nameID == "" {
		s.problem(w, r, http.StatusBadRequest, "No NameID",
			fmt.Sprintf("The application username format %q gives nothing for %s, so there is nothing to tell the application.",
				app.SAML.NameIDTemplate, person.Login))
		return
	}
	m, to, ok := s.sending(w, r, app, p)
	if !ok {
		return
	}
	m.nameID, m.index, m.authnInstant = nameID, se.index, se.password
	m.statements = statements(app.SAML.Attributes, e)
	text, err := m.response()
	if err != nil {
		s.internal(w, r)
		return
	}
	s.post(w, r, to, "SAMLResponse", text, cmp.Or(p.relayState, app.SAML.DefaultRelayState))
}

// sending prepares an answer, or says why none can be made.
func (s *Site) sending(w http.ResponseWriter, r *http.Request, app App, p pending) (sending, string, bool) {
	// The app may have changed since the request was kept.
	to, err := chooseACS(app, p.request)
	if err != nil {
		s.badRequest(w, r, err)
		return sending{}, "", false
	}
	if !webAddress(to.url) {
		s.badRequest(w, r, fmt.Errorf("the app's ACS URL %q is not a web address", to.url))
		return sending{}, "", false
	}
	key, ok := s.dir.ActiveKey(app.ID)
	if !ok || key.Private == nil {
		s.internal(w, r)
		return sending{}, "", false
	}
	return sending{app: app, key: key, now: s.dir.Now(), inResponseTo: p.request.ID,
		recipient: to.recipient, destination: to.destination}, to.url, true
}

// refuse answers a passive request that would have to disturb the person.
func (s *Site) refuse(w http.ResponseWriter, r *http.Request, app App, p pending, detail string) {
	m, to, ok := s.sending(w, r, app, p)
	if !ok {
		return
	}
	text, err := m.refusal(statusResponder, detail)
	if err != nil {
		s.internal(w, r)
		return
	}
	s.post(w, r, to, "SAMLResponse", text, p.relayState)
}

func (s *Site) notAssigned(w http.ResponseWriter, r *http.Request, app App) {
	if webAddress(app.ErrorURL) {
		noStore(w)
		http.Redirect(w, r, app.ErrorURL, http.StatusFound)
		return
	}
	s.problem(w, r, http.StatusForbidden, "App Not Assigned",
		"You are not assigned to "+quoted(app.Label)+". Ask your administrator for access.")
}

func (s *Site) noApp(w http.ResponseWriter, r *http.Request) {
	s.problem(w, r, http.StatusNotFound, "App not found",
		"There is no such app in this org, or it is not active. Ask your administrator.")
}

func (s *Site) badRequest(w http.ResponseWriter, r *http.Request, err error) {
	s.problem(w, r, http.StatusBadRequest, "Bad SAML request", "The SAML request cannot be answered: "+err.Error()+".")
}

func (s *Site) internal(w http.ResponseWriter, r *http.Request) {
	s.problem(w, r, http.StatusInternalServerError, "Internal error", "The answer could not be made. Try again later.")
}

// webAddress tells whether a browser may be sent to an address.
func webAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
