// Package signon is the part of the sandbox's Okta that people meet: the
// sign-in page, authn and sessions, the dashboard with its tiles, an app's
// setup instructions, and SAML sign-on with the app's active key. What the org
// holds it learns from a Directory.
package signon

import (
	"crypto/rsa"
	"net/http"
	"time"
)

// Person is a user of the org, as far as signing in needs one.
type Person struct {
	ID              string
	Login           string
	Email           string
	FirstName       string
	LastName        string
	Status          string // ACTIVE, STAGED, SUSPENDED, LOCKED_OUT, PASSWORD_EXPIRED, …
	PasswordChanged time.Time
	Profile         map[string]any // whole profile, for expressions
}

// App is an app of the org, as far as signing on needs one.
type App struct {
	ID          string // 0oa…
	Name        string // generated
	Label       string
	ExternalKey string // exk…
	LinkID      string // aln…
	Status      string
	SignOnMode  string
	HideTile    bool
	LogoURL     string
	BookmarkURL string
	ErrorURL    string // accessibility.errorRedirectUrl
	SAML        SAML
}

// SAML are an app's settings.signOn members that an answer is made from.
type SAML struct {
	ACSURL, Recipient, Destination, Audience string
	// IssuerTemplate may hold ${org.externalKey}, which stands for ExternalKey.
	IssuerTemplate                      string
	NameIDFormat, NameIDTemplate        string
	ResponseSigned, AssertionSigned     bool
	SignatureAlgorithm, DigestAlgorithm string // RSA_SHA256, RSA_SHA1; SHA256, SHA1
	AuthnContextClassRef                string
	HonorForceAuthn                     bool
	DefaultRelayState                   string
	Attributes                          []Attribute
	AllowMultipleACS                    bool
	ACSEndpoints                        []ACSEndpoint
	SLOEnabled                          bool
	SLOIssuer, SLOURL                   string
	SPCertificate                       []byte // DER, nil without
	SignedRequestRequired               bool
}

// Attribute is an attribute statement.
type Attribute struct {
	Type        string // EXPRESSION or GROUP
	Name        string
	Namespace   string
	Values      []string
	FilterType  string
	FilterValue string
}

// ACSEndpoint is one of an app's further ACS URLs.
type ACSEndpoint struct {
	URL   string
	Index int
}

// Key is a signing key with its certificate (DER).
type Key struct {
	KID         string
	Private     *rsa.PrivateKey
	Certificate []byte
}

// Directory is what the org knows. Implementations are safe for concurrent use.
type Directory interface {
	Now() time.Time
	// Base is the origin under which r reached the org, such as http://127.0.0.1:7001.
	Base(r *http.Request) string
	// OrgName is the company name for page titles, Subdomain such as acme.
	OrgName() string
	Subdomain() string
	// TwoFactor tells whether the org's policy wants more than a password.
	TwoFactor() bool
	// NewID makes an id with a prefix, 20 characters in all.
	NewID(prefix string) string
	// Fail writes Okta's JSON error, such as 401 E0000004.
	Fail(w http.ResponseWriter, status int, code, summary string, causes ...string)

	PersonByLogin(login string) (Person, bool) // login, or its part before @ when that is unique
	PersonByID(id string) (Person, bool)
	// CheckPassword compares in constant time. Wrong tries are counted by the caller.
	CheckPassword(personID, password string) bool
	GroupsOf(personID string) []string // names

	AppByExternalKey(exk string) (App, bool)
	AppByID(id string) (App, bool)
	AppsOf(personID string) []App // ACTIVE and assigned, directly or by a group
	// UserName is the application username of an assigned person; false when
	// the person is not assigned.
	UserName(appID, personID string) (string, bool)
	ActiveKey(appID string) (Key, bool)
}
