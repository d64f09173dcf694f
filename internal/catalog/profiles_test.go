package catalog_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/sso"
)

// samlApp is what all SAML profiles have in common.
func samlApp(label, acs, audience string, change func(*sso.App)) sso.App {
	app := sso.App{Label: label, SignOnMode: "SAML_2_0", SAML: &sso.SAMLSettings{
		ACSURL: acs, Recipient: acs, Destination: acs, Audience: audience,
		IssuerTemplate: sso.OktaIssuerTmpl, NameIDFormat: sso.NameIDEmail, NameIDTemplate: "${user.email}",
		ResponseSigned: true, AssertionSigned: true, SignatureAlgorithm: sso.RSASHA256, DigestAlgorithm: sso.SHA256,
		AuthnContextClassRef: sso.AuthnPassword, HonorForceAuthn: true}}
	if change != nil {
		change(&app)
	}
	return app
}

func TestAppsAreTheGuides(t *testing.T) {
	t.Parallel()
	cloudtalk := []string{"https://authsso.cloudtalk.io/oauth2/idpresponse",
		"https://cloudtalk-prod.auth.eu-central-1.amazoncognito.com/oauth2/idpresponse"}
	statement := func(name, value string) sso.AttributeStatement {
		return sso.AttributeStatement{Name: name, Format: sso.AttrUnspec, Values: []string{value}}
	}
	tests := []struct {
		name, profile   string
		inputs, offered map[string]string
		want            sso.App
	}{
		{"Telnyx, addresses computed", "telnyx", map[string]string{"short_name": "acme"}, nil,
			samlApp("Telnyx", "https://api.telnyx.com/sso/saml/auth/acme", "https://api.telnyx.com/sso/saml/metadata/acme", func(a *sso.App) {
				a.UserNameTemplate = "${source.email}"
				a.SAML.DefaultRelayState = "https://portal.telnyx.com"
			})},
		{"Telnyx, addresses as Telnyx says", "telnyx", map[string]string{"short_name": "acme"},
			map[string]string{"acs_url": "https://api.telnyx.com/v3/sso/acme", "sp_entity_id": "urn:telnyx:acme"},
			samlApp("Telnyx", "https://api.telnyx.com/v3/sso/acme", "urn:telnyx:acme", func(a *sso.App) {
				a.UserNameTemplate = "${source.email}"
				a.SAML.DefaultRelayState = "https://portal.telnyx.com"
			})},
		{"Telnyx, bare id on both sides", "telnyx", map[string]string{"short_name": "acme", "idp_entity_id": "both-bare"}, nil,
			samlApp("Telnyx", "https://api.telnyx.com/sso/saml/auth/acme", "https://api.telnyx.com/sso/saml/metadata/acme", func(a *sso.App) {
				a.UserNameTemplate = "${source.email}"
				a.SAML.DefaultRelayState = "https://portal.telnyx.com"
				a.SAML.IssuerTemplate = "${org.externalKey}"
			})},
		{"Infobip", "infobip", map[string]string{"custom_domain": "mycustomdomain"}, nil,
			samlApp("Infobip", "https://portal.infobip.com/login/saml/mycustomdomain/callback", "https://portal.infobip.com/login/saml/mycustomdomain",
				func(a *sso.App) { a.HideTile = true })},
		{"Infobip with groups", "infobip",
			map[string]string{"custom_domain": "acme", "auto_create_groups": "yes", "group_filter": "Infobip-.*"}, nil,
			samlApp("Infobip", "https://portal.infobip.com/login/saml/acme/callback", "https://portal.infobip.com/login/saml/acme", func(a *sso.App) {
				a.HideTile = true
				a.SAML.Attributes = []sso.AttributeStatement{{Group: true, Name: "http://schemas.xmlsoap.org/claims/Group", Format: sso.AttrBasic,
					FilterType: "REGEX", FilterValue: "Infobip-.*"}}
			})},
		{"JustCall, read from the page", "justcall",
			map[string]string{"acs_url": "https://old.example/acs", "sp_entity_id": "https://app.justcall.io/sso/saml/7"},
			map[string]string{"acs_url": "https://app.justcall.io/sso/saml/7/acs"},
			samlApp("JustCall", "https://app.justcall.io/sso/saml/7/acs", "https://app.justcall.io/sso/saml/7", func(a *sso.App) {
				a.SAML.Attributes = []sso.AttributeStatement{statement("email", "user.email"), statement("firstName", "user.firstName"),
					statement("lastName", "user.lastName")}
			})},
		{"CloudTalk", "cloudtalk", nil, nil, sso.App{Label: "CloudTalk", SignOnMode: "OPENID_CONNECT", OIDC: &sso.OIDCSettings{
			RedirectURIs: cloudtalk, PostLogoutRedirectURIs: cloudtalk, GrantTypes: []string{"authorization_code"}, ResponseTypes: []string{"code"},
			ClientAuthentication: "client_secret_post", IssuerMode: "ORG_URL"}}},
		{"custom, the least", "custom", map[string]string{"acs_url": "https://sp.example/acs", "audience": "urn:sp"}, nil,
			samlApp("Custom SAML app", "https://sp.example/acs", "urn:sp", nil)},
		{"custom, everything", "custom", map[string]string{"acs_url": "https://sp.example/acs", "audience": "urn:sp", "name_id_format": "Persistent",
			"name_id": "${user.login}", "relay_state": "https://sp.example/home", "group_attribute": "groups", "group_filter": "App-.*",
			"attributes": `mail=user.email, short=String.substringBefore(user.login, "@")`}, nil,
			samlApp("Custom SAML app", "https://sp.example/acs", "urn:sp", func(a *sso.App) {
				a.SAML.NameIDFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
				a.SAML.NameIDTemplate = "${user.login}"
				a.SAML.DefaultRelayState = "https://sp.example/home"
				a.SAML.Attributes = []sso.AttributeStatement{
					{Group: true, Name: "groups", Format: sso.AttrUnspec, FilterType: "REGEX", FilterValue: "App-.*"},
					statement("mail", "user.email"), statement("short", `String.substringBefore(user.login, "@")`)}
			})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := builtIn(t, tt.profile)
			inputs, err := p.CheckInputs(tt.inputs)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.WantedApp("", inputs, tt.offered)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSettingsAreTheGuides(t *testing.T) {
	t.Parallel()
	idp := sso.IdPValues{Issuer: "http://www.okta.com/exk1", SSOURL: "https://acme.okta.com/app/a/exk1/sso/saml", ExternalKey: "exk1",
		MetadataURL: "https://acme.okta.com/app/exk1/sso/saml/metadata", Certificate: certificateDER(t),
		ClientID: "0oa1", OIDCIssuer: "https://acme.okta.com"}
	oneLine := strings.ReplaceAll(certificatePEM(t), "\n", "")
	body := strings.TrimSuffix(strings.TrimPrefix(oneLine, "-----BEGIN CERTIFICATE-----"), "-----END CERTIFICATE-----")
	const fingerprint = "(fingerprint)"
	infobip := "custom_domain=acme|idp_login_url=" + idp.SSOURL + "|idp_issuer=" + idp.Issuer + "|idp_certificate="
	justcall := "sso_url=" + idp.SSOURL + "|issuer=" + idp.Issuer + "|certificate=" + certificatePEM(t)
	tests := []struct {
		name, profile string
		push          sso.PushWay
		inputs        map[string]string
		want          string
	}{
		{"Telnyx API", "telnyx", sso.PushAPI, map[string]string{"short_name": "acme"}, "name=Okta|short_name=acme|idp_entity_id=" + idp.Issuer +
			"|idp_sso_target_url=" + idp.SSOURL + "|idp_cert_fingerprint=" + fingerprint + "|idp_cert_fingerprint_algorithm=sha256"},
		{"Telnyx API, bare id", "telnyx", sso.PushAPI, map[string]string{"short_name": "acme", "idp_entity_id": "bare", "provider_name": "Acme Okta"},
			"name=Acme Okta|short_name=acme|idp_entity_id=exk1|idp_sso_target_url=" + idp.SSOURL + "|idp_cert_fingerprint=" + fingerprint +
				"|idp_cert_fingerprint_algorithm=sha256"},
		{"Telnyx page", "telnyx", sso.PushGuided, map[string]string{"short_name": "acme"},
			"name=Okta|short_name=acme|metadata_url=" + idp.MetadataURL + "|idp_entity_id=exk1"},
		{"Telnyx page, whole issuer", "telnyx", sso.PushGuided, map[string]string{"short_name": "acme", "idp_entity_id": "url"},
			"name=Okta|short_name=acme|metadata_url=" + idp.MetadataURL + "|idp_entity_id=" + idp.Issuer},
		{"Infobip", "infobip", sso.PushAPI, map[string]string{"custom_domain": "acme"}, infobip + oneLine + "|auto_create_users=false|auto_create_groups=false"},
		{"Infobip, body only, all on", "infobip", sso.PushGuided,
			map[string]string{"custom_domain": "acme", "auto_create_users": "yes", "auto_create_groups": "yes", "group_filter": "A.*", "idp_certificate": "body-only"},
			infobip + body + "|auto_create_users=true|auto_create_groups=true"},
		{"JustCall", "justcall", sso.PushAPI, map[string]string{"default_role": "Member"}, justcall + "|default_role=Member"},
		{"JustCall, role left to the person", "justcall", sso.PushGuided, nil, justcall},
		{"CloudTalk", "cloudtalk", sso.PushAPI, nil, "client_id=0oa1|client_secret=|discovery_url=https://acme.okta.com/|method=GET|enforce=false"},
		{"CloudTalk, exact issuer and POST", "cloudtalk", sso.PushAPI, map[string]string{"discovery": "issuer", "method": "POST"},
			"client_id=0oa1|client_secret=|discovery_url=https://acme.okta.com|method=POST|enforce=false"},
		{"CloudTalk, enforcement waits", "cloudtalk", sso.PushAPI, map[string]string{"enforce": "yes"},
			"client_id=0oa1|client_secret=|discovery_url=https://acme.okta.com/|method=GET"},
		{"custom", "custom", sso.PushGuided, map[string]string{"acs_url": "https://sp.example/acs", "audience": "x", "certificate_form": "body-only"},
			"sso_url=" + idp.SSOURL + "|issuer=" + idp.Issuer + "|metadata_url=" + idp.MetadataURL + "|certificate=" + body},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := builtIn(t, tt.profile).For(tt.push)
			given := map[string]string{"acs_url": "https://sp.example/acs", "sp_entity_id": "x"}
			if tt.profile != "justcall" {
				given = map[string]string{}
			}
			for id, answer := range tt.inputs {
				given[id] = answer
			}
			inputs, err := p.CheckInputs(given)
			if err != nil {
				t.Fatal(err)
			}
			settings, err := p.WantedSettings(inputs, nil, idp)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range settings {
				if s.Rendering == "fingerprint-sha256" && len(s.Value) == 32*3-1 {
					s.Value = fingerprint
				}
				got = append(got, s.ID+"="+s.Value)
			}
			if diff := cmp.Diff(strings.Split(tt.want, "|"), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestProfilesSayHowTheyAreProvenAndTurnedOn(t *testing.T) {
	t.Parallel()
	both, spOnly := catalog.Flows{SPInitiated: true, IdPInitiated: true}, catalog.Flows{SPInitiated: true}
	for id, want := range map[string]struct {
		proof  catalog.ProofKind
		turnOn catalog.TurnOn
		flows  catalog.Flows
		certs  int
		base   string
	}{
		"net2phone": {catalog.ProofSPTest, catalog.TurnOnSwitch, both, 1, ""},
		"telnyx":    {catalog.ProofResponse, catalog.TurnOnSwitch, both, 1, "https://api.telnyx.com/v2"},
		"infobip":   {catalog.ProofSignIn, catalog.TurnOnNone, spOnly, 1, ""},
		"justcall":  {catalog.ProofSPTest, catalog.TurnOnSwitch, both, 1, ""},
		"cloudtalk": {catalog.ProofResponse, catalog.TurnOnSwitch, spOnly, 0, ""},
	} {
		p := builtIn(t, id)
		if p.Proof != want.proof || p.TurnOn != want.turnOn || p.Flows != want.flows || p.Certificates != want.certs || p.API.BaseURL != want.base {
			t.Errorf("%s: proof %s, turn on %s, flows %+v, certificates %d, base URL %q", id, p.Proof, p.TurnOn, p.Flows, p.Certificates, p.API.BaseURL)
		}
		if says := strings.Contains(p.Consent, "saving the values turns sign-in with Okta on"); p.Consent == "" || says != (p.TurnOn == catalog.TurnOnNone) {
			t.Errorf("%s: consent %q", id, p.Consent)
		}
	}
	if p := builtIn(t, "custom"); p.API != nil {
		t.Error("custom has a settings API")
	}
}

func TestInputsAreThoseOfTheDesign(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"net2phone": "",
		"telnyx":    "short_name provider_name=Okta",
		"infobip":   "custom_domain auto_create_users=no auto_create_groups=no group_filter bookmark=no",
		"justcall":  "acs_url sp_entity_id default_role",
		"cloudtalk": "method=GET discovery=seed enforce=no",
	} {
		var got []string
		for _, in := range builtIn(t, id).Inputs {
			text := in.ID
			if in.Default != "" {
				text += "=" + in.Default
			}
			got = append(got, text)
		}
		if diff := cmp.Diff(strings.Fields(want), got); diff != "" && want+strings.Join(got, "") != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
}

func TestTelnyxSaysWhatTurningOnDoesToPeople(t *testing.T) {
	t.Parallel()
	p := builtIn(t, "telnyx")
	for _, part := range []string{"every user", "at once", "72 hours", "cannot be recalled", "turning single sign-on off again does not undo"} {
		if !strings.Contains(p.Consent, part) {
			t.Errorf("the consent does not say %q: %s", part, p.Consent)
		}
	}
	if p.Deadline == nil || p.Deadline.After.Hours() != 72 || !strings.Contains(p.Deadline.Says, "Passwords end") {
		t.Errorf("deadline %+v", p.Deadline)
	}
	if p.API.People == nil || p.API.People.KeepsPassword.At != "organization_user_bypasses_sso" {
		t.Errorf("people %+v", p.API.People)
	}
}

func TestEveryProfileHasAdviceOnEveryCheckOfItsProtocol(t *testing.T) {
	t.Parallel()
	saml := strings.Fields("posted_to destination issuer in_response_to response_signature assertion_signature certificate recipient audience " +
		"not_before not_on_or_after nameid_format nameid sign_in.* settings.* sign_in.not_assigned sign_in.start_refused sign_in.sp_refused")
	oidc := strings.Fields("issuer audience signature nonce expiry email settings.* sign_in.* sign_in.not_assigned redirect_uri invalid_client userinfo")
	for id, codes := range map[string][]string{"net2phone": saml, "telnyx": saml, "infobip": append(saml, "attribute.*"), "justcall": append(saml, "attribute.*"), "cloudtalk": oidc} {
		p := builtIn(t, id)
		has := map[string]bool{}
		for _, trouble := range p.Troubleshooting {
			for _, code := range trouble.Codes {
				has[code] = true
			}
		}
		for _, code := range codes {
			if !has[code] {
				t.Errorf("%s: no advice for %s", id, code)
			}
		}
		if len(p.Prerequisites) == 0 || len(p.FollowUp) == 0 || p.Guide == "" {
			t.Errorf("%s: prerequisites, follow-up or guide are missing", id)
		}
	}
}

func TestCodesHaveOneAdviceEach(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range c.List() {
		seen := map[string]bool{}
		for _, trouble := range p.Troubleshooting {
			for _, code := range trouble.Codes {
				if seen[code] {
					t.Errorf("%s: two advices for %s", p.ID, code)
				}
				seen[code] = true
			}
		}
	}
}

func TestEveryBuiltInProfileIsListed(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("profiles/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, f := range files {
		want = append(want, strings.TrimSuffix(filepath.Base(f), ".yaml"))
	}
	for _, p := range c.List() {
		got = append(got, p.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) < 6 {
		t.Errorf("file names and ids differ: %s", diff)
	}
}
