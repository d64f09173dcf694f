package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/secret"
)

// gotSecrets hands what was typed to the root, which alone keeps it. A token is
// for one org and is never shown to another.
type gotSecrets struct {
	Secrets
	org string
}

// orgState is how far the Okta org is known.
type orgState int

const (
	orgAsking   orgState = iota // for the address
	orgFinding                  // a token
	orgToken                    // asking for it
	orgChecking                 // asking the org
	orgKnown
	orgFailed
)

// org asks for the Okta org and for what opens it, and checks both.
type org struct {
	sized
	env    *env
	form   *form
	token  *field
	typed  secret.String // of an earlier visit to this screen
	state  orgState
	from   string // where the token was found
	number int    // of the last request
	report OrgReport
	err    error
	// given is the address as the draft had it, and where that came from.
	given string
	// fixed tells that it is the org of a connection, and no other can be meant.
	fixed bool
	// passing tells that nobody has to look at it, unless something is wrong.
	passing bool
	// spare tells that what comes can do without an org that does not answer.
	spare bool
}

// orgVisit is how the screen is come to: with a token of an earlier visit, for a
// kept connection, on the way past it, for work that can do without Okta.
type orgVisit struct {
	token                  secret.String
	ofKept, passing, spare bool
}

type tokenMsg struct {
	number int
	from   string
	err    error
}

type reportMsg struct {
	number int
	report OrgReport
	err    error
}

func newOrg(e *env, d Draft, v orgVisit) Screen {
	s := &org{env: e, typed: v.token, given: d.Org, fixed: v.ofKept && d.Existing, passing: v.passing, spare: v.spare}
	q := ask.Find(ask.Org)
	address := textField(e, "Address of your Okta org", strings.TrimPrefix(d.Org, "https://"))
	address.check = func(text string) error {
		if looksLikeToken(text) {
			return errTokenAsAddress
		}
		origin, err := e.local.ParseOrg(text)
		if err == nil && s.fixed && origin != s.given {
			return plainError("the connection is in " + host(s.given))
		}
		return err
	}
	address.live = func(text string) string {
		origin, err := e.local.ParseOrg(text)
		if err != nil {
			return ""
		}
		return origin
	}
	address.help = "As in the browser's address bar: acme, acme.okta.com or a custom domain"
	address.explain = Explanation{Title: q.Title, What: q.Help + ".",
		Okta: "It is in the browser's address bar when you are signed in. The address of the Admin Console, with -admin in it, does as well.", Example: q.Example}
	s.form = &form{env: e, fields: []*field{address}}
	tq := ask.Find(ask.OktaToken)
	s.token = secretField(e, tq.Title)
	s.token.explain = Explanation{Title: tq.Title,
		What: "It proves to Okta that you may do this. It has the rights of whoever made it; a Super Administrator's may create apps. It is used for this run and not kept; " +
			"ssowizard login keeps one in the system's keyring.",
		Okta: "Admin Console → Security → API → Tokens → Create token. It is shown once."}
	s.token.help = "Admin Console → Security → API → Tokens → Create token"
	s.token.check = func(text string) error {
		if strings.TrimSpace(text) == "" {
			return errEmptyToken
		}
		return nil
	}
	if e.world.Sandbox() {
		s.form.fields = nil
	}
	return s
}

var (
	errEmptyToken     = plainError("paste the token; nothing is shown while you do")
	errTokenAsAddress = plainError("this looks like a token, not like an address; ctrl+u clears it, and it is not kept")
)

// looksLikeToken tells whether text is rather a secret than an address: Okta's
// tokens are one long word that begins with 00, and no part of a host name is
// longer than 63.
func looksLikeToken(text string) bool {
	text = strings.TrimPrefix(strings.TrimSpace(text), "https://")
	if strings.ContainsAny(text, ". \t/:") {
		return false
	}
	return len(text) >= 30 && strings.HasPrefix(text, "00") || len(text) > 63
}

// plainError is an error that is only text.
type plainError string

func (e plainError) Error() string { return string(e) }

func (s *org) Init() tea.Cmd {
	if s.env.world.Sandbox() || s.given != "" {
		return tea.Batch(s.form.Init(), s.look())
	}
	return s.form.Init()
}

// origin is the address as it would be used, "" while it is wrong.
func (s *org) origin() string {
	if s.env.world.Sandbox() {
		return s.env.world.SandboxOrg
	}
	if s.form.fields[0].problem() != "" {
		return ""
	}
	o, _ := s.env.local.ParseOrg(s.form.fields[0].text())
	return o
}

// look finds a token for the address, then checks both.
func (s *org) look() tea.Cmd {
	origin := s.origin()
	if origin == "" {
		return nil
	}
	if s.env.world.Sandbox() || !s.typed.IsZero() {
		return s.check()
	}
	s.number = s.env.request()
	s.state = orgFinding
	n, e := s.number, s.env
	return func() tea.Msg {
		from, err := e.back.TokenFrom(e.ctx, origin)
		return tokenMsg{n, from, err}
	}
}

func (s *org) check() tea.Cmd {
	s.number = s.env.request()
	s.state, s.err = orgChecking, nil
	n, e, origin, token := s.number, s.env, s.origin(), s.typed
	return tea.Batch(ticking(), func() tea.Msg {
		report, err := e.back.CheckOrg(e.ctx, origin, token)
		return reportMsg{n, report, err}
	})
}

func (s *org) Update(msg tea.Msg) (Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case tokenMsg:
		if msg.number != s.number {
			return s, nil
		}
		if msg.err != nil {
			s.state, s.err = orgFailed, msg.err
			return s, nil
		}
		if s.from = msg.from; s.from == "" {
			return s, s.askToken()
		}
		return s, s.check()
	case reportMsg:
		if msg.number != s.number {
			return s, nil
		}
		s.report, s.err, s.state = msg.report, msg.err, orgKnown
		if msg.err != nil {
			s.state = orgFailed
		}
		if s.tokenRefused() {
			return s, s.otherToken()
		}
		if s.passing && s.state == orgKnown && len(s.report.Missing) == 0 {
			return s, send(done{atOrg})
		}
		return s, nil
	case tick:
		return s, nil
	case tea.KeyMsg:
		return s.key(msg)
	}
	_, cmd := s.form.Update(msg)
	return s, cmd
}

// askToken puts the field for the token under the address.
func (s *org) askToken() tea.Cmd {
	s.state = orgToken
	if len(s.form.fields) == 1 {
		s.form.fields = append(s.form.fields, s.token)
	}
	return s.form.move(1)
}

func (s *org) key(msg tea.KeyMsg) (Screen, tea.Cmd) {
	k := s.env.keys
	switch {
	case key.Matches(msg, k.Enter) && s.state == orgKnown:
		return s, send(done{atOrg})
	case s.without() && key.Matches(msg, k.AllTheSame):
		return s, send(done{atOrg})
	case s.state == orgFailed && !s.tokenRefused() && key.Matches(msg, k.Enter):
		return s, s.look()
	case s.env.world.Sandbox():
		return s, nil
	}
	if key.Matches(msg, k.Enter) {
		return s.answered(msg)
	}
	before := s.origin()
	_, cmd := s.form.Update(msg)
	if s.origin() != before {
		s.changed()
	}
	return s, cmd
}

// changed drops what was known of another address, and its token with it: a
// token is for one org.
func (s *org) changed() {
	s.number = s.env.request()
	s.state, s.report, s.err, s.from, s.passing = orgAsking, OrgReport{}, nil, "", false
	s.typed = secret.String{}
	if len(s.form.fields) > 1 && s.form.focus == 0 {
		s.form.fields = s.form.fields[:1]
	}
}

func (s *org) answered(msg tea.KeyMsg) (Screen, tea.Cmd) {
	if s.form.focus == 0 {
		s.form.at().touched = true
		if s.form.at().problem() != "" {
			return s, nil
		}
		return s, s.look()
	}
	finished, cmd := s.form.Update(msg)
	if !finished {
		return s, cmd
	}
	s.typed = secret.New(strings.TrimSpace(s.token.text()))
	return s, tea.Batch(send(gotSecrets{Secrets{Token: s.typed}, s.origin()}), s.check())
}

// tokenRefused tells whether another token is what is needed.
func (s *org) tokenRefused() bool { return isNotAllowed(s.err) && !s.env.world.Sandbox() }

// without tells whether Okta does not answer, and is not needed.
func (s *org) without() bool {
	return s.spare && s.state == orgFailed && hint.CodeOf(s.err) == hint.Failed
}

// otherToken puts an empty field for the token where the cursor stands, so that
// what is pasted next is not shown.
func (s *org) otherToken() tea.Cmd {
	leave := s.form.at().leave()
	s.token = secretFieldLike(s.env, s.token)
	s.form.fields, s.form.focus = append(s.form.fields[:1], s.token), 1
	s.typed = secret.String{}
	return tea.Batch(leave, s.token.enter())
}

// secretFieldLike is an empty field that asks the same.
func secretFieldLike(e *env, f *field) *field {
	n := secretField(e, f.title)
	n.check, n.help, n.explain = f.check, f.help, f.explain
	return n
}

func (s *org) Keep(d *Draft) {
	if s.env.world.Sandbox() {
		return
	}
	if origin := s.origin(); origin != "" && origin != s.given {
		d.Org = origin
		delete(d.From, ask.Org)
	}
}
