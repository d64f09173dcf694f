package signon_test

import (
	"strings"
	"testing"
	"time"
)

// begin opens a transaction by a right password and returns its state token.
func (b *browser) begin(login string) map[string]string {
	b.t.Helper()
	var a struct{ StateToken string }
	p := b.authn(login, password)
	if b.decode(p, &a); a.StateToken == "" {
		b.t.Fatalf("no stateToken in %s", p.body)
	}
	return map[string]string{"stateToken": a.StateToken}
}

func TestTransactionMovesBetweenItsStates(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	d.twoFactor = true
	b := open(t, d)
	state := b.begin(ana)
	verify := "/api/v1/authn/factors/opf00000000000000001/verify"
	for _, step := range []struct {
		path   string
		status int
		words  string
	}{
		{"/api/v1/authn", 200, `"status":"MFA_REQUIRED"`},
		{"/api/v1/authn/previous", 403, "E0000079"},
		{verify, 200, `"next":{"name":"poll"`},
		{verify, 200, `"factorResult":"WAITING"`},
		{"/api/v1/authn", 200, `"status":"MFA_CHALLENGE"`},
		{"/api/v1/authn/previous", 200, `"status":"MFA_REQUIRED"`},
	} {
		if p := b.postJSON(step.path, state); p.status != step.status || !strings.Contains(p.body, step.words) {
			t.Errorf("%s: %d %s, want %d %s", step.path, p.status, p.body, step.status, step.words)
		}
	}
	d.advance(5 * time.Minute)
	if p := b.postJSON(verify, state); p.status != 401 || p.errorCode() != "E0000011" {
		t.Errorf("after five minutes: %d %s", p.status, p.body)
	}
}

func TestPeopleCannotChangeTheirPasswords(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	state := b.begin("eve@acme.example")
	if p := b.postJSON("/api/v1/authn/credentials/change_password", state); p.status != 403 || p.errorCode() != "E0000014" {
		t.Errorf("%d %s", p.status, p.body)
	}
	if p := b.postJSON("/api/v1/authn/factors/opf00000000000000001/verify", state); p.status != 403 {
		t.Errorf("an expired password was let past: %d %s", p.status, p.body)
	}
	if p := b.postJSON("/api/v1/authn/recovery/unlock", map[string]string{"username": ana}); p.status != 403 || p.errorCode() != "E0000032" {
		t.Errorf("unlock: %d %s", p.status, p.body)
	}
}

// A state token of an expired password is no way past the sign-in page.
func TestExpiredPasswordIsNotApprovedByPhone(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	state := b.begin("eve@acme.example")
	f := b.form(b.get("/login/login.htm"))
	p := b.postForm("/signin/verify", f.values("stateToken", state["stateToken"], "answer", "approve"))
	b.wantPage(p, 403, "run out")
}

func TestShortAddressesLeadToTheSignInPage(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	for _, address := range []string{"/login", "/login/", "/signin", "/signin/"} {
		if from := b.wantSignIn(b.get(address)); from != "/app/UserHome" {
			t.Errorf("%s: fromURI %q", address, from)
		}
	}
	b.wantPage(b.get("/login/default"), 200, "Sign in")
}
