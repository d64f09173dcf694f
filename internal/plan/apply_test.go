package plan_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

func TestSetupLeavesBothSidesAsPlannedAndSaysSo(t *testing.T) {
	w := newWorld(t)
	res := w.mustSetup(w.spec(nil))
	if !res.OK || !res.Changed || res.App == nil || res.App.ID != "0oa1" || res.Tested || res.Enabled {
		t.Errorf("result = %+v", res)
	}
	if w.sp.settings["entity_id"] != "n2p" || w.sp.settings["login_url"] != "https://acme.example/app/x/exk0oa1/sso/saml" ||
		!strings.Contains(w.sp.settings["public_certificate"], "BEGIN CERTIFICATE") {
		t.Errorf("settings = %v", w.sp.settings)
	}
	want := []sso.Assignment{{Kind: sso.ToGroup, ID: "00gSup", Name: "Support"}}
	if diff := cmp.Diff(want, w.okta.given["0oa1"]); diff != "" {
		t.Error(diff)
	}
	s := w.keeper.state
	if s.AppID != "0oa1" || !s.CreatedApp || s.Unfinished != "" || s.KID != "kid1" {
		t.Errorf("state = %+v", s)
	}
}

func TestTheJournalHasTheIntentBeforeEachWriteAndItsOutcomeAfter(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	var got []string
	for _, e := range w.keeper.journal {
		got = append(got, e.Phase+" "+e.Step+" "+e.Target)
		if e.Run != "run1" || e.Command != "setup" || e.Time.IsZero() {
			t.Errorf("entry = %+v", e)
		}
	}
	want := []string{"begin  ", "intent okta.app ", "done okta.app 0oa1", "intent okta.assign ", "done okta.assign 00gSup",
		"intent sp.push ", "done sp.push ", "end  0oa1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSecondSetupOnlyReads(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	before, journal := w.keeper.state, len(w.keeper.journal)
	w.okta.calls, w.sp.calls = nil, nil
	res := w.mustSetup(w.spec(nil))
	if res.Changed || len(w.okta.writes()) > 0 || strings.Contains(strings.Join(w.sp.calls, " "), "push") {
		t.Errorf("wrote %v %v", w.okta.writes(), w.sp.calls)
	}
	if diff := cmp.Diff(before, w.keeper.state); diff != "" || len(w.keeper.journal) != journal {
		t.Errorf("state or journal changed: %s", diff)
	}
	if n := len(w.okta.calls); n > 5 {
		t.Errorf("%d calls to Okta: %v", n, w.okta.calls)
	}
}

func TestFirstSetupMakesNoMoreThanSevenCallsToOkta(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	if n := len(w.okta.calls); n > 7 {
		t.Errorf("%d calls: %v", n, w.okta.calls)
	}
}

func TestALostAnswerToTheCreateMakesOneApp(t *testing.T) {
	for _, tc := range []struct {
		name          string
		before, after error
		creates       int
	}{
		{"it was made", nil, lostAnswer{}, 1},
		{"it was not made", lostAnswer{}, nil, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.okta.fail = func(call string, n int) (error, error) {
				if call == "create" && n == 1 {
					return tc.before, tc.after
				}
				return nil, nil
			}
			w.mustSetup(w.spec(nil))
			if len(w.okta.apps) != 1 || w.okta.count("create") != tc.creates {
				t.Errorf("%d apps after %d creates", len(w.okta.apps), w.okta.count("create"))
			}
			if !w.keeper.state.CreatedApp {
				t.Error("undo would not know that the app is ours")
			}
		})
	}
}

func TestAPlanThatHasWaitedReadsTheAppsAgainBeforeItCreates(t *testing.T) {
	w := newWorld(t)
	p, err := w.plan(w.spec(nil))
	if err != nil {
		t.Fatal(err)
	}
	other := newWorld(t)
	other.okta = w.okta
	other.core.Okta = w.okta
	other.mustSetup(other.spec(nil)) // a second machine is faster
	if err := w.clock.Sleep(context.Background(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := w.core.Apply(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	if len(w.okta.apps) != 1 {
		t.Errorf("%d apps", len(w.okta.apps))
	}
}

func TestExitCodesByWhereARunStops(t *testing.T) {
	unauthorised := hint.New(hint.NotAllowed, "401", "")
	for _, tc := range []struct {
		name string
		fail func(w *world)
		want hint.Code
	}{
		{"403 at the create leaves nothing behind", func(w *world) { w.okta.fail = on("create", unauthorised) }, hint.NotAllowed},
		{"token dies after the create", func(w *world) { w.okta.fail = on("values", unauthorised) }, hint.Partway},
		{"500 after the create", func(w *world) { w.okta.fail = on("assign", errors.New("500")) }, hint.Partway},
		{"service provider refuses the values", func(w *world) {
			w.sp.fail = func(c string) error { return ifEqual(c, "push", errors.New("422")) }
		}, hint.Partway},
		{"service provider keeps other values", func(w *world) {
			w.sp.twist = func(s map[string]string) { s["entity_id"] = "N2P" }
		}, hint.Partway},
		{"500 before the first write", func(w *world) { w.okta.fail = on("apps", errors.New("500")) }, hint.Failed},
		{"journal cannot be written", func(w *world) { w.keeper.fail = func(string) error { return errors.New("disk full") } }, hint.Failed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			tc.fail(w)
			_, err := w.setup(w.spec(nil))
			if got := hint.CodeOf(err); got != tc.want {
				t.Errorf("code = %d, want %d: %v", got, tc.want, err)
			}
			w.okta.fail, w.sp.fail, w.sp.twist, w.keeper.fail = nil, nil, nil, nil
			w.mustSetup(w.spec(func(s *sso.Spec) { s.Override = tc.name == "service provider keeps other values" }))
			if len(w.okta.apps) != 1 || len(w.okta.given["0oa1"]) != 1 || w.sp.settings["entity_id"] != "n2p" {
				t.Errorf("after the same command again: %v %v %v", w.okta.apps, w.okta.given, w.sp.settings)
			}
		})
	}
}

func on(call string, err error) func(string, int) (error, error) {
	return func(c string, _ int) (error, error) { return ifEqual(c, call, err), nil }
}

func ifEqual(a, b string, err error) error {
	if a == b {
		return err
	}
	return nil
}

func TestNothingIsWrittenAfterTheRunWasToldToStop(t *testing.T) {
	w := newWorld(t)
	p, err := w.plan(w.spec(nil))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := hint.New(hint.Interrupted, "interrupted", "")
	w.okta.fail = func(call string, _ int) (error, error) {
		if call == "create" {
			cancel(stop) // Ctrl-C while the create is under way
		}
		return nil, nil
	}
	_, err = w.core.Apply(ctx, p)
	if hint.CodeOf(err) != hint.Interrupted {
		t.Errorf("err = %v", err)
	}
	if diff := cmp.Diff([]string{"create"}, w.okta.writes()); diff != "" {
		t.Error(diff)
	}
	if w.keeper.state.AppID != "0oa1" || w.keeper.state.Unfinished != "setup" {
		t.Errorf("the app that was made is not noted: %+v", w.keeper.state)
	}
	w.okta.fail = nil
	w.mustSetup(w.spec(nil))
	if len(w.okta.apps) != 1 {
		t.Errorf("%d apps", len(w.okta.apps))
	}
}

func TestUndoClearsBothSides(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	w.sp.enabled = true
	res := w.undo(nil)
	if !res.OK || len(w.okta.apps) != 0 || w.sp.enabled || len(w.sp.settings) != 0 || w.keeper.have {
		t.Errorf("left: %v %v enabled %v state %v", w.okta.apps, w.sp.settings, w.sp.enabled, w.keeper.have)
	}
}

func TestUndoPutsBackWhatTheServiceProviderHeldBefore(t *testing.T) {
	w := newWorld(t)
	old := map[string]string{"login_url": "https://old.example/sso", "entity_id": "old"}
	w.sp.settings = old
	w.mustSetup(w.spec(nil))
	w.undo(nil)
	if diff := cmp.Diff(old, w.sp.settings); diff != "" {
		t.Error(diff)
	}
}

func TestUndoLeavesAnAppThatWasThereBefore(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	w.keeper.state.CreatedApp = false
	w.okta.apps[0].AdminNote = "Ours since 2019.\n" + w.okta.apps[0].AdminNote
	w.undo(nil)
	if len(w.okta.apps) != 1 || w.okta.apps[0].AdminNote != "Ours since 2019." || len(w.okta.given["0oa1"]) != 0 {
		t.Errorf("left: %+v %v", w.okta.apps, w.okta.given)
	}
}

func TestUndoDoesNotThrowAwayWhatSomebodyChangedSince(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	w.sp.settings["login_url"] = "https://somebody.example/sso"
	o, err := w.core.ObserveAll(context.Background(), plan.SpecOf(w.keeper.state))
	if err != nil {
		t.Fatal(err)
	}
	_, err = plan.MakeUndo(plan.SpecOf(w.keeper.state), w.core.Profile, o, w.okta.Diff)
	if hint.CodeOf(err) != hint.Refused || !strings.Contains(err.Error(), "Login URL") {
		t.Errorf("err = %v", err)
	}
}

func (w *world) undo(change func(*sso.Spec)) plan.Result {
	w.t.Helper()
	spec := plan.SpecOf(w.keeper.state)
	if change != nil {
		change(&spec)
	}
	o, err := w.core.ObserveForUndo(context.Background(), spec)
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := plan.MakeUndo(spec, w.core.Profile, o, w.okta.Diff)
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := w.core.Undo(context.Background(), p)
	if err != nil {
		w.t.Fatal(err)
	}
	return res
}

func TestStatusTellsWhoDiffers(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	w.okta.apps[0].SAML.Audience = "N2P"
	w.okta.given["0oa1"] = nil
	w.sp.settings["login_url"] = "https://x.example/"
	spec := plan.SpecOf(w.keeper.state)
	o, err := w.core.ObserveAll(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	s, err := plan.StatusOf(spec, w.core.Profile, o, w.okta.Diff, w.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	want := []plan.Drift{
		{Side: "okta", Field: "settings.signOn.audience", Want: "n2p", Got: "N2P"},
		{Side: "okta", Field: "assignments.group", Want: "Support"},
		{Side: "sp", Field: "login_url", Want: "https://acme.example/app/x/exk0oa1/sso/saml", Got: "https://x.example/"},
	}
	if diff := cmp.Diff(want, s.Drift); diff != "" {
		t.Error(diff)
	}
	if s.Certificate == nil || s.Certificate.DaysLeft != 3592 {
		t.Errorf("certificate = %+v", s.Certificate)
	}
}

func TestASetUpThatStopsKeepsWhoIsStillToBeAssigned(t *testing.T) {
	w := newWorld(t)
	w.sp.fail = func(call string) error {
		if call == "push" {
			return errors.New("500")
		}
		return nil
	}
	spec := w.spec(func(s *sso.Spec) { s.Test, s.Tester = sso.TestHTTP, "ana@acme.example" })
	if _, err := w.setup(spec); err == nil {
		t.Fatal("the push fails and the set-up passes")
	}
	if got := w.keeper.state.Wanted; len(got) != 1 || got[0].Name != "Support" {
		t.Errorf("still to be assigned: %+v", got)
	}
	w.sp.fail = nil
	w.mustSetup(w.spec(nil))
	if got := w.keeper.state.Wanted; got != nil {
		t.Errorf("afterwards: %+v", got)
	}
}
