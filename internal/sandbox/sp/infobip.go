package sp

import "regexp"

// groupClaim is the attribute that Infobip makes teams of.
const groupClaim = "http://schemas.xmlsoap.org/claims/Group"

// Infobip makes its URLs of a name that the admin chooses, takes only sign-ins
// that began there, and has no switch: what is saved is on, beside passwords.
func infobip() description {
	const host = "portal.infobip.com"
	const at = "https://" + host + "/login/saml/{name}"
	return description{
		key: "infobip", name: "Infobip",
		portalHost: host, authHost: host, cookieDomain: host,
		settingsForm: settingsForm{
			settingsPath: []link{
				{"Account settings", "/settings"}, {"Security", "/settings/security"},
				{"Single Sign-On (SSO)", "/settings/security/sso"}, {"Configure", "/settings/security/sso/configure"},
			},
			actions: []action{saveAction("Save"), previewAction("Generate URLs", "custom_domain")},
		},
		signInRules: signInRules{ssoLink: "Login with SSO", passwordsStay: true},
		fields: []field{
			{name: "custom_domain", label: "SP Entity ID (custom domain)", kind: nameField, required: true, section: "Service provider",
				hint: "A meaningful name for your account, such as mycompany. The URLs below are generated from it."},
			{name: "sp_entity_id", label: "SP Entity ID", kind: shownField,
				hint:  "The identity provider calls it Audience URI.",
				shows: func(p *provider, v values) string { return p.entityID(v) }},
			{name: "sp_acs_url", label: "SP Assertion Consumer Service (ACS) URL", kind: shownField,
				hint:  "The identity provider calls it single sign on URL; it is Recipient and Destination, too.",
				shows: func(p *provider, v values) string { return p.acsURL(v) }},
			{name: "sp_initiation_url", label: "SP Initiation URL", kind: shownField,
				hint:  "People begin to sign in here.",
				shows: func(p *provider, v values) string { return p.at(p.loginAt, v) }},
			{name: "idp_login_url", label: "IdP Login URL", kind: urlField, required: true, section: "Identity provider",
				hint: "The identity provider's single sign-on URL."},
			{name: "idp_issuer", label: "Identity Provider Issuer", required: true,
				hint: "Exactly as the identity provider shows it."},
			{name: "idp_certificate", label: "IdP Signature Certificate", kind: oneLineCertificate, required: true,
				hint: "The identity provider's X.509 certificate. Remove all new lines from its text before you paste it."},
			{name: "auto_create_users", label: "Auto-create users", kind: toggleField, section: "Users and groups",
				hint: "Makes an account at the first successful sign-in of somebody who has none."},
			{name: "auto_create_groups", label: "Auto-create groups", kind: toggleField,
				hint: "Makes teams of the groups sent as " + groupClaim + " and puts people into them at each sign-in. Give roles to new teams yourself."},
		},
		acsAt: at + "/callback", entityIDAt: at, loginAt: at,
		nameField: "custom_domain", namePattern: regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`),
		nameRule: "may hold lower-case letters, digits and, between them, hyphens, 63 at most",
		loginURL: "idp_login_url", certificate: "idp_certificate", issuer: "idp_issuer",
		audienceLabel: "SP Entity ID", spInitiatedOnly: true, savedIsOn: true,
		peopleRules: peopleRules{
			nameIDOnly: true, firstName: "firstName", lastName: "lastName",
			creates: func(v values) (string, bool) { return "", v["auto_create_users"] == "true" },
			teams: func(v values) string {
				if v["auto_create_groups"] != "true" {
					return ""
				}
				return groupClaim
			},
		},
		tables: []table{usersTable("/users"), teamsTable("/teams")},
	}
}
