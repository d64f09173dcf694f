package oidc

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	grantRefresh = "refresh_token"
	// refreshLife is how long a refresh token lasts that nobody uses.
	refreshLife = 90 * 24 * time.Hour
	// offline is the scope that asks for a refresh token.
	offline = "offline_access"
)

const badRefresh = "The refresh token is invalid or expired."

// refreshClaims are in a refresh token, which is nobody's to read but the
// server's. As a JWT it outlives a restart without being kept.
type refreshClaims struct {
	ID       string   `json:"jti"`
	Family   string   `json:"fam"` // shared by all that follow from one sign-in
	Issuer   string   `json:"iss"`
	Client   string   `json:"cid"`
	Person   string   `json:"uid"`
	Scopes   []string `json:"scp"`
	AuthTime int64    `json:"auth_time"`
	AMR      []string `json:"amr"`
	IssuedAt int64    `json:"iat"`
	Expiry   int64    `json:"exp"`
}

// refreshable tells whether a grant comes with a refresh token: the person's
// app asked for one, and the client may use it.
func refreshable(c Client, scopes []string) bool {
	return slices.Contains(scopes, offline) && slices.Contains(c.GrantTypes, grantRefresh)
}

// refreshToken is the one in an answer: where tokens do not rotate the one
// that was sent, else a new one of the same family.
func (s *Server) refreshToken(i issue, g grant) (string, error) {
	if g.refresh != "" && !i.client.Rotates {
		return g.refresh, nil
	}
	c := refreshClaims{
		ID: "RT." + random(32), Family: g.family, Issuer: i.issuer, Client: i.client.ID, Person: g.personID, Scopes: g.scopes,
		AuthTime: g.authTime.Unix(), AMR: g.amr, IssuedAt: i.at.Unix(), Expiry: i.at.Add(refreshLife).Unix(),
	}
	if g.granted != nil {
		c.Scopes = g.granted
	}
	if err := s.dir.Refreshing(Refreshing{
		ID: c.Family, Client: c.Client, Person: c.Person, Issuer: c.Issuer, Scopes: c.Scopes,
		Created: i.at, Updated: i.at, Expires: i.at.Add(refreshLife),
	}); err != nil {
		return "", err
	}
	return s.sign(c)
}

// newFamily is the id by which an admin knows what follows from one sign-in.
func (s *Server) newFamily() string { return s.dir.NewID("oar") }

// refresh turns a refresh token into its grant. Where tokens rotate, each is
// good once and for the leeway after that; one that is used later was stolen
// or copied, and takes its whole family with it.
func (s *Server) refresh(form url.Values, c Client, _ issue) (grant, error) {
	sent := form.Get(grantRefresh)
	if sent == "" {
		return grant{}, badRequest("invalid_request", "The 'refresh_token' parameter is required.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	claims, err := s.openRefresh(sent)
	if err != nil || claims.Client != c.ID {
		return grant{}, invalidGrant(badRefresh)
	}
	now := s.dir.Now()
	if until, used := s.rotated[claims.ID]; s.dir.Revoked(claims.ID) && (!used || !now.Before(until)) {
		if err := s.dir.Revoke(claims.Family, now.Add(refreshLife)); err != nil {
			return grant{}, err
		}
		return grant{}, invalidGrant(badRefresh)
	}
	g, err := s.refreshed(form, c, claims)
	if err != nil {
		return grant{}, err
	}
	g.refresh = sent
	if c.Rotates {
		return g, s.rotate(claims, now, c.Leeway)
	}
	return g, nil
}

// refreshed is the grant of a refresh token, for no more than its scopes.
func (s *Server) refreshed(form url.Values, c Client, claims refreshClaims) (grant, error) {
	g := grant{
		clientID: c.ID, personID: claims.Person, scopes: claims.Scopes, granted: claims.Scopes, family: claims.Family,
		authTime: time.Unix(claims.AuthTime, 0), amr: claims.AMR,
	}
	if asked := strings.Fields(form.Get("scope")); len(asked) > 0 {
		for _, scope := range asked {
			if !slices.Contains(claims.Scopes, scope) {
				return grant{}, badRequest("invalid_scope", "The requested scopes are not a subset of those of the refresh token.")
			}
		}
		g.scopes = asked
	}
	person, known := s.dir.Person(claims.Person)
	if _, assigned := s.dir.UserName(c.AppID, claims.Person); !known || !person.Active || !assigned {
		return grant{}, invalidGrant(badRefresh)
	}
	return g, nil
}

// rotate ends a refresh token that was used, but for the leeway that a client
// has whose answer got lost.
func (s *Server) rotate(c refreshClaims, now time.Time, leeway time.Duration) error {
	for id, until := range s.rotated {
		if !now.Before(until) {
			delete(s.rotated, id)
		}
	}
	if _, used := s.rotated[c.ID]; used {
		return nil
	}
	if leeway > 0 {
		s.rotated[c.ID] = now.Add(leeway)
	}
	return s.dir.Revoke(c.ID, time.Unix(c.Expiry, 0))
}

// openRefresh reads a refresh token that has not run out and whose family is
// not taken back. Whether it is used already is the caller's to see.
func (s *Server) openRefresh(text string) (refreshClaims, error) {
	var c refreshClaims
	if err := s.open(text, &c); err != nil {
		return c, err
	}
	if !strings.HasPrefix(c.ID, "RT.") || s.dir.Now().Unix() >= c.Expiry || s.dir.Revoked(c.Family) {
		return c, errToken
	}
	return c, nil
}
