package signon_test

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// authnRequest is an AuthnRequest as a service provider writes it.
type authnRequest struct {
	id, destination, acs, issuer, issued, more string
}

func (q authnRequest) xml() string {
	optional := func(name, value string) string {
		if value == "" {
			return ""
		}
		return fmt.Sprintf(" %s=%q", name, value)
	}
	if q.id == "" {
		q.id = "_req1"
	}
	if q.issuer == "" {
		q.issuer = audience
	}
	if q.issued == "" {
		q.issued = "2026-03-02T09:30:01.000Z"
	}
	return `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"` +
		` ID="` + q.id + `" Version="2.0" IssueInstant="` + q.issued + `"` + optional("Destination", q.destination) +
		optional("AssertionConsumerServiceURL", q.acs) + q.more + `><saml:Issuer>` + q.issuer + `</saml:Issuer></samlp:AuthnRequest>`
}

func deflated(text string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func (b *browser) redirectRequest(q authnRequest, relayState string) page {
	b.t.Helper()
	return b.get(ssoPath + "?" + query("SAMLRequest", deflated(q.xml()), "RelayState", relayState))
}

func (b *browser) postRequest(q authnRequest, relayState string) page {
	b.t.Helper()
	return b.postForm(ssoPath, url.Values{
		"SAMLRequest": {base64.StdEncoding.EncodeToString([]byte(q.xml()))}, "RelayState": {relayState}})
}

// signedQuery signs a message for the redirect binding with the service
// provider's key. Spaces are escaped as %20, unlike Go does it: the signature
// is over the text as sent.
func signedQuery(t *testing.T, message, relayState string) string {
	t.Helper()
	q := "SAMLRequest=" + url.QueryEscape(deflated(message)) + "&RelayState=" + url.PathEscape(relayState) +
		"&SigAlg=" + url.QueryEscape("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")
	sum := sha256.Sum256([]byte(q))
	sig, err := rsa.SignPKCS1v15(rand.Reader, spKey().Private, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return q + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(sig))
}

// signedXML signs a message for the POST binding.
func signedXML(t *testing.T, message string) string {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(message); err != nil {
		t.Fatal(err)
	}
	ctx, err := dsig.NewSigningContext(spKey().Private, [][]byte{spKey().Certificate})
	if err != nil {
		t.Fatal(err)
	}
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	el, err := ctx.SignEnveloped(doc.Root())
	if err != nil {
		t.Fatal(err)
	}
	out := etree.NewDocument()
	out.SetRoot(el)
	text, err := out.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
