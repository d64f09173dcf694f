// Package certificate turns a certificate in any of the forms in which people
// and programs pass it on into DER, and DER into the form that a service
// provider's page wants. What a certificate is for, and whether it is trusted,
// is decided elsewhere.
package certificate

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math"
	"regexp"
	"time"

	"example.com/ssowizard/internal/sso"
)

// Info is what people compare a certificate by.
type Info struct {
	Subject   string // distinguished name, fit to be shown
	NotBefore time.Time
	NotAfter  time.Time
	SHA256    string // fingerprint, upper-case hex with colons
}

// Inspect reads the Info of a DER certificate.
func Inspect(der []byte) (Info, error) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return Info{}, fmt.Errorf("read certificate: %w", err)
	}
	sum := sha256.Sum256(der)
	return Info{
		Subject:   sso.PlainText(distinguishedName(c.Subject), maxSubject),
		NotBefore: c.NotBefore,
		NotAfter:  c.NotAfter,
		SHA256:    colonHex(sum[:]),
	}, nil
}

const maxSubject = 300

// emailOID is the attribute emailAddress, which every certificate of Okta has
// and which crypto/x509/pkix prints as its number with the value in hex.
var (
	emailOID     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
	emailPrinted = regexp.MustCompile(regexp.QuoteMeta(emailOID.String()) + `=#[0-9a-f]+`)
)

func distinguishedName(name pkix.Name) string {
	text := name.String()
	for _, part := range name.Names {
		if value, ok := part.Value.(string); ok && part.Type.Equal(emailOID) {
			return emailPrinted.ReplaceAllLiteralString(text, "emailAddress="+value)
		}
	}
	return text
}

// DaysLeft is the number of whole days from now until the certificate ends: 0
// on its last day, negative once it has ended.
func (i Info) DaysLeft(now time.Time) int {
	return int(math.Floor(i.NotAfter.Sub(now).Hours() / 24))
}

// Valid tells whether now lies in the certificate's lifetime, both ends included.
func (i Info) Valid(now time.Time) bool {
	return !now.Before(i.NotBefore) && !now.After(i.NotAfter)
}

// Equal tells whether two DER certificates are the same one. No certificate is
// equal to nothing, and nothing is not equal to nothing.
func Equal(a, b []byte) bool { return len(a) > 0 && bytes.Equal(a, b) }
