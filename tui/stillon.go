package tui

import (
	"strings"

	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// stillOn tells whether a run of turning on has stopped with sign-in on and
// nobody having got in since: where a person has turned it on, only a person can
// turn it off again.
func (j journey) stillOn() bool {
	r := j.last
	if j.job != Enable || r.err == nil || !r.result.Enabled {
		return false
	}
	if p := r.prepared; p != nil && p.Plan != nil { // only what waited for it has failed
		if o := p.Plan.Observed; o.SP.Enabled && !o.State.SignInOwed {
			return false
		}
	}
	return len(r.findings) == 0 || !sso.AllOK(r.findings)
}

// stillOnText says so of a service provider.
func stillOnText(name string) string {
	return "Sign-in with Okta is ON at " + name + ", and no sign-in has worked since it was turned on."
}

// stillOnLines say so where the wizard has gone, with the way to turn it off.
func (j journey) stillOnLines(width int, t Theme) []string {
	if !j.stillOn() {
		return nil
	}
	out := hang(t.Warn.Render("! "), stillOnText(j.spName()), width)
	name := plain(j.draft.Connection)
	if p := j.last.prepared; p != nil && p.Plan != nil && p.Plan.Connection != "" {
		name = plain(p.Plan.Connection)
	}
	if name != "" {
		out = append(out, hang(t.Accent.Render("→ "), "to turn it off: "+strings.Join(append([]string{"ssowizard disable", name}, j.world.flags()...), " "), width)...)
	}
	return append(out, "")
}

// stillOn is the journey's, for the run on the screen.
func (s *apply) stillOn() bool {
	return s.over && journey{job: s.job.Verb, last: s.end}.stillOn()
}

// onStep tells whether a row is the step that turned it on.
func (s *apply) onStep(r stepRow) bool { return r.id == plan.StepEnable && s.stillOn() }
