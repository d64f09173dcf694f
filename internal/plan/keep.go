package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/sso"
)

// keeping says how to keep what somebody changed rather than set it back: by
// the command whose answers ask for it, as far as there are such answers.
func (m *maker) keeping(inputs map[string]string, kept string) string {
	var flags, rest []string
	for _, id := range slices.Sorted(maps.Keys(inputs)) {
		flags = append(flags, "--input "+ask.Quote(id+"="+inputs[id]))
	}
	for _, d := range m.drift {
		switch {
		case kept != "" && d.isLabel():
			flags = append(flags, "--label "+ask.Quote(kept))
		case !m.asksFor(d, inputs):
			rest = append(rest, fieldName(m.Profile, d))
		}
	}
	none := fmt.Sprintf("no answer to setup keeps %s; ssowizard test %s proves the connection as it is", strings.Join(rest, ", "), m.Spec.Connection)
	if len(flags) == 0 {
		return none
	}
	command := "ssowizard setup " + m.Profile.ID
	if m.Spec.Connection != m.Profile.ID {
		command += " --connection " + m.Spec.Connection
	}
	text := "to keep the change: " + command + " " + strings.Join(flags, " ")
	if len(rest) > 0 {
		text += "; " + none
	}
	return text
}

func (d Drift) isLabel() bool { return d.Side == "okta" && d.Field == "label" }

// keptLabel is the label that somebody gave the app, "" where nobody did.
func (m *maker) keptLabel() string {
	for _, d := range m.drift {
		if label, _ := d.Got.(string); d.isLabel() {
			return sso.PlainText(label, 200)
		}
	}
	return ""
}

// keptInputs are the answers that ask for what is there now, read off both
// sides. Only those that explain a change count, and none that cannot be changed.
func (m *maker) keptInputs() map[string]string {
	out := map[string]string{}
	if m.Observed.App == nil {
		return out
	}
	found := m.Profile.DeriveInputs(nil, evidence(m.Observed, *m.Observed.App))
	for _, in := range m.Profile.Inputs {
		answers := found.Disputed[in.ID]
		if one := found.Answers[in.ID]; one != "" {
			answers = []string{one}
		}
		for _, answer := range answers {
			if in.Fixed && m.Observed.State.AppliedSP != nil || answer == m.Inputs[in.ID] {
				continue
			}
			with := map[string]string{in.ID: answer}
			if slices.ContainsFunc(m.drift, func(d Drift) bool { return m.asksFor(d, with) }) {
				out[in.ID] = answer
			}
		}
	}
	// One answer alone may not do: a filter needs the switch that it belongs to.
	if len(out) == 0 && len(found.Disputed) == 0 {
		for _, in := range m.Profile.Inputs {
			if answer := found.Answers[in.ID]; answer != "" && !in.Fixed && answer != m.Inputs[in.ID] {
				out[in.ID] = answer
			}
		}
		if !slices.ContainsFunc(m.drift, func(d Drift) bool { return m.asksFor(d, out) }) {
			return map[string]string{}
		}
	}
	return out
}

// asksFor tells whether these answers, beside those that stand, ask for what is
// there now in place of the change.
func (m *maker) asksFor(d Drift, answers map[string]string) bool {
	if len(answers) == 0 {
		return false
	}
	inputs := maps.Clone(m.Inputs)
	maps.Copy(inputs, answers)
	o := m.Observed
	offered := m.Profile.Standing(inputs, o.SP)
	if d.Side == "okta" {
		want, err := m.Profile.WantedApp(m.Spec.Label, inputs, offered)
		if err != nil || d.Field == "status" {
			return false
		}
		want.AdminNote = o.App.AdminNote
		return !slices.ContainsFunc(m.diff(*o.App, want), func(c sso.Change) bool { return c.Field == d.Field })
	}
	if o.IdP == nil {
		return false
	}
	want, err := m.Profile.WantedSettings(inputs, offered, *o.IdP)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(want, func(s sso.SPSetting) bool {
		have := o.SP.Settings[s.ID]
		return s.ID == d.Field && (have == s.Value || m.Profile.SettingsEqual(s.ID, have, s.Value))
	})
}
