package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// front stands before the parts: it refuses names that are not the sandbox's,
// holds each answer back until it is whole, logs it, delays it, sends it.
type front struct {
	log     *requestLog
	recent  *recent // nil keeps none
	latency time.Duration
	faults  *faults // nil has none
	now     func() time.Time
}

// maxBody bounds what a request may carry; a logo is the largest thing there is.
const maxBody = 16 << 20

// serve wraps next. admits tells which host names are its own, whatever port
// they came with; service names it for the log.
func (f *front) serve(next http.Handler, admits func(host string) bool, service func(host string) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := f.now()
		host := hostName(r.Host)
		answer, fault := &answer{header: http.Header{}}, broken{}
		if !admits(host) {
			// A page of another site that had its name point here may not act.
			http.Error(answer, "the sandbox does not answer for this host name", http.StatusBadRequest)
		} else {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			fault = f.faults.hit(r)
			switch {
			case fault.is("refuse"):
				_ = f.note(at, service(host), r, 0) // there is no answer to fail
				panic(http.ErrAbortHandler)
			case fault.instead(answer, service(host), at):
			case !run(next, answer, r):
				_ = f.note(at, service(host), r, 0) // there is no answer to fail
				panic(http.ErrAbortHandler)
			}
		}
		if err := f.note(at, service(host), r, answer.code()); err != nil {
			http.Error(w, "the sandbox cannot write its log", http.StatusInternalServerError)
			return
		}
		if !pause(r.Context(), f.latency) {
			panic(http.ErrAbortHandler) // nobody is there any more
		}
		fault.deliver(w, r, answer, f.now())
	})
}

// run answers a panic with 500; false says that the handler wants the
// connection cut.
func run(next http.Handler, a *answer, r *http.Request) (ok bool) {
	defer func() {
		switch p := recover(); {
		case p == nil:
		case p == http.ErrAbortHandler: //nolint:errorlint // as net/http compares it
			ok = false
		default:
			*a = answer{header: http.Header{}}
			http.Error(a, fmt.Sprintf("the sandbox failed here, which is a mistake in it: %v", p),
				http.StatusInternalServerError)
		}
	}()
	ok = true
	next.ServeHTTP(a, r)
	return ok
}

func hostName(hostPort string) string {
	if host, _, err := net.SplitHostPort(hostPort); err == nil {
		hostPort = host
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(hostPort, "[]"), "."))
}

func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// answer keeps a response until it is whole.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
	sent   http.Header // header as it was when the status was set
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	// Informational answers are for the wire only; the last one counts.
	if a.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		a.status, a.sent = status, a.header.Clone()
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

func (a *answer) code() int {
	if a.status == 0 {
		return http.StatusOK
	}
	return a.status
}

// headers are those of the answer, as they were when its status was set.
func (a *answer) headers() http.Header {
	if a.sent == nil {
		return a.header
	}
	return a.sent
}

// requestLog writes one JSON line a request. Safe for concurrent use; nil
// writes nothing.
type requestLog struct {
	mu sync.Mutex
	f  *os.File
}

func openLog(path string) (*requestLog, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the sandbox's request log: %w", err)
	}
	return &requestLog{f: f}, nil
}

// line is a request without its query, which may hold tokens.
type line struct {
	Time    time.Time `json:"time"`
	Service string    `json:"service"`
	Method  string    `json:"method"`
	Path    string    `json:"path"`
	Status  int       `json:"status"`
	Client  string    `json:"client"`
}

// note keeps a request for the console and writes it to the log.
func (f *front) note(at time.Time, service string, r *http.Request, status int) error {
	l := line{Time: at.UTC(), Service: service, Method: r.Method,
		Path: r.URL.EscapedPath(), Status: status, Client: r.UserAgent()}
	if f.recent != nil {
		f.recent.add(l)
	}
	return f.log.write(l)
}

func (l *requestLog) write(one line) error {
	if l == nil {
		return nil
	}
	data, err := json.Marshal(one)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err = l.f.Write(append(data, '\n'))
	return err
}

func (l *requestLog) Close() error {
	if l == nil {
		return nil
	}
	return l.f.Close()
}
