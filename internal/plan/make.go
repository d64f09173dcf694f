package plan

import (
	"fmt"
	"strings"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// listFresh is how old a list of apps may be when a create relies on it.
const listFresh = 30 * time.Second

// Differ says what UpdateApp would change; from an empty app it lists every
// field that is wanted.
type Differ func(have, want sso.App) []sso.Change

// Make makes the plan from what was observed to what is wanted. It is pure: it
// reads nothing and writes nothing, so a dry run is making a plan and showing it.
func Make(spec sso.Spec, profile *catalog.Profile, o Observed, diff Differ) (*Plan, error) {
	p := &Plan{Command: "setup", Connection: spec.Connection, Spec: spec, Profile: profile, Observed: o}
	m := maker{Plan: p, diff: diff}
	if !o.HaveState && o.App == nil {
		p.Prerequisites = profile.Prerequisites
	}
	if err := m.wantApp(); err != nil {
		return nil, err
	}
	if err := m.refuseForeign(); err != nil {
		return nil, err
	}
	m.app()
	m.logo()
	if err := m.bookmark(); err != nil {
		return nil, err
	}
	testing := spec.Test != sso.TestNone
	if testing {
		if err := m.tester(); err != nil {
			return nil, err
		}
	}
	m.add(StepValues, None, "Read Okta's values: issuer, sign-on URL, certificate", nil)
	if err := m.push(); err != nil {
		return nil, err
	}
	if testing {
		m.test("")
	}
	m.assignments()
	if err := m.enable(testing); err != nil {
		return nil, err
	}
	m.warnings()
	m.reorder()
	if err := m.refuseHalfRotated(); err != nil {
		return nil, err
	}
	return p, m.refuseDrift()
}

type maker struct {
	*Plan
	diff  Differ
	drift []Drift
}

func (m *maker) add(id StepID, action Action, summary string, changes []sso.Change) {
	if changes == nil {
		changes = []sso.Change{}
	}
	m.Steps = append(m.Steps, Step{ID: id, Action: action, Summary: summary, Changes: changes})
}

// stepOrder is the order in which steps are shown.
var stepOrder = []StepID{StepApp, StepLogo, StepBookmark, StepTester, StepValues, StepPush, StepReadback, StepTest, StepAssign, StepEnable}

func (m *maker) reorder() {
	var ordered []Step
	for _, id := range stepOrder {
		if s := m.Step(id); s != nil {
			ordered = append(ordered, *s)
		}
	}
	m.Steps = ordered
}

func (m *maker) wantApp() error {
	inputs, err := m.Profile.CompleteInputs(m.Spec.Inputs, m.Observed.SP)
	if err != nil {
		return err
	}
	m.Inputs = inputs
	m.Observed.SP.Offered = m.Profile.Standing(inputs, m.Observed.SP)
	if err := m.refuseMoved(); err != nil {
		return err
	}
	want, err := m.Profile.WantedApp(m.Spec.Label, m.Inputs, m.Observed.SP.Offered)
	if err != nil {
		return err
	}
	note := ""
	if m.Observed.App != nil {
		note = m.Observed.App.AdminNote
	}
	mark := sso.Marker{ID: sso.ConnectionID(m.Observed.Org.ID, m.Spec.Connection), Name: m.Spec.Connection, Profile: m.Profile.ID}
	marked, fits := sso.WithMarker(note, mark)
	if !fits {
		marked = note
		m.Warnings = append(m.Warnings, "the app's admin note has no room for our mark (Okta allows 250 characters), "+
			"so only this machine's state folder knows that the app is managed here")
	}
	want.AdminNote = marked
	m.WantApp = want
	return nil
}

// refuseMoved refuses a changed answer that would leave the old set-up at the
// service provider behind and begin another one.
func (m *maker) refuseMoved() error {
	o := m.Observed
	if o.State.AppliedSP == nil && o.State.PushingSP == nil {
		return nil
	}
	for _, in := range m.Profile.ChangedFixed(o.State.Inputs, m.Spec.Inputs) {
		return hint.New(hint.Refused, fmt.Sprintf("%s cannot change once %s is set up: it was %q", in.Label, m.Profile.Name, o.State.Inputs[in.ID]),
			fmt.Sprintf("take the old one back first with ssowizard undo %s, or set up another one with --connection NAME", m.Spec.Connection))
	}
	return nil
}

// refuseForeign keeps away from apps that somebody else made for the same
// purpose: writing over one could lock out the people who use it.
func (m *maker) refuseForeign() error {
	o := m.Observed
	if o.App != nil || m.Spec.NewApp {
		return nil
	}
	if o.HaveState && o.State.AppID != "" && !m.Spec.Override {
		err := hint.New(hint.Refused,
			fmt.Sprintf("the app of connection %q (%s) is gone from Okta: somebody has deleted it since", m.Spec.Connection, o.State.AppID),
			"add --override to make a new one")
		return &Ways{Err: err, Override: "make a new app"}
	}
	for _, app := range o.Apps {
		reason := m.likeness(app)
		if reason == "" {
			continue
		}
		owner, wayOn := m.ownerOf(app)
		ways := &Ways{Err: hint.New(hint.Refused, fmt.Sprintf("the Okta app %s has %s, and %s", name(app), reason, owner), wayOn+"; or make a second app: --new-app"), NewApp: true}
		if _, marked := sso.FindMarker(app.AdminNote); !marked {
			ways.Adopt = app.ID
		}
		return ways
	}
	return nil
}

// ownerOf says whose app it is, and how to go on with it.
func (m *maker) ownerOf(app sso.App) (owner, wayOn string) {
	adopt := fmt.Sprintf("ssowizard adopt %s --app %s --sp %s", m.Spec.Connection, app.ID, m.Profile.ID)
	mark, marked := sso.FindMarker(app.AdminNote)
	switch {
	case !marked:
		return "it was not made by this connection", "take it under management: " + adopt
	case mark.ID != sso.ConnectionID(m.Observed.Org.ID, mark.Name):
		return fmt.Sprintf("it belongs to connection %q of another org", mark.Name),
			"take the line that begins with ssowizard:1 out of the app's note for admins, then " + adopt
	}
	return fmt.Sprintf("it belongs to connection %q", mark.Name),
		fmt.Sprintf("work with it under that name: ssowizard setup %s --connection %s", mark.Profile, mark.Name)
}

func (m *maker) likeness(app sso.App) string {
	want := m.WantApp
	if app.SAML != nil && want.SAML != nil && app.SAML.ACSURL == want.SAML.ACSURL && app.SAML.Audience == want.SAML.Audience {
		return "the same ACS URL and Audience"
	}
	if app.OIDC != nil && want.OIDC != nil && sameSet(app.OIDC.RedirectURIs, want.OIDC.RedirectURIs) {
		return "the same redirect URIs"
	}
	if app.Label == want.Label {
		return fmt.Sprintf("the same label %q", sso.PlainText(app.Label, 100))
	}
	return ""
}

func (m *maker) app() {
	label := sso.PlainText(m.WantApp.Label, 100)
	if m.Observed.App == nil {
		m.add(StepApp, Create, fmt.Sprintf("Okta: create %s app %q", protocolName(m.Profile.Protocol), label), m.diff(sso.App{}, m.WantApp))
		return
	}
	have := *m.Observed.App
	changes := m.diff(have, m.WantApp)
	m.drift = append(m.drift, appDrift(m.Observed, changes)...)
	if have.Status == sso.StatusInactive {
		changes = append([]sso.Change{{Field: "status", From: sso.StatusInactive, To: sso.StatusActive}}, changes...)
		m.drift = append(m.drift, Drift{Side: "okta", Field: "status", Want: sso.StatusActive, Got: sso.StatusInactive})
	}
	if len(changes) == 0 {
		m.add(StepApp, None, fmt.Sprintf("Okta: app %q is as wanted", label), nil)
		return
	}
	m.add(StepApp, Update, fmt.Sprintf("Okta: update app %q", label), changes)
}

func (m *maker) logo() {
	if m.Spec.Logo == nil {
		return
	}
	if m.Observed.App != nil && m.Observed.State.Logo == logoSum(m.Spec.Logo) {
		m.add(StepLogo, None, "Okta: the app has this logo", nil)
		return
	}
	m.add(StepLogo, Update, "Okta: set the app's logo", []sso.Change{{Field: "logo", To: m.Spec.Logo.Name}})
}

func (m *maker) tester() error {
	o := m.Observed
	if o.Tester == nil {
		return hint.New(hint.Usage, "nobody is named to try the sign-in",
			"add --test-user LOGIN with --test-password-file FILE, or --test none")
	}
	t := *o.Tester
	for _, a := range o.AppUsers {
		if a.ID == t.ID {
			m.add(StepTester, None, fmt.Sprintf("Okta: tester %s is assigned", t.Login), nil)
			return nil
		}
	}
	if m.proofHolds() {
		m.add(StepTester, None, "Okta: nothing to test, no tester needed", nil)
		return nil
	}
	m.TesterAssign = &sso.Assignment{Kind: sso.ToUser, ID: t.ID, Name: t.Login}
	m.add(StepTester, Create, fmt.Sprintf("Okta: assign %s, who tests first", t.Login),
		[]sso.Change{{Field: "assignments.user", To: t.Login}})
	return nil
}

// test plans the proof, and says what comes otherwise.
func (m *maker) test(otherwise string) {
	if m.proofHolds() {
		m.add(StepTest, None, fmt.Sprintf("Tested on %s for exactly these values", m.Observed.State.Proof.At.UTC().Format("2006-01-02")), nil)
		return
	}
	m.add(StepTest, Run, "Test: sign in as "+m.Observed.Tester.Login+otherwise, nil)
}

// proofHolds tells whether a kept proof is for exactly the values in force and
// no step of this plan is about to change them.
func (m *maker) proofHolds() bool {
	for _, id := range []StepID{StepApp, StepPush} {
		if s := m.Step(id); s != nil && s.Action != None && !(id == StepApp && s.Action == Update && onlyCosmetic(s)) {
			return false
		}
	}
	return m.proofFits()
}

// proofFits tells whether a kept proof is for exactly the values in force.
func (m *maker) proofFits() bool {
	o := m.Observed
	return o.HaveState && o.State.Proof != nil && o.App != nil && o.IdP != nil &&
		o.State.Proof.Digest == Digest(m.Profile, *o.App, *o.IdP, o.SP)
}

func (m *maker) warnings() {
	if tips := m.regain(); len(tips) > 0 {
		m.Warnings = append(m.Warnings, "somebody has taken the app away from people or groups: "+strings.Join(tips, "; "))
	}
	m.warnSavedIsOn()
	m.warnWhoIsTold()
	for _, g := range m.Observed.Groups {
		if g.Type == "BUILT_IN" {
			m.Warnings = append(m.Warnings, fmt.Sprintf("%s means every person of the org, also those who have no account at %s", g.Name, m.Profile.Name))
		}
	}
	if m.Spec.Push != sso.PushNone && m.Observed.SP.Enabled && m.Step(StepPush).Action != None {
		m.Warnings = append(m.Warnings, fmt.Sprintf("sign-in with Okta is on at %s while its values change: people cannot sign in until both sides agree", m.Profile.Name))
	}
}

func protocolName(p sso.Protocol) string {
	if p == sso.OIDC {
		return "OIDC"
	}
	return "SAML"
}

func sameSet(a, b []string) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	return len(unique(a, b)) == len(unique(a))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func joinNames(assignments []sso.Assignment) string {
	var names []string
	for _, a := range assignments {
		names = append(names, sso.PlainText(a.Name, 60))
	}
	if len(names) > 4 {
		names = append(names[:3], fmt.Sprintf("%d more", len(names)-3))
	}
	return strings.Join(names, ", ")
}
