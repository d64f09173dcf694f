package sp

// JustCall shows its URLs once SSO is being set up, wants three attributes in
// exactly one spelling, makes accounts with the Default Role, and tests what is
// saved. Turning it on ends passwords for everybody.
func justcall() description {
	const host = "app.justcall.io"
	const at = "https://" + host + "/sso/saml/{account}"
	return description{
		key: "justcall", name: "JustCall",
		portalHost: host, authHost: host, cookieDomain: host,
		settingsForm: settingsForm{
			settingsPath: []link{{"Settings", "/settings"}, {"Security", "/settings/security"}, {"Single Sign-On", "/settings/security/single-sign-on"}},
			opener:       "Enable SSO",
			actions:      []action{saveAction("Save Configuration"), testSavedAction("Test Connection")},
			switchLabel:  "Enable SSO",
			switchHint:   "Turning it on makes SSO the only way to sign in, for all admins and members at once. Test the connection first.",
		},
		signInRules: signInRules{ssoLink: "Sign in with SSO", companyEmail: "Company email", companySubmit: "Continue"},
		fields: []field{
			{name: "protocol", label: "SAML 2.0", kind: constantField, section: "Protocol",
				hint: "The protocol that JustCall and the identity provider speak."},
			{name: "acs_url", label: "ACS URL", kind: shownField, section: "Copy these to your identity provider",
				hint:  "The identity provider calls it single sign-on URL.",
				shows: func(p *provider, v values) string { return p.acsURL(v) }},
			{name: "entity_id", label: "Entity ID", kind: shownField,
				hint:  "The identity provider calls it Audience URI (SP Entity ID).",
				shows: func(p *provider, v values) string { return p.entityID(v) }},
			{name: "sso_url", label: "SSO URL", kind: urlField, required: true, section: "Identity provider",
				hint: "The Identity Provider Single Sign-On URL."},
			{name: "issuer", label: "Issuer / Entity ID", required: true,
				hint: "The Identity Provider Issuer."},
			{name: "certificate", label: "Certificate", kind: certificateField, required: true,
				hint: "The identity provider's X.509 certificate as a PEM file."},
			{name: "default_role", label: "Default Role", kind: choiceField, required: true,
				options: []option{{"Member", "Member"}, {"Admin", "Admin"}},
				hint:    "What people may do who come with SSO for the first time."},
		},
		acsAt: at + "/acs", entityIDAt: at,
		loginURL: "sso_url", certificate: "certificate", issuer: "issuer",
		audienceLabel: "Entity ID", certificateEnds: true,
		peopleRules: peopleRules{
			nameIDOnly: true, emailAttribute: "email", required: []string{"email", "firstName", "lastName"},
			firstName: "firstName", lastName: "lastName",
			creates: func(v values) (string, bool) { return v["default_role"], true },
		},
		tables: []table{usersTable("/users")},
	}
}
