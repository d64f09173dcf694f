package catalog

import "strings"

// OfferedNameIDFormat is the id under which a service provider offers the
// NameID format that it expects. A profile whose answers name it has the format
// compared with the Okta app's.
const OfferedNameIDFormat = "name_id_format"

// nameIDSpaces are what the URNs of all NameID formats begin with.
var nameIDSpaces = []string{"urn:oasis:names:tc:SAML:1.1:nameid-format", "urn:oasis:names:tc:SAML:2.0:nameid-format"}

// SameNameIDFormat tells whether two texts mean one NameID format: with either
// beginning of the URN, or none, and letter case aside.
func SameNameIDFormat(a, b string) bool { return strings.EqualFold(bareFormat(a), bareFormat(b)) }

// NamesNameIDFormat tells whether text says which format it means. A URN that
// was cut off before its last part does not.
func NamesNameIDFormat(text string) bool { return bareFormat(text) != "" }

func bareFormat(text string) string {
	text = strings.TrimSpace(text)
	for _, space := range nameIDSpaces {
		if len(text) >= len(space) && strings.EqualFold(text[:len(space)], space) {
			return strings.TrimPrefix(text[len(space):], ":")
		}
	}
	return text
}
