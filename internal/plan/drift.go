package plan

import (
	"encoding/json"
	"fmt"
	"strings"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// Drift is a setting that differs from what our last run left there: somebody
// changed it since.
type Drift struct {
	Side  string `json:"side"` // okta or sp
	Field string `json:"field"`
	Want  any    `json:"want"`
	Got   any    `json:"got"`
}

// appDrift picks those changes to the app that would undo somebody's change
// rather than follow a changed answer of the admin.
func appDrift(o Observed, changes []sso.Change) []Drift {
	var out []Drift
	for _, c := range changes {
		if ours, known := o.State.AppliedApp[c.Field]; known && sameJSON(ours, c.From) {
			continue
		}
		if c.Field == noteField {
			continue // only our marker line is ours, and writing it loses nothing
		}
		if _, left := o.State.AppliedApp[c.Field]; !left && isEmpty(c.From) && o.State.AppliedApp != nil {
			continue // it was never there, so nobody has taken it away
		}
		out = append(out, Drift{Side: "okta", Field: c.Field, Want: c.To, Got: c.From})
	}
	return out
}

// noteField is the path of the admin note.
const noteField = "settings.notes.admin"

// spDrift is the same for the service provider. Before our first push nothing
// there is ours, so nothing can have drifted.
func spDrift(o Observed, equal func(id, a, b string) bool, changes []sso.Change) []Drift {
	var out []Drift
	if o.State.AppliedSP == nil {
		return nil
	}
	for _, c := range changes {
		have, _ := c.From.(string)
		if leftByUs(o.State, equal, c.Field, have) {
			continue
		}
		out = append(out, Drift{Side: "sp", Field: c.Field, Want: shortCertificate(c.To), Got: shortCertificate(c.From)})
	}
	return out
}

// leftByUs tells whether a setting at the service provider is as a run of ours
// left it, or as one that was cut off in its push may have left it.
func leftByUs(s sso.State, equal func(id, a, b string) bool, id, have string) bool {
	if v, known := s.AppliedSP[id]; v == have || known && equal(id, v, have) {
		return true
	}
	v, known := s.PushingSP[id]
	return known && (v == have || equal(id, v, have))
}

// refuseDrift refuses a plan that would silently reset what somebody changed.
func (m *maker) refuseDrift() error {
	if len(m.drift) == 0 || m.Spec.Override {
		return nil
	}
	var lines []string
	for _, d := range m.drift {
		side := "Okta"
		if d.Side == "sp" {
			side = m.Profile.Name
		}
		lines = append(lines, fmt.Sprintf("%s, %s: is %s, would become %s", side, fieldName(m.Profile, d), show(d.Got), show(d.Want)))
	}
	them := "them"
	if len(lines) == 1 {
		them = "it"
	}
	err := hint.New(hint.Refused,
		fmt.Sprintf("%s changed by somebody since: %s", plural(len(lines), "setting was", "settings were"), strings.Join(lines, "; ")),
		fmt.Sprintf("ssowizard status %s shows both sides; add --override to set %s back", m.Spec.Connection, them))
	inputs, label := m.keptInputs(), m.keptLabel()
	return &Ways{Err: hint.Add(err, "%s", m.keeping(inputs, label)), Override: "set back what was changed", Keep: inputs, KeepLabel: label}
}

// show is a value as people read it.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "empty"
	case string:
		if v == "" {
			return "empty"
		}
		return sso.PlainText(v, 200)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return sso.PlainText(string(b), 200)
}

// sameJSON compares values of which one has been through a JSON file.
func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// isEmpty tells whether a field holds nothing, in any of the ways to say so.
func isEmpty(v any) bool {
	return v == nil || sameJSON(v, "") || sameJSON(v, []string{}) || sameJSON(v, []string(nil))
}

// applied is what an app holds now, field by field, in the form that is kept to
// recognise somebody's change later.
func applied(diff Differ, app sso.App) map[string]any {
	app.KID = "" // the active key is followed, not owned
	out := map[string]any{}
	for _, c := range diff(sso.App{}, app) {
		out[c.Field] = c.To
	}
	return out
}
