package main_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

// box is a sandbox of its own process, met as if it were the world, or joined by
// a wizard while the test is the person at the pages of both sides.
type box struct {
	Okta struct {
		OrgURL   string `json:"org_url"`
		APIToken string `json:"api_token"`
		People   []struct {
			Login    string `json:"login"`
			Password string `json:"password"`
		} `json:"people"`
	} `json:"okta"`
	ServiceProviders map[string]struct {
		APIURL   string `json:"api_url"`
		APIToken string `json:"api_token"`
	} `json:"service_providers"`
	TLS struct {
		Address string   `json:"address"`
		CAFile  string   `json:"ca_file"`
		Hosts   []string `json:"hosts"`
	} `json:"tls"`

	proxy string
}

// startBox runs the sandbox until the test ends.
func startBox(t *testing.T, args ...string) *box {
	t.Helper()
	return startBoxIn(t, t.TempDir(), append([]string{"--rate-limit", "off"}, args...)...)
}

// startBoxIn runs the sandbox of a state folder, which a wizard with the same
// one joins.
func startBoxIn(t *testing.T, state string, args ...string) *box {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := exec.CommandContext(ctx, path, append([]string{"sandbox", "--output", "json", "--state-dir", state}, args...)...)
	cmd.Env = environment(t, state)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	b := &box{}
	first, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the sandbox says nothing: %v", err)
	}
	if err := json.Unmarshal(first, b); err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(http.HandlerFunc(b.connect))
	t.Cleanup(proxy.Close)
	b.proxy = proxy.URL
	return b
}

// connect leads to the sandbox's hosts and nowhere else.
func (b *box) connect(w http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil || r.Method != http.MethodConnect || port != "443" || !slices.Contains(b.TLS.Hosts, host) {
		http.Error(w, "not in this sandbox", http.StatusForbidden)
		return
	}
	to, err := net.Dial("tcp", b.TLS.Address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	from, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = to.Close()
		return
	}
	defer from.Close()
	defer to.Close()
	if _, err := io.WriteString(from, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	go func() { _, _ = io.Copy(from, to); _ = from.Close() }()
	_, _ = io.Copy(to, from)
}

// client reaches both sides.
func (b *box) client(t *testing.T) *http.Client {
	t.Helper()
	pem, err := os.ReadFile(b.TLS.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	through, err := url.Parse(b.proxy)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, Proxy: func(r *http.Request) (*url.URL, error) {
		if r.URL.Scheme == "https" {
			return through, nil
		}
		return nil, nil
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// put changes something at a service provider, as its admin.
func (b *box) put(t *testing.T, sp, path string, body any) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	at := b.ServiceProviders[sp]
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, at.APIURL+"/sso-settings/v1/connection"+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+at.APIToken)
	req.Header.Set("Content-Type", "application/json")
	resp, err := b.client(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, _ := io.ReadAll(resp.Body); resp.StatusCode/100 != 2 {
		t.Fatalf("PUT %s at %s: %s\n%s", path, sp, resp.Status, answer)
	}
}

// signIn signs in as the first person, beginning at an address, as a browser
// would, and gives the SAML response as it was posted.
func (b *box) signIn(t *testing.T, address string) string {
	t.Helper()
	ana := b.Okta.People[0]
	browser, err := signin.New(signin.Config{Transport: b.client(t).Transport, OktaURL: b.Okta.OrgURL, Login: ana.Login,
		Password: secret.New(ana.Password), Now: time.Now, UserAgent: "a browser"})
	if err != nil {
		t.Fatal(err)
	}
	seen, err := browser.SignIn(t.Context(), sso.SignInRequest{StartURL: address, Deliver: true})
	if err != nil || seen.Response == nil {
		t.Fatalf("sign in at %s: %v; %s %s", address, err, seen.Outcome, seen.Detail)
	}
	return base64.StdEncoding.EncodeToString(seen.Response)
}

// code signs in as the first person, beginning at an authorization endpoint, and
// gives the address with the code on which that ends.
func (b *box) code(t *testing.T, authorize string) string {
	t.Helper()
	ana := b.Okta.People[0]
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var ends string
	client := b.client(t)
	client.Jar, client.CheckRedirect = jar, func(r *http.Request, _ []*http.Request) error {
		if ends = r.URL.String(); strings.HasPrefix(ends, b.Okta.OrgURL) {
			return nil
		}
		return http.ErrUseLastResponse
	}
	login, err := json.Marshal(map[string]string{"username": ana.Login, "password": ana.Password})
	if err != nil {
		t.Fatal(err)
	}
	var session struct {
		Token string `json:"sessionToken"`
	}
	get := func(method, address string, body io.Reader) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, address, body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	resp := get(http.MethodPost, b.Okta.OrgURL+"/api/v1/authn", bytes.NewReader(login))
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&session); err != nil || session.Token == "" {
		t.Fatalf("sign in: %s, %v", resp.Status, err)
	}
	resp = get(http.MethodGet, b.Okta.OrgURL+"/login/sessionCookieRedirect?"+url.Values{"token": {session.Token}, "redirectUrl": {authorize}}.Encode(), nil)
	defer resp.Body.Close()
	if !strings.Contains(ends, "code=") {
		t.Fatalf("the sign-in ends at %s", ends)
	}
	return ends
}

// copied presses y on a card and gives what came onto the clipboard.
func (s *sitting) copied(label string) string {
	s.t.Helper()
	s.press("y")
	s.see("Copied " + label + ".")
	return s.clipboard()
}

// clipboard is what came onto the terminal's clipboard last.
func (s *sitting) clipboard() string {
	s.t.Helper()
	raw := s.Raw()
	const begin = "\x1b]52;c;"
	i := strings.LastIndex(raw, begin)
	if i < 0 {
		s.t.Fatal("nothing came onto the clipboard")
	}
	encoded, _, _ := strings.Cut(raw[i+len(begin):], "\x07")
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}
