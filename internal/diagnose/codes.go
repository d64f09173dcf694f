package diagnose

import (
	"strings"

	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/sso"
)

// Codes of findings about settings begin with settingCode, and those about the
// Okta app among them with oktaCode.
const (
	settingCode = "settings."
	oktaCode    = "settings.okta."
)

// meanings are the codes of what would go wrong in a sign-in with another value
// of the Okta app: what there is to say is the same.
var meanings = map[string]string{
	"ssoAcsUrl":                  samlcheck.CodeDestination,
	"recipient":                  samlcheck.CodeRecipient,
	"destination":                samlcheck.CodeDestination,
	"audience":                   samlcheck.CodeAudience,
	"idpIssuer":                  samlcheck.CodeIssuer,
	"subjectNameIdFormat":        samlcheck.CodeNameIDFormat,
	"subjectNameIdTemplate":      samlcheck.CodeNameID,
	"responseSigned":             samlcheck.CodeResponseSignature,
	"assertionSigned":            samlcheck.CodeAssertionSignature,
	"signatureAlgorithm":         samlcheck.CodeAssertionSignature,
	"digestAlgorithm":            samlcheck.CodeAssertionSignature,
	"defaultRelayState":          "relay_state",
	"redirect_uris":              "redirect_uri",
	"token_endpoint_auth_method": "invalid_client",
}

// meaning is the code of a sign-in that stands for a setting of the Okta app, ""
// when there is none.
func meaning(setting string) string {
	if name, ok := strings.CutPrefix(setting, "attributeStatements."); ok {
		return samlcheck.CodeAttribute + name
	}
	if strings.HasPrefix(setting, "credentials.userNameTemplate") {
		return samlcheck.CodeNameID
	}
	return meanings[setting]
}

// codesOf are the codes under which a profile may say something of a finding,
// the nearest first.
func codesOf(f sso.Finding) []string {
	codes := []string{f.Code}
	if setting, ok := strings.CutPrefix(f.Code, oktaCode); ok {
		if m := meaning(setting); m != "" {
			codes = append(codes, m)
		}
	} else if strings.HasPrefix(f.Code, settingCode) && f.Field != "" {
		codes = append(codes, settingCode+f.Field)
	}
	return codes
}

// oktaSetting is what to do about a setting of the Okta app wherever the profile
// is silent.
func (c Context) oktaSetting(f sso.Finding, setting string) string {
	if setting == "status" {
		return c.page("Active") + ": the app is not active, so nobody can sign in with it; activate it, or run ssowizard setup again with --override."
	}
	if m := meaning(setting); m != "" {
		f.Code = m
		return c.general(f)
	}
	return c.page("General") + ": set " + sso.PlainText(setting, maxName) + " to the expected value, or run ssowizard setup again with --override."
}
