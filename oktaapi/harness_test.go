package oktaapi_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/oktaapi"
)

// org is an Okta org of the test: it answers from a table and keeps what it
// was asked.
type org struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []request
	routes map[string]http.HandlerFunc // "GET /api/v1/apps"
}

type request struct {
	line   string // GET /api/v1/apps?limit=200
	body   string
	header http.Header
}

func newOrg(t *testing.T) *org {
	t.Helper()
	o := &org{routes: map[string]http.HandlerFunc{}}
	o.Server = httptest.NewServer(o)
	t.Cleanup(o.Close)
	return o
}

func (o *org) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	line := r.Method + " " + r.URL.EscapedPath()
	o.mu.Lock()
	full := line
	if r.URL.RawQuery != "" {
		full += "?" + r.URL.RawQuery
	}
	o.asked = append(o.asked, request{line: full, body: string(body), header: r.Header})
	handle := o.routes[line]
	o.mu.Unlock()
	w.Header().Set("X-Okta-Request-Id", "req-"+r.Method)
	if handle == nil {
		jsonAnswer(404, `{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: x (AppInstance)","errorLink":"E0000007","errorId":"oae1","errorCauses":[]}`)(w, r)
		return
	}
	handle(w, r)
}

func (o *org) on(line string, h http.HandlerFunc) { o.routes[line] = h }

func (o *org) lines() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var lines []string
	for _, r := range o.asked {
		lines = append(lines, r.line)
	}
	return lines
}

func (o *org) last() request {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked[len(o.asked)-1]
}

func jsonAnswer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Add(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// turns gives one answer after the other, and the last for ever.
func turns(hs ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		h := hs[min(n, len(hs)-1)]
		n++
		mu.Unlock()
		h(w, r)
	}
}

// hangUp closes the connection without an answer.
func hangUp(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

// quick is a clock on which waiting takes no time.
type quick struct{}

func (quick) Now() time.Time                                   { return time.Now() }
func (quick) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

const canary = "00canaryTOKEN"

func (o *org) client(t *testing.T) *oktaapi.Client {
	t.Helper()
	return o.clientWith(t, oktaapi.Auth{Token: secret.New(canary)})
}

func (o *org) clientWith(t *testing.T, auth oktaapi.Auth) *oktaapi.Client {
	t.Helper()
	rt := httpx.Retry((&httpx.Net{}).Transport(), httpx.RetryOptions{Clock: quick{}})
	c, err := oktaapi.New(oktaapi.Config{OrgURL: o.URL, Auth: auth, Transport: rt, UserAgent: "ssowizard/test"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var testCertificate = sync.OnceValue(func() []byte {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "acme"},
		NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return der
})

// oneLine is the test certificate as in x5c.
func oneLine() string { return base64.StdEncoding.EncodeToString(testCertificate()) }

// inLines is the test certificate in 76-column lines as in metadata.
func inLines() string {
	var lines []string
	for text := oneLine(); text != ""; {
		n := min(76, len(text))
		lines = append(lines, text[:n])
		text = text[n:]
	}
	return strings.Join(lines, "\n")
}

// appJSON is an app as Okta shows it, with members that the SDK does not
// know, a number beyond float64, unusual escapes, and somebody else's statement.
const appJSON = `{"id":"0oaAPP00000000000001","orn":"orn:okta:idp:00oORG00000000000001:apps:acme_acmesync_1:0oaAPP00000000000001","name":"acme_acmesync_1","label":"Acme Sync","status":"ACTIVE","lastUpdated":"2026-01-31T09:30:01.000Z","created":"2026-01-31T09:30:00.000Z","accessibility":{"selfService":false,"errorRedirectUrl":null,"loginRedirectUrl":null},"visibility":{"autoLaunch":false,"autoSubmitToolbar":false,"hide":{"iOS":false,"web":false},"appLinks":{"acme_acmesync_1_link":true}},"features":[],"signOnMode":"SAML_2_0","credentials":{"userNameTemplate":{"template":"${source.login}","type":"BUILT_IN"},"signing":{"kid":"KIDaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}},"universalLogout":null,"settings":{"app":{},"notifications":{"vpn":{"network":{"connection":"DISABLED"},"message":null,"helpUrl":null}},"manualProvisioning":false,"implicitAssignment":false,"emOptInStatus":"NONE","future":{"big":12345678901234567890.10,"text":"\u00fc\/\u2028<&>"},"notes":{"admin":null,"enduser":null},"signOn":{"defaultRelayState":null,"ssoAcsUrl":"https://sp.example/acs","idpIssuer":"http://www.okta.com/${org.externalKey}","audience":"n2p","recipient":"https://sp.example/acs","destination":"https://sp.example/acs","subjectNameIdTemplate":"${user.email}","subjectNameIdFormat":"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress","responseSigned":true,"assertionSigned":true,"signatureAlgorithm":"RSA_SHA256","digestAlgorithm":"SHA256","honorForceAuthn":true,"authnContextClassRef":"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport","spIssuer":null,"requestCompressed":false,"attributeStatements":[{"type":"EXPRESSION","name":"department","namespace":"urn:oasis:names:tc:SAML:2.0:attrname-format:basic","values":["user.department"]},{"type":"EXPRESSION","name":"email","namespace":"urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified","values":["user.email"]}],"inlineHooks":[],"spCertificate":{"x5c":["MIIB\r\nAAAA\r\n"]},"assertionEncryption":{"enabled":false},"allowMultipleAcsEndpoints":false,"acsEndpoints":[],"samlSignedRequestEnabled":false,"slo":{"enabled":false}}},"_links":{"help":{"href":"https://acme-admin.okta.com/app/acme_acmesync_1/0oaAPP00000000000001/setup/help/SAML_2_0/instructions","type":"text/html"},"appLinks":[{"name":"acme_acmesync_1_link","href":"https://acme.okta.com/home/acme_acmesync_1/0oaAPP00000000000001/aln00000000000000001","type":"text/html"}]}}`

func page(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}
