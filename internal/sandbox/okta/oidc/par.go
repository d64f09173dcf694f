package oidc

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	pushedPrefix = "urn:okta:"
	pushedLife   = time.Minute
)

// pushed is an authorization request that a client left here before it sends
// the browser.
type pushed struct {
	clientID string
	form     url.Values
	expires  time.Time
}

var errPushed = errors.New("no such pushed request")

// par takes an authorization request from the client itself and gives an
// address for it.
func (s *Server) par(w http.ResponseWriter, r *http.Request, form url.Values) {
	c, err := s.authenticate(r, form)
	if err == nil && form.Has("request_uri") {
		err = badRequest("invalid_request", "The 'request_uri' parameter must not be in a pushed request.")
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	kept := url.Values{"client_id": {c.ID}}
	for name, values := range form {
		if !slices.Contains([]string{"client_id", "client_secret", "client_assertion", "client_assertion_type"}, name) {
			kept[name] = values
		}
	}
	address := pushedPrefix + random(48)
	now := s.dir.Now()
	s.mu.Lock()
	for key, p := range s.pushed {
		if !now.Before(p.expires) {
			delete(s.pushed, key)
		}
	}
	s.pushed[address] = pushed{c.ID, kept, now.Add(pushedLife)}
	s.mu.Unlock()
	writeJSON(w, http.StatusCreated, struct {
		Address string `json:"request_uri"`
		Expires int    `json:"expires_in"`
	}{address, int(pushedLife.Seconds())})
}

// unpushed is the request that a request_uri of ours stands for, once; a
// request without one is itself.
func (s *Server) unpushed(c Client, form url.Values) (url.Values, error) {
	address := form.Get("request_uri")
	if !strings.HasPrefix(address, pushedPrefix) {
		return form, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.pushed[address]
	delete(s.pushed, address)
	if !ok || p.clientID != c.ID || !s.dir.Now().Before(p.expires) {
		return nil, errPushed
	}
	return p.form, nil
}
