package okta_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/okta"
)

func TestGroupHasOwnersAndRoles(t *testing.T) {
	t.Parallel()
	log := durable.Memory()
	s := start(t, func(o *okta.Options) { o.Log = log })
	path, ana := "/api/v1/groups/"+s.groupID("Sales"), s.userID("ana.lima@acme.example")
	sameBytes(t, s.must(200, "GET", path+"/owners", "").text, "[]")
	const owner = `{"id":"00u*","type":"USER","resolved":true,"originId":null,"originType":"OKTA_DIRECTORY","displayName":"Ana Lima",
		"lastUpdated":"2026-01-31T09:30:00.000Z"}`
	sameBytes(t, s.must(201, "POST", path+"/owners", `{"id":"`+ana+`","type":"USER"}`).text, owner)
	s.must(400, "POST", path+"/owners", `{"id":"`+ana+`","type":"USER"}`)
	s.must(400, "POST", path+"/owners", `{"id":"`+ana+`","type":"CAT"}`)
	s.must(404, "POST", path+"/owners", `{"id":"`+ana+`","type":"GROUP"}`)
	const role = `{"id":"IFIFAX2BIRGUSTQ","label":"Application Administrator","type":"APP_ADMIN","status":"ACTIVE",
		"created":"2026-01-31T09:30:00.000Z","lastUpdated":"2026-01-31T09:30:00.000Z","assignmentType":"GROUP",
		"_links":{"assignee":{"href":"{o}/api/v1/groups/00g*"}}}`
	sameBytes(t, s.must(201, "POST", path+"/roles", `{"type":"APP_ADMIN"}`).text, role)
	s.must(409, "POST", path+"/roles", `{"type":"APP_ADMIN"}`)
	s.must(200, "PUT", path, `{"profile":{"name":"Sales","description":"changed"}}`)
	s = start(t, func(o *okta.Options) { o.Log = log })
	sameBytes(t, s.must(200, "GET", path+"/owners", "").text, "["+owner+"]")
	sameBytes(t, s.must(200, "GET", path+"/roles", "").text, "["+role+"]")
	for _, gone := range []string{path + "/owners/" + ana, path + "/roles/IFIFAX2BIRGUSTQ"} {
		s.must(204, "DELETE", gone, "")
		s.must(404, "DELETE", gone, "")
	}
}

func TestPersonHasTilesAndSessions(t *testing.T) {
	t.Parallel()
	s := start(t)
	app, ana := s.samlApp("Acme Sync"), s.userID("ana.lima@acme.example")
	s.must(200, "POST", "/api/v1/apps/"+app+"/users", `{"id":"`+ana+`"}`)
	var links []map[string]any
	s.must(200, "GET", "/api/v1/users/"+ana+"/appLinks", "").into(t, &links)
	href, _ := links[0]["linkUrl"].(string)
	if len(links) != 1 || links[0]["appInstanceId"] != app || links[0]["label"] != "Acme Sync" ||
		!strings.HasPrefix(href, s.url+"/home/acme_acmesync_1/"+app+"/aln") {
		t.Errorf("links %v", links)
	}
	for _, path := range []string{"groups", "roles", "appLinks"} {
		if mine, byID := s.must(200, "GET", "/api/v1/users/me/"+path, ""), s.must(200, "GET", "/api/v1/users/"+ana+"/"+path, ""); mine.text != byID.text {
			t.Errorf("my %s: %s", path, mine.text)
		}
	}
	c := s.browser()
	s.signIn(c, s.visit(c, s.url+"/login/login.htm", nil), "ana.lima@acme.example")
	if r := s.visit(c, s.url+"/api/v1/users/me", nil); r.StatusCode != 200 {
		t.Errorf("signed in: %d %s", r.StatusCode, r.text)
	}
	s.must(204, "DELETE", "/api/v1/users/"+ana+"/sessions", "")
	if r := s.visit(c, s.url+"/api/v1/users/me", nil); r.StatusCode != 403 {
		t.Errorf("signed out: %d %s", r.StatusCode, r.text)
	}
	forgot := "/api/v1/users/" + ana + "/credentials/forgot_password"
	sameBytes(t, s.must(200, "POST", forgot, "").text, "{}")
	if r := s.must(200, "POST", forgot+"?sendEmail=false", "").object(t); !strings.HasPrefix(r["resetPasswordUrl"].(string), s.url+"/reset_password/") {
		t.Errorf("answer %v", r)
	}
}

func TestPasswordIsResetAndReplaced(t *testing.T) {
	t.Parallel()
	s := start(t)
	path := "/api/v1/users/" + s.userID("ben.okafor@acme.example")
	signIn := func(password string) response {
		s.clock.add(time.Minute) // nobody may try more than four times a second
		return s.do("POST", "/api/v1/authn", `{"username":"ben.okafor@acme.example","password":"`+password+`"}`, "Authorization", "")
	}
	status := func(want string) {
		t.Helper()
		if got := s.must(200, "GET", path, "").object(t)["status"]; got != want {
			t.Errorf("status %v, want %s", got, want)
		}
	}
	link := s.must(200, "POST", path+"/lifecycle/reset_password?sendEmail=false", "").object(t)
	if text, _ := link["resetPasswordUrl"].(string); !strings.HasPrefix(text, s.url+"/reset_password/") {
		t.Errorf("answer %v", link)
	}
	status("RECOVERY")
	if r := signIn(s.password("ben.okafor@acme.example")); r.StatusCode != 401 {
		t.Errorf("sign-in in recovery: %d %s", r.StatusCode, r.text)
	}
	s.must(200, "POST", path, `{"credentials":{"password":{"value":"A-new-one-42"}}}`)
	status("ACTIVE")
	if r := signIn("A-new-one-42"); r.object(t)["status"] != "SUCCESS" {
		t.Errorf("sign-in with the new password: %d %s", r.StatusCode, r.text)
	}
	temporary, _ := s.must(200, "POST", path+"/lifecycle/expire_password?tempPassword=true", "").object(t)["tempPassword"].(string)
	status("PASSWORD_EXPIRED")
	if r := signIn(temporary); r.object(t)["status"] != "PASSWORD_EXPIRED" {
		t.Errorf("sign-in with the temporary password: %d %s", r.StatusCode, r.text)
	}
	s.must(200, "POST", path, `{"credentials":{"password":{"value":"A-third-one-42"}}}`)
	s.must(403, "POST", path+"/lifecycle/expire_password_with_temp_password", "")
}

func TestHeadIsGetWithoutTheBody(t *testing.T) {
	t.Parallel()
	s := start(t)
	for path, status := range map[string]int{"/api/v1/apps?limit=1": 200, "/api/v1/apps/0oanobody0knows0this": 404, "/.well-known/openid-configuration": 200} {
		get, head := s.must(status, "GET", path, ""), s.must(status, "HEAD", path, "")
		if head.text != "" || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") ||
			len(head.Header.Values("Link")) != len(get.Header.Values("Link")) {
			t.Errorf("%s: %v, %q", path, head.Header, head.text)
		}
	}
}

var exkPath = regexp.MustCompile(`exk[0-9A-Za-z]{17}`)

func TestDocumentsForAnybodyComeForWhateverAccept(t *testing.T) {
	t.Parallel()
	s := start(t)
	metadata := exkPath.FindString(s.must(200, "GET", "/api/v1/apps/"+s.samlApp("Acme Sync")+"/sso/saml/metadata", "", "Accept", "application/xml").text)
	for path, accept := range map[string]string{
		"/app/" + metadata + "/sso/saml/metadata":    "application/samlmetadata+xml",
		"/assets/img/logos/groups/okta-medium.png":   "application/json",
		"/assets/img/logos/default.png":              "application/json",
		"/app/" + metadata + "/sso/saml/metadata?x=": "application/json",
	} {
		s.must(200, "GET", path, "", "Authorization", "", "Accept", accept)
	}
}
