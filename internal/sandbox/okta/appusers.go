package okta

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"example.com/ssowizard/internal/sandbox/durable"
)

const (
	appUsersPage = 50
	appUsersMost = 500
)

func (o *Org) assignmentRoutes() []*route {
	const users, groups = "/api/v1/apps/{}/users", "/api/v1/apps/{}/groups"
	return []*route{
		api("GET", users, bucketApps, resApps, o.listAppUsers),
		api("POST", users, bucketApps, resApps, o.assignUser),
		api("GET", users+"/{}", bucketApps, resApps, o.getAppUser),
		api("POST", users+"/{}", bucketApps, resApps, o.updateAppUser),
		api("PUT", users+"/{}", bucketApps, resApps, o.updateAppUser),
		api("DELETE", users+"/{}", bucketApps, resApps, o.unassignUser),
		api("GET", groups, bucketApps, resApps, o.listAppGroups),
		api("GET", groups+"/{}", bucketApps, resApps, o.getAppGroup),
		api("PUT", groups+"/{}", bucketApps, resApps, o.assignGroup),
		api("PATCH", groups+"/{}", bucketApps, resApps, o.patchAppGroup).takes("application/json", "application/json-patch+json"),
		api("DELETE", groups+"/{}", bucketApps, resApps, o.unassignGroup),
	}
}

func (o *Org) appUserObject(c *call, a *app, p *person, u *appUser) object {
	links := object{
		{"app", object{{"href", c.url("apps", a.ID)}}},
		{"user", object{{"href", c.url("users", p.ID)}}},
	}
	if u.group != nil {
		links.add("group", object{{"name", u.group.Name}, {"href", c.url("groups", u.group.ID)}})
	}
	v := object{
		{"id", p.ID},
		{"externalId", nil},
		{"created", u.Created},
		{"lastUpdated", u.Updated},
		{"scope", u.Scope},
		{"status", active},
		{"statusChanged", u.Created},
		{"passwordChanged", nil},
		{"syncState", "DISABLED"},
		{"credentials", object{{"userName", u.UserName}}},
		{"profile", appUserProfile(a, p, u)},
		{"_links", links},
	}
	if c.query.Get("expand") == "user" {
		v.add("_embedded", object{{"user", o.userObject(c, p, false)}})
	}
	return v
}

// claims are the members of an OIDC app's user profile, in their order.
var claims = []string{
	"street_address", "country", "website", "zoneinfo", "birthdate", "gender", "formatted", "profile", "locality",
	"given_name", "middle_name", "locale", "picture", "name", "nickname", "phone_number", "region", "postal_code",
	"family_name", "email",
}

// appUserProfile is {} for SAML apps but for what was sent, and the claims for
// OIDC apps.
func appUserProfile(a *app, p *person, u *appUser) any {
	if a.OAuth == nil {
		if len(u.Profile) > 0 {
			return u.Profile
		}
		return object{}
	}
	values := map[string]any{
		"zoneinfo": "America/Los_Angeles", "locale": "en_US", "given_name": orNull(p.First), "family_name": orNull(p.Last),
		"name": orNull(strings.TrimSpace(p.First + " " + p.Last)), "email": orNull(p.Email),
		"middle_name": p.attribute("middleName"), "nickname": p.attribute("nickName"), "website": p.attribute("profileUrl"),
		"phone_number": p.attribute("primaryPhone"), "street_address": p.attribute("streetAddress"),
		"locality": p.attribute("city"), "region": p.attribute("state"), "postal_code": p.attribute("zipCode"),
		"country": p.attribute("countryCode"),
	}
	if len(u.Profile) > 0 {
		var own map[string]any
		_ = json.Unmarshal(u.Profile, &own) // checked when it was taken
		for name, v := range own {
			values[name] = v
		}
	}
	out := make(object, 0, len(values))
	for _, name := range claims {
		out.add(name, values[name])
		delete(values, name)
	}
	for _, name := range sortedKeys(values) {
		out.add(name, values[name])
	}
	return out
}

func (o *Org) listAppUsers(c *call) (*reply, error) {
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	p, err := c.page(appUsersPage, appUsersMost, "q", "filter", "expand")
	if err != nil {
		return nil, err
	}
	if p.after != "" && !cursorOf("00u", p.after) {
		return nil, invalidCursor()
	}
	q := strings.ToLower(c.query.Get("q"))
	out, last, more := []object{}, "", false
	if len(o.appUsers[a.ID])+len(o.appGrps[a.ID]) > 0 {
		i, found := slices.BinarySearchFunc(o.people.sorted, p.after, byPersonID)
		if found {
			i++
		}
		for _, u := range o.people.sorted[i:] {
			au := o.assignment(a, u)
			if au == nil || q != "" && !begins(q, au.UserName, u.First, u.Last, u.Email) {
				continue
			}
			if more = len(out) == p.limit; more {
				break
			}
			out, last = append(out, o.appUserObject(c, a, u, au)), u.ID
		}
	}
	if !more {
		last = ""
	}
	return c.links(ok(out), p, last), nil
}

// appUserOf finds an assigned person. One who is not is unknown to the app.
func (o *Org) appUserOf(c *call) (*app, *person, *appUser, error) {
	p := o.people.byID[c.ids[1]]
	if p == nil { // said before the app is looked for
		return nil, nil, nil, notFound(c.ids[1], "User")
	}
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, nil, nil, err
	}
	u := o.assignment(a, p)
	if u == nil {
		return nil, nil, nil, notFound(c.ids[1], "User")
	}
	return a, p, u, nil
}

func (o *Org) getAppUser(c *call) (*reply, error) {
	a, p, u, err := o.appUserOf(c)
	if err != nil {
		return nil, err
	}
	return ok(o.appUserObject(c, a, p, u)), nil
}

type appUserBody struct {
	ID          string `json:"id"`
	Scope       string `json:"scope"`
	Credentials *struct {
		UserName *string `json:"userName"`
	} `json:"credentials"`
	Profile json.RawMessage `json:"profile"`
}

func (c *call) appUserBody() (*appUserBody, error) {
	b := &appUserBody{}
	if err := c.decode(b); err != nil {
		return nil, err
	}
	if b.Scope != "" && b.Scope != scopeUser && b.Scope != scopeGroup {
		return nil, malformed()
	}
	if profile := bytes.TrimSpace(b.Profile); len(profile) > 0 && profile[0] != '{' && string(profile) != "null" {
		return nil, malformed()
	}
	return b, nil
}

// assignUser assigns a person, or anew one who has the app already: the
// assignment keeps its creation time then.
func (o *Org) assignUser(c *call) (*reply, error) {
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	b, err := c.appUserBody()
	if err != nil {
		return nil, err
	}
	if b.ID == "" {
		return nil, invalid("id", blank("id"))
	}
	p := o.people.byID[b.ID]
	if p == nil {
		return nil, notFound(b.ID, "User")
	}
	return o.assignPerson(c, a, p, b)
}

func (o *Org) assignPerson(c *call, a *app, p *person, b *appUserBody) (*reply, error) {
	if a.Status != active {
		return nil, notFound(a.ID, "AppInstance")
	}
	if p.Status == deprovisioned {
		return nil, invalid("user", "Cannot assign a deactivated user to an application.")
	}
	if b.Scope == "" {
		b.Scope = scopeUser
	}
	return o.saveAppUser(c, a, p, b)
}

// updateAppUser assigns somebody who is not assigned yet.
func (o *Org) updateAppUser(c *call) (*reply, error) {
	p := o.people.byID[c.ids[1]]
	if p == nil {
		return nil, notFound(c.ids[1], "User")
	}
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	b, err := c.appUserBody()
	if err != nil {
		return nil, err
	}
	u := o.assignment(a, p)
	if u == nil {
		b.ID = p.ID
		return o.assignPerson(c, a, p, b)
	}
	if b.Scope == "" {
		b.Scope = u.Scope
	}
	return o.saveAppUser(c, a, p, b)
}

func (o *Org) saveAppUser(c *call, a *app, p *person, b *appUserBody) (*reply, error) {
	now := stampOf(o.now())
	u := &appUser{App: a.ID, User: p.ID, Scope: b.Scope, Created: now, Updated: now, UserName: renderUserName(a.UserName, p)}
	if before := o.assignment(a, p); before != nil {
		u.Created, u.UserName, u.Profile = before.Created, before.UserName, before.Profile
	}
	if granted, _ := o.grantingGroup(a, p); u.Scope == scopeGroup && granted == nil {
		return nil, invalid("scope", "scope: The user is in no group that is assigned to the application.")
	}
	if b.Credentials != nil && b.Credentials.UserName != nil && *b.Credentials.UserName != "" {
		if u.UserName != *b.Credentials.UserName {
			u.Created = now // another name is another assignment
		}
		u.UserName = *b.Credentials.UserName
	}
	if profile := bytes.TrimSpace(b.Profile); len(profile) > 0 && string(profile) != "null" && string(profile) != "{}" {
		u.Profile = profile
	}
	if err := o.commit(durable.Put(kindAppUser, a.ID+" "+p.ID, u)); err != nil {
		return nil, err
	}
	o.putAppUser(u)
	return ok(o.appUserObject(c, a, p, o.assignment(a, p))), nil
}

// unassignUser takes an assignment of somebody's own away. What a group grants
// only the group can take.
func (o *Org) unassignUser(c *call) (*reply, error) {
	a, p, u, err := o.appUserOf(c)
	if err != nil {
		return nil, err
	}
	if u.Scope == scopeGroup {
		return nil, fail(http.StatusForbidden, "E0000046", "Deactivate application for user forbidden.",
			"The application cannot be unassigned from the user while their group memberships grant them access to this application.")
	}
	if err := o.commit(durable.Remove(kindAppUser, a.ID+" "+p.ID)); err != nil {
		return nil, err
	}
	delete(o.appUsers[a.ID], p.ID)
	return noContent(), nil
}
