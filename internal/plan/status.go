package plan

import (
	"strings"
	"time"

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
	// Unfinished names the command of a run that stopped part way.
	Unfinished string `json:"unfinished,omitempty"`
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
	m := maker{Plan: &Plan{Connection: spec.Connection, Spec: spec, Profile: profile, Observed: o}, diff: diff}
	if o.App == nil {
		s.Drift = append(s.Drift, Drift{Side: "okta", Field: "app", Want: o.State.AppID})
	} else {
		s.App = &AppResult{ID: o.App.ID, Label: o.App.Label, KID: o.App.KID}
		if err := m.wantApp(); err != nil {
			return s, err
		}
		s.Drift = append(s.Drift, m.statusDrift()...)
		holds := m.proofHolds()
		s.Tested = holds && !(o.State.SignInOwed && o.SP.Enabled)
		if !holds {
			s.Drift = append(s.Drift, withoutThese(m.sinceProof(), s.Drift)...)
		}
	}
	if o.IdP != nil {
		if info, err := certificate.Inspect(o.IdP.Certificate); err == nil {
			s.Certificate = &CertificateStatus{SHA256: info.SHA256, NotAfter: info.NotAfter.UTC(), DaysLeft: info.DaysLeft(now)}
		}
	}
	return s, nil
}

func (m *maker) statusDrift() []Drift {
	o := m.Observed
	var out []Drift
	if o.App.Status != sso.StatusActive {
		out = append(out, Drift{Side: "okta", Field: "status", Want: sso.StatusActive, Got: o.App.Status})
	}
	for _, c := range m.diff(*o.App, m.WantApp) {
		out = append(out, Drift{Side: "okta", Field: c.Field, Want: c.To, Got: c.From})
	}
	out = append(out, m.lostAssignments()...)
	if o.IdP == nil || o.State.AppliedSP == nil {
		return out
	}
	changes, err := m.settingChanges()
	if err != nil {
		return append(out, Drift{Side: "sp", Field: "settings", Got: text(err.Error())})
	}
	for _, c := range m.readable(changes) {
		out = append(out, Drift{Side: "sp", Field: c.Field, Want: c.To, Got: c.From})
	}
	if on := o.State.EnabledAt != nil; o.SP.Readable && m.Profile.TurnOn == catalog.TurnOnSwitch && on != o.SP.Enabled {
		out = append(out, Drift{Side: "sp", Field: "enabled", Want: on, Got: o.SP.Enabled})
	}
	return out
}

// lostAssignments are assignments of ours that somebody took away.
func (m *maker) lostAssignments() []Drift {
	var out []Drift
	for _, a := range m.Observed.State.Assigned {
		there := m.Observed.AppGroups
		if a.Kind == sso.ToUser {
			there = m.Observed.AppUsers
		}
		found := false
		for _, t := range there {
			found = found || t.ID == a.ID
		}
		if !found {
			out = append(out, Drift{Side: "okta", Field: "assignments." + string(a.Kind), Want: sso.PlainText(a.Name, 80)})
		}
	}
	return out
}

// Summary is the status in a few words.
func (s ConnectionStatus) Summary() string {
	var parts []string
	if s.Unfinished != "" {
		parts = append(parts, s.Unfinished+" not finished")
	}
	parts = append(parts, word(s.Tested, "tested", "not tested"), word(s.Enabled, "on", "off"))
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
