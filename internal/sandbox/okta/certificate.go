package okta

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"
)

// certify makes the certificate that Okta makes: self-signed, without
// extensions, its serial number the time in milliseconds, valid from a minute
// ago.
func certify(key *rsa.PrivateKey, now time.Time, years int) ([]byte, error) {
	subject, err := asn1.Marshal(certificateName())
	if err != nil {
		return nil, fmt.Errorf("certificate subject: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber:       big.NewInt(now.UnixMilli()),
		RawSubject:         subject,
		NotBefore:          now.Add(-time.Minute),
		NotAfter:           now.AddDate(years, 0, 0),
		SignatureAlgorithm: x509.SHA256WithRSA,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("sign certificate: %w", err)
	}
	return der, nil
}

// certificateName is the issuer and subject, with the string types that Okta
// uses: Go alone would make all of them PrintableString.
func certificateName() pkix.RDNSequence {
	attribute := func(oid asn1.ObjectIdentifier, tag int, value string) pkix.RelativeDistinguishedNameSET {
		return pkix.RelativeDistinguishedNameSET{{Type: oid, Value: asn1.RawValue{Tag: tag, Bytes: []byte(value)}}}
	}
	return pkix.RDNSequence{
		attribute(asn1.ObjectIdentifier{2, 5, 4, 6}, asn1.TagPrintableString, "US"),
		attribute(asn1.ObjectIdentifier{2, 5, 4, 8}, asn1.TagUTF8String, "California"),
		attribute(asn1.ObjectIdentifier{2, 5, 4, 7}, asn1.TagUTF8String, "San Francisco"),
		attribute(asn1.ObjectIdentifier{2, 5, 4, 10}, asn1.TagUTF8String, "Okta"),
		attribute(asn1.ObjectIdentifier{2, 5, 4, 11}, asn1.TagUTF8String, "SSOProvider"),
		attribute(asn1.ObjectIdentifier{2, 5, 4, 3}, asn1.TagUTF8String, subdomain),
		attribute(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, asn1.TagIA5String, "info@okta.com"),
	}
}
