package sp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
)

var telnyxWay = []string{"Account Settings", "Advanced Features", "Organization", "Single Sign-On"}

func TestTelnyxsGuideCanBeFollowedByHand(t *testing.T) {
	t.Parallel()
	s, okta, metadataURL := telnyxBesideOkta(t)
	b := s.admin(telnyxWay...)
	page := b.press("Enable Single Sign-On", nil)
	want := []string{"Authentication Provider Name", "Short Name", "IdP Metadata URL", "Import IdP Settings & Save"}
	if diff := cmp.Diff(want, page.labels()); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	page = b.press("Import IdP Settings & Save", map[string]string{
		"Authentication Provider Name": "Okta", "Short Name": "acme", "IdP Metadata URL": metadataURL,
	})
	if page.status != 200 || !strings.Contains(page.role("status"), "saved. Enable Single Sign-On is off") {
		t.Fatalf("after the import (%d): %s", page.status, page.text)
	}
	want = []string{
		"Authentication Provider Name", "Short Name", "IdP Metadata URL", "IdP Entity ID", "IdP SSO target URL", "IdP Certificate Fingerprint",
		"IdP Certificate Fingerprint Algorithm", "Assertion Consumer Service URL", "Service Provider Entity ID", "Name Identifier Format",
		"Enable Single Sign-On", "Save Changes", "Import IdP Settings & Save",
	}
	if diff := cmp.Diff(want, page.labels()); diff != "" {
		t.Errorf("labels of the whole form (-want +got):\n%s", diff)
	}
	for label, value := range map[string]string{
		"IdP Entity ID": "not found", "IdP SSO target URL": okta.URL + "/app/acme_telnyx_1/exk1/sso/saml",
		"IdP Certificate Fingerprint":           samlrp.FingerprintOf(validKey().Certificate, "sha256"),
		"IdP Certificate Fingerprint Algorithm": "sha256", "Assertion Consumer Service URL": telnyxACS,
		"Service Provider Entity ID": telnyxEntityID, "Name Identifier Format": samlrp.FormatEmail,
	} {
		if got := page.shown(label); got != value {
			t.Errorf("%s = %q, want %q", label, got, value)
		}
	}
	b.press("Save Changes", map[string]string{"IdP Entity ID": "exk1"})
	if page := s.deliver(s.browser(), s.says(ana), telnyxPortal); page.reason() != "sso_not_enabled" {
		t.Errorf("before it is enabled: %d %s", page.status, page.reason())
	}
	if page = b.press("Save Changes", map[string]string{"Enable Single Sign-On": "true"}); !strings.Contains(page.role("status"), "is on") {
		t.Fatalf("after enabling: %s", page.text)
	}
	if !strings.Contains(page.text, "Passwords are good until 7 March 2026, 05:06 UTC") {
		t.Errorf("the page does not tell the deadline:\n%s", page.text)
	}
	if page := s.deliver(s.browser(), s.says(ana), telnyxPortal); page.url.String() != telnyxPortal+"/home" {
		t.Errorf("sign-in at the end: %s", page.role("alert"))
	}
	_, list := s.v2("GET", "/authentication_providers", "")
	record := list["data"].([]any)[0].(map[string]any)
	settings := record["settings"].(map[string]any)
	if record["active"] != true || settings["idp_entity_id"] != "exk1" || settings["idp_certificate"] != validKey().PEM() {
		t.Errorf("the record: %v", record)
	}
	if page = b.press("Save Changes", map[string]string{"Enable Single Sign-On": "[off]"}); !strings.Contains(page.role("status"), "is off") {
		t.Errorf("turning off: %s", page.text)
	}
}

func TestTelnyxSettingsCanBeEnteredByHand(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	b := s.admin(telnyxWay...)
	b.press("Enable Single Sign-On", nil)
	b.follow("Manually enter configuration")
	values := map[string]string{
		"Authentication Provider Name": "Okta", "Short Name": "a b", "IdP Entity ID": issuer, "IdP SSO target URL": loginURL,
		"IdP Certificate Fingerprint": "nonsense",
	}
	page := b.press("Save Changes", values)
	for _, want := range []string{"Short Name may hold", "Fingerprint is not written as hex digits", "Algorithm is required"} {
		if page.status != 422 || !strings.Contains(page.text, want) {
			t.Errorf("no %q (%d):\n%s", want, page.status, page.text)
		}
	}
	values["Short Name"], values["IdP Certificate Fingerprint Algorithm"] = "acme", "sha1"
	values["IdP Certificate Fingerprint"] = samlrp.FingerprintOf(validKey().Certificate, "sha1")
	if page = b.press("Save Changes", values); page.status != 200 || page.shown("Assertion Consumer Service URL") != telnyxACS {
		t.Fatalf("%d %s", page.status, page.text)
	}
	values["Short Name"] = "acme"
	b.open(s.portal + "/account/advanced/organization/sso?whole=1&id=new")
	if page = b.press("Save Changes", values); page.status != 422 || !strings.Contains(page.text, "has already been taken") {
		t.Errorf("a short name twice: %d", page.status)
	}
	values["Short Name"] = "second"
	b.press("Save Changes", values)
	s.clock.pass(time.Minute)
	if find(b.page.doc, func(n *html.Node) bool { return n.Data == "a" && textOf(n) == "Okta (acme)" }) == nil {
		t.Errorf("no way to the other provider:\n%s", b.page.text)
	}
}

func TestTelnyxImportsOnlyMetadataOfTheSandbox(t *testing.T) {
	t.Parallel()
	reached := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer elsewhere.Close()
	s, okta, metadataURL := telnyxBesideOkta(t)
	b := s.admin(telnyxWay...)
	b.press("Enable Single Sign-On", nil)
	values := map[string]string{"Authentication Provider Name": "Okta", "Short Name": "acme"}
	for address, want := range map[string]string{
		"":                                "IdP Metadata URL is required",
		"nonsense":                        "is not a URL",
		elsewhere.URL + "/metadata":       "must begin with https://",
		"https://acme.okta.com/metadata":  "only from its own Okta",
		okta.URL + "/app/0oa1/sso/saml/x": "Okta answers 404",
		okta.URL + "/moved":               "Okta answers 302",
		okta.URL + "/page":                "not the metadata of one identity provider",
	} {
		values["IdP Metadata URL"] = address
		if page := b.press("Import IdP Settings & Save", values); page.status != 422 || !strings.Contains(page.text, want) {
			t.Errorf("%s: %d, no %q in\n%s", address, page.status, want, page.text)
		}
	}
	if reached {
		t.Error("another host was asked")
	}
	if _, list := s.v2("GET", "/authentication_providers", ""); len(list["data"].([]any)) != 0 {
		t.Errorf("something was saved: %v", list)
	}
	okta.Close()
	values["IdP Metadata URL"] = metadataURL
	if page := b.press("Import IdP Settings & Save", values); page.status != 422 || !strings.Contains(page.text, "Okta does not answer") {
		t.Errorf("an Okta that is gone: %d", page.status)
	}
}

func TestTelnyxShowsWhoBypassesSSO(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	page := s.admin("Organization users").page
	if !strings.Contains(page.text, ana+"organization owneryes") || !strings.Contains(page.text, ben+"organization sub userno") {
		t.Errorf("users: %s", page.text)
	}
	r, err := http.NewRequest("GET", s.api+"/organizations/users", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	if raw, _ := io.ReadAll(res.Body); res.StatusCode != 401 || strings.Contains(string(raw), ana) {
		t.Errorf("without a key: %d %s", res.StatusCode, raw)
	}
}
