package tui_test

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/tui"
	"example.com/ssowizard/tui/tuitest"
)

func TestAnEmptySecretFieldHasHelpAndOneThatHasBegunTakesTheSign(t *testing.T) {
	walkIn(t, func(f *fake) { f.tokens = nil }, func(t *testing.T, f *fake, d *tuitest.Driver) {
		toOrg(d)
		d.Type("acme")
		d.Press("enter")
		d.See("? help")
		d.Press("?")
		d.See("Help: Okta API token")
		d.Press("esc")
		d.Type("00a?b")
		d.DontSee("Help:")
		d.See("f1 help")
		d.Press("enter")
		if got := f.seen[0].Reveal(); got != "00a?b" {
			t.Errorf("the token was %q", got)
		}
	})
}

func TestKeysThatComeInOneReadAreKeysAndTextStaysText(t *testing.T) {
	burst := func(d *tuitest.Driver, text string) { d.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text)}) }
	walkIn(t, func(f *fake) { connections(t, f) }, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		burst(d, "jjj")
		d.See("› Set up a new connection")
		burst(d, "kk")
		d.See("› net2phone")
	})
	walk(t, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toOrg(d)
		burst(d, "acme?jk")
		d.See("acme?jk")
		d.Press("ctrl+u")
		d.Type("acme")
		d.Press("enter", "enter", "enter", "enter", "enter")
		burst(d, "/sal")
		d.See("search: sal")
	})
	walkIn(t, func(f *fake) { f.events = f.bringing(tui.WantsWord) }, func(t *testing.T, _ *fake, d *tuitest.Driver) {
		toApply(d)
		burst(d, "xy")
		d.See("Everything in the plan is done")
	})
}

func TestHelpListsEscOnlyWhereItLeadsBack(t *testing.T) {
	leads := map[string]func(d *tuitest.Driver){"a field": toOrg, "who": toWho}
	dead := map[string]func(d *tuitest.Driver){
		"turn on": func(d *tuitest.Driver) { toTested(d); d.Press("enter") },
		"done":    func(d *tuitest.Driver) { toTested(d); d.Press("enter", "tab") },
		"a test":  toTested,
	}
	for _, way := range leads {
		walk(t, func(t *testing.T, _ *fake, d *tuitest.Driver) {
			way(d)
			d.Press("f1", "end")
			d.See("esc back ctrl+z")
		})
	}
	for _, way := range dead {
		walk(t, func(t *testing.T, _ *fake, d *tuitest.Driver) {
			way(d)
			d.Press("f1", "end")
			d.See("ctrl+z suspend")
			d.DontSee("esc back ctrl+z")
		})
	}
}
