package okta_test

import (
	"encoding/pem"
	"strings"
	"testing"
)

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
	if v.People[0].Login != "ana.lima@acme.example" {
		t.Errorf("the first is %s", v.People[0].Login)
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

func TestInstructionsAndTheirCertificateAreServed(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.samlApp("Told")
	page := s.must(200, "GET", s.org.Overview("", 1).Apps[0].Instructions, "").text
	_, rest, _ := strings.Cut(page, `href="/admin/org/security/`)
	path, _, found := strings.Cut(rest, `"`)
	if !found {
		t.Fatalf("no certificate to download in %s", page)
	}
	r := s.must(200, "GET", "/admin/org/security/"+path, "")
	if block, _ := pem.Decode([]byte(r.text)); block == nil || !strings.Contains(r.Header.Get("Content-Disposition"), "okta.cert") {
		t.Errorf("%v: %q", r.Header, r.text)
	}
}
