package diagnose

import (
	"fmt"
	"strings"

	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/sso"
)

// Tabs of an app in Okta's Admin Console.
const (
	tabSAML        = "General → SAML Settings"
	tabSigning     = "Sign On → SAML Signing Certificates"
	tabSignOn      = "Sign On"
	tabAssignments = "Assignments"
)

// general is what to do about a finding wherever the profile is silent.
func (c Context) general(f sso.Finding) string {
	switch f.Code {
	case samlcheck.CodeWellFormed:
		return c.wellFormed(f)
	case samlcheck.CodeStatus:
		return "Okta answered with a failure instead of a sign-in. " + c.page(tabSignOn) +
			": see whether its policy lets the person in, and look into Reports → System Log for the reason."
	case samlcheck.CodePostedTo, samlcheck.CodeDestination, samlcheck.CodeRecipient:
		return c.page(tabSAML) + ": Single sign-on URL, Recipient URL and Destination URL must all be the ACS URL of " + c.sp() + ", byte for byte."
	case samlcheck.CodeAudience:
		return c.page(tabSAML) + ": Audience URI (SP Entity ID) must equal " + c.field(f.Field, "the SP entity ID") +
			", byte for byte: letter case and a slash at the end count."
	case samlcheck.CodeIssuer:
		return "Copy the Issuer (IdP entity ID) again from the app's IdP metadata into " + c.field(f.Field, "the IdP entity ID") +
			"; http, https and the bare id are different values. " + c.page(tabSigning) + " → Actions → View IdP metadata."
	case samlcheck.CodeInResponseTo:
		return c.inResponseTo(f)
	case samlcheck.CodeResponseSignature, samlcheck.CodeAssertionSignature:
		return c.signature(f)
	case samlcheck.CodeCertificate:
		return c.certificate(f)
	case samlcheck.CodeNotBefore, samlcheck.CodeNotOnOrAfter:
		return "Set the clock of this computer right and test again without a pause. If it stays, the clock of " + c.sp() + " is wrong."
	case samlcheck.CodeNameIDFormat:
		return c.page(tabSAML) + ": set Name ID format to the expected one, normally EmailAddress."
	case samlcheck.CodeNameID:
		return c.page(tabSAML) + ": the NameID must be the person's e-mail address (user.email, or an application username that is one), " +
			"and the person must have that address in Okta and at " + c.sp() + "."
	}
	if name, ok := strings.CutPrefix(f.Code, samlcheck.CodeAttribute); ok {
		return fmt.Sprintf("%s: add or correct the attribute statement %q (the name counts letter for letter), and see that the person has a value for it.",
			c.page(tabSAML), sso.PlainText(name, maxName))
	}
	if setting, ok := strings.CutPrefix(f.Code, oktaCode); ok {
		return c.oktaSetting(f, setting)
	}
	if id, ok := strings.CutPrefix(f.Code, settingCode); ok {
		return c.setting(f, id)
	}
	if outcome, ok := strings.CutPrefix(f.Code, signInCode); ok {
		return c.signIn(sso.Outcome(outcome))
	}
	return "Compare the expected value with the one found, correct it in Okta or at " + c.sp() + ", and test again."
}

func (c Context) wellFormed(f sso.Finding) string {
	if strings.Contains(f.Got, "EncryptedAssertion") {
		return c.page(tabSAML) + ": set Assertion Encryption to Unencrypted, unless " + c.sp() + " asks for it; an encrypted answer can only be tested there."
	}
	return "What came is not an answer that Okta makes. Test again; if it stays, see whether a proxy or another identity provider stands between Okta and " + c.sp() + "."
}

func (c Context) inResponseTo(f sso.Finding) string {
	if f.Flow == sso.FlowIdPInitiated {
		return "The answer names a request that nobody made. Start from Okta's dashboard in a fresh browser window."
	}
	return "Start at " + c.sp() + " in a fresh browser window and do not use the back button: the answer must belong to the request just made, and one that starts at Okta's tile belongs to none."
}

func (c Context) signature(f sso.Finding) string {
	switch {
	case strings.Contains(f.Got, "changed afterwards"):
		return "The answer was changed on its way. See whether a proxy or a browser extension rewrites pages, and test again."
	case strings.Contains(f.Got, "not signed"), strings.Contains(f.Got, "neither"):
		return c.page(tabSAML) + ": set both Response and Assertion Signature to Signed."
	case strings.Contains(f.Got, "algorithm"):
		return c.page(tabSAML) + ": set Signature Algorithm to RSA-SHA256 and Digest Algorithm to SHA256."
	}
	return c.pushCertificate(f)
}

func (c Context) certificate(f sso.Finding) string {
	switch {
	case strings.Contains(f.Got, "but it ended"):
		return "The signing certificate has ended. Make a new one on both sides with ssowizard rotate. " + c.page(tabSigning) + "."
	case strings.Contains(f.Got, "but it begins"):
		return "The signing certificate is not valid yet. Set the clock of this computer right, and test again."
	}
	return c.pushCertificate(f)
}

func (c Context) pushCertificate(f sso.Finding) string {
	return "Put the app's active certificate again into " + c.field(f.Field, "the certificate") +
		"; an inactive key's or another app's certificate does not fit. " + c.page(tabSigning) + "."
}

func (c Context) setting(f sso.Finding, id string) string {
	if f.Field != "" {
		id = f.Field
	}
	return "Set " + c.field(id, "the setting "+sso.PlainText(id, maxName)) + " to the expected value and save."
}
