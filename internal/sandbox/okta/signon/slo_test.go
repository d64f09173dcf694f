package signon_test

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"example.com/ssowizard/internal/sandbox/okta/signon"
)

const sloURL = "https://sp.example/slo"

func withSLO() *directory {
	d := newDirectory()
	s := &d.apps[0].SAML
	s.SLOEnabled, s.SLOURL, s.SLOIssuer, s.SPCertificate = true, sloURL, audience, spKey().Certificate
	return d
}

func logoutRequest(issuer, index string) string {
	return `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"` +
		` ID="_out" Version="2.0" IssueInstant="2026-03-02T09:31:00Z"><saml:Issuer>` + issuer + `</saml:Issuer>` +
		`<saml:NameID>ana.lima@acme.example</saml:NameID><samlp:SessionIndex>` + index + `</samlp:SessionIndex></samlp:LogoutRequest>`
}

func (b *browser) postLogout(message string) page {
	b.t.Helper()
	return b.postForm(sloPath, url.Values{
		"SAMLRequest": {base64.StdEncoding.EncodeToString([]byte(message))}, "RelayState": {"bye"}})
}

func TestLogoutEndsTheSessionAndIsAnswered(t *testing.T) {
	t.Parallel()
	b := open(t, withSLO())
	b.signIn(ana)
	f, text := b.samlResponse(b.get(sloPath + "?" + signedQuery(t, logoutRequest(audience, "x"), "bye")))
	if f.action != sloURL || f.fields["RelayState"] != "bye" {
		t.Errorf("%+v", f)
	}
	for _, want := range []string{"<saml2p:LogoutResponse ", `InResponseTo="_out"`, "status:Success", "<ds:Signature ", `Destination="` + sloURL + `"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is missing in %s", want, text)
		}
	}
	b.wantSignIn(b.get(ssoPath))
}

func TestPostedLogoutFindsTheSessionByItsIndex(t *testing.T) {
	t.Parallel()
	b := open(t, withSLO())
	b.signIn(ana)
	_, text := b.samlResponse(b.get(ssoPath))
	index := regexp.MustCompile(`SessionIndex="([^"]+)"`).FindStringSubmatch(string(text))[1]
	// Around the element stands what xmlsec1 writes.
	b.samlResponse(b.other().postLogout("<?xml version=\"1.0\"?>\n" + signedXML(t, logoutRequest(audience, index)) + "\n"))
	b.wantSignIn(b.get(ssoPath))
}

func TestLogoutRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*signon.SAML)
		ask    func(*testing.T, *browser) page
		status int
		words  string
	}{
		{"off", func(s *signon.SAML) { s.SLOEnabled = false },
			func(t *testing.T, b *browser) page { return b.postLogout(signedXML(t, logoutRequest(audience, ""))) }, 404, "no such app"},
		{"unsigned", nil, func(_ *testing.T, b *browser) page { return b.postLogout(logoutRequest(audience, "")) }, 400, "not signed"},
		{"another issuer", nil, func(t *testing.T, b *browser) page { return b.postLogout(signedXML(t, logoutRequest("urn:x", ""))) }, 400, "Issuer"},
		{"nothing", nil, func(_ *testing.T, b *browser) page { return b.get(sloPath) }, 400, "no SAMLRequest"},
		{"a sign-on request", nil, func(t *testing.T, b *browser) page { return b.postLogout(signedXML(t, authnRequest{}.xml())) }, 400, "LogoutRequest"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := withSLO()
			if c.change != nil {
				c.change(&d.apps[0].SAML)
			}
			b := open(t, d)
			b.signIn(ana)
			b.wantPage(c.ask(t, b), c.status, c.words)
			b.samlResponse(b.get(ssoPath)) // still signed in
		})
	}
}
