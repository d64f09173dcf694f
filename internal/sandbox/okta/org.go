package okta

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"
	"time"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/okta/signon"
)

// Options say what an Org is like.
type Options struct {
	// Log holds what changes; every answer is in it before it is sent. Nil is
	// an org that forgets.
	Log *durable.Log
	// Now is the org's clock; nil is the computer's.
	Now func() time.Time
	// Rand is where ids, secrets and seeds come from; nil is crypto/rand.
	Rand io.Reader
	// Key makes signing keys; nil makes RSA keys of 2048 bits.
	Key func() (*rsa.PrivateKey, error)
	// Users and Groups are how many the org is born with; 0 is 200 and 40.
	// They count only when the log is new.
	Users, Groups int
	// Engine is "oie" (default) or "classic".
	Engine string
	// RateLimit is "okta" (default), "free" or "off".
	RateLimit string
	// TwoFactor makes the access policy want more than a password.
	TwoFactor bool
	// Lag is how long after a change search does not know it, and the members
	// of a group do not have an app that it was given. Okta takes some seconds.
	Lag time.Duration
	// AllowedHosts tells which Host headers are served (as sent, with a port);
	// nil is all of them.
	AllowedHosts func(host string) bool
}

const (
	defaultUsers  = 200
	defaultGroups = 40
	subdomain     = "acme"
	companyName   = "Acme"
)

// Org is an Okta org. Safe for concurrent use.
type Org struct {
	log    *durable.Log
	now    func() time.Time
	random *random
	newKey func() (*rsa.PrivateKey, error)

	classic   bool
	lag       time.Duration
	twoFactor bool
	allowed   func(string) bool
	limiter   *limiter
	assertion *usedAssertions
	nonce     string // that DPoP proofs for a token have to hold; another after a restart
	routes    []*route
	site      *signon.Site
	oidc      *authorization

	mu       sync.RWMutex // everything below
	meta     orgRecord
	people   *people
	groups   *groups
	printed  []*person
	owners   [2]string // ids of the owners of the API token and of the read-only one
	apps     *apps
	keys     map[string]*signingKey
	appUsers map[string]map[string]*appUser  // app, person
	appGrps  map[string]map[string]*appGroup // app, group
	secrets  map[string][]*clientSecret      // app, oldest first
	grants   map[string][]*grant             // app
	counters map[string]int                  // base of a generated name

	schemas   map[string]*schema         // user type, app or "group"
	userTypes map[string]*userType       // those made later
	hooks     map[string]*inlineHook     //
	rules     map[string]*groupRule      //
	csrs      map[string][]*signRequest  // app, oldest first
	settings  map[string]json.RawMessage // of the org, by path
}

// orgRecord is what the org was born with.
type orgRecord struct {
	ID               string   `json:"id"`
	Created          stamp    `json:"created"`
	Users            int      `json:"users"`
	Groups           int      `json:"groups"`
	Seed             []byte   `json:"seed"`
	APIToken         string   `json:"apiToken"`
	ReadOnlyToken    string   `json:"readOnlyToken"`
	UserType         string   `json:"userType"`
	Schema           string   `json:"schema"`
	Realm            string   `json:"realm"`
	EnrollmentPolicy string   `json:"enrollmentPolicy"`
	Policies         []policy `json:"policies"`
	SigningKid       string   `json:"signingKid"` // of OIDC apps
	OIDCLink         string   `json:"oidcLink"`
}

// New opens the org that the log holds, or founds one in it.
func New(opts Options) (*Org, error) {
	o := &Org{
		log: opts.Log, now: opts.Now, random: newRandom(opts.Rand), newKey: opts.Key,
		twoFactor: opts.TwoFactor, lag: opts.Lag, allowed: opts.AllowedHosts, assertion: newUsedAssertions(),
		apps: newApps(), keys: map[string]*signingKey{},
		appUsers: map[string]map[string]*appUser{}, appGrps: map[string]map[string]*appGroup{},
		secrets: map[string][]*clientSecret{}, grants: map[string][]*grant{}, counters: map[string]int{},
		schemas: map[string]*schema{}, userTypes: map[string]*userType{}, hooks: map[string]*inlineHook{},
		rules: map[string]*groupRule{},
		csrs:  map[string][]*signRequest{}, settings: map[string]json.RawMessage{},
	}
	o.nonce = o.random.url(24)
	if o.log == nil {
		o.log = durable.Memory()
	}
	if o.now == nil {
		o.now = time.Now
	}
	if o.newKey == nil {
		o.newKey = func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }
	}
	switch opts.Engine {
	case "", "oie":
	case "classic":
		o.classic = true
	default:
		return nil, fmt.Errorf("sandbox okta: engine %q is neither oie nor classic", opts.Engine)
	}
	var err error
	if o.limiter, err = newLimiter(opts.RateLimit, o.now); err != nil {
		return nil, err
	}
	if err := o.open(opts.Users, opts.Groups); err != nil {
		return nil, fmt.Errorf("sandbox okta: %w", err)
	}
	o.routes = o.table()
	site := o.mount()
	o.site = site
	if o.oidc, err = o.mountOIDC(site); err != nil {
		return nil, fmt.Errorf("sandbox okta: %w", err)
	}
	return o, nil
}

// open reads the org from the log, founding it first where there is none.
func (o *Org) open(users, groups int) error {
	found, err := o.log.Get(kindOrg, "org", &o.meta)
	if err != nil {
		return err
	}
	if !found {
		if err := o.found(users, groups); err != nil {
			return err
		}
	}
	o.seedDirectory(o.meta.Users, o.meta.Groups)
	return o.load()
}

// Kinds of records in the log.
const (
	kindOrg      = "org"
	kindPerson   = "person"
	kindGroup    = "group"
	kindMember   = "member"
	kindApp      = "app"
	kindKey      = "key"
	kindAppUser  = "appUser"
	kindAppGroup = "appGroup"
	kindSecret   = "secret"
	kindGrant    = "grant"
	kindCounter  = "counter"
	kindLogo     = "logo"
	kindSchema   = "schema"
	kindUserType = "userType"
	kindHook     = "inlineHook"
	kindRule     = "groupRule"
	kindCSR      = "csr"
	kindSetting  = "setting"
)

// found writes a new org: its ids, tokens, policies, key and own apps.
func (o *Org) found(users, groups int) error {
	if users <= 0 {
		users = defaultUsers
	}
	if groups <= 0 {
		groups = defaultGroups
	}
	now := stampOf(o.now())
	o.meta = orgRecord{
		ID: o.random.id("00o", seedEra), Created: now, Users: users, Groups: groups,
		Seed:             o.random.bytes(32),
		APIToken:         "00" + o.random.text(40),
		ReadOnlyToken:    "00" + o.random.text(40),
		UserType:         o.random.id("oty", seedEra),
		Schema:           o.random.id("osc", seedEra),
		Realm:            o.random.id("guo", seedEra),
		EnrollmentPolicy: o.random.id("rst", seedEra),
		Policies:         o.firstPolicies(),
		OIDCLink:         o.random.id("aln", seedEra),
	}
	key, err := o.makeKey(defaultYears)
	if err != nil {
		return err
	}
	o.meta.SigningKid = key.KID
	records := []durable.Record{durable.Put(kindOrg, "org", o.meta), durable.Put(kindKey, key.KID, key)}
	for _, a := range o.ownApps() {
		records = append(records, durable.Put(kindApp, a.ID, a))
	}
	return o.log.Commit(records...)
}

// load applies what the log holds to the directory made from the seed.
func (o *Org) load() error {
	return errors.Join(
		each(o.log, kindUserType, func(_ string, t *userType) { o.userTypes[t.ID] = t }),
		each(o.log, kindSchema, func(key string, s *schema) { o.schemas[key] = s }),
		each(o.log, kindHook, func(_ string, h *inlineHook) { o.hooks[h.ID] = h }),
		each(o.log, kindRule, func(_ string, r *groupRule) { o.loadRule(r) }),
		each(o.log, kindCSR, func(_ string, r *signRequest) { o.csrs[r.App] = append(o.csrs[r.App], r) }),
		each(o.log, kindSetting, func(path string, raw *json.RawMessage) { o.settings[path] = *raw }),
		each(o.log, kindPerson, func(_ string, p *person) { o.loadPerson(p) }),
		each(o.log, kindGroup, func(_ string, g *group) { o.loadGroup(g) }),
		each(o.log, kindMember, func(key string, in *bool) { o.loadMember(key, *in) }),
		each(o.log, kindKey, func(kid string, k *signingKey) { o.keys[kid] = k }),
		each(o.log, kindApp, func(_ string, a *app) { o.apps.put(a) }),
		each(o.log, kindAppUser, func(_ string, u *appUser) { o.loadAppUser(u) }),
		each(o.log, kindAppGroup, func(_ string, g *appGroup) { o.loadAppGroup(g) }),
		each(o.log, kindSecret, func(_ string, s *clientSecret) { o.secrets[s.App] = append(o.secrets[s.App], s) }),
		each(o.log, kindGrant, func(_ string, g *grant) { o.grants[g.App] = append(o.grants[g.App], g) }),
		each(o.log, kindCounter, func(base string, n *int) { o.counters[base] = *n }),
		o.sortLoaded(),
	)
}

func (o *Org) sortLoaded() error {
	for _, list := range o.secrets {
		slices.SortFunc(list, func(a, b *clientSecret) int { return a.Order - b.Order })
	}
	for _, list := range o.csrs {
		slices.SortFunc(list, func(a, b *signRequest) int { return a.Order - b.Order })
	}
	for _, list := range o.grants {
		slices.SortFunc(list, func(a, b *grant) int { return a.Order - b.Order })
	}
	return nil
}

func each[T any](log *durable.Log, kind string, visit func(key string, value *T)) error {
	return log.Each(kind, func(key string, raw json.RawMessage) error {
		value := new(T)
		if err := json.Unmarshal(raw, value); err != nil {
			return fmt.Errorf("kept %s %s: %w", kind, key, err)
		}
		visit(key, value)
		return nil
	})
}

// fresh tells whether something is so new that not all of the org knows it.
func (o *Org) fresh(made stamp) bool {
	return o.lag > 0 && o.now().Sub(made.time()) < o.lag
}

// APIToken is the SSWS token of the org's super admin.
func (o *Org) APIToken() string { return o.meta.APIToken }

// ReadOnlyToken is the SSWS token of a read-only admin.
func (o *Org) ReadOnlyToken() string { return o.meta.ReadOnlyToken }

// Subdomain is the org's name in generated app names and certificates.
func (o *Org) Subdomain() string { return subdomain }

// Login is a person who may sign in.
type Login struct {
	ID, Login, Email, Password string
	FirstName, LastName        string
	Status                     string
	Admin                      bool
}

// People are some active people with their passwords: the named ones, the
// admin first, and a few of the others.
func (o *Org) People() []Login {
	o.mu.RLock()
	defer o.mu.RUnlock()
	var logins []Login
	for _, p := range o.printed {
		if !p.Deleted && p.Status == active && p.HasPassword && p.Password == nil {
			logins = append(logins, o.login(p))
		}
	}
	return logins
}

// Everybody yields all people of the org, by id. Who is yielded is settled
// when the iteration begins.
func (o *Org) Everybody() iter.Seq[Login] {
	return func(yield func(Login) bool) {
		o.mu.RLock()
		all := slices.Clone(o.people.sorted)
		o.mu.RUnlock()
		for _, p := range all {
			o.mu.RLock()
			login := o.login(p)
			o.mu.RUnlock()
			if !yield(login) {
				return
			}
		}
	}
}

func (o *Org) login(p *person) Login {
	l := Login{
		ID: p.ID, Login: p.Login, Email: p.Email, FirstName: p.First, LastName: p.Last,
		Status: p.Status, Admin: slices.ContainsFunc(p.Roles, func(r role) bool { return r.Type != readOnlyAdmin }),
	}
	if p.HasPassword && p.Password == nil {
		l.Password = o.firstPassword(p.ID)
	}
	return l
}
