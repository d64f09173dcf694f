package signin_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

func TestSignInStartsAtTheServiceProvider(t *testing.T) {
	t.Parallel()
	w, _, _, _ := newWorld()
	want := sso.Seen{
		Flow: sso.FlowSPInitiated, Outcome: sso.OutcomeSignedIn, Detail: "Welcome, Ana",
		Hops: []sso.Hop{
			{Method: "GET", URL: spURL + "/start", Status: 302},
			{Method: "POST", URL: oktaURL + "/api/v1/authn", Status: 200},
			{Method: "GET", URL: oktaURL + "/login/sessionCookieRedirect", Status: 302},
			{Method: "GET", URL: oktaURL + ssoPath, Status: 200},
			{Method: "POST", URL: acsURL, Status: 303},
			{Method: "GET", URL: spURL + "/home", Status: 200},
		},
		RequestID: "_r42", Response: []byte(response), PostedTo: acsURL, RelayState: "state & more",
		FinalURL: spURL + "/home", Status: 200, At: start, OktaRequestID: "req" + strings.ReplaceAll(ssoPath, "/", "-"),
	}
	if diff := cmp.Diff(want, w.run(t, spStart)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, q := range w.seen {
		if q.agent != "ssowizard/test" {
			t.Errorf("%s %s came from %q", q.method, q.url, q.agent)
		}
	}
	if got := w.seen[4].origin; got != oktaURL {
		t.Errorf("the form came from origin %q", got)
	}
}

func TestSignInStartsAtTheTile(t *testing.T) {
	t.Parallel()
	w, _, _, _ := newWorld()
	seen := w.run(t, sso.SignInRequest{Flow: sso.FlowIdPInitiated, StartURL: tile, Deliver: true})
	if seen.Outcome != sso.OutcomeSignedIn || seen.RequestID != "" || string(seen.Response) != response || seen.Flow != sso.FlowIdPInitiated {
		t.Errorf("%+v", seen)
	}
}

func TestSignInDeliversOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	w, _, _, _ := newWorld()
	req := spStart
	req.Deliver = false
	seen := w.run(t, req)
	if seen.Outcome != sso.OutcomeAnswered || seen.PostedTo != acsURL || string(seen.Response) != response || seen.FinalURL != oktaURL+ssoPath {
		t.Errorf("%+v", seen)
	}
	for _, q := range w.seen {
		if strings.HasPrefix(q.url, acsURL) {
			t.Error("the response was delivered")
		}
	}
}

func TestSignInFollowsThePostBinding(t *testing.T) {
	t.Parallel()
	w, o, app, _ := newWorld()
	asked := base64.StdEncoding.EncodeToString([]byte("<?xml version=\"1.0\"?>\n" + authnRequestXML("")))
	app["/start"] = show(200, `<p>Wait</p><form method=post action="`+oktaURL+ssoPath+`"><input type=hidden name=SAMLRequest value="`+asked+`">`+
		`<input type=hidden name=RelayState value="a &amp; &quot;b&quot;"></form>`)
	var posted string
	o.afterSSO = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			posted = r.FormValue("SAMLRequest")
		}
		return false
	}
	seen := w.run(t, spStart)
	if seen.Outcome != sso.OutcomeSignedIn || seen.RequestID != "_r42" || seen.RelayState != `a & "b"` {
		t.Errorf("%+v", seen)
	}
	if posted != asked {
		t.Errorf("Okta got %q", posted)
	}
}

func TestSignInFollowsWhatABrowserFollows(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]http.HandlerFunc{
		"301":               redirect(301, "/next"),
		"relative redirect": redirect(302, "next?a=b"),
		"303":               redirect(303, "/next"),
		"307":               redirect(307, "//app.sp.example/next"),
		"308":               redirect(308, spURL+"/next#part"),
		"meta refresh":      show(200, `<meta http-equiv="Refresh" content="0; URL='/next'">`),
		"script form":       show(200, `<form action="next" method="post"><input type="hidden" name="a" value="b"></form><script>document.forms[0].submit()</script>`),
		"onload form": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `<html><body onload="document.forms[0].submit()"><form action=/next><input type=hidden name=a value=b></form></body></html>`)
		},
		"base and form":      show(200, `<base href="`+spURL+`/deep/"><form action="../next" method="post"><input type="hidden" name="a"></form><script>x.submit()</script>`),
		"form in noscript":   show(200, `<noscript><form action="/next"><input type="hidden" name="SAMLRequestX" value="1"></form></noscript><script>f.submit()</script>`),
		"form without close": show(200, `<form action="/next" method=POST><input type=hidden name=a value=1><script>this.submit()</script>`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _, app, _ := newWorld()
			app["/next"] = app["/start"]
			app["/start"] = first
			if seen := w.run(t, spStart); seen.Outcome != sso.OutcomeSignedIn {
				t.Errorf("%+v", seen)
			}
		})
	}
}

func TestRedirectsKeepTheMethodOnlyWhereABrowserDoes(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{301: "GET", 302: "GET", 303: "GET", 307: "POST", 308: "POST"} {
		w, _, _, auth := newWorld()
		auth["/saml/acs"] = redirect(status, "/second")
		got, body := "", ""
		auth["/second"] = func(w http.ResponseWriter, r *http.Request) {
			got, body = r.Method, r.FormValue("RelayState")
			page(w, 200, "in")
		}
		if seen := w.run(t, spStart); seen.Outcome != sso.OutcomeSignedIn || got != want || (body != "") != (want == "POST") {
			t.Errorf("%d: %s with %q, %s", status, got, body, seen.Outcome)
		}
	}
}

// nowhereElse checks that neither password nor session token left for another
// origin than Okta's.
func nowhereElse(t *testing.T, w *world) {
	t.Helper()
	for _, q := range w.seen {
		for _, s := range []string{password, strings.ReplaceAll(password, " ", "+"), strings.ReplaceAll(password, " ", "%20"), token} {
			if strings.Contains(q.url+q.body+q.cookies, s) && !strings.HasPrefix(q.url, oktaURL+"/") {
				t.Errorf("a secret went to %s", q.url)
			}
		}
		if strings.Contains(q.url, password) {
			t.Errorf("the password stood in an address: %s", q.url)
		}
	}
}

func TestTheSessionTokenIsStoppedBeforeItLeaves(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(http.ResponseWriter){
		"in a redirect": func(w http.ResponseWriter) {
			w.Header().Set("Location", "https://app.sp.example/x?sessionToken="+token)
			w.WriteHeader(302)
		},
		"in a form": func(w http.ResponseWriter) {
			page(w, 200, `<form method=post action="`+acsURL+`"><input type=hidden name=SAMLResponse value="PHg+"><input type=hidden name=t value="`+token+`"></form>`)
		},
	} {
		w, o, _, _ := newWorld()
		o.afterSSO = func(w http.ResponseWriter, _ *http.Request) bool { send(w); return true }
		seen := w.run(t, spStart)
		if seen.Outcome != sso.OutcomeIdPError && seen.Outcome != sso.OutcomeNotAssigned {
			t.Errorf("%s: %s", name, seen.Outcome)
		}
		nowhereElse(t, w)
	}
}

func TestTheActionIsReadAsABrowserReadsIt(t *testing.T) {
	t.Parallel()
	for action, want := range map[string]string{
		"https://auth.sp.example/acs?a=1&b=2": "https://auth.sp.example/acs?a=1&b=2",
		"  https://auth.sp.example/acs/ ":     "https://auth.sp.example/acs/",
		"/relative/acs":                       oktaURL + "/relative/acs",
		"//auth.sp.example/acs":               "https://auth.sp.example/acs",
		"https://auth.sp.example/a%2Fb":       "https://auth.sp.example/a%2Fb",
	} {
		w, o, _, _ := newWorld()
		o.action = action
		req := spStart
		req.Deliver = false
		if seen := w.run(t, req); seen.PostedTo != want {
			t.Errorf("%q: posted to %q, want %q", action, seen.PostedTo, want)
		}
	}
}

func TestTheWholeFormIsDelivered(t *testing.T) {
	t.Parallel()
	w, o, _, _ := newWorld()
	o.formExtra = `<input type=hidden name=extra value="1&gt;0"><input type=hidden name=off value=x disabled><input type=submit name=button value=Go>` +
		`<input type=checkbox name=c1 value=y checked><input type=checkbox name=c2 value=y><textarea name=ta>text</textarea>`
	w.run(t, spStart)
	body := w.seen[4].body
	for _, want := range []string{"extra=1%3E0", "SAMLResponse=", "RelayState=state+%26+more", "c1=y", "ta=text"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in %q", want, body)
		}
	}
	for _, not := range []string{"off=", "button=", "c2=", "go="} {
		if strings.Contains(body, not) {
			t.Errorf("%q is in %q", not, body)
		}
	}
}

func TestDetailIsShortPlainVisibleText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"hidden parts":  {`<style>p{}</style><script>var a="<p>no</p>"</script><p>Yes,` + "\n\t" + `<b>yo</b>u</p><div hidden>no</div><div style="display: none">no</div><noscript>no</noscript><template>no</template>`, "Yes, you"},
		"entities":      {"<p>Caf&eacute; &lt;b&gt;</p><p>zwei</p>", "Café <b> zwei"},
		"controls":      {"a&#27;[31m\x9b\x00b\u202e", "a[31mb"},
		"the password":  {"you typed " + html.EscapeString(password), "you typed [secret]"},
		"the main part": {`<header>Menu <a href="/">Home</a></header><main><h1>Refused</h1><p hidden>no</p>Wrong audience</main><footer>Imprint</footer>`, "Refused Wrong audience"},
		"an empty main": {`<p>Refused</p><div role="main"> </div>`, "Refused"},
		"only noscript": {"<noscript>Turn scripts on</noscript>", "Turn scripts on"},
	} {
		w, _, _, auth := newWorld()
		auth["/saml/acs"] = show(403, c.body)
		if seen := w.run(t, spStart); seen.Detail != c.want {
			t.Errorf("%s: %q, want %q", name, seen.Detail, c.want)
		}
	}
	w, _, _, auth := newWorld()
	auth["/saml/acs"] = show(403, strings.Repeat("ü", 5000))
	if d := w.run(t, spStart).Detail; len(d) > 300 || len(d) < 290 || !utf8.ValidString(d) {
		t.Errorf("%d bytes: %q", len(d), d)
	}
	auth["/saml/acs"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
		w.WriteHeader(403)
		fmt.Fprint(w, "<p>Zugriff f\xfcr Ana verweigert</p>")
	}
	if d := w.run(t, spStart).Detail; d != "Zugriff für Ana verweigert" {
		t.Errorf("other encodings: %q", d)
	}
}

func TestEachSignInBeginsWithoutCookies(t *testing.T) {
	t.Parallel()
	w, o, _, _ := newWorld()
	c := w.client(t)
	for range 2 {
		if seen, err := c.SignIn(t.Context(), spStart); err != nil || seen.Outcome != sso.OutcomeSignedIn {
			t.Fatalf("%+v, %v", seen, err)
		}
	}
	if len(o.logins) != 2 || w.seen[6].cookies != "" || w.seen[7].cookies != "" {
		t.Errorf("%d logins, cookies %q and %q", len(o.logins), w.seen[6].cookies, w.seen[7].cookies)
	}
}

func TestHopsAreBounded(t *testing.T) {
	t.Parallel()
	w, _, app, _ := newWorld()
	n := 0
	app["/start"] = func(w http.ResponseWriter, _ *http.Request) { n++; redirect(302, fmt.Sprint("/start?n=", n))(w, nil) }
	seen, err := w.client(t, func(c *signin.Config) { c.MaxHops = 7 }).SignIn(t.Context(), spStart)
	if err != nil || seen.Outcome != sso.OutcomeStartRefused || n != 7 || len(seen.Hops) != 7 {
		t.Errorf("%d requests: %+v, %v", n, seen, err)
	}
}

func TestAnEndedContextIsAnErrorAndKeepsWhatWasSeen(t *testing.T) {
	t.Parallel()
	w, o, _, _ := newWorld()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o.afterSSO = func(w http.ResponseWriter, _ *http.Request) bool {
		cancel()
		redirect(302, ssoPath)(w, nil)
		return true
	}
	seen, err := w.client(t).SignIn(ctx, spStart)
	if !errors.Is(err, context.Canceled) || seen.RequestID != "_r42" || seen.Outcome != "" {
		t.Errorf("%+v, %v", seen, err)
	}
	if err != nil && strings.Contains(err.Error(), token) {
		t.Errorf("the session token is in %q", err)
	}
}

// brokenBody ends before it was promised to.
type brokenBody struct{ world *world }

func (b brokenBody) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := b.world.RoundTrip(req)
	if err == nil && req.URL.Path == "/login/sessionCookieRedirect" {
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader("x"), failing{}))
	}
	return resp, err
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestABrokenAnswerIsUnreachableAndTellsNoQuery(t *testing.T) {
	t.Parallel()
	w, _, _, _ := newWorld()
	seen, err := w.client(t, func(c *signin.Config) { c.Transport = brokenBody{w} }).SignIn(t.Context(), spStart)
	if err != nil || seen.Outcome != sso.OutcomeUnreachable || seen.Detail != oktaURL+" did not answer: the connection broke off" {
		t.Errorf("%+v, %v", seen, err)
	}
	w.hosts["acme.okta.com"] = nil
	seen = w.run(t, spStart)
	if seen.Outcome != sso.OutcomeUnreachable || strings.Contains(seen.Detail, "?") {
		t.Errorf("%+v", seen)
	}
}

type hinting struct{}

func (hinting) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, hint.Add(errors.New("x509: unknown authority"), "a proxy may break TLS: --ca-file")
}

func TestHintsOfTheTransportAreKept(t *testing.T) {
	t.Parallel()
	w, _, _, _ := newWorld()
	seen, err := w.client(t, func(c *signin.Config) { c.Transport = hinting{} }).SignIn(t.Context(), spStart)
	if err != nil || !strings.Contains(seen.Detail, "unknown authority; a proxy may break TLS") {
		t.Errorf("%+v, %v", seen, err)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	w, _, _, _ := newWorld()
	good := signin.Config{Transport: w, OktaURL: oktaURL, Login: login, Password: secret.New(password), Now: nowFake}
	for name, change := range map[string]func(*signin.Config){
		"no org":          func(c *signin.Config) { c.OktaURL = "" },
		"no scheme":       func(c *signin.Config) { c.OktaURL = "acme.okta.com" },
		"plain http":      func(c *signin.Config) { c.OktaURL = "http://acme.okta.com" },
		"user in address": func(c *signin.Config) { c.OktaURL = "https://a:b@acme.okta.com" },
		"no transport":    func(c *signin.Config) { c.Transport = nil },
		"no clock":        func(c *signin.Config) { c.Now = nil },
		"no login":        func(c *signin.Config) { c.Login = " " },
		"no password":     func(c *signin.Config) { c.Password = secret.String{} },
	} {
		cfg := good
		change(&cfg)
		if _, err := signin.New(cfg); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	for _, u := range []string{oktaURL, oktaURL + "/", "https://ACME.okta.com:443", "http://127.0.0.1:7001", "http://[::1]:7001", "http://localhost:1"} {
		cfg := good
		cfg.OktaURL = u
		if _, err := signin.New(cfg); err != nil {
			t.Errorf("%s was refused: %v", u, err)
		}
	}
}

func TestSignInRefusesAStartThatIsNoAddress(t *testing.T) {
	t.Parallel()
	w, _, _, _ := newWorld()
	for _, u := range []string{"", "/start", "javascript:alert(1)", "https://"} {
		if _, err := w.client(t).SignIn(t.Context(), sso.SignInRequest{StartURL: u}); err == nil {
			t.Errorf("%q was accepted", u)
		}
	}
}

func TestTheOrgIsTheSameInOtherLetters(t *testing.T) {
	t.Parallel()
	w, _, app, _ := newWorld()
	app["/start"] = redirect(302, strings.Replace(ssoRedirect(""), "acme.okta.com", "ACME.okta.com:443", 1))
	req := spStart
	req.Deliver = false
	if seen := w.run(t, req); seen.Outcome != sso.OutcomeAnswered {
		t.Errorf("%+v", seen)
	}
}
