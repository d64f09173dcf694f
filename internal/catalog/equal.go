package catalog

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"example.com/ssowizard/internal/certificate"
)

// SettingsEqual tells whether two texts of a setting mean the same: certificates
// are compared by their DER, or with their fingerprint where that is all that is
// shown, fingerprints without regard to letter case and
// separators, toggles by their truth, texts of several lines without regard to
// the form of line ends, everything else byte for byte, unless the profile says
// that the service provider writes it in another way.
func (p *Profile) SettingsEqual(id, a, b string) bool {
	if a == b {
		return true
	}
	s, ok := p.Setting(id)
	if !ok || a == "" || b == "" {
		return false
	}
	if s.Kind == KindToggle {
		x, okX := truth(a)
		y, okY := truth(b)
		return okX && okY && x == y
	}
	switch s.Equal {
	case EqualURL:
		return equalURLs(a, b)
	case EqualCase:
		return strings.EqualFold(a, b)
	}
	if s.Kind == KindTextArea && plainLines(a) == plainLines(b) {
		return true
	}
	for _, rendering := range s.renderings() {
		if equalIn(rendering, a, b) || equalLists(rendering, a, b) {
			return true
		}
	}
	return false
}

// equalURLs compares addresses but for the letter case of scheme and host, the
// scheme's usual port and a slash at the end of the path.
func equalURLs(a, b string) bool {
	x, errX := url.Parse(a)
	y, errY := url.Parse(b)
	return errX == nil && errY == nil && x.Host != "" && plainURL(x) == plainURL(y)
}

func plainURL(u *url.URL) string {
	port := u.Port()
	if usual := map[string]string{"https": "443", "http": "80"}; port == usual[strings.ToLower(u.Scheme)] {
		port = ""
	}
	plain := *u
	plain.Scheme, plain.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Hostname())+":"+port
	plain.Path, plain.RawPath = strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.RawPath, "/")
	return plain.String()
}

// plainLines is a text with one form of line ends and none at its end.
func plainLines(s string) string {
	return strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
}

// renderings are the forms in which the setting may stand on the page.
func (s Setting) renderings() []string {
	var out []string
	if s.Rendering != "" {
		out = append(out, s.Rendering)
	}
	for _, a := range s.Alternates {
		if a.Rendering != "" {
			out = append(out, a.Rendering)
		}
	}
	return out
}

func equalCertificates(a, b string) bool {
	x, errX := parseCertificate([]byte(a))
	y, errY := parseCertificate([]byte(b))
	switch {
	case errX == nil && errY == nil:
		return bytes.Equal(x, y)
	case errX == nil:
		return isFingerprintOf(b, x)
	case errY == nil:
		return isFingerprintOf(a, y)
	}
	return false
}

// CanBeSent tells whether a text of the setting that was read can be written
// again: not where a fingerprint is shown in place of the certificate.
func (p *Profile) CanBeSent(id, text string) bool {
	s, ok := p.Setting(id)
	if !ok || s.Rendering == "" || strings.HasPrefix(s.Rendering, "fingerprint-") {
		return true
	}
	return !slices.ContainsFunc(EachCertificate(text), func(one string) bool {
		_, digest := hexDigits(strings.TrimSpace(one))
		return digest
	})
}

// isFingerprintOf tells whether a text is the fingerprint of a certificate, by
// the digest that its length tells. SHA-1 is not enough to know one by.
func isFingerprintOf(text string, der []byte) bool {
	digits, ok := hexDigits(strings.TrimSpace(text))
	if !ok {
		return false
	}
	rendering := map[int]string{64: certificate.FingerprintSHA256, 96: certificate.FingerprintSHA384, 128: certificate.FingerprintSHA512}[len(digits)]
	if rendering == "" {
		return false
	}
	want, err := renderCertificate(der, rendering)
	return err == nil && equalFingerprints(text, want)
}

func equalFingerprints(a, b string) bool {
	x, okX := hexDigits(a)
	y, okY := hexDigits(b)
	return okX && okY && x == y
}

// hexDigits takes the separators out of a fingerprint. The lengths are those of
// SHA-1, SHA-256, SHA-384 and SHA-512.
func hexDigits(s string) (string, bool) {
	s = strings.ToLower(strings.NewReplacer(":", "", " ", "", "-", "").Replace(s))
	if strings.Trim(s, "0123456789abcdef") != "" {
		return "", false
	}
	switch len(s) {
	case 40, 64, 96, 128:
		return s, true
	}
	return "", false
}
