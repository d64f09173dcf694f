package oidc

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// tokenLife is that of access and ID tokens.
const tokenLife = time.Hour

// issue is what all tokens of one answer share.
type issue struct {
	issuer   string
	client   Client
	at, end  time.Time
	accessID string
	idID     string
}

func (s *Server) newIssue(issuer string, c Client) issue {
	now := s.dir.Now()
	return issue{issuer: issuer, client: c, at: now, end: now.Add(tokenLife), accessID: "AT." + random(32), idID: "ID." + random(32)}
}

// accessClaims are those of an access token, in Okta's order.
type accessClaims struct {
	Version  int      `json:"ver"`
	ID       string   `json:"jti"`
	Issuer   string   `json:"iss"`
	Audience audience `json:"aud"`
	Subject  string   `json:"sub"`
	IssuedAt int64    `json:"iat"`
	Expiry   int64    `json:"exp"`
	Client   string   `json:"cid"`
	Person   string   `json:"uid,omitempty"`
	Scopes   []string `json:"scp"`
	AuthTime int64    `json:"auth_time,omitempty"`
}

// audience is one, sent as a text or as the only element of a list.
type audience string

// UnmarshalJSON reads either form.
func (a *audience) UnmarshalJSON(b []byte) error {
	var list jwt.Audience
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	if len(list) != 1 {
		return errToken
	}
	*a = audience(list[0])
	return nil
}

func (s *Server) accessToken(i issue, g grant, p Person) (string, error) {
	return s.sign(accessClaims{
		Version: 1, ID: i.accessID, Issuer: i.issuer, Audience: audience(i.issuer), Subject: p.Login, IssuedAt: i.at.Unix(),
		Expiry: i.end.Unix(), Client: i.client.ID, Person: p.ID, Scopes: g.scopes, AuthTime: g.authTime.Unix(),
	})
}

// idToken has the claims that Okta puts into an ID token: beside an access
// token few, the rest of what the scopes give being at the user info endpoint,
// and all of them where it comes alone. Hashes tie it to what it comes with.
func (s *Server) idToken(i issue, g grant, p Person, accessToken, code string) (string, error) {
	claims := map[string]any{}
	if accessToken == "" && code == "" {
		claims = s.personClaims(i.client, g.scopes, p)
	}
	for name, value := range map[string]any{
		"sub": p.ID, "ver": 1, "iss": i.issuer, "aud": i.client.ID, "iat": i.at.Unix(), "exp": i.end.Unix(),
		"jti": i.idID, "amr": g.amr, "idp": s.dir.OrgID(), "auth_time": g.authTime.Unix(),
	} {
		claims[name] = value
	}
	for name, beside := range map[string]string{"at_hash": accessToken, "c_hash": code} {
		if beside != "" {
			claims[name] = hashOf(beside)
		}
	}
	if g.nonce != "" {
		claims["nonce"] = g.nonce
	}
	if slices.Contains(g.scopes, "profile") {
		claims["name"] = fullName(p)
		claims["preferred_username"] = s.preferredName(i.client, p)
	}
	if slices.Contains(g.scopes, "email") && p.Email != "" {
		claims["email"], claims["email_verified"] = p.Email, true
	}
	s.addGroups(claims, i.client, g.scopes, p)
	return s.sign(claims)
}

func (s *Server) preferredName(c Client, p Person) string {
	if name, ok := s.dir.UserName(c.AppID, p.ID); ok && name != "" {
		return name
	}
	return p.Login
}

func fullName(p Person) string {
	if name, ok := p.Profile["displayName"].(string); ok && name != "" {
		return name
	}
	return strings.TrimSpace(p.FirstName + " " + p.LastName)
}

// addGroups puts the groups claim in where the app has one and it was asked for.
func (s *Server) addGroups(claims map[string]any, c Client, scopes []string, p Person) {
	if c.Groups.Name == "" || !slices.Contains(scopes, "groups") {
		return
	}
	names := []string{}
	for _, name := range s.dir.GroupsOf(p.ID) {
		if c.Groups.passes(name) {
			names = append(names, name)
		}
	}
	claims[c.Groups.Name] = names
}

func (g GroupsClaim) passes(name string) bool {
	switch g.FilterType {
	case "STARTS_WITH":
		return strings.HasPrefix(name, g.Filter)
	case "EQUALS":
		return name == g.Filter
	case "CONTAINS":
		return strings.Contains(name, g.Filter)
	case "REGEX":
		re, err := regexp.Compile("^(?:" + g.Filter + ")$")
		return err == nil && re.MatchString(name)
	}
	return false
}

// hashOf is the left half of a token's digest, as at_hash has it.
func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

func (s *Server) sign(claims any) (string, error) {
	key := s.dir.Key()
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key.Private, KeyID: key.KID}}, nil)
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(claims).Serialize()
}

var errToken = errors.New("the token is not good")

// open reads a token that this server signed, whatever its age.
func (s *Server) open(text string, claims any) error {
	parsed, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return err
	}
	return parsed.Claims(s.dir.Key().Private.Public(), claims)
}

// openAccess reads an access token that is good now.
func (s *Server) openAccess(text string) (accessClaims, error) {
	var c accessClaims
	if err := s.open(text, &c); err != nil {
		return c, err
	}
	if !strings.HasPrefix(c.ID, "AT.") || s.dir.Now().Unix() >= c.Expiry || s.dir.Revoked(c.ID) {
		return c, errToken
	}
	if _, active := s.dir.Client(c.Client); !active {
		return c, errToken
	}
	if p, known := s.dir.Person(c.Person); c.Person != "" && (!known || !p.Active) {
		return c, errToken
	}
	return c, nil
}
