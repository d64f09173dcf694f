package sandbox

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/ssowizard/internal/sandbox/durable"
)

// org is the Okta org as this package needs it.
type org interface {
	http.Handler
	APIToken() string
	ReadOnlyToken() string
	// Printed are people to show with their passwords, the named ones first.
	Printed() []person
	Everybody(yield func(person) bool)
	// Overview lists what fits q, at most so many of each kind.
	Overview(q string, most int) overview
}

// providers are the service providers as this package needs them.
type providers interface {
	http.Handler
	Hosts() []string
	List() []provider
}

type person struct {
	Login, Email, Password string
	FirstName, LastName    string
	Status                 string
	Admin                  bool
}

// Name is a person's name as one writes it.
func (p person) Name() string { return strings.TrimSpace(p.FirstName + " " + p.LastName) }

// overview is what the console shows of the org.
type overview struct {
	Apps                     []appLine
	People                   []person
	Groups                   []groupLine
	PeopleFound, GroupsFound int
}

type appLine struct {
	ID, Label, Mode, Status string
	People, Groups          int
	Instructions            string // path of a page, or empty
}

type groupLine struct {
	ID, Name string
	Members  int
}

type provider struct {
	Key       string
	PortalURL string
	APIURL    string
	APIToken  string
	Hosts     []string
}

type orgOptions struct {
	Log           *durable.Log
	Users, Groups int
	Engine        string
	RateLimit     string
	TwoFactor     bool
	Lag           time.Duration
	AllowedHosts  func(hostPort string) bool
}

type providerOptions struct {
	Log        *durable.Log
	People     func(yield func(person) bool)
	OktaOrigin string
	// IsOkta tells of every further origin at which the org answers, and
	// Transport leads to all of them.
	IsOkta    func(*url.URL) bool
	Transport http.RoundTripper
}

// makers make the parts; tests have their own.
type makers struct {
	org       func(orgOptions) (org, error)
	providers func(providerOptions) (providers, error)
}

// stranger is the login of the one person whom no service provider knows: the
// last of those whose passwords are shown, so that one can see what happens.
// The first three have names in the documentation and are never it.
func stranger(printed []person) string {
	const named = 3
	for i := len(printed) - 1; i >= named; i-- {
		if p := printed[i]; !p.Admin && p.Email != "" {
			return p.Login
		}
	}
	return ""
}

// known yields everybody but the stranger. People without an e-mail address
// cannot have an account at a service provider.
func known(o org) func(yield func(person) bool) {
	without := stranger(o.Printed())
	return func(yield func(person) bool) {
		o.Everybody(func(p person) bool {
			if p.Email == "" || p.Login == without && without != "" {
				return true
			}
			return yield(p)
		})
	}
}
