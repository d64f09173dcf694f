package signon_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sandbox/okta/signon"
)

func TestSessionAnswersInOktasOrder(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	p := b.postJSON("/api/v1/sessions", map[string]string{"sessionToken": b.sessionToken("ana.lima@acme.example")})
	want := `{"id":"102…","userId":"00uANA","login":"ana.lima@acme.example","createdAt":"2026-03-02T09:30:00.250Z",` +
		`"expiresAt":"2026-03-02T11:30:00.250Z","status":"ACTIVE","lastPasswordVerification":"2026-03-02T09:30:00.250Z",` +
		`"lastFactorVerification":null,"amr":["pwd"],"idp":{"id":"00oORG","type":"OKTA"},"mfaActive":false,"_links":{` +
		`"self":{"href":"BASE/api/v1/sessions/me","hints":{"allow":["GET","DELETE"]}},` +
		`"refresh":{"href":"BASE/api/v1/sessions/me/lifecycle/refresh","hints":{"allow":["POST"]}},` +
		`"user":{"name":"Ana Lima","href":"BASE/api/v1/users/me","hints":{"allow":["GET"]}}}}`
	if diff := cmp.Diff(want, masked(p.body)); diff != "" || p.status != 200 {
		t.Errorf("%d %s", p.status, diff)
	}
}

func TestSessionTokenWorksOnceAndForFiveMinutes(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	b := open(t, d)
	token := map[string]string{"sessionToken": b.sessionToken("ana.lima@acme.example")}
	if p := b.postJSON("/api/v1/sessions", token); p.status != 200 {
		t.Fatalf("%d %s", p.status, p.body)
	}
	if p := b.postJSON("/api/v1/sessions", token); p.status != 401 || p.errorCode() != "E0000004" {
		t.Errorf("second time: %d %s", p.status, p.body)
	}
	if p := b.get("/login/sessionCookieRedirect?token=" + token["sessionToken"]); p.header.Get("Set-Cookie") != "" {
		t.Errorf("used token: %v", p.header)
	}
	late := map[string]string{"sessionToken": b.sessionToken("ana.lima@acme.example")}
	d.advance(5 * time.Minute)
	if p := b.postJSON("/api/v1/sessions", late); p.status != 401 {
		t.Errorf("late: %d %s", p.status, p.body)
	}
	if p := b.do(b.request("POST", "/api/v1/sessions", "application/json", "")); p.status != 400 || p.errorCode() != "E0000003" {
		t.Errorf("empty body: %d %s", p.status, p.body)
	}
}

func TestSessionTokenBuysOneSessionEvenInARush(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	body := `{"sessionToken":"` + b.sessionToken("ana.lima@acme.example") + `"}`
	statuses := make(chan int)
	for range 20 {
		go func() {
			rec := httptest.NewRecorder()
			b.site.ServeHTTP(rec, httptest.NewRequest("POST", "/api/v1/sessions", strings.NewReader(body)))
			statuses <- rec.Code
		}()
	}
	bought := 0
	for range 20 {
		if <-statuses == 200 {
			bought++
		}
	}
	if bought != 1 {
		t.Errorf("%d sessions for one token", bought)
	}
}

func TestSessionLifecycle(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	b := open(t, d)
	var se struct{ ID, ExpiresAt string }
	b.decode(b.postJSON("/api/v1/sessions", map[string]string{"sessionToken": b.sessionToken("ana.lima@acme.example")}), &se)
	path := "/api/v1/sessions/" + se.ID

	d.advance(time.Hour)
	p := b.postJSON(path+"/lifecycle/refresh", map[string]string{})
	if p.status != 200 || !strings.Contains(p.body, `"expiresAt":"2026-03-02T12:30:00.250Z"`) {
		t.Errorf("refresh: %d %s", p.status, p.body)
	}
	d.advance(time.Hour + 59*time.Minute)
	if p := b.get(path); p.status != 200 {
		t.Errorf("refreshed session: %d", p.status)
	}
	if p := b.do(b.request("DELETE", path, "", "")); p.status != 204 || p.body != "" {
		t.Errorf("delete: %d %q", p.status, p.body)
	}
	for _, req := range []string{"GET", "DELETE"} {
		p := b.do(b.request(req, path, "", ""))
		if p.status != 404 || !strings.Contains(p.body, "Not found: Resource not found: "+se.ID+" (AppSession)") {
			t.Errorf("%s after delete: %d %s", req, p.status, p.body)
		}
	}
}

func TestSessionMeIsTheCookies(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	b := open(t, d)
	if p := b.get("/api/v1/sessions/me"); p.status != 404 {
		t.Errorf("nobody: %d", p.status)
	}
	b.signIn("ana.lima@acme.example")
	if p := b.get("/api/v1/sessions/me"); p.status != 200 || !strings.Contains(p.body, "00uANA") {
		t.Errorf("me: %d %s", p.status, p.body)
	}
	d.setStatus("00uANA", "SUSPENDED")
	if p := b.get("/api/v1/sessions/me"); p.status != 404 {
		t.Errorf("suspended meanwhile: %d", p.status)
	}
	d.setStatus("00uANA", "ACTIVE")
	d.advance(2 * time.Hour)
	if p := b.get("/api/v1/sessions/me"); p.status != 404 {
		t.Errorf("two hours later: %d", p.status)
	}
}

func TestSessionCookieFitsTheScheme(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	b := open(t, d)
	p := b.get("/login/sessionCookieRedirect?token=" + b.sessionToken("ana.lima@acme.example"))
	if got := p.header.Get("Set-Cookie"); !strings.HasPrefix(got, "sid=102") || !strings.HasSuffix(got, "; Path=/; HttpOnly") {
		t.Errorf("plain HTTP: %q", got)
	}
	site := signon.New(d, signon.Options{})
	srv := httptest.NewTLSServer(site)
	t.Cleanup(srv.Close)
	b = newBrowser(t, d, site, srv)
	p = b.get("/login/sessionCookieRedirect?token=" + b.sessionToken("ana.lima@acme.example"))
	if got := p.header.Get("Set-Cookie"); !strings.HasSuffix(got, "; Path=/; HttpOnly; Secure; SameSite=None") {
		t.Errorf("TLS: %q", got)
	}
}

func TestSessionCookieRedirectStaysOnTheOrg(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	host := strings.TrimPrefix(b.base, "http://")
	for address, want := range map[string]string{
		"":                                     b.base + "/app/UserHome",
		"/app/UserHome?x=1":                    b.base + "/app/UserHome?x=1",
		b.base + ssoPath + "?RelayState=a%2Bb": b.base + ssoPath + "?RelayState=a%2Bb",
		"HTTP://" + host + "/":                 b.base + "/",
		b.base:                                 b.base + "/",
	} {
		p := b.get("/login/sessionCookieRedirect?" + query("token", b.sessionToken("ana.lima@acme.example"), "redirectUrl", address))
		if p.status != 302 || p.location() != want {
			t.Errorf("%q: %d %q, want %q", address, p.status, p.location(), want)
		}
		b.dir.advance(time.Second)
	}
	token := b.sessionToken("ana.lima@acme.example")
	for _, address := range []string{
		"https://evil.example/", "//evil.example/", `/\evil.example/`, `\\evil.example`, "http:" + host, "javascript:alert(1)",
		b.base + "@evil.example/", "http://user@" + host + "/", b.base + ".evil.example/", "https://" + host + "/", "evil",
		b.base + "//evil.example", "/\t/evil.example", "http://" + host + "1/",
	} {
		p := b.get("/login/sessionCookieRedirect?" + query("token", token, "redirectUrl", address))
		if p.status != 400 || p.header.Get("Set-Cookie") != "" || p.location() != "" {
			t.Errorf("%q: %d %v", address, p.status, p.header)
		}
	}
	if p := b.postJSON("/api/v1/sessions", map[string]string{"sessionToken": token}); p.status != 200 {
		t.Errorf("a refused redirect used up the token: %d", p.status)
	}
}

func TestSessionCookieRedirectWithABadTokenAsksToSignIn(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	p := b.get("/login/sessionCookieRedirect?" + query("token", "20111x", "redirectUrl", b.base+ssoPath+"?RelayState=x"))
	if from := b.wantSignIn(p); from != ssoPath+"?RelayState=x" {
		t.Errorf("fromURI %q", from)
	}
	if p.header.Get("Set-Cookie") != "" {
		t.Error("a cookie was set")
	}
}
