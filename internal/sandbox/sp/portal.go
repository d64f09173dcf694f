package sp

import (
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// passHolds is for how long a passed test lets the tested values be saved.
const passHolds = time.Hour

// settingsView is the settings page.
type settingsView struct {
	Action              string
	Fields              []fieldView
	Test, Save, Switch  string // labels
	Configured, Enabled bool
	Saved               bool
	Alert               string
	Verdict             *test
}

type fieldView struct {
	Name, Label, Hint, Value, Error string
	Required, File                  bool
	Stored                          string // what certificate is entered, in words
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

// settingsPage describes the page with the values entered, if there are any,
// else with the saved ones. The caller holds the lock.
func (p *provider) settingsPage(entered values, wrong []*fieldError) settingsView {
	now := p.state.connection
	v := settingsView{
		Action: p.settingsURL(), Test: p.testLabel, Save: p.saveLabel, Switch: p.switchLabel,
		Configured: now.Settings != nil, Enabled: now.Enabled,
	}
	if entered == nil {
		entered = now.Settings
	}
	for _, f := range p.fields {
		one := fieldView{Name: f.name, Label: f.label, Hint: f.hint, Value: entered[f.name], Required: f.required, File: f.kind == certificateField}
		for _, w := range wrong {
			if w.Field == f.name {
				one.Error = w.Message
			}
		}
		if one.File {
			one.Stored = describeCertificate(one.Value)
		}
		v.Fields = append(v.Fields, one)
	}
	return v
}

func describeCertificate(pem string) string {
	cert, err := parseCertificate(pem)
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
	t, tested := p.state.tests[r.FormValue("test")]
	var v settingsView
	reason := ""
	if tested && t.Portal {
		t = t.at(p.env.Now())
		v = p.settingsPage(t.Values, nil)
		v.Verdict, reason = &t, t.Code
	} else {
		v = p.settingsPage(nil, nil)
		v.Saved = r.FormValue("saved") == "1" && v.Configured
	}
	p.mu.Unlock()
	return p.renderSettings(w, r, http.StatusOK, v, reason)
}

func (p *provider) renderSettings(w http.ResponseWriter, r *http.Request, status int, v settingsView, reason string) error {
	title := p.settingsPath[len(p.settingsPath)-1].Label
	return p.render(w, r, status, page{Template: "settings", Title: title, Reason: reason, Body: v})
}

// changeSettings is the form of the settings page: it tests the values entered
// or saves them. They are saved only after they passed, as the guide orders.
func (p *provider) changeSettings(w http.ResponseWriter, r *http.Request) error {
	entered, err := p.enteredValues(r)
	if err != nil {
		return p.message(w, r, http.StatusBadRequest, "The form cannot be read", "Its file may be too large. Go back and try again.")
	}
	checked, wrong := p.check(entered)
	p.mu.Lock()
	v := p.settingsPage(checked, wrong)
	if len(wrong) > 0 {
		p.mu.Unlock()
		v.Alert = "Correct the fields that are marked below."
		return p.renderSettings(w, r, http.StatusUnprocessableEntity, v, "")
	}
	if r.FormValue("action") != "save" {
		p.mu.Unlock()
		return p.testEntered(w, r, checked)
	}
	defer p.mu.Unlock()
	same := p.state.connection.Settings != nil && p.state.connection.Settings.digest() == checked.digest()
	if !same && !p.testedWithin(checked, passHolds) {
		v.Alert = "Nothing was saved: these values have not passed a test yet. Click " + p.testLabel + " first."
		return p.renderSettings(w, r, http.StatusConflict, v, "")
	}
	if err := p.save(checked); err != nil {
		return err
	}
	http.Redirect(w, r, p.portalURL(p.settingsURL()+"?saved=1"), http.StatusSeeOther)
	return nil
}

func (p *provider) testEntered(w http.ResponseWriter, r *http.Request, v values) error {
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
	return p.sendToIdP(w, r, v, t.ID)
}

// enteredValues reads the form. White space around what people paste is not
// theirs; an uploaded file goes before pasted text.
func (p *provider) enteredValues(r *http.Request) (values, error) {
	if err := r.ParseMultipartForm(mostRequestBytes); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return nil, err
	}
	entered := values{}
	for _, f := range p.fields {
		entered[f.name] = strings.TrimSpace(r.PostFormValue(f.name))
		if f.kind != certificateField {
			continue
		}
		entered[f.name] = strings.TrimSpace(r.PostFormValue(f.name + "_text"))
		file, err := uploaded(r, f.name)
		if err != nil {
			return nil, err
		}
		if len(file) > 0 {
			entered[f.name] = string(file)
		}
	}
	return entered, nil
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
	on := r.FormValue("enabled") == "true"
	p.mu.Lock()
	defer p.mu.Unlock()
	if on && p.state.connection.Settings == nil {
		v := p.settingsPage(nil, nil)
		v.Alert = "There is nothing to turn on yet: enter, test and save the settings first."
		return p.renderSettings(w, r, http.StatusConflict, v, "")
	}
	if err := p.enable(on); err != nil {
		return err
	}
	http.Redirect(w, r, p.portalURL(p.settingsURL()), http.StatusSeeOther)
	return nil
}
