package plan_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// clock is a Clock whose time moves only by sleeping.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return nil
}

// lostAnswer is the error of a write whose answer never came.
type lostAnswer struct{}

func (lostAnswer) Error() string        { return "the answer was lost" }
func (lostAnswer) OutcomeUnknown() bool { return true }

// world is everything that one core works on.
type world struct {
	t      *testing.T
	okta   *fakeOkta
	sp     *fakeSP
	keeper *keeper
	clock  *clock
	core   *plan.Core
	events []plan.Event
	mu     sync.Mutex
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, okta: newOkta(), sp: &fakeSP{}, keeper: &keeper{}, clock: newClock()}
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	profile, err := c.Profile("net2phone")
	if err != nil {
		t.Fatal(err)
	}
	w.core = &plan.Core{Okta: w.okta, Diff: w.okta.Diff, SP: w.sp, Keeper: w.keeper, Clock: w.clock, Profile: profile, RunID: "run1",
		Report: func(e plan.Event) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.events = append(w.events, e)
		}}
	return w
}

func (w *world) spec(change func(*sso.Spec)) sso.Spec {
	s := sso.Spec{Connection: "net2phone", Profile: "net2phone", Label: "net2phone Sync", Groups: []string{"Support"},
		Push: sso.PushAPI, Test: sso.TestNone}
	if change != nil {
		change(&s)
	}
	return s
}

func (w *world) plan(spec sso.Spec) (*plan.Plan, error) {
	w.t.Helper()
	o, err := w.core.Observe(context.Background(), spec)
	if err != nil {
		return nil, err
	}
	return plan.Make(spec, w.core.Profile, o, w.okta.Diff)
}

func (w *world) setup(spec sso.Spec) (plan.Result, error) {
	w.t.Helper()
	p, err := w.plan(spec)
	if err != nil {
		return plan.Result{}, err
	}
	return w.core.Apply(context.Background(), p)
}

func (w *world) mustSetup(spec sso.Spec) plan.Result {
	w.t.Helper()
	res, err := w.setup(spec)
	if err != nil {
		w.t.Fatal(err)
	}
	return res
}
