package tui

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/words"
)

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
	case j.verb == Undo && r.Left != "":
		return "Taken back what ssowizard did: " + plain(r.Left) + "."
	case j.verb == Undo:
		return "Taken back. " + name + " and Okta no longer know of each other."
	case j.verb == Test:
		return "It works: a real sign-in to " + name + " went through."
	case j.verb == Rotate:
		return j.rotatedHeadline(name)
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

// command is the same run for another day. What stood in this one's way is gone,
// and what somebody changes later is not to be set back unasked.
func (j journey) command() string {
	d := j.draft
	d.Override = false
	if j.verb == Setup {
		return d.Command(j.world)
	}
	return commandOf(&env{world: j.world}, d, Job{Verb: j.verb, Name: j.draft.Connection, Years: j.draft.Years})
}

// summary is what is now true, what is left to do, and the same run as a command.
// With whole, values and the command are not broken, so that they can be copied
// from the terminal.
func (j journey) summary(width int, t Theme, whole bool) []string {
	out := append(styled(t.Strong, j.headline(), width), "")
	profile := j.world.Profile(j.draft.SP)
	if rows := j.facts(profile); len(rows) > 0 {
		out = append(append(out, rowLines(rows, width, whole)...), "")
	}
	if j.verb == Setup && profile != nil && len(profile.FollowUp) > 0 {
		out = append(out, t.Strong.Render("What is left for you"))
		for _, task := range profile.FollowUp {
			out = append(out, hang("  · ", plain(task), width)...)
		}
		out = append(out, "")
	}
	out = append(out, t.Strong.Render("The same as one command"))
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

// fact is a line of what is now true.
type fact struct{ label, value string }

// facts are first how things stand, then what both sides hold.
func (j journey) facts(profile *catalog.Profile) []fact {
	r := j.last.result
	var out []fact
	if j.verb != Undo {
		out = append(out, fact{"Sign-in with Okta", onOff(r.Enabled)}, fact{"Tested", words.Tested(r.Tested, r.Proof)})
	}
	if j.job == Enable && len(j.last.findings) > 0 {
		out = append(out, fact{"First real sign-in", "went through"})
	}
	if r.Later != "" {
		out = append(out, fact{"Then", plain(r.Later)})
	}
	if rotated := r.Rotated; rotated != nil {
		out = append(out, j.rotatedFacts(*rotated)...)
	}
	if r.App != nil {
		out = append(out, fact{"Okta app", plain(r.App.Label) + " (" + plain(r.App.ID) + ")"})
	}
	if j.verb == Setup && profile != nil {
		for _, set := range profile.Settings {
			if v := r.Values[set.ID]; v != "" {
				out = append(out, fact{set.Title(), words.Setting(v)})
			}
		}
	}
	return out
}

// rotatedHeadline is the end of a rotation in one sentence.
func (j journey) rotatedHeadline(name string) string {
	if j.last.result.Rotated == nil {
		return "Okta and " + name + " are on the old key and certificate, as before."
	}
	what := "The certificate is rotated"
	if p := j.world.Profile(j.draft.SP); p != nil && p.Protocol == sso.OIDC {
		what = "The client secret is replaced"
	}
	if len(j.last.findings) == 0 {
		return what + ", but no sign-in to " + name + " has proven it."
	}
	return what + ", and a real sign-in to " + name + " has proven it."
}

func (j journey) rotatedFacts(r plan.Rotated) []fact {
	if p := j.world.Profile(j.draft.SP); p != nil && p.Protocol == sso.OIDC {
		return []fact{{"Client secret", plain(r.FromKID) + " → " + plain(r.ToKID)}, {"Nobody could sign in", "at no time"}}
	}
	gap := "for the length of " + plural(r.GapCalls, "call", "calls")
	if r.GapCalls == 0 {
		gap = "at no time"
	}
	return []fact{{"Signing key", plain(r.FromKID) + " → " + plain(r.ToKID)}, {"Nobody could sign in", gap}}
}

// rowLines puts the values under each other; whole ones are not broken.
func rowLines(rows []fact, width int, whole bool) []string {
	label := 0
	for _, f := range rows {
		label = max(label, columns(f.label))
	}
	if !whole {
		label = min(label, 24)
	}
	var out []string
	for _, f := range rows {
		lines := pair(f.label, f.value, label, width-2)
		if whole {
			lines = []string{pad(f.label, label) + "  " + f.value}
		}
		for _, l := range lines {
			out = append(out, "  "+l)
		}
	}
	return out
}
