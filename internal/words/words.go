// Package words says fields, values and checks in the words of Okta's pages and
// of people. Both faces of the program use it, so that a screen and a printed
// line call a thing by the same name.
package words

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"example.com/ssowizard/internal/certificate"
	"example.com/ssowizard/internal/sso"
)

// Plain makes any text fit for one line of a terminal.
func Plain(s string) string { return sso.PlainText(s, 2000) }

var fields = map[string]string{
	"label": "App label", "signOnMode": "Sign-on mode", "status": "Status", "logo": "Logo",
	"settings.notes.admin":                               "Note for admins",
	"settings.signOn.ssoAcsUrl":                          "ACS URL",
	"settings.signOn.recipient":                          "Recipient URL",
	"settings.signOn.destination":                        "Destination URL",
	"settings.signOn.audience":                           "Audience (SP entity ID)",
	"settings.signOn.idpIssuer":                          "Issuer (IdP entity ID)",
	"settings.signOn.subjectNameIdTemplate":              "NameID value",
	"settings.signOn.subjectNameIdFormat":                "NameID format",
	"settings.signOn.responseSigned":                     "Response signed",
	"settings.signOn.assertionSigned":                    "Assertion signed",
	"settings.signOn.signatureAlgorithm":                 "Signature algorithm",
	"settings.signOn.digestAlgorithm":                    "Digest algorithm",
	"settings.signOn.honorForceAuthn":                    "Honor ForceAuthn",
	"settings.signOn.authnContextClassRef":               "Authentication context",
	"settings.signOn.defaultRelayState":                  "Default RelayState",
	"settings.signOn.requestCompressed":                  "Compressed request",
	"credentials.userNameTemplate.template":              "Application username",
	"credentials.signing.kid":                            "Active signing key",
	"visibility.hide.web":                                "Tile hidden",
	"visibility.hide.iOS":                                "Tile hidden (mobile)",
	"app":                                                "App",
	"settings.oauthClient.redirect_uris":                 "Sign-in redirect URIs",
	"settings.oauthClient.post_logout_redirect_uris":     "Sign-out redirect URIs",
	"settings.oauthClient.grant_types":                   "Grant types",
	"settings.oauthClient.response_types":                "Response types",
	"settings.oauthClient.issuer_mode":                   "Issuer mode",
	"credentials.oauthClient.token_endpoint_auth_method": "Client authentication",
	"credentials.oauthClient.pkce_required":              "PKCE required",
	"assignments.user":                                   "Person",
	"assignments.group":                                  "Group",
	"enabled":                                            "Sign-in with Okta",
	"settings.signOn.allowMultipleAcsEndpoints":          "Further ACS URLs",
}

// Field is the label of a field of a change. settings are the labels of the
// service provider's settings by id.
func Field(field string, settings map[string]string) string {
	if l, ok := fields[field]; ok {
		return l
	}
	if l, ok := settings[field]; ok {
		return l
	}
	if name, ok := strings.CutPrefix(field, "settings.signOn.attributeStatements."); ok {
		name, isFormat := strings.CutSuffix(name, ".namespace")
		if isFormat {
			return "Attribute " + Plain(name) + ", format"
		}
		return "Attribute " + Plain(name)
	}
	return Plain(field)
}

// Check is the code of a check for people.
func Check(code string, settings map[string]string) string {
	if field, ok := strings.CutPrefix(code, "settings.okta."); ok {
		for _, prefix := range []string{"settings.signOn.", "settings.oauthClient.", "credentials.oauthClient.", ""} {
			if l, known := fields[prefix+field]; known {
				return "Okta, " + l
			}
		}
		return "Okta, " + Plain(field)
	}
	if id, ok := strings.CutPrefix(code, "settings.sp."); ok {
		if l, known := settings[id]; known {
			return l
		}
		return strings.ReplaceAll(Plain(id), "_", " ")
	}
	if what, ok := strings.CutPrefix(code, "sign_in."); ok {
		what = strings.NewReplacer("sp_", "SP_", "idp_", "IdP_").Replace(Plain(what))
		return "sign-in: " + strings.ReplaceAll(what, "_", " ")
	}
	if l, known := claims[code]; known {
		return l
	}
	return strings.ReplaceAll(Plain(code), "_", " ")
}

// claims are checks of an ID token whose codes are its own short words.
var claims = map[string]string{
	"azp": "Authorized party (azp)", "at_hash": "Hash of the access token (at_hash)",
}

// Flow heads the checks of one part of a test.
func Flow(f sso.Flow) string {
	switch f {
	case sso.FlowSettings:
		return "Settings on both sides"
	case sso.FlowSPInitiated:
		return "Sign-in that starts at the service provider"
	case sso.FlowIdPInitiated:
		return "Sign-in that starts at Okta's tile"
	}
	return Plain(string(f))
}

// Value is a value of a change as people read it, on one line.
func Value(v any) string {
	switch v := v.(type) {
	case nil:
		return "(nothing)"
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case string:
		if v == "" {
			return "(empty)"
		}
		if on, isSwitch := switches[v]; isSwitch {
			return on
		}
		return Plain(ShortURN(v))
	case []string:
		return Plain(strings.Join(v, ", "))
	case []any: // a list that was read back from a file
		var texts []string
		for _, item := range v {
			if text, ok := item.(string); ok {
				texts = append(texts, text)
			}
		}
		if len(texts) == len(v) && len(v) > 0 {
			return Value(texts)
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return Plain(string(b))
}

// ValueOf is the value of one field: whether sign-in is turned on is on or off.
func ValueOf(field string, v any) string {
	if on, ok := v.(bool); ok && field == "enabled" {
		return switches[strconv.FormatBool(on)]
	}
	return Value(v)
}

// switches are the values of a switch on a service provider's page, which are
// kept as text.
var switches = map[string]string{"true": "on", "false": "off"}

// Seen is what a check expected or got. A yes or no of Okta is called so here as
// it is in a change, and a switch on the service provider's page is on or off.
func Seen(code, value string) string {
	on, isSwitch := switches[value]
	switch {
	case isSwitch && strings.HasPrefix(code, "settings.sp."):
		return on
	case isSwitch && strings.HasPrefix(code, "settings.okta."):
		return Value(value == "true")
	}
	return Plain(ShortURN(value))
}

// ShortURN gives the well-known end of SAML's long names.
func ShortURN(s string) string {
	for _, prefix := range []string{"urn:oasis:names:tc:SAML:1.1:nameid-format:", "urn:oasis:names:tc:SAML:2.0:nameid-format:",
		"urn:oasis:names:tc:SAML:2.0:ac:classes:", "urn:oasis:names:tc:SAML:2.0:attrname-format:"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok && rest != "" {
			return strings.ToUpper(rest[:1]) + rest[1:]
		}
	}
	return s
}

// Setting shows a certificate by its fingerprint and end, and any other text of
// a setting as it is.
func Setting(v string) string {
	if !strings.Contains(v, "BEGIN CERTIFICATE") {
		return Value(v)
	}
	der, err := certificate.Parse([]byte(v))
	if err != nil {
		return "a certificate that cannot be read"
	}
	info, err := certificate.Inspect(der)
	if err != nil {
		return "a certificate that cannot be read"
	}
	return fmt.Sprintf("valid until %s, SHA-256 %s…", info.NotAfter.UTC().Format("2006-01-02"), info.SHA256[:min(23, len(info.SHA256))])
}

// Tested says what a passed test proved. proof is the kind in a result.
func Tested(tested bool, proof string) string {
	switch {
	case !tested:
		return "no"
	case proof == "sp-test":
		return "yes, with the service provider's own test and a real sign-in"
	case proof == "sign-in":
		return "yes, with a real sign-in"
	}
	return "yes, with Okta's own answer"
}

// Plural counts things.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
