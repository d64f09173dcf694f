package tui

import (
	"context"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/plan"
)

// turnOn asks for consent in the profile's words, with what both sides say of
// it now, and for the app's label typed out: it changes how everybody signs in.
// What waits until that has worked is asked for the same way, by itself.
type turnOn struct {
	sized
	env     *env
	journey journey
	job     Job
	label   string
	consent string
	spName  string
	field   *field
	agreed  bool

	number  int
	loading bool
	at      tick
	watch   *watch
	wait    stepRow // what the reading waits for
	p       *Prepared
	err     error
	offset  int
	total   int // lines of the last view, and the room for them
	room    int
	read    bool // all that is consented to has been on the screen
}

func newTurnOn(e *env, j journey, job Job) Screen {
	s := &turnOn{env: e, journey: j, job: job, label: j.draft.Label, spName: plain(j.draft.SP)}
	if p := j.world.Profile(j.draft.SP); p != nil {
		s.consent, s.spName = p.Consent, p.Name
	}
	if a := j.last.result.App; a != nil {
		s.label = a.Label
	}
	if p := j.last.prepared; p != nil && p.Job.Verb == Enable && j.last.result.Command == "" {
		s.p = p // just reviewed
	}
	s.ask()
	return s
}

// ask makes the field anew: which label is wanted shows when the plan is there.
func (s *turnOn) ask() {
	if s.p != nil && s.p.Plan.Observed.App != nil {
		s.label = s.p.Plan.Observed.App.Label
	}
	s.label = plain(s.label)
	s.field = textField(s.env, "Type the app's label to turn it on: "+s.label, "")
}

func (s *turnOn) Init() tea.Cmd {
	if s.p != nil {
		return s.field.enter()
	}
	return s.load()
}

func (s *turnOn) load() tea.Cmd {
	s.number = s.env.request()
	s.loading, s.err, s.wait = true, nil, stepRow{}
	n, e, job := s.number, s.env, s.job
	var cmd tea.Cmd
	s.watch, cmd = newWatch(e, n, func(ctx context.Context, report func(plan.Event)) tea.Msg {
		p, err := e.back.Prepare(ctx, job, report)
		return prepared{n, p, err}
	})
	return tea.Batch(ticking(), cmd)
}

func (s *turnOn) Update(msg tea.Msg) (Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case prepared:
		if msg.number != s.number {
			return s, nil
		}
		s.loading, s.p, s.err, s.read = false, msg.p, msg.err, false
		if s.err != nil {
			return s, nil
		}
		s.ask()
		return s, s.field.enter()
	case progress:
		if msg.number == s.number {
			s.wait = stepRow{detail: plain(msg.event.Detail), until: msg.event.Until}
			return s, s.watch.next()
		}
		return s, nil
	case tick:
		if s.at = msg; s.loading {
			return s, ticking()
		}
		return s, nil
	case tea.KeyMsg:
		return s, s.key(msg)
	}
	if s.p == nil {
		return s, nil
	}
	return s, (&form{env: s.env, fields: []*field{s.field}}).pass(msg)
}

func (s *turnOn) key(k tea.KeyMsg) tea.Cmd {
	keys := s.env.keys
	switch {
	case k.Type == tea.KeyTab:
		return send(done{atTurnOn})
	case s.loading:
	case s.err != nil && (key.Matches(k, keys.Retry) || key.Matches(k, keys.Enter)):
		return s.load()
	case s.err != nil && key.Matches(k, keys.Exit):
		return send(leave{})
	case s.err != nil:
	case !s.measure():
		s.readOn(k)
	case k.Type == tea.KeyEnter:
		if strings.Join(strings.Fields(s.field.text()), " ") != s.label {
			return send(say{s.env.theme.Bad.Render("✗ ") + "That is not the label; nothing was turned on."})
		}
		s.agreed = true
		return send(done{atTurnOn})
	case k.Type == tea.KeyDown:
		s.offset++
	case k.Type == tea.KeyUp:
		s.offset = max(s.offset-1, 0)
	default:
		return (&form{env: s.env, fields: []*field{s.field}}).pass(k)
	}
	return nil
}

// waits tells whether sign-in with Okta is on already, so that this is about
// what waits for it.
func (s *turnOn) waits() bool { return s.p != nil && s.p.Plan.Observed.SP.Enabled }

func (s *turnOn) title() string {
	if !s.waits() {
		return "Turn sign-in with Okta on at " + s.spName + "?"
	}
	var what []string
	if step := s.p.Plan.Step(plan.StepEnable); step != nil && s.p.Plan.Profile != nil {
		for _, c := range step.Changes {
			what = append(what, s.p.Plan.Profile.Labels()[c.Field])
		}
	}
	if len(what) == 0 {
		return "Sign-in with Okta is on at " + s.spName
	}
	return "It is on. Turn on " + plain(strings.Join(what, ", ")) + " at " + s.spName + " too?"
}

func (s *turnOn) View() string {
	t := s.env.theme
	head := append(styled(t.Strong, s.title(), s.width), "")
	var body, tail []string
	switch {
	case s.loading:
		body = []string{t.Accent.Render(spinner(s.at.at)) + " Reading both sides …", "", t.Faint.Render("Nothing is written by this.")}
		if s.wait.detail != "" {
			body = append(body, waitLines(t, s.wait, s.at.at, s.width)...)
		}
		s.total, s.room = len(body), max(s.height-len(head), 1)
	case s.err != nil:
		body = append(failureLines(t, s.err, s.width), "", t.Faint.Render("Nothing is turned on."))
		s.total, s.room = len(body), max(s.height-len(head), 1)
	default:
		s.measure()
		body, tail = s.warnings(), s.asked()
	}
	s.offset = min(s.offset, max(s.total-s.room, 0))
	shown, _ := window(body, -1, s.offset, s.room)
	return fill(append(append(head, shown...), tail...), s.width, s.height)
}

// asked is the field for the label. What is consented to is read first: as long
// as there is more of it, that stands in the field's place.
func (s *turnOn) asked() []string {
	t := s.env.theme
	field := append([]string{""}, strings.Split(s.field.field.WithWidth(s.width).View(), "\n")...)
	if !s.read {
		out := make([]string, len(field))
		out[1] = t.Strong.Render(fit("Read on to the end (↓); then the app's label is asked for.", s.width))
		return out
	}
	later := append([]string{""}, styled(t.Faint, "tab leaves it off; it can be turned on any time later.", s.width)...)
	if s.total+len(field)+len(later) <= s.space() {
		return append(field, later...)
	}
	return field
}

// space is how many lines there are under the title.
func (s *turnOn) space() int {
	return s.height - len(styled(s.env.theme.Strong, s.title(), s.width)) - 1
}

// measure finds out how much of what is consented to is in view, and tells
// whether all of it has been.
func (s *turnOn) measure() bool {
	s.total = len(s.warnings())
	s.room = max(s.space()-len(s.asked()), 1)
	s.read = s.read || s.offset+s.room >= s.total
	s.room = max(s.space()-len(s.asked()), 1)
	return s.read
}

// readOn scrolls; the keys that would answer lead further down.
func (s *turnOn) readOn(k tea.KeyMsg) {
	keys := s.env.keys
	switch {
	case k.Type == tea.KeyEnter, k.Type == tea.KeySpace, key.Matches(k, keys.PageDown):
		s.offset += max(s.room-1, 1)
	case key.Matches(k, keys.Down):
		s.offset++
	case key.Matches(k, keys.Up):
		s.offset = max(s.offset-1, 0)
	}
	s.offset = min(s.offset, max(s.total-s.room, 0))
	s.measure()
}

// warnings are what is consented to.
func (s *turnOn) warnings() []string {
	var all []string
	if !s.waits() && s.consent != "" {
		all = append(all, s.consent)
	}
	var out []string
	for _, w := range append(all, s.p.Plan.Warnings...) {
		out = append(out, hang(s.env.theme.Warn.Render("! "), onScreens(s.p.Plan.Profile, plain(w)), s.width)...)
	}
	return out
}

// Note tells that there is more to read.
func (s *turnOn) Note() string { return moreBelow(s.total, s.offset, s.room) }

func (s *turnOn) asking() bool { return !s.loading && s.err == nil }

func (s *turnOn) SetSize(w, h int) Screen { s.sized = sized{w, h}; return s }
func (s *turnOn) Title() string           { return "Turn on" }
func (s *turnOn) Captures(k tea.KeyMsg) bool {
	return s.asking() && (k.Type == tea.KeyRunes && k.String() != "?" || k.Type == tea.KeySpace)
}
func (s *turnOn) ShortHelp() []key.Binding {
	k, notNow := s.env.keys, bind("tab", "not now", "tab")
	switch {
	case s.loading:
		return keymap(notNow)
	case s.err != nil:
		return keymap(k.Retry, notNow, as(k.Exit, "save and quit"))
	}
	if !s.read {
		return keymap(bind("↓", "read on", "down"), notNow)
	}
	out := keymap(as(k.Enter, "turn on"), notNow)
	if s.total > s.room {
		out = append(out, bind("↑↓", "scroll", "up", "down"))
	}
	return out
}
func (s *turnOn) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }
func (s *turnOn) Explain() Explanation {
	return Explanation{Title: "Turn on", Literal: s.asking(), What: s.consent + "\nBefore it is turned on both sides are read once more; it happens only when they still hold what the test has passed for."}
}

// Keep notes that it was agreed to. What was left off after all is not wished
// for any more, so that the same run as a command does not turn it on.
func (s *turnOn) Keep(d *Draft) {
	d.TurnedOn = d.TurnedOn || s.agreed
	if s.agreed || !s.waits() {
		return
	}
	for _, id := range s.p.Plan.LateInputs() {
		delete(d.Inputs, id)
	}
}
