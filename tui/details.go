package tui

import (
	"maps"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/sso"
)

// details asks what only the admin knows: the profile's inputs, the app's
// label, the connection's name, and how the values get to the service provider.
type details struct {
	sized
	env     *env
	profile *catalog.Profile
	draft   Draft
	form    *form
	// ids are what each field of all is for: an input, or one of the words
	// below. The form has those of all that are a question now.
	ids []string
	all []*field
	// below is how many lines of the form are out of view.
	below int
}

// What the fields of details are for, beside the inputs.
const (
	forLabel      = "\x00label"
	forConnection = "\x00connection"
	forPush       = "\x00push"
)

func newDetails(e *env, d Draft) Screen {
	s := &details{env: e, draft: d, profile: e.world.Profile(d.SP), form: &form{env: e}}
	if s.profile == nil {
		return s
	}
	for _, in := range s.profile.Inputs {
		asked := in
		asked.From = catalog.InputFrom{} // where the service provider tells, it is not asked here
		s.add(in.ID, inputField(e, s.profile, asked, d.Inputs[in.ID]))
	}
	s.add(forLabel, s.questionField(ask.Label, d.Label))
	s.add(forPush, s.pushField())
	s.add(forConnection, s.questionField(ask.Connection, d.Connection))
	s.arrange()
	return s
}

// arrange shows the inputs that are asked for with the answers given so far.
func (s *details) arrange() {
	var at *field
	if len(s.form.fields) > 0 {
		at = s.form.at()
	}
	answered := map[string]string{} // what is shown; an answer that is hidden is none
	s.form.fields = nil
	for i, id := range s.ids {
		in := slices.IndexFunc(s.profile.Inputs, func(in catalog.Input) bool { return in.ID == id })
		if in >= 0 && (!s.profile.Asks(s.profile.Inputs[in], answered) || s.toldLater(s.profile.Inputs[in])) {
			continue
		}
		answered[id] = s.all[i].text()
		s.form.fields = append(s.form.fields, s.all[i])
	}
	s.form.focus = max(slices.Index(s.form.fields, at), 0)
}

// toldLater tells whether the service provider is asked for an answer before
// the admin is.
func (s *details) toldLater(in catalog.Input) bool {
	i := slices.Index(s.ids, forPush)
	return in.From != (catalog.InputFrom{}) && i >= 0 && s.all[i].text() == string(sso.PushAPI)
}

func (s *details) add(id string, f *field) {
	s.ids, s.all = append(s.ids, id), append(s.all, f)
}

func (s *details) questionField(id ask.ID, value string) *field {
	q := ask.Find(id)
	f := textField(s.env, q.Title, value)
	f.check = func(text string) error {
		if q.Check == nil {
			return nil
		}
		return q.Check(text)
	}
	f.help = q.Help
	f.explain = Explanation{Title: q.Title, What: q.Help + ".", Example: q.Example}
	if id == ask.Label {
		f.explain.Okta = "Applications → Applications → the app → General → Application label"
	}
	return f
}

func (s *details) pushField() *field {
	q := ask.Find(ask.Push)
	guided := huh.NewOption("by hand, one value after the other", string(sso.PushGuided))
	none := huh.NewOption("not at all; only Okta is set up", string(sso.PushNone))
	var options []huh.Option[string]
	if s.profile.API != nil {
		options = append(options, huh.NewOption("through a settings API", string(sso.PushAPI)))
	}
	options = append(options, guided, none)
	value := string(s.draft.Push)
	if value == "" {
		value = string(s.draft.pushDefault(s.env.world))
	}
	f := choiceField(s.env, "Values reach "+plain(s.profile.Name), value, options)
	f.help = "Okta's values have to stand in the service provider's settings"
	f.explain = Explanation{Title: q.Title, What: "Through a settings API the wizard writes the values, reads them back and runs the service provider's own test. " +
		"By hand it shows you each value under the label of the page, for you to copy. Not at all leaves the service provider alone.", SP: s.page()}
	return f
}

func (s *details) page() string {
	if s.profile.Portal == nil {
		return ""
	}
	return strings.TrimSpace(s.profile.Portal.URL + "  " + s.profile.Portal.Page)
}

func (s *details) Init() tea.Cmd { return s.form.Init() }

func (s *details) Update(msg tea.Msg) (Screen, tea.Cmd) {
	finished, cmd := s.form.Update(msg)
	if finished {
		return s, tea.Batch(cmd, send(done{atDetails}))
	}
	s.arrange()
	return s, cmd
}

func (s *details) value(id string) string {
	if i := slices.Index(s.ids, id); i >= 0 && slices.Contains(s.form.fields, s.all[i]) {
		return s.all[i].text()
	}
	return ""
}

func (s *details) inputs() map[string]string {
	out := map[string]string{}
	for _, in := range s.profile.Inputs {
		if v := s.value(in.ID); v != "" {
			out[in.ID] = v
		}
	}
	return out
}

func (s *details) View() string {
	if s.profile == nil {
		return fill([]string{"There is no profile for " + plain(s.draft.SP) + "."}, s.width, s.height)
	}
	result := s.comes(s.height / 2)
	lines, focus := s.form.lines(s.width)
	room := s.height - len(result)
	shown, top := window(lines, focus, 0, room)
	s.below = len(lines) - 1 - top - room // the last line is blank
	return fill(append(shown, result...), s.width, s.height)
}

// comes is what the answers come to, always in view while one types: as many
// whole values as go into so many lines.
func (s *details) comes(most int) []string {
	const head = "─── The Okta app will have "
	out := []string{s.env.theme.Rule.Render(head + strings.Repeat("─", max(s.width-columns(head), 0)))}
	row := func(label, value string) {
		if lines := pair(label, plain(value), 23, s.width); value != "" && len(out)+len(lines) <= most {
			out = append(out, lines...)
		}
	}
	inputs, err := s.profile.CheckInputs(s.inputs())
	if err != nil {
		return nil
	}
	app, err := s.profile.WantedApp(s.value(forLabel), inputs, nil)
	if err != nil {
		if s.value(forPush) == string(sso.PushAPI) && tells(s.profile) {
			return append(out, wrap("what "+plain(s.profile.Name)+" tells: it is read on the next screen", s.width)...)
		}
		return nil
	}
	if app.SAML != nil {
		row("ACS URL", app.SAML.ACSURL)
		row("Audience (SP entity ID)", app.SAML.Audience)
	}
	if app.OIDC != nil {
		for _, u := range app.OIDC.RedirectURIs {
			row("Redirect URI", u)
		}
	}
	if page, ok := s.profile.SignIn(inputs, nil); ok {
		row("People start at", page.Start)
	}
	if app.SAML != nil {
		row("NameID", app.SAML.NameIDTemplate)
	}
	return out
}

// Note tells that there are more questions.
func (s *details) Note() string {
	if s.below > 0 {
		return "↓ " + plural(s.below, "more line", "more lines")
	}
	return ""
}

func (s *details) SetSize(w, h int) Screen    { s.sized = sized{w, h}; return s }
func (s *details) Title() string              { return "Details" }
func (s *details) Captures(k tea.KeyMsg) bool { return s.form.captures(k) }
func (s *details) ShortHelp() []key.Binding   { return s.form.shortHelp("continue") }
func (s *details) FullHelp() [][]key.Binding  { return [][]key.Binding{s.ShortHelp()} }
func (s *details) Explain() Explanation       { return s.form.explain() }

func (s *details) Keep(d *Draft) {
	if s.profile == nil {
		return
	}
	keep := func(id ask.ID, to *string, value string) {
		if *to != value {
			*to = value
			delete(d.From, id)
		}
	}
	keep(ask.Label, &d.Label, s.value(forLabel))
	keep(ask.Connection, &d.Connection, s.value(forConnection))
	if push := sso.PushWay(s.value(forPush)); push != d.pushDefault(s.env.world) || d.Push != "" {
		if d.Push != push {
			delete(d.From, ask.Push)
		}
		d.Push = push
	}
	s.keepInputs(d)
}

// keepInputs keeps the answers to the profile's questions. A default is an
// answer only where an earlier run has given another.
func (s *details) keepInputs(d *Draft) {
	now := maps.Clone(d.Inputs)
	if now == nil {
		now = map[string]string{}
	}
	for _, in := range s.profile.Inputs {
		switch value := s.value(in.ID); {
		case s.toldLater(in):
		case value == "" || value == in.Default && !d.Existing:
			delete(now, in.ID)
		case value != in.Default || now[in.ID] != "":
			now[in.ID] = value
		}
	}
	if !maps.Equal(now, d.Inputs) {
		d.Inputs = now
		delete(d.From, ask.Inputs)
	}
}
