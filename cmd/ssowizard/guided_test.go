package main_test

import (
	"strings"
	"testing"

	"example.com/ssowizard/tui/tuitest"
)

// TestWizardTypedForAnyServiceProviderByHand sets up one that no profile knows
// of: Infobip under another name, so that somebody is there to sign in to.
func TestWizardTypedForAnyServiceProviderByHand(t *testing.T) {
	t.Parallel()
	const at = "https://portal.infobip.com/login/saml/acme"
	state := t.TempDir()
	b := startBoxIn(t, state, "--rate-limit", "off")
	s := sit(t, state, "--sandbox")
	s.toDetails("Custom SAML service provider")
	s.press(at+"/callback", tuitest.Enter, at)
	s.see("ACS URL "+at+"/callback", "Audience (SP entity ID) "+at)
	s.press(tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter, at)
	s.see("People start at " + at)
	s.press(tuitest.Enter)
	s.Until(t, tuitest.Right, "‹ file ›", "‹ one-line ›")
	s.press(tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter)
	s.chooseSupport()
	s.see("This is what will be done")
	s.press("a")

	// Each value is copied from its card into the page.
	settings := map[string]any{"custom_domain": "acme"}
	s.see("Over to you", "value 1 of 4", "Some pages call it SSO URL")
	settings["idp_login_url"] = s.copied("IdP SSO URL")
	s.press(tuitest.Enter)
	s.see("value 2 of 4")
	settings["idp_issuer"] = s.copied("IdP entity ID")
	s.press(tuitest.Enter)
	s.see("value 3 of 4")
	s.press(tuitest.Enter)
	s.see("value 4 of 4")
	settings["idp_certificate"] = s.copied("IdP certificate")
	if c, _ := settings["idp_certificate"].(string); strings.Contains(c, "\n") || !strings.HasPrefix(c, "-----BEGIN CERTIFICATE-----MII") {
		t.Errorf("the certificate has another form than was chosen: %q", c)
	}
	b.put(t, "infobip", "", map[string]any{"settings": settings})
	s.press(tuitest.Enter)
	s.see("Are all values in place and saved?")
	s.press(tuitest.Enter)
	s.see("entered by hand", "Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("Okta's own answer is right")
	s.press(tuitest.Enter)
	s.see("What turning SSO on does to people is known to the service provider only", "Type the app's label")
	s.press("Custom SAML app", tuitest.Enter)
	s.see("Turn the switch on at Custom SAML service provider.", "Is the switch as it should be?")
	s.press(tuitest.Enter)
	s.see("turned on by hand", "Everything in the plan is done")
	s.press(tuitest.Enter)
	left := s.leave(state, "custom")
	for _, want := range []string{"First real sign-in", "--input acs_url=" + at + "/callback", "--input certificate_form=one-line"} {
		if !strings.Contains(left, want) {
			t.Errorf("what stays in the terminal lacks %q:\n%s", want, left)
		}
	}
}

// TestWizardTypedByHandAndRotated takes the values from the cards one by one to
// a page that the wizard cannot read, and later the new certificate.
func TestWizardTypedByHandAndRotated(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	b := startBoxIn(t, state, "--rate-limit", "off")
	s := sit(t, state, "--sandbox")
	s.toDetails("net2phone Sync")
	s.press(tuitest.Enter)
	s.Until(t, tuitest.Right, "‹ through a settings API ›", "‹ by hand, one value after the other ›")
	s.press(tuitest.Enter, tuitest.Enter)
	s.chooseSupport()
	s.see("This is what will be done")
	s.press("a")

	settings := map[string]any{}
	s.see("Over to you at net2phone Sync", "Settings → Single Sign-On", "value 1 of 3", "Login URL")
	settings["login_url"] = s.copied("Login URL")
	s.press(tuitest.Right) // looked at, but not entered yet
	s.see("value 2 of 3")
	settings["entity_id"] = s.copied("SP entity ID (Entity ID)")
	s.press(tuitest.Enter)
	s.see("value 3 of 3", "The page takes a file: ")
	settings["public_certificate"] = s.copied("Public Certificate")
	s.press(tuitest.Enter)
	s.see("Press Test Configuration", "Are all values in place and saved?")
	s.press(tuitest.Enter)
	s.see("Not all values are marked")
	b.put(t, "net2phone", "", map[string]any{"settings": settings})

	// Left here, the next start goes on at the same cards.
	s.press("q")
	if code := s.exit(); code != 7 {
		t.Fatalf("exit code %d, want 7: a person is waited for\n%s", code, s.Screen())
	}
	s = sit(t, state, "--sandbox")
	s.see("› Go on: net2phone")
	s.press(tuitest.Enter)
	s.see("This is what will be done")
	s.press("a")
	s.see("value 1 of 3")
	s.press(tuitest.Enter, tuitest.Enter, tuitest.Enter)
	s.see("all values")
	s.press(tuitest.Enter)
	s.see("Over to you: the service provider's own test", "What did the page say?")
	s.press("n")
	s.see("What is seen, and what to do about it")
	s.press("y")
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("It works")
	s.press(tuitest.Enter)
	s.see("Type the app's label")
	s.press("net2phone Sync", tuitest.Enter)
	s.see("Is the switch as it should be?")
	b.put(t, "net2phone", "/enabled", map[string]any{"enabled": true})
	s.press(tuitest.Enter)
	s.see("turned on by hand", "Everything in the plan is done")
	s.press(tuitest.Enter)
	s.leave(state, "net2phone")

	before := certificate(t, state)
	s = sit(t, state, "--sandbox")
	s.see("net2phone · tested, on", "c new certificate")
	s.press("c")
	s.see("Rotate the certificate of net2phone Sync")
	s.press(tuitest.Enter)
	s.see("This replaces the signing certificate on both sides")
	s.press("a")
	s.see("neither test nor save it yet", "value 1 of 1", "Public Certificate")
	settings["public_certificate"] = s.copied("Public Certificate")
	s.press(tuitest.Enter)
	s.see("Is it in place, and are you ready to save it?")
	s.press(tuitest.Enter)
	s.see("Test and save the new certificate now", "value 1 of 1")
	b.put(t, "net2phone", "", map[string]any{"settings": settings})
	s.press(tuitest.Enter)
	s.see("Are all values in place and saved?")
	s.press(tuitest.Enter)
	s.see("Over to you: the service provider's own test")
	s.press("y")
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("It works")
	s.press(tuitest.Enter)
	s.see("The certificate is rotated")
	s.press(tuitest.Enter)
	if code := s.exit(); code != 0 {
		t.Fatalf("exit code %d\n%s", code, s.Screen())
	}
	if after := certificate(t, state); after == before {
		t.Errorf("Okta still signs with %v", before)
	}
	if got := status(t, state); got["enabled"] != true || got["tested"] != true {
		t.Errorf("status says %v", got)
	}
	if !strings.Contains(s.out.String(), "ssowizard rotate net2phone --sandbox") {
		t.Errorf("what stays in the terminal:\n%s", s.out.String())
	}
}
