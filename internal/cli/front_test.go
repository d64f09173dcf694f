package cli_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

// front stands between the program and one side and breaks some of the answers.
type front struct {
	kind, method, prefix string
	client               *http.Client
	to                   *url.URL
	holding              chan struct{}
	released             chan struct{}
	wire                 *tripwire // shared by the fronts of a script

	mu   sync.Mutex
	left int // how many requests are still to be broken
}

// startFront puts a faulty network in front of one side and points OKTA or
// SPAPI at it. Kinds:
//
//	pass         break nothing
//	html         answer 200 with a web page
//	status:CODE  refuse with an error as that side words it
//	lost         carry the request out, then cut the connection before the answer
//	cut          die in the middle of the answer's body
//	twist        carry out, but have every settings value come back as another
//	issuer       carry out, but have a discovery document name another issuer
//	without:NAME carry out, but leave a member of the answer out
//	says:NAME=TEXT carry out, but have every member of that name say this
//	badcert      carry out, but have the certificate come back as something else,
//	             at a settings API or in Okta's metadata
//	hold         take the request and never answer
//	holdanswer   carry the request out and never answer
//	wire         as the sweep's tripwire says
//
// Without METHOD every request is broken, with N only the first N that match.
func startFront(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) == 3 || len(args) > 5 {
		ts.Fatalf("usage: front okta|sp KIND [METHOD PATHPREFIX [N]]")
	}
	w := worldOf(ts)
	f := &front{kind: args[1], left: -1, wire: &w.wire, holding: make(chan struct{}, 100), released: make(chan struct{})}
	if len(args) > 3 {
		f.method, f.prefix = args[2], args[3]
	}
	if len(args) == 5 {
		n, err := strconv.Atoi(args[4])
		ts.Check(err)
		f.left = n
	}
	variable, real := "OKTA", w.box.info.Okta.OrgURL
	if args[0] == "sp" {
		variable, real = "SPAPI", w.box.info.ServiceProviders[w.box.sp].APIURL
	}
	var err error
	f.to, err = url.Parse(real)
	ts.Check(err)
	f.client = w.box.client(ts)
	srv := httptest.NewServer(f)
	ts.Defer(func() { close(f.released); srv.Close() })
	w.fronts = append(w.fronts, f)
	ts.Setenv(variable, srv.URL+strings.TrimSuffix(f.to.Path, "/"))
	setOrgFolder(ts)
}

// mend makes every front pass what comes from now on, at the same address.
func mend(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: mend")
	}
	for _, f := range worldOf(ts).fronts {
		f.mu.Lock()
		f.left = 0
		f.mu.Unlock()
	}
}

// setOrgFolder sets ORGFOLDER to the folder of OKTA's connections in the state.
func setOrgFolder(ts *testscript.TestScript) {
	u, err := url.Parse(ts.Getenv("OKTA"))
	ts.Check(err)
	ts.Setenv("ORGFOLDER", ts.MkAbs("state/orgs/"+u.Hostname()+"_"+u.Port()))
}

// client reaches both sides of the sandbox, the service providers through the proxy.
func (b *box) client(ts *testscript.TestScript) *http.Client {
	pem, err := os.ReadFile(b.info.TLS.CAFile)
	ts.Check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	through, err := url.Parse(b.proxy.url())
	ts.Check(err)
	t := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		Proxy: func(r *http.Request) (*url.URL, error) {
			if r.URL.Scheme == "https" {
				return through, nil
			}
			return nil, nil
		},
	}
	ts.Defer(t.CloseIdleConnections)
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &http.Client{Transport: t, CheckRedirect: stay, Timeout: patience}
}

// breaks tells whether this request is one to break.
func (f *front) breaks(r *http.Request) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, strings.TrimSuffix(f.to.Path, "/"))
	if f.kind == "pass" || f.left == 0 || f.method != "" && (r.Method != f.method || !strings.HasPrefix(path, f.prefix)) {
		return false
	}
	f.left--
	return true
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if f.kind == "wire" {
		f.wire.pass(func() { f.send(w, f.forward(r, body), nil) }, func() { f.forward(r, body) })
		return
	}
	if !f.breaks(r) {
		f.send(w, f.forward(r, body), nil)
		return
	}
	kind, code, _ := strings.Cut(f.kind, ":")
	switch kind {
	case "html":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html><html><title>Sign in to the guest network\x1b[31m</title></html>")
	case "status":
		f.refuse(w, code)
	case "lost":
		f.forward(r, body)
		panic(http.ErrAbortHandler)
	case "cut":
		a := f.forward(r, body)
		a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
		a.body = a.body[:len(a.body)/2]
		f.send(w, a, nil)
		panic(http.ErrAbortHandler)
	case "twist":
		f.send(w, f.forward(r, body), twist)
	case "issuer":
		f.send(w, f.forward(r, body), func(b []byte) []byte { return with(b, "issuer", "https://other.example") })
	case "without":
		f.send(w, f.forward(r, body), func(b []byte) []byte { return without(b, code) })
	case "says":
		name, text, _ := strings.Cut(code, "=")
		f.send(w, f.forward(r, body), func(b []byte) []byte {
			return regexp.MustCompile(`("`+name+`":\s*)"[^"]*"`).ReplaceAll(b, []byte("${1}"+strconv.Quote(text)))
		})
	case "badcert":
		f.send(w, f.forward(r, body), badCert)
	case "hold", "holdanswer":
		if kind == "holdanswer" {
			f.forward(r, body)
		}
		f.holding <- struct{}{}
		select {
		case <-r.Context().Done():
		case <-f.released:
		}
		panic(http.ErrAbortHandler)
	}
}

// refuse answers as Okta words an error; a settings API's has the same status.
func (f *front) refuse(w http.ResponseWriter, code string) {
	status, err := strconv.Atoi(code)
	if err != nil {
		panic(err)
	}
	errorCode, summary := "E0000009", "Internal Server Error"
	switch status {
	case http.StatusUnauthorized:
		errorCode, summary = "E0000011", "Invalid token provided"
	case http.StatusForbidden:
		errorCode, summary = "E0000006", "You do not have permission to perform the requested action"
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Okta-Request-Id", "reqOfTheFront")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errorCode": errorCode, "errorSummary": summary,
		"errorLink": errorCode, "errorId": "oaeFront", "errorCauses": []any{}})
}

type answerOf struct {
	status int
	header http.Header
	body   []byte
}

// forward carries the request out under the real host name. A client that goes
// away does not stop it: it has arrived.
func (f *front) forward(r *http.Request, body []byte) answerOf {
	to := *f.to
	to.Path, to.RawPath, to.RawQuery = r.URL.Path, r.URL.RawPath, r.URL.RawQuery
	req, err := http.NewRequest(r.Method, to.String(), bytes.NewReader(body)) //nolint:noctx // see above
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	req.Header = r.Header.Clone()
	req.Header.Del("Accept-Encoding")
	resp, err := f.client.Do(req)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return answerOf{resp.StatusCode, resp.Header.Clone(), answer}
}

func (f *front) send(w http.ResponseWriter, a answerOf, change func([]byte) []byte) {
	if change != nil && a.status < 300 {
		a.body = change(a.body)
		a.header.Del("Content-Length")
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// twist is a settings API that says yes and holds something else.
func twist(body []byte) []byte {
	for _, path := range []string{"settings.login_url", "settings.idp_login_url", "settings.sso_url",
		"settings.discovery_url", "data.settings.idp_sso_target_url"} {
		if gjson.GetBytes(body, path).String() != "" {
			body = with(body, path, "https://other.example/sso")
		}
	}
	return body
}

var metadataCert = regexp.MustCompile(`X509Certificate>[^<]*</`)

// badCert spoils the certificate of a settings API or of SAML metadata.
func badCert(body []byte) []byte {
	if bytes.Contains(body, []byte("X509Certificate>")) {
		return metadataCert.ReplaceAll(body, []byte("X509Certificate>bm90IGEgY2VydGlmaWNhdGU=</"))
	}
	return with(body, "settings.public_certificate", "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n")
}

func with(body []byte, path, value string) []byte {
	out, err := sjson.SetBytes(body, path, value)
	if err != nil {
		return body
	}
	return out
}

func without(body []byte, path string) []byte {
	out, err := sjson.DeleteBytes(body, path)
	if err != nil {
		return body
	}
	return out
}
