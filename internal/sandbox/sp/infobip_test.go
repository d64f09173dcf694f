package sp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sandbox/sp/samlrp/samltest"
)

const (
	groupClaim  = "http://schemas.xmlsoap.org/claims/Group"
	basicFormat = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
)

func TestInfobipIsOnOnceItIsSaved(t *testing.T) {
	t.Parallel()
	s := newInfobip(t)
	want := map[string]any{
		"protocol": "saml", "configured": false, "enabled": false, "settings": map[string]any{},
		"service_provider": map[string]any{}, "options": map[string]any{}, "updated_at": nil,
	}
	if _, got := s.connection("GET", "", ""); !cmp.Equal(want, got) {
		t.Errorf("before (-want +got):\n%s", cmp.Diff(want, got))
	}
	want = map[string]any{
		"protocol": "saml", "configured": true, "enabled": true,
		"settings": map[string]any{
			"custom_domain": "acme", "idp_login_url": loginURL, "idp_issuer": issuer, "idp_certificate": oneLine(validKey()),
			"auto_create_users": true, "auto_create_groups": false,
		},
		"service_provider": map[string]any{"acs_url": s.acs, "entity_id": s.audience, "initiation_url": s.audience},
		"options":          map[string]any{}, "updated_at": "2026-03-04T05:06:07Z",
	}
	if _, got := s.save(map[string]any{"auto_create_users": true}); !cmp.Equal(want, got) {
		t.Errorf("saved (-want +got):\n%s", cmp.Diff(want, got))
	}
	if status, _ := s.connection("PUT", "/enabled", `{"enabled":true}`); status != 200 {
		t.Errorf("turning on what is on: %d", status)
	}
	if status, got := s.connection("PUT", "/enabled", `{"enabled":false}`); status != 409 || errorOf(got)["code"] != "conflict" {
		t.Errorf("turning off without a switch: %d %v", status, got)
	}
	if status, _ := s.connection("DELETE", "", ""); status != 204 {
		t.Errorf("deleting: %d", status)
	}
	if _, got := s.connection("GET", "", ""); got["enabled"] != false || got["configured"] != false {
		t.Errorf("after deleting: %v", got)
	}
}

func TestInfobipRefusesValuesItCannotUse(t *testing.T) {
	t.Parallel()
	body := strings.TrimSuffix(strings.TrimPrefix(oneLine(validKey()), "-----BEGIN CERTIFICATE-----"), "-----END CERTIFICATE-----")
	tests := map[string]struct {
		change      map[string]any
		code, field string
	}{
		"dots in the name":          {map[string]any{"custom_domain": "acme.example"}, "invalid_value", "custom_domain"},
		"capitals in the name":      {map[string]any{"custom_domain": "Acme"}, "invalid_value", "custom_domain"},
		"a slash in the name":       {map[string]any{"custom_domain": "a/b"}, "invalid_value", "custom_domain"},
		"a hyphen at the end":       {map[string]any{"custom_domain": "acme-"}, "invalid_value", "custom_domain"},
		"no name":                   {map[string]any{"custom_domain": nil}, "required", "custom_domain"},
		"line breaks":               {map[string]any{"idp_certificate": validKey().PEM()}, "invalid_certificate", "idp_certificate"},
		"one line break at the end": {map[string]any{"idp_certificate": oneLine(validKey()) + "\n"}, "invalid_certificate", "idp_certificate"},
		"an end marker missing":     {map[string]any{"idp_certificate": "-----BEGIN CERTIFICATE-----" + body}, "invalid_certificate", "idp_certificate"},
		"a begin marker missing":    {map[string]any{"idp_certificate": body + "-----END CERTIFICATE-----"}, "invalid_certificate", "idp_certificate"},
		"half a certificate":        {map[string]any{"idp_certificate": body[:len(body)/2/4*4]}, "invalid_certificate", "idp_certificate"},
		"a private key":             {map[string]any{"idp_certificate": "-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY-----"}, "invalid_certificate", "idp_certificate"},
		"a switch as text":          {map[string]any{"auto_create_users": "true"}, "invalid_value", "auto_create_users"},
		"a text as switch":          {map[string]any{"idp_issuer": true}, "invalid_value", "idp_issuer"},
		"no issuer":                 {map[string]any{"idp_issuer": ""}, "required", "idp_issuer"},
		"plain http":                {map[string]any{"idp_login_url": "http://acme.okta.com/x"}, "invalid_url", "idp_login_url"},
		"what the page only shows":  {map[string]any{"sp_acs_url": "https://x.example/"}, "unknown_setting", "sp_acs_url"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newInfobip(t)
			status, got := s.save(tt.change)
			if e := errorOf(got); status != 422 || e["code"] != tt.code || e["field"] != tt.field {
				t.Errorf("%d %v", status, got)
			}
			if _, now := s.connection("GET", "", ""); now["configured"] != false {
				t.Error("saved all the same")
			}
		})
	}
	s := newInfobip(t)
	if status, got := s.save(map[string]any{"idp_certificate": body}); status != 200 {
		t.Errorf("the body alone: %d %v", status, got)
	}
}

func TestInfobipSignInBeginsAtItsURL(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"initiation URL", "link on the sign-in page"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			s := newInfobip(t)
			s.setUp(nil)
			b := s.browser()
			if b.open(s.start); way != "initiation URL" {
				b.open(s.portal)
				b.follow("Login with SSO")
			}
			if got := b.sentRequest(); got.FindElement("Issuer").Text() != s.audience || got.SelectAttrValue("AssertionConsumerServiceURL", "") != s.acs {
				t.Errorf("the request is from %s for %s", got.FindElement("Issuer").Text(), got.SelectAttrValue("AssertionConsumerServiceURL", ""))
			}
			r := s.says(ben)
			r.InResponseTo = b.requestID()
			if page := s.deliver(b, r, ""); page.url.String() != s.portal+"/home" || !strings.Contains(page.text, "signed in with SSO") {
				t.Errorf("ended at %s: %s", page.url, page.text)
			}
		})
	}
}

func TestInfobipKeepsPasswordsBesideSSO(t *testing.T) {
	t.Parallel()
	s := newInfobip(t)
	s.setUp(nil)
	if b := s.admin(); b.page.url.Path != "/home" || !strings.Contains(b.page.text, "a password") {
		t.Errorf("ended at %s: %s", b.page.url, b.page.text)
	}
}

func TestInfobipMakesAccountsOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	const eve = "eve.new@acme.example"
	s := newInfobip(t)
	s.setUp(nil)
	if page := s.signIn(s.browser(), s.says(eve)); page.status != 403 || page.reason() != "person_unknown" {
		t.Fatalf("without: %d %s", page.status, page.reason())
	}
	s.save(map[string]any{"auto_create_users": true})
	r := s.says(eve)
	r.Attributes = map[string]string{"firstName": "Eve", "lastName": "New\u202e"} // with a character that turns text round
	if page := s.signIn(s.browser(), r); page.url.Path != "/home" || !strings.Contains(page.text, "Eve New (") {
		t.Fatalf("with: %d %s\n%s", page.status, page.reason(), page.text)
	}
	s.save(nil)
	s.world.start()
	if page := s.signIn(s.browser(), s.says("EVE.new@acme.example")); page.url.Path != "/home" {
		t.Errorf("again, after a restart and without the switch: %d %s", page.status, page.reason())
	}
	users := s.admin("Users").page
	if !strings.Contains(users.text, eve) || !strings.Contains(users.text, "sign-in with SSO, 4 March 2026") {
		t.Errorf("users: %s", users.text)
	}
	b := s.browser()
	b.open(s.portal)
	b.press("Next", map[string]string{"Email address": eve})
	if page := b.press("Sign in", map[string]string{"Password": ""}); page.status != http.StatusUnauthorized {
		t.Errorf("an account without a password signed in with one: %d", page.status)
	}
}

func TestInfobipMakesTeamsOfGroups(t *testing.T) {
	t.Parallel()
	s := newInfobip(t)
	groups := func(format string, names ...string) samltest.Response {
		r := s.says(ana)
		r.Statements = []samltest.Statement{{Name: groupClaim, Format: format, Values: names}}
		return r
	}
	s.setUp(nil)
	s.signIn(s.browser(), groups(basicFormat, "Sales"))
	if page := s.admin("Teams").page; strings.Contains(page.text, "Sales") {
		t.Error("teams were made without the switch")
	}
	s.save(map[string]any{"auto_create_groups": true})
	if page := s.signIn(s.browser(), groups(basicFormat, "Sales", "Support", "Sales")); !strings.Contains(page.text, "Teams: Sales, Support") {
		t.Errorf("home: %s", page.text)
	}
	if page := s.admin("Teams").page; !strings.Contains(page.text, "Sales"+ana+"none") || !strings.Contains(page.text, "until you give them roles") {
		t.Errorf("teams: %s", page.text)
	}
	// Each sign-in puts people into exactly the teams that came.
	if page := s.signIn(s.browser(), groups(basicFormat, "Support")); !strings.Contains(page.text, "Teams: Support") {
		t.Errorf("home after the second: %s", page.text)
	}
	for name, r := range map[string]samltest.Response{
		"another format": groups("urn:oasis:names:tc:SAML:2.0:attrname-format:uri", "Sales"), "no groups": s.says(ana),
	} {
		if page := s.signIn(s.browser(), r); page.url.Path != "/home" || strings.Contains(page.text, "Teams:") {
			t.Errorf("%s: %s", name, page.text)
		}
	}
	if page := s.admin("Teams").page; strings.Contains(page.text, ana) || !strings.Contains(page.text, "Support") {
		t.Errorf("teams at the end: %s", page.text)
	}
}

func TestInfobipsGuideCanBeFollowedByHand(t *testing.T) {
	t.Parallel()
	s := newInfobip(t)
	b := s.admin("Account settings", "Security", "Single Sign-On (SSO)", "Configure")
	want := []string{
		"SP Entity ID (custom domain)", "Generate URLs", "SP Entity ID", "SP Assertion Consumer Service (ACS) URL", "SP Initiation URL",
		"IdP Login URL", "Identity Provider Issuer", "IdP Signature Certificate", "Auto-create users", "Auto-create groups", "Save",
	}
	if diff := cmp.Diff(want, b.page.labels()); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	page := b.press("Generate URLs", map[string]string{"SP Entity ID (custom domain)": "My Company"})
	if page.status != 422 || page.shown("SP Initiation URL") != "" {
		t.Errorf("a wrong name: %d, URL %q", page.status, page.shown("SP Initiation URL"))
	}
	page = b.press("Generate URLs", map[string]string{"SP Entity ID (custom domain)": "acme"})
	for label, value := range map[string]string{
		"SP Entity ID": s.audience, "SP Assertion Consumer Service (ACS) URL": s.acs, "SP Initiation URL": s.start,
	} {
		if page.status != 200 || page.shown(label) != value {
			t.Errorf("%s = %q (%d)", label, page.shown(label), page.status)
		}
	}
	if _, now := s.connection("GET", "", ""); now["configured"] != false {
		t.Fatal("showing the URLs saved something")
	}
	values := map[string]string{
		"IdP Login URL": loginURL, "Identity Provider Issuer": issuer,
		"IdP Signature Certificate": strings.ReplaceAll(validKey().PEM(), "\n", "\r\n"), "Auto-create groups": "true",
	}
	if page = b.press("Save", values); page.status != 422 || !strings.Contains(page.text, "remove all new lines") {
		t.Errorf("with line breaks: %d", page.status)
	}
	page = b.press("Save", map[string]string{"IdP Signature Certificate": oneLine(validKey())})
	if page.status != 200 || !strings.Contains(page.role("status"), "Single sign-on is on") {
		t.Fatalf("after Save: %d %s", page.status, page.text)
	}
	_, now := s.connection("GET", "", "")
	got := now["settings"].(map[string]any)
	if got["auto_create_groups"] != true || got["auto_create_users"] != false || got["idp_certificate"] != oneLine(validKey()) {
		t.Errorf("saved: %v", got)
	}
	if page = b.press("Save", map[string]string{"Auto-create groups": "[off]"}); page.status != 200 {
		t.Errorf("taking the tick away: %d", page.status)
	}
	if _, now := s.connection("GET", "", ""); now["settings"].(map[string]any)["auto_create_groups"] != false {
		t.Error("the tick stayed")
	}
	if page := s.signIn(s.browser(), s.says(ana)); page.url.Path != "/home" {
		t.Errorf("sign-in at the end: %s", page.reason())
	}
}

func TestInfobipFollowsAChangedName(t *testing.T) {
	t.Parallel()
	s := newInfobip(t)
	s.setUp(nil)
	old := s.browser()
	old.open(s.start)
	answer := s.says(ana)
	answer.InResponseTo = old.requestID()
	s.save(map[string]any{"custom_domain": "acme-2"})
	if page := s.browser().open(s.start); page.status != 403 || page.reason() != "not_configured" {
		t.Errorf("the old URL: %d %s", page.status, page.reason())
	}
	if page := s.deliver(old, answer, ""); page.reason() != "not_configured" {
		t.Errorf("an answer to the old ACS URL: %d %s", page.status, page.reason())
	}
}
