package sp

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

const (
	privateKeyMark = "PRIVATE KEY-----"
	pemBegin       = "-----BEGIN CERTIFICATE-----"
	pemEnd         = "-----END CERTIFICATE-----"
)

// parseCertificate reads exactly one PEM certificate. More than one would leave
// open which is meant; a private key must never be stored here.
func parseCertificate(v string) (*x509.Certificate, error) {
	rest := bytes.TrimSpace([]byte(v))
	if bytes.Contains(rest, []byte(privateKeyMark)) {
		return nil, errors.New("holds a private key; upload only the certificate, and replace that key")
	}
	if !bytes.HasPrefix(rest, []byte(pemBegin)) {
		return nil, errors.New("is not a PEM file that begins with " + pemBegin)
	}
	block, rest := pem.Decode(rest)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("is not a whole PEM certificate: its lines or its end are missing or damaged")
	}
	if len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("holds more than one certificate, or something after it")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("is not an X.509 certificate: %w", err)
	}
	return cert, usableKey(cert)
}

func usableKey(cert *x509.Certificate) error {
	if cert.PublicKeyAlgorithm != x509.RSA && cert.PublicKeyAlgorithm != x509.ECDSA {
		return fmt.Errorf("has a key of the kind %s; only RSA and ECDSA keys can sign SAML here", cert.PublicKeyAlgorithm)
	}
	return nil
}

// readCertificate reads a certificate as a field of this kind holds it.
func readCertificate(kind fieldKind, v string) (*x509.Certificate, error) {
	if kind == oneLineCertificate {
		return parseOneLine(v)
	}
	return parseCertificate(v)
}

// parseOneLine reads a certificate without line breaks, with the markers of a
// PEM file or without.
func parseOneLine(v string) (*x509.Certificate, error) {
	switch {
	case strings.Contains(v, privateKeyMark):
		return nil, errors.New("holds a private key; enter only the certificate, and replace that key")
	case strings.ContainsAny(v, "\r\n"):
		return nil, errors.New("holds line breaks; remove all new lines")
	}
	body := v
	if rest, ok := strings.CutPrefix(v, pemBegin); ok {
		if body, ok = strings.CutSuffix(rest, pemEnd); !ok {
			return nil, errors.New("begins with " + pemBegin + " but does not end with " + pemEnd)
		}
	}
	der, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		return nil, errors.New("is not the text of a certificate: a part is missing or damaged")
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("is not an X.509 certificate: %w", err)
	}
	return cert, usableKey(cert)
}

func pemOf(cert *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
}
