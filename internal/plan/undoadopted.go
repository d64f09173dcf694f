package plan

import (
	"fmt"
	"sort"
	"strings"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// theirs tells whether a connection was there before us. Of an app that no run
// of ours made, nothing else is known for sure.
func theirs(s sso.State) bool { return s.Adopted || s.AppID != "" && !s.CreatedApp }

// undoAdopted plans giving up a connection that was there before us: people
// sign in with it, so its app and the settings at the service provider stay. What
// runs of ours added to it goes: our mark, assignments, a bookmark, and the
// switch if it was off then. Settings are never put back here: an old certificate
// at the service provider would lock everybody out once Okta signs with a newer key.
func (m *maker) undoAdopted() {
	o := m.Observed
	switch {
	case m.Profile.TurnOn != catalog.TurnOnSwitch:
		m.add(StepEnable, None, m.Profile.Name+": has no switch", nil)
	case m.turnedOnByUs():
		m.turnOffStep()
	default:
		m.add(StepEnable, None, fmt.Sprintf("%s: sign-in with Okta stays %s", m.Profile.Name, word(o.SP.Enabled, "on", "off")), nil)
	}
	if m.allOurs() {
		m.undoPush()
	} else {
		m.add(StepPush, None, m.Profile.Name+": the settings stay as they are", nil)
	}
	if o.Bookmark != nil && o.State.CreatedBookmark {
		m.add(StepBookmark, Delete, fmt.Sprintf("Okta: delete bookmark app %q", sso.PlainText(o.Bookmark.Label, 100)), nil)
	}
	m.Unassign = append(m.Unassign, o.State.Assigned...)
	if o.App == nil {
		m.add(StepApp, None, "Okta: the app is gone already", nil)
		return
	}
	if len(m.Unassign) > 0 {
		m.add(StepAssign, Delete, "Okta: take the app away from "+joinNames(m.Unassign), nil)
	}
	label := sso.PlainText(o.App.Label, 100)
	if _, marked := sso.FindMarker(o.App.AdminNote); marked && o.App.Status != sso.StatusActive {
		m.add(StepApp, None, fmt.Sprintf("Okta: app %q stays, and so does our mark: Okta changes no app that is not active", label), nil)
	} else if marked {
		m.add(StepApp, Delete, fmt.Sprintf("Okta: take our mark off app %q, which was there before us and stays", label),
			[]sso.Change{{Field: noteField, From: o.App.AdminNote, To: sso.WithoutMarker(o.App.AdminNote)}})
	} else {
		m.add(StepApp, None, fmt.Sprintf("Okta: app %q was there before us and stays", label), nil)
	}
	m.Warnings = append(m.Warnings, m.left())
}

// turnedOnByUs tells of an adopted connection whether it was off when it was
// adopted and is on now. Where the service provider cannot be read, only what a
// run of ours has noted counts.
func (m *maker) turnedOnByUs() bool {
	o := m.Observed
	before := o.State.BeforeSP
	switch {
	case before != nil && o.SP.Readable:
		return !before.Enabled && o.SP.Enabled
	case before != nil && before.Enabled:
		return false
	}
	return o.State.TurnedOn && o.State.EnabledAt != nil
}

// allOurs tells of an adopted connection whether the service provider had no
// settings at all when it was adopted, so that those it has are from us.
func (m *maker) allOurs() bool {
	o := m.Observed
	return o.SP.Readable && o.State.BeforeSP != nil && !o.State.BeforeSP.Configured
}

// left says what undo leaves in place, "" when that is nothing.
func (m *maker) left() string {
	o, name := m.Observed, m.Profile.Name
	switch {
	case !theirs(o.State) && m.Step(StepPush) != nil && m.Step(StepPush).Action == Delete && m.wasOn():
		return m.leftOff()
	case !theirs(o.State) || o.App == nil:
		return ""
	case m.allOurs():
		return fmt.Sprintf("the Okta app %q was there before ssowizard and stays", sso.PlainText(o.App.Label, 100))
	}
	text := fmt.Sprintf("the Okta app %q and the settings at %s were there before ssowizard and stay", sso.PlainText(o.App.Label, 100), name)
	if labels := m.changedByUs(); len(labels) > 0 {
		text += fmt.Sprintf("; so does what ssowizard has changed there since: %s", strings.Join(labels, ", "))
	}
	return text
}

// changedByUs are the settings that runs of ours left otherwise than they were
// when the connection was adopted.
func (m *maker) changedByUs() []string {
	o := m.Observed
	if o.State.BeforeSP == nil || o.State.AppliedSP == nil {
		return nil
	}
	var out []string
	for _, s := range m.Profile.Settings {
		if was, is := before(o, s.ID), o.State.AppliedSP[s.ID]; was != is && !m.Profile.SettingsEqual(s.ID, was, is) {
			out = append(out, s.Title())
		}
	}
	return out
}

// wasOn tells whether the service provider's switch was on before our first
// push: we took it over then.
func (m *maker) wasOn() bool {
	before := m.Observed.State.BeforeSP
	return !theirs(m.Observed.State) && before != nil && before.Enabled && m.Profile.TurnOn == catalog.TurnOnSwitch
}

// leftOff says that undo does not turn on again what was on before: that is a
// decision about how people sign in, and the identity provider of then may be gone.
func (m *maker) leftOff() string {
	return fmt.Sprintf("single sign-on was on at %s before ssowizard took it over; undo puts its values of then back, but leaves it off: "+
		"turn it on again at %s yourself if you want it", m.Profile.Name, m.Profile.Name)
}

// warnIrrevocable says what turning on did to people that undo cannot take back.
func (m *maker) warnIrrevocable() {
	s := m.Observed.State
	on := s.TurnedOn
	if !theirs(s) {
		on = on || s.EnabledAt != nil || m.Observed.SP.Enabled
	}
	if on && m.Profile.Irrevocable != "" {
		m.Warnings = append(m.Warnings, m.Profile.Irrevocable)
	}
}

// changedSince are the fields of an app of ours that somebody has changed since
// our last run, and that would go with the app.
func (m *maker) changedSince() []Drift {
	o := m.Observed
	ours := o.State.AppliedApp
	if ours == nil {
		return nil // no run of ours has come so far as to know
	}
	now := applied(m.diff, *o.App)
	meant := m.meant()
	var out []Drift
	for field := range joined(ours, now) {
		was, is := ours[field], now[field]
		if field == noteField {
			was, is = nil, nilIfEmpty(sso.WithoutMarker(o.App.AdminNote))
		}
		if sameJSON(was, is) || isEmpty(was) && isEmpty(is) || meant != nil && sameJSON(meant[field], is) {
			continue
		}
		out = append(out, Drift{Side: "okta", Field: field, Want: was, Got: is})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Field < out[j].Field })
	return out
}

// meant is what a run that was cut off was about to write, nil without one: it
// may have written it and not come to note it.
func (m *maker) meant() map[string]any {
	if m.Observed.State.Unfinished == "" {
		return nil
	}
	attempt := maker{Plan: &Plan{Connection: m.Connection, Spec: SpecOf(m.Observed.State), Profile: m.Profile, Observed: m.Observed}, diff: m.diff}
	if attempt.wantApp() != nil {
		return nil
	}
	return applied(m.diff, attempt.WantApp)
}

func joined(a, b map[string]any) map[string]bool {
	out := map[string]bool{}
	for _, m := range []map[string]any{a, b} {
		for k := range m {
			out[k] = true
		}
	}
	return out
}

// othersAssigned are the assignments of the app that no run of ours made.
func (m *maker) othersAssigned() []sso.Assignment {
	o := m.Observed
	ours := map[string]bool{o.State.TesterID: true}
	for _, a := range o.State.Assigned {
		ours[a.ID] = true
	}
	var out []sso.Assignment
	for _, a := range append(append([]sso.Assignment{}, o.AppGroups...), o.AppUsers...) {
		if ours[a.ID] || a.ThroughGroup {
			continue
		}
		if a.Name == "" {
			a.Name = m.assignedName(a, nil)
		}
		out = append(out, a)
	}
	return out
}

// refuseUndo refuses a plan that would throw away what somebody else did.
func (m *maker) refuseUndo() error {
	if len(m.drift) == 0 || m.Spec.Override {
		return nil
	}
	var lines []string
	for _, d := range m.drift {
		if d.Side == "sp" {
			lines = append(lines, fmt.Sprintf("%s, %s: is %s, would become %s", m.Profile.Name, fieldName(m.Profile, d), show(d.Got), show(d.Want)))
		} else {
			lines = append(lines, fmt.Sprintf("Okta, %s: is %s, was %s", fieldName(m.Profile, d), show(d.Got), show(d.Want)))
		}
	}
	err := hint.New(hint.Refused,
		fmt.Sprintf("%s changed by somebody since, and undo would throw that away: %s", plural(len(lines), "setting was", "settings were"), strings.Join(lines, "; ")),
		fmt.Sprintf("ssowizard status %s shows both sides; add --override to take it all back nevertheless", m.Spec.Connection))
	return &Ways{Err: err, Override: "take it all back nevertheless"}
}
