package okta_test

import (
	"crypto/rsa"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/okta"
)

// reopen starts an org on the log at path, behind a server of its own.
func reopen(t *testing.T, path string, c *clock) (*sandbox, func()) {
	t.Helper()
	log, err := durable.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	org, err := okta.New(okta.Options{
		Log: log, Now: c.now, RateLimit: "off", Users: 50, Groups: 9,
		Key: func() (*rsa.PrivateKey, error) { return sharedKeys()[0], nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(org)
	return &sandbox{t: t, org: org, url: server.URL, token: org.APIToken(), clock: c}, func() {
		server.Close()
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAnswersAreTheSameAfterARestart(t *testing.T) {
	t.Parallel()
	path, c := filepath.Join(t.TempDir(), "records"), newClock()
	s, stop := reopen(t, path, c)
	saml := s.samlApp("Kept")
	oidc := s.must(200, "POST", "/api/v1/apps", oidcBody).id(t)
	gone := s.samlApp("Gone")
	s.must(200, "POST", "/api/v1/apps/"+gone+"/lifecycle/deactivate", "")
	s.must(204, "DELETE", "/api/v1/apps/"+gone, "")
	s.must(201, "POST", "/api/v1/apps/"+saml+"/credentials/keys/generate?validityYears=2", "")
	s.must(201, "POST", "/api/v1/apps/"+oidc+"/credentials/secrets", "")
	ben, chloe := s.userID("ben.okafor"), s.userID("chloe.durand")
	sales, us := s.groupID("Sales"), s.groupID("Support US")
	s.must(200, "PUT", "/api/v1/apps/"+saml+"/groups/"+us, "{}")
	s.must(200, "POST", "/api/v1/apps/"+saml+"/users", `{"id":"`+ben+`"}`)
	s.must(204, "PUT", "/api/v1/groups/"+sales+"/users/"+ben, "")
	s.must(204, "DELETE", "/api/v1/groups/"+us+"/users/"+chloe, "")
	s.must(200, "POST", "/api/v1/groups", `{"profile":{"name":"Fresh"}}`)
	s.must(200, "PUT", "/api/v1/groups/"+us, `{"profile":{"name":"Support Americas"}}`)
	ann := s.must(200, "POST", "/api/v1/users", newUser+`,"credentials":{"password":{"value":"Correct horse 9"}},"groupIds":["`+sales+`"]}`).id(t)
	s.must(200, "POST", "/api/v1/users/"+chloe, `{"profile":{"title":"Lead"}}`)
	contractors := s.groupID("Contractors")
	s.must(200, "PUT", "/api/v1/apps/"+saml+"/groups/"+contractors, "{}")
	s.must(204, "DELETE", "/api/v1/groups/"+contractors, "")
	s.must(200, "POST", "/api/v1/apps/"+saml+"/users", `{"id":"`+s.userID("mjansen")+`"}`)
	s.must(204, "DELETE", "/api/v1/users/"+s.userID("mjansen"), "")
	s.must(204, "DELETE", "/api/v1/users/"+s.userID("mjansen"), "")
	ask := func(s *sandbox) map[string]string {
		out := map[string]string{"token": s.token, "people": strings.Join(s.logins("search=profile.login+pr"), " ")}
		for _, path := range []string{
			"/api/v1/apps?limit=200", "/api/v1/apps/" + saml + "/credentials/keys", "/api/v1/apps/" + oidc + "/credentials/secrets",
			"/api/v1/apps/" + saml + "/users?limit=500", "/api/v1/apps/" + saml + "/groups", "/api/v1/groups", "/api/v1/users/" + ann,
			"/api/v1/groups/" + sales + "/users", "/api/v1/users/" + chloe, "/api/v1/policies?type=ACCESS_POLICY", "/api/v1/users/me",
			"/api/v1/users/" + ann + "/groups", "/.well-known/okta-organization",
		} {
			out[path] = strings.ReplaceAll(s.must(200, "GET", path, "").text, s.url, "{o}")
		}
		return out
	}
	before := ask(s)
	stop()
	s, stop = reopen(t, path, c)
	defer stop()
	if diff := cmp.Diff(before, ask(s)); diff != "" {
		t.Errorf("after a restart (-before +after):\n%s", diff)
	}
	s.must(404, "GET", "/api/v1/apps/"+saml+"/groups/"+contractors, "")
	dir := s.org.Directory()
	if !dir.CheckPassword(ann, "Correct horse 9") || !dir.CheckPassword(ben, passwordOf(s, "ben.okafor@acme.example")) {
		t.Error("passwords are not those of before")
	}
	if name := s.must(200, "POST", "/api/v1/apps", samlBody("Gone")).object(t)["name"]; name != "acme_gone_2" {
		t.Errorf("the counter began anew: %v", name)
	}
}

func passwordOf(s *sandbox, login string) string {
	for p := range s.org.Everybody() {
		if p.Login == login {
			return p.Password
		}
	}
	return ""
}

func TestNothingIsAnsweredThatIsNotKept(t *testing.T) {
	t.Parallel()
	log, err := durable.Open(filepath.Join(t.TempDir(), "records"))
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, func(o *okta.Options) { o.Log = log })
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ method, path, body string }{
		{"POST", "/api/v1/apps", samlBody("x")}, {"POST", "/api/v1/groups", `{"profile":{"name":"x"}}`}, {"POST", "/api/v1/users", newUser + "}"},
	} {
		if r := s.must(500, tt.method, tt.path, tt.body); !strings.Contains(r.text, `"errorCode":"E0000009"`) {
			t.Error(r.text)
		}
	}
	for _, path := range []string{"/api/v1/apps?q=x", "/api/v1/groups?q=x", "/api/v1/users?q=ann"} {
		if got := s.must(200, "GET", path, "").text; got != "[]" {
			t.Errorf("%s: %s", path, got)
		}
	}
}
