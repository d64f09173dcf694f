package sandbox_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/ssowizard/internal/sandbox"
)

func page(t *testing.T, c *http.Client, method, url, host string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	must(t, err)
	if host != "" {
		req.Host = host
	}
	resp, err := c.Do(req)
	must(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, string(body)
}

func TestConsoleShowsWhatIsThereAndWhatWasAsked(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Users: 150, Groups: 8, OktaTLS: "127.0.0.1:0"})
	must(t, err)
	defer s.Close()
	info := s.Info()
	plain := client(t, info, "")
	_, app := ask(t, plain, http.MethodPost, info.Okta.OrgURL+"/api/v1/apps", "SSWS "+info.Okta.APIToken, `{"label":"Shown <b>app</b>","name":"bookmark",
		"signOnMode":"BOOKMARK","settings":{"app":{"requestIntegration":false,"url":"https://example.com/?token=hidden"}}}`)
	if app.(map[string]any)["id"] == nil {
		t.Fatal(app)
	}
	_, _ = page(t, plain, http.MethodGet, info.Okta.OrgURL+"/login/login.htm?secret=hidden", "")

	code, body := page(t, plain, http.MethodGet, info.Okta.OrgURL+"/sandbox", "")
	for _, want := range []string{info.Okta.APIToken, info.Okta.People[0].Login, info.Okta.People[0].Password, info.ServiceProviders["net2phone"].APIToken,
		"Shown &lt;b&gt;app", "BOOKMARK", "Support EMEA", "100 of 150", "POST /api/v1/apps", "GET /login/login.htm", "okta"} {
		if !strings.Contains(body, want) {
			t.Errorf("%d: %q is missing", code, want)
		}
	}
	if strings.Contains(body, "hidden") || strings.Contains(body, "GET /sandbox") {
		t.Error("the requests show a query, or this page itself")
	}
	if _, body := page(t, client(t, info, ""), http.MethodGet, info.Okta.TLSURL+"/sandbox?q=ana.lima", ""); !strings.Contains(body, "1 of 1<") {
		t.Error("search on TLS found something else")
	}
	if code, _ := page(t, plain, http.MethodPost, info.Okta.OrgURL+"/sandbox", ""); code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", code)
	}
	if code, body := page(t, plain, http.MethodGet, info.Okta.OrgURL+"/sandbox", "evil.example"); code != http.StatusBadRequest || strings.Contains(body, info.Okta.APIToken) {
		t.Errorf("under a foreign name: %d", code)
	}
}

func TestConsoleIsForThisMachine(t *testing.T) {
	t.Parallel()
	p := &parts{}
	s, err := sandbox.StartWith(t.Context(), sandbox.Options{Dir: t.TempDir()}, p.makers())
	must(t, err)
	defer s.Close()
	h := sandbox.Console(s.Info(), p.org)
	for from, want := range map[string]int{"127.0.0.1:9": 200, "[::1]:9": 200, "[::ffff:127.0.0.1]:9": 200, "192.0.2.7:9": 403, "": 403} {
		r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/sandbox", nil)
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want || want != 200 && strings.Contains(w.Body.String(), s.Info().Okta.APIToken) {
			t.Errorf("from %q: %d", from, w.Code)
		}
	}
}

func TestConsoleKeepsTheLastRequestsOnly(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{Dir: t.TempDir()})
	c := client(t, s.Info(), "")
	for _, path := range append([]string{"/first"}, many(250)...) {
		_, _ = page(t, c, http.MethodGet, s.Info().Okta.OrgURL+path, "")
	}
	_, body := page(t, c, http.MethodGet, s.Info().Okta.OrgURL+"/sandbox", "")
	newest, older := strings.Index(body, "GET /n250<"), strings.Index(body, "GET /n249<")
	if newest < 0 || older < newest || strings.Contains(body, "GET /first<") || strings.Contains(body, "GET /n50<") || !strings.Contains(body, "GET /n51<") {
		t.Errorf("newest at %d, the one before at %d", newest, older)
	}
}
