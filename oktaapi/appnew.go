package oktaapi

import (
	"errors"
	"fmt"

	"github.com/okta/okta-sdk-golang/v2/okta"

	"example.com/ssowizard/internal/sso"
)

// newApp is the body that creates want.
func newApp(want sso.App) (any, error) {
	switch {
	case want.Label == "":
		return nil, errors.New("an app needs a label")
	case want.SAML != nil && (want.SignOnMode == modeSAML || want.SignOnMode == ""):
		return newSAMLApp(want)
	case want.OIDC != nil && (want.SignOnMode == modeOIDC || want.SignOnMode == ""):
		return newOIDCApp(want)
	case want.SignOnMode == sso.ModeBookmark && want.BookmarkURL != "":
		return newBookmarkApp(want), nil
	}
	return nil, fmt.Errorf("an app of sign-on mode %q cannot be made from these settings", want.SignOnMode)
}

// newSAMLApp states every setting, because what the SDK leaves out gets
// defaults that changed between releases of Okta. A custom app has no name: Okta
// generates it and refuses one that is sent. settings.app is needed although empty.
func newSAMLApp(want sso.App) (any, error) {
	s := completed(want.SAML)
	if s.ACSURL == "" || s.Audience == "" {
		return nil, errors.New("a SAML app needs an ACS URL and an Audience")
	}
	app := okta.NewSamlApplication()
	app.Label = want.Label
	app.Visibility = visibility(want.HideTile)
	app.Credentials = &okta.ApplicationCredentials{UserNameTemplate: userNameTemplate(want.UserNameTemplate)}
	app.Settings = &okta.SamlApplicationSettings{
		App:   &okta.ApplicationSettingsApplication{},
		Notes: notes(want.AdminNote),
		SignOn: &okta.SamlApplicationSettingsSignOn{
			SsoAcsUrl: s.ACSURL, Recipient: s.Recipient, Destination: s.Destination, Audience: s.Audience,
			DefaultRelayState:         s.DefaultRelayState,
			IdpIssuer:                 or(s.IssuerTemplate, sso.OktaIssuerTmpl),
			SubjectNameIdFormat:       or(s.NameIDFormat, sso.NameIDEmail),
			SubjectNameIdTemplate:     or(s.NameIDTemplate, "${user.email}"),
			ResponseSigned:            &s.ResponseSigned,
			AssertionSigned:           &s.AssertionSigned,
			SignatureAlgorithm:        or(s.SignatureAlgorithm, sso.RSASHA256),
			DigestAlgorithm:           or(s.DigestAlgorithm, sso.SHA256),
			AuthnContextClassRef:      or(s.AuthnContextClassRef, sso.AuthnPassword),
			HonorForceAuthn:           &s.HonorForceAuthn,
			RequestCompressed:         new(bool),
			AllowMultipleAcsEndpoints: new(bool),
			AttributeStatements:       sdkStatements(s.Attributes),
			Slo:                       &okta.SingleLogout{Enabled: new(bool)},
		},
	}
	return app, nil
}

func sdkStatements(statements []sso.AttributeStatement) []*okta.SamlAttributeStatement {
	out := []*okta.SamlAttributeStatement{} // nil would be sent as null
	for _, s := range statements {
		w := toWire(s)
		out = append(out, &okta.SamlAttributeStatement{Type: w.Type, Name: w.Name, Namespace: w.Namespace,
			Values: w.Values, FilterType: w.FilterType, FilterValue: w.FilterValue})
	}
	return out
}

func newOIDCApp(want sso.App) (any, error) {
	o := want.OIDC
	if len(o.RedirectURIs) == 0 {
		return nil, errors.New("an OIDC app needs a redirect URI")
	}
	app := okta.NewOpenIdConnectApplication()
	app.Name = "oidc_client"
	app.Label = want.Label
	app.Visibility = visibility(want.HideTile)
	automatic := true
	app.Credentials = &okta.OAuthApplicationCredentials{
		UserNameTemplate: userNameTemplate(want.UserNameTemplate),
		OauthClient: &okta.ApplicationCredentialsOAuthClient{AutoKeyRotation: &automatic, PkceRequired: &o.PKCERequired,
			TokenEndpointAuthMethod: or(o.ClientAuthentication, "client_secret_basic")},
	}
	app.Settings = &okta.OpenIdConnectApplicationSettings{
		Notes: notes(want.AdminNote),
		OauthClient: &okta.OpenIdConnectApplicationSettingsClient{ApplicationType: "web", ConsentMethod: "TRUSTED",
			IssuerMode: or(o.IssuerMode, "ORG_URL"), RedirectUris: o.RedirectURIs, PostLogoutRedirectUris: o.PostLogoutRedirectURIs,
			GrantTypes:    sdkEnum[okta.OAuthGrantType](o.GrantTypes, "authorization_code"),
			ResponseTypes: sdkEnum[okta.OAuthResponseType](o.ResponseTypes, "code")},
	}
	return app, nil
}

func sdkEnum[T ~string](values []string, fallback string) []*T {
	if len(values) == 0 {
		values = []string{fallback}
	}
	var out []*T
	for _, v := range values {
		t := T(v)
		out = append(out, &t)
	}
	return out
}

func visibility(hide bool) *okta.ApplicationVisibility {
	return &okta.ApplicationVisibility{AutoSubmitToolbar: new(bool), Hide: &okta.ApplicationVisibilityHide{IOS: &hide, Web: &hide}}
}

func notes(admin string) *okta.ApplicationSettingsNotes {
	if admin == "" {
		return &okta.ApplicationSettingsNotes{}
	}
	return &okta.ApplicationSettingsNotes{Admin: &admin}
}

func userNameTemplate(template string) *okta.ApplicationCredentialsUsernameTemplate {
	template = or(template, "${source.login}")
	t := &okta.ApplicationCredentialsUsernameTemplate{Template: template, Type: templateType(template)}
	if t.Type == "CUSTOM" {
		t.PushStatus = "DONT_PUSH"
	}
	return t
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
