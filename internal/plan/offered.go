package plan

import (
	"fmt"
	"strings"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/sso"
)

// offeredFindings compares what the service provider itself says that it
// expects, and nobody enters there, with what the app sends.
func offeredFindings(held sso.SPState, app sso.App) []sso.Finding {
	told := held.Offered[catalog.OfferedNameIDFormat]
	if app.SAML == nil || !catalog.NamesNameIDFormat(told) {
		return nil
	}
	return []sso.Finding{{
		Code: "settings.sp." + catalog.OfferedNameIDFormat, Flow: sso.FlowSettings, Field: catalog.OfferedNameIDFormat,
		OK:       catalog.SameNameIDFormat(told, app.SAML.NameIDFormat),
		Expected: text(app.SAML.NameIDFormat), Got: text(told),
	}}
}

// warnOffered says at the readback already what a test would fail for.
func (r *run) warnOffered() {
	for _, f := range offeredFindings(r.sp, r.app) {
		if !f.OK {
			r.emit(Event{Kind: EventWarning, Step: StepReadback, Detail: fmt.Sprintf("%s shows %s as %s, but the Okta app has %s",
				r.profile.Name, f.Got, r.profile.Labels()[f.Field], f.Expected)})
		}
	}
}

// offeredNames are the values of the app that a service provider decides.
var offeredNames = map[string]string{
	"settings.signOn.ssoAcsUrl": "ACS URL", "settings.signOn.recipient": "Recipient URL", "settings.signOn.destination": "Destination URL",
	"settings.signOn.audience": "Audience (SP entity ID)", "settings.signOn.defaultRelayState": "Default RelayState",
	"settings.signOn.subjectNameIdFormat": "NameID format", "settings.oauthClient.redirect_uris": "redirect URIs",
}

// offeredChanges names all changes with their new values. Recipient and
// Destination always follow the ACS URL and are not said beside it.
func offeredChanges(changes []sso.Change) string {
	acs := false
	for _, c := range changes {
		acs = acs || c.Field == "settings.signOn.ssoAcsUrl"
	}
	var out []string
	for _, c := range changes {
		field := shortField(c.Field)
		if acs && (field == "recipient" || field == "destination") {
			continue
		}
		if name, known := offeredNames[c.Field]; known {
			field = name
		}
		out = append(out, field+" "+show(c.To))
	}
	return strings.Join(out, ", ")
}

// driftNames are further values of the app in standard words.
var driftNames = map[string]string{
	"label": "App label", "status": "Status", noteField: "Note for admins",
	"settings.signOn.subjectNameIdTemplate": "NameID value", "settings.signOn.idpIssuer": "Issuer (IdP entity ID)",
	"settings.signOn.responseSigned": "Response signed", "settings.signOn.assertionSigned": "Assertion signed",
	"settings.signOn.signatureAlgorithm": "Signature algorithm", "settings.signOn.digestAlgorithm": "Digest algorithm",
	"settings.signOn.honorForceAuthn": "Honor ForceAuthn", "settings.signOn.authnContextClassRef": "Authentication context",
	"settings.signOn.allowMultipleAcsEndpoints":          "Further ACS URLs",
	"settings.oauthClient.post_logout_redirect_uris":     "Sign-out redirect URIs",
	"settings.oauthClient.grant_types":                   "Grant types",
	"settings.oauthClient.response_types":                "Response types",
	"settings.oauthClient.issuer_mode":                   "Issuer mode",
	"credentials.oauthClient.token_endpoint_auth_method": "Client authentication",
	"credentials.oauthClient.pkce_required":              "PKCE required",
	"credentials.userNameTemplate.template":              "Application username",
	"credentials.signing.kid":                            "Active signing key",
	"visibility.hide.web":                                "Tile hidden", "visibility.hide.iOS": "Tile hidden (mobile)",
}

// fieldName is what people call a field that differs: by the standard word in
// Okta, by the label of its page at the service provider.
func fieldName(p *catalog.Profile, d Drift) string {
	if d.Side == "sp" {
		if label := p.Labels()[d.Field]; label != "" {
			return label
		}
		return d.Field
	}
	if name := offeredNames[d.Field]; name != "" {
		return strings.ToUpper(name[:1]) + name[1:]
	}
	if name := driftNames[d.Field]; name != "" {
		return name
	}
	if name, ok := strings.CutPrefix(d.Field, "settings.signOn.attributeStatements."); ok {
		return "Attribute " + sso.PlainText(name, 200)
	}
	return d.Field
}
