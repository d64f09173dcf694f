package sp

import (
	"crypto/x509"
	"net/http"
	"strings"
)

// settingsView is the settings page.
type settingsView struct {
	Action, Title string
	ID            string // of the configuration; "new" for one that is being made
	Opener        string // label of the button that opens the form; "": it is open
	ByHand        string // label of the link to the whole form
	Whole         bool   // the form shows every field
	Sections      []sectionView
	Buttons       []buttonView
	Switch        string // label, "" without
	SwitchInForm  bool
	SwitchHint    string
	SaveFirst     string // label of the button that saves what a test passed
	Others        []navEntry

	Configured, Enabled bool
	Saved               bool
	Alert               string
	Verdict             *test
}

type sectionView struct {
	Title  string
	Fields []fieldView
}

type buttonView struct {
	Name, Label string
	Main        bool
}

type fieldView struct {
	Name, Label, Hint, Value, Error string
	Required                        bool
	Kind                            string // of control: text, file, area, choice, toggle, constant, shown
	Options                         []option
	Stored                          string // what certificate is entered, in words
	Beside                          []buttonView
}

// DescribedBy lists the elements that explain the field to a screen reader.
func (f fieldView) DescribedBy() string {
	ids := []string{f.Name + "-hint"}
	if f.Stored != "" {
		ids = append(ids, f.Name+"-stored")
	}
	if f.Error != "" {
		ids = append(ids, f.Name+"-error")
	}
	return strings.Join(ids, " ")
}

var controls = map[fieldKind]string{
	certificateField: "file", oneLineCertificate: "area", choiceField: "choice", toggleField: "toggle",
	constantField: "constant", shownField: "shown",
}

func (k fieldKind) control() string {
	if c, ok := controls[k]; ok {
		return c
	}
	return "text"
}

const minutes = "2 January 2006, 15:04 UTC"

// newConnection stands in a form for the id of a configuration that is not made yet.
const newConnection = "new"

// settingsPage describes the page of a configuration with the values entered,
// if there are any, else with the saved ones. The caller holds the lock.
func (p *provider) settingsPage(e entry, wrong []*fieldError) settingsView {
	now := p.state.connections[e.id]
	v := settingsView{
		Action: p.settingsURL(), Title: p.settingsPath[len(p.settingsPath)-1].Label, ID: e.id,
		Configured: now.Settings != nil, Enabled: now.Enabled,
		Whole:  e.whole || now.Settings != nil,
		Switch: p.switchLabel, SwitchInForm: p.switchInForm, SwitchHint: p.switchHint,
		Others: p.otherConnections(e.id),
	}
	if e.values != nil && p.switchInForm {
		v.Enabled = e.on
	}
	if end, ends := p.passwordDeadline(now); ends {
		v.SwitchHint = "Turned on " + now.ActivatedAt.Format(minutes) + ", and everybody was mailed. Passwords are good until " + end.Format(minutes) + "."
	}
	if now.Settings == nil && e.values == nil && !e.open {
		v.Opener = p.opener
	}
	if !v.Whole {
		v.ByHand = p.byHand
	}
	if e.values == nil {
		e.values = now.Settings
	}
	for _, f := range p.fields {
		if f.later && !v.Whole {
			continue
		}
		v.add(f.section, p.fieldView(f, e.values, wrong))
	}
	for _, a := range p.actions {
		if a.beside == "" && (v.Whole || !a.later) {
			v.Buttons = append(v.Buttons, buttonView{a.name, a.label, a.main})
		}
	}
	return v
}

// add puts a field into the section it begins, or into the last one.
func (v *settingsView) add(section string, f fieldView) {
	if section != "" || len(v.Sections) == 0 {
		v.Sections = append(v.Sections, sectionView{Title: section})
	}
	last := &v.Sections[len(v.Sections)-1]
	last.Fields = append(last.Fields, f)
}

func (p *provider) fieldView(f field, entered values, wrong []*fieldError) fieldView {
	one := fieldView{
		Name: f.name, Label: f.label, Hint: f.hint, Value: entered[f.name], Required: f.required,
		Kind: f.kind.control(), Options: f.options,
	}
	for _, w := range wrong {
		if w.Field == f.name {
			one.Error = w.Message
		}
	}
	for _, a := range p.actions {
		if a.beside == f.name {
			one.Beside = append(one.Beside, buttonView{Name: a.name, Label: a.label})
		}
	}
	switch f.kind {
	case certificateField, oneLineCertificate:
		one.Stored = describeCertificate(f.kind, one.Value)
	case shownField:
		one.Value = f.shows(p, p.shownValues(entered))
	}
	return one
}

// shownValues are entered values as far as the provider's URLs may be made of
// them: a name that is wrong makes none.
func (p *provider) shownValues(entered values) values {
	if p.nameField == "" || p.namePattern.MatchString(entered[p.nameField]) {
		return entered
	}
	return nil
}

// otherConnections are links to the configurations that the page does not show.
func (p *provider) otherConnections(shown string) []navEntry {
	if !p.several {
		return nil
	}
	var all []navEntry
	for _, c := range p.state.sorted() {
		if c.ID != shown {
			all = append(all, navEntry{Label: c.Settings["name"] + " (" + c.Settings[p.nameField] + ")", URL: p.settingsURL() + "?id=" + c.ID})
		}
	}
	return all
}

func describeCertificate(kind fieldKind, text string) string {
	cert, err := readCertificate(kind, text)
	if err != nil {
		return ""
	}
	return certificateSubject(cert) + ", valid until " + cert.NotAfter.UTC().Format("2 January 2006")
}

func certificateSubject(cert *x509.Certificate) string {
	if cert.Subject.CommonName != "" {
		return cert.Subject.CommonName
	}
	return cert.Subject.String()
}

func (p *provider) showSettings(w http.ResponseWriter, r *http.Request) error {
	p.mu.Lock()
	e := p.askedFor(r)
	t, tested := p.state.tests[r.FormValue("test")]
	var v settingsView
	reason := ""
	if tested && t.Portal {
		t = t.at(p.env.Now())
		e.values = t.Values
		v = p.settingsPage(e, nil)
		v.Verdict, reason = &t, t.Code
		if p.testsBeforeSaving() {
			v.SaveFirst = p.actionLabel("save")
		}
	} else {
		v = p.settingsPage(e, nil)
		v.Saved = r.FormValue("saved") == "1" && v.Configured
	}
	p.mu.Unlock()
	return p.renderSettings(w, r, http.StatusOK, v, reason)
}

// askedFor finds out which configuration a page is asked for. The caller holds
// the lock.
func (p *provider) askedFor(r *http.Request) entry {
	e := entry{id: onlyConnection, open: r.FormValue("setup") != "", whole: r.FormValue("whole") != ""}
	e.open = e.open || e.whole
	if !p.several {
		return e
	}
	id := r.FormValue("id")
	if _, ok := p.state.connections[id]; ok {
		e.id = id
		return e
	}
	if e.id = p.state.current().ID; e.id == "" || id == newConnection {
		e.id = newConnection
	}
	return e
}

func (p *provider) renderSettings(w http.ResponseWriter, r *http.Request, status int, v settingsView, reason string) error {
	return p.render(w, r, status, page{Template: "settings", Title: v.Title, Reason: reason, Body: v})
}
