package samlrp_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
	"example.com/ssowizard/internal/sandbox/sp/samlrp/samltest"
)

const (
	ssoService = `<m:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso?a=1&amp;b=2"/>`
	sloService = `<m:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/slo"/>`
)

func keyDescriptor(use string, k samltest.Key) string {
	return `<m:KeyDescriptor` + use + `><d:KeyInfo xmlns:d="http://www.w3.org/2000/09/xmldsig#"><d:X509Data><d:X509Certificate>` +
		"\n" + base64.StdEncoding.EncodeToString(k.Certificate.Raw) + "\n" + `</d:X509Certificate></d:X509Data></d:KeyInfo></m:KeyDescriptor>`
}

func metadata(role ...string) []byte {
	return []byte(`<m:EntityDescriptor xmlns:m="urn:oasis:names:tc:SAML:2.0:metadata" entityID="http://idp.example/1"><m:IDPSSODescriptor>` +
		strings.Join(role, "") + `</m:IDPSSODescriptor></m:EntityDescriptor>`)
}

func TestMetadataOfAnIdentityProviderIsRead(t *testing.T) {
	t.Parallel()
	first, second := keyDescriptor(` use="signing"`, samltest.First()), keyDescriptor(` use="encryption"`, samltest.Second())
	got, err := samlrp.ParseMetadata(metadata(second, first, sloService, ssoService))
	if err != nil {
		t.Fatal(err)
	}
	if got.EntityID != "http://idp.example/1" || got.SSOURL != "https://idp.example/sso?a=1&b=2" || got.SLOURL != "https://idp.example/slo" {
		t.Errorf("%+v", got)
	}
	if !got.Certificate.Equal(samltest.First().Certificate) {
		t.Error("another certificate was taken")
	}
	if got, err := samlrp.ParseMetadata(metadata(keyDescriptor("", samltest.Second()), ssoService)); err != nil || !got.Certificate.Equal(samltest.Second().Certificate) || got.SLOURL != "" {
		t.Errorf("a key for everything: %v %v", got, err)
	}
}

func TestMetadataThatCannotBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	key := keyDescriptor(` use="signing"`, samltest.First())
	post := strings.ReplaceAll(ssoService, "HTTP-Redirect", "HTTP-POST")
	for name, raw := range map[string][]byte{
		"no key": metadata(ssoService), "no sign-on URL": metadata(key), "no URL for redirects": metadata(key, post),
		"only encryption":   metadata(keyDescriptor(` use="encryption"`, samltest.First()), ssoService),
		"damaged key":       []byte(strings.Replace(string(metadata(key, ssoService)), "MII", "???", 1)),
		"no XML":            []byte("not found"),
		"a page":            []byte("<html></html>"),
		"an entity":         []byte(`<!DOCTYPE x [<!ENTITY a "b">]>` + string(metadata(key, ssoService))),
		"two roles":         []byte(strings.ReplaceAll(string(metadata(key, ssoService)), "</m:EntityDescriptor>", "<m:IDPSSODescriptor/></m:EntityDescriptor>")),
		"another namespace": []byte(strings.ReplaceAll(string(metadata(key, ssoService)), "SAML:2.0:metadata", "SAML:1.0:metadata")),
		"empty":             nil,
	} {
		if got, err := samlrp.ParseMetadata(raw); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestMetadataOfAServiceProviderIsEscaped(t *testing.T) {
	t.Parallel()
	raw, err := samlrp.Metadata(`https://sp.example/"&<x>`, "https://sp.example/acs?a=1&b=2")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`entityID="https://sp.example/&#34;&amp;&lt;x&gt;"`, `Location="https://sp.example/acs?a=1&amp;b=2"`, `WantAssertionsSigned="true"`} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("no %s in\n%s", want, raw)
		}
	}
}

func FuzzParseMetadata(f *testing.F) {
	f.Add(metadata(keyDescriptor(` use="signing"`, samltest.First()), ssoService))
	f.Add([]byte("<a/>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if idp, err := samlrp.ParseMetadata(raw); err == nil && (idp.Certificate == nil || idp.SSOURL == "") {
			t.Error("metadata without certificate or URL was taken")
		}
	})
}
