package samlcheck_test

import (
	"crypto/x509"
	"encoding/xml"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"

	"example.com/ssowizard/internal/certificate"
	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/sso"
)

// The response in testdata was signed by xmlsec1, first the assertion, then the
// response: an implementation that shares nothing with the one under test. Its
// key was thrown away.
func TestVerifyAgreesWithXMLSec(t *testing.T) {
	t.Parallel()
	response, err := os.ReadFile("testdata/xmlsec1-response.xml")
	must(err)
	text, err := os.ReadFile("testdata/xmlsec1-certificate.pem")
	must(err)
	der, err := certificate.Parse(text)
	must(err)
	e := samlcheck.Expect{
		Certificate: der, Audience: "urn:sp:example", ACSURL: "https://sp.example.org/acs", PostedTo: "https://sp.example.org/acs",
		Issuer: "http://www.okta.com/exkexample1", NameIDFormat: sso.NameIDEmail, Email: "zoë@example.org",
		Attributes: map[string]string{"firstName": "Zoë & <Co>"}, RequestID: "_r1",
		Now: time.Date(2027, 2, 3, 4, 6, 0, 0, time.UTC), ResponseSigned: true, AssertionSigned: true,
	}
	for _, f := range samlcheck.Verify(response, e) {
		if !f.OK {
			t.Errorf("%s: expected %q, got %q", f.Code, f.Expected, f.Got)
		}
	}
	summary, err := samlcheck.Explain(response)
	if err != nil || !summary.Intact {
		t.Errorf("intact is %v, %v", summary.Intact, err)
	}
}

// crewjam/saml signs only the assertion unless told otherwise, with a prefix
// and an order of its own.
func TestVerifyAgreesWithCrewjam(t *testing.T) {
	t.Parallel()
	cert, err := x509.ParseCertificate(active().der)
	must(err)
	idp := &saml.IdentityProvider{Key: active().key, Certificate: cert, SignatureMethod: dsig.RSASHA256SignatureMethod,
		MetadataURL: url.URL{Scheme: "https", Host: "idp.example", Path: "/metadata"}}
	acs := saml.IndexedEndpoint{Binding: saml.HTTPPostBinding, Location: acsURL}
	req := &saml.IdpAuthnRequest{
		IDP: idp, Now: now, ACSEndpoint: &acs, HTTPRequest: &http.Request{RemoteAddr: "192.0.2.1:1"},
		Request:                 saml.AuthnRequest{ID: requestID},
		ServiceProviderMetadata: &saml.EntityDescriptor{EntityID: audience},
		SPSSODescriptor:         &saml.SPSSODescriptor{AssertionConsumerServices: []saml.IndexedEndpoint{acs}},
	}
	session := &saml.Session{ID: "s", NameID: person, NameIDFormat: sso.NameIDEmail, UserEmail: person, CreateTime: now, ExpireTime: now.Add(time.Hour)}
	must(saml.DefaultAssertionMaker{}.MakeAssertion(req, session))
	must(req.MakeResponse())
	response := []byte(serialise(t, req.ResponseEl))

	var parsed saml.Response
	must(xml.Unmarshal(response, &parsed))
	e := expect()
	e.Issuer = parsed.Issuer.Value
	e.Attributes = nil
	e.ResponseSigned = response != nil && parsed.Signature != nil
	for _, f := range samlcheck.Verify(response, e) {
		if !f.OK {
			t.Errorf("%s: expected %q, got %q", f.Code, f.Expected, f.Got)
		}
	}
}
