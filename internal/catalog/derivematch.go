package catalog

import (
	"regexp"
	"slices"
	"strings"
)

// match takes what stands in text at the template's placeholders for inputs as
// the answers to them.
func (d *deriver) match(template, text string) {
	answers, ok := d.solve(template, text)
	if !ok {
		return
	}
	for id, answer := range answers {
		d.say(id, answer)
	}
}

// solve finds the answers with which the template gives the text. It is false
// when there are none, and when there is more than one way to cut the text up.
func (d *deriver) solve(text, have string) (map[string]string, bool) {
	if text == "" || have == "" {
		return nil, false
	}
	t, ok := d.expand(text, 0)
	if !ok {
		return nil, false
	}
	longest, ok := cut(t, have, "(.+)")
	shortest, ok2 := cut(t, have, "(.+?)")
	if !ok || !ok2 || len(longest) != len(shortest) {
		return nil, false
	}
	for id, answer := range longest {
		in, open := d.input(id)
		if shortest[id] != answer || open && in.Check(answer) != nil {
			return nil, false
		}
	}
	return longest, true
}

// expand replaces what is known: given answers, the identity provider's values,
// and addresses by what they are computed from. It is false when the template
// needs something that is not known.
func (d *deriver) expand(text string, depth int) (template, bool) {
	t, err := parseTemplate(text)
	if err != nil || depth > 1 { // a computed value is made of inputs only
		return nil, false
	}
	var out template
	for _, p := range t {
		switch {
		case p.root == "":
			out = append(out, p)
		case p.root == "IdP":
			known := idpTexts(d.evidence.IdP)[p.name]
			if known == "" {
				return nil, false
			}
			out = append(out, part{text: known})
		case p.root == "Input" && d.given[p.name] != "":
			out = append(out, part{text: d.given[p.name]})
		case p.root == "Input" && d.told(p.name) != "":
			out = append(out, part{text: d.told(p.name)})
		case p.root == "Input":
			out = append(out, p)
		case p.root == "SP":
			more, ok := d.expand(d.behind(p.name), depth+1)
			if !ok {
				return nil, false
			}
			out = append(out, more...)
		default:
			return nil, false
		}
	}
	return out, true
}

// behind is the template behind an address of the service provider: the input
// of that name, else what the profile computes.
func (d *deriver) behind(name string) string {
	if slices.ContainsFunc(d.profile.Inputs, func(in Input) bool { return in.ID == name }) {
		return "{{ .Input." + name + " }}"
	}
	for _, pair := range d.profile.Computed {
		if pair.Name == name {
			return pair.Value
		}
	}
	return "{{"
}

// told is what the service provider answers in the admin's place.
func (d *deriver) told(input string) string {
	for _, in := range d.profile.Inputs {
		if in.ID == input && in.From.Offered != "" {
			return d.evidence.Held.Offered[in.From.Offered]
		}
	}
	return ""
}

// cut takes a text apart along a template whose placeholders are all inputs.
func cut(t template, text, hole string) (map[string]string, bool) {
	var b strings.Builder
	var names []string
	for _, p := range t {
		if p.root == "" {
			b.WriteString(regexp.QuoteMeta(p.text))
			continue
		}
		b.WriteString(hole)
		names = append(names, p.name)
	}
	re, err := regexp.Compile(`^(?s:` + b.String() + `)$`)
	if err != nil {
		return nil, false
	}
	found := re.FindStringSubmatch(text)
	if found == nil {
		return nil, false
	}
	out := map[string]string{}
	for i, name := range names {
		if before, twice := out[name]; twice && before != found[i+1] {
			return nil, false
		}
		out[name] = found[i+1]
	}
	return out, true
}

// fromAlternates reads which of its values a contested setting has: by the
// answer that takes it, where exactly one does.
func (d *deriver) fromAlternates() {
	for _, s := range d.profile.Settings {
		have := d.evidence.Held.Settings[s.ID]
		if have == "" || len(s.Alternates) == 0 || s.Kind == KindSecret || !s.When.holds(d.given, d.profile.byHand) {
			continue
		}
		if s.choices() != nil {
			d.choose(s, have)
			continue
		}
		for _, a := range s.Alternates {
			if in, open := d.input(a.When.Input); open && a.When.Is != "" {
				d.say(in.ID, d.only(in.Options, func(option string) bool {
					return d.gives(s, map[string]string{in.ID: option}, have)
				}))
			}
		}
	}
}

// choose answers the input that stands for a setting's alternates, where the
// value that is taken by itself is not the one that is there.
func (d *deriver) choose(s Setting, have string) {
	if d.gives(s, nil, have) {
		return
	}
	d.say(s.ID, d.only(s.choices(), func(choice string) bool {
		return d.gives(s, map[string]string{s.ID: choice}, have)
	}))
}

// only is the one option that fits, "" when none or several do.
func (d *deriver) only(options []string, fits func(string) bool) string {
	var found []string
	for _, option := range options {
		if fits(option) {
			found = append(found, option)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// gives tells whether the setting, with this answer, has this very text, and
// the app the issuer that goes with it.
func (d *deriver) gives(s Setting, answer map[string]string, have string) bool {
	inputs := map[string]string{}
	for _, m := range []map[string]string{d.given, answer} {
		for id, v := range m {
			inputs[id] = v
		}
	}
	issuer := d.profile.App.IssuerTemplate
	if a, ok := s.taken(inputs, d.profile.byHand); ok && a.IssuerTemplate != "" {
		issuer = a.IssuerTemplate
	}
	if saml := d.evidence.App.SAML; saml != nil && saml.IssuerTemplate != "" && saml.IssuerTemplate != issuer {
		return false
	}
	text, rendering := s.chosen(inputs, d.profile.byHand)
	values := Values{Input: inputs, SP: d.profile.SPValues(inputs, d.evidence.Held.Offered), IdP: idpTexts(d.evidence.IdP)}
	setting, kept, err := s.render(text, rendering, values, d.profile.trusted(s.Value, d.evidence.IdP), false)
	return err == nil && kept && setting.Value == have
}
