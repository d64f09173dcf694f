package samlrp_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
	"example.com/ssowizard/internal/sandbox/sp/samlrp/samltest"
)

// judge says what becomes of a response under a trust, "" when it is accepted.
func judge(t *testing.T, trust samlrp.Trust, r samltest.Response, at time.Time) samlrp.Code {
	t.Helper()
	parsed, err := samlrp.Parse(r.Encode())
	if err != nil {
		t.Fatal(err)
	}
	_, err = parsed.Verify(trust, at)
	var refusal *samlrp.Refusal
	if err == nil || !errors.As(err, &refusal) {
		return ""
	}
	return refusal.Code
}

func TestAFingerprintStandsForItsCertificate(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	first, second := samltest.First(), samltest.Second()
	trust := func(algorithm, digest string) samlrp.Trust {
		return samlrp.Trust{ACSURL: "https://sp.example/acs", Audience: "sp", Fingerprint: samlrp.Fingerprint{Algorithm: algorithm, Digest: digest}}
	}
	good := samlrp.FingerprintOf(first.Certificate, "sha256")
	for name, tt := range map[string]struct {
		trust  samlrp.Trust
		change func(*samltest.Response)
		want   samlrp.Code
	}{
		"sha256":            {trust("sha256", good), nil, ""},
		"lower case":        {trust("sha256", strings.ToLower(good)), nil, ""},
		"without colons":    {trust("sha256", strings.ReplaceAll(good, ":", "")), nil, ""},
		"sha1":              {trust("sha1", samlrp.FingerprintOf(first.Certificate, "sha1")), nil, ""},
		"other certificate": {trust("sha256", samlrp.FingerprintOf(second.Certificate, "sha256")), nil, samlrp.CertificateMismatch},
		"other algorithm":   {trust("sha512", good), nil, samlrp.CertificateMismatch},
		"no algorithm":      {trust("", good), nil, samlrp.CertificateMismatch},
		"no hex":            {trust("sha256", "zz"), nil, samlrp.CertificateMismatch},
		"no certificate":    {trust("sha256", good), func(r *samltest.Response) { r.KeyInfo = false }, samlrp.CertificateMissing},
		"borrowed certificate": {trust("sha256", good), func(r *samltest.Response) {
			r.Key = samltest.Key{Private: second.Private, Certificate: first.Certificate}
		}, samlrp.BadSignature},
		"only one of two signatures": {trust("sha256", good), func(r *samltest.Response) { r.SignResponse = false }, ""},
		"unsigned":                   {trust("sha256", good), func(r *samltest.Response) { r.SignResponse, r.SignAssertion = false, false }, samlrp.Unsigned},
	} {
		r := samltest.New("https://sp.example/acs", "sp", "ana@acme.example", at)
		if tt.change != nil {
			tt.change(&r)
		}
		if got := judge(t, tt.trust, r, at); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestACertificatesEndCountsOnlyWhereItIsLookedAt(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	r := samltest.New("https://sp.example/acs", "sp", "ana@acme.example", at) // certificate of 2020
	trust := samlrp.Trust{ACSURL: "https://sp.example/acs", Audience: "sp", Certificate: r.Key.Certificate}
	if got := judge(t, trust, r, at); got != "" {
		t.Errorf("not looked at: %s", got)
	}
	trust.CertificateEnds = true
	if got := judge(t, trust, r, at); got != samlrp.CertificateExpired {
		t.Errorf("looked at: %s", got)
	}
	r.Key = r.Key.Valid(at.Add(time.Hour), at.Add(2*time.Hour))
	trust.Certificate = r.Key.Certificate
	if got := judge(t, trust, r, at); got != samlrp.CertificateExpired {
		t.Errorf("not valid yet: %s", got)
	}
}

func TestABareIssuerStandsForTheWholeOne(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	r := samltest.New("https://sp.example/acs", "sp", "ana@acme.example", at)
	trust := samlrp.Trust{ACSURL: "https://sp.example/acs", Audience: "sp", Certificate: r.Key.Certificate, Issuer: "exk1"}
	if got := judge(t, trust, r, at); got != samlrp.WrongIssuer {
		t.Errorf("where it does not: %q", got)
	}
	trust.BareIssuer = true
	if got := judge(t, trust, r, at); got != "" {
		t.Errorf("where it does: %q", got)
	}
	trust.Issuer = "com/exk1"
	if got := judge(t, trust, r, at); got != samlrp.WrongIssuer {
		t.Errorf("a part of a path: %q", got)
	}
}

func FuzzParseDigest(f *testing.F) {
	f.Add("AA:BB")
	f.Add(strings.Repeat("ab", 20))
	f.Add(strings.Repeat("ab:", 31) + "ab")
	f.Fuzz(func(t *testing.T, s string) {
		sum, err := samlrp.ParseDigest(s)
		if err == nil && len(strings.ReplaceAll(s, ":", "")) != 2*len(sum) {
			t.Errorf("%q gives %d bytes", s, len(sum))
		}
	})
}

func TestDigestsAreWrittenInPairs(t *testing.T) {
	t.Parallel()
	good := strings.Repeat("ab:", 19) + "ab"
	for s, ok := range map[string]bool{
		good: true, strings.ToUpper(good): true, strings.ReplaceAll(good, ":", ""): true,
		good + ":": false, ":" + good: false, strings.Replace(good, ":", "", 1): false, good[3:]: false, "": false, strings.ReplaceAll(good, ":", "-"): false,
	} {
		if _, err := samlrp.ParseDigest(s); (err == nil) != ok {
			t.Errorf("%q: %v", s, err)
		}
	}
}
