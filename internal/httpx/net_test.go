package httpx_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
)

func get(t *testing.T, rt http.RoundTripper, target string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", target, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTrip(req)
	if err == nil {
		t.Cleanup(func() { _ = resp.Body.Close() })
	}
	return resp, err
}

func pool(srv *httptest.Server) *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(srv.Certificate())
	return p
}

func addr(srv *httptest.Server) string { return srv.Listener.Addr().String() }

func TestAClosedListReachesItsHostsAndNothingElse(t *testing.T) {
	t.Parallel()
	var proxied atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { proxied.Add(1) }))
	defer proxy.Close()
	proxyURL, _ := url.Parse(proxy.URL)
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a host off the list was reached") }))
	defer other.Close()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	defer srv.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	defer plain.Close()
	n := &httpx.Net{
		Hosts: map[string]string{"example.com": addr(srv), addr(plain): addr(plain)},
		Roots: pool(srv),
		Proxy: func(*http.Request) (*url.URL, error) { return proxyURL, nil },
	}
	rt := n.Transport()
	for _, target := range []string{"https://example.com/", "https://EXAMPLE.com/", plain.URL} {
		resp, err := get(t, rt, target)
		if err != nil || resp.StatusCode != 200 {
			t.Errorf("%s: %v", target, err)
		}
	}
	for _, target := range []string{"https://acme.okta.com/", "https://www.example.com/", other.URL, "http://localhost:1/", "http://[::1]:80/"} {
		_, err := get(t, rt, target)
		var refused *httpx.HostRefused
		if !errors.As(err, &refused) {
			t.Errorf("%s: got %v, want it refused", target, err)
		}
	}
	if proxied.Load() != 0 {
		t.Error("a proxy was used beside a closed list")
	}
}

func TestAHostOffTheClosedListIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	rt := httpx.Retry((&httpx.Net{Hosts: map[string]string{}}).Transport(), httpx.RetryOptions{
		Notify: func(w httpx.Wait) { t.Errorf("waited: %+v", w) }})
	req, _ := http.NewRequestWithContext(t.Context(), "POST", "https://acme.okta.com/x", strings.NewReader("x"))
	_, err := rt.RoundTrip(req)
	var lost *httpx.UnknownOutcome
	if err == nil || errors.As(err, &lost) {
		t.Errorf("got %v", err)
	}
}

func TestTheProxyIsUsedButNotForLoopback(t *testing.T) {
	t.Parallel()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "via proxy "+r.URL.String()) }))
	defer proxy.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "direct") }))
	defer srv.Close()
	n, err := httpx.ProductionNet(proxy.URL, "", noEnv)
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]string{
		"http://sp.example/x": "via proxy http://sp.example/x",
		srv.URL:               "direct",
	} {
		resp, err := get(t, n.Transport(), target)
		if err != nil {
			t.Fatal(err)
		}
		if body, _ := io.ReadAll(resp.Body); string(body) != want {
			t.Errorf("%s: got %q, want %q", target, body, want)
		}
	}
}

func TestNoProxyAtAllIsAskedForLoopback(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	n := &httpx.Net{Proxy: func(*http.Request) (*url.URL, error) { return nil, errors.New("the proxy was asked for") }}
	if _, err := get(t, n.Transport(), srv.URL); err != nil {
		t.Error(err)
	}
}

func noEnv(string) string { return "" }

func envOf(kv ...string) func(string) string {
	m := map[string]string{}
	for i := 0; i < len(kv); i += 2 {
		m[kv[i]] = kv[i+1]
	}
	return func(name string) string { return m[name] }
}

func TestWhichProxyCounts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		flag   string
		env    func(string) string
		target string
		want   string
	}{
		"environment":          {"", envOf("HTTPS_PROXY", "http://a:1"), "https://x.example", "http://a:1"},
		"lower case":           {"", envOf("https_proxy", "a:1"), "https://x.example", "http://a:1"},
		"flag wins":            {"http://f:2", envOf("HTTPS_PROXY", "http://a:1"), "https://x.example", "http://f:2"},
		"http only":            {"", envOf("HTTP_PROXY", "http://a:1"), "https://x.example", ""},
		"NO_PROXY":             {"", envOf("HTTPS_PROXY", "http://a:1", "NO_PROXY", "x.example"), "https://x.example", ""},
		"CGI header":           {"", envOf("HTTP_PROXY", "http://evil:1", "REQUEST_METHOD", "GET"), "http://x.example", ""},
		"none":                 {"", noEnv, "https://x.example", ""},
		"password in variable": {"", envOf("HTTPS_PROXY", "http://u:p@a:1"), "https://x.example", "http://u:p@a:1"},
	} {
		n, err := httpx.ProductionNet(tt.flag, "", tt.env)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := ""
		if n.Proxy != nil {
			req, _ := http.NewRequest("GET", tt.target, nil)
			if u, err := n.Proxy(req); err != nil {
				t.Errorf("%s: %v", name, err)
			} else if u != nil {
				got = u.String()
			}
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

func TestBadNetworkSettingsAreUsageErrorsWithoutPasswords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, tt := range map[string]struct {
		flag, ca string
		env      func(string) string
	}{
		"flag without host":   {flag: "http://", env: noEnv},
		"flag with password":  {flag: "http://me:hunter2@proxy:1", env: noEnv},
		"unknown scheme":      {flag: "ftp://proxy:1", env: noEnv},
		"variable":            {env: envOf("HTTPS_PROXY", "http://me:hunter2@[::1")},
		"other variable":      {env: envOf("http_proxy", "http://me:hunter2@a:b:c")},
		"no such file":        {ca: filepath.Join(dir, "absent"), env: noEnv},
		"no certificate":      {ca: write("a", "hello"), env: noEnv},
		"a key":               {ca: write("b", "-----BEGIN PRIVATE KEY-----\naHVudGVyMg==\n-----END PRIVATE KEY-----\n"), env: noEnv},
		"SSL_CERT_FILE wrong": {env: envOf("SSL_CERT_FILE", filepath.Join(dir, "absent"))},
	} {
		_, err := httpx.ProductionNet(tt.flag, tt.ca, tt.env)
		if hint.CodeOf(err) != hint.Usage || len(hint.Hints(err)) == 0 {
			t.Errorf("%s: got %v with code %d", name, err, hint.CodeOf(err))
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v shows the password", name, err)
		}
	}
}

func TestAnAuthorityOfOurOwnIsTrusted(t *testing.T) {
	t.Parallel()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	asPEM := filepath.Join(t.TempDir(), "ca.pem")
	asDER := filepath.Join(t.TempDir(), "ca.der")
	der := srv.Certificate().Raw
	if err := errors.Join(os.WriteFile(asPEM, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600), os.WriteFile(asDER, der, 0o600)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		flag string
		env  func(string) string
	}{
		"flag": {asPEM, noEnv}, "DER": {asDER, noEnv}, "variable": {"", envOf("SSL_CERT_FILE", asPEM)},
	} {
		n, err := httpx.ProductionNet("", tt.flag, tt.env)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := get(t, n.Transport(), srv.URL); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFailuresSayWhatToCheck(t *testing.T) {
	t.Parallel()
	untrusted := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	untrusted.Config.ErrorLog = quiet
	defer untrusted.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer plain.Close()
	mute := listen(t, func(c net.Conn) { _ = c.Close() })
	closed := listen(t, nil)
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }))
	defer refusing.Close()
	refusingURL, _ := url.Parse(refusing.URL)
	gone, _ := url.Parse("http://" + closed)
	viaProxy := func(u *url.URL) *httpx.Net {
		return &httpx.Net{Proxy: func(*http.Request) (*url.URL, error) { return u, nil }}
	}
	for name, tt := range map[string]struct {
		net    *httpx.Net
		target string
		want   string // in the hint
	}{
		"untrusted authority": {&httpx.Net{}, untrusted.URL, "--ca-file"},
		"other name":          {&httpx.Net{Hosts: map[string]string{"acme.okta.test": addr(untrusted)}, Roots: pool(untrusted)}, "https://acme.okta.test", "--ca-file"},
		"no TLS":              {&httpx.Net{}, strings.Replace(plain.URL, "http:", "https:", 1), "does not speak TLS"},
		"hung up":             {&httpx.Net{}, "https://" + mute, "--ca-file"},
		"nobody listens":      {&httpx.Net{}, "https://" + closed, "check the network"},
		"proxy wants a login": {viaProxy(refusingURL), "https://acme.okta.com", "HTTPS_PROXY"},
		"no proxy there":      {viaProxy(gone), "https://acme.okta.com", "--proxy"},
	} {
		_, err := get(t, tt.net.Transport(), tt.target)
		if err == nil || !strings.Contains(strings.Join(hint.Hints(err), " "), tt.want) {
			t.Errorf("%s: got %v with hints %q, want %q in them", name, err, hint.Hints(err), tt.want)
		}
	}
}

// listen accepts connections, or with a nil handler gives an address that
// nobody listens at.
func listen(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if handle == nil {
		_ = l.Close()
		return l.Addr().String()
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			handle(c)
		}
	}()
	return l.Addr().String()
}

func TestRedirectsStayWithinTheOriginAndAreForReads(t *testing.T) {
	t.Parallel()
	var leaked atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { leaked.Add(1) }))
	defer thief.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, thief.URL, http.StatusFound)
		case "/near":
			http.Redirect(w, r, "/here", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		}
	}))
	defer srv.Close()
	client := &http.Client{CheckRedirect: httpx.SameOrigin}
	for _, tt := range []struct {
		method, path string
		ok           bool
	}{{"GET", "/near", true}, {"GET", "/away", false}, {"POST", "/near", false}, {"GET", "/loop", false}} {
		req, _ := http.NewRequestWithContext(context.Background(), tt.method, srv.URL+tt.path, nil)
		req.Header.Set("Authorization", "SSWS canary")
		resp, err := client.Do(req)
		if (err == nil) != tt.ok {
			t.Errorf("%s %s: %v", tt.method, tt.path, err)
		}
		if resp != nil {
			_ = resp.Body.Close()
		}
	}
	if leaked.Load() != 0 {
		t.Error("a request followed a redirect to another host")
	}
}
