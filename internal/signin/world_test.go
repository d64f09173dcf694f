package signin_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

const (
	oktaURL  = "https://acme.okta.com"
	ssoPath  = "/app/acme_sync_1/exk1/sso/saml"
	tile     = oktaURL + "/home/acme_sync_1/0oa1/aln1"
	spURL    = "https://app.sp.example"
	acsURL   = "https://auth.sp.example/saml/acs"
	login    = "ana.lima@acme.example"
	password = "correct horse battery"
	token    = "20111sessiontoken"
	response = `<saml2p:Response ID="id1"/>`
)

var start = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

// world is an internet of handlers by host. It keeps every request.
type world struct {
	hosts map[string]http.Handler

	mu   sync.Mutex
	seen []seenRequest
}

type seenRequest struct {
	method, url, body, cookies, origin, agent string
}

func (w *world) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	body := ""
	if req.Body != nil {
		b, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		body = string(b)
		req.Body = io.NopCloser(strings.NewReader(body))
	}
	w.mu.Lock()
	w.seen = append(w.seen, seenRequest{req.Method, req.URL.String(), body, req.Header.Get("Cookie"), req.Header.Get("Origin"), req.Header.Get("User-Agent")})
	w.mu.Unlock()
	h := w.hosts[strings.TrimSuffix(strings.ToLower(req.URL.Host), ":443")]
	if h == nil {
		return nil, fmt.Errorf("lookup %s: no such host", req.URL.Host)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	resp := rec.Result()
	resp.Request = req
	return resp, nil
}

// okta is an Okta org. Its fields change single answers.
type okta struct {
	authn     func(w http.ResponseWriter, body map[string]any)
	afterSSO  func(w http.ResponseWriter, r *http.Request) bool // true: answered
	formExtra string
	action    string
	logins    []map[string]any
}

func (o *okta) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Okta-Request-Id", "req"+strings.ReplaceAll(r.URL.Path, "/", "-"))
	signedIn := false
	if c, err := r.Cookie("sid"); err == nil && c.Value == "session1" {
		signedIn = true
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/v1/authn"):
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Header.Get("Content-Type") != "application/json" {
			http.Error(w, "bad", 400)
			return
		}
		body["path"] = r.URL.Path
		o.logins = append(o.logins, body)
		w.Header().Set("Content-Type", "application/json")
		if o.authn != nil {
			o.authn(w, body)
			return
		}
		if body["username"] != login || body["password"] != password {
			oktaError(w, 401, "E0000004", "Authentication failed")
			return
		}
		fmt.Fprintf(w, `{"status":"SUCCESS","sessionToken":%q}`, token)
	case r.URL.Path == "/login/sessionCookieRedirect":
		if r.URL.Query().Get("token") != token {
			http.Redirect(w, r, "/login/login.htm", http.StatusFound)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "session1", Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode})
		http.Redirect(w, r, r.URL.Query().Get("redirectUrl"), http.StatusFound)
	case !signedIn:
		page(w, 200, `<div id="okta-sign-in"></div><p>Sign In</p><input type="password" name="password">`)
	case o.afterSSO != nil && o.afterSSO(w, r):
	case strings.HasPrefix(r.URL.Path, "/home/"):
		http.Redirect(w, r, ssoPath+"?fromHome=true", http.StatusFound)
	case r.URL.Path == ssoPath:
		o.answer(w, r)
	default:
		page(w, 404, "<h1>Page not found</h1>")
	}
}

// answer is the page that posts the response.
func (o *okta) answer(w http.ResponseWriter, r *http.Request) {
	action := acsURL
	if o.action != "" {
		action = o.action
	}
	page(w, 200, `<form id="appForm" action="`+html.EscapeString(action)+`" method="POST">`+
		`<input name="SAMLResponse" type="hidden" value="`+html.EscapeString(base64.StdEncoding.EncodeToString([]byte(response)))+`"/>`+
		`<input name="RelayState" type="hidden" value="`+html.EscapeString(r.FormValue("RelayState"))+`"/>`+o.formExtra+
		`<noscript><input type="submit" name="go" value="Continue"></noscript></form><script>document.getElementById('appForm').submit();</script>`)
}

func oktaError(w http.ResponseWriter, status int, code, summary string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"errorCode":%q,"errorSummary":%q,"errorLink":%q,"errorId":"oae1","errorCauses":[]}`, code, summary, code)
}

func page(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<!DOCTYPE html><html><head><title>Page</title></head><body>%s</body></html>", body)
}

func authnRequestXML(extra string) string {
	return `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r42" Version="2.0"` + extra + `><x/></samlp:AuthnRequest>`
}

func deflated(text string) string {
	var b bytes.Buffer
	f, _ := flate.NewWriter(&b, 9)
	_, _ = f.Write([]byte(text))
	_ = f.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func ssoRedirect(extra string) string {
	return oktaURL + ssoPath + "?" + url.Values{"SAMLRequest": {deflated(authnRequestXML(extra))}, "RelayState": {"state & more"}}.Encode()
}

// mux routes by path; what it does not know is 404.
type mux map[string]http.HandlerFunc

func (m mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := m[r.URL.Path]; h != nil {
		h(w, r)
		return
	}
	page(w, 404, "nothing here")
}

func redirect(status int, to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	}
}

func show(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { page(w, status, body) }
}

// newWorld is an Okta org and a service provider that get along.
func newWorld() (*world, *okta, mux, mux) {
	o := &okta{}
	app := mux{"/start": redirect(302, ssoRedirect("")), "/home": show(200, "<h1>Welcome, Ana</h1>")}
	auth := mux{"/saml/acs": func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.FormValue("SAMLResponse") == "" {
			page(w, 400, "no response")
			return
		}
		http.Redirect(w, r, spURL+"/home?ticket=1", http.StatusSeeOther)
	}}
	return &world{hosts: map[string]http.Handler{"acme.okta.com": o, "app.sp.example": app, "auth.sp.example": auth}}, o, app, auth
}

func (w *world) client(t *testing.T, change ...func(*signin.Config)) *signin.Client {
	t.Helper()
	cfg := signin.Config{Transport: w, OktaURL: oktaURL, Login: login, Password: secret.New(password),
		Now: func() time.Time { return start }, UserAgent: "ssowizard/test"}
	for _, f := range change {
		f(&cfg)
	}
	c, err := signin.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) run(t *testing.T, req sso.SignInRequest) sso.Seen {
	t.Helper()
	seen, err := w.client(t).SignIn(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

var spStart = sso.SignInRequest{Flow: sso.FlowSPInitiated, StartURL: spURL + "/start?x=1", Deliver: true}

func nowFake() time.Time { return start }
