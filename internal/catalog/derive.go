package catalog

import (
	"slices"
	"strings"

	"example.com/ssowizard/internal/sso"
)

// Evidence is what both sides of a connection hold. Members that are not known
// are zero.
type Evidence struct {
	App      sso.App
	Bookmark *sso.App // the bookmark app beside it
	IdP      sso.IdPValues
	Held     sso.SPState
}

// Derived are the answers that Evidence gives to a profile's questions.
type Derived struct {
	Answers map[string]string
	// Disputed are the inputs to which several answers were found, with these.
	Disputed map[string][]string
}

// DeriveInputs reads the profile's templates backwards: which answers make what
// both sides hold? Inputs that were given, and what the service provider tells
// anyway (see CompleteInputs), are left alone. Every answer passes its input's
// own Check. Nothing is guessed: without evidence an input has no answer, and
// where one place speaks for this answer and another for that one, it is disputed.
func (p *Profile) DeriveInputs(given map[string]string, e Evidence) Derived {
	d := &deriver{profile: p, given: given, evidence: e, said: map[string][]string{}, hinted: map[string]string{}}
	d.fromApp()
	d.fromSettings()
	d.fromOffered()
	d.fromCases()
	d.fromAlternates()
	return d.result()
}

// Fits tells whether an app can be the profile's at all: whether its ACS URL or
// its Audience, or one of its redirect URIs, is of the profile's form.
func (p *Profile) Fits(given map[string]string, e Evidence) bool {
	d := &deriver{profile: p, given: given, evidence: e}
	fits := func(template, text string) bool {
		_, ok := d.solve(template, text)
		return ok
	}
	if saml := e.App.SAML; saml != nil {
		return fits(p.App.ACSURL, saml.ACSURL) || fits(p.App.Audience, saml.Audience)
	}
	if oidc := e.App.OIDC; oidc != nil {
		for _, template := range p.App.RedirectURIs {
			if slices.ContainsFunc(oidc.RedirectURIs, func(uri string) bool { return fits(template, uri) }) {
				return true
			}
		}
	}
	return false
}

type deriver struct {
	profile  *Profile
	given    map[string]string
	evidence Evidence
	said     map[string][]string // by input: what a value says, each answer once
	hinted   map[string]string   // by input: what being there or not says, where no value does
}

func (d *deriver) input(id string) (Input, bool) {
	inputs := slices.Concat(d.profile.InputsFor(d.evidence.Held), d.profile.choiceInputs())
	i := slices.IndexFunc(inputs, func(in Input) bool { return in.ID == id })
	if i < 0 || d.given[id] != "" {
		return Input{}, false
	}
	return inputs[i], true
}

// say takes a value for the answer to an input, if it can be one.
func (d *deriver) say(id, answer string) {
	in, open := d.input(id)
	if !open || answer == "" || in.Check(answer) != nil || slices.Contains(d.said[id], answer) {
		return
	}
	d.said[id] = append(d.said[id], answer)
}

// hint is say for weak evidence.
func (d *deriver) hint(id, answer string) {
	if in, open := d.input(id); open && in.Check(answer) == nil {
		d.hinted[id] = answer
	}
}

func (d *deriver) fromApp() {
	a, app := d.profile.App, d.evidence.App
	if saml := app.SAML; saml != nil {
		d.match(a.ACSURL, saml.ACSURL)
		d.match(a.Audience, saml.Audience)
		d.match(a.DefaultRelayState, saml.DefaultRelayState)
		d.match(a.NameIDTemplate, saml.NameIDTemplate)
		d.match(a.IssuerTemplate, saml.IssuerTemplate)
		d.match(a.NameIDFormat, saml.NameIDFormat)
		for short, urn := range nameIDFormats {
			if urn == saml.NameIDFormat {
				d.match(a.NameIDFormat, short)
			}
		}
		d.fromStatements(saml.Attributes)
	}
	if oidc := app.OIDC; oidc != nil {
		d.matchAny(a.RedirectURIs, oidc.RedirectURIs)
		d.matchAny(a.PostLogoutRedirectURIs, oidc.PostLogoutRedirectURIs)
	}
	if app.UserNameTemplate != "" {
		d.match(a.UserNameTemplate, app.UserNameTemplate)
	}
	if b := d.evidence.Bookmark; b != nil && d.profile.Bookmark != nil {
		d.match(d.profile.Bookmark.URL, b.BookmarkURL)
	}
}

// matchAny is for lists, of which the order does not count.
func (d *deriver) matchAny(templates, texts []string) {
	for _, t := range templates {
		for _, text := range texts {
			d.match(t, text)
		}
	}
}

// fromStatements reads the attribute statements: those of the profile by their
// names, the others as the answer to the input for further ones.
func (d *deriver) fromStatements(have []sso.AttributeStatement) {
	rest := slices.Clone(have)
	for _, at := range d.profile.App.Attributes {
		found := slices.DeleteFunc(slices.Clone(rest), func(s sso.AttributeStatement) bool { return !d.isStatement(at, s) })
		switch {
		case len(found) == 1:
			d.match(at.Name, found[0].Name)
			if at.Group {
				d.match(at.FilterValue, found[0].FilterValue)
			} else if len(at.Values) == 1 && len(found[0].Values) == 1 {
				d.match(at.Values[0], found[0].Values[0])
			}
			rest = slices.DeleteFunc(rest, func(s sso.AttributeStatement) bool { return s.Name == found[0].Name })
			d.hintCase(at.When, true)
		case len(found) == 0:
			d.hintCase(at.When, false)
		}
	}
	if from := d.profile.App.AttributesFrom; from != "" {
		d.say(from, typedAttributes(rest))
	}
}

// isStatement tells whether a statement can be the profile's.
func (d *deriver) isStatement(at Attribute, s sso.AttributeStatement) bool {
	if at.Group != s.Group || at.Group && at.FilterType != s.FilterType {
		return false
	}
	_, fits := d.solve(at.Name, s.Name)
	return fits
}

// typedAttributes is what an admin would have typed for the statements, as far
// as it can be typed.
func typedAttributes(statements []sso.AttributeStatement) string {
	var parts []string
	for _, s := range statements {
		if s.Group || s.Format != sso.AttrUnspec || len(s.Values) != 1 {
			continue
		}
		part := s.Name + "=" + s.Values[0]
		if back, err := ParseAttributes(part); err == nil && len(back) == 1 && back[0].Name == s.Name && back[0].Values[0] == s.Values[0] {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// fromSettings reads the service provider's settings.
func (d *deriver) fromSettings() {
	for _, s := range d.profile.Settings {
		have := d.evidence.Held.Settings[s.ID]
		if have == "" || s.Kind == KindReadOnly || s.Kind == KindSecret || s.Rendering != "" || s.When.By != "" && !s.When.holds(nil, d.profile.byHand) {
			continue
		}
		if s.Kind == KindToggle {
			d.matchToggle(s.Value, have)
			continue
		}
		d.match(s.Value, have)
	}
}

// matchToggle reads a yes or no as the option of the input that means the same.
func (d *deriver) matchToggle(text, have string) {
	t, err := parseTemplate(text)
	part, single := t.single()
	on, ok := truth(have)
	if err != nil || !single || part.root != "Input" || !ok {
		return
	}
	in, open := d.input(part.name)
	if !open {
		return
	}
	for _, option := range in.Options {
		if meant, ok := truth(option); ok && meant == on {
			d.say(in.ID, option)
		}
	}
}

// fromOffered reads the addresses that the service provider shows and that the
// profile can compute from an answer.
func (d *deriver) fromOffered() {
	for _, pair := range d.profile.Computed {
		if shown := d.evidence.Held.Offered[pair.Name]; shown != "" {
			d.match(pair.Value, shown)
		}
	}
}

// fromCases reads what is there only in one case.
func (d *deriver) fromCases() {
	if d.profile.Bookmark != nil && d.evidence.App.ID != "" {
		d.hintCase(d.profile.Bookmark.When, d.evidence.Bookmark != nil)
	}
}

// hintCase hints at the answer on which a case rests: at it when the case is
// given, else at the only other one, if there is just one.
func (d *deriver) hintCase(w When, given bool) {
	in, open := d.input(w.Input)
	if !open || w.Is == "" {
		return
	}
	if given {
		d.hint(in.ID, w.Is)
		return
	}
	others := slices.DeleteFunc(slices.Clone(in.Options), func(o string) bool { return o == w.Is })
	if len(others) == 1 {
		d.hint(in.ID, others[0])
	}
}

// result judges the evidence, in the order of the questions, because one answer
// can decide whether another is asked for at all.
func (d *deriver) result() Derived {
	out := Derived{Answers: map[string]string{}, Disputed: map[string][]string{}}
	known := map[string]string{}
	for _, in := range slices.Concat(d.profile.InputsFor(d.evidence.Held), d.profile.choiceInputs()) {
		answers := d.said[in.ID]
		if len(answers) == 0 && d.hinted[in.ID] != "" {
			answers = []string{d.hinted[in.ID]}
		}
		switch applies := in.When.holds(known, d.profile.byHand); {
		case d.given[in.ID] != "":
			known[in.ID] = d.given[in.ID]
		case !applies || len(answers) == 0 && in.Default == "":
		case len(answers) == 1:
			known[in.ID], out.Answers[in.ID] = answers[0], answers[0]
		case len(answers) > 1:
			out.Disputed[in.ID] = answers
		default:
			known[in.ID] = in.Default
		}
	}
	return out
}
