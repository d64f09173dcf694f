package catalog

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/ssowizard/internal/sso"
)

// checkSense looks for what is well formed, but could never work: found here, it
// costs nothing; found in a run, it is found after something was written.
func (r *reader) checkSense(p *Profile, f *fields) {
	for _, s := range p.Settings {
		r.checkChoices(p, settingNode(f, s.ID), s)
	}
	for i, n := range f.list("inputs", false) {
		if i < len(p.Inputs) {
			r.checkOffered(p, n, p.Inputs[i].From.Offered)
		}
	}
	for _, later := range r.values {
		for _, part := range later.t {
			r.checkProtocol(p, later.node, part)
			r.checkType(p, later.node, part)
		}
	}
	if p.API != nil {
		r.checkSaves(p, f.byName["api"], f)
		r.checkSwitch(p, f.byName["api"])
	}
}

// checkChoices sees that a toggle is turned on or off, and that a select gets one
// of its options.
func (r *reader) checkChoices(p *Profile, n *yaml.Node, s Setting) {
	values := []string{s.Value}
	for _, a := range s.Alternates {
		values = append(values, a.Value)
	}
	for _, value := range values {
		for _, one := range p.answersIn(value) {
			if _, ok := truth(one); s.Kind == KindToggle && !ok {
				r.fail(n, "setting %q is a toggle, so its value has to be yes or no, not %q", s.ID, one)
			}
			if s.Kind == KindSelect && len(s.Options) > 0 && !slices.Contains(s.Options, one) {
				r.fail(n, "setting %q cannot be %q; its options are: %s", s.ID, one, strings.Join(s.Options, ", "))
			}
		}
	}
}

// answersIn are the texts that a value can be, as far as the profile tells: a
// constant, or the options of the input that it consists of.
func (p *Profile) answersIn(value string) []string {
	t, err := parseTemplate(value)
	if err != nil || value == "" {
		return nil
	}
	if !slices.ContainsFunc(t, func(p part) bool { return p.root != "" }) {
		return []string{value}
	}
	one, single := t.single()
	for _, in := range p.Inputs {
		if single && one.root == "Input" && one.name == in.ID {
			return in.Options
		}
	}
	return nil
}

func (r *reader) checkOffered(p *Profile, n *yaml.Node, id string) {
	if id == "" {
		return
	}
	if s, ok := p.Setting(id); ok && s.Kind == KindReadOnly {
		return
	}
	if p.API != nil && p.API.Answer.Offered[id] != "" {
		return
	}
	r.fail(find(n, "from", "offered"), "%q is neither a readonly setting nor under offered in answer", id)
}

// checkProtocol refuses values of the identity provider that an app of the other
// protocol has.
func (r *reader) checkProtocol(p *Profile, n *yaml.Node, one part) {
	if one.root != "IdP" || !slices.Contains(IdPNames(), one.name) {
		return
	}
	oidc := slices.Contains([]string{"ClientID", "ClientSecret", "OIDCIssuer"}, one.name)
	if oidc != (p.Protocol == sso.OIDC) {
		r.fail(n, "an app of the protocol %s has no %s", p.Protocol, one)
	}
}

// checkType sees that a body value which is turned into another type can be.
func (r *reader) checkType(p *Profile, n *yaml.Node, one part) {
	s, isSetting := p.Setting(one.name)
	isSetting = isSetting && one.root == "Setting"
	switch {
	case one.as == "list" && (!isSetting || s.Rendering == ""):
		r.fail(n, "| list is for a setting with certificates")
	case (one.as == "bool" || one.as == "not") && isSetting && s.Kind != KindToggle && !p.isTruth(s.Value):
		r.fail(n, "setting %q is neither yes nor no, so it cannot be | %s", s.ID, one.as)
	case one.as != "" && one.root == "Call" && one.name != "enabled":
		r.fail(n, "%s cannot be | %s", one, one.as)
	}
}

func (p *Profile) isTruth(value string) bool {
	answers := p.answersIn(value)
	return len(answers) > 0 && !slices.ContainsFunc(answers, func(one string) bool {
		_, ok := truth(one)
		return !ok
	})
}

// checkSaves sees that every setting is written and read back, and that there are
// calls for a record that is there already.
func (r *reader) checkSaves(p *Profile, api *yaml.Node, f *fields) {
	a := p.API
	if len(a.Save) > 0 && !slices.ContainsFunc(a.Save, func(c Call) bool { return c.Only != OnlyNew }) {
		r.fail(find(api, "save"), "save has no call for what is there already, so nothing could be changed or renewed")
	}
	if i := slices.IndexFunc(a.Save, func(c Call) bool { return c.Only != OnlyExisting }); i >= 0 && a.Save[i].Only == OnlyNew && usesResource(&a.Save[i].Request) {
		r.fail(find(api, "save"), "the first call for a new record cannot know its id, .Call.resource")
	}
	for _, s := range p.Settings {
		if s.Kind == KindReadOnly || s.When.By == ByHand {
			continue
		}
		if _, read := a.Answer.Settings[s.ID]; !read && s.Kind != KindSecret {
			r.fail(settingNode(f, s.ID), "setting %q is not among the settings of answer, so nobody could tell whether it was saved", s.ID)
		}
		switch made, changed := a.writes(s, OnlyNew), a.writes(s, OnlyExisting) || p.isFixed(s.Value); {
		case !made && !changed:
			r.fail(settingNode(f, s.ID), "setting %q is in no request of save, so it would never be written", s.ID)
		case !made && a.makes():
			r.fail(settingNode(f, s.ID), "setting %q is in no request of save that is made for a new record", s.ID)
		case !changed:
			r.fail(settingNode(f, s.ID), "setting %q is in no request of save that is made where there is a record", s.ID)
		}
	}
}

// makes tells whether the calls of save can make a record.
func (a *API) makes() bool {
	return slices.ContainsFunc(a.Save, func(c Call) bool { return c.Only != OnlyExisting })
}

// isFixed tells whether a value is the answer by which the record is known.
func (p *Profile) isFixed(value string) bool {
	t, err := parseTemplate(value)
	one, single := t.single()
	return err == nil && single && one.root == "Input" && slices.ContainsFunc(p.Inputs, func(in Input) bool { return in.ID == one.name && in.Fixed })
}

// writes tells whether a call of save that is made in the case carries the
// setting, or its value itself.
func (a *API) writes(s Setting, only string) bool {
	if a.Trusted != nil && a.Trusted.Setting == s.ID {
		return true
	}
	for _, call := range fittingCalls(a.Save, only) {
		if slices.Contains(call.Request.SettingIDs(), s.ID) {
			return true
		}
		same := false
		call.Request.Body.each(func(text string) { same = same || text == s.Value })
		if same {
			return true
		}
	}
	return false
}

func fittingCalls(calls []Call, only string) []Call {
	return slices.DeleteFunc(slices.Clone(calls), func(c Call) bool { return c.Only != "" && c.Only != only })
}

func (r *reader) checkSwitch(p *Profile, api *yaml.Node) {
	a := p.API
	switch {
	case p.TurnOn == TurnOnSwitch && a.Answer.Enabled.At == "":
		r.fail(find(api, "answer"), "turn_on is switch, so answer has to say with enabled where it stands whether it is on")
	case p.TurnOn == TurnOnNone && len(a.Enable)+len(a.Disable) > 0:
		r.fail(find(api, "enable"), "turn_on is none, so there is nothing to enable or disable")
	}
}
