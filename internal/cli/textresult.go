package cli

import (
	"fmt"
	"strings"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/words"
)

// result is the last thing that a person reads of a run: what is now true, and
// what comes next.
func (t *textPrinter) result(r plan.Result, err error, where place) {
	if err != nil {
		t.text("")
		t.failure(err)
		return
	}
	lines := []string{"", t.ink.bold(headline(r, where)), ""}
	if r.App != nil {
		lines = append(lines, row("Okta app", fmt.Sprintf("%s (%s)", plain(r.App.Label), r.App.ID)))
	}
	if r.Command == "setup" {
		lines = append(lines, t.values(r, where)...)
	}
	if r.Rotated != nil {
		what := "Signing key"
		if where.OIDC {
			what = "Client secret"
		}
		gap := "at no time"
		switch {
		case r.Rotated.ByHand:
			gap = "while the certificate was being changed by hand"
		case r.Rotated.GapCalls > 0:
			gap = "for the length of " + count(r.Rotated.GapCalls, "call", "calls")
		}
		lines = append(lines, row(what+" before", r.Rotated.FromKID), row(what+" now", r.Rotated.ToKID), row("Nobody could sign in", gap))
	}
	if r.Later != "" {
		lines = append(lines, row("Then", r.Later))
	}
	if r.Command != "undo" {
		lines = append(lines, row("Tested", tested(r)), row("Sign-in with Okta", onOff(r.Enabled)))
	}
	lines = append(lines, t.next(r, where)...)
	t.text(lines...)
}

func row(label, value string) string {
	return fmt.Sprintf("  %-28s %s", label, value)
}

func headline(r plan.Result, where place) string {
	switch {
	case r.Command == "undo" && r.Left != "":
		return "Taken back what ssowizard did: " + plain(r.Left) + "."
	case r.Command == "undo":
		return fmt.Sprintf("Taken back. %s and Okta no longer know of each other.", where.SPName)
	case r.Command == "test":
		return fmt.Sprintf("It works: a real sign-in to %s went through.", where.SPName)
	case r.Command == "adopt":
		return fmt.Sprintf("The Okta app is managed here now; nothing was changed in Okta or at %s.", where.SPName)
	case r.Command == "rotate" && r.Rotated == nil:
		return fmt.Sprintf("Okta and %s are on the old key and certificate, as before.", where.SPName)
	case r.Command == "rotate" && where.OIDC:
		return fmt.Sprintf("Done. %s uses the new client secret, and the old one is gone from Okta.", where.SPName)
	case r.Command == "rotate":
		return fmt.Sprintf("Done. Okta signs with the new key, and %s holds its certificate.", where.SPName)
	case r.Command == "assign" && r.Changed:
		return "Done. The assignments are as you asked."
	case r.Command == "disable":
		return fmt.Sprintf("Sign-in with Okta is off at %s.", where.SPName)
	case !r.Changed:
		return "Nothing had to be changed: both sides are as wanted."
	case r.Enabled:
		return fmt.Sprintf("Done. People sign in to %s with Okta now.", where.SPName)
	case r.Tested:
		return fmt.Sprintf("Done and tested. Sign-in with Okta is not turned on at %s yet.", where.SPName)
	}
	return fmt.Sprintf("Done, but not tested. Sign-in with Okta is not turned on at %s.", where.SPName)
}

// values shows what the service provider holds, in the order of its page.
func (t *textPrinter) values(r plan.Result, where place) []string {
	var lines []string
	for _, id := range where.Settings {
		v, ok := r.Values[id]
		if !ok || v == "" {
			continue
		}
		lines = append(lines, row(where.Labels[id], certificateOr(v)))
	}
	return lines
}

func tested(r plan.Result) string { return words.Tested(r.Tested, r.Proof) }

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// next names what to do now.
func (t *textPrinter) next(r plan.Result, where place) []string {
	flag := strings.Join(append([]string{""}, where.Flags...), " ")
	var steps []string
	add := func(what, command string) {
		steps = append(steps, fmt.Sprintf("  %-28s %s", what, t.ink.bold(command)))
	}
	switch {
	case r.Command == "undo":
	case !r.Tested:
		add("Prove that it works", "ssowizard test "+r.Connection+flag+" --test-user LOGIN --test-password-file FILE")
	case !r.Enabled && r.Command != "disable":
		add("Turn it on", "ssowizard enable "+r.Connection+flag)
	}
	if r.Command == "setup" || r.Command == "enable" {
		add("See how it stands", "ssowizard status "+r.Connection+flag)
		add("Take it all back", "ssowizard undo "+r.Connection+flag)
	}
	if r.Command == "setup" {
		for _, task := range where.Follow {
			steps = append(steps, "  · "+plain(task))
		}
		if where.Sandbox {
			add("The same for your org", "ssowizard setup "+where.Profile+" --org ACME.okta.com …"+strings.TrimPrefix(flag, " --sandbox"))
		}
	}
	if len(steps) == 0 {
		return nil
	}
	lines := append([]string{"", t.ink.bold("Next")}, steps...)
	if where.Own && r.Command == "setup" {
		lines = append(lines, "", t.ink.faint("This was the sandbox: an Okta org and "+where.SPName+", both on this machine only. It is kept for the next run."))
	}
	return lines
}

// statusLine is one connection in the output of status. What is not known is null.
type statusLine struct {
	Type string `json:"type"`
	plan.ConnectionStatus
	Enabled *bool `json:"enabled"`
	Tested  *bool `json:"tested"`
	// Error says why something is not known, or what is broken here.
	Error string `json:"error,omitempty"`

	unknown bool // no more is known than what Okta tells
	sp      string
	labels  map[string]string // of the service provider's settings
}

func (t *textPrinter) status(list []statusLine, _ hint.Code, err error) {
	if len(list) == 0 && err == nil {
		t.text(t.runnable("No connections are kept on this machine. Set one up: ssowizard setup SP"))
	}
	rows := [][]string{{"CONNECTION", "ORG", "STATE", "CERTIFICATE"}}
	for _, s := range list {
		cert := "-"
		if s.Certificate != nil {
			cert = fmt.Sprintf("%d days left", s.Certificate.DaysLeft)
		}
		state := s.Summary()
		if s.unknown {
			state = "not known"
		}
		rows = append(rows, []string{s.Connection, plain(s.Org), state, cert})
	}
	if len(list) > 0 {
		t.text(table(rows)...)
	}
	for _, s := range list {
		t.text(t.details(s)...)
	}
	if err != nil {
		t.failure(err)
	}
}

func (t *textPrinter) details(s statusLine) []string {
	var lines []string
	if s.Error != "" {
		lines = append(lines, "", s.Connection+": "+plain(s.Error))
	}
	if s.unknown && s.App != nil {
		lines = append(lines, fmt.Sprintf("  In Okta its app is %s (%s).", plain(s.App.Label), s.App.ID))
	}
	for i, d := range s.Drift {
		if i == 0 {
			lines = append(lines, "", t.ink.warn(s.Connection+" differs from what was set up:"))
		}
		side := map[string]string{"okta": "Okta", "sp": s.sp}[d.Side]
		lines = append(lines, fmt.Sprintf("  %s, %s", side, fieldLabel(d.Field, s.labels)),
			"      wanted  "+showValue(d.Field, d.Want), "      is      "+showValue(d.Field, d.Got))
	}
	for _, tip := range s.Hints {
		lines = append(lines, "  "+plain(tip)) // a command is not to be broken up
	}
	return lines
}

// table aligns columns with two blanks between them.
func table(rows [][]string) []string {
	var widths []int
	for _, r := range rows {
		for i, cell := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var out []string
	for _, r := range rows {
		var b strings.Builder
		for i, cell := range r {
			fmt.Fprintf(&b, "%-*s  ", widths[i], cell)
		}
		out = append(out, strings.TrimRight(b.String(), " "))
	}
	return out
}
