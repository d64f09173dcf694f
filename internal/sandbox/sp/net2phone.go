package sp

// net2phone Sync keeps no issuer, compares its Entity ID with the audience, and
// finds people by e-mail address. Its guide tests before it saves.
func net2phone() description {
	return description{
		key: "net2phone", name: "net2phone Sync",
		portalHost: "app.net2phone.com", authHost: "auth.net2phone.com", cookieDomain: "net2phone.com",
		settingsForm: settingsForm{
			settingsPath: []link{{"Settings", "/settings"}, {"Single Sign-On", "/settings/single-sign-on"}},
			actions:      []action{testEnteredAction("Test Configuration"), saveTestedAction("Submit", "Test Configuration")},
			switchLabel:  "SSO",
		},
		fields: []field{
			{name: "login_url", label: "Login URL", kind: urlField, required: true, section: "Identity provider",
				hint: "The identity provider's single sign-on URL."},
			{name: "logout_url", label: "Logout URL", kind: urlField,
				hint: "Only if your organization uses one. Leave it empty otherwise."},
			{name: "entity_id", label: "Entity ID", required: true,
				hint: "Must match the audience that the identity provider sends, such as n2p."},
			{name: "public_certificate", label: "Public Certificate", kind: certificateField, required: true,
				hint: "The identity provider's X.509 certificate as a PEM file."},
		},
		acsAt: "https://auth.net2phone.com/saml/login/callback", entityIDAt: "n2p",
		loginURL: "login_url", logoutURL: "logout_url", certificate: "public_certificate", spEntityID: "entity_id",
		audienceLabel: "Entity ID",
		peopleRules:   peopleRules{emailAttribute: "email"},
	}
}
