package sp

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// passHolds is for how long a passed test lets the tested values be saved.
const passHolds = time.Hour

// entry is what somebody entered on the settings page.
type entry struct {
	id     string // of the configuration
	values values // nil: nothing was entered
	on     bool   // the switch, where it stands in the form
	open   bool   // the form is open though nothing is configured
	whole  bool   // every field was there
}

// changeSettings is the form of the settings page: its buttons test, save,
// import or show what was entered.
func (p *provider) changeSettings(w http.ResponseWriter, r *http.Request) error {
	e, err := p.entered(r)
	if err != nil {
		return p.message(w, r, http.StatusBadRequest, "The form cannot be read", "Its file may be too large. Go back and try again.")
	}
	chosen := p.actions[0]
	for _, a := range p.actions {
		if a.name == r.FormValue("action") {
			chosen = a
		}
	}
	return chosen.run(p, w, r, e)
}

func (p *provider) actionLabel(name string) string {
	for _, a := range p.actions {
		if a.name == name {
			return a.label
		}
	}
	return ""
}

// testsBeforeSaving tells whether the portal saves only what passed a test.
func (p *provider) testsBeforeSaving() bool { return p.actions[0].name == "test" }

// The kinds of button. testEnteredAction tests what stands in the form, and
// saveTestedAction saves it only after it passed.
func testEnteredAction(label string) action {
	return action{name: "test", label: label, run: (*provider).testEntered}
}

func saveTestedAction(label, testLabel string) action {
	return action{name: "save", label: label, main: true, run: func(p *provider, w http.ResponseWriter, r *http.Request, e entry) error {
		return p.saveTested(w, r, e, testLabel)
	}}
}

func saveAction(label string) action {
	return action{name: "save", label: label, main: true, run: (*provider).saveEntered}
}

// testSavedAction tests what was saved before.
func testSavedAction(label string) action {
	return action{name: "test", label: label, run: (*provider).testSaved}
}

// previewAction shows what follows from what was entered, and saves nothing.
func previewAction(label, beside string) action {
	return action{name: "preview", label: label, beside: beside, run: (*provider).preview}
}

// refused shows the form again with what is wrong with it.
func (p *provider) refused(w http.ResponseWriter, r *http.Request, status int, e entry, wrong []*fieldError, alert string) error {
	p.mu.Lock()
	v := p.settingsPage(e, wrong)
	p.mu.Unlock()
	v.Alert = alert
	return p.renderSettings(w, r, status, v, "")
}

const correctFields = "Correct the fields that are marked below."

func (p *provider) testEntered(w http.ResponseWriter, r *http.Request, e entry) error {
	p.mu.Lock()
	checked, wrong := p.check(e.id, e.values, true)
	p.mu.Unlock()
	e.values = checked
	if len(wrong) > 0 {
		return p.refused(w, r, http.StatusUnprocessableEntity, e, wrong, correctFields)
	}
	return p.beginTest(w, r, checked)
}

func (p *provider) testSaved(w http.ResponseWriter, r *http.Request, e entry) error {
	p.mu.Lock()
	checked, wrong := p.check(e.id, e.values, true)
	saved := p.state.connections[e.id].Settings
	p.mu.Unlock()
	switch {
	case len(wrong) > 0:
		e.values = checked
		return p.refused(w, r, http.StatusUnprocessableEntity, e, wrong, correctFields)
	case saved == nil || saved.digest() != checked.digest():
		e.values = checked
		return p.refused(w, r, http.StatusConflict, e, nil,
			"Nothing was tested: these values are not saved yet. Click "+p.actionLabel("save")+" first.")
	}
	return p.beginTest(w, r, saved)
}

func (p *provider) beginTest(w http.ResponseWriter, r *http.Request, v values) error {
	p.mu.Lock()
	c := p.change()
	t, err := p.newTest(c, v, true)
	if err == nil {
		err = c.commit()
	}
	p.mu.Unlock()
	if err != nil {
		return err
	}
	return p.sendToIdP(w, r, v, request{TestID: t.ID})
}

func (p *provider) saveTested(w http.ResponseWriter, r *http.Request, e entry, testLabel string) error {
	p.mu.Lock()
	checked, wrong := p.check(e.id, e.values, true)
	saved := p.state.connections[e.id].Settings
	good := saved != nil && saved.digest() == checked.digest() || p.testedWithin(checked, passHolds)
	p.mu.Unlock()
	if len(wrong) == 0 && !good {
		e.values = checked
		return p.refused(w, r, http.StatusConflict, e, nil,
			"Nothing was saved: these values have not passed a test yet. Click "+testLabel+" first.")
	}
	return p.saveEntered(w, r, e)
}

// saveEntered keeps what was entered, together with the switch where that
// stands in the form.
func (p *provider) saveEntered(w http.ResponseWriter, r *http.Request, e entry) error {
	p.mu.Lock()
	checked, wrong := p.check(e.id, e.values, true)
	if len(wrong) > 0 {
		p.mu.Unlock()
		e.values = checked
		return p.refused(w, r, http.StatusUnprocessableEntity, e, wrong, correctFields)
	}
	defer p.mu.Unlock()
	return p.saveChecked(w, r, e, checked)
}

// saveChecked keeps checked values. The caller holds the lock.
func (p *provider) saveChecked(w http.ResponseWriter, r *http.Request, e entry, checked values) error {
	next := p.state.connections[e.id]
	if next.ID = e.id; e.id == newConnection {
		var err error
		if next.ID, err = p.newConnectionID(); err != nil {
			return err
		}
	}
	if p.switchInForm && next.Settings != nil {
		next.Enabled = e.on
	}
	p.carry(next.Settings, checked)
	next.Settings = checked
	if err := p.store(next); err != nil {
		return err
	}
	to := p.settingsURL() + "?saved=1"
	if p.several {
		to += "&id=" + next.ID
	}
	http.Redirect(w, r, p.portalURL(to), http.StatusSeeOther)
	return nil
}

// carry keeps the settings that no form shows for as long as the certificate
// stays that they came with.
func (p *provider) carry(from, to values) {
	for _, name := range p.hidden {
		if _, given := to[name]; !given && from[name] != "" && from[p.fingerprint] == to[p.fingerprint] {
			to[name] = from[name]
		}
	}
}

func (p *provider) preview(w http.ResponseWriter, r *http.Request, e entry) error {
	p.mu.Lock()
	_, all := p.check(e.id, e.values, true)
	var wrong []*fieldError
	for _, one := range all {
		if one.Field == p.nameField { // the rest is not filled in yet
			wrong = append(wrong, one)
		}
	}
	p.mu.Unlock()
	if len(wrong) > 0 {
		return p.refused(w, r, http.StatusUnprocessableEntity, e, wrong, correctFields)
	}
	return p.refused(w, r, http.StatusOK, e, nil, "")
}

// entered reads the form. White space around what people paste is not theirs;
// an uploaded file goes before pasted text.
func (p *provider) entered(r *http.Request) (entry, error) {
	if err := r.ParseMultipartForm(mostRequestBytes); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return entry{}, err
	}
	p.mu.Lock()
	e := p.askedFor(r)
	p.mu.Unlock()
	e.open, e.values, e.on = true, values{}, r.PostFormValue("enabled") == "true"
	for _, f := range p.fields {
		if !f.kind.stored() {
			continue
		}
		e.values[f.name] = strings.TrimSpace(r.PostFormValue(f.name))
		if f.kind != certificateField {
			continue
		}
		e.values[f.name] = strings.TrimSpace(r.PostFormValue(f.name + "_text"))
		file, err := uploaded(r, f.name)
		if err != nil {
			return entry{}, err
		}
		if len(file) > 0 {
			e.values[f.name] = string(file)
		}
	}
	return e, nil
}

func uploaded(r *http.Request, name string) ([]byte, error) {
	file, _, err := r.FormFile(name)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, mostSettingBytes+1))
}

// flipSwitch turns SSO on or off.
func (p *provider) flipSwitch(w http.ResponseWriter, r *http.Request) error {
	p.mu.Lock()
	next := p.state.connections[onlyConnection]
	on := r.FormValue("enabled") == "true"
	if on && next.Settings == nil {
		p.mu.Unlock()
		return p.refused(w, r, http.StatusConflict, entry{id: onlyConnection}, nil,
			"There is nothing to turn on yet: enter, test and save the settings first.")
	}
	defer p.mu.Unlock()
	if next.Settings != nil {
		next.Enabled = on
		if err := p.store(next); err != nil {
			return err
		}
	}
	http.Redirect(w, r, p.portalURL(p.settingsURL()), http.StatusSeeOther)
	return nil
}
