package okta

import (
	"slices"

	"example.com/ssowizard/internal/sandbox/durable"
)

// grant lets a service app ask for a scope.
type grant struct {
	ID      string `json:"id"`
	App     string `json:"app"`
	Scope   string `json:"scope"`
	By      string `json:"by"`
	Created stamp  `json:"created"`
	Order   int    `json:"order"` // they are listed oldest first
}

func (o *Org) grantObject(c *call, a *app, g *grant, embed bool) object {
	client := c.base + "/oauth2/v1/clients/" + a.OAuth.ClientID
	v := object{
		{"id", g.ID},
		{"status", active},
		{"created", g.Created},
		{"createdBy", object{{"id", g.By}, {"type", "User"}}},
		{"lastUpdated", g.Created},
		{"issuer", c.base},
		{"clientId", a.OAuth.ClientID},
		{"scopeId", g.Scope},
		{"source", "ADMIN"},
	}
	if embed {
		v.add("_embedded", object{{"scope", object{{"id", g.Scope}}}})
	}
	v.add("_links", object{
		{"app", object{{"href", c.url("apps", a.ID)}, {"title", a.Label}}},
		{"self", object{{"href", c.url("apps", a.ID, "grants", g.ID)}, {"hints", allow("GET", "DELETE")}}},
		{"client", object{{"href", client}, {"title", a.Label}}},
	})
	return v
}

func (o *Org) listGrants(c *call) (*reply, error) {
	a, err := o.oauthApp(c.ids[0])
	if err != nil {
		return nil, err
	}
	out := make([]object, 0, len(o.grants[a.ID]))
	for _, g := range o.grants[a.ID] {
		out = append(out, o.grantObject(c, a, g, c.query.Get("expand") == "scope"))
	}
	return ok(out), nil
}

func (o *Org) createGrant(c *call) (*reply, error) {
	a, err := o.oauthApp(c.ids[0])
	if err != nil {
		return nil, err
	}
	var b struct {
		ScopeID string `json:"scopeId"`
		Issuer  string `json:"issuer"`
	}
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	switch {
	case !slices.Contains(oktaScopes, b.ScopeID):
		return nil, invalid("scopeId", "scopeId: The scope is not known.")
	case b.Issuer != c.base:
		return nil, invalid("issuer", "issuer: The issuer must be the org authorization server.")
	}
	for _, g := range o.grants[a.ID] {
		if g.Scope == b.ScopeID {
			return ok(o.grantObject(c, a, g, true)), nil
		}
	}
	g := &grant{ID: o.random.id("oag", liveEra), App: a.ID, Scope: b.ScopeID, Created: stampOf(o.now())}
	if list := o.grants[a.ID]; len(list) > 0 {
		g.Order = list[len(list)-1].Order + 1
	}
	if c.who.person != nil {
		g.By = c.who.person.ID
	}
	if err := o.commit(durable.Put(kindGrant, g.ID, g)); err != nil {
		return nil, err
	}
	o.grants[a.ID] = append(o.grants[a.ID], g)
	return ok(o.grantObject(c, a, g, true)), nil
}

func (o *Org) grant(c *call) (*app, *grant, error) {
	a, err := o.oauthApp(c.ids[0])
	if err != nil {
		return nil, nil, err
	}
	for _, g := range o.grants[a.ID] {
		if g.ID == c.ids[1] {
			return a, g, nil
		}
	}
	return nil, nil, notFound(c.ids[1], "OAuth2ScopeConsentGrant")
}

func (o *Org) getGrant(c *call) (*reply, error) {
	a, g, err := o.grant(c)
	if err != nil {
		return nil, err
	}
	return ok(o.grantObject(c, a, g, true)), nil
}

func (o *Org) deleteGrant(c *call) (*reply, error) {
	_, g, err := o.grant(c)
	if err != nil {
		return nil, err
	}
	if err := o.commit(durable.Remove(kindGrant, g.ID)); err != nil {
		return nil, err
	}
	o.grants[g.App] = slices.DeleteFunc(slices.Clone(o.grants[g.App]), func(x *grant) bool { return x.ID == g.ID })
	return noContent(), nil
}
