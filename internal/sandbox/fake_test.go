package sandbox_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"example.com/ssowizard/internal/sandbox"
	"example.com/ssowizard/internal/sandbox/durable"
)

// fakeOrg is an org that answers everything with 200 but /boom and /cut.
type fakeOrg struct{ opts sandbox.OrgOptions }

func (f *fakeOrg) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/boom":
		panic("boom")
	case "/cut":
		panic(http.ErrAbortHandler)
	case "/teapot":
		w.Header().Set("X-Kind", "pot")
		w.WriteHeader(http.StatusTeapot)
	}
	fmt.Fprintf(w, "okta %s", r.Host)
}

// kept gives a random text that stays as long as the log does.
func kept(l *durable.Log, key string) string {
	var v string
	if ok, err := l.Get("fake", key, &v); err == nil && ok {
		return v
	}
	v = key + "-" + rand.Text()
	if err := l.Commit(durable.Put("fake", key, v)); err != nil {
		panic(err)
	}
	return v
}

func (f *fakeOrg) APIToken() string      { return kept(f.opts.Log, "token") }
func (f *fakeOrg) ReadOnlyToken() string { return kept(f.opts.Log, "readonly") }
func (f *fakeOrg) Printed() []sandbox.TestPerson {
	return people()[:5]
}
func (f *fakeOrg) Overview(string, int) sandbox.Overview { return sandbox.Overview{} }
func (f *fakeOrg) Everybody(yield func(sandbox.TestPerson) bool) {
	for _, p := range people() {
		if !yield(p) {
			return
		}
	}
}

func people() []sandbox.TestPerson {
	at := func(name string) sandbox.TestPerson {
		return sandbox.TestPerson{Login: name + "@acme.example", Email: name + "@acme.example", Password: "pw-" + name}
	}
	ana := at("ana")
	ana.Admin = true
	return []sandbox.TestPerson{ana, at("ben"), at("chloe"), at("gen1"), at("gen2"), at("gen3"), {Login: "nomail"}}
}

type fakeProviders struct {
	opts sandbox.ProviderOptions
	seen []string // e-mail addresses
}

func (f *fakeProviders) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "sp %s origin %s", r.Host, f.opts.OktaOrigin)
}
func (f *fakeProviders) Hosts() []string { return []string{"app.net2phone.com", "auth.net2phone.com"} }
func (f *fakeProviders) List() []sandbox.TestProvider {
	return []sandbox.TestProvider{{Key: "net2phone", PortalURL: "https://app.net2phone.com",
		APIURL: "https://app.net2phone.com", APIToken: kept(f.opts.Log, "sp-token"), Hosts: f.Hosts()}}
}

// parts are fakes, and the last ones that were made.
type parts struct {
	org *fakeOrg
	sp  *fakeProviders
}

func (p *parts) makers() sandbox.Makers {
	return sandbox.Makers{
		Org: func(o sandbox.OrgOptions) (sandbox.Org, error) {
			p.org = &fakeOrg{opts: o}
			return p.org, nil
		},
		Providers: func(o sandbox.ProviderOptions) (sandbox.Providers, error) {
			p.sp = &fakeProviders{opts: o}
			o.People(func(person sandbox.TestPerson) bool {
				p.sp.seen = append(p.sp.seen, person.Email)
				return true
			})
			return p.sp, nil
		},
	}
}

func start(t *testing.T, o sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.StartWith(t.Context(), o, (&parts{}).makers())
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// client reaches the sandbox as info says, over TLS with its authority only.
func client(t *testing.T, info sandbox.Info, dial string) *http.Client {
	t.Helper()
	pem, err := os.ReadFile(info.TLS.CAFile)
	must(t, err)
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatal("the CA file holds no certificate")
	}
	tr := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: pool},
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if dial != "" {
				addr = dial
			}
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
	}
	return &http.Client{Transport: tr}
}

// get asks for url with a Host header, "" for the URL's own.
func get(t *testing.T, c *http.Client, url, host string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	must(t, err)
	req.Host = host
	req.Header.Set("User-Agent", "test/1")
	resp, err := c.Do(req)
	must(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, string(body)
}

const (
	envRole = "SANDBOX_TEST_ROLE"
	envDir  = "SANDBOX_TEST_DIR"
)

// TestMain lets the test binary be the other process of a test.
func TestMain(m *testing.M) {
	role := os.Getenv(envRole)
	if role == "" {
		os.Exit(m.Run())
	}
	mk := (&parts{}).makers()
	if role == "slow" {
		inner := mk.Org
		mk.Org = func(o sandbox.OrgOptions) (sandbox.Org, error) {
			fmt.Println("starting")
			if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
				return nil, err
			}
			return inner(o)
		}
	}
	s, err := sandbox.StartWith(context.Background(), sandbox.Options{Dir: os.Getenv(envDir),
		Publish: role != "private", Command: "ssowizard " + role, Version: "v1"}, mk)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(s.Info()); err != nil {
		os.Exit(1)
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed or let go
	_ = s.Close()
}

// process is a sandbox in a process of its own.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func spawn(t *testing.T, role, dir string) *process {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	p := &process{cmd: exec.Command(exe)}
	p.cmd.Env = append(os.Environ(), envRole+"="+role, envDir+"="+dir)
	p.in, err = p.cmd.StdinPipe()
	must(t, err)
	out, err := p.cmd.StdoutPipe()
	must(t, err)
	p.out = bufio.NewReader(out)
	must(t, p.cmd.Start())
	t.Cleanup(p.kill)
	return p
}

func (p *process) line(t *testing.T) string {
	t.Helper()
	line, err := p.out.ReadString('\n')
	must(t, err)
	return line
}

func (p *process) info(t *testing.T) sandbox.Info {
	t.Helper()
	var info sandbox.Info
	must(t, json.Unmarshal([]byte(p.line(t)), &info))
	return info
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.in.Close()
	_ = p.cmd.Wait()
}

func as[T error](t *testing.T, err error) T {
	t.Helper()
	var want T
	if !errors.As(err, &want) {
		t.Fatalf("error is %T (%v), want %T", err, err, want)
	}
	return want
}

// soon waits for something that another goroutine does at once.
func soon(t *testing.T, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
}
