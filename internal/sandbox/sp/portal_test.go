package sp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"example.com/ssowizard/internal/sandbox/sp/samlrp/samltest"
)

// adminAtSettings signs the admin in and walks the navigation as the guide does.
func (w *world) adminAtSettings() *browser {
	w.t.Helper()
	b := w.browser()
	b.signInWithPassword(ana, "secret-ana")
	b.follow("Settings")
	b.follow("Single Sign-On")
	if b.page.url.String() != settings || b.page.status != 200 {
		w.t.Fatalf("the navigation led to %s (%d)", b.page.url, b.page.status)
	}
	return b
}

func (b *browser) follow(text string) *page {
	b.t.Helper()
	a := find(b.page.doc, func(n *html.Node) bool { return n.Data == "a" && textOf(n) == text })
	if a == nil {
		b.t.Fatalf("no link %q on %s:\n%s", text, b.page.url, b.page.text)
	}
	return b.open(b.page.url.ResolveReference(mustParse(b.t, attr(a, "href"))).String())
}

func entered() map[string]string {
	return map[string]string{"Login URL": loginURL, "Entity ID": "n2p", "Public Certificate": "file:" + samltest.First().PEM()}
}

// switchState is the state that the SSO switch announces.
func (p *page) switchState() string {
	n := find(p.doc, func(n *html.Node) bool { return attr(n, "role") == "switch" && textOf(n) == "SSO" })
	if n == nil {
		return "missing"
	}
	return attr(n, "aria-checked")
}

func TestTheGuidesWayThroughThePortal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.adminAtSettings()

	b.press("Test Configuration", entered())
	if _, now := w.call("GET", "/connection", ""); now["configured"] != false {
		t.Fatal("testing saved the values")
	}
	r := w.response(ana)
	r.InResponseTo = b.requestID()
	page := b.answer(r)
	if page.url.Path != "/settings/single-sign-on" || !strings.Contains(page.role("status"), "Test passed") || !strings.Contains(page.role("status"), ana) {
		t.Fatalf("after the test at %s: %s", page.url, page.text)
	}

	page = b.press("Submit", nil) // the values are still in the form
	if page.status != 200 || !strings.Contains(page.role("status"), "saved") || page.switchState() != "false" {
		t.Fatalf("after Submit (%d): %s", page.status, page.text)
	}
	_, got := w.call("GET", "/connection", "")
	want := map[string]any{"login_url": loginURL, "logout_url": "", "entity_id": "n2p", "public_certificate": samltest.First().PEM()}
	if diff := cmp.Diff(want, got["settings"]); diff != "" {
		t.Errorf("saved settings (-want +got):\n%s", diff)
	}

	if page = b.press("SSO", nil); page.switchState() != "true" {
		t.Fatalf("after the switch: %s", page.text)
	}
	if page := w.browser().answer(w.response(ben)); page.url.Path != "/home" {
		t.Errorf("sign-in afterwards: %d %s", page.status, page.reason())
	}
	if page = b.press("SSO", nil); page.switchState() != "false" {
		t.Errorf("after the second press: %s", page.text)
	}
}

func TestAFailedTestConfigurationComesBackWithItsReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.adminAtSettings()
	values := entered()
	values["Entity ID"] = "N2P"
	b.press("Test Configuration", values)
	r := w.response(ana)
	r.InResponseTo = b.requestID()
	page := b.answer(r)
	if page.url.Path != "/settings/single-sign-on" || page.reason() != "wrong_audience" || !strings.Contains(page.role("alert"), "N2P") {
		t.Fatalf("after the test at %s: %s", page.url, page.text)
	}
	if page := b.press("Submit", nil); page.status != http.StatusConflict || page.role("alert") == "" {
		t.Errorf("Submit after a failed test: %d %s", page.status, page.text)
	}
	if _, now := w.call("GET", "/connection", ""); now["configured"] != false {
		t.Error("values that failed were saved")
	}
}

func TestSubmitWantsAPassedTestOfTheSameValues(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.adminAtSettings()
	if page := b.press("Submit", entered()); page.status != http.StatusConflict {
		t.Errorf("untested: %d", page.status)
	}
	b.press("Test Configuration", entered())
	r := w.response(ana)
	r.InResponseTo = b.requestID()
	b.answer(r)
	if page := b.press("Submit", map[string]string{"Logout URL": "https://acme.okta.com/out"}); page.status != http.StatusConflict {
		t.Errorf("changed after the test: %d", page.status)
	}
	w.clock.pass(2 * time.Hour)
	if page := b.press("Submit", map[string]string{"Logout URL": ""}); page.status != http.StatusConflict {
		t.Errorf("hours after the test: %d", page.status)
	}
	if _, now := w.call("GET", "/connection", ""); now["configured"] != false {
		t.Error("saved all the same")
	}
}

func TestSavedValuesMayBeSubmittedAgainWithoutATest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(false)
	b := w.adminAtSettings()
	if page := b.press("Submit", nil); page.status != 200 || !strings.Contains(page.role("status"), "saved") {
		t.Errorf("%d %s", page.status, page.text)
	}
}

func TestWrongValuesAreMarkedAtTheirFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.adminAtSettings()
	page := b.press("Test Configuration", map[string]string{
		"Login URL": `http://acme.okta.com/"><script>alert(1)</script>`, "Public Certificate": "file:nonsense</textarea><script>",
	})
	if page.status != http.StatusUnprocessableEntity || page.role("alert") == "" {
		t.Errorf("%d %s", page.status, page.text)
	}
	if strings.Contains(page.raw, "<script") {
		t.Errorf("the page holds a script:\n%s", page.raw)
	}
	for _, name := range []string{"login_url", "entity_id", "public_certificate"} {
		field := find(page.doc, func(n *html.Node) bool { return attr(n, "id") == name })
		if attr(field, "aria-invalid") != "true" || !strings.Contains(attr(field, "aria-describedby"), name+"-error") {
			t.Errorf("%s is not marked", name)
		}
		if find(page.doc, func(n *html.Node) bool { return attr(n, "id") == name+"-error" }) == nil {
			t.Errorf("%s has no message", name)
		}
	}
	if got := attr(find(page.doc, func(n *html.Node) bool { return attr(n, "id") == "login_url" }), "value"); !strings.Contains(got, "acme.okta.com") {
		t.Errorf("the value entered is lost: %q", got)
	}
}

func TestAPrivateKeyIsNotShownAgain(t *testing.T) {
	t.Parallel()
	b := newWorld(t).adminAtSettings()
	values := entered()
	values["Public Certificate"] = "file:-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n"
	page := b.press("Test Configuration", values)
	if page.status != http.StatusUnprocessableEntity || strings.Contains(page.raw, "c2VjcmV0") {
		t.Errorf("%d:\n%s", page.status, page.raw)
	}
}

func TestACertificateMayBePasted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.adminAtSettings()
	values := entered()
	delete(values, "Public Certificate")
	values["Or paste the text of the certificate"] = "  " + strings.ReplaceAll(samltest.First().PEM(), "\n", "\r\n")
	b.press("Test Configuration", values)
	if b.requestID() == "" {
		t.Error("no request")
	}
}

func TestFieldsStandInTheGuidesOrder(t *testing.T) {
	t.Parallel()
	b := newWorld(t).adminAtSettings()
	var got []string
	each(b.page.doc, func(n *html.Node) {
		switch {
		case n.Data == "label" && attr(n, "class") == "", n.Data == "button" && textOf(n) != "Sign out":
			got = append(got, textOf(n))
		}
	})
	want := []string{"Login URL", "Logout URL", "Entity ID", "Public Certificate", "Test Configuration", "Submit", "SSO"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}

func TestFormsFromElsewhereAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(false)
	b := w.adminAtSettings()
	for name, address := range map[string]string{
		"switch": settings + "/enabled", "settings": settings, "sign-in": portal + "/login", "sign-out": portal + "/logout",
	} {
		for _, token := range []string{"", "0000"} {
			page := b.post(address, url.Values{"enabled": {"true"}, "form_token": {token}, "email": {ana}}, nil, "")
			if page.status != http.StatusForbidden {
				t.Errorf("%s with token %q: %d", name, token, page.status)
			}
		}
	}
	if _, now := w.call("GET", "/connection", ""); now["enabled"] != false {
		t.Error("the switch was turned")
	}
	// Another browser's token is no good either.
	other := w.browser()
	other.open(portal + "/login")
	token := attr(find(other.page.doc, func(n *html.Node) bool { return attr(n, "name") == "form_token" }), "value")
	if page := b.post(settings+"/enabled", url.Values{"enabled": {"true"}, "form_token": {token}}, nil, ""); page.status != http.StatusForbidden {
		t.Errorf("another browser's token: %d", page.status)
	}
}

func TestSettingsAreForAdmins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(false)
	if page := w.browser().open(settings); page.url.Path != "/login" {
		t.Errorf("signed out: %s", page.url)
	}
	b := w.browser()
	home := b.signInWithPassword(ben, "secret-ben")
	if home.url.Path != "/home" || !strings.Contains(home.text, "signed in with a password") {
		t.Fatalf("ben is at %s: %s", home.url, home.text)
	}
	if strings.Contains(home.text, "Settings") || strings.Contains(home.raw, "<b>Okafor") {
		t.Errorf("ben's home:\n%s", home.raw)
	}
	for _, address := range []string{portal + "/settings", settings} {
		if page := b.open(address); page.status != http.StatusForbidden {
			t.Errorf("%s: %d", address, page.status)
		}
	}
	token := attr(find(home.doc, func(n *html.Node) bool { return attr(n, "name") == "form_token" }), "value")
	if page := b.post(settings+"/enabled", url.Values{"enabled": {"true"}, "form_token": {token}}, nil, ""); page.status != http.StatusForbidden {
		t.Errorf("turning on as ben: %d", page.status)
	}
}

func TestPasswordsWorkOnlyWhileSSOIsOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, try := range [][2]string{{ana, "wrong"}, {ana, ""}, {"nobody@acme.example", "secret-ana"}, {"nobody@acme.example", ""}} {
		if page := w.browser().signInWithPassword(try[0], try[1]); page.status != http.StatusUnauthorized || page.role("alert") == "" {
			t.Errorf("%q: %d", try, page.status)
		}
	}
	b := w.browser()
	b.open(portal)
	b.press("Next", map[string]string{"Email address": ana})
	w.configure(true)
	if page := b.press("Sign in", map[string]string{"Password": "secret-ana"}); page.status != http.StatusForbidden {
		t.Errorf("a password after SSO was turned on: %d", page.status)
	}
	b.open(portal)
	if page := b.press("Next", map[string]string{"Email address": "no address"}); page.status != http.StatusUnprocessableEntity || page.role("alert") == "" {
		t.Errorf("no address: %d", page.status)
	}
}

func TestSigningOutEndsTheSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.signInWithPassword(ana, "secret-ana")
	b.press("Sign out", nil)
	if page := b.open(portal + "/home"); page.url.Path != "/login" {
		t.Errorf("still at %s", page.url)
	}
	w.configure(true)
	w.call("PUT", "/connection", settingsBody(t, map[string]any{"logout_url": "https://acme.okta.com/signout"}))
	b.answer(w.response(ana))
	if page := b.press("Sign out", nil); page.header.Get("Location") != "https://acme.okta.com/signout" {
		t.Errorf("after SSO sent to %q", page.header.Get("Location"))
	}
	if page := b.open(portal + "/home"); page.url.Path != "/login" {
		t.Errorf("still at %s after SSO", page.url)
	}
}

func TestASessionEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.signInWithPassword(ana, "secret-ana")
	w.clock.pass(13 * time.Hour)
	if page := b.open(portal + "/home"); page.url.Path != "/login" {
		t.Errorf("still at %s", page.url)
	}
}

func TestPagesForbidScriptsAndFrames(t *testing.T) {
	t.Parallel()
	page := newWorld(t).browser().open(portal + "/login")
	policy := page.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("policy %q", policy)
	}
	// Browsers apply form-action to redirects, and Next redirects to Okta.
	if strings.Contains(policy, "form-action") {
		t.Errorf("policy %q keeps the form from leading to the identity provider", policy)
	}
}

// Every control has a name and every page one heading, a title and a language.
func TestPagesAreSoundForScreenReaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	pages := []*page{b.open(portal), b.press("Next", map[string]string{"Email address": ana}), b.press("Sign in", map[string]string{"Password": "secret-ana"})}
	pages = append(pages, b.open(portal+"/settings"), b.open(settings), b.open(portal+"/nothing"), b.answer(w.response(ana)))
	for _, p := range pages {
		soundForScreenReaders(t, p)
	}
}

func soundForScreenReaders(t *testing.T, p *page) {
	t.Helper()
	ids, headings := map[string]int{}, 0
	each(p.doc, func(n *html.Node) {
		ids[attr(n, "id")]++
		if n.Data == "h1" {
			headings++
		}
		if n.Data == "html" && attr(n, "lang") != "en" {
			t.Errorf("%s: no language", p.url)
		}
		if n.Data != "input" && n.Data != "textarea" && n.Data != "select" || attr(n, "type") == "hidden" {
			return
		}
		if find(p.doc, func(l *html.Node) bool { return l.Data == "label" && attr(l, "for") == attr(n, "id") }) == nil {
			t.Errorf("%s: %s has no label", p.url, attr(n, "name"))
		}
		for _, id := range strings.Fields(attr(n, "aria-describedby")) {
			if find(p.doc, func(d *html.Node) bool { return attr(d, "id") == id }) == nil {
				t.Errorf("%s: %s is described by %s, which is not there", p.url, attr(n, "name"), id)
			}
		}
	})
	for id, n := range ids {
		if id != "" && n > 1 {
			t.Errorf("%s: id %s stands %d times", p.url, id, n)
		}
	}
	if headings != 1 || find(p.doc, func(n *html.Node) bool { return n.Data == "main" }) == nil {
		t.Errorf("%s: %d headings", p.url, headings)
	}
}
