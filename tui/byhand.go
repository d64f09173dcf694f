package tui

import (
	"context"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// errand is the Person of a run: what it asks comes to the screen as messages.
type errand struct {
	asks chan asked
	over chan struct{} // closed when the run has ended
}

// asked is one question of a run; it is answered once.
type asked struct {
	by     BySelf
	letIn  bool
	answer chan said
}

type said struct {
	text string
	yes  bool
	err  error
}

// handed brings a question to the screen of the run that it is for.
type handed struct {
	number int
	asked
}

func newErrand() errand { return errand{asks: make(chan asked), over: make(chan struct{})} }

func (e errand) SignIn(ctx context.Context, s BySelf) (string, error) {
	a, err := e.ask(ctx, asked{by: s, answer: make(chan said, 1)})
	return a.text, err
}

func (e errand) LetIn(ctx context.Context, s BySelf) (bool, error) {
	a, err := e.ask(ctx, asked{by: s, letIn: true, answer: make(chan said, 1)})
	return a.yes, err
}

func (e errand) ask(ctx context.Context, q asked) (said, error) {
	select {
	case e.asks <- q:
	case <-ctx.Done():
		return said{}, context.Cause(ctx)
	}
	select {
	case a := <-q.answer:
		return a, a.err
	case <-ctx.Done():
		return said{}, context.Cause(ctx)
	}
}

// next waits for a question of the run, or for its end.
func (e errand) next(number int) tea.Cmd {
	return func() tea.Msg {
		select {
		case q := <-e.asks:
			return handed{number, q}
		case <-e.over:
			return nil
		}
	}
}

// byHand asks a person to sign in with a browser of their own and takes what
// they bring back, or asks whether the page let them in.
type byHand struct {
	sized
	env    *env
	spName string
	asked
	text   string // as typed and pasted
	offset int
	total  int // lines of the last view, and the room for them
	room   int
}

func newByHand(e *env, spName string, q asked) *byHand {
	return &byHand{env: e, spName: spName, asked: q}
}

// errLater is the end of a run whose sign-in a person leaves for later.
var errLater = hint.New(hint.Waiting, "the sign-in by hand still waits for you", "everything else is kept: the same run goes on with it, now or another day")

// shownTyped is how much of what is given is shown as it is; of a longer one
// only how it begins.
const shownTyped = 120

// Copying needs a key that is no text.
var copyAddress = bind("ctrl+y", "copy address", "ctrl+y")

// key takes a key; it tells whether the question is answered.
func (s *byHand) key(k tea.KeyMsg) (answered bool, cmd tea.Cmd) {
	keys := s.env.keys
	switch {
	case key.Matches(k, copyAddress) && (!s.letIn || s.by.Wants == WantsWord):
		return false, copyText(s.env, s.by.URL, "the address")
	case key.Matches(k, keys.Back):
		return s.say(said{err: errLater}), nil
	case k.Type == tea.KeyDown:
		s.offset++
	case k.Type == tea.KeyUp:
		s.offset = max(s.offset-1, 0)
	case s.letIn:
		switch k.String() {
		case "y":
			return s.say(said{yes: true}), nil
		case "n":
			return s.say(said{}), nil
		}
	case key.Matches(k, keys.Enter):
		if text := strings.TrimSpace(s.text); text != "" {
			return s.say(said{text: text}), nil
		}
	case k.Type == tea.KeyCtrlU:
		s.text = ""
	case k.Type == tea.KeyBackspace:
		if r := []rune(s.text); len(r) > 0 {
			s.text = string(r[:len(r)-1])
		}
	case k.Type == tea.KeyRunes || k.Type == tea.KeySpace:
		s.text += string(k.Runes)
	}
	return false, nil
}

func (s *byHand) say(a said) bool {
	s.answer <- a // has room for one, and there is only one
	return true
}

func (s *byHand) View() string {
	t := s.env.theme
	title := "Sign in yourself, beginning at the service provider"
	if s.by.Wants == WantsAddress {
		title = "Sign in yourself, at Okta"
	}
	if s.by.Flow == sso.FlowIdPInitiated {
		title = "Sign in yourself, beginning at Okta's tile"
	}
	if s.letIn && s.by.Wants != WantsWord {
		title = "Did the page let you in?"
	}
	head := append(styled(t.Strong, title, s.width), "")
	body, tail := s.todo(), s.field()
	if s.letIn {
		body, tail = s.question(), nil
	}
	s.total, s.room = len(body), max(s.height-len(head)-len(tail), 1)
	s.offset = min(s.offset, max(s.total-s.room, 0))
	shown, _ := window(body, -1, s.offset, s.room)
	return fill(append(append(head, shown...), tail...), s.width, s.height)
}

// sandboxed says in which browser an address is the sandbox's: any other opens
// the real service with it.
func (s *byHand) sandboxed() []string {
	if !s.env.world.Sandbox() {
		return nil
	}
	text := "Only a browser opened with `ssowizard sandbox --open` takes these addresses to the sandbox. In any other browser they are the real service."
	return append(styledHang(s.env.theme.Strong, s.env.theme.Warn.Render("! "), text, s.width), "")
}

// todo says what to do in a browser.
func (s *byHand) todo() []string {
	return append(s.sandboxed(), s.steps()...)
}

func (s *byHand) steps() []string {
	if s.by.Wants == WantsAddress {
		out := append(hang("1 ", "Open this address in a private window of your browser and sign in as "+plain(s.by.Login)+":", s.width), s.address()...)
		out = append(out, hang("2 ", "Copy the whole address of the page on which it ends, even if that page shows an error, and paste it here at once: the code in it lives for a minute and works once.", s.width)...)
		return append(out, hang("  ", "Where the page moves on by itself, save all as HAR in the developer tools (F12), tab Network, with the log kept over pages (Preserve log).", s.width)...)
	}
	out := hang("1 ", "Open a private window of your browser, and in it the developer tools (F12), tab Network, with the log kept over pages (Preserve log).", s.width)
	out = append(out, hang("2 ", "In that window open this address and sign in as "+plain(s.by.Login)+":", s.width)...)
	out = append(out, s.address()...)
	return append(out, hang("3 ", "Save all as HAR, or copy the SAMLResponse of the POST that ends at the service provider.", s.width)...)
}

// address is where to begin, on as many lines as it takes.
func (s *byHand) address() []string {
	var out []string
	for _, line := range wrap(plain(s.by.URL), s.width-2) {
		out = append(out, "  "+s.env.theme.Accent.Render(line))
	}
	return out
}

// field is where the answer goes, with what was wrong with the one before.
func (s *byHand) field() []string {
	t := s.env.theme
	what := "SAMLResponse"
	if s.by.Wants == WantsAddress {
		what = "address"
	}
	out := []string{"", t.Strong.Render(fit("Paste the "+what+", or give the path of the file", s.width))}
	text, n := plain(s.text), len([]rune(s.text))
	if n > shownTyped {
		text = fit(text, max(s.width-2-24, 10)) + "  " + t.Faint.Render(plural(n, "character", "characters"))
	}
	out = append(out, t.Cursor.Render("› ")+text+t.Cursor.Reverse(true).Render(" "))
	if s.by.Problem != nil && s.text == "" {
		lines := failureLines(t, s.by.Problem, s.width)
		out = append(out, lines[:min(len(lines), max(s.height-len(out)-8, 3))]...)
	}
	return out
}

func (s *byHand) question() []string {
	if s.by.Wants == WantsWord {
		out := append(s.sandboxed(), wrap("Open this address in a private window of your browser and sign in as "+plain(s.by.Login)+":", s.width)...)
		out = append(out, s.address()...)
		return append(append(out, ""), append(wrap("Did "+plain(s.spName)+" let you in, as this person?", s.width), "", "y  yes", "n  no; it showed something else")...)
	}
	return append(wrap("You signed in as "+plain(s.by.Login)+", and Okta's answer is right. Did "+plain(s.spName)+" let you in with it, as this person?", s.width),
		"", "y  yes", "n  no; it showed something else")
}

// captures tells whether a key is for the question: all of them are, but for the
// one that asks for help.
func (s *byHand) captures(k tea.KeyMsg) bool {
	if s.letIn && len(k.Runes) > 1 {
		return k.Paste // several keys, and no text
	}
	return k.Paste || !key.Matches(k, s.env.keys.Help)
}

func (s *byHand) shortHelp() []key.Binding {
	later, scroll := bind("esc", "later", "esc"), bind("↑↓", "scroll", "up", "down")
	if s.letIn {
		out := keymap(bind("y", "yes", "y"), bind("n", "no", "n"), later)
		if s.by.Wants == WantsWord {
			out = append(out, as(copyAddress, "copy address"))
		}
		return out
	}
	return keymap(as(s.env.keys.Enter, "check it"), as(copyAddress, "copy address"), later, bind("ctrl+u", "clear", "ctrl+u"), scroll)
}

func (s *byHand) explain() Explanation {
	if s.by.Wants != WantsResponse {
		return Explanation{Title: "Sign in yourself", Literal: !s.letIn, What: "With OpenID Connect, Okta sends your browser to the service provider with a code. " +
			"The code is exchanged here for an ID token, which is looked at as the service provider does: who is named, for whom it is meant, and whether Okta has signed it.\n" +
			"Nothing of it is kept.",
			Okta: "The address that the sign-in ends with begins with a redirect URI of the app and holds code= and state="}
	}
	return Explanation{Title: "Sign in yourself", Literal: !s.letIn, What: "Okta answers a sign-in with a signed message that your browser carries to the service provider. " +
		"Here that message is looked at as the service provider does: who is named, for whom it is meant, and whether it is signed with the certificate that the service provider holds.\n" +
		"It is verified on this computer, sent nowhere, and not kept. A file of many requests (HAR) is better given by its path than pasted.",
		Okta: "The developer tools call the request saml or sso; its answer holds the form with SAMLResponse"}
}

// note tells that there is more to read.
func (s *byHand) note() string { return moreBelow(s.total, s.offset, s.room) }
