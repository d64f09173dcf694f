package oidc

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/ssowizard/internal/sandbox/okta/signon"
)

// answer is what the authorization endpoint gives for a request that is
// granted: a code, tokens at once, or both.
func (s *Server) answer(issuer string, q request, a signon.Arrival) (url.Values, error) {
	values, code, access := url.Values{}, "", ""
	if q.wants("code") {
		code = s.newCode(q, a)
		values.Set("code", code)
	}
	if !q.wants("token") && !q.wants("id_token") {
		return values, nil
	}
	if q.client.DPoP {
		return nil, badRequest("invalid_dpop_proof", "The DPoP proof JWT header is missing.")
	}
	person, known := s.dir.Person(a.Person.ID)
	if !known || !person.Active {
		return nil, badRequest("access_denied", "User is not assigned to the client application.")
	}
	i, g := s.newIssue(issuer, q.client), grantOf(q, a)
	g.scopes = slices.DeleteFunc(slices.Clone(g.scopes), func(scope string) bool { return scope == offline })
	var err error
	if q.wants("token") {
		if access, err = s.accessToken(i, g, person); err != nil {
			return nil, err
		}
		values.Set("access_token", access)
		values.Set("token_type", "Bearer")
		values.Set("expires_in", strconv.Itoa(int(tokenLife.Seconds())))
		values.Set("scope", strings.Join(g.scopes, " "))
	}
	if q.wants("id_token") && slices.Contains(g.scopes, "openid") {
		token, err := s.idToken(i, g, person, access, code)
		if err != nil {
			return nil, err
		}
		values.Set("id_token", token)
	}
	return values, nil
}
