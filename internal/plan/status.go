package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/certificate"
	"example.com/ssowizard/internal/sso"
)

// ConnectionStatus is how a connection stands.
type ConnectionStatus struct {
	Connection  string             `json:"connection"`
	Profile     string             `json:"profile"`
	Org         string             `json:"org"`
	App         *AppResult         `json:"app"`
	Enabled     bool               `json:"enabled"`
	Tested      bool               `json:"tested"`
	Certificate *CertificateStatus `json:"certificate"`
	Drift       []Drift            `json:"drift"`
	// Hints say what to do about differences, in clauses.
	Hints []string `json:"hints,omitempty"`
	// Unfinished names the command of a run that stopped part way.
	Unfinished string `json:"unfinished,omitempty"`
	// SwitchUnknown tells that Enabled is not known: the service provider cannot be
	// read, and no run of ours has had to do with its switch.
	SwitchUnknown bool `json:"-"`
}

// Switch is how sign-in with Okta stands, in words.
func (s ConnectionStatus) Switch() string {
	if s.SwitchUnknown {
		return "on or off, not known"
	}
	return word(s.Enabled, "on", "off")
}

// CertificateStatus is the signing certificate of the app's active key.
type CertificateStatus struct {
	SHA256   string    `json:"sha256"`
	NotAfter time.Time `json:"not_after"`
	DaysLeft int       `json:"days_left"`
}

// StatusOf compares what a connection should be with what was observed.
func StatusOf(spec sso.Spec, profile *catalog.Profile, o Observed, diff Differ, now time.Time) (ConnectionStatus, error) {
	s := ConnectionStatus{Connection: spec.Connection, Profile: spec.Profile, Org: o.Org.URL,
		Enabled: o.SP.Enabled, Drift: []Drift{}, Unfinished: o.State.Unfinished}
	s.SwitchUnknown = !o.SP.Readable && !o.SP.Enabled && theirs(o.State) && !o.State.TurnedOn
	m := maker{Plan: &Plan{Connection: spec.Connection, Spec: spec, Profile: profile, Observed: o}, diff: diff}
	if o.App == nil {
		s.Drift = append(s.Drift, Drift{Side: "okta", Field: "app", Want: o.State.AppID})
	} else {
		s.App = &AppResult{ID: o.App.ID, Label: o.App.Label, KID: o.App.KID}
		if err := m.wantApp(); err != nil {
			return s, err
		}
		s.Drift = append(s.Drift, m.statusDrift()...)
		s.Hints = m.regain()
		holds := m.proofHolds()
		s.Tested = holds && !(o.State.SignInOwed && o.SP.Enabled)
		if !holds {
			s.Drift = append(s.Drift, withoutThese(m.sinceProof(), s.Drift)...)
		}
	}
	s.Certificate = certificateStatus(o, now)
	return s, nil
}

// PartOf is the status as far as Okta alone tells it; whether it is turned on,
// tested and as it should be is not known. What tells it may be incomplete.
func PartOf(connection string, o Observed, now time.Time) ConnectionStatus {
	s := ConnectionStatus{Connection: connection, Profile: o.State.Profile, Org: o.Org.URL, Unfinished: o.State.Unfinished,
		Certificate: certificateStatus(o, now)}
	if o.App == nil {
		return s
	}
	s.App = &AppResult{ID: o.App.ID, Label: o.App.Label, KID: o.App.KID}
	if mark, ok := sso.FindMarker(o.App.AdminNote); ok && s.Profile == "" {
		s.Profile = mark.Profile
	}
	return s
}

func certificateStatus(o Observed, now time.Time) *CertificateStatus {
	if o.IdP == nil {
		return nil
	}
	info, err := certificate.Inspect(o.IdP.Certificate)
	if err != nil {
		return nil
	}
	return &CertificateStatus{SHA256: info.SHA256, NotAfter: info.NotAfter.UTC(), DaysLeft: info.DaysLeft(now)}
}

func (m *maker) statusDrift() []Drift {
	o := m.Observed
	var out []Drift
	if o.App.Status != sso.StatusActive {
		out = append(out, Drift{Side: "okta", Field: "status", Want: sso.StatusActive, Got: o.App.Status})
	}
	for _, c := range m.diff(*o.App, m.WantApp) {
		if c.Field == noteField && sameJSON(o.State.AppliedApp[noteField], nilIfEmpty(o.App.AdminNote)) {
			continue // our mark is yet to be set
		}
		out = append(out, Drift{Side: "okta", Field: c.Field, Want: c.To, Got: c.From})
	}
	kid, switched := m.keySwitched()
	if o.IdP == nil || o.State.AppliedSP == nil {
		if switched {
			out = append(out, kid)
		}
		return append(out, m.lostAssignments()...)
	}
	changes, err := m.settingChanges()
	if err != nil {
		return append(append(out, m.lostAssignments()...), Drift{Side: "sp", Field: "settings", Got: text(err.Error())})
	}
	if switched && !m.trusts(changes) {
		out = append(out, kid)
		changes = slices.DeleteFunc(changes, m.leftByUs)
	}
	out = append(out, m.lostAssignments()...)
	for _, c := range m.readable(changes) {
		out = append(out, Drift{Side: "sp", Field: c.Field, Want: c.To, Got: c.From})
	}
	if on := o.State.EnabledAt != nil || o.State.SignInOwed && o.SP.Enabled; o.SP.Readable && m.Profile.TurnOn == catalog.TurnOnSwitch && on != o.SP.Enabled {
		out = append(out, Drift{Side: "sp", Field: "enabled", Want: on, Got: o.SP.Enabled})
	}
	return out
}

// keySwitched tells whether somebody made another signing key the active one: a
// run of ours notes the key, also in the middle of a rotation.
func (m *maker) keySwitched() (Drift, bool) {
	o := m.Observed
	ours := o.State.KID
	if o.App.SAML == nil || ours == "" || o.App.KID == ours {
		return Drift{}, false // an OIDC app signs with the org's keys, which Okta changes by itself
	}
	if r := o.State.Rotation; r != nil && (o.App.KID == r.FromKID || o.App.KID == r.ToKID) {
		return Drift{}, false
	}
	return Drift{Side: "okta", Field: "credentials.signing.kid", Want: ours, Got: o.App.KID}, true
}

// trusts tells whether the service provider holds the certificate of the active
// key: then somebody has changed the key on both sides, as a rotation from
// another machine does, and nothing is wrong.
func (m *maker) trusts(changes []sso.Change) bool {
	holds := false
	for _, s := range m.Profile.Settings {
		if s.Rendering == "" || m.Observed.SP.Settings[s.ID] == "" {
			continue
		}
		if slices.ContainsFunc(changes, func(c sso.Change) bool { return c.Field == s.ID }) {
			return false
		}
		holds = true
	}
	return holds && m.Observed.SP.Readable
}

// leftByUs tells of a certificate that differs only because Okta's has changed:
// the service provider still holds what we left there.
func (m *maker) leftByUs(c sso.Change) bool {
	s, ok := m.Profile.Setting(c.Field)
	have, _ := c.From.(string)
	ours := m.Observed.State.AppliedSP[c.Field]
	return ok && s.Rendering != "" && have != "" && (have == ours || m.Profile.SettingsEqual(c.Field, have, ours))
}

// lostAssignments are assignments of ours that somebody took away.
func (m *maker) lostAssignments() []Drift {
	var out []Drift
	for _, a := range m.gone() {
		out = append(out, Drift{Side: "okta", Field: "assignments." + string(a.Kind), Want: sso.PlainText(a.Name, 80)})
	}
	return out
}

// gone are the assignments of earlier runs that Okta no longer has, as far as
// was read.
func (m *maker) gone() []sso.Assignment {
	o := m.Observed
	there := map[string]bool{}
	for _, a := range slices.Concat(o.AppGroups, o.AppUsers) {
		there[a.ID] = true
	}
	looked := map[string]bool{}
	for _, p := range o.People {
		looked[p.ID] = true
	}
	var out []sso.Assignment
	for _, a := range o.State.Assigned {
		read := o.groupsRead
		if a.Kind == sso.ToUser {
			read = o.usersRead || o.keptRead || looked[a.ID]
		}
		if read && !there[a.ID] {
			out = append(out, a)
		}
	}
	return out
}

// regain says how to put lost assignments back, or to accept that they are gone.
func (m *maker) regain() []string {
	dealtWith := slices.Concat(m.Assign, m.Unassign, m.Forget)
	if m.TesterAssign != nil {
		dealtWith = append(dealtWith, *m.TesterAssign)
	}
	var back, accept []string
	for _, a := range m.gone() {
		if slices.ContainsFunc(dealtWith, func(d sso.Assignment) bool { return d.ID == a.ID }) {
			continue
		}
		flag := "group"
		if a.Kind == sso.ToUser {
			flag = "user"
		}
		back = append(back, fmt.Sprintf("--add-%s %s", flag, ask.Quote(sso.PlainText(a.Name, 80))))
		accept = append(accept, fmt.Sprintf("--remove-%s %s", flag, ask.Quote(sso.PlainText(a.Name, 80))))
	}
	if len(back) == 0 {
		return nil
	}
	const command = ": ssowizard assign %s %s"
	return []string{
		"to give the app back to those who lost it" + fmt.Sprintf(command, m.Spec.Connection, strings.Join(back, " ")),
		"to leave it so" + fmt.Sprintf(command, m.Spec.Connection, strings.Join(accept, " ")),
	}
}

// Summary is the status in a few words.
func (s ConnectionStatus) Summary() string {
	var parts []string
	if s.Unfinished != "" {
		parts = append(parts, s.Unfinished+" not finished")
	}
	parts = append(parts, word(s.Tested, "tested", "not tested"), s.Switch())
	if len(s.Drift) > 0 {
		parts = append(parts, plural(len(s.Drift), "difference", "differences"))
	}
	return strings.Join(parts, ", ")
}

func word(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}
