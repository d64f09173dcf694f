package diagnose

import (
	"fmt"

	"example.com/ssowizard/internal/sso"
)

// signInCode begins the code of what a sign-in came to.
const signInCode = "sign_in."

const maxGot = 400

// SignIn tells why a sign-in came to no end that can be judged further: one
// failed finding sign_in.<outcome>, with the words that were shown and with a
// Fix. Where Okta answered and, if it was asked, the service provider accepted,
// there is none.
func SignIn(seen sso.Seen, c Context) []sso.Finding {
	switch seen.Outcome {
	case sso.OutcomeAnswered, sso.OutcomeSignedIn:
		return nil
	case "":
		seen.Outcome = "unfinished"
	}
	f := sso.Finding{
		Code:     signInCode + string(seen.Outcome),
		Expected: c.expected(seen.Outcome),
		Got:      c.got(seen),
		Flow:     seen.Flow,
	}
	return Fill([]sso.Finding{f}, c)
}

func (c Context) expected(o sso.Outcome) string {
	switch o {
	case sso.OutcomeStartRefused:
		return c.sp() + " sends the person to Okta"
	case sso.OutcomeWrongPassword, sso.OutcomeLocked, sso.OutcomePasswordStale, sso.OutcomeMoreFactors:
		return "Okta signs the person in with login and password"
	case sso.OutcomeSPRefused:
		return c.sp() + " lets the person in"
	case sso.OutcomeUnreachable:
		return "both sides answer"
	}
	return "Okta answers for the person"
}

// got says who spoke, and what.
func (c Context) got(seen sso.Seen) string {
	text := sso.PlainText(seen.Detail, 0)
	switch seen.Outcome {
	case sso.OutcomeStartRefused, sso.OutcomeSPRefused:
		text = quoted(c.sp(), seen.Status, text)
	case sso.OutcomeWrongPassword, sso.OutcomeLocked, sso.OutcomePasswordStale, sso.OutcomeMoreFactors,
		sso.OutcomeNotAssigned, sso.OutcomeIdPError:
		// Without an error status it may be our own account of where things
		// went wrong, such as another org, and not what Okta said.
		if seen.Outcome != sso.OutcomeIdPError || seen.Status >= 400 || text == "" {
			text = quoted("Okta", seen.Status, text)
		}
		if id := sso.PlainText(seen.OktaRequestID, maxName); id != "" {
			return sso.PlainText(text, maxGot) + " (request " + id + ")"
		}
	}
	if text == "" {
		text = "nothing"
	}
	return sso.PlainText(text, maxGot)
}

func quoted(who string, status int, text string) string {
	if status >= 400 {
		who = fmt.Sprintf("%s, status %d", who, status)
	}
	if text == "" {
		return who + ": no words"
	}
	return who + ": " + text
}

// signIn is what to do about an outcome wherever the profile is silent.
func (c Context) signIn(o sso.Outcome) string {
	switch o {
	case sso.OutcomeUnreachable:
		return "See that this computer reaches Okta and " + c.sp() + " (network, proxy, DNS), and test again; if TLS fails, a proxy that breaks TLS is the likely cause: --proxy, --ca-file."
	case sso.OutcomeStartRefused:
		return "See that SSO is set up and turned on at " + c.sp() + ", that it knows the person, and that the start address is right."
	case sso.OutcomeWrongPassword:
		return "Test again with the person's right login and password; too many tries lock the account."
	case sso.OutcomeLocked:
		return "Unlock the person in Okta (Directory → People → the person → More Actions → Unlock), or test as somebody else."
	case sso.OutcomePasswordStale:
		return "Let the person set a new password in Okta first, or test as somebody else."
	case sso.OutcomeMoreFactors:
		return "Okta's policy wants more than a password: sign in through a browser (--test browser) or by hand (--test by-hand). " +
			c.page(tabSignOn) + " → User authentication shows the policy."
	case sso.OutcomeNotAssigned:
		return "Assign the person, or a group of theirs, to the app: " + c.page(tabAssignments) +
			". If they are assigned, the app's sign-on policy keeps them out: " + c.page(tabSignOn) + "."
	case sso.OutcomeIdPError:
		return "See that the app is active and that " + c.sp() + " has this app's IdP sign-on URL: " + c.page(tabSignOn) +
			". Reports → System Log in Okta gives the reason of a failure."
	case sso.OutcomeSPRefused:
		return "Okta let the person in and " + c.sp() + " did not: see that a user with this e-mail address exists there, and that its SSO settings equal the app's values. " + c.page(tabSignOn) + "."
	}
	return "Test again, and let the sign-in come to its end."
}
