package tui_test

import (
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

// inTheWay is a refusal with its ways on, in the words of the commands.
func inTheWay(w plan.Ways) error {
	w.Err = hint.New(hint.Refused, "something is in the way", "ssowizard status net2phone shows both sides; add --override, or --new-app")
	return &w
}

func TestAPlanThatIsRefusedOffersTheWaysOnByKey(t *testing.T) {
	for _, c := range []struct {
		name string
		ways plan.Ways
		see  string
		key  string
		want map[ask.ID]string
	}{
		{"setting back", plan.Ways{Override: "set back what was changed"}, "o set back what was changed", "o", map[ask.ID]string{ask.Override: "true"}},
		{"a second app", plan.Ways{NewApp: true}, "n make an app of our own beside it", "n", map[ask.ID]string{ask.NewApp: "true"}},
		{"keeping a label", plan.Ways{Override: "set it back", KeepLabel: "Phones"}, "k keep the change: App label = Phones", "k", map[ask.ID]string{ask.Label: "Phones"}},
		{"keeping an answer", plan.Ways{Override: "set it back", Keep: map[string]string{"role": "Agent"}}, "k keep the change: role = Agent", "k", map[ask.ID]string{ask.Inputs: "role=Agent"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			walkIn(t, func(f *fake) { f.planErr = inTheWay(c.ways) }, func(t *testing.T, f *fake, d *tuitest.Driver) {
				toReview(d)
				d.See("something is in the way", c.see, "The plan is shown before anything is written.")
				d.DontSee("--", "ssowizard status")
				f.planErr = nil
				d.Press(c.key)
				d.See("This is what will be done")
				got := map[ask.ID]string{}
				for id := range c.want {
					got[id] = f.lastJob(t).Answers.Text(id)
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("the plan was asked for with other answers: %s", diff)
				}
			})
		})
	}
}

func TestTheCommandThatStaysDoesNotSetLaterChangesBack(t *testing.T) {
	walkIn(t, func(f *fake) { f.planErr = inTheWay(plan.Ways{Override: "set back what was changed"}) }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toReview(d)
		f.planErr = nil
		d.Press("o", "y")
		if !strings.Contains(f.copied, " --override") {
			t.Errorf("the plan's command is %q", f.copied)
		}
		d.Press("enter", "a", "enter", "enter", "tab", "y")
		d.See("Copied the command.")
		if strings.Contains(f.copied, "--override") {
			t.Errorf("what stays is %q", f.copied)
		}
	})
}

func TestTakingBackNeverthelessIsOfferedToo(t *testing.T) {
	walkIn(t, func(f *fake) {
		again(f, nil)
		f.planErr = inTheWay(plan.Ways{Override: "take it all back nevertheless"})
	}, func(t *testing.T, f *fake, d *tuitest.Driver) {
		d.Press("u", "enter")
		d.See("something is in the way", "o take it all back nevertheless")
		f.planErr = nil
		d.Press("o")
		d.See("This takes back what was set up")
		d.Press("y")
		if want := "ssowizard undo other --override --org acme.okta.com"; f.copied != want {
			t.Errorf("copied %q, want %q", f.copied, want)
		}
		if job := f.lastJob(t); job.Verb != tui.Undo || job.Answers.Text(ask.Override) != "true" {
			t.Errorf("asked for %s with override %q", job.Verb, job.Answers.Text(ask.Override))
		}
	})
}

func TestSettingBackIsNotTakingBack(t *testing.T) {
	walkIn(t, func(f *fake) {
		f.planErr = inTheWay(plan.Ways{Override: "set back what was changed"})
		f.events = failing(plan.StepPush, lost)
	}, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toReview(d)
		f.planErr = nil
		d.Press("o", "a")
		if got := f.lastJob(t).Answers.Text(ask.Override); got != "true" {
			t.Errorf("set up with override %q", got)
		}
		d.Press("u")
		d.See("This takes back what was set up")
		if got := f.lastJob(t).Answers.Text(ask.Override); got != "" {
			t.Errorf("undone with override %q", got)
		}
	})
}

func TestAnAppInTheWayIsTakenOverWithoutLosingTheAnswers(t *testing.T) {
	walkIn(t, func(f *fake) { f.planErr = inTheWay(plan.Ways{NewApp: true, Adopt: "0oaforeign"}) }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toReview(d)
		d.Press("i")
		d.See("Taken over: net2phone. Nothing was changed on either side.", "› Go on: net2phone · left before the end")
		if job := f.lastJob(t); job.Verb != tui.Adopt || job.AppID != "0oaforeign" || job.Answers.Text(ask.SP) != "net2phone" {
			t.Errorf("taken over with %+v", job)
		}
		f.planErr = nil
		d.Press("enter")
		d.See("This is what will be done", "Support EMEA")
	})
}

func TestAnImageIsNotInTheWayOfTakingAnAppOver(t *testing.T) {
	walkIn(t, func(f *fake) {
		f.world.Drafts = begun(func(d *tui.Draft) { d.Logo = "logo.png" })
		f.planErr = inTheWay(plan.Ways{Override: "make a new app", NewApp: true, Adopt: "0oaforeign"})
	}, func(t *testing.T, f *fake, d *tuitest.Driver) {
		d.Press("enter")
		d.See("o nevertheless", "i take it over")
		d.DontSee("set back", "another image")
		d.Press("i")
		d.See("Taken over: net2phone.")
	})
}

func TestAnAppThatLooksLikeAnotherIsTakenOverWhenThatIsSaid(t *testing.T) {
	walkIn(t, func(f *fake) {
		f.planErr = inTheWay(plan.Ways{NewApp: true, Adopt: "0oaforeign"})
		f.adoptErr = inTheWay(plan.Ways{Override: "take it over all the same"})
	}, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toReview(d)
		d.Press("i")
		d.See("something is in the way", "ctrl+o take it over all the same")
		d.DontSee("--override")
		f.adoptErr = nil
		d.Press("ctrl+o")
		d.See("Taken over: net2phone.")
		if f.lastJob(t).Answers.Text(ask.Override) != "true" {
			t.Error("that was not said")
		}
	})
}

func TestARunThatMeetsARefusalLeadsToItsWaysOn(t *testing.T) {
	walkIn(t, func(f *fake) {
		f.events = failing(plan.StepApp, inTheWay(plan.Ways{Override: "set back what was changed"}))
	}, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toApply(d)
		d.See("something is in the way", "make the plan again: it offers the ways on")
		d.DontSee("--override")
		f.planErr = inTheWay(plan.Ways{Override: "set back what was changed"})
		d.Press("b")
		d.See("o set back what was changed")
	})
}

func TestARefusalWithoutAWayHereKeepsItsHint(t *testing.T) {
	walkIn(t, func(f *fake) {
		f.planErr = hint.New(hint.Refused, "another run is at work", "wait for it to end")
	}, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toReview(d)
		d.See("→ wait for it to end", "Nothing was written.")
		d.DontSee("The plan is shown before")
	})
}

func TestSignInIsTurnedOffAlsoWhileOktaDoesNotAnswer(t *testing.T) {
	away := hint.New(hint.Failed, "acme.okta.com cannot be reached", "")
	walkIn(t, func(f *fake) {
		connections(t, f)
		on := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		f.kept[0].State.EnabledAt = &on
		f.lookErr, f.orgErr = away, away
	}, func(t *testing.T, f *fake, d *tuitest.Driver) {
		d.Press("down", "o")
		d.See("cannot be reached", "enter try again", "ctrl+o go on without Okta")
		d.Press("ctrl+o")
		d.See("This turns sign-in with Okta off")
		if f.lastJob(t).Verb != tui.Disable {
			t.Errorf("%s was prepared", f.lastJob(t).Verb)
		}
	})
	for what, err := range map[string]error{"t": away, "o": refused} { // what needs Okta, and a token that it refuses
		walkIn(t, func(f *fake) {
			connections(t, f)
			f.lookErr, f.orgErr = err, err
		}, func(t *testing.T, _ *fake, d *tuitest.Driver) {
			d.Press("down", what)
			d.See("Address of your Okta org")
			d.DontSee("without Okta")
		})
	}
}
