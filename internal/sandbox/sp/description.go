package sp

import "example.com/ssowizard/internal/sandbox/sp/samlrp"

// fieldKind says how a setting is entered and what is checked about it.
type fieldKind int

const (
	textField fieldKind = iota
	urlField
	certificateField // a PEM file, pasting allowed
)

// field is a setting of a provider, with the label of the vendor's guide.
type field struct {
	name     string // in the settings API and in forms
	label    string
	hint     string
	kind     fieldKind
	required bool
}

// link is an entry of the left navigation.
type link struct{ Label, URL string }

// description is what tells one provider from another. The engine reads it and
// knows no provider by name.
type description struct {
	key, name  string
	portalHost string // sign-in page, settings page, settings API
	authHost   string // ACS
	// cookieDomain covers both hosts, so that a sign-in begun at one can be
	// finished at the other.
	cookieDomain string

	settingsPath []link // navigation to the settings page, as the guide says; it is the last
	testLabel    string
	saveLabel    string
	switchLabel  string

	fields      []field // in the guide's order
	acsPath     string
	defaultSPID string // SP entity ID while nothing is configured

	loginURL, logoutURL, certificate, spEntityID string // names of the fields with these meanings

	// emailAttribute is looked at when the NameID finds nobody.
	emailAttribute string
	// options are values that the API lets an admin choose from.
	options map[string][]string
}

func (d *description) hosts() []string {
	if d.authHost == d.portalHost {
		return []string{d.portalHost}
	}
	return []string{d.portalHost, d.authHost}
}

func (d *description) settingsURL() string { return d.settingsPath[len(d.settingsPath)-1].URL }

// acsURL is what the provider's guide prints, so it never carries a port.
func (d *description) acsURL() string { return "https://" + d.authHost + d.acsPath }

// entityID is the SP entity ID under the given settings.
func (d *description) entityID(v values) string {
	if id := v[d.spEntityID]; id != "" {
		return id
	}
	return d.defaultSPID
}

func (d *description) trust(v values) (samlrp.Trust, error) {
	cert, err := parseCertificate(v[d.certificate])
	if err != nil {
		return samlrp.Trust{}, err
	}
	id, _ := d.field(d.spEntityID)
	return samlrp.Trust{ACSURL: d.acsURL(), Audience: d.entityID(v), AudienceLabel: id.label, Certificate: cert, Skew: clockSkew}, nil
}

func (d *description) field(name string) (field, bool) {
	for _, f := range d.fields {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}

func descriptions() []description { return []description{net2phone()} }

// net2phone Sync keeps no issuer, compares its Entity ID with the audience, and
// finds people by e-mail address. Its guide tests before it saves.
func net2phone() description {
	return description{
		key: "net2phone", name: "net2phone Sync",
		portalHost: "app.net2phone.com", authHost: "auth.net2phone.com", cookieDomain: "net2phone.com",
		settingsPath: []link{{"Settings", "/settings"}, {"Single Sign-On", "/settings/single-sign-on"}},
		testLabel:    "Test Configuration", saveLabel: "Submit", switchLabel: "SSO",
		fields: []field{
			{name: "login_url", label: "Login URL", kind: urlField, required: true,
				hint: "The identity provider's single sign-on URL."},
			{name: "logout_url", label: "Logout URL", kind: urlField,
				hint: "Only if your organization uses one. Leave it empty otherwise."},
			{name: "entity_id", label: "Entity ID", required: true,
				hint: "Must match the audience that the identity provider sends, such as n2p."},
			{name: "public_certificate", label: "Public Certificate", kind: certificateField, required: true,
				hint: "The identity provider's X.509 certificate as a PEM file."},
		},
		acsPath: "/saml/login/callback", defaultSPID: "n2p",
		loginURL: "login_url", logoutURL: "logout_url", certificate: "public_certificate", spEntityID: "entity_id",
		emailAttribute: "email",
		options:        map[string][]string{},
	}
}
