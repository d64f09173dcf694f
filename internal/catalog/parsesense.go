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
			if s.Kind == KindSelect && len(s.Options) > 0 && one == value && !slices.Contains(s.Options, one) {
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
	if id == "" || p.API == nil {
		return // by hand the admin is asked in any case
	}
	if s, ok := p.Setting(id); ok && s.Kind == KindReadOnly {
		return
	}
	if p.API.Answer.Offered[id] != "" {
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
	switch {
	case (one.as == "bool" || one.as == "not") && one.root == "Setting" && isSetting && !p.canBeTruth(s.Value):
		r.fail(n, "setting %q is neither yes nor no, so it cannot be | %s", s.ID, one.as)
	case one.as != "" && one.root == "Call" && one.name != "enabled":
		r.fail(n, "%s cannot be | %s", one, one.as)
	}
}

// canBeTruth tells whether a value can be yes or no, as far as the profile tells.
func (p *Profile) canBeTruth(value string) bool {
	if usesIdP(value) {
		return false
	}
	return !slices.ContainsFunc(p.answersIn(value), func(one string) bool {
		_, ok := truth(one)
		return !ok
	})
}

// usesIdP tells whether a value is made of one of the identity provider, which
// is another one for another app and after a rotation.
func usesIdP(value string) bool {
	t, err := parseTemplate(value)
	return err == nil && t.uses("IdP")
}

// checkSaves sees that what has to be there is written and read back.
func (r *reader) checkSaves(p *Profile, api *yaml.Node, f *fields) {
	a := p.API
	if i := slices.IndexFunc(a.Save, func(c Call) bool { return c.Only != OnlyExisting }); i >= 0 && a.Save[i].Only == OnlyNew && usesResource(&a.Save[i].Request) {
		r.fail(find(api, "save"), "the first call for a new record cannot know its id, .Call.resource")
	}
	for _, s := range p.Settings {
		if s.Kind == KindReadOnly || s.When.By == ByHand || !s.Required {
			continue
		}
		n := settingNode(f, s.ID)
		if _, read := a.Answer.Settings[s.ID]; !read && s.Kind != KindSecret {
			r.fail(n, "setting %q is not among the settings of answer, so nobody could tell whether it was saved", s.ID)
		}
		if !usesIdP(s.Value) {
			continue // it may stand in a body as it is
		}
		switch made, changed := a.writes(s, OnlyNew), a.writes(s, OnlyExisting); {
		case !made && !changed:
			r.fail(n, "setting %q is in no request of save, so it would never be written", s.ID)
		case !made && a.has(OnlyNew):
			r.fail(n, "setting %q is in no request of save that is made for a new record", s.ID)
		case !changed && a.has(OnlyExisting):
			r.fail(n, "setting %q is in no request of save that is made where there is a record", s.ID)
		}
	}
}

// has tells whether there are calls of save in the case.
func (a *API) has(only string) bool { return len(fittingCalls(a.Save, only)) > 0 }

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
	if p.TurnOn == TurnOnSwitch && p.API.Answer.Enabled.At == "" {
		r.fail(find(api, "answer"), "turn_on is switch, so answer has to say with enabled where it stands whether it is on")
	}
}
