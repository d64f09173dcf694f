package tui_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/tui"
	"example.com/ssowizard/tui/tuitest"
)

func TestWholeRunTurnsOnOnlyWhenTheLabelIsTyped(t *testing.T) {
	walk(t, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toApply(d)
		d.See("Everything in the plan is done")
		d.Press("enter")
		d.See("It works: both sides agree")
		d.Press("enter")
		d.See("From the moment SSO is on")
		d.Type("net2phone")
		d.Press("enter")
		d.See("That is not the label")
		if got := f.runs(); len(got) != 1 {
			t.Fatalf("%s were run", got)
		}
		d.Type(" Sync")
		d.Press("enter")
		if got := f.runs(); len(got) != 2 || got[1] != tui.Enable {
			t.Fatalf("%s were run", got)
		}
		d.Press("enter")
		d.See("Done. People sign in to net2phone Sync with Okta now.")
		d.Press("y")
		if !strings.HasSuffix(f.copied, "--enable") {
			t.Errorf("the same run is %q", f.copied)
		}
		d.Press("enter")
		if !d.Ended() {
			t.Error("enter does not leave")
		}
		if last := f.drafts[len(f.drafts)-1]; len(last) > 0 {
			t.Error("the draft of finished work is kept")
		}
	})
}

func TestTurningOnSaysWhatThePlanWarnsOfAndCanBeTriedAgain(t *testing.T) {
	walk(t, func(t *testing.T, f *fake, d *tuitest.Driver) {
		f.told = []string{"net2phone Sync has 12 users; ana.lima@acme.example can go on signing in without Okta"}
		toApply(d)
		f.enableErr = lost
		d.Press("enter", "enter")
		d.See("Turn sign-in with Okta on at net2phone Sync?", "Nothing is turned on.")
		f.enableErr = nil
		d.Press("r")
		d.See("From the moment SSO is on", "has 12 users", "Type the app's label")
	})
}

func TestTheLabelIsAskedForWhenAllOfTheConsentHasBeenRead(t *testing.T) {
	tuitest.Run(t, func(t *testing.T) {
		f := newFake(t)
		f.told = []string{strings.Repeat("People may lose something by this. ", 12), "Whoever cannot sign in by then is locked out."}
		d := open(t, f, tui.Monochrome, 60, 20)
		toTested(d)
		d.Press("enter")
		d.DontSee("locked out", "Type the app's label")
		d.See("Read on to the end")
		d.Type("net2phone")
		d.Press("enter")
		if got := f.runs(); len(got) != 1 {
			t.Fatalf("%s were run", got)
		}
		d.Press("pgdown", "pgdown")
		d.See("locked out", "Type the app's label")
		d.Type("net2phone Sync")
		d.Press("enter")
		if got := f.runs(); len(got) != 2 {
			t.Fatalf("%s were run", got)
		}
	})
}

func TestWhatWaitsForSignInToWorkIsAskedForByItself(t *testing.T) {
	for _, yes := range []bool{true, false} {
		walk(t, func(t *testing.T, f *fake, d *tuitest.Driver) {
			f.held = true
			toApply(d)
			d.Press("enter", "enter")
			d.DontSee("Whoever is not assigned is locked out")
			d.Type("net2phone Sync")
			d.Press("enter", "enter")
			d.See("It is on. Turn on Login URL at net2phone Sync too?", "Whoever is not assigned is locked out")
			if !yes {
				d.Press("tab")
				d.See("Done. People sign in to net2phone Sync with Okta now.")
				d.Press("y")
				if !strings.HasSuffix(f.copied, "--enable") {
					t.Errorf("the same run is %q", f.copied)
				}
				return
			}
			d.Type("net2phone Sync")
			d.Press("enter", "enter")
			d.See("Done. People sign in to net2phone Sync with Okta now.")
			if got := f.runs(); len(got) != 3 {
				t.Errorf("%s were run", got)
			}
		})
	}
}

func TestAnotherAnswerIsTriedByItsNumber(t *testing.T) {
	walkIn(t, func(f *fake) { f.events = contested }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toApply(d)
		d.See("Worth a try", "1 Public Certificate: text. Some pages take its text.")
		d.DontSee("--input")
		d.Press("1")
		d.See("This is what will be done")
		if got := f.lastJob(t).Answers.List(ask.Inputs); len(got) != 1 || got[0] != "public_certificate=text" {
			t.Errorf("inputs of the new plan: %q", got)
		}
	})
}

func TestNotNowLeavesItOffAndIsDone(t *testing.T) {
	walk(t, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toApply(d)
		d.Press("enter", "enter", "tab")
		d.See("Done and tested. Sign-in with Okta is not turned on")
	})
}

func TestCtrlCAsksOnceAndStopsCleanly(t *testing.T) {
	walk(t, func(t *testing.T, f *fake, d *tuitest.Driver) {
		var cause error
		f.events = func(ctx context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
			r, err := endless(false)(ctx, p, report)
			cause = context.Cause(ctx)
			return r, err
		}
		toApply(d)
		d.Press("ctrl+c")
		d.See("Stop here?")
		d.Press("n")
		d.DontSee("Stop here?")
		d.Press("ctrl+c", "ctrl+c")
		d.See("You stopped the run", "r try again")
		if hint.CodeOf(cause) != hint.Interrupted {
			t.Errorf("the run ended by %v", cause)
		}
		f.events = passing
		d.Press("r")
		d.See("Everything in the plan is done")
	})
}

func TestAFailureSaysWhatWhyAndWhatToDoAndCanBeTriedAgain(t *testing.T) {
	walkIn(t, func(f *fake) { f.events = failing(plan.StepPush, lost) }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toApply(d)
		d.See("What net2phone Sync: enter Login URL", "Why save settings at net2phone Sync: the connection broke", "To do try again",
			"r try again", "b plan", "q save and quit", "u undo")
		d.Press("b")
		d.See("This is what will be done")
		d.Press("a", "u")
		d.See("This takes back what was set up")
		if f.lastJob(t).Verb != tui.Undo {
			t.Errorf("%s was prepared", f.lastJob(t).Verb)
		}
	})
}

func TestUndoAsksForTheLabelFirst(t *testing.T) {
	walkIn(t, func(f *fake) { connections(t, f) }, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		d.Press("down", "u")
		d.See("This takes back what was set up")
		d.Press("a")
		d.See("Type the app's label to do it: net2phone Sync")
		d.Type("yes")
		d.Press("enter")
		d.See("That is not the label. Nothing was done.")
		d.Press("a")
		d.Type("net2phone Sync")
		d.Press("enter")
		d.See("Everything in the plan is done")
		d.Press("enter")
		d.See("Taken back.")
	})
}

func TestDifferencesThatAreNotKnownAreNotDenied(t *testing.T) {
	walkIn(t, func(f *fake) { connections(t, f); f.hold["Look"] = make(chan struct{}) }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		d.Press("down", "d")
		d.See("still being asked")
		close(f.hold["Look"])
		d.Pass(time.Second)
		d.See("is N2P")
	})
	walkIn(t, func(f *fake) { connections(t, f); f.lookErr = refused }, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		d.Press("down")
		d.See("not looked at")
		d.Press("d")
		d.See("Not known: this connection could not be looked at.", "Invalid token provided")
	})
	walkIn(t, func(f *fake) {
		connections(t, f)
		f.status["net2phone"] = plan.ConnectionStatus{Connection: "net2phone", Tested: true, SwitchUnknown: true}
	}, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		d.Press("down")
		d.See("Sign-in with Okta is on or off, not known")
		d.Press("d")
		d.See("No difference is known.")
		d.DontSee("as they were set up")
	})
}

func TestAPlanThatNoLongerHoldsIsShownAnew(t *testing.T) {
	walkIn(t, func(f *fake) {
		f.events = func(_ context.Context, p *tui.Prepared, _ func(plan.Event)) (plan.Result, error) {
			return plan.Result{}, &tui.Stale{Fresh: p}
		}
	}, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toApply(d)
		d.See("This is what will be done", "Something has changed meanwhile")
	})
}

func TestByHandGoesFromCardToCardToTheEnd(t *testing.T) {
	walkIn(t, func(f *fake) { f.events = byHand }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toApply(d)
		d.See("Over to you at net2phone Sync", "Login URL", "value 1 of 4")
		d.Press("y")
		if !strings.HasPrefix(f.copied, "https://acme.okta.com/app/") {
			t.Errorf("copied %q", f.copied)
		}
		d.Press("enter", "enter", "enter", "enter")
		d.See("Are all values in place and saved?", "Submit")
		d.Press("enter")
		d.See("What did the page say?", "Test Configuration")
		d.Press("n")
		d.See("The test of the page failed")
		d.Press("esc")
		d.See("What did the page say?")
		d.Press("n", "y")
		d.See("Everything in the plan is done")
		d.Press("enter", "enter")
		d.Type("net2phone Sync")
		d.Press("enter")
		d.See("Is the switch as it should be?")
		d.Press("enter")
		if got := f.lastJob(t).Answers.List(ask.Confirmed); !cmp.Equal(got, []string{"sp.push", "test", "sp.enable"}) {
			t.Errorf("confirmed = %q", got)
		}
		d.Press("enter")
		d.See("Done. People sign in to net2phone Sync")
	})
}

func TestWhatAPersonHasDoneCountsForOnePlan(t *testing.T) {
	thenFails := func(ctx context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error) {
		if slices.Contains(p.Plan.Spec.Confirmed, string(plan.StepPush)) {
			return failing(plan.StepAssign, lost)(ctx, p, report)
		}
		return byHand(ctx, p, report)
	}
	for key, see := range map[string]string{"b": "This is what will be done", "u": "This takes back what was set up"} {
		walkIn(t, func(f *fake) { f.events = thenFails }, func(t *testing.T, f *fake, d *tuitest.Driver) {
			toApply(d)
			d.Press("enter", "enter", "enter", "enter")
			d.See("Are all values in place and saved?")
			d.Press("enter")
			if got := f.lastJob(t).Answers.List(ask.Confirmed); !cmp.Equal(got, []string{"sp.push"}) {
				t.Errorf("confirmed = %q", got)
			}
			d.See("r try again", "u undo")
			d.Press(key)
			d.See(see)
			if got := f.lastJob(t).Answers.List(ask.Confirmed); len(got) > 0 {
				t.Errorf("%s: a new plan takes %q for done", key, got)
			}
		})
	}
}

func TestWhatNobodyHasReadIsToldAsConfirmed(t *testing.T) {
	walkIn(t, func(f *fake) { f.unread = true }, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toTested(d)
		d.See("It works: Okta is right, net2phone Sync is set as you confirmed", "the SP's as you confirmed")
		d.DontSee("both sides")
	})
}

func TestCardsThatWerePassedOverAreAskedAbout(t *testing.T) {
	walkIn(t, func(f *fake) { f.events = byHand }, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toApply(d)
		d.Press("right", "right", "right", "right", "enter")
		d.See("Not all values are marked")
	})
}

func TestAFailedTestIsShownWithWhatToDo(t *testing.T) {
	walkIn(t, func(f *fake) { f.events = badTest }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toApply(d)
		d.See("The test failed: 1 of 4 checks", "expected n2p", "got N2P", "in lower case")
		f.events = passing
		d.Press("r")
		d.See("Everything in the plan is done")
	})
}
