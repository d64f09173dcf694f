package samlcheck_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/sso"
)

var now = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

// signer is a key with its certificate.
type signer struct {
	key *rsa.PrivateKey
	der []byte
}

func newSigner(serial int64, from, to time.Time, key *rsa.PrivateKey) signer {
	if key == nil {
		var err error
		key, err = rsa.GenerateKey(rand.Reader, 2048)
		must(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "acme"}, NotBefore: from, NotAfter: to}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	must(err)
	return signer{key, der}
}

// The active key of the app, another app's, and two more certificates of the
// active key: one renewed, one that has ended.
var (
	active  = sync.OnceValue(func() signer { return newSigner(1, now.AddDate(-1, 0, 0), now.AddDate(9, 0, 0), nil) })
	foreign = sync.OnceValue(func() signer { return newSigner(2, now.AddDate(-1, 0, 0), now.AddDate(9, 0, 0), nil) })
	renewed = sync.OnceValue(func() signer {
		return newSigner(3, now.AddDate(-1, 0, 0), now.AddDate(9, 0, 0), active().key)
	})
	ended = sync.OnceValue(func() signer { return newSigner(4, now.AddDate(-9, 0, 0), now.AddDate(0, 0, -3), active().key) })
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

const (
	acsURL    = "https://auth.example.net/saml/login/callback"
	audience  = "n2p"
	issuer    = "http://www.okta.com/exk1fake2id3"
	person    = "ana.lima@acme.example"
	requestID = "_req-42"
)

// answer is a response shaped like Okta's. edit changes the XML before it is
// signed, tamper afterwards.
type answer struct {
	idpInitiated              bool
	unsignedResponse          bool
	unsignedAssertion         bool
	responseKey, assertionKey *signer
	edit, editOuter, tamper   func(string) string
	dropKeyInfo               bool
}

func (a answer) xml(t testing.TB) []byte {
	t.Helper()
	assertion := oktaAssertion
	outer := oktaResponse
	if a.idpInitiated {
		assertion = strings.ReplaceAll(assertion, ` InResponseTo="`+requestID+`"`, "")
		outer = strings.ReplaceAll(outer, ` InResponseTo="`+requestID+`"`, "")
	}
	if a.edit != nil {
		assertion = a.edit(assertion)
	}
	if a.editOuter != nil {
		outer = a.editOuter(outer)
	}
	doc := element(t, outer)
	el := element(t, assertion)
	if !a.unsignedAssertion {
		sign(t, el, keyOr(a.assertionKey), a.dropKeyInfo)
	}
	doc.AddChild(el)
	if !a.unsignedResponse {
		sign(t, doc, keyOr(a.responseKey), a.dropKeyInfo)
	}
	text := serialise(t, doc)
	if a.tamper != nil {
		changed := a.tamper(text)
		if changed == text {
			t.Fatal("the test tampered with nothing")
		}
		text = changed
	}
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>` + text)
}

func keyOr(s *signer) signer {
	if s != nil {
		return *s
	}
	return active()
}

func element(t testing.TB, text string) *etree.Element {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		t.Fatal(err)
	}
	return doc.Root().Copy()
}

func serialise(t testing.TB, el *etree.Element) string {
	t.Helper()
	doc := etree.NewDocument()
	doc.WriteSettings = etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true, CanonicalEndTags: true}
	doc.SetRoot(el.Copy())
	text, err := doc.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sign puts an enveloped signature behind the Issuer, as Okta does: exclusive
// canonicalisation with xs as an inclusive prefix.
func sign(t testing.TB, el *etree.Element, s signer, dropKeyInfo bool) {
	t.Helper()
	withXS := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("xs")
	bare := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	canonical, err := withXS.Canonicalize(el.Copy())
	must(err)
	digest := sha256.Sum256(canonical)
	info := fmt.Sprintf(signedInfo, el.SelectAttrValue("ID", ""), base64.StdEncoding.EncodeToString(digest[:]))
	canonical, err = bare.Canonicalize(element(t, info))
	must(err)
	digest = sha256.Sum256(canonical)
	value, err := rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, digest[:])
	must(err)
	keyInfo := ""
	if !dropKeyInfo {
		keyInfo = `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>` + wrap(base64.StdEncoding.EncodeToString(s.der)) +
			`</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`
	}
	sig := element(t, `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">`+info+
		`<ds:SignatureValue>`+base64.StdEncoding.EncodeToString(value)+`</ds:SignatureValue>`+keyInfo+`</ds:Signature>`)
	el.InsertChildAt(1, sig)
}

func wrap(s string) string {
	var lines []string
	for len(s) > 76 {
		lines, s = append(lines, s[:76]), s[76:]
	}
	return strings.Join(append(lines, s), "\n")
}

const signedInfo = `<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` +
	`<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>` +
	`<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>` +
	`<ds:Reference URI="#%s"><ds:Transforms>` +
	`<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>` +
	`<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">` +
	`<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs"/></ds:Transform>` +
	`</ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>` +
	`<ds:DigestValue>%s</ds:DigestValue></ds:Reference></ds:SignedInfo>`

const oktaResponse = `<saml2p:Response xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:xs="http://www.w3.org/2001/XMLSchema"` +
	` Destination="` + acsURL + `" ID="id1111111111" InResponseTo="` + requestID + `" IssueInstant="2026-05-04T10:00:00.000Z" Version="2.0">` +
	`<saml2:Issuer xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">` + issuer + `</saml2:Issuer>` +
	`<saml2p:Status><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></saml2p:Status></saml2p:Response>`

const oktaAssertion = `<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xs="http://www.w3.org/2001/XMLSchema"` +
	` ID="id2222222222" IssueInstant="2026-05-04T10:00:00.000Z" Version="2.0">` +
	`<saml2:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">` + issuer + `</saml2:Issuer>` +
	`<saml2:Subject><saml2:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">` + person + `</saml2:NameID>` +
	`<saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">` +
	`<saml2:SubjectConfirmationData InResponseTo="` + requestID + `" NotOnOrAfter="2026-05-04T10:05:00.000Z" Recipient="` + acsURL + `"/>` +
	`</saml2:SubjectConfirmation></saml2:Subject>` +
	`<saml2:Conditions NotBefore="2026-05-04T09:55:00.000Z" NotOnOrAfter="2026-05-04T10:05:00.000Z">` +
	`<saml2:AudienceRestriction><saml2:Audience>` + audience + `</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>` +
	`<saml2:AuthnStatement AuthnInstant="2026-05-04T10:00:00.000Z" SessionIndex="_s1"><saml2:AuthnContext>` +
	`<saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml2:AuthnContextClassRef>` +
	`</saml2:AuthnContext></saml2:AuthnStatement><saml2:AttributeStatement>` +
	`<saml2:Attribute Name="email" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified">` +
	`<saml2:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">` + person + `</saml2:AttributeValue></saml2:Attribute>` +
	`<saml2:Attribute Name="groups" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">` +
	`<saml2:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">Sales</saml2:AttributeValue>` +
	`<saml2:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">Support EMEA</saml2:AttributeValue></saml2:Attribute>` +
	`</saml2:AttributeStatement></saml2:Assertion>`

// expect is what a service provider that is set up rightly expects.
func expect() samlcheck.Expect {
	return samlcheck.Expect{
		Certificate: active().der, Audience: audience, ACSURL: acsURL, Issuer: issuer,
		NameIDFormat: sso.NameIDEmail, Email: person,
		Attributes: map[string]string{"email": person, "groups": ""},
		RequestID:  requestID, PostedTo: acsURL, Now: now, Skew: time.Minute,
		ResponseSigned: true, AssertionSigned: true, Flow: sso.FlowSPInitiated,
	}
}

func replace(old, new string) func(string) string {
	return func(s string) string { return strings.ReplaceAll(s, old, new) }
}

// failed lists the codes that are not OK.
func failed(findings []sso.Finding) []string {
	var codes []string
	for _, f := range findings {
		if !f.OK {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

func find(t testing.TB, findings []sso.Finding, code string) sso.Finding {
	t.Helper()
	for _, f := range findings {
		if f.Code == code {
			return f
		}
	}
	t.Fatalf("no finding %q", code)
	return sso.Finding{}
}
