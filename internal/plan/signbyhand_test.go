package plan_test

import (
	"context"
	"testing"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// person is somebody who makes sign-ins by hand: not there until back is true.
type person struct {
	back     bool
	brought  bool
	outcome  sso.Outcome
	response string
	asked    []sso.SignInRequest
}

func (p *person) SignIn(_ context.Context, req sso.SignInRequest) (sso.Seen, error) {
	p.asked = append(p.asked, req)
	if !p.back {
		return sso.Seen{}, hint.New(hint.Waiting, "waiting for a person", "")
	}
	return sso.Seen{Flow: req.Flow, Outcome: p.outcome, Response: []byte(p.response), RequestID: "_r1"}, nil
}

func (p *person) Brought() bool { return p.brought }

// byHand is a world that is set up and waits for its test by hand.
func byHand(t *testing.T) (*world, *person) {
	t.Helper()
	w, who := newWorld(t), &person{outcome: sso.OutcomeSignedIn}
	w.mustSetup(w.spec(nil))
	w.core.SignIn = who
	return w, who
}

func (w *world) test() (plan.Result, error) {
	w.t.Helper()
	spec := plan.SpecOf(w.keeper.state)
	spec.Test, spec.Tester = sso.TestByHand, "ana@acme.example"
	o, err := w.core.Observe(context.Background(), spec)
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := plan.MakeTest(spec, w.core.Profile, o, w.okta.Diff)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.core.Apply(context.Background(), p)
}

func (w *world) started() int {
	n := 0
	for _, c := range w.sp.calls {
		if c == "starttest" {
			n++
		}
	}
	return n
}

func TestATestByHandGoesOnWhereItWaited(t *testing.T) {
	w, who := byHand(t)
	begun := w.clock.Now()
	if res, err := w.test(); hint.CodeOf(err) != hint.Waiting || res.Tested {
		t.Fatalf("%+v %v", res, err)
	}
	kept := w.keeper.state.ByHand
	if kept == nil || kept.TestID != "t1" || kept.StartURL != "https://sp.example/test" || !kept.At.Equal(begun) {
		t.Fatalf("kept %+v", kept)
	}
	if !who.asked[0].Since.IsZero() {
		t.Errorf("nobody was asked before, but since %s", who.asked[0].Since)
	}
	_ = w.clock.Sleep(context.Background(), 5*time.Minute)
	who.brought = true // the fake's verdict is a decided one
	if _, err := w.test(); hint.CodeOf(err) != hint.Waiting {
		t.Fatal(err)
	}
	if w.started() != 1 || !who.asked[1].Since.Equal(begun) || who.asked[1].StartURL != kept.StartURL {
		t.Errorf("%d tests begun, asked for %+v", w.started(), who.asked[1])
	}
}

func TestATestByHandBeginsAnew(t *testing.T) {
	for name, change := range map[string]func(*world, *person){
		"after an hour":               func(w *world, who *person) { who.brought = true; _ = w.clock.Sleep(context.Background(), time.Hour) },
		"when it is decided":          func(*world, *person) {},
		"when it is lost":             func(w *world, who *person) { who.brought = true; w.sp.fail = failing("verdict") },
		"when the values are others":  func(w *world, who *person) { who.brought = true; w.keeper.state.ByHand.Digest = "other" },
		"when nothing was kept of it": func(w *world, who *person) { who.brought = true; w.keeper.state.ByHand = nil },
	} {
		w, who := byHand(t)
		_, _ = w.test()
		change(w, who)
		_, _ = w.test()
		if w.started() != 2 {
			t.Errorf("%s: %d tests begun", name, w.started())
		}
	}
}

func failing(call string) func(string) error {
	return func(c string) error {
		if c == call {
			return hint.New(hint.Failed, "gone", "")
		}
		return nil
	}
}

func TestAFailedTestByHandIsOverAndItsResponseIsNoProof(t *testing.T) {
	w, who := byHand(t)
	who.back, who.outcome = true, sso.OutcomeSPRefused
	if _, err := w.test(); hint.CodeOf(err) != hint.TestFailed {
		t.Fatal(err)
	}
	if w.keeper.state.ByHand != nil || w.keeper.state.Proof != nil {
		t.Errorf("kept %+v, %+v", w.keeper.state.ByHand, w.keeper.state.Proof)
	}
}

func TestWhatHasProvenATestIsNamedToTheNext(t *testing.T) {
	w, who := byHand(t)
	w.keeper.state.Proof = &sso.Proof{Responses: []string{"id1", "id2"}}
	_, _ = w.test()
	if got := who.asked[0].Used; len(got) != 2 || got[1] != "id2" {
		t.Errorf("used %q", got)
	}
}

func TestNothingIsTurnedOffWhileAPersonIsWaitedFor(t *testing.T) {
	for name, c := range map[string]struct {
		back bool
		on   bool
		code hint.Code
	}{
		"waiting": {false, true, hint.Waiting},
		"refused": {true, false, hint.TestFailed},
	} {
		w, who := byHand(t)
		profile := *w.core.Profile
		profile.Proof = catalog.ProofResponse
		w.core.Profile = &profile
		who.back, who.outcome = c.back, sso.OutcomeSPRefused
		spec := w.spec(func(s *sso.Spec) { s.Enable, s.Test, s.Tester = true, sso.TestByHand, "ana@acme.example" })
		o, err := w.core.Observe(context.Background(), spec)
		if err != nil {
			t.Fatal(err)
		}
		w.keeper.state.Proof = &sso.Proof{Digest: plan.Digest(&profile, *o.App, *o.IdP, o.SP)}
		if o, err = w.core.Observe(context.Background(), spec); err != nil {
			t.Fatal(err)
		}
		p, err := plan.Make(spec, &profile, o, w.okta.Diff)
		if err != nil {
			t.Fatal(err)
		}
		res, err := w.core.Apply(context.Background(), p)
		if hint.CodeOf(err) != c.code || w.sp.enabled != c.on || res.Enabled != c.on {
			t.Errorf("%s: on %v, %+v, %v", name, w.sp.enabled, res, err)
		}
	}
}
