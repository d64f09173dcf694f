package samlrp_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"io"
	"net/url"
	"testing"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
)

func TestRequestURLCarriesTheRequest(t *testing.T) {
	t.Parallel()
	got, err := samlrp.Request{
		ID: "_1", Issuer: `sp & "1"`, ACSURL: acsURL, LoginURL: "https://acme.okta.com/app/x/sso/saml?keep=1", Now: now, RelayState: "a b&c",
	}.URL()
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(got)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("keep") != "1" || q.Get("RelayState") != "a b&c" || u.Host+u.Path != "acme.okta.com/app/x/sso/saml" {
		t.Errorf("URL = %s", got)
	}
	raw, err := base64.StdEncoding.DecodeString(q.Get("SAMLRequest"))
	if err != nil {
		t.Fatal(err)
	}
	inflated, err := io.ReadAll(flate.NewReader(bytes.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(inflated); err != nil {
		t.Fatal(err)
	}
	said := map[string]string{"Issuer": doc.Root().FindElement("Issuer").Text()}
	for _, name := range []string{"ID", "Version", "IssueInstant", "Destination", "AssertionConsumerServiceURL", "ProtocolBinding"} {
		said[name] = doc.Root().SelectAttrValue(name, "")
	}
	want := map[string]string{
		"Issuer": `sp & "1"`, "ID": "_1", "Version": "2.0", "IssueInstant": "2026-03-04T05:06:07Z",
		"Destination":                 "https://acme.okta.com/app/x/sso/saml?keep=1",
		"AssertionConsumerServiceURL": acsURL,
		"ProtocolBinding":             "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}
