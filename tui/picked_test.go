package tui_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/tui"
	"example.com/ssowizard/tui/tuitest"
)

func TestAGroupThatIsGoneFromOktaIsToldAndCanBeTakenOut(t *testing.T) {
	walkIn(t, func(f *fake) {
		f.gone = "00gdeleted"
		f.world.Drafts = begun(func(d *tui.Draft) {
			d.Place = "Who"
			d.Groups = append(d.Groups, tui.Chosen{ID: "00gdeleted", Name: "Deleted", Ref: "Deleted", People: -1})
			d.People = []tui.Chosen{{ID: "00uleft", Name: "left@acme.example", Ref: "left@acme.example"}}
		})
	}, func(t *testing.T, f *fake, d *tuitest.Driver) {
		d.Press("enter")
		d.See("! Deleted cannot be read in Okta", "(c take it out)")
		d.Press("c")
		d.See("Who is chosen", "› [x] Support EMEA", "[x] Deleted", "[x] left@acme.example")
		d.Press("down", "space", "down", "space")
		d.See("[ ] Deleted", "[ ] left@acme.example")
		d.Press("enter")
		d.See("Chosen: Support EMEA", "1 group chosen")
		d.DontSee("Deleted")
		d.Press("enter")
		d.See("This is what will be done")
		got := f.lastJob(t).Answers
		if diff := cmp.Diff([]string{"Support EMEA"}, got.List(ask.Groups)); diff != "" || len(got.List(ask.Users)) != 0 {
			t.Errorf("groups %s, people %v", diff, got.List(ask.Users))
		}
	})
}

func TestWhoIsTakenOutByMistakeIsPutBack(t *testing.T) {
	walk(t, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toWho(d)
		d.Press("c")
		d.See("Nobody is chosen yet.")
		d.Press("space", "down", "up", "esc", "space", "c", "space", "space", "esc")
		d.See("Chosen: Support EMEA")
	})
}
