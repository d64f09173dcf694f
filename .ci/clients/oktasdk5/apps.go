package main

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/okta/okta-sdk-golang/v5/okta"
)

func (r *round) samlApp() error {
	app := okta.NewSamlApplicationWithDefaults()
	app.SetLabel(r.label)
	app.SetSignOnMode("SAML_2_0")
	app.SetVisibility(visible()) // Okta refuses an app without a name that says nothing of it
	signOn := okta.NewSamlApplicationSettingsSignOn()
	signOn.SetSsoAcsUrl("https://sp.example.com/acs")
	signOn.SetRecipient("https://sp.example.com/acs")
	signOn.SetDestination("https://sp.example.com/acs")
	signOn.SetAudience("https://sp.example.com/metadata")
	signOn.SetIdpIssuer("http://www.okta.com/${org.externalKey}")
	signOn.SetSubjectNameIdTemplate("${user.email}")
	signOn.SetSubjectNameIdFormat("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress")
	signOn.SetResponseSigned(true)
	signOn.SetAssertionSigned(true)
	signOn.SetSignatureAlgorithm("RSA_SHA256")
	signOn.SetDigestAlgorithm("SHA256")
	signOn.SetHonorForceAuthn(true)
	signOn.SetAuthnContextClassRef("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport")
	settings := okta.NewSamlApplicationSettings()
	settings.SetSignOn(*signOn)
	app.SetSettings(*settings)
	made, _, err := r.client.ApplicationAPI.CreateApplication(r.ctx).Activate(true).
		Application(okta.SamlApplicationAsListApplications200ResponseInner(app)).Execute()
	if err != nil {
		return err
	}
	if made.SamlApplication == nil {
		return fmt.Errorf("the answer is of another kind: %+v", made)
	}
	saml := *made.SamlApplication
	r.samlID = saml.GetId()
	saml.SetLabel(r.label + " renamed")
	replaced, _, err := r.client.ApplicationAPI.ReplaceApplication(r.ctx, r.samlID).
		Application(okta.SamlApplicationAsListApplications200ResponseInner(&saml)).Execute()
	if err != nil {
		return err
	}
	if got := replaced.SamlApplication.GetLabel(); got != r.label+" renamed" {
		return fmt.Errorf("label after the update: %q", got)
	}
	return r.sameSettings(saml)
}

func visible() okta.ApplicationVisibility {
	hide := okta.NewApplicationVisibilityHide()
	hide.SetIOS(false)
	hide.SetWeb(false)
	v := okta.NewApplicationVisibility()
	v.SetAutoSubmitToolbar(false)
	v.SetHide(*hide)
	return *v
}

func (r *round) sameSettings(want okta.SamlApplication) error {
	got, _, err := r.client.ApplicationAPI.GetApplication(r.ctx, r.samlID).Execute()
	if err != nil {
		return err
	}
	was, is := want.Settings.SignOn, got.SamlApplication.Settings.SignOn
	if was.GetSsoAcsUrl() != is.GetSsoAcsUrl() || was.GetAudience() != is.GetAudience() ||
		was.GetSubjectNameIdTemplate() != is.GetSubjectNameIdTemplate() || !is.GetHonorForceAuthn() {
		return fmt.Errorf("settings changed with the label: %+v", is)
	}
	return nil
}

func (r *round) keys() error {
	api := r.client.ApplicationCredentialsAPI
	made, resp, err := api.GenerateApplicationKey(r.ctx, r.samlID).ValidityYears(3).Execute()
	if err != nil {
		return err
	}
	if resp.StatusCode != 201 {
		return fmt.Errorf("generate answered %d", resp.StatusCode)
	}
	keys, _, err := api.ListApplicationKeys(r.ctx, r.samlID).Execute()
	if err != nil {
		return err
	}
	found := false
	for _, k := range keys {
		found = found || k.GetKid() == made.GetKid()
		if _, err := base64.StdEncoding.DecodeString(k.GetX5c()[0]); err != nil {
			return fmt.Errorf("x5c of %s: %w", k.GetKid(), err)
		}
	}
	if len(keys) != 2 || !found {
		return fmt.Errorf("%d keys, the new one among them: %v", len(keys), found)
	}
	metadata, _, err := r.client.ApplicationSSOAPI.PreviewSAMLmetadataForApplication(r.ctx, r.samlID).Execute()
	if err != nil {
		return err
	}
	if !strings.Contains(metadata, "IDPSSODescriptor") {
		return fmt.Errorf("metadata: %.80q", metadata)
	}
	return nil
}

func (r *round) oidcApp() error {
	app := okta.NewOpenIdConnectApplicationWithDefaults()
	app.SetName("oidc_client")
	app.SetLabel(r.label + " OIDC")
	app.SetSignOnMode("OPENID_CONNECT")
	client := okta.NewOpenIdConnectApplicationSettingsClient()
	client.SetRedirectUris([]string{"https://sp.example.com/callback"})
	client.SetResponseTypes([]string{"code"})
	client.SetGrantTypes([]string{"authorization_code"})
	client.SetApplicationType("web")
	settings := okta.NewOpenIdConnectApplicationSettings()
	settings.SetOauthClient(*client)
	app.SetSettings(*settings)
	secret := okta.NewApplicationCredentialsOAuthClient()
	secret.SetTokenEndpointAuthMethod("client_secret_post")
	credentials := okta.NewOAuthApplicationCredentials()
	credentials.SetOauthClient(*secret)
	app.SetCredentials(*credentials)
	made, _, err := r.client.ApplicationAPI.CreateApplication(r.ctx).
		Application(okta.OpenIdConnectApplicationAsListApplications200ResponseInner(app)).Execute()
	if err != nil {
		return err
	}
	if made.OpenIdConnectApplication == nil {
		return fmt.Errorf("the answer is of another kind: %+v", made)
	}
	r.oidcID = made.OpenIdConnectApplication.GetId()
	if made.OpenIdConnectApplication.Credentials.OauthClient.GetClientSecret() == "" {
		return fmt.Errorf("no client secret in the answer")
	}
	return nil
}
