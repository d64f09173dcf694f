package httpx_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
)

// skew is how far the server's clock is from ours.
const skew = -3 * time.Hour

// limited is a 429 whose window ends in so many seconds by the server's clock.
func limited(seconds int, limit int64) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		now := time.Now().Add(skew)
		return answer(429, "Date", now.UTC().Format(http.TimeFormat), "X-Rate-Limit-Limit", itoa(limit),
			"X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", itoa(now.Unix()+int64(seconds)))(req)
	}
}

func TestA429IsSentAgainAfterItsResetByTheServersClock(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "POST"} {
		synctest.Test(t, func(t *testing.T) {
			var waits []httpx.Wait
			s := &script{steps: []func(*http.Request) (*http.Response, error){limited(42, 10), answer(200)}}
			rt := httpx.Retry(s, httpx.RetryOptions{Notify: func(w httpx.Wait) { waits = append(waits, w) }})
			began := time.Now()
			resp, err := rt.RoundTrip(newRequest(t.Context(), method, "/api/v1/apps", "{}"))
			if err != nil || resp.StatusCode != 200 || len(s.seen) != 2 {
				t.Fatalf("%s: %v after %d tries", method, err, len(s.seen))
			}
			want := []httpx.Wait{{Kind: httpx.WaitRateLimit, Bucket: "/api/v1/apps", Method: method, Path: "/api/v1/apps",
				For: 43 * time.Second, Until: began.Add(43 * time.Second), Attempt: 2}}
			if diff := cmp.Diff(want, waits); diff != "" {
				t.Errorf("%s: waits (-want +got):\n%s", method, diff)
			}
		})
	}
}

// fakeOkta counts as Okta does: a window of 60 s from its first call, whole
// seconds, the server's own clock.
type fakeOkta struct {
	mu       sync.Mutex
	limit    int64
	left     int64
	end      time.Time
	latency  time.Duration
	accepted int
	refused  int
}

func (f *fakeOkta) RoundTrip(req *http.Request) (*http.Response, error) {
	f.mu.Lock()
	now := time.Now().Add(skew)
	if !now.Before(f.end) {
		f.left, f.end = f.limit, now.Truncate(time.Second).Add(60*time.Second)
	}
	status := 200
	if f.left == 0 {
		status = 429
		f.refused++
	} else {
		f.left--
		f.accepted++
	}
	left, end := f.left, f.end
	f.mu.Unlock()
	time.Sleep(f.latency)
	return answer(status, "Date", time.Now().Add(skew).UTC().Format(http.TimeFormat), "X-Rate-Limit-Limit", itoa(f.limit),
		"X-Rate-Limit-Remaining", itoa(left), "X-Rate-Limit-Reset", itoa(end.Unix()))(req)
}

func TestTwoHundredCallsInARowNeverHitTheWall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeOkta{limit: 10, latency: 300 * time.Millisecond}
		rt := httpx.Retry(f, httpx.RetryOptions{})
		began := time.Now()
		for range 200 {
			if resp, err := rt.RoundTrip(newRequest(t.Context(), "PUT", "/api/v1/apps/1/groups/2", "{}")); err != nil || resp.StatusCode != 200 {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); f.refused != 0 || f.accepted != 200 || took > 21*time.Minute {
			t.Errorf("%d refused, %d accepted in %s", f.refused, f.accepted, took)
		}
	})
}

func TestParallelCallsHitTheWallOnlyBeforeTheFirstAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeOkta{limit: 10, latency: 300 * time.Millisecond}
		rt := httpx.Retry(f, httpx.RetryOptions{})
		first := newRequest(t.Context(), "GET", "/api/v1/apps", "")
		if _, err := rt.RoundTrip(first); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				if resp, err := rt.RoundTrip(newRequest(t.Context(), "PUT", "/api/v1/apps/1/groups/2", "{}")); err != nil || resp.StatusCode != 200 {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if took := time.Since(began); f.refused != 0 || f.accepted != 201 || took > 21*time.Minute {
			t.Errorf("%d refused, %d accepted in %s", f.refused, f.accepted, took)
		}
	})
}

func TestParallelCallsGoFreelyBeforeTheFirstAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeOkta{limit: 50, latency: time.Second}
		rt := httpx.Retry(f, httpx.RetryOptions{})
		began := time.Now()
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() { _, _ = rt.RoundTrip(newRequest(t.Context(), "GET", "/api/v1/apps", "")) })
		}
		wg.Wait()
		if took := time.Since(began); took != time.Second {
			t.Errorf("five calls took %s one after another", took)
		}
	})
}

func TestOneBucketDoesNotHoldUpAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		spent := func(req *http.Request) (*http.Response, error) {
			now := time.Now()
			return answer(200, "Date", now.UTC().Format(http.TimeFormat), "X-Rate-Limit-Limit", "10",
				"X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", itoa(now.Unix()+30))(req)
		}
		s := &script{steps: []func(*http.Request) (*http.Response, error){spent}}
		rt := httpx.Retry(s, httpx.RetryOptions{})
		began := time.Now()
		for _, path := range []string{"/api/v1/apps", "/api/v1/groups", "/api/v1/apps/0oa1"} {
			if _, err := rt.RoundTrip(newRequest(t.Context(), "GET", path, "")); err != nil || time.Since(began) != 0 {
				t.Errorf("%s: %v after %s", path, err, time.Since(began))
			}
		}
		if _, err := rt.RoundTrip(newRequest(t.Context(), "GET", "/api/v1/apps/0oa1/groups", "")); err != nil || time.Since(began) != 31*time.Second {
			t.Errorf("second call of the bucket: %v after %s, want 31s", err, time.Since(began))
		}
	})
}

func TestBrokenRateLimitHeadersAreSurvived(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		step func(*http.Request) (*http.Response, error)
		want time.Duration
	}{
		"no headers":              {answer(429), 2 * time.Second},
		"too many at once":        {answer(429, "Date", "Sat, 01 Jan 2000 00:00:00 GMT", "X-Rate-Limit-Limit", "0", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", "946684860"), 2 * time.Second},
		"reset is not a number":   {answer(429, "X-Rate-Limit-Limit", "10", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", "soon"), 2 * time.Second},
		"reset in milliseconds":   {answer(429, "Date", "Sat, 01 Jan 2000 00:00:00 GMT", "X-Rate-Limit-Limit", "10", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", "946684860000"), 301 * time.Second},
		"reset beyond arithmetic": {answer(429, "Date", "Sat, 01 Jan 2000 00:00:00 GMT", "X-Rate-Limit-Limit", "10", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", "9223372036854775807"), 301 * time.Second},
		"reset in the past":       {answer(429, "Date", "Sat, 01 Jan 2000 00:00:00 GMT", "X-Rate-Limit-Limit", "10", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", "1"), time.Second},
		"remaining is wrong":      {limitedButRemaining5, 11 * time.Second},
		"a proxy's Retry-After":   {answer(429, "Retry-After", "7"), 8 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{steps: []func(*http.Request) (*http.Response, error){tt.step, answer(200)}}
			began := time.Now()
			resp, err := httpx.Retry(s, httpx.RetryOptions{}).RoundTrip(newRequest(t.Context(), "POST", "/api/v1/apps", "{}"))
			if err != nil || resp.StatusCode != 200 || time.Since(began) != tt.want {
				t.Errorf("%s: %v after %s, want success after %s", name, err, time.Since(began), tt.want)
			}
		})
	}
}

func limitedButRemaining5(req *http.Request) (*http.Response, error) {
	return answer(429, "Date", "Sat, 01 Jan 2000 00:00:00 GMT", "X-Rate-Limit-Limit", "10", "X-Rate-Limit-Remaining", "5", "X-Rate-Limit-Reset", "946684810")(req)
}

func TestNo429EverComesThrough(t *testing.T) {
	t.Parallel()
	for _, step := range []func(*http.Request) (*http.Response, error){limited(60, 10), answer(429, "X-Okta-Request-Id", "abc")} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{steps: []func(*http.Request) (*http.Response, error){step}}
			resp, err := httpx.Retry(s, httpx.RetryOptions{}).RoundTrip(newRequest(t.Context(), "GET", "/api/v1/apps", ""))
			var limited *httpx.RateLimited
			if resp != nil || !errors.As(err, &limited) || len(s.seen) != 10 || len(hint.Hints(err)) == 0 {
				t.Errorf("got %v, %v after %d tries", resp, err, len(s.seen))
			}
		})
	}
}

func TestLateAnswersOfAnEarlierWindowAreIgnored(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		at := func(left, reset string) func(*http.Request) (*http.Response, error) {
			return answer(200, "Date", "Sat, 01 Jan 2000 00:00:00 GMT", "X-Rate-Limit-Limit", "10", "X-Rate-Limit-Remaining", left, "X-Rate-Limit-Reset", reset)
		}
		s := &script{steps: []func(*http.Request) (*http.Response, error){at("9", "946684860"), at("0", "946684800"), at("8", "946684860")}}
		rt := httpx.Retry(s, httpx.RetryOptions{})
		began := time.Now()
		for range 3 {
			if _, err := rt.RoundTrip(newRequest(t.Context(), "GET", "/api/v1/apps", "")); err != nil {
				t.Fatal(err)
			}
		}
		if time.Since(began) != 0 {
			t.Errorf("waited %s for a window that was over", time.Since(began))
		}
	})
}

func TestOktaBucket(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ method, path, want string }{
		{"GET", "/api/v1/apps", "/api/v1/apps"},
		{"POST", "/api/v1/apps", "/api/v1/apps"},
		{"GET", "/api/v1/apps/0oa1", "/api/v1/apps/{id}"},
		{"PUT", "/api/v1/apps/0oa1", "/api/v1/apps/{id}"},
		{"DELETE", "/api/v1/apps/0oa1", "/api/v1/apps/{id}"},
		{"GET", "/api/v1/apps/0oa1/sso/saml/metadata", "/api/v1/apps"},
		{"PUT", "/api/v1/apps/0oa1/groups/00g1", "/api/v1/apps"},
		{"POST", "/api/v1/apps/0oa1/lifecycle/deactivate", "/api/v1/apps"},
		{"GET", "/api/v1/groups", "/api/v1/groups"},
		{"GET", "/api/v1/groups/00g1", "/api/v1/groups/{id}"},
		{"GET", "/api/v1/groups/00g1/users", "/api/v1/groups"},
		{"GET", "/api/v1/users", "/api/v1/users"},
		{"GET", "/api/v1/users/me", "/api/v1/users/me"},
		{"GET", "/api/v1/users/00u1", "/api/v1/users/{id}"},
		{"POST", "/api/v1/users/00u1", "/api/v1/users/{id} write"},
		{"GET", "/api/v1/users/00u1/groups", "/api/v1/users"},
		{"POST", "/api/v1/authn", "/api/v1/authn"},
		{"GET", "/api/v1/policies", "/api/v1"},
		{"POST", "/oauth2/v1/token", "/oauth2/v1/token"},
		{"GET", "/.well-known/okta-organization", "/"},
		{"GET", "/", "/"},
		{"GET", "", "/"},
		{"GET", "/app/acme_x_1/exk1/sso/saml", "/app/…"},
	} {
		if got := httpx.OktaBucket(tt.method, tt.path); got != tt.want {
			t.Errorf("%s %s: got %s, want %s", tt.method, tt.path, got, tt.want)
		}
	}
}

func TestAnswersAboveTheBoundAreRefused(t *testing.T) {
	t.Parallel()
	huge := func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(io.LimitReader(zeros{}, 65<<20)), Request: req}, nil
	}
	s := &script{steps: []func(*http.Request) (*http.Response, error){huge}}
	_, err := httpx.Retry(s, httpx.RetryOptions{Clock: instant{}, Repeats: 1}).RoundTrip(newRequest(t.Context(), "GET", "/x", ""))
	if err == nil || !strings.Contains(err.Error(), "larger than 64 MB") {
		t.Errorf("got %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
