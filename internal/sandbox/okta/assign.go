package okta

import (
	"encoding/json"
	"strings"
)

// appUser is a person's own entry in an app: an assignment (scope USER), or
// what was changed for somebody who has the app through a group (GROUP).
type appUser struct {
	App      string          `json:"app"`
	User     string          `json:"user"`
	Scope    string          `json:"scope"`
	Created  stamp           `json:"created"`
	Updated  stamp           `json:"updated"`
	UserName string          `json:"userName"`
	Profile  json.RawMessage `json:"profile,omitempty"`

	group *group // the group that grants it, for scope GROUP
}

// Scopes of app users.
const (
	scopeUser  = "USER"
	scopeGroup = "GROUP"
)

// appGroup is a group's assignment. It remembers the user name template of its
// time, because changing an app's does not rename who is there.
type appGroup struct {
	App      string          `json:"app"`
	Group    string          `json:"group"`
	Priority int             `json:"priority"`
	Created  stamp           `json:"created"`
	Updated  stamp           `json:"updated"`
	Template userName        `json:"template"`
	Profile  json.RawMessage `json:"profile,omitempty"`
}

func (o *Org) putAppUser(u *appUser) {
	if o.appUsers[u.App] == nil {
		o.appUsers[u.App] = map[string]*appUser{}
	}
	o.appUsers[u.App][u.User] = u
}

func (o *Org) putAppGroup(g *appGroup) {
	if o.appGrps[g.App] == nil {
		o.appGrps[g.App] = map[string]*appGroup{}
	}
	o.appGrps[g.App][g.Group] = g
}

// assignment is how a person has an app: of their own, else by the group of
// the highest priority that they are in. Nil: not at all.
func (o *Org) assignment(a *app, p *person) *appUser {
	own := o.appUsers[a.ID][p.ID]
	if own != nil && own.Scope == scopeUser {
		return own
	}
	granted, g := o.grantingGroup(a, p)
	if granted == nil || p.Status == deprovisioned {
		return nil
	}
	u := &appUser{
		App: a.ID, User: p.ID, Scope: scopeGroup, Created: granted.Created, Updated: granted.Created,
		UserName: renderUserName(granted.Template, p), group: g,
	}
	if own != nil {
		u.Created, u.Updated, u.UserName, u.Profile = own.Created, own.Updated, own.UserName, own.Profile
	}
	return u
}

func (o *Org) grantingGroup(a *app, p *person) (*appGroup, *group) {
	var best *appGroup
	for gid, ag := range o.appGrps[a.ID] {
		g := o.groups.byID[gid]
		if g != nil && g.has(p) && !o.fresh(ag.Created) && (best == nil || ag.Priority < best.Priority) {
			best = ag
		}
	}
	if best == nil {
		return nil, nil
	}
	return best, o.groups.byID[best.Group]
}

// renderUserName makes a person's name in an app. What cannot be understood
// falls back to the login, as the default does.
func renderUserName(t userName, p *person) string {
	if t.Type == "NONE" {
		return ""
	}
	expression := strings.TrimSpace(t.Template)
	if inner, ok := strings.CutPrefix(expression, "${"); ok {
		expression = strings.TrimSuffix(inner, "}")
	}
	name, ok := evaluateName(strings.TrimSpace(expression), p)
	if !ok {
		name = p.Login
	}
	return name + t.Suffix
}

// evaluateName knows source.x and user.x, and the part before or after a text.
func evaluateName(expression string, p *person) (string, bool) {
	for _, f := range []struct {
		prefixes []string
		cut      func(s, sep string) string
	}{
		{[]string{"fn:substringBefore(", "String.substringBefore("}, func(s, sep string) string {
			before, _, _ := strings.Cut(s, sep)
			return before
		}},
		{[]string{"fn:substringAfter(", "String.substringAfter("}, func(s, sep string) string {
			_, after, _ := strings.Cut(s, sep)
			return after
		}},
		{[]string{"fn:toLowerCase(", "String.toLowerCase("}, func(s, _ string) string { return strings.ToLower(s) }},
	} {
		for _, prefix := range f.prefixes {
			inner, ok := strings.CutPrefix(expression, prefix)
			if !ok {
				continue
			}
			inner, closed := strings.CutSuffix(inner, ")")
			subject, separator, _ := strings.Cut(inner, ",")
			value, known := evaluateName(strings.TrimSpace(subject), p)
			return f.cut(value, strings.Trim(strings.TrimSpace(separator), `"'`)), closed && known
		}
	}
	for _, prefix := range []string{"source.", "user."} {
		if name, ok := strings.CutPrefix(expression, prefix); ok {
			value, isText := p.attribute(name).(string)
			return value, isText || isBaseAttribute(name)
		}
	}
	return "", false
}
