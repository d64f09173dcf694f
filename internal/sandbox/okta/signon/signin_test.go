package signon_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/ssowizard/internal/sandbox/okta/signon"
)

// signInByForm fills the sign-in page and returns the answer to its form.
func (b *browser) signInByForm(address, username string) page {
	b.t.Helper()
	p := b.get(address)
	b.wantPage(p, 200, "Sign in")
	f := b.form(p)
	p = b.postForm(f.action, f.values("username", username, "password", password))
	if p.status != 303 && p.status != 200 {
		b.t.Fatalf("sign-in form: %d %s", p.status, p.body)
	}
	return p
}

func TestSignInPageLeadsOn(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"":                         "/app/UserHome",
		homePath + "?RelayState=x": homePath + "?RelayState=x",
		"https://evil.example/":    "/app/UserHome",
		"//evil.example/":          "/app/UserHome",
		"/login/signout":           "/app/UserHome",
	} {
		b := open(t, newDirectory())
		p := b.signInByForm("/login/login.htm?"+query("fromURI", from), ana)
		if p.status != 303 || p.location() != b.base+want {
			t.Errorf("%q: %d %s, want %s", from, p.status, p.location(), want)
		}
		if p := b.get("/app/UserHome"); p.status != 200 {
			t.Errorf("%q: not signed in: %d", from, p.status)
		}
		if p := b.get("/login/login.htm?" + query("fromURI", from)); p.status != 302 || p.location() != b.base+want {
			t.Errorf("%q, signed in: %d %s", from, p.status, p.location())
		}
	}
}

func TestUserNameAloneIsAFirstStep(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	f := b.form(b.get("/login/login.htm"))
	p := b.postForm(f.action, f.values("username", " "+ana+" "))
	if b.wantPage(p, 200, `value="`+ana+`"`); strings.Contains(p.body, `role="alert"`) {
		t.Error("a first step is no mistake")
	}
	f = b.form(p)
	if p := b.postForm(f.action, f.values("password", password)); p.status != 303 {
		t.Errorf("%d %s", p.status, p.body)
	}
}

func TestSignInPageSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, username, password string
		status                   int
		words                    string
	}{
		{"wrong password", ana, "nope", 401, "Unable to sign in"},
		{"unknown", "nobody", password, 401, "Unable to sign in"},
		{"suspended", "sue@acme.example", password, 401, "Unable to sign in"},
		{"locked", "lou@acme.example", password, 403, "locked"},
		{"expired", "eve@acme.example", password, 403, "expired"},
		{"empty", " ", password, 400, "Enter a username"},
		{"markup", `"><script>x</script>`, "nope", 401, "&lt;script&gt;"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := open(t, newDirectory())
			f := b.form(b.get("/login/login.htm"))
			p := b.postForm(f.action, f.values("username", c.username, "password", c.password))
			b.wantPage(p, c.status, c.words)
			if !strings.Contains(p.body, `role="alert"`) || strings.Contains(p.body, c.password) {
				t.Error(p.body)
			}
			if p := b.get("/app/UserHome"); p.status != 302 {
				t.Errorf("signed in nevertheless: %d", p.status)
			}
		})
	}
}

func TestSignInFormComesFromOurOwnPage(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	f := b.form(b.get("/login/login.htm"))
	good := f.values("username", ana, "password", password)
	post := func(b *browser, token string, headers ...string) page {
		good.Set("xsrfToken", token)
		req := b.request("POST", f.action, "application/x-www-form-urlencoded", good.Encode())
		for i := 0; i+1 < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		return b.do(req)
	}
	token := f.fields["xsrfToken"]
	for name, p := range map[string]page{
		"no token":        post(b, ""),
		"wrong token":     post(b, token+"x"),
		"another browser": post(b.other(), token),
		"foreign origin":  post(b, token, "Origin", "https://evil.example"),
		"null origin":     post(b, token, "Origin", "null"),
		"cross-site":      post(b, token, "Sec-Fetch-Site", "cross-site"),
	} {
		if p.status != 403 || strings.Contains(p.header.Get("Set-Cookie"), "sid=") {
			t.Errorf("%s: %d", name, p.status)
		}
	}
	if p := post(b, token, "Origin", b.base, "Sec-Fetch-Site", "same-origin"); p.status != 303 {
		t.Errorf("our own: %d %s", p.status, p.body)
	}
}

func TestSecondFactorIsAskedAndAnsweredOnThePage(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	d.twoFactor = true
	b := open(t, d)
	p := b.signInByForm("/login/login.htm?"+query("fromURI", homePath), ana)
	b.wantPage(p, 200, "second factor")
	if p := b.get("/app/UserHome"); p.status != 302 {
		t.Errorf("signed in by the password alone: %d", p.status)
	}
	f := b.form(p)
	if p := b.postForm(f.action, f.values("answer", "approve", "xsrfToken", "")); p.status != 403 {
		t.Errorf("without form token: %d", p.status)
	}
	p = b.postForm(f.action, f.values("answer", "approve"))
	if p.status != 303 || p.location() != b.base+homePath {
		t.Fatalf("%d %s", p.status, p.location())
	}
	b.samlResponse(b.get(p.location()))
	if p := b.get("/api/v1/sessions/me"); !strings.Contains(p.body, `"mfaActive":true`) || !strings.Contains(p.body, `"amr":["pwd","swk","mfa"]`) {
		t.Errorf("%s", p.body)
	}
	// The state token worked once.
	other := b.other()
	g := other.form(other.get("/login/login.htm"))
	again := f.values("answer", "approve", "xsrfToken", g.fields["xsrfToken"])
	if p := other.postForm(f.action, again); p.status != 403 {
		t.Errorf("second time: %d", p.status)
	}
}

func TestDeniedSecondFactorSignsNobodyIn(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	d.twoFactor = true
	b := open(t, d)
	f := b.form(b.signInByForm("/login/login.htm", ana))
	b.wantPage(b.postForm(f.action, f.values("answer", "deny")), 403, "not approved")
	f = b.form(b.signInByForm("/login/login.htm", ana))
	d.advance(5 * time.Minute)
	b.wantPage(b.postForm(f.action, f.values("answer", "approve")), 403, "run out")
}

func TestPasswordSessionIsNotEnoughOnceThePolicyWantsMore(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	b := open(t, d)
	b.signIn(ana)
	d.twoFactor = true
	b.wantSignIn(b.get(ssoPath))
}

func TestSignOutEndsTheSession(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	b.signIn(ana)
	sid := ""
	for _, c := range b.client.Jar.Cookies(b.request("GET", "/", "", "").URL) {
		if c.Name == "sid" {
			sid = c.Value
		}
	}
	p := b.get("/login/signout")
	if p.status != 302 || p.location() != b.base+"/login/login.htm" {
		t.Errorf("%d %s", p.status, p.location())
	}
	req := b.other().request("GET", "/api/v1/sessions/"+sid, "", "")
	if p := b.do(req); p.status != 404 {
		t.Errorf("the session lives: %d", p.status)
	}
	b.wantSignIn(b.get("/app/UserHome"))
}

func TestDashboardShowsWhatLeadsSomewhere(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	d.apps[0].Label = "Sync <b>\x1b[31m\u202e"
	d.apps[0].LogoURL = "/fs/logo.png"
	d.apps[1].LogoURL = "https://cdn.example/logo.png"
	for _, a := range []signon.App{
		{ID: "0oaHID", Name: "hidden", Label: "Hidden", LinkID: "alnH", Status: "ACTIVE", SignOnMode: "SAML_2_0", HideTile: true},
		{ID: "0oaOFF", Name: "off", Label: "Off", LinkID: "alnO", Status: "INACTIVE", SignOnMode: "SAML_2_0"},
		{ID: "0oaAPI", Name: "api", Label: "API only", LinkID: "alnA", Status: "ACTIVE", SignOnMode: "OPENID_CONNECT"},
	} {
		d.apps = append(d.apps, &a)
		d.assign(a.ID, "00uANA", ana)
	}
	b := open(t, d)
	if from := b.wantSignIn(b.get("/")); from != "/" {
		t.Errorf("fromURI %q", from)
	}
	b.signIn(ana)
	for _, address := range []string{"/", "/app/UserHome"} {
		p := b.get(address)
		b.wantPage(p, 200, `href="`+homePath+`"`)
		for _, want := range []string{"Sync &lt;b&gt;", `src="/fs/logo.png"`, `href="/home/bookmark/0oaBOOK/alnB"`, "Wiki"} {
			if !strings.Contains(p.body, want) {
				t.Errorf("%s: %s is missing", address, want)
			}
		}
		for _, bad := range []string{"Hidden", "Off<", "API only", "cdn.example", "\x1b", "\u202e"} {
			if strings.Contains(p.body, bad) {
				t.Errorf("%s: %q is there", address, bad)
			}
		}
	}
	b.signIn("ben.okafor@acme.example")
	b.wantPage(b.get("/"), 200, "No apps are assigned")
}

func TestBookmarkTileLeadsToItsAddress(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	b := open(t, d)
	const tile = "/home/bookmark/0oaBOOK/alnB"
	if from := b.wantSignIn(b.get(tile)); from != tile {
		t.Errorf("fromURI %q", from)
	}
	b.signIn(ana)
	if p := b.get(tile); p.status != 302 || p.location() != "https://wiki.example/start" {
		t.Errorf("%d %s", p.status, p.location())
	}
	d.app("0oaBOOK").BookmarkURL = "javascript:alert(1)"
	if p := b.get(tile); p.status != 404 || p.location() != "" {
		t.Errorf("%d %s", p.status, p.location())
	}
	b.signIn("ben.okafor@acme.example")
	b.wantPage(b.get(tile), 403, "not assigned")
}

func TestUnknownPagesAreHTML(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	b.wantPage(b.get("/app/nowhere"), 404, "Page not found")
	if p := b.do(b.request("HEAD", "/login/login.htm", "", "")); p.status != 200 || p.body != "" {
		t.Errorf("HEAD: %d %q", p.status, p.body)
	}
}

func TestHandlesOwnPathsOnly(t *testing.T) {
	t.Parallel()
	site := signon.New(newDirectory(), signon.Options{})
	for path, want := range map[string]bool{
		"/": true, "/api/v1/authn": true, "/api/v1/authn/cancel": true, "/api/v1/sessions/me": true, ssoPath: true, homePath: true,
		"/login/login.htm": true, "/login": true, "/signin": true, "/app/UserHome": true, "/admin/org/security/exkAPP/cert": true,
		"/app/exkAPP/sso/saml/metadata": false, "/app/acme_sync_1/exkAPP/sso/saml/metadata": false,
		"/api/v1/apps": false, "/api/v1/authnx": false, "/oauth2/v1/token": false, "/fs/logo.png": false, "/loginx": false,
	} {
		if got := site.Handles(path); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}

func TestOversizedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	big := strings.Repeat("x", 2<<20)
	if p := b.postJSON("/api/v1/authn", map[string]string{"username": big}); p.status != http.StatusBadRequest {
		t.Errorf("authn: %d", p.status)
	}
	if p := b.get(ssoPath + "?" + query("SAMLRequest", deflated("<a>"+big+"</a>"))); p.status != http.StatusBadRequest {
		t.Errorf("inflated: %d", p.status)
	}
}
