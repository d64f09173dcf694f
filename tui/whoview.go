package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/ssowizard/internal/sso"
)

func (s *who) View() string {
	t := s.env.theme
	lines := []string{t.Strong.Render("Who may sign in with Okta?"), s.tabs(), t.Rule.Render(strings.Repeat("─", s.width))}
	bottom := s.summary()
	room := s.height - len(lines) - len(bottom)
	list := s.list(room)
	for len(list) < room {
		list = append(list, "")
	}
	return fill(append(append(lines, list...), bottom...), s.width, s.height)
}

func (s *who) tabs() string {
	t := s.env.theme
	names := []string{"Groups", "People"}
	var parts []string
	for i, n := range names {
		if tab(i) == s.tab {
			parts = append(parts, t.Cursor.Render("["+n+"]"))
		} else {
			parts = append(parts, " "+t.Faint.Render(n)+" ")
		}
	}
	left := strings.Join(parts, " ")
	if s.typing || s.search.Value() != "" {
		return ends(left, s.search.View(), s.width)
	}
	return left + t.Faint.Render("  tab")
}

func (s *who) listHeight() int { return max(s.height-3-len(s.summary()), 1) }

// list is the rows in view, or what is there instead of them.
func (s *who) list(height int) []string {
	t := s.env.theme
	switch {
	case s.err != nil:
		return append(failureLines(t, s.err, s.width), "", t.Faint.Render("r: try again"))
	case s.stale:
		return s.searching()
	case s.rows() == 0 && s.search.Value() != "":
		return styled(t.Faint, "Nothing in Okta begins with “"+plain(s.search.Value())+"”. Okta's search may miss what was made a moment ago.", s.width)
	case s.rows() == 0:
		return []string{t.Faint.Render("There is nothing to choose from here.")}
	}
	var lines []string
	for i := range s.rows() {
		lines = append(lines, s.row(i))
	}
	if s.after != "" {
		lines = append(lines, t.Faint.Render("    more below …"))
	}
	shown, top := window(lines, s.cursor, s.offset, height)
	s.offset = top
	return shown
}

// searching says that the server is being asked. The rows of the search before
// are not shown meanwhile: they would look like hits.
func (s *who) searching() []string {
	text := " Asking Okta …"
	if q := s.search.Value(); q != "" {
		text = " searching “" + plain(q) + "” …"
	}
	return []string{s.env.theme.Accent.Render(spinner(zeroTime)) + fit(text, s.width-1)}
}

func (s *who) row(i int) string {
	t := s.env.theme
	var id, name, right string
	chosen := s.draft.Groups
	if s.tab == groupsTab {
		g := s.groups[i]
		id, name = g.ID, plain(g.Name)
		if name == "" {
			name = g.ID
		}
		if s.double[g.Name] {
			name += "  (" + g.ID + ")"
		}
		if g.People >= 0 {
			right = plural(g.People, "person", "people")
		}
		if g.Everyone {
			right = "! all · " + right
		}
	} else {
		p := s.people[i]
		id, name, chosen = p.ID, personName(p), s.draft.People
		right = plain(p.Login)
		if note := personNote(p); note != "" {
			right = "! " + note + " · " + right
		}
	}
	box := "[ ] "
	if isChosen(chosen, id) {
		box = t.Good.Render("[x]") + " "
	}
	head := "  "
	if i == s.cursor {
		head = t.Cursor.Render("› ")
		if !s.typing {
			name = t.Strong.Render(name)
		}
	}
	return s.columns(head+box, name, right)
}

// columns puts a name and what belongs to it on one line; the name gives way
// first, but never wholly.
func (s *who) columns(head, name, right string) string {
	t := s.env.theme
	room := s.width - ansi.StringWidth(head)
	right = fit(right, max(room*3/5, 12))
	return head + pad(name, room-ansi.StringWidth(right)-1) + " " + t.Faint.Render(right)
}

func personName(p sso.Person) string {
	name := plain(strings.TrimSpace(p.FirstName + " " + p.LastName))
	if name == "" {
		return plain(p.Login)
	}
	return name
}

// personNote is why a person cannot sign in, as far as it shows.
func personNote(p sso.Person) string {
	switch {
	case p.Email == "":
		return "no e-mail"
	case p.Status != "" && p.Status != "ACTIVE" && p.Status != "PASSWORD_EXPIRED" && p.Status != "RECOVERY":
		return strings.ToLower(plain(strings.ReplaceAll(p.Status, "_", " ")))
	}
	return ""
}

// summary is who is chosen, how many that are, and what to think of.
func (s *who) summary() []string {
	t := s.env.theme
	lines := []string{t.Rule.Render(strings.Repeat("─", max(s.width, 0)))}
	lines = append(lines, s.chosenLine(), s.countLine())
	for _, g := range s.draft.Groups {
		if g.Everyone {
			name := plain(s.draft.SP)
			if p := s.env.world.Profile(s.draft.SP); p != nil {
				name = p.Name
			}
			lines = append(lines, hang(t.Warn.Render("! "), g.Name+" means every person of the org, also those who have no account at "+name, s.width)...)
		}
	}
	if names := s.unread(); len(names) > 0 {
		lines = append(lines, t.Warn.Render("! ")+ends(fit(strings.Join(names, ", ")+" cannot be read in Okta", s.width-2-16), "(c take it out)", s.width-2))
	}
	if n := len(s.noEmail()); n > 0 {
		lines = append(lines, t.Warn.Render("! ")+fit(itoa(n)+" of them "+haveHas(n)+" no e-mail address  (v view)", s.width-2))
	}
	if n := len(s.unknown); n > 0 {
		lines = append(lines, t.Warn.Render("! ")+fit(plural(n, "pasted address is", "pasted addresses are")+" nobody's: "+s.unknownNames(), s.width-2))
	}
	return append(lines, s.testerLine())
}

func haveHas(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

func (s *who) chosenLine() string {
	var names []string
	for _, c := range append(append([]Chosen{}, s.draft.Groups...), s.draft.People...) {
		names = append(names, c.Name)
	}
	if len(names) == 0 {
		return s.env.theme.Faint.Render("Nobody is chosen yet.")
	}
	text := "Chosen: "
	for i, n := range names {
		more := len(names) - i
		tail := ""
		if more > 1 {
			tail = " … and " + itoa(more-1) + " more"
		}
		piece := n
		if i > 0 {
			piece = ", " + n
		}
		if i > 0 && ansi.StringWidth(text+piece+tail) > s.width {
			return fit(text+" … and "+itoa(more)+" more", s.width)
		}
		text += piece
	}
	return fit(text, s.width)
}

func (s *who) countLine() string {
	groups, people := len(s.draft.Groups), len(s.draft.People)
	if groups+people == 0 {
		return ""
	}
	var parts []string
	if groups > 0 {
		parts = append(parts, plural(groups, "group", "groups"))
	}
	if people > 0 {
		parts = append(parts, plural(people, "person", "people"))
	}
	return fit(strings.Join(parts, ", ")+" chosen · "+s.reach(), s.width)
}

// reach is how many people get access, each counted once where all are known.
func (s *who) reach() string {
	seen := map[string]bool{}
	for _, p := range s.draft.People {
		seen[p.ID] = true
	}
	atMost, exact := len(seen), true
	for _, g := range s.draft.Groups {
		m, read := s.members[g.ID]
		switch {
		case !g.Everyone && !read && g.People < 0:
			return "counting …"
		case g.Everyone || !read || m.err != nil || m.More:
			exact = false
		}
		for _, p := range m.People {
			seen[p.ID] = true
		}
		if g.People < 0 {
			atMost += len(m.People)
			continue
		}
		atMost += g.People
	}
	if exact {
		return plural(len(seen), "person gets access", "people get access")
	}
	return "up to " + plural(atMost, "person gets access", "people get access")
}

// noEmail are the chosen people, by name or through a group, who have no
// e-mail address.
func (s *who) noEmail() []string {
	seen := map[string]bool{}
	var out []string
	add := func(id, name string) {
		if !seen[id] {
			seen[id] = true
			out = append(out, name)
		}
	}
	for _, c := range s.draft.People {
		if c.NoEmail {
			add(c.ID, c.Name)
		}
	}
	for _, g := range s.draft.Groups {
		for _, p := range s.members[g.ID].People {
			if p.Email == "" {
				add(p.ID, personName(p)+"  "+plain(p.Login)+"  ("+g.Name+")")
			}
		}
	}
	return out
}

func (s *who) testerLine() string {
	t := s.env.theme
	switch {
	case s.draft.NoTest:
		return t.Faint.Render(fit("No test is made  (t change)", s.width))
	case s.draft.Tester != "":
		return t.Faint.Render(fit("Tries it first: "+plain(s.draft.Tester)+"  (t change)", s.width))
	case s.env.world.SandboxTester != "":
		return t.Faint.Render(fit("Tries it first: "+plain(s.env.world.SandboxTester)+"  (t change)", s.width))
	}
	return t.Faint.Render(fit("Who tries it first is asked next", s.width))
}

func (s *who) withoutEmail() Screen {
	names := s.noEmail()
	r := reader{env: s.env, title: "Without an e-mail address"}
	r.text = func(width int) []string {
		if len(names) == 0 {
			return wrap("Nobody who is chosen lacks an e-mail address, as far as has been read.", width)
		}
		out := wrap("The service provider knows people by their e-mail address. These cannot sign in until they have one (Okta: Directory → People → the person → Profile).", width)
		out = append(out, "")
		for _, n := range names {
			out = append(out, fit("· "+n, width))
		}
		return out
	}
	return r
}

func (s *who) unknownNames() string {
	var names []string
	for _, f := range s.unknown {
		names = append(names, plain(f.Ref))
	}
	return strings.Join(names, ", ")
}

func (s *who) unknownList(head string) Screen {
	unknown, t := s.unknown, s.env.theme
	r := reader{env: s.env, title: head + ", " + plural(len(unknown), "is unknown", "are unknown")}
	r.text = func(width int) []string {
		var out []string
		for _, f := range unknown {
			out = append(out, hang(t.Warn.Render("! "), plain(f.Ref), width)...)
			out = append(out, hang("    ", plain(f.Why), width)...)
		}
		return out
	}
	return r
}

// pasteQuestion takes a list of addresses, however they are separated.
func (s *who) pasteQuestion() Screen {
	e, org := s.env, s.draft.Org
	q := newLineQuestion(e, "Paste logins or e-mail addresses", "One or many, with blanks, commas, semicolons or lines between them.", "", func(text string) tea.Cmd {
		list := split(text)
		return func() tea.Msg {
			found, err := e.back.FindPeople(e.ctx, org, list)
			return foundMsg{found, err}
		}
	})
	q.many = true
	return q
}

// split takes a pasted list apart and drops repeats.
func split(text string) []string {
	var out []string
	seen := map[string]bool{}
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;<>\"", r) }) {
		if !seen[one] {
			seen[one] = true
			out = append(out, one)
		}
	}
	return out
}
