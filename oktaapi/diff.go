package oktaapi

import (
	"github.com/tidwall/gjson"

	"example.com/ssowizard/internal/sso"
)

// Diff lists what UpdateApp would change to make have into want, with Okta's
// own idea of equal. Field is the JSON path, and for an attribute statement the
// path of the list and the statement's name. What want leaves empty, and what
// it cannot express, is not compared; with an empty have every field that want
// states is listed, From nil.
func Diff(have, want sso.App) []sso.Change {
	raw := haveJSON(have)
	var changes []sso.Change
	if raw.Exists() {
		for _, m := range differing(raw, want) {
			changes = append(changes, sso.Change{Field: m.path, From: from(raw, m.path), To: m.to})
		}
	} else {
		for _, m := range members(want) {
			if !isNothing(m.to) {
				changes = append(changes, sso.Change{Field: m.path, To: m.to})
			}
		}
	}
	if want.SAML != nil {
		changes = append(changes, diffStatements(raw, want.SAML.Attributes)...)
	}
	return changes
}

// isNothing tells whether a new app has the value anyway, by stating nothing.
func isNothing(to any) bool {
	switch v := to.(type) {
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	}
	return false
}

// haveJSON is the app's JSON: as it was read or, for one that was made up
// from its fields, as Okta would show these. It does not exist for no app.
func haveJSON(have sso.App) gjson.Result {
	if len(have.Raw) > 0 {
		return gjson.ParseBytes(have.Raw)
	}
	if have.ID == "" && have.Label == "" && have.SAML == nil && have.OIDC == nil {
		return gjson.Result{}
	}
	raw, err := set([]byte(`{}`), have)
	if err != nil {
		return gjson.Result{}
	}
	return gjson.ParseBytes(raw)
}
