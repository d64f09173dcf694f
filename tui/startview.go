package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/words"
)

func (s start) View() string {
	t := s.env.theme
	if !s.loaded {
		return fill(s.welcome(), s.width, s.height)
	}
	if s.err != nil {
		return fill(append(failureLines(t, s.err, s.width), "", "n sets up a new connection all the same."), s.width, s.height)
	}
	var lines []string
	focus := 0
	item := func(i int, text string) {
		if i == s.cursor {
			focus = len(lines)
			text = t.Cursor.Render("› ") + t.Strong.Render(text)
		} else {
			text = "  " + text
		}
		lines = append(lines, fit(text, s.width))
	}
	lines = append(lines, s.heading()...)
	n := 0
	for _, d := range s.drafts() {
		item(n, "Go on: "+s.draftName(d))
		if n == s.cursor {
			lines = append(lines, styledHang(t.Faint, "    ", begunText(d), s.width)...)
		}
		n++
	}
	for _, c := range s.kept {
		item(n, s.headline(c))
		if n == s.cursor {
			for _, l := range s.details(c) {
				lines = append(lines, "    "+l)
			}
		}
		n++
	}
	if n > 0 {
		lines = append(lines, "")
	}
	item(n, "Set up a new connection")
	if n == s.cursor {
		lines = append(lines, styledHang(t.Faint, "    ", "From the Okta app to a tested sign-in. Nothing is written before you have seen the plan.", s.width)...)
		focus = len(lines) - 1
	}
	n++
	item(n, "Take over an app that is in Okta already")
	if n == s.cursor {
		lines = append(lines, styledHang(t.Faint, "    ", "One that was set up on another machine or by hand. Nothing is changed by it.", s.width)...)
		focus = len(lines) - 1
	}
	shown, _ := window(lines, focus, 0, s.height)
	return fill(shown, s.width, s.height)
}

func (s start) heading() []string {
	t := s.env.theme
	if len(s.kept) == 0 && len(s.env.world.Drafts) == 0 {
		return append(s.intro(), "")
	}
	return []string{t.Strong.Render("What would you like to do?"), ""}
}

func (s start) intro() []string {
	t := s.env.theme
	text := "ssowizard sets up single sign-on between your Okta org and a service provider, on both sides, and proves that it works."
	out := append([]string{t.Strong.Render("Welcome."), ""}, wrap(text, s.width)...)
	if s.env.world.Sandbox() {
		out = append(out, "")
		out = append(out, styled(t.Accent, "This is the sandbox: an Okta org and service providers on this machine only. Nothing outside can be reached.", s.width)...)
	}
	return out
}

func (s start) welcome() []string {
	t := s.env.theme
	return append(s.intro(), "", t.Accent.Render(spinner(zeroTime))+" Getting ready …")
}

// begunText says how far a draft came.
func begunText(d Draft) string {
	text := "Begun earlier"
	if d.Place != "" {
		text += ", up to " + plain(d.Place)
	}
	return text + ". Enter goes on with the first answer that is missing; esc leads back from there to those that were given."
}

func (s start) draftName(d Draft) string {
	name := plain(d.SP)
	if p := s.env.world.Profile(d.SP); p != nil {
		name = p.Name
	}
	if d.Org == "" || s.env.world.Sandbox() {
		return name
	}
	return name + " for " + host(d.Org)
}

// headline is a connection in one line.
func (s start) headline(c Connection) string {
	text := plain(c.Name) + " · " + s.stands(c)
	if s.waits(c) {
		text = "Go on: " + text
	}
	add := func(more string) { // where there is room for all of it
		if longer := text + " · " + more; columns(longer) <= s.width-2 {
			text = longer
		}
	}
	if p := s.env.world.Profile(c.State.Profile); p != nil && p.ID != c.Name {
		add(p.Name)
	}
	if !s.env.world.Sandbox() {
		add(plain(c.Org))
	}
	return text
}

// stands is how a connection stands, in a few words.
func (s start) stands(c Connection) string {
	switch {
	case c.Problem != "":
		return "cannot be read"
	case c.State.Unfinished != "":
		return plain(c.State.Unfinished) + " not finished"
	case s.waits(c):
		return "left before the end"
	}
	l, known := s.looked[keyOf(c)]
	switch {
	case !known:
		return "looking …"
	case l.err != nil:
		return "not looked at"
	}
	text := l.status.Summary()
	if l.status.Certificate != nil {
		text += ", " + plural(max(l.status.Certificate.DaysLeft, 0), "day left", "days left")
	}
	return text
}

// details say more of the connection under the cursor.
func (s start) details(c Connection) []string {
	t, width := s.env.theme, s.width-4
	if c.Problem != "" {
		return hang(t.Bad.Render("✗ "), plain(c.Problem), width)
	}
	l, known := s.looked[keyOf(c)]
	if !known {
		return []string{t.Faint.Render("Asking both sides how it stands …")}
	}
	if l.err != nil {
		return failureLines(t, l.err, width)
	}
	st := l.status
	var out []string
	if d, ok := s.begun(c); ok {
		out = append(styled(t.Faint, begunText(d), width), "")
	}
	if st.App != nil {
		out = append(out, "Okta app     "+plain(st.App.Label)+" ("+plain(st.App.ID)+")")
	}
	out = append(out, "Tested       "+yesNo(st.Tested), "Sign-in      with Okta is "+st.Switch())
	if cert := st.Certificate; cert != nil {
		line := "Certificate  until " + cert.NotAfter.UTC().Format("2006-01-02") + ", " + plural(max(cert.DaysLeft, 0), "day left", "days left")
		if cert.DaysLeft < 30 {
			line = t.Warn.Render("! ") + line
		}
		out = append(out, line)
	}
	if len(st.Drift) > 0 {
		out = append(out, hang(t.Warn.Render("! "), plural(len(st.Drift), "setting differs", "settings differ")+" from what was set up", width)...)
	}
	for i := range out {
		out[i] = fit(out[i], width)
	}
	return append(out, s.actions(c, width)...)
}

// actions are what can be done with a connection, with the key of each.
func (s start) actions(c Connection, width int) []string {
	k := s.env.keys
	rotate := "new certificate"
	if p := s.env.world.Profile(c.State.Profile); p != nil && p.Protocol == sso.OIDC {
		rotate = "new client secret"
	}
	var out []string
	line := ""
	keys := keymap(as(k.Enter, s.enterWord(c)), k.Test, as(k.Rotate, rotate), as(k.TurnOn, s.switchWord(c)), k.Undo, k.Details)
	if _, ok := s.begun(c); ok {
		keys = append(keys, as(k.Delete, "throw the answers away"))
	}
	for _, b := range keys {
		text := b.Help().Key + " " + b.Help().Desc
		if line != "" && columns(line)+3+columns(text) > width {
			out = append(out, line)
			line = ""
		}
		if line != "" {
			line += " · "
		}
		line += text
	}
	out = append(out, line)
	for i := range out {
		out[i] = s.env.theme.Faint.Render(fit(out[i], width))
	}
	return out
}

func (s start) switchWord(c Connection) string {
	if s.switchVerb(c) == Disable {
		return "turn off"
	}
	return "turn on"
}

func (s start) enterWord(c Connection) string {
	if s.waits(c) {
		return "go on"
	}
	return "set up again"
}

func yesNo(yes bool) string {
	if yes {
		return "yes, for exactly the values in force"
	}
	return "no"
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// differences shows what somebody changed on either side.
func (s start) differences(c Connection) Screen {
	e := s.env
	labels := map[string]string{}
	if p := e.world.Profile(c.State.Profile); p != nil {
		labels = p.Labels()
	}
	r := reader{env: e, title: "Differences: " + plain(c.Name)}
	r.text = func(width int) []string {
		l, known := s.looked[keyOf(c)] // which may come while this is read
		switch {
		case c.Problem != "":
			return hang(e.theme.Bad.Render("✗ "), plain(c.Problem), width)
		case !known:
			return wrap("Both sides are still being asked how it stands. What differs is shown here once they have answered.", width)
		case l.err != nil:
			return append(append(wrap("Not known: this connection could not be looked at.", width), ""), failureLines(e.theme, l.err, width)...)
		case len(l.status.Drift) == 0:
			if l.status.SwitchUnknown {
				return wrap("No difference is known. Whether sign-in with Okta is on is not: nobody can read it at the service provider, and ssowizard has not turned it on or off.", width)
			}
			return wrap("Both sides are as they were set up.", width)
		}
		var out []string
		for _, d := range l.status.Drift {
			side := "Okta"
			if d.Side == "sp" {
				side = "At the service provider"
			}
			out = append(out, e.theme.Strong.Render(fit(side+", "+words.Field(d.Field, labels), width)))
			out = append(out, hang("  wanted  ", words.ValueOf(d.Field, d.Want), width)...)
			out = append(out, hang("  is      ", words.ValueOf(d.Field, d.Got), width)...)
			out = append(out, "")
		}
		return append(out, wrap("Setting it up again asks before anything is set back.", width)...)
	}
	return r
}

func (s start) SetSize(w, h int) Screen  { s.sized = sized{w, h}; return s }
func (s start) Title() string            { return "Start" }
func (s start) Captures(tea.KeyMsg) bool { return false }
func (s start) Keep(*Draft)              {}

func (s start) ShortHelp() []key.Binding {
	k := s.env.keys
	if !s.loaded {
		return keymap(k.Exit)
	}
	if c, ok := s.chosen(); ok {
		return keymap(as(k.Enter, s.enterWord(c)), k.Test, as(k.Rotate, "rotate"), as(k.TurnOn, s.switchWord(c)), k.Undo, as(k.Details, "diff"), k.New, k.Exit)
	}
	if _, ok := s.draftHere(); ok {
		return keymap(as(k.Enter, "go on"), k.Delete, k.New, k.Exit)
	}
	return keymap(as(k.Enter, "begin"), as(k.Down, "move"), k.Exit)
}

func (s start) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }

func (s start) Explain() Explanation {
	return Explanation{Title: "Start", What: strings.Join([]string{
		"A connection is one Okta app tied to one service provider.",
		"Tested means that a real sign-in has passed for exactly the values that both sides hold now. On means that people sign in with Okta. " +
			"Days left is how long Okta's signing certificate lasts.",
		"Setting up again changes only what differs. Taking over an app changes nothing: from then on it is managed here as well."}, "\n")}
}
