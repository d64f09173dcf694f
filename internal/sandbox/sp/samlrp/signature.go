package samlrp

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// signed is the content that signatures vouch for, parsed again from the bytes
// that were hashed, so that nothing unsigned can stand in for it.
type signed struct {
	response  *etree.Element // nil when only the assertion is signed
	assertion *etree.Element
}

// verifySignatures checks every signature present, on the response, on the
// assertion or on both, against the one certificate that the service provider
// trusts. At least one has to cover the assertion.
func (r *Response) verifySignatures(t Trust, now time.Time) (signed, error) {
	if r.assertion == nil {
		return signed{}, Refuse(Malformed, "the response holds no assertion")
	}
	onResponse, err := signatureOf(r.root)
	if err != nil {
		return signed{}, err
	}
	onAssertion, err := signatureOf(r.assertion)
	if err != nil {
		return signed{}, err
	}
	if err := r.noOtherSignatures(onResponse, onAssertion); err != nil {
		return signed{}, err
	}
	var s signed
	if onAssertion {
		if s.assertion, err = verify(r.assertion, t, now); err != nil {
			return signed{}, err
		}
	}
	if onResponse {
		if s.response, err = verify(r.root, t, now); err != nil {
			return signed{}, err
		}
		if s.assertion, err = only(s.response, nsAssertion, "Assertion"); err != nil {
			return signed{}, err
		}
	}
	if s.assertion == nil {
		return signed{}, Refuse(Unsigned, "neither the response nor its assertion is signed")
	}
	return s, nil
}

// noOtherSignatures refuses signatures anywhere but directly below what they
// sign, which is where wrapping attacks put the genuine content.
func (r *Response) noOtherSignatures(expected ...bool) error {
	want := 0
	for _, e := range expected {
		if e {
			want++
		}
	}
	if got := len(descendants(r.root, nsSignature, "Signature")); got != want {
		return Refuse(BadSignature, "the response holds a signature that is not directly below the response or the assertion")
	}
	return nil
}

// signatureOf tells whether el carries a signature of itself: one child, with
// one reference, to el's own ID.
func signatureOf(el *etree.Element) (bool, error) {
	sig, err := only(el, nsSignature, "Signature")
	if err != nil || sig == nil {
		return false, err
	}
	references := descendants(sig, nsSignature, "Reference")
	id := el.SelectAttrValue("ID", "")
	if id == "" || len(references) != 1 || references[0].SelectAttrValue("URI", "") != "#"+id {
		return false, Refuse(BadSignature, "the signature on the %s does not refer to the %[1]s as a whole", strings.ToLower(el.Tag))
	}
	return true, nil
}

// verify returns el as it was signed. A certificate inside the response is not
// trusted for being there: it has to have the stored fingerprint, or only helps
// to say what is wrong.
func verify(el *etree.Element, t Trust, now time.Time) (*etree.Element, error) {
	detached := detach(el)
	sig, err := only(detached, nsSignature, "Signature")
	if err != nil {
		return nil, err
	}
	embedded := takeKeyInfo(sig)
	what := strings.ToLower(el.Tag)
	cert := t.Certificate
	if t.Fingerprint.Digest != "" {
		if err := t.Fingerprint.check(embedded, what); err != nil {
			return nil, err
		}
		cert = embedded
	}
	content, err := validate(detached, cert)
	if err == nil {
		return content, t.inItsTime(cert, now)
	}
	if embedded != nil && !embedded.Equal(cert) {
		if _, other := validate(detached, embedded); other == nil {
			return nil, Refuse(CertificateMismatch,
				"the %s is signed with the certificate %s (SHA-256), but the certificate stored here is %s", what, fingerprint(embedded), fingerprint(cert))
		}
	}
	return nil, Refuse(BadSignature, "the signature on the %s cannot be verified with the stored certificate %s (SHA-256): %v", what, fingerprint(cert), err)
}

func (t Trust) inItsTime(cert *x509.Certificate, now time.Time) error {
	if t.CertificateEnds && (now.Before(cert.NotBefore) || now.After(cert.NotAfter)) {
		return Refuse(CertificateExpired, "the certificate stored here is valid from %s to %s only; it is %s here", stamp(cert.NotBefore), stamp(cert.NotAfter), stamp(now))
	}
	return nil
}

func validate(el *etree.Element, cert *x509.Certificate) (*etree.Element, error) {
	context := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}})
	// The certificate is a container for the key: service providers that hold
	// one do not look at its dates, and signing goes on after they have passed.
	context.Clock = dsig.NewFakeClockAt(cert.NotBefore)
	return context.Validate(el)
}

// detach copies el and gives the copy the namespaces that el inherits.
func detach(el *etree.Element) *etree.Element {
	copied := el.Copy()
	declared := map[string]bool{}
	for e := el; e != nil; e = e.Parent() {
		for _, a := range e.Attr {
			name := a.FullKey()
			if name != "xmlns" && a.Space != "xmlns" || declared[name] {
				continue
			}
			declared[name] = true
			if e != el {
				copied.CreateAttr(name, a.Value)
			}
		}
	}
	return copied
}

// takeKeyInfo removes the KeyInfo, which no signature covers, and returns the
// certificate in it, if there is one.
func takeKeyInfo(sig *etree.Element) *x509.Certificate {
	var cert *x509.Certificate
	for _, info := range children(sig, nsSignature, "KeyInfo") {
		for _, el := range descendants(info, nsSignature, "X509Certificate") {
			der, err := base64.StdEncoding.DecodeString(strings.Map(dropSpace, text(el)))
			if err != nil {
				continue
			}
			if c, err := x509.ParseCertificate(der); err == nil && cert == nil {
				cert = c
			}
		}
		sig.RemoveChild(info)
	}
	return cert
}

func fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":")
}
