package okta

import (
	"encoding/json"
	"slices"
	"strings"
)

var masteredByProfile = json.RawMessage(`{"type":"PROFILE_MASTER"}`)

// baseProperties are the default user profile's, in their order, which also
// settles which of two in one bucket comes first (see javaOrder).
var baseProperties = makeBaseProperties()

func makeBaseProperties() []property {
	var list []property
	add := func(name, title, format, action string, length ...int) {
		p := property{
			Name: name, Title: title, Type: "string", Format: format, Mutability: "READ_WRITE", Scope: "NONE",
			Permissions: []permission{{"SELF", action}}, Master: masteredByProfile,
			Required: slices.Contains([]string{"login", "firstName", "lastName", "email"}, name),
		}
		if len(length) > 1 {
			p.MinLength = &length[0]
		}
		if len(length) > 0 {
			p.MaxLength = &length[len(length)-1]
		}
		list = append(list, p)
	}
	const edit, see, hidden = "READ_WRITE", "READ_ONLY", "HIDE"
	add("login", "Username", "", see, 5, 100)
	add("firstName", "First name", "", edit, 1, 50)
	add("lastName", "Last name", "", edit, 1, 50)
	add("middleName", "Middle name", "", see)
	add("honorificPrefix", "Honorific prefix", "", see)
	add("honorificSuffix", "Honorific suffix", "", see)
	add("email", "Primary email", "email", edit)
	add("title", "Title", "", see)
	add("displayName", "Display name", "", see)
	add("nickName", "Nickname", "", see)
	add("profileUrl", "Profile Url", "uri", see)
	add("secondEmail", "Secondary email", "email", edit)
	add("mobilePhone", "Mobile phone", "", edit, 100)
	add("primaryPhone", "Primary phone", "", hidden, 100)
	add("streetAddress", "Street address", "", hidden)
	add("city", "City", "", hidden)
	add("state", "State", "", hidden)
	add("zipCode", "Zip code", "", hidden)
	add("countryCode", "Country code", "country-code", hidden)
	add("postalAddress", "Postal Address", "", hidden)
	add("preferredLanguage", "Preferred language", "language-code", see)
	add("locale", "Locale", "locale", see)
	add("timezone", "Time zone", "timezone", see)
	add("userType", "User type", "", see)
	add("employeeNumber", "Employee number", "", see)
	add("costCenter", "Cost center", "", see)
	add("organization", "Organization", "", see)
	add("division", "Division", "", see)
	add("department", "Department", "", see)
	add("managerId", "ManagerId", "", see)
	add("manager", "Manager", "", see)
	return list
}

// bucketOrder settles which of two profile members in one bucket comes first.
var bucketOrder = []string{
	"firstName", "lastName", "middleName", "honorificPrefix", "honorificSuffix", "email",
	"displayName", "profileUrl", "secondEmail", "mobilePhone", "primaryPhone",
	"streetAddress", "city", "state", "zipCode", "countryCode", "postalAddress", "preferredLanguage",
	"locale", "title", "login", "timezone", "userType", "employeeNumber", "costCenter", "nickName",
	"organization", "division", "department", "managerId", "manager",
}

// baseAttribute is an attribute's place among those of its bucket; custom
// ones stand before all.
func baseAttribute(name string) int {
	if i := slices.Index(bucketOrder, name); i >= 0 {
		return i
	}
	return -1
}

func isBaseAttribute(name string) bool { return slices.Contains(bucketOrder, name) }

// schema is what was added to a profile: a user type's, an app's, or that of
// groups.
type schema struct {
	Created stamp      `json:"created"`
	Updated stamp      `json:"updated"`
	Custom  []property `json:"custom"`
}

func (s *schema) property(name string) *property {
	if s == nil {
		return nil
	}
	for i := range s.Custom {
		if s.Custom[i].Name == name {
			return &s.Custom[i]
		}
	}
	return nil
}

// groupSchema is the key under which the schema of groups is kept.
const groupSchema = "group"

// schemaOf is the schema that is kept under a key, or an empty one.
func (o *Org) schemaOf(key string) *schema {
	if s := o.schemas[key]; s != nil {
		return s
	}
	return &schema{Created: o.meta.Created, Updated: o.meta.Created}
}

// userAttribute finds an attribute of a person's profile.
func (o *Org) userAttribute(p *person, name string) *property {
	for i := range baseProperties {
		if baseProperties[i].Name == name {
			return &baseProperties[i]
		}
	}
	return o.schemaOf(o.typeOf(p).ID).property(name)
}

// isUserAttribute tells whether any type of people has an attribute.
func (o *Org) isUserAttribute(name string) bool {
	if isBaseAttribute(name) || o.schemaOf(o.meta.UserType).property(name) != nil {
		return true
	}
	for _, t := range o.userTypes {
		if o.schemaOf(t.ID).property(name) != nil {
			return true
		}
	}
	return false
}

// schemaID is the id of the schema of a type made later.
func schemaID(typeID string) string { return "osc" + strings.TrimPrefix(typeID, "oty") }
