package tui

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// apply carries a plan out and shows how it goes.
type apply struct {
	sized
	env    *env
	job    Job
	spName string
	p      *Prepared
	number int

	preparing, running, over bool
	stopping                 bool
	stop                     context.CancelCauseFunc
	watch                    *watch
	errand                   errand
	person                   *byHand // what a person is asked, nil for nothing

	steps    []stepRow
	findings []sso.Finding
	warnings []string
	log      []plan.Event
	showLog  bool
	offset   int
	above    int // lines out of view
	handoff  *plan.Handoff
	end      ran
	begun    time.Time
	at       time.Time
}

// stepRow is one step as it stands.
type stepRow struct {
	id      plan.StepID
	summary string
	status  plan.Status // "" before it has begun
	begun   time.Time
	elapsed time.Duration
	detail  string
	until   time.Time // of a wait
}

// Messages of a run.
type (
	runOver struct {
		number int
		ran
	}
	// runAgain asks the root for another way on after a run.
	runAgain struct {
		how      againHow
		override bool
		newApp   bool
		keep     *plan.Ways  // the answers that keep somebody's change
		app      string      // to take over
		answer   *sso.Other  // another answer to try
		way      sso.TestWay // another way to test
	}
)

type againHow int

const (
	againRun againHow = iota
	againReview
	againUndo
	againTester // somebody else tries it, or with another password
	againAdopt  // take an app that is in the way under management
	againOff    // turn off what was turned on in vain
)

func newApply(e *env, job Job, p *Prepared, spName string) Screen {
	return &apply{env: e, job: job, p: p, spName: spName}
}

func (s *apply) Init() tea.Cmd {
	s.number = s.env.request()
	if s.p != nil {
		return s.run()
	}
	s.preparing = true
	n, e, job := s.number, s.env, s.job
	var cmd tea.Cmd
	s.watch, cmd = newWatch(e, n, func(ctx context.Context, report func(plan.Event)) tea.Msg {
		p, err := e.back.Prepare(ctx, job, report)
		return prepared{n, p, err}
	})
	return tea.Batch(ticking(), cmd)
}

// run begins the run.
func (s *apply) run() tea.Cmd {
	runCtx, stop := context.WithCancelCause(s.env.ctx)
	s.preparing, s.running, s.stop = false, true, stop
	s.steps, s.warnings = nil, nil
	for _, step := range s.p.Plan.Steps {
		if step.Action != plan.None {
			s.steps = append(s.steps, stepRow{id: step.ID, summary: plain(step.Summary)})
		}
	}
	n, e, p := s.number, s.env, s.p
	s.errand, s.person = newErrand(), nil
	errand := s.errand
	var cmd tea.Cmd
	s.watch, cmd = newWatch(e, n, func(_ context.Context, report func(plan.Event)) tea.Msg {
		defer close(errand.over)
		res, err := e.back.Run(runCtx, p, report, errand)
		if err != nil && context.Cause(runCtx) == errInterrupted { //nolint:errorlint // this very one
			err = errInterrupted // whatever the calls made of it
		}
		return runOver{n, ran{prepared: p, result: res, err: err}}
	})
	return tea.Batch(ticking(), cmd, errand.next(n))
}

func (s *apply) Update(msg tea.Msg) (Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case prepared:
		if msg.number != s.number {
			return s, nil
		}
		if msg.err != nil {
			s.preparing = false
			return s, send(ran{err: msg.err})
		}
		s.p = msg.p
		return s, s.run()
	case progress:
		if msg.number == s.number {
			s.took(msg.event)
			return s, s.watch.next()
		}
	case handed:
		if msg.number == s.number {
			s.person = newByHand(s.env, s.spName, msg.asked)
			s.person.sized = s.sized
		}
	case runOver:
		if msg.number == s.number {
			s.person = nil
			msg.handoff, msg.findings, msg.warnings, msg.log = s.handoff, s.findings, s.warnings, s.log
			s.stop(nil)
			return s, send(msg.ran)
		}
	case ran:
		return s, s.ended(msg)
	case tick:
		s.at = msg.at
		if s.preparing || s.running {
			return s, ticking()
		}
	case typed:
		if s.person != nil {
			s.person.text += msg.text
		}
	case tea.KeyMsg:
		if s.person != nil {
			answered, cmd := s.person.key(msg)
			if answered {
				s.person = nil
				cmd = s.errand.next(s.number)
			}
			return s, cmd
		}
		return s, s.key(msg)
	}
	return s, nil
}

// ended looks at how the run came out: what leads to another screen goes there.
func (s *apply) ended(msg ran) tea.Cmd {
	s.running, s.preparing, s.over, s.end = false, false, true, msg
	var stale *Stale
	switch code := hint.CodeOf(msg.err); {
	case errors.As(msg.err, &stale):
		return tea.Sequence(send(runAgain{how: againReview}), send(say{"Something has changed meanwhile: this is the new plan."}))
	case code == hint.Waiting && msg.handoff != nil, code == hint.TestFailed:
		return send(done{atApply})
	}
	return nil
}

// took notes one event.
func (s *apply) took(ev plan.Event) {
	s.log = append(s.log, ev)
	if s.begun.IsZero() {
		s.begun = ev.Time
	}
	if ev.Time.After(s.at) {
		s.at = ev.Time
	}
	switch ev.Kind {
	case plan.EventCheck:
		if ev.Check != nil {
			s.findings = append(s.findings, *ev.Check)
		}
	case plan.EventHandoff:
		s.handoff = ev.Handoff
	case plan.EventStep:
		s.tookStep(ev)
	case plan.EventWarning:
		if s.p == nil || !slices.Contains(s.p.Plan.Warnings, ev.Detail) { // else the review has shown it
			s.warnings = append(s.warnings, plain(ev.Detail))
		}
	}
}

func (s *apply) tookStep(ev plan.Event) {
	if s.preparing { // there are no steps yet, only what their making waits for
		s.steps = []stepRow{{id: ev.Step, status: ev.Status, detail: plain(ev.Detail), until: ev.Until}}
		return
	}
	i := -1
	for j := range s.steps {
		if s.steps[j].id == ev.Step {
			i = j
		}
	}
	if i < 0 {
		if ev.Status == plan.Skipped {
			return // nothing to do was no line of the plan
		}
		s.steps = s.inOrder(stepRow{id: ev.Step, summary: s.summary(ev)})
		for j := range s.steps {
			if s.steps[j].id == ev.Step {
				i = j
			}
		}
	}
	row := &s.steps[i]
	row.status, row.until = ev.Status, time.Time{}
	switch ev.Status {
	case plan.Started:
		row.begun = ev.Time
	case plan.Waiting, plan.Retrying:
		row.detail, row.until = plain(ev.Detail), ev.Until
	default:
		row.detail, row.elapsed = plain(ev.Detail), ev.Elapsed
	}
}

func (s *apply) summary(ev plan.Event) string {
	if step := s.p.Plan.Step(ev.Step); step != nil {
		return plain(step.Summary)
	}
	return plain(string(ev.Step))
}

// inOrder puts a step where the plan has it.
func (s *apply) inOrder(add stepRow) []stepRow {
	have := map[plan.StepID]stepRow{add.id: add}
	for _, r := range s.steps {
		have[r.id] = r
	}
	var out []stepRow
	for _, step := range s.p.Plan.Steps {
		if r, ok := have[step.ID]; ok {
			out = append(out, r)
			delete(have, step.ID)
		}
	}
	for _, r := range s.steps {
		if _, left := have[r.id]; left {
			out = append(out, r)
		}
	}
	if _, left := have[add.id]; left && s.p.Plan.Step(add.id) == nil {
		out = append(out, add)
	}
	return out
}

// Busy tells whether quitting would stop something.
func (s *apply) Busy() bool { return s.running && !s.stopping }

// Stop ends the run cleanly: the step at work comes to its end.
func (s *apply) Stop() (Screen, tea.Cmd) {
	if !s.running {
		return s, nil
	}
	s.stopping = true
	s.stop(errInterrupted)
	return s, nil
}

// errInterrupted is the reason of a run that a person has stopped.
var errInterrupted = hint.New(hint.Interrupted, "stopped", "the same run goes on from here: start ssowizard again")

func (s *apply) SetSize(w, h int) Screen {
	s.sized = sized{w, h}
	if s.person != nil {
		s.person.sized = s.sized
	}
	return s
}
func (s *apply) Title() string              { return "Apply" }
func (s *apply) Captures(k tea.KeyMsg) bool { return s.person != nil && s.person.captures(k) }
func (s *apply) Keep(*Draft)                {}

// Note tells what there is more to read: of what a person is asked below, of the
// steps above.
func (s *apply) Note() string {
	switch {
	case s.person != nil:
		return s.person.note()
	case s.above > 0:
		return "↑ " + plural(s.above, "more line", "more lines")
	}
	return ""
}
