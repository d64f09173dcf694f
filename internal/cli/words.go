package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// plain makes any text fit for one line of a terminal.
func plain(s string) string { return sso.PlainText(s, 2000) }

func joinHints(err error) string { return plain(strings.Join(hint.Hints(err), "; ")) }

// fieldLabels are the words of Okta's pages for the members of its app object.
var fieldLabels = map[string]string{
	"label": "App label", "signOnMode": "Sign-on mode", "status": "Status", "logo": "Logo",
	"settings.notes.admin":                      "Note for admins",
	"settings.signOn.ssoAcsUrl":                 "ACS URL",
	"settings.signOn.recipient":                 "Recipient URL",
	"settings.signOn.destination":               "Destination URL",
	"settings.signOn.audience":                  "Audience (SP entity ID)",
	"settings.signOn.idpIssuer":                 "Issuer (IdP entity ID)",
	"settings.signOn.subjectNameIdTemplate":     "NameID value",
	"settings.signOn.subjectNameIdFormat":       "NameID format",
	"settings.signOn.responseSigned":            "Response signed",
	"settings.signOn.assertionSigned":           "Assertion signed",
	"settings.signOn.signatureAlgorithm":        "Signature algorithm",
	"settings.signOn.digestAlgorithm":           "Digest algorithm",
	"settings.signOn.honorForceAuthn":           "Honor ForceAuthn",
	"settings.signOn.authnContextClassRef":      "Authentication context",
	"settings.signOn.defaultRelayState":         "Default RelayState",
	"settings.signOn.requestCompressed":         "Compressed request",
	"credentials.userNameTemplate.template":     "Application username",
	"credentials.signing.kid":                   "Active signing key",
	"visibility.hide.web":                       "Tile hidden",
	"visibility.hide.iOS":                       "Tile hidden (mobile)",
	"assignments.user":                          "Person",
	"assignments.group":                         "Group",
	"enabled":                                   "Sign-in with Okta",
	"settings.signOn.allowMultipleAcsEndpoints": "Further ACS URLs",
}

func fieldLabel(field string, settings map[string]string) string {
	if l, ok := fieldLabels[field]; ok {
		return l
	}
	if l, ok := settings[field]; ok {
		return l
	}
	if name, ok := strings.CutPrefix(field, "settings.signOn.attributeStatements."); ok {
		name, isFormat := strings.CutSuffix(name, ".namespace")
		if isFormat {
			return "Attribute " + plain(name) + ", format"
		}
		return "Attribute " + plain(name)
	}
	return plain(field)
}

// checkLabel is a check's code for people.
func checkLabel(code string) string {
	if field, ok := strings.CutPrefix(code, "settings.okta."); ok {
		for _, prefix := range []string{"settings.signOn.", ""} {
			if l, known := fieldLabels[prefix+field]; known {
				return "Okta, " + l
			}
		}
		return "Okta, " + plain(field)
	}
	if id, ok := strings.CutPrefix(code, "settings.sp."); ok {
		return strings.ReplaceAll(plain(id), "_", " ")
	}
	return strings.ReplaceAll(plain(code), "_", " ")
}

// showValue is a value of a change as people read it.
func showValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "(nothing)"
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	case string:
		if v == "" {
			return "(empty)"
		}
		return shorten(plain(shortURN(v)), 100)
	case []string:
		return shorten(plain(strings.Join(v, ", ")), 100)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return shorten(plain(string(b)), 100)
}

// shortURN gives the well-known end of SAML's long names.
func shortURN(s string) string {
	for _, prefix := range []string{"urn:oasis:names:tc:SAML:1.1:nameid-format:", "urn:oasis:names:tc:SAML:2.0:nameid-format:", "urn:oasis:names:tc:SAML:2.0:ac:classes:", "urn:oasis:names:tc:SAML:2.0:attrname-format:"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			return strings.ToUpper(rest[:1]) + rest[1:]
		}
	}
	return s
}

func shorten(s string, limit int) string { return sso.PlainText(s, limit) }

// wrap breaks text into lines of at most width columns, all but the first
// indented as far as the head is long.
func wrap(head, text string, width int) []string {
	indent := strings.Repeat(" ", len([]rune(head)))
	var lines []string
	line := head
	for i, word := range strings.Fields(text) {
		if i > 0 && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line = indent
		} else if i > 0 {
			line += " "
		}
		line += word
	}
	return append(lines, strings.TrimRight(line, " "))
}
