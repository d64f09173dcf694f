package sp

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	mostSettingBytes = 16 << 10
	privateKeyMark   = "PRIVATE KEY-----"
)

// values are a provider's settings, by field name. Checked values hold every
// field, "" where it is empty.
type values map[string]string

// digest is equal for equal checked values only.
func (v values) digest() string {
	b, err := json.Marshal(v) // sorts the keys
	if err != nil {
		return "" // a map of strings can always be encoded
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// fieldError is a value that was refused.
type fieldError struct {
	Field, Code, Message string
}

func (e *fieldError) Error() string { return e.Message }

// check returns the values as the provider keeps them, and everything that is
// wrong with them, in the order of the fields.
func (p *provider) check(given values) (values, []*fieldError) {
	checked := values{}
	var wrong []*fieldError
	for _, f := range p.fields {
		v, err := p.checkField(f, given[f.name])
		if err != nil {
			wrong = append(wrong, err)
		}
		checked[f.name] = v
	}
	return checked, wrong
}

func (p *provider) checkField(f field, v string) (string, *fieldError) {
	if strings.TrimSpace(v) == "" {
		if f.required {
			return "", &fieldError{f.name, "required", f.label + " is required"}
		}
		return "", nil
	}
	if len(v) > mostSettingBytes {
		return "", &fieldError{f.name, "invalid_value", f.label + " is too long"}
	}
	switch f.kind {
	case urlField:
		if err := p.checkURL(v); err != nil {
			return v, &fieldError{f.name, "invalid_url", f.label + " " + err.Error()}
		}
	case certificateField:
		cert, err := parseCertificate(v)
		if err != nil {
			if strings.Contains(v, privateKeyMark) {
				v = "" // not to be shown again
			}
			return v, &fieldError{f.name, "invalid_certificate", f.label + " " + err.Error()}
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})), nil
	case textField:
		if err := checkText(v); err != nil {
			return v, &fieldError{f.name, "invalid_value", f.label + " " + err.Error()}
		}
	}
	return v, nil
}

func checkText(v string) error {
	if v != strings.TrimSpace(v) {
		return errors.New("has white space at its beginning or end")
	}
	if !utf8.ValidString(v) || strings.ContainsFunc(v, unicode.IsControl) {
		return errors.New("holds characters that cannot be printed")
	}
	if len(v) > 1024 {
		return errors.New("is too long")
	}
	return nil
}

// checkURL wants https, except for the sandbox's own Okta.
func (p *provider) checkURL(v string) error {
	if err := checkText(v); err != nil {
		return err
	}
	u, err := url.Parse(v)
	if err != nil || u.Hostname() == "" || u.Opaque != "" || strings.ContainsAny(v, " \\") {
		return errors.New("is not a URL such as https://example.com/path")
	}
	if u.User != nil || u.Fragment != "" {
		return errors.New("must not hold a user name, a password or a fragment")
	}
	origin := strings.ToLower(u.Scheme + "://" + u.Host)
	if u.Scheme != "https" && (p.env.OktaOrigin == "" || origin != strings.ToLower(p.env.OktaOrigin)) {
		return errors.New("must begin with https://")
	}
	return nil
}

// parseCertificate reads exactly one PEM certificate. More than one would leave
// open which is meant; a private key must never be stored here.
func parseCertificate(v string) (*x509.Certificate, error) {
	rest := bytes.TrimSpace([]byte(v))
	if bytes.Contains(rest, []byte(privateKeyMark)) {
		return nil, errors.New("holds a private key; upload only the certificate, and replace that key")
	}
	if !bytes.HasPrefix(rest, []byte("-----BEGIN CERTIFICATE-----")) {
		return nil, errors.New("is not a PEM file that begins with -----BEGIN CERTIFICATE-----")
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
	if cert.PublicKeyAlgorithm != x509.RSA && cert.PublicKeyAlgorithm != x509.ECDSA {
		return nil, fmt.Errorf("has a key of the kind %s; only RSA and ECDSA keys can sign SAML here", cert.PublicKeyAlgorithm)
	}
	return cert, nil
}
