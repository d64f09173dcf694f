package certificate

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // a fingerprint that some service providers ask for, not a signature
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
)

// Renderings of a certificate, as profiles name them.
const (
	PEMFile           = "pem-file"      // PEM with markers and lines of 64 characters, for a file
	PEMText           = "pem-text"      // the same for pasting
	PEMOneLine        = "pem-one-line"  // markers kept, no line breaks
	BodyOneLine       = "body-one-line" // base64 only
	DERFile           = "der-file"      // binary
	FingerprintSHA1   = "fingerprint-sha1"
	FingerprintSHA256 = "fingerprint-sha256"
	FingerprintSHA384 = "fingerprint-sha384"
	FingerprintSHA512 = "fingerprint-sha512"
)

var renderers = map[string]func(der []byte) string{
	PEMFile:           pemText,
	PEMText:           pemText,
	PEMOneLine:        func(der []byte) string { return beginMarker + body(der) + endMarker },
	BodyOneLine:       body,
	DERFile:           func(der []byte) string { return string(der) },
	FingerprintSHA1:   func(der []byte) string { s := sha1.Sum(der); return colonHex(s[:]) }, //nolint:gosec // see import
	FingerprintSHA256: func(der []byte) string { s := sha256.Sum256(der); return colonHex(s[:]) },
	FingerprintSHA384: func(der []byte) string { s := sha512.Sum384(der); return colonHex(s[:]) },
	FingerprintSHA512: func(der []byte) string { s := sha512.Sum512(der); return colonHex(s[:]) },
}

const (
	beginMarker = "-----BEGIN CERTIFICATE-----"
	endMarker   = "-----END CERTIFICATE-----"
)

// Renderings lists the names that Render knows, sorted.
func Renderings() []string {
	names := make([]string, 0, len(renderers))
	for name := range renderers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// IsRendering tells whether Render knows name.
func IsRendering(name string) bool { return renderers[name] != nil }

// Render gives the DER certificate in the form that rendering names. The two
// PEM forms with lines end with a line break, the others have none; der-file is
// binary. An unknown name and an empty certificate are errors.
func Render(der []byte, rendering string) (string, error) {
	render := renderers[rendering]
	if render == nil {
		return "", fmt.Errorf("render certificate: unknown form %q, known are %s",
			rendering, strings.Join(Renderings(), ", "))
	}
	if len(der) == 0 {
		return "", fmt.Errorf("render certificate as %s: there is no certificate", rendering)
	}
	return render(der), nil
}

func pemText(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func body(der []byte) string { return base64.StdEncoding.EncodeToString(der) }

// colonHex is sum in upper-case hex, a colon after each byte but the last.
func colonHex(sum []byte) string {
	var b bytes.Buffer
	for i, c := range sum {
		if i > 0 {
			b.WriteByte(':')
		}
		b.WriteString(strings.ToUpper(hex.EncodeToString([]byte{c})))
	}
	return b.String()
}
