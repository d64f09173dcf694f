package tui

import (
	"errors"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/words"
)

func (s *apply) key(msg tea.KeyMsg) tea.Cmd {
	k := s.env.keys
	switch {
	case key.Matches(msg, k.Log):
		s.showLog = !s.showLog
		s.offset = 0
	case key.Matches(msg, k.Up):
		s.offset++
	case key.Matches(msg, k.Down):
		s.offset = max(s.offset-1, 0)
	case !s.over:
	case key.Matches(msg, k.Enter) && s.end.err == nil:
		return send(done{atApply})
	case key.Matches(msg, k.Exit):
		return send(leave{})
	case s.end.err == nil:
	case key.Matches(msg, k.Retry):
		return send(runAgain{how: againRun})
	case key.Matches(msg, backToPlan):
		return send(runAgain{how: againReview})
	case s.stillOn() && key.Matches(msg, k.TurnOn):
		return send(runAgain{how: againOff})
	case key.Matches(msg, k.Undo) && s.canUndo():
		return send(runAgain{how: againUndo})
	}
	return nil
}

var backToPlan = bind("b", "plan", "b")

// canUndo tells whether there is something to take back.
func (s *apply) canUndo() bool {
	return s.job.Verb == Setup && (s.end.result.Changed || s.p != nil && s.p.Plan.Observed.HaveState)
}

func (s *apply) View() string {
	if s.person != nil {
		return s.person.View()
	}
	t := s.env.theme
	head := []string{s.heading(), ""}
	var lines []string
	switch {
	case s.preparing:
		lines = []string{t.Accent.Render(spinner(s.at)) + " Reading both sides …"}
		for _, r := range s.steps {
			if r.status == plan.Waiting {
				lines = append(lines, waitLines(t, r, s.at, s.width)...)
			}
		}
	case s.showLog:
		lines = logLines(s.log, s.width)
	default:
		lines = s.stepLines(true)
	}
	var tail []string
	if s.over {
		tail = append([]string{""}, s.outcome()...)
	}
	room := max(s.height-len(head)-len(tail), 1)
	if len(lines) > room && !s.preparing && !s.showLog {
		lines = s.stepLines(false) // the steps matter more, and the log has the rest
	}
	// The newest lines are the ones to see; up goes back from there.
	s.offset = min(s.offset, max(len(lines)-room, 0))
	shown, above := window(lines, -1, len(lines)-room-s.offset, room)
	s.above = above
	for len(shown) < room && s.over {
		shown = append(shown, "")
	}
	return fill(append(append(head, shown...), tail...), s.width, s.height)
}

func (s *apply) heading() string {
	t := s.env.theme
	text := "Applying"
	switch {
	case s.over && s.end.err == nil:
		text = "Done"
	case s.stillOn():
		text = "Stopped, and sign-in with Okta is ON"
	case s.over:
		text = "Stopped"
	case s.stopping:
		text = "Stopping after the step at work …"
	}
	right := ""
	if !s.begun.IsZero() && s.at.After(s.begun) {
		right = seconds(s.at.Sub(s.begun))
	}
	return ends(t.Strong.Render(text), t.Faint.Render(right), s.width)
}

// timeColumn is kept free beside every step, so that a line does not break
// anew when its time appears.
const timeColumn = len("119 s")

// stepLines are the steps, and with details what came of each that is done.
func (s *apply) stepLines(details bool) []string {
	t := s.env.theme
	var out []string
	for _, r := range s.steps {
		right := ""
		switch {
		case r.status == plan.Done && r.elapsed >= 50*time.Millisecond:
			right = seconds(r.elapsed)
		case r.status == plan.Started && !s.over && s.at.After(r.begun):
			right = seconds(s.at.Sub(r.begun))
		}
		text := r.summary
		for i, line := range wrap(text, s.width-2-max(columns(right), timeColumn)-1) {
			head, end := "  ", ""
			if i == 0 {
				head, end = s.sign(r)+" ", t.Faint.Render(right)
			}
			if r.status == "" {
				line = t.Faint.Render(line)
			}
			out = append(out, ends(head+line, end, s.width))
		}
		if r.status == plan.Waiting || r.status == plan.Retrying {
			out = append(out, waitLines(t, r, s.at, s.width)...)
		} else if details && r.detail != "" && r.detail != r.summary && (r.status == plan.Done || r.status == plan.Skipped) {
			out = append(out, styledHang(t.Faint, "  ", r.detail, s.width)...)
		}
		if s.onStep(r) {
			out = append(out, hang("  "+t.Warn.Render("! "), "it is on; no sign-in has worked since", s.width)...)
		}
		if r.id == plan.StepTest && r.status != plan.Done { // then their number says enough
			out = append(out, checkLines(t, s.findings, s.labels(), s.p.confirmed(), s.width)...)
		}
	}
	return out
}

func (s *apply) labels() map[string]string {
	if s.p == nil || s.p.Plan.Profile == nil {
		return nil
	}
	return s.p.Plan.Profile.Labels()
}

// waitLines say what is waited for, and for how long yet.
func waitLines(t Theme, r stepRow, at time.Time, width int) []string {
	text, _, _ := strings.Cut(r.detail, "; goes on in ") // which was true when it began
	if left := r.until.Sub(at); !r.until.IsZero() && !at.IsZero() && left > 0 {
		text += " · " + seconds(left.Truncate(time.Second)) + " left"
	}
	return hang("  "+t.Warn.Render("… "), text, width)
}

func (s *apply) sign(r stepRow) string {
	t := s.env.theme
	switch r.status {
	case plan.Done:
		return t.Good.Render("✓")
	case plan.Skipped:
		return t.Faint.Render("·")
	case plan.Failed:
		if code := hint.CodeOf(s.end.err); code == hint.Interrupted || code == hint.Waiting {
			return t.Warn.Render("-")
		}
		return t.Bad.Render("✗")
	case plan.Started, plan.Waiting, plan.Retrying:
		if s.over {
			return t.Warn.Render("-")
		}
		return t.Accent.Render(spinner(s.at))
	}
	return t.Faint.Render("○")
}

// checkLines are the checks of a test, in the parts that they were seen in.
// confirmed tells that nobody but a person has seen the service provider's
// settings.
func checkLines(t Theme, fs []sso.Finding, labels map[string]string, confirmed bool, width int) []string {
	var out []string
	var flow sso.Flow
	for _, f := range fs {
		if f.Flow != flow {
			flow = f.Flow
			head := words.Flow(flow)
			if flow == sso.FlowSettings && confirmed {
				head = "Settings: Okta's as read, the SP's as you confirmed"
			}
			out = append(out, "  "+t.Faint.Render(fit(head, width-2)))
		}
		name := words.Check(f.Code, labels)
		if f.OK {
			for i, line := range pair(name, words.Seen(f.Code, f.Got), 26, width-4) {
				head := "    "
				if i == 0 {
					head = "  " + t.Good.Render("✓") + " "
				}
				out = append(out, head+line)
			}
			continue
		}
		out = append(out, "  "+t.Bad.Render("✗")+" "+t.Strong.Render(fit(name, width-4)))
		out = append(out, hang("      expected  ", words.Seen(f.Code, f.Expected), width)...)
		out = append(out, hang("      got       ", words.Seen(f.Code, f.Got), width)...)
		if f.Fix != "" {
			out = append(out, hang("      "+t.Accent.Render("→")+" ", plain(f.Fix), width)...)
		}
	}
	return out
}

// logLines are the events of a run, one a line.
func logLines(log []plan.Event, width int) []string {
	var out []string
	for _, ev := range log {
		line := ev.Time.UTC().Format("15:04:05.0") + "  "
		switch {
		case ev.Kind == plan.EventCheck && ev.Check != nil:
			sign := "✓ "
			if !ev.Check.OK {
				sign = "✗ "
			}
			line += "check     " + sign + plain(ev.Check.Code) + "  " + plain(ev.Check.Got)
		case ev.Kind == plan.EventHandoff:
			line += "handoff   " + plain(string(ev.Step))
		default:
			line += pad(string(ev.Status), 9) + " " + plain(string(ev.Step)) + "  " + plain(ev.Detail)
		}
		out = append(out, fit(line, width))
	}
	return out
}

// outcome is how the run ended: what, why, and what to do.
func (s *apply) outcome() []string {
	t := s.env.theme
	err := s.end.err
	var out []string
	if s.stillOn() {
		out = styledHang(t.Strong, t.Warn.Render("! "), stillOnText(s.spName), s.width)
		out = append(out, "o  "+t.Strong.Render("turn it off again, before anything else"), "")
	}
	switch {
	case err == nil:
		return []string{t.Good.Render("✓") + " " + fit("Everything in the plan is done. Enter goes on.", s.width-2)}
	case hint.CodeOf(err) == hint.Interrupted:
		out = append(out, hang(t.Warn.Render("! "), "You stopped the run. What was done stays; the same run goes on from here.", s.width)...)
	default:
		out = append(out, s.failure(err)...)
	}
	limit := max(s.height*2/3, 4)
	if len(out) > limit {
		out = append(out[:limit-1], t.Faint.Render("… (l shows the log)"))
	}
	return out
}

func (s *apply) failure(err error) []string {
	t := s.env.theme
	for _, r := range s.steps {
		if r.status == plan.Failed {
			out := hang("What   ", r.summary, s.width)
			text := strings.TrimPrefix(plain(err.Error()), string(r.id)+": ")
			out = append(out, hang("Why    ", text, s.width)...)
			for _, h := range hintsHere(err) {
				out = append(out, hang("To do  ", h, s.width)...)
			}
			if id := hint.RequestID(err); id != "" {
				out = append(out, fit("Okta's request id: "+plain(id), s.width))
			}
			return out
		}
	}
	return failureLines(t, err, s.width)
}

func (s *apply) ShortHelp() []key.Binding {
	k := s.env.keys
	logs := as(k.Log, "log")
	if s.showLog {
		logs = as(k.Log, "steps")
	}
	var stale *Stale
	switch {
	case s.person != nil:
		return s.person.shortHelp()
	case !s.over:
		return keymap(logs, as(k.Quit, "stop"))
	case s.end.err == nil:
		return keymap(k.Enter, logs)
	case errors.As(s.end.err, &stale):
		return nil
	}
	out := keymap(k.Retry, backToPlan, as(k.Exit, "save and quit"))
	if s.stillOn() {
		out = append(keymap(as(k.TurnOn, "turn it off")), out...)
	}
	if s.canUndo() {
		out = append(out, k.Undo)
	}
	return append(out, logs)
}

func (s *apply) FullHelp() [][]key.Binding {
	return [][]key.Binding{append(s.ShortHelp(), bind("↑↓", "scroll", "up", "down"))}
}

func (s *apply) Explain() Explanation {
	if s.person != nil {
		return s.person.explain()
	}
	return Explanation{Title: "Apply", What: "The plan is carried out, step after step. Each is noted before and after, so that a run which stops, for whatever reason, goes on from there.\n" +
		"ctrl+c asks once and then stops after the step at work."}
}
