package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/sso"
)

// told reads what the service provider tells in the admin's place, shows it,
// and asks what is left: what it does not tell, and what it lets one choose.
type told struct {
	sized
	env     *env
	draft   Draft
	job     Job
	profile *catalog.Profile
	number  int
	loading bool
	at      tick
	err     error
	state   sso.SPState
	asked   []catalog.Input
	form    *form
}

// tells tells whether a profile has questions that the service provider can
// answer.
func tells(p *catalog.Profile) bool {
	return p.API != nil && slices.ContainsFunc(p.Inputs, func(in catalog.Input) bool { return in.From != (catalog.InputFrom{}) })
}

type toldMsg struct {
	number int
	state  sso.SPState
	err    error
}

func newTold(e *env, d Draft, job Job) Screen {
	return &told{env: e, draft: d, job: job, profile: e.world.Profile(d.SP), form: &form{env: e}}
}

func (s *told) Init() tea.Cmd {
	s.number = s.env.request()
	s.loading, s.err = true, nil
	n, e, job := s.number, s.env, s.job
	return tea.Batch(ticking(), func() tea.Msg {
		state, err := e.back.Told(e.ctx, job)
		return toldMsg{n, state, err}
	})
}

func (s *told) Update(msg tea.Msg) (Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case toldMsg:
		if msg.number != s.number {
			return s, nil
		}
		s.loading, s.err, s.state = false, msg.err, msg.state
		return s, s.arrange()
	case tick:
		if s.at = msg; s.loading {
			return s, ticking()
		}
		return s, nil
	case tea.KeyMsg:
		keys := s.env.keys
		switch {
		case s.loading:
			return s, nil
		case s.err != nil && (key.Matches(msg, keys.Retry) || key.Matches(msg, keys.Enter)):
			return s, s.Init()
		case s.err != nil:
			return s, nil
		}
	}
	finished, cmd := s.form.Update(msg)
	if finished {
		return s, tea.Batch(cmd, send(done{atTold}))
	}
	return s, cmd
}

// arrange makes the questions that are left.
func (s *told) arrange() tea.Cmd {
	s.asked, s.form.fields = nil, nil
	if s.err != nil || s.profile == nil {
		return nil
	}
	for _, in := range s.profile.InputsFor(s.state) {
		if in.From == (catalog.InputFrom{}) {
			continue
		}
		in.From = catalog.InputFrom{} // it has told
		s.asked = append(s.asked, in)
		s.form.fields = append(s.form.fields, inputField(s.env, s.profile, in, s.draft.Inputs[in.ID]))
	}
	return s.form.Init()
}

func (s *told) View() string {
	t := s.env.theme
	if s.profile == nil {
		return fill([]string{"There is no profile for " + plain(s.draft.SP) + "."}, s.width, s.height)
	}
	name := plain(s.profile.Name)
	lines := append(styled(t.Strong, "What "+name+" tells of itself", s.width), "")
	focus := 0
	switch {
	case s.loading:
		lines = append(lines, t.Accent.Render(spinner(s.at.at))+" Reading the settings of "+name+" …")
	case s.err != nil:
		lines = append(append(lines, failureLines(t, s.err, s.width)...), "", t.Faint.Render("Nothing was written."))
	default:
		lines = append(lines, s.values()...)
		fields, at := s.form.lines(s.width)
		focus = len(lines) + at
		lines = append(lines, fields...)
		if len(s.asked) == 0 {
			lines = append(lines, "Nothing is left to ask here.")
		}
	}
	shown, _ := window(lines, focus, 0, s.height)
	return fill(shown, s.width, s.height)
}

// values are the answers that nobody has to give.
func (s *told) values() []string {
	var out []string
	for _, in := range s.profile.Inputs {
		if v := s.state.Offered[in.From.Offered]; in.From.Offered != "" && v != "" {
			out = append(out, pair(plain(in.Label), plain(v), 26, s.width)...)
		}
	}
	if len(out) > 0 {
		out = append(out, "")
	}
	return out
}

func (s *told) SetSize(w, h int) Screen    { s.sized = sized{w, h}; return s }
func (s *told) Title() string              { return "What the service provider tells" }
func (s *told) Captures(k tea.KeyMsg) bool { return !s.loading && s.err == nil && s.form.captures(k) }

func (s *told) ShortHelp() []key.Binding {
	switch {
	case s.loading:
		return nil
	case s.err != nil:
		return keymap(s.env.keys.Retry)
	}
	return s.form.shortHelp("continue")
}
func (s *told) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }

func (s *told) Explain() Explanation {
	if len(s.form.fields) > 0 {
		return s.form.explain()
	}
	return Explanation{Title: s.Title(), What: "Some values are made by the service provider. They are read there, so that nobody has to copy them, and go into the Okta app."}
}

// Keep keeps what differs from what the service provider has by itself.
func (s *told) Keep(d *Draft) {
	for i, in := range s.asked {
		value := strings.TrimSpace(s.form.fields[i].text())
		if value == d.Inputs[in.ID] || value == in.Default && d.Inputs[in.ID] == "" {
			continue
		}
		if d.Inputs == nil {
			d.Inputs = map[string]string{}
		}
		d.Inputs[in.ID] = value
		delete(d.From, ask.Inputs)
	}
}
