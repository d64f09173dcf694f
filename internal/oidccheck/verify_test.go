package oidccheck_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/oidccheck"
	"example.com/ssowizard/internal/sso"
)

const (
	issuer   = "https://acme.okta.com"
	clientID = "0oa1a2b3c4d5e6f7g8h9"
	nonce    = "n-0S6_WzA2Mj"
	email    = "ana.lima@acme.example"
)

var now = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

type pair struct{ own, other *rsa.PrivateKey }

var keys = sync.OnceValue(func() pair {
	var p pair
	for _, k := range []**rsa.PrivateKey{&p.own, &p.other} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		*k = key
	}
	return p
})

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func jwk(kid string, k *rsa.PublicKey, more map[string]any) map[string]any {
	m := map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid, "n": b64(k.N.Bytes()), "e": b64(big.NewInt(int64(k.E)).Bytes())}
	for name, v := range more {
		m[name] = v
	}
	return m
}

func jwks(list ...map[string]any) []byte {
	b, err := json.Marshal(map[string]any{"keys": list})
	if err != nil {
		panic(err)
	}
	return b
}

func published() []byte {
	return jwks(map[string]any{"kty": "EC", "crv": "P-256", "kid": "ec"}, jwk("other", &keys().other.PublicKey, nil), jwk("own", &keys().own.PublicKey, nil))
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return b64(sum[:16])
}

func claims() map[string]any {
	return map[string]any{
		"sub": "00u1", "ver": 1, "iss": issuer, "aud": clientID, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"nonce": nonce, "email": email, "at_hash": hashOf("at-1"), "amr": []string{"pwd"},
	}
}

func header() map[string]any { return map[string]any{"alg": "RS256", "kid": "own"} }

// sign makes a token of parts that are JSON or text as it stands.
func sign(h, c any, k *rsa.PrivateKey) string {
	part := func(v any) string {
		if s, ok := v.(string); ok {
			return b64([]byte(s))
		}
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return b64(b)
	}
	signed := part(h) + "." + part(c)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, k, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return signed + "." + b64(signature)
}

func expect() oidccheck.Expect {
	return oidccheck.Expect{
		Issuer: issuer, ClientID: clientID, Nonce: nonce, Keys: published(), Email: email, AccessToken: "at-1",
		Now: now, Skew: time.Minute, Flow: sso.FlowSPInitiated,
	}
}

func failed(fs []sso.Finding) map[string]string {
	bad := map[string]string{}
	for _, f := range fs {
		if !f.OK {
			bad[f.Code] = f.Got
		}
	}
	return bad
}

func TestGoodTokenPassesEveryCheckInOrder(t *testing.T) {
	t.Parallel()
	findings := oidccheck.Verify(sign(header(), claims(), keys().own), expect())
	var codes []string
	for _, f := range findings {
		codes = append(codes, f.Code)
		if !f.OK || f.Expected == "" || f.Got == "" || f.Flow != sso.FlowSPInitiated || f.Fix != "" {
			t.Errorf("%+v", f)
		}
	}
	want := []string{"well_formed", "alg", "signature", "issuer", "audience", "azp", "nonce", "expiry", "issued_at", "at_hash", "email"}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
}

func TestVariantsThatAreInOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header, claims map[string]any
		expect         func(*oidccheck.Expect)
	}{
		"audience as a list": {nil, map[string]any{"aud": []string{clientID}}, nil},
		"authorized party":   {nil, map[string]any{"azp": clientID}, nil},
		"no kid":             {map[string]any{"kid": nil}, nil, nil},
		"no kid, a broken key first": {map[string]any{"kid": nil}, nil, func(e *oidccheck.Expect) {
			e.Keys = jwks(map[string]any{"kty": "RSA", "kid": "old", "n": "!", "e": "AQAB"}, jwk("own", &keys().own.PublicKey, nil))
		}},
		"no at_hash":               {nil, map[string]any{"at_hash": nil}, nil},
		"no access token":          {nil, nil, func(e *oidccheck.Expect) { e.AccessToken = "" }},
		"any address":              {nil, nil, func(e *oidccheck.Expect) { e.Email = "" }},
		"no nonce wanted":          {nil, map[string]any{"nonce": nil}, func(e *oidccheck.Expect) { e.Nonce = "" }},
		"clock a little behind":    {nil, map[string]any{"iat": now.Add(time.Minute).Unix()}, nil},
		"ended a moment ago":       {nil, map[string]any{"exp": now.Add(-59 * time.Second).Unix()}, nil},
		"time with a fraction":     {nil, map[string]any{"iat": float64(now.Unix()) - 0.5}, nil},
		"not before, and it is so": {nil, map[string]any{"nbf": now.Unix()}, nil},
	} {
		h, cl, e := header(), claims(), expect()
		apply(h, c.header)
		apply(cl, c.claims)
		if c.expect != nil {
			c.expect(&e)
		}
		if bad := failed(oidccheck.Verify(sign(h, cl, keys().own), e)); len(bad) > 0 {
			t.Errorf("%s: %v", name, bad)
		}
	}
}

func apply(m, change map[string]any) {
	for k, v := range change {
		if m[k] = v; v == nil {
			delete(m, k)
		}
	}
}

func TestEachFaultHasItsFinding(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header, claims map[string]any
		expect         func(*oidccheck.Expect)
		want           map[string]string // code: part of Got
	}{
		"another issuer":        {nil, map[string]any{"iss": "https://other.okta.com"}, nil, map[string]string{"issuer": "https://other.okta.com"}},
		"issuer with a slash":   {nil, map[string]any{"iss": issuer + "/"}, nil, map[string]string{"issuer": "differs only by a slash at the end"}},
		"custom server":         {nil, map[string]any{"iss": issuer + "/oauth2/default"}, nil, map[string]string{"issuer": "/oauth2/default"}},
		"no issuer":             {nil, map[string]any{"iss": nil}, nil, map[string]string{"issuer": "not given"}},
		"issuer not known":      {nil, nil, func(e *oidccheck.Expect) { e.Issuer = "" }, map[string]string{"issuer": "not checked"}},
		"another client":        {nil, map[string]any{"aud": "0oaOther"}, nil, map[string]string{"audience": "0oaOther"}},
		"client not known":      {nil, nil, func(e *oidccheck.Expect) { e.ClientID = "" }, map[string]string{"audience": "not checked"}},
		"no audience":           {nil, map[string]any{"aud": nil}, nil, map[string]string{"audience": "not given"}},
		"empty audience":        {nil, map[string]any{"aud": []string{}}, nil, map[string]string{"audience": "[]"}},
		"several audiences":     {nil, map[string]any{"aud": []string{clientID, "x"}, "azp": clientID}, nil, map[string]string{"audience": "several"}},
		"several without azp":   {nil, map[string]any{"aud": []string{clientID, "x"}}, nil, map[string]string{"audience": "several", "azp": "none"}},
		"authorized for other":  {nil, map[string]any{"azp": "0oaOther"}, nil, map[string]string{"azp": "0oaOther"}},
		"authorized for no-one": {nil, map[string]any{"azp": json.RawMessage("7")}, nil, map[string]string{"azp": "7"}},
		"another nonce":         {nil, map[string]any{"nonce": "replayed"}, nil, map[string]string{"nonce": "replayed"}},
		"no nonce":              {nil, map[string]any{"nonce": nil}, nil, map[string]string{"nonce": "not given"}},
		"nonce nobody sent":     {nil, nil, func(e *oidccheck.Expect) { e.Nonce = "" }, map[string]string{"nonce": nonce}},
		"ended":                 {nil, map[string]any{"exp": now.Add(-time.Minute).Unix()}, nil, map[string]string{"expiry": "1m0s ago"}},
		"no end":                {nil, map[string]any{"exp": nil}, nil, map[string]string{"expiry": "not given"}},
		"end as a text":         {nil, map[string]any{"exp": "tomorrow"}, nil, map[string]string{"expiry": "tomorrow"}},
		"end beyond measure":    {nil, map[string]any{"exp": 1e300}, nil, map[string]string{"expiry": "1e+300"}},
		"issued ahead":          {nil, map[string]any{"iat": now.Add(2 * time.Minute).Unix()}, nil, map[string]string{"issued_at": "2m0s ahead"}},
		"not valid yet":         {nil, map[string]any{"nbf": now.Add(2 * time.Minute).Unix()}, nil, map[string]string{"issued_at": "nbf"}},
		"not issued":            {nil, map[string]any{"iat": nil}, nil, map[string]string{"issued_at": "not given"}},
		"another access token":  {nil, nil, func(e *oidccheck.Expect) { e.AccessToken = "at-2" }, map[string]string{"at_hash": "another access token"}},
		"at_hash as a number":   {nil, map[string]any{"at_hash": 5}, nil, map[string]string{"at_hash": "not a text"}},
		"no address":            {nil, map[string]any{"email": nil}, nil, map[string]string{"email": "not given"}},
		"empty address":         {nil, map[string]any{"email": " "}, nil, map[string]string{"email": "empty"}},
		"another address":       {nil, map[string]any{"email": "ben@acme.example"}, nil, map[string]string{"email": "ben@acme.example"}},
		"address in other case": {nil, map[string]any{"email": strings.ToUpper(email)}, nil, map[string]string{"email": "letter case"}},
		"no address at all":     {nil, map[string]any{"email": "ana"}, func(e *oidccheck.Expect) { e.Email = "" }, map[string]string{"email": "ana"}},
		"no subject":            {nil, map[string]any{"sub": nil}, nil, map[string]string{"well_formed": "subject"}},
		"names in other case":   {nil, map[string]any{"iss": nil, "ISS": issuer}, nil, map[string]string{"issuer": "not given"}},
		"unknown key":           {map[string]any{"kid": "lost"}, nil, nil, map[string]string{"signature": `"lost"`}},
		"key of another":        {map[string]any{"kid": "other"}, nil, nil, map[string]string{"signature": "does not fit"}},
		"unsigned":              {map[string]any{"alg": "none"}, nil, nil, map[string]string{"alg": "none", "signature": "not checked"}},
		"none in other case":    {map[string]any{"alg": "nOnE"}, nil, nil, map[string]string{"alg": "nOnE", "signature": "not checked"}},
		"shared secret":         {map[string]any{"alg": "HS256"}, nil, nil, map[string]string{"alg": "HS256", "signature": "not checked"}},
		"no algorithm":          {map[string]any{"alg": nil}, nil, nil, map[string]string{"alg": "not given", "signature": "not checked"}},
		"keys not known":        {nil, nil, func(e *oidccheck.Expect) { e.Keys = nil }, map[string]string{"signature": "not known"}},
		"keys unreadable":       {nil, nil, func(e *oidccheck.Expect) { e.Keys = []byte("<html>") }, map[string]string{"signature": "cannot be read"}},
		"no keys":               {nil, nil, func(e *oidccheck.Expect) { e.Keys = []byte(`{"keys":[]}`) }, map[string]string{"signature": "no RSA key"}},
		"key for encryption": {nil, nil, func(e *oidccheck.Expect) {
			e.Keys = jwks(jwk("own", &keys().own.PublicKey, map[string]any{"use": "enc"}))
		}, map[string]string{"signature": "no RSA key"}},
		"key too small": {nil, nil, func(e *oidccheck.Expect) {
			e.Keys = jwks(jwk("own", &keys().own.PublicKey, map[string]any{"n": b64(keys().own.N.Bytes()[:128])}))
		}, map[string]string{"signature": "1024 bits"}},
		"exponent one": {nil, nil, func(e *oidccheck.Expect) {
			e.Keys = jwks(jwk("own", &keys().own.PublicKey, map[string]any{"e": "AQ"}))
		}, map[string]string{"signature": "size"}},
	} {
		h, cl, e := header(), claims(), expect()
		apply(h, c.header)
		apply(cl, c.claims)
		if c.expect != nil {
			c.expect(&e)
		}
		findings := oidccheck.Verify(sign(h, cl, keys().own), e)
		if len(findings) != 11 {
			t.Errorf("%s: %d findings", name, len(findings))
		}
		got := failed(findings)
		for code, part := range c.want {
			if !strings.Contains(got[code], part) {
				t.Errorf("%s: %s = %q, want %q in it", name, code, got[code], part)
			}
			delete(got, code)
		}
		if len(got) > 0 {
			t.Errorf("%s: also %v", name, got)
		}
	}
}

func TestPublicKeyIsNoSharedSecret(t *testing.T) {
	t.Parallel()
	h := header()
	h["alg"] = "HS256"
	signed := strings.Join(strings.Split(sign(h, claims(), keys().own), ".")[:2], ".")
	mac := hmac.New(sha256.New, keys().own.N.Bytes())
	mac.Write([]byte(signed))
	got := failed(oidccheck.Verify(signed+"."+b64(mac.Sum(nil)), expect()))
	if got["alg"] == "" || got["signature"] == "" {
		t.Errorf("findings %v", got)
	}
}

func TestChangedTokenIsNoticed(t *testing.T) {
	t.Parallel()
	parts := strings.Split(sign(header(), claims(), keys().own), ".")
	c := claims()
	c["email"] = "ben@acme.example"
	forged := strings.Split(sign(header(), c, keys().other), ".")
	e := expect()
	e.Email = "ben@acme.example"
	for name, token := range map[string]string{
		"claims exchanged":     parts[0] + "." + forged[1] + "." + parts[2],
		"signed by a stranger": strings.Join(forged, "."),
		"signature cut off":    parts[0] + "." + forged[1] + ".",
	} {
		if got := failed(oidccheck.Verify(token, e)); got["signature"] == "" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWhatIsNoTokenFailsEveryCheck(t *testing.T) {
	t.Parallel()
	good := strings.Split(sign(header(), claims(), keys().own), ".")
	for name, c := range map[string]struct{ token, says string }{
		"nothing":          {"", "no ID token"},
		"a word":           {"abc", "1 parts"},
		"encrypted":        {"a.b.c.d.e", "encrypted"},
		"not base64":       {"!." + good[1] + "." + good[2], "header"},
		"padded":           {good[0] + "." + good[1] + "=." + good[2], "claims"},
		"claims a list":    {sign(header(), "[]", keys().own), "claims is no JSON object"},
		"claims twice":     {sign(header(), `{"iss":"a","iss":"b"}`, keys().own), `names "iss" twice`},
		"header twice":     {sign(`{"alg":"RS256","alg":"none"}`, claims(), keys().own), `names "alg" twice`},
		"two objects":      {sign(header(), `{} {}`, keys().own), "followed"},
		"cut":              {sign(header(), `{"a":`, keys().own), "JSON"},
		"extension":        {sign(`{"alg":"RS256","crit":["b64"],"b64":false}`, claims(), keys().own), "crit"},
		"signature broken": {good[0] + "." + good[1] + ".*", "signature"},
		"too long":         {strings.Repeat("a", 300<<10), "too long"},
	} {
		findings := oidccheck.Verify(c.token, expect())
		if len(findings) != 11 || len(failed(findings)) != 11 {
			t.Errorf("%s: %d findings, %d failed", name, len(findings), len(failed(findings)))
		}
		if !strings.Contains(findings[0].Got, c.says) {
			t.Errorf("%s: %q", name, findings[0].Got)
		}
		for _, f := range findings[1:] {
			if !strings.HasPrefix(f.Got, oidccheck.NotChecked) {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}

func TestTextFromOutsideIsMadePlain(t *testing.T) {
	t.Parallel()
	c := claims()
	c["email"], c["iss"], c["nonce"] = "a\x1b[2J@b", "x\u202ey", strings.Repeat("n", 1000)
	for _, f := range oidccheck.Verify(sign(header(), c, keys().own), expect()) {
		if sso.PlainText(f.Got, 300) != f.Got {
			t.Errorf("%s: %q", f.Code, f.Got)
		}
	}
}

func TestFindingsHoldNeitherTokenNorSignature(t *testing.T) {
	t.Parallel()
	token := sign(header(), claims(), keys().own)
	e := expect()
	e.AccessToken = "canary-access-token"
	for _, f := range oidccheck.Verify(token, e) {
		for _, secret := range append(strings.Split(token, "."), e.AccessToken) {
			if strings.Contains(f.Got+f.Expected, secret) {
				t.Errorf("%+v", f)
			}
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(sign(header(), claims(), keys().own), published())
	f.Add(sign(`{"alg":"none"}`, `{"aud":[null],"exp":1e999}`, keys().other), []byte(`{"keys":[{"kty":"RSA","kid":"own","n":"","e":""}]}`))
	f.Add("a.b.c", []byte(`{`))
	f.Fuzz(func(t *testing.T, token string, set []byte) {
		e := expect()
		e.Keys = set
		findings := oidccheck.Verify(token, e)
		if len(findings) != 11 {
			t.Errorf("%d findings", len(findings))
		}
		for _, f := range findings {
			if sso.PlainText(f.Got, 300) != f.Got {
				t.Errorf("%s: %q", f.Code, f.Got)
			}
		}
	})
}
