package plan

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"example.com/ssowizard/internal/sso"
)

// groupReader is an Okta that tells who is in a group; more is true when there
// are others beyond the limit.
type groupReader interface {
	GroupPeople(ctx context.Context, groupID string, limit int) (people []sso.Person, more bool, err error)
}

// mostCompared bounds how many people of a group are read to compare them with
// those at the service provider.
const mostCompared = 2000

// observeCovered finds the people at the service provider who would stand before
// a closed door once sign-in with Okta is on: those whose e-mail address nobody
// has who gets the app. Where that cannot be told it says so, and stops nothing.
func (c *Core) observeCovered(ctx context.Context, spec sso.Spec, o *Observed) {
	reader, ok := c.Okta.(groupReader)
	if !ok || !spec.Enable || o.SP.Enabled || len(o.SPPeople) == 0 {
		return
	}
	covered, why := coveredBy(ctx, reader, spec, *o)
	if o.UncoveredUnread = why; why != "" {
		return
	}
	for _, p := range o.SPPeople {
		if !p.KeepsPassword && !p.Inactive && !covered[strings.ToLower(p.Email)] {
			o.Uncovered = append(o.Uncovered, sso.Assignment{Name: p.Email})
		}
	}
}

// coveredBy are the e-mail addresses and user names, in lower case, of everybody
// who has the app or is about to get it, as far as this connection knows. why is
// the reason for which it cannot be told.
func coveredBy(ctx context.Context, reader groupReader, spec sso.Spec, o Observed) (covered map[string]bool, why string) {
	covered = map[string]bool{}
	for _, ref := range spec.Users {
		covered[strings.ToLower(o.People[ref].Email)] = true
	}
	if o.Tester != nil { // who tests first keeps the app
		covered[strings.ToLower(o.Tester.Email)] = true
	}
	var groups []string
	for _, ref := range spec.Groups {
		groups = append(groups, o.Groups[ref].ID)
	}
	gone := map[string]bool{}
	for _, a := range (&maker{Plan: &Plan{Observed: o}}).gone() {
		gone[a.ID] = true
	}
	for _, a := range slices.Concat(o.State.Assigned, o.AppGroups, o.AppUsers) {
		if spec.Exact && a.ID != o.State.TesterID || gone[a.ID] || goes(spec, o, a) {
			continue
		}
		if a.Kind == sso.ToGroup {
			groups = append(groups, a.ID)
			continue
		}
		covered[strings.ToLower(a.Name)], covered[strings.ToLower(a.UserName)] = true, true
	}
	large := false
	g := newGather()
	for _, id := range unique(groups) {
		g.do(func() (func(), error) {
			people, more, err := reader.GroupPeople(ctx, id, mostCompared)
			return func() {
				large = large || more
				for _, p := range people {
					covered[strings.ToLower(p.Email)] = true
				}
			}, err
		})
	}
	if err := g.wait(); err != nil {
		return nil, sso.PlainText(err.Error(), 300)
	}
	if large {
		return nil, fmt.Sprintf("a group has more than %d people", mostCompared)
	}
	return covered, ""
}

// goes tells whether this run takes an assignment away.
func goes(spec sso.Spec, o Observed, a sso.Assignment) bool {
	return a.Kind == sso.ToGroup && slices.ContainsFunc(spec.RemoveGroups, func(ref string) bool { return o.Groups[ref].ID == a.ID }) ||
		a.Kind == sso.ToUser && slices.ContainsFunc(spec.RemoveUsers, func(ref string) bool { return o.People[ref].ID == a.ID })
}

// uncovered says how many they are, and who where they are few. All of them stand
// in the report of the plan.
func (m *maker) uncovered() string {
	const few = 3
	out := m.Observed.Uncovered
	switch {
	case len(out) == 0:
		return ""
	case len(out) <= few:
		return fmt.Sprintf("; %d get no Okta app: %s", len(out), joinNames(out))
	}
	return fmt.Sprintf("; %d of them get no Okta app", len(out))
}
