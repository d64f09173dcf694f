package okta_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// prover makes DPoP proofs.
type prover struct {
	*sandbox
	key   *ecdsa.PrivateKey
	made  int
	nonce string
}

func (p *prover) proof(method, path, token string, edit func(map[string]any)) string {
	p.t.Helper()
	p.made++
	claims := map[string]any{"htm": method, "htu": p.url + path, "iat": p.clock.now().Unix(), "jti": strconv.Itoa(p.made)}
	if p.nonce != "" {
		claims["nonce"] = p.nonce
	}
	if token != "" {
		sum := sha256.Sum256([]byte(token))
		claims["ath"] = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if edit != nil {
		edit(claims)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: p.key},
		(&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt"))
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

// boundService is a service app whose tokens are bound to a key.
func boundService(t *testing.T) (*service, *prover) {
	s, key := start(t), newKey(t)
	v := newService(t, s, key, key.Public(), jose.ES256, "okta.apps.read")
	body := s.must(200, "GET", "/api/v1/apps/"+v.id, "").text
	s.must(200, "PUT", "/api/v1/apps/"+v.id, strings.Replace(body, `"dpop_bound_access_tokens":false`, `"dpop_bound_access_tokens":true`, 1))
	return v, &prover{sandbox: s, key: newKey(t)}
}

const tokenEndpoint = "/oauth2/v1/token"

func (v *service) ask(assertion, proof string) response {
	return v.do("POST", tokenEndpoint, v.form(assertion, "okta.apps.read"), "Authorization", "",
		"Content-Type", "application/x-www-form-urlencoded", "Dpop", proof)
}

func TestTokenIsBoundToAKeyInThreeSteps(t *testing.T) {
	t.Parallel()
	v, p := boundService(t)
	// One assertion with an id serves all three, as Okta's SDKs send it.
	assertion := v.assertion(func(c *jwt.Claims) { c.ID = "once" })
	sameBytes(t, v.ask(assertion, "").text, `{"error":"invalid_dpop_proof","error_description":"The DPoP proof JWT header is missing."}`)
	r := v.ask(assertion, p.proof("POST", tokenEndpoint, "", nil))
	sameBytes(t, r.text, `{"error":"use_dpop_nonce","error_description":"Authorization server requires nonce in DPoP proof."}`)
	if p.nonce = r.Header.Get("dpop-nonce"); r.StatusCode != 400 || p.nonce == "" {
		t.Fatalf("%d, nonce %q", r.StatusCode, p.nonce)
	}
	r = v.ask(assertion, p.proof("POST", tokenEndpoint, "", nil))
	answer := r.object(t)
	token, _ := answer["access_token"].(string)
	if r.StatusCode != 200 || answer["token_type"] != "DPoP" || token == "" {
		t.Fatalf("%d %s", r.StatusCode, r.text)
	}
	if again := v.ask(assertion, p.proof("POST", tokenEndpoint, "", nil)); again.StatusCode != 401 {
		t.Errorf("the assertion once more: %d %s", again.StatusCode, again.text)
	}
	const path = "/api/v1/apps"
	other := &prover{sandbox: p.sandbox, key: newKey(t), made: 1000}
	used := p.proof("GET", path, token, nil)
	for _, c := range []struct {
		name, scheme, proof string
		status              int
	}{
		{"with the proof", "DPoP", used, 200},
		{"the proof again", "DPoP", used, 401},
		{"without a proof", "DPoP", "", 401},
		{"as bearer", "Bearer", "", 401},
		{"as bearer with the proof", "Bearer", p.proof("GET", path, token, nil), 401},
		{"another key's proof", "DPoP", other.proof("GET", path, token, nil), 401},
		{"a proof for another token", "DPoP", p.proof("GET", path, "other", nil), 401},
		{"a proof for another method", "DPoP", p.proof("POST", path, token, nil), 401},
		{"a proof for another address", "DPoP", p.proof("GET", path+"/x", token, nil), 401},
		{"an old proof", "DPoP", p.proof("GET", path, token, func(c map[string]any) {
			c["iat"] = v.clock.now().Add(-time.Hour).Unix()
		}), 401},
		{"a fresh proof", "DPoP", p.proof("GET", path, token, nil), 200},
	} {
		if r := v.do(http.MethodGet, path+"?limit=1", "", "Authorization", c.scheme+" "+token, "Dpop", c.proof); r.StatusCode != c.status {
			t.Errorf("%s: %d %s", c.name, r.StatusCode, r.text)
		}
	}
}
