package httpx

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/net/idna"
)

// Net says how clients reach the world. The zero value reaches all of it
// directly and trusts what the system trusts.
type Net struct {
	// Hosts, when not nil, is the closed list of what exists: host or
	// host:port, as in a URL and in lower case, to the address to dial, such as
	// 127.0.0.1:7443. Any other name fails before it is looked up, and no
	// proxy is used.
	Hosts map[string]string
	// Roots are the trusted authorities; nil means those of the system.
	Roots *x509.CertPool
	// Proxy names the proxy of a request; nil means none. A loopback target
	// never goes through it.
	Proxy func(*http.Request) (*url.URL, error)
}

// HostRefused is the error of a host that is not on a closed list.
type HostRefused struct{ Host string }

func (e *HostRefused) Error() string {
	return fmt.Sprintf("host %s is out of reach here: only the sandbox's own hosts can be reached", cleanText(e.Host, 200))
}

// Limits of one connection. The time for a whole answer is Retry's to bound.
const (
	dialTimeout      = 15 * time.Second
	handshakeTimeout = 15 * time.Second
	headerTimeout    = 60 * time.Second
	idleTimeout      = 90 * time.Second
)

// Transport makes a RoundTripper with connections of its own. It is safe for
// concurrent use and meant to be shared. Its errors say what to check.
func (n *Net) Transport() http.RoundTripper {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	base := &http.Transport{
		DialContext:            n.dial(dialer),
		TLSClientConfig:        &tls.Config{RootCAs: n.Roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    handshakeTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		IdleConnTimeout:        idleTimeout,
		ExpectContinueTimeout:  time.Second,
		MaxIdleConnsPerHost:    16,
		MaxResponseHeaderBytes: 1 << 20,
		ForceAttemptHTTP2:      true,
		OnProxyConnectResponse: checkProxyAnswer,
	}
	if n.Hosts == nil && n.Proxy != nil {
		base.Proxy = n.proxyFor
	}
	return &transport{net: n, base: base}
}

type transport struct {
	net  *Net
	base *http.Transport
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.net.Hosts != nil {
		if _, ok := t.net.lookup(req.URL.Hostname(), port(req.URL)); !ok {
			if req.Body != nil {
				_ = req.Body.Close()
			}
			return nil, &HostRefused{Host: req.URL.Host}
		}
	}
	var shaken atomic.Bool // a handshake was begun and failed
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) { shaken.Store(err != nil) },
		GotConn:          func(httptrace.GotConnInfo) { shaken.Store(false) },
	})
	resp, err := t.base.RoundTrip(req.WithContext(ctx))
	if err != nil {
		if shaken.Load() && !isContextError(err) {
			err = &handshakeError{err}
		}
		return nil, explain(req, t.proxyHost(req), err)
	}
	resp.Request = req
	return resp, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections work.
func (t *transport) CloseIdleConnections() { t.base.CloseIdleConnections() }

func (t *transport) proxyHost(req *http.Request) string {
	if t.base.Proxy == nil {
		return ""
	}
	u, err := t.base.Proxy(req)
	if err != nil || u == nil {
		return ""
	}
	return u.Host
}

func (n *Net) dial(d *net.Dialer) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if n.Hosts == nil {
			return d.DialContext(ctx, network, addr)
		}
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		to, ok := n.lookup(host, port)
		if !ok {
			return nil, &HostRefused{Host: addr}
		}
		return d.DialContext(ctx, network, to)
	}
}

// lookup finds the address to dial on the closed list; the entry with a port
// is the more exact one.
func (n *Net) lookup(host, port string) (string, bool) {
	host = strings.ToLower(host)
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	if to, ok := n.Hosts[net.JoinHostPort(host, port)]; ok {
		return to, true
	}
	to, ok := n.Hosts[host]
	return to, ok
}

func (n *Net) proxyFor(req *http.Request) (*url.URL, error) {
	if isLoopback(req.URL.Hostname()) {
		return nil, nil
	}
	return n.Proxy(req)
}

func isLoopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "http" {
		return "80"
	}
	return "443"
}
