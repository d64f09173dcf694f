package sp_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func TestCloudTalkIsSetUpByItsGuideAndSignsIn(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	b := o.person()
	b.open(cloudPortal + "/")
	if strings.Contains(b.page.text, "Log in with SSO") {
		t.Error("the link to SSO shows while SSO is off")
	}
	b.press("Next", map[string]string{"Email address": ana})
	b.press("Sign in", map[string]string{"Password": "secret-ana"})
	for _, step := range []string{"Account", "Settings", "Single Sign-on"} {
		link := find(b.page.doc, func(n *html.Node) bool { return n.Data == "a" && textOf(n) == step })
		if link == nil {
			t.Fatalf("no link %q on %s: %s", step, b.page.url, b.page.text)
		}
		b.open(b.page.url.ResolveReference(mustParse(t, attr(link, "href"))).String())
	}
	b.press("Save", map[string]string{"Enable Okta SSO": "true", "Client ID": o.client, "Client Secret": o.secret,
		"Discovery URL": o.url + "/", "Method": "GET"})
	if b.page.role("status") != "The settings are saved. Okta SSO is on." {
		t.Fatalf("after saving (%d): %s", b.page.status, b.page.text)
	}
	if strings.Contains(b.page.raw, o.secret) {
		t.Error("the page shows the secret")
	}

	someone := o.person()
	someone.open(cloudPortal + "/")
	link := find(someone.page.doc, func(n *html.Node) bool { return n.Data == "a" && textOf(n) == "Log in with SSO" })
	if link == nil {
		t.Fatalf("no link to SSO: %s", someone.page.text)
	}
	someone.open(cloudPortal + attr(link, "href"))
	someone.press("Continue", map[string]string{"CloudTalk email": ana})
	choice := find(someone.page.doc, func(n *html.Node) bool { return n.Data == "a" && textOf(n) == "Okta" })
	if choice == nil {
		t.Fatalf("no choice of Okta: %s", someone.page.text)
	}
	someone.open(attr(choice, "href"))
	if !strings.Contains(someone.page.raw, `value="`+ana+`"`) {
		t.Error("Okta was not told the address")
	}
	home := o.signInAtOkta(someone, ana)
	if home.status != 200 || !strings.Contains(home.text, "signed in with SSO") || !strings.Contains(home.text, "Ana Lima") {
		t.Fatalf("after the sign-in %s (%d): %s", home.url, home.status, home.text)
	}
	// The session at Okta is enough for the broker's second host.
	if again := someone.open(cognitoStart); !strings.Contains(again.text, "signed in with SSO") {
		t.Errorf("at the second host: %s (%d): %s", again.url, again.status, again.text)
	}
	// An answer is good once.
	if spent := someone.open(firstAnswer + "?code=x&state=y"); spent.reason() != "unknown_request" {
		t.Errorf("made-up answer: %s", spent.text)
	}
}

func TestCloudTalkTakesTheIssuerWithAndWithoutASlashAndBothMethods(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	for _, change := range []map[string]any{
		{}, {"discovery_url": o.url}, {"method": "POST"}, {"enforce": true},
	} {
		o.set(change)
		b := o.person()
		b.open(cloudStart)
		if home := o.signInAtOkta(b, ana); !strings.Contains(home.text, "signed in with SSO") {
			t.Errorf("%v: %s (%d): %s", change, home.url, home.status, home.text)
		}
		o.clock.pass(time.Second)
	}
	o.set(map[string]any{"discovery_url": o.url + "//"})
	if refused := o.person().open(cloudStart); refused.reason() != "bad_issuer" {
		t.Errorf("two slashes: %q %s", refused.reason(), refused.text)
	}
}

func TestCloudTalkRefusesForTheTrueReasonWhatOktaSays(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.assign("chloe.durand@acme.example") // has no account at CloudTalk
	o.assign("reception.kiosk@acme.example")
	for _, c := range []struct {
		name, login  string
		change       map[string]any
		reason, says string
	}{
		{"not assigned", "ben.okafor@acme.example", nil, "idp_error", "access_denied: User is not assigned to the client application."},
		{"wrong secret", ana, map[string]any{"client_secret": "quite-another-secret"}, "token_refused", "invalid_client: The client secret supplied for a confidential client is invalid."},
		{"unknown person", "chloe.durand@acme.example", nil, "person_unknown", `"chloe.durand@acme.example"`},
		{"no address", "reception.kiosk@acme.example", nil, "attribute_missing", "attributes required: [email]"},
	} {
		o.set(c.change)
		b := o.person()
		b.open(cloudStart)
		got := o.signInAtOkta(b, c.login)
		if got.reason() != c.reason || !strings.Contains(strings.ToLower(got.text), strings.ToLower(c.says)) || got.status != 403 {
			t.Errorf("%s: %q (%d) %s", c.name, got.reason(), got.status, got.text)
		}
	}
	o.set(map[string]any{"client_id": "0oaNobody"})
	if at := o.person().open(cloudStart); at.status != 400 || !strings.HasPrefix(at.url.String(), o.url) {
		t.Errorf("unknown client: %s (%d)", at.url, at.status)
	}
}

func TestCloudTalkAsksForARegisteredRedirectURI(t *testing.T) {
	t.Parallel()
	o := newOrg(t, firstAnswer)
	o.set(nil)
	at := o.person().open(cognitoStart)
	if at.status != 400 || !strings.Contains(at.text, "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings") {
		t.Errorf("%s (%d): %s", at.url, at.status, at.text)
	}
}

func TestCloudTalkWithBasicOnlyAppIsRefused(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	app := o.admin("GET", "/api/v1/apps/"+o.app, "")
	app["credentials"].(map[string]any)["oauthClient"].(map[string]any)["token_endpoint_auth_method"] = "client_secret_basic"
	body, err := json.Marshal(app)
	if err != nil {
		t.Fatal(err)
	}
	o.admin("PUT", "/api/v1/apps/"+o.app, string(body))
	o.set(nil)
	b := o.person()
	b.open(cloudStart)
	if got := o.signInAtOkta(b, ana); got.reason() != "token_refused" || !strings.Contains(got.text, "invalid_client") {
		t.Errorf("%q %s", got.reason(), got.text)
	}
}

func TestCloudTalkThatIsOffOrEmptyRefuses(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	if got := o.person().open(cloudStart); got.reason() != "not_configured" {
		t.Errorf("empty: %s", got.text)
	}
	o.set(nil)
	begun := o.person()
	begun.open(cloudStart)
	if status, _ := o.callAt(o.api+"/sso-settings/v1", o.token, "PUT", "/connection/enabled", `{"enabled":false}`); status != 200 {
		t.Fatal(status)
	}
	if got := o.person().open(cloudStart); got.reason() != "sso_not_enabled" {
		t.Errorf("off: %s", got.text)
	}
	if got := o.signInAtOkta(begun, ana); got.reason() != "sso_not_enabled" {
		t.Errorf("off meanwhile: %s", got.text)
	}
	if got := o.person().open(cloudStart + "x"); got.reason() != "not_configured" {
		t.Errorf("another provider: %s", got.text)
	}
}

func TestAnswerOfCloudTalkBelongsToItsBrowserAndItsTime(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.set(nil)
	answer := func() (*browser, string) {
		b := o.person()
		last := ""
		b.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
			if strings.HasPrefix(r.URL.String(), firstAnswer) {
				last = r.URL.String()
				return http.ErrUseLastResponse
			}
			return nil
		}
		b.open(cloudStart)
		o.signInAtOkta(b, ana)
		o.clock.pass(time.Second)
		return b, last
	}
	b, to := answer()
	if got := o.person().open(to); got.reason() != "request_cookie_missing" {
		t.Errorf("another browser: %s", got.text)
	}
	b.client.CheckRedirect = nil
	if got := b.open(to); !strings.Contains(got.text, "signed in with SSO") {
		t.Errorf("its own browser: %s", got.text)
	}
	if got := b.open(to); got.reason() != "unknown_request" {
		t.Errorf("a second time: %s", got.text)
	}
	b, to = answer()
	b.client.CheckRedirect = nil
	o.clock.pass(11 * time.Minute)
	if got := b.open(to); got.reason() != "unknown_request" {
		t.Errorf("too late: %s", got.text)
	}
	b, to = answer()
	b.client.CheckRedirect = nil
	o.world.start() // a restart in between
	if got := b.open(to); !strings.Contains(got.text, "signed in with SSO") {
		t.Errorf("after a restart: %s", got.text)
	}
	for query, reason := range map[string]string{"": "malformed", "?code=x": "malformed"} {
		if got := b.open(firstAnswer + query); got.reason() != reason || got.status != 400 {
			t.Errorf("%q: %d %s", query, got.status, got.text)
		}
	}
	if got := b.open(cloudPortal + "/login/sso/ticket?ticket=made-up"); got.status != 403 {
		t.Errorf("made-up ticket: %d", got.status)
	}
}

func TestCloudTalkRefusesWhatAnIdentityProviderMustNotSend(t *testing.T) {
	t.Parallel()
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		break_       func(p *idp)
		reason, says string
	}{
		"in order":          {func(*idp) {}, "", ""},
		"token of another":  {func(p *idp) { p.claims = map[string]any{"iss": "https://other.okta.com"} }, "bad_issuer", "Bad id_token issuer: https://other.okta.com"},
		"discovery":         {func(p *idp) { p.issuer = "https://other.okta.com" }, "bad_issuer", "Bad id_token issuer: https://other.okta.com"},
		"another client":    {func(p *idp) { p.claims = map[string]any{"aud": "x"} }, "wrong_audience", "is for x"},
		"two clients":       {func(p *idp) { p.claims = map[string]any{"aud": []string{"0oa-cloud", "x"}} }, "wrong_audience", "x"},
		"another nonce":     {func(p *idp) { p.claims = map[string]any{"nonce": "x"} }, "wrong_nonce", "nonce"},
		"no nonce":          {func(p *idp) { p.claims = map[string]any{"nonce": nil} }, "wrong_nonce", "nonce"},
		"ended":             {func(p *idp) { p.claims = map[string]any{"exp": 1} }, "expired", "ended"},
		"from the future":   {func(p *idp) { p.claims = map[string]any{"iat": 4102444800} }, "bad_token", "future"},
		"signed by another": {func(p *idp) { p.signWith = stranger }, "bad_token", "signature"},
		"shared secret":     {func(p *idp) { p.alg = jose.HS256 }, "bad_token", ""},
		"no ID token":       {func(p *idp) { p.noID = true }, "bad_token", "no ID token"},
		"no code":           {func(p *idp) { p.noCode = true }, "malformed", "neither a code"},
		"user info fails":   {func(p *idp) { p.status = 405 }, "user_info_failed", "GET with status 405; try the other method"},
		"somebody else":     {func(p *idp) { p.info = map[string]any{"sub": "u2", "email": ana} }, "user_info_failed", "somebody else"},
		"no address":        {func(p *idp) { p.info = map[string]any{"sub": "u1", "name": "\x1b[2J"} }, "attribute_missing", "name, sub"},
		"unknown address":   {func(p *idp) { p.info = map[string]any{"sub": "u1", "email": "x\x1b@y"} }, "person_unknown", ""},
	} {
		p := newIdP(t)
		p.info = map[string]any{"sub": "u1", "email": ana}
		c.break_(p)
		cl := newCloud(t, p.URL)
		p.now = cl.clock.now
		cl.set(nil)
		got := cl.person().open(cloudStart)
		if got.reason() != c.reason || !strings.Contains(got.text, c.says) || strings.Contains(got.raw, "\x1b") || strings.Contains(got.raw, cl.secret) {
			t.Errorf("%s: %q %s", name, got.reason(), got.text)
		}
		if c.reason == "" && !strings.Contains(got.text, "signed in with SSO") {
			t.Errorf("%s: %s", name, got.text)
		}
	}
}

func TestCloudTalkAsksForUserInfoWithTheMethodChosen(t *testing.T) {
	t.Parallel()
	p := newIdP(t)
	p.info = map[string]any{"sub": "u1", "email": strings.ToUpper(ana)}
	c := newCloud(t, p.URL)
	p.now = c.clock.now
	for _, method := range []string{"GET", "POST"} {
		c.set(map[string]any{"method": method})
		if got := c.person().open(cloudStart); !strings.Contains(got.text, "signed in with SSO") {
			t.Errorf("%s: %s", method, got.text)
		}
	}
	if diff := cmp.Diff([]string{"GET", "POST"}, p.methods); diff != "" {
		t.Errorf("methods (-want +got):\n%s", diff)
	}
}

func TestCloudTalkReachesNobodyButTheSandboxesOkta(t *testing.T) {
	t.Parallel()
	asked := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	t.Cleanup(other.Close)
	p := newIdP(t)
	p.now = time.Now
	c := newCloud(t, p.URL)
	c.set(map[string]any{"discovery_url": "https" + strings.TrimPrefix(other.URL, "http")})
	if got := c.person().open(cloudStart); got.reason() != "discovery_failed" || !strings.Contains(got.text, "its own Okta at "+p.URL) {
		t.Errorf("%q %s", got.reason(), got.text)
	}
	// Not even when its own Okta names other endpoints.
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"issuer":"http://%s","authorization_endpoint":"http://%[1]s/a","token_endpoint":"%s/token","userinfo_endpoint":"%[2]s/u","jwks_uri":"%[2]s/k"}`, r.Host, other.URL)
	}))
	t.Cleanup(elsewhere.Close)
	c = newCloud(t, elsewhere.URL)
	c.set(nil)
	b := c.person()
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	state := mustParse(t, b.open(cloudStart).header.Get("Location")).Query().Get("state")
	if got := b.open(firstAnswer + "?code=x&state=" + state); got.reason() != "token_refused" || asked {
		t.Errorf("asked %v: %s", asked, got.text)
	}
}
