package plan_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

func (w *world) rotate(test bool) (plan.Result, error) {
	w.t.Helper()
	spec := plan.SpecOf(w.keeper.state)
	if test {
		spec.Test, spec.Tester = sso.TestHTTP, "ana@acme.example"
	}
	o, err := w.core.Observe(context.Background(), spec)
	if err != nil {
		return plan.Result{}, err
	}
	var keys []sso.SigningKey
	if o.App != nil {
		if keys, err = w.okta.Keys(context.Background(), o.App.ID); err != nil {
			return plan.Result{}, err
		}
	}
	p, err := plan.MakeRotate(spec, w.core.Profile, o, keys, 5, w.okta.Diff)
	if err != nil {
		return plan.Result{}, err
	}
	return w.core.Apply(context.Background(), p)
}

// wrongSignIn is a sign-in that never works.
type wrongSignIn struct{}

func (wrongSignIn) SignIn(_ context.Context, req sso.SignInRequest) (sso.Seen, error) {
	return sso.Seen{Flow: req.Flow, Outcome: sso.OutcomeWrongPassword, Detail: "Authentication failed"}, nil
}

// holds tells which key's certificate the service provider has.
func (w *world) holds(kid string) bool {
	return w.core.Profile.SettingsEqual("public_certificate", w.sp.settings["public_certificate"], pemOf(testCertificate(kid)))
}

func TestRotationMovesBothSidesToTheNewKey(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	calls := 0
	w.core.Calls = func() int { return calls }
	w.okta.fail = func(call string, _ int) (error, error) {
		if call == "switch" {
			calls++
		}
		return nil, nil
	}
	res, err := w.rotate(false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&plan.Rotated{FromKID: "kid1", ToKID: "kid2", GapCalls: 1}, res.Rotated); diff != "" {
		t.Error(diff)
	}
	if w.okta.apps[0].KID != "kid2" || !w.holds("kid2") {
		t.Errorf("Okta signs with %s, new certificate held: %v", w.okta.apps[0].KID, w.holds("kid2"))
	}
	if s := w.keeper.state; s.KID != "kid2" || s.Unfinished != "" {
		t.Errorf("state = %+v", s)
	}
}

func TestTheCertificateIsThereBeforeOktaSignsWithIt(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	w.okta.fail = func(call string, _ int) (error, error) {
		if call == "switch" && !w.holds("kid2") {
			t.Error("Okta switches before the service provider knows the certificate")
		}
		return nil, nil
	}
	if _, err := w.rotate(false); err != nil {
		t.Fatal(err)
	}
}

func TestAFailedProofGoesBackToTheOldPair(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	w.core.SignIn = wrongSignIn{}
	res, err := w.rotate(true)
	if hint.CodeOf(err) != hint.TestFailed || !strings.Contains(strings.Join(hint.Hints(err), " "), "back on the old key") {
		t.Errorf("err = %v", err)
	}
	if w.okta.apps[0].KID != "kid1" || !w.holds("kid1") || res.Rotated != nil {
		t.Errorf("Okta signs with %s, old certificate held: %v", w.okta.apps[0].KID, w.holds("kid1"))
	}
	if s := w.keeper.state; s.Rotation != nil || s.Unfinished != "" || s.KID != "kid1" {
		t.Errorf("state = %+v", s)
	}
}

func TestAnUnusedKeyIsTakenRatherThanAddedTo(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	w.core.SignIn = wrongSignIn{}
	if _, err := w.rotate(true); err == nil {
		t.Fatal("a rotation without a working sign-in passes")
	}
	if _, err := w.rotate(false); err != nil {
		t.Fatal(err)
	}
	if len(w.okta.keys) != 2 || w.okta.apps[0].KID != "kid2" {
		t.Errorf("keys = %v, active %s", w.okta.keys, w.okta.apps[0].KID)
	}
}

func TestARotationThatStopsAnywhereGoesOnWithOneNewKey(t *testing.T) {
	broken := errors.New("500")
	for _, call := range []string{"generate", "values", "switch", "app"} {
		for _, kind := range []string{"before", "after", "answer lost", "request lost"} {
			t.Run(call+" "+kind, func(t *testing.T) {
				w := newWorld(t)
				w.mustSetup(w.spec(nil))
				w.okta.calls = nil
				w.okta.fail = func(c string, _ int) (error, error) {
					if c != call {
						return nil, nil
					}
					switch kind {
					case "before":
						return broken, nil
					case "after":
						return nil, broken
					case "request lost":
						return lostAnswer{}, nil
					}
					return nil, lostAnswer{}
				}
				_, _ = w.rotate(false)
				w.okta.fail = nil
				if _, err := w.rotate(false); err != nil {
					t.Fatal(err)
				}
				if w.okta.apps[0].KID != "kid2" || !w.holds("kid2") {
					// A first run whose every answer was lost may have come to
					// its end; then the second one is another rotation.
					if w.okta.apps[0].KID != "kid3" || !w.holds("kid3") {
						t.Errorf("Okta signs with %s", w.okta.apps[0].KID)
					}
				}
				if n := len(w.okta.keys); n > 3 || (n == 3 && w.okta.apps[0].KID != "kid3") {
					t.Errorf("%d keys", n)
				}
			})
		}
	}
}

func TestRotationIsRefusedWhileTheSidesDoNotAgree(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	w.sp.settings["entity_id"] = "other"
	_, err := w.rotate(false)
	if hint.CodeOf(err) != hint.Refused || len(w.okta.keys) != 1 {
		t.Errorf("err = %v, keys %v", err, w.okta.keys)
	}
}
