package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/ssowizard/tui/tuitest"
)

func (b *box) flags() []string { return []string{"--proxy", b.proxy, "--ca-file", b.TLS.CAFile} }

// unseen fails the test when the terminal or the output ever had a secret.
func (b *box) unseen(s *sitting) {
	s.t.Helper()
	for name, secret := range map[string]string{"Okta token": b.Okta.APIToken, "token of the settings API": b.ServiceProviders["net2phone"].APIToken, "password": b.Okta.People[0].Password} {
		if secret == "" || strings.Contains(s.Raw(), secret) || strings.Contains(s.out.String(), secret) {
			s.t.Errorf("the %s was shown, or is none", name)
		}
	}
}

func TestWizardInProductionPushesByTheSettingsAPI(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	state := t.TempDir()
	s := sit(t, state, b.flags()...)
	s.see("Set up a new connection")
	s.press(tuitest.Enter)
	s.Until(t, tuitest.Down, "› CloudTalk", "› net2phone Sync")
	s.press(tuitest.Enter)
	s.see("Address of your Okta org")
	s.press(b.Okta.OrgURL, tuitest.Enter)
	s.see("Okta API token (not shown)", "No token for this org was found")
	s.press("00wrongwrongwrongwrongwrongwrongwrongwrong", tuitest.Enter)
	s.see("Invalid token provided", "Give another token")
	s.press(b.Okta.APIToken, tuitest.Enter)
	s.see("Identity Engine", "Super Administrator", "typed in, not kept")
	s.press(tuitest.Enter)
	s.see("App label", "by hand, one value after the other")
	s.press(tuitest.Enter)
	s.Until(t, tuitest.Left, "‹ by hand, one value after the other ›", "‹ through a settings API ›")
	s.press(tuitest.Enter, tuitest.Enter)
	s.see("Settings API of the service provider")
	s.press(b.ServiceProviders["net2phone"].APIURL, tuitest.Enter)
	s.see("› ") // the field of the token
	s.press(b.ServiceProviders["net2phone"].APIToken, tuitest.Enter)
	s.chooseSupport()
	s.see("Try a real sign-in before everybody gets access?")
	s.press(tuitest.Enter, b.Okta.People[0].Login, tuitest.Enter, b.Okta.People[0].Password, tuitest.Enter)
	s.see("This is what will be done", "Okta: create SAML app")
	s.press("a")
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("It works: both sides agree, and a real sign-in went through")
	s.press(tuitest.Enter)
	s.see("Type the app's label")
	s.press("net2phone Sync", tuitest.Enter)
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("Done. People sign in to net2phone Sync with Okta now.")
	s.press(tuitest.Enter)
	if code := s.exit(); code != 0 {
		t.Fatalf("exit code %d\n%s", code, s.Screen())
	}
	want := "--group \"Support EMEA\" --push api --sp-api-url " + b.ServiceProviders["net2phone"].APIURL + " --test-user " + b.Okta.People[0].Login + " --enable"
	if !strings.Contains(s.out.String(), want) {
		t.Errorf("standard output lacks %q:\n%s", want, s.out.String())
	}
	b.unseen(s)

	// Another day, the org does not answer without its token; a rotation asks
	// for what it needs.
	s = sit(t, state, b.flags()...)
	s.see("net2phone · not looked at", "Set up a new connection")
	s.press("c")
	s.see("Address of your Okta org", "No token for this org was found")
	s.press(b.Okta.APIToken, tuitest.Enter)
	s.see("Identity Engine")
	s.press(tuitest.Enter)
	s.see("Settings API of the service provider")
	s.press(tuitest.Enter, b.ServiceProviders["net2phone"].APIToken, tuitest.Enter)
	s.see("Rotate the certificate of net2phone Sync", "a single call long")
	s.press(tuitest.Enter)
	s.see("Prove the new pair with a real sign-in?")
	s.press(tuitest.Enter, tuitest.Enter, b.Okta.People[0].Password, tuitest.Enter)
	s.see("This replaces the signing certificate on both sides")
	s.press("a")
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("It works")
	s.press(tuitest.Enter)
	s.see("The certificate is rotated, and a real sign-in to net2phone Sync has proven it.")
	s.press(tuitest.Enter)
	if code := s.exit(); code != 0 {
		t.Fatalf("exit code %d\n%s", code, s.Screen())
	}
	b.unseen(s)
}

func TestADumbTerminalIsAskedOneALineAndShowsNoSecret(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	s := sitAt(t, "dumb", t.TempDir(), b.flags()...)
	answer := func(question, text string) {
		t.Helper()
		s.Wrote(t, question)
		s.press(text + "\r")
	}
	answer("Service provider: ", "net2phone")
	answer("Okta org: ", b.Okta.OrgURL)
	answer("Okta API token (not shown): ", b.Okta.APIToken)
	answer("Connection name: ", "")
	answer("App label: ", "")
	answer("How the values get to the service provider: ", "api")
	answer("Settings API of the service provider: ", b.ServiceProviders["net2phone"].APIURL)
	answer("Groups: ", "Sales")
	answer("People: ", "")
	answer("Test user: ", b.Okta.People[0].Login)
	answer("Token of the settings API (not shown): ", b.ServiceProviders["net2phone"].APIToken)
	answer("Password of the test user (not shown): ", b.Okta.People[0].Password)
	answer("Do this? [y/N] ", "y")
	answer("Turn on: ", "net2phone Sync")
	if code := s.exit(); code != 0 {
		t.Fatalf("exit code %d\n%s\n%s", code, s.Raw(), s.out.String())
	}
	if !strings.Contains(s.out.String(), "Done. People sign in to net2phone Sync with Okta now.") {
		t.Errorf("standard output says\n%s", s.out.String())
	}
	if strings.Contains(s.Raw(), "\x1b") {
		t.Errorf("a dumb terminal was sent escape codes: %q", s.Raw())
	}
	b.unseen(s)
}

// secretFile is a file that holds a secret.
func secretFile(t *testing.T, secret string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTurningOnWhereNobodyCouldSignInBeforeAsksWhoDoesThen(t *testing.T) {
	t.Parallel()
	b := startBox(t)
	state := t.TempDir()
	flags := append(b.flags(), "--org", b.Okta.OrgURL, "--okta-token-file", secretFile(t, b.Okta.APIToken), "--sp-token-file", secretFile(t, b.ServiceProviders["telnyx"].APIToken))
	person, password := b.Okta.People[0].Login, b.Okta.People[0].Password
	out, code := saysIn(t, state, "", append([]string{"setup", "telnyx", "--input", "short_name=acme", "--group", "Support EMEA", "--yes",
		"--test-user", person, "--test-password-file", secretFile(t, password)}, flags...)...)
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	s := sit(t, state, flags...)
	s.see("telnyx · tested, off")
	s.press("o")
	s.see("Try a real sign-in right after turning on?")
	s.press(tuitest.Enter, tuitest.Enter, password, tuitest.Enter)
	s.see("This turns sign-in with Okta on")
	s.press("a")
	s.see("72 hours after turning on", "Type the app's label")
	s.press("Telnyx", tuitest.Enter)
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("Done. People sign in to Telnyx with Okta now.", "First real sign-in")
	b.unseen(s)
}
