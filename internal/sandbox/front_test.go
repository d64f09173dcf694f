package sandbox_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sandbox"
)

func lines(t *testing.T, path string) []map[string]any {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	var out []map[string]any
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var m map[string]any
		must(t, json.Unmarshal(sc.Bytes(), &m))
		out = append(out, m)
	}
	return out
}

func TestEachRequestIsOneLineBeforeItsAnswer(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "requests.log")
	info := start(t, sandbox.Options{Dir: t.TempDir(), LogFile: path}).Info()
	plain, secure := client(t, info, ""), client(t, info, info.TLS.Address)
	_, err := http.Get(info.Okta.OrgURL + "/.sandbox/instance") // is no request to Okta
	must(t, err)
	get(t, plain, info.Okta.OrgURL+"/api/v1/users/a%20b?token=secret", "")
	if n := len(lines(t, path)); n != 1 {
		t.Fatalf("%d lines when the answer is there", n)
	}
	get(t, plain, info.Okta.OrgURL+"/teapot", "")
	get(t, plain, info.Okta.OrgURL+"/boom", "")
	get(t, plain, info.Okta.OrgURL+"/x", "evil.example")
	get(t, secure, "https://auth.net2phone.com/saml", "")
	get(t, secure, "https://auth.net2phone.com/", "evil.example")

	var got [][]any
	for _, m := range lines(t, path) {
		if _, err := time.Parse(time.RFC3339Nano, m["time"].(string)); err != nil || len(m) != 6 {
			t.Errorf("%v, %v", m, err)
		}
		got = append(got, []any{m["service"], m["method"], m["path"], m["status"], m["client"]})
	}
	want := [][]any{
		{"okta", "GET", "/api/v1/users/a%20b", 200.0, "test/1"},
		{"okta", "GET", "/teapot", 418.0, "test/1"},
		{"okta", "GET", "/boom", 500.0, "test/1"},
		{"okta", "GET", "/x", 400.0, "test/1"},
		{"net2phone", "GET", "/saml", 200.0, "test/1"},
		{"unknown", "GET", "/", 400.0, "test/1"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestLinesOfRequestsSideBySideStayWhole(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "requests.log")
	info := start(t, sandbox.Options{Dir: t.TempDir(), LogFile: path}).Info()
	c := client(t, info, "")
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if code, _ := get(t, c, fmt.Sprintf("%s/%d", info.Okta.OrgURL, i), ""); code != http.StatusOK {
				t.Error(code)
			}
		})
	}
	wg.Wait()
	if n := len(lines(t, path)); n != 20 {
		t.Errorf("%d lines", n)
	}
}

func TestAnswerPassesThroughUnchanged(t *testing.T) {
	t.Parallel()
	h, err := sandbox.Front(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Link", "a")
		w.Header().Add("Link", "b")
		w.Header()["x-lower"] = []string{"kept as it is"}
		w.WriteHeader(http.StatusCreated)
		w.Header().Set("Late", "is lost, as with any server")
		fmt.Fprint(w, "bo")
		fmt.Fprint(w, "dy")
	}), 0, "")
	must(t, err)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "http://okta.test/", nil))
	want := http.Header{"Link": {"a", "b"}, "x-lower": {"kept as it is"}}
	if d := cmp.Diff(want, w.Header()); d != "" || w.Code != http.StatusCreated || w.Body.String() != "body" {
		t.Errorf("%d %q %s", w.Code, w.Body, d)
	}
}

func TestAnswerIsDelayedAfterTheWorkIsDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var worked time.Duration
		h, err := sandbox.Front(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			worked = time.Since(begin)
		}), 3*time.Second, "")
		must(t, err)
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://okta.test/", nil))
		if worked != 0 || time.Since(begin) != 3*time.Second {
			t.Errorf("worked after %v, answered after %v", worked, time.Since(begin))
		}
	})
}

func TestDelayEndsWhenNobodyWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, err := sandbox.Front(http.NotFoundHandler(), time.Hour, "")
		must(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		w := httptest.NewRecorder()
		defer func() {
			if recover() != http.ErrAbortHandler || time.Since(begin) != time.Second || w.Body.Len() != 0 {
				t.Errorf("after %v: %q", time.Since(begin), w.Body)
			}
		}()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://okta.test/", nil).WithContext(ctx))
	})
}

func TestCutConnectionIsCutAndLogged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "requests.log")
	info := start(t, sandbox.Options{Dir: t.TempDir(), LogFile: path}).Info()
	if _, err := http.Get(info.Okta.OrgURL + "/cut"); err == nil || !strings.Contains(err.Error(), "EOF") {
		t.Errorf("error %v", err)
	}
	if got := lines(t, path); len(got) == 0 || got[0]["status"] != 0.0 {
		t.Errorf("log: %v", got)
	}
}

func TestLatencyDoesNotHoldUpTheEnd(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "requests.log")
	s := start(t, sandbox.Options{Dir: t.TempDir(), Latency: time.Hour, LogFile: path})
	done := make(chan struct{})
	go func() {
		defer close(done)
		if resp, err := http.Get(s.Info().Okta.OrgURL + "/"); err == nil {
			resp.Body.Close()
			t.Error("answered")
		}
	}()
	for len(lines(t, path)) == 0 {
		time.Sleep(time.Millisecond) // the request has to be under way
	}
	must(t, s.Close())
	soon(t, done)
}
