package samlcheck_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/sso"
)

var order = []string{"well_formed", "status", "posted_to", "destination", "issuer", "in_response_to", "response_signature",
	"assertion_signature", "certificate", "recipient", "audience", "not_before", "not_on_or_after", "nameid_format", "nameid",
	"attribute.email", "attribute.groups"}

func TestVerifyAcceptsAnOktaResponse(t *testing.T) {
	t.Parallel()
	findings := samlcheck.Verify(answer{}.xml(t), expect())
	var codes []string
	for _, f := range findings {
		codes = append(codes, f.Code)
		if !f.OK {
			t.Errorf("%s: expected %q, got %q", f.Code, f.Expected, f.Got)
		}
		if f.Flow != sso.FlowSPInitiated || f.Fix != "" || f.Expected == "" || f.Got == "" {
			t.Errorf("incomplete finding %+v", f)
		}
	}
	if diff := cmp.Diff(order, codes); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
}

// Each of these is right.
func TestVerifyAccepts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer answer
		expect func(*samlcheck.Expect)
	}{
		"IdP-initiated": {answer{idpInitiated: true}, func(e *samlcheck.Expect) { e.RequestID = "" }},
		"only the response signed": {answer{unsignedAssertion: true}, func(e *samlcheck.Expect) {
			e.AssertionSigned = false
		}},
		"only the assertion signed": {answer{unsignedResponse: true}, func(e *samlcheck.Expect) {
			e.ResponseSigned = false
		}},
		"more signed than asked for": {answer{}, func(e *samlcheck.Expect) { e.ResponseSigned = false }},
		"no certificate came along":  {answer{dropKeyInfo: true}, nil},
		"clock a little behind":      {answer{}, func(e *samlcheck.Expect) { e.Now = now.Add(-5*time.Minute - 30*time.Second) }},
		"clock a little ahead":       {answer{}, func(e *samlcheck.Expect) { e.Now = now.Add(5*time.Minute + 30*time.Second) }},
		"no e-mail to compare":       {answer{}, func(e *samlcheck.Expect) { e.Email = "" }},
		"no format to compare":       {answer{}, func(e *samlcheck.Expect) { e.NameIDFormat = "" }},
		"one of several values":      {answer{}, func(e *samlcheck.Expect) { e.Attributes["groups"] = "Support EMEA" }},
		"one of several audiences": {answer{edit: replace("<saml2:Audience>", "<saml2:Audience>other</saml2:Audience><saml2:Audience>")},
			nil},
		"no issuer of the response": {answer{unsignedResponse: true, tamper: dropFirstIssuer}, func(e *samlcheck.Expect) {
			e.ResponseSigned = false
		}},
		"response of an unsigned wrapper changed": {answer{unsignedResponse: true, tamper: replace(`ID="id1111111111"`, `ID="id99"`)},
			func(e *samlcheck.Expect) { e.ResponseSigned = false }},
		"a comment outside of texts": {answer{tamper: replace("<saml2p:Status>", "<!-- hello --><saml2p:Status>")}, nil},
		"no NotBefore":               {answer{edit: replace(`NotBefore="2026-05-04T09:55:00.000Z" `, "")}, nil},
		"times without fractions":    {answer{edit: replace(":00.000Z", ":00Z")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := expect()
			if c.expect != nil {
				c.expect(&e)
			}
			for _, f := range samlcheck.Verify(c.answer.xml(t), e) {
				if !f.OK {
					t.Errorf("%s: expected %q, got %q", f.Code, f.Expected, f.Got)
				}
			}
		})
	}
}

func dropFirstIssuer(s string) string {
	end := "</saml2:Issuer>"
	return s[:strings.Index(s, "<saml2:Issuer")] + s[strings.Index(s, end)+len(end):]
}

const notOnOrAfter = `NotOnOrAfter="2026-05-04T10:05:00.000Z"`

// Okta signed each of these, or somebody changed it afterwards: the list names
// every check that fails, and no other.
func TestVerifyNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer answer
		expect func(*samlcheck.Expect)
		fails  []string
		got    string // part of the Got of the first that fails
	}{
		"audience in capitals":        {answer{edit: replace(">n2p<", ">N2P<")}, nil, []string{"audience"}, "N2P (differs only in letter case)"},
		"audience with a slash":       {answer{edit: replace(">n2p<", ">n2p/<")}, nil, []string{"audience"}, "n2p/ (differs only by a slash at the end)"},
		"audience with blanks":        {answer{edit: replace(">n2p<", "> n2p <")}, nil, []string{"audience"}, "white space"},
		"audience with a zero width":  {answer{edit: replace(">n2p<", ">n2p\u200b<")}, nil, []string{"audience"}, "invisible"},
		"quite another audience":      {answer{edit: replace(">n2p<", ">telnyx<")}, nil, []string{"audience"}, "telnyx"},
		"second restriction narrower": {answer{edit: replace("</saml2:Conditions>", "<saml2:AudienceRestriction><saml2:Audience>x</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>")}, nil, []string{"audience"}, "x"},
		"no audience":                 {answer{edit: replace("<saml2:AudienceRestriction><saml2:Audience>n2p</saml2:Audience></saml2:AudienceRestriction>", "")}, nil, []string{"audience"}, "no AudienceRestriction"},
		"audience unknown":            {answer{}, func(e *samlcheck.Expect) { e.Audience = "" }, []string{"audience"}, "not checked"},
		"audience changed afterwards": {answer{tamper: replace(">n2p<", ">N2P<")}, nil, []string{"response_signature", "assertion_signature", "audience"}, "changed afterwards"},

		"expired":                  {answer{}, func(e *samlcheck.Expect) { e.Now = now.Add(time.Hour) }, []string{"not_on_or_after"}, "55m0s ago"},
		"just expired":             {answer{}, func(e *samlcheck.Expect) { e.Now = now.Add(6 * time.Minute) }, []string{"not_on_or_after"}, "1m0s ago"},
		"conditions end first":     {answer{edit: replace(notOnOrAfter+">", `NotOnOrAfter="2026-05-04T09:57:00Z">`)}, nil, []string{"not_on_or_after"}, "Conditions"},
		"session over":             {answer{edit: replace(`SessionIndex="_s1"`, `SessionIndex="_s1" SessionNotOnOrAfter="2026-05-04T09:00:00Z"`)}, nil, []string{"not_on_or_after"}, "AuthnStatement"},
		"no end":                   {answer{edit: replace(" "+notOnOrAfter, "")}, nil, []string{"not_on_or_after"}, "not given"},
		"an end that is no time":   {answer{edit: replace(notOnOrAfter, `NotOnOrAfter="soon"`)}, nil, []string{"not_on_or_after"}, `"soon" is not a time`},
		"not yet valid":            {answer{}, func(e *samlcheck.Expect) { e.Now = now.Add(-time.Hour) }, []string{"not_before"}, "55m0s ahead"},
		"a beginning that is none": {answer{edit: replace(`NotBefore="2026-05-04T09:55:00.000Z"`, `NotBefore="x"`)}, nil, []string{"not_before"}, "not a time"},

		"wrong recipient":         {answer{edit: replace(`Recipient="`+acsURL, `Recipient="`+acsURL+"/")}, nil, []string{"recipient"}, "slash"},
		"no bearer":               {answer{edit: replace("cm:bearer", "cm:holder-of-key")}, nil, []string{"recipient", "not_on_or_after"}, ""},
		"wrong destination":       {answer{editOuter: replace("https://auth", "http://auth")}, nil, []string{"destination"}, "http and https"},
		"no destination":          {answer{editOuter: replace(` Destination="`+acsURL+`"`, "")}, nil, []string{"destination"}, "not given"},
		"posted elsewhere":        {answer{}, func(e *samlcheck.Expect) { e.PostedTo = "https://evil.example/acs" }, []string{"posted_to"}, "evil.example"},
		"posted nowhere":          {answer{}, func(e *samlcheck.Expect) { e.PostedTo = "" }, []string{"posted_to"}, "not given"},
		"another ACS URL held":    {answer{}, func(e *samlcheck.Expect) { e.ACSURL = "https://auth.example.net/ACS" }, []string{"posted_to", "destination", "recipient"}, ""},
		"issuer by https":         {answer{}, func(e *samlcheck.Expect) { e.Issuer = "https://www.okta.com/exk1fake2id3" }, []string{"issuer"}, "http and https"},
		"bare id as issuer":       {answer{}, func(e *samlcheck.Expect) { e.Issuer = "exk1fake2id3" }, []string{"issuer"}, issuer},
		"response issuer differs": {answer{editOuter: replace("exk1fake2id3", "exkOther")}, nil, []string{"issuer"}, "in the response: http"},
		"no issuer":               {answer{edit: replace("saml2:Issuer", "saml2:Issued"), editOuter: replace("saml2:Issuer", "saml2:Issued")}, nil, []string{"issuer"}, "not given"},

		"InResponseTo missing":          {answer{idpInitiated: true}, nil, []string{"in_response_to"}, "not given"},
		"InResponseTo missing inside":   {answer{edit: replace(` InResponseTo="`+requestID+`"`, "")}, nil, []string{"in_response_to"}, "SubjectConfirmationData"},
		"another request's":             {answer{}, func(e *samlcheck.Expect) { e.RequestID = "_req-43" }, []string{"in_response_to"}, requestID},
		"another request's inside":      {answer{edit: replace(requestID, "_old")}, nil, []string{"in_response_to"}, "_old"},
		"unsolicited, but names one":    {answer{}, func(e *samlcheck.Expect) { e.RequestID = "" }, []string{"in_response_to"}, requestID},
		"unsolicited, names one inside": {answer{editOuter: replace(` InResponseTo="`+requestID+`"`, "")}, func(e *samlcheck.Expect) { e.RequestID = "" }, []string{"in_response_to"}, "SubjectConfirmationData"},

		"service provider holds another certificate": {answer{}, func(e *samlcheck.Expect) { e.Certificate = foreign().der }, []string{"response_signature", "assertion_signature", "certificate"}, "not made with the key"},
		"signed by another app":                      {answer{responseKey: new(foreign()), assertionKey: new(foreign())}, nil, []string{"response_signature", "assertion_signature", "certificate"}, "not made with the key"},
		"assertion of another key":                   {answer{assertionKey: new(foreign())}, nil, []string{"assertion_signature", "certificate"}, "not made with the key"},
		"same key, renewed certificate":              {answer{responseKey: new(renewed()), assertionKey: new(renewed())}, nil, []string{"certificate"}, "SHA-256 "},
		"certificate has ended":                      {answer{responseKey: new(ended()), assertionKey: new(ended())}, func(e *samlcheck.Expect) { e.Certificate = ended().der }, []string{"certificate"}, "ended 2026-05-01"},
		"certificate not known":                      {answer{}, func(e *samlcheck.Expect) { e.Certificate = nil }, []string{"response_signature", "assertion_signature", "certificate"}, "not checked"},
		"certificate garbled":                        {answer{tamper: replace("<ds:X509Certificate>MII", "<ds:X509Certificate>AAA")}, nil, []string{"response_signature", "certificate"}, ""},

		"no signature of the response":  {answer{unsignedResponse: true}, nil, []string{"response_signature"}, "not signed"},
		"no signature of the assertion": {answer{unsignedAssertion: true}, nil, []string{"assertion_signature"}, "not signed"},
		"nothing signed": {answer{unsignedResponse: true, unsignedAssertion: true}, func(e *samlcheck.Expect) {
			e.ResponseSigned, e.AssertionSigned = false, false
		}, []string{"assertion_signature", "certificate"}, "neither"},
		"bad though not required":            {answer{tamper: replace(`Version="2.0"><saml2:Issuer xmlns`, `Version="2.0" Consent="x"><saml2:Issuer xmlns`)}, func(e *samlcheck.Expect) { e.ResponseSigned = false }, []string{"response_signature"}, "changed afterwards"},
		"response signature cut off":         {answer{tamper: cutSignature(0)}, nil, []string{"response_signature"}, "not signed"},
		"assertion signature cut off":        {answer{tamper: cutSignature(1)}, nil, []string{"response_signature", "assertion_signature"}, "changed afterwards"},
		"assertion signature cut off before": {answer{tamper: cutSignature(1)}, func(e *samlcheck.Expect) { e.AssertionSigned = false }, []string{"response_signature", "assertion_signature"}, "changed afterwards"},
		"unknown algorithm":                  {answer{tamper: replace("xmldsig-more#rsa-sha256", "xmldsig#rsa-sha1")}, nil, []string{"response_signature", "assertion_signature"}, "algorithm"},
		"two references":                     {answer{tamper: doubleReference}, nil, []string{"response_signature"}, "not about this element"},

		"another format": {answer{edit: replace("1.1:nameid-format:emailAddress", "2.0:nameid-format:persistent")}, nil, []string{"nameid_format"}, "persistent"},
		"no format":      {answer{edit: replace(` Format="`+sso.NameIDEmail+`"`, "")}, nil, []string{"nameid_format"}, "unspecified"},
		"another person": {answer{}, func(e *samlcheck.Expect) { e.Email = "ben@acme.example" }, []string{"nameid"}, person},
		"a login":        {answer{edit: replace(">"+person+"</saml2:NameID>", ">alima</saml2:NameID>")}, nil, []string{"nameid"}, "alima"},
		"an empty one": {answer{edit: replace(">"+person+"</saml2:NameID>", "> </saml2:NameID>")}, func(e *samlcheck.Expect) {
			e.Email = ""
		}, []string{"nameid"}, "empty"},
		"no NameID":             {answer{edit: replace("saml2:NameID", "saml2:BaseID")}, nil, []string{"nameid_format", "nameid"}, "no NameID"},
		"an encrypted one":      {answer{edit: replace("saml2:NameID", "saml2:EncryptedID")}, nil, []string{"nameid_format", "nameid"}, ""},
		"comment in the NameID": {answer{tamper: replace(">"+person+"<", ">"+person+"<!---->.evil.example<")}, nil, []string{"response_signature", "assertion_signature", "nameid", "attribute.email"}, ""},
		"signed comment in the NameID": {answer{edit: replace(">"+person+"</saml2:NameID>", ">"+person+"<!-- -->.evil.example</saml2:NameID>")}, nil,
			[]string{"nameid"}, person + ".evil.example"},

		"attribute missing":         {answer{}, func(e *samlcheck.Expect) { e.Attributes = map[string]string{"firstName": ""} }, []string{"attribute.firstName"}, "not given"},
		"attribute in another case": {answer{}, func(e *samlcheck.Expect) { e.Attributes = map[string]string{"Email": ""} }, []string{"attribute.Email"}, `there is "email"`},
		"attribute of another":      {answer{}, func(e *samlcheck.Expect) { e.Attributes["email"] = "x@acme.example" }, []string{"attribute.email"}, person},
		"attribute without a value": {answer{edit: replace(">"+person+"</saml2:AttributeValue>", "></saml2:AttributeValue>")}, func(e *samlcheck.Expect) {
			e.Attributes["email"] = ""
		}, []string{"attribute.email"}, "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := expect()
			if c.expect != nil {
				c.expect(&e)
			}
			findings := samlcheck.Verify(c.answer.xml(t), e)
			if diff := cmp.Diff(c.fails, failed(findings)); diff != "" {
				t.Fatalf("failed (-want +got):\n%s\n%+v", diff, findings)
			}
			f := find(t, findings, c.fails[0])
			if !strings.Contains(f.Got, c.got) {
				t.Errorf("%s: got %q, want %q in it", f.Code, f.Got, c.got)
			}
		})
	}
}

// cutSignature takes out the nth Signature of a response.
func cutSignature(n int) func(string) string {
	return func(s string) string {
		start := -1
		for i := 0; i <= n; i++ {
			start += 1 + strings.Index(s[start+1:], "<ds:Signature ")
		}
		end := strings.Index(s[start:], "</ds:Signature>") + len("</ds:Signature>")
		return s[:start] + s[start+end:]
	}
}

func doubleReference(s string) string {
	start, end := strings.Index(s, "<ds:Reference"), strings.Index(s, "</ds:Reference>")+len("</ds:Reference>")
	return s[:end] + s[start:end] + s[end:]
}

func TestVerifyListsEverythingEvenWhenNothingCanBeRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, got string }{
		"nothing":        {"", "nothing was received"},
		"blanks":         {" \n", "nothing was received"},
		"a web page":     {"<html><body>Sign in</body></html>", "web page"},
		"no XML":         {"hello", "no XML element"},
		"cut off":        {string(answer{}.xml(t)[:900]), "XML"},
		"metadata":       {`<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"/>`, "EntityDescriptor"},
		"SAML 1.1":       {`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:1.0:protocol"/>`, "another kind"},
		"version":        {`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Version="3.0"/>`, `"3.0"`},
		"document type":  {`<!DOCTYPE r [<!ENTITY a "n2p">]>` + string(answer{}.xml(t))[38:], "document type"},
		"entity":         {strings.Replace(string(answer{}.xml(t)), ">n2p<", ">&a;<", 1), "XML"},
		"instruction":    {strings.Replace(string(answer{}.xml(t)), ">n2p<", "><?x?>n2p<", 1), "processing instruction"},
		"not UTF-8":      {"<a>\xff</a>", "UTF-8"},
		"deeply nested":  {strings.Repeat("<a>", 100000), "deeply nested"},
		"far too much":   {"<a>" + strings.Repeat(" ", 3<<20), "too much"},
		"doubtful names": {`<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol" ::a="x"/>`, "XML"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings := samlcheck.Verify([]byte(c.in), expect())
			var codes []string
			for _, f := range findings {
				codes = append(codes, f.Code)
				if f.OK != (f.Code == "posted_to") {
					t.Errorf("%s: OK is %v", f.Code, f.OK)
				}
				if f.Code != "well_formed" && !f.OK && !strings.HasPrefix(f.Got, "not checked: ") {
					t.Errorf("%s says %q, not that it was not checked", f.Code, f.Got)
				}
			}
			if diff := cmp.Diff(order, codes); diff != "" {
				t.Errorf("codes (-want +got):\n%s", diff)
			}
			if !strings.Contains(findings[0].Got, c.got) {
				t.Errorf("got %q, want %q in it", findings[0].Got, c.got)
			}
		})
	}
}

func TestVerifyReadsAResponseThatReportsAFailure(t *testing.T) {
	t.Parallel()
	doc := element(t, strings.Replace(oktaResponse, `status:Success"/>`, `status:Responder"><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:NoPassive"/></saml2p:StatusCode>`+
		`<saml2p:StatusMessage>no session`+"\u202e"+`</saml2p:StatusMessage>`, 1))
	sign(t, doc, active(), false)
	findings := samlcheck.Verify([]byte(serialise(t, doc)), expect())
	if got := find(t, findings, "status").Got; got != "Responder, NoPassive: no session" {
		t.Errorf("status is %q", got)
	}
	want := []string{"status", "assertion_signature", "recipient", "audience", "not_before", "not_on_or_after", "nameid_format", "nameid", "attribute.email", "attribute.groups"}
	if diff := cmp.Diff(want, failed(findings)); diff != "" {
		t.Errorf("failed (-want +got):\n%s", diff)
	}
}

func TestVerifyReportsAStatusBesideAnAssertion(t *testing.T) {
	t.Parallel()
	in := answer{editOuter: replace("status:Success", "status:Requester")}.xml(t)
	if diff := cmp.Diff([]string{"status"}, failed(samlcheck.Verify(in, expect()))); diff != "" {
		t.Errorf("failed (-want +got):\n%s", diff)
	}
	doc := element(t, replace(`<saml2p:Status><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></saml2p:Status>`, "")(oktaResponse))
	sign(t, doc, active(), false)
	if f := find(t, samlcheck.Verify([]byte(serialise(t, doc)), expect()), "status"); f.OK || f.Got != "not given" {
		t.Errorf("a missing status gives %+v", f)
	}
}

func TestVerifySaysThatAnAssertionIsEncrypted(t *testing.T) {
	t.Parallel()
	doc := element(t, oktaResponse)
	doc.AddChild(element(t, `<saml2:EncryptedAssertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"><x/></saml2:EncryptedAssertion>`))
	sign(t, doc, active(), false)
	findings := samlcheck.Verify([]byte(serialise(t, doc)), expect())
	if f := find(t, findings, "well_formed"); f.OK || !strings.Contains(f.Got, "EncryptedAssertion") {
		t.Errorf("well_formed is %+v", f)
	}
	if f := find(t, findings, "response_signature"); !f.OK {
		t.Errorf("the response's own signature was not checked: %+v", f)
	}
	if f := find(t, findings, "audience"); f.OK || !strings.HasPrefix(f.Got, "not checked") {
		t.Errorf("audience is %+v", f)
	}
}

func TestVerifyShowsNoControlCharacters(t *testing.T) {
	t.Parallel()
	e := expect()
	e.PostedTo = "https://evil.example/\x1b[2J" + strings.Repeat("x", 5000)
	in := answer{edit: replace(">n2p<", ">n2p&#xD;\u009b31m\u202e"+strings.Repeat("ü", 5000)+"<")}.xml(t)
	for _, f := range samlcheck.Verify(in, e) {
		for _, text := range []string{f.Expected, f.Got} {
			if sso.PlainText(text, 400) != text {
				t.Errorf("%s shows %q", f.Code, text)
			}
		}
	}
}
