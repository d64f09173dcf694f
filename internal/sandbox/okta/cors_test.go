package okta_test

import (
	"net/http"
	"testing"
)

func TestScriptsOfOtherOriginsReadWhatIsForThem(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.webApp(`"application_type":"web"`, `"application_type":"browser"`, "client_secret_post", "none", "https://sp.example/cb", "https://spa.example/cb")
	s.webApp() // at sp.example, on a server
	for _, c := range []struct {
		method, path, origin string
		allowed              bool
	}{
		{"GET", "/.well-known/openid-configuration", "https://anybody.example", true},
		{"GET", "/oauth2/v1/keys", "https://anybody.example", true},
		{"POST", "/oauth2/v1/token", "https://spa.example", true},
		{"GET", "/oauth2/v1/userinfo", "https://spa.example", true},
		{"OPTIONS", "/oauth2/v1/token", "https://spa.example", true},
		{"OPTIONS", "/oauth2/v1/token", "https://sp.example", false},
		{"POST", "/oauth2/v1/token", "https://anybody.example", false},
		{"GET", "/api/v1/apps", "https://spa.example", false},
		{"GET", "/oauth2/v1/keys", "", false},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, s.url+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
			r.Header.Set("Access-Control-Request-Method", "POST")
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		want := ""
		if c.allowed {
			want = c.origin
		}
		if got := res.Header.Get("Access-Control-Allow-Origin"); got != want || res.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s %s from %q: allowed origin %q", c.method, c.path, c.origin, got)
		}
		if preflight := c.method == "OPTIONS"; preflight && (res.StatusCode == 200) != c.allowed {
			t.Errorf("preflight %s from %q: %d", c.path, c.origin, res.StatusCode)
		}
	}
}
