package tui

import (
	"maps"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/plan"
)

// way is a way on from a plan that was refused: its key, what it does, and the
// answer that goes with it.
type way struct {
	key  key.Binding
	what string
	then runAgain
}

// ways are the ways on that the refusal of a plan knows of and the wizard has:
// each makes the plan anew.
func (s *review) ways() []way {
	var out []way
	w, k := plan.WaysOf(s.err), s.env.keys
	setup := s.job.Verb == Setup
	if setup && (w.KeepLabel != "" || len(w.Keep) > 0) {
		out = append(out, way{as(k.Keep, "keep it"), "keep the change: " + s.kept(w), runAgain{how: againReview, keep: &w}})
	}
	if w.Override != "" && !s.draft.Override {
		short := "nevertheless"
		if strings.HasPrefix(w.Override, "set back") {
			short = "set back"
		}
		out = append(out, way{as(k.Override, short), w.Override, runAgain{how: againReview, override: true}})
	}
	if setup && w.Adopt != "" {
		out = append(out, way{as(k.Adopt, "take it over"), "take that app under management, changing nothing in it", runAgain{how: againAdopt, app: w.Adopt}})
	}
	if setup && w.NewApp && !s.draft.NewApp {
		out = append(out, way{as(k.New, "second app"), "make an app of our own beside it", runAgain{how: againReview, newApp: true}})
	}
	return out
}

// kept names the answers that keep somebody's change.
func (s *review) kept(w plan.Ways) string {
	var parts []string
	if w.KeepLabel != "" {
		parts = append(parts, "App label = "+plain(w.KeepLabel))
	}
	p := s.env.world.Profile(s.draft.SP)
	for _, id := range slices.Sorted(maps.Keys(w.Keep)) {
		parts = append(parts, inputLabel(p, id)+" = "+plain(w.Keep[id]))
	}
	return strings.Join(parts, ", ")
}

func inputLabel(p *catalog.Profile, id string) string {
	if p != nil {
		for _, in := range p.Inputs {
			if in.ID == id {
				return plain(in.Label)
			}
		}
	}
	return plain(id)
}

// wayKey takes the key of one of the ways.
func (s *review) wayKey(msg tea.KeyMsg) tea.Cmd {
	for _, w := range s.ways() {
		if key.Matches(msg, w.key) {
			return send(w.then)
		}
	}
	return nil
}

// wayLines offer them.
func (s *review) wayLines() []string {
	var out []string
	for _, w := range s.ways() {
		out = append(out, hang(s.env.theme.Key.Render(w.key.Help().Key)+"  ", w.what, s.width)...)
	}
	if len(out) > 0 {
		out = append(out, "", s.env.theme.Faint.Render("The plan is shown before anything is written."))
	}
	return out
}

// takeWay puts into the draft what goes with a way on.
func (d *Draft) takeWay(r runAgain) {
	d.Override = d.Override || r.override
	d.NewApp = d.NewApp || r.newApp
	if r.keep == nil {
		return
	}
	if r.keep.KeepLabel != "" {
		d.Label = r.keep.KeepLabel
		delete(d.From, ask.Label)
	}
	for id, value := range r.keep.Keep {
		d.answer(id, value)
	}
}
