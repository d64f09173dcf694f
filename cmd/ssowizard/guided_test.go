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
	b := startBoxIn(t, state)
	s := sit(t, state, "--sandbox")
	s.toDetails("Custom SAML service provider")
	s.press(at+"/callback", tuitest.Enter, at)
	s.see("ACS URL "+at+"/callback", "Audience (SP entity ID) "+at)
	s.press(tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter, at)
	s.see("People start at " + at)
	s.press(tuitest.Enter)
	s.Until(t, tuitest.Right, "‹ one-line ›")
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
	s.see("Turn sign-in with Okta on there, and save.", "Is the switch as it should be?")
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
