package okta

import "strings"

// Sign-on modes beyond those that this product makes.
const (
	modeAutoLogin     = "AUTO_LOGIN"
	modeBrowserPlugin = "BROWSER_PLUGIN"
	modeBasicAuth     = "BASIC_AUTH"
	modePasswordStore = "SECURE_PASSWORD_STORE"
	modeSAML11        = "SAML_1_1"
	modeWSFed         = "WS_FEDERATION"
)

// integration is an app of Okta's catalogue, as far as this org knows it. The
// real catalogue has thousands; here are the templates, which every org has,
// and a few that programs like to try.
type integration struct {
	name  string
	modes []string
	// app are the members of settings.app; more are taken where free is set.
	app  string
	free bool
	// links are tiles: name and number of each.
	links []appLink
	help  string // last part of the help link
	// provisions tells whether it can make accounts at the other side.
	provisions bool
	seats      bool // has the member licensing
	// entity is the IdP entity ID where it is not the usual one; {x} is a member
	// of settings.app.
	entity string
	// nameID is the NameID format where it is not the e-mail address.
	nameID string
	// ownKey tells that the org's key is not among the app's.
	ownKey bool
}

// appLink is a tile.
type appLink struct{ name, id string }

const (
	helpExternal = "external-doc"
	helpOwn      = "instructions"
)

func login(id string) []appLink { return []appLink{{"login", id}} }

var catalogue = []integration{
	{name: nameBookmark, modes: []string{modeBookmark}, app: "requestIntegration url", links: login("2557")},
	{name: "template_swa", modes: []string{modeBrowserPlugin}, links: login("2357"),
		app: "loginUrlRegex usernameField redirectUrl buttonField checkbox passwordField url"},
	{name: "template_swa3field", modes: []string{modeBrowserPlugin}, links: login("2365"),
		app: "buttonSelector extraFieldSelector extraFieldValue loginUrlRegex passwordSelector targetURL userNameSelector"},
	{name: "template_basic_auth", modes: []string{modeBasicAuth}, app: "url authURL", links: login("2361")},
	{name: "template_sps", modes: []string{modePasswordStore}, links: login("2359"),
		app: "optionalField1 optionalField1Value optionalField2 optionalField2Value optionalField3 optionalField3Value passwordField url usernameField"},
	{name: "template_wsfed", modes: []string{modeWSFed}, links: login("2363"), help: helpOwn,
		app: "attributeStatements audienceRestriction authnContextClassRef groupFilter groupName groupValueFormat nameIDFormat realm siteURL usernameAttribute wReplyOverride wReplyURL"},
	{name: "amazon_aws", modes: []string{modeSAML, modeBrowserPlugin}, links: login("272"), help: helpExternal,
		nameID: "urn:oasis:names:tc:SAML:2.0:nameid-format:unspecified",
		app:    "accessKey appFilter awsEnvironmentType groupFilter identityProviderArn joinAllRoles loginURL overrideAcsURL roleValuePattern secretKey secretKeyEnc sessionDuration useGroupMapping webSSOAllowedClient"},
	{name: "pagerduty", modes: []string{modeSAML, modeBrowserPlugin}, links: login("3107"), help: helpExternal,
		app: "adminUserId baseUrl subdomain"},
	{name: "google", modes: []string{modeSAML, modeBrowserPlugin}, help: helpExternal, seats: true, entity: "google.com/a/{domain}", ownKey: true, app: "afwId afwOnly domain rpId",
		links: []appLink{{"sites", "56"}, {"accounts", "2555"}, {"keep", ""}, {"mail", "50"}, {"drive", "52"}, {"calendar", "54"}}},
	{name: "sharepoint_onpremise", modes: []string{modeSAML11}, links: login("3601"), help: helpOwn, nameID: nameIDUnspec,
		app: "attributeStatements groupFilter siteURL"},
	{name: "office365", modes: []string{modeSAML11, modeWSFed, modeBrowserPlugin}, links: login("2535"), help: helpOwn, free: true,
		app: "domain domains msftTenant requireAdminConsent windowsTransportEnabled wsFedConfigureType"},
	{name: "okta_org2org", modes: []string{modeSAML, modeBrowserPlugin}, links: login("2389"), help: helpOwn, provisions: true,
		app: "acsUrl audRestriction baseUrl creationState preferUsernameOverEmail token tokenEncrypted"},
	{name: "salesforce", modes: []string{modeSAML, modeBrowserPlugin}, links: login("46"), help: helpOwn, free: true, provisions: true,
		app: "instanceType integrationType loginUrl logoutUrl"},
	{name: "zendesk", modes: []string{modeSAML, modeBrowserPlugin}, links: login("184"), help: helpOwn, free: true, provisions: true,
		app: "authToken authTokenEncrypted companySubDomain"},
	{name: "slack", modes: []string{modeSAML, modeBrowserPlugin}, links: login("1280"), help: helpOwn, free: true, provisions: true, app: "domain"},
	{name: "zoomus", modes: []string{modeSAML, modeBrowserPlugin}, links: login("2661"), help: helpOwn, free: true, provisions: true, app: "subDomain"},
	{name: "strongdm", modes: []string{modeOIDC}, help: helpExternal, app: "base_url"},
	{name: "deel", modes: []string{modeOIDC}, help: helpExternal},
	{name: "applauz", modes: []string{modeOIDC}, help: helpExternal},
}

// integrationOf finds an app of the catalogue; capital letters do not count.
func integrationOf(name string) *integration {
	for i := range catalogue {
		if strings.EqualFold(catalogue[i].name, name) {
			return &catalogue[i]
		}
	}
	return nil
}

// mode is the sign-on mode that an integration gets when one is asked for: an
// automatic login is done by the browser plugin.
func (i *integration) mode(asked string) (string, bool) {
	if asked == modeAutoLogin {
		asked = modeBrowserPlugin
	}
	for _, m := range i.modes {
		if m == asked {
			return m, true
		}
	}
	return "", false
}

func (i *integration) members() []string { return strings.Fields(i.app) }

// passwords tells whether an app of a mode is signed in to with a name and a
// password.
func passwords(mode string) bool {
	switch mode {
	case modeAutoLogin, modeBrowserPlugin, modeBasicAuth, modePasswordStore:
		return true
	}
	return false
}

// signs tells whether an app of a mode has signing keys.
func signs(mode string) bool { return mode == modeSAML || mode == modeSAML11 || mode == modeWSFed }
