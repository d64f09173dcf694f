package signon

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// based is a Directory that only knows where it is.
type based struct{ Directory }

func (based) Base(*http.Request) string { return "http://acme.example:7001" }

func FuzzOnOrg(f *testing.F) {
	for _, s := range []string{"/", "/app/UserHome?x=1#f", "//evil.example", `/\evil.example`, "http://acme.example:7001/x",
		"http://acme.example:7001@evil.example/", "https://acme.example:7001/", "/%2f/evil", "javascript:x", "?x", "%2f", "http:/x", "/\n/evil"} {
		f.Add(s)
	}
	s := &Site{dir: based{}}
	r := httptest.NewRequest(http.MethodGet, "http://acme.example:7001/", nil)
	f.Fuzz(func(t *testing.T, address string) {
		to, ok := s.onOrg(r, address)
		if !ok {
			return
		}
		if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
			t.Fatalf("%q leads to %q", address, to)
		}
		u, err := url.Parse("http://acme.example:7001" + to)
		if err != nil || u.Host != "acme.example:7001" || u.Scheme != "http" {
			t.Fatalf("%q leads to %q: %v %v", address, to, u, err)
		}
	})
}
