package catalog

import (
	"slices"

	"example.com/ssowizard/internal/sso"
)

// Usual is the answer that asks for a setting's own value rather than one of
// its alternates.
const Usual = "usual"

// For is the profile as it is for one way to push: which settings there are, and
// which alternates are taken by themselves, can depend on whether a program or a
// person enters them. A profile that was not asked For a way is that of the API.
func (p *Profile) For(way sso.PushWay) *Profile {
	out := *p
	out.byHand = way != sso.PushAPI && way != ""
	return &out
}

// holds tells whether the case is given. A case that waits for a finding never is.
func (w When) holds(inputs map[string]string, byHand bool) bool {
	switch {
	case w.Finding != "":
		return false
	case w.By != "":
		return (w.By == ByHand) == byHand
	case w.Given:
		return inputs[w.Input] != ""
	}
	return w.Input == "" || inputs[w.Input] == w.Is
}

// choices are the answers to the input that stands for the setting's
// alternates; nil when there is none that can be asked for.
func (s Setting) choices() []string {
	var out []string
	for _, a := range s.Alternates {
		if a.ID != "" {
			out = append(out, a.ID)
		}
	}
	if out != nil {
		out = slices.Insert(out, 0, Usual)
	}
	return out
}

// choiceInputs are the inputs that stand for contested settings. They are never
// asked for, but may be answered.
func (p *Profile) choiceInputs() []Input {
	var out []Input
	for _, s := range p.Settings {
		if options := s.choices(); options != nil {
			out = append(out, Input{ID: s.ID, Label: s.Title(), Options: options})
		}
	}
	return out
}

// chosen is the value and rendering that the admin's answers and the way to the
// settings ask for.
func (s Setting) chosen(inputs map[string]string, byHand bool) (value, rendering string) {
	a, ok := s.taken(inputs, byHand)
	if !ok {
		return s.Value, s.Rendering
	}
	return s.with(a)
}

// with is the setting's value and rendering under an alternate.
func (s Setting) with(a Alternate) (value, rendering string) {
	value, rendering = s.Value, s.Rendering
	if a.Value != "" {
		value = a.Value
	}
	if a.Rendering != "" {
		rendering = a.Rendering
	}
	return value, rendering
}

// taken is the alternate that counts. One that was asked for comes first.
func (s Setting) taken(inputs map[string]string, byHand bool) (Alternate, bool) {
	asked := ""
	if s.choices() != nil {
		asked = inputs[s.ID]
	}
	for _, a := range s.Alternates {
		switch {
		case asked != "" && a.ID == asked:
			return a, true
		case asked == "" && a.When != (When{}) && a.When.holds(inputs, byHand):
			return a, true
		}
	}
	return Alternate{}, false
}

// Offer is another value of a setting that is worth a try after a failed check.
type Offer struct {
	Setting sso.SPSetting // with the other value
	// Input and Answer are what asks for it, such as --input Input=Answer.
	Input  string
	Answer string
	Why    string
}

// Offers are the other values that are worth a try after a check has failed with
// the code: the alternates that wait for it, and the usual value where an
// alternate is in use. What would change nothing is not among them.
func (p *Profile) Offers(code string, inputs, offered map[string]string, idp sso.IdPValues) []Offer {
	values := p.values(inputs, offered, idp)
	var out []Offer
	for _, s := range p.Settings {
		if !s.When.holds(inputs, p.byHand) || !(s.contested(code) || code == "settings."+s.ID && s.choices() != nil) {
			continue
		}
		inUse, _ := s.taken(inputs, p.byHand)
		text, rendering := s.with(inUse)
		now, _, err := s.render(text, rendering, values, p.trusted(s.Value, idp), false)
		seen := []string{now.Value + inUse.IssuerTemplate}
		for _, a := range append(slices.Clone(s.Alternates), Alternate{ID: Usual, Why: "It is the usual value of this setting."}) {
			text, rendering = s.with(a)
			setting, kept, otherErr := s.render(text, rendering, values, p.trusted(s.Value, idp), false)
			same := setting.Value + a.IssuerTemplate
			if a.ID == "" || err != nil || otherErr != nil || !kept || slices.Contains(seen, same) {
				continue
			}
			seen = append(seen, same)
			out = append(out, Offer{Setting: setting, Input: s.ID, Answer: a.ID, Why: a.Why})
		}
	}
	return out
}

// contested tells whether any alternate of the setting waits for the code.
func (s Setting) contested(code string) bool {
	return slices.ContainsFunc(s.Alternates, func(a Alternate) bool { return codeFits(a.When.Finding, code) })
}

// codeFits tells whether a code is meant by a pattern, which may end in ".*".
func codeFits(pattern, code string) bool {
	if n := len(pattern); n > 2 && pattern[n-2:] == ".*" {
		return len(code) > n-1 && code[:n-1] == pattern[:n-1]
	}
	return pattern != "" && pattern == code
}
