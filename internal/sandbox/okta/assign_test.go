package okta_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAppUserAnswersEveryMemberInOrder(t *testing.T) {
	t.Parallel()
	s := start(t)
	app, ben := s.samlApp("Direct"), s.userID("ben.okafor")
	path := "/api/v1/apps/" + app + "/users"
	want := `{"id":"00u*","externalId":null,"created":"%[1]s","lastUpdated":"%[2]s","scope":"USER","status":"ACTIVE",
		"statusChanged":"%[1]s","passwordChanged":null,"syncState":"DISABLED","credentials":{"userName":"%[3]s"},
		"profile":{},"_links":{"app":{"href":"{o}/api/v1/apps/0oa*"},"user":{"href":"{o}/api/v1/users/00u*"}}}`
	r := s.must(200, "POST", path, `{"id":"`+ben+`","scope":"USER"}`)
	sameBytes(t, r.text, fmt.Sprintf(want, "2026-01-31T09:30:00.000Z", "2026-01-31T09:30:00.000Z", "ben.okafor@acme.example"))
	s.clock.add(time.Minute)
	r = s.must(200, "POST", path, `{"id":"`+ben+`"}`) // again: created stays
	sameBytes(t, r.text, fmt.Sprintf(want, "2026-01-31T09:30:00.000Z", "2026-01-31T09:31:00.000Z", "ben.okafor@acme.example"))
	r = s.must(200, "POST", path+"/"+ben, `{"credentials":{"userName":"ben"}}`)
	// Another user name is another assignment.
	sameBytes(t, r.text, fmt.Sprintf(want, "2026-01-31T09:31:00.000Z", "2026-01-31T09:31:00.000Z", "ben"))
	if got := s.must(200, "GET", path+"/"+ben, "").text; got != r.text {
		t.Errorf("GET answers %s", got)
	}
	list := s.must(200, "GET", path, "")
	if list.text != "["+r.text+"]" || !strings.HasSuffix(list.Header.Get("Link"), `/users?limit=50>; rel="self"`) {
		t.Errorf("list: Link %q\n%s", list.Header.Get("Link"), list.text)
	}
	s.must(204, "DELETE", path+"/"+ben+"?sendEmail=false", "")
	for _, r := range []response{s.must(404, "GET", path+"/"+ben, ""), s.must(404, "DELETE", path+"/"+ben, "")} {
		sameBytes(t, r.text, `{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: 00u* (User)","errorLink":"E0000007","errorId":"oae*","errorCauses":[]}`)
	}
}

func TestUserNamesFollowTheTemplate(t *testing.T) {
	t.Parallel()
	s := start(t)
	for template, want := range map[string]string{
		`{"template":"${source.login}","type":"BUILT_IN"}`:                                   "mjansen",
		`{"template":"${source.email}","type":"BUILT_IN"}`:                                   "marieke.jansen@acme.example",
		`{"template":"${fn:substringBefore(source.email, \"@\")}","type":"BUILT_IN"}`:        "marieke.jansen",
		`{"template":"user.lastName","type":"CUSTOM","pushStatus":"DONT_PUSH"}`:              "Jansen",
		`{"template":"${source.login}","type":"BUILT_IN","suffix":"@sp.example"}`:            "mjansen@sp.example",
		`{"template":"String.toLowerCase(user.firstName)","type":"CUSTOM"}`:                  "marieke",
		`{"template":"String.substringAfter(user.email, \"@\")","type":"CUSTOM"}`:            "acme.example",
		`{"template":"nothing.that.can.be.understood(","type":"CUSTOM"}`:                     "mjansen",
		`{"template":"${fn:substringBefore(source.nickName, \"@\")}","type":"BUILT_IN"}`:     "",
		`{"template":"${source.login}","type":"BUILT_IN","userSuffix":"@the.spec.is.wrong"}`: "mjansen",
	} {
		app := s.samlApp("Names", `"settings"`, `"credentials":{"userNameTemplate":`+template+`},"settings"`)
		r := s.must(200, "POST", "/api/v1/apps/"+app+"/users", `{"id":"`+s.userID("mjansen")+`"}`)
		if got := r.object(t)["credentials"].(map[string]any)["userName"]; got != want {
			t.Errorf("%s gives %q, want %q", template, got, want)
		}
	}
}

func TestGroupAssignmentKeepsPriorityAndTime(t *testing.T) {
	t.Parallel()
	s := start(t)
	app := s.samlApp("Groups")
	path := "/api/v1/apps/" + app + "/groups/"
	emea, us, sales := s.groupID("Support EMEA"), s.groupID("Support US"), s.groupID("Sales")
	before := s.must(200, "GET", "/api/v1/apps/"+app, "").text
	s.clock.add(time.Minute)
	first := s.must(200, "PUT", path+emea, "{}")
	sameBytes(t, first.text, `{"id":"00g*","lastUpdated":"2026-01-31T09:31:00.000Z","priority":0,"profile":{},
		"_links":{"app":{"href":"{o}/api/v1/apps/0oa*"},"self":{"href":"{o}/api/v1/apps/0oa*/groups/00g*"},"group":{"href":"{o}/api/v1/groups/00g*"}}}`)
	s.must(200, "PUT", path+us, "")
	s.clock.add(time.Minute)
	if again := s.must(200, "PUT", path+emea, "{}"); again.text != first.text {
		t.Errorf("a second PUT answers %s", again.text)
	}
	s.must(200, "PUT", path+sales, `{"priority":0}`)
	var list []struct {
		ID       string
		Priority int
	}
	r := s.must(200, "GET", "/api/v1/apps/"+app+"/groups", "")
	r.into(t, &list)
	got := map[string]int{}
	order := []string{}
	for _, g := range list {
		got[g.ID], order = g.Priority, append(order, g.ID)
	}
	if diff := cmp.Diff(map[string]int{sales: 0, emea: 1, us: 2}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{sales, emea, us}, order); diff != "" {
		t.Error(diff)
	}
	if !strings.HasSuffix(r.Header.Get("Link"), `/groups?limit=20>; rel="self"`) {
		t.Errorf("Link %q", r.Header.Get("Link"))
	}
	patched := s.must(200, "PATCH", path+us, `[{"op":"replace","path":"/priority","value":9},{"op":"replace","path":"/profile/role","value":"x"}]`,
		"Content-Type", "application/json-patch+json")
	if !strings.Contains(patched.text, `"priority":9,"profile":{"role":"x"}`) {
		t.Error(patched.text)
	}
	s.must(200, "PATCH", path+us, `[{"op":"replace","path":"/priority","value":8}]`) // as Okta's SDKs send it
	if after := s.must(200, "GET", "/api/v1/apps/"+app, "").text; after != before {
		t.Error("assigning touched the app")
	}
	s.must(204, "DELETE", path+emea, "")
	sameBytes(t, s.must(404, "GET", path+emea, "").text,
		`{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: 00g* (UserGroup)","errorLink":"E0000007","errorId":"oae*","errorCauses":[]}`)
	s.must(200, "POST", "/api/v1/apps/"+app+"/lifecycle/deactivate", "")
	if r := s.must(404, "PUT", path+emea, "{}"); !strings.Contains(r.text, "(AppInstance)") {
		t.Error(r.text)
	}
}

func TestPeopleOfAGroupHaveTheApp(t *testing.T) {
	t.Parallel()
	s := start(t)
	app, emea, ben := s.samlApp("Through a group"), s.groupID("Support EMEA"), s.userID("ben.okafor")
	path := "/api/v1/apps/" + app
	s.must(200, "PUT", path+"/groups/"+emea, "{}")
	r := s.must(200, "GET", path+"/users/"+ben, "")
	if !strings.Contains(masked(r.text), `"scope":"GROUP"`) || !strings.Contains(masked(r.text), `"group":{"name":"Support EMEA","href":"{o}/api/v1/groups/00g*"}`) {
		t.Error(masked(r.text))
	}
	sameBytes(t, s.must(403, "DELETE", path+"/users/"+ben, "").text, `{"errorCode":"E0000046","errorSummary":"Deactivate application for user forbidden.",
		"errorLink":"E0000046","errorId":"oae*","errorCauses":[{"errorSummary":"The application cannot be unassigned from the user while their group memberships grant them access to this application."}]}`)
	direct := s.must(200, "POST", path+"/users", `{"id":"`+ben+`","scope":"USER"}`)
	if !strings.Contains(direct.text, `"scope":"USER"`) || strings.Contains(direct.text, `"group":`) {
		t.Error(direct.text)
	}
	s.must(204, "DELETE", path+"/users/"+ben, "")
	if again := s.must(200, "GET", path+"/users/"+ben, ""); !strings.Contains(again.text, `"scope":"GROUP"`) {
		t.Error("taking the direct assignment took the group's too")
	}
	ids := map[string]bool{}
	next := path + "/users?limit=3"
	for next != "" {
		r := s.must(200, "GET", next, "")
		var page []struct{ ID string }
		r.into(t, &page)
		for _, u := range page {
			ids[u.ID] = true
		}
		next = ""
		if links := r.Header.Values("Link"); len(links) == 2 {
			next = strings.TrimPrefix(links[1][:strings.Index(links[1], ">")], "<")
		}
	}
	var members []struct{ ID string }
	s.must(200, "GET", "/api/v1/groups/"+emea+"/users?limit=1000", "").into(t, &members)
	if len(ids) != len(members) || len(ids) == 0 {
		t.Errorf("the app has %d people, the group %d", len(ids), len(members))
	}
	s.must(204, "DELETE", path+"/groups/"+emea, "")
	s.must(404, "GET", path+"/users/"+ben, "")
	if got := s.must(200, "GET", "/api/v1/apps?filter=user.id+eq+%22"+ben+"%22", "").text; got != "[]" {
		t.Errorf("ben still has %s", got)
	}
}
