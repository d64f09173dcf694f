package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/plan"
)

// progress is one event of the work that a request stands for.
type progress struct {
	number int
	event  plan.Event
}

// watch runs work in a command of its own. What it reports comes as progress,
// one message at a time: Update asks for each with next. When the work has
// ended and all it reported has been seen, its result comes as the last message.
type watch struct {
	number int
	events chan plan.Event
	result chan tea.Msg
}

// newWatch starts work; its message is the result.
func newWatch(e *env, number int, work func(ctx context.Context, report func(plan.Event)) tea.Msg) (*watch, tea.Cmd) {
	w := &watch{number: number, events: make(chan plan.Event, 64), result: make(chan tea.Msg, 1)}
	e.runs.Add(1)
	run := func() tea.Msg {
		defer e.runs.Done()
		defer close(w.events)
		w.result <- work(e.ctx, func(ev plan.Event) {
			select {
			case w.events <- ev:
			case <-e.ctx.Done(): // nobody looks any more
			}
		})
		return nil
	}
	return w, tea.Batch(run, w.next())
}

// next waits for one event, or for the end.
func (w *watch) next() tea.Cmd {
	return func() tea.Msg {
		if ev, open := <-w.events; open {
			return progress{w.number, ev}
		}
		return <-w.result
	}
}
