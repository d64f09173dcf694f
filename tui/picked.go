package tui

import (
	"slices"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// picked lists who is chosen, to take out whom no search finds any more. What is
// taken out stays in view, so that a slip can be mended.
type picked struct {
	sized
	env    *env
	who    *who
	groups []Chosen
	people []Chosen
	cursor int
	offset int
}

func newPicked(s *who) Screen {
	return &picked{env: s.env, who: s, groups: slices.Clone(s.draft.Groups), people: slices.Clone(s.draft.People)}
}

func (s *picked) Init() tea.Cmd { return nil }

func (s *picked) rows() int { return len(s.groups) + len(s.people) }

func (s *picked) Update(msg tea.Msg) (Screen, tea.Cmd) {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return s, nil
	}
	keys := s.env.keys
	switch {
	case key.Matches(k, keys.Down):
		s.cursor = max(min(s.cursor+1, s.rows()-1), 0)
	case key.Matches(k, keys.Up):
		s.cursor = max(s.cursor-1, 0)
	case key.Matches(k, keys.Choose):
		return s, s.toggle()
	case key.Matches(k, keys.Enter), key.Matches(k, keys.Picked), key.Matches(k, keys.Exit):
		return s, send(closed{})
	}
	return s, nil
}

func (s *picked) toggle() tea.Cmd {
	s.who.warned = false
	i, d := s.cursor, &s.who.draft
	switch {
	case i < len(s.groups):
		d.Groups = toggle(d.Groups, s.groups[i])
		if isChosen(d.Groups, s.groups[i].ID) {
			return s.who.readMembers(s.groups[i])
		}
	case i < s.rows():
		d.People = toggle(d.People, s.people[i-len(s.groups)])
	}
	return nil
}

func (s *picked) View() string {
	t := s.env.theme
	lines := []string{}
	row := func(c Chosen, chosen []Chosen, right string) {
		box, head := "[ ] ", "  "
		if isChosen(chosen, c.ID) {
			box = t.Good.Render("[x]") + " "
		}
		if len(lines) == s.cursor {
			head = t.Cursor.Render("› ")
		}
		lines = append(lines, ends(head+box+c.Name, t.Faint.Render(right), s.width))
	}
	for _, c := range s.groups {
		right := "group"
		if m, read := s.who.members[c.ID]; read && m.err != nil {
			right = "! cannot be read in Okta · group"
		}
		row(c, s.who.draft.Groups, right)
	}
	for _, c := range s.people {
		row(c, s.who.draft.People, "person")
	}
	if len(lines) == 0 {
		lines = []string{t.Faint.Render("Nobody is chosen yet.")}
	}
	shown, top := window(lines, s.cursor, s.offset, s.height-2)
	s.offset = top
	return fill(append([]string{t.Strong.Render("Who is chosen"), ""}, shown...), s.width, s.height)
}

// Note tells how many there are below.
func (s *picked) Note() string { return moreBelow(s.rows(), s.offset, s.height-2) }

func (s *picked) SetSize(w, h int) Screen  { s.sized = sized{w, h}; return s }
func (s *picked) Title() string            { return "Who is chosen" }
func (s *picked) Captures(tea.KeyMsg) bool { return false }
func (s *picked) ShortHelp() []key.Binding {
	k := s.env.keys
	return keymap(as(k.Choose, "take out, put back"), as(k.Enter, "to the list"), as(k.Down, "move"))
}
func (s *picked) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }
func (s *picked) Explain() Explanation      { return Explanation{Title: s.Title()} }
func (s *picked) Keep(*Draft)               {}

// unread are the chosen groups that cannot be read, as those that somebody has
// deleted.
func (s *who) unread() []string {
	var out []string
	for _, g := range s.draft.Groups {
		if m, read := s.members[g.ID]; read && m.err != nil {
			out = append(out, g.Name)
		}
	}
	return out
}
