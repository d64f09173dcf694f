package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
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
	showLog bool
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
	case key.Matches(k, keys.Log):
		s.showLog, s.offset = !s.showLog, 0
	case s.byHand():
		return s.handKey(k)
	case s.ok() && key.Matches(k, keys.Enter):
		return s, send(done{atTest})
	case s.ok():
	case s.refused() && (key.Matches(k, keys.Tester) || key.Matches(k, keys.Enter)):
		return s, send(runAgain{how: againTester})
	case key.Matches(k, keys.Retry), key.Matches(k, keys.Enter):
		if s.journey.job == Enable && s.journey.verb == Setup { // the test comes first again
			return s, send(runAgain{how: againReview})
		}
		return s, send(runAgain{how: againRun})
	case key.Matches(k, backToPlan):
		return s, send(runAgain{how: againReview})
	case key.Matches(k, keys.Undo) && s.journey.verb == Setup:
		return s, send(runAgain{how: againUndo})
	case s.journey.stillOn() && key.Matches(k, keys.TurnOn):
		return s, send(runAgain{how: againOff})
	case s.moreFactors() && k.String() == "w" && s.env.world.Screen:
		return s, send(runAgain{how: againRun, way: sso.TestBrowser})
	case s.moreFactors() && k.String() == "h":
		return s, send(runAgain{how: againRun, way: sso.TestByHand})
	default:
		return s, s.tryOther(k)
	}
	return s, nil
}

// moreFactors tells whether Okta has asked for more than a password, so that
// only a person can sign in.
func (s *test) moreFactors() bool {
	return slices.ContainsFunc(s.journey.last.findings, func(f sso.Finding) bool { return !f.OK && f.Code == "sign_in.more_factors" })
}

// others are the answers worth a try that the failed checks name, each once,
// as many as there are digits.
func (s *test) others() []sso.Other {
	var out []sso.Other
	for _, f := range s.journey.last.findings {
		for _, o := range f.Others {
			if s.journey.verb == Setup && len(out) < 9 && !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	return out
}

// otherLines offer them by number.
func (s *test) otherLines() []string {
	t := s.env.theme
	var out []string
	for i, o := range s.others() {
		label := plain(o.Input)
		if s.profile != nil {
			if set, ok := s.profile.Setting(o.Input); ok {
				label = set.Title()
			}
		}
		if i == 0 {
			out = append(out, "", t.Strong.Render("Worth a try")+t.Faint.Render("  the plan is shown first"))
		}
		out = append(out, hang(t.Key.Render(itoa(i+1))+"  ", label+": "+plain(o.Answer)+". "+plain(o.Why), s.width)...)
	}
	return out
}

// tryOther makes the plan anew with one of them.
func (s *test) tryOther(k tea.KeyMsg) tea.Cmd {
	for i, o := range s.others() {
		if k.String() == itoa(i+1) {
			return send(runAgain{how: againReview, answer: &o})
		}
	}
	return nil
}

func (s *test) handKey(k tea.KeyMsg) (Screen, tea.Cmd) {
	switch k.String() {
	case "y":
		s.passed = true
		return s, send(done{atTest})
	case "n":
		s.failed, s.offset = true, 0
	case "esc": // captured while there is something to go back from
		s.failed, s.offset = false, 0
	}
	return s, nil
}

func (s *test) View() string {
	head := s.head()
	var body []string
	for _, w := range s.journey.last.warnings {
		body = append(body, hang(s.env.theme.Warn.Render("! "), onScreens(s.profile, w), s.width)...)
	}
	if len(body) > 0 {
		body = append(body, "")
	}
	if body = append(body, s.body()...); s.showLog {
		body = logLines(s.journey.last.log, s.width)
	}
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
		text := "The test failed: " + itoa(n) + " of " + plural(len(r.findings), "check", "checks")
		if s.journey.job == Enable {
			text = "The first real sign-in failed"
		}
		return []string{t.Bad.Render("✗ ") + t.Strong.Render(fit(text, s.width-2)), ""}
	case r.result.Tested:
		text := s.worksText()
		return append(styledHang(t.Strong, t.Good.Render("✓ "), text, s.width), "")
	}
	return []string{t.Warn.Render("! ") + t.Strong.Render("Set up, but not tested"), ""}
}

// worksText says what the passed test has shown, and no more.
func (s *test) worksText() string {
	agree, r := "both sides agree", s.journey.last
	if r.prepared.confirmed() {
		agree = "Okta is right, " + s.journey.spName() + " is set as you confirmed"
	}
	if s.profile != nil && s.profile.Proof == catalog.ProofResponse && !r.result.Enabled {
		return "It works: " + agree + ", and Okta's own answer is right. A real sign-in follows once it is on"
	}
	return "It works: " + agree + ", and a real sign-in went through"
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
				if len(f.Others) > 0 && s.journey.verb == Setup { // offered by number below
					f.Fix, _, _ = strings.Cut(f.Fix, "Or try --"+ask.Find(ask.Inputs).Flag)
				}
				f.Fix = onScreens(s.profile, f.Fix)
				bad = append(bad, f)
			}
		}
		var out []string
		switch s.journey.job { // where both sides are now counts first
		case Enable:
			text := strings.TrimPrefix(r.err.Error(), string(plan.StepEnable)+": ")
			out = append(failureTold(t, text, r.err, s.width), "")
			if s.journey.stillOn() {
				out = append(out, styledHang(t.Strong, t.Warn.Render("! "), stillOnText(s.journey.spName()), s.width)...)
				out = append(out, "o  "+t.Strong.Render("turn it off again, before anything else"), "")
			}
		case Rotate:
			for _, h := range hint.Hints(r.err) {
				out = append(out, hang(t.Accent.Render("→ "), onScreens(s.profile, plain(h)), s.width)...)
			}
			out = append(out, "")
		}
		out = append(out, s.refusedLines()...)
		out = append(out, checkLines(t, bad, labels, r.prepared.confirmed(), s.width)...)
		if len(r.findings) == 0 {
			out = failureLines(t, r.err, s.width)
		}
		if s.moreFactors() {
			out = append(out, "")
			if s.env.world.Screen {
				out = append(out, "w  "+t.Strong.Render("sign in in a browser that opens here"))
			}
			out = append(out, "h  "+t.Strong.Render("sign in by hand, in a browser of your own"))
		}
		out = append(out, s.otherLines()...)
		if len(good) > 0 {
			out = append(out, "", t.Faint.Render("What passed"))
		}
		return append(out, checkLines(t, good, labels, r.prepared.confirmed(), s.width)...)
	case r.result.Tested && len(r.findings) == 0:
		if r.prepared.confirmed() {
			return wrap("A test has passed before for exactly the values that Okta holds now, and that you confirmed at "+s.journey.spName()+".", s.width)
		}
		return wrap("A test has passed before for exactly the values that both sides hold now.", s.width)
	case r.result.Tested:
		return checkLines(t, r.findings, labels, r.prepared.confirmed(), s.width)
	}
	text := "Without a passed test sign-in with Okta is not turned on."
	if r.prepared != nil && r.prepared.TestSkipped != "" {
		text = onScreens(s.profile, plain(r.prepared.TestSkipped)) + ". " + text
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
		out = append(out, hang(t.Accent.Render("  → "), onScreens(s.profile, plain(tr.Advice)), s.width)...)
	}
	return append(out, "", "y when it has passed")
}

// Note tells that there is more to read.
func (s *test) Note() string { return moreBelow(s.total, s.offset, s.room) }

func (s *test) SetSize(w, h int) Screen { s.sized = sized{w, h}; return s }
func (s *test) Title() string           { return "Test" }

// Captures takes esc where it leads back to the question.
func (s *test) Captures(k tea.KeyMsg) bool {
	return s.failed && s.byHand() && key.Matches(k, s.env.keys.Back)
}

func (s *test) ShortHelp() []key.Binding {
	k := s.env.keys
	scroll, logs := bind("↑↓", "scroll", "up", "down"), as(k.Log, map[bool]string{true: "result", false: "log"}[s.showLog])
	switch {
	case s.failed && s.byHand():
		return keymap(bind("y", "passed", "y"), s.env.keys.Back, scroll, as(k.Exit, "save and quit"), logs)
	case s.byHand():
		return keymap(bind("y", "passed", "y"), bind("n", "failed", "n"), scroll, as(k.Exit, "save and quit"), logs)
	case s.ok():
		return keymap(k.Enter, scroll, logs)
	}
	out := keymap(k.Retry, backToPlan, as(k.Exit, "save and quit"))
	if s.refused() {
		out = s.refusedHelp()
	}
	if s.moreFactors() {
		out = keymap(bind("h", "by hand", "h"), k.Retry, as(k.Exit, "save and quit"))
		if s.env.world.Screen {
			out = append(keymap(bind("w", "in a browser", "w")), out...)
		}
	}
	if s.journey.stillOn() {
		out = append(keymap(as(k.TurnOn, "turn it off")), out...)
	}
	if s.journey.verb == Setup {
		out = append(out, k.Undo)
	}
	return append(out, logs, scroll)
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
