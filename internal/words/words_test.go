package words_test

import (
	"testing"

	"example.com/ssowizard/internal/words"
)

func TestFieldsAndChecksAreCalledAsOnThePages(t *testing.T) {
	settings := map[string]string{"entity_id": "SP entity ID (Entity ID)"}
	for _, tc := range []struct{ name, got, want string }{
		{"Okta's field", words.Field("settings.signOn.ssoAcsUrl", settings), "ACS URL"},
		{"the service provider's setting", words.Field("entity_id", settings), "SP entity ID (Entity ID)"},
		{"an attribute", words.Field("settings.signOn.attributeStatements.email", settings), "Attribute email"},
		{"its format", words.Field("settings.signOn.attributeStatements.email.namespace", settings), "Attribute email, format"},
		{"one that nobody knows", words.Field("x\x1b[2J", settings), "x[2J"},
		{"a check of Okta's side", words.Check("settings.okta.audience", settings), "Okta, Audience (SP entity ID)"},
		{"of an unknown field", words.Check("settings.okta.other", settings), "Okta, other"},
		{"of the service provider's side", words.Check("settings.sp.entity_id", settings), "SP entity ID (Entity ID)"},
		{"of a setting without a label", words.Check("settings.sp.login_url", nil), "login url"},
		{"of a sign-in", words.Check("not_on_or_after", settings), "not on or after"},
		{"of a claim", words.Check("at_hash", settings), "Hash of the access token (at_hash)"},
		{"of OIDC", words.Check("settings.okta.redirect_uris", settings), "Okta, Sign-in redirect URIs"},
		{"what Okta holds, as in a change", words.Seen("settings.okta.honorForceAuthn", "true"), "yes"},
		{"how a switch stands", words.Seen("settings.sp.enforce", "false"), "off"},
		{"what a person is called", words.Seen("name_id", "true"), "true"},
		{"a switch that is to be turned on", words.ValueOf("enabled", true), "on"},
		{"one that is off", words.ValueOf("enabled", false), "off"},
		{"a setting of the app", words.ValueOf("settings.signOn.responseSigned", true), "yes"},
		{"of how it ended", words.Check("sign_in.start_refused", settings), "sign-in: start refused"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, tc.got, tc.want)
		}
	}
}

func TestValuesAreShownOnOneLineAndNothingIsSaid(t *testing.T) {
	for _, tc := range []struct {
		value any
		want  string
	}{
		{nil, "(nothing)"}, {"", "(empty)"}, {true, "yes"}, {false, "no"}, {"true", "on"}, {"false", "off"}, {[]string{"a", "b"}, "a, b"}, {12, "12"},
		{[]any{"a", "b"}, "a, b"}, {[]any{"a", 1}, `["a",1]`}, {[]any{}, "[]"},
		{"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "EmailAddress"},
		{"urn:oasis:names:tc:SAML:1.1:nameid-format:", "urn:oasis:names:tc:SAML:1.1:nameid-format:"},
		{"two\nlines\x07", "two lines"},
	} {
		if got := words.Value(tc.value); got != tc.want {
			t.Errorf("%v is shown as %q, want %q", tc.value, got, tc.want)
		}
	}
	if got := words.Setting("-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----"); got != "a certificate that cannot be read" {
		t.Errorf("a broken certificate is shown as %q", got)
	}
	for proof, want := range map[string]string{"sp-test": "yes, with the service provider's own test and a real sign-in", "sign-in": "yes, with a real sign-in", "response": "yes, with Okta's own answer"} {
		if got := words.Tested(true, proof); got != want {
			t.Errorf("%s: %q", proof, got)
		}
	}
	if words.Tested(false, "sp-test") != "no" {
		t.Error("what was not tested is")
	}
}
