package cli_test

import (
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/testscript"
)

// connectProxy is the way to the service providers' host names: it takes
// CONNECT to a sandbox's hosts on port 443 and nothing else, so that a run can
// never leave this machine.
type connectProxy struct {
	ln      net.Listener
	hosts   []string
	address string
	wait    sync.WaitGroup
}

func startProxy(ts *testscript.TestScript, hosts []string, address string) *connectProxy {
	p := &connectProxy{ln: listen(ts), hosts: hosts, address: address}
	srv := &http.Server{Handler: p} //nolint:gosec // a test on loopback
	p.wait.Go(func() { _ = srv.Serve(p.ln) })
	ts.Defer(func() { _ = srv.Close(); p.wait.Wait() })
	return p
}

func (p *connectProxy) url() string { return "http://" + p.ln.Addr().String() }

func (p *connectProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil || r.Method != http.MethodConnect || port != "443" || !slices.Contains(p.hosts, host) {
		http.Error(w, "not in this sandbox", http.StatusForbidden)
		return
	}
	to, err := net.Dial("tcp", p.address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer to.Close()
	from, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer from.Close()
	if _, err := io.WriteString(from, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	back := make(chan struct{})
	go func() { _, _ = io.Copy(from, to); _ = from.Close(); close(back) }()
	_, _ = io.Copy(to, from)
	_ = to.Close()
	<-back
}

func listen(ts *testscript.TestScript) net.Listener {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	return ln
}

// listener counts who comes, and answers nobody.
type listener struct {
	ln    net.Listener
	calls atomic.Int64
	wait  sync.WaitGroup
}

// canary starts a listener that nobody may talk to and sets CANARY to its
// address; PORT to its port.
func canary(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: canary")
	}
	l := &listener{ln: listen(ts)}
	l.wait.Go(func() {
		for {
			c, err := l.ln.Accept()
			if err != nil {
				return
			}
			l.calls.Add(1)
			_ = c.Close()
		}
	})
	ts.Defer(func() { _ = l.ln.Close(); l.wait.Wait() })
	worldOf(ts).canary = l
	ts.Setenv("CANARY", l.ln.Addr().String())
}

// silent checks that nobody came to the canary, or, negated, that somebody did.
func silent(ts *testscript.TestScript, neg bool, args []string) {
	l := worldOf(ts).canary
	if l == nil || len(args) != 0 {
		ts.Fatalf("usage: silent, after canary")
	}
	if n := l.calls.Load(); (n == 0) == neg {
		ts.Fatalf("the canary was called %d times", n)
	}
}

// occupy takes an address as another program would: occupy HOST:PORT.
func occupy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: occupy HOST:PORT")
	}
	ln, err := net.Listen("tcp", args[0])
	ts.Check(err)
	ts.Defer(func() { _ = ln.Close() })
}
