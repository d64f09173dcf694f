package plan_test

import (
	"context"
	"strings"
	"testing"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// unreadable is a service provider whose page only a person can see.
type unreadable struct{ *fakeSP }

func (unreadable) Read(context.Context) (sso.SPState, error) { return sso.SPState{}, nil }

// carried is a world in which a person carries the values of a profile.
func carried(t *testing.T, change func(*catalog.Profile)) (*world, sso.Spec) {
	t.Helper()
	w := newWorld(t)
	profile := *w.core.Profile
	change(&profile)
	w.core.Profile, w.core.SP = profile.For(sso.PushGuided), unreadable{w.sp}
	return w, w.spec(func(s *sso.Spec) { s.Push, s.Confirmed = sso.PushGuided, []string{string(plan.StepPush)} })
}

func TestWhatIsSavedByHandIsOnWhereThereIsNoSwitch(t *testing.T) {
	w, spec := carried(t, func(p *catalog.Profile) { p.TurnOn = catalog.TurnOnNone })
	if res := w.mustSetup(spec); !res.Enabled {
		t.Errorf("saved: %+v", res)
	}
	spec.Confirmed = nil
	if res := w.mustSetup(spec); !res.Enabled || res.Changed {
		t.Errorf("again: %+v", res)
	}
}

func TestASecretIsNotHandedOverButItsPlaceIs(t *testing.T) {
	w, spec := carried(t, func(p *catalog.Profile) {
		p.Settings = append(append([]catalog.Setting{}, p.Settings...),
			catalog.Setting{ID: "client_secret", Label: "Client Secret", Kind: catalog.KindSecret, Value: "{{ .IdP.ClientSecret }}"})
	})
	spec.Confirmed = nil
	if _, err := w.setup(spec); hint.CodeOf(err) != hint.Waiting {
		t.Fatal(err)
	}
	for _, e := range w.events {
		if e.Kind != plan.EventHandoff {
			continue
		}
		last := e.Handoff.Values[len(e.Handoff.Values)-1]
		if last.Label != "Client Secret" || last.Value != "" || !strings.Contains(last.Note, "Applications → net2phone Sync → General → Client Credentials") {
			t.Errorf("%+v", last)
		}
		return
	}
	t.Error("nothing was handed over")
}

func TestUndoTakesBackAPushThatWasNeverConfirmed(t *testing.T) {
	w := newWorld(t)
	w.sp.twist = func(held map[string]string) { held["entity_id"] = "other" }
	if _, err := w.setup(w.spec(nil)); hint.CodeOf(err) != hint.Partway {
		t.Fatalf("the read-back: %v", err)
	}
	spec := plan.SpecOf(w.keeper.state)
	o, err := w.core.ObserveAll(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.MakeUndo(spec, w.core.Profile, o, w.okta.Diff)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.core.Undo(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	if len(w.sp.settings) > 0 || len(w.okta.apps) > 0 {
		t.Errorf("left behind: %v, %v", w.sp.settings, w.okta.apps)
	}
}

func TestEnableSaysThatNobodyTriesASignIn(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	profile := *w.core.Profile
	profile.Proof = catalog.ProofResponse
	spec := plan.SpecOf(w.keeper.state)
	o, err := w.core.Observe(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	o.State.Proof = &sso.Proof{Digest: plan.Digest(&profile, *o.App, *o.IdP, o.SP)}
	for _, tester := range []*sso.Person{nil, {Login: "ana@acme.example"}} {
		o.Tester = tester
		p, err := plan.MakeEnable(spec, &profile, o, w.okta.Diff)
		if err != nil {
			t.Fatal(err)
		}
		if said := strings.Contains(strings.Join(p.Warnings, " "), "nobody tries a real sign-in"); said != (tester == nil) {
			t.Errorf("with tester %v: %q", tester, p.Warnings)
		}
	}
}
