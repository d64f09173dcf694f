package signon_test

import (
	"encoding/base64"
	"encoding/pem"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/crewjam/saml"
	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sandbox/okta/signon"
)

// verify lets a foreign service provider judge an answer.
func verify(t *testing.T, text []byte, requestID string) (*saml.Assertion, error) {
	t.Helper()
	acs, err := url.Parse(acsURL)
	if err != nil {
		t.Fatal(err)
	}
	sp := &saml.ServiceProvider{
		EntityID: audience, AcsURL: *acs, AllowIDPInitiated: requestID == "",
		IDPMetadata: &saml.EntityDescriptor{
			EntityID: "http://www.okta.com/exkAPP",
			IDPSSODescriptors: []saml.IDPSSODescriptor{{SSODescriptor: saml.SSODescriptor{RoleDescriptor: saml.RoleDescriptor{
				KeyDescriptors: []saml.KeyDescriptor{{Use: "signing", KeyInfo: saml.KeyInfo{X509Data: saml.X509Data{
					X509Certificates: []saml.X509Certificate{{Data: base64.StdEncoding.EncodeToString(idpKey().Certificate)}}}}}},
			}}}},
		},
	}
	var known []string
	if requestID != "" {
		known = []string{requestID}
	}
	a, err := sp.ParseXMLResponse(text, known, *acs)
	if bad, ok := err.(*saml.InvalidResponseError); ok { //nolint:errorlint // never wrapped
		err = bad.PrivateErr
	}
	return a, err
}

func attributes(a *saml.Assertion) map[string][]string {
	out := map[string][]string{}
	for _, st := range a.AttributeStatements {
		for _, at := range st.Attributes {
			for _, v := range at.Values {
				out[at.Name] = append(out[at.Name], v.Value)
			}
		}
	}
	return out
}

func TestForeignServiceProviderAcceptsTheAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*signon.SAML)
	}{
		{"both signed", func(*signon.SAML) {}},
		{"response signed", func(s *signon.SAML) { s.AssertionSigned = false }},
		{"assertion signed", func(s *signon.SAML) { s.ResponseSigned = false }},
		{"SHA1", func(s *signon.SAML) { s.SignatureAlgorithm, s.DigestAlgorithm = "RSA_SHA1", "SHA1" }},
		{"SHA256 signature over SHA1 digest", func(s *signon.SAML) { s.DigestAlgorithm = "SHA1" }},
		{"no attributes", func(s *signon.SAML) { s.Attributes = nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDirectory()
			c.change(&d.apps[0].SAML)
			b := open(t, d)
			b.signIn("ana.lima@acme.example")
			_, text := b.samlResponse(b.redirectRequest(authnRequest{}, "state"))
			a, err := verify(t, text, "_req1")
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if a.Subject.NameID.Value != "ana.lima@acme.example" {
				t.Errorf("NameID %q", a.Subject.NameID.Value)
			}
			signatures := strings.Count(string(text), "<ds:Signature ")
			want := 0
			for _, on := range []bool{d.apps[0].SAML.AssertionSigned, d.apps[0].SAML.ResponseSigned} {
				if on {
					want++
				}
			}
			if signatures != want {
				t.Errorf("%d signatures, want %d", signatures, want)
			}
		})
	}
}

func TestForeignServiceProviderRefusesAChangedAnswer(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	b.signIn("ana.lima@acme.example")
	_, text := b.samlResponse(b.redirectRequest(authnRequest{}, ""))
	changed := strings.Replace(string(text), ">ana.lima@acme.example<", ">ben.okafor@acme.example<", 1)
	if _, err := verify(t, []byte(changed), "_req1"); err == nil {
		t.Error("a changed NameID was accepted")
	}
	if _, err := verify(t, text, "_another"); err == nil {
		t.Error("an answer to another request was accepted")
	}
}

var (
	ids        = regexp.MustCompile(`"#?id[0-9]{20,}"`)
	base64Text = regexp.MustCompile(`>[A-Za-z0-9+/=\n]{40,}<`)
)

func TestResponseHasOktasShape(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	b := open(t, d)
	b.signIn("ana.lima@acme.example")
	_, text := b.samlResponse(b.redirectRequest(authnRequest{}, ""))
	got := base64Text.ReplaceAllString(ids.ReplaceAllString(string(text), `"ID"`), ">…<")
	const (
		p      = `urn:oasis:names:tc:SAML:2.0:protocol`
		a      = `urn:oasis:names:tc:SAML:2.0:assertion`
		xs     = `http://www.w3.org/2001/XMLSchema`
		issuer = `<saml2:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity" xmlns:saml2="` + a + `">http://www.okta.com/exkAPP</saml2:Issuer>`
		sig    = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>` +
			`<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>` +
			`<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="ID"><ds:Transforms>` +
			`<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>` +
			`<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">` +
			`<ec:InclusiveNamespaces PrefixList="xs" xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transform></ds:Transforms>` +
			`<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>…</ds:DigestValue></ds:Reference></ds:SignedInfo>` +
			`<ds:SignatureValue>…</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>…</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`
		av = `<saml2:AttributeValue xmlns:xs="` + xs + `" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">`
	)
	attribute := func(name, format string, values ...string) string {
		out := `<saml2:Attribute Name="` + name + `" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:` + format + `">`
		for _, v := range values {
			out += av + v + `</saml2:AttributeValue>`
		}
		return out + `</saml2:Attribute>`
	}
	want := `<?xml version="1.0" encoding="UTF-8"?><saml2p:Response Destination="` + acsURL + `" ID="ID" InResponseTo="_req1"` +
		` IssueInstant="2026-03-02T09:30:00.250Z" Version="2.0" xmlns:saml2p="` + p + `" xmlns:xs="` + xs + `">` + issuer + sig +
		`<saml2p:Status xmlns:saml2p="` + p + `"><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></saml2p:Status>` +
		`<saml2:Assertion ID="ID" IssueInstant="2026-03-02T09:30:00.250Z" Version="2.0" xmlns:saml2="` + a + `" xmlns:xs="` + xs + `">` + issuer + sig +
		`<saml2:Subject xmlns:saml2="` + a + `"><saml2:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">ana.lima@acme.example</saml2:NameID>` +
		`<saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml2:SubjectConfirmationData InResponseTo="_req1"` +
		` NotOnOrAfter="2026-03-02T09:35:00.250Z" Recipient="` + acsURL + `"/></saml2:SubjectConfirmation></saml2:Subject>` +
		`<saml2:Conditions NotBefore="2026-03-02T09:25:00.250Z" NotOnOrAfter="2026-03-02T09:35:00.250Z" xmlns:saml2="` + a + `">` +
		`<saml2:AudienceRestriction><saml2:Audience>` + audience + `</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>` +
		`<saml2:AuthnStatement AuthnInstant="2026-03-02T09:30:00.250Z" SessionIndex="ID" xmlns:saml2="` + a + `"><saml2:AuthnContext>` +
		`<saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>` +
		`<saml2:AttributeStatement xmlns:saml2="` + a + `">` + attribute("email", "basic", "ana.lima@acme.example") +
		attribute("roles", "basic", "admin", "agent") + attribute("groups", "unspecified", "Support EMEA", "Support US") +
		`</saml2:AttributeStatement></saml2:Assertion></saml2p:Response>`
	if diff := cmp.Diff(strings.ReplaceAll(want, "><", ">\n<"), strings.ReplaceAll(got, "><", ">\n<")); diff != "" {
		t.Error(diff)
	}
}

func TestIdPInitiatedAnswerAnswersNothing(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	d.apps[0].SAML.DefaultRelayState = "start"
	b := open(t, d)
	b.signIn("ana.lima@acme.example")
	for address, relayState := range map[string]string{
		homePath: "start", homePath + "?RelayState=deep": "deep", ssoPath: "start", ssoPath + "?RelayState=deep": "deep"} {
		f, text := b.samlResponse(b.get(address))
		if strings.Contains(string(text), "InResponseTo") {
			t.Errorf("%s: %s", address, text)
		}
		if f.fields["RelayState"] != relayState || f.id != "appForm" || f.action != acsURL || f.method != "POST" {
			t.Errorf("%s: form %+v", address, f)
		}
		if _, err := verify(t, text, ""); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestSettingsMayDifferFromTheACSURL(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	s := &d.apps[0].SAML
	s.Recipient, s.Destination, s.IssuerTemplate = "https://r.example/", "https://d.example/", "urn:acme:${org.externalKey}:idp"
	b := open(t, d)
	b.signIn("ana.lima@acme.example")
	f, text := b.samlResponse(b.get(ssoPath))
	for _, want := range []string{`Recipient="https://r.example/"`, ` Destination="https://d.example/"`, `>urn:acme:exkAPP:idp<`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is missing in %s", want, text)
		}
	}
	if f.action != acsURL {
		t.Errorf("posted to %s", f.action)
	}
}

func TestAwkwardValuesSurviveSigning(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	odd := "a<b>&amp;\"'\r\n\t\u00e9\u0645\x01\x00]]>"
	d.people[0].Profile["odd"] = odd
	d.apps[0].SAML.Attributes = []signon.Attribute{{Type: "EXPRESSION", Name: `n"<&>`, Values: []string{"user.odd"}}}
	b := open(t, d)
	b.signIn("ana.lima@acme.example")
	_, text := b.samlResponse(b.get(ssoPath))
	a, err := verify(t, text, "")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	// The verifier loses the carriage return after it has verified.
	if !strings.Contains(string(text), "&#xD;") {
		t.Error("the carriage return is not escaped")
	}
	want := map[string][]string{`n"<&>`: {"a<b>&amp;\"'\n\t\u00e9\u0645]]>"}}
	if diff := cmp.Diff(want, attributes(a)); diff != "" {
		t.Error(diff)
	}
}

func TestXmlsecVerifiesBothSignatures(t *testing.T) {
	t.Parallel()
	xmlsec, err := exec.LookPath("xmlsec1")
	if err != nil {
		t.Skip("xmlsec1 is not installed")
	}
	d := newDirectory()
	d.people[0].Profile["odd"] = "line\r\nbreak & <tag>"
	d.apps[0].SAML.Attributes = append(d.apps[0].SAML.Attributes, signon.Attribute{Name: "odd", Values: []string{"user.odd"}})
	b := open(t, d)
	b.signIn("ana.lima@acme.example")
	_, text := b.samlResponse(b.redirectRequest(authnRequest{}, ""))
	dir := t.TempDir()
	file, certFile := filepath.Join(dir, "response.xml"), filepath.Join(dir, "cert.pem")
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: idpKey().Certificate})
	for name, content := range map[string][]byte{file: text, certFile: cert} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, node := range []string{"/*[local-name()='Response']", "//*[local-name()='Assertion']"} {
		out, err := exec.CommandContext(t.Context(), xmlsec, "--verify", "--pubkey-cert-pem", certFile,
			"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response", "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
			"--node-xpath", node+"/*[local-name()='Signature']", file).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", node, err, out)
		}
	}
}
