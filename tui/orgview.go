package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

func (s *org) View() string {
	t := s.env.theme
	var lines []string
	focus := 0
	if s.env.world.Sandbox() {
		lines = append(lines, t.Strong.Render("The sandbox's own Okta org"), "", "✓ "+host(s.origin()), "")
	} else {
		lines, focus = s.form.lines(s.width)
	}
	lines = append(lines, s.stateLines()...)
	if s.state == orgKnown {
		focus = len(lines) - 1
	}
	shown, _ := window(lines, focus, 0, s.height)
	return fill(shown, s.width, s.height)
}

func (s *org) stateLines() []string {
	t := s.env.theme
	switch s.state {
	case orgFinding:
		return []string{t.Accent.Render(spinner(zeroTime)) + " Looking for a token …"}
	case orgToken:
		return styled(t.Faint, "No token for this org was found: not in OKTA_CLIENT_TOKEN, not in the keyring.", s.width)
	case orgChecking:
		return []string{t.Accent.Render(spinner(zeroTime)) + " Asking the org …"}
	case orgFailed:
		out := append(failureLines(t, s.err, s.width), "", t.Faint.Render(s.failedHint()))
		if s.without() {
			out = append(out, hang(t.Key.Render("ctrl+o")+"  ", "go on without Okta: sign-in with it can be turned off all the same", s.width)...)
		}
		return out
	case orgKnown:
		return s.reportLines()
	}
	return nil
}

func (s *org) failedHint() string {
	if s.tokenRefused() {
		return "Give another token, or another address (shift+tab)."
	}
	return "enter: try again"
}

var engines = map[string]string{"oie": "Identity Engine", "classic": "Classic Engine"}

// reportLines are the org, its engine, whose token it is, and what is missing.
func (s *org) reportLines() []string {
	t, r := s.env.theme, s.report
	name := r.Company
	if name == "" {
		name = r.Org.Name
	}
	if name == "" {
		name = host(r.Org.URL)
	}
	engine := engines[r.Org.Engine]
	if engine == "" {
		engine = plain(r.Org.Engine)
	}
	var out []string
	row := func(label, value string) { out = append(out, hang(pad(label, 10), plain(value), s.width)...) }
	out = append(out, t.Good.Render("✓")+" "+t.Strong.Render(fit(plain(name), s.width-2)), "")
	row("Engine", engine)
	row("You are", s.who())
	row("Token", s.tokenFrom())
	for _, m := range r.Missing {
		out = append(out, "")
		out = append(out, hang(t.Warn.Render("! "), plain("Missing: "+m.What+". "+m.Why), s.width)...)
		out = append(out, hang(t.Accent.Render("→ "), plain(m.Who), s.width)...)
	}
	if len(r.Missing) == 0 {
		out = append(out, hang(t.Good.Render("✓ "), "Apps, groups and people can be read", s.width)...)
	}
	return out
}

func (s *org) who() string {
	r := s.report
	who := strings.TrimSpace(r.Me.FirstName + " " + r.Me.LastName)
	if who == "" {
		who = r.Me.Login
	} else if r.Me.Login != "" {
		who += " (" + r.Me.Login + ")"
	}
	if who == "" {
		who = "a service app"
	}
	switch {
	case len(r.Roles) > 0:
		who += ", " + roleWords(r.Roles)
	case r.RolesKnown:
		who += ", no administrator"
	}
	return who
}

func (s *org) tokenFrom() string {
	switch {
	case s.env.world.Sandbox():
		return "the sandbox's own"
	case !s.typed.IsZero():
		return "typed in, not kept"
	}
	return "found: " + s.from
}

// roleWords are Okta's role names as the Admin Console writes them.
func roleWords(roles []string) string {
	known := map[string]string{"SUPER_ADMIN": "Super Administrator", "ORG_ADMIN": "Organization Administrator",
		"APP_ADMIN": "Application Administrator", "USER_ADMIN": "Group Administrator", "HELP_DESK_ADMIN": "Help Desk Administrator",
		"READ_ONLY_ADMIN": "Read-only Administrator", "API_ACCESS_MANAGEMENT_ADMIN": "API Access Management Administrator",
		"MOBILE_ADMIN": "Mobile Administrator", "REPORT_ADMIN": "Report Administrator", "GROUP_MEMBERSHIP_ADMIN": "Group Membership Administrator"}
	var out []string
	for _, r := range roles {
		if w, ok := known[r]; ok {
			r = w
		}
		out = append(out, plain(r))
	}
	return strings.Join(out, ", ")
}

func (s *org) SetSize(w, h int) Screen { s.sized = sized{w, h}; return s }
func (s *org) Title() string           { return "Okta org" }

func (s *org) Captures(k tea.KeyMsg) bool {
	return !s.env.world.Sandbox() && s.form.captures(k)
}

func (s *org) ShortHelp() []key.Binding {
	k := s.env.keys
	switch s.state {
	case orgKnown:
		return keymap(k.Enter)
	case orgFailed:
		if s.tokenRefused() {
			return s.form.shortHelp("check")
		}
		out := keymap(as(k.Enter, strings.TrimPrefix(s.failedHint(), "enter: ")))
		if s.without() {
			out = append(out, as(k.AllTheSame, "go on without Okta"))
		}
		return out
	case orgFinding, orgChecking:
		return nil
	}
	return s.form.shortHelp("check")
}
func (s *org) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }

func (s *org) Explain() Explanation {
	if s.env.world.Sandbox() {
		return Explanation{Title: "Okta org", What: "The sandbox runs an Okta org of its own on this machine. What you do here you can do the same way in yours; only the address differs."}
	}
	return s.form.explain()
}
