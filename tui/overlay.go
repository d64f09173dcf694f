package tui

import (
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/hint"
)

// reader is a page of text to scroll through, laid over a screen or standing
// alone.
type reader struct {
	sized
	env    *env
	title  string
	text   func(width int) []string
	offset int
	keys   []key.Binding
	// onKey is what else a key does, nil for nothing.
	onKey func(tea.KeyMsg) tea.Cmd
}

func (s reader) Init() tea.Cmd { return nil }

func (s reader) Update(msg tea.Msg) (Screen, tea.Cmd) {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return s, nil
	}
	if s.onKey != nil {
		if cmd := s.onKey(k); cmd != nil {
			return s, cmd
		}
	}
	keys := s.env.keys
	page := max(s.height-3, 1)
	switch {
	case key.Matches(k, keys.Down):
		s.offset++
	case key.Matches(k, keys.Up):
		s.offset--
	case key.Matches(k, keys.PageDown):
		s.offset += page
	case key.Matches(k, keys.PageUp):
		s.offset -= page
	case key.Matches(k, keys.Home):
		s.offset = 0
	case key.Matches(k, keys.End):
		s.offset = 1 << 20
	case key.Matches(k, keys.Enter), key.Matches(k, keys.Exit), key.Matches(k, keys.Help):
		return s, send(closed{})
	}
	s.offset = min(max(s.offset, 0), max(len(s.text(s.width))-(s.height-2), 0))
	return s, nil
}

func (s reader) View() string {
	lines, top := window(s.text(s.width), -1, s.offset, s.height-2)
	head := s.env.theme.Strong.Render(s.title)
	total := len(s.text(s.width))
	if total > s.height-2 {
		head = ends(head, s.env.theme.Faint.Render("lines "+itoa(top+1)+"–"+itoa(top+len(lines))+" of "+itoa(total)), s.width)
	}
	return fill(append([]string{head, ""}, lines...), s.width, s.height)
}

func (s reader) SetSize(w, h int) Screen   { s.sized = sized{w, h}; return s }
func (s reader) Title() string             { return s.title }
func (s reader) Captures(tea.KeyMsg) bool  { return false }
func (s reader) ShortHelp() []key.Binding  { return append(s.keys, as(s.env.keys.Down, "scroll")) }
func (s reader) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }
func (s reader) Explain() Explanation      { return Explanation{Title: s.title} }
func (s reader) Keep(*Draft)               {}

// newHelp explains what has the focus on a screen, and its keys; leaves tells
// whether esc goes back from there.
func newHelp(e *env, s Screen, leaves bool) Screen {
	x := s.Explain()
	r := reader{env: e, title: "Help: " + x.Title}
	r.text = func(width int) []string { return helpText(e, x, s, leaves, width) }
	r.onKey = func(k tea.KeyMsg) tea.Cmd {
		if x.Literal && k.String() == "?" {
			return tea.Sequence(send(closed{}), send(typed{"?"}))
		}
		return nil
	}
	if x.Literal {
		r.keys = keymap(bind("?", "types a question mark", "?"))
	}
	return r
}

// typed is text for the field that has the focus.
type typed struct{ text string }

func helpText(e *env, x Explanation, s Screen, leaves bool, width int) []string {
	var out []string
	part := func(head, text string) {
		if text == "" {
			return
		}
		out = append(out, hang(pad(head, 10), plain(text), width)...)
		out = append(out, "")
	}
	for _, p := range strings.Split(x.What, "\n") {
		out = append(out, wrap(plain(p), width)...)
	}
	out = append(out, "")
	part("In Okta", x.Okta)
	part("At the SP", x.SP)
	part("Example", x.Example)
	out = append(out, e.theme.Strong.Render("Keys"))
	for _, group := range s.FullHelp() {
		for _, b := range group {
			if b.Enabled() && b.Help().Key != "" {
				out = append(out, "  "+pad(b.Help().Key, 10)+b.Help().Desc)
			}
		}
	}
	always := keymap(e.keys.Suspend, as(e.keys.Quit, "quit; the work is kept"))
	if leaves {
		always = append(keymap(e.keys.Back), always...)
	}
	for _, b := range always {
		out = append(out, "  "+pad(b.Help().Key, 10)+b.Help().Desc)
	}
	return out
}

// stopQuestion asks once whether to stop the work that is going on.
type stopQuestion struct{ reader }

// stopNow is the answer yes.
type stopNow struct{}

func newStopQuestion(e *env) Screen {
	r := reader{env: e, title: "Stop here?"}
	r.text = func(width int) []string {
		return wrap("The step at work is brought to an end first, so that its outcome is known. Nothing that was done is lost: "+
			"the same run goes on from here, now or another day.", width)
	}
	q := stopQuestion{r}
	q.keys = keymap(bind("y", "stop", "y"), bind("n", "go on", "n"))
	q.onKey = func(k tea.KeyMsg) tea.Cmd {
		switch k.String() {
		case "y":
			return send(stopNow{})
		case "n":
			return send(closed{})
		}
		return nil
	}
	return q
}

func (q stopQuestion) yes() tea.Msg { return stopNow{} }

func (q stopQuestion) Update(msg tea.Msg) (Screen, tea.Cmd) {
	s, cmd := q.reader.Update(msg)
	q.reader, _ = s.(reader)
	return q, cmd
}

func (q stopQuestion) SetSize(w, h int) Screen { q.sized = sized{w, h}; return q }

// lineQuestion asks for one line of text, such as the name of a file.
type lineQuestion struct {
	sized
	env   *env
	title string
	help  string
	input textinput.Model
	then  func(string) tea.Cmd
	// many takes a list, whose lines a terminal may paste as if they were typed.
	many   bool
	ended  bool // a line has, and nothing has come since
	number int  // of that end
}

// lineEnd comes when nothing has followed the end of a line for a while.
type lineEnd struct{ number int }

func newLineQuestion(e *env, title, help, value string, then func(string) tea.Cmd) lineQuestion {
	in := textinput.New()
	in.Prompt = "› "
	in.PromptStyle, in.PlaceholderStyle = e.theme.Cursor, e.theme.Faint
	in.SetValue(value)
	in.Focus()
	return lineQuestion{env: e, title: title, help: help, input: in, then: then}
}

func (q lineQuestion) Init() tea.Cmd { return textinput.Blink }

func (q lineQuestion) Update(msg tea.Msg) (Screen, tea.Cmd) {
	if end, ok := msg.(lineEnd); ok && q.ended && end.number == q.number {
		return q, q.answered()
	}
	if k, ok := msg.(tea.KeyMsg); ok {
		switch {
		case q.many && (k.Type == tea.KeyEnter || k.Type == tea.KeyCtrlJ):
			q.ended, q.number = true, q.env.request()
			n := q.number
			return q, tea.Tick(pause, func(time.Time) tea.Msg { return lineEnd{n} })
		case key.Matches(k, q.env.keys.Enter):
			return q, q.answered()
		case q.many && (q.ended || k.Type == tea.KeyTab): // a further one
			q.ended = false
			q.input, _ = q.input.Update(tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}})
		}
	}
	var cmd tea.Cmd
	q.input, cmd = q.input.Update(msg)
	return q, cmd
}

func (q lineQuestion) answered() tea.Cmd {
	text := strings.TrimSpace(q.input.Value())
	if text == "" {
		return send(closed{})
	}
	return tea.Sequence(send(closed{}), q.then(text))
}

func (q lineQuestion) View() string {
	lines := append([]string{q.env.theme.Strong.Render(q.title), ""}, wrap(q.help, q.width)...)
	return fill(append(lines, "", q.input.View()), q.width, q.height)
}

func (q lineQuestion) SetSize(w, h int) Screen {
	q.sized = sized{w, h}
	q.input.Width = max(w-4, 10)
	return q
}

func (q lineQuestion) Title() string { return q.title }
func (q lineQuestion) Captures(k tea.KeyMsg) bool {
	return k.Type == tea.KeyRunes || k.Type == tea.KeySpace || key.Matches(k, q.env.keys.Enter)
}
func (q lineQuestion) ShortHelp() []key.Binding  { return keymap(as(q.env.keys.Enter, "go on")) }
func (q lineQuestion) FullHelp() [][]key.Binding { return [][]key.Binding{q.ShortHelp()} }
func (q lineQuestion) Explain() Explanation      { return Explanation{Title: q.title, What: q.help} }
func (q lineQuestion) Keep(*Draft)               {}

// failureLines show an error: what failed, what to do, and Okta's request id.
func failureLines(t Theme, err error, width int) []string {
	return failureTold(t, err.Error(), err, width)
}

// failureTold is failureLines with other words for what failed.
func failureTold(t Theme, text string, err error, width int) []string {
	var out []string
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		head := t.Bad.Render("✗ ")
		if i > 0 {
			head = "  "
		}
		out = append(out, hang(head, plain(line), width)...)
	}
	for _, h := range hintsHere(err) {
		out = append(out, hang(t.Accent.Render("→ "), h, width)...)
	}
	if id := hint.RequestID(err); id != "" {
		out = append(out, styledHang(t.Faint, "  ", "Okta's request id: "+plain(id), width)...)
	}
	return out
}

// newFailed is the screen of a wizard that cannot begin.
func newFailed(e *env, title string, err error) Screen {
	r := reader{env: e, title: title}
	r.text = func(width int) []string { return failureLines(e.theme, err, width) }
	r.keys = keymap(e.keys.Exit)
	r.onKey = func(k tea.KeyMsg) tea.Cmd {
		if key.Matches(k, e.keys.Exit) || key.Matches(k, e.keys.Enter) || key.Matches(k, e.keys.Back) {
			return send(leave{})
		}
		return nil
	}
	return r
}

func isNotAllowed(err error) bool { return hint.CodeOf(err) == hint.NotAllowed }
