package plan

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"example.com/ssowizard/internal/sso"
)

// groupsOf is an Okta that tells only who is in a group.
type groupsOf struct {
	Okta
	people map[string][]string
}

func (g groupsOf) GroupPeople(_ context.Context, id string, limit int) ([]sso.Person, bool, error) {
	emails, known := g.people[id]
	if !known {
		return nil, false, errors.New("no such group")
	}
	var people []sso.Person
	for _, email := range emails[:min(limit, len(emails))] {
		people = append(people, sso.Person{Email: email})
	}
	return people, len(emails) > limit, nil
}

func TestWhoWouldStandBeforeAClosedDoorIsFound(t *testing.T) {
	t.Parallel()
	okta := groupsOf{people: map[string][]string{"g1": {"Ana@acme.example", "ben@acme.example"}, "g2": {"chloe@acme.example"}, "g3": make([]string, mostCompared+1)}}
	there := []sso.SPPerson{{Email: "ana@acme.example"}, {Email: "BEN@acme.example"}, {Email: "chloe@acme.example"}, {Email: "dan@acme.example"},
		{Email: "owner@acme.example", KeepsPassword: true}, {Email: "gone@acme.example", Inactive: true}}
	tests := []struct {
		name  string
		spec  sso.Spec
		state sso.State
		on    bool
		// tester is who is about to test, read that the app's groups were read
		tester string
		read   bool
		want   string
		why    string
	}{
		{name: "groups and people of this run", spec: sso.Spec{Enable: true, Groups: []string{"one"}, Users: []string{"d"}}, want: "[chloe@acme.example]"},
		{name: "those of earlier runs count", spec: sso.Spec{Enable: true, Groups: []string{"one"}},
			state: sso.State{Assigned: []sso.Assignment{{Kind: sso.ToGroup, ID: "g2"}, {Kind: sso.ToUser, ID: "u4", Name: "dan@acme.example"}}}, want: "[]"},
		{name: "but not what is taken away", spec: sso.Spec{Enable: true, Groups: []string{"one"}, Users: []string{"d"}, RemoveGroups: []string{"two"}},
			state: sso.State{Assigned: []sso.Assignment{{Kind: sso.ToGroup, ID: "g2"}}}, want: "[chloe@acme.example]"},
		{name: "a group too large to compare", spec: sso.Spec{Enable: true, Groups: []string{"three"}}, want: "[]", why: "a group has more than 2000 people"},
		{name: "a group that is gone", spec: sso.Spec{Enable: true}, state: sso.State{Assigned: []sso.Assignment{{Kind: sso.ToGroup, ID: "g9"}}}, want: "[]", why: "no such group"},
		{name: "who tests first keeps the app", spec: sso.Spec{Enable: true, Groups: []string{"one"}, Exact: true}, tester: "Dan@acme.example", want: "[chloe@acme.example]"},
		{name: "who tested earlier keeps it too", spec: sso.Spec{Enable: true, Groups: []string{"one"}, Exact: true},
			state: sso.State{TesterID: "u4", Assigned: []sso.Assignment{{Kind: sso.ToUser, ID: "u4", Name: "dan@acme.example"}}}, want: "[chloe@acme.example]"},
		{name: "a group that somebody took the app away from", spec: sso.Spec{Enable: true, Groups: []string{"one"}, Users: []string{"d"}},
			state: sso.State{Assigned: []sso.Assignment{{Kind: sso.ToGroup, ID: "g2"}, {Kind: sso.ToGroup, ID: "g9"}}}, read: true, want: "[chloe@acme.example]"},
		{name: "nothing is turned on", spec: sso.Spec{Groups: []string{"one"}}, want: "[]"},
		{name: "it is on already", spec: sso.Spec{Enable: true, Groups: []string{"one"}}, on: true, want: "[]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := Observed{State: tt.state, SPPeople: there, SP: sso.SPState{Enabled: tt.on},
				Groups: map[string]sso.Group{"one": {ID: "g1"}, "two": {ID: "g2"}, "three": {ID: "g3"}}, groupsRead: tt.read}
			if len(tt.spec.Users) > 0 {
				o.People = map[string]sso.Person{"d": {ID: "u4", Email: "dan@acme.example"}}
			}
			if tt.tester != "" {
				o.Tester = &sso.Person{Email: tt.tester}
			}
			(&Core{Okta: okta}).observeCovered(t.Context(), tt.spec, &o)
			emails := []string{}
			for _, a := range o.Uncovered {
				emails = append(emails, a.Name)
			}
			if fmt.Sprint(emails) != tt.want || o.UncoveredUnread != tt.why {
				t.Errorf("%v, %q", emails, o.UncoveredUnread)
			}
		})
	}
}
