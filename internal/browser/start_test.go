package browser_test

import (
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/ssowizard/internal/browser"
	"example.com/ssowizard/internal/browser/browsertest"
)

// seen tells of each request that a listener gets.
func seen(what chan<- string, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		what <- r.Host + r.URL.Path
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, body)
	})
}

func TestBrowserReachesItsHostsAndNothingElse(t *testing.T) {
	program := browsertest.Program(t)
	t.Setenv("TMPDIR", t.TempDir())
	requests := make(chan string, 100)

	outside, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("this system has one loopback address only")
	}
	stranger := &httptest.Server{Listener: outside, Config: &http.Server{Handler: seen(requests, "")}}
	stranger.Start()
	defer stranger.Close()
	t.Setenv("http_proxy", stranger.URL)
	t.Setenv("https_proxy", stranger.URL)

	provider := httptest.NewTLSServer(seen(requests, "<title>reached</title>"))
	defer provider.Close()
	page := fmt.Sprintf(`<img src="%s/address"><img src="http://elsewhere.example/name"><iframe src="https://app.example.test/inside"></iframe>`, stranger.URL)
	org := httptest.NewServer(seen(requests, page))
	defer org.Close()

	b, err := browser.Start(t.Context(), browser.Options{
		Program: program, URL: org.URL + "/first", Headless: true, Direct: []string{"127.0.0.1"},
		Hosts:     map[string]string{"app.example.test": provider.Listener.Addr().String()},
		Authority: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: provider.Certificate().Raw}),
	})
	if err != nil {
		t.Fatal(err)
	}
	for want := range strings.SplitSeq("/first app.example.test/inside", " ") {
		waitFor(t, requests, want)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	close(requests)
	for r := range requests {
		if strings.HasPrefix(r, "127.0.0.2") || strings.HasPrefix(r, "elsewhere") {
			t.Errorf("the browser reached %s", r)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "ssowizard-browser-*")); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

func waitFor(t *testing.T, requests <-chan string, end string) {
	t.Helper()
	patience := time.After(time.Minute)
	for {
		select {
		case r := <-requests:
			if strings.HasSuffix(r, end) {
				return
			}
			if strings.HasPrefix(r, "127.0.0.2") || strings.HasPrefix(r, "elsewhere") {
				t.Errorf("the browser reached %s", r)
			}
		case <-patience:
			t.Fatalf("the browser never asked for %s", end)
		}
	}
}

func TestStartSaysWhichProgramDoesNotStart(t *testing.T) {
	_, err := browser.Start(t.Context(), browser.Options{Program: filepath.Join(t.TempDir(), "none"), URL: "http://127.0.0.1/"})
	if err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("%v", err)
	}
}

func TestBrowserThatEndsByItselfSaysWhy(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the browser here is a shell script")
	}
	program := filepath.Join(t.TempDir(), "blind")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nprintf 'noise\\n\\033[2JMissing screen\\n' >&2\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	b, err := browser.Start(t.Context(), browser.Options{Program: program, URL: "http://127.0.0.1/"})
	if err != nil {
		t.Fatal(err)
	}
	<-b.Done()
	if err := b.Close(); err == nil || !strings.HasSuffix(err.Error(), ": [2JMissing screen") {
		t.Errorf("%q", err)
	}
}
