package catalog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/sso"
)

func builtIn(t *testing.T, id string) *catalog.Profile {
	t.Helper()
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNet2phoneAppIsTheGuides(t *testing.T) {
	t.Parallel()
	got, err := builtIn(t, "net2phone").WantedApp("", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	const acs = "https://auth.net2phone.com/saml/login/callback"
	want := sso.App{
		Label:      "net2phone Sync",
		SignOnMode: "SAML_2_0",
		SAML: &sso.SAMLSettings{
			ACSURL: acs, Recipient: acs, Destination: acs,
			Audience:             "n2p",
			IssuerTemplate:       sso.OktaIssuerTmpl,
			NameIDFormat:         sso.NameIDEmail,
			NameIDTemplate:       "${user.email}",
			ResponseSigned:       true,
			AssertionSigned:      true,
			SignatureAlgorithm:   sso.RSASHA256,
			DigestAlgorithm:      sso.SHA256,
			AuthnContextClassRef: sso.AuthnPassword,
			HonorForceAuthn:      true,
			Attributes:           []sso.AttributeStatement{{Name: "email", Format: sso.AttrUnspec, Values: []string{"user.email"}}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNet2phoneSettingsAreTheGuides(t *testing.T) {
	t.Parallel()
	p := builtIn(t, "net2phone")
	idp := sso.IdPValues{SSOURL: "https://acme.okta.com/app/acme_sync_1/exk1/sso/saml", Certificate: certificateDER(t)}
	got, err := p.WantedSettings(nil, nil, idp)
	if err != nil {
		t.Fatal(err)
	}
	want := []sso.SPSetting{
		{ID: "login_url", Label: "Login URL", Kind: "text", Value: idp.SSOURL, Required: true},
		{ID: "entity_id", Label: "SP entity ID (Entity ID)", Kind: "text", Value: "n2p", Required: true},
		{ID: "public_certificate", Label: "Public Certificate", Kind: "file", Value: certificatePEM(t), Rendering: "pem-file", Required: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	idp.SLOURL = "https://acme.okta.com/app/acme_sync_1/exk1/slo/saml"
	got, err = p.WantedSettings(nil, nil, idp)
	if err != nil {
		t.Fatal(err)
	}
	logout := sso.SPSetting{ID: "logout_url", Label: "Logout URL", Kind: "text", Value: idp.SLOURL}
	if diff := cmp.Diff([]sso.SPSetting{want[0], logout, want[1], want[2]}, got); diff != "" {
		t.Error("with Single Logout:", diff)
	}
}

func TestNet2phoneProfileSaysHowItIsProvenAndTurnedOn(t *testing.T) {
	t.Parallel()
	p := builtIn(t, "net2phone")
	if p.Proof != catalog.ProofSPTest || p.TurnOn != catalog.TurnOnSwitch || p.Certificates != 1 || p.Consent == "" || p.API.BaseURL != "" {
		t.Errorf("proof %q, turn on %q, certificates %d, consent %q, base URL %q",
			p.Proof, p.TurnOn, p.Certificates, p.Consent, p.API.BaseURL)
	}
	if (p.Flows != catalog.Flows{SPInitiated: true, IdPInitiated: true}) {
		t.Errorf("flows %+v", p.Flows)
	}
	buttons := []catalog.Button{}
	for _, b := range p.Portal.Buttons {
		buttons = append(buttons, catalog.Button{Label: b.Label, Effect: b.Effect})
	}
	want := []catalog.Button{{Label: "Test Configuration", Effect: catalog.EffectTest}, {Label: "Submit", Effect: catalog.EffectSave},
		{Label: "SSO", Effect: catalog.EffectEnable}}
	if diff := cmp.Diff(want, buttons); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(&catalog.SignInPage{Start: "https://app.net2phone.com", EmailField: "email address", Submit: "Next"}, p.SignInPage); diff != "" {
		t.Error(diff)
	}
}

func TestEveryCheckOfASAMLResponseHasAdviceInNet2phone(t *testing.T) {
	t.Parallel()
	codes := map[string]bool{}
	for _, trouble := range builtIn(t, "net2phone").Troubleshooting {
		for _, code := range trouble.Codes {
			codes[code] = true
		}
	}
	for _, code := range strings.Fields("posted_to destination issuer in_response_to response_signature assertion_signature certificate " +
		"recipient audience not_before not_on_or_after nameid_format nameid attribute.* sign_in.* settings.*") {
		if !codes[code] {
			t.Errorf("no advice for %s", code)
		}
	}
}

func TestPlannedSettingsLeaveOpenWhatOnlyTheIdPKnows(t *testing.T) {
	t.Parallel()
	got, err := builtIn(t, "net2phone").PlannedSettings(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, s := range got {
		values[s.ID] = s.Value
	}
	if diff := cmp.Diff(map[string]string{"login_url": "", "entity_id": "n2p", "public_certificate": ""}, values); diff != "" {
		t.Error(diff)
	}
}

func TestMissingIdPValuesAreNamed(t *testing.T) {
	t.Parallel()
	_, err := builtIn(t, "net2phone").WantedSettings(nil, nil, sso.IdPValues{})
	if err == nil || !strings.Contains(err.Error(), "Login URL: no value for .IdP.SSOURL") ||
		!strings.Contains(err.Error(), "Public Certificate: no value for .IdP.Certificate") {
		t.Errorf("error %v", err)
	}
}

func TestSettingsAreEqualByMeaning(t *testing.T) {
	t.Parallel()
	p := builtIn(t, "net2phone")
	pemText := certificatePEM(t)
	body := strings.Join(strings.Split(strings.TrimSpace(pemText), "\n")[1:], "")
	body = strings.TrimSuffix(body, "-----END CERTIFICATE-----")
	tests := []struct {
		name, id, a, b string
		want           bool
	}{
		{"same certificate, CRLF", "public_certificate", pemText, strings.ReplaceAll(pemText, "\n", "\r\n"), true},
		{"same certificate, bare base64", "public_certificate", pemText, body, true},
		{"other certificate", "public_certificate", pemText, otherPEM(t), false},
		{"its fingerprint alone", "public_certificate", pemText, strings.ToLower(render(t, pemText, "fingerprint-sha256")), true},
		{"fingerprint of another", "public_certificate", pemText, render(t, otherPEM(t), "fingerprint-sha256"), false},
		{"no certificate", "public_certificate", pemText, "", false},
		{"two broken certificates", "public_certificate", "x", "y", false},
		{"letter case of the entity ID", "entity_id", "n2p", "N2P", false},
		{"slash", "login_url", "https://a.example", "https://a.example/", false},
		{"same text", "login_url", "https://a.example", "https://a.example", true},
		{"unknown setting, other text", "nonsense", "a", "b", false},
	}
	for _, tt := range tests {
		if got := p.SettingsEqual(tt.id, tt.a, tt.b); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
