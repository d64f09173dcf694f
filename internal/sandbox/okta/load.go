package okta

import (
	"slices"
	"strings"

	"example.com/ssowizard/internal/sandbox/durable"
)

// commit makes records durable. Handlers change the org only after it, and
// answer only after that.
func (o *Org) commit(records ...durable.Record) error {
	if err := o.log.Commit(records...); err != nil {
		return internalError()
	}
	return nil
}

func (o *Org) loadPerson(p *person) {
	old, found := o.people.byID[p.ID]
	switch {
	case p.Deleted && found:
		o.dropPerson(old)
	case p.Deleted:
	case found:
		o.people.update(old, p)
	default:
		o.people.put(p)
	}
}

// dropPerson takes a person out of the org, with groups and apps.
func (o *Org) dropPerson(p *person) {
	for _, g := range slices.Clone(p.groups) {
		g.leave(p)
	}
	for _, users := range o.appUsers {
		delete(users, p.ID)
	}
	o.people.remove(p.ID)
	p.Deleted = true
}

func (o *Org) loadGroup(g *group) {
	old, found := o.groups.byID[g.ID]
	switch {
	case g.Deleted && found:
		o.dropGroup(old)
	case g.Deleted:
	case found:
		o.groups.rename(old, g.Name)
		old.Description, old.Extra, old.Updated, old.MembersUpdated = g.Description, g.Extra, g.Updated, g.MembersUpdated
		old.Owners, old.Roles = g.Owners, g.Roles
	default:
		o.groups.put(g)
	}
}

func (o *Org) dropGroup(g *group) {
	for _, p := range slices.Clone(g.members) {
		g.leave(p)
	}
	for _, assigned := range o.appGrps {
		delete(assigned, g.ID)
	}
	o.groups.remove(g)
}

// memberKey is the log's key of a membership: its value is true or false.
func memberKey(g *group, p *person) string { return g.ID + " " + p.ID }

// member gives the group and the person of a memberKey, nil where there is none.
func (o *Org) member(key string) (*group, *person) {
	gid, uid, _ := strings.Cut(key, " ")
	return o.groups.byID[gid], o.people.byID[uid]
}

func (o *Org) loadRule(r *groupRule) {
	if r.read() == nil { // it was read before it was kept
		o.rules[r.ID] = r
	}
}

func (o *Org) loadMember(key string, in bool) {
	g, p := o.member(key)
	switch {
	case g == nil || p == nil:
	case in:
		g.join(p)
	default:
		g.leave(p)
	}
}

// loadAppUser and loadAppGroup leave out assignments of people and groups that
// were deleted, which took these with them.
func (o *Org) loadAppUser(u *appUser) {
	if o.people.byID[u.User] != nil && o.apps.byID[u.App] != nil {
		o.putAppUser(u)
	}
}

func (o *Org) loadAppGroup(g *appGroup) {
	if o.groups.byID[g.Group] != nil && o.apps.byID[g.App] != nil {
		o.putAppGroup(g)
	}
}
