package httpx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"example.com/ssowizard/internal/hint"
)

// RetryOptions shape Retry. The zero value is what production uses.
type RetryOptions struct {
	Clock Clock // nil: the real one
	// Notify is told of each wait before it begins. It may be called from
	// several goroutines and must not block for long.
	Notify func(Wait)
	// Bucket names the rate-limit counter of a request at its host; nil means OktaBucket.
	Bucket func(method, path string) string
	// Repeats is how often a request is repeated after a broken connection or
	// a passing failure of the server; 0 means 3.
	Repeats int
	// RateLimitTries is how often one request may be turned away for the rate
	// limit; 0 means 10.
	RateLimitTries int
	// Timeout bounds one try, from its sending to the last byte of the answer;
	// 0 means a minute and a half.
	Timeout time.Duration
}

// Wait is a pause that Retry makes.
type Wait struct {
	Kind         string // WaitRateLimit or WaitRetry
	Bucket       string
	Method, Path string
	For          time.Duration
	Until        time.Time
	Attempt      int   // number of the try that follows, from 1
	Status       int   // of the answer that made it necessary, 0 without one
	Err          error // what broke, nil when there was an answer
}

// Kinds of Wait.
const (
	WaitRateLimit = "rate-limit"
	WaitRetry     = "retry"
)

// maxBody bounds an answer: Okta's largest page is a few megabytes.
const maxBody = 64 << 20

// Retry waits for the rate limit and repeats what may be repeated, so that
// what lies above it sees no 429 and no io.EOF.
//
// When the headers of an answer said that a bucket is used up, the next call of
// that bucket waits until the reset by the server's own clock, plus a second. A
// 429 was not carried out, so it is sent again after its reset, POST too; after
// RateLimitTries the error is a *RateLimited. GET, HEAD, OPTIONS, PUT and DELETE
// are repeated after a broken connection and after 500, 502, 503 and 504; any
// other method only when nothing of it can have been sent. A write that was sent
// and whose answer did not arrive whole ends in *UnknownOutcome. Answers are read
// whole before they are given on. All waits end with the request's context.
func Retry(rt http.RoundTripper, o RetryOptions) http.RoundTripper {
	if o.Clock == nil {
		o.Clock = SystemClock()
	}
	if o.Notify == nil {
		o.Notify = func(Wait) {}
	}
	if o.Bucket == nil {
		o.Bucket = OktaBucket
	}
	if o.Repeats == 0 {
		o.Repeats = 3
	}
	if o.RateLimitTries == 0 {
		o.RateLimitTries = 10
	}
	if o.Timeout == 0 {
		o.Timeout = 90 * time.Second
	}
	return &retry{base: rt, o: o}
}

type retry struct {
	base   http.RoundTripper
	o      RetryOptions
	limits limits
}

// CloseIdleConnections lets http.Client.CloseIdleConnections work.
func (t *retry) CloseIdleConnections() { closeIdle(t.base) }

func closeIdle(rt http.RoundTripper) {
	if c, ok := rt.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// job is one request on its way through the tries.
type job struct {
	req              *http.Request
	body             []byte
	bucket           string
	attempt          int
	repeats, limited int
	sent             bool // some try may have reached the other side
}

func (t *retry) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := readBody(req)
	if err != nil {
		return nil, fmt.Errorf("read the body of %s %s: %w", req.Method, req.URL.Path, HideEOF(err))
	}
	j := &job{req: req, body: body, bucket: t.o.Bucket(req.Method, req.URL.Path)}
	for {
		if err := t.admit(j); err != nil {
			return nil, t.broken(j, err)
		}
		j.attempt++
		resp, err := t.once(j)
		t.limits.settle(j.key(), resp, t.o.Clock.Now())
		again, err := t.judge(j, resp, err)
		if err != nil {
			return nil, err
		}
		if !again {
			return resp, nil
		}
	}
}

func (j *job) key() string { return j.req.URL.Host + " " + j.bucket }

// admit waits until the bucket has room for the job.
func (t *retry) admit(j *job) error {
	ctx := j.req.Context()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		wait, change, ok := t.limits.admit(j.key(), t.o.Clock.Now())
		switch {
		case ok:
			return nil
		case change != nil:
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-change:
			}
		default:
			if err := t.pause(j, Wait{Kind: WaitRateLimit, For: wait}); err != nil {
				return err
			}
		}
	}
}

// pause reports a wait and makes it.
func (t *retry) pause(j *job, w Wait) error {
	w.Bucket, w.Method, w.Path = j.bucket, j.req.Method, j.req.URL.Path
	w.Until, w.Attempt = t.o.Clock.Now().Add(w.For), j.attempt+1
	t.o.Notify(w)
	return t.o.Clock.Sleep(j.req.Context(), w.For)
}

// once sends the request and reads its answer whole.
func (t *retry) once(j *job) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(j.req.Context(), t.o.Timeout)
	defer cancel()
	try := j.req.Clone(ctx)
	if j.body != nil {
		try.Body = io.NopCloser(bytes.NewReader(j.body))
		try.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(j.body)), nil }
		try.ContentLength = int64(len(j.body))
	}
	resp, err := t.base.RoundTrip(try)
	if err == nil {
		err = slurp(resp)
		resp.Request = j.req
	}
	if err == nil {
		return resp, nil
	}
	if ctx.Err() != nil && j.req.Context().Err() == nil {
		// Only this try is over: its deadline is not the caller's.
		err = fmt.Errorf("no complete answer within %s", t.o.Timeout)
	}
	return nil, err
}

// slurp reads the body whole, so that a cut answer shows here and not while
// somebody decodes it.
func slurp(resp *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	_ = resp.Body.Close()
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if len(body) > maxBody {
		return fmt.Errorf("the answer is larger than %d MB", maxBody>>20)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if resp.Request == nil || resp.Request.Method != http.MethodHead {
		resp.ContentLength = int64(len(body))
	}
	return nil
}

// judge decides what comes after a try: the same again (after a wait), the
// answer, or an error.
func (t *retry) judge(j *job, resp *http.Response, err error) (again bool, _ error) {
	switch {
	case err != nil:
		return t.judgeBroken(j, err)
	case resp.StatusCode == http.StatusTooManyRequests:
		return t.judgeLimited(j, resp)
	case passing(resp.StatusCode) && repeatable(j.req.Method) && j.repeats < t.o.Repeats:
		j.sent = true // a gateway's 504 does not say that nothing was done
		return t.rest(j, Wait{Kind: WaitRetry, For: t.backoff(j), Status: resp.StatusCode})
	}
	return false, nil
}

func (t *retry) judgeLimited(j *job, resp *http.Response) (bool, error) {
	j.limited++
	now := t.o.Clock.Now()
	h, counted := readLimit(resp.Header, now)
	wait := limitedBackoff(j.limited)
	if after, ok := retryAfter(resp.Header, now); ok && !counted {
		wait = after
	}
	if j.limited >= t.o.RateLimitTries {
		if counted {
			wait = h.wait
		}
		e := &RateLimited{Method: j.req.Method, Path: j.req.URL.Path, Bucket: j.bucket, Until: now.Add(wait),
			RequestID: resp.Header.Get("X-Okta-Request-Id"), Tries: j.limited}
		return false, &hint.Error{Err: e, RequestID: cleanText(e.RequestID, 100),
			Hints: []string{"other programs use up the same limit; run the same command again in a few minutes"}}
	}
	if counted {
		return true, nil // admit waits for the reset
	}
	return t.rest(j, Wait{Kind: WaitRateLimit, For: wait, Status: resp.StatusCode})
}

func (t *retry) judgeBroken(j *job, err error) (bool, error) {
	ctx := j.req.Context()
	sent := !neverSent(err)
	j.sent = j.sent || sent
	canRepeat := (!sent || repeatable(j.req.Method)) && !permanent(err) && ctx.Err() == nil
	if canRepeat && j.repeats < t.o.Repeats {
		wait := t.backoff(j)
		return t.rest(j, Wait{Kind: WaitRetry, For: wait, Err: HideEOF(err)})
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return false, t.broken(j, err)
}

// rest pauses before the same request is sent again.
func (t *retry) rest(j *job, w Wait) (again bool, _ error) {
	if err := t.pause(j, w); err != nil {
		return false, t.broken(j, err)
	}
	return true, nil
}

// broken is the error of a job that ends without an answer.
func (t *retry) broken(j *job, err error) error {
	if j.sent && !safe(j.req.Method) {
		return &UnknownOutcome{Method: j.req.Method, Host: j.req.URL.Host, Path: j.req.URL.Path, Err: HideEOF(err)}
	}
	if isContextError(err) {
		return err
	}
	return HideEOF(err)
}

// backoff is the pause before the next repeat: half a second, doubling.
func (t *retry) backoff(j *job) time.Duration {
	j.repeats++
	return 500 * time.Millisecond << (j.repeats - 1)
}

// limitedBackoff is the pause after a 429 without usable headers, or for too
// many simultaneous requests: 2 s, doubling up to half a minute.
func limitedBackoff(n int) time.Duration {
	return min(2*time.Second<<min(n-1, 4), 30*time.Second)
}

// retryAfter reads a header that Okta never sends but proxies and service
// providers do.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return min(time.Duration(min(seconds, 3600))*time.Second+time.Second, maxWindow), true
	}
	if at, err := http.ParseTime(text); err == nil {
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			now = date
		}
		return min(max(at.Sub(now), 0)+time.Second, maxWindow), true
	}
	return 0, false
}

func passing(status int) bool {
	switch status {
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

func safe(method string) bool {
	return method == "" || method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

func repeatable(method string) bool {
	return safe(method) || method == http.MethodPut || method == http.MethodDelete
}

func readBody(req *http.Request) ([]byte, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	body, err := io.ReadAll(req.Body)
	return body, errors.Join(err, req.Body.Close())
}
