package tui

import (
	"errors"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
)

// adopt takes an app that is in Okta already under management: one that carries
// our mark and that this machine does not know, or any other by its id. Nothing
// is changed on either side.
type adopt struct {
	sized
	env     *env
	draft   Draft
	makeJob func(Draft) Job
	number  int
	at      tick

	loading bool
	err     error // of the list
	list    []Adoptable
	cursor  int

	// form asks which app it is, and what neither side tells; nil while choosing.
	form     *form
	untold   bool // neither side told everything, so the profile's inputs are asked
	chosen   Adoptable
	inputs   *details
	working  bool
	adoptErr error
}

type (
	adoptableMsg struct {
		number int
		list   []Adoptable
		err    error
	}
	adoptedMsg struct {
		number int
		result plan.Result
		err    error
	}
)

func newAdopt(e *env, d Draft, makeJob func(Draft) Job) Screen {
	return &adopt{env: e, draft: d, makeJob: makeJob}
}

func (s *adopt) Init() tea.Cmd {
	if s.draft.AppID != "" && s.adoptErr == nil { // it is known which one
		s.chosen = Adoptable{AppID: s.draft.AppID, Connection: s.draft.Connection, Profile: s.draft.SP}
		return s.begin()
	}
	s.number = s.env.request()
	s.loading, s.err = true, nil
	n, e, org := s.number, s.env, s.draft.Org
	return tea.Batch(ticking(), func() tea.Msg {
		list, err := e.back.Adoptable(e.ctx, org)
		return adoptableMsg{n, list, err}
	})
}

func (s *adopt) Update(msg tea.Msg) (Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case adoptableMsg:
		if msg.number == s.number {
			s.loading, s.list, s.err = false, msg.list, msg.err
		}
		return s, nil
	case adoptedMsg:
		if msg.number == s.number {
			return s, s.adopted(msg)
		}
		return s, nil
	case tick:
		if s.at = msg; s.loading || s.working {
			return s, ticking()
		}
		return s, nil
	case tea.KeyMsg:
		switch {
		case s.working:
			return s, nil
		case key.Matches(msg, s.env.keys.AllTheSame) && s.unlike():
			s.draft.Override = true
			return s, s.begin()
		case s.form == nil:
			return s, s.listKey(msg)
		case key.Matches(msg, s.env.keys.Back):
			s.form, s.adoptErr = nil, nil
			return s, nil
		}
	}
	if s.form == nil {
		return s, nil
	}
	finished, cmd := s.form.Update(msg)
	if finished {
		return s, tea.Batch(cmd, s.begin())
	}
	s.arrange()
	return s, cmd
}

func (s *adopt) listKey(k tea.KeyMsg) tea.Cmd {
	keys := s.env.keys
	switch {
	case s.loading:
	case key.Matches(k, keys.Down):
		s.cursor = min(s.cursor+1, len(s.list))
	case key.Matches(k, keys.Up):
		s.cursor = max(s.cursor-1, 0)
	case key.Matches(k, keys.Retry) && s.err != nil:
		return s.Init()
	case key.Matches(k, keys.Enter):
		return s.choose()
	}
	return nil
}

// choose takes the app under the cursor, or asks which one it is. What the
// service provider is to have is read off both sides.
func (s *adopt) choose() tea.Cmd {
	s.adoptErr, s.untold = nil, false
	s.chosen = Adoptable{}
	if s.cursor < len(s.list) {
		s.chosen = s.list[s.cursor]
		if s.env.world.Profile(s.chosen.Profile) == nil {
			s.adoptErr = errors.New("there is no profile called " + plain(s.chosen.Profile) + " here; copy it from the other machine first")
			return nil
		}
	}
	if s.form, s.inputs = nil, nil; s.chosen.AppID != "" {
		return s.begin()
	}
	s.form = &form{env: s.env}
	s.ask()
	return s.form.Init()
}

// askRest asks what neither side told; it is nil when there is nothing to ask.
func (s *adopt) askRest() tea.Cmd {
	s.untold = true
	if s.form == nil {
		s.form = &form{env: s.env}
	}
	s.arrange()
	if len(s.form.fields) == s.before() {
		if s.before() == 0 {
			s.form = nil
		}
		return nil
	}
	s.form.focus = s.before()
	return s.form.Init()
}

// What the fields ask, beside the profile's inputs.
const (
	askApp = iota
	askSP
	askName
	askedFirst
)

// ask makes the fields: of an app with our mark only the profile's inputs.
func (s *adopt) ask() {
	if s.chosen.AppID == "" {
		id := textField(s.env, "Id of the Okta app", "")
		id.help = "It begins with 0oa and stands in the address of the app's page in the Admin Console"
		id.explain = Explanation{Title: "App id", What: "The id of the app to take over. Nothing in it is changed.", Okta: "Applications → the app; the address of the page ends in /instance/0oa…", Example: "0oa1b2c3d4e5F6G7h8i9"}
		id.check = func(text string) error {
			if !strings.HasPrefix(text, "0oa") || strings.ContainsAny(text, " /?#") {
				return errors.New("an app's id begins with 0oa, such as 0oa1b2c3d4e5F6G7h8i9")
			}
			return nil
		}
		var options []huh.Option[string]
		for _, p := range s.env.world.Profiles {
			options = append(options, huh.NewOption(plain(p.Name), p.ID))
		}
		sp := choiceField(s.env, ask.Find(ask.SP).Title, s.env.world.Profiles[0].ID, options)
		q := ask.Find(ask.Connection)
		name := textField(s.env, q.Title, "")
		name.help = q.Help + "; empty: that of the service provider"
		name.check = func(text string) error {
			if text == "" || q.Check == nil {
				return nil
			}
			return q.Check(text)
		}
		s.form.fields = []*field{id, sp, name}
	}
	s.arrange()
}

func (s *adopt) profileID() string {
	if s.chosen.AppID != "" {
		return s.chosen.Profile
	}
	return s.form.fields[askSP].text()
}

// arrange puts the questions of the chosen service provider at the end.
func (s *adopt) arrange() {
	p := s.env.world.Profile(s.profileID())
	if p == nil {
		return
	}
	if s.inputs == nil || s.inputs.profile != p {
		s.inputs = &details{env: s.env, profile: p, form: &form{env: s.env}}
		for _, in := range p.Inputs {
			s.inputs.add(in.ID, inputField(s.env, p, in, ""))
		}
	}
	s.inputs.arrange()
	s.form.fields = s.form.fields[:s.before():s.before()]
	if s.untold {
		s.form.fields = append(s.form.fields, s.inputs.form.fields...)
	}
	s.form.focus = min(s.form.focus, max(len(s.form.fields)-1, 0))
}

func (s *adopt) before() int {
	if s.chosen.AppID != "" {
		return 0
	}
	return askedFirst
}

// begin takes the app over.
func (s *adopt) begin() tea.Cmd {
	d := s.draft
	d.SP, d.Inputs = s.profileID(), s.answered()
	d.AppID, d.Connection = s.chosen.AppID, s.chosen.Connection
	if d.AppID == "" {
		d.AppID, d.Connection = s.form.fields[askApp].text(), s.form.fields[askName].text()
	}
	if d.Connection == "" {
		d.Connection = d.SP
	}
	s.draft = d
	s.number = s.env.request()
	s.working, s.adoptErr = true, nil
	n, e, job := s.number, s.env, s.makeJob(d)
	e.runs.Add(1)
	return tea.Batch(ticking(), func() tea.Msg {
		defer e.runs.Done()
		result, err := e.back.Adopt(e.ctx, job)
		return adoptedMsg{n, result, err}
	})
}

// unlike tells whether the app was refused only because it does not look like
// one for the service provider.
func (s *adopt) unlike() bool { return plan.WaysOf(s.adoptErr).Override != "" && !s.draft.Override }

func (s *adopt) answered() map[string]string {
	if s.form == nil || s.inputs == nil || !s.untold {
		return nil
	}
	return s.inputs.inputs()
}

func (s *adopt) adopted(msg adoptedMsg) tea.Cmd {
	s.working, s.adoptErr = false, msg.err
	if msg.err != nil {
		if hint.CodeOf(msg.err) == hint.Usage && !s.untold {
			return s.askRest()
		}
		if s.form == nil && s.list == nil && s.draft.AppID != "" {
			return s.Init() // what else there is
		}
		return nil
	}
	text := "Taken over: " + plain(s.draft.Connection) + ". Nothing was changed on either side."
	return tea.Sequence(send(done{atAdopt}), send(say{s.env.theme.Good.Render("✓ ") + text}))
}

func (s *adopt) View() string {
	t := s.env.theme
	var lines []string
	focus := -1
	switch {
	case s.working:
		lines = []string{t.Accent.Render(spinner(s.at.at)) + " Reading the app and the service provider's side …", "", t.Faint.Render("Nothing is written on either side.")}
	case s.form != nil:
		lines, focus = s.form.lines(s.width)
	case s.loading:
		lines = []string{t.Accent.Render(spinner(s.at.at)) + " Looking for apps that were set up by ssowizard on another machine …"}
	default:
		lines, focus = s.listLines()
	}
	if s.adoptErr != nil {
		lines = append(append(lines, ""), s.refused()...)
		focus = len(lines) - 1
	}
	shown, _ := window(lines, focus, 0, s.height)
	return fill(shown, s.width, s.height)
}

func (s *adopt) refused() []string {
	t := s.env.theme
	if !s.unlike() && s.untold { // the fields ask for what the hints name
		return hang(t.Bad.Render("✗ "), plain(s.adoptErr.Error()), s.width)
	}
	if !s.unlike() {
		return failureLines(t, s.adoptErr, s.width)
	}
	out := hang(t.Bad.Render("✗ "), plain(s.adoptErr.Error()), s.width)
	k := s.env.keys.AllTheSame.Help()
	return append(out, hang(t.Key.Render(k.Key)+"  ", k.Desc, s.width)...)
}

func (s *adopt) listLines() (lines []string, focus int) {
	t := s.env.theme
	lines = append(styled(t.Strong, "Which app in Okta is to be managed from here? Nothing in it is changed.", s.width), "")
	if s.err != nil {
		lines = append(append(lines, failureLines(t, s.err, s.width)...), "")
	} else if len(s.list) == 0 {
		lines = append(append(lines, wrap("There is no app that ssowizard has set up on another machine.", s.width)...), "")
	}
	item := func(i int, text string) {
		mark := "  "
		if i == s.cursor {
			mark, text, focus = t.Cursor.Render("› "), t.Strong.Render(text), len(lines)
		}
		lines = append(lines, fit(mark+text, s.width))
	}
	for i, a := range s.list {
		item(i, plain(a.Label)+" · "+s.spName(a))
		if i == s.cursor {
			about := "Set up as connection " + plain(a.Connection) + "; " + plain(a.AppID)
			if !a.Active {
				about += "; not active"
			}
			lines = append(lines, styledHang(t.Faint, "    ", about, s.width)...)
			focus = len(lines) - 1
		}
	}
	item(len(s.list), "Another app, by its id")
	return lines, focus
}

func (s *adopt) spName(a Adoptable) string {
	if p := s.env.world.Profile(a.Profile); p != nil {
		return plain(p.Name)
	}
	return plain(a.Profile)
}

func (s *adopt) SetSize(w, h int) Screen { s.sized = sized{w, h}; return s }
func (s *adopt) Title() string           { return "Take over" }

// Captures: esc leaves the questions for the list before it leaves the screen.
func (s *adopt) Captures(k tea.KeyMsg) bool {
	return s.form != nil && !s.working && (key.Matches(k, s.env.keys.Back) || s.form.captures(k))
}

func (s *adopt) ShortHelp() []key.Binding {
	k := s.env.keys
	switch {
	case s.working, s.loading:
		return nil
	case s.unlike() && s.form == nil:
		return keymap(k.AllTheSame, as(k.Enter, "take over"), as(k.Down, "move"))
	case s.form != nil:
		return slices.Insert(s.form.shortHelp("take over"), 1, bind("esc", "to the list", "esc"))
	case s.err != nil:
		return keymap(k.Retry, as(k.Enter, "choose"), as(k.Down, "move"))
	}
	return keymap(as(k.Enter, "take over"), as(k.Down, "move"))
}
func (s *adopt) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }

func (s *adopt) Explain() Explanation {
	if s.form != nil && slices.ContainsFunc(s.form.fields, func(f *field) bool { return f == s.form.at() && f.explain.What != "" }) {
		return s.form.explain()
	}
	return Explanation{Title: "Take over", What: "An app that ssowizard has set up carries a line in its note for administrators, by which another machine knows what it is for. " +
		"Taking it over reads both sides and keeps here what they hold now. Undo later leaves the app in place.", Okta: "Applications → the app → General → Application notes for admins"}
}

func (s *adopt) Keep(*Draft) {}
