package tui_test

import (
	"testing"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/tui"
	"example.com/ssowizard/tui/tuitest"
)

func TestTheImageIsAskedForInTheReview(t *testing.T) {
	tuitest.Run(t, func(t *testing.T) {
		f := newFake(t)
		d := open(t, f, tui.Monochrome, 80, 24)
		toReview(d)
		d.Press("i")
		d.See("Image for the app's tile")
		d.Type("logo.png")
		d.Press("enter", "end")
		d.See("logo.png")
		if got := f.lastJob(t).Answers.Text(ask.Logo); got != "logo.png" {
			t.Errorf("logo %q", got)
		}
		d.Press("i", "ctrl+u")
		d.Type("-")
		d.Press("enter")
		if got := f.lastJob(t).Answers.Text(ask.Logo); got != "" {
			t.Errorf("logo %q after it was taken out", got)
		}
	})
}

func TestOthersLoseAccessOnlyWhenThatIsSaid(t *testing.T) {
	tuitest.Run(t, func(t *testing.T) {
		f := newFake(t)
		f.kept = []tui.Connection{{Org: "acme.okta.com", Name: "net2phone", State: sso.State{Connection: "net2phone", Profile: "net2phone", OrgURL: org,
			Label: "net2phone Sync", Push: "guided", Tester: "ana.lima@acme.example"}}}
		f.status["net2phone"] = plan.ConnectionStatus{Connection: "net2phone", Enabled: true}
		f.world.TestPassword = true
		d := open(t, f, tui.Monochrome, 80, 40)
		d.Press("enter")
		d.See("Identity Engine")
		d.Press("enter", "enter", "enter", "enter")
		d.See("Who may sign in")
		d.Press("space", "enter")
		d.See("Others' access", "stays")
		if f.lastJob(t).Answers.Yes(ask.Exact) {
			t.Error("others lose access without a word")
		}
		d.Press("x")
		d.See("taken away")
		if !f.lastJob(t).Answers.Yes(ask.Exact) {
			t.Error("the plan was not asked for with exact assignments")
		}
		d.Press("x")
		if f.lastJob(t).Answers.Yes(ask.Exact) {
			t.Error("it is not taken back")
		}
	})
}

func TestTheQuestionsOfACaseAreAskedOnlyInIt(t *testing.T) {
	tuitest.Run(t, func(t *testing.T) {
		f := newFake(t)
		f.world.Profiles = append(f.world.Profiles, profile(t, "infobip"))
		d := open(t, f, tui.Monochrome, 80, 40)
		toProvider(d)
		d.Press("down", "enter")
		d.Type("acme")
		d.Press("enter")
		d.See("Identity Engine")
		d.Press("enter")
		d.See("App label")
		d.DontSee("Group filter")
		for range 6 { // to the question about groups
			if before := d.Frame(); before != "" {
				d.Press("right")
			}
			d.Press("tab")
		}
		d.See("Group filter")
	})
}

func TestAWaitIsCountedDownOnAnyScreenAndEnds(t *testing.T) {
	tuitest.Run(t, func(t *testing.T) {
		f := newFake(t)
		limited(f, "Groups")
		d := open(t, f, tui.Monochrome, 80, 24)
		toWho(d)
		d.See("Okta's rate limit for /api/v1/groups is used up", "s left")
		close(f.hold["Groups"])
		d.Pass(30e9)
		d.DontSee("used up")
		d.See("Support EMEA")
	})
}

func TestTakingOverAsksOnlyWhatNeitherSideTells(t *testing.T) {
	walkIn(t, func(f *fake) { untold(t, f) }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toAdopt(d)
		d.Press("enter")
		d.See("Short name", "neither in the app nor at Telnyx")
		given := func() string {
			inputs, err := f.lastJob(t).Answers.InputMap()
			if err != nil {
				t.Fatal(err)
			}
			return inputs["short_name"]
		}
		if got := given(); got != "" {
			t.Errorf("asked before anything was read: %q", got)
		}
		f.adoptErr = nil
		d.Type("acme")
		d.Press("enter", "enter")
		d.See("Taken over: telnyx. Nothing was changed on either side.")
		if got := given(); got != "acme" {
			t.Errorf("short_name is %q", got)
		}
	})
}
