// Package samlrp is the SAML relying party that the sandbox's service
// providers share: it makes authentication requests and judges responses. A
// response is refused with a stable code and the reason in words. What lasts
// longer than one response (requests made, assertion ids seen, people) is the
// caller's.
package samlrp

import (
	"crypto/x509"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Code names the reason for a refusal. Codes are stable: clients branch on them.
type Code string

// The codes that a service provider refuses a sign-in with.
const (
	Malformed            Code = "malformed"
	Unsigned             Code = "unsigned"
	CertificateMismatch  Code = "certificate_mismatch"
	BadSignature         Code = "bad_signature"
	StatusNotSuccess     Code = "status_not_success"
	WrongDestination     Code = "wrong_destination"
	WrongRecipient       Code = "wrong_recipient"
	WrongAudience        Code = "wrong_audience"
	WrongIssuer          Code = "wrong_issuer"
	Expired              Code = "expired"
	NotYetValid          Code = "not_yet_valid"
	UnknownRequest       Code = "unknown_request"
	RequestCookieMissing Code = "request_cookie_missing"
	Replayed             Code = "replayed"
	NameIDNotEmail       Code = "nameid_not_email"
	PersonUnknown        Code = "person_unknown"
	SSONotEnabled        Code = "sso_not_enabled"
	NotConfigured        Code = "not_configured"
	Unsolicited          Code = "unsolicited"
	AttributeMissing     Code = "attribute_missing"
	AttributeInvalid     Code = "attribute_invalid"
	CertificateMissing   Code = "certificate_missing"
	CertificateExpired   Code = "certificate_expired"
	WrongRelayState      Code = "wrong_relay_state"
)

// Refusal is an error that says why a response is not accepted. Its message
// holds no control characters.
type Refusal struct {
	Code    Code
	Message string
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// Refuse makes a refusal. Text from the response that goes into the message
// loses its control characters.
func Refuse(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Message: clean(fmt.Sprintf(format, args...))}
}

// Trust is what a service provider was told about its identity provider and
// what it is itself, as far as judging a response needs it.
type Trust struct {
	ACSURL   string
	Audience string // compared byte for byte
	// AudienceLabel is what the service provider's own page calls the audience;
	// it stands in messages beside the standard's word.
	AudienceLabel string
	Issuer        string // "": any, for service providers that are told none
	IssuerLabel   string // as AudienceLabel
	// BareIssuer lets an Issuer without a path stand for the whole one that
	// ends in it: exk1 for http://www.okta.com/exk1.
	BareIssuer bool

	Certificate *x509.Certificate
	// CertificateEnds refuses a sign-in once the certificate's dates have passed.
	CertificateEnds bool
	// Fingerprint takes the place of Certificate where it is not empty: the
	// certificate is then the one that comes with the signature.
	Fingerprint Fingerprint

	Skew time.Duration
}

// Assertion is what a verified response says. Every member comes from signed
// content.
type Assertion struct {
	ID           string
	Issuer       string
	NameID       string
	NameIDFormat string
	Attributes   []Attribute
	InResponseTo string    // "": the identity provider began
	Expires      time.Time // when the last confirmation of the subject ends
}

// Attribute is one attribute statement.
type Attribute struct {
	Name, Format string
	Values       []string
}

// Values are those of all attributes of this name, which counts letter by letter.
func (a *Assertion) Values(name string) []string {
	var all []string
	for _, one := range a.Attributes {
		if one.Name == name {
			all = append(all, one.Values...)
		}
	}
	return all
}

func (t Trust) audienceName() string { return named("SP entity ID", t.AudienceLabel) }

func (t Trust) issuerName() string { return named("IdP entity ID", t.IssuerLabel) }

// issues tells whether an assertion's Issuer is the one that was stored.
func (t Trust) issues(issuer string) bool {
	if t.Issuer == "" || issuer == t.Issuer {
		return true
	}
	return t.BareIssuer && !strings.ContainsAny(t.Issuer, "/: ") && strings.HasSuffix(issuer, "/"+t.Issuer)
}

// named puts what the service provider's page says behind the standard's word.
func named(word, label string) string {
	if label == "" {
		return word
	}
	return word + " (" + label + ")"
}

// Sentence is the message as a sentence of its own.
func (r *Refusal) Sentence() string {
	first, size := utf8.DecodeRuneInString(r.Message)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(r.Message[size:], ".") + "."
}

// quoted lists values so that each one's beginning and end can be seen.
func quoted(values []string) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = strconv.Quote(v)
	}
	return strings.Join(list, ", ")
}

// clean drops control and formatting characters, which could deceive on a
// screen, and shortens what nobody would read.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
	const most = 1000
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
