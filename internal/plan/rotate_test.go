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

func TestARunThatIsStoppedInTheGapGivesTheOldCertificateBack(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	spec := plan.SpecOf(w.keeper.state)
	o, err := w.core.Observe(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.MakeRotate(spec, w.core.Profile, o, w.okta.keys, 10, w.okta.Diff)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancelCause(context.Background())
	w.sp.fail = func(call string) error {
		if call == "push" {
			stop(hint.New(hint.Interrupted, "interrupted", ""))
		}
		return nil
	}
	_, err = w.core.Apply(ctx, p)
	if hint.CodeOf(err) != hint.Interrupted || !strings.Contains(strings.Join(hint.Hints(err), " "), "back on the old key") {
		t.Errorf("%v, hints %v", err, hint.Hints(err))
	}
	if !w.holds("kid1") || w.okta.apps[0].KID != "kid1" || w.okta.count("switch") != 0 {
		t.Errorf("Okta signs with %s, old certificate held: %v", w.okta.apps[0].KID, w.holds("kid1"))
	}
	if s := w.keeper.state; s.Rotation != nil || s.SpareKID != "kid2" || s.Unfinished != "" {
		t.Errorf("state = %+v", s)
	}
}

func TestARefusedSwitchGoesBackAlsoWhenOktaCannotBeReadAfterIt(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	dead := false
	w.okta.fail = func(call string, _ int) (error, error) {
		dead = dead || call == "switch"
		if dead {
			return hint.New(hint.NotAllowed, "the token is invalid", ""), nil
		}
		return nil, nil
	}
	_, err := w.rotate(false)
	if hint.CodeOf(err) != hint.Partway || !w.holds("kid1") {
		t.Errorf("%v; old certificate held: %v", err, w.holds("kid1"))
	}
}

func TestASwitchOfUnknownOutcomeIsNotGuessedAt(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	dead := false
	w.okta.fail = func(call string, _ int) (error, error) {
		dead = dead || call == "switch"
		if dead {
			return nil, lostAnswer{}
		}
		return nil, nil
	}
	_, err := w.rotate(false)
	if hint.CodeOf(err) != hint.Partway || !w.holds("kid2") || !strings.Contains(strings.Join(hint.Hints(err), " "), "people may not be able to sign in") {
		t.Errorf("%v, hints %v; new certificate held: %v", err, hint.Hints(err), w.holds("kid2"))
	}
}

func TestAPushThatFailsTellsWhetherPeopleMayBeLockedOut(t *testing.T) {
	refused := errors.New("500")
	tests := []struct {
		name      string
		takes     bool // the service provider holds the new certificate all the same
		readFails bool
		wantHint  string
		holds     string
	}{
		{"nothing was written", false, false, "", "kid1"},
		{"it was written after all", true, false, "", "kid2"},
		{"nobody knows", false, true, "people may not be able to sign in", "kid1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.mustSetup(w.spec(nil))
			pushed := false
			w.sp.fail = func(call string) error {
				switch {
				case call == "push" && tt.takes && !pushed:
					w.sp.settings["public_certificate"] = pemOf(testCertificate("kid2"))
				case call == "read" && pushed && tt.readFails:
				case call != "push":
					return nil
				}
				pushed = true
				return refused
			}
			_, err := w.rotate(false)
			if (err == nil) != tt.takes || !strings.Contains(strings.Join(hint.Hints(err), " "), tt.wantHint) {
				t.Errorf("%v, hints %v", err, hint.Hints(err))
			}
			if !w.holds(tt.holds) || (w.okta.apps[0].KID == "kid2") != tt.takes {
				t.Errorf("Okta signs with %s, %s held: %v", w.okta.apps[0].KID, tt.holds, w.holds(tt.holds))
			}
		})
	}
}

func TestARotationTakesItsOwnKeyAndNoOtherOnes(t *testing.T) {
	made := sso.SigningKey{}
	tests := []struct {
		name   string
		keys   func(w *world) // what is done to the keys after a rotation that went back
		forget bool           // the state knows nothing of it
		want   string
	}{
		{"its own", func(*world) {}, false, "kid2"},
		{"its own, though another one is newer", func(w *world) {
			k := made
			k.KID, k.Created, k.NotAfter = "kid9", made.Created.Add(time.Hour), made.NotAfter.Add(time.Hour)
			w.okta.keys = append(w.okta.keys, k)
		}, false, "kid2"},
		{"on another machine one of the validity that is wanted", func(*world) {}, true, "kid2"},
		{"on another machine none of another validity", func(w *world) { w.okta.keys[1].NotAfter = made.Created.AddDate(2, 0, 0) }, true, "kid3"},
		{"its own is gone", func(w *world) { w.okta.keys = w.okta.keys[:1] }, false, "kid2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.mustSetup(w.spec(nil))
			w.core.SignIn = wrongSignIn{}
			if _, err := w.rotate(true); err == nil {
				t.Fatal("a rotation without a working sign-in passes")
			}
			made = w.okta.keys[1]
			tt.keys(w)
			if tt.forget {
				w.keeper.state.SpareKID = ""
			}
			if _, err := w.rotate(false); err != nil {
				t.Fatal(err)
			}
			if got := w.okta.apps[0].KID; got != tt.want {
				t.Errorf("Okta signs with %s, want %s", got, tt.want)
			}
		})
	}
}

func TestAFullDiskInTheGapStillGivesTheOldCertificateBack(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	full := errors.New("no space left on device")
	w.keeper.fail = func(string) error {
		if w.sp.settings["public_certificate"] != pemOf(testCertificate("kid1")) || w.okta.count("switch") > 0 {
			return full
		}
		return nil
	}
	_, err := w.rotate(false)
	if !errors.Is(err, full) || !w.holds("kid1") || w.okta.apps[0].KID != "kid1" {
		t.Errorf("%v; Okta signs with %s, old certificate held: %v", err, w.okta.apps[0].KID, w.holds("kid1"))
	}
}
