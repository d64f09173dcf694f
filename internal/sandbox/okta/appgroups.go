package okta

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"example.com/ssowizard/internal/sandbox/durable"
)

const (
	appGroupsPage = 20
	appGroupsMost = 200
)

func (o *Org) appGroupObject(c *call, ag *appGroup) object {
	profile := any(object{})
	if len(ag.Profile) > 0 {
		profile = ag.Profile
	}
	v := object{
		{"id", ag.Group},
		{"lastUpdated", ag.Updated},
		{"priority", ag.Priority},
		{"profile", profile},
		{"_links", object{
			{"app", object{{"href", c.url("apps", ag.App)}}},
			{"self", object{{"href", c.url("apps", ag.App, "groups", ag.Group)}}},
			{"group", object{{"href", c.url("groups", ag.Group)}}},
		}},
	}
	if g := o.groups.byID[ag.Group]; g != nil && c.query.Get("expand") == "group" {
		v.add("_embedded", object{{"group", o.groupObject(c, g)}})
	}
	return v
}

// assigned are an app's groups by priority.
func (o *Org) assigned(app string) []*appGroup {
	list := make([]*appGroup, 0, len(o.appGrps[app]))
	for _, ag := range o.appGrps[app] {
		list = append(list, ag)
	}
	slices.SortFunc(list, func(a, b *appGroup) int {
		if a.Priority != b.Priority {
			return a.Priority - b.Priority
		}
		return strings.Compare(a.Group, b.Group)
	})
	return list
}

func (o *Org) listAppGroups(c *call) (*reply, error) {
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	p, err := c.page(appGroupsPage, appGroupsMost, "q", "expand")
	if err != nil {
		return nil, err
	}
	p.limit = max(p.limit, appGroupsPage)
	list := o.assigned(a.ID)
	if p.after != "" {
		i := slices.IndexFunc(list, func(ag *appGroup) bool { return ag.Group == p.after })
		if i < 0 {
			return nil, invalidCursor()
		}
		list = list[i+1:]
	}
	q := strings.ToLower(c.query.Get("q"))
	plain := p
	plain.after = ""
	page, next := cut(list, plain, func(ag *appGroup) string { return ag.Group }, func(ag *appGroup) bool {
		g := o.groups.byID[ag.Group]
		return g != nil && (q == "" || begins(q, g.Name))
	})
	out := make([]object, 0, len(page))
	for _, ag := range page {
		out = append(out, o.appGroupObject(c, ag))
	}
	return c.links(ok(out), p, next), nil
}

func (o *Org) appGroupOf(c *call) (*app, *appGroup, error) {
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, nil, err
	}
	ag := o.appGrps[a.ID][c.ids[1]]
	if ag == nil {
		return nil, nil, notFound(c.ids[1], "UserGroup")
	}
	return a, ag, nil
}

func (o *Org) getAppGroup(c *call) (*reply, error) {
	_, ag, err := o.appGroupOf(c)
	if err != nil {
		return nil, err
	}
	return ok(o.appGroupObject(c, ag)), nil
}

type appGroupBody struct {
	Priority *int            `json:"priority"`
	Profile  json.RawMessage `json:"profile"`
}

// assignGroup assigns a group. Doing it again changes nothing but what is
// sent, not even the time.
func (o *Org) assignGroup(c *call) (*reply, error) {
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	g, err := o.group(c.ids[1])
	if err != nil {
		return nil, err
	}
	var b appGroupBody
	if len(bytes.TrimSpace(c.body)) > 0 {
		if err := c.decode(&b); err != nil {
			return nil, err
		}
	}
	if a.Status != active {
		return nil, notFound(a.ID, "AppInstance")
	}
	return o.saveAppGroup(c, a, g, b)
}

func (o *Org) saveAppGroup(c *call, a *app, g *group, b appGroupBody) (*reply, error) {
	profile := bytes.TrimSpace(b.Profile)
	switch {
	case b.Priority != nil && (*b.Priority < 0 || *b.Priority > 100):
		return nil, invalid("priority", "priority: The field must be between 0 and 100")
	case len(profile) > 0 && profile[0] != '{' && string(profile) != "null":
		return nil, malformed()
	case string(profile) == "{}" || string(profile) == "null":
		profile = nil
	}
	now := stampOf(o.now())
	old := o.appGrps[a.ID][g.ID]
	ag := &appGroup{
		App: a.ID, Group: g.ID, Priority: o.nextPriority(a.ID), Created: now, Updated: now,
		Template: a.UserName, Profile: json.RawMessage(profile),
	}
	if old != nil {
		ag.Priority, ag.Created, ag.Updated, ag.Template = old.Priority, old.Created, old.Updated, old.Template
		if profile == nil {
			ag.Profile = old.Profile
		}
	}
	if b.Priority != nil {
		ag.Priority = *b.Priority
	}
	if old != nil && old.Priority == ag.Priority && bytes.Equal(old.Profile, ag.Profile) {
		return ok(o.appGroupObject(c, old)), nil
	}
	ag.Updated = now
	changed := o.shifted(ag)
	records := make([]durable.Record, 0, len(changed))
	for _, x := range changed {
		records = append(records, durable.Put(kindAppGroup, x.App+" "+x.Group, x))
	}
	if err := o.commit(records...); err != nil {
		return nil, err
	}
	for _, x := range changed {
		o.putAppGroup(x)
	}
	return ok(o.appGroupObject(c, ag)), nil
}

func (o *Org) nextPriority(app string) int {
	list := o.assigned(app)
	if len(list) == 0 {
		return 0
	}
	return list[len(list)-1].Priority + 1
}

// shifted is a group's assignment with those that make room for it. Where it
// moves behind others, these close the gap that it leaves.
func (o *Org) shifted(ag *appGroup) []*appGroup {
	changed := []*appGroup{ag}
	list := o.assigned(ag.App)
	taken := slices.ContainsFunc(list, func(other *appGroup) bool {
		return other.Group != ag.Group && other.Priority == ag.Priority
	})
	if !taken {
		return changed
	}
	move := func(other *appGroup, by int) {
		moved := *other
		moved.Priority += by
		changed = append(changed, &moved)
	}
	if old := o.appGrps[ag.App][ag.Group]; old != nil && old.Priority < ag.Priority {
		for _, other := range list {
			if other.Priority > old.Priority && other.Priority <= ag.Priority {
				move(other, -1)
			}
		}
		return changed
	}
	next := ag.Priority
	for _, other := range list {
		if other.Group != ag.Group && other.Priority == next {
			move(other, 1)
			next++
		}
	}
	return changed
}

// patchAppGroup takes a JSON Patch that replaces priority or profile members.
func (o *Org) patchAppGroup(c *call) (*reply, error) {
	a, ag, err := o.appGroupOf(c)
	if err != nil {
		return nil, err
	}
	var steps []struct {
		Op    string          `json:"op"`
		Path  string          `json:"path"`
		Value json.RawMessage `json:"value"`
	}
	if err := c.decode(&steps); err != nil {
		return nil, err
	}
	var b appGroupBody
	profile := map[string]json.RawMessage{}
	if len(ag.Profile) > 0 && json.Unmarshal(ag.Profile, &profile) != nil {
		return nil, internalError()
	}
	for _, s := range steps {
		name, inProfile := strings.CutPrefix(s.Path, "/profile/")
		switch {
		case s.Op != "replace" && s.Op != "add":
			return nil, malformed()
		case s.Path == "/priority":
			if json.Unmarshal(s.Value, &b.Priority) != nil {
				return nil, malformed()
			}
		case inProfile:
			profile[name] = s.Value
		default:
			return nil, malformed()
		}
	}
	if len(profile) > 0 {
		b.Profile, _ = json.Marshal(profile) // raw values that were just read
	}
	return o.saveAppGroup(c, a, o.groups.byID[ag.Group], b)
}

func (o *Org) unassignGroup(c *call) (*reply, error) {
	a, ag, err := o.appGroupOf(c)
	if err != nil {
		return nil, err
	}
	if err := o.commit(durable.Remove(kindAppGroup, a.ID+" "+ag.Group)); err != nil {
		return nil, err
	}
	delete(o.appGrps[a.ID], ag.Group)
	return noContent(), nil
}
