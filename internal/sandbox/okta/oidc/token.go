package oidc

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const grantCode = "authorization_code"

const badCode = "The authorization code is invalid or has expired."

func invalidGrant(description string) *Error { return badRequest("invalid_grant", description) }

// tokens are what a code gives.
type tokens struct {
	Type        string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"`
	AccessToken string `json:"access_token"`
	Scope       string `json:"scope"`
	Refresh     string `json:"refresh_token,omitempty"`
	IDToken     string `json:"id_token,omitempty"`
}

// redeemers turn what a client brings into the grant that it stands for.
var redeemers = map[string]func(*Server, url.Values, Client, issue) (grant, error){
	grantCode:    (*Server).redeem,
	grantRefresh: (*Server).refresh,
	grantDevice:  (*Server).redeemDevice,
}

// Grants tells whether a grant type of the token endpoint is a person's, and
// so this server's.
func Grants(grantType string) bool { return redeemers[grantType] != nil }

// token is the token endpoint for what people granted.
func (s *Server) token(w http.ResponseWriter, r *http.Request, form url.Values) {
	t, err := s.exchange(r, form)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, t)
}

func (s *Server) exchange(r *http.Request, form url.Values) (tokens, error) {
	grantType := form.Get("grant_type")
	redeem := redeemers[grantType]
	if redeem == nil {
		return tokens{}, badRequest("unsupported_grant_type", "The authorization grant type is not supported by the authorization server.")
	}
	c, err := s.authenticate(r, form)
	switch {
	case err != nil:
		return tokens{}, err
	case !slices.Contains(c.GrantTypes, grantType):
		return tokens{}, badRequest("unauthorized_client", unauthorizedGrant(c))
	case c.DPoP:
		return tokens{}, badRequest("invalid_dpop_proof", "The DPoP proof JWT header is missing.")
	}
	issued := s.newIssue(s.dir.Base(r), c)
	g, err := redeem(s, form, c, issued)
	if err != nil {
		return tokens{}, err
	}
	return s.issue(issued, g)
}

// redeem turns a code into its grant, once. A second use takes back what the
// first one gave: one of the two was not the client.
func (s *Server) redeem(form url.Values, c Client, issued issue) (grant, error) {
	if form.Get("code") == "" {
		return grant{}, badRequest("invalid_request", "The 'code' parameter is required.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.codes[digest(form.Get("code"))]
	switch {
	case !ok || g.clientID != c.ID:
		return grant{}, invalidGrant(badCode)
	case g.used && g.tokenID != "":
		if err := errors.Join(s.dir.Revoke(g.tokenID, g.tokenEnd), s.dir.Revoke(g.family, s.dir.Now().Add(refreshLife))); err != nil {
			return grant{}, err
		}
		return grant{}, invalidGrant(badCode)
	case g.used:
		return grant{}, invalidGrant(badCode)
	}
	g.used = true // whatever follows: a code is good for one try
	switch {
	case !s.dir.Now().Before(g.expires):
		return grant{}, invalidGrant(badCode)
	case form.Get("redirect_uri") != g.redirectURI:
		return grant{}, invalidGrant("The 'redirect_uri' does not match the redirection URI used in the authorization request.")
	case !provesKey(g.challenge, form.Get("code_verifier")):
		return grant{}, invalidGrant("PKCE verification failed.")
	}
	person, known := s.dir.Person(g.personID)
	if _, assigned := s.dir.UserName(c.AppID, g.personID); !known || !person.Active || !assigned {
		return grant{}, invalidGrant(badCode)
	}
	g.tokenID, g.tokenEnd, g.family = issued.accessID, issued.end, s.newFamily()
	return *g, nil
}

// provesKey checks a verifier against the challenge, of which there may be none.
func provesKey(challenge, verifier string) bool {
	if challenge == "" {
		return verifier == ""
	}
	return codeText(verifier) && same(challenge, digest(verifier))
}

func (s *Server) issue(i issue, g grant) (tokens, error) {
	t := tokens{Type: "Bearer", ExpiresIn: int(tokenLife.Seconds()), Scope: strings.Join(g.scopes, " ")}
	person, known := s.dir.Person(g.personID)
	if !known {
		return tokens{}, invalidGrant(badCode)
	}
	var err error
	if t.AccessToken, err = s.accessToken(i, g, person); err != nil {
		return tokens{}, err
	}
	if refreshable(i.client, g.scopes) || g.refresh != "" {
		if t.Refresh, err = s.refreshToken(i, g); err != nil {
			return tokens{}, err
		}
	}
	if slices.Contains(g.scopes, "openid") {
		t.IDToken, err = s.idToken(i, g, person, t.AccessToken, "")
	}
	return t, err
}
