package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/words"
)

// row is one line of the review that can have the cursor.
type row struct {
	text  string
	step  plan.StepID // of a step's own line
	jump  place       // where its value is set, atStart for nowhere
	apply bool
}

// marks of the actions, as the commands print them.
var marks = map[plan.Action]string{plan.Create: "+", plan.Update: "~", plan.Delete: "-", plan.Run: ">", plan.None: "·"}

// rows are the steps, unfolded where asked, then the answers, then the way on.
func (s *review) rows() []row {
	t := s.env.theme
	rows := s.warnings()
	n := 0
	for _, step := range s.p.Plan.Steps {
		if step.Action == plan.None {
			continue
		}
		n++
		fold := " "
		if len(step.Changes) > 0 {
			fold = "▸"
			if s.open[step.ID] {
				fold = "▾"
			}
		}
		summary := s.summaryLines(step)
		rows = append(rows, row{step: step.ID, jump: jumpOf(step.ID),
			text: ends(pad(itoa(n), 2)+" "+fold+" "+summary[0], s.mark(step.Action), s.width-2)})
		for _, more := range summary[1:] {
			rows = append(rows, row{text: "     " + more, step: step.ID, jump: jumpOf(step.ID)})
		}
		if s.open[step.ID] {
			rows = append(rows, s.changes(step)...)
		}
	}
	if n == 0 {
		rows = append(rows, row{text: t.Good.Render("✓") + " Nothing to do: both sides are as wanted."})
	}
	if s.job.Verb == Setup && s.p.Plan.Step(plan.StepEnable) == nil && s.turnOnLater() {
		rows = append(rows, row{text: t.Faint.Render(fit(pad(itoa(n+1), 2)+"   Turn on: asked again then", s.width-2))})
	}
	if s.job.Verb == Setup {
		rows = append(rows, s.answerRows()...)
	}
	what := "Do this"
	if n == 0 {
		what = "Go on"
	}
	return append(rows, row{text: ""}, row{apply: true, text: t.Strong.Render("[ "+what+" ]") + t.Faint.Render("  enter, or a from anywhere")})
}

// summaryLines are what a step does.
func (s *review) summaryLines(step plan.Step) []string {
	if lines := wrap(plain(step.Summary), s.width-9); len(lines) > 0 {
		return lines
	}
	return []string{""}
}

func (s *review) turnOnLater() bool {
	p := s.env.world.Profile(s.draft.SP)
	return p != nil && p.TurnOn == "switch" && !s.p.Plan.Observed.SP.Enabled
}

func (s *review) mark(a plan.Action) string {
	t := s.env.theme
	switch a {
	case plan.Create:
		return t.Good.Render(marks[a])
	case plan.Delete:
		return t.Bad.Render(marks[a])
	case plan.Update:
		return t.Warn.Render(marks[a])
	}
	return t.Accent.Render(marks[a])
}

func (s *review) changes(step plan.Step) []row {
	labels := s.p.Plan.Profile.Labels()
	width := 0
	for _, c := range step.Changes {
		width = max(width, len([]rune(words.Field(c.Field, labels))))
	}
	width = min(width, 24)
	var rows []row
	for _, c := range step.Changes {
		for _, line := range pair(words.Field(c.Field, labels), s.change(c), width, s.width-7) {
			rows = append(rows, row{text: "     " + line, jump: jumpOf(step.ID)})
		}
	}
	return rows
}

// change is a field before and after.
func (s *review) change(c sso.Change) string {
	to := words.ValueOf(c.Field, c.To)
	if c.KnownAfter != "" {
		to = "(known when the Okta app is there)"
	}
	if c.From == nil {
		return to
	}
	return words.ValueOf(c.Field, c.From) + "  →  " + to
}

// jumpOf is where what a step does is decided.
func jumpOf(id plan.StepID) place {
	switch id {
	case plan.StepTester, plan.StepTest:
		return atTester
	case plan.StepAssign:
		return atWho
	case plan.StepApp, plan.StepLogo, plan.StepPush:
		return atDetails
	}
	return atStart
}

// answer is one answer, where it came from, and where it is given.
type answer struct {
	label, value, from string
	to                 place
}

// answers are what the plan was made of.
func (s *review) answers() []answer {
	d := s.draft
	var out []answer
	add := func(id ask.ID, value string, to place) {
		if value != "" {
			out = append(out, answer{ask.Find(id).Title, plain(value), d.source(id).String(), to})
		}
	}
	add(ask.SP, s.spName, atProvider)
	if s.env.world.Sandbox() {
		out = append(out, answer{ask.Find(ask.Org).Title, host(d.Org), "sandbox", atOrg})
	} else {
		add(ask.Org, host(d.Org), atOrg)
	}
	if kept := s.p.Plan.Spec.Label; kept != "" && kept != d.Label { // a default does not rename what there is
		out = append(out, answer{ask.Find(ask.Label).Title, plain(kept), ask.FromState.String(), atDetails})
	} else {
		add(ask.Label, d.Label, atDetails)
	}
	add(ask.Connection, d.Connection, atDetails)
	out = append(out, s.inputAnswers()...)
	push := map[sso.PushWay]string{sso.PushAPI: "settings API", sso.PushGuided: "by hand", sso.PushNone: "left alone"}[s.p.Plan.Spec.Push]
	out = append(out, answer{"Values go", push, s.pushSource(), atDetails})
	add(ask.Groups, names(d.Groups), atWho)
	add(ask.Users, names(d.People), atWho)
	if o := s.p.Plan.Observed.Tester; o != nil {
		from := d.source(ask.TestUser).String()
		if d.Tester == "" {
			from = ask.FromDefault.String()
		}
		out = append(out, answer{ask.Find(ask.TestUser).Title, plain(o.Login), from, atTester})
	}
	if way := map[sso.TestWay]string{sso.TestByHand: "by hand", sso.TestBrowser: "in a browser"}[d.Way]; way != "" && !d.NoTest {
		out = append(out, answer{ask.Find(ask.Test).Title, way, d.source(ask.Test).String(), atTester})
	}
	if d.Existing {
		out = append(out, answer{"Others' access", map[bool]string{true: "taken away  (x lets it stay)", false: "stays  (x takes it away)"}[d.Exact], "", atStart})
	}
	if d.NewApp {
		out = append(out, answer{ask.Find(ask.NewApp).Title, "yes, though one like it exists", "", atStart})
	}
	logo := "none  (i adds one)"
	if d.Logo != "" {
		logo = plain(d.Logo) + "  (i)"
	}
	return append(out, answer{ask.Find(ask.Logo).Title, logo, "", atStart})
}

// inputAnswers are the answers to the profile's questions, also those that the
// profile or the service provider has given.
func (s *review) inputAnswers() []answer {
	var out []answer
	for _, in := range s.p.Plan.Profile.Inputs {
		a := answer{plain(in.Label), s.p.Plan.Spec.Inputs[in.ID], s.draft.source(ask.Inputs).String(), atDetails}
		switch {
		case s.draft.Inputs[in.ID] != "":
		case a.value != "":
			a.from = ask.FromProfile.String()
		case in.From != (catalog.InputFrom{}):
			a.value, a.from = s.p.Plan.Inputs[in.ID], "told"
		}
		if in.From != (catalog.InputFrom{}) && s.p.Plan.Spec.Push == sso.PushAPI {
			a.to = atTold
		}
		if a.value = plain(a.value); a.value != "" {
			out = append(out, a)
		}
	}
	return out
}

// answerRows are the answers and where each came from.
func (s *review) answerRows() []row {
	t := s.env.theme
	rows := []row{{text: ""}, {text: t.Strong.Render("Your answers")}}
	all := s.answers()
	label := 0
	for _, a := range all {
		label = max(label, columns(a.label))
	}
	label = min(label, 28)
	for _, a := range all {
		from := t.Faint.Render(a.from)
		lines := pair(a.label, a.value, label, s.width-2-columns(a.from)-1)
		for i, line := range lines {
			if i == 0 {
				line = ends(line, from, s.width-2)
			}
			rows = append(rows, row{text: line, jump: a.to})
		}
	}
	return rows
}

func (s *review) pushSource() string {
	if s.draft.Push == "" {
		return ask.FromDefault.String()
	}
	return s.draft.source(ask.Push).String()
}

func names(list []Chosen) string {
	var out []string
	for _, c := range list {
		out = append(out, c.Name)
	}
	return strings.Join(out, ", ")
}

func (s *review) View() string {
	t := s.env.theme
	switch {
	case s.loading:
		lines := []string{t.Accent.Render(spinner(s.at.at)) + " Reading both sides …", "", t.Faint.Render("Nothing is written by this.")}
		if s.wait.detail != "" {
			lines = append(lines, waitLines(t, s.wait, s.at.at, s.width)...)
		}
		return fill(lines, s.width, s.height)
	case s.err != nil:
		return fill(s.failed(), s.width, s.height)
	}
	head := s.head()
	rows := s.rows()
	s.cursor = min(s.cursor, len(rows)-1)
	var lines []string
	for i, r := range rows {
		mark := "  "
		if i == s.cursor {
			mark = t.Cursor.Render("› ")
		}
		lines = append(lines, mark+r.text)
	}
	room := s.height - len(head) - 1
	shown, top := window(lines, s.cursor, s.offset, room)
	s.offset = top
	for len(shown) < room {
		shown = append(shown, "")
	}
	last := t.Faint.Render(fit("Nothing is written yet.  y copies this as a command.", s.width))
	if hidden := len(lines) - top - room; hidden > 0 {
		last = t.Faint.Render(fit("↓ "+plural(hidden, "line", "lines")+" more below. Nothing is written yet.", s.width))
	}
	return fill(append(append(head, shown...), last), s.width, s.height)
}

// head says what kind of plan it is.
func (s *review) head() []string {
	t := s.env.theme
	title := map[Verb]string{Setup: "This is what will be done", Test: "This is what will be tried", Enable: "This turns sign-in with Okta on",
		Disable: "This turns sign-in with Okta off", Undo: "This takes back what was set up", Rotate: "This replaces the signing certificate on both sides"}[s.job.Verb]
	if s.job.Verb == Rotate && s.p.Plan.Profile.Protocol == sso.OIDC {
		title = "This replaces the client secret on both sides"
	}
	out := []string{t.Strong.Render(fit(title, s.width))}
	return append(out, "")
}

// warnings come before the steps, and scroll with them.
func (s *review) warnings() []row {
	var rows []row
	for _, w := range append(slices.Clone(s.p.Plan.Warnings), s.p.TestSkipped) {
		if w == "" {
			continue
		}
		for _, line := range hang(s.env.theme.Warn.Render("! "), onScreens(s.p.Plan.Profile, plain(w)), s.width-2) {
			rows = append(rows, row{text: line})
		}
	}
	if len(rows) > 0 {
		rows = append(rows, row{})
	}
	return rows
}

func (s *review) failed() []string {
	t := s.env.theme
	out := []string{t.Strong.Render("There is no plan yet"), ""}
	if ways := s.wayLines(); len(ways) > 0 {
		out = append(out, hang(t.Bad.Render("✗ "), plain(s.err.Error()), s.width)...)
		return append(append(out, ""), ways...)
	}
	return append(append(out, failureLines(t, s.err, s.width)...), "", t.Faint.Render("Nothing was written."))
}

func (s *review) SetSize(w, h int) Screen  { s.sized = sized{w, h}; return s }
func (s *review) Title() string            { return "Review" }
func (s *review) Captures(tea.KeyMsg) bool { return false }

func (s *review) ShortHelp() []key.Binding {
	k := s.env.keys
	switch {
	case s.loading:
		return nil
	case s.err != nil:
		out := keymap(k.Retry)
		for _, w := range s.ways() {
			out = append(out, w.key)
		}
		if s.otherLogo() {
			out = append(out, as(k.Logo, "another image"))
		}
		return out
	case s.job.Verb != Setup:
		return keymap(as(k.Apply, "do this"), as(k.Enter, "unfold"), as(k.Down, "move"), as(k.Copy, "copy command"), k.Report)
	}
	return keymap(as(k.Apply, "apply"), as(k.Enter, "unfold"), k.Edit, as(k.Copy, "copy command"), as(k.Save, "save"), k.Report)
}

func (s *review) FullHelp() [][]key.Binding {
	k := s.env.keys
	return [][]key.Binding{{as(k.Apply, "do it"), as(k.Enter, "unfold a step, or open where it is set"), as(k.Edit, "change: open where it is set"),
		as(k.Copy, "copy the same run as a command"), as(k.Save, "save as a connection file"), as(k.Report, "save the plan as a report"), k.Logo, k.Exact, k.PageDown, k.PageUp}}
}

func (s *review) Explain() Explanation {
	return Explanation{Title: "Review", What: "The plan: every step with every field, on both sides. + creates, ~ changes, - takes away, > runs. " +
		"It was made by reading only; nothing is written before you say so."}
}
