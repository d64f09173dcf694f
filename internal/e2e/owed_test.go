package e2e_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// Telnyx is turned on before anybody can sign in there, so that a real sign-in
// has to follow. These tests break that sign-in, or what comes after it.

// switching tells a write that turns the switch at Telnyx.
func switching(req *http.Request) bool {
	return req.Method == http.MethodPatch && strings.Contains(req.URL.Path, "/authentication_providers/")
}

// atTheLogin tells the request with which people begin to sign in at Telnyx.
func atTheLogin(req *http.Request) bool { return strings.HasPrefix(req.URL.Path, "/sso/") }

func TestASignInThatIsOwedIsMadeByTheSameCommand(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		// fault of the first run, by how many writes turned the switch before.
		fault func(switched int, req *http.Request) fault
	}{
		{"killed at the sign-in", func(switched int, req *http.Request) fault {
			if switched > 0 && atTheLogin(req) {
				return killBefore
			}
			return none
		}},
		{"the sign-in fails, and so does turning off", func(switched int, req *http.Request) fault {
			switch {
			case switched > 0 && atTheLogin(req), switched > 1 && switching(req):
				return serverError
			}
			return none
		}},
	}
	for _, tt := range tests {
		for _, mended := range []bool{true, false} {
			name := tt.name + ", mended"
			if !mended {
				name = tt.name + ", not mended"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w, spec, _ := setUp(t, "telnyx", false)
				spec.Enable = true
				core, k := w.start("telnyx")
				switched := 0
				w.wire.fault = func(_ int, req *http.Request) fault {
					if switching(req) {
						switched++
					}
					return tt.fault(switched, req)
				}
				if _, _, err := carryOut(core, spec); err == nil {
					t.Fatal("the first run passes")
				}

				core, _ = w.start("telnyx")
				o, err := core.ObserveAll(context.Background(), spec)
				if err != nil {
					t.Fatal(err)
				}
				if status, err := plan.StatusOf(spec, core.Profile, o, core.Diff, w.clock.Now()); err != nil || status.Tested || !status.Enabled {
					t.Errorf("in between: %+v, %v", status, err)
				}
				signIns := 0
				w.wire.fault = func(_ int, req *http.Request) fault {
					if atTheLogin(req) {
						signIns++
						if !mended {
							return serverError
						}
					}
					return none
				}
				res, _, err := carryOut(core, spec)
				if mended && (err != nil || !res.Tested || !res.Enabled) || !mended && (hint.CodeOf(err) != hint.TestFailed || res.Enabled) {
					t.Errorf("again: %+v, %v", res, err)
				}
				if signIns == 0 {
					t.Error("nobody has signed in")
				}
				state, _, _ := k.Load()
				if state.SignInOwed {
					t.Error("the sign-in is still owed")
				}
				held, err := core.SP.Read(context.Background())
				if err != nil || held.Enabled != mended {
					t.Errorf("on: %v, %v", held.Enabled, err)
				}
			})
		}
	}
}

func TestASettingThatWantsConsentIsNotPassedOver(t *testing.T) {
	t.Parallel()
	w, spec, _ := setUp(t, "cloudtalk", true)
	core, _ := w.start("cloudtalk")
	spec.Inputs["enforce"], spec.Enable = "yes", false
	_, p, err := carryOut(core, spec)
	if err != nil || !strings.Contains(strings.Join(p.Warnings, " "), "--enable gives") {
		t.Errorf("%v, warnings %v", err, p.Warnings)
	}
	core, _ = w.start("cloudtalk")
	spec.Enable = true
	if _, _, err := carryOut(core, spec); err != nil {
		t.Fatal(err)
	}
	if held, err := core.SP.Read(context.Background()); err != nil || held.Settings["enforce"] != "true" {
		t.Errorf("%v, %v", held.Settings, err)
	}
}

func TestNobodyTurnsOnWhatNobodyCanTry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	core, _ := w.start("net2phone")
	core.Profile = profileOf(t, "custom")
	spec := wish("custom", "Custom")
	spec.Push = sso.PushGuided
	spec.Inputs = map[string]string{"acs_url": "https://x.example/acs", "audience": "urn:x"}
	inputs, err := core.Profile.CheckInputs(spec.Inputs)
	if err != nil {
		t.Fatal(err)
	}
	spec.Inputs = inputs
	core.SP = nil
	o := plan.Observed{Groups: map[string]sso.Group{}, People: map[string]sso.Person{}, Tester: &sso.Person{ID: "00u1", Login: "ana", Email: "ana@acme.example"}}
	spec.Groups, spec.Users = nil, nil
	_, err = plan.Make(spec, core.Profile.For(sso.PushGuided), o, core.Diff)
	if hint.CodeOf(err) != hint.Usage || !strings.Contains(strings.Join(hint.Hints(err), " "), "--input login_url=URL") {
		t.Errorf("%v, %v", err, hint.Hints(err))
	}
}

func TestAnAppThatAnotherMachineMadeAtTheSameTimeIsSeenBeforeTurningOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	core, _ := w.start("net2phone")
	spec := wish("net2phone", core.Profile.DefaultLabel)
	ctx := context.Background()
	o, err := core.Observe(ctx, spec)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Make(spec, core.Profile, o, core.Diff)
	if err != nil {
		t.Fatal(err)
	}
	twin := p.WantApp // as the other machine wishes it, with the same mark
	if _, err := core.Okta.CreateApp(ctx, twin); err != nil {
		t.Fatal(err)
	}
	res, err := core.Apply(ctx, p)
	if err == nil || res.Enabled || !strings.Contains(err.Error(), "two Okta apps carry the mark") {
		t.Errorf("%+v, %v", res, err)
	}
	if held, err := core.SP.Read(ctx); err != nil || held.Enabled {
		t.Errorf("on: %v, %v", held.Enabled, err)
	}
}

func TestASwitchThatCannotBeFollowedIsTurnedBackAndSaid(t *testing.T) {
	t.Parallel()
	for _, kind := range []fault{serverError, deadToken, refused} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w, spec, _ := setUp(t, "telnyx", false)
			spec.Enable = true
			core, k := w.start("telnyx")
			switched := 0
			w.wire.fault = func(_ int, req *http.Request) fault {
				if switching(req) {
					switched++
				}
				if switched == 1 && req.Method == http.MethodGet && req.URL.Host != "127.0.0.1:7001" {
					return kind // what follows the switch cannot be read
				}
				return none
			}
			res, _, err := carryOut(core, spec)
			if err == nil || res.Enabled || !strings.Contains(err.Error(), "so it is off again") {
				t.Errorf("%+v, %v", res, err)
			}
			w.wire.fault = nil
			held, readErr := core.SP.Read(context.Background())
			state, _, _ := k.Load()
			if readErr != nil || held.Enabled || state.SignInOwed || state.Proof == nil {
				t.Errorf("on: %v, %v; owed: %v, proof %v", held.Enabled, readErr, state.SignInOwed, state.Proof)
			}
			core, _ = w.start("telnyx")
			if res, _, err := carryOut(core, spec); err != nil || !res.Tested || !res.Enabled {
				t.Errorf("again: %+v, %v", res, err)
			}
		})
	}
}

func TestAnotherCommandThatProvesTheNewKeyEndsItsRotation(t *testing.T) {
	t.Parallel()
	for _, between := range []string{"setup", "test"} {
		t.Run(between, func(t *testing.T) {
			t.Parallel()
			w, spec, appID := setUp(t, "net2phone", true)
			core, _ := w.start("net2phone")
			switches := 0
			w.wire.fault = func(_ int, req *http.Request) fault {
				if req.Method == http.MethodPut && strings.HasSuffix(req.URL.Path, "/api/v1/apps/"+appID) {
					switches++
					return killAfter
				}
				return none
			}
			if err := doRotate(w, core); err == nil || switches != 1 {
				t.Fatalf("%v, %d switches", err, switches)
			}
			core, k := w.start("net2phone")
			state, _, _ := k.Load()
			stopped := state.Rotation.ToKID
			var err error
			if between == "setup" {
				_, _, err = carryOut(core, spec)
			} else {
				var p *plan.Plan
				var o plan.Observed
				if o, err = core.Observe(context.Background(), spec); err == nil {
					if p, err = plan.MakeTest(spec, core.Profile, o, core.Diff); err == nil {
						_, err = core.Apply(context.Background(), p)
					}
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			if state, _, _ = k.Load(); state.Rotation != nil || state.Unfinished != "" {
				t.Errorf("%s leaves %+v, unfinished %q", between, state.Rotation, state.Unfinished)
			}
			core, _ = w.start("net2phone")
			res, err := rotateOnce(core)
			if err != nil || res.Rotated == nil || res.Rotated.FromKID != stopped || res.App.KID == stopped {
				t.Errorf("another rotation: %+v, %v", res, err)
			}
		})
	}
}

func TestOurOwnRotationIsNoDifference(t *testing.T) {
	t.Parallel()
	w, spec, _ := setUp(t, "net2phone", true)
	core, _ := w.start("net2phone")
	ctx := context.Background()
	kept, _, _ := kept(core)
	o, err := core.Observe(ctx, kept)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := core.Okta.Keys(ctx, o.App.ID)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.MakeRotate(kept, core.Profile, o, keys, 10, core.Diff)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := core.Apply(ctx, p); err != nil {
		t.Fatal(err)
	}
	core, _ = w.start("net2phone")
	if o, err = core.ObserveAll(ctx, spec); err != nil {
		t.Fatal(err)
	}
	if status, err := plan.StatusOf(spec, core.Profile, o, core.Diff, w.clock.Now()); err != nil || status.Tested || len(status.Drift) > 0 {
		t.Errorf("%+v, %v", status, err)
	}
}
