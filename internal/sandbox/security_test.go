package sandbox_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/ssowizard/internal/sandbox"
)

func many(n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("/n%d", i+1))
	}
	return all
}

func TestForeignHostIsRefusedOnEveryListener(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{Dir: t.TempDir(), OktaTLS: "127.0.0.1:0", LetOtherMachinesIn: "127.0.0.1:0"})
	info := s.Info()
	for name, at := range map[string]string{
		"Okta": info.Okta.OrgURL, "Okta on TLS": info.Okta.TLSURL, "Okta for other machines": "http://" + info.Okta.OtherMachines,
		"service providers": "https://" + info.TLS.Address,
	} {
		for _, host := range []string{"evil.example", "evil.example:443", "127.0.0.1.evil.example", "acme.okta.com"} {
			if code, _ := page(t, client(t, info, ""), http.MethodGet, at+"/", host); code != http.StatusBadRequest {
				t.Errorf("%s, Host %s: %d", name, host, code)
			}
		}
	}
}

func TestOtherMachinesComeInOnlyWhenToldSo(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{Dir: t.TempDir(), LetOtherMachinesIn: "127.0.0.1:0"})
	info := s.Info()
	if info.Okta.OtherMachines == "" || "http://"+info.Okta.OtherMachines == info.Okta.OrgURL {
		t.Errorf("other machines: %q beside %s", info.Okta.OtherMachines, info.Okta.OrgURL)
	}
	c := client(t, info, "")
	for host, want := range map[string]int{"192.168.1.5:7001": 200, "[fe80::1]:7001": 200, "acme.localhost": 400} {
		if code, _ := page(t, c, http.MethodGet, "http://"+info.Okta.OtherMachines+"/x", host); code != want {
			t.Errorf("Host %s: %d, want %d", host, code, want)
		}
	}
	if code, _ := page(t, c, http.MethodGet, info.Okta.OrgURL+"/x", "192.168.1.5"); code != http.StatusBadRequest {
		t.Errorf("the loopback listener answers for another address: %d", code)
	}
	for _, path := range []string{"/sandbox", "/.sandbox/instance"} {
		if _, body := page(t, c, http.MethodGet, "http://"+info.Okta.OtherMachines+path, ""); !strings.HasPrefix(body, "okta ") {
			t.Errorf("other machines get %s: %s", path, body)
		}
	}
	if again := start(t, sandbox.Options{Dir: t.TempDir()}).Info(); again.Okta.OtherMachines != "" {
		t.Errorf("let in without being told: %s", again.Okta.OtherMachines)
	}
}

func TestAddressForOtherMachinesNeedsItsOwnOption(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0.0.0.0:7001": "0.0.0.0:7001", "192.168.1.5:80": "192.168.1.5:80", "7001": ":7001", ":7001": ":7001", "127.0.0.1:1": "127.0.0.1:1",
	} {
		got, err := sandbox.ParseAddress(context.Background(), "let-other-machines-in", text)
		if err != nil || got.String() != want {
			t.Errorf("%q: %v, %v; want %s", text, got, err, want)
		}
	}
	for _, option := range []string{"listen", "okta-tls"} {
		for _, text := range []string{"0.0.0.0:7001", "192.168.1.5:80", ":7001", "[::]:1"} {
			_, err := sandbox.ParseAddress(context.Background(), option, text)
			if e := as[*sandbox.OptionsError](t, err); !e.BeyondLoopback {
				t.Errorf("%s %q: %v says nothing of other machines", option, text, err)
			}
		}
	}
}

func TestTokensAndPasswordsAreRandom(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 2 {
		s, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Users: 30, Groups: 6})
		must(t, err)
		defer s.Close()
		i := s.Info()
		secrets := []string{i.Okta.APIToken, i.Okta.ReadOnlyAPIToken}
		for _, p := range i.ServiceProviders {
			secrets = append(secrets, p.APIToken)
		}
		for _, p := range i.Okta.People {
			secrets = append(secrets, p.Password)
		}
		for _, secret := range secrets {
			if len(secret) < 16 || seen[secret] {
				t.Errorf("%q is short, or the same again", secret)
			}
			seen[secret] = true
		}
	}
}

// crossSite posts as a page of another site would make a browser do.
func crossSite(t *testing.T, c *http.Client, to, contentType, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to, strings.NewReader(body))
	must(t, err)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Origin", "https://evil.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := c.Do(req)
	must(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, string(text)
}

func TestCrossSitePostsAreRefusedWhereTheProtocolNeedsNone(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Users: 30, Groups: 6})
	must(t, err)
	defer s.Close()
	info := s.Info()
	plain, sp := client(t, info, ""), client(t, info, info.TLS.Address)
	ana := info.Okta.People[0]
	form := url.Values{"username": {ana.Login}, "email": {ana.Login}, "password": {ana.Password}, "answer": {"approve"}, "enabled": {"true"}}.Encode()
	const urlencoded = "application/x-www-form-urlencoded"
	portal := info.ServiceProviders["net2phone"].PortalURL
	for _, tt := range []struct {
		client *http.Client
		to     string
	}{
		{plain, info.Okta.OrgURL + "/login/login.htm"}, {plain, info.Okta.OrgURL + "/signin/verify"},
		{sp, portal + "/login"}, {sp, portal + "/login/password"}, {sp, portal + "/logout"},
	} {
		if code, _ := crossSite(t, tt.client, tt.to, urlencoded, form); code != http.StatusForbidden {
			t.Errorf("%s: %d", tt.to, code)
		}
	}
	// A form cannot send JSON, and what it can send is no JSON for the API.
	for _, path := range []string{"/api/v1/authn", "/api/v1/sessions", "/api/v1/groups"} {
		for _, kind := range []string{"text/plain", urlencoded, "multipart/form-data; boundary=x"} {
			if code, body := crossSite(t, plain, info.Okta.OrgURL+path, kind, `{"username":"`+ana.Login+`","password":"`+ana.Password+`"}`); code < 400 {
				t.Errorf("%s as %s: %d %s", path, kind, code, body)
			}
		}
	}
}

// The protocol's own posts come from other sites: they are answered for what
// they hold, not for where they come from.
func TestCrossSitePostsOfTheProtocolAreHeard(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Users: 30, Groups: 6})
	must(t, err)
	defer s.Close()
	info := s.Info()
	const urlencoded = "application/x-www-form-urlencoded"
	_, made := ask(t, client(t, info, ""), http.MethodPost, info.Okta.OrgURL+"/api/v1/apps", "SSWS "+info.Okta.APIToken, samlApp)
	app := made.(map[string]any)
	links := app["_links"].(map[string]any)
	_, metadata := page(t, withToken(t, info), http.MethodGet, links["metadata"].(map[string]any)["href"].(string), "")
	_, rest, _ := strings.Cut(metadata, `HTTP-POST" Location="`)
	signOn, _, _ := strings.Cut(rest, `"`)
	if code, body := crossSite(t, client(t, info, ""), signOn, urlencoded, url.Values{"SAMLRequest": {"eA=="}}.Encode()); code != http.StatusBadRequest || !strings.Contains(body, "SAML") {
		t.Errorf("sign-on by POST at %s: %d %s", signOn, code, body)
	}
	code, body := crossSite(t, client(t, info, info.TLS.Address), "https://auth.net2phone.com/saml/login/callback", urlencoded, url.Values{"SAMLResponse": {"eA=="}}.Encode())
	if code == http.StatusOK || strings.Contains(body, "form cannot be used") {
		t.Errorf("ACS: %d %s", code, body)
	}
}

const samlApp = `{"label":"Cross","signOnMode":"SAML_2_0","visibility":{"autoSubmitToolbar":false,"hide":{"iOS":false,"web":false}},
	"settings":{"app":{},"signOn":{"ssoAcsUrl":"https://auth.net2phone.com/saml/login/callback","recipient":"https://auth.net2phone.com/saml/login/callback",
	"destination":"https://auth.net2phone.com/saml/login/callback","audience":"n2p","idpIssuer":"http://www.okta.com/${org.externalKey}",
	"subjectNameIdTemplate":"${user.email}","subjectNameIdFormat":"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress","responseSigned":true,
	"assertionSigned":true,"signatureAlgorithm":"RSA_SHA256","digestAlgorithm":"SHA256","honorForceAuthn":true,
	"authnContextClassRef":"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"}}}`

// withToken sends the org's API token with each request.
func withToken(t *testing.T, info sandbox.Info) *http.Client {
	t.Helper()
	c := *client(t, info, "")
	c.Transport = bearer{c.Transport, info.Okta.APIToken}
	return &c
}

type bearer struct {
	next  http.RoundTripper
	token string
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "SSWS "+b.token)
	return b.next.RoundTrip(r)
}

func TestEverythingListensOnLoopback(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{Dir: t.TempDir(), OktaTLS: "127.0.0.1:0"})
	for _, at := range []string{s.Info().Okta.OrgURL, s.Info().Okta.TLSURL, "https://" + s.Info().TLS.Address} {
		u, err := url.Parse(at)
		must(t, err)
		if ip := net.ParseIP(u.Hostname()); !ip.IsLoopback() {
			t.Errorf("%s is not loopback", at)
		}
	}
}
