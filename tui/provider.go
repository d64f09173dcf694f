package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
)

// provider chooses the service provider.
type provider struct {
	sized
	env    *env
	draft  Draft
	cursor int
	offset int // of the text below the list
}

func newProvider(e *env, d Draft) Screen {
	s := provider{env: e, draft: d}
	for i, p := range e.world.Profiles {
		if p.ID == d.SP {
			s.cursor = i
		}
	}
	return s
}

func (s provider) Init() tea.Cmd { return nil }

func (s provider) at() *catalog.Profile {
	if s.cursor >= len(s.env.world.Profiles) {
		return nil
	}
	return s.env.world.Profiles[s.cursor]
}

func (s provider) Update(msg tea.Msg) (Screen, tea.Cmd) {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return s, nil
	}
	keys := s.env.keys
	switch {
	case key.Matches(k, keys.Down):
		s.cursor, s.offset = min(s.cursor+1, len(s.env.world.Profiles)-1), 0
	case key.Matches(k, keys.Up):
		s.cursor, s.offset = max(s.cursor-1, 0), 0
	case key.Matches(k, keys.PageDown):
		s.offset = min(s.offset+max(s.room()-1, 1), max(s.lines()-s.room(), 0))
	case key.Matches(k, keys.PageUp):
		s.offset = max(s.offset-max(s.room()-1, 1), 0)
	case key.Matches(k, keys.Enter) && s.at() != nil:
		return s, send(done{atProvider})
	}
	return s, nil
}

func (s provider) View() string {
	list, focus := s.list()
	shown, _ := window(list, focus, 0, s.height-s.room())
	if p := s.at(); p != nil {
		text, _ := window(s.about(p), -1, s.offset, s.room())
		shown = append(shown, text...)
	}
	return fill(shown, s.width, s.height)
}

// list is the service providers, and the line of the one that is chosen.
func (s provider) list() (lines []string, focus int) {
	t := s.env.theme
	lines = []string{t.Strong.Render("Which service are people to sign in to with Okta?"), ""}
	for i, p := range s.env.world.Profiles {
		head := "  "
		name := plain(p.Name)
		if i == s.cursor {
			head, name = t.Cursor.Render("› "), t.Strong.Render(name)
			focus = len(lines)
		}
		lines = append(lines, head+name+t.Faint.Render("  "+strings.ToUpper(string(p.Protocol))))
	}
	return append(lines, ""), focus
}

// room is how many lines there are for what is said of the chosen one: what the
// list leaves, and never less than a third.
func (s provider) room() int {
	list, _ := s.list()
	return max(s.height-len(list), s.height/3)
}

func (s provider) lines() int {
	if p := s.at(); p != nil {
		return len(s.about(p))
	}
	return 0
}

// Note tells that there is more to read.
func (s provider) Note() string {
	if more := moreBelow(s.lines(), s.offset, s.room()); more != "" {
		return more + "  (pgdn)"
	}
	return ""
}

// about is what the profile says before anything is asked.
func (s provider) about(p *catalog.Profile) []string {
	t := s.env.theme
	var out []string
	if len(p.Prerequisites) > 0 {
		out = append(out, t.Strong.Render("Before you begin"))
		for _, text := range p.Prerequisites {
			out = append(out, hang("· ", plain(text), s.width)...)
		}
	}
	if p.Guide != "" {
		out = append(out, "")
		out = append(out, styledHang(t.Faint, "Guide  ", plain(p.Guide), s.width)...)
	}
	return out
}

func (s provider) SetSize(w, h int) Screen  { s.sized = sized{w, h}; return s }
func (s provider) Title() string            { return "Service provider" }
func (s provider) Captures(tea.KeyMsg) bool { return false }

func (s provider) ShortHelp() []key.Binding {
	return keymap(s.env.keys.Enter, as(s.env.keys.Down, "move"))
}
func (s provider) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }

func (s provider) Explain() Explanation {
	q := ask.Find(ask.SP)
	return Explanation{Title: q.Title, What: q.Help, Example: q.Example}
}

func (s provider) Keep(d *Draft) {
	p := s.at()
	if p == nil {
		return
	}
	if d.SP != p.ID {
		delete(d.From, ask.SP)
	}
	d.profileDefaults(p)
}
