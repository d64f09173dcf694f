package sandbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"strconv"
)

// oktaWay is how the service providers reach the org: under every origin at
// which it answers, and nothing else. A name is never looked up, so that no
// request leaves for another place that has it too.
type oktaWay struct {
	at    *places
	trust *tls.Config // gets the authority before anything is served
	base  *http.Transport
}

func newOktaWay(at *places) *oktaWay {
	w := &oktaWay{at: at, trust: &tls.Config{MinVersion: tls.VersionTLS12}}
	w.base = &http.Transport{DisableKeepAlives: true, TLSClientConfig: w.trust, DialContext: w.dial} // Proxy: none
	return w
}

// trusts has TLS connections checked against the sandbox's own authority.
func (w *oktaWay) trusts(ca *authority) {
	w.trust.RootCAs = x509.NewCertPool()
	w.trust.RootCAs.AddCert(ca.cert)
}

// leads tells whether the org answers at an origin.
func (w *oktaWay) leads(u *url.URL) bool { return w.listener(u.Scheme, u.Hostname(), u.Port()) != nil }

// listener is the one that serves an origin, nil for none.
func (w *oktaWay) listener(scheme, host, port string) net.Listener {
	at := w.at
	switch {
	case scheme == "http" && isLoopback(host) && port == strconv.Itoa(at.okta.port):
		return at.oktaListener
	case scheme == "https" && at.oktaOnTLS != nil && at.admitsOkta(host) && orDefault(port, "443") == strconv.Itoa(at.oktaTLS.port):
		return at.oktaOnTLS
	case scheme == "http" && at.networkListener != nil && at.admitsNetwork(host) && orDefault(port, "80") == strconv.Itoa(at.network.port):
		return at.networkListener
	}
	return nil
}

func orDefault(port, usual string) string {
	if port == "" {
		return usual
	}
	return port
}

func (w *oktaWay) RoundTrip(r *http.Request) (*http.Response, error) { return w.base.RoundTrip(r) }

// dial goes to the listener itself, whatever name it was called by.
func (w *oktaWay) dial(ctx context.Context, network, hostPort string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	for _, scheme := range []string{"http", "https"} {
		if ln := w.listener(scheme, host, port); ln != nil {
			return new(net.Dialer).DialContext(ctx, network, reachable(ln.Addr()))
		}
	}
	return nil, &net.AddrError{Err: "the sandbox's Okta does not answer there", Addr: hostPort}
}

// reachable is an address to dial; a listener on every interface is on loopback too.
func reachable(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return a.String()
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
}
