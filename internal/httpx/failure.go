package httpx

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"example.com/ssowizard/internal/hint"
)

// proxyError is a proxy's refusal to connect us.
type proxyError struct {
	proxy  string
	status int
}

func (e *proxyError) Error() string {
	return fmt.Sprintf("proxy %s refused the connection: %d %s", e.proxy, e.status, http.StatusText(e.status))
}

// handshakeError is a TLS handshake that failed, for whatever reason: a
// certificate, an alert, or somebody who hung up in the middle of it.
type handshakeError struct{ err error }

func (e *handshakeError) Error() string { return "TLS handshake: " + e.err.Error() }
func (e *handshakeError) Unwrap() error { return e.err }

func checkProxyAnswer(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{proxy: proxy.Host, status: resp.StatusCode}
}

// explain says which host a request did not get through to, and what to check.
func explain(req *http.Request, proxy string, err error) error {
	host := req.URL.Host
	var refused *HostRefused
	if errors.As(err, &refused) || isContextError(err) && req.Context().Err() != nil {
		return err
	}
	var viaProxy *proxyError
	if errors.As(err, &viaProxy) {
		return explainProxy(host, viaProxy)
	}
	var handshake *handshakeError
	if isTrustFailure(err) || errors.As(err, &handshake) {
		return hint.Add(fmt.Errorf("no secure connection to %s: %w", host, err), "%s", trustHint(host, err))
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return hint.Add(fmt.Errorf("host %s cannot be found: %w", dns.Name, err),
			"check the spelling of %s and the network; a network that reaches the internet only through a proxy needs --proxy or HTTPS_PROXY", dns.Name)
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "proxyconnect" || proxy != "" && errors.As(err, &op) && op.Op == "dial" {
		return hint.Add(fmt.Errorf("proxy %s cannot be reached: %w", proxy, err),
			"check the proxy that --proxy or HTTPS_PROXY names")
	}
	if errors.As(err, &op) && op.Op == "dial" {
		return hint.Add(fmt.Errorf("%s cannot be reached: %w", host, err),
			"check the network, a VPN or firewall; a network that reaches the internet only through a proxy needs --proxy or HTTPS_PROXY")
	}
	return err
}

func explainProxy(host string, err *proxyError) error {
	tip := "the proxy does not let connections to %s through: ask who runs it, or choose another with --proxy"
	if err.status == http.StatusProxyAuthRequired {
		tip = "the proxy wants a user name and password for %s: put them into HTTPS_PROXY as http://user:password@host:port"
	}
	return hint.Add(fmt.Errorf("no connection to %s: %w", host, err), tip, host)
}

func trustHint(host string, err error) string {
	const proxy = "the likely cause is a company proxy or virus scanner that opens TLS connections: give its authority with --ca-file FILE (PEM) or SSL_CERT_FILE"
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) && invalid.Reason == x509.Expired {
		return "check this computer's clock first; else " + proxy
	}
	var name x509.HostnameError
	if errors.As(err, &name) {
		return "something else than " + host + " answered; check the address; else " + proxy
	}
	var record tls.RecordHeaderError
	if errors.As(err, &record) {
		return host + " does not speak TLS at this port; check scheme and port; else " + proxy
	}
	return proxy
}
