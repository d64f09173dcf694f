package okta

import (
	"fmt"
	"net/http"
	"slices"
)

// policy is an access policy, or the one for enrolment.
type policy struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	System      bool   `json:"system,omitempty"`
	Owner       string `json:"owner,omitempty"` // the app of Okta's own that it belongs to
	Created     stamp  `json:"created"`
	Updated     stamp  `json:"updated,omitempty"` // zero: as Created
	Inactive    bool   `json:"inactive,omitempty"`
	Type        string `json:"type,omitempty"` // empty: ACCESS_POLICY
}

func (p policy) kind() string {
	if p.Type == "" {
		return typeAccess
	}
	return p.Type
}

func (p policy) status() string {
	if p.Inactive {
		return inactive
	}
	return active
}

// Names of Okta's own apps, which have policies of the same names.
const (
	adminConsole  = "Okta Admin Console"
	dashboard     = "Okta Dashboard"
	browserPlugin = "Okta Browser Plugin"
)

func (o *Org) firstPolicies() []policy {
	now := stampOf(o.now())
	list := []policy{
		{Name: adminConsole, Owner: adminConsole},
		{Name: "Any two factors", Description: "Require two factors to access.", System: true},
		{Name: dashboard, Owner: dashboard},
		{Name: browserPlugin, Owner: browserPlugin},
		{Name: "Password only", Description: "Require only a password. Suggested for low risk or consumer-facing applications."},
	}
	for i := range list {
		list[i].ID, list[i].Created = o.random.id("rst", seedEra), now
	}
	return list
}

// defaultPolicy is the system's: new apps have it from birth.
func (o *Org) defaultPolicy() string {
	i := slices.IndexFunc(o.meta.Policies, func(p policy) bool { return p.System })
	return o.meta.Policies[max(0, i)].ID
}

// ownApps are Okta's own apps, which the first page of every org's list begins
// with.
func (o *Org) ownApps() []*app {
	var list []*app
	for i, own := range []struct{ name, label, link, linkID string }{
		{"saasure", adminConsole, "admin", "2"},
		{"okta_enduser", dashboard, "", ""},
		{"okta_browser_plugin", browserPlugin, "", ""},
	} {
		policyOf := slices.IndexFunc(o.meta.Policies, func(p policy) bool { return p.Owner == own.label })
		a := &app{
			ID: fmt.Sprintf("0oa%c%d%s", seedEra, i, o.random.text(idSize-5)), Name: own.name, Label: own.label,
			Status: active, Mode: modeOIDC, Own: true, LinkName: own.link, LinkID: own.linkID,
			Created: o.meta.Created, Updated: o.meta.Created, UserName: defaultUserName(),
			Kid: o.meta.SigningKid, Policy: o.meta.Policies[policyOf].ID,
		}
		list = append(list, a)
	}
	return list
}

func policyObject(c *call, p policy) object {
	url := func(path ...string) string { return c.url(append([]string{"policies", p.ID}, path...)...) }
	v := object{{"id", p.ID}, {"status", p.status()}, {"name", p.Name}}
	if p.Description != "" {
		v.add("description", p.Description)
	}
	v.add("priority", 1)
	v.add("system", p.System)
	v.add("conditions", nil)
	v.add("created", p.Created)
	v.add("lastUpdated", max(p.Created, p.Updated))
	var links object
	self := []string{"GET", "PUT"}
	if !p.System {
		links.add("mappings", object{{"href", url("mappings")}, {"hints", allow("GET", "POST")}})
		self = append(self, "DELETE")
	}
	links.add("self", object{{"href", url()}, {"hints", allow(self...)}})
	links.add("rules", object{{"href", url("rules")}, {"hints", allow("GET", "POST")}})
	switch {
	case p.System:
	case p.Inactive:
		links.add("activate", object{{"href", url("lifecycle/activate")}, {"hints", allow("POST")}})
	default:
		links.add("deactivate", object{{"href", url("lifecycle/deactivate")}, {"hints", allow("POST")}})
	}
	v.add("_links", links)
	v.add("_embedded", object{{"resourceType", "APP"}})
	v.add("type", p.kind())
	return v
}

func (o *Org) listPolicies(c *call) (*reply, error) {
	kind := c.query.Get("type")
	switch {
	case kind == "":
		return nil, invalid("type", blank("type"))
	case !slices.Contains(policyTypes, kind) || kind == typeAccess && o.classic:
		return nil, invalid("type", "type: Invalid policy type specified: "+kind+".")
	}
	out := []object{}
	switch kind {
	case typeAccess:
		for _, p := range o.meta.Policies {
			out = append(out, policyObject(c, p))
		}
	case typeEnrollment:
		if !o.classic {
			out = append(out, policyObject(c, o.enrollment()))
		}
	}
	a := ok(out)
	a.header.Add("Link", fmt.Sprintf("<%s?type=%s>; rel=%q", c.url("policies"), kind, "self"))
	return a, nil
}

func (o *Org) policy(id string) (policy, error) {
	if id == o.meta.EnrollmentPolicy && !o.classic {
		return o.enrollment(), nil
	}
	for _, p := range o.meta.Policies {
		if p.ID == id && !o.classic {
			return p, nil
		}
	}
	return policy{}, notFound(id, "Policy")
}

func (o *Org) getPolicy(c *call) (*reply, error) {
	p, err := o.policy(c.ids[0])
	if err != nil {
		return nil, err
	}
	return ok(policyObject(c, p)), nil
}

// setAppPolicy leaves the app's lastUpdated alone.
func (o *Org) setAppPolicy(c *call) (*reply, error) {
	if o.classic {
		return nil, noSuchPath()
	}
	if _, err := o.givePolicy(c.ids[0], c.ids[1]); err != nil {
		return nil, err
	}
	return &reply{status: http.StatusNoContent, header: http.Header{}}, nil
}

func (o *Org) givePolicy(appID, policyID string) (*app, error) {
	old, err := o.app(appID)
	if err != nil {
		return nil, err
	}
	p, err := o.policy(policyID)
	if err != nil {
		return nil, err
	}
	if p.Type != "" {
		return nil, invalid("Policy", "This policy cannot be assigned to an application.")
	}
	if p.Owner != "" && p.Owner != old.Label || p.ID != old.Policy && old.Own {
		owner := p.Owner
		if owner == "" {
			owner = old.Label
		}
		return nil, invalid("Policy", fmt.Sprintf("This policy belongs to %q, and re-assignment of this policy is not allowed", owner))
	}
	a := old.clone()
	a.Policy = p.ID
	if err := o.keepApp(a); err != nil {
		return nil, err
	}
	return a, nil
}
