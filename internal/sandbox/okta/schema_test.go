package okta_test

import (
	"strings"
	"testing"
	"time"
)

const userSchema = "/api/v1/meta/schemas/user/default"

func custom(properties string) string {
	return `{"definitions":{"custom":{"id":"#custom","type":"object","properties":{` + properties + `}}}}`
}

func TestPeopleMayHaveWhatTheSchemaNames(t *testing.T) {
	t.Parallel()
	s := start(t)
	person := func(extra string) string {
		return `{"profile":{"firstName":"Ida","lastName":"Holm","login":"ida@corp.example","email":"ida@corp.example"` + extra + `}}`
	}
	r := s.must(400, "POST", "/api/v1/users", person(`,"desk":"4b"`))
	if !strings.Contains(r.text, "Property name 'desk' is not defined in profile") {
		t.Errorf("%s", r.text)
	}
	s.clock.add(time.Minute)
	r = s.must(200, "POST", userSchema, custom(`"desk":{"title":"Desk","type":"string","minLength":2,"maxLength":4,"scope":"NONE","permissions":[{"action":"READ_WRITE","principal":"SELF"}]},
		"floor":{"title":"Floor","type":"integer"},"keys":{"title":"Keys","type":"array","items":{"type":"string"}},"size":{"title":"Size","type":"string","enum":["S","M"]}`))
	for _, want := range []string{
		`"id":"{o}/meta/schemas/user/default","$schema":"http://json-schema.org/draft-04/schema#","name":"user","title":"User"`,
		`"lastUpdated":"2026-01-31T09:31:00.000Z","created":"2026-01-31T09:30:00.000Z"`,
		`"custom":{"id":"#custom","type":"object","properties":{"desk":{"title":"Desk","type":"string","mutability":"READ_WRITE","scope":"NONE","minLength":2,"maxLength":4,"permissions":[{"principal":"SELF","action":"READ_WRITE"}],"master":{"type":"PROFILE_MASTER"}},"floor":{`,
		`"base":{"id":"#base","type":"object","properties":{"login":{"title":"Username","type":"string","required":true,`,
		`"required":["login","firstName","lastName","email"]}}`,
	} {
		if !strings.Contains(masked(r.text), want) {
			t.Errorf("no %s in\n%s", want, masked(r.text))
		}
	}
	if got := s.must(200, "GET", userSchema, "").text; got != r.text {
		t.Errorf("GET answers %s", got)
	}
	for value, want := range map[string]string{
		`,"desk":7`: "must be a string", `,"desk":"4"`: "length", `,"desk":"basement"`: "length", `,"floor":"2"`: "must be a number",
		`,"floor":2.5`: "must be a number", `,"keys":"a"`: "must be an array", `,"keys":[1]`: "must be a string", `,"size":"XL"`: "one of the allowed",
	} {
		if r := s.must(400, "POST", "/api/v1/users", person(value)); !strings.Contains(r.text, want) {
			t.Errorf("%s: %s", value, r.text)
		}
	}
	made := s.must(200, "POST", "/api/v1/users", person(`,"desk":"4b","floor":2,"keys":["a","b"],"size":"M"`))
	id := made.id(t)
	if !strings.Contains(made.text, `"floor":2`) || !strings.Contains(made.text, `"keys":["a","b"]`) {
		t.Errorf("%s", made.text)
	}
	if found := s.must(200, "GET", "/api/v1/users?search=profile.desk+eq+%224b%22", ""); !strings.Contains(found.text, id) {
		t.Errorf("search finds %s", found.text)
	}
	// An attribute that goes takes its values along, and the name is free.
	s.must(200, "POST", userSchema, custom(`"desk":null`))
	if got := s.must(200, "GET", "/api/v1/users/"+id, "").text; strings.Contains(got, "desk") || !strings.Contains(got, `"floor":2`) {
		t.Errorf("%s", got)
	}
	s.must(400, "GET", "/api/v1/users?search=profile.desk+eq+%224b%22", "")
}

func TestSchemasRefuseWhatIsNoAttribute(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.must(200, "POST", userSchema, custom(`"desk":{"title":"Desk","type":"string"}`))
	for _, properties := range []string{
		`"login":{"title":"x","type":"string"}`, `"a b":{"title":"x","type":"string"}`, `"4b":{"title":"x","type":"string"}`,
		`"x":{"type":"string"}`, `"x":{"title":"x","type":"colour"}`, `"desk":{"title":"Desk","type":"number"}`, `"x":7`,
	} {
		s.must(400, "POST", userSchema, custom(properties))
	}
	s.must(404, "GET", "/api/v1/meta/schemas/user/osc00000000000000000", "")
}

func TestPeopleMayBeOfAnotherType(t *testing.T) {
	t.Parallel()
	s := start(t)
	made := s.must(200, "POST", "/api/v1/meta/types/user", `{"name":"contractor","displayName":"Contractor","description":"From outside"}`)
	id := made.id(t)
	sameBytes(t, made.text, `{"id":"oty*","displayName":"Contractor","name":"contractor","description":"From outside","createdBy":"00u*","lastUpdatedBy":"00u*",
		"created":"2026-01-31T09:30:00.000Z","lastUpdated":"2026-01-31T09:30:00.000Z","default":false,
		"_links":{"schema":{"rel":"schema","href":"{o}/api/v1/meta/schemas/user/osc*","method":"GET"},"self":{"rel":"self","href":"{o}/api/v1/meta/types/user/oty*","method":"GET"}}}`)
	s.must(400, "POST", "/api/v1/meta/types/user", `{"name":"contractor","displayName":"Again"}`)
	schema := "/api/v1/meta/schemas/user/osc" + id[3:]
	s.must(200, "POST", schema, custom(`"agency":{"title":"Agency","type":"string"}`))
	body := `{"profile":{"firstName":"Ida","lastName":"Holm","login":"ida@corp.example","email":"ida@corp.example","agency":"Nord"}`
	s.must(400, "POST", "/api/v1/users", body+"}") // the first type has no agency
	s.must(400, "POST", "/api/v1/users", body+`,"type":{"id":"oty00000000000000000"}}`)
	user := s.must(200, "POST", "/api/v1/users", body+`,"type":{"id":"`+id+`"}}`)
	if !strings.Contains(user.text, `"type":{"id":"`+id+`"},"profile"`) || !strings.Contains(user.text, schema) || !strings.Contains(user.text, `"agency":"Nord"`) {
		t.Errorf("%s", user.text)
	}
	if list := s.must(200, "GET", "/api/v1/meta/types/user", "").text; strings.Count(list, `"default":`) != 2 {
		t.Errorf("%s", list)
	}
	s.must(400, "DELETE", "/api/v1/meta/types/user/"+id, "") // somebody is of it
	for range 2 {
		s.must(204, "DELETE", "/api/v1/users/"+user.id(t), "")
	}
	s.must(204, "DELETE", "/api/v1/meta/types/user/"+id, "")
	s.must(404, "GET", "/api/v1/meta/types/user/"+id, "")
}

func TestAppsHaveSchemasOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := start(t)
	app := s.samlApp("Desk")
	path := "/api/v1/meta/schemas/apps/" + app + "/default"
	const base = `"base":{"id":"#base","type":"object","properties":{"userName":{"title":"Username","type":"string","required":true,"scope":"NONE","maxLength":100,"master":{"type":"PROFILE_MASTER"}}},"required":["userName"]}}`
	if got := s.must(200, "GET", path, "").text; !strings.Contains(got, `"custom":{"id":"#custom","type":"object","properties":{}},`+base) || !strings.Contains(got, `"title":"Desk User"`) {
		t.Errorf("%s", got)
	}
	got := s.must(200, "POST", path, custom(`"team":{"title":"Team","type":"string","required":true,"scope":"SELF","master":{"type":"OKTA"},"permissions":[{"action":"READ_ONLY","principal":"SELF"}]}`)).text
	if !strings.Contains(got, `"properties":{"team":{"title":"Team","type":"string","required":true,"scope":"SELF","master":{"type":"OKTA"}}},"required":["team"]},`+base) {
		t.Errorf("%s", got)
	}
}

func TestHooksAreKeptAndNamedInApps(t *testing.T) {
	t.Parallel()
	s := start(t)
	hook := s.must(200, "POST", "/api/v1/inlineHooks", `{"name":"Claims","type":"com.okta.saml.tokens.transform","version":"1.0.2","status":"ACTIVE",
		"channel":{"type":"HTTP","version":"1.0.0","config":{"uri":"https://hook.example/x","method":"POST","authScheme":{"type":"HEADER","key":"Authorization","value":"canary-secret"}}}}`)
	sameBytes(t, strings.ReplaceAll(hook.text, hook.id(t), "cal*"), `{"id":"cal*","status":"ACTIVE","name":"Claims","type":"com.okta.saml.tokens.transform","version":"1.0.2",
		"channel":{"type":"HTTP","version":"1.0.0","config":{"uri":"https://hook.example/x","headers":[],"method":"POST","authScheme":{"type":"HEADER","key":"Authorization"}}},
		"created":"2026-01-31T09:30:00.000Z","lastUpdated":"2026-01-31T09:30:00.000Z",
		"_links":{"self":{"href":"{o}/api/v1/inlineHooks/cal*"},"execute":{"href":"{o}/api/v1/inlineHooks/cal*/execute","hints":{"allow":["POST"]}},
		"deactivate":{"href":"{o}/api/v1/inlineHooks/cal*/lifecycle/deactivate","hints":{"allow":["POST"]}}}}`)
	path := "/api/v1/inlineHooks/" + hook.id(t)
	app := s.must(200, "POST", "/api/v1/apps", samlBody("Hooked", `"attributeStatements":[]`, `"attributeStatements":[],"inlineHooks":[{"id":"`+hook.id(t)+`"}]`)).text
	if !strings.Contains(app, `"inlineHooks":[{"id":"`+hook.id(t)+`","_links":{"self":{"href":"`+s.url+path+`"`) {
		t.Errorf("%s", app)
	}
	r := s.must(404, "POST", "/api/v1/apps", samlBody("None", `"attributeStatements":[]`, `"attributeStatements":[],"inlineHooks":[{"id":"cal00000000000000000"}]`))
	if !strings.Contains(r.text, "(InlineHook)") {
		t.Errorf("%s", r.text)
	}
	s.must(400, "DELETE", path, "")
	if got := s.must(200, "POST", path+"/lifecycle/deactivate", "").text; !strings.Contains(got, `"status":"INACTIVE"`) || !strings.Contains(got, `"_links":{"activate":`) {
		t.Errorf("%s", got)
	}
	s.must(204, "DELETE", path, "")
	s.must(404, "GET", path, "")
}

func TestSettingsOfTheOrgAreKeptWhole(t *testing.T) {
	t.Parallel()
	s := start(t)
	const path = "/api/v1/rate-limit-settings/warning-threshold"
	if got := s.must(200, "GET", path, "").text; got != `{"warningThreshold":90}` {
		t.Errorf("%s", got)
	}
	for _, bad := range []string{`{}`, `{"warningThreshold":"60"}`, `{"warningThreshold":10}`, `{"warningThreshold":60,"x":1}`, `[`} {
		s.must(400, "PUT", path, bad)
	}
	if got := s.must(200, "PUT", path, `{ "warningThreshold": 60 }`).text; got != `{"warningThreshold":60}` {
		t.Errorf("%s", got)
	}
	if got := s.must(200, "GET", path, "").text; got != `{"warningThreshold":60}` {
		t.Errorf("%s", got)
	}
}

func TestGroupsMayHaveWhatTheirSchemaNames(t *testing.T) {
	t.Parallel()
	s := start(t)
	const schema = "/api/v1/meta/schemas/group/default"
	body := `{"profile":{"name":"Night watch","description":"x","floor":3}}`
	if r := s.must(400, "POST", "/api/v1/groups", body); !strings.Contains(r.text, "Property name 'floor' is not defined in profile") {
		t.Errorf("%s", r.text)
	}
	s.must(200, "POST", schema, custom(`"floor":{"title":"Floor","type":"integer"}`))
	g := s.must(200, "POST", "/api/v1/groups", body)
	if !strings.Contains(g.text, `"profile":{"name":"Night watch","description":"x","floor":3}`) {
		t.Errorf("%s", g.text)
	}
	s.must(400, "PUT", "/api/v1/groups/"+g.id(t), `{"profile":{"name":"Night watch","floor":"3"}}`)
	s.must(200, "POST", schema, custom(`"floor":null`))
	if got := s.must(200, "GET", "/api/v1/groups/"+g.id(t), "").text; !strings.Contains(got, `"profile":{"name":"Night watch","description":"x"}`) {
		t.Errorf("%s", got)
	}
}
