// Package sp simulates the service providers of the sandbox: each with its
// sign-in page, its SSO settings page, its settings API and a relying party
// that accepts or refuses a sign-in for the true reason. One engine serves
// them all; what differs stands in a description. The identity provider is met
// through the person's browser; nothing here reaches out, but for metadata that
// an admin imports, and then only to the sandbox's own Okta.
package sp

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"example.com/ssowizard/internal/sandbox/durable"
)

// Person is somebody with an account at every service provider.
type Person struct {
	Email, FirstName, LastName, Password string
	Admin                                bool
}

// Options are what the providers need from the sandbox.
type Options struct {
	// Log keeps settings, tests, requests and the ids of assertions seen.
	Log *durable.Log
	// Now is the clock; nil means the real one.
	Now func() time.Time
	// Rand is where tokens and ids come from; nil means crypto/rand. It is
	// read by one request at a time.
	Rand io.Reader
	// People yields everybody with an account. It is run once by New and its
	// answer is not stored. Of two people with one address the first counts.
	People func(yield func(Person) bool)
	// OktaOrigin is where the sandbox's Okta is, such as http://127.0.0.1:7001.
	// It passes the providers' check for https URLs, as does what IsOkta takes.
	OktaOrigin string
	// IsOkta tells whether the sandbox's Okta answers at an origin too; nil
	// knows of none but OktaOrigin.
	IsOkta func(*url.URL) bool
	// Transport carries the providers' own requests to the Okta origin; nil
	// means a plain connection without a proxy.
	Transport http.RoundTripper
	// Port, if not nil, returns the port that pages and links name, "" for
	// none. The ACS URL never has one: it is what production has.
	Port func() string
}

// leadsToOkta tells whether an address is one of the sandbox's Okta.
func (o Options) leadsToOkta(u *url.URL) bool {
	if u.User != nil {
		return false
	}
	return o.OktaOrigin != "" && strings.EqualFold(u.Scheme+"://"+u.Host, o.OktaOrigin) || o.IsOkta != nil && o.IsOkta(u)
}

// Info tells where a provider is and how to get in.
type Info struct {
	Key, Name         string
	PortalURL, APIURL string
	APIToken          string
	Hosts             []string
}

// Providers serve all service providers of the sandbox. Safe for concurrent use.
type Providers struct {
	list   []*provider
	byHost map[string]*provider
}

// New makes the service providers from what the log holds. The first time it
// makes their tokens and commits them.
func New(o Options) (*Providers, error) { return newProviders(o, descriptions()) }

func newProviders(o Options, descriptions []description) (*Providers, error) {
	if o.Log == nil {
		return nil, errors.New("start service providers: no log")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Port == nil {
		o.Port = func() string { return "" }
	}
	env := &environment{Options: o, people: map[string]Person{}}
	env.index(o.People)
	p := &Providers{byHost: map[string]*provider{}}
	for _, d := range descriptions {
		one, err := newProvider(d, env)
		if err != nil {
			return nil, fmt.Errorf("start service provider %s: %w", d.key, err)
		}
		one.siblings = func() []*provider { return p.list }
		p.list = append(p.list, one)
		for _, host := range d.hosts() {
			p.byHost[host] = one
		}
	}
	return p, nil
}

// ServeHTTP answers for the provider whose host is asked for, whatever the
// port. A host that is nobody's gets 421.
func (p *Providers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	one, ok := p.byHost[host]
	if !ok {
		http.Error(w, "no service provider of the sandbox has this host name", http.StatusMisdirectedRequest)
		return
	}
	one.serve(host, w, r)
}

// Hosts are the names that ServeHTTP answers for, in a fixed order.
func (p *Providers) Hosts() []string {
	var hosts []string
	for _, one := range p.list {
		hosts = append(hosts, one.hosts()...)
	}
	return hosts
}

// List describes the providers, in a fixed order.
func (p *Providers) List() []Info {
	var list []Info
	for _, one := range p.list {
		list = append(list, Info{
			Key: one.key, Name: one.name,
			PortalURL: one.origin(one.portalHost), APIURL: one.apiURL(),
			APIToken: one.secrets.APIToken, Hosts: one.hosts(),
		})
	}
	return list
}

// environment is what all providers share.
type environment struct {
	Options
	people map[string]Person
	order  []string // addresses, as the people came
	owner  string   // address of the first admin, who made the accounts

	random sync.Mutex // guards Rand
}

// bytes reads n random bytes.
func (e *environment) bytes(n int) ([]byte, error) {
	b := make([]byte, n)
	e.random.Lock()
	defer e.random.Unlock()
	if _, err := io.ReadFull(e.Rand, b); err != nil {
		return nil, fmt.Errorf("read random bytes: %w", err)
	}
	return b, nil
}

// token makes an id that cannot be guessed, of URL-safe characters.
func (e *environment) token() (string, error) {
	b, err := e.bytes(20)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", b), nil
}

// person finds somebody by e-mail address, in any case.
func (e *environment) person(email string) (Person, bool) {
	p, ok := e.people[addressKey(email)]
	return p, ok
}

// index takes everybody in who has an address.
func (e *environment) index(people func(yield func(Person) bool)) {
	if people == nil {
		return
	}
	people(func(p Person) bool {
		key := addressKey(p.Email)
		if _, taken := e.people[key]; key == "" || taken {
			return true
		}
		e.people[key] = p
		e.order = append(e.order, p.Email)
		if p.Admin && e.owner == "" {
			e.owner = p.Email
		}
		return true
	})
}

func addressKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
