package okta_test

import (
	"strings"
	"testing"
)

func TestAppsOfTheCatalogueHaveTheirIntegrationsForm(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, tt := range []struct{ name, body, want string }{
		{
			"plugin template", `{"name":"template_swa","label":"Old portal","signOnMode":"BROWSER_PLUGIN",
			"credentials":{"scheme":"SHARED_USERNAME_AND_PASSWORD","userName":"front-desk","password":{"value":"s3cret-of-all"},
			"userNameTemplate":{"template":"user.firstName","type":"CUSTOM","suffix":"!"}},
			"settings":{"app":{"url":"https://old.example/","buttonField":"b","usernameField":"u","passwordField":"p","loginUrlRegex":""}}}`,
			`"signOnMode":"BROWSER_PLUGIN","credentials":{"scheme":"SHARED_USERNAME_AND_PASSWORD","userNameTemplate":{"template":"user.firstName","type":"CUSTOM","suffix":"!","pushStatus":"DONT_PUSH"},
			"userName":"front-desk","password":{},"revealPassword":false,"signing":{}},"universalLogout":null,"settings":{"app":{"loginUrlRegex":null,"usernameField":"u","redirectUrl":null,"buttonField":"b","checkbox":null,"passwordField":"p","url":"https://old.example/"}`,
		},
		{
			"an automatic login is the plugin's", `{"name":"pagerduty","label":"Pager","signOnMode":"AUTO_LOGIN","settings":{"app":{"baseUrl":"https://pager.example/","subdomain":"acme"}}}`,
			`"name":"pagerduty"|"signOnMode":"BROWSER_PLUGIN","credentials":{"scheme":"EDIT_USERNAME_AND_PASSWORD","userNameTemplate":{"template":"${source.login}","type":"BUILT_IN"},"revealPassword":false,"signing":{}}|"app":{"adminUserId":null,"baseUrl":"https://pager.example/","subdomain":"acme"}|/3107","type":"text/html"`,
		},
		{
			"SAML with overrides", `{"name":"amazon_aws","label":"AWS","signOnMode":"SAML_2_0","settings":{"app":{"sessionDuration":3600,"joinAllRoles":false},"signOn":{"ssoAcsUrlOverride":"https://aws.example/acs","audienceOverride":""}}}`,
			`"sessionDuration":3600|"joinAllRoles":false|"secretKey":null|"universalLogout":{"status":"UNSUPPORTED"}|"signOn":{"defaultRelayState":null,"ssoAcsUrlOverride":"https://aws.example/acs","audienceOverride":null,"recipientOverride":null,"destinationOverride":null,"attributeStatements":[]}|/setup/help/SAML_2_0/external-doc"|"metadata":{`,
		},
		{
			"SAML 1.1", `{"name":"sharepoint_onpremise","label":"Share","signOnMode":"SAML_1_1","settings":{"app":{"siteURL":"https://share.example/"}}}`,
			`"signOn":{"defaultRelayState":null,"ssoAcsUrlOverride":null,"audienceOverride":null,"recipientOverride":null}}|/setup/help/SAML_1_1/instructions"`,
		},
		{
			"OIDC of the catalogue", `{"name":"Deel","label":"Deel","signOnMode":"OPENID_CONNECT","settings":{"oauthClient":{"grant_types":["authorization_code"]}}}`,
			`"name":"deel"|"appLinks":{"deel_link":true}|"credentials":{"userNameTemplate":{"template":"${source.login}","type":"BUILT_IN"},"signing":{"kid":"KID"}}|"settings":{"app":{},|"clientCredentials":[`,
		},
		{
			"tiles of one app", `{"name":"google","label":"Google","signOnMode":"SAML_2_0","visibility":{"appLinks":{"mail":false,"made-up":true}},"settings":{"app":{"domain":"corp.example"},"signOn":{}}}`,
			`"licensing":{"seatCount":0},"visibility":{|"appLinks":{"calendar":true,"mail":false,"keep":true,"sites":true,"accounts":true,"drive":true}`,
		},
		{
			"basic authentication", `{"name":"template_basic_auth","label":"Basic","signOnMode":"BASIC_AUTH","settings":{"app":{"url":"https://b.example/","authURL":"https://b.example/auth"}}}`,
			`"signOnMode":"BASIC_AUTH","credentials":{"scheme":"EDIT_USERNAME_AND_PASSWORD"|"authURL":"https://b.example/auth"`,
		},
		{
			"password store", `{"name":"template_sps","label":"Store","signOnMode":"SECURE_PASSWORD_STORE","settings":{"app":{"url":"https://s.example/"}}}`,
			`"signOnMode":"SECURE_PASSWORD_STORE"|"optionalField1":null`,
		},
		{
			"WS-Federation", `{"name":"template_wsfed","label":"Fed","signOnMode":"WS_FEDERATION","settings":{"app":{"realm":"urn:x"}}}`,
			`"signOnMode":"WS_FEDERATION"|"realm":"urn:x"|"signing":{"kid":"KID"}`,
		},
		{
			"made for the plugin", `{"label":"Own Portal","signOnMode":"AUTO_LOGIN","visibility":{},"settings":{"signOn":{"loginUrl":"https://own.example/login"}}}`,
			`"name":"acme_ownportal_1"|"signOnMode":"AUTO_LOGIN"|"signOn":{"redirectUrl":null,"loginUrl":"https://own.example/login"}|"scheme":"EDIT_USERNAME_AND_PASSWORD"`,
		},
	} {
		made := s.must(200, "POST", "/api/v1/apps", tt.body)
		var flat strings.Builder
		for line := range strings.SplitSeq(tt.want, "\n") {
			flat.WriteString(strings.TrimLeft(line, "\t"))
		}
		for want := range strings.SplitSeq(flat.String(), "|") {
			if !strings.Contains(masked(made.text), want) {
				t.Errorf("%s: no %s in\n%s", tt.name, want, masked(made.text))
			}
		}
		path := "/api/v1/apps/" + made.id(t)
		if got := s.must(200, "GET", path, "").text; got != made.text {
			t.Errorf("%s: GET answers %s", tt.name, got)
		}
		// What Okta answers can be put back.
		if again := s.must(200, "PUT", path, made.text).text; again != made.text {
			t.Errorf("%s: PUT of the answer changes it:\n%s\n%s", tt.name, made.text, again)
		}
	}
}

func TestAppsOfTheCatalogueShareTheOrgsKey(t *testing.T) {
	t.Parallel()
	s := start(t)
	type key struct{ Kid string }
	kids := func(body string) (id, active string, list []string) {
		made := s.must(200, "POST", "/api/v1/apps", body)
		id = made.id(t)
		var a struct {
			Credentials struct{ Signing key }
		}
		made.into(t, &a)
		var keys []key
		s.must(200, "GET", "/api/v1/apps/"+id+"/credentials/keys", "").into(t, &keys)
		for _, k := range keys {
			list = append(list, k.Kid)
		}
		return id, a.Credentials.Signing.Kid, list
	}
	const saml11 = `{"name":"sharepoint_onpremise","label":"S","signOnMode":"SAML_1_1","settings":{"app":{}}}`
	id, orgKey, list := kids(saml11)
	if len(list) != 1 || list[0] != orgKey {
		t.Errorf("SAML 1.1 has the keys %v, signs with %s", list, orgKey)
	}
	xml := s.must(200, "GET", "/api/v1/apps/"+id+"/sso/saml/metadata?kid="+orgKey, "", "Accept", "application/xml").text
	if !strings.Contains(xml, `entityID="exk`) || !strings.Contains(xml, "1.1:nameid-format:unspecified</md:NameIDFormat><md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress<") {
		t.Errorf("metadata of SAML 1.1: %s", xml)
	}
	_, own, list := kids(`{"name":"pagerduty","label":"P","signOnMode":"SAML_2_0","settings":{"app":{},"signOn":{}}}`)
	if len(list) != 2 || own == orgKey || !strings.Contains(strings.Join(list, " "), own) || !strings.Contains(strings.Join(list, " "), orgKey) {
		t.Errorf("SAML 2.0 has the keys %v, signs with %s; the org's is %s", list, own, orgKey)
	}
	id, own, _ = kids(`{"name":"google","label":"G","signOnMode":"SAML_2_0","settings":{"app":{"domain":"corp.example"},"signOn":{}}}`)
	xml = s.must(200, "GET", "/api/v1/apps/"+id+"/sso/saml/metadata?kid="+own, "", "Accept", "application/xml").text
	if !strings.Contains(xml, `entityID="google.com/a/corp.example"`) {
		t.Errorf("metadata: %s", xml)
	}
}

func TestRefusedAppsOfTheCatalogue(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, tt := range []struct{ body, want string }{
		{`{"name":"bookmark","label":"x","signOnMode":"BROWSER_PLUGIN","settings":{"app":{"url":"https://x.example/"}}}`, "Invalid signOnMode"},
		{`{"name":"office365","label":"x","signOnMode":"SAML_1_1","settings":{"app":{"wsFedConfigureType":"AUTO","requireAdminConsent":false}}}`,
			`"Api validation failed: settings","errorLink":"E0000001","errorId":"oae*","errorCauses":[{"errorSummary":"In order to continue using WS-FED Auto for SSO, you must grant admin consent."}]`},
		{`{"name":"template_swa","label":"x","signOnMode":"BROWSER_PLUGIN","credentials":{"scheme":"SHARED_USERNAME_AND_PASSWORD"},"settings":{"app":{}}}`, "userName: The field cannot be left blank"},
		{`{"name":"template_swa","label":"x","signOnMode":"BROWSER_PLUGIN","credentials":{"scheme":"WHATEVER"},"settings":{"app":{}}}`, "E0000003"},
		{`{"label":"x","signOnMode":"AUTO_LOGIN","visibility":{},"settings":{"signOn":{}}}`, "loginUrl"},
		{`{"label":"x","signOnMode":"BROWSER_PLUGIN","visibility":{}}`, "Invalid signOnMode"},
	} {
		if r := s.must(400, "POST", "/api/v1/apps", tt.body); !strings.Contains(masked(r.text), tt.want) {
			t.Errorf("%s\nanswers %s\nwant %s", tt.body, masked(r.text), tt.want)
		}
	}
	if list := s.must(200, "GET", "/api/v1/apps?q=x", "").text; list != "[]" {
		t.Errorf("a refused body left %s", list)
	}
}

func TestOnlyAppsThatSomebodyMadeCannotBeChangedWhileInactive(t *testing.T) {
	t.Parallel()
	s := start(t)
	for body, status := range map[string]int{
		`{"label":"Own","signOnMode":"AUTO_LOGIN","visibility":{},"settings":{"signOn":{"loginUrl":"https://own.example/"}}}`:    400,
		`{"name":"pagerduty","label":"Pager","signOnMode":"AUTO_LOGIN","settings":{"app":{"baseUrl":"https://pager.example/"}}}`: 200,
	} {
		id := s.must(200, "POST", "/api/v1/apps", body).id(t)
		s.must(200, "POST", "/api/v1/apps/"+id+"/lifecycle/deactivate", "")
		r := s.must(status, "PUT", "/api/v1/apps/"+id, body)
		if status == 400 && !strings.Contains(r.text, "E0000024") {
			t.Errorf("%s", r.text)
		}
	}
}

func TestProvisioningIsForIntegrationsThatHaveIt(t *testing.T) {
	t.Parallel()
	s := start(t)
	custom := s.samlApp("Plain")
	r := s.must(400, "GET", "/api/v1/apps/"+custom+"/features", "")
	sameBytes(t, r.text, `{"errorCode":"E0000001","errorSummary":"Api validation failed: feature","errorLink":"E0000001","errorId":"oae*","errorCauses":[{"errorSummary":"Provisioning is not supported."}]}`)
	app := s.must(200, "POST", "/api/v1/apps", `{"name":"okta_org2org","label":"Hub","signOnMode":"SAML_2_0","settings":{"app":{"baseUrl":"https://hub.example"},"signOn":{}}}`).id(t)
	path := "/api/v1/apps/" + app + "/features"
	if got := s.must(200, "GET", path, "").text; !strings.HasPrefix(got, `[{"name":"USER_PROVISIONING","status":"DISABLED"`) {
		t.Errorf("%s", got)
	}
	put := s.must(200, "PUT", path+"/USER_PROVISIONING", `{"create":{"lifecycleCreate":{"status":"ENABLED"}},"update":{"lifecycleDeactivate":{"status":"ENABLED"},
		"password":{"status":"ENABLED","seed":"RANDOM","change":"KEEP_EXISTING"}}}`)
	sameBytes(t, put.text, `{"name":"USER_PROVISIONING","status":"ENABLED","description":"User provisioning settings from Okta to a downstream application",
		"capabilities":{"create":{"lifecycleCreate":{"status":"ENABLED"}},"update":{"profile":{"status":"DISABLED"},"lifecycleDeactivate":{"status":"ENABLED"},
		"password":{"status":"ENABLED","seed":"RANDOM","change":"KEEP_EXISTING"}}},
		"_links":{"self":{"href":"{o}/api/v1/apps/0oa*/features/USER_PROVISIONING","hints":{"allow":["GET","PUT"]}}}}`)
	if got := s.must(200, "GET", path+"/USER_PROVISIONING", "").text; got != put.text {
		t.Errorf("%s", got)
	}
	s.must(404, "GET", path+"/FLYING", "")
	s.must(400, "PUT", path+"/USER_PROVISIONING", `{"create":{"lifecycleCreate":{"status":"PERHAPS"}}}`)
}
