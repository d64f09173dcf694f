package signin_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

// pair is an org and a service provider that get along.
func pair(o *widgetOrg) (hosts map[string]http.Handler, app, auth mux) {
	_, _, app, auth = newWorld()
	return map[string]http.Handler{"acme.okta.com": o, "app.sp.example": app, "auth.sp.example": auth}, app, auth
}

func TestInBrowserSignsInAtEitherEngine(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]*widgetOrg{"Identity Engine": {}, "Classic": {classic: true}} {
		hosts, _, auth := pair(o)
		acs := auth["/saml/acs"]
		auth["/saml/acs"] = func(w http.ResponseWriter, r *http.Request) {
			noTrace(t, sso.Seen{}) // while the browser runs
			acs(w, r)
		}
		b := inBrowser(t, hosts)
		seen, err := b.client(t).SignIn(t.Context(), spStart)
		if err != nil {
			t.Fatal(err)
		}
		if seen.Outcome != sso.OutcomeSignedIn || string(seen.Response) != response || seen.RequestID != "_r42" || seen.PostedTo != acsURL ||
			seen.RelayState != "state & more" || seen.FinalURL != spURL+"/home" || seen.Status != 200 || seen.Detail != "Welcome, Ana" {
			t.Errorf("%s: %+v", name, seen)
		}
		noTrace(t, seen)
	}
}

func TestInBrowserTellsHowASignInFails(t *testing.T) {
	t.Parallel()
	const idx = `{"messages":{"value":[{"message":"MESSAGE","class":"CLASS","i18n":{"key":"k"}}]},"remediation":{"value":[{"name":"NAME"}]}}`
	answer := func(message, class, name string) string {
		return strings.NewReplacer("MESSAGE", message, "CLASS", class, "NAME", name).Replace(idx)
	}
	for name, c := range map[string]struct {
		org     widgetOrg
		start   http.HandlerFunc
		acs     http.HandlerFunc
		wrong   bool
		outcome sso.Outcome
		says    string
	}{
		"wrong password":          {wrong: true, outcome: sso.OutcomeWrongPassword, says: "Unable to sign in"},
		"wrong password, Classic": {org: widgetOrg{classic: true}, wrong: true, outcome: sso.OutcomeWrongPassword, says: "E0000004"},
		"locked":                  {org: widgetOrg{answer: answer("Your account is locked", "ERROR", "")}, outcome: sso.OutcomeLocked, says: "locked"},
		"more factors":            {org: widgetOrg{answer: answer("", "INFO", "select-authenticator-authenticate")}, outcome: sso.OutcomeMoreFactors, says: "select-auth"},
		"more factors, Classic":   {org: widgetOrg{classic: true, answer: `{"status":"MFA_REQUIRED"}`}, outcome: sso.OutcomeMoreFactors, says: "MFA_REQUIRED"},
		"password expired":        {org: widgetOrg{answer: answer("", "INFO", "reenroll-authenticator")}, outcome: sso.OutcomePasswordStale, says: "new password"},
		"not assigned":            {org: widgetOrg{after: show(403, "<h1>App Not Assigned</h1>")}, outcome: sso.OutcomeNotAssigned, says: "App Not Assigned"},
		"not assigned, sent away": {org: widgetOrg{after: redirect(302, spURL+"/home")}, outcome: sso.OutcomeNotAssigned, says: spURL + "/home"},
		"an error page of Okta":   {org: widgetOrg{after: show(400, "<h1>Bad SAML request</h1>")}, outcome: sso.OutcomeIdPError, says: "Bad SAML request"},
		"refused":                 {acs: show(403, "<p>Wrong audience</p>"), outcome: sso.OutcomeSPRefused, says: "Wrong audience"},
		"asked again":             {acs: redirect(302, spURL+"/start"), outcome: sso.OutcomeSPRefused, says: "again"},
		"off":                     {start: show(200, "<p>SSO is off</p>"), outcome: sso.OutcomeStartRefused, says: "SSO is off"},
		"another org":             {start: redirect(302, strings.Replace(ssoRedirect(""), "acme", "other", 1)), outcome: sso.OutcomeIdPError, says: "other.okta.com"},
		"no such host":            {start: redirect(302, "https://nowhere.example/"), outcome: sso.OutcomeUnreachable, says: "nowhere.example did not answer"},
		"a page that asks for a password": {start: show(200, `<form method="POST"><input name="username"><input name="password" type="password"><button>Sign in</button></form>`),
			outcome: sso.OutcomeStartRefused, says: "Sign in"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hosts, app, auth := pair(&c.org)
			if c.start != nil {
				app["/start"] = c.start
			}
			if c.acs != nil {
				auth["/saml/acs"] = c.acs
			}
			b := inBrowser(t, hosts)
			client := b.client(t, func(cfg *signin.InBrowserConfig) {
				if c.wrong {
					cfg.Password = secret.New("correct horse staple")
				}
			})
			seen, err := client.SignIn(t.Context(), spStart)
			if err != nil || seen.Outcome != c.outcome || !strings.Contains(seen.Detail, c.says) {
				t.Errorf("%+v, %v", seen, err)
			}
			if tries := len(b.requests("acme.okta.com/api/v1/authn")) + len(b.requests("acme.okta.com/idp/idx/challenge")); tries > 1 {
				t.Errorf("the password was tried %d times", tries)
			}
			if len(b.requests("app.sp.example/start")) > 1 && c.acs == nil {
				t.Errorf("the service provider was asked again: %q", b.requests("app.sp.example"))
			}
		})
	}
}

func TestInBrowserSendsNothingThatIsNotToBeDelivered(t *testing.T) {
	t.Parallel()
	hosts, _, _ := pair(&widgetOrg{})
	b := inBrowser(t, hosts)
	seen, err := b.client(t).SignIn(t.Context(), sso.SignInRequest{Flow: sso.FlowIdPInitiated, StartURL: oktaURL + ssoPath})
	if err != nil || seen.Outcome != sso.OutcomeAnswered || string(seen.Response) != response || seen.PostedTo != acsURL || seen.RequestID != "" {
		t.Errorf("%+v, %v", seen, err)
	}
	if sent := b.requests("auth.sp.example"); len(sent) > 0 {
		t.Errorf("sent: %q", sent)
	}
}

func TestInBrowserFindsTheWayByLabelsAlsoIntoAnotherWindow(t *testing.T) {
	t.Parallel()
	hosts, app, _ := pair(&widgetOrg{})
	app["/portal"] = show(200, `<a href="/login">Log in with SSO</a>`)
	app["/login"] = show(200, `<form action="/choose" method="POST"><label for="e">Work e-mail *</label><input id="e" name="email"><button>Continue</button></form>`)
	app["/choose"] = func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("email") != "ana@sp.example" {
			page(w, 400, "who?")
			return
		}
		page(w, 200, `<button>Other</button><a href="/start" target="_blank">Okta</a>`)
	}
	b := inBrowser(t, hosts)
	seen, err := b.client(t).SignIn(t.Context(), sso.SignInRequest{Flow: sso.FlowSPInitiated, StartURL: spURL + "/portal", Deliver: true,
		Email: "ana@sp.example", Open: "log in with SSO", EmailField: "Work e-mail", Submit: "Continue", Choose: "Okta"})
	if err != nil || seen.Outcome != sso.OutcomeSignedIn || seen.RequestID != "_r42" {
		t.Errorf("%+v, %v", seen, err)
	}
}

// The page has a field for an address too, of its own sign-in, and its script
// takes its time before it leaves.
func TestInBrowserFillsInNothingOnAPageThatItLeaves(t *testing.T) {
	t.Parallel()
	hosts, app, _ := pair(&widgetOrg{})
	late := make(chan struct{}, 1)
	app["/portal"] = show(200, `<button id="sso">Log in with SSO</button>
<form action="/password" method="POST"><label for="e">E-mail</label><input id="e" type="email" name="email"><button>Continue</button></form>
<script>
document.getElementById("sso").addEventListener("click", () => {
	fetch("/prepare").then(() => location.href = "/sso");
	setTimeout(() => navigator.sendBeacon("/late"), 500);
});
</script>`)
	app["/late"] = func(http.ResponseWriter, *http.Request) { late <- struct{}{} }
	app["/prepare"] = func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-late:
		case <-r.Context().Done():
		}
	}
	app["/password"] = show(200, `<form action="/in" method="POST"><input type="password" name="p"><button>Sign in</button></form>`)
	app["/sso"] = show(200, `<form action="/choose" method="POST"><label for="e">Work e-mail</label><input id="e" name="email"><button>Continue</button></form>`)
	app["/choose"] = redirect(302, "/start")
	b := inBrowser(t, hosts)
	seen, err := b.client(t).SignIn(t.Context(), sso.SignInRequest{Flow: sso.FlowSPInitiated, StartURL: spURL + "/portal", Deliver: true,
		Email: "ana@sp.example", Open: "Log in with SSO", EmailField: "Work e-mail", Submit: "Continue"})
	if err != nil || seen.Outcome != sso.OutcomeSignedIn {
		t.Errorf("%+v, %v", seen, err)
	}
	if wrong := b.requests("app.sp.example/password"); len(wrong) > 0 {
		t.Errorf("sent on the page that was left: %q", wrong)
	}
}

// A page with a line that stays open never comes to rest.
func TestInBrowserGoesOnOnAPageThatNeverRests(t *testing.T) {
	t.Parallel()
	hosts, app, _ := pair(&widgetOrg{})
	app["/news"] = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	app["/portal"] = show(200, `<button id="sso">Log in with SSO</button>
<form id="f" action="/choose" method="POST" hidden><label for="e">Work e-mail</label><input id="e" name="email"><button>Continue</button></form>
<script>
document.getElementById("sso").addEventListener("click", () => {
	new EventSource("/news");
	document.getElementById("f").hidden = false;
});
</script>`)
	app["/choose"] = redirect(302, "/start")
	seen, err := inBrowser(t, hosts).client(t).SignIn(t.Context(), sso.SignInRequest{Flow: sso.FlowSPInitiated, StartURL: spURL + "/portal", Deliver: true,
		Email: "ana@sp.example", Open: "Log in with SSO", EmailField: "Work e-mail", Submit: "Continue"})
	if err != nil || seen.Outcome != sso.OutcomeSignedIn {
		t.Errorf("%+v, %v", seen, err)
	}
}

func TestInBrowserStopsTheCodeBeforeTheRedirect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		callback, query string
		outcome         sso.Outcome
		code, errorCode string
	}{
		"a code":             {spURL + "/cb", "code=" + codeText + "&state=ours", sso.OutcomeAnswered, codeText, ""},
		"into a program":     {"com.example.app:/cb", "code=" + codeText + "&state=ours", sso.OutcomeAnswered, codeText, ""},
		"not assigned":       {spURL + "/cb", "error=access_denied&error_description=User+is+not+assigned+to+the+client+application.&state=ours", sso.OutcomeNotAssigned, "", "access_denied"},
		"of another request": {spURL + "/cb", "code=" + codeText + "&state=theirs", sso.OutcomeIdPError, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hosts, _, _ := pair(&widgetOrg{after: redirect(302, c.callback+"?"+c.query)})
			b := inBrowser(t, hosts)
			flow, err := b.client(t).CodeFlow(t.Context(), sso.CodeFlowRequest{RedirectURI: c.callback, State: "ours",
				AuthorizeURL: oktaURL + "/oauth2/v1/authorize?" + url.Values{"client_id": {"0oa1"}, "redirect_uri": {c.callback}, "response_type": {"code"}, "state": {"ours"}}.Encode()})
			if err != nil || flow.Seen.Outcome != c.outcome || flow.Code.Reveal() != c.code || flow.ErrorCode != c.errorCode {
				t.Errorf("%+v, %v", flow, err)
			}
			if sent := b.requests("app.sp.example"); len(sent) > 0 || strings.Contains(flow.Seen.Detail+flow.Seen.FinalURL+flow.Seen.PostedTo, codeText) {
				t.Errorf("sent %q, told %+v", sent, flow.Seen)
			}
		})
	}
}

func TestInBrowserLetsAPersonGoOn(t *testing.T) {
	t.Parallel()
	hosts, _, _ := pair(&widgetOrg{person: true})
	b := inBrowser(t, hosts)
	var asked []string
	client := b.client(t, func(cfg *signin.InBrowserConfig) {
		cfg.Ask = func(what string) { asked = append(asked, what) }
	}).WithPerson(false)
	seen, err := client.SignIn(t.Context(), spStart)
	if err != nil || seen.Outcome != sso.OutcomeSignedIn || len(asked) != 1 || asked[0] != "sign in as "+login+" in the browser window" {
		t.Errorf("%+v, %v, asked %q", seen, err, asked)
	}
	if len(b.requests("acme.okta.com/api/v1/authn")) > 0 {
		t.Error("the program pressed the button for the person")
	}

	// Okta knows them at the next sign-in, the service provider does not.
	seen, err = client.SignIn(t.Context(), spStart)
	if err != nil || seen.Outcome != sso.OutcomeSignedIn {
		t.Errorf("%+v, %v", seen, err)
	}
	if at := b.requests("acme.okta.com/enter"); len(at) != 1 {
		t.Errorf("signed in %d times", len(at))
	}
}

func TestInBrowserAsksAPersonForWhatItCannotDo(t *testing.T) {
	t.Parallel()
	hosts, _, _ := pair(&widgetOrg{classic: true, answer: `{"status":"MFA_REQUIRED"}`})
	b := inBrowser(t, hosts)
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	var asked []string
	client := b.client(t, func(cfg *signin.InBrowserConfig) {
		cfg.Ask = func(what string) { asked = append(asked, what); cancel(enough) }
	}).WithPerson(true)
	_, err := client.SignIn(ctx, spStart)
	if !errors.Is(err, enough) || len(asked) != 1 || asked[0] != "Okta asks for more than a password: go on in the browser window, as "+login {
		t.Errorf("%v, asked %q", err, asked)
	}
}

func TestInBrowserRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	good := signin.InBrowserConfig{OktaURL: oktaURL, Login: login, Password: secret.New(password), Now: nowFake}
	good.Browser.Program = "/usr/bin/browser"
	for name, c := range map[string]struct {
		change func(*signin.InBrowserConfig)
		tip    string
	}{
		"plain http":                {func(c *signin.InBrowserConfig) { c.OktaURL = "http://acme.okta.com" }, "https://"},
		"nobody":                    {func(c *signin.InBrowserConfig) { c.Login = " " }, "--test-user"},
		"no screen and no password": {func(c *signin.InBrowserConfig) { c.Browser.Headless, c.Password = true, secret.String{} }, "--test-password-file"},
	} {
		cfg := good
		c.change(&cfg)
		if _, err := signin.NewInBrowser(cfg); hint.CodeOf(err) != hint.Usage || !strings.Contains(strings.Join(hint.Hints(err), " "), c.tip) {
			t.Errorf("%s: %v %q", name, err, hint.Hints(err))
		}
	}
	cfg := good
	cfg.Password = secret.String{}
	if _, err := signin.NewInBrowser(cfg); err != nil {
		t.Errorf("a window without a password: %v", err)
	}
}
