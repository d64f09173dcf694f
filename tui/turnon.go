package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// turnOn asks for consent in the profile's words, and for the app's label typed
// out: it changes how everybody signs in.
type turnOn struct {
	sized
	env     *env
	journey journey
	label   string
	consent string
	spName  string
	field   *field
	agreed  bool
}

func newTurnOn(e *env, j journey) Screen {
	s := &turnOn{env: e, journey: j, label: j.draft.Label, spName: plain(j.draft.SP)}
	if p := j.world.Profile(j.draft.SP); p != nil {
		s.consent, s.spName = p.Consent, p.Name
	}
	if a := j.last.result.App; a != nil {
		s.label = a.Label
	}
	s.label = plain(s.label)
	s.field = textField(e, "Type the app's label to turn it on: "+s.label, "")
	return s
}

func (s *turnOn) Init() tea.Cmd { return s.field.enter() }

func (s *turnOn) Update(msg tea.Msg) (Screen, tea.Cmd) {
	if k, ok := msg.(tea.KeyMsg); ok {
		switch k.Type {
		case tea.KeyEnter:
			if strings.Join(strings.Fields(s.field.text()), " ") != s.label {
				return s, send(say{s.env.theme.Bad.Render("✗ ") + "That is not the label. Nothing is turned on; tab leaves it off."})
			}
			s.agreed = true
			return s, send(done{atTurnOn})
		case tea.KeyTab:
			return s, send(done{atTurnOn})
		}
	}
	f := form{env: s.env, fields: []*field{s.field}}
	return s, f.pass(msg)
}

func (s *turnOn) View() string {
	t := s.env.theme
	lines := []string{t.Strong.Render(fit("Turn sign-in with Okta on at "+s.spName+"?", s.width)), ""}
	lines = append(lines, hang(t.Warn.Render("! "), plain(s.consent), s.width)...)
	lines = append(lines, "")
	lines = append(lines, strings.Split(s.field.field.WithWidth(s.width).View(), "\n")...)
	lines = append(lines, "")
	lines = append(lines, styled(t.Faint, "tab leaves it off; ssowizard can turn it on any time later.", s.width)...)
	shown, _ := window(lines, len(lines)-2, 0, s.height)
	return fill(shown, s.width, s.height)
}

func (s *turnOn) SetSize(w, h int) Screen { s.sized = sized{w, h}; return s }
func (s *turnOn) Title() string           { return "Turn on" }
func (s *turnOn) Captures(k tea.KeyMsg) bool {
	return k.Type == tea.KeyRunes && k.String() != "?" || k.Type == tea.KeySpace
}
func (s *turnOn) ShortHelp() []key.Binding {
	return keymap(as(s.env.keys.Enter, "turn on"), bind("tab", "not now", "tab"))
}
func (s *turnOn) FullHelp() [][]key.Binding { return [][]key.Binding{s.ShortHelp()} }
func (s *turnOn) Explain() Explanation {
	return Explanation{Title: "Turn on", Literal: true, What: s.consent + "\nBefore it is turned on both sides are read once more; it happens only when they still hold what the test has passed for."}
}
func (s *turnOn) Keep(d *Draft) { d.TurnedOn = s.agreed }
