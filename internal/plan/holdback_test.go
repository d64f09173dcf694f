package plan_test

import (
	"context"
	"slices"
	"testing"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

func TestWhatWaitsForTheSwitchCanBeHeldBackForARunOfItsOwn(t *testing.T) {
	const locksOut = "whoever is not assigned is locked out"
	w := newWorld(t)
	profile := *w.core.Profile
	profile.Settings = append(slices.Clone(profile.Settings),
		catalog.Setting{ID: "enforce", Label: "Enforce", Kind: catalog.KindToggle, Value: "true", Late: true, Consent: locksOut})
	w.core.Profile = &profile
	w.mustSetup(w.spec(nil))
	spec := plan.SpecOf(w.keeper.state)
	enable := func(hold bool) *plan.Plan {
		t.Helper()
		o, err := w.core.Observe(context.Background(), spec)
		if err != nil {
			t.Fatal(err)
		}
		w.keeper.state.Proof = &sso.Proof{Digest: plan.Digest(&profile, *o.App, *o.IdP, o.SP)}
		o.State = w.keeper.state
		p, err := plan.MakeEnable(spec, &profile, o, w.okta.Diff)
		if err != nil {
			t.Fatal(err)
		}
		if hold {
			p.HoldBack()
		}
		if _, err := w.core.Apply(context.Background(), p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	held := enable(true)
	if len(held.Held) != 1 || held.Held[0].Field != "enforce" || len(held.Step(plan.StepEnable).Changes) != 1 || slices.Contains(held.Warnings, locksOut) {
		t.Errorf("held back: %+v; changes %+v; warnings %q", held.Held, held.Step(plan.StepEnable).Changes, held.Warnings)
	}
	if !w.sp.enabled || w.sp.settings["enforce"] != "" {
		t.Errorf("after the switch: on %v, %v", w.sp.enabled, w.sp.settings)
	}
	rest := enable(true)
	if len(rest.Held) != 0 || !slices.Contains(rest.Warnings, locksOut) || w.sp.settings["enforce"] != "true" {
		t.Errorf("the run of its own: held %+v; warnings %q; %v", rest.Held, rest.Warnings, w.sp.settings)
	}
}
