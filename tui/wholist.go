package tui

import (
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// searchKey is a key while the search has the focus.
func (s *who) searchKey(msg tea.KeyMsg) tea.Cmd {
	k := s.env.keys
	switch {
	case key.Matches(msg, k.Back):
		s.typing = false
		s.search.Blur()
		if s.search.Value() != "" {
			s.search.SetValue("")
			return s.begin()
		}
		return nil
	case msg.Type == tea.KeyEnter, msg.Type == tea.KeyDown, msg.Type == tea.KeyTab:
		s.typing = false
		s.search.Blur()
		if msg.Type == tea.KeyTab {
			return s.otherTab()
		}
		return nil
	}
	return s.typeIn(msg)
}

// typeIn changes the search and asks the server once typing rests.
func (s *who) typeIn(msg tea.Msg) tea.Cmd {
	before := s.search.Value()
	var cmd tea.Cmd
	s.search, cmd = s.search.Update(msg)
	if s.search.Value() == before {
		return cmd
	}
	s.number = s.env.request() // what is under way is late from now on
	s.loading, s.stale, s.err = true, true, nil
	n := s.number
	return tea.Batch(cmd, tea.Tick(pause, func(time.Time) tea.Msg { return searchNow{n} }))
}

func (s *who) otherTab() tea.Cmd {
	s.tab = 1 - s.tab
	s.groups, s.people, s.after = nil, nil, ""
	return s.begin()
}

func (s *who) rows() int {
	if s.tab == groupsTab {
		return len(s.groups)
	}
	return len(s.people)
}

// listKey is a key while the list has the focus.
func (s *who) listKey(msg tea.KeyMsg) tea.Cmd {
	k := s.env.keys
	page := max(s.listHeight()-1, 1)
	switch {
	case key.Matches(msg, k.Back):
		s.search.SetValue("")
		return s.begin()
	case key.Matches(msg, k.Search):
		s.typing = true
		return s.search.Focus()
	case key.Matches(msg, k.Tab):
		return s.otherTab()
	case key.Matches(msg, k.Choose):
		return s.choose()
	case key.Matches(msg, k.Retry) && s.err != nil:
		return s.begin()
	case key.Matches(msg, k.View):
		return send(overlay{s.withoutEmail()})
	case key.Matches(msg, k.Picked):
		return send(overlay{newPicked(s)})
	case key.Matches(msg, k.Paste):
		return send(overlay{s.pasteQuestion()})
	case key.Matches(msg, k.Tester):
		return send(jump{atTester})
	case key.Matches(msg, k.Enter):
		return s.finish()
	case key.Matches(msg, k.Up):
		return s.moveTo(s.cursor - 1)
	case key.Matches(msg, k.Down):
		return s.moveTo(s.cursor + 1)
	case key.Matches(msg, k.PageUp):
		return s.moveTo(s.cursor - page)
	case key.Matches(msg, k.PageDown):
		return s.moveTo(s.cursor + page)
	case key.Matches(msg, k.Home):
		return s.moveTo(0)
	case key.Matches(msg, k.End):
		return s.moveTo(s.rows() - 1)
	}
	return nil
}

// moveTo moves the cursor, and asks for more where the list ends too soon.
func (s *who) moveTo(to int) tea.Cmd {
	if s.stale {
		return nil
	}
	s.cursor = max(min(to, s.rows()-1), 0)
	if s.cursor >= s.rows()-1 {
		return s.more()
	}
	return nil
}

func (s *who) choose() tea.Cmd {
	if s.stale || s.err != nil || s.cursor >= s.rows() {
		return nil
	}
	s.warned = false
	if s.tab == peopleTab {
		s.draft.People = toggle(s.draft.People, choosePerson(s.people[s.cursor]))
		return nil
	}
	g := s.groups[s.cursor]
	c := chooseGroup(g, s.double[g.Name])
	s.draft.Groups = toggle(s.draft.Groups, c)
	if isChosen(s.draft.Groups, c.ID) {
		return s.readMembers(c)
	}
	return nil
}

func toggle(list []Chosen, c Chosen) []Chosen {
	if i := slices.IndexFunc(list, func(have Chosen) bool { return have.ID == c.ID }); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return append(list, c)
}

func isChosen(list []Chosen, id string) bool {
	return slices.ContainsFunc(list, func(c Chosen) bool { return c.ID == id })
}

// finish goes on, but asks once when nobody is chosen.
func (s *who) finish() tea.Cmd {
	if s.stale && s.search.Value() != "" {
		return nil // who typed a name waits for it
	}
	if len(s.draft.Groups)+len(s.draft.People) == 0 && !s.warned {
		s.warned = true
		return send(say{s.env.theme.Warn.Render("! ") + "Only the tester would get access. Enter again goes on."})
	}
	return send(done{atWho})
}
