package sp_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/ssowizard/internal/sandbox/sp/samlrp/samltest"
)

const ana, ben = "ana.lima@acme.example", "ben.okafor@acme.example"

// beginSignIn enters an address on the sign-in page and returns the request's id.
func (b *browser) beginSignIn(email string) string {
	b.t.Helper()
	b.open(portal + "/")
	b.press("Next", map[string]string{"Email address": email})
	return b.requestID()
}

func TestSignInBegunAtTheServiceProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(true)
	b := w.browser()
	r := w.response("Ana.Lima@ACME.example")
	r.InResponseTo = b.beginSignIn(ana)
	if got := b.sentRequest().SelectAttrValue("AssertionConsumerServiceURL", ""); got != acsURL {
		t.Errorf("ACS URL in the request = %q", got)
	}
	if got := b.sentRequest().FindElement("Issuer").Text(); got != "n2p" {
		t.Errorf("Issuer of the request = %q", got)
	}
	page := b.answer(r)
	if page.status != 200 || page.url.String() != portal+"/home" {
		t.Fatalf("ended at %s with %d: %s", page.url, page.status, page.text)
	}
	for _, want := range []string{"Ana Lima", ana, "signed in with SSO"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("home does not say %q:\n%s", want, page.text)
		}
	}
}

func TestSignInBegunAtTheIdentityProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(true)
	b := w.browser()
	if page := b.answer(w.response(ben)); page.url.String() != portal+"/home" || !strings.Contains(page.text, "signed in with SSO") {
		t.Errorf("ended at %s with %d: %s", page.url, page.status, page.text)
	}
}

func TestPersonIsFoundByTheEmailAttributeToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(true)
	for _, nameID := range []string{"alima", "login@corp.example"} {
		r := w.response(nameID)
		r.Attributes = map[string]string{"email": ana}
		if page := w.browser().answer(r); page.url.Path != "/home" {
			t.Errorf("NameID %s: ended at %s with %d, %s", nameID, page.url, page.status, page.reason())
		}
	}
}

func TestSignInIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	tests := []struct {
		reason string
		change func(*world, *samltest.Response)
	}{
		{"unsigned", func(_ *world, r *samltest.Response) { r.SignAssertion, r.SignResponse = false, false }},
		{"certificate_mismatch", func(_ *world, r *samltest.Response) { r.Key = samltest.Second() }},
		{"bad_signature", func(_ *world, r *samltest.Response) { r.Key, r.KeyInfo = samltest.Second(), false }},
		{"wrong_audience", func(_ *world, r *samltest.Response) { r.Audience = "N2P" }},
		{"wrong_recipient", func(_ *world, r *samltest.Response) { r.Recipient += "/" }},
		{"wrong_destination", func(_ *world, r *samltest.Response) { r.Destination += "/" }},
		{"expired", func(w *world, _ *samltest.Response) { w.clock.pass(7 * time.Minute) }},
		{"not_yet_valid", func(w *world, _ *samltest.Response) { w.clock.pass(-7 * time.Minute) }},
		{"unknown_request", func(_ *world, r *samltest.Response) { r.InResponseTo = "_never_made" }},
		{"nameid_not_email", func(_ *world, r *samltest.Response) { r.NameID = "alima" }},
		{"person_unknown", func(_ *world, r *samltest.Response) { r.NameID = "nobody@acme.example" }},
		{"status_not_success", func(_ *world, r *samltest.Response) { r.Status = "urn:oasis:names:tc:SAML:2.0:status:Requester" }},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.configure(true)
			r := w.response(ana)
			tt.change(w, &r)
			b := w.browser()
			page := b.answer(r)
			if page.status != http.StatusForbidden || page.reason() != tt.reason {
				t.Errorf("status %d, reason %q: %s", page.status, page.reason(), page.text)
			}
			if page.role("alert") == "" {
				t.Error("the page has no alert with the reason in words")
			}
			if b.open(portal+"/home").url.Path != "/login" {
				t.Error("a refused sign-in left a session")
			}
		})
	}
}

func TestSignInIsRefusedWhileSSOIsOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.browser().answer(w.response(ana)); got.status != 403 || got.reason() != "not_configured" {
		t.Errorf("unconfigured: %d %s", got.status, got.reason())
	}
	w.configure(false)
	if got := w.browser().answer(w.response(ana)); got.status != 403 || got.reason() != "sso_not_enabled" {
		t.Errorf("off: %d %s", got.status, got.reason())
	}
	w.configure(true)
	b := w.browser()
	r := w.response(ana)
	r.InResponseTo = b.beginSignIn(ana)
	w.call("PUT", "/connection/enabled", `{"enabled":false}`)
	if got := b.answer(r); got.reason() != "sso_not_enabled" {
		t.Errorf("turned off meanwhile: %d %s", got.status, got.reason())
	}
}

func TestMalformedPostsAreBadRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(true)
	b := w.browser()
	for name, values := range map[string]url.Values{
		"nothing":    {},
		"not base64": {"SAMLResponse": {"%"}},
		"not XML":    {"SAMLResponse": {"aGVsbG8="}},
		"two":        {"SAMLResponse": {w.response(ana).Encode(), w.response(ana).Encode()}},
	} {
		if page := b.post(acsURL, values, nil, ""); page.status != 400 || page.reason() != "malformed" {
			t.Errorf("%s: %d %s", name, page.status, page.reason())
		}
	}
	if page := b.post(acsURL, url.Values{"SAMLResponse": {w.response(ana).Encode()}}, nil, "multipart/form-data"); page.status != 400 {
		t.Errorf("multipart: %d", page.status)
	}
	if page := b.open(acsURL + "?SAMLResponse=" + url.QueryEscape(w.response(ana).Encode())); page.status != 405 || page.header.Get("Allow") != "POST" {
		t.Errorf("GET: %d, Allow %q", page.status, page.header.Get("Allow"))
	}
}

func TestAnAssertionIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(true)
	r := w.response(ana)
	if page := w.browser().answer(r); page.url.Path != "/home" {
		t.Fatalf("first: %s", page.text)
	}
	if page := w.browser().answer(r); page.reason() != "replayed" {
		t.Errorf("second: %d %s", page.status, page.reason())
	}
	w.start()
	if page := w.browser().answer(r); page.reason() != "replayed" {
		t.Errorf("after a restart: %d %s", page.status, page.reason())
	}
	w.clock.pass(6 * time.Minute) // the assertion's end with skew
	w.browser().answer(w.response(ben))
	if page := w.browser().answer(r); page.reason() != "expired" {
		t.Errorf("after its end: %d %s", page.status, page.reason())
	}
}

func TestOfPostsAtOnceOneIsAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(true)
	r := w.response(ana)
	var wg sync.WaitGroup
	accepted := make(chan bool, 8)
	for range cap(accepted) {
		b := w.browser()
		wg.Go(func() { accepted <- b.answer(r).url.Path == "/home" })
	}
	wg.Wait()
	close(accepted)
	n := 0
	for ok := range accepted {
		if ok {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d posts of one assertion were accepted", n)
	}
}

func TestARequestIsAnsweredOnceAndInTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(true)
	b := w.browser()
	id := b.beginSignIn(ana)
	r := w.response(ana)
	r.InResponseTo = id
	if page := b.answer(r); page.url.Path != "/home" {
		t.Fatal(page.text)
	}
	again := w.response(ana) // a new assertion for the same request
	again.InResponseTo = id
	if page := b.answer(again); page.reason() != "unknown_request" {
		t.Errorf("second answer: %d %s", page.status, page.reason())
	}
	b = w.browser()
	id = b.beginSignIn(ana)
	w.clock.pass(10 * time.Minute)
	late := w.response(ana)
	late.InResponseTo = id
	if page := b.answer(late); page.reason() != "unknown_request" {
		t.Errorf("late answer: %d %s", page.status, page.reason())
	}
}

func TestAResponseFromAnotherBrowserIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(true)
	b := w.browser()
	r := w.response(ana)
	r.InResponseTo = b.beginSignIn(ana)
	stranger := w.browser()
	if page := stranger.answer(r); page.reason() != "request_cookie_missing" {
		t.Errorf("without a cookie: %d %s", page.status, page.reason())
	}
	stranger.open(portal + "/login")
	if page := stranger.answer(r); page.reason() != "request_cookie_missing" {
		t.Errorf("with another cookie: %d %s", page.status, page.reason())
	}
	if page := b.answer(r); page.url.Path != "/home" {
		t.Errorf("the right browser afterwards: %d %s", page.status, page.reason())
	}
}

func TestARequestSurvivesARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(true)
	b := w.browser()
	r := w.response(ana)
	r.InResponseTo = b.beginSignIn(ana)
	w.start()
	if page := b.answer(r); page.url.Path != "/home" {
		t.Errorf("%d %s", page.status, page.reason())
	}
}

func TestCookiesFitACrossSitePost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(true)
	b := w.browser()
	b.open(portal + "/login")
	check := func(p *page, name string, site http.SameSite) {
		t.Helper()
		for _, c := range (&http.Response{Header: p.header}).Cookies() {
			if c.Name == name {
				if c.SameSite != site || !c.Secure || !c.HttpOnly || c.Domain != "net2phone.com" {
					t.Errorf("cookie %s = %v", name, c)
				}
				return
			}
		}
		t.Errorf("no cookie %s", name)
	}
	check(b.page, "net2phone_browser", http.SameSiteNoneMode)
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	check(b.answer(w.response(ana)), "net2phone_session", http.SameSiteLaxMode)
	if b.page.status != http.StatusSeeOther || b.page.header.Get("Location") != portal+"/home" {
		t.Errorf("answered %d to %q; the RelayState must not lead away", b.page.status, b.page.header.Get("Location"))
	}
}

func TestTheReasonNamesWhatCameAndWhatIsStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(true)
	r := w.response(ana)
	r.Audience = "N2P"
	want := `The assertion is for the audience "N2P", but the SP entity ID (Entity ID) here is "n2p".`
	if got := w.browser().answer(r).role("alert"); got != want {
		t.Errorf("alert = %q, want %q", got, want)
	}
}

func TestTheReasonIsEscaped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(true)
	r := w.response(ana)
	r.Audience = `"><script>alert(1)</script>`
	page := w.browser().answer(r)
	if strings.Contains(page.raw, "<script") || !strings.Contains(page.role("alert"), "<script>alert(1)</script>") {
		t.Errorf("page:\n%s", page.raw)
	}
}
