package samlcheck_test

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/certificate"
	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/sso"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	got, err := samlcheck.Explain(answer{}.xml(t))
	if err != nil {
		t.Fatal(err)
	}
	info, err := certificate.Inspect(active().der)
	must(err)
	want := samlcheck.Summary{
		ID: "id1111111111", Status: "Success", Issuer: issuer, IssueInstant: now, Destination: acsURL, InResponseTo: requestID,
		Recipient: acsURL, Audiences: []string{audience}, NameID: person, NameIDFormat: sso.NameIDEmail,
		NotBefore: now.Add(-5 * time.Minute), NotOnOrAfter: now.Add(5 * time.Minute), AuthnContext: sso.AuthnPassword, SessionIndex: "_s1",
		Attributes: []samlcheck.Attribute{
			{Name: "email", Format: sso.AttrUnspec, Values: []string{person}},
			{Name: "groups", Format: sso.AttrBasic, Values: []string{"Sales", "Support EMEA"}},
		},
		ResponseSigned: true, AssertionSigned: true, ResponseMethod: "rsa-sha256", AssertionMethod: "rsa-sha256",
		Certificates: []certificate.Info{info}, Intact: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExplainTellsIntactFromChanged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer answer
		want   bool
	}{
		"as signed":          {answer{}, true},
		"by anybody's key":   {answer{responseKey: new(foreign())}, true},
		"one signature":      {answer{unsignedResponse: true}, true},
		"changed":            {answer{tamper: replace(">n2p<", ">N2P<")}, false},
		"outside changed":    {answer{tamper: replace(`ID="id1111111111" In`, `ID="id1111111111" Consent="x" In`)}, false},
		"no certificate":     {answer{dropKeyInfo: true}, false},
		"nothing was signed": {answer{unsignedResponse: true, unsignedAssertion: true}, false},
	} {
		s, err := samlcheck.Explain(c.answer.xml(t))
		if err != nil || s.Intact != c.want {
			t.Errorf("%s: intact is %v, %v", name, s.Intact, err)
		}
	}
}

func TestExplainReadsWhatThereIs(t *testing.T) {
	t.Parallel()
	doc := element(t, oktaResponse)
	doc.AddChild(element(t, `<saml2:EncryptedAssertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"/>`))
	s, err := samlcheck.Explain([]byte(serialise(t, doc)))
	if err != nil || !s.Encrypted || s.Issuer != issuer || s.NameID != "" {
		t.Errorf("an encrypted one gives %+v, %v", s, err)
	}
	s, err = samlcheck.Explain([]byte(replace("status:Success", "status:Responder")(oktaResponse)))
	if err != nil || s.Status != "Responder" || s.Encrypted || s.Intact {
		t.Errorf("a failure gives %+v, %v", s, err)
	}
	s, err = samlcheck.Explain(answer{edit: replace(">"+person+"<", ">\u202eana\u009b<!-- -->.evil<")}.xml(t))
	if err != nil || s.NameID != "ana.evil" || s.Attributes[0].Values[0] != "ana.evil" {
		t.Errorf("control characters and comments give %+v, %v", s, err)
	}
}

func TestDecodeTakesTheFormsInWhichAResponseIsHandedOn(t *testing.T) {
	t.Parallel()
	xml := []byte(oktaResponse)
	b64 := base64.StdEncoding.EncodeToString(xml)
	for name, in := range map[string]string{
		"XML":                   "\ufeff \n" + oktaResponse + "\n",
		"base64":                b64,
		"base64 in lines":       wrap(b64) + "\r\n",
		"base64 for URLs":       base64.RawURLEncoding.EncodeToString(xml),
		"base64 in quotes":      `"` + b64 + `"`,
		"base64, URL-encoded":   url.QueryEscape(b64),
		"posted form":           url.Values{"RelayState": {"x"}, "SAMLResponse": {b64}}.Encode(),
		"posted form, unquoted": "SAMLResponse=" + b64 + "&RelayState=x",
	} {
		got, err := samlcheck.Decode([]byte(in))
		if err != nil || !bytes.Equal(got, xml) {
			t.Errorf("%s: %.60q, %v", name, got, err)
		}
	}
	for name, in := range map[string]string{
		"nothing":          " ",
		"words":            "hello, world!",
		"base64 of words":  base64.StdEncoding.EncodeToString([]byte("hello")),
		"damaged escape":   "SAMLResponse=%zz",
		"far too much":     strings.Repeat("A", 5<<20),
		"an empty message": "SAMLResponse=&RelayState=",
	} {
		if got, err := samlcheck.Decode([]byte(in)); err == nil {
			t.Errorf("%s was decoded: %q", name, got)
		}
	}
}

func TestExplainSaysWhatItFoundInstead(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"<html></html>": "web page",
		"":              "empty",
		`<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"/>`: "EntityDescriptor",
	} {
		if _, err := samlcheck.Explain([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	for _, a := range []answer{{}, {unsignedResponse: true}, {unsignedAssertion: true}, {idpInitiated: true}} {
		f.Add(a.xml(f))
	}
	f.Add([]byte(oktaResponse))
	f.Add([]byte("<!DOCTYPE x><x/>"))
	f.Fuzz(func(t *testing.T, in []byte) {
		e := expect()
		e.ResponseSigned, e.AssertionSigned = false, false
		findings := samlcheck.Verify(in, e)
		if len(findings) != len(order) {
			t.Fatalf("%d findings", len(findings))
		}
		for i, finding := range findings {
			if finding.Code != order[i] {
				t.Errorf("finding %d is %s", i, finding.Code)
			}
			if sso.PlainText(finding.Got, 0) != finding.Got {
				t.Errorf("%s shows %q", finding.Code, finding.Got)
			}
		}
		if sso.AllOK(findings) && !bytes.Contains(in, []byte("Signature")) {
			t.Errorf("unsigned text was accepted: %q", in)
		}
		_, _ = samlcheck.Explain(in)
	})
}
