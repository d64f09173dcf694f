package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
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

func newOrg(e *env, d Draft, token secret.String) Screen {
	s := &org{env: e, typed: token, given: d.Org}
	q := ask.Find(ask.Org)
	address := textField(e, "Address of your Okta org", strings.TrimPrefix(d.Org, "https://"))
	address.check = func(text string) error {
		_, err := e.local.ParseOrg(text)
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

var errEmptyToken = plainError("paste the token; nothing is shown while you do")

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
	o, err := s.env.local.ParseOrg(s.form.fields[0].text())
	if err != nil {
		return ""
	}
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
	case s.state == orgFailed && key.Matches(msg, k.Enter):
		if s.tokenRefused() {
			return s, s.otherToken()
		}
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
	s.state, s.report, s.err, s.from = orgAsking, OrgReport{}, nil, ""
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

func (s *org) otherToken() tea.Cmd {
	s.token = secretFieldLike(s.env, s.token)
	if len(s.form.fields) > 1 {
		s.form.fields = s.form.fields[:1]
		s.form.focus = 0
	}
	s.typed = secret.String{}
	return s.askToken()
}

// secretFieldLike is an empty field that asks the same.
func secretFieldLike(e *env, f *field) *field {
	n := secretField(e, f.title)
	n.check, n.help, n.explain = f.check, f.help, f.explain
	return n
}

func (s *org) View() string {
	t := s.env.theme
	var lines []string
	focus := 0
	if s.env.world.Sandbox() {
		lines = append(lines, t.Strong.Render("The sandbox's own Okta org"), "", "✓ "+host(s.origin()), "")
	} else {
		lines, focus = s.form.lines(s.width)
	}
	lines = append(lines, s.stateLines()...)
	if s.state == orgKnown {
		focus = len(lines) - 1
	}
	shown, _ := window(lines, focus, 0, s.height)
	return fill(shown, s.width, s.height)
}

func (s *org) stateLines() []string {
	t := s.env.theme
	switch s.state {
	case orgFinding:
		return []string{t.Accent.Render(spinner(zeroTime)) + " Looking for a token …"}
	case orgToken:
		return styled(t.Faint, "No token for this org was found: not in OKTA_CLIENT_TOKEN, not in the keyring.", s.width)
	case orgChecking:
		return []string{t.Accent.Render(spinner(zeroTime)) + " Asking the org …"}
	case orgFailed:
		return append(failureLines(t, s.err, s.width), "", t.Faint.Render(s.failedHint()))
	case orgKnown:
		return s.reportLines()
	}
	return nil
}

func (s *org) failedHint() string {
	if s.tokenRefused() {
		return "enter: give another token"
	}
	return "enter: try again"
}

var engines = map[string]string{"oie": "Identity Engine", "classic": "Classic Engine"}

// reportLines are the org, its engine, whose token it is, and what is missing.
func (s *org) reportLines() []string {
	t, r := s.env.theme, s.report
	name := r.Company
	if name == "" {
		name = r.Org.Name
	}
	if name == "" {
		name = host(r.Org.URL)
	}
	engine := engines[r.Org.Engine]
	if engine == "" {
		engine = plain(r.Org.Engine)
	}
	var out []string
	row := func(label, value string) { out = append(out, hang(pad(label, 10), plain(value), s.width)...) }
	out = append(out, t.Good.Render("✓")+" "+t.Strong.Render(fit(plain(name), s.width-2)), "")
	row("Engine", engine)
	row("You are", s.who())
	row("Token", s.tokenFrom())
	for _, m := range r.Missing {
		out = append(out, "")
		out = append(out, hang(t.Warn.Render("! "), plain("Missing: "+m.What+". "+m.Why), s.width)...)
		out = append(out, hang(t.Accent.Render("→ "), plain(m.Who), s.width)...)
	}
	if len(r.Missing) == 0 {
		out = append(out, hang(t.Good.Render("✓ "), "Apps, groups and people can be read", s.width)...)
	}
	return out
}

func (s *org) who() string {
	r := s.report
	who := strings.TrimSpace(r.Me.FirstName + " " + r.Me.LastName)
	if who == "" {
		who = r.Me.Login
	} else if r.Me.Login != "" {
		who += " (" + r.Me.Login + ")"
	}
	if who == "" {
		who = "a service app"
	}
	switch {
	case len(r.Roles) > 0:
		who += ", " + roleWords(r.Roles)
	case r.RolesKnown:
		who += ", no administrator"
	}
	return who
}

func (s *org) tokenFrom() string {
	switch {
	case s.env.world.Sandbox():
		return "the sandbox's own"
	case !s.typed.IsZero():
		return "typed in, not kept"
	}
	return "found: " + s.from
}

// roleWords are Okta's role names as the Admin Console writes them.
func roleWords(roles []string) string {
	known := map[string]string{"SUPER_ADMIN": "Super Administrator", "ORG_ADMIN": "Organization Administrator",
		"APP_ADMIN": "Application Administrator", "USER_ADMIN": "Group Administrator", "HELP_DESK_ADMIN": "Help Desk Administrator",
		"READ_ONLY_ADMIN": "Read-only Administrator", "API_ACCESS_MANAGEMENT_ADMIN": "API Access Management Administrator",
		"MOBILE_ADMIN": "Mobile Administrator", "REPORT_ADMIN": "Report Administrator", "GROUP_MEMBERSHIP_ADMIN": "Group Membership Administrator"}
	var out []string
	for _, r := range roles {
		if w, ok := known[r]; ok {
			r = w
		}
		out = append(out, plain(r))
	}
	return strings.Join(out, ", ")
}

func (s *org) SetSize(w, h int) Screen { s.sized = sized{w, h}; return s }
func (s *org) Title() string           { return "Okta org" }

func (s *org) Captures(k tea.KeyMsg) bool {
	return !s.env.world.Sandbox() && s.form.captures(k)
}

func (s *org) ShortHelp() []key.Binding {
	k := s.env.keys
	switch s.state {
	case orgKnown:
		return keymap(k.Enter)
	case orgFailed:
		return keymap(as(k.Enter, strings.TrimPrefix(s.failedHint(), "enter: ")))
	case orgFinding, orgChecking:
		return nil
	}
	return s.form.shortHelp("check")
}
func (s *org) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }

func (s *org) Explain() Explanation {
	if s.env.world.Sandbox() {
		return Explanation{Title: "Okta org", What: "The sandbox runs an Okta org of its own on this machine. What you do here you can do the same way in yours; only the address differs."}
	}
	return s.form.explain()
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
