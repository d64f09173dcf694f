package okta

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// oauthError is what OAuth endpoints answer in the place of Okta's errors.
type oauthError struct {
	status            int
	code, description string
	header            http.Header
}

func (e *oauthError) Error() string { return e.code + ": " + e.description }

func invalidClient(description string) error {
	return &oauthError{http.StatusUnauthorized, "invalid_client", description, nil}
}

func badGrant(code, description string) error {
	return &oauthError{http.StatusBadRequest, code, description, nil}
}

const (
	formType         = "application/x-www-form-urlencoded"
	assertionType    = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	tokenLife        = time.Hour
	maxAssertionLife = time.Hour
	clockSkew        = time.Minute
)

func (o *Org) oauthRoutes() []*route {
	const roles = "/oauth2/v1/clients/{}/roles"
	return []*route{
		{
			method: "POST", pattern: split("/oauth2/v1/token"), bucket: bucketToken, open: true,
			body: []string{formType}, serve: o.token,
		},
		api("GET", roles, bucketClients, resRoles, o.rolesOfClient),
		api("POST", roles, bucketClients, resRoles, o.giveClientRole),
		api("DELETE", roles+"/{}", bucketClients, resRoles, o.takeClientRole),
	}
}

// token gives a service app an access token for its signed assertion. The
// parameters may stand in the body or, as one SDK sends them, in the query.
func (o *Org) token(c *call) (*reply, error) {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return nil, badGrant("invalid_request", "The request body could not be parsed.")
	}
	get := func(name string) string {
		if v := form.Get(name); v != "" {
			return v
		}
		return c.query.Get(name)
	}
	switch get("grant_type") {
	case "":
		return nil, badGrant("invalid_request", "The 'grant_type' parameter is required.")
	case grantCredentials:
	default:
		return nil, badGrant("unsupported_grant_type", "The authorization grant type is not supported by the authorization server.")
	}
	if get("client_assertion_type") != assertionType || get("client_assertion") == "" {
		return nil, invalidClient("Client authentication failed. The client must use 'private_key_jwt' to request Okta scopes.")
	}
	a, err := o.assertedClient(get("client_assertion"), get("client_id"), c.base+"/oauth2/v1/token")
	if err != nil {
		return nil, err
	}
	if !slices.Contains(a.OAuth.GrantTypes, grantCredentials) {
		return nil, badGrant("unauthorized_client", "The client is not authorized to use the provided grant type.")
	}
	key, err := o.boundKey(c, a)
	if err != nil {
		o.assertion.forget(get("client_assertion")) // clients send it again with the proof
		return nil, err
	}
	scopes, err := o.grantedScopes(a, get("scope"))
	if err != nil {
		return nil, err
	}
	signed, err := o.sign(a, scopes, c.base, key)
	if err != nil {
		return nil, internalError()
	}
	kind := "Bearer"
	if key != "" {
		kind = "DPoP"
	}
	return ok(object{
		{"token_type", kind}, {"expires_in", int(tokenLife.Seconds())}, {"access_token", signed},
		{"scope", strings.Join(scopes, " ")},
	}), nil
}

// grantedScopes fails as a whole when one scope is not granted.
func (o *Org) grantedScopes(a *app, asked string) ([]string, error) {
	scopes := strings.Fields(asked)
	if len(scopes) == 0 {
		return nil, badGrant("invalid_scope", "The authorization server resource does not have any configured default scopes, 'scope' must be provided.")
	}
	for _, s := range scopes {
		if !slices.Contains(oktaScopes, s) {
			return nil, badGrant("invalid_scope", "One or more scopes are not configured for the authorization server resource.")
		}
		if !slices.ContainsFunc(o.grants[a.ID], func(g *grant) bool { return g.Scope == s }) {
			return nil, badGrant("invalid_scope", "One or more scopes are not granted to the client: "+s+".")
		}
	}
	return scopes, nil
}

var assertionAlgorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.ES256, jose.ES384, jose.ES512, jose.PS256, jose.PS384, jose.PS512,
}

// assertedClient verifies a client's assertion and tells whose it is.
func (o *Org) assertedClient(assertion, clientID, audience string) (*app, error) {
	parsed, err := jwt.ParseSigned(assertion, assertionAlgorithms)
	if err != nil {
		return nil, invalidClient("The client_assertion is not a signed JWT that the server can read.")
	}
	var claims jwt.Claims
	if parsed.UnsafeClaimsWithoutVerification(&claims) != nil {
		return nil, invalidClient("The client_assertion token has no claims that the server can read.")
	}
	if clientID != "" && clientID != claims.Subject {
		return nil, invalidClient("Invalid value for the `client_id` parameter")
	}
	a, err := o.client(claims.Subject)
	if err != nil || a.Status != active || a.OAuth.AuthMethod != "private_key_jwt" {
		return nil, invalidClient("Invalid value for the `client_id` parameter")
	}
	if !verified(a, parsed) {
		return nil, invalidClient("The client_assertion signature is invalid.")
	}
	if err := o.checkClaims(claims, audience); err != nil {
		return nil, err
	}
	return a, nil
}

// verified tries the client's keys: the one that the header names, or each.
func verified(a *app, parsed *jwt.JSONWebToken) bool {
	var set jose.JSONWebKeySet
	if json.Unmarshal(a.OAuth.JWKS, &set) != nil {
		return false
	}
	kid := parsed.Headers[0].KeyID
	for _, k := range set.Keys {
		var claims jwt.Claims
		if (kid == "" || kid == k.KeyID) && parsed.Claims(k.Key, &claims) == nil {
			return true
		}
	}
	return false
}

func (o *Org) checkClaims(claims jwt.Claims, audience string) error {
	now := o.now()
	switch {
	case claims.Issuer != claims.Subject:
		return invalidClient("The issuer and the subject of the client_assertion must be the client id.")
	case !claims.Audience.Contains(audience):
		return invalidClient("The audience claim for client_assertion must be the endpoint invoked for the request.")
	case claims.Expiry == nil:
		return invalidClient("The client_assertion token must have an expiration.")
	case now.After(claims.Expiry.Time()):
		return invalidClient("The client_assertion token is expired.")
	case claims.Expiry.Time().Sub(now) > maxAssertionLife+clockSkew:
		return invalidClient("The client_assertion token has an expiration too far into the future.")
	case claims.IssuedAt != nil && claims.IssuedAt.Time().Sub(now) > clockSkew:
		return invalidClient("The client_assertion token was issued in the future.")
	case claims.ID != "" && !o.assertion.first(claims.Subject+" "+claims.ID, claims.Expiry.Time(), now):
		return invalidClient("The client_assertion token has already been used.")
	}
	return nil
}

// tokenClaims are those of an access token.
type tokenClaims struct {
	jwt.Claims
	Version int      `json:"ver"`
	Client  string   `json:"cid"`
	Scopes  []string `json:"scp"`
	Bound   *bound   `json:"cnf,omitempty"`
}

// bound is the key that a token is good with.
type bound struct {
	Thumbprint string `json:"jkt"`
}

// sign makes an access token. It is a JWT, so that it is valid after a restart
// without being kept.
func (o *Org) sign(a *app, scopes []string, base, thumbprint string) (string, error) {
	key := o.keys[o.meta.SigningKid]
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key.Private, KeyID: key.KID}}, nil)
	if err != nil {
		return "", err
	}
	now := o.now()
	var with *bound
	if thumbprint != "" {
		with = &bound{thumbprint}
	}
	return jwt.Signed(signer).Claims(tokenClaims{
		Claims: jwt.Claims{
			ID: "AT." + o.random.url(32), Issuer: base, Audience: jwt.Audience{base}, Subject: a.OAuth.ClientID,
			IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(tokenLife)),
		},
		Version: 1, Client: a.OAuth.ClientID, Scopes: scopes, Bound: with,
	}).Serialize()
}

// accessToken tells whose a token is. One that is bound to a key needs the
// proof of that key (thumbprint), and no other may have one. The caller holds
// the lock.
func (o *Org) accessToken(text, thumbprint string) (*app, []string) {
	claims, err := o.verify(text)
	if err != nil || o.oidc.Revoked(claims.ID) {
		return nil, nil
	}
	if claims.Bound == nil && thumbprint != "" || claims.Bound != nil && claims.Bound.Thumbprint != thumbprint {
		return nil, nil
	}
	a, err := o.client(claims.Client)
	if err != nil || a.Status != active {
		return nil, nil
	}
	return a, claims.Scopes
}

func (o *Org) verify(text string) (*tokenClaims, error) {
	parsed, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, err
	}
	claims := &tokenClaims{}
	if err := parsed.Claims(o.keys[o.meta.SigningKid].Private.Public(), claims); err != nil {
		return nil, err
	}
	if claims.Expiry == nil || !o.now().Before(claims.Expiry.Time()) || !strings.HasPrefix(claims.ID, "AT.") {
		return nil, errors.New("expired")
	}
	return claims, nil
}

// checkJWKS wants public keys of a usable size; it says what is wrong.
func checkJWKS(raw json.RawMessage) string {
	var set jose.JSONWebKeySet
	if json.Unmarshal(raw, &set) != nil || len(set.Keys) == 0 {
		return "The key set could not be read"
	}
	for _, k := range set.Keys {
		if !k.Valid() || !k.IsPublic() {
			return "Only public keys are allowed"
		}
		if sized, ok := k.Key.(interface{ Size() int }); ok && sized.Size() < 256 {
			return "RSA key length in the 'jwks' is less than '2,048' bits for the given key."
		}
	}
	return ""
}

// usedAssertions remembers the ids of assertions until these expire.
type usedAssertions struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

func newUsedAssertions() *usedAssertions { return &usedAssertions{seen: map[string]time.Time{}} }

// forget lets an assertion be used once more.
func (u *usedAssertions) forget(assertion string) {
	parsed, err := jwt.ParseSigned(assertion, assertionAlgorithms)
	var claims jwt.Claims
	if err != nil || parsed.UnsafeClaimsWithoutVerification(&claims) != nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.seen, claims.Subject+" "+claims.ID)
}

func (u *usedAssertions) first(id string, until, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	for old, end := range u.seen {
		if now.After(end) {
			delete(u.seen, old)
		}
	}
	if _, used := u.seen[id]; used {
		return false
	}
	u.seen[id] = until
	return true
}
