package sp_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/sp/samlrp/samltest"
)

func settingsBody(t *testing.T, change map[string]any) string {
	t.Helper()
	v := map[string]any{"login_url": loginURL, "entity_id": "n2p", "public_certificate": samltest.First().PEM()}
	for name, value := range change {
		if v[name] = value; value == nil {
			delete(v, name)
		}
	}
	b, err := json.Marshal(map[string]any{"settings": v})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestConnectionIsReadReplacedAndDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	empty := map[string]any{
		"protocol": "saml", "configured": false, "enabled": false, "settings": map[string]any{},
		"service_provider": map[string]any{"acs_url": acsURL, "entity_id": "n2p"},
		"options":          map[string]any{}, "updated_at": nil,
	}
	want := func(method, path, body string, status int, object map[string]any) {
		t.Helper()
		got, answer := w.call(method, path, body)
		if got != status {
			t.Fatalf("%s %s: %d %v", method, path, got, answer)
		}
		if diff := cmp.Diff(object, answer); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", method, path, diff)
		}
	}
	want("GET", "/connection", "", 200, empty)
	full := map[string]any{
		"protocol": "saml", "configured": true, "enabled": false,
		"settings": map[string]any{
			"login_url": loginURL, "logout_url": "", "entity_id": "acme", "public_certificate": samltest.First().PEM(),
		},
		"service_provider": map[string]any{"acs_url": acsURL, "entity_id": "acme"},
		"options":          map[string]any{}, "updated_at": "2026-03-04T05:06:07Z",
	}
	// CRLF and missing last line end are the same certificate.
	crlf := strings.ReplaceAll(strings.TrimSpace(samltest.First().PEM()), "\n", "\r\n")
	want("PUT", "/connection", settingsBody(t, map[string]any{"entity_id": "acme", "public_certificate": crlf}), 200, full)
	want("GET", "/connection", "", 200, full)

	w.clock.pass(time.Minute)
	want("PUT", "/connection", settingsBody(t, map[string]any{"entity_id": "acme"}), 200, full) // nothing changed
	full["enabled"], full["updated_at"] = true, "2026-03-04T05:07:07Z"
	want("PUT", "/connection/enabled", `{"enabled":true}`, 200, full)

	w.clock.pass(time.Minute)
	full["settings"].(map[string]any)["logout_url"], full["updated_at"] = "https://acme.okta.com/out", "2026-03-04T05:08:07Z"
	want("PUT", "/connection", settingsBody(t, map[string]any{"entity_id": "acme", "logout_url": "https://acme.okta.com/out"}), 200, full)

	if status, got := w.call("DELETE", "/connection", ""); status != 409 || errorOf(got)["code"] != "conflict" {
		t.Errorf("DELETE while on: %d %v", status, got)
	}
	w.call("PUT", "/connection/enabled", `{"enabled":false}`)
	want("DELETE", "/connection", "", 204, nil)
	want("DELETE", "/connection", "", 204, nil)
	want("GET", "/connection", "", 200, empty)
}

func errorOf(answer map[string]any) map[string]any {
	e, _ := answer["error"].(map[string]any)
	return e
}

func TestRefusedCallsSayWhy(t *testing.T) {
	t.Parallel()
	key := "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
	tests := []struct {
		name, method, path, body string
		status                   int
		code, field              string
	}{
		{"plain http", "PUT", "/connection", settingsBody(t, map[string]any{"login_url": "http://acme.okta.com/x"}), 422, "invalid_url", "login_url"},
		{"other loopback port", "PUT", "/connection", settingsBody(t, map[string]any{"login_url": "http://127.0.0.1:7002/x"}), 422, "invalid_url", "login_url"},
		{"origin as a prefix", "PUT", "/connection", settingsBody(t, map[string]any{"login_url": "http://127.0.0.1:7001.evil.example/x"}), 422, "invalid_url", "login_url"},
		{"longer port", "PUT", "/connection", settingsBody(t, map[string]any{"login_url": "http://127.0.0.1:70012/x"}), 422, "invalid_url", "login_url"},
		{"password in the URL", "PUT", "/connection", settingsBody(t, map[string]any{"login_url": "https://ana:pw@acme.okta.com/x"}), 422, "invalid_url", "login_url"},
		{"origin as a user", "PUT", "/connection", settingsBody(t, map[string]any{"login_url": "http://127.0.0.1:7001@evil.example/x"}), 422, "invalid_url", "login_url"},
		{"script", "PUT", "/connection", settingsBody(t, map[string]any{"logout_url": "javascript:alert(1)"}), 422, "invalid_url", "logout_url"},
		{"no host", "PUT", "/connection", settingsBody(t, map[string]any{"login_url": "https:///x"}), 422, "invalid_url", "login_url"},
		{"no login URL", "PUT", "/connection", settingsBody(t, map[string]any{"login_url": nil}), 422, "required", "login_url"},
		{"empty entity ID", "PUT", "/connection", settingsBody(t, map[string]any{"entity_id": ""}), 422, "required", "entity_id"},
		{"entity ID with a space", "PUT", "/connection", settingsBody(t, map[string]any{"entity_id": "n2p "}), 422, "invalid_value", "entity_id"},
		{"no certificate", "PUT", "/connection", settingsBody(t, map[string]any{"public_certificate": nil}), 422, "required", "public_certificate"},
		{"bad certificate", "PUT", "/connection", settingsBody(t, map[string]any{"public_certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}), 422, "invalid_certificate", "public_certificate"},
		{"two certificates", "PUT", "/connection", settingsBody(t, map[string]any{"public_certificate": samltest.First().PEM() + samltest.Second().PEM()}), 422, "invalid_certificate", "public_certificate"},
		{"certificate without line breaks", "PUT", "/connection", settingsBody(t, map[string]any{"public_certificate": strings.ReplaceAll(samltest.First().PEM(), "\n", "")}), 422, "invalid_certificate", "public_certificate"},
		{"private key", "PUT", "/connection", settingsBody(t, map[string]any{"public_certificate": samltest.First().PEM() + key}), 422, "invalid_certificate", "public_certificate"},
		{"unknown setting", "PUT", "/connection", settingsBody(t, map[string]any{"issuer": "x"}), 422, "unknown_setting", "issuer"},
		{"number", "PUT", "/connection", settingsBody(t, map[string]any{"entity_id": 5}), 422, "invalid_value", "entity_id"},
		{"unknown member", "PUT", "/connection", `{"settings":{},"enabled":true}`, 422, "unknown_member", "enabled"},
		{"no settings", "PUT", "/connection", `{}`, 422, "required", "settings"},
		{"settings null", "PUT", "/connection", `{"settings":null}`, 422, "invalid_value", "settings"},
		{"twice", "PUT", "/connection", `{"settings":{"entity_id":"a","entity_id":"b"}}`, 400, "malformed", ""},
		{"cut", "PUT", "/connection", `{"settings":`, 400, "malformed", ""},
		{"two values", "PUT", "/connection", `{"settings":{}} {}`, 400, "malformed", ""},
		{"array", "PUT", "/connection", `[]`, 400, "malformed", ""},
		{"too large", "PUT", "/connection", `{"settings":{"entity_id":"` + strings.Repeat("x", 2<<20) + `"}}`, 413, "too_large", ""},
		{"enabled as text", "PUT", "/connection/enabled", `{"enabled":"true"}`, 422, "invalid_value", "enabled"},
		{"enabled missing", "PUT", "/connection/enabled", `{}`, 422, "required", "enabled"},
		{"enabled unconfigured", "PUT", "/connection/enabled", `{"enabled":true}`, 409, "conflict", ""},
		{"test unconfigured", "POST", "/tests", "", 409, "conflict", ""},
		{"test with members", "POST", "/tests", `{"x":1}`, 422, "unknown_member", "x"},
		{"unknown test", "GET", "/tests/nothing", "", 404, "not_found", ""},
		{"unknown path", "GET", "/users", "", 404, "not_found", ""},
		{"method", "PATCH", "/connection", `{}`, 405, "method_not_allowed", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			status, answer := w.call(tt.method, tt.path, tt.body)
			e := errorOf(answer)
			field, _ := e["field"].(string)
			if status != tt.status || e["code"] != tt.code || field != tt.field || e["message"] == "" {
				t.Errorf("%d %v, want %d %s %s", status, answer, tt.status, tt.code, tt.field)
			}
			if _, now := w.call("GET", "/connection", ""); now["configured"] != false {
				t.Errorf("a refused call changed the connection: %v", now)
			}
		})
	}
}

func TestAPIWantsItsToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, header := range map[string]string{"none": "", "basic": "Basic " + w.token, "empty": "Bearer ", "wrong": "Bearer " + w.token + "x"} {
		r, err := http.NewRequest("GET", apiURL+"/connection", nil)
		if err != nil {
			t.Fatal(err)
		}
		if header != "" {
			r.Header.Set("Authorization", header)
		}
		res, err := w.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != 401 || !strings.HasPrefix(res.Header.Get("WWW-Authenticate"), "Bearer ") {
			t.Errorf("%s: %d, WWW-Authenticate %q", name, res.StatusCode, res.Header.Get("WWW-Authenticate"))
		}
	}
}

func TestBodiesMustBeJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for kind, want := range map[string]int{"text/plain": 415, "": 415, "application/json; charset=utf-8": 200} {
		r, err := http.NewRequest("PUT", apiURL+"/connection", strings.NewReader(settingsBody(t, nil)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "bearer "+w.token)
		r.Header.Set("Content-Type", kind)
		if status, answer := w.send(r); status != want {
			t.Errorf("%q: %d %v", kind, status, answer)
		}
	}
}

// newTest creates a test by the API and returns its id and start URL.
func (w *world) newTest() (id, start string) {
	w.t.Helper()
	status, got := w.call("POST", "/tests", "")
	if status != 201 {
		w.t.Fatalf("create test: %d %v", status, got)
	}
	return got["id"].(string), got["start_url"].(string)
}

func (w *world) verdict(id string) map[string]any {
	w.t.Helper()
	status, got := w.call("GET", "/tests/"+id, "")
	if status != 200 {
		w.t.Fatalf("read test: %d %v", status, got)
	}
	return got
}

func TestATestSignInWorksWhileSSOIsOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(false)
	id, start := w.newTest()
	want := map[string]any{
		"id": id, "status": "pending", "start_url": start, "code": nil, "message": nil, "person": nil,
		"expires_at": "2026-03-04T05:16:07Z",
	}
	if diff := cmp.Diff(want, w.verdict(id)); diff != "" {
		t.Errorf("before (-want +got):\n%s", diff)
	}
	b := w.browser()
	b.open(start)
	r := w.response(ana)
	r.InResponseTo = b.requestID()
	w.start() // the verdict is found by a sandbox that was started again, too
	page := b.answer(r)
	if page.status != 200 || page.url.String() != start+"/result" || !strings.Contains(page.role("status"), "Test passed") {
		t.Errorf("ended at %s with %d: %s", page.url, page.status, page.text)
	}
	want["status"], want["message"], want["person"] = "passed", "The sign-in was accepted.", ana
	if diff := cmp.Diff(want, w.verdict(id)); diff != "" {
		t.Errorf("after (-want +got):\n%s", diff)
	}
	if b.open(portal+"/home").url.Path != "/login" {
		t.Error("a test sign-in left a session")
	}
	if page := b.open(start); page.status != http.StatusGone {
		t.Errorf("second visit of the start URL: %d", page.status)
	}
}

func TestAFailedTestKeepsItsReason(t *testing.T) {
	t.Parallel()
	for reason, change := range map[string]func(*samltest.Response){
		"wrong_audience":       func(r *samltest.Response) { r.Audience = "else" },
		"certificate_mismatch": func(r *samltest.Response) { r.Key = samltest.Second() },
		"unsigned":             func(r *samltest.Response) { r.SignAssertion, r.SignResponse = false, false },
		"person_unknown":       func(r *samltest.Response) { r.NameID = "nobody@acme.example" },
		"status_not_success":   func(r *samltest.Response) { r.Status = "urn:oasis:names:tc:SAML:2.0:status:Responder" },
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.configure(false)
			id, start := w.newTest()
			b := w.browser()
			b.open(start)
			r := w.response(ana)
			r.InResponseTo = b.requestID()
			change(&r)
			if page := b.answer(r); page.status != 403 || page.reason() != reason {
				t.Errorf("page: %d %s", page.status, page.reason())
			}
			got := w.verdict(id)
			if got["status"] != "failed" || got["code"] != reason || got["message"] == nil {
				t.Errorf("verdict: %v", got)
			}
		})
	}
}

func TestAnUnreadableResponseFailsTheBrowsersTest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(false)
	id, start := w.newTest()
	b := w.browser()
	b.open(start)
	w.browser().post(acsURL, map[string][]string{"SAMLResponse": {"?"}}, nil, "")
	if got := w.verdict(id); got["status"] != "pending" {
		t.Errorf("a stranger ended the test: %v", got)
	}
	if page := b.post(acsURL, map[string][]string{"SAMLResponse": {"?"}}, nil, ""); page.status != 400 {
		t.Errorf("page: %d", page.status)
	}
	if got := w.verdict(id); got["status"] != "failed" || got["code"] != "malformed" {
		t.Errorf("verdict: %v", got)
	}
}

func TestOnlyAGenuineResponseEndsATestFromAnotherBrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(false)
	id, start := w.newTest()
	b := w.browser()
	b.open(start)
	r := w.response(ana)
	r.InResponseTo = b.requestID()
	forged := r
	forged.Key = samltest.Second()
	w.browser().answer(forged)
	if got := w.verdict(id); got["status"] != "pending" {
		t.Errorf("a forged response ended the test: %v", got)
	}
	w.browser().answer(r)
	if got := w.verdict(id); got["status"] != "failed" || got["code"] != "request_cookie_missing" {
		t.Errorf("verdict: %v", got)
	}
}

func TestTestsEndWithTimeAndWithTheSettings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(false)
	late, start := w.newTest()
	b := w.browser()
	b.open(start)
	r := w.response(ana)
	r.InResponseTo = b.requestID()
	w.clock.pass(10 * time.Minute)
	if got := w.verdict(late); got["status"] != "expired" {
		t.Errorf("after ten minutes: %v", got)
	}
	if page := b.open(start); page.status != http.StatusGone {
		t.Errorf("start URL: %d", page.status)
	}
	b.answer(r)
	if got := w.verdict(late); got["status"] != "expired" {
		t.Errorf("a late response revived the test: %v", got)
	}

	same, start := w.newTest()
	b.open(start)
	changed := w.response(ana)
	changed.InResponseTo = b.requestID()
	w.call("PUT", "/connection", settingsBody(t, nil))
	if got := w.verdict(same); got["status"] != "pending" {
		t.Errorf("after saving the same values: %v", got)
	}
	w.call("PUT", "/connection", settingsBody(t, map[string]any{"entity_id": "other"}))
	if got := w.verdict(same); got["status"] != "expired" || got["message"] == nil {
		t.Errorf("after saving other values: %v", got)
	}
	if page := b.answer(changed); page.status != 403 || page.reason() != "unknown_request" {
		t.Errorf("answer to a test that was ended: %d %s", page.status, page.reason())
	}
	if page := b.open(portal + "/sso/test/nothing"); page.status != 404 {
		t.Errorf("unknown start URL: %d", page.status)
	}
}

func TestALookAtTheStartURLBeginsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(false)
	_, start := w.newTest()
	r, err := http.NewRequest(http.MethodHead, start, nil)
	if err != nil {
		t.Fatal(err)
	}
	if page := w.browser().do(r); page.status != 405 || page.header.Get("Location") != "" {
		t.Errorf("HEAD: %d %q", page.status, page.header.Get("Location"))
	}
}

func TestSettingsAndTokenSurviveARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "records")
	open := func() *durable.Log {
		log, err := durable.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return log
	}
	w := &world{t: t, clock: newClock(), log: open()}
	w.start()
	w.configure(true)
	token := w.token
	_, before := w.call("GET", "/connection", "")
	if err := w.log.Close(); err != nil {
		t.Fatal(err)
	}
	w.log = open()
	w.start()
	if w.token != token {
		t.Error("the token changed")
	}
	_, after := w.call("GET", "/connection", "")
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("connection (-before +after):\n%s", diff)
	}
	if err := w.log.Close(); err != nil {
		t.Fatal(err)
	}
	// A log that takes nothing more: the call fails and nothing seems changed.
	if status, answer := w.call("PUT", "/connection/enabled", `{"enabled":false}`); status != 500 || errorOf(answer)["code"] != "internal" {
		t.Errorf("with a closed log: %d %v", status, answer)
	}
	if _, now := w.call("GET", "/connection", ""); now["enabled"] != true {
		t.Error("a change that could not be kept shows")
	}
}
