package okta_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// service is a service app and its key.
type service struct {
	*sandbox
	id  string
	key any
	alg jose.SignatureAlgorithm
}

func newService(t *testing.T, s *sandbox, key any, public any, alg jose.SignatureAlgorithm, scopes ...string) *service {
	t.Helper()
	jwk, err := json.Marshal(jose.JSONWebKey{Key: public, KeyID: "k1", Use: "sig", Algorithm: string(alg)})
	if err != nil {
		t.Fatal(err)
	}
	id := s.must(200, "POST", "/api/v1/apps", `{"name":"oidc_client","label":"Robot","signOnMode":"OPENID_CONNECT",
		"credentials":{"oauthClient":{"token_endpoint_auth_method":"private_key_jwt"}},
		"settings":{"oauthClient":{"application_type":"service","response_types":["token"],"grant_types":["client_credentials"],
		"jwks":{"keys":[`+string(jwk)+`]}}}}`).id(t)
	for _, scope := range scopes {
		s.must(200, "POST", "/api/v1/apps/"+id+"/grants", `{"scopeId":"`+scope+`","issuer":"`+s.url+`"}`)
	}
	return &service{s, id, key, alg}
}

func (v *service) assertion(edit func(*jwt.Claims)) string {
	v.t.Helper()
	now := v.clock.now()
	claims := jwt.Claims{
		Issuer: v.id, Subject: v.id, Audience: jwt.Audience{v.url + "/oauth2/v1/token"},
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(time.Hour)),
	}
	if edit != nil {
		edit(&claims)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: v.alg, Key: jose.JSONWebKey{Key: v.key, KeyID: "k1"}}, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		v.t.Fatal(err)
	}
	return text
}

func (v *service) form(assertion, scope string) string {
	return url.Values{
		"grant_type": {"client_credentials"}, "scope": {scope}, "client_assertion": {assertion},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}.Encode()
}

var formHeaders = []string{"Authorization", "", "Content-Type", "application/x-www-form-urlencoded"}

func (v *service) token(scope string) string {
	v.t.Helper()
	r := v.must(200, "POST", "/oauth2/v1/token", v.form(v.assertion(nil), scope), formHeaders...)
	m := r.object(v.t)
	if m["token_type"] != "Bearer" || m["expires_in"] != 3600.0 || m["scope"] != scope {
		v.t.Errorf("token answer %v", m)
	}
	return m["access_token"].(string)
}

func TestServiceAppGetsWhatItsScopesAllow(t *testing.T) {
	t.Parallel()
	s := start(t)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey := sharedKeys()[0]
	for _, v := range []*service{
		newService(t, s, rsaKey, rsaKey.Public(), jose.RS256, "okta.apps.read", "okta.groups.manage"),
		newService(t, s, ec, ec.Public(), jose.ES256, "okta.apps.read", "okta.groups.manage"),
	} {
		bearer := []string{"Authorization", "Bearer " + v.token("okta.apps.read okta.groups.manage")}
		s.must(200, "GET", "/api/v1/apps", "", bearer...)
		s.must(200, "GET", "/api/v1/groups", "", bearer...)
		name := fmt.Sprintf("By %s", v.alg)
		s.must(200, "POST", "/api/v1/groups", `{"profile":{"name":"`+name+`"}}`, bearer...)
		r := s.must(403, "POST", "/api/v1/apps", samlBody("x"), bearer...)
		if got := r.Header.Get("WWW-Authenticate"); !strings.Contains(got, `error="insufficient_scope"`) || !strings.Contains(got, `scope="okta.apps.manage"`) {
			t.Errorf("WWW-Authenticate %q", got)
		}
		s.must(403, "GET", "/api/v1/users", "", bearer...)
		s.must(403, "GET", "/api/v1/users/me", "", bearer...)
		v.clock.add(time.Hour + time.Second)
		s.must(401, "GET", "/api/v1/apps", "", bearer...)
	}
}

func TestTokenParametersMayStandInTheQuery(t *testing.T) {
	t.Parallel()
	s := start(t)
	key := sharedKeys()[0]
	v := newService(t, s, key, key.Public(), jose.RS256, "okta.apps.read")
	s.must(200, "POST", "/oauth2/v1/token?"+v.form(v.assertion(nil), "okta.apps.read"), "", formHeaders...)
}

func TestRefusedTokens(t *testing.T) {
	t.Parallel()
	s := start(t)
	key := sharedKeys()[0]
	v := newService(t, s, key, key.Public(), jose.RS256, "okta.apps.read")
	stranger := &service{s, v.id, sharedKeys()[1], jose.RS256}
	once := v.assertion(func(c *jwt.Claims) { c.ID = "once" })
	s.must(200, "POST", "/oauth2/v1/token", v.form(once, "okta.apps.read"), formHeaders...)
	for _, tt := range []struct {
		name, form string
		status     int
		want       string
	}{
		{"not granted", v.form(v.assertion(nil), "okta.apps.read okta.users.read"), 400, "invalid_scope"},
		{"unknown scope", v.form(v.assertion(nil), "okta.moon.read"), 400, "invalid_scope"},
		{"no scope", v.form(v.assertion(nil), ""), 400, "invalid_scope"},
		{"wrong key", v.form(stranger.assertion(nil), "okta.apps.read"), 401, "invalid_client"},
		{"used before", v.form(once, "okta.apps.read"), 401, "invalid_client"},
		{"wrong audience", v.form(v.assertion(func(c *jwt.Claims) { c.Audience = jwt.Audience{"https://acme.okta.com"} }), "okta.apps.read"), 401, "invalid_client"},
		{"expired", v.form(v.assertion(func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(s.clock.now().Add(-time.Second)) }), "okta.apps.read"), 401, "invalid_client"},
		{"too long", v.form(v.assertion(func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(s.clock.now().Add(2 * time.Hour)) }), "okta.apps.read"), 401, "invalid_client"},
		{"somebody else", v.form(v.assertion(func(c *jwt.Claims) { c.Subject = "0oanobody"; c.Issuer = "0oanobody" }), "okta.apps.read"), 401, "invalid_client"},
		{"no JWT", v.form("x.y.z", "okta.apps.read"), 401, "invalid_client"},
		{"no assertion", "grant_type=client_credentials&scope=okta.apps.read&client_id=" + v.id + "&client_secret=x", 401, "invalid_client"},
		{"another grant", "grant_type=password", 400, "unsupported_grant_type"},
		{"no grant", "scope=x", 400, "invalid_request"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := s.must(tt.status, "POST", "/oauth2/v1/token", tt.form, formHeaders...)
			if got := r.object(t); got["error"] != tt.want || got["error_description"] == "" {
				t.Errorf("answer %v, want %s", got, tt.want)
			}
		})
	}
}

func TestServiceAppNeedsARole(t *testing.T) {
	t.Parallel()
	s := start(t)
	key := sharedKeys()[0]
	v := newService(t, s, key, key.Public(), jose.RS256, "okta.apps.manage", "okta.users.read")
	bearer := []string{"Authorization", "Bearer " + v.token("okta.apps.manage okta.users.read")}
	s.must(404, "GET", "/api/v1/users/me", "", bearer...) // it is nobody
	s.must(200, "GET", "/api/v1/apps", "", bearer...)
	var roles []struct{ ID, Type string }
	path := "/oauth2/v1/clients/" + v.id + "/roles"
	s.must(200, "GET", path, "").into(t, &roles)
	s.must(204, "DELETE", path+"/"+roles[0].ID, "")
	s.must(403, "GET", "/api/v1/apps", "", bearer...)
	s.must(201, "POST", path, `{"type":"READ_ONLY_ADMIN"}`)
	s.must(200, "GET", "/api/v1/apps", "", bearer...)
	s.must(403, "POST", "/api/v1/apps", samlBody("x"), bearer...)
	s.must(200, "POST", "/api/v1/apps/"+v.id+"/lifecycle/deactivate", "")
	s.must(401, "GET", "/api/v1/apps", "", bearer...)
}

func TestGrants(t *testing.T) {
	t.Parallel()
	s := start(t)
	key := sharedKeys()[0]
	v := newService(t, s, key, key.Public(), jose.RS256)
	path := "/api/v1/apps/" + v.id + "/grants"
	r := s.must(200, "POST", path, `{"scopeId":"okta.apps.read","issuer":"`+s.url+`"}`)
	sameBytes(t, r.text, `{"id":"oag*","status":"ACTIVE","created":"2026-01-31T09:30:00.000Z","createdBy":{"id":"00u*","type":"User"},
		"lastUpdated":"2026-01-31T09:30:00.000Z","issuer":"{o}","clientId":"0oa*","scopeId":"okta.apps.read","source":"ADMIN",
		"_embedded":{"scope":{"id":"okta.apps.read"}},"_links":{"app":{"href":"{o}/api/v1/apps/0oa*","title":"Robot"},
		"self":{"href":"{o}/api/v1/apps/0oa*/grants/oag*","hints":{"allow":["GET","DELETE"]}},
		"client":{"href":"{o}/oauth2/v1/clients/0oa*","title":"Robot"}}}`)
	s.must(400, "POST", path, `{"scopeId":"okta.moon.read","issuer":"`+s.url+`"}`)
	v.token("okta.apps.read")
	s.must(204, "DELETE", path+"/"+r.id(t), "")
	s.must(400, "POST", "/oauth2/v1/token", v.form(v.assertion(nil), "okta.apps.read"), formHeaders...)
}
