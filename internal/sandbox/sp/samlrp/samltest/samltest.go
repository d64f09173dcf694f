// Package samltest makes SAML responses for the tests of relying parties, and
// breaks them on purpose. It is an identity provider without a face.
package samltest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/beevik/etree"
)

// Key is a signing key with its certificate.
type Key struct {
	Private     *rsa.PrivateKey
	Certificate *x509.Certificate
}

// PEM is the certificate as an identity provider offers it for download.
func (k Key) PEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Certificate.Raw}))
}

// First and Second are two identity providers' keys, made once a process.
var (
	First  = sync.OnceValue(func() Key { return newKey("First") })
	Second = sync.OnceValue(func() Key { return newKey("Second") })
)

func newKey(name string) Key {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // for tests only: no randomness, no test
	}
	return Key{private, nil}.certified(name, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC))
}

// Valid is the key with another certificate, for the relying parties that look
// at a certificate's dates.
func (k Key) Valid(from, to time.Time) Key {
	return k.certified(k.Certificate.Subject.CommonName, from, to)
}

func (k Key) certified(name string, from, to time.Time) Key {
	private := k.Private
	template := &x509.Certificate{
		SerialNumber: big.NewInt(from.Unix()), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: to,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return Key{private, cert}
}

// Response is what to say. New fills it so that the relying party of the tests
// accepts it; a test changes one thing.
type Response struct {
	Key                         Key
	SignResponse, SignAssertion bool
	KeyInfo                     bool // leave the certificate in the signatures
	Status                      string
	ID, AssertionID             string
	Issuer, Destination         string
	Recipient, Audience         string
	NameID, NameIDFormat        string
	InResponseTo                string
	ConfirmedRequest            *string // InResponseTo of the confirmation, if it is to differ
	NotBefore, NotOnOrAfter     time.Time
	Attributes                  map[string]string
	Statements                  []Statement // further attributes, in full
	// Typed declares the schema's prefix and signs it as Okta does, with typed
	// attribute values and an inclusive prefix list.
	Typed bool

	// Unsigned changes the tree before anything is signed, Signed after it.
	Unsigned, Signed func(response *etree.Element)
}

// Statement is an attribute statement.
type Statement struct {
	Name, Format string
	Values       []string
}

// New makes a response that is valid at now.
func New(acsURL, audience, nameID string, now time.Time) Response {
	return Response{
		Key: First(), SignResponse: true, SignAssertion: true, KeyInfo: true,
		Status: "urn:oasis:names:tc:SAML:2.0:status:Success",
		ID:     unique(), AssertionID: unique(),
		Issuer: "http://www.okta.com/exk1", Destination: acsURL, Recipient: acsURL, Audience: audience,
		NameID: nameID, NameIDFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
		NotBefore: now.Add(-5 * time.Minute), NotOnOrAfter: now.Add(5 * time.Minute),
	}
}

// Encode is the response as the value of the SAMLResponse form parameter.
func (r Response) Encode() string { return base64.StdEncoding.EncodeToString(r.XML()) }

// XML is the signed response.
func (r Response) XML() []byte {
	root := r.tree()
	if r.Unsigned != nil {
		r.Unsigned(root)
	}
	if a := root.SelectElement("Assertion"); a != nil && r.SignAssertion {
		r.sign(a)
	}
	if r.SignResponse {
		r.sign(root)
	}
	if r.Signed != nil {
		r.Signed(root)
	}
	doc := etree.NewDocument()
	doc.SetRoot(root)
	b, err := doc.WriteToBytes()
	if err != nil {
		panic(err)
	}
	return b
}

func (r Response) tree() *etree.Element {
	root := etree.NewElement("saml2p:Response")
	root.CreateAttr("xmlns:saml2p", "urn:oasis:names:tc:SAML:2.0:protocol")
	attrs(root, "ID", r.ID, "Version", "2.0", "IssueInstant", stamp(r.NotBefore), "Destination", r.Destination, "InResponseTo", r.InResponseTo)
	issuer := root.CreateElement("saml2:Issuer")
	issuer.CreateAttr("xmlns:saml2", "urn:oasis:names:tc:SAML:2.0:assertion")
	issuer.SetText(r.Issuer)
	attrs(root.CreateElement("saml2p:Status").CreateElement("saml2p:StatusCode"), "Value", r.Status)

	a := root.CreateElement("saml2:Assertion")
	a.CreateAttr("xmlns:saml2", "urn:oasis:names:tc:SAML:2.0:assertion")
	attrs(a, "ID", r.AssertionID, "Version", "2.0", "IssueInstant", stamp(r.NotBefore))
	a.CreateElement("saml2:Issuer").SetText(r.Issuer)
	if r.Typed {
		attrs(root, "xmlns:xs", "http://www.w3.org/2001/XMLSchema")
		attrs(a, "xmlns:xs", "http://www.w3.org/2001/XMLSchema")
	}
	subject := a.CreateElement("saml2:Subject")
	nameID := subject.CreateElement("saml2:NameID")
	attrs(nameID, "Format", r.NameIDFormat)
	nameID.SetText(r.NameID)
	confirmation := subject.CreateElement("saml2:SubjectConfirmation")
	attrs(confirmation, "Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer")
	confirmed := r.InResponseTo
	if r.ConfirmedRequest != nil {
		confirmed = *r.ConfirmedRequest
	}
	attrs(confirmation.CreateElement("saml2:SubjectConfirmationData"),
		"NotOnOrAfter", stamp(r.NotOnOrAfter), "Recipient", r.Recipient, "InResponseTo", confirmed)
	conditions := a.CreateElement("saml2:Conditions")
	attrs(conditions, "NotBefore", stamp(r.NotBefore), "NotOnOrAfter", stamp(r.NotOnOrAfter))
	conditions.CreateElement("saml2:AudienceRestriction").CreateElement("saml2:Audience").SetText(r.Audience)
	statement := a.CreateElement("saml2:AuthnStatement")
	attrs(statement, "AuthnInstant", stamp(r.NotBefore))
	for name, value := range r.Attributes {
		r.attribute(a, Statement{Name: name, Values: []string{value}})
	}
	for _, one := range r.Statements {
		r.attribute(a, one)
	}
	return root
}

func (r Response) attribute(assertion *etree.Element, one Statement) {
	list := assertion.SelectElement("saml2:AttributeStatement")
	if list == nil {
		list = assertion.CreateElement("saml2:AttributeStatement")
	}
	attribute := list.CreateElement("saml2:Attribute")
	attrs(attribute, "Name", one.Name, "NameFormat", one.Format)
	for _, value := range one.Values {
		v := attribute.CreateElement("saml2:AttributeValue")
		v.SetText(value)
		if r.Typed {
			attrs(v, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance", "xsi:type", "xs:string")
		}
	}
}

func attrs(el *etree.Element, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			el.CreateAttr(pairs[i], pairs[i+1])
		}
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func unique() string { return fmt.Sprintf("id%s", rand.Text()) }
