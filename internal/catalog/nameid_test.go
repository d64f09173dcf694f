package catalog_test

import (
	"testing"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/sso"
)

func TestOneNameIDFormatHasSeveralSpellings(t *testing.T) {
	t.Parallel()
	for told, want := range map[string]bool{
		sso.NameIDEmail: true,
		"urn:oasis:names:tc:SAML:2.0:nameid-format:emailAddress": true,
		"EmailAddress":    true,
		" emailAddress\n": true,
		"email":           false,
		"urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified": false,
		"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddr":   false,
		"urn:oasis:names:tc:SAML:1.1:nameid-format":             false,
	} {
		if got := catalog.SameNameIDFormat(told, sso.NameIDEmail); got != want {
			t.Errorf("%q: %v", told, got)
		}
	}
	if catalog.NamesNameIDFormat("urn:oasis:names:tc:SAML:1.1:nameid-format") || catalog.NamesNameIDFormat("") || !catalog.NamesNameIDFormat("persistent") {
		t.Error("what names a format and what does not")
	}
}
