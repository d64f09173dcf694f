package okta_test

import (
	"strings"
	"testing"
	"time"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/okta"
)

// ruleBody is a rule by which everybody with a last name joins a group.
func ruleBody(group, last string) string {
	return `{"type":"group_rule","name":"By name","conditions":{"people":{"users":{}},"expression":{"type":"urn:okta:expression:1.0",
		"value":"user.lastName==\"` + last + `\""}},"actions":{"assignUserToGroups":{"groupIds":["` + group + `"]}}}`
}

func (s *sandbox) newUser(login, last string) string {
	s.t.Helper()
	return s.must(200, "POST", "/api/v1/users?activate=false",
		`{"profile":{"firstName":"Rule","lastName":"`+last+`","email":"`+login+`","login":"`+login+`"}}`).id(s.t)
}

// members are the ids of a group's members.
func (s *sandbox) members(group string) []string {
	s.t.Helper()
	var list []struct{ ID string }
	s.must(200, "GET", "/api/v1/groups/"+group+"/users", "").into(s.t, &list)
	ids := make([]string, 0, len(list))
	for _, u := range list {
		ids = append(ids, u.ID)
	}
	return ids
}

func TestGroupRuleMakesPeopleMembers(t *testing.T) {
	t.Parallel()
	log := durable.Memory()
	s := start(t, func(o *okta.Options) { o.Log = log })
	group := s.must(200, "POST", "/api/v1/groups", `{"profile":{"name":"By rule"}}`).id(t)
	first := s.newUser("first.rule@acme.example", "Doe-Activate")
	made := s.must(200, "POST", "/api/v1/groups/rules", ruleBody(group, "Doe-Activate"))
	sameBytes(t, made.text, `{"type":"group_rule","id":"0pr*","status":"INACTIVE","name":"By name","created":"2026-01-31T09:30:00.000Z",
	"lastUpdated":"2026-01-31T09:30:00.000Z","conditions":{"people":{"users":{"exclude":[]},"groups":{"exclude":[]}},
	"expression":{"value":"user.lastName==\"Doe-Activate\"","type":"urn:okta:expression:1.0"}},
	"actions":{"assignUserToGroups":{"groupIds":["00g*"]}},"allGroupsValid":true}`)
	path := "/api/v1/groups/rules/" + made.id(t)
	if got := s.members(group); len(got) != 0 {
		t.Errorf("members before: %v", got)
	}
	s.clock.add(time.Minute)
	s.must(204, "POST", path+"/lifecycle/activate", "")
	second := s.newUser("second.rule@acme.example", "Doe-Activate")
	other := s.newUser("other.rule@acme.example", "Other")
	if got := strings.Join(s.members(group), " "); !strings.Contains(got, first) || !strings.Contains(got, second) || strings.Contains(got, other) {
		t.Errorf("members %s, want %s and %s", got, first, second)
	}
	s.must(200, "POST", "/api/v1/users/"+second, `{"profile":{"lastName":"Changed"}}`)
	if got := s.members(group); len(got) != 1 || got[0] != first {
		t.Errorf("members after a change of the profile: %v", got)
	}
	again := start(t, func(o *okta.Options) { o.Log = log })
	again.must(200, "POST", "/api/v1/users/"+second, `{"profile":{"lastName":"Doe-Activate"}}`)
	if got := again.members(group); len(got) != 2 {
		t.Errorf("members after a restart: %v", got)
	}
	again.must(202, "DELETE", path+"?removeUsers=true", "")
	if got := again.members(group); len(got) != 0 {
		t.Errorf("members after the rule: %v", got)
	}
}

func TestGroupRuleIsChangedWhereItIsNotAtWork(t *testing.T) {
	t.Parallel()
	s := start(t)
	group := s.must(200, "POST", "/api/v1/groups", `{"profile":{"name":"By rule"}}`).id(t)
	person := s.newUser("first.rule@acme.example", "Doe-Activate")
	path := "/api/v1/groups/rules/" + s.must(200, "POST", "/api/v1/groups/rules", ruleBody(group, "Doe-Activate")).id(t)
	s.must(204, "POST", path+"/lifecycle/activate", "")
	s.must(400, "PUT", path, ruleBody(group, "Nobody"))
	s.must(204, "POST", path+"/lifecycle/deactivate", "")
	s.must(200, "PUT", path, ruleBody(group, "Nobody"))
	if got := s.members(group); len(got) != 1 || got[0] != person {
		t.Errorf("members before it works again: %v", got)
	}
	s.must(204, "POST", path+"/lifecycle/activate", "")
	if got := s.members(group); len(got) != 0 {
		t.Errorf("members after: %v", got)
	}
	list := s.must(200, "GET", "/api/v1/groups/rules", "")
	if link := list.Header.Get("Link"); strings.Count(list.text, `"type":"group_rule"`) != 1 || !strings.HasSuffix(link, `/groups/rules?limit=50>; rel="self"`) {
		t.Errorf("list %s, link %s", list.text, link)
	}
	sameBytes(t, s.must(202, "DELETE", path, "").text, `{}`)
	s.must(404, "GET", path, "")
	for name, body := range map[string]string{
		"no group":              ruleBody("00g4nobodyknowsthis0", "x"),
		"broken expression":     strings.Replace(ruleBody(group, "x"), `user.lastName==`, `user.lastName===(`, 1),
		"no name":               strings.Replace(ruleBody(group, "x"), "By name", "", 1),
		"nothing to be done":    strings.Replace(ruleBody(group, "x"), `"`+group+`"`, "", 1),
		"what is no JSON of it": "[]",
	} {
		if r := s.do("POST", "/api/v1/groups/rules", body); r.StatusCode < 400 || r.StatusCode > 404 {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.text)
		}
	}
}
