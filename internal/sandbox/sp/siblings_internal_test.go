package sp

import (
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/ssowizard/internal/sandbox/durable"
)

// A second provider is a second description, with its own token and state.
func TestATokenOfAnotherProviderIsForbidden(t *testing.T) {
	t.Parallel()
	other := net2phone()
	other.key, other.name, other.portalHost, other.authHost, other.cookieDomain = "other", "Other", "other.example", "other.example", "other.example"
	p, err := newProviders(Options{Log: durable.Memory()}, []description{net2phone(), other})
	if err != nil {
		t.Fatal(err)
	}
	for i, host := range []string{"app.net2phone.com", "other.example"} {
		for j, info := range p.List() {
			r := httptest.NewRequest("GET", "https://"+host+apiPrefix+"/connection", nil)
			r.Header.Set("Authorization", "Bearer "+info.APIToken)
			w := httptest.NewRecorder()
			p.ServeHTTP(w, r)
			want := 403
			if i == j {
				want = 200
			}
			if w.Code != want {
				t.Errorf("%s with the token of %s: %d, want %d", host, info.Key, w.Code, want)
			}
		}
	}
	// One host for portal and ACS works as well.
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequest("POST", "https://other.example/saml/login/callback", nil))
	if w.Code != 400 {
		t.Errorf("ACS on the portal's host: %d", w.Code)
	}
}

func FuzzUniqueMembers(f *testing.F) {
	for _, s := range []string{`{"a":{"b":[1,{"c":"d"}]},"e":null}`, `{"a":1,"a":2}`, `[`, `"x" 1`, `[{"a":[]},{"a":{}}]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(_ *testing.T, body []byte) { _ = uniqueMembers(body) })
}

func TestUniqueMembersLooksIntoEveryObject(t *testing.T) {
	t.Parallel()
	for body, ok := range map[string]bool{
		`{"a":{"b":1},"c":{"b":1}}`:       true,
		`{"a":[{"b":1},{"b":1}],"c":"a"}`: true,
		`{"a":[{"b":1,"b":1}]}`:           false,
		`{"a":{},"a":[]}`:                 false,
		`{"a":[1],"b":{"c":1},"a":2}`:     false,
		`{"a":1}{"a":1}`:                  false,
	} {
		if err := uniqueMembers([]byte(body)); (err == nil) != ok {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func FuzzParseCertificate(f *testing.F) {
	f.Add("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
	f.Add("-----BEGIN CERTIFICATE-----")
	f.Fuzz(func(t *testing.T, v string) {
		if cert, err := parseCertificate(v); err == nil && cert == nil {
			t.Error("neither certificate nor error")
		}
	})
}

func FuzzParseOneLine(f *testing.F) {
	f.Add(pemBegin + "AAAA" + pemEnd)
	f.Add(pemBegin)
	f.Add("TUlJ\n")
	f.Fuzz(func(t *testing.T, v string) {
		cert, err := parseOneLine(v)
		if err == nil && (cert == nil || strings.ContainsAny(v, "\r\n")) {
			t.Errorf("%q was taken", v)
		}
	})
}
