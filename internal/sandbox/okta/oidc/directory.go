package oidc

import (
	"crypto/rsa"
	"net/http"
	"net/url"
	"time"

	"example.com/ssowizard/internal/sandbox/okta/signon"
)

// Client is an active OIDC app.
type Client struct {
	AppID         string
	Label         string
	ID            string
	AuthMethod    string   // token_endpoint_auth_method
	Secrets       []string // active ones
	RedirectURIs  []string
	LogoutURIs    []string
	Wildcard      bool // a * in a redirect URI stands for a subdomain
	GrantTypes    []string
	ResponseTypes []string
	PKCERequired  bool
	DPoP          bool
	Rotates       bool          // each refresh token is good once
	Leeway        time.Duration // and for so long after that
	Groups        GroupsClaim
}

// GroupsClaim is the claim that carries names of groups; no Name, no claim.
type GroupsClaim struct {
	Name       string
	FilterType string // STARTS_WITH, EQUALS, CONTAINS, REGEX
	Filter     string
}

// Person is a user of the org as claims tell of one.
type Person struct {
	ID, Login, Email    string
	FirstName, LastName string
	Active              bool
	Updated             time.Time
	Profile             map[string]any
}

// Key signs tokens.
type Key struct {
	KID     string
	Private *rsa.PrivateKey
}

// Refreshing is a refresh token as an admin sees it: all that follow each other
// by rotation are one.
type Refreshing struct {
	ID                        string `json:"id"`
	Client                    string `json:"client"` // its client id
	Person                    string `json:"person"`
	Issuer                    string `json:"issuer"`
	Scopes                    []string
	Created, Updated, Expires time.Time
}

// Error is an answer of OAuth.
type Error struct {
	Status            int
	Code, Description string
}

func (e *Error) Error() string { return e.Code + ": " + e.Description }

// Directory is what the org knows. Implementations are safe for concurrent use.
type Directory interface {
	Now() time.Time
	// Base is the origin under which r reached the org.
	Base(r *http.Request) string
	// OrgID is the idp of people who signed in here.
	OrgID() string
	// Fail writes an error in the form of the Management API.
	Fail(w http.ResponseWriter, status int, code, summary string, causes ...string)

	// Client finds an active app by its client id.
	Client(id string) (Client, bool)
	// Asserted verifies a client's signed assertion for an audience and gives
	// the client id. An assertion with an id is good once. Its errors are
	// *Error.
	Asserted(assertion, clientID, audience string) (string, error)
	Person(id string) (Person, bool)
	// UserName is the application username of an assigned person; false when
	// the person is not assigned.
	UserName(appID, personID string) (string, bool)
	// GroupsOf are the names of a person's groups.
	GroupsOf(personID string) []string

	// NewID makes an id in Okta's form.
	NewID(prefix string) string
	// Refreshing keeps a refresh token that is given out.
	Refreshing(r Refreshing) error

	Key() Key
	// Revoke takes a token back by its id; it need not be remembered after
	// until. It is kept over restarts.
	Revoke(id string, until time.Time) error
	Revoked(id string) bool
}

// SignOn is the part of the org where people sign in.
type SignOn interface {
	Arrive(w http.ResponseWriter, r *http.Request) (signon.Arrival, bool)
	AskToSignIn(w http.ResponseWriter, r *http.Request, back *url.URL, username string, again bool)
	Leave(w http.ResponseWriter, r *http.Request, personID string)
	Problem(w http.ResponseWriter, r *http.Request, status int, heading string, lines ...string)
}
