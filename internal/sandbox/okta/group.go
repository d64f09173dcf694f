package okta

import (
	"cmp"
	"slices"
	"strings"
)

// Types of groups.
const (
	oktaGroup = "OKTA_GROUP"
	builtIn   = "BUILT_IN"
)

type group struct {
	ID             string         `json:"id"`
	Name           string         `json:"name"`
	Description    *string        `json:"description"`
	Type           string         `json:"type"`
	Extra          map[string]any `json:"extra,omitempty"` // what the schema has beside
	Owners         []groupOwner   `json:"owners,omitempty"`
	Roles          []role         `json:"roles,omitempty"`
	Created        stamp          `json:"created"`
	Updated        stamp          `json:"updated"`
	MembersUpdated stamp          `json:"membersUpdated"`
	Deleted        bool           `json:"deleted,omitempty"`

	everyone bool
	members  []*person // by id; not for Everyone
}

// has tells whether a person is a member.
func (g *group) has(p *person) bool {
	if g.everyone {
		return true
	}
	return slices.Contains(p.groups, g)
}

// join and leave tell whether they changed anything.
func (g *group) join(p *person) bool {
	i, found := slices.BinarySearchFunc(g.members, p.ID, byPersonID)
	if found || g.everyone {
		return false
	}
	g.members = slices.Insert(g.members, i, p)
	p.groups = append(p.groups, g)
	return true
}

func (g *group) leave(p *person) bool {
	i, found := slices.BinarySearchFunc(g.members, p.ID, byPersonID)
	if !found || g.everyone {
		return false
	}
	g.members = slices.Delete(g.members, i, i+1)
	p.groups = slices.DeleteFunc(p.groups, func(o *group) bool { return o == g })
	return true
}

// groups are the org's groups, by id and in order of names.
type groups struct {
	byID   map[string]*group
	sorted []*group
}

func newGroups() *groups { return &groups{byID: map[string]*group{}} }

func compareGroups(a, b *group) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
}

func (s *groups) put(g *group) {
	s.byID[g.ID] = g
	i, _ := slices.BinarySearchFunc(s.sorted, g, compareGroups)
	s.sorted = slices.Insert(s.sorted, i, g)
}

func (s *groups) remove(g *group) {
	delete(s.byID, g.ID)
	s.sorted = slices.DeleteFunc(s.sorted, func(o *group) bool { return o == g })
}

// rename keeps the order when a group's name changes.
func (s *groups) rename(g *group, name string) {
	s.remove(g)
	g.Name = name
	s.put(g)
}

func (s *groups) byName(name string) *group {
	for _, g := range s.sorted {
		if strings.EqualFold(g.Name, name) {
			return g
		}
	}
	return nil
}
