package api_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/spclient/api"
	"example.com/ssowizard/spclient/sptest"
)

func TestRateLimitIsWaitedForAsTold(t *testing.T) {
	t.Parallel()
	const ok = `{"configured":false,"enabled":false,"settings":{}}`
	tests := []struct {
		name   string
		header map[string]string
		want   time.Duration
	}{
		{"seconds", map[string]string{"Retry-After": "7"}, 7 * time.Second},
		{"date, by our clock", map[string]string{"Retry-After": "Thu, 20 Aug 2026 09:00:30 GMT", "Date": ""}, 30 * time.Second},
		{"date, by their clock", map[string]string{"Retry-After": "Thu, 20 Aug 2026 10:00:30 GMT", "Date": "Thu, 20 Aug 2026 10:00:00 GMT"}, 30 * time.Second},
		{"reset in seconds", map[string]string{"X-RateLimit-Reset": "12"}, 12 * time.Second},
		{"reset as a time", map[string]string{"X-RateLimit-Reset": "1787216420", "Date": "Thu, 20 Aug 2026 09:00:00 GMT"}, 20 * time.Second},
		{"zero is a moment", map[string]string{"Retry-After": "0"}, time.Second},
		{"past", map[string]string{"Retry-After": "Thu, 20 Aug 2026 08:00:00 GMT", "Date": ""}, time.Second},
		{"nothing said", nil, time.Second},
		{"nonsense", map[string]string{"Retry-After": "NaN", "X-RateLimit-Reset": "-3"}, time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			first := true
			b, server := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				if !first {
					jsonAnswer(w, http.StatusOK, ok)
					return
				}
				first = false
				for name, value := range tt.header {
					w.Header()[http.CanonicalHeaderKey(name)] = nil
					if value != "" {
						w.Header().Set(name, value)
					}
				}
				jsonAnswer(w, http.StatusTooManyRequests, `{}`)
			})
			if _, err := b.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]time.Duration{tt.want}, b.clock.waited()); diff != "" {
				t.Error(diff)
			}
			w := (*b.waits)[0]
			want := api.Wait{Kind: api.WaitRateLimit, Method: "GET", Path: "/sso-settings/v1/connection", For: tt.want,
				Until: newClock().Now().Add(tt.want), Attempt: 2, Reason: "too many requests"}
			if diff := cmp.Diff(want, w); diff != "" {
				t.Error(diff)
			}
			if n := len(server.seen()); n != 2 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestRateLimitedPostIsSentAgain(t *testing.T) {
	t.Parallel()
	server := &reference{}
	b := newBench(t, "net2phone", server.serve(t), http.DefaultTransport)
	limited := sptest.Fault{Status: 429, Header: http.Header{"Retry-After": {"3"}}, Body: `{}`}
	b.faults.Add(limited, limited)
	if _, err := b.StartTest(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(server.seen()); n != 1 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestTooLongARateLimitIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	b, server := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "86400")
		jsonAnswer(w, http.StatusTooManyRequests, `{}`)
	})
	_, err := b.Read(t.Context())
	if err == nil || len(b.clock.waited()) != 0 || len(server.seen()) != 1 || !strings.Contains(strings.Join(hint.Hints(err), " "), "24h0m0s") {
		t.Errorf("error %v, hints %v, waits %v", err, hint.Hints(err), b.clock.waited())
	}
}

func TestEndlessRateLimitEnds(t *testing.T) {
	t.Parallel()
	b, server := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		jsonAnswer(w, http.StatusTooManyRequests, `{"error":{"message":"Slow down."}}`)
	})
	if _, err := b.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "Slow down.") || len(server.seen()) > 10 {
		t.Errorf("error %v after %d requests", err, len(server.seen()))
	}
}

func TestWriteWithoutOutcomeIsReadBeforeItIsRepeated(t *testing.T) {
	t.Parallel()
	const get, put = "GET /sso-settings/v1/connection", "PUT /sso-settings/v1/connection"
	tests := []struct {
		name  string
		fault sptest.Fault
		want  []string // requests that arrived
	}{
		{"answer lost", sptest.Fault{LoseAnswer: true}, []string{get, put, get}},
		{"request lost", sptest.Fault{LoseRequest: true}, []string{get, get, put}},
		{"500 before it was carried out", sptest.Fault{Status: 500, Body: `{}`}, []string{get, get, put}},
		{"gateway page", sptest.Fault{Status: 504, ContentType: "text/html", Body: "<html>"}, []string{get, get, put}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := &reference{}
			b := newBench(t, "net2phone", server.serve(t), http.DefaultTransport)
			settings, _ := wanted(t, b.profile)
			b.faults.Add(tt.fault)
			if _, err := b.Push(t.Context(), settings); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, server.seen()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSwitchWithoutOutcomeIsReadBeforeItIsRepeated(t *testing.T) {
	t.Parallel()
	server := &reference{}
	b := newBench(t, "net2phone", server.serve(t), http.DefaultTransport)
	settings, _ := wanted(t, b.profile)
	if _, err := b.Push(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	b.faults.Add(sptest.Fault{LoseAnswer: true})
	if err := b.SetEnabled(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	const get, put, enable = "GET /sso-settings/v1/connection", "PUT /sso-settings/v1/connection", "PUT /sso-settings/v1/connection/enabled"
	if diff := cmp.Diff([]string{get, put, enable, get}, server.seen()); diff != "" {
		t.Error(diff)
	}
}

func TestWriteThatNeverTakesEffectEndsAsUnknown(t *testing.T) {
	t.Parallel()
	server := &reference{}
	b := newBench(t, "net2phone", server.serve(t), http.DefaultTransport)
	settings, _ := wanted(t, b.profile)
	for range 10 {
		b.faults.Add(sptest.Fault{Status: 503, Body: `{"error":{"message":"Down."}}`})
	}
	_, err := b.Push(t.Context(), settings)
	var unknown *api.UnknownOutcome
	if !errors.As(err, &unknown) || !strings.Contains(err.Error(), "Down.") || len(server.seen()) > 6 {
		t.Errorf("error %v after %v", err, server.seen())
	}
}

// A create that was carried out, but not as wanted, is not made a second time:
// the record is found and updated.
func TestCreateIsNotRepeatedWhenARecordIsThere(t *testing.T) {
	t.Parallel()
	server := &nested{}
	base := server.serve(t)
	b := newBench(t, "nested", base, roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/idps") {
			server.mu.Lock()
			server.add(map[string]any{"disabled": true, "login": map[string]any{"short": "acme", "name": "half"},
				"saml": map[string]any{}, "users": map[string]any{"refuse_unknown": true}})
			server.mu.Unlock()
			return nil, errors.New("connection reset")
		}
		return http.DefaultTransport.RoundTrip(r)
	}))
	settings, _ := wanted(t, b.profile)
	state, err := b.Push(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range settings {
		if !b.profile.SettingsEqual(s.ID, s.Value, state.Settings[s.ID]) {
			t.Errorf("%s is %q", s.ID, state.Settings[s.ID])
		}
	}
	if len(server.records) != 5 {
		t.Errorf("%d records", len(server.records))
	}
}

func TestBrokenOffAnswerIsReadAgain(t *testing.T) {
	t.Parallel()
	first := true
	b, server := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		if first {
			first = false
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"configured":`))
			panic(http.ErrAbortHandler)
		}
		jsonAnswer(w, http.StatusOK, `{"configured":false,"enabled":false,"settings":{}}`)
	})
	if _, err := b.Read(t.Context()); err != nil || len(server.seen()) != 2 {
		t.Errorf("error %v, requests %v", err, server.seen())
	}
}

func TestEndlessAnswerIsCut(t *testing.T) {
	t.Parallel()
	b, _ := answering(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		chunk := []byte(`"` + strings.Repeat("x", 1<<16) + `",`)
		for r.Context().Err() == nil {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	if _, err := b.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("error %v", err)
	}
}
