package certificate_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/certificate"
	"example.com/ssowizard/internal/hint"
)

var (
	notBefore = time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)
	notAfter  = time.Date(2035, 3, 1, 12, 0, 0, 0, time.UTC)
)

type material struct {
	key   *ecdsa.PrivateKey
	der   []byte // a certificate
	other []byte // another one of the same subject
}

var made = sync.OnceValue(func() material {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	make := func(serial int64) []byte {
		tmpl := &x509.Certificate{SerialNumber: big.NewInt(serial), NotBefore: notBefore, NotAfter: notAfter,
			Subject: pkix.Name{CommonName: "acme", Organization: []string{"Example\x1b[31m Org"},
				ExtraNames: []pkix.AttributeTypeAndValue{{Type: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, Value: "info@idp.example"}}}}
		der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
		must(err)
		return der
	}
	return material{key: key, der: make(1), other: make(2)}
})

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func utf16le(s string) string {
	b := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func wrap(s string, width int, sep string) string {
	var lines []string
	for len(s) > width {
		lines = append(lines, s[:width])
		s = s[width:]
	}
	return strings.Join(append(lines, s), sep)
}

func quote(v any) string {
	b, err := json.Marshal(v)
	must(err)
	return string(b)
}

func TestParseTakesEveryFormOfOneCertificate(t *testing.T) {
	t.Parallel()
	m := made()
	text, b64 := block("CERTIFICATE", m.der), base64.StdEncoding.EncodeToString(m.der)
	for name, in := range map[string]string{
		"PEM":                       text,
		"PEM with CRLF":             strings.ReplaceAll(text, "\n", "\r\n"),
		"PEM with CR only":          strings.ReplaceAll(text, "\n", "\r"),
		"PEM on one line":           strings.ReplaceAll(text, "\n", ""),
		"PEM on one line of blanks": strings.ReplaceAll(text, "\n", " "),
		"PEM with escaped breaks":   strings.ReplaceAll(text, "\n", `\n`),
		"PEM without last newline":  strings.TrimSpace(text),
		"PEM in white space":        "\n\t  " + text + "\u00a0 \n",
		"PEM after other text":      "Bag Attributes\n    friendlyName: acme\nsubject=CN = acme\n" + text,
		"PEM indented":              strings.ReplaceAll(text, "\n", "\n    "),
		"PEM with byte order mark":  "\ufeff" + text,
		"PEM in UTF-16":             utf16le(text),
		"PEM of the older label":    block("X509 CERTIFICATE", m.der),
		"base64":                    b64,
		"base64 in 76 columns":      wrap(b64, 76, "\n"),
		"base64 in CRLF lines":      wrap(b64, 64, "\r\n") + "\r\n",
		"base64 without padding":    strings.TrimRight(b64, "="),
		"base64 with zero width":    b64[:20] + "\u200b" + b64[20:],
		"JSON string":               quote(b64),
		"JSON string of PEM":        quote(text),
		"JSON x5c value":            quote([]string{b64}),
		"JSON x5c chain":            quote([]string{b64, base64.StdEncoding.EncodeToString(m.other)}),
		"JSON key":                  quote(map[string]any{"kty": "RSA", "x5c": []string{b64}}),
		"JSON key list":             quote([]any{map[string]any{"kid": "a", "x5c": []string{b64}}}),
		"JSON key set":              quote(map[string]any{"keys": []any{map[string]any{"kid": "b"}, map[string]any{"x5c": []string{b64}}}}),
		"DER":                       string(m.der),
		"DER with a newline":        string(m.der) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			der, err := certificate.Parse([]byte(in))
			if err != nil {
				t.Fatal(err)
			}
			if !certificate.Equal(der, m.der) {
				t.Errorf("another certificate came back: %x", der)
			}
		})
	}
}

func TestParseSaysWhatItFoundInstead(t *testing.T) {
	t.Parallel()
	m := made()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // only ever refused
	must(err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(m.key)
	must(err)
	public, err := x509.MarshalPKIXPublicKey(&m.key.PublicKey)
	must(err)
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, m.key)
	must(err)
	foreign, err := asn1.Marshal(struct{ A, B string }{strings.Repeat("a", 200), "b"})
	must(err)
	text, b64 := block("CERTIFICATE", m.der), base64.StdEncoding.EncodeToString(m.der)
	for name, c := range map[string]struct{ in, want string }{
		"nothing":                 {"", "empty"},
		"white space":             {" \r\n\t\u200b", "empty"},
		"empty block":             {"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "nothing between"},
		"web page":                {"<!DOCTYPE html><html><title>Sign in</title></html>", "web page"},
		"SAML metadata":           {"<md:EntityDescriptor><ds:X509Certificate>AA</ds:X509Certificate></md:EntityDescriptor>", "X509Certificate"},
		"private key":             {block("PRIVATE KEY", pkcs8), "private key"},
		"encrypted private key":   {block("ENCRYPTED PRIVATE KEY", pkcs8), "private key"},
		"RSA private key in DER":  {string(x509.MarshalPKCS1PrivateKey(rsaKey)), "private key"},
		"private key in base64":   {base64.StdEncoding.EncodeToString(pkcs8), "private key"},
		"private key cut off":     {"-----BEGIN PRIVATE KEY-----\nMIIE", "private key"},
		"key after certificate":   {text + block("PRIVATE KEY", pkcs8), "private key"},
		"signing request":         {block("CERTIFICATE REQUEST", csr), "signing request"},
		"old signing request":     {block("NEW CERTIFICATE REQUEST", csr), "signing request"},
		"signing request, DER":    {string(csr), "signing request"},
		"public key":              {block("PUBLIC KEY", public), "public key"},
		"PKCS7":                   {block("PKCS7", m.der), "PKCS7"},
		"chain":                   {text + block("CERTIFICATE", m.other), "more than one"},
		"second one cut off":      {text + "-----BEGIN CERTIFICATE-----\nMIID", "more than one"},
		"DER chain":               {string(m.der) + string(m.other), "without a chain"},
		"two keys":                {quote([]any{map[string]any{"x5c": []string{b64}}, map[string]any{"x5c": []string{b64}}}), "2 keys"},
		"no END line":             {text[:len(text)-30], "cut off"},
		"markers that disagree":   {strings.Replace(text, "END CERTIFICATE", "END PKCS7", 1), "END line"},
		"cut inside the base64":   {"-----BEGIN CERTIFICATE-----\n" + b64[:len(b64)/2] + "\n-----END CERTIFICATE-----", "cut off or damaged"},
		"cut DER":                 {string(m.der[:len(m.der)-9]), "cut off or damaged"},
		"base64 of something":     {base64.StdEncoding.EncodeToString(foreign), "not an X.509"},
		"file name":               {"okta.cert", "character 5"},
		"control characters":      {"abc\x1b[31m", "not printable"},
		"fingerprint":             {strings.Repeat("AB:", 31) + "AB", "fingerprint"},
		"labelled fingerprint":    {"SHA-256: " + strings.Repeat("ab:", 31) + "ab", "fingerprint"},
		"bare fingerprint":        {strings.Repeat("0a", 20), "fingerprint"},
		"damaged JSON":            {`{"x5c":[`, "damaged JSON"},
		"JSON without":            {`{"errorCode":"E0000011"}`, "without a certificate"},
		"JSON with an empty list": {`{"x5c":[]}`, "without a certificate"},
		"JSON with empty text":    {`[""]`, "empty certificate"},
		"far too much":            {strings.Repeat("A", 1<<20+1), "too much"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := certificate.Parse([]byte(c.in))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want one with %q", err, c.want)
			}
			if strings.ContainsAny(err.Error(), "\x1b\n") {
				t.Errorf("control characters in %q", err)
			}
			if len(hint.Hints(err)) == 0 {
				t.Error("no hint")
			}
		})
	}
}

func TestParseNeverRepeatsAPrivateKey(t *testing.T) {
	t.Parallel()
	pkcs8, err := x509.MarshalPKCS8PrivateKey(made().key)
	must(err)
	b64 := base64.StdEncoding.EncodeToString(pkcs8)
	for _, in := range []string{block("PRIVATE KEY", pkcs8), b64, b64[:60] + "!" + b64[60:], "-----BEGIN PRIVATE KEY-----" + b64} {
		_, err := certificate.Parse([]byte(in))
		if err == nil {
			t.Fatal("accepted")
		}
		for i := 0; i+12 <= len(b64); i += 12 {
			if strings.Contains(err.Error(), b64[i:i+12]) {
				t.Fatalf("key material in %q", err)
			}
		}
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	// RFC 3174 and FIPS 180 digests of "abc" pin the fingerprints; Render does
	// not look into the DER.
	abc := []byte("abc")
	long := []byte(strings.Repeat("x", 100))
	b64 := base64.StdEncoding.EncodeToString(long)
	for _, c := range []struct {
		rendering string
		in        []byte
		want      string
	}{
		{"pem-file", long, "-----BEGIN CERTIFICATE-----\n" + b64[:64] + "\n" + b64[64:128] + "\n" + b64[128:] + "\n-----END CERTIFICATE-----\n"},
		{"pem-text", abc, "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n"},
		{"pem-one-line", long, "-----BEGIN CERTIFICATE-----" + b64 + "-----END CERTIFICATE-----"},
		{"body-one-line", long, b64},
		{"der-file", abc, "abc"},
		{"fingerprint-sha1", abc, "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D"},
		{"fingerprint-sha256", abc, "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD"},
		{"fingerprint-sha384", abc, "CB:00:75:3F:45:A3:5E:8B:B5:A0:3D:69:9A:C6:50:07:27:2C:32:AB:0E:DE:D1:63:1A:8B:60:5A:43:FF:5B:ED:80:86:07:2B:A1:E7:CC:23:58:BA:EC:A1:34:C8:25:A7"},
		{"fingerprint-sha512", abc, "DD:AF:35:A1:93:61:7A:BA:CC:41:73:49:AE:20:41:31:12:E6:FA:4E:89:A9:7E:A2:0A:9E:EE:E6:4B:55:D3:9A:21:92:99:2A:27:4F:C1:A8:36:BA:3C:23:A3:FE:EB:BD:45:4D:44:23:64:3C:E8:0E:2A:9A:C9:4F:A5:4C:A4:9F"},
	} {
		got, err := certificate.Render(c.in, c.rendering)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.rendering, diff)
		}
		if !certificate.IsRendering(c.rendering) {
			t.Errorf("IsRendering(%q) is false", c.rendering)
		}
	}
}

func TestEveryReversibleRenderingParsesBack(t *testing.T) {
	t.Parallel()
	for _, rendering := range certificate.Renderings() {
		text, err := certificate.Render(made().der, rendering)
		if err != nil {
			t.Fatal(err)
		}
		der, err := certificate.Parse([]byte(text))
		if strings.HasPrefix(rendering, "fingerprint-") {
			if err == nil {
				t.Errorf("%s parsed", rendering)
			}
			continue
		}
		if err != nil || !certificate.Equal(der, made().der) {
			t.Errorf("%s does not come back: %v", rendering, err)
		}
	}
}

func TestRenderRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	if _, err := certificate.Render(made().der, "pkcs7"); err == nil || !strings.Contains(err.Error(), "pem-one-line") {
		t.Errorf("an unknown form gives %v, want the known ones", err)
	}
	if got, err := certificate.Render(nil, certificate.PEMFile); err == nil {
		t.Errorf("no certificate was rendered as %q", got)
	}
	if certificate.IsRendering("pkcs7") {
		t.Error("pkcs7 is said to be known")
	}
}

func TestInspect(t *testing.T) {
	t.Parallel()
	info, err := certificate.Inspect(made().der)
	if err != nil {
		t.Fatal(err)
	}
	print, err := certificate.Render(made().der, certificate.FingerprintSHA256)
	if err != nil {
		t.Fatal(err)
	}
	want := certificate.Info{Subject: "CN=acme,O=Example[31m Org,emailAddress=info@idp.example", NotBefore: notBefore, NotAfter: notAfter, SHA256: print}
	if diff := cmp.Diff(want, info); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := certificate.Inspect([]byte("abc")); err == nil {
		t.Error("rubbish was inspected")
	}
}

func TestDaysLeftCountsWholeDays(t *testing.T) {
	t.Parallel()
	info := certificate.Info{NotBefore: notBefore, NotAfter: notAfter}
	for _, c := range []struct {
		before time.Duration
		days   int
		valid  bool
	}{
		{30 * 24 * time.Hour, 30, true},
		{30*24*time.Hour - time.Second, 29, true},
		{time.Hour, 0, true},
		{0, 0, true},
		{-time.Second, -1, false},
		{-25 * time.Hour, -2, false},
		{notAfter.Sub(notBefore) + time.Second, 3652, false},
	} {
		now := notAfter.Add(-c.before)
		if got := info.DaysLeft(now); got != c.days {
			t.Errorf("%v before the end: %d days, want %d", c.before, got, c.days)
		}
		if got := info.Valid(now); got != c.valid {
			t.Errorf("%v before the end: valid %v, want %v", c.before, got, c.valid)
		}
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	m := made()
	if !certificate.Equal(m.der, append([]byte(nil), m.der...)) {
		t.Error("a certificate differs from its copy")
	}
	if certificate.Equal(m.der, m.other) || certificate.Equal(nil, m.der) || certificate.Equal(nil, nil) {
		t.Error("different or missing certificates are equal")
	}
}

func FuzzParse(f *testing.F) {
	m := made()
	f.Add(m.der)
	f.Add([]byte(block("CERTIFICATE", m.der)))
	f.Add([]byte(quote(map[string]any{"keys": []any{map[string]any{"x5c": []string{"MIIB"}}}})))
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----"))
	f.Add([]byte("\xff\xfe0\x00"))
	f.Add([]byte("0\x82\x01"))
	f.Fuzz(func(t *testing.T, text []byte) {
		der, err := certificate.Parse(text)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\x1b\r\n") {
				t.Errorf("control characters in %q", err)
			}
			return
		}
		rendered, err := certificate.Render(der, certificate.PEMOneLine)
		if err != nil {
			t.Fatal(err)
		}
		again, err := certificate.Parse([]byte(rendered))
		if err != nil || !certificate.Equal(der, again) {
			t.Errorf("what was parsed does not come back: %v", err)
		}
	})
}
