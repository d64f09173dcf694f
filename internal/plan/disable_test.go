package plan_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
)

func TestSignInIsTurnedOffWhileOktaCannotBeReached(t *testing.T) {
	for _, tc := range []struct {
		name    string
		failure error
		code    hint.Code
	}{
		{"out of reach", errors.New("connection refused"), hint.Done},
		{"a token that Okta refuses", hint.New(hint.NotAllowed, "401", ""), hint.NotAllowed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.mustSetup(w.spec(nil))
			w.sp.enabled = true
			appID, proof := w.keeper.state.AppID, w.keeper.state.Proof
			w.okta.fail = func(string, int) (error, error) { return tc.failure, nil }
			spec := plan.SpecOf(w.keeper.state)
			res := plan.Result{}
			o, err := w.core.ObserveForDisable(context.Background(), spec)
			if err == nil {
				var p *plan.Plan
				if p, err = plan.MakeDisable(spec, w.core.Profile, o, w.okta.Diff); err != nil {
					t.Fatal(err)
				}
				if text := strings.Join(p.Warnings, " "); !strings.Contains(text, "connection refused") {
					t.Errorf("nobody is told why Okta's side is missing: %q", text)
				}
				res, err = w.core.Apply(context.Background(), p)
			}
			if hint.CodeOf(err) != tc.code || w.sp.enabled != (tc.code != hint.Done) {
				t.Fatalf("code %d, on %v: %v", hint.CodeOf(err), w.sp.enabled, err)
			}
			s := w.keeper.state
			if s.AppID != appID || s.Proof != proof || s.OrgURL == "" || tc.code == hint.Done && (s.EnabledAt != nil || res.Enabled) {
				t.Errorf("state = %+v, result = %+v", s, res)
			}
			w.okta.fail = nil
			if o, err := w.core.Observe(context.Background(), spec); err != nil || o.App == nil {
				t.Errorf("afterwards: %v, %v", o.App, err)
			}
		})
	}
}
