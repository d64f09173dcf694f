package sp

import (
	"fmt"
	"regexp"
	"time"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
)

const (
	telnyxPortal = "https://portal.telnyx.com"
	// passwordsEnd is for how long Telnyx takes passwords after SSO was turned on.
	passwordsEnd = 72 * time.Hour
)

// Telnyx has an API of its own and as many authentication providers as an
// organization makes, each with a short name in its URLs. It keeps only the
// fingerprint of a certificate. Turning one on mails everybody at once.
func telnyx() description {
	const api = "api.telnyx.com"
	return description{
		key: "telnyx", name: "Telnyx",
		portalHost: "portal.telnyx.com", authHost: api, cookieDomain: "telnyx.com",
		settingsForm: settingsForm{
			settingsPath: []link{
				{"Account Settings", "/account"}, {"Advanced Features", "/account/advanced"},
				{"Organization", "/account/advanced/organization"}, {"Single Sign-On", "/account/advanced/organization/sso"},
			},
			opener: "Enable Single Sign-On", byHand: "Manually enter configuration",
			actions: []action{
				{name: "save", label: "Save Changes", main: true, later: true, run: (*provider).saveEntered},
				{name: "import", label: "Import IdP Settings & Save", run: (*provider).importEntered},
			},
			switchLabel: "Enable Single Sign-On", switchInForm: true,
			switchHint: "Every user of the organization gets a mail at once, which cannot be recalled. After 72 hours a password is no longer enough.",
		},
		signInRules: signInRules{
			ssoLink: "Log in with SSO", passwordsFor: passwordsEnd,
			bypasses: func(p *provider, email string) bool { return addressKey(email) == addressKey(p.env.owner) },
		},
		fields: []field{
			{name: "name", label: "Authentication Provider Name", required: true, section: "Authentication Provider",
				hint: "Any name, such as Okta."},
			{name: "short_name", label: "Short Name", kind: nameField, required: true,
				hint: "Becomes part of the SSO URLs."},
			{name: "settings_url", label: "IdP Metadata URL", kind: urlField,
				hint: "The identity provider's metadata, at an address that needs no sign-in."},
			{name: "idp_entity_id", label: "IdP Entity ID", later: true,
				hint: "If it reads “not found” after an import, enter it here."},
			{name: "idp_sso_target_url", label: "IdP SSO target URL", kind: urlField, required: true, later: true,
				hint: "The identity provider's single sign-on URL."},
			{name: "idp_cert_fingerprint", label: "IdP Certificate Fingerprint", kind: fingerprintField, required: true, later: true,
				hint: "Hex digits, in pairs with colons between them."},
			{name: "idp_cert_fingerprint_algorithm", label: "IdP Certificate Fingerprint Algorithm", kind: choiceField, required: true, later: true,
				options: []option{{"sha1", "SHA-1"}, {"sha256", "SHA-256"}, {"sha384", "SHA-384"}, {"sha512", "SHA-512"}},
				hint:    "The algorithm that the fingerprint was made with."},
			{name: "acs_url", label: "Assertion Consumer Service URL", kind: shownField, later: true, section: "Authentication Provider Generated Config",
				hint:  "The identity provider calls it single sign-on URL.",
				shows: func(p *provider, v values) string { return p.acsURL(v) }},
			{name: "sp_entity_id", label: "Service Provider Entity ID", kind: shownField, later: true,
				hint:  "The identity provider calls it Audience URI.",
				shows: func(p *provider, v values) string { return p.entityID(v) }},
			{name: "name_id_format", label: "Name Identifier Format", kind: shownField, later: true,
				hint:  "Has to be the same at the identity provider.",
				shows: func(*provider, values) string { return samlrp.FormatEmail }},
		},
		hidden: []string{"idp_certificate", "idp_slo_target_url"},
		acsAt:  "https://" + api + "/sso/saml/auth/{name}", entityIDAt: "https://" + api + "/sso/saml/metadata/{name}",
		loginAt: "https://" + api + "/sso/{name}", metadataAt: "/sso/saml/metadata/{name}",
		nameField: "short_name", namePattern: regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`),
		nameRule: "may hold letters, digits, hyphens and underscores only, 64 at most",
		// saml is part of the URLs; the others stand for other customers' names.
		takenNames: []string{"saml", "telnyx", "okta"},
		loginURL:   "idp_sso_target_url", issuer: "idp_entity_id",
		fingerprint: "idp_cert_fingerprint", fingerprintAlgorithm: "idp_cert_fingerprint_algorithm",
		// The vendor's guide has people enter the bare id, and says that it works.
		bareIssuer:    true,
		audienceLabel: "Service Provider Entity ID", several: true, relayState: telnyxPortal,
		peopleRules:  peopleRules{nameIDOnly: true},
		announcement: telnyxMail,
		tables:       []table{organizationTable("/account/advanced/organization/users"), mailTable("/account/outbox")},
		api:          &ownAPI{host: api, prefix: "/v2", routes: telnyxRoutes},
	}
}

func telnyxMail(p *provider, c connection) (subject, text string) {
	return "Single Sign-On is now enabled for your organization",
		fmt.Sprintf("Sign in with %s from now on: %s. You can still use your password until %s. After that you need Single Sign-On.",
			c.Settings["name"], p.at(p.loginAt, c.Settings), p.env.Now().Add(passwordsEnd).UTC().Format(minutes))
}

// passwordDeadline is when passwords end, where they end some time after SSO
// was turned on; false when they do not, or not yet.
func (p *provider) passwordDeadline(c connection) (time.Time, bool) {
	if p.passwordsFor == 0 || !c.Enabled || c.ActivatedAt == nil {
		return time.Time{}, false
	}
	return c.ActivatedAt.Add(p.passwordsFor), true
}
