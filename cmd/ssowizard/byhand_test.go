package main_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/ssowizard/tui/tuitest"
)

// paste pastes text, as a terminal brings it.
func (s *sitting) paste(text string) {
	s.t.Helper()
	s.press("\x1b[200~" + text + "\x1b[201~")
}

// TestWizardTypedWithASignInByHand has the person sign in with a browser of their
// own, both at first and after turning on, and paste what Okta has answered.
func TestWizardTypedWithASignInByHand(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	b := startBoxIn(t, state, "--rate-limit", "off")
	s := sit(t, state, "--sandbox")
	s.toDetails("Telnyx")
	s.press("acme", tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter)
	s.see("Who may sign in with Okta?", "Contractors")
	s.press("t")
	s.see("Try a real sign-in before everybody gets access?")
	s.Until(t, tuitest.Right, "‹ yes", "‹ yes, by hand in a browser of my own ›")
	s.press(tuitest.Enter, tuitest.CtrlU, "ana.lima@acme.example", tuitest.Enter)
	s.chooseSupport()
	s.see("This is what will be done")
	s.press("a")

	s.see("Sign in yourself, beginning at Okta's tile", "sign in as ana.lima@acme.example")
	s.paste("<html><body>Welcome</body></html>")
	s.press(tuitest.Enter)
	s.see("✗ answer of the sign-in")
	s.press("./nowhere.har", tuitest.Enter)
	s.see("there is no such file: ./nowhere.har")
	s.press(tuitest.Esc)
	s.see("the sign-in by hand still waits for you")
	s.press("r")
	s.see("Sign in yourself, beginning at Okta's tile")
	s.press("\x19")
	s.see("Copied the address.")
	answer := b.signIn(t, s.clipboard())
	s.paste(answer + strings.Repeat("\n", 20_000-len(answer)))
	s.see("characters")
	s.press(tuitest.Enter)
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("Okta's own answer is right")
	s.press(tuitest.Enter)
	s.see("Telnyx sends an e-mail to every user", "Type the app's label")
	s.press("Telnyx", tuitest.Enter)

	s.see("Sign in yourself, beginning at the service provider")
	s.press("\x19")
	s.see("Copied the address.")
	file := filepath.Join(t.TempDir(), "response.xml")
	xml, err := base64.StdEncoding.DecodeString(b.signIn(t, s.clipboard()))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, xml, 0o600); err != nil {
		t.Fatal(err)
	}
	s.press(file, tuitest.Enter)
	s.see("Did the page let you in?")
	s.press("y")
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	if left := s.leave(state, "telnyx"); !strings.Contains(left, "--test by-hand") {
		t.Errorf("what stays in the terminal:\n%s", left)
	}
}

// TestWizardTypedWithACodeByHand has the person bring the address with the code
// of OpenID Connect, and say whether they were let in.
func TestWizardTypedWithACodeByHand(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	b := startBoxIn(t, state, "--rate-limit", "off")
	s := sit(t, state, "--sandbox")
	s.toDetails("CloudTalk")
	s.press(strings.Repeat(tuitest.Enter, 6))
	s.see("Who may sign in with Okta?", "Contractors")
	s.press("t")
	s.Until(t, tuitest.Right, "‹ yes", "‹ yes, by hand in a browser of my own ›")
	s.press(tuitest.Enter, tuitest.CtrlU, "ana.lima@acme.example", tuitest.Enter)
	s.chooseSupport()
	s.see("This is what will be done")
	s.press("a")
	s.see("Sign in yourself, at Okta", "Copy the whole address")
	s.press("\x19")
	s.see("Copied the address.")
	address := s.clipboard()
	s.paste(strings.Replace(b.code(t, address), "state=", "state=x", 1))
	s.press(tuitest.Enter)
	s.see("this is the answer to another sign-in")
	s.press("\x19")
	s.see("Copied the address.")
	s.paste(b.code(t, s.clipboard()))
	s.press(tuitest.Enter)
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("Okta's own answer is right")
	s.press(tuitest.Enter)
	s.see("Type the app's label")
	s.press("CloudTalk", tuitest.Enter)
	s.see("Did CloudTalk let you in, as this person?")
	s.press("y")
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.leave(state, "cloudtalk")
}
