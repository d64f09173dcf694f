package okta_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type groupAnswer struct {
	ID, Type string
	Profile  struct{ Name string }
}

func groupNames(t *testing.T, r response) []string {
	t.Helper()
	var list []groupAnswer
	r.into(t, &list)
	var names []string
	for _, g := range list {
		names = append(names, g.Profile.Name)
	}
	return names
}

func TestGroupAnswersEveryMemberInOrder(t *testing.T) {
	t.Parallel()
	s := start(t)
	r := s.must(200, "POST", "/api/v1/groups", `{"profile":{"name":"Design","description":"People who draw"}}`)
	sameBytes(t, r.text, `{"id":"00g*","created":"2026-01-31T09:30:00.000Z","lastUpdated":"2026-01-31T09:30:00.000Z",
		"lastMembershipUpdated":"2026-01-31T09:30:00.000Z","objectClass":["okta:user_group"],"type":"OKTA_GROUP",
		"profile":{"name":"Design","description":"People who draw"},
		"_links":{"logo":[{"name":"medium","href":"{o}/assets/img/logos/groups/okta-medium.png","type":"image/png"},
		{"name":"large","href":"{o}/assets/img/logos/groups/okta-large.png","type":"image/png"}],
		"owners":{"href":"{o}/api/v1/groups/00g*/owners"},"users":{"href":"{o}/api/v1/groups/00g*/users"},
		"apps":{"href":"{o}/api/v1/groups/00g*/apps"}}}`)
	path := "/api/v1/groups/" + r.id(t)
	s.clock.add(time.Minute)
	changed := s.must(200, "PUT", path, `{"profile":{"name":"Art"}}`)
	if got := s.must(200, "GET", path, ""); got.text != changed.text || !strings.Contains(got.text, `"profile":{"name":"Art","description":null}`) || got.Header.Get("Link") != "" {
		t.Errorf("after PUT: %s", got.text)
	}
	s.must(400, "POST", "/api/v1/groups", `{"profile":{"name":"art"}}`)
	s.must(400, "POST", "/api/v1/groups", `{"profile":{}}`)
	s.must(204, "DELETE", path, "")
	s.must(404, "GET", path, "")
	if r := start(t, classic).must(200, "GET", "/api/v1/groups?q=Everyone", ""); strings.Contains(r.text, "owners") {
		t.Error("classic groups have owners")
	}
}

func TestGroupLists(t *testing.T) {
	t.Parallel()
	s := start(t)
	r := s.must(200, "GET", "/api/v1/groups?q=support", "")
	if diff := cmp.Diff([]string{"Support EMEA", "Support US"}, groupNames(t, r)); diff != "" || r.Header.Get("Link") != "" {
		t.Errorf("q: Link %q\n%s", r.Header.Get("Link"), diff)
	}
	all := s.must(200, "GET", "/api/v1/groups", "")
	if names := groupNames(t, all); !slices.IsSorted(names) || len(names) != 8 {
		t.Errorf("all groups: %q", names)
	}
	if got := all.Header.Get("Link"); !strings.HasSuffix(got, `/groups?limit=10000>; rel="self"`) {
		t.Errorf("Link %q", got)
	}
	built := s.must(200, "GET", "/api/v1/groups?filter="+url.QueryEscape(`type eq "BUILT_IN"`)+"&limit=200", "")
	if diff := cmp.Diff([]string{"Everyone"}, groupNames(t, built)); diff != "" {
		t.Error(diff)
	}
	if got, want := built.Header.Get("Link"), `/groups?limit=200&filter=type+eq+%22BUILT_IN%22>; rel="self"`; !strings.HasSuffix(got, want) {
		t.Errorf("Link %q", got)
	}
	found := s.must(200, "GET", "/api/v1/groups?search="+url.QueryEscape(`profile.name sw "S" and type eq "OKTA_GROUP"`), "")
	if diff := cmp.Diff([]string{"Sales", "Support EMEA", "Support US"}, groupNames(t, found)); diff != "" {
		t.Error(diff)
	}
	var paged []string
	next := "/api/v1/groups?limit=3"
	for next != "" {
		r := s.must(200, "GET", next, "")
		paged = append(paged, groupNames(t, r)...)
		next = ""
		if links := r.Header.Values("Link"); len(links) == 2 {
			next = strings.TrimPrefix(links[1][:strings.Index(links[1], ">")], "<")
		}
	}
	if diff := cmp.Diff(groupNames(t, all), paged); diff != "" {
		t.Error(diff)
	}
	for _, query := range []string{"filter=profile.name+eq+%22x%22", "search=x", "after=00gx"} {
		s.must(400, "GET", "/api/v1/groups?"+query, "")
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	s := start(t)
	group, ben := s.groupID("Sales"), s.userID("ben.okafor")
	path := "/api/v1/groups/" + group + "/users"
	isMember := func() bool { return strings.Contains(s.must(200, "GET", path+"?limit=1000", "").text, ben) }
	before := isMember()
	for range 2 {
		s.must(204, "PUT", path+"/"+ben, "")
	}
	joined := isMember()
	for range 2 {
		s.must(204, "DELETE", path+"/"+ben, "")
	}
	if before || !joined || isMember() {
		t.Errorf("ben was member: before %v, after PUT %v, after DELETE %v", before, joined, isMember())
	}
	r := s.must(200, "GET", path+"?limit=2", "")
	if links := r.Header.Values("Link"); len(links) != 2 || !strings.Contains(links[1], "/users?after=00u") {
		t.Errorf("links %q", links)
	}
	if got := s.must(200, "GET", path, "").Header.Get("Link"); !strings.HasSuffix(got, `/users?limit=1000>; rel="self"`) {
		t.Errorf("Link %q", got)
	}
	everyone := s.groupID("Everyone")
	s.must(403, "DELETE", "/api/v1/groups/"+everyone, "")
	s.must(403, "PUT", "/api/v1/groups/"+everyone, `{"profile":{"name":"Us"}}`)
	s.must(403, "DELETE", "/api/v1/groups/"+everyone+"/users/"+ben, "")
	var people []struct{ ID string }
	s.must(200, "GET", "/api/v1/groups/"+everyone+"/users?limit=1000", "").into(t, &people)
	if len(people) != 39 {
		t.Errorf("Everyone has %d members", len(people))
	}
}

func TestDeletedGroupLeavesItsApps(t *testing.T) {
	t.Parallel()
	s := start(t)
	app, group := s.samlApp("Grouped"), s.groupID("Sales")
	chloe := s.userID("chloe.durand")
	s.must(200, "PUT", "/api/v1/apps/"+app+"/groups/"+group, "{}")
	s.must(200, "GET", "/api/v1/apps/"+app+"/users/"+chloe, "")
	if got := s.must(200, "GET", "/api/v1/groups/"+group+"/apps", "").text; !strings.Contains(got, app) {
		t.Error("the group has no app")
	}
	s.must(204, "DELETE", "/api/v1/groups/"+group, "")
	s.must(404, "GET", "/api/v1/apps/"+app+"/users/"+chloe, "")
	sameBytes(t, s.must(200, "GET", "/api/v1/apps/"+app+"/groups", "").text, "[]")
}
