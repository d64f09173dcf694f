package httpx_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/httpx"
)

var quiet = log.New(io.Discard, "", 0)

func traced(t *testing.T, rt http.RoundTripper, method, target, contentType, body string, header ...string) map[string]any {
	t.Helper()
	var out bytes.Buffer
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := httpx.NewTrace(&out).Wrap(rt).RoundTrip(req)
	if err == nil {
		_, _ = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	if strings.Contains(out.String(), "canary") {
		t.Errorf("the trace holds a secret: %s", out.String())
	}
	if strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("want one line, got %q", out.String())
	}
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	delete(line, "time")
	delete(line, "duration_ms")
	return line
}

func TestTheTraceHoldsWhatIsAllowedAndNothingElse(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Okta-Request-Id", "req1")
		w.Header().Set("X-Rate-Limit-Remaining", "9")
		w.Header().Set("Set-Cookie", "sid=canary")
		w.Header().Set("Date", "Sat, 01 Jan 2000 00:00:00 GMT")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"id":"canary-session","status":"ACTIVE","errorCode":"E0000001","errorSummary":"Api validation\u001b[31m failed","sessionToken":"canary",
			"credentials":{"signing":{"kid":"KID"},"oauthClient":{"client_secret":"canary"}},"errorCauses":[{"errorSummary":"label: bad"}],"error":{"code":"bad","message":"canary"}}`)
	}))
	defer srv.Close()
	line := traced(t, http.DefaultTransport, "POST", srv.URL+"/api/v1/apps?token=canary", "application/json",
		`{"label":"Acme","password":"canary","client_secret":"canary"}`, "Authorization", "SSWS canary", "Cookie", "sid=canary")
	want := map[string]any{
		"method": "POST", "host": strings.TrimPrefix(srv.URL, "http://"), "path": "/api/v1/apps", "status": 400.0,
		"headers": map[string]any{"Content-Type": "application/json", "Date": "Sat, 01 Jan 2000 00:00:00 GMT", "X-Okta-Request-Id": "req1", "X-Rate-Limit-Remaining": "9"},
		"request": map[string]any{"label": "Acme"},
		"response": map[string]any{"status": "ACTIVE", "errorCode": "E0000001", "errorSummary": "Api validation [31m failed",
			"credentials.signing.kid": "KID", "errorCauses.#.errorSummary": []any{"label: bad"}, "error.code": "bad"},
	}
	if diff := cmp.Diff(want, line); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheTraceNeverHoldsFormsPagesOrTokens(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/oauth2/v1/token":
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"token_type":"Bearer","access_token":"canary","scope":"canary"}`)
		default:
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, `<input name="SAMLResponse" value="canary">`)
		}
	}))
	defer srv.Close()
	traced(t, http.DefaultTransport, "POST", srv.URL+"/oauth2/v1/token", "application/x-www-form-urlencoded", "client_assertion=canary")
	traced(t, http.DefaultTransport, "POST", srv.URL+"/saml/acs", "application/x-www-form-urlencoded", "SAMLResponse=canary")
	for path, want := range map[string]string{
		"/api/v1/sessions/102canary":                             "/api/v1/sessions/…",
		"/api/v1/users/canary@acme.example":                      "/api/v1/users/…",
		"/sso/test/canary":                                       "/sso/test/…",
		"/x/" + strings.Repeat("canary", 12):                     "/x/…",
		"/api/v1/apps/0oa1/credentials/keys/" + sample43 + "/go": "/api/v1/apps/0oa1/credentials/keys/" + sample43 + "/go",
	} {
		if got := traced(t, http.DefaultTransport, "GET", srv.URL+path, "text/plain", "")["path"]; got != want {
			t.Errorf("path %s is traced as %v, want %s", path, got, want)
		}
	}
}

const sample43 = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"

func TestAFailedRequestIsTracedToo(t *testing.T) {
	t.Parallel()
	s := &script{steps: []func(*http.Request) (*http.Response, error){fails(errors.New("broken \x1b[31mpipe"))}}
	line := traced(t, s, "GET", "https://acme.okta.com/api/v1/apps", "text/plain", "")
	if line["error"] != "broken [31mpipe" || line["status"] != nil {
		t.Errorf("got %v", line)
	}
}

func TestANilTraceChangesNothing(t *testing.T) {
	t.Parallel()
	s := &script{steps: nil}
	var none *httpx.Trace
	if none.Wrap(s) != http.RoundTripper(s) {
		t.Error("a nil trace wrapped the transport")
	}
}
