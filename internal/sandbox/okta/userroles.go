package okta

import (
	"encoding/base32"
	"net/http"
	"slices"
	"strings"

	"example.com/ssowizard/internal/sandbox/durable"
)

func roleObject(r role, kind, assignee string) object {
	return object{
		{"id", r.ID},
		{"label", roleLabels[r.Type]},
		{"type", r.Type},
		{"status", active},
		{"created", r.Created},
		{"lastUpdated", r.Created},
		{"assignmentType", kind},
		{"_links", object{{"assignee", object{{"href", assignee}}}}},
	}
}

func roleList(roles []role, kind, assignee string) *reply {
	roles = slices.Clone(roles)
	slices.SortFunc(roles, func(a, b role) int { return strings.Compare(a.ID, b.ID) })
	out := make([]object, 0, len(roles))
	for _, r := range roles {
		out = append(out, roleObject(r, kind, assignee))
	}
	return ok(out)
}

func (o *Org) rolesOfUser(c *call) (*reply, error) {
	u, err := o.person(c.ids[0])
	if err != nil {
		return nil, err
	}
	return roleList(u.Roles, "USER", c.url("users", u.ID)), nil
}

// roleID is random for super admins.
func (o *Org) roleID(kind string) string {
	if kind == superAdmin {
		return o.random.id("ra1", liveEra)
	}
	return standardRoleID(kind)
}

// standardRoleID is the type's name in base32: the same for everybody.
func standardRoleID(kind string) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(kind))
}

// newRole reads which role a call gives and refuses one that is there.
func (o *Org) newRole(c *call, have []role) (role, error) {
	var b struct {
		Type string `json:"type"`
	}
	if err := c.decode(&b); err != nil {
		return role{}, err
	}
	if roleLabels[b.Type] == "" {
		return role{}, malformed()
	}
	if slices.ContainsFunc(have, func(r role) bool { return r.Type == b.Type }) {
		return role{}, fail(http.StatusConflict, "E0000090", "The role specified is already assigned to the user.")
	}
	return role{ID: o.roleID(b.Type), Type: b.Type, Created: stampOf(o.now())}, nil
}

func (o *Org) giveUserRole(c *call) (*reply, error) {
	u, err := o.person(c.ids[0])
	if err != nil {
		return nil, err
	}
	r, err := o.newRole(c, u.Roles)
	if err != nil {
		return nil, err
	}
	changed := u.clone()
	changed.Roles = append(changed.Roles, r)
	if err := o.keepPerson(changed); err != nil {
		return nil, err
	}
	o.people.update(u, changed)
	return answer(http.StatusCreated, roleObject(r, "USER", c.url("users", u.ID))), nil
}

func (o *Org) takeUserRole(c *call) (*reply, error) {
	u, err := o.person(c.ids[0])
	if err != nil {
		return nil, err
	}
	changed := u.clone()
	changed.Roles = slices.DeleteFunc(changed.Roles, func(r role) bool { return r.ID == c.ids[1] })
	if len(changed.Roles) == len(u.Roles) {
		return nil, notFound(c.ids[1], "RoleAssignment")
	}
	if err := o.keepPerson(changed); err != nil {
		return nil, err
	}
	o.people.update(u, changed)
	return noContent(), nil
}

func (o *Org) rolesOfClient(c *call) (*reply, error) {
	a, err := o.client(c.ids[0])
	if err != nil {
		return nil, err
	}
	return roleList(a.Roles, "CLIENT", c.base+"/oauth2/v1/clients/"+c.ids[0]), nil
}

func (o *Org) giveClientRole(c *call) (*reply, error) {
	a, err := o.client(c.ids[0])
	if err != nil {
		return nil, err
	}
	r, err := o.newRole(c, a.Roles)
	if err != nil {
		return nil, err
	}
	changed := a.clone()
	changed.Roles = append(changed.Roles, r)
	if err := o.keepApp(changed); err != nil {
		return nil, err
	}
	return answer(http.StatusCreated, roleObject(r, "CLIENT", c.base+"/oauth2/v1/clients/"+c.ids[0])), nil
}

func (o *Org) takeClientRole(c *call) (*reply, error) {
	a, err := o.client(c.ids[0])
	if err != nil {
		return nil, err
	}
	changed := a.clone()
	changed.Roles = slices.DeleteFunc(changed.Roles, func(r role) bool { return r.ID == c.ids[1] })
	if len(changed.Roles) == len(a.Roles) {
		return nil, notFound(c.ids[1], "RoleAssignment")
	}
	if err := o.keepApp(changed); err != nil {
		return nil, err
	}
	return noContent(), nil
}

// keepApp puts an app in its older version's place, durably.
func (o *Org) keepApp(a *app, with ...durable.Record) error {
	if err := o.commit(append([]durable.Record{durable.Put(kindApp, a.ID, a)}, with...)...); err != nil {
		return err
	}
	o.apps.put(a)
	return nil
}
