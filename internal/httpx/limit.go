package httpx

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// maxWindow bounds what a reset header may make us wait: Okta's windows last a
// minute, and a header that says an hour is broken.
const maxWindow = 5 * time.Minute

// limits keeps what the rate-limit headers of each bucket said.
type limits struct {
	mu      sync.Mutex
	buckets map[string]*bucket
}

// bucket is one counter of the server. Until its first answer nothing is
// known, and calls go freely.
type bucket struct {
	known    bool
	limit    int
	left     int
	reset    int64     // end of the window, in the server's epoch seconds
	until    time.Time // the same on our clock plus a second; zero: no answer of the window yet
	inFlight int
	changed  chan struct{} // closed and replaced when a call ends
}

func (l *limits) get(key string) *bucket {
	if l.buckets == nil {
		l.buckets = map[string]*bucket{}
	}
	b := l.buckets[key]
	if b == nil {
		b = &bucket{changed: make(chan struct{})}
		l.buckets[key] = b
	}
	return b
}

// admit lets a call go (ok), or says how long to wait, or, when the calls in
// flight use up all that is left, what to wait for.
func (l *limits) admit(key string, now time.Time) (wait time.Duration, change <-chan struct{}, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.get(key)
	if !b.until.IsZero() && !now.Before(b.until) {
		b.left, b.until = b.limit, time.Time{}
	}
	switch {
	case !b.known, b.left > b.inFlight:
	case b.left <= 0 && !b.until.IsZero():
		return b.until.Sub(now), nil, false
	case b.inFlight > 0:
		return 0, b.changed, false
	}
	b.inFlight++
	return 0, nil, true
}

// settle ends a call that admit let go. resp is nil when there was no answer.
func (l *limits) settle(key string, resp *http.Response, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.get(key)
	b.inFlight--
	close(b.changed)
	b.changed = make(chan struct{})
	if resp == nil {
		return
	}
	h, ok := readLimit(resp.Header, now)
	if !ok {
		return
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		h.left = 0
	}
	switch {
	case !b.known || h.reset > b.reset:
		b.left = h.left
	case h.reset == b.reset || resp.StatusCode == http.StatusTooManyRequests:
		// Answers of one window overtake each other: the lowest count is the
		// latest.
		b.left = min(b.left, h.left)
	default:
		return // late news of a window that is over
	}
	b.known, b.limit = true, h.limit
	b.reset = max(b.reset, h.reset)
	b.until = now.Add(h.wait)
}

// limitHeader is what the three rate-limit headers and the date say.
type limitHeader struct {
	limit, left int
	reset       int64
	wait        time.Duration // from now to one second after the reset
}

// readLimit reads Okta's headers. It is false when one is missing, and for a
// limit of 0, by which Okta marks its limit on simultaneous requests.
func readLimit(h http.Header, now time.Time) (limitHeader, bool) {
	limit, err1 := strconv.Atoi(h.Get("X-Rate-Limit-Limit"))
	left, err2 := strconv.Atoi(h.Get("X-Rate-Limit-Remaining"))
	reset, err3 := strconv.ParseInt(h.Get("X-Rate-Limit-Reset"), 10, 64)
	if err1 != nil || err2 != nil || err3 != nil || limit <= 0 {
		return limitHeader{}, false
	}
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		date = now
	}
	wait := maxWindow
	if seconds := reset - date.Unix(); seconds < int64(maxWindow/time.Second) {
		wait = time.Duration(max(seconds, 0)) * time.Second
	}
	return limitHeader{limit: limit, left: left, reset: reset, wait: wait + time.Second}, true
}
