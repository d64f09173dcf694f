package samlrp

import (
	"crypto/sha1" // what some service providers still compare with
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
)

// Fingerprint is a certificate's digest, for service providers that keep
// nothing else of it.
type Fingerprint struct {
	Algorithm string // sha1, sha256, sha384 or sha512
	Digest    string // hex digits, with or without separators
}

// FingerprintOf is the digest of a certificate, upper case with colons. An
// algorithm that is not known gives "".
func FingerprintOf(cert *x509.Certificate, algorithm string) string {
	var sum []byte
	switch algorithm {
	case "sha1":
		s := sha1.Sum(cert.Raw)
		sum = s[:]
	case "sha256":
		s := sha256.Sum256(cert.Raw)
		sum = s[:]
	case "sha384":
		s := sha512.Sum384(cert.Raw)
		sum = s[:]
	case "sha512":
		s := sha512.Sum512(cert.Raw)
		sum = s[:]
	}
	return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}

// ParseDigest reads a digest written in hex, in pairs with colons between them
// or without any. Its length has to be that of one of the algorithms.
func ParseDigest(s string) ([]byte, error) {
	plain := strings.ReplaceAll(s, ":", "")
	sum, err := hex.DecodeString(plain)
	if err != nil || strings.Contains(s, ":") && len(s) != 3*len(sum)-1 {
		return nil, fmt.Errorf("is not written as hex digits such as 5A:F0")
	}
	switch len(sum) {
	case 20, 32, 48, 64:
		return sum, nil
	}
	return nil, fmt.Errorf("has %d bytes, which is the length of no SHA digest", len(sum))
}

// check tells whether the certificate that came with a signature is the one
// that the fingerprint stands for.
func (f Fingerprint) check(embedded *x509.Certificate, what string) error {
	if embedded == nil {
		return Refuse(CertificateMissing, "the signature on the %s comes without its certificate, and only a fingerprint is stored here", what)
	}
	got := FingerprintOf(embedded, f.Algorithm)
	stored, err := ParseDigest(f.Digest)
	if want := (len(got) + 1) / 3; err != nil || len(stored) != want {
		return Refuse(CertificateMismatch, "the fingerprint stored here has %d bytes, but %s gives %d", len(stored), strings.ToUpper(f.Algorithm), want)
	}
	if !strings.EqualFold(got, strings.ReplaceAll(fmt.Sprintf("% X", stored), " ", ":")) {
		return Refuse(CertificateMismatch, "the %s is signed with the certificate %s (%s), but the fingerprint stored here is %s", what, got, f.Algorithm, f.Digest)
	}
	return nil
}
