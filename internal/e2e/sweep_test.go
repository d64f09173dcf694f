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
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/catalog"
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
	return sso.Spec{Connection: profileID, Profile: profileID, Label: label, Groups: []string{"Support EMEA"},
		Users: []string{"ben.okafor@acme.example"}, Push: sso.PushAPI, Test: sso.TestHTTP, Tester: "ana.lima@acme.example", Enable: true}
}

func doSetup(w *world, core *plan.Core) error {
	spec := wish(core.Profile.ID, core.Profile.DefaultLabel)
	inputs, err := core.Profile.CheckInputs(sweptInputs[core.Profile.ID])
	if err != nil {
		return err
	}
	spec.Inputs = inputs
	_, _, err = carryOut(core, spec)
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
	o, err := core.ObserveForUndo(ctx, spec)
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
	p, err := planRotation(core)
	if err != nil {
		return err
	}
	_, err = core.Apply(context.Background(), p)
	return err
}

// planRotation plans a rotation that a sign-in proves.
func planRotation(core *plan.Core) (*plan.Plan, error) {
	spec, _, err := kept(core)
	if err != nil {
		return nil, err
	}
	spec.Test, spec.Tester = sso.TestHTTP, "ana.lima@acme.example"
	ctx := context.Background()
	o, err := core.Observe(ctx, spec)
	if err != nil {
		return nil, err
	}
	ks, err := core.Okta.Keys(ctx, o.App.ID)
	if err != nil {
		return nil, err
	}
	return plan.MakeRotate(spec, core.Profile, o, ks, 5, core.Diff)
}

// doAdopt is a machine that knows nothing and takes the connection over by its mark.
func doAdopt(_ *world, core *plan.Core) error {
	if err := core.Keeper.Remove(); err != nil {
		return err
	}
	_, err := core.Adopt(context.Background(), sso.Spec{Connection: core.Profile.ID, Profile: core.Profile.ID, Push: sso.PushAPI}, "")
	return err
}

var runs = map[string]func(*world, *plan.Core) error{"setup": doSetup, "adopt": doAdopt, "undo": doUndo, "rotate": doRotate}

var commands = []command{
	{name: "setup", run: doSetup},
	{name: "rotate", before: []string{"setup"}, run: doRotate},
	{name: "undo", before: []string{"setup"}, run: doUndo},
	{name: "undo of what was adopted", before: []string{"setup", "adopt"}, run: doUndo},
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
		if app.SignOnMode == sso.ModeBookmark {
			continue
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
		for id := range e.Settings {
			e.Settings[id] = "still there" // of an app that is no longer marked
		}
	}
	sort.Strings(e.Assignments)
	sort.Strings(e.Apps)
	return e
}

func describe(app sso.App) string {
	if app.SAML == nil {
		return app.SignOnMode + app.BookmarkURL
	}
	b, _ := json.Marshal(app.SAML)
	return string(b)
}

// TestTheSameCommandGoesOnAfterEveryCrash breaks every call of every command in
// every way, runs the same command again unbroken, and compares both sides with
// an undisturbed run.
func TestTheSameCommandGoesOnAfterEveryCrash(t *testing.T) {
	var combinations, failures atomic.Int64
	t.Run("sweep", func(t *testing.T) {
		for _, profileID := range sweptProfiles {
			for _, c := range commands {
				t.Run(c.name+" "+profileID, func(t *testing.T) {
					t.Parallel()
					s := sweep{t: t, command: c, profileID: profileID, combinations: &combinations, failures: &failures}
					s.run()
				})
			}
		}
	})
	t.Logf("%d combinations of command, call and fault; %d failures", combinations.Load(), failures.Load())
}

// sweep breaks one command for one service provider everywhere.
type sweep struct {
	t                      *testing.T
	command                command
	profileID              string
	want                   end
	combinations, failures *atomic.Int64
	seen                   int // combinations of this command, those left out too
}

// stride is how many combinations go by for each that is tried. With
// SSOWIZARD_SWEEP=all, as in .ci/run, none goes by; otherwise a sixth is tried,
// every call and every fault among them, so that the tests stay quick.
var stride = map[bool]int{true: 1, false: 6}[os.Getenv("SSOWIZARD_SWEEP") == "all"]

func (s *sweep) run() {
	clean := ready(s.t, s.command, s.profileID)
	core, k := clean.start(s.profileID)
	if err := s.command.run(clean, core); err != nil {
		s.t.Fatalf("undisturbed: %v", err)
	}
	calls, writes := clean.wire.calls, k.writes
	s.want = clean.end(s.profileID)
	for n, call := range calls {
		for _, kind := range wireFaults {
			s.check(fmt.Sprintf("call %d (%s), %s", n+1, call, kind), func(w *world, _ *keeper) { w.wire.fault = at(n+1, kind) })
		}
	}
	for n := range writes {
		s.check(fmt.Sprintf("journal write %d, disk full", n+1), func(_ *world, k *keeper) { k.fullAt = n + 1 })
	}
}

func (s *sweep) check(what string, arrange func(*world, *keeper)) {
	s.seen++
	if s.seen%stride != 0 {
		return
	}
	s.combinations.Add(1)
	w := ready(s.t, s.command, s.profileID)
	core, k := w.start(s.profileID)
	arrange(w, k)
	_ = s.command.run(w, core) // it may fail in any way that leaves nothing broken
	turnedOnUntested(s.t, w, s.profileID, what)
	core, _ = w.start(s.profileID)
	if err := s.command.run(w, core); err != nil {
		s.failures.Add(1)
		s.t.Errorf("%s: the same command again: %v", what, err)
		return
	}
	got := w.end(s.profileID)
	if s.command.name == "rotate" && got.Keys == s.want.Keys+1 {
		got.Keys-- // a first run that came to its end makes the second one another rotation
	}
	if diff := cmp.Diff(s.want, got); diff != "" {
		s.failures.Add(1)
		s.t.Errorf("%s: %s", what, diff)
	}
	noSecrets(s.t, w, what)
}

// turnedOnUntested fails when sign-in is on without a proof for what is in force.
func turnedOnUntested(t *testing.T, w *world, profileID, what string) {
	t.Helper()
	core, k := w.start(profileID)
	if core.Profile.TurnOn == catalog.TurnOnNone {
		return // what is saved there is on
	}
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
var sweptProfiles = []string{"net2phone", "telnyx", "infobip", "justcall", "cloudtalk"}

// sweptInputs are the answers that each one needs.
var sweptInputs = map[string]map[string]string{"telnyx": {"short_name": "acme"}, "infobip": {"custom_domain": "acme", "bookmark": "yes"}}
