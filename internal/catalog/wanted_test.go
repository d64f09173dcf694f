package catalog_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

func whole(t *testing.T) *catalog.Profile {
	t.Helper()
	data, err := os.ReadFile("testdata/whole.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := catalog.ParseProfile("whole.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestInputsAreCheckedAndCompleted(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		given map[string]string
		want  map[string]string
		wrong []string // what error and hints have to say; nil: no error
	}{
		{"defaults are filled in", map[string]string{"short_name": "acme"},
			map[string]string{"short_name": "acme", "auto_create_groups": "no", "certificate_form": "one-line"}, nil},
		{"given wins over default", map[string]string{"short_name": "acme", "auto_create_groups": "yes", "group_filter": "^s"},
			map[string]string{"short_name": "acme", "auto_create_groups": "yes", "certificate_form": "one-line", "group_filter": "^s"}, nil},
		{"missing", nil, nil, []string{"short_name (Short name)", "--input short_name=acme"}},
		{"empty is missing", map[string]string{"short_name": ""}, nil, []string{"short_name (Short name)"}},
		{"pattern has to fit the whole", map[string]string{"short_name": "acme/../x"}, nil, []string{"short_name", "lower-case letters, digits and hyphens"}},
		{"choice", map[string]string{"short_name": "acme", "auto_create_groups": "maybe"}, nil, []string{`"maybe"`, "yes, no"}},
		{"unknown", map[string]string{"short_name": "acme", "shortname": "x"}, nil, []string{`"shortname"`, "known inputs: short_name, auto_create_groups"}},
		{"control characters", map[string]string{"short_name": "acme", "group_filter": "a\x1b[2J"}, nil, []string{"control characters"}},
		{"everything at once", map[string]string{"nope": "x", "auto_create_groups": "maybe"}, nil, []string{`"nope"`, `"maybe"`, "short_name (Short name)"}},
	}
	p := whole(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := p.CheckInputs(tt.given)
			if tt.wrong == nil {
				if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
					t.Errorf("error %v\n%s", err, diff)
				}
				return
			}
			if err == nil {
				t.Fatal("accepted")
			}
			if hint.CodeOf(err) != hint.Usage {
				t.Errorf("exit code %d", hint.CodeOf(err))
			}
			all := err.Error() + "\n" + strings.Join(hint.Hints(err), "\n")
			for _, part := range tt.wrong {
				if !strings.Contains(all, part) {
					t.Errorf("%q does not say %q", all, part)
				}
			}
		})
	}
}

func TestAppFollowsInputsAndOfferedValues(t *testing.T) {
	t.Parallel()
	p := whole(t)
	inputs := map[string]string{"short_name": "acme", "auto_create_groups": "yes", "group_filter": "^Support"}
	app, err := p.WantedApp("Acme test", inputs, map[string]string{"sp_entity_id": "urn:acme"})
	if err != nil {
		t.Fatal(err)
	}
	if app.Label != "Acme test" || app.UserNameTemplate != "${source.email}" || !app.HideTile {
		t.Errorf("app %+v", app)
	}
	s := app.SAML
	if s.ACSURL != "https://api.acme.example/saml/acme" || s.Recipient != s.ACSURL || s.Destination != s.ACSURL || s.Audience != "urn:acme" {
		t.Errorf("addresses %+v", s)
	}
	want := []sso.AttributeStatement{
		{Group: true, Name: "http://schemas.xmlsoap.org/claims/Group", Format: sso.AttrBasic, FilterType: "REGEX", FilterValue: "^Support"},
		{Name: "email", Format: sso.AttrUnspec, Values: []string{"user.email"}},
	}
	if diff := cmp.Diff(want, s.Attributes); diff != "" {
		t.Error(diff)
	}

	inputs["auto_create_groups"] = "no"
	delete(inputs, "group_filter")
	app, err = p.WantedApp("", inputs, map[string]string{"sp_entity_id": "urn:acme"})
	if err != nil || app.Label != "Acme" || len(app.SAML.Attributes) != 1 {
		t.Errorf("without groups: error %v, label %q, attributes %v", err, app.Label, app.SAML)
	}
}

func TestAppIsRefusedWhenAValueIsMissingOrNoURL(t *testing.T) {
	t.Parallel()
	p := whole(t)
	_, err := p.WantedApp("", map[string]string{"short_name": "acme"}, nil)
	if err == nil || !strings.Contains(err.Error(), "Audience (SP entity ID): no value for .SP.sp_entity_id") {
		t.Errorf("error %v", err)
	}
	_, err = p.WantedApp("", map[string]string{"short_name": "a b"}, map[string]string{"sp_entity_id": "x"})
	if err == nil || !strings.Contains(err.Error(), "ACS URL") {
		t.Errorf("error %v", err)
	}
	_, err = p.WantedApp("", map[string]string{"short_name": "acme"}, map[string]string{"sp_entity_id": "x\x1b"})
	if err == nil || !strings.Contains(err.Error(), "control characters") {
		t.Errorf("error %v", err)
	}
}

func TestSettingsFollowCasesAndAlternates(t *testing.T) {
	t.Parallel()
	p := whole(t)
	idp := sso.IdPValues{Issuer: "http://www.okta.com/exk1", Certificate: certificateDER(t)}
	values := func(inputs map[string]string) map[string]string {
		t.Helper()
		settings, err := p.WantedSettings(inputs, nil, idp)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, s := range settings {
			out[s.ID] = s.Rendering + "|" + s.Value
		}
		return out
	}
	oneLine := strings.ReplaceAll(certificatePEM(t), "\n", "")
	bare := strings.TrimSuffix(strings.TrimPrefix(oneLine, "-----BEGIN CERTIFICATE-----"), "-----END CERTIFICATE-----")
	got := values(map[string]string{"auto_create_groups": "no"})
	want := map[string]string{"issuer": "|" + idp.Issuer, "certificate": "pem-one-line|" + oneLine, "groups": "|false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = values(map[string]string{"auto_create_groups": "yes", "group_filter": "x", "certificate_form": "bare"})
	want = map[string]string{"issuer": "|" + idp.Issuer, "certificate": "body-one-line|" + bare, "groups": "|true", "prefix": "|acme-x"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got = values(map[string]string{"auto_create_groups": "yes"}); got["prefix"] != "" {
		t.Errorf("an optional setting without a value became %q", got["prefix"])
	}
}

func TestFingerprintsTogglesAndFormsAreComparedByMeaning(t *testing.T) {
	t.Parallel()
	p := whole(t)
	upper := strings.Repeat("AB:", 31) + "AB"
	if !p.SettingsEqual("certificate", upper, strings.ToLower(strings.ReplaceAll(upper, ":", ""))) {
		t.Error("fingerprints differ by letter case and colons only")
	}
	if p.SettingsEqual("certificate", upper, strings.Repeat("AB:", 31)+"AC") || p.SettingsEqual("certificate", "AB:CD", "abcd") {
		t.Error("other or short fingerprints are equal")
	}
	if !p.SettingsEqual("groups", "true", "yes") || p.SettingsEqual("groups", "true", "no") || p.SettingsEqual("groups", "true", "maybe") {
		t.Error("toggles are not compared by their truth")
	}
	if p.SettingsEqual("issuer", "https://A", "https://a") {
		t.Error("an issuer is compared without regard to letter case")
	}
}

func TestOIDCApp(t *testing.T) {
	t.Parallel()
	text := `{id: x, name: X, protocol: oidc, flows: [sp-initiated], turn_on: none, proof: response,
portal: {url: "https://x.example", page: Settings}, app: {redirect_uris: ["https://x.example/cb"],
post_logout_redirect_uris: ["https://x.example/out"], client_authentication: client_secret_post},
settings: [{id: client_id, label: Client ID, kind: text, value: "{{ .IdP.ClientID }}", required: true},
{id: client_secret, label: Client Secret, kind: secret, value: "{{ .IdP.ClientSecret }}", required: true},
{id: discovery, label: Discovery URL, kind: text, value: "{{ .IdP.OIDCIssuer }}/", required: true}]}`
	p, err := catalog.ParseProfile("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	app, err := p.WantedApp("", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := sso.App{Label: "X", SignOnMode: "OPENID_CONNECT", OIDC: &sso.OIDCSettings{
		RedirectURIs: []string{"https://x.example/cb"}, PostLogoutRedirectURIs: []string{"https://x.example/out"},
		GrantTypes: []string{"authorization_code"}, ResponseTypes: []string{"code"},
		ClientAuthentication: "client_secret_post", IssuerMode: "ORG_URL"}}
	if diff := cmp.Diff(want, app); diff != "" {
		t.Error(diff)
	}
	settings, err := p.WantedSettings(nil, nil, sso.IdPValues{ClientID: "0oa1", OIDCIssuer: "https://acme.okta.com"})
	if err != nil {
		t.Fatal(err)
	}
	wantSettings := []sso.SPSetting{
		{ID: "client_id", Label: "Client ID", Kind: "text", Value: "0oa1", Required: true},
		{ID: "client_secret", Label: "Client Secret", Kind: "secret", Required: true, Secret: true},
		{ID: "discovery", Label: "Discovery URL", Kind: "text", Value: "https://acme.okta.com/", Required: true},
	}
	if diff := cmp.Diff(wantSettings, settings); diff != "" {
		t.Error(diff)
	}
}

func TestAddressesOfTheServiceProviderAreProtected(t *testing.T) {
	t.Parallel()
	p := builtIn(t, "custom")
	for acs, good := range map[string]bool{
		"https://sp.example/acs": true, "http://127.0.0.1:8080/acs": true, "http://[::1]/acs": true, "http://localhost/acs": true, "http://LOCALHOST:80/acs": true,
		"http://sp.example/acs": false, "HTTP://sp.example/acs": false, "http://localhost.sp.example/acs": false, "http://10.0.0.1/acs": false,
	} {
		inputs, err := p.CheckInputs(map[string]string{"acs_url": acs, "audience": "x"})
		if good != (err == nil) || !good && !strings.Contains(err.Error(), "not protected") {
			t.Errorf("%s: %v", acs, err)
		}
		if !good {
			continue
		}
		if _, err := p.WantedApp("", inputs, nil); err != nil {
			t.Errorf("%s: %v", acs, err)
		}
	}
	shown := map[string]string{"acs_url": "http://sp.example/acs", "sp_entity_id": "x"}
	if _, err := builtIn(t, "justcall").WantedApp("", nil, shown); err == nil || !strings.Contains(err.Error(), "not protected") {
		t.Errorf("what the service provider shows: %v", err)
	}
}
