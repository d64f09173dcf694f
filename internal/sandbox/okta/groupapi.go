package okta

import (
	"slices"
	"strings"

	"example.com/ssowizard/internal/sandbox/durable"
)

const (
	groupsPage  = 10000
	groupQLimit = 300
	membersPage = 1000
)

func (o *Org) groupRoutes() []*route {
	return []*route{
		api("GET", "/api/v1/groups", bucketGroups, resGroups, o.listGroups),
		api("POST", "/api/v1/groups", bucketGroups, resGroups, o.createGroup),
		api("GET", "/api/v1/groups/{}", bucketGroup, resGroups, o.getGroup),
		api("PUT", "/api/v1/groups/{}", bucketGroup, resGroups, o.replaceGroup),
		api("DELETE", "/api/v1/groups/{}", bucketGroup, resGroups, o.deleteGroup),
		api("GET", "/api/v1/groups/{}/users", bucketGroups, resGroups, o.membersOfGroup),
		api("PUT", "/api/v1/groups/{}/users/{}", bucketGroups, resGroups, o.addMember),
		api("DELETE", "/api/v1/groups/{}/users/{}", bucketGroups, resGroups, o.removeMember),
		api("GET", "/api/v1/groups/{}/apps", bucketGroups, resGroups, o.appsOfGroup),
	}
}

// Paths of the pictures that stand for groups and apps. Okta has them on
// another host; a sandbox has no other host.
const (
	groupLogoMedium = "/assets/img/logos/groups/okta-medium.png"
	groupLogoLarge  = "/assets/img/logos/groups/okta-large.png"
)

func (o *Org) groupObject(c *call, g *group) object {
	links := object{{"logo", []object{
		{{"name", "medium"}, {"href", c.base + groupLogoMedium}, {"type", "image/png"}},
		{{"name", "large"}, {"href", c.base + groupLogoLarge}, {"type", "image/png"}},
	}}}
	if !o.classic {
		links.add("owners", object{{"href", c.url("groups", g.ID, "owners")}})
	}
	links.add("users", object{{"href", c.url("groups", g.ID, "users")}})
	links.add("apps", object{{"href", c.url("groups", g.ID, "apps")}})
	out := object{
		{"id", g.ID},
		{"created", g.Created},
		{"lastUpdated", g.Updated},
		{"lastMembershipUpdated", g.MembersUpdated},
		{"objectClass", []string{"okta:user_group"}},
		{"type", g.Type},
		{"profile", g.profile()},
		{"_links", links},
	}
	if c.query.Get("expand") == "stats" {
		out.add("_embedded", object{{"stats", o.groupStats(c, g)}})
	}
	return out
}

func (o *Org) groupStats(c *call, g *group) object {
	users, apps := len(g.members), 0
	if g.everyone {
		users = len(o.people.sorted)
	}
	for _, assigned := range o.appGrps {
		if assigned[g.ID] != nil {
			apps++
		}
	}
	return object{
		{"usersCount", users},
		{"appsCount", apps},
		{"groupPushMappingsCount", 0},
		{"hasAdminPrivilege", false},
		{"_links", object{
			{"users", object{{"href", c.url("groups", g.ID, "users")}}},
			{"apps", object{{"href", c.url("groups", g.ID, "apps")}}},
		}},
	}
}

func (o *Org) group(id string) (*group, error) {
	if g := o.groups.byID[id]; g != nil {
		return g, nil
	}
	return nil, notFound(id, "UserGroup")
}

func (o *Org) getGroup(c *call) (*reply, error) {
	g, err := o.group(c.ids[0])
	if err != nil {
		return nil, err
	}
	return ok(o.groupObject(c, g)), nil
}

func (o *Org) groupList(c *call, list []*group) *reply {
	out := make([]object, 0, len(list))
	for _, g := range list {
		out = append(out, o.groupObject(c, g))
	}
	return ok(out)
}

// listGroups finds by q, which has neither pages nor links, by search or by
// filter.
func (o *Org) listGroups(c *call) (*reply, error) {
	fits, err := o.groupCondition(c)
	if err != nil {
		return nil, err
	}
	if q := strings.ToLower(c.query.Get("q")); q != "" {
		p, err := c.page(groupQLimit, groupsPage)
		if err != nil {
			return nil, err
		}
		p.after = ""
		page, _ := cut(o.groups.sorted, p, func(*group) string { return "" }, func(g *group) bool {
			return begins(q, g.Name) && fits(g)
		})
		return o.groupList(c, page), nil
	}
	p, err := c.page(groupsPage, groupsPage, "filter", "search", "sortBy", "sortOrder", "expand")
	if err != nil {
		return nil, err
	}
	page, next, err := o.pageOfGroups(p, fits, c.query.Get("sortOrder") == "desc" && c.query.Get("sortBy") != "")
	if err != nil {
		return nil, err
	}
	return c.links(o.groupList(c, page), p, next), nil
}

func (o *Org) groupCondition(c *call) (func(*group) bool, error) {
	fits := func(*group) bool { return true }
	for _, name := range []string{"search", "filter"} {
		text := c.query.Get(name)
		if text == "" {
			continue
		}
		cond, err := parseQuery(text)
		if err != nil {
			return nil, err
		}
		kind, operators := searchableOfGroup, ""
		if name == "filter" {
			kind, operators = filterableOfGroup, "eq"
		}
		if err := check(cond, kind, operators); err != nil {
			return nil, err
		}
		before := fits
		fits = func(g *group) bool {
			return before(g) && cond.holds(g.value) && (name != "search" || !o.fresh(g.Created))
		}
	}
	return fits, nil
}

// pageOfGroups pages in order of names. The cursor is the last group's id.
func (o *Org) pageOfGroups(p paging, fits func(*group) bool, desc bool) (page []*group, next string, err error) {
	list := o.groups.sorted
	if desc {
		list = slices.Clone(list)
		slices.Reverse(list)
	}
	if p.after != "" {
		i := slices.IndexFunc(list, func(g *group) bool { return g.ID == p.after })
		if i < 0 {
			return nil, "", invalidCursor()
		}
		list = list[i+1:]
	}
	p.after = ""
	page, next = cut(list, p, func(g *group) string { return g.ID }, fits)
	return page, next, nil
}

func (g *group) value(attribute string) any {
	switch attribute {
	case "id":
		return g.ID
	case "type":
		return g.Type
	case "created":
		return g.Created
	case "lastUpdated":
		return g.Updated
	case "lastMembershipUpdated":
		return g.MembersUpdated
	case "profile.name":
		return g.Name
	case "profile.description":
		if g.Description != nil {
			return *g.Description
		}
	}
	return nil
}

func filterableOfGroup(attribute string) attributeKind {
	switch attribute {
	case "id", "type":
		return textKind
	case "lastUpdated", "lastMembershipUpdated":
		return timeKind
	}
	return unknownKind
}

func searchableOfGroup(attribute string) attributeKind {
	switch attribute {
	case "profile.name", "profile.description", "source.id": // nothing comes from elsewhere
		return textKind
	case "created":
		return timeKind
	}
	return filterableOfGroup(attribute)
}

func (o *Org) createGroup(c *call) (*reply, error) {
	b, err := o.groupProfile(c, "")
	if err != nil {
		return nil, err
	}
	now := stampOf(o.now())
	g := &group{
		ID: o.random.id("00g", liveEra), Name: b.name, Description: b.description, Extra: b.extra, Type: oktaGroup,
		Created: now, Updated: now, MembersUpdated: now,
	}
	if err := o.commit(durable.Put(kindGroup, g.ID, g)); err != nil {
		return nil, err
	}
	o.groups.put(g)
	return ok(o.groupObject(c, g)), nil
}

func (o *Org) replaceGroup(c *call) (*reply, error) {
	g, err := o.ownGroup(c.ids[0])
	if err != nil {
		return nil, err
	}
	b, err := o.groupProfile(c, g.ID)
	if err != nil {
		return nil, err
	}
	changed := *g
	changed.Name, changed.Description, changed.Extra, changed.Updated = b.name, b.description, b.extra, stampOf(o.now())
	if err := o.commit(durable.Put(kindGroup, g.ID, &changed)); err != nil {
		return nil, err
	}
	o.groups.rename(g, changed.Name)
	g.Description, g.Extra, g.Updated = changed.Description, changed.Extra, changed.Updated
	return ok(o.groupObject(c, g)), nil
}

// ownGroup is a group that may be changed: none that Okta keeps.
func (o *Org) ownGroup(id string) (*group, error) {
	g, err := o.group(id)
	if err != nil {
		return nil, err
	}
	if g.Type != oktaGroup {
		return nil, fail(403, "E0000075", "Cannot modify the "+g.Name+" group because it is read-only")
	}
	return g, nil
}

func (o *Org) deleteGroup(c *call) (*reply, error) {
	g, err := o.ownGroup(c.ids[0])
	if err != nil {
		return nil, err
	}
	gone := *g
	gone.Deleted = true
	if err := o.commit(durable.Put(kindGroup, g.ID, &gone)); err != nil {
		return nil, err
	}
	o.dropGroup(g)
	return noContent(), nil
}

func (o *Org) membersOfGroup(c *call) (*reply, error) {
	g, err := o.group(c.ids[0])
	if err != nil {
		return nil, err
	}
	p, err := c.page(membersPage, membersPage)
	if err != nil {
		return nil, err
	}
	if p.after != "" && !cursorOf("00u", p.after) {
		return nil, invalidCursor()
	}
	members := g.members
	if g.everyone {
		members = o.people.sorted
	}
	i, found := slices.BinarySearchFunc(members, p.after, byPersonID)
	if found {
		i++
	}
	members, p.after = members[i:], ""
	page, next := cut(members, p, func(u *person) string { return u.ID }, func(u *person) bool {
		return u.Status != deprovisioned
	})
	p.after = c.query.Get("after")
	return c.links(o.userList(c, page), p, next), nil
}

func (o *Org) addMember(c *call) (*reply, error) { return o.setMember(c, true) }

func (o *Org) removeMember(c *call) (*reply, error) { return o.setMember(c, false) }

// setMember answers 204 whether or not it changes anything.
func (o *Org) setMember(c *call, in bool) (*reply, error) {
	g, err := o.ownGroup(c.ids[0])
	if err != nil {
		return nil, err
	}
	u, err := o.person(c.ids[1])
	if err != nil {
		return nil, err
	}
	if g.has(u) == in {
		return noContent(), nil
	}
	changed := *g
	changed.MembersUpdated = stampOf(o.now())
	if err := o.commit(durable.Put(kindMember, memberKey(g, u), in), durable.Put(kindGroup, g.ID, &changed)); err != nil {
		return nil, err
	}
	g.MembersUpdated = changed.MembersUpdated
	if in {
		g.join(u)
	} else {
		g.leave(u)
	}
	return noContent(), nil
}

func (o *Org) appsOfGroup(c *call) (*reply, error) {
	g, err := o.group(c.ids[0])
	if err != nil {
		return nil, err
	}
	p, err := c.page(appsPage, appsMost)
	if err != nil {
		return nil, err
	}
	if p.after != "" && !cursorOf("0oa", p.after) {
		return nil, invalidCursor()
	}
	page, next := cut(o.apps.sorted, p, appID, func(a *app) bool { return o.appGrps[a.ID][g.ID] != nil })
	return c.links(o.appList(c, page), p, next), nil
}
