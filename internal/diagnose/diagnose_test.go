package diagnose_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/diagnose"
	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/sso"
)

var bare = diagnose.Context{SPName: "Acme Phone", AppLabel: "Acme Phone SSO", Labels: map[string]string{"cert": "Public Certificate", "sp_id": "Entity ID"}}

func one(t *testing.T, f sso.Finding, c diagnose.Context) string {
	t.Helper()
	out := diagnose.Fill([]sso.Finding{f}, c)
	if len(out) != 1 {
		t.Fatalf("%d findings", len(out))
	}
	return out[0].Fix
}

func TestFillLeavesNoFailedFindingWithoutAFix(t *testing.T) {
	t.Parallel()
	// Everything that samlcheck can say about nothing, about rubbish and about
	// values that do not fit, with and without a profile's words.
	expect := samlcheck.Expect{Attributes: map[string]string{"email": "x", "groups": ""}}
	findings := samlcheck.Verify(nil, expect)
	for _, f := range findings {
		f.OK, f.Got = false, "something else"
		findings = append(findings, f)
	}
	findings = append(findings, sso.Finding{Code: "settings.cert"}, sso.Finding{Code: "sign_in.odd"}, sso.Finding{Code: "unheard_of"}, sso.Finding{})
	for _, c := range []diagnose.Context{{}, bare, {Advice: []diagnose.Advice{{Codes: []string{"attribute.*", "audience"}, Text: "  "}}}} {
		for _, f := range diagnose.Fill(findings, c) {
			if !f.OK && strings.TrimSpace(f.Fix) == "" {
				t.Errorf("%q has no fix", f.Code)
			}
			if strings.Contains(f.Fix, `""`) || strings.Contains(f.Fix, "  ") {
				t.Errorf("%q: %q", f.Code, f.Fix)
			}
		}
	}
}

func TestFillTouchesNothingElse(t *testing.T) {
	t.Parallel()
	in := []sso.Finding{{Code: "audience", OK: true, Got: "n2p"}, {Code: "audience", Fix: "call Bob"}, {Code: "issuer", Expected: "a", Got: "b", Flow: sso.FlowSettings, Field: "x"}}
	before := append([]sso.Finding(nil), in...)
	out := diagnose.Fill(in, bare)
	if diff := cmp.Diff(before, in); diff != "" {
		t.Errorf("the input changed:\n%s", diff)
	}
	if out[0].Fix != "" || out[1].Fix != "call Bob" || out[2].Fix == "" {
		t.Errorf("%+v", out)
	}
	out[2].Fix = ""
	if diff := cmp.Diff(before, out); diff != "" {
		t.Errorf("more than Fix changed:\n%s", diff)
	}
	if got := diagnose.Fill(nil, bare); len(got) != 0 {
		t.Errorf("%+v out of nothing", got)
	}
}

func TestTheProfilesBestFittingAdviceComesFirst(t *testing.T) {
	t.Parallel()
	c := bare
	c.Advice = []diagnose.Advice{
		{Codes: []string{"attribute.*"}, Text: "any attribute"},
		{Codes: []string{"attribute.email", "audience"}, Text: "email or audience"},
		{Codes: []string{"attribute.user.*"}, Text: "user attributes"},
		{Codes: []string{"*", "issuer*", ""}, Text: "not a form of ours"},
		{Codes: []string{"audience"}, Text: "a second word on audience"},
	}
	for code, want := range map[string]string{
		"attribute.email":     "email or audience",
		"attribute.email2":    "any attribute",
		"attribute.user.name": "user attributes",
		"audience":            "email or audience",
	} {
		if got := one(t, sso.Finding{Code: code, Got: "x"}, c); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
	for _, code := range []string{"issuer", "attribute", "recipient"} {
		if got := one(t, sso.Finding{Code: code, Got: "x"}, c); strings.Contains(got, "not a form") || got == "any attribute" {
			t.Errorf("%s: %q", code, got)
		}
	}
}

func TestGeneralAdviceFitsWhatWasFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		finding sso.Finding
		want    []string
	}{
		"page of the app":       {sso.Finding{Code: "recipient", Got: "x"}, []string{"Okta: Applications → Acme Phone SSO → General → SAML Settings", "ACS URL of Acme Phone"}},
		"label of the setting":  {sso.Finding{Code: "audience", Got: "x", Field: "sp_id"}, []string{`"Entity ID" at Acme Phone`}},
		"no label":              {sso.Finding{Code: "audience", Got: "x"}, []string{"the SP entity ID at Acme Phone"}},
		"certificate":           {sso.Finding{Code: "certificate", Got: "SHA-256 AB", Field: "cert"}, []string{"active certificate", `"Public Certificate"`}},
		"certificate ended":     {sso.Finding{Code: "certificate", Got: "SHA-256 AB, but it ended 2020-01-01T00:00:00Z"}, []string{"rotate"}},
		"certificate early":     {sso.Finding{Code: "certificate", Got: "SHA-256 AB, but it begins 2040-01-01T00:00:00Z"}, []string{"clock"}},
		"changed":               {sso.Finding{Code: "response_signature", Got: "what was signed has been changed afterwards"}, []string{"proxy"}},
		"unsigned":              {sso.Finding{Code: "assertion_signature", Got: "not signed"}, []string{"Signed"}},
		"algorithm":             {sso.Finding{Code: "assertion_signature", Got: "signed with an algorithm that is not known"}, []string{"RSA-SHA256"}},
		"other key":             {sso.Finding{Code: "response_signature", Got: "the signature was not made with the key of that certificate"}, []string{"active certificate"}},
		"encrypted":             {sso.Finding{Code: "well_formed", Got: "an EncryptedAssertion, which…"}, []string{"Unencrypted"}},
		"rubbish":               {sso.Finding{Code: "well_formed", Got: "a web page"}, []string{"proxy"}},
		"unsolicited":           {sso.Finding{Code: "in_response_to", Got: "_r", Flow: sso.FlowIdPInitiated}, []string{"dashboard"}},
		"not asked for":         {sso.Finding{Code: "in_response_to", Got: "not given", Flow: sso.FlowSPInitiated}, []string{"Start at Acme Phone"}},
		"attribute":             {sso.Finding{Code: "attribute.firstName", Got: "not given"}, []string{`"firstName"`, "attribute statement"}},
		"time":                  {sso.Finding{Code: "not_on_or_after", Got: "x"}, []string{"clock"}},
		"setting by its field":  {sso.Finding{Code: "settings.anything", Got: "x", Field: "cert"}, []string{`"Public Certificate" at Acme Phone`}},
		"setting by its code":   {sso.Finding{Code: "settings.sp_id", Got: "x"}, []string{`"Entity ID" at Acme Phone`}},
		"setting without label": {sso.Finding{Code: "settings.foo", Got: "x"}, []string{"the setting foo at Acme Phone"}},
		"not checked":           {sso.Finding{Code: "audience", Got: "not checked: the response could not be read"}, []string{"what failed before"}},
		"nothing to compare":    {sso.Finding{Code: "certificate", Got: "not checked: the service provider's certificate is not known"}, []string{"compare with"}},
	} {
		got := one(t, c.finding, bare)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q, want %q in it", name, got, want)
			}
		}
	}
}

func TestWhatWasNotCheckedGetsNoAdviceOnItsSubject(t *testing.T) {
	t.Parallel()
	c := bare
	c.Advice = []diagnose.Advice{{Codes: []string{"audience"}, Text: "make it n2p"}}
	for _, f := range diagnose.Fill(samlcheck.Verify([]byte("<x/>"), samlcheck.Expect{Audience: "n2p"}), c) {
		if f.Code == "audience" && (f.Fix == "" || f.Fix == "make it n2p") {
			t.Errorf("%+v", f)
		}
	}
}

func TestSignInSaysWhoSaidWhat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		seen      sso.Seen
		got, want string
	}{
		{sso.Seen{Outcome: sso.OutcomeNotAssigned, Detail: "App Not Assigned", Status: 403, OktaRequestID: "reqX"}, "Okta, status 403: App Not Assigned (request reqX)", "Assignments"},
		{sso.Seen{Outcome: sso.OutcomeWrongPassword, Detail: "Authentication failed (E0000004)", Status: 401}, "Okta, status 401: Authentication failed (E0000004)", "password"},
		{sso.Seen{Outcome: sso.OutcomeMoreFactors, Detail: "authentication status MFA_REQUIRED", Status: 200}, "Okta: authentication status MFA_REQUIRED", "--test browser"},
		{sso.Seen{Outcome: sso.OutcomeLocked, Status: 200}, "Okta: no words", "Unlock"},
		{sso.Seen{Outcome: sso.OutcomePasswordStale, Detail: "x"}, "Okta: x", "new password"},
		{sso.Seen{Outcome: sso.OutcomeIdPError, Detail: "Page not found", Status: 404}, "Okta, status 404: Page not found", "System Log"},
		{sso.Seen{Outcome: sso.OutcomeIdPError, Detail: "the service provider sends people to https://other.okta.com", Status: 302}, "the service provider sends people to https://other.okta.com", "sign-on URL"},
		{sso.Seen{Outcome: sso.OutcomeStartRefused, Detail: "SSO\x1b is off", Status: 200}, "Acme Phone: SSO is off", "turned on"},
		{sso.Seen{Outcome: sso.OutcomeSPRefused, Detail: "Wrong audience", Status: 403, OktaRequestID: "reqX"}, "Acme Phone, status 403: Wrong audience", "e-mail address"},
		{sso.Seen{Outcome: sso.OutcomeUnreachable, Detail: "https://x did not answer: refused"}, "https://x did not answer: refused", "network"},
		{sso.Seen{}, "nothing", "to its end"},
	} {
		c.seen.Flow = sso.FlowSPInitiated
		findings := diagnose.SignIn(c.seen, bare)
		if len(findings) != 1 {
			t.Fatalf("%s: %+v", c.seen.Outcome, findings)
		}
		f := findings[0]
		if f.OK || f.Got != c.got || !strings.Contains(f.Fix, c.want) || f.Expected == "" || f.Flow != sso.FlowSPInitiated {
			t.Errorf("%s: %+v", c.seen.Outcome, f)
		}
		if want := "sign_in." + string(c.seen.Outcome); c.seen.Outcome != "" && f.Code != want {
			t.Errorf("code %s, want %s", f.Code, want)
		}
	}
}

func TestSignInHasNothingToSayOfAGoodOne(t *testing.T) {
	t.Parallel()
	for _, o := range []sso.Outcome{sso.OutcomeAnswered, sso.OutcomeSignedIn} {
		if got := diagnose.SignIn(sso.Seen{Outcome: o}, bare); got != nil {
			t.Errorf("%s: %+v", o, got)
		}
	}
}

func TestTheProfileHasTheFirstWordOnSignIns(t *testing.T) {
	t.Parallel()
	c := bare
	c.Advice = []diagnose.Advice{{Codes: []string{"sign_in.*"}, Text: "any"}, {Codes: []string{"sign_in.not_assigned"}, Text: "assign Sync"}}
	if got := diagnose.SignIn(sso.Seen{Outcome: sso.OutcomeNotAssigned}, c)[0].Fix; got != "assign Sync" {
		t.Errorf("%q", got)
	}
}

func TestNamesFromOutsideLoseControlCharacters(t *testing.T) {
	t.Parallel()
	c := diagnose.Context{SPName: "A\x1b[31m", AppLabel: "B\u202e\nC", Labels: map[string]string{"x": "D\x07"}}
	for _, code := range []string{"audience", "issuer", "certificate", "settings.x", "attribute.\x1b[2J", "settings.\x1b"} {
		if got := one(t, sso.Finding{Code: code, Got: "y", Field: "x"}, c); sso.PlainText(got, 0) != got {
			t.Errorf("%q: %q", code, got)
		}
	}
}

func TestASettingOfTheOktaAppGetsTheWordsForWhatItBreaks(t *testing.T) {
	t.Parallel()
	c := bare
	c.Advice = []diagnose.Advice{
		{Codes: []string{"settings.*"}, Text: "look at the page of Acme Phone"},
		{Codes: []string{"settings.cert"}, Text: "upload it again"},
		{Codes: []string{"audience"}, Text: "both have to be acme"},
		{Codes: []string{"settings.okta.audience2"}, Text: "another"},
		{Codes: []string{"attribute.*"}, Text: "the names count"},
	}
	for _, tt := range []struct{ code, field, want string }{
		{"settings.sp.cert", "cert", "upload it again"},
		{"settings.sp.other", "other", "look at the page of Acme Phone"},
		{"settings.okta.audience", "", "both have to be acme"},
		{"settings.okta.attributeStatements.firstName", "", "the names count"},
		{"settings.okta.recipient", "", "General → SAML Settings"},
		{"settings.okta.credentials.userNameTemplate.template", "", "the NameID must be"},
		{"settings.okta.status", "", "the app is not active"},
		{"settings.okta.visibility.hide.web", "", "visibility.hide.web to the expected value"},
	} {
		got := one(t, sso.Finding{Code: tt.code, Field: tt.field, Got: "x"}, c)
		if !strings.Contains(got, tt.want) || strings.HasPrefix(tt.code, "settings.okta.") && strings.Contains(got, "page of Acme Phone") {
			t.Errorf("%s: %q, want %q", tt.code, got, tt.want)
		}
	}
}

func TestTheWordsOfARefusalTellItsReason(t *testing.T) {
	t.Parallel()
	c := bare
	c.Advice = []diagnose.Advice{
		{Codes: []string{"sign_in.sp_refused"}, Text: "look at everything"},
		{Codes: []string{"invalid_client"}, Says: []string{"invalid_client", "client"}, Text: "write the secret again"},
		{Codes: []string{"audience"}, Says: []string{"Audience"}, Text: "both have to be acme"},
		{Codes: []string{"acme"}, Says: []string{"acme phone"}, Text: "its own name is no reason"},
	}
	for _, tt := range []struct{ code, got, want string }{
		{"sign_in.sp_refused", "Acme Phone, status 403: no tokens: Invalid_Client: for the audience", "write the secret again"},
		{"sign_in.sp_refused", "Acme Phone, status 403: the AUDIENCE is another", "both have to be acme"},
		{"sign_in.sp_refused", "Acme Phone, status 403: no words", "look at everything"},
		{"sp_test", "failed: the audience is another", "both have to be acme"},
		{"signed_in", "sp_refused for another client", "write the secret again"},
		{"certificate", "of another audience", "active certificate"},
		{"sign_in.password_expired", "Okta: the password of the audience has ended", "new password"},
		{"sign_in.idp_error", "Okta, status 404: the audience has ended", "System Log"},
		{"sign_in.idp_error", "Okta, status 400: invalid_client", "write the secret again"},
	} {
		if got := one(t, sso.Finding{Code: tt.code, Got: tt.got}, c); !strings.Contains(got, tt.want) {
			t.Errorf("%s, %q: %q, want %q", tt.code, tt.got, got, tt.want)
		}
	}
}
