package samlcheck

import (
	"crypto/x509"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"

	"example.com/ssowizard/internal/certificate"
)

// signature is what became of checking the signature of one element.
type signature struct {
	present  bool
	method   string         // short name of the algorithm
	verified *etree.Element // what the signature covers, nil unless it is good
	problem  string         // why it is not good
	embedded []byte         // DER of the certificate that came along, unverified
	garbled  bool           // a certificate came along that cannot be read
}

// ncName is the form of an ID that a signature may point to.
var ncName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// checkSignature verifies the enveloped signature of el with cert and with
// nothing else: the key that a message brings along proves nothing. el stays
// as it is.
func checkSignature(el *etree.Element, cert *x509.Certificate) signature {
	own := children(el, nsDSig, "Signature")
	if len(own) == 0 {
		return signature{}
	}
	s := signature{present: true}
	s.method = shortName(attr(child(own[0], nsDSig, "SignedInfo", "SignatureMethod"), "Algorithm"))
	s.embedded, s.garbled = embeddedCertificate(own[0])
	if err := checkReference(el, own); err != nil {
		s.problem = err.Error()
		return s
	}
	if cert == nil {
		s.problem = NotChecked + "the service provider's certificate is not known"
		return s
	}
	verified, err := verify(el, cert)
	if err != nil {
		s.problem = explainFailure(err)
		return s
	}
	s.verified = verified
	return s
}

// checkReference makes sure that the one signature of el is about el, and about
// nothing else.
func checkReference(el *etree.Element, own []*etree.Element) error {
	if len(own) > 1 {
		return errors.New("more than one signature")
	}
	id := attr(el, "ID")
	if !ncName.MatchString(id) {
		return errors.New("signed, but without a proper ID that the signature could be about")
	}
	refs := children(child(own[0], nsDSig, "SignedInfo"), nsDSig, "Reference")
	if len(refs) != 1 || attr(refs[0], "URI") != "#"+id {
		return errors.New("the signature is not about this element")
	}
	return nil
}

// verify gives the element that the signature covers, as it was signed.
func verify(el *etree.Element, cert *x509.Certificate) (*etree.Element, error) {
	scope, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		return nil, fmt.Errorf("namespaces: %w", err)
	}
	detached, err := etreeutils.NSDetatch(scope, el)
	if err != nil {
		return nil, fmt.Errorf("namespaces: %w", err)
	}
	// Without KeyInfo goxmldsig takes the one certificate that it was given.
	// An inner element's KeyInfo is part of what an outer signature covers and
	// stays.
	for _, sig := range children(detached, nsDSig, "Signature") {
		for _, info := range sig.SelectElements("KeyInfo") {
			sig.RemoveChild(info)
		}
	}
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}})
	// The certificate's own lifetime is a check of its own.
	ctx.Clock = dsig.NewFakeClockAt(cert.NotBefore)
	verified, err := ctx.Validate(detached)
	if err != nil {
		return nil, fmt.Errorf("verify signature: %w", err)
	}
	if verified == nil || verified.Tag != el.Tag || verified.NamespaceURI() != el.NamespaceURI() || attr(verified, "ID") != attr(el, "ID") {
		return nil, errors.New("the signature covers something else")
	}
	return verified, nil
}

func explainFailure(err error) string {
	text := err.Error()
	switch {
	case strings.Contains(text, "Unknown"):
		return "signed with an algorithm that is not known"
	// goxmldsig says this when the digest differs, and only then: the value
	// itself is checked before, by crypto/x509.
	case strings.Contains(text, "Signature could not be verified"):
		return "what was signed has been changed afterwards"
	case strings.Contains(text, "verification error"), strings.Contains(text, "verification failure"),
		strings.Contains(text, "specifies an"): // a key of another kind
		return "the signature was not made with the key of that certificate"
	}
	return "the signature cannot be verified"
}

func embeddedCertificate(sig *etree.Element) (der []byte, garbled bool) {
	el := child(sig, nsDSig, "KeyInfo", "X509Data", "X509Certificate")
	if el == nil {
		return nil, false
	}
	der, err := certificate.Parse([]byte(text(el)))
	return der, err != nil
}

// shortName is the last part of an algorithm's URI, such as rsa-sha256.
func shortName(uri string) string {
	if i := strings.LastIndexAny(uri, "#/:"); i >= 0 {
		uri = uri[i+1:]
	}
	return plain(uri)
}

// fitsOwnCertificate tells whether an element is unsigned or has a signature
// that fits the certificate beside it: it is as it was signed, by whomever.
func fitsOwnCertificate(el *etree.Element) bool {
	if el == nil {
		return true
	}
	own := children(el, nsDSig, "Signature")
	if len(own) == 0 {
		return true
	}
	der, _ := embeddedCertificate(own[0])
	cert, err := x509.ParseCertificate(der)
	return err == nil && checkSignature(el, cert).verified != nil
}
