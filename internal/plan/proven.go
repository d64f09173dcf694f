package plan

import (
	"maps"
	"slices"
	"strings"

	"example.com/ssowizard/internal/sso"
)

// cosmetic tells whether a field of the app has no part in a sign-in.
func cosmetic(field string) bool {
	return field == "label" || field == noteField || strings.HasPrefix(field, "visibility.")
}

// onlyCosmetic tells whether a step changes nothing that a proof is for.
func onlyCosmetic(s *Step) bool {
	return !slices.ContainsFunc(s.Changes, func(c sso.Change) bool { return !cosmetic(c.Field) })
}

// signOnValues are the values of an app that a proof is for, by field.
func signOnValues(diff Differ, app sso.App) map[string]any {
	values := applied(diff, app)
	maps.DeleteFunc(values, func(field string, _ any) bool { return cosmetic(field) })
	for field, v := range app.Others {
		values[field] = v
	}
	if app.SAML != nil {
		values[kidField] = app.KID
	}
	return values
}

// kidField is the path of the active signing key.
const kidField = "credentials.signing.kid"

// sinceProof is what is no longer as it was when the last test passed, for a
// proof that no longer holds.
func (m *maker) sinceProof() []Drift {
	o := m.Observed
	if o.State.Proof == nil || o.App == nil {
		return nil
	}
	var out []Drift
	was, is := o.State.Proof.App, signOnValues(m.diff, *o.App)
	for _, field := range fieldsOf(was, is) {
		if was != nil && !sameJSON(was[field], is[field]) && !m.oursInApp(field, is[field]) {
			out = append(out, Drift{Side: "okta", Field: field, Want: was[field], Got: is[field]})
		}
	}
	if !o.SP.Readable {
		return out
	}
	before := o.State.Proof.SP
	for _, field := range fieldsOf(before, o.SP.Settings) {
		late, _ := m.Profile.Setting(field)
		if before != nil && !late.Late && !m.sameSetting(field, before[field]) && !m.sameSetting(field, o.State.AppliedSP[field]) {
			out = append(out, Drift{Side: "sp", Field: field, Want: shortCertificate(nilIfEmpty(before[field])), Got: shortCertificate(nilIfEmpty(o.SP.Settings[field]))})
		}
	}
	return out
}

// oursInApp tells whether a run of ours has left the value there.
func (m *maker) oursInApp(field string, value any) bool {
	s := m.Observed.State
	if field == kidField {
		return value == s.KID
	}
	ours, known := s.AppliedApp[field]
	return known && sameJSON(ours, value)
}

// sameSetting tells whether the service provider holds the text.
func (m *maker) sameSetting(field, text string) bool {
	held := m.Observed.SP.Settings[field]
	return held == text || m.Profile.SettingsEqual(field, held, text)
}

// fieldsOf are the fields of both, sorted.
func fieldsOf[V any](a, b map[string]V) []string {
	all := map[string]bool{}
	for f := range a {
		all[f] = true
	}
	for f := range b {
		all[f] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// withoutThese leaves out the drift of fields that are told already.
func withoutThese(more, told []Drift) []Drift {
	return slices.DeleteFunc(more, func(d Drift) bool {
		return slices.ContainsFunc(told, func(t Drift) bool { return t.Side == d.Side && t.Field == d.Field })
	})
}
