package okta_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// deviceApp is an app on a machine without a browser.
func (s *sandbox) deviceApp() *relyingParty {
	return s.webApp(`"application_type":"web"`, `"application_type":"native"`, "client_secret_post", "none",
		`"grant_types":["authorization_code"]`, `"grant_types":["authorization_code","urn:ietf:params:oauth:grant-type:device_code"]`)
}

func (rp *relyingParty) begin() map[string]any {
	rp.t.Helper()
	r := rp.visit(rp.browser(), rp.url+"/oauth2/v1/device/authorize", url.Values{"client_id": {rp.id}, "scope": {"openid profile"}})
	if r.StatusCode != 200 {
		rp.t.Fatalf("%d %s", r.StatusCode, r.text)
	}
	return r.object(rp.t)
}

func (rp *relyingParty) poll(code any) response {
	rp.clock.add(5 * time.Second)
	text, _ := code.(string)
	return rp.visit(rp.browser(), rp.url+"/oauth2/v1/token", url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {text}, "client_id": {rp.id},
	})
}

// decide answers the page on which a person is asked about a device.
func (rp *relyingParty) decide(page response, answer string) response {
	rp.t.Helper()
	token := hiddenToken.FindStringSubmatch(page.text)
	if token == nil {
		rp.t.Fatalf("no question: %s", page.text)
	}
	return rp.visit(rp.sessionOf("ana.lima@acme.example"), rp.url+"/activate", url.Values{
		"user_code": {page.Request.URL.Query().Get("user_code")}, "xsrfToken": {token[1]}, "answer": {answer},
	})
}

func TestDeviceIsSignedInElsewhere(t *testing.T) {
	t.Parallel()
	rp := start(t).deviceApp()
	begun := rp.begin()
	complete, _ := begun["verification_uri_complete"].(string)
	userCode, _ := begun["user_code"].(string)
	if len(userCode) != 8 || complete != rp.url+"/activate?user_code="+userCode || begun["verification_uri"] != rp.url+"/activate" ||
		begun["expires_in"] != 600.0 || begun["interval"] != 5.0 {
		t.Errorf("answer %v", begun)
	}
	if r := rp.poll(begun["device_code"]); r.StatusCode != 400 || r.object(t)["error"] != "authorization_pending" {
		t.Errorf("before anybody agreed: %d %s", r.StatusCode, r.text)
	}
	rp.clock.add(-4 * time.Second)
	if r := rp.poll(begun["device_code"]); r.object(t)["error"] != "slow_down" {
		t.Errorf("a second later: %s", r.text)
	}
	page := rp.visit(rp.sessionOf("ana.lima@acme.example"), complete, nil)
	if !strings.Contains(page.text, "Acme Desk") || !strings.Contains(page.text, userCode) {
		t.Errorf("page %s", page.text)
	}
	if done := rp.decide(page, "allow"); !strings.Contains(done.text, "Device activated") {
		t.Fatalf("page %s", done.text)
	}
	answer := rp.poll(begun["device_code"]).object(t)
	if claims := rp.idToken(tokenOf(answer)); claims["preferred_username"] != "ana.lima@acme.example" {
		t.Errorf("claims %v", claims)
	}
	if r := rp.poll(begun["device_code"]); r.object(t)["error"] != "invalid_grant" {
		t.Errorf("a second time: %s", r.text)
	}
}

func TestDeviceIsRefused(t *testing.T) {
	t.Parallel()
	rp := start(t).deviceApp()
	ana := rp.sessionOf("ana.lima@acme.example")
	denied, late := rp.begin(), rp.begin()
	address, _ := denied["verification_uri_complete"].(string)
	page := rp.visit(ana, address, nil)
	forged := rp.visit(ana, rp.url+"/activate", url.Values{"user_code": {denied["user_code"].(string)}, "xsrfToken": {"x"}, "answer": {"allow"}})
	if !strings.Contains(forged.text, "not valid") {
		t.Errorf("a form of somebody else's: %s", forged.text)
	}
	if stranger := rp.visit(rp.sessionOf("ben.okafor@acme.example"), address, nil); !strings.Contains(stranger.text, "not assigned") {
		t.Errorf("somebody who is not assigned: %s", stranger.text)
	}
	rp.decide(page, "deny")
	if r := rp.poll(denied["device_code"]); r.object(t)["error"] != "access_denied" {
		t.Errorf("denied: %s", r.text)
	}
	rp.clock.add(10 * time.Minute)
	if r := rp.poll(late["device_code"]); r.object(t)["error"] != "expired_token" {
		t.Errorf("too late: %s", r.text)
	}
	plain := rp.webApp()
	if r := plain.visit(plain.browser(), plain.url+"/oauth2/v1/device/authorize", url.Values{
		"client_id": {plain.id}, "client_secret": {plain.secret}, "scope": {"openid"},
	}); r.object(t)["error"] != "unauthorized_client" {
		t.Errorf("an app without the grant: %s", r.text)
	}
}

func TestPushedRequestIsUsedOnce(t *testing.T) {
	t.Parallel()
	rp := start(t).webApp()
	push := func(more url.Values) response {
		form := url.Values{
			"client_id": {rp.id}, "client_secret": {rp.secret}, "response_type": {"code"}, "scope": {"openid"}, "state": {"st"},
			"redirect_uri": {callback},
		}
		for name, values := range more {
			form[name] = values
		}
		return rp.visit(rp.browser(), rp.url+"/oauth2/v1/par", form)
	}
	pushed := push(nil)
	address, _ := pushed.object(t)["request_uri"].(string)
	if pushed.StatusCode != 201 || !strings.HasPrefix(address, "urn:okta:") {
		t.Fatalf("%d %s", pushed.StatusCode, pushed.text)
	}
	ana := rp.sessionOf("ana.lima@acme.example")
	at := rp.url + "/oauth2/v1/authorize?" + url.Values{"client_id": {rp.id}, "request_uri": {address}}.Encode()
	q := rp.visit(ana, at, nil).returned(t)
	if _, err := rp.config.Exchange(t.Context(), q.Get("code")); err != nil || q.Get("state") != "st" {
		t.Errorf("%v: %v", q, err)
	}
	if again := rp.visit(ana, at, nil); again.StatusCode != 400 || !strings.Contains(again.text, "request_uri") {
		t.Errorf("a second time: %d %s", again.StatusCode, again.text)
	}
	if r := push(url.Values{"client_secret": {"wrong"}}); r.StatusCode != 401 {
		t.Errorf("a wrong secret: %d %s", r.StatusCode, r.text)
	}
}
