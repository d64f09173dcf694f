package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

type dialError struct{ net.OpError }

func (*dialError) Error() string   { return "dial tcp: connection refused" }
func (*dialError) Timeout() bool   { return false }
func (*dialError) Temporary() bool { return true }

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// command is one thing to do, the same way each time.
type command struct {
	name string
	// before brings the world to where the command begins.
	before []string
	run    func(*world, *plan.Core) error
}

func wish(profileID, label string) sso.Spec {
	return sso.Spec{Connection: profileID, Profile: profileID, Label: label, Inputs: map[string]string{}, Groups: []string{"Support EMEA"},
		Users: []string{"ben.okafor@acme.example"}, Push: sso.PushAPI, Test: sso.TestHTTP, Tester: "ana.lima@acme.example", Enable: true}
}

func doSetup(w *world, core *plan.Core) error {
	spec := wish(core.Profile.ID, core.Profile.DefaultLabel)
	ctx := context.Background()
	o, err := core.Observe(ctx, spec)
	if err != nil {
		return err
	}
	p, err := plan.Make(spec, core.Profile, o, core.Diff)
	if err != nil {
		return err
	}
	_, err = core.Apply(ctx, p)
	return err
}

func kept(core *plan.Core) (sso.Spec, bool, error) {
	state, known, err := core.Keeper.Load()
	return plan.SpecOf(state), known, err
}

func doUndo(w *world, core *plan.Core) error {
	spec, known, err := kept(core)
	if err != nil || !known {
		return err
	}
	ctx := context.Background()
	o, err := core.ObserveAll(ctx, spec)
	if err != nil {
		return err
	}
	p, err := plan.MakeUndo(spec, core.Profile, o, core.Diff)
	if err != nil {
		return err
	}
	_, err = core.Undo(ctx, p)
	return err
}

func doRotate(w *world, core *plan.Core) error {
	spec, _, err := kept(core)
	if err != nil {
		return err
	}
	spec.Test, spec.Tester = sso.TestHTTP, "ana.lima@acme.example"
	ctx := context.Background()
	o, err := core.Observe(ctx, spec)
	if err != nil {
		return err
	}
	ks, err := core.Okta.Keys(ctx, o.App.ID)
	if err != nil {
		return err
	}
	p, err := plan.MakeRotate(spec, core.Profile, o, ks, 5, core.Diff)
	if err != nil {
		return err
	}
	_, err = core.Apply(ctx, p)
	return err
}

var runs = map[string]func(*world, *plan.Core) error{"setup": doSetup, "undo": doUndo, "rotate": doRotate}

var commands = []command{
	{name: "setup", run: doSetup},
	{name: "rotate", before: []string{"setup"}, run: doRotate},
	{name: "undo", before: []string{"setup"}, run: doUndo},
}

// ready is a world in which the command's turn has come.
func ready(t testing.TB, c command, profileID string) *world {
	w := newWorld(t)
	for _, name := range c.before {
		core, _ := w.start(profileID)
		if err := runs[name](w, core); err != nil {
			t.Fatalf("%s before %s: %v", name, c.name, err)
		}
	}
	return w
}

// end is what is true on both sides and on the machine, without what differs
// from run to run.
type end struct {
	Apps        []string
	Assignments []string
	Settings    map[string]string
	Enabled     bool
	Proven      bool
	Kept        bool
	Keys        int
}

func (w *world) end(profileID string) end {
	w.t.Helper()
	core, k := w.start(profileID)
	ctx := context.Background()
	var e end
	apps, err := core.Okta.Apps(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	state, known, err := k.Load()
	if err != nil {
		w.t.Fatal(err)
	}
	e.Kept = known
	for _, app := range apps {
		if _, ours := sso.FindMarker(app.AdminNote); !ours {
			continue
		}
		e.Apps = append(e.Apps, app.Label+" "+app.Status+" "+describe(app))
		groups, _ := core.Okta.AppGroups(ctx, app.ID)
		users, _ := core.Okta.AppUsers(ctx, app.ID)
		for _, a := range append(groups, users...) {
			if !a.ThroughGroup {
				e.Assignments = append(e.Assignments, string(a.Kind)+" "+a.ID)
			}
		}
		keys, _ := core.Okta.Keys(ctx, app.ID)
		e.Keys += len(keys)
		idp, err := core.Okta.IdPValues(ctx, app)
		if err != nil {
			w.t.Fatal(err)
		}
		held, err := core.SP.Read(ctx)
		if err != nil {
			w.t.Fatal(err)
		}
		e.Proven = state.Proof != nil && state.Proof.Digest == plan.Digest(core.Profile, app, idp, held)
		want, err := core.Profile.WantedSettings(state.Inputs, held.Offered, idp)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, s := range want {
			if core.Profile.SettingsEqual(s.ID, held.Settings[s.ID], s.Value) {
				held.Settings[s.ID] = "agrees with Okta"
			}
		}
		e.Settings = held.Settings
	}
	held, err := core.SP.Read(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	e.Enabled = held.Enabled
	if len(e.Apps) == 0 {
		e.Settings = held.Settings
	}
	sort.Strings(e.Assignments)
	return e
}

func describe(app sso.App) string {
	if app.SAML == nil {
		return app.SignOnMode
	}
	b, _ := json.Marshal(app.SAML)
	return string(b)
}

// TestTheSameCommandGoesOnAfterEveryCrash breaks every call of every command in
// every way, runs the same command again unbroken, and compares both sides with
// an undisturbed run.
func TestTheSameCommandGoesOnAfterEveryCrash(t *testing.T) {
	combinations, failures := 0, 0
	for _, profileID := range sweptProfiles {
		for _, c := range commands {
			clean := ready(t, c, profileID)
			core, k := clean.start(profileID)
			if err := c.run(clean, core); err != nil {
				t.Fatalf("%s %s undisturbed: %v", c.name, profileID, err)
			}
			calls, writes := clean.wire.calls, k.writes
			want := clean.end(profileID)
			check := func(what string, arrange func(*world, *keeper)) {
				combinations++
				w := ready(t, c, profileID)
				core, k := w.start(profileID)
				arrange(w, k)
				_ = c.run(w, core) // it may fail in any way that leaves nothing broken
				turnedOnUntested(t, w, profileID, what)
				core, _ = w.start(profileID)
				if err := c.run(w, core); err != nil {
					failures++
					t.Errorf("%s: the same command again: %v", what, err)
					return
				}
				got := w.end(profileID)
				if c.name == "rotate" && got.Keys == want.Keys+1 {
					got.Keys-- // a first run that came to its end makes the second one another rotation
				}
				if diff := cmp.Diff(want, got); diff != "" {
					failures++
					t.Errorf("%s: %s", what, diff)
				}
				noSecrets(t, w, what)
			}
			for n, call := range calls {
				for _, kind := range wireFaults {
					check(fmt.Sprintf("%s %s, call %d (%s), %s", c.name, profileID, n+1, call, kind), func(w *world, _ *keeper) {
						w.wire.fault = at(n+1, kind)
					})
				}
			}
			for n := range writes {
				check(fmt.Sprintf("%s %s, journal write %d, disk full", c.name, profileID, n+1), func(_ *world, k *keeper) { k.fullAt = n + 1 })
			}
		}
	}
	t.Logf("%d combinations of command, call and fault; %d failures", combinations, failures)
}

// turnedOnUntested fails when sign-in is on without a proof for what is in force.
func turnedOnUntested(t *testing.T, w *world, profileID, what string) {
	t.Helper()
	core, k := w.start(profileID)
	held, err := core.SP.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	state, _, err := k.Load()
	if err != nil {
		t.Fatal(err)
	}
	if held.Enabled && state.Proof == nil && state.Unfinished == "setup" {
		t.Errorf("%s: sign-in is on although nothing is proven", what)
	}
}

// noSecrets searches everything on the machine's disk.
func noSecrets(t *testing.T, w *world, what string) {
	t.Helper()
	secrets := []string{w.org.APIToken(), w.org.People()[0].Password}
	for _, info := range w.sps.List() {
		secrets = append(secrets, info.APIToken)
	}
	err := filepath.WalkDir(w.store.Root(), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, s := range secrets {
			if strings.Contains(string(b), s) {
				t.Errorf("%s: a secret stands in %s", what, filepath.Base(path))
			}
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}

func at(n int, kind fault) func(int, *http.Request) fault {
	return func(call int, _ *http.Request) fault {
		if call == n {
			return kind
		}
		return none
	}
}

// sweptProfiles are the service providers of the sweep.
var sweptProfiles = []string{"net2phone"}
