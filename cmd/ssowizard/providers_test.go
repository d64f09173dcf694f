package main_test

import (
	"strings"
	"testing"

	"example.com/ssowizard/tui/tuitest"
)

// toDetails goes from the first screen to the questions of a service provider.
func (s *sitting) toDetails(name string) {
	s.t.Helper()
	s.see("Set up a new connection")
	s.press(tuitest.Enter)
	s.see("Which service are people to sign in to")
	s.Until(s.t, tuitest.Down, "› CloudTalk", "› "+name)
	s.press(tuitest.Enter)
	s.see("Identity Engine", "Super Administrator")
	s.press(tuitest.Enter)
	s.see("shift+tab before")
}

// turnOn types the label and sees the run of it end.
func (s *sitting) turnOn(label string) {
	s.t.Helper()
	s.see("Type the app's label to turn it on: " + label)
	s.press(label, tuitest.Enter)
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
}

// leave ends the wizard from its last screen, checks that both sides are as the
// screens said, and gives what stays in the terminal.
func (s *sitting) leave(state, connection string) string {
	s.t.Helper()
	s.see("Done. People sign in to")
	s.press(tuitest.Enter)
	if code := s.exit(); code != 0 {
		s.t.Fatalf("exit code %d\n%s", code, s.Screen())
	}
	left := s.out.String()
	t := s.t.(*testing.T)
	if got := status(t, state); got["connection"] != connection || got["enabled"] != true || got["tested"] != true {
		t.Errorf("status says %v", got)
	}
	i := strings.LastIndex(left, "ssowizard setup ")
	if i < 0 {
		t.Fatalf("no command is left:\n%s", left)
	}
	// The same run as a command finds nothing to do.
	words := split(strings.TrimSpace(left[i:]))
	out, code := says(t, state, "", append([]string{"plan", "--exit-code"}, words[2:len(words)-1]...)...)
	if code != 0 || !strings.Contains(out, "Nothing to do") {
		t.Errorf("plan of the same again: exit code %d\n%s", code, out)
	}
	return left
}

// split takes a printed command apart; its words have double quotes at most.
func split(command string) []string {
	var words []string
	var word strings.Builder
	quoted := false
	for _, r := range command + " " {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ' ' && !quoted:
			words = append(words, word.String())
			word.Reset()
		default:
			word.WriteRune(r)
		}
	}
	return words
}

func TestWizardTypedForEveryServiceProvider(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		id, name string
		// details answers the questions of the profile; rest is what comes
		// after the test has passed.
		details, rest func(s *sitting)
		left          []string // what stays in the terminal
	}{
		{id: "telnyx", name: "Telnyx", details: func(s *sitting) {
			s.press("Acme")
			s.see("✗ \"Acme\" is not of the form that is wanted: lower-case letters")
			s.press(tuitest.CtrlU, "acme")
			s.see("ACS URL https://api.telnyx.com/sso/saml/auth/acme", "Audience (SP entity ID) https://api.telnyx.com/sso/saml/metadata/acme")
			s.press(tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter)
		}, rest: func(s *sitting) {
			s.see("It works: both sides agree, and Okta's own answer is right. A real sign-in follows once it is on")
			s.press(tuitest.Enter)
			s.see("Telnyx sends an e-mail to every user of your organization at once", "cannot be recalled", "For 72 hours", "users;", "72 hours after turning on")
			s.turnOn("Telnyx")
		}, left: []string{"First real sign-in", "Passwords end at Telnyx", "ssowizard setup telnyx --input short_name=acme --group"}},
		{id: "infobip", name: "Infobip", details: func(s *sitting) {
			s.press("acme")
			s.see("People start at https://portal.infobip.com/login/saml/acme")
			s.press(tuitest.CtrlU, "phones")
			s.see("People start at https://portal.infobip.com/login/saml/phones", "https://portal.infobip.com/login/saml/phones/callback")
			s.press(tuitest.Enter, tuitest.Enter)
			s.see("makes teams with the names")
			s.press(tuitest.Right)
			s.see("Group filter")
			s.press(tuitest.Enter, "Support.*", tuitest.Enter)
			s.see("A bookmark app can stand in its place")
			s.press(tuitest.Right, tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter)
		}, rest: func(s *sitting) {
			s.see("It works: both sides agree, and a real sign-in went through")
			s.press(tuitest.Enter)
		}, left: []string{"give roles to the new teams", `--input auto_create_groups=yes --input bookmark=yes --input custom_domain=phones --input "group_filter=Support.*"`}},
		{id: "justcall", name: "JustCall", details: func(s *sitting) {
			s.see("what JustCall tells: it is read on the next screen")
			s.press(tuitest.Enter, tuitest.Enter, tuitest.Enter)
			s.see("What JustCall tells of itself", "Entity ID (SP entity ID) https://app.justcall.io/sso/saml/", "‹ Member ›")
			s.Until(s.t, tuitest.Right, "‹ Member ›", "‹ Admin ›")
			s.press(tuitest.Enter)
		}, rest: func(s *sitting) {
			s.see("It works: both sides agree, and a real sign-in went through")
			s.press(tuitest.Enter)
			s.see("makes it the way to sign in for everybody in the account, admins included")
			s.turnOn("JustCall")
		}, left: []string{"yes, with the service provider's own test and a real sign-in", "--input default_role=Admin"}},
		{id: "cloudtalk", name: "CloudTalk", details: func(s *sitting) {
			s.see("Redirect URI https://authsso.cloudtalk.io/oauth2/idpresponse")
			s.press(tuitest.Enter, tuitest.Enter)
			s.see("asks once more")
			s.press(tuitest.Right, tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter)
		}, rest: func(s *sitting) {
			s.see("A real sign-in follows once it is on")
			s.press(tuitest.Enter)
			s.see("the other ways to sign in stay, unless SSO is enforced")
			s.turnOn("CloudTalk")
			s.see("It is on. Turn on Enforce Okta SSO at CloudTalk too?", "nobody signs in to CloudTalk in another way")
			s.turnOn("CloudTalk")
		}, left: []string{"Enforce Okta SSO", "--input enforce=yes"}},
	} {
		t.Run(tc.id, func(t *testing.T) {
			t.Parallel()
			state := t.TempDir()
			s := sit(t, state, "--sandbox")
			s.toDetails(tc.name)
			tc.details(s)
			s.chooseSupport()
			s.see("This is what will be done")
			s.press("a")
			s.see("Everything in the plan is done")
			s.press(tuitest.Enter)
			tc.rest(s)
			left := s.leave(state, tc.id)
			for _, want := range tc.left {
				if !strings.Contains(left, want) {
					t.Errorf("what stays in the terminal lacks %q:\n%s", want, left)
				}
			}
			if strings.Contains(left, "provider_name=Okta") || strings.Contains(left, "method=GET") {
				t.Errorf("the command says defaults:\n%s", left)
			}
		})
	}
}

func TestWizardAsksForEnforcingWhenSignInIsOnAlready(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	run(t, state, "setup", "cloudtalk", "--sandbox", "--group", "Support EMEA", "--enable", "--yes")
	s := sit(t, state, "--sandbox")
	s.see("cloudtalk · tested, on")
	s.press(tuitest.Enter)
	s.see("Identity Engine")
	s.press(tuitest.Enter)
	s.see("Redirect URI")
	s.press(tuitest.Enter, tuitest.Enter, tuitest.Right, tuitest.Enter, tuitest.Enter, tuitest.Enter, tuitest.Enter)
	s.see("Chosen: Support EMEA")
	s.press(tuitest.Enter)
	s.see("Enforce Okta SSO stays as it is")
	s.press("a")
	s.see("Everything in the plan is done")
	s.press(tuitest.Enter)
	s.see("It works")
	s.press(tuitest.Enter)
	s.see("It is on. Turn on Enforce Okta SSO at CloudTalk too?", "nobody signs in to CloudTalk in another way")
	s.turnOn("CloudTalk")
	if left := s.leave(state, "cloudtalk"); !strings.Contains(left, "--input enforce=yes") {
		t.Errorf("what stays in the terminal:\n%s", left)
	}
}
