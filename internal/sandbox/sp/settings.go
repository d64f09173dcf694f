package sp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
)

const mostSettingBytes = 16 << 10

// values are a provider's settings, by field name. Checked values hold every
// field, "" where it is empty.
type values map[string]string

// forJSON are the settings as the settings API shows them: switches as truth
// values, everything else as text.
func (p *provider) forJSON(v values) map[string]any {
	all := map[string]any{}
	for name, value := range v {
		if f, _ := p.field(name); f.kind == toggleField {
			all[name] = value == "true"
			continue
		}
		all[name] = value
	}
	return all
}

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
// wrong with them, in the order of the fields. The caller holds the lock: a name
// has to be free until it is kept.
func (p *provider) check(id string, given values, later bool) (values, []*fieldError) {
	checked := values{}
	var wrong []*fieldError
	for _, f := range p.fields {
		if !f.kind.stored() {
			continue
		}
		if f.later && !later {
			checked[f.name] = ""
			continue
		}
		v, err := p.checkField(id, f, given[f.name])
		if err != nil {
			wrong = append(wrong, err)
		}
		checked[f.name] = v
	}
	return checked, wrong
}

func (p *provider) checkField(id string, f field, v string) (string, *fieldError) {
	if strings.TrimSpace(v) == "" {
		switch {
		case f.required:
			return "", &fieldError{f.name, "required", f.label + " is required"}
		case f.kind == toggleField:
			return "false", nil
		}
		return "", nil
	}
	if len(v) > mostSettingBytes {
		return "", &fieldError{f.name, "invalid_value", f.label + " is too long"}
	}
	if f.kind == certificateField || f.kind == oneLineCertificate {
		return checkCertificate(f, v)
	}
	if err := checkText(v); err != nil {
		return v, &fieldError{f.name, codeOf(f.kind), f.label + " " + err.Error()}
	}
	if err := p.checkKind(id, f, v); err != nil {
		return v, &fieldError{f.name, err.code, f.label + " " + err.words}
	}
	return v, nil
}

// checkCertificate keeps a PEM file in its usual form, and a line as it came.
func checkCertificate(f field, v string) (string, *fieldError) {
	cert, err := readCertificate(f.kind, v)
	switch {
	case err != nil && strings.Contains(v, privateKeyMark):
		return "", &fieldError{f.name, "invalid_certificate", f.label + " " + err.Error()} // v is not to be shown again
	case err != nil:
		return v, &fieldError{f.name, "invalid_certificate", f.label + " " + err.Error()}
	case f.kind == oneLineCertificate:
		return v, nil
	}
	return pemOf(cert), nil
}

func codeOf(k fieldKind) string {
	if k == urlField {
		return "invalid_url"
	}
	return "invalid_value"
}

// fault is what is wrong with a value, to be put behind the field's label.
type fault struct{ code, words string }

func (p *provider) checkKind(id string, f field, v string) *fault {
	switch f.kind {
	case urlField:
		if err := p.checkURL(v); err != nil {
			return &fault{"invalid_url", err.Error()}
		}
	case nameField:
		if !p.namePattern.MatchString(v) {
			return &fault{"invalid_value", p.nameRule}
		}
		if p.nameTaken(id, v) {
			return &fault{"taken", "has already been taken"}
		}
	case fingerprintField:
		if _, err := samlrp.ParseDigest(v); err != nil {
			return &fault{"invalid_value", err.Error()}
		}
	case choiceField:
		if !slices.ContainsFunc(f.options, func(o option) bool { return o.Value == v }) {
			return &fault{"invalid_value", "must be one of: " + strings.Join(p.choices()[f.name], ", ")}
		}
	case toggleField:
		if v != "true" && v != "false" {
			return &fault{"invalid_value", "must be true or false"}
		}
	}
	return nil
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
	u, err := url.Parse(v)
	if err != nil || u.Hostname() == "" || u.Opaque != "" || strings.ContainsAny(v, " \\") {
		return errors.New("is not a URL such as https://example.com/path")
	}
	if u.User != nil || u.Fragment != "" {
		return errors.New("must not hold a user name, a password or a fragment")
	}
	if u.Scheme != "https" && !p.env.leadsToOkta(u) {
		return errors.New("must begin with https://")
	}
	return nil
}
