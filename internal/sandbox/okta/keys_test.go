package okta_test

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type jsonKey struct {
	KID, Kty, Use, E, N             string
	Created, LastUpdated, ExpiresAt string
	X5C                             []string `json:"x5c"`
	Thumbprint                      string   `json:"x5t#S256"`
}

func keysOf(t *testing.T, s *sandbox, app string) []jsonKey {
	t.Helper()
	var keys []jsonKey
	r := s.must(200, "GET", "/api/v1/apps/"+app+"/credentials/keys", "")
	if r.Header.Get("Link") != "" {
		t.Errorf("keys have a Link")
	}
	r.into(t, &keys)
	return keys
}

func certificateOf(t *testing.T, s *sandbox, app string) []byte {
	t.Helper()
	der, err := base64.StdEncoding.DecodeString(keysOf(t, s, app)[0].X5C[0])
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestKeyAndCertificateAreLikeOktas(t *testing.T) {
	t.Parallel()
	s := start(t)
	app := s.samlApp("Key")
	keys := keysOf(t, s, app)
	if len(keys) != 1 {
		t.Fatalf("%d keys", len(keys))
	}
	der := certificateOf(t, s, app)
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	if err := cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature); err != nil {
		t.Error(err)
	}
	const subject = "CN=acme,OU=SSOProvider,O=Okta,L=San Francisco,ST=California,C=US"
	now := s.clock.now()
	sum := sha256.Sum256(der)
	got := map[string]any{
		"version": cert.Version, "extensions": len(cert.Extensions), "algorithm": cert.SignatureAlgorithm.String(),
		"serial": cert.SerialNumber.Int64(), "before": cert.NotBefore, "after": cert.NotAfter,
		"subject": string(cert.RawSubject) == string(cert.RawIssuer), "name": cert.Subject.String()[:len(subject)],
		"expires": keys[0].ExpiresAt, "thumbprint": keys[0].Thumbprint, "size": cert.PublicKeyAlgorithm.String(),
	}
	want := map[string]any{
		"version": 3, "extensions": 0, "algorithm": "SHA256-RSA", "serial": now.UnixMilli(),
		"before": now.Add(-time.Minute), "after": now.AddDate(10, 0, 0), "subject": true,
		"name":    subject,
		"expires": "2036-01-31T09:30:00.000Z", "thumbprint": base64.RawURLEncoding.EncodeToString(sum[:]), "size": "RSA",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// C is a PrintableString, CN a UTF8String, emailAddress an IA5String.
	for _, part := range []string{"\x13\x02US", "\x0c\x04acme", "\x16\x0dinfo@okta.com"} {
		if !strings.Contains(string(cert.RawSubject), part) {
			t.Errorf("subject has no %q", part)
		}
	}
}

func TestGeneratedKeyIsNotUsedUntilThePUT(t *testing.T) {
	t.Parallel()
	s := start(t)
	app := s.samlApp("Rotating")
	path := "/api/v1/apps/" + app
	first := keysOf(t, s, app)[0]
	s.clock.add(time.Hour)
	var fresh jsonKey
	r := s.must(201, "POST", path+"/credentials/keys/generate?validityYears=3", "")
	r.into(t, &fresh)
	if want := s.url + path + "/credentials/keys/" + fresh.KID; r.Header.Get("Location") != want {
		t.Errorf("Location %q, want %q", r.Header.Get("Location"), want)
	}
	if len(fresh.KID) != 43 || fresh.ExpiresAt != "2029-01-31T10:30:00.000Z" {
		t.Errorf("key %+v", fresh)
	}
	if !strings.Contains(s.must(200, "GET", path, "").text, first.KID) {
		t.Error("generating switched the key")
	}
	preview := s.must(200, "GET", path+"/sso/saml/metadata?kid="+fresh.KID, "", "Accept", "application/xml").text
	if !strings.Contains(strings.ReplaceAll(preview, "\n", ""), fresh.X5C[0]) {
		t.Error("the preview has another certificate than asked for")
	}
	s.clock.add(time.Hour)
	switched := s.must(200, "PUT", path, samlBody("Rotating", `"settings"`, `"credentials":{"signing":{"kid":"`+fresh.KID+`"}},"settings"`)).object(t)
	if kid := switched["credentials"].(map[string]any)["signing"].(map[string]any)["kid"]; kid != fresh.KID {
		t.Errorf("active key is %v", kid)
	}
	if switched["lastUpdated"] != "2026-01-31T11:30:00.000Z" {
		t.Errorf("lastUpdated %v", switched["lastUpdated"])
	}
	for _, k := range keysOf(t, s, app) {
		if k.LastUpdated > "2026-01-31T10:30:00.000Z" {
			t.Error("switching touched a key")
		}
	}
	s.must(400, "PUT", path, samlBody("Rotating", `"settings"`, `"credentials":{"signing":{"kid":"`+strings.Repeat("k", 43)+`"}},"settings"`))
	if !strings.Contains(s.must(200, "GET", path, "").text, fresh.KID) {
		t.Error("a refused kid changed the active one")
	}
}

func TestKeysAreListedByKidIgnoringCase(t *testing.T) {
	t.Parallel()
	s := start(t)
	app := s.samlApp("Many keys")
	for range 9 {
		s.must(201, "POST", "/api/v1/apps/"+app+"/credentials/keys/generate?validityYears=2", "")
	}
	var kids []string
	for _, k := range keysOf(t, s, app) {
		kids = append(kids, strings.ToLower(k.KID))
	}
	if len(kids) != 10 || !slices.IsSorted(kids) {
		t.Errorf("keys come as %q", kids)
	}
}

func TestRefusedKeys(t *testing.T) {
	t.Parallel()
	s := start(t)
	app, other := s.samlApp("One"), s.samlApp("Other")
	path := "/api/v1/apps/" + app + "/credentials/keys"
	for _, years := range []string{"", "1", "11", "x", "-3"} {
		sameBytes(t, s.must(400, "POST", path+"/generate?validityYears="+years, "").text,
			`{"errorCode":"E0000001","errorSummary":"Api validation failed: generateKey","errorLink":"E0000001","errorId":"oae*","errorCauses":[{"errorSummary":"Validity years out of range. It should be 2 - 10 years."}]}`)
	}
	s.must(404, "GET", path+"/"+strings.Repeat("x", 43), "")
	kid := keysOf(t, s, app)[0].KID
	cloned := s.must(201, "POST", path+"/"+kid+"/clone?targetAid="+other, "")
	if want := "/api/v1/apps/" + other + "/credentials/keys/" + kid; !strings.HasSuffix(cloned.Header.Get("Location"), want) {
		t.Errorf("Location %q", cloned.Header.Get("Location"))
	}
	if r := s.must(400, "POST", path+"/"+kid+"/clone?targetAid="+other, ""); !strings.Contains(r.text, "Key already exists in the list of key credentials for the target app.") {
		t.Error(r.text)
	}
	if got := len(keysOf(t, s, other)); got != 2 {
		t.Errorf("the target has %d keys", got)
	}
	s.must(200, "POST", "/api/v1/apps/"+app+"/lifecycle/deactivate", "")
	s.must(204, "DELETE", "/api/v1/apps/"+app, "")
	if got := len(keysOf(t, s, other)); got != 2 {
		t.Errorf("deleting the donor left %d keys", got)
	}
}

func TestMetadataIsXMLUnderTheNameAskedFor(t *testing.T) {
	t.Parallel()
	s := start(t)
	app := s.samlApp("Named")
	for accept, want := range map[string]string{
		"application/xml":             "application/xml",
		"*/*":                         "application/xml",
		"text/xml":                    "text/xml",
		"text/xml, application/json":  "text/xml",
		"application/json, */*;q=0.8": "text/xml",
	} {
		r := s.must(200, "GET", "/api/v1/apps/"+app+"/sso/saml/metadata", "", "Accept", accept)
		if got := r.Header.Get("Content-Type"); got != want+";charset=ISO-8859-1" {
			t.Errorf("Accept %q: Content-Type %q", accept, got)
		}
	}
	if r := s.do("GET", "/api/v1/apps/"+app+"/sso/saml/metadata", "", "Accept", "application/json"); r.StatusCode != 400 {
		t.Errorf("as JSON: %d", r.StatusCode)
	}
}

func TestMetadataBytes(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, tt := range []struct{ format, want string }{
		{"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "1.1:nameid-format:emailAddress"},
		{"urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", "1.1:nameid-format:unspecified 1.1:nameid-format:emailAddress"},
		{"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "1.1:nameid-format:emailAddress 2.0:nameid-format:persistent"},
	} {
		app := s.samlApp("Meta", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", tt.format)
		r := s.must(200, "GET", "/api/v1/apps/"+app+"/sso/saml/metadata", "", "Accept", "application/xml")
		if got := r.Header.Get("Content-Type"); got != "application/xml;charset=ISO-8859-1" {
			t.Errorf("Content-Type %q", got)
		}
		if got := r.Header.Get("Content-Length"); got != strconv.Itoa(len(r.text)) {
			t.Errorf("Content-Length %q of %d", got, len(r.text))
		}
		formats := ""
		for f := range strings.SplitSeq(tt.want, " ") {
			formats += "<md:NameIDFormat>urn:oasis:names:tc:SAML:" + f + "</md:NameIDFormat>"
		}
		_, rest, _ := strings.Cut(r.text, "<ds:X509Certificate>")
		cert, _, _ := strings.Cut(rest, "</ds:X509Certificate>")
		lines := strings.Split(cert, "\n")
		if len(lines) < 10 || len(lines[0]) != 76 || lines[len(lines)-1] == "" {
			t.Errorf("certificate is not in 76 columns:\n%s", cert)
		}
		name := s.must(200, "GET", "/api/v1/apps/"+app, "").object(t)["name"].(string)
		sameBytes(t, strings.Replace(r.text, cert, "CERT", 1), `<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="http://www.okta.com/exk*" `+
			`xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"><md:IDPSSODescriptor WantAuthnRequestsSigned="false" `+
			`protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo `+
			`xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>CERT</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`+
			formats+`<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{o}/app/`+name+`/exk*/sso/saml"/>`+
			`<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{o}/app/`+name+`/exk*/sso/saml"/>`+
			`</md:IDPSSODescriptor></md:EntityDescriptor>`)
		exk := r.text[strings.Index(r.text, "exk"):][:20]
		for _, path := range []string{"/app/" + exk + "/sso/saml/metadata", "/app/" + name + "/" + exk + "/sso/saml/metadata"} {
			if got := s.must(200, "GET", path, "", "Authorization", "").text; got != r.text {
				t.Errorf("%s is not the preview of the active key", path)
			}
		}
		s.must(404, "GET", "/app/wrong_name_1/"+exk+"/sso/saml/metadata", "", "Authorization", "")
	}
}

func TestMetadataHasSingleLogoutBeforeNameIDFormat(t *testing.T) {
	t.Parallel()
	s := start(t)
	cert := base64.StdEncoding.EncodeToString(certificateOf(t, s, s.samlApp("Donor")))
	app := s.samlApp("SLO", `"slo":{"enabled":false}`,
		`"slo":{"enabled":true,"issuer":"i","logoutUrl":"https://sp.example/slo"},"spCertificate":{"x5c":["`+cert+`"]}`)
	text := s.must(200, "GET", "/api/v1/apps/"+app+"/sso/saml/metadata", "", "Accept", "application/xml").text
	var at []int
	for _, part := range []string{"</md:KeyDescriptor>", "/slo/saml", "<md:NameIDFormat>", "/sso/saml"} {
		at = append(at, strings.Index(text, part))
	}
	if at[0] < 0 || !slices.IsSorted(at) || strings.Count(text, "<md:SingleLogoutService") != 2 {
		t.Errorf("parts stand at %v in\n%s", at, text)
	}
}

func TestMetadataRefusals(t *testing.T) {
	t.Parallel()
	s := start(t)
	path := "/api/v1/apps/" + s.samlApp("Meta") + "/sso/saml/metadata"
	r := s.must(400, "GET", path, "", "Accept", "application/json")
	if !strings.Contains(r.text, `"errorCode":"E0000019"`) || r.Header.Get("X-Rate-Limit-Limit") != "" {
		t.Errorf("%v %s", r.Header, r.text)
	}
	s.must(404, "GET", path+"?kid="+strings.Repeat("x", 43), "", "Accept", "application/xml")
	s.must(404, "GET", "/app/exk12345678901234567/sso/saml/metadata", "", "Authorization", "")
}
