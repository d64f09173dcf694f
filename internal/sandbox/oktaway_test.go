package sandbox_test

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"example.com/ssowizard/internal/sandbox"
)

// A relying party that insists on https gets the org's TLS address; the
// provider's own requests there have to arrive, under any name that it has.
func TestServiceProvidersReachTheOrgWhereverItListens(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Users: 20, Groups: 5, OktaTLS: "127.0.0.1:0", LetOtherMachinesIn: "127.0.0.1:0"})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	info := s.Info()
	sp := info.ServiceProviders["cloudtalk"]
	c := client(t, info, info.TLS.Address)
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	call := func(method, address string, body any) *http.Response {
		t.Helper()
		raw, err := json.Marshal(body)
		must(t, err)
		req, err := http.NewRequestWithContext(t.Context(), method, address, bytes.NewReader(raw))
		must(t, err)
		req.Header.Set("Authorization", "Bearer "+sp.APIToken)
		req.Header.Set("Content-Type", "application/json")
		res, err := c.Do(req)
		must(t, err)
		must(t, res.Body.Close())
		return res
	}
	onTLS := info.Okta.TLSURL
	for _, at := range []string{info.Okta.OrgURL, onTLS, strings.Replace(onTLS, "127.0.0.1", "acme.localhost", 1), "http://" + info.Okta.OtherMachines} {
		connection := sp.APIURL + "/sso-settings/v1/connection"
		if res := call("PUT", connection, map[string]any{"settings": map[string]any{"client_id": "0oa1", "client_secret": "secret-of-the-app-0123456789-0123456789", "discovery_url": at, "method": "GET"}}); res.StatusCode != http.StatusOK {
			t.Errorf("%s is refused: %s", at, res.Status)
			continue
		}
		call("PUT", connection+"/enabled", map[string]any{"enabled": true})
		res := call("GET", "https://authsso.cloudtalk.io/oauth2/authorize", nil)
		if to := res.Header.Get("Location"); !strings.HasPrefix(to, at+"/oauth2/v1/authorize?") {
			t.Errorf("%s: %s, leads to %q", at, res.Status, to)
		}
	}
	// Nothing else is reached, though it stands on this machine and speaks TLS.
	other, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		t.Error("somebody called")
		return nil, http.ErrAbortHandler
	}})
	must(t, err)
	t.Cleanup(func() { _ = other.Close() })
	go func() {
		for {
			conn, err := other.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).Handshake()
			_ = conn.Close()
		}
	}()
	call("PUT", sp.APIURL+"/sso-settings/v1/connection", map[string]any{"settings": map[string]any{"client_id": "0oa1", "client_secret": "secret-of-the-app-0123456789-0123456789", "discovery_url": "https://" + other.Addr().String(), "method": "GET"}})
	if res := call("GET", "https://authsso.cloudtalk.io/oauth2/authorize", nil); res.Header.Get("Location") != "" {
		t.Errorf("another identity provider is taken: %s", res.Header.Get("Location"))
	}
}
