package oktaapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/ssowizard/internal/sso"
)

func groupJSON(id, name string) string {
	return fmt.Sprintf(`{"id":%q,"objectClass":["okta:user_group"],"type":"OKTA_GROUP","profile":{"name":%q,"description":null}}`, id, name)
}

func groupNames(gs []sso.Group) string {
	var names []string
	for _, g := range gs {
		names = append(names, g.Name)
	}
	return strings.Join(names, ",")
}

func TestGroup(t *testing.T) {
	t.Parallel()
	const id = "00gGRP00000000000001"
	all := []string{"Sales", "Sales EMEA", "sales", "Support US", "Équipe", "Twin", "Twin"}
	o := newOrg(t)
	o.on("GET /api/v1/groups/"+id, jsonAnswer(200, groupJSON(id, "Sales")))
	o.on("GET /api/v1/groups", func(w http.ResponseWriter, r *http.Request) {
		var found []string
		for i, name := range all {
			if strings.HasPrefix(strings.ToLower(name), strings.ToLower(r.URL.Query().Get("q"))) {
				found = append(found, groupJSON(fmt.Sprintf("00g%017d", i), name))
			}
		}
		jsonAnswer(200, "["+strings.Join(found, ",")+"]")(w, r)
	})
	for _, tt := range []struct {
		ref, exact, near string
		calls            int
	}{
		{id, "Sales", "", 1},
		{"Sales", "Sales", "Sales EMEA,sales", 1}, // the other case is near only because the exact one wins
		{"sales emea", "Sales EMEA", "", 1},
		{"SALES", "", "Sales,sales,Sales EMEA", 1}, // two differ only in case
		{"Support", "", "Support US", 1},
		{"Supprot US", "", "Support US", 2},
		{"Twin", "Twin,Twin", "", 1},
		{"équipe", "Équipe", "", 1},
		{"Nobody", "", "", 2},
		{"00gABSENT00000000001", "", "", 3},
		{"", "", "", 0},
	} {
		before := len(o.lines())
		exact, near, err := o.client(t).Group(t.Context(), tt.ref)
		if err != nil {
			t.Fatalf("%q: %v", tt.ref, err)
		}
		sortNear := func(s string) map[string]bool {
			m := map[string]bool{}
			for _, n := range strings.Split(s, ",") {
				m[n] = true
			}
			return m
		}
		if groupNames(exact) != tt.exact || !cmp.Equal(sortNear(groupNames(near)), sortNear(tt.near)) {
			t.Errorf("%q: exact %q, near %q; want %q, %q", tt.ref, groupNames(exact), groupNames(near), tt.exact, tt.near)
		}
		if calls := len(o.lines()) - before; calls != tt.calls {
			t.Errorf("%q took %d calls, want %d", tt.ref, calls, tt.calls)
		}
	}
}

func personJSON(id, login, email, status string) string {
	mail := "null"
	if email != "" {
		mail = fmt.Sprintf("%q", email)
	}
	return fmt.Sprintf(`{"id":%q,"status":%q,"profile":{"firstName":"A","lastName":"B","login":%q,"email":%s}}`, id, status, login, mail)
}

func TestPerson(t *testing.T) {
	t.Parallel()
	const ana, ben, cho, old, fresh = "00uANA00000000000001", "00uBEN00000000000001", "00uCHO00000000000001", "00uOLD00000000000001", "00uNEW00000000000001"
	people := map[string]string{
		ana: personJSON(ana, "ana@acme.example", "ana.lima@mail.example", "ACTIVE"),
		ben: personJSON(ben, "ben@acme.example", "shared@acme.example", "SUSPENDED"),
		cho: personJSON(cho, "shared@acme.example", "cho@acme.example", "STAGED"),
		old: personJSON(old, "old@acme.example", "old@acme.example", "DEPROVISIONED"),
	}
	o := newOrg(t)
	o.on("GET /api/v1/users", func(w http.ResponseWriter, r *http.Request) {
		search, q := r.URL.Query().Get("search"), r.URL.Query().Get("q")
		var found []string
		for _, id := range []string{ana, ben, cho, old} {
			p := people[id]
			for _, value := range strings.Split(search, `"`) {
				if value != "" && strings.Contains(strings.ToLower(p), `"`+strings.ToLower(value)+`"`) {
					found = append(found, p)
					break
				}
			}
			if q != "" && strings.Contains(p, `"`+q) {
				found = append(found, p)
			}
		}
		jsonAnswer(200, "["+strings.Join(found, ",")+"]")(w, r)
	})
	for id, p := range people {
		o.on("GET /api/v1/users/"+id, jsonAnswer(200, p))
	}
	o.on("GET /api/v1/users/new@acme.example", jsonAnswer(200, personJSON(fresh, "new@acme.example", "", "ACTIVE")))
	o.on("GET /api/v1/users/ana", jsonAnswer(200, people[ana]))
	o.on("GET /api/v1/users/me", jsonAnswer(200, people[ben]))
	o.on("GET /api/v1/users/old@acme.example", jsonAnswer(200, people[old]))
	for _, tt := range []struct {
		ref         string
		exact, near []string
		calls       int
	}{
		{"ana@acme.example", []string{ana}, nil, 1},
		{" ANA@acme.example ", []string{ana}, nil, 1},
		{"ana.lima@mail.example", []string{ana}, nil, 1},
		{"shared@acme.example", []string{cho}, nil, 1}, // a login wins over an e-mail address
		{ana, []string{ana}, nil, 1},
		{"new@acme.example", []string{fresh}, nil, 2}, // search does not know them yet
		{"ana", nil, []string{ana}, 3},
		{"me", nil, nil, 2},
		{"old@acme.example", nil, nil, 3},
		{old, nil, nil, 2},
		{`x" or profile.login pr or profile.login eq "`, nil, nil, 3},
		{"a/b@acme.example", nil, nil, 2},
		{"", nil, nil, 0},
	} {
		before := len(o.lines())
		exact, near, err := o.client(t).Person(t.Context(), tt.ref)
		if err != nil {
			t.Fatalf("%q: %v", tt.ref, err)
		}
		got := func(ps []sso.Person) (ids []string) {
			for _, p := range ps {
				ids = append(ids, p.ID)
			}
			return ids
		}
		if diff := cmp.Diff(tt.exact, got(exact), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q exact: %s", tt.ref, diff)
		}
		if diff := cmp.Diff(tt.near, got(near), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q near: %s", tt.ref, diff)
		}
		if calls := len(o.lines()) - before; calls != tt.calls {
			t.Errorf("%q took %d calls, want %d: %q", tt.ref, calls, tt.calls, o.lines()[before:])
		}
	}
}

func TestSearchStringsAreQuoted(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET /api/v1/users", jsonAnswer(200, `[]`))
	o.on("GET /api/v1/groups", jsonAnswer(200, `[]`))
	c := o.client(t)
	_, _, _ = c.Person(t.Context(), `a"b\c`)
	_, _, _ = c.SearchGroups(t.Context(), ` Sales "x" `, 50, "")
	_, _, _ = c.SearchPeople(t.Context(), `Ana  Lima`, 5000, "cur/sor")
	_, _, _ = c.SearchPeople(t.Context(), ``, 0, "")
	query := func(i int) url.Values {
		_, raw, _ := strings.Cut(o.lines()[i], "?")
		v, _ := url.ParseQuery(raw)
		return v
	}
	want := []url.Values{
		{"search": {`(profile.login eq "a\"b\\c" or profile.email eq "a\"b\\c")`}},
		{"search": {`profile.name sw "Sales \"x\""`}, "limit": {"50"}},
		{"search": {`profile.firstName sw "Ana Lima" or profile.lastName sw "Ana Lima" or profile.login sw "Ana Lima" or profile.email sw "Ana Lima" or (profile.firstName sw "Ana" and profile.lastName sw "Lima")`},
			"limit": {"200"}, "after": {"cur/sor"}},
		{"limit": {"1"}},
	}
	n := len(o.lines())
	if diff := cmp.Diff(want, []url.Values{query(0), query(n - 3), query(n - 2), query(n - 1)}); diff != "" {
		t.Error(diff)
	}
}

func TestSearchGivesOnePageAndItsCursor(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET /api/v1/groups", jsonAnswer(200, "["+groupJSON("00g1", "Sales")+"]", "Link", `<https://x/api/v1/groups?after=abc&limit=1>; rel="next"`))
	o.on("GET /api/v1/users", jsonAnswer(200, "["+personJSON("00u1", "a", "", "ACTIVE")+","+personJSON("00u2", "b", "", "DEPROVISIONED")+"]"))
	groups, next, err := o.client(t).SearchGroups(t.Context(), "s", 1, "")
	if err != nil || next != "abc" || groupNames(groups) != "Sales" {
		t.Errorf("got %v, %q, %v", groups, next, err)
	}
	people, next, err := o.client(t).SearchPeople(t.Context(), "s", 1, "")
	want := []sso.Person{{ID: "00u1", Login: "a", FirstName: "A", LastName: "B", Status: "ACTIVE"}}
	if diff := cmp.Diff(want, people); diff != "" || next != "" || err != nil {
		t.Errorf("%v, %q, %s", err, next, diff)
	}
}
