package signon

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func testEnv() *env {
	return &env{
		person: Person{ID: "00u1", Login: "Ana.Lima@acme.example", Email: "ana@mail.example", FirstName: "Ana", LastName: "Lima", Status: "ACTIVE",
			Profile: map[string]any{"title": "Lead", "age": float64(41), "cost": 1.5, "active": true, "nothing": nil, "blank": "",
				"roles": []any{"admin", "", "agent"}, "tags": []string{"x", "y"}, "email": "stale@mail.example"}},
		userName: "alima",
		groups:   []string{"Everyone", "Support EMEA"},
	}
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"${user.email}":    "ana@mail.example",
		"${user.userName}": "alima",
		"${user.login}":    "Ana.Lima@acme.example",
		"${source.login}":  "Ana.Lima@acme.example",
		"${source.email}":  "ana@mail.example",
		`${fn:substringBefore(source.login, "@")}`:    "Ana.Lima",
		`${fn:substringAfter(source.login, "@")}`:     "acme.example",
		`${fn:toLowerCase(source.login)}`:             "ana.lima@acme.example",
		`${String.toLowerCase(user.firstName)}@x.org`: "ana@x.org",
		"a-${user.firstName}-b-${user.lastName}":      "a-Ana-b-Lima",
		`${user.title + "}"}`:                         "Lead}",
		"${user.unknown}":                             "",
		"${nonsense(}x":                               "x",
		"${user.email":                                "",
		"user.firstName + '.' + user.lastName":        "Ana.Lima",
		"":                                            "",
		"$":                                           "",
	} {
		if got := fillTemplate(template, testEnv()); got != want {
			t.Errorf("%s: %q, want %q", template, got, want)
		}
	}
}

func TestExpressions(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string][]string{
		"user.firstName":                         {"Ana"},
		"user.id":                                {"00u1"},
		"user.title":                             {"Lead"},
		"user.age":                               {"41"},
		"user.cost":                              {"1.5"},
		"user.active":                            {"true"},
		"user.roles":                             {"admin", "agent"},
		"user.tags":                              {"x", "y"},
		"user.profile.title":                     {"Lead"},
		"user.nothing":                           nil,
		"user.blank":                             nil,
		"user.nowhere":                           nil,
		"appuser.userName":                       {"alima"},
		"appuser.other":                          nil,
		"somebody.else":                          nil,
		"user":                                   nil,
		"${user.email}":                          {"ana@mail.example"},
		`"literal"`:                              {"literal"},
		`'it\'s'`:                                {"it's"},
		"user.firstName + \" \" + user.lastName": {"Ana Lima"},
		"user.unknown + user.lastName":           {"Lima"},
		"1 + 2":                                  {"3"},
		"String.toUpperCase(user.lastName)":      {"LIMA"},
		"String.toLowerCase(user.login)":         {"ana.lima@acme.example"},
		`String.substringBefore("a@b@c", "@")`:   {"a"},
		`String.substringAfter("a@b@c", "@")`:    {"b@c"},
		`String.substringBefore("abc", "@")`:     {"abc"},
		`String.substringAfter("abc", "@")`:      nil,
		`String.append("a", "b")`:                {"ab"},
		`String.join("-", "a", user.tags)`:       {"a-x-y"},
		`String.replace("a.b.c", ".", "_")`:      {"a_b_c"},
		`String.replaceFirst("a.b", ".", "")`:    {"ab"},
		`String.substring("hello", 1, 3)`:        {"el"},
		`String.substring("hello", 3, 9)`:        nil,
		`String.len("é")`:                        {"1"},
		`String.removeSpaces(" a b ")`:           {"ab"},
		`String.stringSwitch("de-AT", "en", "de", "German", "fr", "French")`: {"German"},
		`String.stringSwitch("pt", "en", "de", "German")`:                    {"en"},
		`String.toLowerCase(String.append(user.firstName, "X"))`:             {"anax"},
		"String.toLowerCase()":                      nil,
		"String.unknown(user.email)":                nil,
		`user.title == "Lead" ? "yes" : "no"`:       {"yes"},
		`user.title != "Lead" ? "yes" : "no"`:       {"no"},
		`user.nothing == null ? "none" : "some"`:    {"none"},
		`user.age > 40 && user.active`:              {"true"},
		`user.age < 9 OR !user.active`:              {"false"},
		`user.nothing == null AND (1 <= 2) ? 1 : 2`: {"1"},
		`isMemberOfGroupName("Support EMEA")`:       {"true"},
		`isMemberOfGroupNameStartsWith("Supp")`:     {"true"},
		`isMemberOfGroupNameRegex("Supp")`:          {"false"},
		`{"a", user.firstName}`:                     {"a", "Ana"},
		`Arrays.contains(user.tags, "y")`:           {"true"},
		`Arrays.toCsvString(user.tags)`:             {"x,y"},
		"user.":                                     nil,
		"user.email extra":                          nil,
		"(user.email":                               nil,
		`"open`:                                     nil,
		"§":                                         nil,
		"":                                          nil,
		strings.Repeat("(", 10_000):                 nil,
		strings.Repeat("(", 3_000):                  nil,
	} {
		if diff := cmp.Diff(want, evaluate(expr, testEnv())); diff != "" {
			t.Errorf("%.60s: %s", expr, diff)
		}
	}
}

func TestGroupFilters(t *testing.T) {
	t.Parallel()
	names := []string{"Everyone", "Support EMEA", "Support US", "Sales"}
	for _, c := range []struct {
		filter, value string
		want          []string
	}{
		{"STARTS_WITH", "Support", []string{"Support EMEA", "Support US"}},
		{"EQUALS", "Sales", []string{"Sales"}},
		{"EQUALS", "sales", nil},
		{"CONTAINS", "e", []string{"Everyone", "Sales"}},
		{"REGEX", ".*", names},
		{"REGEX", "Support (EMEA|APAC)", []string{"Support EMEA"}},
		{"REGEX", "Support", nil},
		{"REGEX", "a|Sales", []string{"Sales"}},
		{"REGEX", "(", nil},
		{"OTHER", "Sales", nil},
	} {
		if diff := cmp.Diff(c.want, filterGroups(names, c.filter, c.value)); diff != "" {
			t.Errorf("%s %q: %s", c.filter, c.value, diff)
		}
	}
}

func TestShelfStaysBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := newShelf[int](3)
	for i, name := range []string{"a", "b", "c", "d"} {
		s.put(name, i, now, now.Add(time.Duration(i+1)*time.Minute))
	}
	if _, ok := s.get("a", now); ok {
		t.Error("the one that runs out first should have gone")
	}
	if _, ok := s.get("d", now); !ok {
		t.Error("the newest is missing")
	}
	if _, ok := s.get("b", now.Add(2*time.Minute)); ok {
		t.Error("run out and still there")
	}
	s.remove("c")
	s.replace("c", 9, now.Add(time.Hour))
	if _, ok := s.get("c", now); ok {
		t.Error("replace brought back what was removed")
	}
}

func TestTriesForgetNamesThatAreOld(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	tr := newTries(4, 10)
	for i := range maxRecent {
		tr.allow(strings.Repeat("x", i%7)+string(rune('a'+i%26))+time.Duration(i).String(), now)
	}
	tr.allow("late", now.Add(2*time.Second))
	if len(tr.recent) > 10 {
		t.Errorf("%d names remembered", len(tr.recent))
	}
}

func FuzzExpression(f *testing.F) {
	for _, s := range []string{"user.email", "${user.email}", `${fn:substringBefore(source.login, "@")}`, `String.append("a", 'b')`,
		`a == b ? {"x", 1} : !c && (d OR e)`, "${", `"`, `'\`, "fn:", "1.2.3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, v := range evaluate(s, testEnv()) {
			if len(v) > 4*maxText {
				t.Errorf("%d bytes from %q", len(v), s)
			}
		}
		fillTemplate(s, testEnv())
	})
}

func FuzzReadRequest(f *testing.F) {
	f.Add([]byte(`<p:AuthnRequest xmlns:p="` + nsProtocol + `" ID="a" Version="2.0" IssueInstant="2026-03-02T09:30:00Z"/>`))
	f.Add([]byte(`<!DOCTYPE a><a/>`))
	f.Add([]byte(`<a/><b/>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		root, err := parseXML(text)
		if err != nil {
			return
		}
		q, err := readRequest(root, "AuthnRequest")
		if err == nil && (q.ID == "" || q.IssueInstant.IsZero() && !strings.Contains(string(text), "0001")) {
			t.Errorf("accepted %q as %+v", text, q)
		}
	})
}
