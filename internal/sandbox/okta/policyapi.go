package okta

import (
	"net/http"
	"slices"
	"strings"

	"example.com/ssowizard/internal/sandbox/durable"
)

// policyTypes are the kinds of policies that Okta knows. Of those that are not
// here the lists are empty.
var policyTypes = []string{
	typeAccess, typeEnrollment, "OKTA_SIGN_ON", "PASSWORD", "MFA_ENROLL", "IDP_DISCOVERY", "ENTITY_RISK",
	"POST_AUTH_SESSION", "DEVICE_SIGNAL_COLLECTION",
}

const (
	typeAccess     = "ACCESS_POLICY"
	typeEnrollment = "PROFILE_ENROLLMENT"
)

func (o *Org) policyRoutes() []*route {
	const policies = "/api/v1/policies"
	return []*route{
		api("GET", policies, bucketAny, resPolicies, o.listPolicies),
		api("POST", policies, bucketAny, resPolicies, o.createPolicy),
		api("GET", policies+"/{}", bucketAny, resPolicies, o.getPolicy),
		api("PUT", policies+"/{}", bucketAny, resPolicies, o.replacePolicy),
		api("DELETE", policies+"/{}", bucketAny, resPolicies, o.deletePolicy),
		api("POST", policies+"/{}/lifecycle/activate", bucketAny, resPolicies, o.activatePolicy),
		api("POST", policies+"/{}/lifecycle/deactivate", bucketAny, resPolicies, o.deactivatePolicy),
		api("GET", policies+"/{}/rules", bucketAny, resPolicies, o.rulesOfPolicy),
		api("GET", policies+"/{}/rules/{}", bucketAny, resPolicies, o.ruleOfPolicy),
		api("GET", policies+"/{}/app", bucketAny, resPolicies, o.appsOfPolicy),
		api("GET", policies+"/{}/mappings", bucketAny, resPolicies, o.listMappings),
		api("POST", policies+"/{}/mappings", bucketAny, resPolicies, o.createMapping),
		api("GET", policies+"/{}/mappings/{}", bucketAny, resPolicies, o.getMapping),
		api("DELETE", policies+"/{}/mappings/{}", bucketAny, resPolicies, o.deleteMapping),
	}
}

// enrollment is the policy that every app has for people who enrol themselves.
func (o *Org) enrollment() policy {
	return policy{ID: o.meta.EnrollmentPolicy, Name: "Default Policy", System: true, Created: o.meta.Created, Type: typeEnrollment}
}

// keepPolicies makes a list of policies the org's.
func (o *Org) keepPolicies(list []policy, records ...durable.Record) error {
	meta := o.meta
	meta.Policies = list
	if err := o.commit(append(records, durable.Put(kindOrg, "org", meta))...); err != nil {
		return err
	}
	o.meta.Policies = list
	return nil
}

type policyBody struct {
	Type        string  `json:"type"`
	Name        *string `json:"name"`
	Description *string `json:"description"`
	Status      string  `json:"status"`
}

func (o *Org) policyBody(c *call, id string) (*policyBody, error) {
	b := &policyBody{}
	if err := c.decode(b); err != nil {
		return nil, err
	}
	switch {
	case o.classic || b.Type != typeAccess:
		return nil, invalid("type", "type: Invalid policy type specified: "+b.Type+".")
	case strings.TrimSpace(text(b.Name)) == "":
		return nil, invalid("name", blank("name"))
	case b.Status != "" && b.Status != active && b.Status != inactive:
		return nil, malformed()
	case slices.ContainsFunc(o.meta.Policies, func(p policy) bool { return p.ID != id && p.Name == *b.Name }):
		return nil, invalid("name", "name: Policy name already in use")
	}
	return b, nil
}

func (o *Org) createPolicy(c *call) (*reply, error) {
	b, err := o.policyBody(c, "")
	if err != nil {
		return nil, err
	}
	p := policy{ID: o.random.id("rst", liveEra), Name: *b.Name, Description: text(b.Description), Created: stampOf(o.now())}
	p.Inactive = b.Status == inactive || c.query.Get("activate") == "false"
	if err := o.keepPolicies(append(slices.Clone(o.meta.Policies), p)); err != nil {
		return nil, err
	}
	return ok(policyObject(c, p)), nil
}

// ownPolicy finds a policy that may be changed, and its place.
func (o *Org) ownPolicy(c *call) (int, error) {
	i := slices.IndexFunc(o.meta.Policies, func(p policy) bool { return p.ID == c.ids[0] && !o.classic })
	if i < 0 {
		return 0, notFound(c.ids[0], "Policy")
	}
	if o.meta.Policies[i].Owner != "" {
		return 0, denied()
	}
	return i, nil
}

func (o *Org) replacePolicy(c *call) (*reply, error) {
	i, err := o.ownPolicy(c)
	if err != nil {
		return nil, err
	}
	b, err := o.policyBody(c, c.ids[0])
	if err != nil {
		return nil, err
	}
	list := slices.Clone(o.meta.Policies)
	list[i].Name, list[i].Description, list[i].Updated = *b.Name, text(b.Description), stampOf(o.now())
	if err := o.keepPolicies(list); err != nil {
		return nil, err
	}
	return ok(policyObject(c, list[i])), nil
}

// deletePolicy gives its apps the system's.
func (o *Org) deletePolicy(c *call) (*reply, error) {
	i, err := o.ownPolicy(c)
	if err != nil {
		return nil, err
	}
	if o.meta.Policies[i].System {
		return nil, denied()
	}
	var records []durable.Record
	moved := o.appsWith(c.ids[0])
	for j, a := range moved {
		moved[j] = a.clone()
		moved[j].Policy = o.defaultPolicy()
		records = append(records, durable.Put(kindApp, a.ID, moved[j]))
	}
	if err := o.keepPolicies(slices.Delete(slices.Clone(o.meta.Policies), i, i+1), records...); err != nil {
		return nil, err
	}
	for _, a := range moved {
		o.apps.put(a)
	}
	return noContent(), nil
}

func (o *Org) activatePolicy(c *call) (*reply, error)   { return o.setPolicyStatus(c, false) }
func (o *Org) deactivatePolicy(c *call) (*reply, error) { return o.setPolicyStatus(c, true) }

func (o *Org) setPolicyStatus(c *call, off bool) (*reply, error) {
	i, err := o.ownPolicy(c)
	if err != nil {
		return nil, err
	}
	if o.meta.Policies[i].System && off {
		return nil, denied()
	}
	list := slices.Clone(o.meta.Policies)
	list[i].Inactive, list[i].Updated = off, stampOf(o.now())
	if err := o.keepPolicies(list); err != nil {
		return nil, err
	}
	return noContent(), nil
}

// catchAll is the rule that every policy ends with.
func catchAll(c *call, p policy) object {
	id := "rul" + strings.TrimPrefix(p.ID, "rst")
	self := c.url("policies", p.ID, "rules", id)
	factors := "2FA"
	if strings.HasPrefix(p.Name, "Password only") {
		factors = "1FA"
	}
	v := object{
		{"id", id}, {"status", active}, {"name", "Catch-all Rule"}, {"priority", 99}, {"created", p.Created},
		{"lastUpdated", p.Created}, {"system", true}, {"conditions", nil},
	}
	if p.Type == typeEnrollment {
		v.add("actions", object{{"profileEnrollment", object{{"access", "ALLOW"}, {"unknownUserAction", "DENY"}}}})
	} else {
		v.add("actions", object{{"appSignOn", object{{"access", "ALLOW"}, {"verificationMethod", object{
			{"factorMode", factors}, {"type", "ASSURANCE"}, {"reauthenticateIn", "PT12H"},
			{"constraints", []object{{{"knowledge", object{{"types", []string{"password"}}, {"reauthenticateIn", "PT12H"}}}}}},
		}}}}})
	}
	v.add("_links", object{{"self", object{{"href", self}, {"hints", allow("GET", "PUT")}}}})
	v.add("type", p.kind())
	return v
}

func (o *Org) rulesOfPolicy(c *call) (*reply, error) {
	p, err := o.policy(c.ids[0])
	if err != nil {
		return nil, err
	}
	return ok([]object{catchAll(c, p)}), nil
}

func (o *Org) ruleOfPolicy(c *call) (*reply, error) {
	p, err := o.policy(c.ids[0])
	if err != nil {
		return nil, err
	}
	if strings.TrimPrefix(c.ids[1], "rul") != strings.TrimPrefix(p.ID, "rst") {
		return nil, notFound(c.ids[1], "PolicyRule")
	}
	return ok(catchAll(c, p)), nil
}

// appsWith are the apps that a policy is mapped to.
func (o *Org) appsWith(policy string) []*app {
	var list []*app
	for _, a := range o.apps.sorted {
		if a.Policy == policy || policy == o.meta.EnrollmentPolicy {
			list = append(list, a)
		}
	}
	return list
}

func (o *Org) appsOfPolicy(c *call) (*reply, error) {
	if _, err := o.policy(c.ids[0]); err != nil {
		return nil, err
	}
	return o.appList(c, o.appsWith(c.ids[0])), nil
}

// mappingID is an app's under its policy.
func mappingID(a *app) string { return "otm" + strings.TrimPrefix(a.ID, "0oa") }

func mappingObject(c *call, policy string, a *app) object {
	return object{
		{"id", mappingID(a)},
		{"_links", object{
			{"application", object{{"href", c.url("apps", a.ID)}}},
			{"policy", object{{"href", c.url("policies", policy)}}},
			{"self", object{{"href", c.url("policies", policy, "mappings", mappingID(a))}, {"hints", allow("GET", "DELETE")}}},
		}},
	}
}

func (o *Org) listMappings(c *call) (*reply, error) {
	p, err := o.policy(c.ids[0])
	if err != nil {
		return nil, err
	}
	out := []object{}
	for _, a := range o.appsWith(p.ID) {
		out = append(out, mappingObject(c, p.ID, a))
	}
	return ok(out), nil
}

// createMapping is the other way to give an app a policy.
func (o *Org) createMapping(c *call) (*reply, error) {
	var b struct {
		ResourceID   string `json:"resourceId"`
		ResourceType string `json:"resourceType"`
	}
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if b.ResourceType != "APP" {
		return nil, malformed()
	}
	a, err := o.givePolicy(b.ResourceID, c.ids[0])
	if err != nil {
		return nil, err
	}
	return ok(mappingObject(c, c.ids[0], a)), nil
}

func (o *Org) mapping(c *call) (*app, error) {
	p, err := o.policy(c.ids[0])
	if err != nil {
		return nil, err
	}
	for _, a := range o.appsWith(p.ID) {
		if mappingID(a) == c.ids[1] {
			return a, nil
		}
	}
	return nil, notFound(c.ids[1], "PolicyMapping")
}

func (o *Org) getMapping(c *call) (*reply, error) {
	a, err := o.mapping(c)
	if err != nil {
		return nil, err
	}
	return ok(mappingObject(c, c.ids[0], a)), nil
}

// deleteMapping gives the app the system's policy.
func (o *Org) deleteMapping(c *call) (*reply, error) {
	a, err := o.mapping(c)
	if err != nil {
		return nil, err
	}
	if _, err := o.givePolicy(a.ID, o.defaultPolicy()); err != nil {
		return nil, err
	}
	return &reply{status: http.StatusNoContent, header: http.Header{}}, nil
}
