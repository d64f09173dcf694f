package sp_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
	"example.com/ssowizard/internal/sandbox/sp/samlrp/samltest"
)

const (
	telnyxACS      = "https://api.telnyx.com/sso/saml/auth/acme"
	telnyxEntityID = "https://api.telnyx.com/sso/saml/metadata/acme"
	telnyxLogin    = "https://api.telnyx.com/sso/acme"
	telnyxPortal   = "https://portal.telnyx.com"
)

func newTelnyx(t *testing.T) *site { return telnyxIn(newWorld(t)) }

func telnyxIn(w *world) *site {
	s := w.site("telnyx")
	s.acs, s.audience, s.start = telnyxACS, telnyxEntityID, telnyxLogin
	return s
}

// body is a good body for a create, with changes at its members and, with a
// leading "settings.", at those of its settings; nil takes one away.
func telnyxBody(t *testing.T, change map[string]any) string {
	t.Helper()
	settings := map[string]any{
		"idp_entity_id": issuer, "idp_sso_target_url": loginURL,
		"idp_cert_fingerprint":           samlrp.FingerprintOf(validKey().Certificate, "sha256"),
		"idp_cert_fingerprint_algorithm": "sha256",
	}
	body := map[string]any{"name": "Okta", "short_name": "acme", "active": false, "settings": settings}
	for name, v := range change {
		in := body
		if inner, ok := strings.CutPrefix(name, "settings."); ok {
			in, name = settings, inner
		}
		if in[name] = v; v == nil {
			delete(in, name)
		}
	}
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (s *site) v2(method, path, body string) (int, map[string]any) {
	s.t.Helper()
	return s.callAt(s.api, s.token, method, path, body)
}

// create makes an authentication provider and returns its id.
func (s *site) create(change map[string]any) string {
	s.t.Helper()
	status, got := s.v2("POST", "/authentication_providers", telnyxBody(s.t, change))
	if status != 200 {
		s.t.Fatalf("create: %d %v", status, got)
	}
	return got["data"].(map[string]any)["id"].(string)
}

// telnyxBesideOkta is Telnyx in a world whose Okta serves the metadata at
// metadataURL.
func telnyxBesideOkta(t *testing.T) (s *site, okta *httptest.Server, metadataURL string) {
	t.Helper()
	okta, metadataURL = oktaWithMetadata(t)
	w := newWorld(t)
	w.okta = okta.URL
	w.start()
	return telnyxIn(w), okta, metadataURL
}

// oktaWithMetadata is an Okta that serves the metadata of exk1.
func oktaWithMetadata(t *testing.T) (*httptest.Server, string) {
	t.Helper()
	var origin string
	okta := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/app/exk1/sso/saml/metadata":
			fmt.Fprintf(w, idpMetadata, origin, base64.StdEncoding.EncodeToString(validKey().Certificate.Raw))
		case "/moved":
			http.Redirect(w, r, "/app/exk1/sso/saml/metadata", http.StatusFound)
		case "/page":
			fmt.Fprint(w, "<html><body>Sign in</body></html>")
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(okta.Close)
	origin = okta.URL
	return okta, okta.URL + "/app/exk1/sso/saml/metadata"
}

const idpMetadata = `<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="http://www.okta.com/exk1" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"><md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>
%[2]s
</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="%[1]s/post"/><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="%[1]s/app/acme_telnyx_1/exk1/sso/saml"/></md:IDPSSODescriptor></md:EntityDescriptor>`

func TestTelnyxSignInBegunAtItsURL(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	s.create(map[string]any{"active": true})
	for _, algorithm := range []string{"sha1", "sha256", "sha384", "sha512"} {
		digest := strings.ToLower(samlrp.FingerprintOf(validKey().Certificate, algorithm))
		s.create(map[string]any{
			"active": true, "short_name": algorithm,
			"settings.idp_cert_fingerprint": digest, "settings.idp_cert_fingerprint_algorithm": algorithm,
		})
		b := s.browser()
		b.open("https://api.telnyx.com/sso/" + algorithm)
		r := s.says(ben)
		r.InResponseTo = b.requestID()
		r.Recipient, r.Audience = "https://api.telnyx.com/sso/saml/auth/"+algorithm, "https://api.telnyx.com/sso/saml/metadata/"+algorithm
		r.Destination = r.Recipient
		one := *s
		one.acs = r.Recipient
		if page := one.deliver(b, r, telnyxPortal); page.url.String() != telnyxPortal+"/home" || !strings.Contains(page.text, "signed in with SSO") {
			t.Errorf("%s: ended at %s with %d: %s", algorithm, page.url, page.status, page.text)
		}
	}
}

func TestTelnyxAnswerGoesToTheProviderItWasAskedFor(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	s.create(map[string]any{"active": true})
	s.create(map[string]any{"active": true, "short_name": "other"})
	b := s.browser()
	b.open("https://api.telnyx.com/sso/other")
	r := s.says(ana)
	r.InResponseTo = b.requestID()
	if page := s.deliver(b, r, telnyxPortal); page.reason() != "unknown_request" {
		t.Errorf("the answer to another provider's request: %d %s", page.status, page.reason())
	}
	if page := s.browser().open("https://api.telnyx.com/sso/nobody"); page.status != 403 || page.reason() != "not_configured" {
		t.Errorf("a short name that is nobody's: %d %s", page.status, page.reason())
	}
}

func TestTelnyxTilesNeedTheRelayState(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	s.create(map[string]any{"active": true})
	for relayState, want := range map[string]string{
		telnyxPortal: "", telnyxPortal + "/": "", "https://portal.telnyx.com:8443/#/home": "",
		"": "wrong_relay_state", "https://portal.telnyx.com.evil.example/": "wrong_relay_state",
		"https://portal.telnyx.com@evil.example/": "wrong_relay_state", "http://portal.telnyx.com": "wrong_relay_state", "/home": "wrong_relay_state",
	} {
		page := s.deliver(s.browser(), s.says(ana), relayState)
		if page.reason() != want || want == "" && page.url.String() != telnyxPortal+"/home" {
			t.Errorf("RelayState %q: %d %q at %s", relayState, page.status, page.reason(), page.url)
		}
	}
	b := s.browser()
	b.open(telnyxLogin)
	if got := mustParse(t, b.page.header.Get("Location")).Query().Get("RelayState"); got != telnyxPortal {
		t.Errorf("the request carries the RelayState %q", got)
	}
}

func TestTelnyxTakesTheBareIDForTheIssuer(t *testing.T) {
	t.Parallel()
	for stored, want := range map[string]string{
		issuer: "", "exk1": "", "exk2": "wrong_issuer", "k1": "wrong_issuer", "not found": "wrong_issuer",
		"https://www.okta.com/exk1": "wrong_issuer", "www.okta.com/exk1": "wrong_issuer",
	} {
		s := newTelnyx(t)
		s.create(map[string]any{"active": true, "settings.idp_entity_id": stored})
		page := s.deliver(s.browser(), s.says(ana), telnyxPortal)
		if page.reason() != want {
			t.Errorf("stored %q: %d %q %s", stored, page.status, page.reason(), page.role("alert"))
		}
	}
}

func TestTelnyxTellsWhatIsWrongWithAFingerprint(t *testing.T) {
	t.Parallel()
	sha256 := samlrp.FingerprintOf(validKey().Certificate, "sha256")
	for name, tt := range map[string]struct {
		change       map[string]any
		edit         func(*samltest.Response)
		reason, says string
	}{
		"another certificate's": {map[string]any{"settings.idp_cert_fingerprint": samlrp.FingerprintOf(samltest.Second().Certificate, "sha256")}, nil,
			"certificate_mismatch", sha256},
		"another length": {map[string]any{"settings.idp_cert_fingerprint_algorithm": "sha1"}, nil, "certificate_mismatch", "has 32 bytes, but SHA1 gives 20"},
		"no certificate": {nil, func(r *samltest.Response) { r.KeyInfo = false }, "certificate_missing", "without its certificate"},
		"another key's signature": {nil, func(r *samltest.Response) {
			r.Key = samltest.Key{Private: samltest.Second().Private, Certificate: validKey().Certificate}
		}, "bad_signature", "cannot be verified"},
	} {
		s := newTelnyx(t)
		change := map[string]any{"active": true}
		maps.Copy(change, tt.change)
		s.create(change)
		r := s.says(ana)
		if tt.edit != nil {
			tt.edit(&r)
		}
		page := s.deliver(s.browser(), r, telnyxPortal)
		if page.reason() != tt.reason || !strings.Contains(page.role("alert"), tt.says) {
			t.Errorf("%s: %d %s: %s", name, page.status, page.reason(), page.role("alert"))
		}
	}
}

func TestTelnyxServesItsMetadata(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	if page := s.browser().open(telnyxEntityID); page.status != 404 {
		t.Errorf("before: %d", page.status)
	}
	s.create(nil)
	page := s.browser().open(telnyxEntityID)
	if page.status != 200 || page.header.Get("Content-Type") != "application/samlmetadata+xml" {
		t.Fatalf("%d %s", page.status, page.header.Get("Content-Type"))
	}
	for _, want := range []string{`entityID="` + telnyxEntityID + `"`, `Location="` + telnyxACS + `"`, samlrp.FormatEmail} {
		if !strings.Contains(page.raw, want) {
			t.Errorf("no %s in\n%s", want, page.raw)
		}
	}
}

func TestTelnyxMailsEverybodyWhenItIsTurnedOn(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	id := s.create(nil)
	if page := s.admin("Sent mail").page; strings.Contains(page.text, "Single Sign-On is now enabled") {
		t.Fatal("mails went out before")
	}
	patch := func(active string) {
		t.Helper()
		if status, got := s.v2("PATCH", "/authentication_providers/"+id, `{"active":`+active+`}`); status != 200 {
			t.Fatalf("%d %v", status, got)
		}
	}
	patch("true")
	patch("true") // is on already
	patch(`true,"name":"Okta Prod"`)
	page := s.admin("Sent mail").page
	if got := strings.Count(page.text, "Single Sign-On is now enabled"); got != 2 {
		t.Errorf("%d mails, want one for each of the two people:\n%s", got, page.text)
	}
	for _, want := range []string{ana, ben, "until 7 March 2026, 05:06 UTC", telnyxLogin, "4 March 2026, 05:06 UTC"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("no %q in\n%s", want, page.text)
		}
	}
	patch("false")
	s.clock.pass(time.Hour)
	patch("true")
	if page := s.admin("Sent mail").page; strings.Count(page.text, "Single Sign-On is now enabled") != 4 {
		t.Errorf("turning it on again mails again:\n%s", page.text)
	}
}

func TestTelnyxPasswordsEndAfterThreeDays(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	id := s.create(map[string]any{"active": true})
	next := func(email string) *browser {
		b := s.browser()
		b.open(s.portal)
		b.press("Next", map[string]string{"Email address": email})
		return b
	}
	signsIn := func(email, password string) bool {
		b := next(email)
		return b.page.status == 200 && b.press("Sign in", map[string]string{"Password": password}).url.Path == "/home"
	}
	s.clock.pass(72*time.Hour - time.Second)
	if !signsIn(ben, "secret-ben") {
		t.Error("no password within 72 hours")
	}
	late := next(ben)
	late.follow("Log in with SSO")
	if late.requestID() == "" {
		t.Error("no SSO beside the password")
	}
	late = next(ben)
	s.clock.pass(time.Second)
	if page := late.press("Sign in", map[string]string{"Password": "secret-ben"}); page.status != http.StatusForbidden {
		t.Errorf("a password after 72 hours: %d", page.status)
	}
	if b := next(ben); b.requestID() == "" {
		t.Error("the address does not lead to the identity provider")
	}
	if !signsIn(ana, "secret-ana") {
		t.Error("the owner, who bypasses SSO, cannot sign in")
	}
	s.v2("PATCH", "/authentication_providers/"+id, `{"active":false}`)
	if !signsIn(ben, "secret-ben") {
		t.Error("no password after it was turned off")
	}
}
