package guided_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/spclient/guided"
)

const secretText = "canary-client-secret"

// byHand writes the folder of a built-in profile and gives values.txt and the
// names of all files.
func byHand(t *testing.T, id string, inputs map[string]string, idp sso.IdPValues) (string, []string) {
	t.Helper()
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile(id)
	if err != nil {
		t.Fatal(err)
	}
	checked, err := p.CheckInputs(inputs)
	if err != nil {
		t.Fatal(err)
	}
	wanted, err := p.For(sso.PushGuided).WantedSettings(checked, nil, idp)
	if err != nil {
		t.Fatal(err)
	}
	for i := range wanted {
		if wanted[i].Secret {
			wanted[i].Value = secretText
		}
	}
	dir := t.TempDir()
	files, err := guided.WriteFolder(dir, p, wanted)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, filepath.Base(f))
		data, err := os.ReadFile(f)
		if err != nil || strings.Contains(string(data), secretText) {
			t.Errorf("%s: error %v, or the secret is in it", f, err)
		}
	}
	return read(t, files[0]), names
}

func TestEveryProfileCanBeSetUpByHand(t *testing.T) {
	t.Parallel()
	idp := sso.IdPValues{Issuer: "http://www.okta.com/exk1", ExternalKey: "exk1", SSOURL: "https://acme.okta.com/app/x/exk1/sso/saml",
		MetadataURL: "https://acme.okta.com/app/exk1/sso/saml/metadata", Certificate: certificate(t), ClientID: "0oa1", OIDCIssuer: "https://acme.okta.com"}
	tests := []struct {
		profile string
		inputs  map[string]string
		parts   []string // in this order
		never   string
		files   string
	}{
		{"telnyx", map[string]string{"short_name": "acme"}, []string{"First:\n- Press the green button Enable Single Sign-On", "Authentication Provider Name\nOkta",
			"Short Name\nacme", "IdP Metadata URL\n" + idp.MetadataURL, "IdP Entity ID\nexk1\n", "- Import IdP Settings & Save", "- Save Changes"},
			"Fingerprint", "values.txt"},
		{"infobip", map[string]string{"custom_domain": "acme"}, []string{"First:\n- Press Configure", "SP Entity ID (custom domain)\nacme", "IdP Login URL\n" + idp.SSOURL,
			"IdP entity ID (Identity Provider Issuer)\n" + idp.Issuer, "IdP Signature Certificate\n-----BEGIN CERTIFICATE-----MI", "Auto-create users\noff",
			"Auto-create groups\noff", "- Save: What is saved is on."}, "leave it as it is", "values.txt"},
		{"justcall", map[string]string{"acs_url": "https://app.justcall.io/a", "sp_entity_id": "x"}, []string{"First:\n- Press Enable SSO and select SAML 2.0",
			"SSO URL\n" + idp.SSOURL, "IdP entity ID (Issuer / Entity ID)\n" + idp.Issuer, "Certificate\n(the file okta.cert", "Default Role\n(choose on the page)",
			"- Save Configuration\n- Test Connection"}, "- Enable SSO", "values.txt okta.cert"},
		{"cloudtalk", nil, []string{"First:\n- Turn Enable Okta SSO on", "Client ID\n0oa1", "Client Secret\n(a secret", "Discovery URL\nhttps://acme.okta.com/\n",
			"Method\nGET", "Enforce Okta SSO\noff", "- Save"}, "- Enable Okta SSO", "values.txt"},
		{"custom", map[string]string{"acs_url": "https://sp.example/acs", "audience": "x", "certificate_form": "fingerprint-sha256"},
			[]string{"Custom SAML service provider\n\nBefore you start:\n- ", "\nthe SSO settings of the service provider\n\nIdP SSO URL\n" + idp.SSOURL, "Single Logout URL\n(leave it as it is)",
				"IdP certificate\n"}, "okta.cert", "values.txt"},
	}
	for _, tt := range tests {
		t.Run(tt.profile, func(t *testing.T) {
			t.Parallel()
			text, files := byHand(t, tt.profile, tt.inputs, idp)
			rest := text
			for _, part := range tt.parts {
				_, after, found := strings.Cut(rest, part)
				if !found {
					t.Fatalf("%q is missing or out of order in\n%s", part, text)
				}
				rest = after
			}
			if strings.Contains(text, tt.never) || strings.Join(files, " ") != tt.files {
				t.Errorf("files %v, and text\n%s", files, text)
			}
		})
	}
}

func TestNobodyIsListedByHand(t *testing.T) {
	t.Parallel()
	if people, told, err := guided.New(net2phone(t)).People(t.Context()); people != nil || told || err != nil {
		t.Errorf("people %v, told %v, error %v", people, told, err)
	}
}

// certificate is a throw-away one.
func certificate(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(1_700_000_000, 0), NotAfter: time.Unix(2_000_000_000, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
