package okta_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sandbox/okta"
)

const newUser = `{"profile":{"firstName":"Ann","lastName":"Lee","login":"ann.lee@acme.example","email":"ann.lee@acme.example"}`

func TestCreateUserAnswersEveryMemberInOrder(t *testing.T) {
	t.Parallel()
	s := start(t)
	r := s.must(200, "POST", "/api/v1/users?activate=true", newUser+`,"credentials":{"password":{"value":"Correct horse 9"}}}`)
	link := func(name, path string) string {
		return `"` + name + `":{"href":"{o}/api/v1/users/00u*/` + path + `","method":"POST"},`
	}
	sameBytes(t, r.text, `{"id":"00u*","status":"ACTIVE","created":"2026-01-31T09:30:00.000Z","activated":"2026-01-31T09:30:00.000Z",
		"statusChanged":"2026-01-31T09:30:00.000Z","lastLogin":null,"lastUpdated":"2026-01-31T09:30:00.000Z",
		"passwordChanged":"2026-01-31T09:30:00.000Z","realmId":"guo*","type":{"id":"oty*"},
		"profile":{"firstName":"Ann","lastName":"Lee","mobilePhone":null,"secondEmail":null,"login":"ann.lee@acme.example","email":"ann.lee@acme.example"},
		"credentials":{"password":{},"provider":{"type":"OKTA","name":"OKTA"}},
		"_links":{`+link("suspend", "lifecycle/suspend")+`"schema":{"href":"{o}/api/v1/meta/schemas/user/osc*"},`+
		link("resetPassword", "lifecycle/reset_password")+link("forgotPassword", "credentials/forgot_password")+
		link("expirePassword", "lifecycle/expire_password")+link("changeRecoveryQuestion", "credentials/change_recovery_question")+
		`"self":{"href":"{o}/api/v1/users/00u*"},`+link("resetFactors", "lifecycle/reset_factors")+
		`"type":{"href":"{o}/api/v1/meta/types/user/oty*"},`+link("changePassword", "credentials/change_password")+
		strings.TrimSuffix(link("deactivate", "lifecycle/deactivate"), ",")+`}}`)
	if strings.Contains(r.text, "Correct horse") {
		t.Error("the password is answered")
	}
	got := s.must(200, "GET", "/api/v1/users/ann.lee@acme.example", "")
	if got.text != r.text || !strings.HasPrefix(got.Header.Get("Etag"), `W/"`) || got.Header.Get("Link") != "" {
		t.Errorf("GET: Etag %q, Link %q\n%s", got.Header.Get("Etag"), got.Header.Get("Link"), got.text)
	}
}

func TestStatusOfNewUsers(t *testing.T) {
	t.Parallel()
	s := start(t)
	for i, tt := range []struct{ query, credentials, want string }{
		{"", `,"credentials":{"password":{}}`, "PROVISIONED"},
		{"?activate=false", `,"credentials":{"password":{"value":"Correct horse 9"}}`, "STAGED"},
		{"?activate=true", `,"credentials":{"password":{"value":"Correct horse 9"}}`, "ACTIVE"},
	} {
		body := strings.ReplaceAll(newUser, "ann.lee", fmt.Sprintf("ann%d", i)) + tt.credentials + "}"
		if got := s.must(200, "POST", "/api/v1/users"+tt.query, body).object(t)["status"]; got != tt.want {
			t.Errorf("%s%s: %v, want %s", tt.query, tt.credentials, got, tt.want)
		}
	}
}

func TestProfileMembersComeInOktasOrder(t *testing.T) {
	t.Parallel()
	s := start(t)
	body := strings.Replace(newUser, `"firstName"`, `"title":"Lead","department":"IT","locale":"en_US","nickName":"A","costCenter":"7","displayName":"Ann Lee","timezone":"Europe/Lisbon","firstName"`, 1)
	r := s.must(200, "POST", "/api/v1/users", body+"}")
	_, rest, _ := strings.Cut(r.text, `"profile":`)
	profile, _, _ := strings.Cut(rest, `,"credentials"`)
	want := `{"lastName":"Lee","displayName":"Ann Lee","timezone":"Europe/Lisbon","locale":"en_US","title":"Lead","login":"ann.lee@acme.example","department":"IT","email":"ann.lee@acme.example","costCenter":"7","nickName":"A","secondEmail":null,"firstName":"Ann","mobilePhone":null}`
	var keys []string
	for part := range strings.SplitSeq(strings.Trim(want, "{}"), ",") {
		keys = append(keys, part)
	}
	slices.Sort(keys)
	got := strings.Split(strings.Trim(profile, "{}"), ",")
	slices.Sort(got)
	if diff := cmp.Diff(keys, got); diff != "" {
		t.Fatal(diff)
	}
	again := s.must(200, "GET", "/api/v1/users/ann.lee", "")
	if !strings.Contains(again.text, profile) {
		t.Error("the order changes")
	}
}

func TestRefusedUsers(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, tt := range []struct{ body, want string }{
		{newUser + `,"x"`, "E0000003"},
		{strings.Replace(newUser, `"firstName"`, `"shoeSize":"9","firstName"`, 1) + "}",
			`"errorSummary":"Api validation failed: newUser","errorLink":"E0000001","errorId":"oae*","errorCauses":[{"errorSummary":"Property name 'shoeSize' is not defined in profile"}]`},
		{strings.ReplaceAll(newUser, "ann.lee", "Ana.Lima") + "}", `login: An object with this field already exists in the current organization`},
		{`{"profile":{"login":"only@acme.example"}}`, `firstName: The field cannot be left blank`},
		{newUser + `,"credentials":{"password":{"value":"short"}}}`, "Password requirements were not met"},
		{strings.Replace(newUser, `"email":"ann.lee@acme.example"`, `"email":"nobody"`, 1) + "}", "email: "},
	} {
		if r := s.must(400, "POST", "/api/v1/users", tt.body); !strings.Contains(masked(r.text), tt.want) {
			t.Errorf("%s\nhas no %s", r.text, tt.want)
		}
	}
}

func TestUpdateAndLifecycleOfUsers(t *testing.T) {
	t.Parallel()
	s := start(t)
	id := s.must(200, "POST", "/api/v1/users", strings.Replace(newUser, `"firstName"`, `"title":"Lead","firstName"`, 1)+`,"credentials":{"password":{"value":"Correct horse 9"}}}`).id(t)
	path := "/api/v1/users/" + id
	profile := func(r response) map[string]any { return r.object(t)["profile"].(map[string]any) }
	s.clock.add(time.Minute)
	partial := profile(s.must(200, "POST", path, `{"profile":{"lastName":"Lind"}}`))
	if partial["lastName"] != "Lind" || partial["title"] != "Lead" {
		t.Errorf("POST made %v", partial)
	}
	full := profile(s.must(200, "PUT", path, newUser+"}"))
	if _, there := full["title"]; there || full["lastName"] != "Lee" {
		t.Errorf("PUT made %v", full)
	}
	status := func() any { return s.must(200, "GET", path, "").object(t)["status"] }
	var seen []any
	for _, step := range []string{"suspend", "unsuspend", "deactivate"} {
		sameBytes(t, s.must(200, "POST", path+"/lifecycle/"+step, "").text, "{}")
		seen = append(seen, status())
	}
	if diff := cmp.Diff([]any{"SUSPENDED", "ACTIVE", "DEPROVISIONED"}, seen); diff != "" {
		t.Error(diff)
	}
	s.clock.add(time.Minute)
	s.must(200, "POST", path+"/lifecycle/activate", "")
	if u := s.must(200, "GET", path, "").object(t); u["status"] != "ACTIVE" || u["activated"] != "2026-01-31T09:32:00.000Z" {
		t.Errorf("activated again: %v at %v", u["status"], u["activated"])
	}
	s.must(200, "POST", path+"/lifecycle/deactivate", "")
	s.must(204, "DELETE", path, "")
	s.must(404, "GET", path, "")
	again := s.must(200, "POST", "/api/v1/users", newUser+"}").id(t)
	s.must(204, "DELETE", "/api/v1/users/"+again, "")
	if got := s.must(200, "GET", "/api/v1/users/"+again, "").object(t)["status"]; got != "DEPROVISIONED" {
		t.Errorf("one DELETE made the person %v", got)
	}
	s.must(204, "DELETE", "/api/v1/users/"+again, "")
	s.must(404, "GET", "/api/v1/users/"+again, "")
}

func TestFindOneUser(t *testing.T) {
	t.Parallel()
	s := start(t)
	ana := s.userID("ana.lima@acme.example")
	for _, key := range []string{"ana.lima", "ANA.LIMA@ACME.EXAMPLE", "ana.lima%40acme.example", ana, "me"} {
		if got := s.userID(key); got != ana {
			t.Errorf("%s finds %s", key, got)
		}
	}
	if got := s.must(404, "GET", "/api/v1/users/nobody", "").text; !strings.Contains(got, "nobody (User)") {
		t.Error(got)
	}
}

// logins lists users by a query, through all pages.
func (s *sandbox) logins(query string) []string {
	s.t.Helper()
	var out []string
	next := "/api/v1/users?" + query
	for next != "" {
		r := s.must(200, "GET", next, "")
		var page []struct{ Profile struct{ Login string } }
		r.into(s.t, &page)
		for _, u := range page {
			out = append(out, u.Profile.Login)
		}
		next = ""
		for _, l := range r.Header.Values("Link") {
			if strings.HasSuffix(l, `rel="next"`) {
				next = strings.TrimPrefix(l[:strings.Index(l, ">")], "<")
			}
		}
	}
	return out
}

func TestSearchAndFilterUsers(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, tt := range []struct {
		kind, text string
		want       []string
	}{
		{"search", `profile.lastName eq "lee" and profile.firstName sw "JOR"`, []string{"jordan.lee2@acme.example", "jordan.lee@acme.example"}},
		{"search", `(profile.login co "kiosk" or status eq "STAGED") and created le "2026-01-31T09:30:00.000Z"`, []string{"priya.raman@acme.example", "reception.kiosk@acme.example"}},
		{"search", `status eq "DEPROVISIONED"`, []string{"frank.former@acme.example"}},
		{"search", `profile.title pr`, []string{"ana.lima@acme.example"}},
		{"search", `profile.firstName eq "太郎"`, []string{"taro.yamada@acme.example"}},
		{"search", `lastUpdated gt "2026-01-31T09:30:00.000Z"`, nil},
		{"filter", `profile.email eq "marieke.jansen@acme.example"`, []string{"mjansen"}},
		{"filter", `status eq "SUSPENDED" or profile.login eq "mjansen"`, []string{"mjansen", "sven.lindqvist@acme.example"}},
		{"q", `chl`, []string{"chloe.durand@acme.example"}},
		{"q", `former`, nil},
	} {
		got := s.logins(tt.kind + "=" + url.QueryEscape(tt.text))
		slices.Sort(got)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", tt.kind, tt.text, diff)
		}
	}
	for kind, texts := range map[string][]string{
		"search": {`shoe eq "9"`, `profile.shoe eq "9"`, `status is "x"`, `status eq`, `(status eq "x"`, `status eq "x" and`, `created gt "yesterday"`, `status eq "x`, strings.Repeat("(", 99)},
		"filter": {`profile.title eq "x"`, `status sw "A"`, `profile.login co "a"`},
	} {
		for _, text := range texts {
			if r := s.must(400, "GET", "/api/v1/users?"+kind+"="+url.QueryEscape(text), ""); !strings.Contains(r.text, "E0000031") {
				t.Errorf("%s: %s", text, r.text)
			}
		}
	}
}

func TestUserPages(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *okta.Options) { o.Users = 60 })
	all := s.logins("limit=200")
	if len(all) != 59 { // one is deprovisioned
		t.Errorf("%d people in the plain list", len(all))
	}
	if diff := cmp.Diff(all, s.logins("limit=7")); diff != "" {
		t.Errorf("pages differ from one list:\n%s", diff)
	}
	r := s.must(200, "GET", "/api/v1/users?limit=1", "")
	if next := r.Header.Values("Link")[1]; !strings.Contains(next, "/users?after=200u") {
		t.Errorf("cursor after an active person: %s", next)
	}
	if strings.Contains(r.text, `"suspend"`) || !strings.Contains(r.text, `"_links":{"self":`) {
		t.Error("lists have the self link alone")
	}
	found := s.logins("limit=5&search=" + url.QueryEscape(`profile.login pr`))
	if len(found) != 60 {
		t.Errorf("search finds %d", len(found))
	}
	sorted := s.logins("limit=4&sortBy=profile.lastName&sortOrder=desc&search=" + url.QueryEscape(`profile.lastName sw "L"`))
	lima, lee := slices.Index(sorted, "ana.lima@acme.example"), slices.Index(sorted, "jordan.lee@acme.example")
	if lima < 0 || lee < lima {
		t.Errorf("sorted backwards by last name: %q", sorted)
	}
	s.must(400, "GET", "/api/v1/users?after=nonsense", "")
	link := s.must(200, "GET", "/api/v1/users?limit=200&sortOrder=0&search="+url.QueryEscape(`profile.email eq "a@b"`), "").Header.Values("Link")
	if want := "<" + s.url + "/api/v1/users?limit=200&search=profile.email+eq+%22a%40b%22>; rel=\"self\""; len(link) != 1 || link[0] != want {
		t.Errorf("links %q, want %q", link, want)
	}
}

func TestRolesAndGroupsOfAUser(t *testing.T) {
	t.Parallel()
	s := start(t)
	ana, ben := s.userID("ana.lima"), s.userID("ben.okafor")
	var roles []struct{ ID, Type, Label string }
	s.must(200, "GET", "/api/v1/users/"+ana+"/roles", "").into(t, &roles)
	if len(roles) != 1 || roles[0].Type != "SUPER_ADMIN" {
		t.Errorf("ana has %v", roles)
	}
	sameBytes(t, s.must(201, "POST", "/api/v1/users/"+ben+"/roles", `{"type":"APP_ADMIN"}`).text, `{"id":"IFIFAX2BIRGUSTQ","label":"Application Administrator",
		"type":"APP_ADMIN","status":"ACTIVE","created":"2026-01-31T09:30:00.000Z","lastUpdated":"2026-01-31T09:30:00.000Z","assignmentType":"USER",
		"_links":{"assignee":{"href":"{o}/api/v1/users/00u*"}}}`)
	s.must(409, "POST", "/api/v1/users/"+ben+"/roles", `{"type":"APP_ADMIN"}`)
	s.must(204, "DELETE", "/api/v1/users/"+ben+"/roles/IFIFAX2BIRGUSTQ", "")
	s.must(404, "DELETE", "/api/v1/users/"+ben+"/roles/IFIFAX2BIRGUSTQ", "")
	r := s.must(200, "GET", "/api/v1/users/"+ben+"/groups", "")
	if got := r.Header.Values("Link"); len(got) != 1 || !strings.HasSuffix(got[0], `/groups?limit=200>; rel="self"`) {
		t.Errorf("links %q", got)
	}
	for _, want := range []string{`"name":"Everyone"`, `"name":"Support EMEA"`} {
		if !strings.Contains(r.text, want) {
			t.Errorf("ben's groups have no %s", want)
		}
	}
}

func TestPasswordsAreNeverShownAndCanBeChanged(t *testing.T) {
	t.Parallel()
	s := start(t)
	var ana okta.Login
	for _, p := range s.org.People() {
		if p.Login == "ana.lima@acme.example" {
			ana = p
		}
	}
	dir := s.org.Directory()
	if !ana.Admin || !dir.CheckPassword(ana.ID, ana.Password) || dir.CheckPassword(ana.ID, ana.Password+"x") {
		t.Fatalf("ana's password is not checked right: %v", ana.Admin)
	}
	body := func(old string) string {
		return fmt.Sprintf(`{"oldPassword":{"value":%q},"newPassword":{"value":"Correct horse 9"}}`, old)
	}
	s.must(403, "POST", "/api/v1/users/"+ana.ID+"/credentials/change_password", body("wrong"))
	s.must(200, "POST", "/api/v1/users/"+ana.ID+"/credentials/change_password", body(ana.Password))
	if dir.CheckPassword(ana.ID, ana.Password) || !dir.CheckPassword(ana.ID, "Correct horse 9") {
		t.Error("the change does not count")
	}
}
