package main_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/ssowizard/tui/tuitest"
)

// run runs the program without a terminal and gives its last line of JSON.
func run(t *testing.T, state string, args ...string) map[string]any {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, append(args, "--output", "json", "--state-dir", state)...)
	cmd.Env = environment(t, state)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%q: %v\n%s", args, err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var got map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return got
}

func kid(t *testing.T, state string) any {
	t.Helper()
	app, ok := status(t, state)["app"].(map[string]any)
	if !ok {
		t.Fatal("the status names no app")
	}
	return app["kid"]
}

// certificate is the fingerprint of what Okta signs with.
func certificate(t *testing.T, state string) any {
	t.Helper()
	c, ok := status(t, state)["certificate"].(map[string]any)
	if !ok {
		t.Fatal("the status names no certificate")
	}
	return c["sha256"]
}

func TestWizardRotatesTheCertificateOfAConnectionThatIsOn(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	run(t, state, "setup", "net2phone", "--sandbox", "--group", "Support EMEA", "--enable", "--yes")
	before := certificate(t, state)
	s := sit(t, state, "--sandbox")
	s.see("net2phone · tested, on", "c new certificate")
	s.press("c")
	s.see("Rotate the certificate of net2phone Sync", "Whoever has the app (Support EMEA, ana.lima@acme.example) cannot sign in", "a single call long", "‹ 10 years ›")
	s.Until(t, tuitest.Left, "‹ 10 years ›", "‹ 2 years ›")
	s.press(tuitest.Enter)
	s.see("This replaces the signing certificate on both sides", "good for 2 years", "back to the old key")
	s.press("a")
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("It works: both sides agree, and a real sign-in went through")
	s.press(tuitest.Enter)
	s.see("The certificate is rotated, and a real sign-in to net2phone Sync has proven it.", "for the length of 1 call")
	s.press(tuitest.Enter)
	if code := s.exit(); code != 0 {
		t.Fatalf("exit code %d\n%s", code, s.Screen())
	}
	if want := "ssowizard rotate net2phone --years 2 --sandbox"; !strings.Contains(s.out.String(), want) {
		t.Errorf("standard output lacks %q:\n%s", want, s.out.String())
	}
	if after := certificate(t, state); after == before {
		t.Errorf("Okta still signs with %v", before)
	}
	if got := status(t, state); got["enabled"] != true || got["tested"] != true {
		t.Errorf("status says %v", got)
	}
}

func TestWizardReplacesAClientSecret(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	run(t, state, "setup", "cloudtalk", "--sandbox", "--group", "Support EMEA", "--enable", "--yes")
	s := sit(t, state, "--sandbox")
	s.see("cloudtalk · tested, on", "c new client secret")
	s.press("c")
	s.see("Replace the client secret of", "both secrets work until the new one is proven")
	s.press(tuitest.Enter)
	s.see("This replaces the client secret on both sides")
	s.press("a")
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("It works")
	s.press(tuitest.Enter)
	s.see("The client secret is replaced, and a real sign-in to", "at no time")
	s.press(tuitest.Enter)
	if code := s.exit(); code != 0 {
		t.Fatalf("exit code %d\n%s", code, s.Screen())
	}
}

func TestWizardTakesOverAnAppThatThisMachineDoesNotKnow(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	run(t, state, "setup", "net2phone", "--sandbox", "--connection", "phones", "--group", "Support EMEA", "--enable", "--yes")
	key := kid(t, state)
	if err := os.RemoveAll(filepath.Join(state, "orgs", "sandbox", "phones")); err != nil {
		t.Fatal(err)
	}
	s := sit(t, state, "--sandbox")
	s.see("Welcome.")
	s.Until(t, tuitest.Down, "› Set up a new connection", "› Take over an app")
	s.press(tuitest.Enter)
	s.see("Which app in Okta is to be managed from here?", "› net2phone Sync", "Set up as connection phones")
	s.press(tuitest.Enter)
	s.see("✓ Taken over: phones. Nothing was changed on either side.", "phones · not tested, on")
	s.press("q")
	if code := s.exit(); code != 0 {
		t.Fatalf("exit code %d\n%s", code, s.Screen())
	}
	if got := kid(t, state); got != key {
		t.Errorf("the app has key %v, had %v", got, key)
	}
}
