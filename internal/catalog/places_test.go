package catalog_test

import (
	"strings"
	"testing"
)

func TestAnInputIsFoundOnThePagesOfBothSides(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ profile, input, okta, sp string }{
		{"infobip", "custom_domain", "General: Single sign-on URL, Audience URI (SP Entity ID)", "Single Sign-On (SSO): SP Entity ID (custom domain)"},
		{"infobip", "group_filter", "Group Attribute Statements", ""},
		{"infobip", "auto_create_users", "", "Auto-create users"},
		{"telnyx", "short_name", "Single sign-on URL", "Short Name"},
		{"justcall", "acs_url", "Single sign-on URL", "ACS URL"},
		{"justcall", "default_role", "", "Default Role"},
		{"custom", "acs_url", "Single sign-on URL", "AssertionConsumerService"},
		{"custom", "audience", "Audience URI (SP Entity ID)", "entityID"},
		{"custom", "name_id_format", "Name ID format", ""},
		{"custom", "attributes", "Attribute Statements", ""},
		{"custom", "login_url", "", "address bar"},
		{"custom", "no_such_input", "", ""},
	} {
		okta, sp := builtIn(t, c.profile).Places(c.input)
		if !strings.Contains(okta, c.okta) || !strings.Contains(sp, c.sp) || c.okta == "" && okta != "" {
			t.Errorf("%s, %s: in Okta %q, there %q", c.profile, c.input, okta, sp)
		}
	}
}
