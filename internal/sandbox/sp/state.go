package sp

import (
	"encoding/json"
	"time"

	"example.com/ssowizard/internal/sandbox/durable"
)

const (
	clockSkew     = time.Minute
	testLife      = 10 * time.Minute
	requestLife   = 10 * time.Minute
	testRetention = 24 * time.Hour // how long a verdict can be read
)

// secrets are made once and kept.
type secrets struct {
	APIToken string `json:"api_token"`
	FormKey  []byte `json:"form_key"`          // signs the forms, so that they survive a restart
	Account  []byte `json:"account,omitempty"` // the account's number at the provider is made of it
	// Since is when the account was made.
	Since *time.Time `json:"since,omitempty"`
}

// testStatus is pending until there is a verdict.
type testStatus string

const (
	pending testStatus = "pending"
	passed  testStatus = "passed"
	failed  testStatus = "failed"
	expired testStatus = "expired"
)

// test is a test sign-in with the values that it tests.
type test struct {
	ID        string     `json:"id"`
	Key       string     `json:"key"` // in the start URL
	Portal    bool       `json:"portal"`
	Values    values     `json:"values"`
	Status    testStatus `json:"status"`
	Code      string     `json:"code,omitempty"`
	Message   string     `json:"message,omitempty"`
	Person    string     `json:"person,omitempty"`
	ExpiresAt time.Time  `json:"expires_at"`
}

// at is the test as it stands at a moment: a pending one may have expired.
func (t test) at(now time.Time) test {
	if t.Status == pending && !now.Before(t.ExpiresAt) {
		t.Status, t.Message = expired, "Nobody finished the test sign-in in time."
	}
	return t
}

// request is an authentication request that was sent and not answered yet.
type request struct {
	ID     string `json:"id"`
	TestID string `json:"test_id,omitempty"`
	// Connection is the configuration that the sign-in was begun with, "" for a test.
	Connection string    `json:"connection,omitempty"`
	Browser    string    `json:"browser"` // digest of the browser's cookie
	ExpiresAt  time.Time `json:"expires_at"`
}

// sighting is an accepted assertion, by a digest of its ID.
type sighting struct {
	ExpiresAt time.Time `json:"expires_at"`
}

// state is what the log holds about one provider. The provider's lock guards it.
type state struct {
	connections map[string]connection
	tests       map[string]test
	testKeys    map[string]string // start key to test id
	requests    map[string]request
	seen        map[string]sighting
	accounts    map[string]account // by address
	teams       map[string]team    // by name
	mailings    map[string]mailing
}

func (p *provider) kind(what string) string { return "sp." + p.key + "." + what }

func (p *provider) load() error {
	s := &state{
		connections: map[string]connection{}, tests: map[string]test{}, testKeys: map[string]string{},
		requests: map[string]request{}, seen: map[string]sighting{},
		accounts: map[string]account{}, teams: map[string]team{}, mailings: map[string]mailing{},
	}
	p.state = s
	for _, err := range []error{
		loadAll(p, "connection", func(key string, c connection) { c.ID = key; s.connections[key] = c }),
		loadAll(p, "test", func(_ string, t test) { s.tests[t.ID], s.testKeys[t.Key] = t, t.ID }),
		loadAll(p, "request", func(key string, r request) { s.requests[key] = r }),
		loadAll(p, "seen", func(key string, v sighting) { s.seen[key] = v }),
		loadAll(p, "account", func(key string, a account) { s.accounts[key] = a }),
		loadAll(p, "team", func(key string, t team) { s.teams[key] = t }),
		loadAll(p, "mailing", func(key string, m mailing) { s.mailings[key] = m }),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func loadAll[T any](p *provider, what string, keep func(string, T)) error {
	return p.env.Log.Each(p.kind(what), func(key string, raw json.RawMessage) error {
		var v T
		if err := json.Unmarshal(raw, &v); err != nil {
			return err
		}
		keep(key, v)
		return nil
	})
}

// change collects what one answer changes. Nothing of it is visible before it
// is on disk.
type change struct {
	p       *provider
	records []durable.Record
	apply   []func()
}

func (p *provider) change() *change { return &change{p: p} }

func (c *change) connection(v connection) {
	c.put("connection", v.ID, v, func() { c.p.state.connections[v.ID] = v })
}

func (c *change) removeConnection(id string) {
	c.remove("connection", id, func() { delete(c.p.state.connections, id) })
}

func (c *change) account(a account) {
	key := addressKey(a.Email)
	c.put("account", key, a, func() { c.p.state.accounts[key] = a })
}

func (c *change) team(t team) {
	c.put("team", t.Name, t, func() { c.p.state.teams[t.Name] = t })
}

func (c *change) mailing(m mailing) {
	c.put("mailing", m.ID, m, func() { c.p.state.mailings[m.ID] = m })
}

func (c *change) test(t test) {
	c.put("test", t.ID, t, func() { c.p.state.tests[t.ID], c.p.state.testKeys[t.Key] = t, t.ID })
}

func (c *change) request(r request) {
	c.put("request", r.ID, r, func() { c.p.state.requests[r.ID] = r })
}

func (c *change) see(key string, s sighting) {
	c.put("seen", key, s, func() { c.p.state.seen[key] = s })
}

func (c *change) removeRequest(id string) {
	c.remove("request", id, func() { delete(c.p.state.requests, id) })
}

func (c *change) put(what, key string, v any, apply func()) {
	c.records = append(c.records, durable.Put(c.p.kind(what), key, v))
	c.apply = append(c.apply, apply)
}

func (c *change) remove(what, key string, apply func()) {
	c.records = append(c.records, durable.Remove(c.p.kind(what), key))
	c.apply = append(c.apply, apply)
}

// commit makes the change durable and then visible. The caller holds the
// provider's lock. What has expired goes with it, so the log does not grow.
func (c *change) commit() error {
	c.sweep(c.p.env.Now())
	if len(c.records) == 0 {
		return nil
	}
	if err := c.p.env.Log.Commit(c.records...); err != nil {
		return err
	}
	for _, apply := range c.apply {
		apply()
	}
	return nil
}

func (c *change) sweep(now time.Time) {
	changed := map[string]bool{}
	for _, r := range c.records {
		changed[r.Kind+" "+r.Key] = true
	}
	free := func(what, key string) bool { return !changed[c.p.kind(what)+" "+key] }
	for id, r := range c.p.state.requests {
		if !now.Before(r.ExpiresAt) && free("request", id) {
			c.removeRequest(id)
		}
	}
	for key, s := range c.p.state.seen {
		if !now.Before(s.ExpiresAt) && free("seen", key) {
			c.remove("seen", key, func() { delete(c.p.state.seen, key) })
		}
	}
	for id, t := range c.p.state.tests {
		if !now.Before(t.ExpiresAt.Add(testRetention)) && free("test", id) {
			c.remove("test", id, func() { delete(c.p.state.tests, id); delete(c.p.state.testKeys, t.Key) })
		}
	}
}
