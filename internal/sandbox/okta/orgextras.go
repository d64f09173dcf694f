package okta

import (
	"slices"
	"strings"
)

// contactTypes are whom Okta writes to about an org.
var contactTypes = []string{"BILLING", "TECHNICAL"}

// orgExtraRoutes are what the org's own links lead to.
func (o *Org) orgExtraRoutes() []*route {
	return []*route{
		api("GET", "/api/v1/org/contacts", bucketAny, resOrg, o.orgContacts),
		api("GET", "/api/v1/org/contacts/{}", bucketAny, resOrg, o.orgContact),
		api("GET", "/api/v1/org/preferences", bucketAny, resOrg, o.orgPreferences),
		api("GET", "/api/v1/org/privacy/oktaSupport", bucketAny, resOrg, o.orgSupport),
		api("GET", "/api/v1/org/privacy/oktaCommunication", bucketAny, resOrg, o.orgMail),
	}
}

func (o *Org) orgContacts(c *call) (*reply, error) {
	out := []object{}
	for _, kind := range contactTypes {
		name := strings.ToLower(kind)
		out = append(out, object{
			{"contactType", kind},
			{"_links", object{{name, object{{"href", c.url("org", "contacts", name)}, {"hints", allow("GET")}}}}},
		})
	}
	return ok(out), nil
}

// orgContact is the org's first admin.
func (o *Org) orgContact(c *call) (*reply, error) {
	if !slices.ContainsFunc(contactTypes, func(kind string) bool { return strings.EqualFold(kind, c.ids[0]) }) {
		return nil, notFound(c.ids[0], "OrgContact")
	}
	id := o.owners[0]
	return ok(object{{"userId", id}, {"_links", object{{"user", object{{"href", c.url("users", id)}}}}}}), nil
}

func (o *Org) orgPreferences(*call) (*reply, error) {
	return ok(object{{"showEndUserFooter", true}, {"_links", object{}}}), nil
}

func (o *Org) orgSupport(*call) (*reply, error) {
	return ok(object{{"support", off}, {"expiration", nil}, {"_links", object{}}}), nil
}

func (o *Org) orgMail(*call) (*reply, error) {
	return ok(object{{"optOutEmailUsers", false}, {"_links", object{}}}), nil
}
