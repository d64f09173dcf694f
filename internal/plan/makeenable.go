package plan

import (
	"fmt"
	"slices"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// enable plans the switch.
func (m *maker) enable(testing bool) error {
	if m.Profile.TurnOn == catalog.TurnOnNone {
		return nil
	}
	late, err := m.lateChanges()
	on := m.Observed.SP.Enabled
	switch {
	case err != nil:
		return err
	case on && m.Observed.App != nil && m.Observed.State.SignInOwed:
		m.add(StepEnable, Update, m.Profile.Name+": sign in there, because it was turned on and no sign-in has worked since; if that fails, it is turned off again", nil)
		return nil
	case !m.Spec.Enable && on && len(late) > 0:
		m.Warnings = append(m.Warnings, fmt.Sprintf("%s stays as it is: turning it on needs consent of its own, which --enable gives", m.changedLabels(late)[0]))
		return nil
	case !m.Spec.Enable:
		return nil
	case !on:
		if err := m.refuseBlindSwitch(); err != nil {
			return err
		}
	}
	if on && m.Observed.App != nil && len(late) == 0 {
		m.add(StepEnable, None, m.Profile.Name+": sign-in with Okta is on", nil)
		return nil
	}
	if !testing && !m.proofHolds() {
		return notProven(m.Spec.Connection)
	}
	changes := []sso.Change{{Field: "enabled", From: false, To: true}}
	summary := ": turn sign-in with Okta on"
	if m.Observed.SP.Enabled {
		changes, summary = nil, ": turn on what waits for sign-in with Okta"
	}
	m.add(StepEnable, Update, m.Profile.Name+summary, append(changes, late...))
	return nil
}

// refuseBlindSwitch refuses to turn on where a real sign-in has to follow and the
// admin has not said where people sign in.
func (m *maker) refuseBlindSwitch() error {
	if m.Profile.Proof != catalog.ProofResponse || m.Spec.Test == sso.TestNone || m.Observed.Tester == nil {
		return nil
	}
	input, lacks := m.Profile.SignInLacks(m.Inputs, m.Observed.SP.Offered)
	todo := "add sign_in_page to the profile, with the address where people begin"
	switch {
	case lacks:
		todo = sayWhere(m.Profile, input)
	case m.Profile.SignInPage != nil:
		return nil
	}
	return hint.New(hint.Usage, "turning on is refused: a real sign-in has to follow at once, and where people sign in to "+m.Profile.Name+" is not known", todo)
}

// sayWhere names the input that says where people sign in, by its label and its flag.
func sayWhere(p *catalog.Profile, input string) string {
	label := input
	if i := slices.IndexFunc(p.Inputs, func(in catalog.Input) bool { return in.ID == input }); i >= 0 {
		label = p.Inputs[i].Label
	}
	return fmt.Sprintf("say where: %s (--input %s=URL)", label, input)
}

// lateChanges are the settings that wait until sign-in with Okta is on and has
// worked, and are not as wanted yet.
func (m *maker) lateChanges() ([]sso.Change, error) {
	var changes []sso.Change
	for _, s := range m.Profile.Settings {
		if !s.Late {
			continue
		}
		late, err := m.Profile.LateSettings(m.Inputs, m.Observed.SP.Offered, m.knownIdP())
		if err != nil {
			return nil, err
		}
		for _, want := range late {
			if have := m.Observed.SP.Settings[want.ID]; want.ID == s.ID && !m.Profile.SettingsEqual(s.ID, have, want.Value) {
				changes = append(changes, sso.Change{Field: s.ID, From: have, To: want.Value})
			}
		}
	}
	return changes, nil
}

// knownIdP gives placeholders where Okta's values are not known yet: which
// settings are late does not depend on them.
func (m *maker) knownIdP() sso.IdPValues {
	if m.Observed.IdP != nil {
		return *m.Observed.IdP
	}
	return sso.IdPValues{Issuer: "?", SSOURL: "?", SLOURL: "?", ExternalKey: "?", MetadataURL: "?", KID: "?", ClientID: "?", OIDCIssuer: "?"}
}

func notProven(connection string) error {
	return hint.New(hint.Refused, "turning on is refused: no test has passed for exactly the values in force",
		fmt.Sprintf("prove it first: ssowizard test %s", connection))
}
