package catalog

import (
	"fmt"
	"maps"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// SPValues are the values of {{ .SP.z }} by name: what the service provider
// offers, else the answer to the input of that id, else what the profile
// computes. They can be shown while the admin still types.
func (p *Profile) SPValues(inputs, offered map[string]string) map[string]string {
	out := map[string]string{}
	for _, pair := range p.Computed {
		text, missing, err := fill(pair.Value, Values{Input: inputs})
		if err == nil && len(missing) == 0 {
			out[pair.Name] = text
		}
		if answer := inputs[pair.Name]; answer != "" {
			out[pair.Name] = answer
		}
	}
	for id, value := range offered {
		if value != "" {
			out[id] = value
		}
	}
	return out
}

// Standing is what the service provider offers, without the addresses that it
// made of a setting that these answers are about to change: until it is read
// again, what the profile computes is nearer to the truth.
func (p *Profile) Standing(inputs map[string]string, held sso.SPState) map[string]string {
	out := maps.Clone(held.Offered)
	for _, pair := range p.Computed {
		for _, s := range p.Settings {
			have := held.Settings[s.ID]
			if s.Kind == KindReadOnly || have == "" || !shareInput(pair.Value, s.Value) || !s.When.holds(inputs, p.byHand) {
				continue
			}
			if want, missing, err := fill(s.Value, Values{Input: inputs}); err == nil && len(missing) == 0 && !p.SettingsEqual(s.ID, have, want) {
				delete(out, pair.Name)
			}
		}
	}
	return out
}

// shareInput tells whether two values are made of one answer.
func shareInput(a, b string) bool {
	one, err := parseTemplate(a)
	other, err2 := parseTemplate(b)
	if err != nil || err2 != nil {
		return false
	}
	for _, p := range one {
		for _, q := range other {
			if p.root == "Input" && q.root == "Input" && p.name == q.name {
				return true
			}
		}
	}
	return false
}

func (p *Profile) values(inputs, offered map[string]string, idp sso.IdPValues) Values {
	return Values{Input: inputs, SP: p.SPValues(inputs, offered), IdP: idpTexts(idp)}
}

// SignIn is the sign-in page with its address filled in. It is false when the
// profile has none, or when what the address is made of is not known.
func (p *Profile) SignIn(inputs, offered map[string]string) (SignInPage, bool) {
	if p.SignInPage == nil {
		return SignInPage{}, false
	}
	page := *p.SignInPage
	start, missing, err := fill(page.Start, p.values(inputs, offered, sso.IdPValues{}))
	if err != nil || len(missing) > 0 || checkURL(start) != nil {
		return SignInPage{}, false
	}
	page.Start = start
	return page, true
}

// SignInLacks is the input whose answer is wanting to know where people sign in.
// It is false when that is known, or is for the service provider to tell.
func (p *Profile) SignInLacks(inputs, offered map[string]string) (string, bool) {
	if p.SignInPage == nil {
		return "", false
	}
	t, err := parseTemplate(p.SignInPage.Start)
	if err != nil {
		return "", false
	}
	values := p.values(inputs, offered, sso.IdPValues{})
	for _, part := range t {
		if part.root == "" || values.get(part.root, part.name) != "" {
			continue
		}
		for _, in := range p.Inputs {
			if in.ID == part.name {
				return in.ID, true
			}
		}
	}
	return "", false
}

// WantedBookmark is the bookmark app that the admin's answers ask for. It is
// false when they ask for none. An empty label takes the profile's own.
func (p *Profile) WantedBookmark(label string, inputs, offered map[string]string) (sso.App, bool, error) {
	if p.Bookmark == nil || !p.Bookmark.When.holds(inputs, p.byHand) {
		return sso.App{}, false, nil
	}
	if label == "" {
		label = p.Bookmark.Label
	}
	f := &filler{values: p.values(inputs, offered, sso.IdPValues{})}
	app := sso.App{Label: label, SignOnMode: sso.ModeBookmark, BookmarkURL: f.url("address of the bookmark", p.Bookmark.URL)}
	if err := f.err(); err != nil {
		return sso.App{}, false, fmt.Errorf("bookmark for %s: %w", p.Name, err)
	}
	return app, true, nil
}

// InputsFor are the questions that are left once the service provider was read:
// what it answers itself is not among them, and what it lets one choose from are
// the options, with what it holds now, else the first of them, as the default.
func (p *Profile) InputsFor(state sso.SPState) []Input {
	var out []Input
	for _, in := range p.Inputs {
		switch {
		case in.From.Offered != "" && state.Offered[in.From.Offered] != "":
			continue
		case in.From.Setting != "":
			in.Options = state.Options[in.From.Setting]
			if held := state.Settings[in.From.Setting]; held != "" {
				in.Default = held
			} else if len(in.Options) > 0 {
				in.Default = in.Options[0]
			}
		}
		out = append(out, in)
	}
	return out
}

// CompleteInputs adds to the answers that CheckInputs returned what the service
// provider tells: values that it shows, and defaults out of its settings. What
// is then still missing, and an answer that the service provider does not offer,
// is a usage error. The result is not to be kept in place of the answers: what
// the service provider tells may be another thing next time.
func (p *Profile) CompleteInputs(inputs map[string]string, state sso.SPState) (map[string]string, error) {
	out := maps.Clone(inputs)
	if out == nil {
		out = map[string]string{}
	}
	for _, in := range p.Inputs {
		if value := state.Offered[in.From.Offered]; in.From.Offered != "" && value != "" {
			out[in.ID] = value
		}
	}
	var missing []Input
	for _, in := range p.InputsFor(state) {
		if in.From == (InputFrom{}) || !in.When.holds(out, p.byHand) {
			continue
		}
		switch {
		case out[in.ID] == "" && in.Default != "":
			// Not checked against the options: what is held is never wrong.
			out[in.ID] = in.Default
		case out[in.ID] == "" && in.Required:
			missing = append(missing, in)
		case out[in.ID] != "":
			if err := in.Check(out[in.ID]); err != nil {
				return nil, hint.With(hint.Usage, err, "")
			}
		}
	}
	if len(missing) > 0 {
		return nil, hint.With(hint.Usage, missingInputs(p.Name, missing), p.Name+" does not tell them by itself; its page shows them")
	}
	return out, nil
}
