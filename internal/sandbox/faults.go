package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A fault is written KIND[=ARG]@METHOD PATH[#COUNT]:
//
//	lost                 the request is carried out, its answer never arrives
//	refuse               the connection is closed before anything is done
//	status=500           an error in place of the work
//	html502              a proxy's page in place of the work
//	truncate             half of the answer, then the connection is closed
//	slow=2s              the body drips for so long
//	type=text/html       the answer says that it is something else
//	skew=-90s            the server's clock is wrong by so much
//
// METHOD is a verb, or * for any. PATH is how the path begins; a host name
// before it aims at that host alone, as in auth.net2phone.com/saml. COUNT is 3
// for the first three such requests, 2-4 for the second to the fourth; without
// it every one fails.
type fault struct {
	kind     string
	text     string        // type
	status   int           // status
	duration time.Duration // slow, skew

	method, host, path string
	from, to           int // which of the requests that fit; to 0: all

	seen int // guarded by faults.mu
}

const faultForm = "KIND[=ARG]@METHOD PATH[#COUNT], such as lost@POST /api/v1/apps#1"

// parseFault reads one fault.
func parseFault(spec string) (*fault, error) {
	refuse := func(reason string, args ...any) error {
		return &OptionsError{Option: "fault", Value: clean(spec), Reason: fmt.Sprintf(reason, args...)}
	}
	what, where, ok := strings.Cut(spec, "@")
	if !ok {
		return nil, refuse("must have the form %s", faultForm)
	}
	f := &fault{from: 1}
	kind, arg, hasArg := strings.Cut(strings.TrimSpace(what), "=")
	if reason := f.setKind(kind, arg, hasArg); reason != "" {
		return nil, refuse("%s", reason)
	}
	method, target, ok := strings.Cut(strings.TrimSpace(where), " ")
	if !ok {
		return nil, refuse("after @ stands a method, a space and the beginning of a path")
	}
	if method != "*" && (method == "" || strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		return nil, refuse("%s is no method; write GET, POST, … or * for any", clean(method))
	}
	f.method = method
	target, count, counted := strings.Cut(strings.TrimSpace(target), "#")
	if counted && !f.setCount(count) {
		return nil, refuse("after # stands a number such as 3, or a range such as 2-4")
	}
	host, path, ok := strings.Cut(target, "/")
	if !ok || strings.ContainsAny(target, " \t") {
		return nil, refuse("the path must begin with / or with a host name and /")
	}
	f.host, f.path = strings.ToLower(host), "/"+path
	return f, nil
}

// setKind says what is wrong, or nothing.
func (f *fault) setKind(kind, arg string, hasArg bool) string {
	f.kind = kind
	switch kind {
	case "lost", "refuse", "html502", "truncate":
		if hasArg {
			return kind + " takes nothing after it"
		}
	case "status":
		n, err := strconv.Atoi(arg)
		if err != nil || n < 400 || n > 599 {
			return "status takes a number from 400 to 599, as in status=500"
		}
		f.status = n
	case "slow", "skew":
		d, err := time.ParseDuration(arg)
		if err != nil || d == 0 || kind == "slow" && (d < 0 || d > time.Minute) {
			return map[string]string{
				"slow": "slow takes a duration of at most a minute, as in slow=2s",
				"skew": "skew takes a duration, as in skew=-90s",
			}[kind]
		}
		f.duration = d
	case "type":
		if !strings.Contains(arg, "/") || strings.ContainsAny(arg, "\r\n\x00") {
			return "type takes a media type, as in type=text/html"
		}
		f.text = arg
	default:
		return "must be one of lost, refuse, status=N, html502, truncate, slow=D, type=T, skew=D"
	}
	return ""
}

func (f *fault) setCount(text string) bool {
	first, last, ranged := strings.Cut(text, "-")
	n, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || n < 1 {
		return false
	}
	if !ranged {
		f.to = n
		return true
	}
	f.from = n
	f.to, err = strconv.Atoi(strings.TrimSpace(last))
	return err == nil && f.to >= n
}

func (f *fault) aimsAt(r *http.Request) bool {
	return (f.method == "*" || f.method == r.Method) && (f.host == "" || f.host == hostName(r.Host)) &&
		strings.HasPrefix(r.URL.EscapedPath(), f.path)
}

// faults are a sandbox's. Safe for concurrent use; nil has none.
type faults struct {
	mu   sync.Mutex
	list []*fault
}

func parseFaults(specs []string) (*faults, error) {
	all := &faults{}
	for _, s := range specs {
		f, err := parseFault(s)
		if err != nil {
			return nil, err
		}
		all.list = append(all.list, f)
	}
	return all, nil
}

// broken is what happens to one request: at most one thing that takes the
// place of the work or of the answer, and whatever changes the answer.
type broken struct {
	by      *fault
	changes []*fault
}

// hit counts a request and says what happens to it. Of several faults that
// would break it the first does; each counts.
func (all *faults) hit(r *http.Request) broken {
	var b broken
	if all == nil {
		return b
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	for _, f := range all.list {
		if !f.aimsAt(r) {
			continue
		}
		f.seen++
		if f.seen < f.from || f.to > 0 && f.seen > f.to {
			continue
		}
		switch f.kind {
		case "slow", "type", "skew":
			b.changes = append(b.changes, f)
		default:
			if b.by == nil {
				b.by = f
			}
		}
	}
	return b
}

// is tells whether a request is broken in this way.
func (b broken) is(kind string) bool { return b.by != nil && b.by.kind == kind }

// instead writes the answer that takes the place of the work; false says that
// the work is to be done.
func (b broken) instead(a *answer, service string, now time.Time) bool {
	switch {
	case b.is("html502"):
		a.Header().Set("Content-Type", "text/html")
		a.WriteHeader(http.StatusBadGateway)
		_, _ = a.Write([]byte("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n" +
			"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"))
	case b.is("status") && service == "okta":
		oktaError(a, b.by.status, now)
	case b.is("status"):
		http.Error(a, http.StatusText(b.by.status), b.by.status)
	default:
		return false
	}
	return true
}

// oktaErrors are the code and text that Okta has for a status.
var oktaErrors = map[int][2]string{
	http.StatusBadRequest:          {"E0000003", "The request body was not well-formed."},
	http.StatusUnauthorized:        {"E0000011", "Invalid token provided"},
	http.StatusForbidden:           {"E0000006", "You do not have permission to perform the requested action"},
	http.StatusNotFound:            {"E0000008", "The requested path was not found"},
	http.StatusTooManyRequests:     {"E0000047", "API call exceeded rate limit due to too many requests."},
	http.StatusInternalServerError: {"E0000009", "Internal Server Error"},
}

// oktaError answers as Okta does. A 429 is the one for too many requests at
// the same time, which no bucket explains.
func oktaError(a *answer, status int, now time.Time) {
	e, known := oktaErrors[status]
	if !known {
		e = oktaErrors[http.StatusInternalServerError]
	}
	body, err := json.Marshal(struct {
		Code    string   `json:"errorCode"`
		Summary string   `json:"errorSummary"`
		Link    string   `json:"errorLink"`
		ID      string   `json:"errorId"`
		Causes  []string `json:"errorCauses"`
	}{e[0], e[1], e[0], "oae" + randomHex(11), []string{}})
	if err != nil {
		body = nil // texts alone: it does not happen
	}
	h := a.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	h.Set("X-Okta-Request-Id", randomHex(16))
	if status == http.StatusTooManyRequests {
		h.Set("X-Rate-Limit-Limit", "0")
		h.Set("X-Rate-Limit-Remaining", "0")
		h.Set("X-Rate-Limit-Reset", strconv.FormatInt(now.Unix()+1, 10))
	}
	a.WriteHeader(status)
	_, _ = a.Write(body)
}

// deliver sends an answer, or what is left of it. Panicking is how a handler
// has its connection closed.
func (b broken) deliver(w http.ResponseWriter, r *http.Request, a *answer, now time.Time) {
	from := a.headers()
	for _, f := range b.changes {
		switch f.kind {
		case "type":
			from.Set("Content-Type", f.text)
		case "skew":
			shift(from, f.duration, now)
		}
	}
	for name, values := range from {
		w.Header()[name] = values
	}
	body := a.body.Bytes()
	switch {
	case b.is("lost"):
		panic(http.ErrAbortHandler)
	case b.is("truncate"):
		if len(body) == 0 {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(a.code())
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush() // what is not flushed is lost with the connection
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(a.code())
	for _, f := range b.changes {
		if f.kind == "slow" {
			drip(w, r, body, f.duration)
			return
		}
	}
	if len(body) > 0 {
		_, _ = w.Write(body) // fails when the other side has gone
	}
}

// shift makes a server's clock wrong, in everything that it says of the time.
func shift(h http.Header, by time.Duration, now time.Time) {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		at = now
	}
	h.Set("Date", at.Add(by).UTC().Format(http.TimeFormat))
	if reset, err := strconv.ParseInt(h.Get("X-Rate-Limit-Reset"), 10, 64); err == nil {
		h.Set("X-Rate-Limit-Reset", strconv.FormatInt(reset+int64(by/time.Second), 10))
	}
}

const drops = 10

// drip sends a body in pieces over a time.
func drip(w http.ResponseWriter, r *http.Request, body []byte, over time.Duration) {
	flush := http.NewResponseController(w)
	for i := range drops {
		_ = flush.Flush()
		if !pause(r.Context(), over/drops) {
			panic(http.ErrAbortHandler) // nobody is there any more
		}
		if _, err := w.Write(body[len(body)*i/drops : len(body)*(i+1)/drops]); err != nil {
			return
		}
	}
}
