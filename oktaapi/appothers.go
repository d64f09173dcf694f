package oktaapi

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// ownedSignOn are the sign-on members that sso.SAMLSettings and
// sso.OIDCSettings have.
var ownedSignOn = strings.Fields(`ssoAcsUrl recipient destination audience idpIssuer subjectNameIdFormat subjectNameIdTemplate
	responseSigned assertionSigned signatureAlgorithm digestAlgorithm authnContextClassRef honorForceAuthn defaultRelayState attributeStatements
	redirect_uris post_logout_redirect_uris grant_types response_types issuer_mode client_uri logo_uri policy_uri tos_uri`)

// readOthers lists the sign-on members that no wanted app states and that hold
// something: such as signed requests, an SP certificate, Single Logout or further
// ACS endpoints. Their values are JSON with sorted members and without links.
// They are not ours to change, but a sign-in can stand or fall with them.
func readOthers(v gjson.Result) map[string]string {
	var out map[string]string
	for _, path := range []string{"settings.signOn", "settings.oauthClient"} {
		v.Get(path).ForEach(func(name, value gjson.Result) bool {
			held := substance(value.Value())
			if held == nil || slices.Contains(ownedSignOn, name.Str) {
				return true
			}
			text, err := json.Marshal(held)
			if err != nil {
				return true
			}
			if out == nil {
				out = map[string]string{}
			}
			out[path+"."+name.Str] = string(text)
			return true
		})
	}
	return out
}

// substance is a value without what means the same as nothing: null, false, "",
// and lists and objects of nothing else; and without links, which follow the
// address that Okta was asked at. Line breaks in a certificate have no meaning.
func substance(value any) any {
	switch v := value.(type) {
	case string:
		if v = strings.NewReplacer("\r", "", "\n", "").Replace(v); v != "" {
			return v
		}
		return nil
	case bool:
		if v {
			return v
		}
		return nil
	case []any:
		var held []any
		for _, item := range v {
			if s := substance(item); s != nil {
				held = append(held, s)
			}
		}
		if held == nil {
			return nil
		}
		return held
	case map[string]any:
		held := maps.Clone(v)
		maps.DeleteFunc(held, func(name string, inner any) bool { return name == "_links" || substance(inner) == nil })
		if len(held) == 0 {
			return nil
		}
		for name, inner := range held {
			held[name] = substance(inner)
		}
		return held
	}
	return value
}
