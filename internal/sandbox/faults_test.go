package sandbox_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/ssowizard/internal/sandbox"
)

const whole = `{"id":"0oaAPP00000000000001"}`

// faulty serves whole behind a front with faults, and counts what was done.
func faulty(t *testing.T, specs ...string) (base string, done *atomic.Int32) {
	t.Helper()
	done = &atomic.Int32{}
	front, err := sandbox.FaultyFront(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		done.Add(1)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Date", "Mon, 04 May 2026 10:00:00 GMT")
		w.Header().Set("X-Rate-Limit-Reset", "1777888860")
		_, _ = io.WriteString(w, whole)
	}), specs...)
	must(t, err)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	return server.URL, done
}

type outcome struct {
	status int
	header http.Header
	text   string
	err    error // of the call
	cut    error // of reading the body
}

// once calls, on a connection of its own: Go repeats what fails on an old
// one.
func once(t *testing.T, method, url string, host ...string) outcome {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	must(t, err)
	if len(host) > 0 {
		r.Host = host[0]
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		return outcome{err: err}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return outcome{res.StatusCode, res.Header, string(text), nil, err}
}

func TestFaultsBreakWhatTheyAimAt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		spec  string
		work  int32 // how often the request was carried out
		check func(t *testing.T, o outcome)
	}{
		{"lost@POST /api/v1/apps", 1, func(t *testing.T, o outcome) {
			if o.err == nil {
				t.Errorf("an answer came: %d", o.status)
			}
		}},
		{"refuse@POST /api/v1/apps", 0, func(t *testing.T, o outcome) {
			if o.err == nil {
				t.Errorf("an answer came: %d", o.status)
			}
		}},
		{"status=500@POST /api/v1/apps", 0, func(t *testing.T, o outcome) {
			if o.status != 500 || !strings.HasPrefix(o.text, `{"errorCode":"E0000009","errorSummary":"Internal Server Error","errorLink":"E0000009","errorId":"oae`) ||
				!strings.HasSuffix(o.text, `","errorCauses":[]}`) || o.header.Get("X-Okta-Request-Id") == "" {
				t.Errorf("%+v", o)
			}
		}},
		{"status=429@* /", 0, func(t *testing.T, o outcome) {
			if o.status != 429 || !strings.Contains(o.text, "E0000047") || o.header.Get("X-Rate-Limit-Limit") != "0" || o.header.Get("Retry-After") != "" {
				t.Errorf("%+v", o)
			}
		}},
		{"html502@POST /api/v1/apps", 0, func(t *testing.T, o outcome) {
			if o.status != 502 || o.header.Get("Content-Type") != "text/html" || !strings.Contains(o.text, "<h1>502 Bad Gateway</h1>") {
				t.Errorf("%+v", o)
			}
		}},
		{"truncate@POST /api/v1/apps", 1, func(t *testing.T, o outcome) {
			if o.status != 200 || o.text != whole[:len(whole)/2] || !errors.Is(o.cut, io.ErrUnexpectedEOF) {
				t.Errorf("%+v", o)
			}
		}},
		{"type=text/html@POST /api", 1, func(t *testing.T, o outcome) {
			if o.status != 200 || o.text != whole || o.header.Get("Content-Type") != "text/html" {
				t.Errorf("%+v", o)
			}
		}},
		{"skew=-90s@POST /api", 1, func(t *testing.T, o outcome) {
			if o.header.Get("Date") != "Mon, 04 May 2026 09:58:30 GMT" || o.header.Get("X-Rate-Limit-Reset") != "1777888770" || o.text != whole {
				t.Errorf("%+v", o)
			}
		}},
		{"lost@GET /api", 1, wholeAnswer},
		{"lost@POST /api/v2", 1, wholeAnswer},
		{"lost@POST auth.net2phone.com/api", 1, wholeAnswer},
	} {
		t.Run(tt.spec, func(t *testing.T) {
			t.Parallel()
			base, done := faulty(t, tt.spec)
			tt.check(t, once(t, "POST", base+"/api/v1/apps?activate=true"))
			if n := done.Load(); n != tt.work {
				t.Errorf("carried out %d times, want %d", n, tt.work)
			}
		})
	}
}

func wholeAnswer(t *testing.T, o outcome) {
	t.Helper()
	if o.status != 200 || o.text != whole || o.header.Get("Content-Type") != "application/json" {
		t.Errorf("%+v", o)
	}
}

func TestFaultsCountTheRequestsThatFit(t *testing.T) {
	t.Parallel()
	base, _ := faulty(t, "status=503@GET /a#1", "status=500@* /a#2-3", "status=404@GET /a/deep#1")
	var got []int
	for _, call := range []string{"POST /b", "GET /a", "GET /a", "POST /a", "GET /a/deep", "GET /a"} {
		method, path, _ := strings.Cut(call, " ")
		got = append(got, once(t, method, base+path).status)
	}
	want := []int{200, 503, 500, 500, 404, 200}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

func TestFaultsReachTheServiceProviders(t *testing.T) {
	t.Parallel()
	base, _ := faulty(t, "status=500@* auth.net2phone.com/")
	o := once(t, "GET", base+"/saml", "auth.net2phone.com")
	if o.status != 500 || strings.Contains(o.text, "E0000009") {
		t.Errorf("%+v", o)
	}
	wholeAnswer(t, once(t, "GET", base+"/api/v1/org"))
}

func TestFaultsAddUp(t *testing.T) {
	t.Parallel()
	base, _ := faulty(t, "skew=1h@* /", "type=text/plain@* /")
	if o := once(t, "GET", base+"/x"); o.header.Get("Date") != "Mon, 04 May 2026 11:00:00 GMT" || o.header.Get("Content-Type") != "text/plain" {
		t.Errorf("%+v", o)
	}
}

func TestASlowBodyTakesItsTimeAndComesWhole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		front, err := sandbox.FaultyFront(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, whole)
		}), "slow=20s@* /")
		must(t, err)
		w, began := httptest.NewRecorder(), time.Now()
		front.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/x", nil))
		if took := time.Since(began); took != 20*time.Second || w.Body.String() != whole {
			t.Errorf("%v: %s", took, w.Body)
		}
	})
}

func TestWrongFaultsAreRefusedInWords(t *testing.T) {
	t.Parallel()
	for spec, reason := range map[string]string{
		"lost":                    "must have the form",
		"explode@GET /":           "one of lost, refuse",
		"lost=1@GET /":            "takes nothing",
		"status@GET /":            "from 400 to 599",
		"status=200@GET /":        "from 400 to 599",
		"slow=fast@GET /":         "as in slow=2s",
		"slow=2h@GET /":           "at most a minute",
		"slow=-1s@GET /":          "at most a minute",
		"skew=0s@GET /":           "as in skew=-90s",
		"type=html@GET /":         "as in type=text/html",
		"type=a/b\r\nX: y@GET /":  "as in type=text/html",
		"lost@GET":                "a method, a space",
		"lost@get /":              "no method",
		"lost@GET api":            "must begin with /",
		"lost@GET /a b":           "must begin with /",
		"lost@GET /a#":            "after # stands",
		"lost@GET /a#0":           "after # stands",
		"lost@GET /a#3-2":         "after # stands",
		"lost\x1b[2J@GET /a#last": "after # stands",
	} {
		_, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Faults: []string{"lost@GET /ok", spec}})
		var wrong *sandbox.OptionsError
		if !errors.As(err, &wrong) || wrong.Option != "fault" {
			t.Errorf("%q: %v", spec, err)
			continue
		}
		if !strings.Contains(err.Error(), reason) && spec != "lost\x1b[2J@GET /a#last" || strings.ContainsAny(err.Error(), "\x1b\r\n") {
			t.Errorf("%q: %v, want %q", spec, err, reason)
		}
	}
}
