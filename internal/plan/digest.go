package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sort"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/sso"
)

// Digest identifies the values that a proof is for: SHA-256, in hex, over
// canonical JSON (members sorted, no white space) of the app's id and sign-on
// settings, those that are not ours among them, its active key or client secret, what Okta's metadata says, and the
// service provider's settings as read back, without the switch and without
// those that wait for it.
func Digest(profile *catalog.Profile, app sso.App, idp sso.IdPValues, sp sso.SPState) string {
	settings := map[string]string{}
	for id, v := range sp.Settings {
		if s, _ := profile.Setting(id); !s.Late {
			settings[id] = v
		}
	}
	values := map[string]any{
		"app_id":            app.ID,
		"username_template": app.UserNameTemplate,
		"certificate":       fingerprintOrNone(idp.Certificate),
		"sso_url":           idp.SSOURL,
		"issuer":            idp.Issuer,
		"sp":                settings,
	}
	if len(app.Others) > 0 {
		values["others"] = app.Others
	}
	if app.SAML != nil { // an OIDC app signs with the org's key, which Okta changes by itself
		values["kid"] = app.KID
		s := *app.SAML
		s.Attributes = append([]sso.AttributeStatement{}, s.Attributes...)
		sort.Slice(s.Attributes, func(i, j int) bool { return s.Attributes[i].Name < s.Attributes[j].Name })
		values["saml"] = s
	}
	if app.OIDC != nil {
		values["oidc"] = *app.OIDC
		values["oidc_issuer"] = idp.OIDCIssuer
		values["secret_id"] = idp.SecretID
	}
	canonical, err := json.Marshal(values) // encoding/json sorts the members of maps
	if err != nil {
		return "" // strings, bools and lists always encode
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

func fingerprintOrNone(der []byte) string {
	if len(der) == 0 {
		return ""
	}
	return fingerprint(der)
}
