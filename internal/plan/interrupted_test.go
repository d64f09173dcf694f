package plan_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// cutOffAtThePush lets the service provider take a push of the certificate of
// kid, and nothing be known of it.
func (w *world) cutOffAtThePush(kid string) {
	down := false
	w.sp.fail = func(call string) error {
		if call == "push" {
			w.sp.settings["public_certificate"], down = pemOf(testCertificate(kid)), true
			return lostAnswer{}
		}
		if down {
			return errors.New("it cannot be reached")
		}
		return nil
	}
}

func TestAPushThatWasCutOffIsNotTakenForSomebodysChange(t *testing.T) {
	w := newWorld(t)
	w.mustSetup(w.spec(nil))
	w.cutOffAtThePush("kid2")
	if _, err := w.rotate(false); hint.CodeOf(err) != hint.Partway {
		t.Fatalf("code %d: %v", hint.CodeOf(err), err)
	}
	w.sp.fail = nil
	if !w.holds("kid2") {
		t.Fatal("the push did not get through")
	}
	p, err := w.planUndo(nil)
	if err != nil {
		t.Fatalf("undo: %v", err)
	}
	if s := p.Step(plan.StepPush); s == nil || s.Action != plan.Delete {
		t.Errorf("undo does not take the settings back: %+v", s)
	}
	w.sp.settings["entity_id"] = "of somebody"
	if _, err := w.planUndo(nil); hint.CodeOf(err) != hint.Refused {
		t.Errorf("somebody's change beside it: %v", err)
	}
	w.sp.settings["entity_id"] = "n2p"
	if _, err := w.rotate(false); err != nil || w.keeper.state.PushingSP != nil {
		t.Errorf("the same command: %v, still pushing %v", err, w.keeper.state.PushingSP)
	}
}

func TestAnAnswerThatCannotChangeStaysOnceAPushMayHaveWrittenIt(t *testing.T) {
	for name, c := range map[string]struct {
		err     error
		written bool
		code    hint.Code
	}{
		"the answer to the push was lost":         {lostAnswer{}, true, hint.Refused},
		"the push was refused":                    {hint.New(hint.Failed, "the short name is taken", ""), false, hint.Done},
		"the push was refused after a part of it": {hint.New(hint.Failed, "the certificate is not one", ""), true, hint.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.core.Profile = profileOf(t, "telnyx")
			spec := func(short string) sso.Spec {
				return w.spec(func(s *sso.Spec) {
					s.Connection, s.Profile, s.Test, s.Inputs = "telnyx", "telnyx", sso.TestNone, map[string]string{"short_name": short, "provider_name": "Okta"}
				})
			}
			w.sp.fail = func(call string) error {
				if call != "push" {
					return nil
				}
				if c.written {
					w.sp.settings = map[string]string{"short_name": "acme"}
				}
				return c.err
			}
			if _, err := w.setup(spec("acme")); err == nil {
				t.Fatal("the push went through")
			}
			w.sp.fail = nil
			_, err := w.plan(spec("globex"))
			if hint.CodeOf(err) != c.code {
				t.Errorf("another short name: code %d, want %d: %v", hint.CodeOf(err), c.code, err)
			}
			if _, err := w.plan(spec("acme")); err != nil {
				t.Errorf("the same: %v", err)
			}
		})
	}
}

// mute is a service provider that never answers a push once it went silent.
type mute struct {
	*fakeSP
	silent bool
}

func (m *mute) Push(ctx context.Context, settings []sso.SPSetting) (sso.SPState, error) {
	if m.silent {
		<-ctx.Done()
		return sso.SPState{}, context.Cause(ctx)
	}
	m.silent = true // from the next one on
	return m.fakeSP.Push(ctx, settings)
}

func TestAWayBackThatNobodyAnswersEndsWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.mustSetup(w.spec(nil))
		w.core.SP, w.core.Clock = &mute{fakeSP: w.sp}, plan.SystemClock{}
		spec := plan.SpecOf(w.keeper.state)
		o, err := w.core.Observe(t.Context(), spec)
		if err != nil {
			t.Fatal(err)
		}
		p, err := plan.MakeRotate(spec, w.core.Profile, o, w.okta.keys, 10, w.okta.Diff)
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		ctx, stop := context.WithTimeoutCause(t.Context(), time.Second, hint.New(hint.TimedOut, "not done", ""))
		defer stop()
		w.okta.fail = func(call string, _ int) (error, error) {
			if call == "switch" {
				<-ctx.Done() // the run is to end in the gap
				return context.Cause(ctx), nil
			}
			return nil, nil
		}
		_, err = w.core.Apply(ctx, p)
		if hint.CodeOf(err) != hint.Partway {
			t.Errorf("code %d: %v", hint.CodeOf(err), err)
		}
		if took := time.Since(begun); took < time.Minute || took > 2*time.Minute {
			t.Errorf("it went on for %s: a rate limit of a minute is to be outlasted, and no more", took)
		}
	})
}

func TestUndoRemindsOfValuesThatWereHandedOver(t *testing.T) {
	w, spec := carried(t, func(*catalog.Profile) {})
	confirmed := spec.Confirmed
	spec.Confirmed = nil
	if _, err := w.setup(spec); hint.CodeOf(err) != hint.Waiting {
		t.Fatalf("code %d: %v", hint.CodeOf(err), err)
	}
	reminds := func() bool {
		p, err := w.planUndo(nil)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(strings.Join(p.Warnings, " "), "take them out there")
	}
	if !reminds() {
		t.Error("nobody is reminded of values that may have been entered")
	}
	spec.Confirmed = confirmed
	w.mustSetup(spec)
	if reminds() {
		t.Error("taking them out is a step of its own once they were said to stand there")
	}
}
