// Package samlcheck says what a SAML response holds and whether a service
// provider that is set up in a certain way would accept it. It knows neither
// labels nor service providers, and never trusts a key that the response brings
// along.
package samlcheck

import (
	"crypto/x509"
	"maps"
	"slices"
	"time"

	"github.com/beevik/etree"

	"example.com/ssowizard/internal/sso"
)

// Expect is what the service provider holds and what went before.
type Expect struct {
	Certificate  []byte // DER, the one that the service provider holds
	Audience     string // SP entity ID
	ACSURL       string
	Issuer       string // IdP entity ID
	NameIDFormat string // "" takes any
	// Email is the person's address that the NameID must be; "" takes any.
	Email string
	// Attributes are the wanted attributes by name; "" takes any value that is
	// not empty.
	Attributes map[string]string
	// RequestID is the ID of the AuthnRequest; "" means that there was none
	// (IdP-initiated), so that the response must not name one.
	RequestID string
	// PostedTo is where the response was, or would have been, delivered.
	PostedTo string
	Now      time.Time
	Skew     time.Duration // how far the two clocks may differ
	// ResponseSigned and AssertionSigned say which signatures must be there. A
	// signature that is there must be good, wanted or not.
	ResponseSigned, AssertionSigned bool
	Flow                            sso.Flow // copied into the findings
}

// Codes of the findings, in their order. Attributes follow, each with
// CodeAttribute and its name.
const (
	CodeWellFormed         = "well_formed"
	CodeStatus             = "status"
	CodePostedTo           = "posted_to"
	CodeDestination        = "destination"
	CodeIssuer             = "issuer"
	CodeInResponseTo       = "in_response_to"
	CodeResponseSignature  = "response_signature"
	CodeAssertionSignature = "assertion_signature"
	CodeCertificate        = "certificate"
	CodeRecipient          = "recipient"
	CodeAudience           = "audience"
	CodeNotBefore          = "not_before"
	CodeNotOnOrAfter       = "not_on_or_after"
	CodeNameIDFormat       = "nameid_format"
	CodeNameID             = "nameid"
	CodeAttribute          = "attribute."
)

// NotChecked begins the Got of a finding whose check could not be made.
const NotChecked = "not checked: "

// reading is a response with what could be made sure about it. The elements
// are those that a good signature covers, as far as there is one.
type reading struct {
	Expect
	unreadable string // why there is no response
	missing    string // why there is no assertion
	response   *etree.Element
	assertion  *etree.Element
	trusted    *x509.Certificate // parsed Certificate, nil when there is none
	// responseSig and assertionSig are the signatures of the two.
	responseSig, assertionSig signature
}

// part is what a check has to have in order to be made.
type part int

const (
	nothing part = iota
	aResponse
	anAssertion
)

// check is one line of the list.
type check struct {
	code  string
	needs part
	want  func(*reading) string
	look  func(*reading) (ok bool, got string)
}

var checks = []check{
	{CodeWellFormed, nothing, constant("a SAML response with one assertion"), checkWellFormed},
	{CodeStatus, aResponse, constant("Success"), checkStatus},
	{CodePostedTo, nothing, wantACSURL, checkPostedTo},
	{CodeDestination, aResponse, wantACSURL, checkDestination},
	{CodeIssuer, aResponse, func(r *reading) string { return r.Issuer }, checkIssuer},
	{CodeInResponseTo, aResponse, wantInResponseTo, checkInResponseTo},
	{CodeResponseSignature, aResponse, wantResponseSignature, checkResponseSignature},
	{CodeAssertionSignature, anAssertion, wantAssertionSignature, checkAssertionSignature},
	{CodeCertificate, aResponse, wantCertificate, checkCertificate},
	{CodeRecipient, anAssertion, wantACSURL, checkRecipient},
	{CodeAudience, anAssertion, func(r *reading) string { return r.Audience }, checkAudience},
	{CodeNotBefore, anAssertion, wantNotBefore, checkNotBefore},
	{CodeNotOnOrAfter, anAssertion, wantNotOnOrAfter, checkNotOnOrAfter},
	{CodeNameIDFormat, anAssertion, wantNameIDFormat, checkNameIDFormat},
	{CodeNameID, anAssertion, wantNameID, checkNameID},
}

// Verify checks response (XML, not base64) against e. The list is always whole
// and in the order of the codes: a failed check does not hide the others, and
// one that could not be made is not OK and says why. Only when every finding is
// OK, see sso.AllOK, would the service provider let the person in; as long as a
// signature is not good, the other findings describe what somebody sent, which
// need not be Okta. Fix stays empty.
func Verify(response []byte, e Expect) []sso.Finding {
	r := read(response, e)
	all := slices.Clone(checks)
	for _, name := range slices.Sorted(maps.Keys(e.Attributes)) {
		all = append(all, attributeCheck(name))
	}
	findings := make([]sso.Finding, 0, len(all))
	for _, c := range all {
		f := sso.Finding{Code: c.code, Expected: plain(c.want(r)), Flow: e.Flow}
		if why := r.prevents(c.needs); why != "" {
			f.Got = plain(NotChecked + why)
		} else {
			f.OK, f.Got = c.look(r)
			f.Got = plain(f.Got)
		}
		findings = append(findings, f)
	}
	return findings
}

func read(response []byte, e Expect) *reading {
	r := &reading{Expect: e}
	if cert, err := x509.ParseCertificate(e.Certificate); err == nil {
		r.trusted = cert
	}
	doc, err := parse(response)
	if err != nil {
		r.unreadable = err.Error()
		return r
	}
	r.response, r.assertion, r.missing = doc.response, doc.assertion, doc.missing
	r.responseSig = checkSignature(doc.response, r.trusted)
	if v := r.responseSig.verified; v != nil {
		r.response = v
		if doc.assertion != nil {
			r.assertion = child(v, nsAssertion, "Assertion")
		}
	}
	if doc.assertion != nil {
		// Checked where it stands, not inside what the response's signature
		// gave back: namespaces that only its own digest needs are gone there.
		// There is one assertion, so both are about the same.
		r.assertionSig = checkSignature(doc.assertion, r.trusted)
		if v := r.assertionSig.verified; v != nil {
			r.assertion = v
		}
	}
	return r
}

// prevents says why a check that needs p cannot be made, "" when it can.
func (r *reading) prevents(p part) string {
	switch {
	case p == nothing:
		return ""
	case r.response == nil:
		return "the response could not be read"
	case p == anAssertion && r.assertion == nil:
		return "the response has no assertion that can be read"
	}
	return ""
}

func constant(text string) func(*reading) string {
	return func(*reading) string { return text }
}

func wantACSURL(r *reading) string { return r.ACSURL }
