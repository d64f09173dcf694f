package okta

import "slices"

// baseAttributes are the members of the default user profile, in an order that
// settles which of two in one bucket comes first (see javaOrder).
var baseAttributes = []string{
	"firstName", "lastName", "middleName", "honorificPrefix", "honorificSuffix", "email",
	"displayName", "profileUrl", "secondEmail", "mobilePhone", "primaryPhone",
	"streetAddress", "city", "state", "zipCode", "countryCode", "postalAddress", "preferredLanguage",
	"locale", "title", "login", "timezone", "userType", "employeeNumber", "costCenter", "nickName",
	"organization", "division", "department", "managerId", "manager",
}

// baseAttribute is an attribute's place in the schema; others stand behind all.
func baseAttribute(name string) int {
	if i := slices.Index(baseAttributes, name); i >= 0 {
		return i
	}
	return len(baseAttributes)
}

func isBaseAttribute(name string) bool { return slices.Contains(baseAttributes, name) }
