package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
)

const (
	maxAnswer    = 4 << 20          // bytes of one answer
	maxAttempts  = 4                // of one request that may be repeated
	maxRateWaits = 6                // of one request
	longestWait  = 10 * time.Minute // that a rate limit may ask for
	attemptTime  = 60 * time.Second // for one attempt
)

// exchange is one request, ready to be sent any number of times.
type exchange struct {
	method  string
	target  string // whole URL
	path    string // for messages, without query
	body    []byte
	kind    string // content type of the body
	headers map[string]string
	success []int
	secrets []string // values that must not come back in a message
	mute    bool     // nothing is read out of an answer of success, which may be a plain word
}

// result is an answer whose body was read as a whole and understood.
type result struct {
	status int
	header http.Header
	body   any // decoded JSON, numbers as json.Number; nil for an empty one
}

func (d *Driver) exchange(r catalog.Request, v catalog.Values, secrets []string) (exchange, error) {
	target, err := r.Target(v)
	if err != nil {
		return exchange{}, err
	}
	body, err := r.Content(v)
	if err != nil {
		return exchange{}, fmt.Errorf("body of %s %s: %w", r.Method, target, err)
	}
	if r.Keep && v.Record != nil {
		if body, err = laidOver(v.Record, body, d.api.Answer.Record); err != nil {
			return exchange{}, fmt.Errorf("body of %s %s: %w", r.Method, target, err)
		}
	}
	headers, err := d.headers(v)
	if err != nil {
		return exchange{}, err
	}
	u, err := url.Parse(d.base.String() + target)
	if err != nil {
		return exchange{}, fmt.Errorf("path %q: not a URL", target)
	}
	return exchange{method: r.Method, target: u.String(), path: u.Path, body: body, kind: r.ContentType, headers: headers,
		success: r.Success, secrets: secrets}, nil
}

// send makes a request that changes nothing until an answer comes, with
// repeats after failures on the way and 5xx answers.
func (d *Driver) send(ctx context.Context, ex exchange, allowed ...int) (*result, error) {
	for attempt := 1; ; attempt++ {
		res, err := d.once(ctx, ex, allowed)
		var unknown *UnknownOutcome
		if err == nil || !errors.As(err, &unknown) {
			return res, err
		}
		// Nothing was to be changed, so nothing is unknown.
		switch {
		case ctx.Err() != nil:
			return nil, fmt.Errorf("%s %s: %w", ex.method, ex.path, ctx.Err())
		case attempt == maxAttempts:
			return nil, fmt.Errorf("%s %s: %w", ex.method, ex.path, unknown.cause)
		}
		if err := d.pause(ctx, ex, attempt, unknown.cause); err != nil {
			return nil, err
		}
	}
}

// once sends a request one time, or again after a 429 and after a connection
// that was never made, because nothing was carried out then. A failure after
// the request may have been carried out is an UnknownOutcome. The statuses
// allowed are no errors though they are no successes.
func (d *Driver) once(ctx context.Context, ex exchange, allowed []int) (*result, error) {
	limited, unconnected := 0, 0
	for {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%s %s: %w", ex.method, ex.path, ctx.Err())
		}
		res, err := d.attempt(ctx, ex)
		switch {
		case err != nil && ctx.Err() != nil:
			return nil, &UnknownOutcome{Method: ex.method, Path: ex.path, cause: ctx.Err()}
		case err != nil && neverConnected(err):
			if unconnected++; unconnected == maxAttempts || permanent(err) {
				return nil, d.unreachable(ex, err)
			}
			if err := d.pause(ctx, ex, unconnected, err); err != nil {
				return nil, err
			}
			continue
		case err != nil && permanent(err):
			return nil, err
		case err != nil:
			return nil, &UnknownOutcome{Method: ex.method, Path: ex.path, cause: err}
		case res.status == http.StatusTooManyRequests:
			if limited++; limited > maxRateWaits {
				return nil, d.refused(ex, res)
			}
			if err := d.pauseForRate(ctx, ex, res, limited); err != nil {
				return nil, err
			}
			continue
		case isSuccess(res.status, ex.success) && d.saysFailed(res.body):
			return nil, d.refused(ex, res)
		case isSuccess(res.status, ex.success) || slices.Contains(allowed, res.status):
			return res, nil
		case res.status >= 500 && res.status != http.StatusNotImplemented || res.status == http.StatusRequestTimeout:
			return nil, &UnknownOutcome{Method: ex.method, Path: ex.path, cause: d.refused(ex, res)}
		default:
			return nil, d.refused(ex, res)
		}
	}
}

// saysFailed tells whether an answer with a status of success says that the
// request has failed.
func (d *Driver) saysFailed(body any) bool {
	flag := d.api.Errors.Failed
	if found, _ := catalog.At(body, flag.At); flag.At == "" || found == nil {
		return false
	}
	failed, err := truthAt(body, flag, false)
	return err == nil && failed
}

func isSuccess(status int, only []int) bool {
	if len(only) > 0 {
		return slices.Contains(only, status)
	}
	return status >= 200 && status < 300
}

// attempt is one round trip. Its error is a final one only if permanent says so.
func (d *Driver) attempt(ctx context.Context, ex exchange) (*result, error) {
	limited, cancel := context.WithTimeout(ctx, attemptTime)
	defer cancel()
	res, err := d.roundTrip(limited, ex)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		// Not the caller's deadline, so it must not look like one.
		return nil, fmt.Errorf("no answer within %s", attemptTime)
	}
	return res, err
}

func (d *Driver) roundTrip(ctx context.Context, ex exchange) (*result, error) {
	req, err := http.NewRequestWithContext(ctx, ex.method, ex.target, bytes.NewReader(ex.body))
	if err != nil {
		return nil, finally(fmt.Errorf("%s %s: %w", ex.method, ex.path, err))
	}
	if ex.body == nil {
		req.Body, req.GetBody, req.ContentLength = http.NoBody, nil, 0
	} else {
		req.Header.Set("Content-Type", ex.kind)
	}
	req.Header.Set("Accept", "application/json")
	if d.userAgent != "" {
		req.Header.Set("User-Agent", d.userAgent)
	}
	for name, value := range ex.headers {
		req.Header.Set(name, value)
	}
	req.Header.Set(d.api.Auth.Header, d.header.Reveal())
	resp, err := d.client.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err // its text repeats the whole URL
		}
		return nil, &wireError{text: d.clean(err.Error(), ex.secrets), err: err}
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	return d.understand(ex, resp)
}

func (d *Driver) understand(ex exchange, resp *http.Response) (*result, error) {
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return nil, finally(d.redirected(ex, resp))
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("the answer broke off: %w", err)
	}
	if len(data) > maxAnswer {
		return nil, finally(fmt.Errorf("%s %s: the answer is larger than %d bytes", ex.method, ex.path, maxAnswer))
	}
	res := &result{status: resp.StatusCode, header: resp.Header}
	data = bytes.TrimSpace(data)
	success := isSuccess(res.status, nil)
	if !isJSON(resp.Header.Get("Content-Type"), data) {
		switch {
		case !success && res.status != http.StatusNotFound:
			return res, nil // the status alone says enough
		case looksLikePage(resp.Header.Get("Content-Type"), data):
			return nil, finally(d.webPage(ex, res.status))
		case !success, len(data) == 0, ex.mute && isPlain(resp.Header.Get("Content-Type")):
			return res, nil
		}
		return nil, finally(hint.Add(fmt.Errorf("%s %s: the answer is not JSON", ex.method, ex.path),
			"check --sp-api-url"))
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&res.body); err != nil {
		if !success {
			res.body = nil
			return res, nil
		}
		return nil, errors.New("the answer is broken JSON")
	}
	return res, nil
}

// isJSON goes by the content type, and by the look of the text where there is
// none, or the one that servers set which were told of none.
func isJSON(contentType string, data []byte) bool {
	if len(data) == 0 {
		return false
	}
	kind, _, err := mime.ParseMediaType(contentType)
	if contentType == "" || err != nil || kind == "text/plain" {
		return data[0] == '{' || data[0] == '['
	}
	return kind == "application/json" || kind == "text/json" || strings.HasSuffix(kind, "+json")
}

func isPlain(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return contentType == "" || err == nil && kind == "text/plain"
}

func looksLikePage(contentType string, data []byte) bool {
	return strings.Contains(strings.ToLower(contentType), "html") || bytes.HasPrefix(data, []byte("<"))
}

func (d *Driver) redirected(ex exchange, resp *http.Response) error {
	to := "another address"
	if u, err := resp.Location(); err == nil && u.Host != "" {
		to = d.clean(u.Scheme+"://"+u.Host, ex.secrets)
	}
	return hint.Add(fmt.Errorf("%s %s answered %d, a redirect to %s, which is not followed with a token",
		ex.method, ex.path, resp.StatusCode, to), "give the final address with --sp-api-url")
}

// wireError is a failure on the way, with a text that may be shown: the
// original can quote what the other side sent.
type wireError struct {
	text string
	err  error
}

func (e *wireError) Error() string { return e.text }

func (e *wireError) Unwrap() error { return e.err }

// finalError marks an error that a repeat would not mend.
type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }

func finally(err error) error { return finalError{err} }

// permanent tells whether a repeat could not mend it: our own refusals, and
// certificates that are not trusted.
func permanent(err error) bool {
	var final finalError
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &final) || errors.As(err, &untrusted)
}

// neverConnected tells whether the request surely was not sent. Only errors of
// making the connection count.
func neverConnected(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns) || errors.As(err, &untrusted)
}

func (d *Driver) unreachable(ex exchange, err error) error {
	return hint.Add(fmt.Errorf("%s %s at %s: %w", ex.method, ex.path, d.base.Host, err),
		"check --sp-api-url and that this machine reaches %s", d.base.Host)
}

// pause waits before the next attempt, longer each time.
func (d *Driver) pause(ctx context.Context, ex exchange, attempt int, cause error) error {
	wait := 500 * time.Millisecond << (attempt - 1)
	return d.sleep(ctx, Wait{Kind: WaitRetry, For: wait, Attempt: attempt + 1, Reason: d.clean(cause.Error(), ex.secrets)}, ex)
}

func (d *Driver) pauseForRate(ctx context.Context, ex exchange, res *result, attempt int) error {
	wait := rateWait(res.header, d.clock.Now())
	if wait == 0 {
		wait = time.Second << (attempt - 1)
	}
	if wait > longestWait {
		return hint.Add(d.refused(ex, res), "it asks to wait %s; run the same command again then", wait.Round(time.Second))
	}
	return d.sleep(ctx, Wait{Kind: WaitRateLimit, For: wait, Attempt: attempt + 1, Reason: "too many requests"}, ex)
}

func (d *Driver) sleep(ctx context.Context, w Wait, ex exchange) error {
	w.Method, w.Path, w.Until = ex.method, ex.path, d.clock.Now().Add(w.For)
	if d.notify != nil {
		d.notify(w)
	}
	if err := d.clock.Sleep(ctx, w.For); err != nil {
		return fmt.Errorf("%s %s: %w", ex.method, ex.path, err)
	}
	return nil
}

// rateWait reads how long a 429 asks to wait: Retry-After in seconds or as a
// date, else the reset header in seconds or as a Unix time. 0 is: not said.
func rateWait(h http.Header, now time.Time) time.Duration {
	if sent, err := http.ParseTime(h.Get("Date")); err == nil {
		now = sent // their clock, so that ours may be wrong
	}
	if text := strings.TrimSpace(h.Get("Retry-After")); text != "" {
		if at, err := http.ParseTime(text); err == nil {
			return max(at.Sub(now), time.Second)
		}
		if wait, ok := seconds(text); ok {
			return max(wait, time.Second)
		}
	}
	for _, name := range []string{"X-Ratelimit-Reset", "Ratelimit-Reset"} {
		wait, ok := seconds(h.Get(name))
		if !ok {
			continue
		}
		const longAgo = 1_000_000_000 // seconds: a Unix time since 2001, not a wait
		if wait > longAgo*time.Second {
			wait -= time.Duration(now.Unix()) * time.Second
		}
		return max(wait, time.Second)
	}
	return 0
}

func seconds(text string) (time.Duration, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(n >= 0 && n <= 9e9) { // also refuses NaN
		return 0, false
	}
	return time.Duration(n * float64(time.Second)), true
}
