package okta_test

import "testing"

func TestOverviewShowsWhatTheOrgHolds(t *testing.T) {
	t.Parallel()
	s := start(t)
	app := s.samlApp("Shown")
	me := s.must(200, "GET", "/api/v1/users/ana.lima@acme.example", "").text
	s.must(200, "POST", "/api/v1/apps/"+app+"/users", me)

	v := s.org.Overview("", 5)
	if len(v.Apps) != 1 || v.Apps[0].ID != app || v.Apps[0].People != 1 || v.Apps[0].Instructions == "" {
		t.Errorf("apps: %+v", v.Apps)
	}
	if len(v.People) != 5 || v.PeopleFound <= 5 || len(v.Groups) != 5 || v.GroupsFound <= 5 {
		t.Errorf("%d of %d people, %d of %d groups", len(v.People), v.PeopleFound, len(v.Groups), v.GroupsFound)
	}
	v = s.org.Overview("  ANA.lima@ ", 5)
	if len(v.People) != 1 || v.People[0].Password == "" || !v.People[0].Admin || len(v.Groups) != 0 {
		t.Errorf("found: %+v, %+v", v.People, v.Groups)
	}
	for _, g := range s.org.Overview("everyone", 5).Groups {
		if g.Members == 0 {
			t.Errorf("nobody is in %s", g.Name)
		}
	}
}
