package oidc

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

type introspection struct {
	Active   bool   `json:"active"`
	Scope    string `json:"scope,omitempty"`
	Username string `json:"username,omitempty"`
	Expiry   int64  `json:"exp,omitempty"`
	IssuedAt int64  `json:"iat,omitempty"`
	Subject  string `json:"sub,omitempty"`
	Audience string `json:"aud,omitempty"`
	Issuer   string `json:"iss,omitempty"`
	ID       string `json:"jti,omitempty"`
	Type     string `json:"token_type,omitempty"`
	Client   string `json:"client_id,omitempty"`
	Person   string `json:"uid,omitempty"`
}

// introspect tells a client whether one of its own tokens is good. About
// anything else it says no more than that it is not.
func (s *Server) introspect(w http.ResponseWriter, r *http.Request, form url.Values) {
	c, err := s.authenticate(r, form)
	if err == nil && form.Get("token") == "" {
		err = badRequest("invalid_request", "The 'token' parameter is required.")
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	answer := s.introspectRefresh(form.Get("token"), c)
	if t, err := s.openAccess(form.Get("token")); err == nil && t.Client == c.ID {
		answer = introspection{
			Active: true, Scope: strings.Join(t.Scopes, " "), Expiry: t.Expiry, IssuedAt: t.IssuedAt, Subject: t.Subject,
			Audience: string(t.Audience), Issuer: t.Issuer, ID: t.ID, Type: "Bearer", Client: t.Client, Person: t.Person,
		}
		if t.Person != "" {
			answer.Username = t.Subject
		}
	}
	writeJSON(w, http.StatusOK, answer)
}

// introspectRefresh is about a refresh token of the client's; anything else is
// not one.
func (s *Server) introspectRefresh(token string, c Client) introspection {
	t, err := s.openRefresh(token)
	p, known := s.dir.Person(t.Person)
	if err != nil || t.Client != c.ID || s.dir.Revoked(t.ID) || !known || !p.Active {
		return introspection{}
	}
	return introspection{
		Active: true, Scope: strings.Join(t.Scopes, " "), Username: p.Login, Expiry: t.Expiry, IssuedAt: t.IssuedAt,
		Subject: p.Login, Audience: t.Issuer, Issuer: t.Issuer, ID: t.ID, Client: t.Client, Person: t.Person,
	}
}

// revoke takes back a token of the client that calls. Of a token that is not
// its own or not good, nothing is said.
func (s *Server) revoke(w http.ResponseWriter, r *http.Request, form url.Values) {
	c, err := s.authenticate(r, form)
	if err == nil && form.Get("token") == "" {
		err = badRequest("invalid_request", "The 'token' parameter is required.")
	}
	if err == nil {
		if t, bad := s.openAccess(form.Get("token")); bad == nil && t.Client == c.ID {
			err = s.dir.Revoke(t.ID, time.Unix(t.Expiry, 0))
		} else if t, bad := s.openRefresh(form.Get("token")); bad == nil && t.Client == c.ID {
			err = s.dir.Revoke(t.Family, s.dir.Now().Add(refreshLife))
		}
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.WriteHeader(http.StatusOK)
}
