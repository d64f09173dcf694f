package plan

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"sync"
	"sync/atomic"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/sso"
)

// Core runs plans for one connection. Its fields are set once, before use;
// SignIn may be nil where nobody can sign in, Report where nobody listens.
type Core struct {
	Okta    Okta
	Diff    Differ
	SP      ServiceProvider
	SignIn  SignIn
	Keeper  Keeper
	Clock   Clock
	Profile *catalog.Profile
	Report  func(Event)
	// Handoff writes the values for a person into a folder and says where;
	// nil where no hand-off is possible.
	Handoff func(settings []sso.SPSetting) (dir string, err error)
	// Calls counts the requests made so far, for the gap of a rotation; nil
	// where nobody counts.
	Calls func() int
	// LastRequest gives the other side's id of the last request that changed
	// something, for the journal; nil where nobody keeps it.
	LastRequest func() string
	// Manages names another connection kept here that manages an app, "" for
	// none; nil where no other connections are known.
	Manages func(appID string) (connection string, err error)
	// RunID tells the journal's runs apart; empty means a random one.
	RunID string

	current atomic.Value // StepID of the step begun last
}

// Result is what a command came to. It holds no secret.
type Result struct {
	Command    string            `json:"command"`
	OK         bool              `json:"ok"`
	ExitCode   int               `json:"exit_code"`
	Connection string            `json:"connection"`
	App        *AppResult        `json:"app,omitempty"`
	Values     map[string]string `json:"values,omitempty"`
	Proof      string            `json:"proof,omitempty"`
	Tested     bool              `json:"tested"`
	Enabled    bool              `json:"enabled"`
	// Rotated is set by a rotation.
	Rotated *Rotated `json:"rotated,omitempty"`
	// Later says what turning on leads to by itself, and when.
	Later string `json:"later,omitempty"`
	// Left says what an undo has left in place, in a clause; "" for nothing.
	Left string `json:"left,omitempty"`
	// Changed tells whether anything was written.
	Changed bool `json:"changed"`
}

// AppResult names the Okta app.
type AppResult struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	KID   string `json:"kid"`
}

// run is one command at work: what it knows so far and what it has written.
type run struct {
	*Core
	id      string
	command string
	plan    *Plan
	profile *catalog.Profile

	app      sso.App
	idp      sso.IdPValues
	sp       sso.SPState
	findings []sso.Finding
	rotated  *Rotated
	secrets  []sso.ClientSecret // of an OIDC app, in memory only
	later    string             // what turning on leads to, and when
	left     string             // what an undo leaves in place
	before   rotateBefore
	after    sso.IdPValues // of the new key, in a rotation
	made     bool          // this run has made the app
	insist   bool          // people are locked out: writes go on without the journal

	// since is when the test at work was begun, if that was in an earlier run;
	// responses are the IDs of what it has looked at.
	since     time.Time
	responses []string

	mu     sync.Mutex // guards what follows; the steps of one wave share it
	state  sso.State
	writes int
	proven bool
}

func (c *Core) newRun(command string, p *Plan) *run {
	r := &run{Core: c, id: c.RunID, command: command, plan: p, profile: c.Profile}
	if r.id == "" {
		var b [6]byte
		_, _ = rand.Read(b[:]) // never fails
		r.id = hex.EncodeToString(b[:])
	}
	if p == nil {
		r.plan = &Plan{}
	} else {
		r.fromObserved(p.Observed)
	}
	return r
}

func (r *run) fromObserved(o Observed) {
	r.state = o.State
	r.sp = o.SP
	if o.App != nil {
		r.app = *o.App
	}
	if o.IdP != nil {
		r.idp = *o.IdP
	}
	r.secrets = o.secrets
}

func (c *Core) emit(e Event) {
	if c.Report == nil {
		return
	}
	e.Time = c.Clock.Now()
	c.Report(e)
}

// save writes the state; change runs under the lock.
func (r *run) save(change func(s *sso.State)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.state)
	r.state.Version = 1
	r.state.Updated = r.Clock.Now().UTC()
	return r.Keeper.Save(r.state)
}

// write carries out one call that changes something: the journal has the intent
// before it and the outcome after it, also when the run is being stopped.
func (r *run) write(ctx context.Context, step StepID, what string, call func(ctx context.Context) (target string, err error)) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if err := r.journal(step, sso.PhaseIntent, what, "", nil); err != nil && !r.insist {
		return err
	}
	r.mu.Lock()
	r.writes++
	r.mu.Unlock()
	patient, stop := withGrace(ctx, r.Clock)
	defer stop()
	target, err := call(patient)
	phase := sso.PhaseDone
	if err != nil {
		phase = sso.PhaseFailed
	}
	if jerr := r.journal(step, phase, what, target, err); err == nil && !r.insist {
		err = jerr
	}
	return err
}

func (r *run) journal(step StepID, phase, what, target string, cause error) error {
	e := sso.JournalEntry{Time: r.Clock.Now().UTC(), Run: r.id, Command: r.command, Step: string(step),
		Phase: phase, What: what, Target: target}
	if phase == sso.PhaseDone && r.LastRequest != nil {
		e.RequestID = r.LastRequest()
	}
	if cause != nil {
		e.Detail = sso.PlainText(cause.Error(), 500)
		e.RequestID = requestID(cause)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.Keeper.Append(e)
}

// NoteWait reports that the step at work waits for something, such as a rate limit.
func (c *Core) NoteWait(detail string) { c.NoteWaitFor(detail, 0) }

// NoteWaitFor is NoteWait for a wait of known length.
func (c *Core) NoteWaitFor(detail string, length time.Duration) {
	id, begun := c.current.Load().(StepID)
	if !begun {
		id = StepApp // the reading that comes first belongs to it
	}
	e := Event{Kind: EventStep, Step: id, Status: Waiting, Detail: detail}
	if length > 0 {
		e.Until = c.Clock.Now().Add(length)
	}
	c.emit(e)
}
