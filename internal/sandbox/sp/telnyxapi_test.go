package sp_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
)

const providersPath = "/authentication_providers"

func data(got map[string]any) map[string]any {
	d, _ := got["data"].(map[string]any)
	return d
}

func TestTelnyxRecordIsCreatedReadChangedAndDeleted(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	status, made := s.v2("POST", providersPath, telnyxBody(t, nil))
	id, _ := data(made)["id"].(string)
	organization, _ := data(made)["organization_id"].(string)
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if status != 200 || !uuid.MatchString(id) || !uuid.MatchString(organization) {
		t.Fatalf("create: %d %v", status, made)
	}
	settings := map[string]any{
		"assertion_consumer_service_url": telnyxACS, "service_provider_entity_id": telnyxEntityID, "service_provider_login_url": telnyxLogin,
		"idp_entity_id": issuer, "idp_sso_target_url": loginURL, "idp_slo_target_url": nil,
		"idp_cert_fingerprint":           samlrp.FingerprintOf(validKey().Certificate, "sha256"),
		"idp_cert_fingerprint_algorithm": "sha256", "idp_certificate": nil,
		"idp_attribute_names":    map[string]any{"email": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"},
		"name_identifier_format": samlrp.FormatEmail, "provision_groups": false,
	}
	want := map[string]any{
		"id": id, "record_type": "authentication_provider", "name": "Okta", "short_name": "acme", "organization_id": organization,
		"active": false, "activated_at": nil, "created_at": "2026-03-04T05:06:07Z", "updated_at": "2026-03-04T05:06:07Z", "settings": settings,
	}
	same := func(what string, status int, got map[string]any) {
		t.Helper()
		if diff := cmp.Diff(want, data(got)); status != 200 || diff != "" {
			t.Errorf("%s: %d (-want +got):\n%s", what, status, diff)
		}
	}
	same("create", status, made)
	at := providersPath + "/" + id
	status, got := s.v2("GET", at, "")
	same("read", status, got)

	s.clock.pass(time.Minute)
	status, got = s.v2("PATCH", at, `{"active":false,"name":"Okta","unknown":{"x":1}}`)
	same("a change of nothing", status, got)
	want["name"], want["updated_at"] = "Okta Prod", "2026-03-04T05:07:07Z"
	status, got = s.v2("PATCH", at, `{"name":"Okta Prod"}`)
	same("name", status, got)
	s.clock.pass(time.Minute)
	want["active"], want["activated_at"], want["updated_at"] = true, "2026-03-04T05:08:07Z", "2026-03-04T05:08:07Z"
	status, got = s.v2("PATCH", at, `{"active":true}`)
	same("active", status, got)
	want["short_name"] = "emca"
	settings["assertion_consumer_service_url"] = "https://api.telnyx.com/sso/saml/auth/emca"
	settings["service_provider_entity_id"] = "https://api.telnyx.com/sso/saml/metadata/emca"
	settings["service_provider_login_url"] = "https://api.telnyx.com/sso/emca"
	settings["idp_cert_fingerprint_algorithm"], settings["idp_entity_id"] = "sha1", "exk1"
	digest := samlrp.FingerprintOf(validKey().Certificate, "sha1")
	settings["idp_cert_fingerprint"] = digest
	status, got = s.v2("PATCH", at, `{"short_name":"emca","settings":{"idp_entity_id":"exk1","idp_sso_target_url":"`+loginURL+`","idp_cert_fingerprint":"`+digest+`"}}`)
	same("settings with the default algorithm", status, got)

	s.world.start()
	status, got = s.v2("GET", at, "")
	same("after a restart", status, got)
	status, got = s.v2("DELETE", at, "")
	same("delete", status, got)
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		status, got := s.v2(method, at, "")
		if first := firstError(t, got); status != 404 || first["code"] != "10005" {
			t.Errorf("%s after deleting: %d %v", method, status, got)
		}
	}
}

func TestTelnyxIsActiveUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	_, got := s.v2("POST", providersPath, telnyxBody(t, map[string]any{"active": nil}))
	if data(got)["active"] != true || data(got)["activated_at"] == nil {
		t.Errorf("%v", data(got))
	}
	if page := s.admin("Sent mail").page; !strings.Contains(page.text, ben) {
		t.Error("nobody was mailed")
	}
}

func firstError(t *testing.T, got map[string]any) map[string]any {
	t.Helper()
	list, _ := got["errors"].([]any)
	if len(list) == 0 {
		t.Fatalf("no errors in %v", got)
	}
	first := list[0].(map[string]any)
	meta, _ := first["meta"].(map[string]any)
	if first["title"] == "" || first["detail"] == "" || meta["url"] != fmt.Sprintf("https://developers.telnyx.com/docs/overview/errors/%s", first["code"]) {
		t.Errorf("the error is not whole: %v", first)
	}
	return first
}

func TestTelnyxRefusesAndPointsAtTheField(t *testing.T) {
	t.Parallel()
	const fingerprint = "settings.idp_cert_fingerprint"
	tests := []struct {
		name          string
		change        map[string]any
		code, pointer string
	}{
		{"no name", map[string]any{"name": nil}, "10004", "/name"},
		{"empty name", map[string]any{"name": " "}, "10004", "/name"},
		{"name is a number", map[string]any{"name": 5}, "10015", "/name"},
		{"no short name", map[string]any{"short_name": nil}, "10004", "/short_name"},
		{"short name not for a URL", map[string]any{"short_name": "acme corp"}, "10015", "/short_name"},
		{"short name with a slash", map[string]any{"short_name": "a/b"}, "10015", "/short_name"},
		{"short name of somebody else", map[string]any{"short_name": "telnyx"}, "10012", "/short_name"},
		{"short name of our own", map[string]any{"short_name": "used"}, "10012", "/short_name"},
		{"active as text", map[string]any{"active": "no"}, "10015", "/active"},
		{"no settings", map[string]any{"settings": nil}, "10004", "/settings"},
		{"settings as list", map[string]any{"settings": []int{1}}, "10015", "/settings"},
		{"no IdP entity ID", map[string]any{"settings.idp_entity_id": nil}, "10004", "/settings/idp_entity_id"},
		{"empty IdP entity ID", map[string]any{"settings.idp_entity_id": ""}, "10004", "/settings/idp_entity_id"},
		{"no SSO URL", map[string]any{"settings.idp_sso_target_url": nil}, "10004", "/settings/idp_sso_target_url"},
		{"bad SSO URL", map[string]any{"settings.idp_sso_target_url": "acme"}, "10003", "/settings/idp_sso_target_url"},
		{"no fingerprint", map[string]any{fingerprint: nil}, "10004", "/settings/idp_cert_fingerprint"},
		{"fingerprint of no hex", map[string]any{fingerprint: "zz:11"}, "10015", "/settings/idp_cert_fingerprint"},
		{"fingerprint too short", map[string]any{fingerprint: "AA:BB"}, "10015", "/settings/idp_cert_fingerprint"},
		{"fingerprint as number", map[string]any{fingerprint: 12}, "10015", "/settings/idp_cert_fingerprint"},
		{"algorithm", map[string]any{"settings.idp_cert_fingerprint_algorithm": "md5"}, "10015", "/settings/idp_cert_fingerprint_algorithm"},
		{"metadata elsewhere", map[string]any{"settings": nil, "settings_url": "https://acme.okta.com/metadata"}, "10003", "/settings_url"},
		{"metadata is no URL", map[string]any{"settings": nil, "settings_url": true}, "10015", "/settings_url"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newTelnyx(t)
			s.create(map[string]any{"short_name": "used"})
			status, got := s.v2("POST", providersPath, telnyxBody(t, tt.change))
			first := firstError(t, got)
			source, _ := first["source"].(map[string]any)
			if status != 422 || first["code"] != tt.code || source["pointer"] != tt.pointer || len(got["errors"].([]any)) != 1 {
				t.Errorf("%d %v", status, got)
			}
			if _, list := s.v2("GET", providersPath, ""); len(list["data"].([]any)) != 1 {
				t.Error("a refused create made something")
			}
		})
	}
}

func TestTelnyxNamesEveryFault(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	_, got := s.v2("POST", providersPath, `{}`)
	var pointers []string
	for _, e := range got["errors"].([]any) {
		pointers = append(pointers, e.(map[string]any)["source"].(map[string]any)["pointer"].(string))
	}
	if diff := cmp.Diff([]string{"/name", "/short_name", "/settings"}, pointers); diff != "" {
		t.Errorf("pointers (-want +got):\n%s", diff)
	}
	id := s.create(nil)
	status, got := s.v2("PATCH", providersPath+"/"+id, `{"settings":{"idp_entity_id":"x"}}`)
	if status != 422 || len(got["errors"].([]any)) != 2 {
		t.Errorf("a part of the settings: %d %v", status, got)
	}
	if _, now := s.v2("GET", providersPath+"/"+id, ""); data(now)["settings"].(map[string]any)["idp_entity_id"] != issuer {
		t.Error("a refused change changed something")
	}
}

// The vendor's own example pairs an algorithm with a digest of another length.
// It is taken; what is wrong with it shows at the sign-in.
func TestTelnyxTakesADigestOfAnotherLength(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	s.create(map[string]any{"settings.idp_cert_fingerprint": samlrp.FingerprintOf(validKey().Certificate, "sha1")})
}

func TestTelnyxImportsFromTheSettingsURL(t *testing.T) {
	t.Parallel()
	s, okta, metadataURL := telnyxBesideOkta(t)
	_, got := s.v2("POST", providersPath, telnyxBody(t, map[string]any{"settings": nil, "settings_url": metadataURL}))
	settings, _ := data(got)["settings"].(map[string]any)
	if settings["idp_entity_id"] != "not found" || settings["idp_certificate"] != validKey().PEM() ||
		settings["idp_cert_fingerprint"] != samlrp.FingerprintOf(validKey().Certificate, "sha256") {
		t.Fatalf("%v", got)
	}
	// Beside settings the URL is not looked at.
	_, got = s.v2("PATCH", providersPath+"/"+data(got)["id"].(string), telnyxBody(t, map[string]any{
		"settings_url": "nonsense", "settings.idp_cert_fingerprint": samlrp.FingerprintOf(validKey().Certificate, "sha512"),
		"settings.idp_cert_fingerprint_algorithm": "sha512", "settings.idp_sso_target_url": okta.URL + "/x",
	}))
	settings, _ = data(got)["settings"].(map[string]any)
	if settings["idp_entity_id"] != issuer || settings["idp_certificate"] != nil {
		t.Errorf("after a change: %v", got)
	}
}

func TestTelnyxListsInPagesAndOrder(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	for i, name := range []string{"delta", "alpha", "charlie", "bravo"} {
		s.create(map[string]any{"short_name": name, "name": fmt.Sprint(9 - i), "active": name == "charlie"})
		s.clock.pass(time.Second)
	}
	for query, want := range map[string]string{
		"": "bravo charlie alpha delta", "?sort=created_at": "delta alpha charlie bravo", "?sort=-created_at": "bravo charlie alpha delta",
		"?sort=short_name": "alpha bravo charlie delta", "?sort=-short_name": "delta charlie bravo alpha", "?sort=name": "bravo charlie alpha delta",
		"?sort=-active&page[size]=1": "charlie", "?page[size]=3": "bravo charlie alpha", "?page[size]=3&page[number]=2": "delta",
		"?page[size]=3&page[number]=3": "", "?page[number]=2147483647&page[size]=250": "",
	} {
		status, got := s.v2("GET", providersPath+query, "")
		list, ok := got["data"].([]any)
		var names []string
		for _, one := range list {
			names = append(names, one.(map[string]any)["short_name"].(string))
		}
		if status != 200 || !ok || strings.Join(names, " ") != want {
			t.Errorf("%s: %d %v", query, status, names)
		}
	}
	_, got := s.v2("GET", providersPath+"?page[size]=3&page[number]=2", "")
	want := map[string]any{"page_number": 2.0, "page_size": 3.0, "total_pages": 2.0, "total_results": 4.0}
	if diff := cmp.Diff(want, got["meta"]); diff != "" {
		t.Errorf("meta (-want +got):\n%s", diff)
	}
	for query, parameter := range map[string]string{
		"page[size]=0": "page[size]", "page[size]=251": "page[size]", "page[size]=x": "page[size]", "page[number]=0": "page[number]",
		"page[number]=-1": "page[number]", "sort=colour": "sort", "sort=--name": "sort",
	} {
		status, got := s.v2("GET", providersPath+"?"+query, "")
		source, _ := firstError(t, got)["source"].(map[string]any)
		if status != 400 || source["parameter"] != parameter {
			t.Errorf("%s: %d %v", query, status, got)
		}
	}
}
