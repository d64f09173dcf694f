package oktaapi_test

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/sso"
)

const metadataLine = "GET " + appLine + "/sso/saml/metadata"

func metadata(slo string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="http://www.okta.com/exkEXT00000000000001" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"><md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>` +
		inLines() + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>` + slo +
		`<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://acme.okta.com/app/acme_acmesync_1/exkEXT00000000000001/sso/saml/r"/><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://acme.okta.com/app/acme_acmesync_1/exkEXT00000000000001/sso/saml?a=1&amp;b=2"/></md:IDPSSODescriptor></md:EntityDescriptor>`
}

func TestIdPValuesComeFromTheMetadataOfTheActiveKey(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	slo := `<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://acme.okta.com/app/acme_acmesync_1/exkEXT00000000000001/slo/saml"/>`
	o.on(metadataLine, turns(page(200, "application/xml;charset=ISO-8859-1", metadata("")), page(200, "text/xml", metadata(slo))))
	app := sso.App{ID: appID, Label: "Acme", KID: "K&D", SignOnMode: "SAML_2_0"}
	want := sso.IdPValues{Issuer: "http://www.okta.com/exkEXT00000000000001", SSOURL: "https://acme.okta.com/app/acme_acmesync_1/exkEXT00000000000001/sso/saml?a=1&b=2",
		ExternalKey: "exkEXT00000000000001", MetadataURL: "https://acme.okta.com/app/exkEXT00000000000001/sso/saml/metadata", KID: "K&D", Certificate: testCertificate()}
	got, err := o.client(t).IdPValues(t.Context(), app)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatalf("%v %s", err, diff)
	}
	if o.last().line != metadataLine+"?kid=K%26D" || o.last().header.Get("Accept") != "application/xml" {
		t.Errorf("asked %s with Accept %s", o.last().line, o.last().header.Get("Accept"))
	}
	got, err = o.client(t).IdPValues(t.Context(), app)
	want.SLOURL = "https://acme.okta.com/app/acme_acmesync_1/exkEXT00000000000001/slo/saml"
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

func TestMetadataThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	whole := metadata("")
	for name, h := range map[string]http.HandlerFunc{
		"web page":        page(200, "text/html", "<html/>"),
		"page as XHTML":   page(200, "application/xhtml+xml", "<html/>"),
		"cut":             page(200, "application/xml", whole[:500]),
		"other XML":       page(200, "application/xml", "<a/>"),
		"no certificate":  page(200, "application/xml", strings.ReplaceAll(whole, inLines(), "")),
		"bad certificate": page(200, "application/xml", strings.ReplaceAll(whole, inLines(), "AAAA")),
		"no issuer":       page(200, "application/xml", strings.Replace(whole, "http://www.okta.com/exkEXT00000000000001", "", 1)),
		"no SSO URL":      page(200, "application/xml", strings.ReplaceAll(whole, "https://acme.okta.com", "javascript:")),
		"empty":           page(200, "application/xml", ""),
		"not found":       noUser,
	} {
		o := newOrg(t)
		o.on(metadataLine, h)
		if got, err := o.client(t).IdPValues(t.Context(), sso.App{ID: appID, SignOnMode: "SAML_2_0"}); err == nil {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestOIDCValuesComeFromDiscoveryWithoutTheToken(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET /.well-known/openid-configuration", jsonAnswer(200, discoveryJSON(o.URL)))
	got, err := o.client(t).IdPValues(t.Context(), sso.App{ID: appID, SignOnMode: "OPENID_CONNECT", OIDC: &sso.OIDCSettings{ClientID: "0oaX"}})
	if diff := cmp.Diff(sso.IdPValues{OIDCIssuer: o.URL, ClientID: "0oaX"}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if o.last().header.Get("Authorization") != "" {
		t.Error("the token was sent")
	}
}

func keyJSON(kid, x5c string) string {
	return `{"kty":"RSA","created":"2026-01-31T09:30:00.000Z","lastUpdated":"2026-01-31T09:30:00.000Z","expiresAt":"2036-01-01T00:00:00.000Z","kid":"` + kid + `","use":"sig","x5c":["` + x5c + `"],"x5t#S256":"x","e":"AQAB","n":"y"}`
}

func TestKeys(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET "+appLine+"/credentials/keys", jsonAnswer(200, "["+keyJSON("aKey", oneLine())+","+keyJSON("BKey", oneLine())+"]"))
	o.on("POST "+appLine+"/credentials/keys/generate", jsonAnswer(201, keyJSON("new", oneLine())))
	key := sso.SigningKey{KID: "aKey", Certificate: testCertificate(), Created: time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC), NotAfter: time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)}
	other, fresh := key, key
	other.KID, fresh.KID = "BKey", "new"
	c := o.client(t)
	got, err := c.Keys(t.Context(), appID)
	if diff := cmp.Diff([]sso.SigningKey{key, other}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	made, err := c.GenerateKey(t.Context(), appID, 10)
	if diff := cmp.Diff(fresh, made); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if o.last().line != "POST "+appLine+"/credentials/keys/generate?validityYears=10" || o.last().body != "" {
		t.Errorf("asked %s with %q", o.last().line, o.last().body)
	}
	before := len(o.lines())
	for _, years := range []int{-1, 0, 1, 11} {
		if _, err := c.GenerateKey(t.Context(), appID, years); hint.CodeOf(err) != hint.Usage {
			t.Errorf("%d years: %v", years, err)
		}
	}
	if len(o.lines()) != before {
		t.Error("a key for a refused number of years was asked for")
	}
}

func TestAKeyIsNotMadeTwice(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{"lost": hangUp, "other JSON": jsonAnswer(201, `{}`)} {
		o := newOrg(t)
		o.on("POST "+appLine+"/credentials/keys/generate", h)
		_, err := o.client(t).GenerateKey(t.Context(), appID, 10)
		var lost *httpx.UnknownOutcome
		if !errors.As(err, &lost) || len(o.lines()) != 1 {
			t.Errorf("%s: got %v after %d requests", name, err, len(o.lines()))
		}
	}
}

func TestUploadLogo(t *testing.T) {
	t.Parallel()
	png := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{0, '\r', '\n', 255}, 100)...)
	for name, tt := range map[string]struct {
		image     []byte
		kind, ext string
	}{
		"PNG":          {png, "image/png", "png"},
		"JPG":          {[]byte("\xff\xd8\xff\xe0rest"), "image/jpeg", "jpg"},
		"GIF":          {[]byte("GIF89arest"), "image/gif", "gif"},
		"SVG":          {[]byte("\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- x --><!DOCTYPE svg><svg xmlns=\"http://www.w3.org/2000/svg\"/>"), "image/svg+xml", "svg"},
		"prefixed SVG": {[]byte(`<s:svg xmlns:s="http://www.w3.org/2000/svg"/>`), "image/svg+xml", "svg"},
	} {
		o := newOrg(t)
		o.on("POST "+appLine+"/logo", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201) })
		if err := o.client(t).UploadLogo(t.Context(), appID, "C:\\x\\\"logo\r\n.bmp", tt.image); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, params, err := mime.ParseMediaType(o.last().header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		part, err := multipart.NewReader(strings.NewReader(o.last().body), params["boundary"]).NextPart()
		if err != nil {
			t.Fatal(err)
		}
		sent, _ := io.ReadAll(part)
		if part.FormName() != "file" || part.FileName() != "logo."+tt.ext || part.Header.Get("Content-Type") != tt.kind || !bytes.Equal(sent, tt.image) {
			t.Errorf("%s: field %q, file %q, %d of %d bytes", name, part.FormName(), part.FileName(), len(sent), len(tt.image))
		}
	}
	o := newOrg(t)
	for name, image := range map[string][]byte{"empty": nil, "too large": append(png, make([]byte, 1_000_000)...), "text": []byte("hello"), "web page": []byte("<html><svg/></html>"), "BMP": []byte("BM123"), "broken XML": []byte("<svg")} {
		if err := o.client(t).UploadLogo(t.Context(), appID, "logo.png", image); hint.CodeOf(err) != hint.Usage || len(o.lines()) > 0 {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
