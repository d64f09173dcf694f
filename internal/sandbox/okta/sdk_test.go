package okta_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	sdk "github.com/okta/okta-sdk-golang/v2/okta"
	"github.com/okta/okta-sdk-golang/v2/okta/query"

	"example.com/ssowizard/internal/sandbox/okta"
)

func newSDK(t *testing.T, s *sandbox) (context.Context, *sdk.Client) {
	t.Helper()
	ctx, client, err := sdk.NewClient(t.Context(), sdk.WithOrgUrl(s.url), sdk.WithToken(s.token), sdk.WithCache(false),
		sdk.WithAuthorizationMode("SSWS"), sdk.WithTestingDisableHttpsCheck(true), sdk.WithRateLimitMaxRetries(0))
	if err != nil {
		t.Fatal(err)
	}
	return ctx, client
}

func sdkApp(label string) *sdk.SamlApplication {
	yes, no := true, false
	app := sdk.NewSamlApplication()
	app.Label = label
	app.Visibility = &sdk.ApplicationVisibility{AutoSubmitToolbar: &no, Hide: &sdk.ApplicationVisibilityHide{IOS: &no, Web: &no}}
	app.Settings = &sdk.SamlApplicationSettings{SignOn: &sdk.SamlApplicationSettingsSignOn{
		SsoAcsUrl: "https://sp.example/acs", Recipient: "https://sp.example/acs", Destination: "https://sp.example/acs",
		Audience: "https://sp.example/sp", IdpIssuer: "http://www.okta.com/${org.externalKey}",
		SubjectNameIdTemplate: "${user.email}", SubjectNameIdFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
		ResponseSigned: &yes, AssertionSigned: &yes, SignatureAlgorithm: "RSA_SHA256", DigestAlgorithm: "SHA256",
		HonorForceAuthn: &yes, RequestCompressed: &no, AllowMultipleAcsEndpoints: &no, Slo: &sdk.SingleLogout{Enabled: &no},
		AuthnContextClassRef: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
		AttributeStatements:  []*sdk.SamlAttributeStatement{},
	}}
	return app
}

func TestTheSDKWorksAgainstTheOrg(t *testing.T) {
	t.Parallel()
	s := start(t)
	ctx, client := newSDK(t, s)
	created, _, err := client.Application.CreateApplication(ctx, sdkApp("SDK"), query.NewQueryParams(query.WithActivate(true)))
	if err != nil {
		t.Fatal(err)
	}
	app := created.(*sdk.SamlApplication)
	if app.Name != "acme_sdk_1" || app.Settings.SignOn.Audience != "https://sp.example/sp" || app.Created == nil {
		t.Errorf("created %+v", app)
	}
	var listed []string
	apps, res, err := client.Application.ListApplications(ctx, query.NewQueryParams(query.WithLimit(2)))
	for err == nil {
		for _, a := range apps {
			listed = append(listed, a.(*sdk.Application).Id)
		}
		if !res.HasNextPage() {
			break
		}
		var next []*sdk.Application
		res, err = res.Next(ctx, &next)
		apps = nil
		for _, a := range next {
			apps = append(apps, a)
		}
	}
	if err != nil || len(listed) != 4 || listed[3] != app.Id {
		t.Errorf("listed %q, %v", listed, err)
	}
	key, _, err := client.Application.GenerateApplicationKey(ctx, app.Id, &query.Params{ValidityYears: 5})
	if err != nil {
		t.Fatal(err)
	}
	keys, _, err := client.Application.ListApplicationKeys(ctx, app.Id)
	if err != nil || len(keys) != 2 || keys[0].ExpiresAt == nil {
		t.Errorf("keys %v, %v", keys, err)
	}
	meta, err := client.Application.PreviewSAMLAppMetadata(ctx, app.Id, &query.Params{Kid: key.Kid})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(meta.Body); err != nil || !strings.Contains(string(text), "<md:EntityDescriptor") {
		t.Errorf("metadata %s, %v", text, err)
	}
	app.Credentials.Signing.Kid = key.Kid
	if _, _, err := client.Application.UpdateApplication(ctx, app.Id, app); err != nil {
		t.Error(err)
	}
	group, _, err := client.Application.CreateApplicationGroupAssignment(ctx, app.Id, s.groupID("Sales"), sdk.ApplicationGroupAssignment{})
	if err != nil || group.PriorityPtr == nil && group.Priority != 0 {
		t.Errorf("group %v, %v", group, err)
	}
	if _, _, err := client.Application.AssignUserToApplication(ctx, app.Id, sdk.AppUser{Id: s.userID("ben.okafor")}); err != nil {
		t.Error(err)
	}
	users, _, err := client.Application.ListApplicationUsers(ctx, app.Id, nil)
	if err != nil || len(users) < 2 {
		t.Errorf("users %v, %v", users, err)
	}
	me, _, err := client.User.GetUser(ctx, "me")
	if err != nil || (*me.Profile)["login"] != "ana.lima@acme.example" {
		t.Errorf("me %v, %v", me, err)
	}
	if _, _, err := client.OrgSetting.GetOrgSettings(ctx); err != nil {
		t.Error(err)
	}
	policies, _, err := client.Policy.ListPolicies(ctx, &query.Params{Type: "ACCESS_POLICY"})
	if err != nil || len(policies) == 0 {
		t.Errorf("policies %v, %v", policies, err)
	}
	_, err = client.Application.DeleteApplication(ctx, app.Id)
	var refused *sdk.Error
	if !errors.As(err, &refused) || refused.ErrorCode != "E0000056" {
		t.Errorf("deleting an active app: %v", err)
	}
}

func TestTheSDKUnderstandsThe429(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *okta.Options) { o.RateLimit = "free" })
	ctx, client := newSDK(t, s)
	var err error
	for range 11 {
		_, _, err = client.Application.ListApplications(ctx, nil)
	}
	if err == nil || !strings.Contains(err.Error(), "too many requests") {
		t.Errorf("the eleventh call: %v", err)
	}
}
