package httpx_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
)

// script answers the n-th request with the n-th step, and the last for ever.
type script struct {
	mu    sync.Mutex
	steps []func(*http.Request) (*http.Response, error)
	seen  []string // method, path and body
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	body := ""
	if req.Body != nil {
		b, _ := io.ReadAll(req.Body)
		body = " " + string(b)
	}
	s.mu.Lock()
	s.seen = append(s.seen, req.Method+" "+req.URL.Path+body)
	step := s.steps[min(len(s.seen), len(s.steps))-1]
	s.mu.Unlock()
	return step(req)
}

func answer(status int, header ...string) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		h := http.Header{}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader("{}")), Request: req}, nil
	}
}

func fails(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func newRequest(ctx context.Context, method, path, body string) *http.Request {
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, "https://acme.okta.com"+path, r)
	if err != nil {
		panic(err)
	}
	return req
}

var errEOF = fmt.Errorf("transport: %w", io.EOF)

func TestPostIsSentOnceWhenItsAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, broken := range []error{io.EOF, io.ErrUnexpectedEOF, errEOF, syscall.ECONNRESET} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{steps: []func(*http.Request) (*http.Response, error){fails(broken)}}
			_, err := httpx.Retry(s, httpx.RetryOptions{}).RoundTrip(newRequest(t.Context(), "POST", "/api/v1/apps", "{}"))
			var lost *httpx.UnknownOutcome
			if !errors.As(err, &lost) || lost.Path != "/api/v1/apps" {
				t.Errorf("%v: got %v, want an unknown outcome", broken, err)
			}
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%v: io.EOF can be seen through the error", broken)
			}
			if len(s.seen) != 1 {
				t.Errorf("%v: sent %d times", broken, len(s.seen))
			}
		})
	}
}

func TestReadsAreRepeatedAndThenFailWithoutEOF(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var waits []time.Duration
		s := &script{steps: []func(*http.Request) (*http.Response, error){fails(errEOF)}}
		rt := httpx.Retry(s, httpx.RetryOptions{Notify: func(w httpx.Wait) { waits = append(waits, w.For) }})
		_, err := rt.RoundTrip(newRequest(t.Context(), "GET", "/api/v1/apps", ""))
		var lost *httpx.UnknownOutcome
		if err == nil || errors.Is(err, io.EOF) || errors.As(err, &lost) {
			t.Errorf("got %v, want an error without io.EOF that is no unknown outcome", err)
		}
		want := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}
		if diff := cmp.Diff(want, waits); diff != "" || len(s.seen) != 4 {
			t.Errorf("%d tries, waits (-want +got):\n%s", len(s.seen), diff)
		}
	})
}

func TestWhatIsRepeatedAfterAFailingServer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		method string
		status int
		tries  int
	}{
		{"GET", 500, 4}, {"GET", 502, 4}, {"GET", 503, 4}, {"GET", 504, 4}, {"PUT", 503, 4}, {"DELETE", 500, 4}, {"HEAD", 503, 4},
		{"POST", 500, 1}, {"POST", 503, 1}, {"PATCH", 502, 1},
		{"GET", 404, 1}, {"GET", 501, 1}, {"PUT", 400, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{steps: []func(*http.Request) (*http.Response, error){answer(tt.status)}}
			resp, err := httpx.Retry(s, httpx.RetryOptions{}).RoundTrip(newRequest(t.Context(), tt.method, "/api/v1/apps/1", "x"))
			if err != nil || resp.StatusCode != tt.status || len(s.seen) != tt.tries {
				t.Errorf("%s %d: %d tries, err %v; want %d tries and the answer", tt.method, tt.status, len(s.seen), err, tt.tries)
			}
		})
	}
}

func TestARepeatCarriesTheWholeBodyAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []func(*http.Request) (*http.Response, error){fails(errEOF), answer(503), answer(200)}}
		resp, err := httpx.Retry(s, httpx.RetryOptions{}).RoundTrip(newRequest(t.Context(), "PUT", "/api/v1/apps/1", `{"a":1}`))
		if err != nil || resp.StatusCode != 200 {
			t.Fatal(err)
		}
		line := `PUT /api/v1/apps/1 {"a":1}`
		if diff := cmp.Diff([]string{line, line, line}, s.seen); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAPutThatNeverGotAnAnswerIsAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		s := &script{steps: []func(*http.Request) (*http.Response, error){fails(errEOF), fails(refused)}}
		_, err := httpx.Retry(s, httpx.RetryOptions{}).RoundTrip(newRequest(t.Context(), "PUT", "/x", "1"))
		var lost *httpx.UnknownOutcome
		if !errors.As(err, &lost) {
			t.Errorf("got %v: the first try was sent, so nobody knows", err)
		}
	})
}

func TestPostThatWasNeverSentIsRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		s := &script{steps: []func(*http.Request) (*http.Response, error){fails(refused), answer(200)}}
		resp, err := httpx.Retry(s, httpx.RetryOptions{}).RoundTrip(newRequest(t.Context(), "POST", "/x", "1"))
		if err != nil || resp.StatusCode != 200 || len(s.seen) != 2 {
			t.Errorf("got %v after %d tries", err, len(s.seen))
		}
		s = &script{steps: []func(*http.Request) (*http.Response, error){fails(refused)}}
		_, err = httpx.Retry(s, httpx.RetryOptions{}).RoundTrip(newRequest(t.Context(), "POST", "/x", "1"))
		var lost *httpx.UnknownOutcome
		if errors.As(err, &lost) || !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("got %v; nothing was sent, so the outcome is known", err)
		}
	})
}

func TestACutAnswerIsNoAnswer(t *testing.T) {
	t.Parallel()
	var calls sync.Map
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := calls.LoadOrStore(r.Method, new(int))
		*n.(*int)++
		w.Header().Set("Content-Length", "100")
		if r.Method == "GET" && *n.(*int) > 1 {
			w.Header().Set("Content-Length", "4")
			_, _ = io.WriteString(w, "done")
			return
		}
		_, _ = io.WriteString(w, `{"id":"0oa`)
	}))
	defer srv.Close()
	rt := httpx.Retry((&httpx.Net{}).Transport(), httpx.RetryOptions{Clock: instant{}})
	post, _ := http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/api/v1/apps", strings.NewReader("{}"))
	_, err := rt.RoundTrip(post)
	var lost *httpx.UnknownOutcome
	if !errors.As(err, &lost) || errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("POST: got %v", err)
	}
	get, _ := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/api/v1/apps", nil)
	resp, err := rt.RoundTrip(get)
	if err != nil {
		t.Fatalf("GET: %v", err)
	}
	if body, _ := io.ReadAll(resp.Body); string(body) != "done" {
		t.Errorf("GET: body %q", body)
	}
	if n, _ := calls.Load("POST"); *n.(*int) != 1 {
		t.Errorf("POST was sent %d times", *n.(*int))
	}
}

// instant is a clock on which waiting takes no time.
type instant struct{}

func (instant) Now() time.Time                                   { return time.Now() }
func (instant) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func TestCancellingAWaitEndsItAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &script{steps: []func(*http.Request) (*http.Response, error){limited(60, 10)}}
		began := time.Now()
		rt := httpx.Retry(s, httpx.RetryOptions{Notify: func(httpx.Wait) { cancel() }})
		_, err := rt.RoundTrip(newRequest(ctx, "POST", "/api/v1/apps", "{}"))
		if !errors.Is(err, context.Canceled) || time.Since(began) != 0 {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
		var lost *httpx.UnknownOutcome
		if errors.As(err, &lost) {
			t.Error("a 429 was not carried out, so its outcome is known")
		}
	})
}

func TestCancellingASentWriteLeavesItsOutcomeUnknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &script{steps: []func(*http.Request) (*http.Response, error){func(r *http.Request) (*http.Response, error) {
			cancel()
			<-r.Context().Done()
			return nil, r.Context().Err()
		}}}
		_, err := httpx.Retry(s, httpx.RetryOptions{}).RoundTrip(newRequest(ctx, "POST", "/api/v1/apps", "{}"))
		var lost *httpx.UnknownOutcome
		if !errors.As(err, &lost) || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want an unknown outcome for a cancelled context", err)
		}
	})
}

func TestAServerThatHangsIsGivenUpAndIsNotTheCallersTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []func(*http.Request) (*http.Response, error){func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}}}
		_, err := httpx.Retry(s, httpx.RetryOptions{}).RoundTrip(newRequest(t.Context(), "GET", "/x", ""))
		if err == nil || errors.Is(err, context.DeadlineExceeded) || len(s.seen) != 4 {
			t.Errorf("got %v after %d tries", err, len(s.seen))
		}
	})
}

func TestEOFHiddenErrorsKeepHintsAndTypes(t *testing.T) {
	t.Parallel()
	inner := &net.OpError{Op: "read", Err: io.EOF}
	err := httpx.HideEOF(hint.With(hint.Refused, inner, "look there"))
	var op *net.OpError
	if errors.Is(err, io.EOF) || !errors.As(err, &op) || hint.CodeOf(err) != hint.Refused {
		t.Errorf("EOF %v, type kept %v, code %v", errors.Is(err, io.EOF), errors.As(err, &op), hint.CodeOf(err))
	}
	if diff := cmp.Diff([]string{"look there"}, hint.Hints(err)); diff != "" {
		t.Error(diff)
	}
	plain := errors.New("other")
	if httpx.HideEOF(plain) != plain { //nolint:errorlint // identity is what is promised
		t.Error("an error without EOF changed")
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
