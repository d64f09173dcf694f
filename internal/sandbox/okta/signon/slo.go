package signon

import (
	"fmt"
	"net/http"
	"slices"
)

// slo is an app's Single Logout URL: the service provider says that a person
// has signed out, their Okta session ends too, and the answer goes to the
// app's logout URL.
func (s *Site) slo(w http.ResponseWriter, r *http.Request) {
	app, ok := s.samlApp(r)
	if !ok || !app.SAML.SLOEnabled {
		s.noApp(w, r)
		return
	}
	m, err := receive(r)
	if err == nil && m == nil {
		err = fmt.Errorf("there is no SAMLRequest")
	}
	if err != nil {
		s.badRequest(w, r, err)
		return
	}
	q, err := s.readLogoutRequest(r, app, m)
	if err != nil {
		s.badRequest(w, r, err)
		return
	}
	s.endSessions(w, r)
	s.endIndexed(q.SessionIndex)
	s.answerLogout(w, r, app, q, m.relayState)
}

// readLogoutRequest takes only signed requests: anybody could sign people out
// otherwise.
func (s *Site) readLogoutRequest(r *http.Request, app App, m *message) (samlRequest, error) {
	root, err := m.verified(app.SAML.SPCertificate)
	if err != nil {
		return samlRequest{}, err
	}
	q, err := readRequest(root, "LogoutRequest")
	if err != nil {
		return samlRequest{}, err
	}
	here := s.dir.Base(r) + r.URL.EscapedPath()
	if q.Destination != "" && !sameAddress(q.Destination, here) {
		return samlRequest{}, fmt.Errorf("the request's Destination is %q, but it was sent to %q", q.Destination, here)
	}
	if app.SAML.SLOIssuer != "" && q.Issuer != app.SAML.SLOIssuer {
		return samlRequest{}, fmt.Errorf("the request's Issuer is %q, but the app's SP issuer is %q", q.Issuer, app.SAML.SLOIssuer)
	}
	return q, nil
}

// endIndexed ends the sessions that the request names. A browser leaves its
// cookie at home when another site posts to us.
func (s *Site) endIndexed(index []string) {
	for range index {
		id, ok := s.sessions.find(s.dir.Now(), func(se session) bool { return slices.Contains(index, se.index) })
		if !ok {
			return
		}
		s.sessions.remove(id)
	}
}

func (s *Site) answerLogout(w http.ResponseWriter, r *http.Request, app App, q samlRequest, relayState string) {
	if !webAddress(app.SAML.SLOURL) {
		s.badRequest(w, r, fmt.Errorf("the app's logout URL %q is not a web address", app.SAML.SLOURL))
		return
	}
	key, ok := s.dir.ActiveKey(app.ID)
	if !ok || key.Private == nil {
		s.internal(w, r)
		return
	}
	m := sending{app: app, key: key, now: s.dir.Now(), inResponseTo: q.ID, destination: app.SAML.SLOURL}
	text, err := m.statusOnly("LogoutResponse", statusSuccess, "")
	if err != nil {
		s.internal(w, r)
		return
	}
	s.post(w, r, app.SAML.SLOURL, "SAMLResponse", text, relayState)
}
