package samlcheck

import (
	"crypto/x509"
	"strings"

	"github.com/beevik/etree"

	"example.com/ssowizard/internal/certificate"
)

func checkWellFormed(r *reading) (bool, string) {
	switch {
	case r.unreadable != "":
		return false, r.unreadable
	case r.missing != "" && statusOf(r.response).code != statusSuccess && r.missing == noAssertion:
		return true, "a response that reports a failure"
	case r.missing != "":
		return false, r.missing
	case r.assertion == nil:
		return false, "the assertion is not part of what was signed"
	}
	return true, "a SAML response with one assertion"
}

// status is the Status of a response.
type status struct {
	code    string // top-level URI
	summary string // short names and message
}

func statusOf(response *etree.Element) status {
	top := child(response, nsProtocol, "Status", "StatusCode")
	s := status{code: attr(top, "Value")}
	var words []string
	for el := top; el != nil; el = child(el, nsProtocol, "StatusCode") {
		words = append(words, shortName(attr(el, "Value")))
	}
	s.summary = strings.Join(words, ", ")
	if message := plain(text(child(response, nsProtocol, "Status", "StatusMessage"))); message != "" {
		s.summary += ": " + message
	}
	return s
}

func checkStatus(r *reading) (bool, string) {
	s := statusOf(r.response)
	if s.code == "" {
		return false, notGiven
	}
	return s.code == statusSuccess, s.summary
}

func checkPostedTo(r *reading) (bool, string) { return same(r.ACSURL, r.PostedTo) }

func checkDestination(r *reading) (bool, string) {
	return same(r.ACSURL, attr(r.response, "Destination"))
}

// checkIssuer wants both issuers right. The response's own may be absent.
func checkIssuer(r *reading) (bool, string) {
	outer := child(r.response, nsAssertion, "Issuer")
	inner := child(r.assertion, nsAssertion, "Issuer")
	switch {
	case outer == nil && inner == nil:
		return false, notGiven
	case r.assertion == nil:
		return same(r.Issuer, text(outer))
	}
	ok, got := same(r.Issuer, text(inner))
	if !ok || outer == nil {
		return ok, got
	}
	if ok, got := same(r.Issuer, text(outer)); !ok {
		return false, "in the response: " + got
	}
	return true, got
}

func wantInResponseTo(r *reading) string {
	if r.RequestID == "" {
		return "none, nobody asked for the response"
	}
	return r.RequestID
}

// checkInResponseTo looks at both places that name the request: the assertion's
// is the one that is signed even when the response is not.
func checkInResponseTo(r *reading) (bool, string) {
	outer, hasOuter := findAttr(r.response, "InResponseTo")
	data := confirmation(r)
	inner, hasInner := findAttr(data, "InResponseTo")
	if r.RequestID == "" {
		switch {
		case hasOuter:
			return false, outer
		case hasInner:
			return false, "in SubjectConfirmationData: " + inner
		}
		return true, "none"
	}
	if ok, got := same(r.RequestID, outer); !ok || data == nil {
		return ok, got
	}
	if ok, got := same(r.RequestID, inner); !ok {
		return false, "in SubjectConfirmationData: " + got
	}
	return true, outer
}

const (
	wantSigned   = "signed with the certificate that the service provider holds"
	wantUnsigned = "not required"
	notSigned    = "not signed"
)

func wantResponseSignature(r *reading) string { return wantSignature(r.ResponseSigned) }

func checkResponseSignature(r *reading) (bool, string) {
	return judge(r.responseSig, r.ResponseSigned)
}

func wantAssertionSignature(r *reading) string {
	return wantSignature(r.AssertionSigned || r.responseSig.verified == nil)
}

// checkAssertionSignature also sees to it that something is signed at all: an
// assertion without its own signature needs that of the response around it.
func checkAssertionSignature(r *reading) (bool, string) {
	if ok, got := judge(r.assertionSig, r.AssertionSigned); !ok || r.assertionSig.present {
		return ok, got
	}
	if r.responseSig.verified == nil {
		return false, "neither the assertion nor the response has a good signature"
	}
	return true, "covered by the signature of the response"
}

func wantSignature(required bool) string {
	if required {
		return wantSigned
	}
	return wantUnsigned
}

func judge(s signature, required bool) (bool, string) {
	switch {
	case s.verified != nil:
		return true, "signed, " + s.method
	case s.present:
		return false, s.problem
	}
	return !required, notSigned
}

func wantCertificate(r *reading) string {
	if r.trusted == nil {
		return "the certificate that the service provider holds"
	}
	return describeCertificate(r.trusted.Raw)
}

// checkCertificate compares what came along with what the service provider
// holds, and looks at the lifetime, which many service providers enforce.
func checkCertificate(r *reading) (bool, string) {
	if r.trusted == nil {
		return false, NotChecked + "the service provider's certificate is not known"
	}
	got := "none came along; the signature fits the one that the service provider holds"
	found := false
	for _, s := range []signature{r.responseSig, r.assertionSig} {
		switch {
		case s.garbled:
			return false, "a certificate that cannot be read"
		case s.embedded == nil:
			continue
		case !certificate.Equal(s.embedded, r.trusted.Raw):
			return false, describeCertificate(s.embedded)
		}
		found, got = true, describeCertificate(s.embedded)
	}
	if !found && r.responseSig.verified == nil && r.assertionSig.verified == nil {
		return false, "none came along, and no signature is good"
	}
	if when := outOfLifetime(r); when != "" {
		return false, got + ", but it " + when
	}
	return true, got
}

func outOfLifetime(r *reading) string {
	switch {
	case r.Now.After(r.trusted.NotAfter):
		return "ended " + stamp(r.trusted.NotAfter)
	case r.Now.Add(r.Skew).Before(r.trusted.NotBefore):
		return "begins " + stamp(r.trusted.NotBefore)
	}
	return ""
}

func describeCertificate(der []byte) string {
	if _, err := x509.ParseCertificate(der); err != nil {
		return "a certificate that cannot be read"
	}
	print, err := certificate.Render(der, certificate.FingerprintSHA256)
	if err != nil {
		return "a certificate that cannot be read"
	}
	return "SHA-256 " + print
}
