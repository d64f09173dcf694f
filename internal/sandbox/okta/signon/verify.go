package signon

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

var errUnsigned = errors.New("the app wants signed requests, and this one is not signed")

// verified returns the part of the message that the service provider's
// certificate vouches for. Read nothing from anywhere else: XML around a
// signed element proves nothing.
func (m *message) verified(der []byte) (*etree.Element, error) {
	if len(der) == 0 {
		return nil, errors.New("the app wants signed requests, but has no certificate of the service provider")
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read the service provider's certificate: %w", err)
	}
	if m.query != "" {
		return m.root, verifyQuery(m.query, cert)
	}
	return verifyXML(m.root, cert)
}

func verifyXML(root *etree.Element, cert *x509.Certificate) (*etree.Element, error) {
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}})
	ctx.IdAttribute = "ID"
	// The certificate only carries the key; that it has run out is the service
	// provider's affair.
	ctx.Clock = dsig.NewFakeClockAt(cert.NotBefore)
	el, err := ctx.Validate(root)
	if errors.Is(err, dsig.ErrMissingSignature) {
		return nil, errUnsigned
	}
	if err != nil {
		return nil, fmt.Errorf("the signature of the request does not verify: %w", err)
	}
	return el, nil
}

var queryAlgorithms = map[string]x509.SignatureAlgorithm{
	"http://www.w3.org/2000/09/xmldsig#rsa-sha1":          x509.SHA1WithRSA,
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256":   x509.SHA256WithRSA,
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384":   x509.SHA384WithRSA,
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512":   x509.SHA512WithRSA,
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256": x509.ECDSAWithSHA256,
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384": x509.ECDSAWithSHA384,
}

// verifyQuery checks the signature of the redirect binding. It covers the
// parameters as they were escaped by the sender, in a fixed order.
func verifyQuery(query string, cert *x509.Certificate) error {
	raw := make(map[string]string)
	for _, part := range strings.Split(query, "&") {
		key, value, _ := strings.Cut(part, "=")
		if _, twice := raw[key]; twice {
			return fmt.Errorf("the parameter %q is there twice", key)
		}
		raw[key] = value
	}
	if raw["Signature"] == "" {
		return errUnsigned
	}
	name, err := url.QueryUnescape(raw["SigAlg"])
	if err != nil {
		return fmt.Errorf("read SigAlg: %w", err)
	}
	algorithm, ok := queryAlgorithms[name]
	if !ok {
		return fmt.Errorf("the signature algorithm %q is not supported", name)
	}
	text, err := url.QueryUnescape(raw["Signature"])
	if err != nil {
		return fmt.Errorf("read Signature: %w", err)
	}
	signature, err := decodeBase64(text)
	if err != nil {
		return fmt.Errorf("read Signature: %w", err)
	}
	signed := "SAMLRequest=" + raw["SAMLRequest"]
	if state, ok := raw["RelayState"]; ok {
		signed += "&RelayState=" + state
	}
	signed += "&SigAlg=" + raw["SigAlg"]
	if err := cert.CheckSignature(algorithm, []byte(signed), signature); err != nil {
		return fmt.Errorf("the signature of the request does not verify: %w", err)
	}
	return nil
}
