package certificate

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// maxInput bounds what Parse looks at; real certificates have a few kilobytes.
const maxInput = 1 << 20

const tip = "give one X.509 certificate: PEM text, the base64 between its markers, or a DER file; " +
	"in Okta: the app's Sign On tab, SAML Signing Certificates, Actions, Download certificate"

// Parse finds the one X.509 certificate in text and gives it as DER. It takes
// DER; PEM with markers in any line layout, also on one line; the bare base64;
// and JSON that holds the base64 in a string, a list, or a key's x5c (whose
// first entry is the key's own certificate). White space, a byte order mark
// and text around PEM markers do no harm. The error says what was found
// instead, and never repeats a private key.
func Parse(text []byte) ([]byte, error) {
	der, err := parse(text)
	if err != nil {
		return nil, hint.Add(fmt.Errorf("read certificate: %w", err), "%s", tip)
	}
	return der, nil
}

func parse(raw []byte) ([]byte, error) {
	if len(raw) > maxInput {
		return nil, fmt.Errorf("%d bytes are too much for a certificate", len(raw))
	}
	if looksLikeDER(raw) {
		return fromDER(raw)
	}
	text := strings.TrimFunc(decodeText(raw), isFiller)
	switch {
	case text == "":
		return nil, errors.New("the text is empty")
	case strings.Contains(text, "-----BEGIN") || strings.Contains(text, "-----END"):
		return fromPEM(text)
	case text[0] == '{' || text[0] == '[' || text[0] == '"':
		return fromJSON(text)
	case text[0] == '<':
		return nil, errors.New(describeMarkup(text))
	case isFingerprint(text):
		return nil, errors.New("found a fingerprint, from which the certificate cannot be made")
	}
	return fromBase64(text)
}

// looksLikeDER tells a binary file from text: DER of any certificate begins
// with a SEQUENCE whose length takes more than one byte.
func looksLikeDER(raw []byte) bool {
	return len(raw) > 4 && raw[0] == 0x30 && raw[1] >= 0x80
}

// decodeText undoes the UTF-16 that some editors save.
func decodeText(raw []byte) string {
	var at func(int) uint16
	switch {
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}):
		at = func(i int) uint16 { return uint16(raw[i]) | uint16(raw[i+1])<<8 }
	case bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		at = func(i int) uint16 { return uint16(raw[i])<<8 | uint16(raw[i+1]) }
	default:
		return string(raw)
	}
	units := make([]uint16, 0, len(raw)/2)
	for i := 2; i+1 < len(raw); i += 2 {
		units = append(units, at(i))
	}
	return string(utf16.Decode(units))
}

// isFiller tells white space and the invisible characters that copying from a
// web page brings along.
func isFiller(r rune) bool {
	return unicode.IsSpace(r) || r == 0 || unicode.Is(unicode.Cf, r)
}

// pemBlock matches a block in any layout. encoding/pem wants the markers on
// lines of their own, which a text pasted into a one-line field has lost.
var pemBlock = regexp.MustCompile(`(?s)-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END ([A-Z0-9 ]+)-----`)

func fromPEM(text string) ([]byte, error) {
	blocks := pemBlock.FindAllStringSubmatch(text, 3)
	if len(blocks) == 0 {
		if strings.Contains(text, "PRIVATE KEY-----") {
			return nil, errors.New("found a private key, which must stay where it is")
		}
		return nil, errors.New("the text is cut off: it needs both its BEGIN line and its END line")
	}
	for _, b := range blocks {
		if what := foreignBlock(b[1]); what != "" {
			return nil, errors.New("found " + what)
		}
	}
	if len(blocks) > 1 || strings.Count(text, "-----BEGIN") > 1 {
		return nil, errors.New("found more than one certificate, one is wanted: leave out the chain and older certificates")
	}
	if blocks[0][1] != blocks[0][3] {
		return nil, fmt.Errorf("the BEGIN line says %s and the END line %s",
			sso.PlainText(blocks[0][1], 40), sso.PlainText(blocks[0][3], 40))
	}
	return fromBase64(unescape.Replace(blocks[0][2]))
}

// unescape takes out the two-character line breaks that PEM has in environment
// variables and JSON; a backslash is not in the base64 alphabet.
var unescape = strings.NewReplacer(`\r`, "", `\n`, "")

// foreignBlock names a PEM block that holds no certificate, "" for one that does.
func foreignBlock(label string) string {
	switch {
	case label == "CERTIFICATE", label == "X509 CERTIFICATE":
		return ""
	case strings.HasSuffix(label, "PRIVATE KEY"):
		return "a private key, which must stay where it is"
	case strings.HasSuffix(label, "CERTIFICATE REQUEST"):
		return "a certificate signing request, which is not a certificate yet"
	case strings.HasSuffix(label, "PUBLIC KEY"):
		return "a public key without its certificate"
	}
	return "a PEM block of kind " + sso.PlainText(label, 40) + ", not a certificate"
}

func fromBase64(text string) ([]byte, error) {
	compact := strings.Map(func(r rune) rune {
		if isFiller(r) {
			return -1
		}
		return r
	}, text)
	compact = strings.TrimRight(compact, "=")
	if compact == "" {
		return nil, errors.New("there is nothing between the markers")
	}
	for i, r := range compact {
		if !isBase64(r) {
			return nil, fmt.Errorf("neither PEM, base64 nor DER: character %d is %s", i+1, describeRune(r))
		}
	}
	der, err := base64.RawStdEncoding.DecodeString(compact)
	if err != nil {
		return nil, errors.New("the base64 is cut off or damaged")
	}
	return fromDER(der)
}

func isBase64(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '/'
}

func describeRune(r rune) string {
	if r == utf8.RuneError || !unicode.IsPrint(r) {
		return "not printable"
	}
	return fmt.Sprintf("%q", r)
}

// fromDER checks that der is one certificate. White space after it, which some
// download pages append, is dropped.
func fromDER(der []byte) ([]byte, error) {
	var outer asn1.RawValue
	rest, err := asn1.Unmarshal(der, &outer)
	if err != nil {
		return nil, errors.New("the certificate is cut off or damaged")
	}
	if len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("something follows the certificate: one certificate is wanted, without a chain")
	}
	whole := outer.FullBytes
	if _, err := x509.ParseCertificate(whole); err != nil {
		if what := otherDER(whole); what != "" {
			return nil, errors.New("found " + what)
		}
		return nil, errors.New("the data is not an X.509 certificate: " + sso.PlainText(err.Error(), 200))
	}
	return bytes.Clone(whole), nil
}

// otherDER names the things that are mistaken for certificates.
func otherDER(der []byte) string {
	if _, err := x509.ParseCertificateRequest(der); err == nil {
		return foreignBlock("CERTIFICATE REQUEST")
	}
	if _, err := x509.ParsePKIXPublicKey(der); err == nil {
		return foreignBlock("PUBLIC KEY")
	}
	for _, parse := range []func([]byte) error{
		func(d []byte) error { _, err := x509.ParsePKCS8PrivateKey(d); return err },
		func(d []byte) error { _, err := x509.ParsePKCS1PrivateKey(d); return err },
		func(d []byte) error { _, err := x509.ParseECPrivateKey(d); return err },
	} {
		if parse(der) == nil {
			return foreignBlock("PRIVATE KEY")
		}
	}
	return ""
}

func describeMarkup(text string) string {
	head := strings.ToLower(text[:min(len(text), 2048)])
	switch {
	case strings.Contains(head, "<html") || strings.Contains(head, "<!doctype html"):
		return "found a web page: perhaps the download needed a sign-in"
	case strings.Contains(head, "x509certificate"):
		return "found XML: give only the text inside its X509Certificate element"
	}
	return "found XML or a web page"
}

var fingerprint = regexp.MustCompile(`^(?i)(sha[0-9-]*[ :=]+)?([0-9a-f]{2}[: ]){15,}[0-9a-f]{2}$`)

func isFingerprint(text string) bool {
	if fingerprint.MatchString(text) {
		return true
	}
	switch len(text) {
	case 40, 64, 96, 128:
		return strings.Trim(strings.ToLower(text), "0123456789abcdef") == ""
	}
	return false
}

// fromJSON takes a string, a list of strings (a chain, its first entry counts),
// a key with x5c, or a set of keys with exactly one that has x5c.
func fromJSON(text string) ([]byte, error) {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return nil, errors.New("found damaged JSON")
	}
	found := certificatesIn(value)
	switch len(found) {
	case 0:
		return nil, errors.New("found JSON without a certificate (x5c)")
	case 1:
	default:
		return nil, fmt.Errorf("found JSON with %d keys that have a certificate, one is wanted", len(found))
	}
	inner := strings.TrimFunc(found[0], isFiller)
	switch {
	case inner == "":
		return nil, errors.New("found JSON with an empty certificate")
	case strings.Contains(inner, "-----BEGIN"):
		return fromPEM(inner)
	}
	return fromBase64(inner)
}

func certificatesIn(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		return inList(v)
	case map[string]any:
		if x5c, ok := v["x5c"]; ok {
			return certificatesIn(x5c)
		}
		if keys, ok := v["keys"].([]any); ok {
			return inList(keys)
		}
	}
	return nil
}

func inList(list []any) []string {
	if len(list) > 0 {
		if first, ok := list[0].(string); ok {
			return []string{first}
		}
	}
	var found []string
	for _, entry := range list {
		if key, ok := entry.(map[string]any); ok {
			found = append(found, certificatesIn(key)...)
		}
	}
	return found
}
