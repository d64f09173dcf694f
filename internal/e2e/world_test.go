// Package e2e runs the whole program in one process on virtual time: the real
// core and clients on one side, the sandbox's org and service providers on the
// other, with a wire between them that a test can break at any call.
package e2e_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/okta"
	"example.com/ssowizard/internal/sandbox/sp"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
	"example.com/ssowizard/oktaapi"
	"example.com/ssowizard/spclient/api"
)

const orgURL = "http://127.0.0.1:7001"

// errDead is what everything gives once the process has been killed.
var errDead = errors.New("the process was killed")

// clock is the one clock of both sides; it moves by sleeping.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return nil
}

// keys hands out signing keys from a small pool: making them is slow and what
// they are does not matter here.
type keys struct {
	mu   sync.Mutex
	next int
}

var keyPool = sync.OnceValue(func() []*rsa.PrivateKey {
	var pool []*rsa.PrivateKey
	for range 4 {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		pool = append(pool, k)
	}
	return pool
})

func (k *keys) key() (*rsa.PrivateKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	pool := keyPool()
	k.next++
	return pool[k.next%len(pool)], nil
}

// random is the same in every world, so that seeded people have the same ids.
type random struct {
	mu sync.Mutex
	r  *mathrand.ChaCha8
}

func newRandom() *random { return &random{r: mathrand.NewChaCha8([32]byte{1})} }

func (r *random) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.r.Read(p)
}

// world is an org, its service providers and one machine with a state folder.
type world struct {
	t     testing.TB
	clock *clock
	org   *okta.Org
	sps   *sp.Providers
	wire  *wire
	store *store.Store
	// others are further hosts, by name.
	others map[string]http.Handler
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}, store: store.Open(t.TempDir())}
	var err error
	w.org, err = okta.New(okta.Options{Now: w.clock.Now, Rand: newRandom(), Key: (&keys{}).key, Users: 20, Groups: 8, Engine: "oie", RateLimit: "off"})
	if err != nil {
		t.Fatal(err)
	}
	printed := w.org.People()
	stranger := printed[len(printed)-1].Login // the one person whom no service provider knows
	people := func(yield func(sp.Person) bool) {
		for p := range w.org.Everybody() {
			if p.Email != "" && p.Login != stranger && !yield(sp.Person{Email: p.Email, FirstName: p.FirstName, LastName: p.LastName, Password: p.Password, Admin: p.Admin}) {
				return
			}
		}
	}
	w.sps, err = sp.New(sp.Options{Log: durable.Memory(), Rand: newRandom(), Now: w.clock.Now, People: people, OktaOrigin: orgURL, Transport: backstage{w}})
	if err != nil {
		t.Fatal(err)
	}
	w.wire = &wire{world: w}
	return w
}

// backstage carries what the service providers ask Okta themselves; it is none
// of our calls and never breaks.
type backstage struct{ world *world }

func (b backstage) RoundTrip(req *http.Request) (*http.Response, error) {
	return b.world.wire.serve(req), nil
}

// wire carries requests to the handlers without a socket.
type wire struct {
	world *world
	mu    sync.Mutex
	calls []string // of the clients, in order
	fault func(n int, req *http.Request) fault
	dead  bool
}

// fault is what happens to one call.
type fault string

const (
	none        fault = ""
	killBefore  fault = "killed before the call"
	killAfter   fault = "killed after the call"
	lostAnswer  fault = "answer lost"
	refused     fault = "connection refused"
	tooMany     fault = "429 with a reset ahead"
	serverError fault = "500"
	truncated   fault = "truncated body"
	deadToken   fault = "401"
)

var wireFaults = []fault{killBefore, killAfter, lostAnswer, refused, tooMany, serverError, truncated}

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	w.mu.Lock()
	if w.dead {
		w.mu.Unlock()
		return nil, errDead
	}
	w.calls = append(w.calls, req.Method+" "+req.URL.Host+req.URL.Path)
	kind := none
	if w.fault != nil {
		kind = w.fault(len(w.calls), req)
	}
	w.mu.Unlock()
	switch kind {
	case killBefore:
		w.kill()
		return nil, errDead
	case refused:
		return nil, &dialError{}
	case tooMany:
		return w.answer(req, http.StatusTooManyRequests, "E0000047"), nil
	case deadToken:
		return w.answer(req, http.StatusUnauthorized, "E0000011"), nil
	case serverError:
		return w.answer(req, http.StatusInternalServerError, "E0000009"), nil
	}
	resp := w.serve(req)
	switch kind {
	case killAfter:
		w.kill()
		return nil, errDead
	case lostAnswer:
		return nil, io.EOF
	case truncated:
		body, _ := io.ReadAll(resp.Body)
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(string(body[:len(body)/2])), broken{}))
		resp.ContentLength = int64(len(body))
	}
	return resp, nil
}

func (w *wire) kill() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dead = true
}

func (w *wire) isDead() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dead
}

// serve hands the request to the side that it is for.
func (w *wire) serve(req *http.Request) *http.Response {
	in := httptest.NewRequest(req.Method, req.URL.String(), req.Body).WithContext(req.Context())
	in.Header = req.Header.Clone()
	in.ContentLength = req.ContentLength
	in.Host = req.URL.Host
	if req.Host != "" {
		in.Host = req.Host
	}
	in.TLS = nil
	rec := httptest.NewRecorder()
	if other := w.world.others[req.URL.Hostname()]; other != nil {
		other.ServeHTTP(rec, in)
	} else if req.URL.Scheme == "https" {
		in.TLS = &tls.ConnectionState{}
		w.world.sps.ServeHTTP(rec, in)
	} else {
		w.world.org.ServeHTTP(rec, in)
	}
	resp := rec.Result()
	resp.Request = req
	if resp.Header.Get("Date") == "" {
		resp.Header.Set("Date", w.world.clock.Now().UTC().Format(http.TimeFormat))
	}
	return resp
}

func (w *wire) answer(req *http.Request, status int, code string) *http.Response {
	now := w.world.clock.Now().UTC()
	rec := httptest.NewRecorder()
	rec.Header().Set("Content-Type", "application/json")
	rec.Header().Set("Date", now.Format(http.TimeFormat))
	if status == http.StatusTooManyRequests {
		rec.Header().Set("X-Rate-Limit-Limit", "10")
		rec.Header().Set("X-Rate-Limit-Remaining", "0")
		rec.Header().Set("X-Rate-Limit-Reset", unix(now.Add(40*time.Second)))
		rec.Header().Set("Retry-After", "40")
	}
	rec.WriteHeader(status)
	_, _ = rec.WriteString(`{"errorCode":"` + code + `","errorSummary":"injected","errorLink":"` + code + `","errorId":"oaeX","errorCauses":[]}`)
	resp := rec.Result()
	resp.Request = req
	return resp
}

// broken is a connection that ends in the middle.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// keeper is the store of the machine; it dies with the process, and its disk
// can be full at a given write of the journal.
type keeper struct {
	*store.Connection
	wire   *wire
	writes int
	fullAt int
}

var errDiskFull = errors.New("no space left on device")

func (k *keeper) Save(s sso.State) error {
	if k.wire.isDead() {
		return errDead
	}
	return k.Connection.Save(s)
}

func (k *keeper) Append(e sso.JournalEntry) error {
	if k.wire.isDead() {
		return errDead
	}
	k.writes++
	if k.writes == k.fullAt {
		return errDiskFull
	}
	return k.Connection.Append(e)
}

func (k *keeper) Remove() error {
	if k.wire.isDead() {
		return errDead
	}
	return k.Connection.Remove()
}

var profiles = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load("") })

func profileOf(t testing.TB, id string) *catalog.Profile {
	t.Helper()
	c, err := profiles()
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// start is a new process on the machine: clients without memory, the state as
// it is on disk.
func (w *world) start(profileID string) (*plan.Core, *keeper) {
	w.t.Helper()
	w.wire.mu.Lock()
	w.wire.dead, w.wire.fault, w.wire.calls = false, nil, nil
	w.wire.mu.Unlock()
	profile := profileOf(w.t, profileID)
	inputs, err := profile.CheckInputs(sweptInputs[profileID])
	if err != nil {
		w.t.Fatal(err)
	}
	k := &keeper{Connection: w.store.Connection("sandbox", profileID), wire: w.wire}
	client, err := oktaapi.New(oktaapi.Config{OrgURL: orgURL, Auth: oktaapi.Auth{Token: secret.New(w.org.APIToken())},
		Transport: httpx.Retry(w.wire, httpx.RetryOptions{Clock: w.clock}), Clock: w.clock.Now})
	if err != nil {
		w.t.Fatal(err)
	}
	core := &plan.Core{Okta: client, Diff: oktaapi.Diff, Keeper: k, Clock: w.clock, Profile: profile, RunID: "run"}
	for _, info := range w.sps.List() {
		if info.Key != profileID {
			continue
		}
		core.SP, err = api.New(api.Config{Profile: profile, BaseURL: info.APIURL, Token: secret.New(info.APIToken), Inputs: inputs, Transport: w.wire, Clock: w.clock})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	ana := w.org.People()[0]
	core.SignIn, err = signin.New(signin.Config{Transport: w.wire, OktaURL: orgURL, Login: ana.Login, Password: secret.New(ana.Password), Now: w.clock.Now, Sleep: w.clock.Sleep})
	if err != nil {
		w.t.Fatal(err)
	}
	return core, k
}
