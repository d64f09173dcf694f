package sp_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCloudTalksAPINeverTellsTheSecret(t *testing.T) {
	t.Parallel()
	p := newIdP(t)
	c := newCloud(t, p.URL)
	base := c.api + "/sso-settings/v1"
	view := func(configured, enabled bool, settings map[string]any, updated any) map[string]any {
		return map[string]any{
			"protocol": "oidc", "configured": configured, "enabled": enabled, "settings": settings,
			"service_provider": map[string]any{"redirect_uri": firstAnswer, "redirect_uri_2": secondAnswer},
			"options":          map[string]any{"method": []any{"GET", "POST"}}, "updated_at": updated,
		}
	}
	want := func(method, path, body string, status int, wanted map[string]any) {
		t.Helper()
		got, answer := c.callAt(base, c.token, method, path, body)
		if got != status {
			t.Fatalf("%s %s: %d %v", method, path, got, answer)
		}
		if diff := cmp.Diff(wanted, answer); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", method, path, diff)
		}
	}
	body := func(change map[string]any) string {
		b, err := json.Marshal(map[string]any{"settings": c.good(change)})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	const at = "2026-03-04T05:06:07Z"
	stored := map[string]any{"client_id": "0oa-cloud", "discovery_url": p.URL + "/", "method": "GET", "enforce": false}
	want("GET", "/connection", "", 200, view(false, false, map[string]any{}, nil))
	if status, got := c.callAt(base, c.token, "PUT", "/connection", body(map[string]any{"client_secret": nil})); status != 422 || errorOf(got)["field"] != "client_secret" {
		t.Errorf("no secret at first: %d %v", status, got)
	}
	want("PUT", "/connection", body(nil), 200, view(true, false, stored, at))
	want("PUT", "/connection/enabled", `{"enabled":true}`, 200, view(true, true, stored, at))
	stored["enforce"] = true
	// A secret that is left out stays what it is.
	want("PUT", "/connection", body(map[string]any{"enforce": true, "client_secret": nil}), 200, view(true, true, stored, at))
	p.now, p.info = c.clock.now, map[string]any{"sub": "u1", "email": ana}
	if got := c.person().open(cloudStart); !strings.Contains(got.text, "signed in with SSO") {
		t.Errorf("the secret was lost: %s", got.text)
	}
	c.world.start() // a restart keeps it
	want("GET", "/connection", "", 200, view(true, true, stored, at))
	for name, refused := range map[string]struct {
		change map[string]any
		field  string
	}{
		"an empty secret": {map[string]any{"client_secret": ""}, "client_secret"}, "no client": {map[string]any{"client_id": ""}, "client_id"},
		"another method": {map[string]any{"method": "PUT"}, "method"}, "no method": {map[string]any{"method": nil}, "method"},
		"plain http": {map[string]any{"discovery_url": "http://acme.okta.com"}, "discovery_url"}, "a word": {map[string]any{"discovery_url": "acme"}, "discovery_url"},
		"enforce as text": {map[string]any{"enforce": "yes"}, "enforce"}, "unknown": {map[string]any{"issuer": "x"}, "issuer"},
	} {
		status, got := c.callAt(base, c.token, "PUT", "/connection", body(refused.change))
		if status != 422 || errorOf(got)["field"] != refused.field || strings.Contains(fmt.Sprint(got), c.secret) {
			t.Errorf("%s: %d %v", name, status, got)
		}
	}
	if status, _ := c.callAt(base, c.token, "POST", "/tests", ""); status != 404 {
		t.Errorf("tests: %d", status)
	}
	if status, _ := c.callAt(base, c.token, "DELETE", "/connection", ""); status != 409 {
		t.Errorf("DELETE while on: %d", status)
	}
	want("PUT", "/connection/enabled", `{"enabled":false}`, 200, view(true, false, stored, at))
	want("DELETE", "/connection", "", 204, nil)
	want("GET", "/connection", "", 200, view(false, false, map[string]any{}, nil))
	if status, _ := c.callAt(base, "nobody", "GET", "/connection", ""); status != 401 {
		t.Errorf("without a token: %d", status)
	}
}

func TestCloudTalksPageKeepsTheSecretAndSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := newIdP(t)
	p.info = map[string]any{"sub": "u1", "email": ana}
	c := newCloud(t, p.URL)
	p.now = c.clock.now
	b := c.person()
	b.open(cloudPortal + "/")
	b.press("Next", map[string]string{"Email address": ana})
	b.press("Sign in", map[string]string{"Password": "secret-ana"})
	b.open(cloudSettings)
	b.press("Save", map[string]string{"Enable Okta SSO": "true"})
	if b.page.status != 422 || !strings.Contains(b.page.text, "Client ID is required") || !strings.Contains(b.page.text, "Discovery URL is required") {
		t.Errorf("empty form: %d %s", b.page.status, b.page.text)
	}
	b.press("Save", map[string]string{"Client ID": c.client, "Client Secret": c.secret, "Discovery URL": "http://acme.okta.com"})
	if b.page.status != 422 || strings.Contains(b.page.raw, c.secret) || !strings.Contains(b.page.raw, `value="`+c.client+`"`) {
		t.Errorf("wrong URL: %d %s", b.page.status, b.page.raw)
	}
	b.press("Save", map[string]string{"Client Secret": c.secret, "Discovery URL": p.URL})
	b.press("Save", map[string]string{"Method": "POST", "Enforce Okta SSO": "true"}) // the secret is left empty
	if b.page.role("status") != "The settings are saved. Okta SSO is on." {
		t.Fatalf("%d %s", b.page.status, b.page.text)
	}
	if got := c.person().open(cloudStart); !strings.Contains(got.text, "signed in with SSO") {
		t.Errorf("the secret was lost: %s", got.text)
	}
	other := c.person()
	other.open(cloudPortal + "/login")
	if other.press("Next", map[string]string{"Email address": ana}); !strings.Contains(other.page.text, "requires single sign-on") {
		t.Errorf("enforced: %s", other.page.text)
	}
	b.open(cloudSettings)
	b.press("Save", map[string]string{"Enable Okta SSO": "[off]"})
	if b.page.role("status") != "The settings are saved. Okta SSO is off." {
		t.Errorf("off: %s", b.page.text)
	}
	if got := c.person().open(cloudStart); got.reason() != "sso_not_enabled" {
		t.Errorf("off: %s", got.text)
	}
	ben := c.person()
	ben.open(cloudPortal + "/login")
	ben.press("Next", map[string]string{"Email address": "ben.okafor@acme.example"})
	ben.press("Sign in", map[string]string{"Password": "secret-ben"})
	if ben.open(cloudSettings).status != 403 {
		t.Errorf("somebody who is no admin: %d", ben.page.status)
	}
}
