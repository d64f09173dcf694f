package plan_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

func (w *world) status() plan.ConnectionStatus {
	w.t.Helper()
	spec := plan.SpecOf(w.keeper.state)
	o, err := w.core.ObserveAll(context.Background(), spec)
	if err != nil {
		w.t.Fatal(err)
	}
	s, err := plan.StatusOf(spec, w.core.Profile, o, w.okta.Diff, w.clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func TestAKeyThatSomebodySwitchedIsOktasDifference(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	held := w.sp.settings["public_certificate"]
	w.okta.apps[0].KID = "kid2"
	want := []plan.Drift{{Side: "okta", Field: "credentials.signing.kid", Want: "kid1", Got: "kid2"}}
	if diff := cmp.Diff(want, w.status().Drift); diff != "" {
		t.Error(diff)
	}
	w.sp.settings["public_certificate"] = "something else"
	if got := w.status().Drift; len(got) != 2 || got[1].Side != "sp" {
		t.Errorf("both sides changed: %+v", got)
	}
	w.sp.settings["public_certificate"] = held

	// A command that does not follow the key does not make it ours.
	if _, err := w.assign(func(s *sso.Spec) { s.Groups = []string{"Sales"} }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, w.status().Drift); diff != "" {
		t.Errorf("after another command: %s", diff)
	}
	w.mustSetup(w.spec(nil))
	if got := w.status().Drift; len(got) > 0 {
		t.Errorf("after a set-up that followed: %+v", got)
	}
}

func TestAKeyThatWasChangedOnBothSidesIsNoDifference(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	mine := w.keeper.state
	w.okta.apps[0].KID = "kid2" // a rotation from another machine
	w.mustSetup(w.spec(nil))
	w.keeper.state = mine
	if got := w.status().Drift; len(got) > 0 {
		t.Errorf("drift %+v", got)
	}
}

func TestARotationThatIsUnderWayIsNobodysChange(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	w.keeper.state.Rotation = &sso.Rotation{FromKID: "kid1", ToKID: "kid2"}
	w.okta.apps[0].KID = "kid2"
	for _, d := range w.status().Drift {
		if d.Field == "credentials.signing.kid" {
			t.Errorf("drift %+v", d)
		}
	}
}

func (w *world) assign(change func(*sso.Spec)) (plan.Result, error) {
	w.t.Helper()
	spec := plan.SpecOf(w.keeper.state)
	change(&spec)
	o, err := w.core.Observe(context.Background(), spec)
	if err != nil {
		return plan.Result{}, err
	}
	p, err := plan.MakeAssign(spec, w.core.Profile, o, w.okta.Diff)
	if err != nil {
		return plan.Result{}, err
	}
	return w.core.Apply(context.Background(), p)
}

func TestAssignmentsThatSomebodyTookAwayCanBeForgotten(t *testing.T) {
	both := func(s *sso.Spec) { s.Groups, s.Users = []string{"Support", "Sales"}, []string{"ben@acme.example"} }
	for _, tc := range []struct {
		name   string
		forget func(*world) error
	}{
		{"assign --remove", func(w *world) error {
			_, err := w.assign(func(s *sso.Spec) { s.RemoveGroups, s.RemoveUsers = []string{"Sales"}, []string{"ben@acme.example"} })
			return err
		}},
		{"assign --remove of what is gone from Okta", func(w *world) error {
			w.okta.groups, w.okta.people = w.okta.groups[:1], w.okta.people[:1]
			_, err := w.assign(func(s *sso.Spec) { s.RemoveGroups, s.RemoveUsers = []string{"Sales"}, []string{"ben@acme.example"} })
			return err
		}},
		{"setup --exact", func(w *world) error {
			_, err := w.setup(w.spec(func(s *sso.Spec) { s.Exact = true }))
			return err
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.mustSetup(w.spec(both))
			w.okta.given["0oa1"] = w.okta.given["0oa1"][:1]
			s := w.status()
			want := []plan.Drift{{Side: "okta", Field: "assignments.group", Want: "Sales"}, {Side: "okta", Field: "assignments.user", Want: "ben@acme.example"}}
			if diff := cmp.Diff(want, s.Drift); diff != "" {
				t.Error(diff)
			}
			tip := strings.Join(s.Hints, " ")
			for _, text := range []string{"ssowizard assign net2phone --add-group Sales --add-user ben@acme.example", "ssowizard assign net2phone --remove-group Sales --remove-user ben@acme.example"} {
				if !strings.Contains(tip, text) {
					t.Errorf("the hint %q does not say %q", tip, text)
				}
			}
			p, err := w.plan(w.spec(nil))
			if err != nil || !strings.Contains(strings.Join(p.Warnings, " "), "--remove-group Sales") {
				t.Errorf("the plan says %v, err %v", p.Warnings, err)
			}
			w.okta.calls = nil
			if err := tc.forget(w); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string(nil), w.okta.writes(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("wrote to Okta: %s", diff)
			}
			if s := w.status(); len(s.Drift) > 0 || len(s.Hints) > 0 {
				t.Errorf("still %+v %v", s.Drift, s.Hints)
			}
			if len(w.okta.given["0oa1"]) != 1 {
				t.Errorf("given: %+v", w.okta.given)
			}
		})
	}
}
