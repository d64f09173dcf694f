package sso

// Org is an Okta org as its unauthenticated metadata tells it.
type Org struct {
	ID     string // 00o…
	URL    string // origin that the admin gave, without a trailing slash
	Host   string // host of URL, with the port where there is one
	Engine string // "oie" or "classic"
	Name   string // company name where it was read, else ""
}

// Person is a user of the Okta org.
type Person struct {
	ID        string
	Login     string
	Email     string // "" when the person has none
	FirstName string
	LastName  string
	Status    string // ACTIVE, STAGED, SUSPENDED, …
}

// Group is a group of the Okta org.
type Group struct {
	ID          string
	Name        string
	Description string
	Type        string // OKTA_GROUP, BUILT_IN, APP_GROUP
}

// Assignment is one person or group that an app is assigned to.
type Assignment struct {
	Kind     AssignmentKind
	ID       string // user or group id
	Name     string // login or group name, "" where Okta did not say
	UserName string // application username of a person, "" for groups
	// ThroughGroup is true for a person who has the app only by a group.
	ThroughGroup bool
}

// AssignmentKind tells people from groups.
type AssignmentKind string

// The two kinds of assignment.
const (
	ToUser  AssignmentKind = "user"
	ToGroup AssignmentKind = "group"
)
