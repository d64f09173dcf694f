package signin_test

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"example.com/ssowizard/internal/browser"
	"example.com/ssowizard/internal/browser/browsertest"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

// widgetOrg is an Okta org whose sign-in page is made by scripts, as the real
// ones are: of Identity Engine, or Classic.
type widgetOrg struct {
	classic bool
	answer  string // to the right password, instead of success
	after   http.HandlerFunc
	person  bool // the page goes on by itself once the login is there, as a person would
}

// idxWidget asks for the login, then on the same page for the password.
const idxWidget = `<div id="okta-login-container"></div><script>
const box = document.getElementById("okta-login-container");
const ask = (field, then) => {
	box.innerHTML = '<form><label for="f">' + field + '</label><input id="f" name="' + field + '" type="' + (field === "identifier" ? "text" : "password") +
		'"><input type="submit" value="Next"></form><div id="say"></div>';
	let typed = "";
	box.querySelector("input").addEventListener("input", e => typed = e.target.value);
	box.querySelector("form").addEventListener("submit", e => { e.preventDefault(); then(typed); });
};
const say = text => document.getElementById("say").innerHTML = '<div role="alert">' + text + '</div>';
const post = (path, body) => fetch(path, { method: "POST", body: JSON.stringify(body) }).then(r => r.json());
ask("identifier", login => post("/idp/idx/identify", { login }).then(() => ask("credentials.passcode", password =>
	post("/idp/idx/challenge/answer", { login, password }).then(a => a.success ? location.href = a.success : say("..."))))); 
</script>`

// classicWidget has both fields on one page.
const classicWidget = `<div id="okta-sign-in"><form><input type="text" id="okta-signin-username" name="username"><input type="password" id="okta-signin-password" name="password">
<input type="submit" id="okta-signin-submit" value="Sign In"></form></div><script>
document.querySelector("form").addEventListener("submit", e => {
	e.preventDefault();
	const body = JSON.stringify({ username: document.getElementById("okta-signin-username").value, password: document.getElementById("okta-signin-password").value });
	fetch("/api/v1/authn", { method: "POST", body }).then(r => r.json()).then(a => { if (a.status === "SUCCESS") location.href = "/enter?to=" + encodeURIComponent(location.href); });
});
</script>`

// personWidget goes on when the right login is in its field.
const personWidget = `<div id="okta-sign-in"><input type="text" id="okta-signin-username"><input type="password" id="okta-signin-password"></div><script>
document.getElementById("okta-signin-username").addEventListener("input", e => {
	if (e.target.value === "` + login + `") location.href = "/enter?to=" + encodeURIComponent(location.href);
});
</script>`

func (o *widgetOrg) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Okta-Request-Id", "req1")
	_, err := r.Cookie("sid")
	switch {
	case r.URL.Path == "/enter":
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "1", Path: "/", Secure: true})
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound)
	case r.URL.Path == "/idp/idx/identify":
		fmt.Fprint(w, `{"remediation":{"value":[{"name":"challenge-authenticator"}]}}`)
	case r.URL.Path == "/idp/idx/challenge/answer", r.URL.Path == "/api/v1/authn":
		o.authenticate(w, r)
	case err == nil && o.after != nil:
		o.after(w, r)
	case err == nil:
		(&okta{}).answer(w, r)
	case o.person:
		page(w, 200, personWidget)
	case o.classic:
		page(w, 200, classicWidget)
	default:
		page(w, 200, idxWidget)
	}
}

func (o *widgetOrg) authenticate(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/json")
	back, _ := url.Parse(r.Header.Get("Referer"))
	switch right := strings.Contains(string(body), login) && strings.Contains(string(body), password); {
	case right && o.answer != "":
		fmt.Fprint(w, o.answer)
	case right && o.classic:
		fmt.Fprintf(w, `{"status":"SUCCESS","sessionToken":%q}`, token)
	case right:
		fmt.Fprintf(w, `{"success":%q}`, "/enter?to="+url.QueryEscape(back.String()))
	case o.classic:
		oktaError(w, 401, "E0000004", "Authentication failed")
	default:
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"messages":{"value":[{"message":"Unable to sign in","class":"ERROR","i18n":{"key":"incorrectPassword"}}]},"remediation":{"value":[{"name":"challenge-authenticator"}]}}`)
	}
}

// browsed is a world that a real browser reaches, and nothing else.
type browsed struct {
	options browser.Options

	mu   sync.Mutex
	seen []string // host and path of each request, with what it carried
}

// inBrowser serves hosts to a browser of this machine.
func inBrowser(t *testing.T, hosts map[string]http.Handler) *browsed {
	t.Helper()
	program := browsertest.Program(t)
	b := &browsed{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		b.mu.Lock()
		b.seen = append(b.seen, r.Host+r.URL.RequestURI()+" "+string(body))
		b.mu.Unlock()
		if h := hosts[r.Host]; h != nil && r.URL.Path != "/favicon.ico" {
			h.ServeHTTP(w, r)
			return
		}
		http.NotFound(w, r)
	}))
	server.TLS = &tls.Config{}
	server.StartTLS()
	t.Cleanup(server.Close)
	b.options = browser.Options{Program: program, Headless: true, Hosts: map[string]string{},
		Authority: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})}
	for host := range hosts {
		b.options.Hosts[host] = server.Listener.Addr().String()
	}
	return b
}

func (b *browsed) client(t *testing.T, change ...func(*signin.InBrowserConfig)) *signin.InBrowser {
	t.Helper()
	cfg := signin.InBrowserConfig{Browser: b.options, OktaURL: oktaURL, Login: login, Password: secret.New(password), Now: nowFake}
	for _, f := range change {
		f(&cfg)
	}
	c, err := signin.NewInBrowser(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// requests lists those for a host and path.
func (b *browsed) requests(prefix string) (out []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.seen {
		if strings.HasPrefix(r, prefix) {
			out = append(out, r)
		}
	}
	return out
}

// noTrace fails where a secret stands on a command line of this machine, or in
// what is told of the sign-in.
func noTrace(t *testing.T, seen sso.Seen) {
	t.Helper()
	if text := fmt.Sprintf("%+v", seen.Hops) + seen.Detail + seen.FinalURL; strings.Contains(text, password) || strings.Contains(text, "SAMLResponse=") {
		t.Errorf("told: %s", text)
	}
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range lines {
		if line, err := os.ReadFile(name); err == nil && strings.Contains(string(line), password) {
			t.Errorf("on a command line: %q", line)
		}
	}
}
