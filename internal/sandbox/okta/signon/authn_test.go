package signon_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	tokens = regexp.MustCompile(`"(sessionToken|stateToken|id)":"(20111|00|102)[A-Za-z0-9_-]{20,}"`)
	origin = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
)

// masked replaces what is random in an answer.
func masked(body string) string {
	return origin.ReplaceAllString(tokens.ReplaceAllString(body, `"$1":"$2…"`), "BASE")
}

const anaJSON = `"user":{"id":"00uANA","passwordChanged":"2026-02-02T09:30:00.250Z","profile":{"login":"ana.lima@acme.example",` +
	`"firstName":"Ana","lastName":"Lima","locale":"en_US","timeZone":"America/Los_Angeles"}}`

const cancelJSON = `"cancel":{"href":"BASE/api/v1/authn/cancel","hints":{"allow":["POST"]}}`

func TestAuthnAnswersInOktasOrder(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	p := b.authn("ana.lima@acme.example", password)
	want := `{"expiresAt":"2026-03-02T09:35:00.250Z","status":"SUCCESS","sessionToken":"20111…","_embedded":{` + anaJSON +
		`},"_links":{` + cancelJSON + `}}`
	if diff := cmp.Diff(want, masked(p.body)); diff != "" || p.status != 200 {
		t.Errorf("%d %s", p.status, diff)
	}
	if got := p.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type %q", got)
	}
	if n := len(b.sessionToken("ana.lima@acme.example")); n != 56 {
		t.Errorf("session token of %d characters, want 56", n)
	}
}

func TestAuthnWithTwoFactorPolicyWantsMore(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	d.twoFactor = true
	b := open(t, d)
	p := b.authn("ana.lima@acme.example", password)
	factor := `{"id":"opf00000000000000001","factorType":"push","provider":"OKTA","vendorName":"OKTA","profile":{"credentialId":"ana.lima@acme.example",` +
		`"deviceType":"SmartPhone_Android","name":"Pretend phone","platform":"ANDROID","version":"1"},` +
		`"_links":{"verify":{"href":"BASE/api/v1/authn/factors/opf00000000000000001/verify","hints":{"allow":["POST"]}}}}`
	policy := `"policy":{"allowRememberDevice":false,"rememberDeviceLifetimeInMinutes":0,"rememberDeviceByDefault":false,"factorsPolicyInfo":{}}`
	want := `{"stateToken":"00…","expiresAt":"2026-03-02T09:35:00.250Z","status":"MFA_REQUIRED","_embedded":{` + anaJSON +
		`,"factors":[` + factor + `],` + policy + `},"_links":{` + cancelJSON + `}}`
	if diff := cmp.Diff(want, masked(p.body)); diff != "" {
		t.Error(diff)
	}

	var a struct{ StateToken string }
	b.decode(p, &a)
	state := map[string]string{"stateToken": a.StateToken}
	p = b.postJSON("/api/v1/authn/factors/opf00000000000000001/verify", state)
	if !strings.Contains(p.body, `"status":"MFA_CHALLENGE","factorResult":"WAITING"`) || strings.Contains(p.body, "sessionToken") {
		t.Errorf("verify: %s", p.body)
	}
	if p := b.postJSON("/api/v1/authn/factors/opfOTHER/verify", state); p.status != 403 {
		t.Errorf("another factor: %d %s", p.status, p.body)
	}
	if p := b.postJSON("/api/v1/authn/cancel", state); p.status != 200 {
		t.Errorf("cancel: %d %s", p.status, p.body)
	}
	if p := b.postJSON("/api/v1/authn", state); p.status != 401 || p.errorCode() != "E0000011" {
		t.Errorf("state after cancel: %d %s", p.status, p.body)
	}
}

func TestAuthnStatusOfPeople(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, login, password string
		status                int
		want                  string
	}{
		{"wrong password", "ana.lima@acme.example", "nope", 401, "E0000004"},
		{"unknown", "nobody@acme.example", password, 401, "E0000004"},
		{"suspended", "sue@acme.example", password, 401, "E0000004"},
		{"staged", "sten@acme.example", password, 401, "E0000004"},
		{"locked", "lou@acme.example", password, 200,
			`{"status":"LOCKED_OUT","_links":{"next":{"name":"unlock","href":"BASE/api/v1/authn/recovery/unlock","hints":{"allow":["POST"]}}}}`},
		{"expired", "eve@acme.example", password, 200, `"status":"PASSWORD_EXPIRED","_embedded":{"user":{"id":"00uEXP","passwordChanged":null`},
		{"expired, wrong password", "eve@acme.example", "nope", 401, "E0000004"},
		{"no password", "ana.lima@acme.example", "", 400, "E0000001"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := open(t, newDirectory())
			p := b.authn(c.login, c.password)
			if p.status != c.status || !strings.Contains(masked(p.body), c.want) {
				t.Errorf("got %d %s, want %d %s", p.status, p.body, c.status, c.want)
			}
		})
	}
}

func TestAuthnRefusesBrokenBodies(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	for _, body := range []string{"", "{", "null", "[]", `{"username":1}`, `"x"`, `{} {}`} {
		p := b.do(b.request("POST", "/api/v1/authn", "application/json", body))
		if p.status != 400 || p.errorCode() != "E0000003" {
			t.Errorf("%q: %d %s", body, p.status, p.body)
		}
	}
	if p := b.do(b.request("POST", "/api/v1/authn", "text/plain", "{}")); p.status != 400 || p.errorCode() != "E0000021" {
		t.Errorf("text/plain: %d %s", p.status, p.body)
	}
	if p := b.get("/api/v1/authn"); p.status != 405 || p.errorCode() != "E0000022" {
		t.Errorf("GET: %d %s", p.status, p.body)
	}
	if p := b.get("/api/v1/authn/elsewhere"); p.status != 404 || p.errorCode() != "E0000008" {
		t.Errorf("unknown path: %d %s", p.status, p.body)
	}
}

func TestFifthTryWithinASecondIsTooMany(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	b := open(t, d)
	for range 4 {
		if p := b.authn("ANA.lima@acme.example", "nope"); p.status != 401 {
			t.Fatalf("%d %s", p.status, p.body)
		}
	}
	p := b.authn("ana.lima@acme.example", password)
	if p.status != 429 || p.errorCode() != "E0000047" {
		t.Errorf("%d %s", p.status, p.body)
	}
	if got := p.header["X-Rate-Limit-Remaining"]; !cmp.Equal(got, []string{"0"}) {
		t.Errorf("X-Rate-Limit-Remaining %v", got)
	}
	if p := b.authn("ben.okafor@acme.example", password); p.status != 200 {
		t.Errorf("another user name: %d", p.status)
	}
	d.advance(time.Second)
	if p := b.authn("ana.lima@acme.example", password); p.status != 200 {
		t.Errorf("a second later: %d %s", p.status, p.body)
	}
}

func TestTenWrongPasswordsLockOut(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	b := open(t, d)
	try := func(password string) page {
		d.advance(time.Second)
		return b.authn("ana.lima@acme.example", password)
	}
	for range 9 {
		try("nope")
	}
	if p := try(password); p.status != 200 || !strings.Contains(p.body, "SUCCESS") {
		t.Fatalf("after nine: %d %s", p.status, p.body)
	}
	for i := range 10 {
		if p := try("nope"); p.status != 401 {
			t.Fatalf("wrong try %d: %d %s", i+1, p.status, p.body)
		}
	}
	for _, pw := range []string{password, "nope"} {
		if p := try(pw); p.status != 200 || !strings.Contains(p.body, `{"status":"LOCKED_OUT"`) {
			t.Errorf("after ten: %d %s", p.status, p.body)
		}
	}
	b.site.Unlock("00uANA")
	if p := try(password); !strings.Contains(p.body, "SUCCESS") {
		t.Errorf("unlocked: %s", p.body)
	}
}
