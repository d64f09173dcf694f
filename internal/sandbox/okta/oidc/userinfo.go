package oidc

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// userinfo tells about the person of an access token what its scopes allow.
func (s *Server) userinfo(w http.ResponseWriter, r *http.Request, _ url.Values) {
	claims, err := s.openAccess(bearer(r))
	p, known := s.dir.Person(claims.Person)
	switch {
	case err != nil || !known:
		s.refuseToken(w, r, http.StatusUnauthorized, "invalid_token", "The access token is invalid.")
		return
	case !slices.Contains(claims.Scopes, "openid"):
		s.refuseToken(w, r, http.StatusForbidden, "insufficient_scope",
			"The access token must provide access to at least one of these scopes - profile, email, address or phone")
		return
	}
	c, _ := s.dir.Client(claims.Client)
	writeJSON(w, http.StatusOK, s.personClaims(c, claims.Scopes, p))
}

// bearer is the token of a request, from the header or a posted form.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return r.PostForm.Get("access_token")
}

// refuseToken answers like Okta: everything is in the header.
func (s *Server) refuseToken(w http.ResponseWriter, r *http.Request, status int, code, description string) {
	base := s.dir.Base(r)
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(
		`Bearer authorization_uri="%s/oauth2/v1/authorize", realm="%s", scope="openid", error="%s", error_description="%s", resource="%s"`,
		base, base, code, description, r.URL.Path))
	w.WriteHeader(status)
}

func (s *Server) personClaims(c Client, scopes []string, p Person) map[string]any {
	claims := map[string]any{"sub": p.ID}
	add := func(name string, value any) {
		if text, ok := value.(string); value != nil && (!ok || text != "") {
			claims[name] = value
		}
	}
	if slices.Contains(scopes, "profile") {
		add("name", fullName(p))
		add("given_name", p.FirstName)
		add("family_name", p.LastName)
		add("middle_name", p.Profile["middleName"])
		add("nickname", p.Profile["nickName"])
		add("preferred_username", s.preferredName(c, p))
		add("profile", p.Profile["profileUrl"])
		add("locale", text(p.Profile["locale"], "en_US"))
		add("zoneinfo", text(p.Profile["timezone"], "America/Los_Angeles"))
		claims["updated_at"] = p.Updated.Unix()
	}
	if slices.Contains(scopes, "email") && p.Email != "" {
		claims["email"], claims["email_verified"] = p.Email, true
	}
	if slices.Contains(scopes, "phone") {
		add("phone_number", p.Profile["primaryPhone"])
	}
	if slices.Contains(scopes, "address") {
		if address := addressOf(p); len(address) > 0 {
			claims["address"] = address
		}
	}
	s.addGroups(claims, c, scopes, p)
	return claims
}

func text(v any, otherwise string) string {
	if s, ok := v.(string); ok && s != "" {
		return s
	}
	return otherwise
}

func addressOf(p Person) map[string]any {
	address := map[string]any{}
	for _, f := range []struct{ claim, attribute string }{
		{"street_address", "streetAddress"}, {"locality", "city"}, {"region", "state"},
		{"postal_code", "zipCode"}, {"country", "countryCode"},
	} {
		if v := text(p.Profile[f.attribute], ""); v != "" {
			address[f.claim] = v
		}
	}
	return address
}
