package tui

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// What Okta makes keys for, in years.
const (
	leastYears = 2
	mostYears  = 10
)

// rotate tells what a rotation does, in which order, how long each part takes
// and who notices it, and asks how long the new key is to be good for.
type rotate struct {
	sized
	env     *env
	draft   Draft
	profile *catalog.Profile
	state   sso.State
	status  *plan.ConnectionStatus
	years   int
	offset  int
	total   int
}

func newRotate(e *env, d Draft, entry Connection, status *plan.ConnectionStatus) Screen {
	s := &rotate{env: e, draft: d, profile: e.world.Profile(d.SP), state: entry.State, status: status, years: d.Years}
	if s.years < leastYears || s.years > mostYears {
		s.years = mostYears
	}
	return s
}

func (s *rotate) Init() tea.Cmd { return nil }

// aSecret tells whether it is a client secret that is replaced.
func (s *rotate) aSecret() bool { return s.profile != nil && s.profile.Protocol == sso.OIDC }

// choosesYears tells whether a key is to be made: one that an earlier rotation
// has left is taken, and a secret has no end.
func (s *rotate) choosesYears() bool {
	return !s.aSecret() && (s.state.Rotation == nil || s.state.Rotation.ToKID == "")
}

func (s *rotate) Update(msg tea.Msg) (Screen, tea.Cmd) {
	k, ok := msg.(tea.KeyMsg)
	if !ok {
		return s, nil
	}
	keys := s.env.keys
	switch {
	case key.Matches(k, keys.Enter):
		return s, send(done{atRotate})
	case key.Matches(k, keys.Left) && s.choosesYears():
		s.years = max(s.years-1, leastYears)
	case key.Matches(k, keys.Right) && s.choosesYears():
		s.years = min(s.years+1, mostYears)
	case key.Matches(k, keys.Down):
		s.offset++
	case key.Matches(k, keys.Up):
		s.offset = max(s.offset-1, 0)
	}
	return s, nil
}

func (s *rotate) View() string {
	t := s.env.theme
	name := plain(s.draft.SP)
	if s.profile != nil {
		name = plain(s.profile.Name)
	}
	head := []string{t.Strong.Render(fit(s.title()+" of "+name, s.width)), ""}
	var tail []string
	if s.choosesYears() {
		tail = []string{"", "The new key is good for  " + t.Accent.Render("‹") + " " + t.Strong.Render(plural(s.years, "year", "years")) + " " + t.Accent.Render("›")}
	}
	body := s.body()
	room := max(s.height-len(head)-len(tail), 1)
	s.total = len(body) - room
	s.offset = min(s.offset, max(s.total, 0))
	shown, _ := window(body, -1, s.offset, room)
	return fill(append(append(head, shown...), tail...), s.width, s.height)
}

func (s *rotate) title() string {
	switch {
	case s.aSecret() && s.state.Rotation != nil:
		return "Go on replacing the client secret"
	case s.aSecret():
		return "Replace the client secret"
	case s.state.Rotation != nil:
		return "Go on rotating the certificate"
	}
	return "Rotate the certificate"
}

func (s *rotate) body() []string {
	t := s.env.theme
	var out []string
	para := func(head, text string) {
		out = append(out, t.Strong.Render(head))
		for _, l := range wrap(text, s.width-2) {
			out = append(out, "  "+l)
		}
	}
	if now := s.now(); now != "" {
		para("Now", now)
	}
	out = append(out, t.Strong.Render("What will happen"))
	for i, step := range s.happens() {
		out = append(out, hang("  "+strconv.Itoa(i+1)+" ", step, s.width)...)
	}
	para("Who notices", s.concerns())
	para("The way back", s.wayBack())
	return out
}

func (s *rotate) now() string {
	if s.aSecret() || s.status == nil || s.status.Certificate == nil {
		return ""
	}
	c := s.status.Certificate
	return "Okta's certificate is good until " + c.NotAfter.UTC().Format("2006-01-02") + ": " + plural(max(c.DaysLeft, 0), "day", "days") + " left."
}

// byHand tells whether a person puts the certificate in. Where no way is kept,
// the sandbox has its settings API.
func (s *rotate) byHand() bool {
	if s.draft.Push == "" {
		return !s.env.world.Sandbox()
	}
	return s.draft.Push != sso.PushAPI
}

// happens are the steps with the time that each takes.
func (s *rotate) happens() []string {
	if s.aSecret() {
		return []string{"Okta makes a second client secret; the first one goes on working. (about a second)",
			"The service provider is given the new one" + s.takes(),
			"A real sign-in proves it. (a few seconds)",
			"Okta switches the old secret off, the sign-in is tried once more, and then the old one is deleted. If it fails, the old one is on again."}
	}
	newKey := "Okta makes a new signing key, which signs nothing yet. (about a second)"
	switch {
	case s.holdsBoth():
		return []string{newKey,
			"The service provider is given both certificates" + s.takes(),
			"Okta signs with the new key: one call.",
			"A real sign-in proves it. (a few seconds)",
			"The old certificate is taken out at the service provider" + s.takes()}
	case s.switchFirst():
		return []string{newKey,
			"You put the new certificate into the page, and do not save it yet. (as long as you take)",
			"Okta signs with the new key: one call, when you are ready.",
			"You test and save the page at once: it takes only what passes its own test.",
			"A real sign-in proves it. (a few seconds)"}
	}
	return []string{newKey,
		"The service provider is given the new certificate" + s.takes(),
		"Okta signs with the new key: one call, right after that.",
		"A real sign-in proves it. (a few seconds)"}
}

// holdsBoth tells whether the service provider trusts two certificates at once.
func (s *rotate) holdsBoth() bool { return s.profile != nil && s.profile.HoldsSeveral() }

// switchFirst tells whether the page saves the certificate only once Okta signs
// with its key.
func (s *rotate) switchFirst() bool {
	return s.byHand() && s.profile != nil && s.profile.TestsBeforeSaving()
}

func (s *rotate) takes() string {
	if s.byHand() {
		return ", by you, by hand. (as long as you take)"
	}
	return ". (about a second)"
}

// concerns tells who notices something, and for how long.
func (s *rotate) concerns() string {
	who := "Whoever signs in by Okta at that moment"
	if names := s.assigned(); names != "" {
		who = "Whoever has the app (" + names + ")"
	}
	switch {
	case s.aSecret():
		return "Nobody: both secrets work until the new one is proven."
	case s.status != nil && !s.status.Enabled:
		return "Nobody: sign-in with Okta is off at the service provider."
	case s.holdsBoth():
		return "Nobody: the service provider trusts both certificates meanwhile."
	case s.switchFirst():
		return who + " cannot sign in between steps 3 and 4, so choose a quiet hour. Whoever is signed in stays so."
	case s.byHand():
		return who + " cannot sign in between steps 2 and 3, so choose a quiet hour. Whoever is signed in stays so."
	}
	return who + " cannot sign in between steps 2 and 3: the service provider holds one certificate. That is a single call long, and is counted. Whoever is signed in stays so."
}

// assigned names the groups and people that have the app by runs of ours.
func (s *rotate) assigned() string {
	var names []string
	for _, kind := range []sso.AssignmentKind{sso.ToGroup, sso.ToUser} {
		for _, a := range s.state.Assigned {
			if n := plain(a.Name); n != "" && a.Kind == kind {
				names = append(names, n)
			}
		}
	}
	if len(names) > 3 {
		names = append(names[:3], plural(len(names)-3, "other", "others"))
	}
	return strings.Join(names, ", ")
}

func (s *rotate) wayBack() string {
	if s.aSecret() {
		return "When the sign-in fails, the old secret goes back by itself."
	}
	text := "When the sign-in fails, both sides go back to the old key by themselves."
	if s.byHand() {
		text = "Okta keeps the old key. When the sign-in fails, the old certificate is put in again."
	}
	return text
}

// Note tells that there is more to read.
func (s *rotate) Note() string {
	if s.total > s.offset {
		return moreBelow(s.total, s.offset, 0)
	}
	return ""
}

func (s *rotate) SetSize(w, h int) Screen  { s.sized = sized{w, h}; return s }
func (s *rotate) Title() string            { return "Rotate" }
func (s *rotate) Captures(tea.KeyMsg) bool { return false }

func (s *rotate) ShortHelp() []key.Binding {
	out := keymap(as(s.env.keys.Enter, "make the plan"))
	if s.choosesYears() {
		out = append(out, bind("←→", "years", "left", "right"))
	}
	return append(out, bind("↑↓", "scroll", "up", "down"))
}
func (s *rotate) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }

func (s *rotate) Explain() Explanation {
	if s.aSecret() {
		return Explanation{Title: "Client secret", What: "The secret by which the service provider proves itself to Okta. Nothing is written before you have seen the plan.",
			Okta: "Applications → the app → General → Client secrets"}
	}
	return Explanation{Title: "Certificate", What: "Okta signs every sign-in with a key of the app; the service provider checks that with the key's certificate. When the certificate ends, nobody can sign in. " +
		"Nothing is written before you have seen the plan.", Okta: "Applications → the app → Sign On → SAML Signing Certificates"}
}

func (s *rotate) Keep(d *Draft) {
	d.Years = 0
	if s.choosesYears() {
		d.Years = s.years
	}
}
