package api_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/spclient/api"
	"example.com/ssowizard/spclient/sptest"
)

const token = "tok-canary-8d1f"

// clock runs as fast as it is asked to wait, and remembers the waits.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	waits []time.Duration
	// beforeWait, when set, runs as a wait begins.
	beforeWait func()
}

func newClock() *clock { return &clock{now: time.Date(2026, 8, 20, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	if c.beforeWait != nil {
		c.beforeWait()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.waits = append(c.waits, d)
	return nil
}

func (c *clock) waited() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration(nil), c.waits...)
}

func profile(t *testing.T, name string) *catalog.Profile {
	t.Helper()
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	if p, err := c.Profile(name); err == nil {
		return p
	}
	data, err := os.ReadFile("testdata/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := catalog.ParseProfile(name, data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var inputs = map[string]string{"short_name": "acme"}

// inputsOf are answers to the profile's questions.
func inputsOf(t *testing.T, p *catalog.Profile) map[string]string {
	t.Helper()
	given := map[string]string{}
	for id, answer := range map[string]string{"short_name": "acme", "custom_domain": "acme", "acs_url": "https://app.justcall.io/sso/saml/7/acs",
		"sp_entity_id": "https://app.justcall.io/sso/saml/7", "default_role": "Member"} {
		for _, in := range p.Inputs {
			if in.ID == id {
				given[id] = answer
			}
		}
	}
	out, err := p.CheckInputs(given)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// bench is a driver, the way to a server, and a clock.
type bench struct {
	*api.Driver
	profile *catalog.Profile
	faults  *sptest.Faults
	clock   *clock
	waits   *[]api.Wait
}

func newBench(t *testing.T, name, base string, next http.RoundTripper) bench {
	t.Helper()
	b := bench{profile: profile(t, name), faults: &sptest.Faults{Next: next}, clock: newClock(), waits: new([]api.Wait)}
	d, err := api.New(api.Config{Profile: b.profile, BaseURL: base, Token: secret.New(token), TokenFrom: "the test",
		Inputs: inputsOf(t, b.profile), Transport: b.faults, Clock: b.clock, UserAgent: "ssowizard-test",
		Notify: func(w api.Wait) { *b.waits = append(*b.waits, w) }})
	if err != nil {
		t.Fatal(err)
	}
	b.Driver = d
	return b
}

// Two throw-away certificates, made once.
var certificates = sync.OnceValue(func() [2][]byte {
	var out [2][]byte
	for i := range out {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: "acme"},
			NotBefore: time.Unix(1_700_000_000, 0), NotAfter: time.Unix(2_000_000_000, 0)}
		if out[i], err = x509.CreateCertificate(rand.Reader, template, template, key.Public(), key); err != nil {
			panic(err)
		}
	}
	return out
})

// wanted are the profile's own settings for two Okta apps that differ in all.
func wanted(t *testing.T, p *catalog.Profile) (settings, other []sso.SPSetting) {
	t.Helper()
	of := func(n int, app string) []sso.SPSetting {
		s, err := p.WantedSettings(inputsOf(t, p), nil, sso.IdPValues{
			SSOURL: "https://acme.okta.com/app/" + app + "/sso/saml", Issuer: "http://www.okta.com/" + app, ExternalKey: app,
			SLOURL: "https://acme.okta.com/app/" + app + "/slo/saml", Certificate: certificates()[n],
			ClientID: "0oa" + app, OIDCIssuer: "https://" + app + ".okta.com"})
		if err != nil {
			t.Fatal(err)
		}
		for i := range s {
			if s[i].Secret {
				s[i].Value = "canary-secret-" + app
			}
		}
		return s
	}
	settings, other = of(0, "exk1"), of(1, "exk2")
	for i := range other {
		if other[i].Value == settings[i].Value { // a constant of the profile
			other[i].Value = otherThan(other[i])
		}
	}
	return settings, other
}

func otherThan(s sso.SPSetting) string {
	known := map[string]string{"Member": "Admin", "GET": "POST", "sha256": "sha512"}
	switch {
	case s.Kind == "toggle":
		return "true"
	case known[s.Value] != "":
		return known[s.Value]
	}
	return s.Value + "-other"
}
