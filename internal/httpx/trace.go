package httpx

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"
)

// Trace writes what --debug-http asks for: one JSON line a request with
// method, host, path without query, status, duration, and those headers and
// body members that are on a list. Nothing that is not on the list is written,
// so no token, cookie, password, client secret or SAML response can be in it.
// A Trace is safe for concurrent use.
type Trace struct {
	mu sync.Mutex
	w  io.Writer
}

// NewTrace writes to w. Failures to write are ignored: a full disk does not
// stop a set-up.
func NewTrace(w io.Writer) *Trace { return &Trace{w: w} }

// Wrap gives rt a trace. A nil Trace leaves it as it is.
func (t *Trace) Wrap(rt http.RoundTripper) http.RoundTripper {
	if t == nil {
		return rt
	}
	return &traced{t: t, base: rt}
}

type traced struct {
	t    *Trace
	base http.RoundTripper
}

// CloseIdleConnections lets http.Client.CloseIdleConnections work.
func (t *traced) CloseIdleConnections() { closeIdle(t.base) }

// line is one line of the trace.
type line struct {
	Time       time.Time         `json:"time"`
	Method     string            `json:"method"`
	Host       string            `json:"host"`
	Path       string            `json:"path"`
	Status     int               `json:"status,omitempty"`
	DurationMS int64             `json:"duration_ms"`
	Headers    map[string]string `json:"headers,omitempty"`
	Request    map[string]any    `json:"request,omitempty"`
	Response   map[string]any    `json:"response,omitempty"`
	Error      string            `json:"error,omitempty"`
}

func (t *traced) RoundTrip(req *http.Request) (*http.Response, error) {
	began := time.Now()
	l := &line{Time: began.UTC(), Method: req.Method, Host: req.URL.Host, Path: tracePath(req.URL.Path)}
	sent := &peek{}
	if req.Body != nil && isJSON(req.Header) {
		clone := req.Clone(req.Context())
		clone.Body = &teeBody{body: req.Body, peek: sent}
		req = clone
	}
	resp, err := t.base.RoundTrip(req)
	l.Request = allowedMembers(sent.bytes())
	if err != nil {
		l.Error = cleanText(err.Error(), 300)
		t.t.write(l, began)
		return nil, err
	}
	l.Status, l.Headers = resp.StatusCode, allowedHeaders(resp.Header)
	got := &peek{}
	end := func(err error) {
		if isJSON(resp.Header) {
			l.Response = allowedMembers(got.bytes())
		}
		if err != nil {
			l.Error = cleanText(err.Error(), 300)
		}
		t.t.write(l, began)
	}
	resp.Body = &teeBody{body: resp.Body, peek: got, end: end}
	return resp, nil
}

func (t *Trace) write(l *line, began time.Time) {
	l.DurationMS = time.Since(began).Milliseconds()
	text, err := json.Marshal(l)
	if err != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = t.w.Write(append(text, '\n'))
}

// peekLimit is how much of a body is looked at for members.
const peekLimit = 256 << 10

// peek keeps the beginning of a body. A transport may read a request's body
// after it has answered, hence the lock.
type peek struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	over bool
}

func (p *peek) add(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over || p.buf.Len()+len(b) > peekLimit {
		p.over = true
		return
	}
	p.buf.Write(b)
}

func (p *peek) bytes() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return nil
	}
	return bytes.Clone(p.buf.Bytes())
}

// teeBody copies what is read into a peek and tells when it is over, once.
type teeBody struct {
	body io.ReadCloser
	peek *peek
	end  func(error)
	once sync.Once
}

func (b *teeBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.peek.add(p[:n])
	if err == io.EOF {
		b.over(nil)
	} else if err != nil {
		b.over(err)
	}
	return n, err
}

func (b *teeBody) Close() error {
	err := b.body.Close()
	b.over(nil)
	return err
}

func (b *teeBody) over(err error) {
	if b.end != nil {
		b.once.Do(func() { b.end(err) })
	}
}

func isJSON(h http.Header) bool {
	return strings.Contains(strings.ToLower(h.Get("Content-Type")), "json")
}

var traceHeaders = []string{"Content-Type", "Date", "X-Okta-Request-Id", "X-Request-Id", "X-Rate-Limit-Limit",
	"X-Rate-Limit-Remaining", "X-Rate-Limit-Reset", "Retry-After"}

func allowedHeaders(h http.Header) map[string]string {
	out := map[string]string{}
	for _, name := range traceHeaders {
		if v := h.Get(name); v != "" {
			out[name] = cleanText(v, 200)
		}
	}
	return out
}

// traceMembers are the members that help to understand a failure and hold
// neither secrets nor people: ids are looked at further, since the id of a
// session is a secret.
var traceMembers = []string{"id", "status", "label", "signOnMode", "type", "kid", "credentials.signing.kid",
	"errorCode", "errorSummary", "errorId", "errorCauses.#.errorSummary", "error.code", "error.field"}

var (
	oktaID  = regexp.MustCompile(`^(0oa|00o|00u|00g|rst|oae|aln|ocs)[A-Za-z0-9_-]{17,40}$`)
	wordish = regexp.MustCompile(`^[A-Za-z0-9_.]{1,40}$`)
)

func allowedMembers(body []byte) map[string]any {
	if len(body) == 0 || !gjson.ValidBytes(body) {
		return nil
	}
	root := gjson.ParseBytes(body)
	if root.IsArray() {
		return map[string]any{"items": root.Get("#").Int()}
	}
	out := map[string]any{}
	for _, path := range traceMembers {
		v := root.Get(path)
		switch {
		case v.Type == gjson.String && allowedText(path, v.Str):
			out[path] = cleanText(v.Str, 200)
		case v.IsArray():
			var texts []string
			for _, e := range v.Array() {
				texts = append(texts, cleanText(e.String(), 200))
			}
			if texts != nil {
				out[path] = texts
			}
		}
	}
	if e := root.Get("error"); e.Type == gjson.String && wordish.MatchString(e.Str) {
		out["error"] = e.Str // OAuth
	}
	return out
}

func allowedText(path, text string) bool {
	switch path {
	case "id":
		return oktaID.MatchString(text)
	case "status", "type", "signOnMode", "error.code", "error.field":
		return wordish.MatchString(text)
	}
	return true
}

var longSegment = regexp.MustCompile(`^[A-Za-z0-9_.~%+=-]{44,}$`)

// tracePath is a path without what may be secret or personal in it: session
// ids, logins, and anything as long as a token. A signing key's id has 43
// characters and stays.
func tracePath(path string) string {
	seg := strings.Split(path, "/")
	for i := range seg {
		before := ""
		if i > 0 {
			before = seg[i-1]
		}
		switch {
		case before == "sessions" && seg[i] != "me", before == "users" && strings.ContainsAny(seg[i], "@%"),
			before == "test" || before == "tests", longSegment.MatchString(seg[i]):
			seg[i] = "…"
		}
	}
	return cleanText(strings.Join(seg, "/"), 300)
}
