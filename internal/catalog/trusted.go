package catalog

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/ssowizard/internal/certificate"
	"example.com/ssowizard/internal/sso"
)

// A service provider that holds several certificates has them either in one
// setting, whose text is one certificate after the other, or in two settings,
// of which the second has the value {{ .IdP.OtherCertificate }}.

// HoldsSeveral tells whether the service provider trusts a second certificate
// beside the one in use, so that a key can be exchanged without a moment in
// which nobody can sign in.
func (p *Profile) HoldsSeveral() bool { return p.Certificates > 1 }

// trusted are the certificates, as DER, that belong into a setting with the value.
func (p *Profile) trusted(value string, idp sso.IdPValues) [][]byte {
	first, second := idp.Certificate, idp.OtherCertificate
	if idp.OtherFirst {
		first, second = second, first
	}
	all := [][]byte{first, second}
	switch {
	case !p.HoldsSeveral():
		all = [][]byte{idp.Certificate}
	case isSecondPlace(value):
		all = [][]byte{second}
	case p.hasSecondPlace():
		all = [][]byte{first}
	}
	var out [][]byte
	for _, der := range all {
		if len(der) > 0 {
			out = append(out, der)
		}
	}
	return out
}

// isSecondPlace tells whether a value is that of a setting for a second certificate.
func isSecondPlace(value string) bool {
	t, err := parseTemplate(value)
	p, single := t.single()
	return err == nil && single && p.root == "IdP" && p.name == "OtherCertificate"
}

func (p *Profile) hasSecondPlace() bool {
	for _, s := range p.Settings {
		if isSecondPlace(s.Value) {
			return true
		}
	}
	return false
}

// renderAll is the text of a setting that holds the certificates.
func renderAll(ders [][]byte, rendering string) (string, error) {
	if len(ders) == 1 {
		return renderCertificate(ders[0], rendering)
	}
	var texts []string
	for _, der := range ders {
		text, err := renderCertificate(der, rendering)
		if err != nil {
			return "", err
		}
		texts = append(texts, strings.TrimRight(text, "\n"))
	}
	return strings.Join(texts, "\n") + "\n", nil
}

var pemBlocks = regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]+-----.*?-----END [A-Z0-9 ]+-----`)

// splitCertificates cuts a text with one certificate or fingerprint after the
// other: PEM blocks, or else lines. A text with one alone is not for it, because
// base64 may be on many lines.
func splitCertificates(text string) []string {
	if blocks := pemBlocks.FindAllString(text, -1); len(blocks) > 0 {
		return blocks
	}
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
}

// EachCertificate cuts the text of a setting into the certificates that it holds.
func EachCertificate(text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	if _, err := parseCertificate([]byte(text)); err == nil {
		return []string{text} // base64 on many lines is one
	}
	return splitCertificates(text)
}

// Holds tells whether the certificate der, in the rendering, is what the text of
// a setting holds, or one of several that it holds.
func Holds(text, rendering string, der []byte) bool {
	want, err := renderCertificate(der, rendering)
	if err != nil || text == "" {
		return false
	}
	if equalIn(rendering, text, want) {
		return true
	}
	for _, one := range splitCertificates(text) {
		if equalIn(rendering, one, want) {
			return true
		}
	}
	return false
}

// equalIn compares two texts of one certificate in a rendering.
func equalIn(rendering, a, b string) bool {
	if strings.HasPrefix(rendering, "fingerprint-") {
		return equalFingerprints(a, b)
	}
	return equalCertificates(a, b)
}

// equalLists compares two texts with several certificates, in any order.
func equalLists(rendering, a, b string) bool {
	x, y := splitCertificates(a), splitCertificates(b)
	if len(x) != len(y) || len(x) < 2 {
		return false
	}
	used := make([]bool, len(y))
	for _, one := range x {
		found := false
		for i, other := range y {
			if !used[i] && !found && equalIn(rendering, one, other) {
				used[i], found = true, true
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// Fingerprints names the certificates in a text by their SHA-256 fingerprints;
// nil for a text in which there is none.
func Fingerprints(text string) []string {
	var out []string
	texts := []string{text}
	if _, err := parseCertificate([]byte(text)); err != nil {
		texts = splitCertificates(text)
	}
	for _, one := range texts {
		der, err := parseCertificate(bytes.TrimSpace([]byte(one)))
		if err != nil {
			return nil
		}
		sum, err := certificate.Render(der, certificate.FingerprintSHA256)
		if err != nil {
			return nil
		}
		out = append(out, sum)
	}
	return out
}

// checkPlaces sees that there is room for as many certificates as a profile says.
func (r *reader) checkPlaces(p *Profile, f *fields) {
	n := f.byName["certificates"]
	second := 0
	for _, s := range p.Settings {
		at := settingNode(f, s.ID)
		switch {
		case isSecondPlace(s.Value):
			second++
			if !p.HoldsSeveral() {
				r.fail(at, "setting %q is for a second certificate, so certificates has to be 2", s.ID)
			}
			if s.Required {
				r.fail(at, "setting %q cannot be required: it is empty but for a rotation", s.ID)
			}
		case p.HoldsSeveral() && !p.hasSecondPlace() && slices.Contains(s.renderings(), certificate.DERFile):
			r.fail(at, "setting %q cannot hold %d certificates in the form %s", s.ID, p.Certificates, certificate.DERFile)
		}
	}
	switch {
	case second > 1:
		r.fail(n, "only one setting can have the value {{ .IdP.OtherCertificate }}")
	case n != nil && p.HoldsSeveral() && p.Protocol != sso.SAML:
		r.fail(n, "certificates is for the protocol saml")
	}
}

// settingNode is where the profile describes a setting.
func settingNode(f *fields, id string) *yaml.Node {
	list := f.byName["settings"]
	if list == nil {
		return f.node
	}
	for _, n := range list.Content {
		if at := find(n, "id"); at != nil && at.Value == id {
			return at
		}
	}
	return list
}
