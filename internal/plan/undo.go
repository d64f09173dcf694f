package plan

import (
	"context"
	"fmt"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// MakeUndo makes the plan of taking back what set-up did, in reverse: first
// nobody is sent to Okta any more, then the service provider gets back what it
// held before, last the app goes. What was there before us stays: see
// undoAdopted. What somebody else has changed since, and would be lost, is
// refused by name unless the Spec overrides it.
func MakeUndo(spec sso.Spec, profile *catalog.Profile, o Observed, diff Differ) (*Plan, error) {
	p := &Plan{Command: "undo", Connection: spec.Connection, Spec: spec, Profile: profile, Observed: o}
	m := maker{Plan: p, diff: diff}
	m.order = [][]StepID{{StepEnable}, {StepPush}, {StepBookmark}, {StepAssign}, {StepApp}}
	if theirs(o.State) {
		m.undoAdopted()
	} else {
		m.undoOwn()
	}
	m.warnIrrevocable()
	m.dropAbsent()
	return p, m.refuseUndo()
}

// undoOwn plans taking back a connection that runs of ours made.
func (m *maker) undoOwn() {
	if m.Profile.TurnOn == catalog.TurnOnSwitch {
		m.turnOffStep()
	} else {
		m.add(StepEnable, None, m.Profile.Name+": has no switch", nil)
	}
	m.undoPush()
	if b := m.Observed.Bookmark; b != nil {
		m.add(StepBookmark, Delete, fmt.Sprintf("Okta: delete bookmark app %q", sso.PlainText(b.Label, 100)), nil)
	}
	if m.Observed.App == nil {
		m.add(StepApp, None, "Okta: the app is gone already", nil)
		return
	}
	label := m.Observed.App.Label
	m.drift = append(m.drift, m.changedSince()...)
	if others := m.othersAssigned(); len(others) > 0 {
		m.Warnings = append(m.Warnings, fmt.Sprintf("somebody else has assigned the app to %s: they lose it with the app", joinNames(others)))
	}
	m.add(StepApp, Delete, fmt.Sprintf("Okta: delete app %q with all its assignments", sso.PlainText(label, 100)),
		[]sso.Change{{Field: "label", From: label}})
}

// undoPush plans putting the service provider's settings back, unless somebody
// has changed them since: those are not ours to throw away.
func (m *maker) undoPush() {
	o := m.Observed
	// A push that was never confirmed may have been carried out all the same.
	if o.State.AppliedSP == nil && o.State.Push == string(sso.PushGuided) && o.State.Unfinished == "setup" && o.State.AppID != "" {
		m.Warnings = append(m.Warnings, fmt.Sprintf("nobody has said whether the values that were handed over stand at %s: if they do, take them out there", m.Profile.Name))
	}
	if (o.State.AppliedSP == nil && o.State.BeforeSP == nil) || !o.SP.Configured || m.asBefore() {
		m.add(StepPush, None, m.Profile.Name+": nothing of ours is there", nil)
		return
	}
	var changes []sso.Change
	for _, s := range m.Profile.Settings {
		have := o.SP.Settings[s.ID]
		if o.State.AppliedSP != nil && !leftByUs(o.State, m.Profile.SettingsEqual, s.ID, have) {
			m.drift = append(m.drift, Drift{Side: "sp", Field: s.ID, Want: before(o, s.ID), Got: shortCertificate(have)})
		}
		if back := before(o, s.ID); have != "" && back != have {
			changes = append(changes, sso.Change{Field: s.ID, From: shortCertificate(have), To: nilIfEmpty(shortCertificate(back))})
		}
	}
	verb := "clear the settings"
	if o.State.BeforeSP != nil && o.State.BeforeSP.Configured {
		verb = "put the settings back as they were"
	}
	m.add(StepPush, Delete, m.Profile.Name+": "+verb, changes)
	if m.wasOn() {
		m.Warnings = append(m.Warnings, m.leftOff())
	}
}

// asBefore tells whether the service provider already holds what it held before us.
func (m *maker) asBefore() bool {
	o := m.Observed
	if o.State.BeforeSP == nil || !o.State.BeforeSP.Configured {
		return false
	}
	for _, s := range m.Profile.Settings {
		if have, was := o.SP.Settings[s.ID], before(o, s.ID); have != was && !m.Profile.SettingsEqual(s.ID, have, was) {
			return false
		}
	}
	return true
}

func before(o Observed, id string) string {
	if o.State.BeforeSP == nil {
		return ""
	}
	return o.State.BeforeSP.Settings[id]
}

func nilIfEmpty(v any) any {
	if v == "" {
		return nil
	}
	return v
}

// dropAbsent leaves the steps out of the order that the plan does not have.
func (m *maker) dropAbsent() {
	var present [][]StepID
	for _, wave := range m.order {
		if m.Step(wave[0]) != nil {
			present = append(present, wave)
		}
	}
	m.order = present
}

func (r *run) restoreSP(ctx context.Context, _ Step) (string, error) {
	if !r.sp.Readable {
		if !r.confirmed(StepPush) {
			return "", r.handoff(StepPush, nil, "take the Okta values out of the settings of "+r.profile.Name)
		}
	} else {
		before := sso.SPState{Readable: true}
		if r.state.BeforeSP != nil {
			before = *r.state.BeforeSP
		}
		err := r.write(ctx, StepPush, "put back the settings at "+r.profile.Name, func(ctx context.Context) (string, error) {
			return "", r.SP.Restore(ctx, before)
		})
		if err != nil {
			return "", err
		}
		if r.sp, err = r.SP.Read(ctx); err != nil {
			return "", err
		}
	}
	detail := "as before"
	if (&maker{Plan: r.plan}).wasOn() {
		detail = "the settings are as before; turned off"
	}
	return detail, r.save(func(s *sso.State) {
		s.LeaveSP(nil)
		s.BeforeSP, s.Proof = nil, nil
		delete(s.Confirmed, string(StepPush))
	})
}

func (r *run) removeApp(ctx context.Context, _ Step) (string, error) {
	app := *r.plan.Observed.App
	what, call := "delete app "+name(app), func(ctx context.Context) error { return r.Okta.DeleteApp(ctx, app.ID) }
	if !r.state.CreatedApp {
		what, call = "take our mark off app "+name(app), func(ctx context.Context) error {
			app.AdminNote = sso.WithoutMarker(app.AdminNote)
			_, err := r.Okta.UpdateApp(ctx, app.ID, app)
			return err
		}
	}
	err := r.write(ctx, StepApp, what, func(ctx context.Context) (string, error) { return app.ID, call(ctx) })
	if err != nil {
		return "", err
	}
	r.app = sso.App{}
	return app.ID, nil
}

// Undo runs a plan of MakeUndo and forgets the connection when all is taken back.
func (c *Core) Undo(ctx context.Context, p *Plan) (Result, error) {
	r := c.newRun("undo", p)
	err := r.apply(ctx)
	if err == nil {
		err = r.Keeper.Remove()
	}
	r.left = (&maker{Plan: p}).left()
	if err == nil {
		r.state = sso.State{Connection: p.Connection}
	}
	return r.finish(err)
}

// Confirmable tells whether a step can be done by hand and confirmed.
func Confirmable(step string) error {
	switch StepID(step) {
	case StepPush, StepTest, StepEnable, StepSwitch, StepSPRetire:
		return nil
	}
	return hint.New(hint.Usage, fmt.Sprintf("--confirmed %s: no such step waits for a person", step),
		fmt.Sprintf("steps that do: %s, %s, %s, %s, %s", StepPush, StepTest, StepEnable, StepSwitch, StepSPRetire))
}
