package tui

import (
	"slices"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/plan"
)

// begin starts a journey.
type begin struct {
	verb  Verb
	entry Connection
	// status is what both sides said of it, nil where they did not answer.
	status *plan.ConnectionStatus
	draft  Draft
	// straight leads past the service provider, which the draft has; goOn also
	// past every screen that is answered.
	straight, goOn bool
}

// start is the first screen: what there is already, and a new one.
type start struct {
	sized
	env    *env
	draft  Draft
	opened bool
	loaded bool
	err    error
	kept   []Connection
	looked map[string]looked
	cursor int
}

// looked is what both sides said of a connection.
type looked struct {
	status plan.ConnectionStatus
	err    error
}

type keptMsg struct {
	list []Connection
	err  error
}

type lookedMsg struct {
	key string
	looked
}

func newStart(e *env, d Draft) Screen {
	return start{env: e, draft: d, opened: len(e.world.Profiles) > 0, looked: map[string]looked{}}
}

func (s start) Init() tea.Cmd {
	if !s.opened {
		return nil
	}
	e := s.env
	return func() tea.Msg {
		list, err := e.back.Kept(e.ctx)
		return keptMsg{list, err}
	}
}

func keyOf(c Connection) string { return c.Org + "/" + c.Name }

func (s start) Update(msg tea.Msg) (Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case keptMsg:
		s.loaded, s.err = true, msg.err
		// What was stopped part way comes first.
		s.kept = slices.Clone(msg.list)
		slices.SortStableFunc(s.kept, func(a, b Connection) int { return s.rank(a) - s.rank(b) })
		return s, s.lookAtAll()
	case lookedMsg:
		s.looked[msg.key] = msg.looked
	case tea.KeyMsg:
		return s.key(msg)
	}
	return s, nil
}

func (s start) lookAtAll() tea.Cmd {
	var cmds []tea.Cmd
	for _, c := range s.kept {
		if c.Problem != "" {
			continue
		}
		e := s.env
		cmds = append(cmds, func() tea.Msg {
			status, err := e.back.Look(e.ctx, c)
			return lookedMsg{keyOf(c), looked{status, err}}
		})
	}
	return tea.Batch(cmds...)
}

// waits tells whether there is something to go on with: a run that has stopped,
// or answers that were not carried out yet.
func (s start) waits(c Connection) bool {
	_, begun := s.begun(c)
	return begun || c.State.Unfinished != ""
}

func (s start) rank(c Connection) int {
	if s.waits(c) {
		return 0
	}
	return 1
}

// items are the lines to choose from: the unfinished draft, the connections,
// a new one, one that is in Okta already.
func (s start) items() int { return len(s.drafts()) + len(s.kept) + 2 }

func (s start) onAdopt() bool { return s.cursor == s.items()-1 }

// drafts are those that stand in lines of their own: without a connection.
func (s start) drafts() []Draft {
	ds := s.env.world.Drafts
	for _, c := range s.kept {
		if d, ok := s.begun(c); ok {
			ds = without(ds, d)
		}
	}
	return ds
}

// begun is the draft that holds answers for a connection.
func (s start) begun(c Connection) (Draft, bool) {
	ds := s.env.world.Drafts
	i := draftLike(ds, draftOf(c.State, s.orgOf(c)))
	if i < 0 || c.Problem != "" {
		return Draft{}, false
	}
	return ds[i], true
}

// draftHere is the draft under the cursor: in a line of its own, or of a
// connection.
func (s start) draftHere() (Draft, bool) {
	if ds := s.drafts(); s.cursor < len(ds) {
		return ds[s.cursor], true
	}
	if c, ok := s.chosen(); ok {
		return s.begun(c)
	}
	return Draft{}, false
}

func (s start) orgOf(c Connection) string {
	if s.env.world.Sandbox() {
		return s.env.world.SandboxOrg
	}
	return c.State.OrgURL
}

// chosen is the connection under the cursor.
func (s start) chosen() (Connection, bool) {
	i := s.cursor - len(s.drafts())
	if i < 0 || i >= len(s.kept) {
		return Connection{}, false
	}
	return s.kept[i], true
}

func (s start) key(msg tea.KeyMsg) (Screen, tea.Cmd) {
	k := s.env.keys
	if key.Matches(msg, k.Exit) {
		return s, send(leave{})
	}
	if !s.loaded {
		return s, nil
	}
	c, onOne := s.chosen()
	usable := onOne && c.Problem == ""
	switch {
	case key.Matches(msg, k.Down):
		s.cursor = min(s.cursor+1, s.items()-1)
	case key.Matches(msg, k.Up):
		s.cursor = max(s.cursor-1, 0)
	case key.Matches(msg, k.New):
		return s, s.fresh()
	case key.Matches(msg, k.Adopt):
		return s, s.takeOver()
	case key.Matches(msg, k.Enter):
		return s, s.open()
	case key.Matches(msg, k.Delete):
		return s, s.throwAway()
	case !usable:
	case key.Matches(msg, k.Test):
		return s, s.job(Test, c)
	case key.Matches(msg, k.TurnOn):
		return s, s.job(s.switchVerb(c), c)
	case key.Matches(msg, k.Undo):
		return s, s.job(Undo, c)
	case key.Matches(msg, k.Rotate):
		return s, s.job(Rotate, c)
	case key.Matches(msg, k.Details):
		return s, send(overlay{s.differences(c)})
	}
	return s, nil
}

// job begins a job on a kept connection.
func (s start) job(verb Verb, c Connection) tea.Cmd {
	b := begin{verb: verb, entry: c, draft: s.draftFor(c)}
	if l, ok := s.looked[keyOf(c)]; ok && l.err == nil {
		b.status = &l.status
	}
	return send(b)
}

func (s start) takeOver() tea.Cmd {
	return send(begin{verb: Adopt})
}

func (s start) switchVerb(c Connection) Verb {
	on := c.State.EnabledAt != nil
	if l, ok := s.looked[keyOf(c)]; ok && l.err == nil {
		on = l.status.Enabled
	}
	if on {
		return Disable
	}
	return Enable
}

// draftFor is the answers of a kept connection, of which a run that has stopped
// has had all. Those that were given later than its last run, and not carried
// out yet, come first.
func (s start) draftFor(c Connection) Draft {
	d := draftOf(c.State, s.orgOf(c))
	if begun, ok := s.begun(c); ok {
		kept := d
		d = begun.clone()
		if !d.Existing && d.source(ask.Label) == ask.FromProfile { // a default renames nothing
			d.Label = kept.Label
			d.set(ask.Label, ask.FromState)
		}
		d.Existing = d.Existing || c.State.Unfinished == ""
	} else if c.State.Unfinished != "" {
		d.Place = placeName(atReview)
	}
	return d
}

func (s start) open() tea.Cmd {
	if c, ok := s.chosen(); ok {
		if c.Problem != "" {
			return nil
		}
		switch verb := Verb(c.State.Unfinished); verb {
		case Undo, Rotate:
			return s.job(verb, c)
		}
		return send(begin{verb: Setup, draft: s.draftFor(c), straight: true, goOn: s.waits(c)})
	}
	if s.onAdopt() {
		return s.takeOver()
	}
	if d, ok := s.draftHere(); ok {
		return send(begin{verb: Setup, draft: d, straight: true, goOn: true})
	}
	return s.fresh()
}

func (s start) fresh() tea.Cmd { return send(begin{verb: Setup}) }

func (s start) throwAway() tea.Cmd {
	d, ok := s.draftHere()
	if !ok {
		return nil
	}
	return s.env.keepDrafts(without(s.env.world.Drafts, d))
}
