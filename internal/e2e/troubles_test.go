package e2e_test

const (
	otherACS    = "https://elsewhere.example/acs"
	otherIssuer = "http://www.okta.com/exkOther"
	otherSSO    = "http://127.0.0.1:7001/app/other/exkOther/sso/saml"
	nameID      = "settings.signOn.subjectNameIdTemplate"
	byFirstName = "${user.firstName}"
)

// troubles are what can go wrong with each service provider, one thing at a
// time, with the words of its own guide.
var troubles = map[string][]trouble{
	"net2phone": {
		{"audience in Okta", inOkta("settings.signOn.audience", "N2P"), "settings.okta.audience", "both have to be n2p"},
		{"ACS URL in Okta", inOkta("settings.signOn.ssoAcsUrl", otherACS), "settings.okta.ssoAcsUrl", "https://auth.net2phone.com/saml/login/callback"},
		{"recipient in Okta", inOkta("settings.signOn.recipient", otherACS), "settings.okta.recipient", "Recipient URL and Destination URL have to be the same"},
		{"NameID in Okta", inOkta(nameID, byFirstName), "settings.okta.subjectNameIdTemplate", "Name ID format has to be EmailAddress"},
		{"key in Okta", otherKey, "settings.sp.public_certificate", "Upload the active signing certificate"},
		{"Login URL", atSP("login_url", otherSSO), "settings.sp.login_url", "into Login URL"},
		{"Entity ID", atSP("entity_id", "N2P"), "settings.sp.entity_id", "Put n2p into Entity ID"},
		{"not assigned", unassigned, "sign_in.not_assigned", "Assign"},
	},
	"telnyx": {
		{"audience in Okta", inOkta("settings.signOn.audience", "https://api.telnyx.com/sso/saml/metadata/other"), "settings.okta.audience", "Service Provider Entity ID"},
		{"ACS URL in Okta", inOkta("settings.signOn.ssoAcsUrl", otherACS), "settings.okta.ssoAcsUrl", "Assertion Consumer Service URL"},
		{"NameID in Okta", inOkta(nameID, byFirstName), "settings.okta.subjectNameIdTemplate", "Application username Email"},
		{"RelayState in Okta", inOkta("settings.signOn.defaultRelayState", "https://elsewhere.example"), "settings.okta.defaultRelayState", "has to be https://portal.telnyx.com"},
		{"IdP Entity ID", atSP("idp_entity_id", otherIssuer), "settings.sp.idp_entity_id", "so it has to be put in"},
		{"SSO target URL", atSP("idp_sso_target_url", otherSSO), "settings.sp.idp_sso_target_url", "into IdP SSO target URL"},
		{"key in Okta", otherKey, "settings.sp.idp_cert_fingerprint", "Put in the SHA-256 fingerprint"},
		{"not assigned", unassigned, "sign_in.not_assigned", "Assign"},
		{"person unknown", asStranger, "sign_in.sp_refused", "Invite the person to the organization"},
	},
	"infobip": {
		{"audience in Okta", inOkta("settings.signOn.audience", "https://portal.infobip.com/login/saml/acme/"), "settings.okta.audience", "without a slash at the end"},
		{"ACS URL in Okta", inOkta("settings.signOn.ssoAcsUrl", otherACS), "settings.okta.ssoAcsUrl", "SP Assertion Consumer Service URL"},
		{"NameID in Okta", inOkta(nameID, byFirstName), "settings.okta.subjectNameIdTemplate", "Name ID format has to be EmailAddress"},
		{"custom domain", atSP("custom_domain", "other"), "settings.sp.custom_domain", "lower-case letters, digits and hyphens"},
		{"IdP Login URL", atSP("idp_login_url", otherSSO), "settings.sp.idp_login_url", "into IdP Login URL"},
		{"issuer", atSP("idp_issuer", otherIssuer), "settings.sp.idp_issuer", "http and https are different"},
		{"key in Okta", otherKey, "settings.sp.idp_certificate", "with all line breaks removed"},
		{"settings deleted", func(c *connected) { c.sp("DELETE", reference, "") }, "settings.sp", "Somebody has cleared the settings at Infobip"},
		{"not assigned", unassigned, "sign_in.not_assigned", "Assign"},
		{"person unknown", asStranger, "sign_in.sp_refused", "turn Auto-create users on"},
	},
	"justcall": {
		{"audience in Okta", inOkta("settings.signOn.audience", "JustCall"), "settings.okta.audience", "slash at the end"},
		{"ACS URL in Okta", inOkta("settings.signOn.ssoAcsUrl", otherACS), "settings.okta.ssoAcsUrl", "exactly the ACS URL and Entity ID"},
		{"NameID in Okta", inOkta(nameID, byFirstName), "settings.okta.subjectNameIdTemplate", "set Application username to Email"},
		{"attribute in other case", inOkta("settings.signOn.attributeStatements.1.name", "firstname"), "settings.okta.attributeStatements.firstName", "email, firstName and lastName, in exactly these letters"},
		{"attribute with another value", inOkta("settings.signOn.attributeStatements.2.values.0", "user.city"), "settings.okta.attributeStatements.lastName", "user.lastName"},
		{"attributes missing", inOkta("settings.signOn.attributeStatements", []any{}), "settings.okta.attributeStatements.email", "email, firstName and lastName"},
		{"SSO URL", atSP("sso_url", otherSSO), "settings.sp.sso_url", "Entry Point URL"},
		{"issuer", atSP("issuer", otherIssuer), "settings.sp.issuer", "not the one that JustCall shows"},
		{"key in Okta", otherKey, "settings.sp.certificate", "upload it as Certificate"},
		{"not assigned", unassigned, "sign_in.not_assigned", "Assignments tab"},
	},
	"cloudtalk": {
		{"redirect URI in Okta", inOkta("settings.oauthClient.redirect_uris.0", "https://elsewhere.example/cb"), "settings.okta.redirect_uris", "letter by letter"},
		{"client authentication in Okta", inOkta("credentials.oauthClient.token_endpoint_auth_method", "client_secret_basic"), "settings.okta.token_endpoint_auth_method", "client_secret_post"},
		{"Client ID", atSP("client_id", "0oaOther"), "settings.sp.client_id", "Put the Client ID of this Okta app"},
		{"Method", atSP("method", "POST"), "settings.sp.method", "--input method=POST, or back"},
		{"Discovery URL", atSP("discovery_url", orgURL+"/oauth2/default"), "settings.sp.discovery_url", "not the issuer of the token"},
		{"secret", atSP("client_secret", "not-the-secret-of-this-app-0123456789"), "sign_in.sp_refused", "The client secret at CloudTalk is not that of the app"},
		{"not assigned", unassigned, "sign_in.not_assigned", "Assignments tab"},
		{"person unknown", asStranger, "sign_in.sp_refused", "Look into the list of users in CloudTalk"},
	},
}
