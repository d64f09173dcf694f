package signin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.com/ssowizard/internal/sso"
)

func TestOutcomes(t *testing.T) {
	t.Parallel()
	authn := func(status int, body string) func(*okta, mux, mux) {
		return func(o *okta, _, _ mux) {
			o.authn = func(w http.ResponseWriter, _ map[string]any) {
				w.WriteHeader(status)
				fmt.Fprint(w, body)
			}
		}
	}
	after := func(status int, body string) func(*okta, mux, mux) {
		return func(o *okta, _, _ mux) {
			o.afterSSO = func(w http.ResponseWriter, _ *http.Request) bool { page(w, status, body); return true }
		}
	}
	afterRedirect := func(to string) func(*okta, mux, mux) {
		return func(o *okta, _, _ mux) {
			o.afterSSO = func(w http.ResponseWriter, r *http.Request) bool { redirect(302, to)(w, r); return true }
		}
	}
	app := func(h http.HandlerFunc) func(*okta, mux, mux) { return func(_ *okta, app, _ mux) { app["/start"] = h } }
	acs := func(h http.HandlerFunc) func(*okta, mux, mux) {
		return func(_ *okta, _, auth mux) { auth["/saml/acs"] = h }
	}
	stateful := func(status string) string {
		return `{"status":"` + status + `","stateToken":"00state","_embedded":{},"_links":{"cancel":{}}}`
	}
	for name, c := range map[string]struct {
		change func(o *okta, app, auth mux)
		want   sso.Outcome
		detail string
	}{
		"no SSO at the start":              {app(show(200, "<h1>Log in</h1>")), sso.OutcomeStartRefused, "Log in"},
		"start refused":                    {app(show(403, "SSO is not on")), sso.OutcomeStartRefused, "SSO is not on"},
		"start broken":                     {app(show(500, "")), sso.OutcomeStartRefused, "Page"},
		"start says JSON":                  {app(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"error":"x"}`) }), sso.OutcomeStartRefused, `{"error":"x"}`},
		"start in circles":                 {app(redirect(302, "/start")), sso.OutcomeStartRefused, "circles"},
		"start leads off the web":          {app(redirect(302, "spapp://sso?x=1")), sso.OutcomeStartRefused, "none of the web: spapp"},
		"another Okta org":                 {app(redirect(302, "https://other.okta.com/app/x/sso/saml?SAMLRequest=abc")), sso.OutcomeIdPError, "the service provider sends people to https://other.okta.com, not to https://acme.okta.com"},
		"another Okta org by a form":       {app(show(200, `<form method=post action="https://other.okta.com/x"><input type=hidden name=SAMLRequest value=abc></form>`)), sso.OutcomeIdPError, "https://other.okta.com"},
		"Okta over http":                   {app(redirect(302, "http://acme.okta.com/app?SAMLRequest=abc")), sso.OutcomeIdPError, "http://acme.okta.com"},
		"start host unknown":               {app(redirect(302, "https://nowhere.example/?secret=1")), sso.OutcomeUnreachable, "https://nowhere.example did not answer: lookup nowhere.example: no such host"},
		"wrong password":                   {authn(401, `{"errorCode":"E0000004","errorSummary":"Authentication failed","errorCauses":[]}`), sso.OutcomeWrongPassword, "Authentication failed (E0000004)"},
		"locked":                           {authn(200, `{"status":"LOCKED_OUT","_links":{"next":{"name":"unlock"}}}`), sso.OutcomeLocked, "LOCKED_OUT"},
		"locked by an error":               {authn(403, `{"errorCode":"E0000069","errorSummary":"User Locked"}`), sso.OutcomeLocked, "User Locked"},
		"second factor":                    {authn(200, stateful("MFA_REQUIRED")), sso.OutcomeMoreFactors, "MFA_REQUIRED"},
		"enrolment":                        {authn(200, stateful("MFA_ENROLL")), sso.OutcomeMoreFactors, "MFA_ENROLL"},
		"challenge":                        {authn(200, stateful("MFA_CHALLENGE")), sso.OutcomeMoreFactors, "MFA_CHALLENGE"},
		"password expired":                 {authn(200, stateful("PASSWORD_EXPIRED")), sso.OutcomePasswordStale, "PASSWORD_EXPIRED"},
		"password reset":                   {authn(200, stateful("PASSWORD_RESET")), sso.OutcomePasswordStale, "PASSWORD_RESET"},
		"recovery":                         {authn(200, stateful("RECOVERY")), sso.OutcomeIdPError, "RECOVERY"},
		"no token":                         {authn(200, `{"status":"SUCCESS"}`), sso.OutcomeIdPError, "SUCCESS"},
		"authn is a web page":              {authn(200, `<html>Proxy</html>`), sso.OutcomeIdPError, "answered 200 and no authentication result"},
		"authn without API":                {authn(404, ``), sso.OutcomeIdPError, "answered 404"},
		"token not taken":                  {func(o *okta, _, _ mux) { o.authn = wrongToken }, sso.OutcomeMoreFactors, "Sign In"},
		"policy wants more":                {after(200, `<div id="okta-login-container">Verify it's you</div>`), sso.OutcomeMoreFactors, "Verify it's you"},
		"policy wants the password":        {after(200, `<form><input type=text name=u><input type=password name=p></form>Again`), sso.OutcomeMoreFactors, "Again"},
		"sent to sign in again":            {func(o *okta, _, _ mux) { o.afterSSO = toSignInPage }, sso.OutcomeMoreFactors, "Sign in"},
		"not assigned":                     {after(403, `<h1>App Not Assigned</h1>`), sso.OutcomeNotAssigned, "App Not Assigned"},
		"not assigned, friendly":           {after(200, `<p>The application is not assigned to you.</p>`), sso.OutcomeNotAssigned, "not assigned to you"},
		"not assigned, own page":           {afterRedirect("https://intranet.acme.example/help?x=1"), sso.OutcomeNotAssigned, "https://intranet.acme.example/help instead"},
		"app gone":                         {after(404, `<h1>Page Not Found</h1>`), sso.OutcomeIdPError, "Page Not Found"},
		"bad request":                      {after(400, `<h1>400 Bad Request</h1>GENERAL_NONSUCCESS`), sso.OutcomeIdPError, "GENERAL_NONSUCCESS"},
		"Okta broken":                      {after(500, ``), sso.OutcomeIdPError, "Page"},
		"Okta in circles":                  {afterRedirect(oktaURL + ssoPath), sso.OutcomeIdPError, "circles"},
		"federated":                        {afterRedirect("https://adfs.example/?SAMLRequest=abc"), sso.OutcomeIdPError, "https://adfs.example to sign in there"},
		"another domain of the org":        {afterRedirect("https://login.acme.example" + ssoPath), sso.OutcomeIdPError, "under https://login.acme.example"},
		"OAuth error":                      {afterRedirect("https://app.sp.example/cb?error=access_denied&error_description=User+is+not+assigned+to+the+client+application."), sso.OutcomeNotAssigned, "access_denied: User is not assigned"},
		"another OAuth error":              {afterRedirect("https://app.sp.example/cb?error=invalid_scope"), sso.OutcomeIdPError, "invalid_scope"},
		"response is rubbish":              {after(200, `<form action="`+acsURL+`" method=post><input type=hidden name=SAMLResponse value="%%%"></form>`), sso.OutcomeIdPError, "not base64"},
		"response is empty":                {after(200, `<form action="`+acsURL+`" method=post><input type=hidden name=SAMLResponse></form>`), sso.OutcomeIdPError, "empty"},
		"refused":                          {acs(show(403, "<h1>Wrong audience</h1><p>Expected N2P</p>")), sso.OutcomeSPRefused, "Wrong audience Expected N2P"},
		"broken":                           {acs(show(500, "Oops")), sso.OutcomeSPRefused, "Oops"},
		"refused without words":            {acs(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }), sso.OutcomeSPRefused, "empty page with status 401"},
		"refused after a redirect":         {acs(redirect(302, "/missing")), sso.OutcomeSPRefused, "nothing here"},
		"back on the sign-in page":         {acs(show(200, `<p>Sign-in failed</p><form><input name=u><input type=password name=p></form>`)), sso.OutcomeSPRefused, "Sign-in failed"},
		"signed in beside a sign-out form": {acs(show(200, `<p>Hello</p><a href="/x">x</a><form method=post action="/saml/out"><input type=hidden name=csrf value=1></form><script>out.onclick=()=>f.submit()</script>`)), sso.OutcomeSignedIn, "Hello"},
		"widget with a hidden form":        {after(200, `<div id="okta-sign-in"></div><form method=post action="/x"><input type=hidden name=a></form><script>f.submit()</script>`), sso.OutcomeMoreFactors, "Page"},
		"asked again":                      {acs(redirect(302, ssoRedirect(""))), sso.OutcomeSPRefused, "asked https://acme.okta.com again"},
		"for ever on":                      {acs(redirect(307, "/saml/acs")), sso.OutcomeSPRefused, "circles"},
		"into its program":                 {acs(redirect(302, "spapp://signed-in?code=1")), sso.OutcomeSignedIn, "spapp"},
		"ACS host unknown":                 {func(o *okta, _, _ mux) { o.action = "https://gone.example/acs" }, sso.OutcomeUnreachable, "https://gone.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, o, app, auth := newWorld()
			c.change(o, app, auth)
			seen := w.run(t, spStart)
			if seen.Outcome != c.want || !strings.Contains(seen.Detail, c.detail) {
				t.Errorf("%s: %q, want %s: %q", seen.Outcome, seen.Detail, c.want, c.detail)
			}
			if seen.At.IsZero() || len(seen.Hops) == 0 {
				t.Errorf("incomplete: %+v", seen)
			}
			nowhereElse(t, w)
			if text := fmt.Sprintf("%+v", seen); strings.Contains(text, token) || strings.Contains(text, password) {
				t.Errorf("a secret in %s", text)
			}
		})
	}
}

func wrongToken(w http.ResponseWriter, _ map[string]any) {
	fmt.Fprint(w, `{"status":"SUCCESS","sessionToken":"spent"}`)
}

func toSignInPage(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path == "/signin/refresh" {
		page(w, 200, "Sign in")
	} else {
		http.Redirect(w, r, "/signin/refresh?fromURI=x", http.StatusFound)
	}
	return true
}
