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
