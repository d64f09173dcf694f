package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/sso"
)

// pause is how long typing has to rest before the server is asked.
const pause = 120 * time.Millisecond

// tab is one of the two lists.
type tab int

const (
	groupsTab tab = iota
	peopleTab
)

// who chooses groups and people. The lists are the server's: one search, page
// after page as far as somebody scrolls.
type who struct {
	sized
	env    *env
	draft  Draft
	tab    tab
	search textinput.Model
	typing bool // the search has the focus

	number  int // of the last search; answers to others are late
	stop    context.CancelFunc
	loading bool
	stale   bool // the rows are those of the search before
	err     error
	groups  []Group
	people  []sso.Person
	after   string
	cursor  int
	offset  int

	members map[string]membersOf // of the chosen groups, by id
	twins   map[string]string    // group name → id of one that has it
	double  map[string]bool      // names that several groups have
	unknown []Found              // of a pasted list
	warned  bool
}

type membersOf struct {
	Members
	err error
}

// Messages of the picker, each with the number of the search that asked.
type (
	searchNow struct{ number int }
	groupsMsg struct {
		number int
		page   GroupPage
		err    error
		more   bool
	}
	peopleMsg struct {
		number int
		page   PeoplePage
		err    error
		more   bool
	}
	membersMsg struct {
		id string
		membersOf
	}
	foundMsg struct {
		found []Found
		err   error
	}
)

func newWho(e *env, d Draft) Screen {
	in := textinput.New()
	in.Prompt = "search: "
	in.PromptStyle, in.PlaceholderStyle = e.theme.Faint, e.theme.Faint
	in.CharLimit = 100
	return &who{env: e, draft: d, search: in, members: map[string]membersOf{}, twins: map[string]string{}, double: map[string]bool{}}
}

func (s *who) Init() tea.Cmd {
	cmds := []tea.Cmd{s.begin()}
	for _, g := range s.draft.Groups {
		cmds = append(cmds, s.readMembers(g))
	}
	return tea.Batch(cmds...)
}

// begin asks for the first page of a new search.
func (s *who) begin() tea.Cmd {
	s.number = s.env.request()
	s.loading, s.stale, s.err, s.cursor, s.offset = true, true, nil, 0, 0
	return s.ask("", false)
}

// more asks for the page after the last one.
func (s *who) more() tea.Cmd {
	if s.after == "" || s.loading {
		return nil
	}
	s.loading = true
	return s.ask(s.after, true)
}

func (s *who) ask(after string, more bool) tea.Cmd {
	if s.stop != nil {
		s.stop()
	}
	ctx, stop := context.WithCancel(s.env.ctx)
	s.stop = stop
	n, e, org, text := s.number, s.env, s.draft.Org, strings.TrimSpace(s.search.Value())
	if s.tab == groupsTab {
		return func() tea.Msg {
			page, err := e.back.Groups(ctx, org, text, after)
			return groupsMsg{n, page, err, more}
		}
	}
	return func() tea.Msg {
		page, err := e.back.People(ctx, org, text, after)
		return peopleMsg{n, page, err, more}
	}
}

func (s *who) readMembers(g Chosen) tea.Cmd {
	if g.Everyone {
		return nil // everybody is everybody
	}
	if _, known := s.members[g.ID]; known {
		return nil
	}
	e, org := s.env, s.draft.Org
	return func() tea.Msg {
		m, err := e.back.Members(e.ctx, org, g.ID)
		return membersMsg{g.ID, membersOf{m, err}}
	}
}

func (s *who) Update(msg tea.Msg) (Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case searchNow:
		if msg.number == s.number {
			return s, s.begin()
		}
	case groupsMsg:
		if msg.number == s.number {
			return s, s.tookGroups(msg)
		}
	case peopleMsg:
		if msg.number == s.number {
			return s, s.tookPeople(msg)
		}
	case membersMsg:
		s.members[msg.id] = msg.membersOf
	case foundMsg:
		return s, s.tookFound(msg)
	case typed:
		return s, s.typeIn(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(msg.text)})
	case tea.KeyMsg:
		if s.typing {
			return s, s.searchKey(msg)
		}
		return s, s.listKey(msg)
	default:
		var cmd tea.Cmd
		s.search, cmd = s.search.Update(msg)
		return s, cmd
	}
	return s, nil
}

func (s *who) tookGroups(msg groupsMsg) tea.Cmd {
	s.loading, s.stale, s.err = false, false, msg.err
	if msg.err != nil {
		return nil
	}
	if !msg.more {
		s.groups = nil
	}
	for _, g := range msg.page.Groups {
		if id, seen := s.twins[g.Name]; seen && id != g.ID {
			s.double[g.Name] = true
		}
		s.twins[g.Name] = g.ID
	}
	s.groups, s.after = append(s.groups, msg.page.Groups...), msg.page.After
	return s.fillUp()
}

// fillUp asks for more while there is room on the screen.
func (s *who) fillUp() tea.Cmd {
	if s.rows() < s.listHeight() {
		return s.more()
	}
	return nil
}

func (s *who) tookPeople(msg peopleMsg) tea.Cmd {
	s.loading, s.stale, s.err = false, false, msg.err
	if msg.err != nil {
		return nil
	}
	if !msg.more {
		s.people = nil
	}
	s.people, s.after = append(s.people, msg.page.People...), msg.page.After
	return s.fillUp()
}

// tookFound chooses the people of a pasted list and shows the others.
func (s *who) tookFound(msg foundMsg) tea.Cmd {
	if msg.err != nil {
		s.err = msg.err
		return nil
	}
	added := 0
	s.unknown = nil
	for _, f := range msg.found {
		if f.Person == nil {
			s.unknown = append(s.unknown, f)
			continue
		}
		if !slices.ContainsFunc(s.draft.People, func(c Chosen) bool { return c.ID == f.Person.ID }) {
			s.draft.People = append(s.draft.People, choosePerson(*f.Person))
			added++
		}
	}
	text := plural(added, "person added", "people added")
	if len(s.unknown) == 0 {
		return send(say{text})
	}
	return send(overlay{s.unknownList(text)})
}

func (s *who) SetSize(w, h int) Screen {
	s.sized = sized{w, h}
	s.search.Width = max(min(w-32, 30), 8)
	return s
}

func (s *who) Title() string { return "Who" }

func (s *who) Captures(k tea.KeyMsg) bool {
	if !s.typing { // esc clears a search before it leaves the screen
		return s.search.Value() != "" && key.Matches(k, s.env.keys.Back)
	}
	return k.String() != "?" && k.String() != "f1"
}

func (s *who) ShortHelp() []key.Binding {
	k := s.env.keys
	if s.typing {
		return keymap(as(k.Enter, "to the list"), bind("esc", "clear", "esc"))
	}
	other := "people"
	if s.tab == peopleTab {
		other = "groups"
	}
	out := keymap(k.Choose, as(k.Enter, "go on"), k.Search, as(k.Tab, other))
	if s.err != nil {
		out = append(keymap(k.Retry), out...)
	}
	return append(out, k.Paste, k.Tester, k.View, as(k.Picked, "chosen"))
}

func (s *who) FullHelp() [][]key.Binding {
	k := s.env.keys
	return [][]key.Binding{{k.Choose, k.Search, as(k.Tab, "groups or people"), k.Enter, as(k.Paste, "paste a list of addresses"),
		as(k.Tester, "who tries the sign-in"), as(k.View, "who has no e-mail address"), as(k.Picked, "who is chosen, to take somebody out"), k.PageDown, k.PageUp, k.Home, k.End}}
}

func (s *who) Explain() Explanation {
	g, u := ask.Find(ask.Groups), ask.Find(ask.Users)
	return Explanation{Title: "Who", Literal: s.typing, What: g.Help + ". " + u.Help + ".\n" +
		"The search looks at the beginning of names, logins and addresses, on Okta's side. The service provider knows people by their e-mail address, so those without one cannot sign in.",
		Okta: "Applications → the app → Assignments; Directory → Groups, Directory → People", Example: g.Example}
}

func (s *who) Keep(d *Draft) {
	if !slices.Equal(refs(d.Groups), refs(s.draft.Groups)) {
		delete(d.From, ask.Groups)
	}
	if !slices.Equal(refs(d.People), refs(s.draft.People)) {
		delete(d.From, ask.Users)
	}
	d.Groups, d.People = slices.Clone(s.draft.Groups), slices.Clone(s.draft.People)
	if s.stop != nil {
		s.stop()
	}
}
