package catalog_test

import (
	"encoding/pem"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/certificate"
	"example.com/ssowizard/internal/sso"
)

// twoPlaces is a small profile for a service provider that holds two
// certificates; settings are the lines of its settings, of which @1 makes it one
// that holds a single one.
func twoPlaces(t *testing.T, settings ...string) (*catalog.Profile, error) {
	t.Helper()
	text := `id: two
name: Two
protocol: saml
app: {acs_url: https://two.example/acs, audience: two, name_id_format: EmailAddress, name_id_template: "${user.email}"}
flows: [sp-initiated]
settings:
` + "  - " + strings.Join(settings, "\n  - ") + `
certificates: 2
turn_on: none
proof: response
portal: {url: https://two.example, page: Sign-in}
`
	text = strings.Replace(text, "\n  - @1\ncertificates: 2", "\ncertificates: 1", 1)
	return catalog.ParseProfile("two.yaml", []byte(text))
}

const (
	listSetting   = `{id: keys, label: Keys, kind: textarea, value: "{{ .IdP.Certificate }}", rendering: pem-text, required: true}`
	firstSetting  = `{id: first, label: First, kind: textarea, value: "{{ .IdP.Certificate }}", rendering: body-one-line, required: true}`
	secondSetting = `{id: second, label: Second, kind: textarea, value: "{{ .IdP.OtherCertificate }}", rendering: body-one-line}`
)

func render(t *testing.T, text, rendering string) string {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	out, err := certificate.Render(block.Bytes, rendering)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCertificatesStandWhereTheServiceProviderHasThem(t *testing.T) {
	t.Parallel()
	one, _ := pem.Decode([]byte(certificatePEM(t)))
	other, _ := pem.Decode([]byte(otherPEM(t)))
	oneLine, otherLine := render(t, certificatePEM(t), "body-one-line"), render(t, otherPEM(t), "body-one-line")
	usual, rotating := sso.IdPValues{Certificate: one.Bytes}, sso.IdPValues{Certificate: one.Bytes, OtherCertificate: other.Bytes}
	turned := sso.IdPValues{Certificate: other.Bytes, OtherCertificate: one.Bytes, OtherFirst: true}
	tests := []struct {
		name     string
		settings []string
		idp      sso.IdPValues
		want     map[string]string
	}{
		{"a list has the one in use", []string{listSetting}, usual, map[string]string{"keys": certificatePEM(t)}},
		{"a list has both in a rotation", []string{listSetting}, rotating, map[string]string{"keys": certificatePEM(t) + otherPEM(t)}},
		{"the second place is empty", []string{firstSetting, secondSetting}, usual, map[string]string{"first": oneLine, "second": ""}},
		{"each place has one in a rotation", []string{firstSetting, secondSetting}, rotating, map[string]string{"first": oneLine, "second": otherLine}},
		{"what was there keeps its place after the switch", []string{firstSetting, secondSetting}, turned, map[string]string{"first": oneLine, "second": otherLine}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := twoPlaces(t, tt.settings...)
			if err != nil {
				t.Fatal(err)
			}
			list, err := p.WantedSettings(nil, nil, tt.idp)
			got := map[string]string{}
			for _, s := range list {
				got[s.ID] = s.Value
			}
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestASecondPlaceIsNotPlannedBeforeItIsNeeded(t *testing.T) {
	t.Parallel()
	p, err := twoPlaces(t, firstSetting, secondSetting)
	if err != nil {
		t.Fatal(err)
	}
	list, err := p.PlannedSettings(nil, nil)
	if err != nil || len(list) != 1 || list[0].ID != "first" {
		t.Errorf("%v, %v", list, err)
	}
}

func TestListsOfCertificatesAreEqualInAnyOrderAndForm(t *testing.T) {
	t.Parallel()
	p, err := twoPlaces(t, listSetting)
	if err != nil {
		t.Fatal(err)
	}
	one, other := certificatePEM(t), otherPEM(t)
	bodies := render(t, other, "body-one-line") + "\n" + render(t, one, "body-one-line")
	tests := []struct {
		name string
		a, b string
		want bool
	}{
		{"the same", one + other, one + other, true},
		{"turned round", one + other, other + one, true},
		{"another form", one + other, bodies, true},
		{"one is missing", one + other, one, false},
		{"one twice", one + other, one + one, false},
		{"another one", one, other, false},
		{"base64 on many lines is one", one, strings.ReplaceAll(strings.ReplaceAll(one, "-----BEGIN CERTIFICATE-----\n", ""), "-----END CERTIFICATE-----\n", ""), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := p.SettingsEqual("keys", tt.a, tt.b); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
			if got := p.SettingsEqual("keys", tt.b, tt.a); got != tt.want {
				t.Errorf("the other way round: %v, want %v", got, tt.want)
			}
		})
	}
}

func TestHoldsFindsACertificateAmongSeveral(t *testing.T) {
	t.Parallel()
	one, _ := pem.Decode([]byte(certificatePEM(t)))
	sums := strings.ToLower(render(t, otherPEM(t), "fingerprint-sha256") + "\n" + render(t, certificatePEM(t), "fingerprint-sha256"))
	tests := []struct {
		name, text, rendering string
		want                  bool
	}{
		{"alone", certificatePEM(t), "pem-text", true},
		{"second", otherPEM(t) + certificatePEM(t), "pem-text", true},
		{"not there", otherPEM(t), "pem-text", false},
		{"fingerprints", sums, "fingerprint-sha256", true},
		{"nothing", "", "pem-text", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := catalog.Holds(tt.text, tt.rendering, one.Bytes); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestProfilesWithoutRoomForTheirCertificatesAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		settings []string
		reason   string
	}{
		{"required second place", []string{firstSetting, strings.TrimSuffix(secondSetting, "}") + ", required: true}"}, `two.yaml:8: setting "second" cannot be required`},
		{"a second place without room", []string{firstSetting, secondSetting, "@1"}, `two.yaml:8: setting "second" is for a second certificate, so certificates has to be 2`},
		{"two second places", []string{firstSetting, secondSetting, strings.Replace(secondSetting, "id: second", "id: third", 1)}, "only one setting can have"},
		{"binary list", []string{`{id: keys, label: Keys, kind: file, value: "{{ .IdP.Certificate }}", rendering: der-file}`}, `two.yaml:7: setting "keys" cannot hold 2 certificates in the form der-file`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := twoPlaces(t, tt.settings...)
			if err == nil || !strings.Contains(err.Error(), tt.reason) {
				t.Errorf("%v does not say %q", err, tt.reason)
			}
		})
	}
}
