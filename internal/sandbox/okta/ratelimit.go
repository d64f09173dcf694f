package okta

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Buckets: calls that share a counter.
const (
	bucketApps      = "/api/v1/apps"
	bucketApp       = "/api/v1/apps/{id}"
	bucketGroups    = "/api/v1/groups"
	bucketGroup     = "/api/v1/groups/{id}"
	bucketUsers     = "/api/v1/users"
	bucketUserRead  = "/api/v1/users/{id} read"
	bucketUserWrite = "/api/v1/users/{id} write"
	bucketMe        = "/api/v1/users/me"
	bucketAuthn     = "/api/v1/authn"
	bucketSessions  = "/api/v1/sessions"
	bucketToken     = "/oauth2/v1/token"
	bucketClients   = "/oauth2/v1/clients"
	bucketAny       = "/api/v1"
	bucketRoot      = "/"
)

// limits are an org's calls a minute in each bucket.
type limits map[string]int

var (
	workforceLimits = limits{
		bucketApps: 100, bucketApp: 500, bucketGroups: 500, bucketGroup: 1000,
		bucketUsers: 600, bucketUserRead: 2000, bucketUserWrite: 600, bucketMe: 1000,
		bucketAuthn: 500, bucketSessions: 750, bucketToken: 300, bucketClients: 100,
		bucketAny: 1200, bucketRoot: 1200,
	}
	integratorLimits = limits{
		bucketApps: 20, bucketApp: 100, bucketGroups: 100, bucketGroup: 100,
		bucketUsers: 100, bucketUserRead: 100, bucketUserWrite: 100, bucketMe: 100,
		bucketAuthn: 100, bucketSessions: 100, bucketToken: 100, bucketClients: 25,
		bucketAny: 100, bucketRoot: 100,
	}
)

// window is how long a counter runs from its first call.
const window = time.Minute

// How many calls an org answers at the same time.
const (
	workforceAtOnce  = 75
	integratorAtOnce = 35
)

// limiter counts the calls of the org and of each token. A token gets half of
// what the org has, and its answers say so.
type limiter struct {
	limits limits // nil: no limit
	most   int64  // calls at the same time; 0: no limit
	inside atomic.Int64
	now    func() time.Time

	mu      sync.Mutex
	windows map[[2]string]*counter
	swept   time.Time
}

type counter struct {
	used  int
	until time.Time
}

func newLimiter(kind string, now func() time.Time) (*limiter, error) {
	l := &limiter{now: now, windows: map[[2]string]*counter{}}
	switch kind {
	case "", "okta":
		l.limits, l.most = workforceLimits, workforceAtOnce
	case "free":
		l.limits, l.most = integratorLimits, integratorAtOnce
	case "off":
	default:
		return nil, fmt.Errorf("sandbox okta: rate limit %q is none of okta, free, off", kind)
	}
	return l, nil
}

// unlimited is what an org without limits says it has.
const unlimited = 1000000

// take counts a call, writes the rate-limit headers and refuses the call when
// nothing is left. An empty principal shares the whole bucket.
func (l *limiter) take(h http.Header, bucket, principal string) error {
	now := l.now()
	if l.limits == nil {
		setLimit(h, unlimited, unlimited-1, now.Add(window))
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	org := l.counter(bucket, "", now)
	own, limit := org, l.limits[bucket]
	spent := org.used >= limit
	if principal != "" {
		own, limit = l.counter(bucket, principal, now), limit/2
		spent = spent || own.used >= limit
	}
	if spent {
		until := own.until
		if org.used >= l.limits[bucket] && org.until.After(until) {
			until = org.until
		}
		setLimit(h, limit, 0, until)
		return fail(http.StatusTooManyRequests, "E0000047", "API call exceeded rate limit due to too many requests.")
	}
	org.used++
	if own != org {
		own.used++
	}
	setLimit(h, limit, max(0, min(limit-own.used, l.limits[bucket]-org.used)), own.until)
	return nil
}

// enter counts a call as being answered until it is. Behind a server that is
// when the answer has been sent, however long that takes.
func (l *limiter) enter(r *http.Request) (leave func()) {
	l.inside.Add(1)
	gone := func() { l.inside.Add(-1) }
	if r.Context().Value(http.ServerContextKey) == nil {
		return gone
	}
	context.AfterFunc(r.Context(), gone)
	return func() {}
}

// crowded refuses a call when too many are being answered. No bucket explains
// it: its headers are all zero.
func (l *limiter) crowded(h http.Header) error {
	if l.most == 0 || l.inside.Load() <= l.most {
		return nil
	}
	h.Set("X-Rate-Limit-Limit", "0")
	h.Set("X-Rate-Limit-Remaining", "0")
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(l.now().Unix()+1, 10))
	return fail(http.StatusTooManyRequests, "E0000047", "API call exceeded rate limit due to too many requests.")
}

func (l *limiter) counter(bucket, principal string, now time.Time) *counter {
	key := [2]string{bucket, principal}
	c := l.windows[key]
	if c == nil || !now.Before(c.until) {
		c = &counter{until: now.Add(window)}
		l.windows[key] = c
	}
	return c
}

// sweep forgets ended windows now and then: made-up tokens must not fill the
// memory.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < window {
		return
	}
	l.swept = now
	for key, c := range l.windows {
		if !now.Before(c.until) {
			delete(l.windows, key)
		}
	}
}

// setLimit writes the three headers. The reset is a whole second and never
// before the window's end, so that a client that waits for it is let in.
func setLimit(h http.Header, limit, remaining int, until time.Time) {
	reset := until.Unix()
	if until.Nanosecond() > 0 {
		reset++
	}
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(limit))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(remaining))
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(reset, 10))
}
