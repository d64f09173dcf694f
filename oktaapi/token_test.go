package oktaapi_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/oktaapi"
)

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func ecKey(curve elliptic.Curve) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func pemOf(kind string, der []byte, err error) string {
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func pkcs8(key any) string {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return pemOf("PRIVATE KEY", der, err)
}

func sec1(key *ecdsa.PrivateKey) string {
	der, err := x509.MarshalECPrivateKey(key)
	return pemOf("EC PRIVATE KEY", der, err)
}

func tokenAnswer(token string) http.HandlerFunc {
	return jsonAnswer(200, `{"token_type":"Bearer","expires_in":3600,"access_token":"`+token+`","scope":"okta.apps.manage"}`)
}

const meLine = "GET /api/v1/apps/" + appID

func TestEveryFormOfPrivateKeySignsTheAssertion(t *testing.T) {
	t.Parallel()
	p256, p384, p521 := ecKey(elliptic.P256()), ecKey(elliptic.P384()), ecKey(elliptic.P521())
	jwk, err := json.Marshal(jose.JSONWebKey{Key: p256, KeyID: "jwk-kid"})
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey()), nil)
	for name, tt := range map[string]struct {
		key    string
		public crypto.PublicKey
		alg    jose.SignatureAlgorithm
		kid    string
		want   string
	}{
		"PKCS#1":             {pkcs1, rsaKey().Public(), jose.RS256, "k1", "k1"},
		"PKCS#1 in one line": {strings.ReplaceAll(pkcs1, "\n", `\n`), rsaKey().Public(), jose.RS256, "", ""},
		"PKCS#8 RSA":         {pkcs8(rsaKey()), rsaKey().Public(), jose.RS256, "", ""},
		"PKCS#8 EC":          {pkcs8(p384), p384.Public(), jose.ES384, "k2", "k2"},
		"EC with parameters": {pemOf("EC PARAMETERS", []byte{6, 8}, nil) + sec1(p256), p256.Public(), jose.ES256, "", ""},
		"EC P-521":           {sec1(p521), p521.Public(), jose.ES512, "", ""},
		"JWK":                {string(jwk), p256.Public(), jose.ES256, "", "jwk-kid"},
	} {
		o := newOrg(t)
		o.on("POST /oauth2/v1/token", tokenAnswer("at-1"))
		o.on(meLine, jsonAnswer(200, appJSON))
		c := o.clientWith(t, oktaapi.Auth{ClientID: "0oaSERVICE", PrivateKey: secret.New(tt.key), KeyID: tt.kid})
		if _, err := c.App(t.Context(), appID); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := o.last().header.Get("Authorization"); got != "Bearer at-1" {
			t.Errorf("%s: Authorization is %q", name, got)
		}
		checkTokenRequest(t, name, o, tt.public, tt.alg, tt.want)
	}
}

func checkTokenRequest(t *testing.T, name string, o *org, public crypto.PublicKey, alg jose.SignatureAlgorithm, kid string) {
	t.Helper()
	r := o.asked[0]
	if r.line != "POST /oauth2/v1/token" || r.header.Get("Authorization") != "" {
		t.Errorf("%s: got %s with Authorization %q; everything belongs into the body", name, r.line, r.header.Get("Authorization"))
	}
	form, err := url.ParseQuery(r.body)
	if err != nil {
		t.Fatal(err)
	}
	if form.Get("grant_type") != "client_credentials" || form.Get("scope") != "okta.apps.manage okta.groups.read okta.users.read" ||
		form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		t.Errorf("%s: form %v", name, form)
	}
	token, err := jwt.ParseSigned(form.Get("client_assertion"), []jose.SignatureAlgorithm{alg})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var claims jwt.Claims
	if err := token.Claims(public, &claims); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := claims.Validate(jwt.Expected{Issuer: "0oaSERVICE", Subject: "0oaSERVICE", AnyAudience: jwt.Audience{o.URL + "/oauth2/v1/token"}}); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if life := claims.Expiry.Time().Sub(claims.IssuedAt.Time()); life != 5*time.Minute || claims.ID == "" || token.Headers[0].KeyID != kid {
		t.Errorf("%s: lives %s, jti %q, kid %q", name, life, claims.ID, token.Headers[0].KeyID)
	}
}

func TestKeysThatCannotSignAreRefusedWithoutShowingThem(t *testing.T) {
	t.Parallel()
	public, err := x509.MarshalPKIXPublicKey(rsaKey().Public())
	for name, key := range map[string]string{
		"nothing":    "canary",
		"public":     pemOf("PUBLIC KEY", public, err),
		"passphrase": "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nY2FuYXJ5\n-----END RSA PRIVATE KEY-----\n",
		"encrypted":  pemOf("ENCRYPTED PRIVATE KEY", []byte("canary"), nil),
		"damaged":    pemOf("PRIVATE KEY", []byte("canary"), nil),
		"P-224":      sec1(ecKey(elliptic.P224())),
		"public JWK": `{"kty":"EC","crv":"P-256","x":"canary"}`,
	} {
		_, err := oktaapi.New(oktaapi.Config{OrgURL: "https://acme.okta.com", Transport: http.DefaultTransport,
			Auth: oktaapi.Auth{ClientID: "x", PrivateKey: secret.New(key)}})
		if hint.CodeOf(err) != hint.Usage || strings.Contains(fmt.Sprint(err), "canary") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func serviceApp() oktaapi.Auth {
	return oktaapi.Auth{ClientID: "0oaSERVICE", PrivateKey: secret.New(sec1(ecKey(elliptic.P256())))}
}

func TestManyCallsShareOneToken(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("POST /oauth2/v1/token", tokenAnswer("at-1"))
	o.on(meLine, jsonAnswer(200, appJSON))
	c := o.clientWith(t, serviceApp())
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := c.App(t.Context(), appID); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := strings.Count(strings.Join(o.lines(), "\n"), "oauth2"); n != 1 {
		t.Errorf("the token was fetched %d times", n)
	}
}

func TestATokenIsRenewedBeforeItEnds(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("POST /oauth2/v1/token", turns(tokenAnswer("at-1"), tokenAnswer("at-2")))
	o.on(meLine, jsonAnswer(200, appJSON))
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c, err := oktaapi.New(oktaapi.Config{OrgURL: o.URL, Auth: serviceApp(), Transport: (&httpx.Net{}).Transport(), Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		after time.Duration
		want  string
	}{{0, "at-1"}, {57 * time.Minute, "at-1"}, {59 * time.Minute, "at-2"}} {
		now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(tt.after)
		if _, err := c.App(t.Context(), appID); err != nil {
			t.Fatal(err)
		}
		if got := o.last().header.Get("Authorization"); got != "Bearer "+tt.want {
			t.Errorf("after %s: %q, want %s", tt.after, got, tt.want)
		}
	}
}

func TestARefusedTokenIsFetchedAnewOnceForWhatMayBeRepeated(t *testing.T) {
	t.Parallel()
	refused := jsonAnswer(401, `{"errorCode":"E0000011","errorSummary":"Invalid token provided"}`)
	o := newOrg(t)
	o.on("POST /oauth2/v1/token", turns(tokenAnswer("at-1"), tokenAnswer("at-2")))
	o.on(meLine, turns(refused, jsonAnswer(200, appJSON)))
	if _, err := o.clientWith(t, serviceApp()).App(t.Context(), appID); err != nil || o.last().header.Get("Authorization") != "Bearer at-2" {
		t.Errorf("got %v with %q", err, o.last().header.Get("Authorization"))
	}

	o = newOrg(t)
	o.on("POST /oauth2/v1/token", tokenAnswer("at-1"))
	o.on("GET "+appLine, refused)
	o.on("POST /api/v1/apps", refused)
	c := o.clientWith(t, serviceApp())
	_, err := c.App(t.Context(), appID)
	if !errors.Is(err, oktaapi.ErrUnauthorized) || hint.CodeOf(err) != hint.NotAllowed {
		t.Errorf("got %v", err)
	}
	_, err = c.CreateApp(t.Context(), wanted())
	if !errors.Is(err, oktaapi.ErrUnauthorized) || strings.Count(strings.Join(o.lines(), "\n"), "POST /api/v1/apps") != 1 {
		t.Errorf("got %v after %q", err, o.lines())
	}
}

func TestWhyOktaGivesNoToken(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		h    http.HandlerFunc
		want string // in the hint or the error
		code hint.Code
	}{
		"DPoP":         {jsonAnswer(400, `{"error":"invalid_dpop_proof","error_description":"The DPoP proof JWT header is missing."}`), "Demonstrating Proof of Possession", hint.NotAllowed},
		"DPoP nonce":   {jsonAnswer(400, `{"error":"use_dpop_nonce"}`), "Demonstrating Proof of Possession", hint.NotAllowed},
		"DPoP token":   {jsonAnswer(200, `{"token_type":"DPoP","access_token":"x","expires_in":3600}`), "Demonstrating Proof of Possession", hint.NotAllowed},
		"client":       {jsonAnswer(401, `{"error":"invalid_client","error_description":"Invalid value for 'client_id' parameter."}`), "public key", hint.NotAllowed},
		"scope":        {jsonAnswer(400, `{"error":"invalid_scope"}`), "okta.groups.read", hint.NotAllowed},
		"web page":     {page(200, "text/html", "<html>sign in</html>"), "not Okta's API", hint.Failed},
		"no token":     {jsonAnswer(200, `{}`), "no bearer token", hint.Failed},
		"server error": {jsonAnswer(500, `{"errorCode":"E0000009","errorSummary":"Internal Server Error"}`), "again in a minute", hint.Failed},
	} {
		o := newOrg(t)
		o.on("POST /oauth2/v1/token", tt.h)
		_, err := o.clientWith(t, serviceApp()).App(t.Context(), appID)
		text := fmt.Sprint(err, hint.Hints(err))
		if !strings.Contains(text, tt.want) || hint.CodeOf(err) != tt.code {
			t.Errorf("%s: got %s with code %d", name, text, hint.CodeOf(err))
		}
		if len(o.lines()) != 1 {
			t.Errorf("%s: asked %d times", name, len(o.lines()))
		}
	}
}

func TestALostTokenAnswerIsAskedForAgainWithAFreshAssertion(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("POST /oauth2/v1/token", turns(hangUp, tokenAnswer("at-1")))
	o.on(meLine, jsonAnswer(200, appJSON))
	if _, err := o.clientWith(t, serviceApp()).App(t.Context(), appID); err != nil {
		t.Fatal(err)
	}
	if o.asked[0].body == o.asked[1].body {
		t.Error("the same assertion was sent twice")
	}
}

func TestFetchingATokenEndsWithItsContext(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	release := make(chan struct{})
	o.on("POST /oauth2/v1/token", func(_ http.ResponseWriter, _ *http.Request) { <-release })
	defer close(release)
	c := o.clientWith(t, serviceApp())
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 2)
	for range 2 { // one fetches, the other waits for it
		go func() { _, err := c.App(ctx, appID); failed <- err }()
	}
	cancel()
	for range 2 {
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

func TestAServiceAppIsItsOwnPerson(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	me, err := o.clientWith(t, serviceApp()).Me(t.Context())
	if diff := cmp.Diff("0oaSERVICE", me.Login); diff != "" || err != nil || len(o.lines()) != 0 {
		t.Errorf("%v %s %q", err, diff, o.lines())
	}
}
