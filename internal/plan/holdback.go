package plan

import (
	"maps"
	"slices"

	"example.com/ssowizard/internal/sso"
)

// HoldBack leaves out of the plan what waits until sign-in with Okta is on and
// has worked, where the plan turns that on: whoever is asked face to face
// agrees to it afterwards, when it has worked. Held has it then, and the same
// plan made again once sign-in is on does it.
func (p *Plan) HoldBack() {
	s := p.Step(StepEnable)
	if s == nil || s.Action != Update || p.Observed.SP.Enabled {
		return
	}
	isLate := func(c sso.Change) bool {
		setting, ok := p.Profile.Setting(c.Field)
		return ok && setting.Late
	}
	for _, c := range s.Changes {
		if isLate(c) {
			p.Held = append(p.Held, c)
			setting, _ := p.Profile.Setting(c.Field)
			p.Warnings = slices.DeleteFunc(p.Warnings, func(w string) bool { return w == setting.Consent })
		}
	}
	s.Changes = slices.DeleteFunc(slices.Clone(s.Changes), isLate)
}

// LateInputs names the answers that ask for what waits until sign-in with Okta
// is on, so that whoever does not agree to it then can take them back.
func (p *Plan) LateInputs() []string {
	m := maker{Plan: p}
	late := func(inputs map[string]string) bool {
		list, err := p.Profile.LateSettings(inputs, p.Observed.SP.Offered, m.knownIdP())
		return err != nil || len(list) > 0
	}
	var out []string
	for _, in := range p.Profile.Inputs {
		without := maps.Clone(p.Inputs)
		if _, given := without[in.ID]; !given || !late(p.Inputs) {
			continue
		}
		if without[in.ID] = in.Default; !late(without) {
			out = append(out, in.ID)
		}
	}
	return out
}

// late are the settings that this run is to turn on after the switch.
func (r *run) late() ([]sso.SPSetting, error) {
	if len(r.plan.Held) > 0 {
		return nil, nil
	}
	return r.profile.LateSettings(r.plan.Inputs, r.sp.Offered, r.idp)
}
