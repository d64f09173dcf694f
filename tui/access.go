package tui

import (
	"errors"
	"net/url"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/secret"
)

// access asks for the address of the service provider's settings API and for
// what opens it.
type access struct {
	sized
	env     *env
	form    *form
	address *field
	token   *field
}

func newAccess(e *env, d Draft, haveToken bool) Screen {
	s := &access{env: e}
	profile := e.world.Profile(d.SP)
	base := d.SPAPIURL
	if base == "" && profile != nil && profile.API != nil {
		base = profile.API.BaseURL
	}
	q := ask.Find(ask.SPAPIURL)
	s.address = textField(e, q.Title, base)
	s.address.check = checkBase
	s.address.help = q.Help
	s.address.explain = Explanation{Title: q.Title, What: q.Help + ".", Example: q.Example}
	tq := ask.Find(ask.SPToken)
	s.token = secretField(e, tq.Title)
	s.token.explain = Explanation{Title: tq.Title, What: "It opens the settings API. It is used for this run and not kept.", SP: tokenHelp(profile)}
	s.token.help = "Empty: the one in " + tokenEnv(profile)
	if haveToken {
		s.token.help = "Empty: the one given before"
	}
	s.form = &form{env: e, fields: []*field{s.address, s.token}}
	return s
}

func checkBase(text string) error {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return errors.New("the address is needed, such as " + ask.Find(ask.SPAPIURL).Example)
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return errors.New("not an address: it begins with https:// and names a host")
	case u.User != nil:
		return errors.New("the address holds a password; give it as the token")
	}
	return nil
}

func tokenEnv(p *catalog.Profile) string {
	if p != nil && p.API != nil && p.API.TokenEnv != "" {
		return p.API.TokenEnv
	}
	return ask.Find(ask.SPToken).Env
}

func tokenHelp(p *catalog.Profile) string {
	if p != nil && p.API != nil {
		return p.API.TokenHelp
	}
	return ""
}

func (s *access) Init() tea.Cmd { return s.form.Init() }

func (s *access) Update(msg tea.Msg) (Screen, tea.Cmd) {
	finished, cmd := s.form.Update(msg)
	if !finished {
		return s, cmd
	}
	typed := secret.New(strings.TrimSpace(s.token.text()))
	return s, tea.Batch(cmd, tea.Sequence(send(gotSecrets{Secrets: Secrets{SPToken: typed}}), send(done{atAccess})))
}

func (s *access) View() string {
	lines, focus := s.form.lines(s.width)
	shown, _ := window(lines, focus, 0, s.height)
	return fill(shown, s.width, s.height)
}

func (s *access) SetSize(w, h int) Screen    { s.sized = sized{w, h}; return s }
func (s *access) Title() string              { return "Settings API" }
func (s *access) Captures(k tea.KeyMsg) bool { return s.form.captures(k) }
func (s *access) ShortHelp() []key.Binding   { return s.form.shortHelp("continue") }
func (s *access) FullHelp() [][]key.Binding  { return [][]key.Binding{s.ShortHelp()} }
func (s *access) Explain() Explanation       { return s.form.explain() }

func (s *access) Keep(d *Draft) {
	if text := s.address.text(); text != d.SPAPIURL && checkBase(text) == nil {
		d.SPAPIURL = text
		delete(d.From, ask.SPAPIURL)
	}
}
