package tui_test

import (
	"testing"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/tui"
	"example.com/ssowizard/tui/tuitest"
)

// begun is a draft with all answers for a set-up of which nothing was run.
func begun(more func(*tui.Draft)) []tui.Draft {
	d := &tui.Draft{SP: "net2phone", Org: org, Connection: "net2phone", Label: "net2phone Sync", Place: "Review", NoTest: true,
		Groups: []tui.Chosen{{ID: "00gsupport", Name: "Support EMEA", Ref: "Support EMEA", People: 214}}}
	if more != nil {
		more(d)
	}
	return []tui.Draft{*d}
}

func TestGoingOnLeadsToTheFirstScreenThatLacksAnAnswer(t *testing.T) {
	for _, c := range []struct {
		name  string
		world func(f *fake)
		draft func(d *tui.Draft)
		see   []string
	}{
		{"the plan, where nothing does", nil, nil, []string{"This is what will be done"}},
		{"the plan, from any screen after it", nil, func(d *tui.Draft) { d.Place = "Turn on" }, []string{"This is what will be done"}},
		{"the screen where it was left", nil, func(d *tui.Draft) { d.Place = "Details" }, []string{"› net2phone Sync", "Connection name"}},
		{"an answer that would not be taken", nil, func(d *tui.Draft) { d.Connection = "not a name" }, []string{"Connection name"}},
		{"the password, which is not kept", nil, func(d *tui.Draft) { d.NoTest, d.Tester = false, "ana.lima@acme.example" }, []string{"Password"}},
		{"the key of a settings API", nil, func(d *tui.Draft) { d.Push = sso.PushAPI }, []string{"Settings API"}},
		{"a token that is not found", func(f *fake) { f.tokens = nil }, nil, []string{"Okta API token (not shown)"}},
		{"an org that does not answer", func(f *fake) { f.orgErr = lost }, nil, []string{"the connection broke"}},
		{"rights that are missing", func(f *fake) { f.report.Missing = []tui.Missing{{What: "creating apps"}} }, nil, []string{"Missing: creating apps"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			walkIn(t, func(f *fake) {
				f.world.Drafts = begun(c.draft)
				if c.world != nil {
					c.world(f)
				}
			}, func(t *testing.T, _ *fake, d *tuitest.Driver) {
				d.Press("enter")
				d.See(c.see...)
			})
		})
	}
}

func TestWhatWasPassedIsReachedByBackAndStaysThere(t *testing.T) {
	walkIn(t, func(f *fake) { f.world.Drafts = begun(nil) }, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		d.Press("enter")
		d.See("This is what will be done")
		d.Press("esc")
		d.See("Chosen: Support EMEA")
		d.Press("esc", "esc")
		d.See("Identity Engine", "enter continue")
		d.Press("esc", "enter") // and forward again one by one
		d.See("Identity Engine", "enter continue")
	})
}

func TestATokenTypedOnTheWayLeadsOnPastWhatIsAnswered(t *testing.T) {
	walkIn(t, func(f *fake) { f.world.Drafts, f.tokens = begun(nil), nil }, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		d.Press("enter")
		d.Type("00token")
		d.Press("enter")
		d.See("This is what will be done")
	})
}

func TestBackToTheStartOffersTheAnswersAgain(t *testing.T) {
	walk(t, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toWho(d)
		d.Press("space", "esc", "esc", "esc", "esc")
		d.See("› Go on: net2phone Sync", "up to Who")
		d.Press("enter")
		d.See("Chosen: Support EMEA")
		d.Press("esc", "esc", "esc", "esc", "x")
		d.See("Welcome.", "› Set up a new connection")
		if last := f.drafts[len(f.drafts)-1]; len(last) > 0 {
			t.Errorf("what was thrown away is kept: %+v", last)
		}
	})
}

// again is a connection that stands, and answers for it that were given since.
func again(f *fake, drafts []tui.Draft) {
	f.world.Drafts = drafts
	f.kept = []tui.Connection{
		{Org: "acme.okta.com", Name: "other", State: sso.State{Connection: "other", Profile: "net2phone", OrgURL: org, Label: "Other"}},
		{Org: "acme.okta.com", Name: "net2phone", State: sso.State{Connection: "net2phone", Profile: "net2phone", OrgURL: org, Label: "net2phone Sync"}},
	}
}

func TestADraftAndItsConnectionStandThereOnce(t *testing.T) {
	walkIn(t, func(f *fake) { again(f, begun(nil)) }, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		d.See("› Go on: net2phone · left before the end", "up to Review")
		d.DontSee("Go on: net2phone Sync")
		d.Press("enter")
		d.See("This is what will be done", "Support EMEA")
		d.Press("ctrl+c")
	})
	walkIn(t, func(f *fake) { again(f, begun(nil)) }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		d.See("x throw the answers away")
		d.Press("x")
		d.DontSee("left before the end")
		if len(f.drafts) != 1 || len(f.drafts[0]) > 0 {
			t.Errorf("kept %v", f.drafts)
		}
	})
}

func TestADefaultDoesNotRenameTheAppOfAConnection(t *testing.T) {
	defaults := begun(func(d *tui.Draft) { d.From = map[ask.ID]ask.Source{ask.Label: ask.FromProfile} })
	walkIn(t, func(f *fake) {
		again(f, defaults)
		f.kept[1].State.Label = "Phones"
	}, func(t *testing.T, f *fake, d *tuitest.Driver) {
		d.Press("enter")
		d.See("This is what will be done")
		if got := f.lastJob(t).Answers.Text(ask.Label); got != "Phones" {
			t.Errorf("the app would be called %q", got)
		}
	})
	walkIn(t, func(f *fake) { f.keptLabel = "Phones" }, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toReview(d)
		d.Press("down", "down", "down", "down", "down", "down", "down", "down")
		d.See("App label Phones earlier run")
	})
}

func TestADraftOfAnotherConnectionStandsByItself(t *testing.T) {
	walkIn(t, func(f *fake) { again(f, begun(func(d *tui.Draft) { d.Connection = "third" })) }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		d.See("› Go on: net2phone Sync")
		d.DontSee("left before the end")
		d.Press("down", "enter") // looking through a connection changes no draft
		d.Press("enter", "esc", "esc", "esc")
		d.See("› Go on: net2phone Sync")
		if len(f.drafts) != 0 {
			t.Errorf("kept %+v", f.drafts[0])
		}
	})
}

func TestABeginningOfSomethingElseLosesNoDraft(t *testing.T) {
	other := begun(func(d *tui.Draft) { d.Org, d.Place = "https://elsewhere.okta.com", "Details" })
	walkIn(t, func(f *fake) { f.world.Drafts = other }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		d.See("› Go on: net2phone Sync for elsewhere.okta.com")
		d.Press("n")
		d.See("Which service are people to sign in to")
		d.Press("enter")
		d.See("Address of your Okta org")
		d.Type("acme")
		d.Press("enter")
		d.See("Identity Engine")
		d.Press("esc", "esc")
		d.See("Go on: net2phone Sync for acme.okta.com", "Go on: net2phone Sync for elsewhere.okta.com")
		if last := f.drafts[len(f.drafts)-1]; len(last) != 2 || last[0].Org != org || last[1].Org != other[0].Org {
			t.Errorf("kept %+v", last)
		}
		d.Press("x") // only the one that is chosen
		d.DontSee("Go on: net2phone Sync for acme.okta.com")
		d.See("› Go on: net2phone Sync for elsewhere.okta.com")
	})
}

func TestASecondSetUpOfAServiceProviderLosesNoDraft(t *testing.T) {
	walkIn(t, func(f *fake) { f.world.Drafts = begun(nil) }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		d.Press("n", "enter")
		d.Type("acme")
		d.Press("enter")
		d.See("Identity Engine")
		d.Press("enter")
		d.See("Connection name")
		d.Press("esc", "esc", "esc")
		d.See("Go on: net2phone Sync for acme.okta.com")
		d.Press("n", "enter", "enter")
		d.See("Connection name")
		d.Press("tab", "tab", "ctrl+u")
		d.Type("phones")
		d.Press("enter")
		d.See("Who may sign in with Okta?")
		last := f.drafts[len(f.drafts)-1]
		if older := last[len(last)-1]; last[0].Connection != "phones" || older.Connection != "net2phone" || len(older.Groups) != 1 {
			t.Errorf("kept %+v", last)
		}
	})
}

func TestAChangedAnswerOfAConnectionIsKept(t *testing.T) {
	walkIn(t, func(f *fake) { again(f, nil) }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		d.Press("down", "enter", "enter")
		d.See("net2phone Sync")
		d.Press("ctrl+u")
		d.Type("Phones")
		d.Press("esc", "esc", "esc")
		d.See("› Go on: net2phone · left before the end")
		if len(f.drafts) == 0 || f.drafts[len(f.drafts)-1][0].Label != "Phones" {
			t.Errorf("kept %+v", f.drafts)
		}
	})
}

func TestAnAnswerThatIsChangedBackLeavesNoDraft(t *testing.T) {
	walkIn(t, func(f *fake) { again(f, nil) }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		d.Press("down", "enter", "enter", "ctrl+u")
		d.Type("Phones")
		d.Press("esc")
		if len(f.drafts) == 0 || len(f.drafts[len(f.drafts)-1]) != 1 {
			t.Fatalf("kept %+v", f.drafts)
		}
		d.Press("enter", "ctrl+u")
		d.Type("net2phone Sync")
		d.Press("esc", "esc", "esc")
		d.See("What would you like to do?")
		d.DontSee("left before the end")
		if last := f.drafts[len(f.drafts)-1]; len(last) > 0 {
			t.Errorf("kept %+v", last)
		}
	})
}

func TestAnInterruptedRunIsTakenUpAtItsPlan(t *testing.T) {
	walkIn(t, func(f *fake) {
		again(f, nil)
		f.kept[1].State.Unfinished, f.kept[1].State.Tester, f.world.TestPassword = "setup", "ana.lima@acme.example", true
	}, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		d.See("› Go on: net2phone · setup not finished")
		d.Press("enter")
		d.See("This is what will be done")
	})
}
