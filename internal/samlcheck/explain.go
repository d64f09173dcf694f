package samlcheck

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/beevik/etree"

	"example.com/ssowizard/internal/certificate"
	"example.com/ssowizard/internal/sso"
)

// Attribute is one attribute of an assertion.
type Attribute struct {
	Name   string
	Format string
	Values []string
}

// Summary is what a response says. Nothing in it is verified; all texts are fit
// to be shown.
type Summary struct {
	ID           string
	Status       string // short names of the status codes, and the message
	Issuer       string // IdP entity ID: the assertion's, else the response's
	IssueInstant time.Time
	Destination  string
	InResponseTo string
	Recipient    string
	Audiences    []string // SP entity IDs
	NameID       string
	NameIDFormat string
	NotBefore    time.Time // zero: not given
	NotOnOrAfter time.Time // the earliest end; zero: not given
	AuthnContext string
	SessionIndex string
	Attributes   []Attribute

	// ResponseSigned and AssertionSigned say that there is a signature, the
	// methods by which algorithm.
	ResponseSigned, AssertionSigned bool
	ResponseMethod, AssertionMethod string
	// Encrypted says that the assertion cannot be read here.
	Encrypted bool
	// Certificates are those that came along, each once.
	Certificates []certificate.Info
	// Intact says that every signature fits the certificate beside it: nobody
	// changed the response. Whose certificate that is, it does not say.
	Intact bool
}

// Decode gives the XML of a response in one of the forms in which it is handed
// on: the XML itself, its base64, or the body of the form that was posted.
func Decode(in []byte) ([]byte, error) {
	in = bytes.TrimSpace(bytes.TrimPrefix(in, []byte("\ufeff")))
	switch {
	case len(in) == 0:
		return nil, errors.New("decode SAML response: the text is empty")
	case len(in) > 2*maxBytes:
		return nil, fmt.Errorf("decode SAML response: %d bytes are too much", len(in))
	case in[0] == '<':
		return in, nil
	}
	encoded := string(in)
	if i := strings.Index(encoded, "SAMLResponse="); i >= 0 {
		encoded, _, _ = strings.Cut(encoded[i+len("SAMLResponse="):], "&")
	}
	if strings.Contains(encoded, "%") {
		unescaped, err := url.PathUnescape(encoded) // keeps +, which base64 uses
		if err != nil {
			return nil, errors.New("decode SAML response: damaged URL encoding")
		}
		encoded = unescaped
	}
	xml, err := decodeBase64(encoded)
	if err != nil {
		return nil, errors.New("decode SAML response: neither XML nor base64")
	}
	if xml = bytes.TrimSpace(xml); len(xml) == 0 || xml[0] != '<' {
		return nil, errors.New("decode SAML response: the base64 holds no XML")
	}
	return xml, nil
}

func decodeBase64(text string) ([]byte, error) {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || r == '=' || r == '"':
			return -1
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		}
		return r
	}, text)
	return base64.RawStdEncoding.DecodeString(text)
}

// Explain says what a response holds, in any form that Decode takes. It
// verifies nothing, but refuses what Verify finds not well formed.
func Explain(response []byte) (Summary, error) {
	xml, err := Decode(response)
	if err != nil {
		return Summary{}, err
	}
	doc, err := parse(xml)
	if err != nil {
		return Summary{}, fmt.Errorf("read SAML response: found %s", plain(err.Error()))
	}
	s := Summary{
		ID:           plain(attr(doc.response, "ID")),
		Status:       statusOf(doc.response).summary,
		Issuer:       plain(text(child(doc.response, nsAssertion, "Issuer"))),
		Destination:  plain(attr(doc.response, "Destination")),
		InResponseTo: plain(attr(doc.response, "InResponseTo")),
		Encrypted:    doc.missing != "" && doc.missing != noAssertion,
	}
	s.IssueInstant, _ = parseTime(attr(doc.response, "IssueInstant"))
	s.addSignatures(doc)
	if doc.assertion != nil {
		s.addAssertion(doc.assertion)
	}
	return s, nil
}

func (s *Summary) addSignatures(doc *document) {
	s.ResponseSigned, s.ResponseMethod = s.addSignature(doc.response)
	if doc.assertion != nil {
		s.AssertionSigned, s.AssertionMethod = s.addSignature(doc.assertion)
	}
	s.Intact = s.ResponseSigned || s.AssertionSigned
	for _, el := range []*etree.Element{doc.response, doc.assertion} {
		s.Intact = s.Intact && fitsOwnCertificate(el)
	}
}

func (s *Summary) addSignature(el *etree.Element) (signed bool, method string) {
	sig := checkSignature(el, nil)
	if info, err := certificate.Inspect(sig.embedded); err == nil {
		for _, have := range s.Certificates {
			if have.SHA256 == info.SHA256 {
				return sig.present, sig.method
			}
		}
		s.Certificates = append(s.Certificates, info)
	}
	return sig.present, sig.method
}

func (s *Summary) addAssertion(assertion *etree.Element) {
	r := &reading{assertion: assertion}
	conditions := child(assertion, nsAssertion, "Conditions")
	data := confirmation(r)
	id := nameID(r)
	authn := child(assertion, nsAssertion, "AuthnStatement")
	if issuer := plain(text(child(assertion, nsAssertion, "Issuer"))); issuer != "" {
		s.Issuer = issuer
	}
	s.Recipient = plain(attr(data, "Recipient"))
	for _, restriction := range children(conditions, nsAssertion, "AudienceRestriction") {
		for _, el := range children(restriction, nsAssertion, "Audience") {
			s.Audiences = append(s.Audiences, plain(text(el)))
		}
	}
	s.NameID = plain(text(id))
	s.NameIDFormat = plain(attr(id, "Format"))
	s.NotBefore, _ = parseTime(attr(conditions, "NotBefore"))
	s.NotOnOrAfter = earliest(attr(conditions, "NotOnOrAfter"), attr(data, "NotOnOrAfter"))
	s.AuthnContext = plain(text(child(authn, nsAssertion, "AuthnContext", "AuthnContextClassRef")))
	s.SessionIndex = plain(attr(authn, "SessionIndex"))
	for _, a := range attributesOf(assertion) {
		shown := Attribute{Name: plain(a.Name), Format: plain(a.Format)}
		for _, v := range a.Values {
			shown.Values = append(shown.Values, sso.PlainText(v, maxText))
		}
		s.Attributes = append(s.Attributes, shown)
	}
}

func earliest(texts ...string) time.Time {
	var first time.Time
	for _, text := range texts {
		if t, err := parseTime(text); err == nil && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}
