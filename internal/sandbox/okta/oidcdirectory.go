package okta

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/okta/oidc"
)

// kindRevoked are access tokens that were taken back: id and end.
const kindRevoked = "revokedToken"

// authorization is the org as its authorization server sees it.
type authorization struct {
	*Org
	server  *oidc.Server
	mu      sync.Mutex // guards the maps
	revoked map[string]time.Time
	refresh map[string]oidc.Refreshing
}

// mountOIDC makes the authorization server, with the sign-on site before it.
func (o *Org) mountOIDC(site oidc.SignOn) (*authorization, error) {
	a := &authorization{Org: o, revoked: map[string]time.Time{}, refresh: map[string]oidc.Refreshing{}}
	err := errors.Join(a.loadRefresh(), each(o.log, kindRevoked, func(id string, end *time.Time) { a.revoked[id] = *end }))
	a.server = oidc.New(a, site)
	return a, err
}

// serveOIDC answers at the endpoints of the authorization server and tells
// whether it did. At the token endpoint only what people granted is its own.
func (o *Org) serveOIDC(w http.ResponseWriter, r *http.Request, segments []string) bool {
	path := "/" + strings.Join(segments, "/")
	if !oidc.Handles(path) || path == "/oauth2/v1/token" && !personalGrant(w, r) {
		return false
	}
	o.setHeaders(w.Header())
	if bucket := oidcBuckets[path]; bucket != "" {
		if err := o.limiter.take(w.Header(), bucket, ""); err != nil {
			o.writeError(w, err)
			return true
		}
	}
	plain, u := *r, *r.URL
	u.Path, u.RawPath = path, ""
	plain.URL = &u
	o.oidc.server.ServeHTTP(w, &plain)
	return true
}

// oidcBuckets are those of calls; pages are not counted.
var oidcBuckets = map[string]string{
	"/oauth2/v1/token": bucketToken, "/oauth2/v1/userinfo": bucketRoot,
	"/oauth2/v1/introspect": bucketRoot, "/oauth2/v1/revoke": bucketRoot,
	"/oauth2/v1/par": bucketRoot, "/oauth2/v1/device/authorize": bucketRoot,
}

// personalGrant tells whether a request is for what a person granted. The body
// can be read again afterwards.
func personalGrant(w http.ResponseWriter, r *http.Request) bool {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); r.Method != http.MethodPost || err != nil || kind != formType {
		return false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return false
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return false
	}
	asked := form.Get("grant_type")
	if asked == "" {
		asked = r.URL.Query().Get("grant_type")
	}
	return oidc.Grants(asked)
}

func (a *authorization) Now() time.Time { return a.now() }

func (a *authorization) NewID(prefix string) string { return a.random.id(prefix, liveEra) }

func (a *authorization) OrgID() string { return a.meta.ID }

func (a *authorization) Fail(w http.ResponseWriter, status int, code, summary string, causes ...string) {
	a.writeError(w, fail(status, code, summary, causes...))
}

func (a *authorization) Client(id string) (oidc.Client, bool) {
	a.Org.mu.RLock()
	defer a.Org.mu.RUnlock()
	app, err := a.client(id)
	if err != nil || app.Status != active || app.Own {
		return oidc.Client{}, false
	}
	c := oidc.Client{
		AppID: app.ID, Label: app.Label, ID: app.OAuth.ClientID, AuthMethod: app.OAuth.AuthMethod,
		RedirectURIs: app.OAuth.RedirectURIs, LogoutURIs: app.OAuth.LogoutURIs,
		Wildcard:   app.OAuth.WildcardRedirect == "SUBDOMAIN",
		GrantTypes: app.OAuth.GrantTypes, ResponseTypes: app.OAuth.ResponseTypes,
		PKCERequired: app.OAuth.PKCERequired, DPoP: app.OAuth.DPoP,
	}
	c.Rotates, c.Leeway = app.OAuth.rotation()
	for _, s := range a.secrets[app.ID] {
		if s.Status == active {
			c.Secrets = append(c.Secrets, s.Secret)
		}
	}
	if t := app.IDToken; t != nil {
		c.Groups = oidc.GroupsClaim{Name: t.Name, FilterType: t.GroupFilterType, Filter: t.Value}
	}
	return c, true
}

func (a *authorization) Asserted(assertion, clientID, audience string) (string, error) {
	a.Org.mu.RLock()
	defer a.Org.mu.RUnlock()
	var claims jwt.Claims
	if parsed, err := jwt.ParseSigned(assertion, secretAlgorithms); err == nil {
		if err := a.secretAssertion(parsed, clientID, audience, &claims); err != nil {
			return "", oauthErrorOf(err)
		}
		return claims.Subject, nil
	}
	app, err := a.assertedClient(assertion, clientID, audience)
	if err != nil {
		return "", oauthErrorOf(err)
	}
	return app.OAuth.ClientID, nil
}

var secretAlgorithms = []jose.SignatureAlgorithm{jose.HS256, jose.HS384, jose.HS512}

// secretAssertion verifies an assertion that is signed with a client secret.
func (a *authorization) secretAssertion(parsed *jwt.JSONWebToken, clientID, audience string, claims *jwt.Claims) error {
	if parsed.UnsafeClaimsWithoutVerification(claims) != nil || clientID != "" && clientID != claims.Subject {
		return invalidClient("Invalid value for the `client_id` parameter")
	}
	app, err := a.client(claims.Subject)
	if err != nil || app.Status != active || app.OAuth.AuthMethod != "client_secret_jwt" {
		return invalidClient("Invalid value for the `client_id` parameter")
	}
	if !slices.ContainsFunc(a.secrets[app.ID], func(s *clientSecret) bool {
		return s.Status == active && parsed.Claims([]byte(s.Secret), &jwt.Claims{}) == nil
	}) {
		return invalidClient("The client_assertion signature is invalid.")
	}
	return a.checkClaims(*claims, audience)
}

func oauthErrorOf(err error) error {
	var e *oauthError
	if errors.As(err, &e) {
		return &oidc.Error{Status: e.status, Code: e.code, Description: e.description}
	}
	return err
}

func (a *authorization) Person(id string) (oidc.Person, bool) {
	a.Org.mu.RLock()
	defer a.Org.mu.RUnlock()
	p, found := a.people.byID[id]
	if !found {
		return oidc.Person{}, false
	}
	return oidc.Person{
		ID: p.ID, Login: p.Login, Email: p.Email, FirstName: p.First, LastName: p.Last,
		Active: p.Status == active, Updated: p.Updated.time(), Profile: p.profile(),
	}, true
}

func (a *authorization) UserName(app, id string) (string, bool) {
	return directory{a.Org}.UserName(app, id)
}

func (a *authorization) GroupsOf(id string) []string { return directory{a.Org}.GroupsOf(id) }

func (a *authorization) Key() oidc.Key {
	a.Org.mu.RLock()
	defer a.Org.mu.RUnlock()
	k := a.keys[a.meta.SigningKid]
	return oidc.Key{KID: k.KID, Private: k.Private}
}

func (a *authorization) Revoke(id string, until time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	records := []durable.Record{durable.Put(kindRevoked, id, until)}
	now := a.now()
	var past []string
	for old, end := range a.revoked {
		if old != id && now.After(end) {
			past = append(past, old)
			records = append(records, durable.Remove(kindRevoked, old))
		}
	}
	if err := a.commit(records...); err != nil {
		return err
	}
	for _, old := range past {
		delete(a.revoked, old)
	}
	a.revoked[id] = until
	return nil
}

func (a *authorization) Revoked(id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, gone := a.revoked[id]
	return gone
}

var _ oidc.Directory = (*authorization)(nil)
