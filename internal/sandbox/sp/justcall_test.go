package sp_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func TestJustCallOffersItsURLsAndRoles(t *testing.T) {
	t.Parallel()
	s := newJustCall(t)
	if ok, _ := regexp.MatchString(`^https://app\.justcall\.io/sso/saml/[1-9][0-9]{5}$`, s.audience); !ok || s.acs != s.audience+"/acs" {
		t.Errorf("ACS URL %q, entity ID %q", s.acs, s.audience)
	}
	_, now := s.connection("GET", "", "")
	if diff := cmp.Diff(map[string]any{"default_role": []any{"Member", "Admin"}}, now["options"]); diff != "" {
		t.Errorf("options (-want +got):\n%s", diff)
	}
	s.world.start()
	if _, again := s.connection("GET", "", ""); !cmp.Equal(now, again) {
		t.Errorf("after a restart (-before +after):\n%s", cmp.Diff(now, again))
	}
	if other := newJustCall(t); other.audience == s.audience {
		t.Error("two sandboxes have one account number")
	}
}

func TestJustCallRefusesValuesItCannotUse(t *testing.T) {
	t.Parallel()
	s := newJustCall(t)
	for name, tt := range map[string]struct {
		change      map[string]any
		code, field string
	}{
		"a role it does not have":   {map[string]any{"default_role": "Owner"}, "invalid_value", "default_role"},
		"a role in another case":    {map[string]any{"default_role": "member"}, "invalid_value", "default_role"},
		"no role":                   {map[string]any{"default_role": nil}, "required", "default_role"},
		"no issuer":                 {map[string]any{"issuer": nil}, "required", "issuer"},
		"a certificate on one line": {map[string]any{"certificate": oneLine(validKey())}, "invalid_certificate", "certificate"},
		"its own URL":               {map[string]any{"acs_url": "https://x.example/"}, "unknown_setting", "acs_url"},
		"the protocol":              {map[string]any{"protocol": "saml"}, "unknown_setting", "protocol"},
	} {
		if status, got := s.save(tt.change); status != 422 || errorOf(got)["code"] != tt.code || errorOf(got)["field"] != tt.field {
			t.Errorf("%s: %d %v", name, status, got)
		}
	}
}

func TestJustCallTakesBothWaysIn(t *testing.T) {
	t.Parallel()
	s := newJustCall(t)
	s.setUp(nil)
	if page := s.deliver(s.browser(), s.says(ana), ""); page.url.String() != s.portal+"/home" {
		t.Errorf("from the tile: %d %s", page.status, page.text)
	}
	b := s.browser()
	b.open(s.portal)
	b.follow("Sign in with SSO")
	if page := b.press("Continue", map[string]string{"Company email": "nonsense"}); page.status != 422 {
		t.Errorf("no address: %d", page.status)
	}
	b.press("Continue", map[string]string{"Company email": ana})
	r := s.says(ana)
	r.InResponseTo = b.requestID()
	if page := s.deliver(b, r, ""); page.url.String() != s.portal+"/home" {
		t.Errorf("from the sign-in page: %d %s", page.status, page.text)
	}
}

func TestJustCallIsForcedOnEverybody(t *testing.T) {
	t.Parallel()
	s := newJustCall(t)
	b := s.browser()
	b.open(s.portal)
	b.press("Next", map[string]string{"Email address": ana})
	s.setUp(nil)
	if page := b.press("Sign in", map[string]string{"Password": "secret-ana"}); page.status != http.StatusForbidden {
		t.Errorf("a password after SSO was turned on: %d", page.status)
	}
	b.open(s.portal)
	b.press("Next", map[string]string{"Email address": ana})
	if b.requestID() == "" {
		t.Error("the address does not lead to the identity provider")
	}
}

func TestJustCallMakesAccountsWithTheDefaultRole(t *testing.T) {
	t.Parallel()
	const eve = "eve.new@acme.example"
	s := newJustCall(t)
	s.setUp(map[string]any{"default_role": "Admin"})
	r := s.says(eve)
	r.Attributes["firstName"], r.Attributes["lastName"] = "Eve", "<i>New</i>"
	page := s.deliver(s.browser(), r, "")
	if page.url.Path != "/home" || !strings.Contains(page.text, "Eve <i>New</i>") || !strings.Contains(page.text, "Role: Admin") {
		t.Fatalf("%d %s\n%s", page.status, page.reason(), page.text)
	}
	s.save(map[string]any{"default_role": "Member"})
	if page := s.deliver(s.browser(), s.says(eve), ""); !strings.Contains(page.text, "Role: Admin") {
		t.Errorf("the role changed at the second sign-in: %s", page.text)
	}
}

func TestJustCallsTestMakesNoAccount(t *testing.T) {
	t.Parallel()
	const eve = "eve.new@acme.example"
	s := newJustCall(t)
	s.save(nil)
	status, made := s.callAt(s.portal+"/sso-settings/v1/tests", s.token, "POST", "", "")
	if status != 201 {
		t.Fatalf("%d %v", status, made)
	}
	b := s.browser()
	b.open(made["start_url"].(string))
	r := s.says(eve)
	r.InResponseTo = b.requestID()
	s.deliver(b, r, "")
	_, got := s.callAt(s.portal+"/sso-settings/v1/tests/"+made["id"].(string), s.token, "GET", "", "")
	if got["status"] != "passed" || got["person"] != eve {
		t.Errorf("verdict %v", got)
	}
	if users := s.admin("Users").page; strings.Contains(users.text, eve) {
		t.Error("the test made an account")
	}
}

func TestJustCallWantsItsAttributesLetterByLetter(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(map[string]string)
		code   string
		words  string
	}{
		"missing":    {func(a map[string]string) { delete(a, "lastName") }, "attribute_missing", `"lastName" is missing; the attributes that came are`},
		"other case": {func(a map[string]string) { delete(a, "firstName"); a["FirstName"] = "Ana" }, "attribute_missing", `"firstName" is missing: there is "FirstName", but upper and lower case count`},
		"all missing": {func(a map[string]string) {
			for k := range a {
				delete(a, k)
			}
		}, "attribute_missing", `"email" is missing: no attributes came`},
		"without a value": {func(a map[string]string) { a["email"] = "" }, "attribute_missing", `"email" is missing: it came without a value`},
		"not an address":  {func(a map[string]string) { a["email"] = "alima" }, "attribute_invalid", `"email" is "alima", which is not an e-mail address`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newJustCall(t)
			s.setUp(nil)
			r := s.says(ana)
			tt.change(r.Attributes)
			page := s.deliver(s.browser(), r, "")
			if page.status != 403 || page.reason() != tt.code || !strings.Contains(page.role("alert"), tt.words) {
				t.Errorf("%d %s: %s", page.status, page.reason(), page.role("alert"))
			}
		})
	}
}

func TestJustCallLooksAtTheCertificatesDates(t *testing.T) {
	t.Parallel()
	s := newJustCall(t)
	key := validKey().Valid(s.clock.now().Add(-time.Hour), s.clock.now().Add(time.Hour))
	s.setUp(map[string]any{"certificate": key.PEM()})
	r := s.says(ana)
	r.Key = key
	if page := s.deliver(s.browser(), r, ""); page.url.Path != "/home" {
		t.Fatalf("while it holds: %s", page.reason())
	}
	s.clock.pass(2 * time.Hour)
	r = s.says(ana)
	r.Key = key
	if page := s.deliver(s.browser(), r, ""); page.status != 403 || page.reason() != "certificate_expired" {
		t.Errorf("after its end: %d %s", page.status, page.reason())
	}
}

func TestJustCallsGuideCanBeFollowedByHand(t *testing.T) {
	t.Parallel()
	s := newJustCall(t)
	b := s.admin("Settings", "Security", "Single Sign-On")
	if diff := cmp.Diff([]string{"Enable SSO"}, b.page.labels()); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	page := b.press("Enable SSO", nil)
	want := []string{
		"SAML 2.0", "ACS URL", "Entity ID", "SSO URL", "Issuer / Entity ID", "Certificate", "Default Role",
		"Save Configuration", "Test Connection", "Enable SSO",
	}
	if diff := cmp.Diff(want, page.labels()); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if page.shown("ACS URL") != s.acs || page.shown("Entity ID") != s.audience {
		t.Errorf("ACS URL %q, Entity ID %q", page.shown("ACS URL"), page.shown("Entity ID"))
	}
	values := map[string]string{
		"SSO URL": loginURL, "Issuer / Entity ID": issuer, "Certificate": "file:" + validKey().PEM(), "Default Role": "Member",
	}
	if page = b.press("Test Connection", values); page.status != http.StatusConflict || !strings.Contains(page.role("alert"), "Save Configuration first") {
		t.Errorf("a test of what is not saved: %d %s", page.status, page.role("alert"))
	}
	values["Default Role"] = ""
	if page = b.press("Save Configuration", values); page.status != 422 || !strings.Contains(page.text, "Default Role is required") {
		t.Errorf("without a role: %d", page.status)
	}
	values["Default Role"] = "Member"
	if page = b.press("Save Configuration", values); page.status != 200 || !strings.Contains(page.role("status"), "saved") {
		t.Fatalf("saving: %d %s", page.status, page.text)
	}
	b.press("Test Connection", nil)
	r := s.says(ana)
	r.InResponseTo = b.requestID()
	if page = s.deliver(b, r, ""); !strings.Contains(page.role("status"), "Test passed") || !strings.HasPrefix(page.url.String(), s.portal+"/settings/security/single-sign-on") {
		t.Fatalf("after the test at %s: %s", page.url, page.text)
	}
	b.press("Test Connection", nil)
	r = s.says(ana)
	r.InResponseTo, r.Audience = b.requestID(), r.Audience+"/"
	if page = s.deliver(b, r, ""); page.reason() != "wrong_audience" || !strings.Contains(page.role("alert"), "Test failed") {
		t.Errorf("a failed test at %s: %s", page.url, page.text)
	}
	if page = b.press("Test Connection", map[string]string{"Issuer / Entity ID": "http://www.okta.com/exk2"}); page.status != http.StatusConflict {
		t.Errorf("a test of a change that is not saved: %d", page.status)
	}
	if page = b.press("Enable SSO", nil); !strings.Contains(page.text, "People sign in with the identity provider") {
		t.Fatalf("after the switch: %s", page.text)
	}
	on := find(page.doc, func(n *html.Node) bool { return attr(n, "role") == "switch" })
	if attr(on, "aria-checked") != "true" {
		t.Error("the switch does not say that it is on")
	}
	if page := s.deliver(s.browser(), s.says(ben), ""); page.url.Path != "/home" {
		t.Errorf("sign-in at the end: %s", page.reason())
	}
}
