package okta

import (
	"net/http"
	"slices"

	"example.com/ssowizard/internal/sandbox/durable"
)

// groupOwner is somebody, or a group of people, in charge of a group.
type groupOwner struct {
	ID      string `json:"id"`
	Type    string `json:"type"` // USER or GROUP
	Updated stamp  `json:"updated"`
}

func (o *Org) groupDutyRoutes() []*route {
	const owners, roles = "/api/v1/groups/{}/owners", "/api/v1/groups/{}/roles"
	return []*route{
		api("GET", owners, bucketGroups, resGroups, o.ownersOfGroup),
		api("POST", owners, bucketGroups, resGroups, o.addGroupOwner),
		api("DELETE", owners+"/{}", bucketGroups, resGroups, o.removeGroupOwner),
		api("GET", roles, bucketGroups, resRoles, o.rolesOfGroup),
		api("POST", roles, bucketGroups, resRoles, o.giveGroupRole),
		api("DELETE", roles+"/{}", bucketGroups, resRoles, o.takeGroupRole),
	}
}

// changeGroup keeps and makes a change of a group's own record.
func (o *Org) changeGroup(g *group, edit func(*group)) error {
	changed := *g
	changed.Owners, changed.Roles = slices.Clone(g.Owners), slices.Clone(g.Roles)
	edit(&changed)
	if err := o.commit(durable.Put(kindGroup, g.ID, &changed)); err != nil {
		return err
	}
	g.Owners, g.Roles = changed.Owners, changed.Roles
	return nil
}

func (o *Org) ownerObject(w groupOwner) (object, bool) {
	name := ""
	if p := o.people.byID[w.ID]; p != nil && w.Type == "USER" {
		name = p.First + " " + p.Last
	} else if g := o.groups.byID[w.ID]; g != nil && w.Type == "GROUP" {
		name = g.Name
	} else {
		return nil, false
	}
	return object{
		{"id", w.ID}, {"type", w.Type}, {"resolved", true}, {"originId", nil}, {"originType", "OKTA_DIRECTORY"},
		{"displayName", name}, {"lastUpdated", w.Updated},
	}, true
}

// ownersOfGroup leaves out those who have been deleted since.
func (o *Org) ownersOfGroup(c *call) (*reply, error) {
	g, err := o.group(c.ids[0])
	if err != nil {
		return nil, err
	}
	out := []object{}
	for _, w := range g.Owners {
		if v, known := o.ownerObject(w); known {
			out = append(out, v)
		}
	}
	return ok(out), nil
}

func (o *Org) addGroupOwner(c *call) (*reply, error) {
	g, err := o.group(c.ids[0])
	if err != nil {
		return nil, err
	}
	var b struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	}
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	w := groupOwner{ID: b.ID, Type: b.Type, Updated: stampOf(o.now())}
	v, known := o.ownerObject(w)
	switch {
	case b.Type != "USER" && b.Type != "GROUP":
		return nil, malformed()
	case !known:
		return nil, notFound(b.ID, map[string]string{"USER": "User", "GROUP": "UserGroup"}[b.Type])
	case slices.ContainsFunc(g.Owners, func(have groupOwner) bool { return have.ID == b.ID }):
		return nil, invalid("owner", "Provided owner is already assigned to this group")
	}
	if err := o.changeGroup(g, func(g *group) { g.Owners = append(g.Owners, w) }); err != nil {
		return nil, err
	}
	return answer(http.StatusCreated, v), nil
}

func (o *Org) removeGroupOwner(c *call) (*reply, error) {
	g, err := o.group(c.ids[0])
	if err != nil {
		return nil, err
	}
	theirs := func(w groupOwner) bool { return w.ID == c.ids[1] }
	if !slices.ContainsFunc(g.Owners, theirs) {
		return nil, notFound(c.ids[1], "GroupOwner")
	}
	if err := o.changeGroup(g, func(g *group) { g.Owners = slices.DeleteFunc(g.Owners, theirs) }); err != nil {
		return nil, err
	}
	return noContent(), nil
}

func (o *Org) rolesOfGroup(c *call) (*reply, error) {
	g, err := o.group(c.ids[0])
	if err != nil {
		return nil, err
	}
	return roleList(g.Roles, "GROUP", c.url("groups", g.ID)), nil
}

func (o *Org) giveGroupRole(c *call) (*reply, error) {
	g, err := o.group(c.ids[0])
	if err != nil {
		return nil, err
	}
	r, err := o.newRole(c, g.Roles)
	if err != nil {
		return nil, err
	}
	if err := o.changeGroup(g, func(g *group) { g.Roles = append(g.Roles, r) }); err != nil {
		return nil, err
	}
	return answer(http.StatusCreated, roleObject(r, "GROUP", c.url("groups", g.ID))), nil
}

func (o *Org) takeGroupRole(c *call) (*reply, error) {
	g, err := o.group(c.ids[0])
	if err != nil {
		return nil, err
	}
	theirs := func(r role) bool { return r.ID == c.ids[1] }
	if !slices.ContainsFunc(g.Roles, theirs) {
		return nil, notFound(c.ids[1], "RoleAssignment")
	}
	if err := o.changeGroup(g, func(g *group) { g.Roles = slices.DeleteFunc(g.Roles, theirs) }); err != nil {
		return nil, err
	}
	return noContent(), nil
}
