package plan

import (
	"fmt"

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
