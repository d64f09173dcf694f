package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/words"
)

// test shows what the test came to, or asks a person for it.
type test struct {
	sized
	env     *env
	journey journey
	profile *catalog.Profile
	offset  int
	total   int // lines of the last view, and the room for them
	room    int
	failed  bool // a person says so
	passed  bool
}

func newTest(e *env, j journey) Screen {
	return &test{env: e, journey: j, profile: j.world.Profile(j.draft.SP)}
}

func (s *test) Init() tea.Cmd { return nil }

// byHand tells whether a person runs the test.
func (s *test) byHand() bool { return s.journey.last.handoff != nil }

func (s *test) ok() bool { return s.journey.last.err == nil }

func (s *test) Update(msg tea.Msg) (Screen, tea.Cmd) {
	k, isKey := msg.(tea.KeyMsg)
	if !isKey {
		return s, nil
	}
	keys := s.env.keys
	switch {
	case key.Matches(k, keys.Down):
		s.offset++
	case key.Matches(k, keys.Up):
		s.offset = max(s.offset-1, 0)
	case key.Matches(k, keys.PageDown):
		s.offset += max(s.height-2, 1)
	case key.Matches(k, keys.PageUp):
		s.offset = max(s.offset-max(s.height-2, 1), 0)
	case key.Matches(k, keys.Exit):
		return s, send(leave{})
	case s.byHand():
		return s.handKey(k)
	case s.ok() && key.Matches(k, keys.Enter):
		return s, send(done{atTest})
	case s.ok():
	case key.Matches(k, keys.Retry), key.Matches(k, keys.Enter):
		return s, send(runAgain{how: againRun})
	case key.Matches(k, backToPlan):
		return s, send(runAgain{how: againReview})
	case key.Matches(k, keys.Undo) && s.journey.verb == Setup:
		return s, send(runAgain{how: againUndo})
	}
	return s, nil
}

func (s *test) handKey(k tea.KeyMsg) (Screen, tea.Cmd) {
	switch k.String() {
	case "y":
		s.passed = true
		return s, send(done{atTest})
	case "n":
		s.failed, s.offset = true, 0
	}
	return s, nil
}

func (s *test) View() string {
	head := s.head()
	body := s.body()
	room := s.height - len(head)
	s.offset = min(s.offset, max(len(body)-room, 0))
	s.total, s.room = len(body), room
	shown, _ := window(body, -1, s.offset, room)
	return fill(append(head, shown...), s.width, s.height)
}

func (s *test) head() []string {
	t, r := s.env.theme, s.journey.last
	switch {
	case s.failed:
		return []string{t.Bad.Render("✗ ") + t.Strong.Render("The test of the page failed"), ""}
	case s.byHand():
		return []string{t.Strong.Render("Over to you: the service provider's own test"), ""}
	case !s.ok():
		n := 0
		for _, f := range r.findings {
			if !f.OK {
				n++
			}
		}
		return []string{t.Bad.Render("✗ ") + t.Strong.Render(fit("The test failed: "+itoa(n)+" of "+plural(len(r.findings), "check", "checks"), s.width-2)), ""}
	case r.result.Tested:
		return append(styledHang(t.Strong, t.Good.Render("✓ "), "It works: both sides agree, and a real sign-in went through", s.width), "")
	}
	return []string{t.Warn.Render("! ") + t.Strong.Render("Set up, but not tested"), ""}
}

func (s *test) body() []string {
	t, r := s.env.theme, s.journey.last
	labels := map[string]string{}
	if s.profile != nil {
		labels = s.profile.Labels()
	}
	switch {
	case s.failed:
		return s.troubles()
	case s.byHand():
		return s.byHandLines()
	case !s.ok():
		var bad, good []sso.Finding
		for _, f := range r.findings {
			if f.OK {
				good = append(good, f)
			} else {
				bad = append(bad, f)
			}
		}
		out := checkLines(t, bad, labels, s.width)
		if len(r.findings) == 0 {
			out = failureLines(t, r.err, s.width)
		}
		out = append(out, "", t.Faint.Render("What passed"))
		return append(out, checkLines(t, good, labels, s.width)...)
	case r.result.Tested && len(r.findings) == 0:
		return wrap("A test has passed before for exactly the values that both sides hold now.", s.width)
	case r.result.Tested:
		return checkLines(t, r.findings, labels, s.width)
	}
	text := "Without a passed test sign-in with Okta is not turned on."
	if r.prepared != nil && r.prepared.TestSkipped != "" {
		text = plain(r.prepared.TestSkipped) + ". " + text
	}
	return wrap(text+" Start again and choose somebody who tries it.", s.width)
}

func (s *test) byHandLines() []string {
	t := s.env.theme
	var out []string
	if h := s.journey.last.handoff; h.Page != "" {
		out = append(out, hang("Page   ", plain(h.Page), s.width)...)
	}
	if s.profile != nil && s.profile.Portal != nil {
		for _, b := range s.profile.Portal.Buttons {
			if b.Effect == catalog.EffectTest {
				out = append(out, pressLines(t, b, s.width)...)
			}
		}
	}
	return append(out, "", t.Strong.Render("What did the page say?"), "", "y  it passed", "n  it failed: what to look at")
}

// troubles are the profile's own advice, by what is seen.
func (s *test) troubles() []string {
	t := s.env.theme
	out := []string{"What is seen, and what to do about it:", ""}
	if s.profile == nil {
		return out
	}
	for _, tr := range s.profile.Troubleshooting {
		out = append(out, hang("· ", plain(tr.Symptom), s.width)...)
		out = append(out, hang(t.Accent.Render("  → "), plain(tr.Advice), s.width)...)
	}
	return append(out, "", "y when it has passed")
}

// Note tells that there is more to read.
func (s *test) Note() string { return moreBelow(s.total, s.offset, s.room) }

func (s *test) SetSize(w, h int) Screen  { s.sized = sized{w, h}; return s }
func (s *test) Title() string            { return "Test" }
func (s *test) Captures(tea.KeyMsg) bool { return false }

func (s *test) ShortHelp() []key.Binding {
	k := s.env.keys
	scroll := bind("↑↓", "scroll", "up", "down")
	switch {
	case s.byHand():
		return keymap(bind("y", "passed", "y"), bind("n", "failed", "n"), scroll, as(k.Exit, "save and quit"))
	case s.ok():
		return keymap(k.Enter, scroll)
	}
	out := keymap(k.Retry, backToPlan, as(k.Exit, "save and quit"))
	if s.journey.verb == Setup {
		out = append(out, k.Undo)
	}
	return append(out, scroll)
}
func (s *test) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }

func (s *test) Explain() Explanation {
	return Explanation{Title: "Test", What: "First the settings of both sides are compared with what is wanted, then somebody really signs in, and Okta's answer is held against what the service provider has. " +
		"A passed test is kept with exactly these values; when one of them changes, it counts no more."}
}

func (s *test) Keep(d *Draft) {
	if s.passed && s.byHand() {
		d.confirm(s.journey.last.handoff.Step)
	}
}

// turnOn asks for consent in the profile's words, and for the app's label typed
// out: it changes how everybody signs in.
type turnOn struct {
	sized
	env     *env
	journey journey
	label   string
	consent string
	spName  string
	field   *field
	agreed  bool
}

func newTurnOn(e *env, j journey) Screen {
	s := &turnOn{env: e, journey: j, label: j.draft.Label, spName: plain(j.draft.SP)}
	if p := j.world.Profile(j.draft.SP); p != nil {
		s.consent, s.spName = p.Consent, p.Name
	}
	if a := j.last.result.App; a != nil {
		s.label = a.Label
	}
	s.label = plain(s.label)
	s.field = textField(e, "Type the app's label to turn it on: "+s.label, "")
	return s
}

func (s *turnOn) Init() tea.Cmd { return s.field.enter() }

func (s *turnOn) Update(msg tea.Msg) (Screen, tea.Cmd) {
	if k, ok := msg.(tea.KeyMsg); ok {
		switch k.Type {
		case tea.KeyEnter:
			if strings.Join(strings.Fields(s.field.text()), " ") != s.label {
				return s, send(say{s.env.theme.Bad.Render("✗ ") + "That is not the label. Nothing is turned on; tab leaves it off."})
			}
			s.agreed = true
			return s, send(done{atTurnOn})
		case tea.KeyTab:
			return s, send(done{atTurnOn})
		}
	}
	f := form{env: s.env, fields: []*field{s.field}}
	return s, f.pass(msg)
}

func (s *turnOn) View() string {
	t := s.env.theme
	lines := []string{t.Strong.Render(fit("Turn sign-in with Okta on at "+s.spName+"?", s.width)), ""}
	lines = append(lines, hang(t.Warn.Render("! "), plain(s.consent), s.width)...)
	lines = append(lines, "")
	lines = append(lines, strings.Split(s.field.field.WithWidth(s.width).View(), "\n")...)
	lines = append(lines, "")
	lines = append(lines, styled(t.Faint, "tab leaves it off; ssowizard can turn it on any time later.", s.width)...)
	shown, _ := window(lines, len(lines)-2, 0, s.height)
	return fill(shown, s.width, s.height)
}

func (s *turnOn) SetSize(w, h int) Screen { s.sized = sized{w, h}; return s }
func (s *turnOn) Title() string           { return "Turn on" }
func (s *turnOn) Captures(k tea.KeyMsg) bool {
	return k.Type == tea.KeyRunes && k.String() != "?" || k.Type == tea.KeySpace
}
func (s *turnOn) ShortHelp() []key.Binding {
	return keymap(as(s.env.keys.Enter, "turn on"), bind("tab", "not now", "tab"))
}
func (s *turnOn) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }
func (s *turnOn) Explain() Explanation {
	return Explanation{Title: "Turn on", Literal: true, What: s.consent + "\nBefore it is turned on both sides are read once more; it happens only when they still hold what the test has passed for."}
}
func (s *turnOn) Keep(d *Draft) { d.TurnedOn = s.agreed }

// finish says what is now true and what comes next. The same stays in the
// terminal when the wizard has gone.
type finish struct {
	sized
	env     *env
	journey journey
	offset  int
	total   int
}

func newFinish(e *env, j journey) Screen { return &finish{env: e, journey: j} }

func (s *finish) Init() tea.Cmd { return nil }

func (s *finish) Update(msg tea.Msg) (Screen, tea.Cmd) {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return s, nil
	}
	keys := s.env.keys
	switch {
	case key.Matches(k, keys.Enter), key.Matches(k, keys.Exit):
		return s, send(leave{})
	case key.Matches(k, keys.Down):
		s.offset++
	case key.Matches(k, keys.Up):
		s.offset = max(s.offset-1, 0)
	case key.Matches(k, keys.Copy):
		return s, copyText(s.env, s.journey.command(), "the command")
	}
	return s, nil
}

func (s *finish) View() string {
	lines := s.journey.summary(s.width, s.env.theme, false)
	s.total = len(lines)
	s.offset = min(s.offset, max(len(lines)-s.height, 0))
	shown, _ := window(lines, -1, s.offset, s.height)
	return fill(shown, s.width, s.height)
}

// Note tells that there is more to read.
func (s *finish) Note() string { return moreBelow(s.total, s.offset, s.height) }

func (s *finish) SetSize(w, h int) Screen  { s.sized = sized{w, h}; return s }
func (s *finish) Title() string            { return "Done" }
func (s *finish) Captures(tea.KeyMsg) bool { return false }
func (s *finish) ShortHelp() []key.Binding {
	k := s.env.keys
	return keymap(as(k.Enter, "leave; this stays in the terminal"), as(k.Copy, "copy command"))
}
func (s *finish) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }
func (s *finish) Explain() Explanation {
	return Explanation{Title: "Done", What: "What is now true, what is left for you, and the same run as one command for a script."}
}
func (s *finish) Keep(*Draft) {}

// headline is the journey's end in one sentence.
func (j journey) headline() string {
	name := j.spName()
	r := j.last.result
	switch {
	case j.verb == Undo:
		return "Taken back. " + name + " and Okta no longer know of each other."
	case j.verb == Test:
		return "It works: a real sign-in to " + name + " went through."
	case j.verb == Disable:
		return "Sign-in with Okta is off at " + name + "."
	case r.Enabled:
		return "Done. People sign in to " + name + " with Okta now."
	case r.Tested:
		return "Done and tested. Sign-in with Okta is not turned on at " + name + " yet."
	}
	return "Done, but not tested. Sign-in with Okta is not turned on at " + name + "."
}

func (j journey) spName() string {
	if p := j.world.Profile(j.draft.SP); p != nil {
		return p.Name
	}
	return plain(j.draft.SP)
}

func (j journey) command() string {
	if j.verb == Setup {
		return j.draft.Command(j.world)
	}
	return commandOf(&env{world: j.world}, j.draft, Job{Verb: j.verb, Name: j.draft.Connection})
}

// summary is what is now true, what is left to do, and the same run as a command.
// With whole, values and the command are not broken, so that they can be copied
// from the terminal.
func (j journey) summary(width int, t Theme, whole bool) []string {
	r := j.last.result
	out := styled(t.Strong, j.headline(), width)
	out = append(out, "")
	row := func(label, value string) {
		lines := pair(label, value, 25, width-2)
		if whole {
			lines = []string{pad(label, 25) + "  " + value}
		}
		for _, l := range lines {
			out = append(out, "  "+l)
		}
	}
	if r.App != nil {
		row("Okta app", plain(r.App.Label)+" ("+plain(r.App.ID)+")")
	}
	profile := j.world.Profile(j.draft.SP)
	if j.verb == Setup && profile != nil {
		labels := profile.Labels()
		for _, set := range profile.Settings {
			if v := r.Values[set.ID]; v != "" {
				row(labels[set.ID], words.Setting(v))
			}
		}
	}
	if j.verb != Undo {
		row("Tested", words.Tested(r.Tested, r.Proof))
		row("Sign-in with Okta", onOff(r.Enabled))
	}
	if j.verb == Setup && profile != nil && len(profile.FollowUp) > 0 {
		out = append(out, "", t.Strong.Render("What is left for you"))
		for _, task := range profile.FollowUp {
			out = append(out, hang("  · ", plain(task), width)...)
		}
	}
	out = append(out, "", t.Strong.Render("The same as one command"))
	if whole {
		return append(out, j.command())
	}
	return append(out, wrap(j.command(), width)...)
}

// unfinishedLines are what stays in the terminal of a run that was left.
func (j journey) unfinishedLines(width int, t Theme) []string {
	var out []string
	if err := j.last.err; err != nil && hint.CodeOf(err) != hint.Interrupted {
		out = append(failureLines(t, err, width), "")
	}
	return append(out, wrap("Kept: "+j.spName()+". Start ssowizard again to go on from here.", width)...)
}
