package plan

import (
	"context"
	"fmt"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// SpecOf is the Spec that a kept state stands for, with nothing to write in it:
// commands on an existing connection begin with it.
func SpecOf(s sso.State) sso.Spec {
	return sso.Spec{Connection: s.Connection, Profile: s.Profile, Label: s.Label, Inputs: s.Inputs,
		Push: sso.PushWay(s.Push), SPAPIURL: s.SPAPIURL, Test: sso.TestNone, Tester: s.Tester}
}

// start makes an empty plan of a command for a connection that exists.
func start(command string, spec sso.Spec, profile *catalog.Profile, o Observed, diff Differ) (maker, error) {
	p := &Plan{Command: command, Connection: spec.Connection, Spec: spec, Profile: profile, Observed: o}
	m := maker{Plan: p, diff: diff}
	if o.App == nil {
		return m, notSetUp(spec.Connection, o)
	}
	return m, m.wantApp()
}

func notSetUp(connection string, o Observed) error {
	if o.HaveState && o.State.AppID != "" {
		return hint.New(hint.Refused, fmt.Sprintf("the app of connection %q (%s) is gone from Okta: somebody has deleted it since", connection, o.State.AppID),
			"set it up anew with setup … --override, or clear the service provider's side with ssowizard undo "+connection)
	}
	return hint.New(hint.Usage, fmt.Sprintf("connection %q has no app in Okta yet", connection), "set it up first: ssowizard setup SP")
}

// MakeTest makes the plan of proving a connection: it writes nothing on either side.
func MakeTest(spec sso.Spec, profile *catalog.Profile, o Observed, diff Differ) (*Plan, error) {
	m, err := start("test", spec, profile, o, diff)
	if err != nil {
		return nil, err
	}
	if o.Tester == nil {
		return nil, hint.New(hint.Usage, "nobody is named to try the sign-in", "add --test-user LOGIN with --test-password-file FILE")
	}
	m.add(StepValues, None, "Read Okta's values: issuer, sign-on URL, certificate", nil)
	m.add(StepTest, Run, "Test: sign in as "+o.Tester.Login, nil)
	m.order = [][]StepID{{StepValues}, {StepTest}}
	return m.Plan, nil
}

// MakeEnable makes the plan of turning sign-in with Okta on, which is refused
// without a proof for the values in force.
func MakeEnable(spec sso.Spec, profile *catalog.Profile, o Observed, diff Differ) (*Plan, error) {
	m, err := start("enable", spec, profile, o, diff)
	if err != nil {
		return nil, err
	}
	m.Spec.Enable = true
	m.order = [][]StepID{{StepEnable}}
	if profile.TurnOn == catalog.TurnOnNone {
		return nil, noSwitch(profile, spec.Connection)
	}
	if err := m.enable(false); err != nil {
		return nil, err
	}
	m.warnWhoIsTold()
	return m.Plan, nil
}

func noSwitch(profile *catalog.Profile, connection string) error {
	return hint.New(hint.Usage, profile.Name+" has no switch: what is saved there is on", "to take the settings away again: ssowizard undo "+connection)
}

// MakeDisable makes the plan of turning sign-in with Okta off.
func MakeDisable(spec sso.Spec, profile *catalog.Profile, o Observed, diff Differ) (*Plan, error) {
	m := maker{Plan: &Plan{Command: "disable", Connection: spec.Connection, Spec: spec, Profile: profile, Observed: o}, diff: diff}
	if profile.TurnOn == catalog.TurnOnNone {
		return nil, noSwitch(profile, spec.Connection)
	}
	m.turnOffStep()
	m.order = [][]StepID{{StepEnable}}
	if o.OktaUnread != "" {
		m.Warnings = append(m.Warnings, fmt.Sprintf("Okta's side is not known (%s); %s is turned off without it", sso.PlainText(o.OktaUnread, 300), profile.Name))
	}
	return m.Plan, nil
}

func (m *maker) turnOffStep() {
	if !m.Observed.SP.Enabled {
		m.add(StepEnable, None, m.Profile.Name+": sign-in with Okta is off", nil)
		return
	}
	m.add(StepEnable, Delete, m.Profile.Name+": turn sign-in with Okta off", []sso.Change{{Field: "enabled", From: true, To: false}})
}

// MakeAssign makes the plan of giving the app to people and groups, or taking
// it away from them.
func MakeAssign(spec sso.Spec, profile *catalog.Profile, o Observed, diff Differ) (*Plan, error) {
	m, err := start("assign", spec, profile, o, diff)
	if err != nil {
		return nil, err
	}
	m.assignments()
	for _, g := range o.Groups {
		if g.Type == "BUILT_IN" && len(m.Assign) > 0 {
			m.Warnings = append(m.Warnings, everyone(g, profile))
		}
	}
	m.order = [][]StepID{{StepAssign}}
	return m.Plan, nil
}

func everyone(g sso.Group, profile *catalog.Profile) string {
	return fmt.Sprintf("%s means every person of the org, also those who have no account at %s", sso.PlainText(g.Name, 60), profile.Name)
}

func (r *run) turnOff(ctx context.Context, _ Step) (string, error) {
	if !r.sp.Readable {
		if !r.confirmed(StepEnable) {
			return "", r.handoff(StepEnable, nil, "turn the switch off at "+r.profile.Name)
		}
	} else {
		err := r.write(ctx, StepEnable, "turn off sign-in with Okta at "+r.profile.Name, func(ctx context.Context) (string, error) {
			return "", r.SP.SetEnabled(ctx, false)
		})
		if err != nil {
			return "", err
		}
		if r.sp, err = r.SP.Read(ctx); err != nil {
			return "", err
		}
		if r.sp.Enabled {
			return "", hint.New(hint.Failed, r.profile.Name+" took the switch but still reads as on", "look at its settings page")
		}
	}
	r.sp.Enabled = false
	return "off", r.save(func(s *sso.State) {
		s.EnabledAt = nil
		delete(s.Confirmed, string(StepEnable))
	})
}
