package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/spclient/api"
	"example.com/ssowizard/spclient/sptest"
)

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestAddressAndTokenAreCheckedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, base, token string
		ok                bool
	}{
		{"https", "https://sso.example.com", "t", true},
		{"https with path and slash", "https://sso.example.com/gateway/", "t", true},
		{"http on this machine", "http://127.0.0.1:8080", "t", true},
		{"http on localhost", "http://localhost", "t", true},
		{"http on IPv6 loopback", "http://[::1]:1", "t", true},
		{"plain http", "http://sso.example.com", "t", false},
		{"http that only looks local", "http://127.0.0.1.example.com", "t", false},
		{"no scheme", "sso.example.com", "t", false},
		{"other scheme", "ftp://sso.example.com", "t", false},
		{"user name", "https://me:pw@sso.example.com", "t", false},
		{"query", "https://sso.example.com?x=1", "t", false},
		{"fragment", "https://sso.example.com#x", "t", false},
		{"no host", "https:///x", "t", false},
		{"no address", "", "t", false},
		{"no token", "https://sso.example.com", "", false},
		{"token with a line break", "https://sso.example.com", "t\n", false},
	}
	for _, tt := range tests {
		_, err := api.New(api.Config{Profile: profile(t, "net2phone"), BaseURL: tt.base, Token: secret.New(tt.token),
			Transport: http.DefaultTransport})
		if (err == nil) != tt.ok {
			t.Errorf("%s: error %v", tt.name, err)
		}
		if err != nil && (hint.CodeOf(err) != hint.Usage || len(hint.Hints(err)) == 0) {
			t.Errorf("%s: code %d, hints %v", tt.name, hint.CodeOf(err), hint.Hints(err))
		}
	}
}

func TestProfilesOwnAddressIsUsedWhenNoneIsGiven(t *testing.T) {
	t.Parallel()
	asked := ""
	b := newBench(t, "nested", "", roundTrip(func(r *http.Request) (*http.Response, error) {
		asked = r.URL.String()
		return nil, errors.New("offline")
	}))
	_, _ = b.Read(t.Context())
	if want := "https://api.nested.example/v9/idps?page%5Bnumber%5D=1&page%5Bsize%5D=2&sort=name"; asked != want {
		t.Errorf("asked %s, want %s", asked, want)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestStateHoldsWhatTheAnswerSays(t *testing.T) {
	t.Parallel()
	server := &nested{}
	b := newBench(t, "nested", server.serve(t), http.DefaultTransport)
	settings, _ := wanted(t, b.profile)
	if _, err := b.Push(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	got, err := b.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := sso.SPState{Readable: true, Configured: true, Resource: "id 5/x",
		Settings: map[string]string{"name": "Okta acme", "sso_url": "https://acme.okta.com/app/exk1/sso/saml",
			"issuer": "http://www.okta.com/exk1", "create_users": "false", "role": "member",
			"fingerprint": strings.ToLower(settings[5].Value)},
		Offered: map[string]string{"acs_url": "https://api.nested.example/saml/acme"},
		Options: map[string][]string{"role": {"member", "admin"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothingIsReadTwiceInARun(t *testing.T) {
	t.Parallel()
	server := &reference{}
	b := newBench(t, "net2phone", server.serve(t), http.DefaultTransport)
	settings, _ := wanted(t, b.profile)
	if _, err := b.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Push(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	if err := b.SetEnabled(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	want := []string{"GET /sso-settings/v1/connection", "PUT /sso-settings/v1/connection", "PUT /sso-settings/v1/connection/enabled"}
	if diff := cmp.Diff(want, server.seen()); diff != "" {
		t.Error(diff)
	}
}

func TestTestIsStartedAndItsVerdictRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status, code string
		want         sso.SPVerdict
	}{
		{"pending", "", sso.SPVerdict{Status: sso.VerdictPending}},
		{"passed", "", sso.SPVerdict{Status: sso.VerdictPassed, Person: "ana@acme.example", Message: "bad [31m news"}},
		{"failed", "wrong_audience", sso.SPVerdict{Status: sso.VerdictFailed, Code: "wrong_audience", Person: "ana@acme.example", Message: "bad [31m news"}},
		{"expired", "", sso.SPVerdict{Status: sso.VerdictFailed, Code: "expired", Person: "ana@acme.example", Message: "bad [31m news"}},
	}
	for _, tt := range tests {
		server := &reference{}
		b := newBench(t, "net2phone", server.serve(t), http.DefaultTransport)
		test, err := b.StartTest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if test.ID != "t/1 ?" || test.StartURL != "https://sso.example.com/t/1" {
			t.Errorf("test %+v", test)
		}
		server.mu.Lock()
		server.test["status"] = tt.status
		if tt.status != "pending" {
			server.test["person"], server.test["message"] = "ana@acme.example", "bad\x1b [31m\nnews"
		}
		if tt.code != "" {
			server.test["code"] = tt.code
		}
		server.mu.Unlock()
		got, err := b.TestVerdict(t.Context(), "t/1 ?")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.status, diff)
		}
	}
}

func TestTestIsNeverStartedTwice(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sptest.Fault{"lost answer": {LoseAnswer: true}, "lost request": {LoseRequest: true},
		"500": {Status: 500, Body: `{}`}} {
		server := &reference{}
		b := newBench(t, "net2phone", server.serve(t), http.DefaultTransport)
		b.faults.Add(fault)
		_, err := b.StartTest(t.Context())
		var unknown interface{ OutcomeUnknown() bool }
		if !errors.As(err, &unknown) || !unknown.OutcomeUnknown() {
			t.Errorf("%s: error %v", name, err)
		}
		if n := len(server.seen()); n > 1 {
			t.Errorf("%s: %d requests", name, n)
		}
	}
}

func TestUnknownVerdictAndUnsafeStartAddressAreRefused(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"id":"1","start_url":"http://sso.example.com/t"}`, `{"id":"1","start_url":"javascript:alert(1)"}`,
		`{"id":"","start_url":"https://sso.example.com/t"}`, `{"start_url":"https://u:p@sso.example.com/t","id":"1"}`, `{}`, `[]`} {
		b, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, http.StatusCreated, body) })
		if test, err := b.StartTest(t.Context()); err == nil {
			t.Errorf("%s gave %+v", body, test)
		}
	}
	b, _ := answering(t, func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, http.StatusOK, `{"status":"odd"}`) })
	if v, err := b.TestVerdict(t.Context(), "1"); err == nil {
		t.Errorf("verdict %+v", v)
	}
}

// answering is a driver of the reference API whose server answers as told.
func answering(t *testing.T, answer http.HandlerFunc) (bench, *reference) {
	t.Helper()
	server := &reference{answer: answer}
	return newBench(t, "net2phone", server.serve(t), http.DefaultTransport), server
}

func jsonAnswer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

func TestRedirectIsNotFollowedAndTheTokenStaysHome(t *testing.T) {
	t.Parallel()
	visited := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited++ }))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		b, _ := answering(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, status) })
		_, err := b.Read(t.Context())
		if err == nil || !strings.Contains(err.Error(), "redirect to "+elsewhere.URL) {
			t.Errorf("%d: error %v", status, err)
		}
	}
	if visited != 0 {
		t.Errorf("followed %d times", visited)
	}
}

func TestUnreachableAddressIsNamed(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	b := newBench(t, "net2phone", server.URL, http.DefaultTransport)
	settings, _ := wanted(t, b.profile)
	_, err := b.Push(t.Context(), settings)
	host := strings.TrimPrefix(server.URL, "http://")
	if err == nil || !strings.Contains(err.Error(), host) || !strings.Contains(strings.Join(hint.Hints(err), " "), host) {
		t.Errorf("error %v, hints %v", err, hint.Hints(err))
	}
	if len(*b.waits) != 3 {
		t.Errorf("waited %d times", len(*b.waits))
	}
}

func TestRestoreOfWhatWasNeverReadIsRefused(t *testing.T) {
	t.Parallel()
	server := &reference{}
	b := newBench(t, "net2phone", server.serve(t), http.DefaultTransport)
	if err := b.Restore(t.Context(), sso.SPState{}); err == nil || len(server.seen()) > 0 {
		t.Errorf("error %v, requests %v", err, server.seen())
	}
}

func TestSeveralFittingRecordsAreRefused(t *testing.T) {
	t.Parallel()
	server := &nested{}
	base := server.serve(t)
	server.add(map[string]any{"disabled": true, "login": map[string]any{"short": "acme"}})
	server.add(map[string]any{"disabled": true, "login": map[string]any{"short": "acme"}})
	_, err := newBench(t, "nested", base, http.DefaultTransport).Read(t.Context())
	if hint.CodeOf(err) != hint.Refused || !strings.Contains(err.Error(), "2 records") {
		t.Errorf("error %v", err)
	}
}

func TestAReadThatIsCancelledSaysSo(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"after a passing failure": 503, "after too many requests": 429} {
		for _, when := range []string{"with the answer", "in the wait"} {
			t.Run(name+", "+when, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				sent := 0
				b := newBench(t, "net2phone", "https://service.test", roundTrip(func(req *http.Request) (*http.Response, error) {
					sent++
					if when == "with the answer" {
						cancel() // and the answer is there all the same
					}
					return sptest.Fault{Status: status, Body: "{}"}.Answer(req), nil
				}))
				b.clock.beforeWait = cancel
				if _, err := b.Read(ctx); !errors.Is(err, context.Canceled) || sent != 1 {
					t.Errorf("error %v after %d requests", err, sent)
				}
			})
		}
	}
}

func TestTokenInABrokenAnswerIsNotRepeated(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nX-Echo: "+token+"\x01\r\n\r\n")
			_ = conn.Close()
		}
	}()
	b := newBench(t, "net2phone", "http://"+listener.Addr().String(), http.DefaultTransport)
	_, err = b.Read(t.Context())
	if err == nil || strings.Contains(err.Error(), token) {
		t.Errorf("error %v", err)
	}
	for _, w := range *b.waits {
		if strings.Contains(w.Reason, token) {
			t.Errorf("reason %q", w.Reason)
		}
	}
}
