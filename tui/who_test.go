package tui_test

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/tui"
	"example.com/ssowizard/tui/tuitest"
)

func TestLinesPastedAsKeysAreOneList(t *testing.T) {
	for name, end := range map[string]tea.KeyType{"as most terminals do": tea.KeyEnter, "line feeds": tea.KeyCtrlJ, "out of a table": tea.KeyTab} {
		t.Run(name, func(t *testing.T) {
			walk(t, func(t *testing.T, _ *fake, d *tuitest.Driver) {
				toWho(d)
				d.Press("p")
				var msgs []tea.Msg
				for _, one := range []string{"ben.okafor@acme.example", "nobody@acme.example", "zoe@acme.example"} {
					msgs = append(msgs, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(one)}, tea.KeyMsg{Type: end})
				}
				d.Burst(append(msgs, tea.KeyMsg{Type: tea.KeyEnter})...)
				d.See("2 people added, 1 is unknown", "! nobody@acme.example")
				d.Press("esc")
				d.See("Chosen: ben.okafor@acme.example, zoe@acme.example")
			})
		})
	}
}

func TestOnlyTheLastSearchIsAskedAndLateAnswersAreDropped(t *testing.T) {
	walk(t, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toWho(d)
		gate := make(chan struct{})
		f.hold["Groupss"] = gate
		f.searches = nil
		d.Press("/")
		d.Type("s") // rests, is asked, and gets no answer
		d.Type("upport t")
		d.See("Support tooling")
		d.DontSee("Sales")
		close(gate)
		d.Pass(time.Second)
		d.See("Support tooling")
		d.DontSee("Sales")
		if diff := cmp.Diff([]string{"groups s", "groups support t"}, f.searches); diff != "" {
			t.Errorf("searches at the server: %s", diff)
		}
	})
}

func TestRowsOfTheSearchBeforeCannotBeChosen(t *testing.T) {
	walk(t, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toWho(d)
		gate := make(chan struct{})
		f.hold["Groupssal"] = gate
		d.Press("/")
		d.Type("sal")
		d.See("searching “sal” …")
		d.Press("enter", "down", "space", "enter")
		d.See("searching “sal” …", "Nobody is chosen yet")
		close(gate)
		d.Pass(time.Second)
		d.DontSee("searching")
		d.Press("space")
		d.See("Chosen: Sales")
	})
}

func TestTheListIsPagedAsFarAsOneScrolls(t *testing.T) {
	walkIn(t, func(f *fake) {
		for i := range 40 {
			f.groups = append(f.groups, tui.Group{ID: "00gx" + string(rune('a'+i)), Name: "X" + string(rune('A'+i)), People: i})
		}
	}, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toWho(d)
		before := len(f.searches)
		if before > 4 {
			t.Errorf("%d pages were read for one screen", before)
		}
		d.Press("end", "end", "end", "end", "end", "end", "end")
		if len(f.searches) <= before {
			t.Error("nothing more was read at the end of the list")
		}
	})
}

func TestChosenStayInViewThroughEverySearchAndTab(t *testing.T) {
	walk(t, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toWho(d)
		d.Press("space", "/")
		d.Type("xyz")
		d.See("Nothing in Okta begins with", "Chosen: Support EMEA")
		d.Press("esc", "tab", "space")
		d.See("Chosen: Support EMEA, ana.lima@acme.example", "1 group, 1 person chosen · 3 people get access")
	})
}

func TestGroupsOfOneNameAreNamedByTheirID(t *testing.T) {
	walk(t, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toWho(d)
		d.Press("/")
		d.Type("twins")
		d.Press("enter", "space", "enter")
		d.Press("right", "right", "right", "enter")
		d.See("This is what will be done")
		if got := f.lastJob(t).Answers.List(ask.Groups); !cmp.Equal(got, []string{"00gtwin1"}) {
			t.Errorf("groups = %q", got)
		}
	})
}

func TestNobodyChosenIsAskedAboutOnce(t *testing.T) {
	walk(t, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toWho(d)
		d.Press("enter")
		d.See("Only the tester would get access")
		d.Press("enter")
		d.See("Try a real sign-in")
	})
}

func TestAnUnknownTesterIsToldBeforeThePlan(t *testing.T) {
	walk(t, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toTester(d)
		d.Press("enter")
		d.Type("nobody@acme.example")
		d.Press("enter")
		d.Type("pw")
		d.Press("enter")
		d.See("nobody in Okta has this login")
	})
}
