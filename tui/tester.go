package tui

import (
	"errors"
	"slices"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
)

// tester asks who tries the sign-in first, and with which password.
type tester struct {
	sized
	env      *env
	draft    Draft
	form     *form
	way      *field
	login    *field
	password *field
	must     bool // there is nothing else to do than to try
	have     bool // a password of an earlier visit, or of the environment
	number   int
	looking  bool
	found    *sso.Person
	err      error
}

type testerMsg struct {
	number int
	found  Found
	err    error
}

// testLater is the way of those who do not want a test now.
const testLater = string(sso.TestNone)

func newTester(e *env, d Draft, have bool, verb Verb) Screen {
	s := &tester{env: e, draft: d, have: have, must: verb == Test}
	way := string(sso.TestHTTP)
	switch {
	case d.NoTest:
		way = testLater
	case d.Way == sso.TestByHand || d.Way == sso.TestBrowser:
		way = string(d.Way)
	}
	title, without, what := wayWords(verb)
	options := []huh.Option[string]{huh.NewOption("yes, with a tester's password", string(sso.TestHTTP)),
		huh.NewOption(map[bool]string{true: "yes, in a browser that opens here", false: "yes, in a browser out of sight"}[e.world.Screen], string(sso.TestBrowser)),
		huh.NewOption("yes, by hand in a browser of my own", string(sso.TestByHand))}
	if !s.must {
		options = append(options, huh.NewOption(without, testLater))
	} else {
		title = "How is the sign-in to be tried?"
	}
	s.way = choiceField(e, title, way, options)
	s.way.help = "← and → show the other ways"
	s.way.explain = Explanation{Title: "Test", What: what}
	login := d.Tester
	if login == "" {
		login = e.world.SandboxTester
	}
	if login == "" && len(d.People) > 0 {
		login = d.People[0].Ref
	}
	q, pq := ask.Find(ask.TestUser), ask.Find(ask.TestPassword)
	s.login = textField(e, q.Title, login)
	s.login.help = "Okta login of somebody who also has an account at the service provider"
	s.login.explain = Explanation{Title: q.Title, What: q.Help + ".", Okta: "Directory → People → the person → Username", Example: q.Example}
	s.login.check = func(text string) error {
		if text == "" {
			return errors.New("somebody has to try it, such as " + q.Example)
		}
		return nil
	}
	s.password = secretField(e, pq.Title)
	s.password.help = "Used for this test and not kept"
	if have {
		s.password.help = "Empty: the one given before"
		if e.world.Sandbox() {
			s.password.help = "Empty: the sandbox's own"
		}
	}
	s.password.explain = Explanation{Title: pq.Title, What: "The Okta password of the test user. It goes to Okta's own sign-in page and nowhere else, and is not kept."}
	s.password.check = func(text string) error {
		if text == "" && !s.have {
			return errors.New("the password is needed for the sign-in; nothing is shown while you type")
		}
		return nil
	}
	s.form = &form{env: e}
	s.arrange()
	return s
}

// wayWords ask how it is to be tried, say what it means not to, and explain both.
func wayWords(verb Verb) (title, without, what string) {
	switch verb {
	case Rotate:
		return "Prove the new pair with a real sign-in?", "no; a mistake shows when people sign in",
			"When it fails, both sides go back to the old pair by themselves. Without it nobody notices before people cannot sign in."
	case Enable:
		return "Try a real sign-in right after turning on?", "no; a mistake shows when people sign in",
			"Nobody can sign in there before it is on. One person signs in for real at once, and when that fails it is turned off again. " +
				"Without it nobody notices before people cannot sign in."
	}
	return "Try a real sign-in before everybody gets access?", "no; it cannot be turned on without a test",
		"One person is assigned first and signs in for real; everybody else is assigned after that has worked, so that nobody meets a broken tile."
}

// arrange shows the fields that the answer to the first one calls for.
func (s *tester) arrange() {
	s.form.fields = []*field{s.way}
	if s.way.text() != testLater {
		s.form.fields = append(s.form.fields, s.login)
	}
	// A window can ask the person for the password itself.
	if way := sso.TestWay(s.way.text()); way == sso.TestHTTP || way == sso.TestBrowser && !s.env.world.Screen {
		s.form.fields = append(s.form.fields, s.password)
	}
}

func (s *tester) Init() tea.Cmd { return s.form.Init() }

func (s *tester) Update(msg tea.Msg) (Screen, tea.Cmd) {
	if m, ok := msg.(testerMsg); ok {
		return s.answered(m)
	}
	if k, ok := msg.(tea.KeyMsg); ok {
		if s.looking {
			return s, nil
		}
		if k.Type == tea.KeyRunes || k.Type == tea.KeyBackspace {
			s.err, s.found = nil, nil
		}
	}
	finished, cmd := s.form.Update(msg)
	s.arrange()
	if !finished {
		return s, cmd
	}
	if s.way.text() == testLater {
		return s, tea.Batch(cmd, send(done{atTester}))
	}
	s.number = s.env.request()
	s.looking, s.err = true, nil
	n, e, org, ref := s.number, s.env, s.draft.Org, s.login.text()
	return s, func() tea.Msg {
		found, err := e.back.FindPeople(e.ctx, org, []string{ref})
		if err != nil || len(found) != 1 {
			return testerMsg{number: n, err: err}
		}
		return testerMsg{n, found[0], nil}
	}
}

func (s *tester) answered(m testerMsg) (Screen, tea.Cmd) {
	if m.number != s.number {
		return s, nil
	}
	s.looking, s.err = false, m.err
	switch {
	case m.err != nil:
		return s, nil
	case m.found.Person == nil:
		s.err = errors.New(m.found.Why)
		return s, s.form.move(slices.Index(s.form.fields, s.login))
	}
	s.found = m.found.Person
	typed := secret.New(s.password.text())
	return s, tea.Sequence(send(gotSecrets{Secrets: Secrets{Password: typed}}), send(done{atTester}))
}

func (s *tester) View() string {
	t := s.env.theme
	lines, focus := s.form.lines(s.width)
	switch {
	case s.looking:
		lines = append(lines, t.Accent.Render(spinner(zeroTime))+" Looking the person up …")
		focus = len(lines) - 1
	case s.err != nil:
		lines = append(lines, failureLines(t, s.err, s.width)...)
		focus = len(lines) - 1
	}
	shown, _ := window(lines, focus, 0, s.height)
	return fill(shown, s.width, s.height)
}

func (s *tester) SetSize(w, h int) Screen    { s.sized = sized{w, h}; return s }
func (s *tester) Title() string              { return "Who tries it first" }
func (s *tester) Captures(k tea.KeyMsg) bool { return s.form.captures(k) }
func (s *tester) ShortHelp() []key.Binding   { return s.form.shortHelp("continue") }
func (s *tester) FullHelp() [][]key.Binding  { return [][]key.Binding{s.ShortHelp()} }
func (s *tester) Explain() Explanation       { return s.form.explain() }

func (s *tester) Keep(d *Draft) {
	d.NoTest = s.way.text() == testLater
	d.Way = ""
	if way := sso.TestWay(s.way.text()); way == sso.TestByHand || way == sso.TestBrowser {
		d.Way = way
	}
	if login := s.login.text(); login != d.Tester {
		d.Tester = login
		delete(d.From, ask.TestUser)
	}
}
