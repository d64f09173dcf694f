package oktaapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
)

const (
	appID   = "0oaAPP00000000000001"
	appLine = "/api/v1/apps/" + appID
)

// wanted is an app as a profile states it, equal to appJSON.
func wanted() sso.App {
	return sso.App{
		Label: "Acme Sync", SignOnMode: "SAML_2_0",
		SAML: &sso.SAMLSettings{
			ACSURL: "https://sp.example/acs", Audience: "n2p", IssuerTemplate: sso.OktaIssuerTmpl,
			NameIDFormat: sso.NameIDEmail, NameIDTemplate: "${user.email}", ResponseSigned: true, AssertionSigned: true,
			SignatureAlgorithm: sso.RSASHA256, DigestAlgorithm: sso.SHA256, AuthnContextClassRef: sso.AuthnPassword, HonorForceAuthn: true,
			Attributes: []sso.AttributeStatement{{Name: "email", Format: sso.AttrUnspec, Values: []string{"user.email"}}},
		},
	}
}

func TestAnAppIsReadWithEverythingItHas(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET "+appLine, jsonAnswer(200, appJSON))
	got, err := o.client(t).App(t.Context(), appID)
	if err != nil {
		t.Fatal(err)
	}
	want := wanted()
	want.ID, want.Name, want.Status = appID, "acme_acmesync_1", sso.StatusActive
	want.UserNameTemplate, want.KID = "${source.login}", "KIDaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	want.EmbedURL = "https://acme.okta.com/home/acme_acmesync_1/0oaAPP00000000000001/aln00000000000000001"
	want.Created, want.Updated = time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC), time.Date(2026, 1, 31, 9, 30, 1, 0, time.UTC)
	want.SAML.Recipient, want.SAML.Destination = want.SAML.ACSURL, want.SAML.ACSURL
	want.SAML.Attributes = append([]sso.AttributeStatement{{Name: "department", Format: sso.AttrBasic, Values: []string{"user.department"}}}, want.SAML.Attributes...)
	want.Raw = json.RawMessage(appJSON)
	want.Others = map[string]string{"settings.signOn.spCertificate": `{"x5c":["MIIBAAAA"]}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCreateSendsEverySettingAndNoName(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("POST /api/v1/apps", jsonAnswer(200, appJSON))
	want := wanted()
	want.AdminNote = "mine & <yours>\nssowizard:1 0123456789abcdef acme acme"
	want.SAML.Attributes = append(want.SAML.Attributes, sso.AttributeStatement{Group: true, Name: "groups", FilterType: "STARTS_WITH", FilterValue: "acme"})
	got, err := o.client(t).CreateApp(t.Context(), want)
	if err != nil || got.ID != appID {
		t.Fatalf("got %q, %v", got.ID, err)
	}
	if diff := cmp.Diff([]string{"POST /api/v1/apps?activate=true"}, o.lines()); diff != "" {
		t.Error(diff)
	}
	const body = `{"credentials":{"userNameTemplate":{"template":"${source.login}","type":"BUILT_IN"}},"label":"Acme Sync","settings":{"app":{},"notes":{"admin":"mine & <yours>\nssowizard:1 0123456789abcdef acme acme","enduser":null},"signOn":{"allowMultipleAcsEndpoints":false,"assertionSigned":true,"attributeStatements":[{"name":"email","namespace":"urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified","type":"EXPRESSION","values":["user.email"]},{"filterType":"STARTS_WITH","filterValue":"acme","name":"groups","namespace":"urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified","type":"GROUP"}],"audience":"n2p","audienceOverride":"","authnContextClassRef":"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport","defaultRelayState":"","destination":"https://sp.example/acs","destinationOverride":"","digestAlgorithm":"SHA256","honorForceAuthn":true,"idpIssuer":"http://www.okta.com/${org.externalKey}","recipient":"https://sp.example/acs","recipientOverride":"","requestCompressed":false,"responseSigned":true,"signatureAlgorithm":"RSA_SHA256","slo":{"enabled":false},"ssoAcsUrl":"https://sp.example/acs","ssoAcsUrlOverride":"","subjectNameIdFormat":"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress","subjectNameIdTemplate":"${user.email}"}},"signOnMode":"SAML_2_0","visibility":{"autoSubmitToolbar":false,"hide":{"iOS":false,"web":false}}}` + "\n"
	if diff := cmp.Diff(body, o.last().body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestCreateIsNotRepeatedWhenTheAnswerIsLost(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"connection closed": hangUp,
		"answer cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "5000")
			_, _ = io.WriteString(w, appJSON[:100])
		},
		"JSON cut":        jsonAnswer(200, appJSON[:100]),
		"other object":    jsonAnswer(200, `{}`),
		"server failed":   jsonAnswer(500, `{"errorCode":"E0000009","errorSummary":"Internal Server Error"}`),
		"gateway timeout": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(504) },
	} {
		o := newOrg(t)
		o.on("POST /api/v1/apps", h)
		_, err := o.client(t).CreateApp(t.Context(), wanted())
		var lost *httpx.UnknownOutcome
		if !errors.As(err, &lost) || errors.Is(err, io.EOF) {
			t.Errorf("%s: got %v, want an unknown outcome", name, err)
		}
		if n := len(o.lines()); n != 1 {
			t.Errorf("%s: sent %d times", name, n)
		}
	}
}

func TestEOFDoesNotLoopWithABareTransport(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("POST /api/v1/apps", hangUp)
	c, err := oktaapi.New(oktaapi.Config{OrgURL: o.URL, Auth: tokenAuth(), Transport: (&httpx.Net{}).Transport()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.CreateApp(t.Context(), wanted())
	var lost *httpx.UnknownOutcome
	if !errors.As(err, &lost) || len(o.lines()) != 1 {
		t.Errorf("got %v after %d requests", err, len(o.lines()))
	}
}

func TestCreateRefusesWhatOktaCannotMake(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	for name, spoil := range map[string]func(*sso.App){
		"no label":    func(a *sso.App) { a.Label = "" },
		"no ACS URL":  func(a *sso.App) { a.SAML.ACSURL = "" },
		"no Audience": func(a *sso.App) { a.SAML.Audience = "" },
		"bookmark":    func(a *sso.App) { a.SAML, a.SignOnMode = nil, "BOOKMARK" },
		"no redirect": func(a *sso.App) { a.SAML, a.OIDC, a.SignOnMode = nil, &sso.OIDCSettings{}, "OPENID_CONNECT" },
	} {
		app := wanted()
		spoil(&app)
		if _, err := o.client(t).CreateApp(t.Context(), app); err == nil || len(o.lines()) > 0 {
			t.Errorf("%s: got %v after %d requests", name, err, len(o.lines()))
		}
	}
}

func TestUpdateKeepsEveryOtherByte(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change  func(*sso.App)
		replace []string // old and new text in appJSON, in turn
	}{
		"audience":  {func(a *sso.App) { a.SAML.Audience = "N2P & <co>" }, []string{`"audience":"n2p"`, `"audience":"N2P & <co>"`}},
		"label":     {func(a *sso.App) { a.Label = "Ünï \"x\"" }, []string{`"label":"Acme Sync"`, `"label":"Ünï \"x\""`}},
		"note":      {func(a *sso.App) { a.AdminNote = "a\nb" }, []string{`"notes":{"admin":null`, `"notes":{"admin":"a\nb"`}},
		"key":       {func(a *sso.App) { a.KID = "KIDb" }, []string{`KIDaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`, `KIDb`}},
		"hide":      {func(a *sso.App) { a.HideTile = true }, []string{`"hide":{"iOS":false,"web":false}`, `"hide":{"iOS":true,"web":true}`}},
		"relay":     {func(a *sso.App) { a.SAML.DefaultRelayState = "/in" }, []string{`"defaultRelayState":null`, `"defaultRelayState":"/in"`}},
		"signed":    {func(a *sso.App) { a.SAML.ResponseSigned = false }, []string{`"responseSigned":true`, `"responseSigned":false`}},
		"user name": {func(a *sso.App) { a.UserNameTemplate = "${source.email}" }, []string{`"${source.login}","type":"BUILT_IN"`, `"${source.email}","type":"BUILT_IN"`}},
		"own user name": {func(a *sso.App) { a.UserNameTemplate = "String.toLowerCase(user.email)" },
			[]string{`"${source.login}","type":"BUILT_IN"`, `"String.toLowerCase(user.email)","type":"CUSTOM","pushStatus":"DONT_PUSH"`}},
		"ACS URL with its followers": {func(a *sso.App) { a.SAML.ACSURL = "https://sp.example/new" },
			[]string{`"ssoAcsUrl":"https://sp.example/acs"`, `"ssoAcsUrl":"https://sp.example/new"`, `"recipient":"https://sp.example/acs"`, `"recipient":"https://sp.example/new"`,
				`"destination":"https://sp.example/acs"`, `"destination":"https://sp.example/new"`}},
		"statement": {func(a *sso.App) { a.SAML.Attributes[0].Values = []string{"user.login", "user.email"} }, []string{`["user.email"]`, `["user.login","user.email"]`}},
		"new statement": {func(a *sso.App) {
			a.SAML.Attributes = append(a.SAML.Attributes, sso.AttributeStatement{Group: true, Name: "groups", FilterType: "REGEX", FilterValue: ".*"})
		}, []string{`["user.email"]}]`, `["user.email"]},{"type":"GROUP","name":"groups","namespace":"urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified","filterType":"REGEX","filterValue":".*"}]`}},
		"statement of another kind": {func(a *sso.App) {
			a.SAML.Attributes[0] = sso.AttributeStatement{Group: true, Name: "email", FilterType: "EQUALS", FilterValue: "x"}
		}, []string{`{"type":"EXPRESSION","name":"email","namespace":"urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified","values":["user.email"]}`,
			`{"type":"GROUP","name":"email","namespace":"urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified","filterType":"EQUALS","filterValue":"x"}`}},
	} {
		o := newOrg(t)
		o.on("GET "+appLine, jsonAnswer(200, appJSON))
		o.on("PUT "+appLine, jsonAnswer(200, appJSON))
		app := wanted()
		tt.change(&app)
		if _, err := o.client(t).UpdateApp(t.Context(), appID, app); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(strings.NewReplacer(tt.replace...).Replace(appJSON), o.last().body); diff != "" {
			t.Errorf("%s: body (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff([]string{"GET " + appLine, "PUT " + appLine}, o.lines()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestUpdateWithoutADifferenceWritesNothing(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET "+appLine, jsonAnswer(200, appJSON))
	got, err := o.client(t).UpdateApp(t.Context(), appID, wanted())
	if err != nil || got.ID != appID {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"GET " + appLine}, o.lines()); diff != "" {
		t.Error(diff)
	}
}

func TestUpdateAddsMembersThatTheAppLacks(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	bare := `{ "id":"` + appID + `", "signOnMode":"SAML_2_0", "x":[1, 2] , "settings":{"signOn":{"attributeStatements":null},"notes":null} }`
	o.on("GET "+appLine, jsonAnswer(200, bare))
	o.on("PUT "+appLine, jsonAnswer(200, appJSON))
	app := wanted()
	app.AdminNote = "note"
	if _, err := o.client(t).UpdateApp(t.Context(), appID, app); err != nil {
		t.Fatal(err)
	}
	var body struct {
		X        []int
		Label    string
		Settings struct {
			Notes  struct{ Admin string }
			SignOn struct {
				SSOAcsURL           string `json:"ssoAcsUrl"`
				AttributeStatements []any
			}
		}
	}
	if err := json.Unmarshal([]byte(o.last().body), &body); err != nil {
		t.Fatalf("%v in %s", err, o.last().body)
	}
	if body.Label != "Acme Sync" || body.Settings.Notes.Admin != "note" || body.Settings.SignOn.SSOAcsURL != "https://sp.example/acs" ||
		len(body.Settings.SignOn.AttributeStatements) != 1 || len(body.X) != 2 {
		t.Errorf("got %s", o.last().body)
	}
}

func TestUpdateRefusesAnotherSignOnMode(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET "+appLine, jsonAnswer(200, `{"id":"x","signOnMode":"BOOKMARK","settings":{"app":{"url":"https://x"}}}`))
	_, err := o.client(t).UpdateApp(t.Context(), appID, wanted())
	if hint.CodeOf(err) != hint.Refused || len(o.lines()) != 1 {
		t.Errorf("got %v", err)
	}
}

func TestUpdateOfAnInactiveAppIsExplained(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET "+appLine, jsonAnswer(200, appJSON))
	o.on("PUT "+appLine, jsonAnswer(400, `{"errorCode":"E0000024","errorSummary":"Bad request. This operation on app metadata is not yet supported.","errorLink":"E0000024","errorId":"oae1","errorCauses":[{"errorSummary":"This operation on app metadata is not yet supported: No active instances."}]}`))
	app := wanted()
	app.Label = "Other"
	_, err := o.client(t).UpdateApp(t.Context(), appID, app)
	if !strings.Contains(strings.Join(hint.Hints(err), " "), "activate it") {
		t.Errorf("got %v with hints %q", err, hint.Hints(err))
	}
}

func TestAppsReadsAllPagesOfEveryKind(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET /api/v1/apps", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Link", `<`+o.URL+`/api/v1/apps?limit=200>; rel="self"`)
		switch r.URL.Query().Get("after") {
		case "":
			w.Header().Add("Link", `<https://elsewhere.example/api/v1/apps?after=0oa2&limit=200>; rel="next"`)
			jsonAnswer(200, `[{"id":"0oa1","name":"saasure","label":"Okta Admin Console","signOnMode":"OPENID_CONNECT"},{"id":"0oa2","label":7,"settings":[],"signOnMode":"SAML_2_0","credentials":"odd"}]`)(w, r)
		case "0oa2":
			w.Header().Add("Link", `<`+o.URL+`/api/v1/apps?after=0oa3>; rel="next"`)
			jsonAnswer(200, `[{"id":"0oa2","label":"again"},{"id":"0oa3","signOnMode":"BOOKMARK","unknown":{"a":1}}]`)(w, r)
		default:
			jsonAnswer(200, `[`+appJSON+`]`)(w, r)
		}
	})
	apps, err := o.client(t).Apps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, a := range apps {
		ids = append(ids, a.ID)
	}
	if diff := cmp.Diff([]string{"0oa1", "0oa2", "0oa3", appID}, ids); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"GET /api/v1/apps?limit=200", "GET /api/v1/apps?after=0oa2&limit=200", "GET /api/v1/apps?after=0oa3&limit=200"}, o.lines()); diff != "" {
		t.Error(diff)
	}
	if string(apps[3].Raw) != appJSON || string(apps[2].Raw) != `{"id":"0oa3","signOnMode":"BOOKMARK","unknown":{"a":1}}` {
		t.Error("raw JSON was changed")
	}
}

func TestPagesInCirclesAndBrokenLinksEnd(t *testing.T) {
	t.Parallel()
	for _, link := range []string{`</api/v1/apps?after=1>; rel="next"`, `<http://[::1>; rel="next"`, `<:>; rel="next"`, `</api/v1/apps>; rel=next`} {
		o := newOrg(t)
		o.on("GET /api/v1/apps", jsonAnswer(200, `[]`, "Link", link))
		if _, err := o.client(t).Apps(t.Context()); err == nil || len(o.lines()) > 3 {
			t.Errorf("%s: %v after %d requests", link, err, len(o.lines()))
		}
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	deactivate, remove := "POST "+appLine+"/lifecycle/deactivate", "DELETE "+appLine
	ok, gone := jsonAnswer(200, `{}`), jsonAnswer(404, `{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: x (AppInstance)"}`)
	noContent := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }
	active := jsonAnswer(403, `{"errorCode":"E0000056","errorSummary":"Delete application forbidden.","errorCauses":[{"errorSummary":"The application must be deactivated before deletion."}]}`)
	failed := jsonAnswer(500, `{"errorCode":"E0000009","errorSummary":"Internal Server Error"}`)
	for name, tt := range map[string]struct {
		deactivate, remove http.HandlerFunc
		want               []string
		fails              bool
	}{
		"active":                 {ok, noContent, []string{deactivate, remove}, false},
		"gone":                   {gone, nil, []string{deactivate}, false},
		"gone meanwhile":         {ok, gone, []string{deactivate, remove}, false},
		"sporadic 500":           {ok, turns(failed, noContent), []string{deactivate, remove, remove}, false},
		"answer lost":            {hangUp, noContent, []string{deactivate, remove}, false},
		"lost and not done":      {turns(hangUp, ok), turns(active, noContent), []string{deactivate, remove, deactivate, remove}, false},
		"not allowed":            {jsonAnswer(403, `{"errorCode":"E0000006"}`), nil, []string{deactivate}, true},
		"deletion answer lost":   {ok, turns(hangUp, gone), []string{deactivate, remove, remove}, false},
		"stays active for ever":  {ok, active, []string{deactivate, remove, deactivate, remove}, true},
		"server fails for ever":  {ok, failed, []string{deactivate, remove, remove, remove, remove}, true},
		"deactivation refused":   {jsonAnswer(400, `{"errorCode":"E0000001"}`), nil, []string{deactivate}, true},
		"deactivation times out": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(504) }, noContent, []string{deactivate, remove}, false},
	} {
		o := newOrg(t)
		o.on(deactivate, tt.deactivate)
		o.on(remove, tt.remove)
		err := o.client(t).DeleteApp(t.Context(), appID)
		if (err != nil) != tt.fails {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(tt.want, o.lines()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAnOIDCSecretStaysOutOfRaw(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("POST /api/v1/apps", jsonAnswer(200, `{"id":"0oaOIDC","label":"Desk","signOnMode":"OPENID_CONNECT","credentials":{"oauthClient":{"client_id":"0oaOIDC","client_secret":"canary","token_endpoint_auth_method":"client_secret_post"}},"settings":{"oauthClient":{"redirect_uris":["https://sp.example/cb"],"grant_types":["authorization_code"],"response_types":["code"],"issuer_mode":"ORG_URL"}}}`))
	want := sso.App{Label: "Desk", SignOnMode: "OPENID_CONNECT", HideTile: true, OIDC: &sso.OIDCSettings{
		RedirectURIs: []string{"https://sp.example/cb"}, GrantTypes: []string{"authorization_code"}, ResponseTypes: []string{"code"}, ClientAuthentication: "client_secret_post", IssuerMode: "ORG_URL"}}
	app, err := o.client(t).CreateApp(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(fmt.Sprintf("%s %+v", app.Raw, app), "canary") {
		t.Error("the client secret is in the app")
	}
	const body = `{"credentials":{"userNameTemplate":{"template":"${source.login}","type":"BUILT_IN"},"oauthClient":{"autoKeyRotation":true,"pkce_required":false,"token_endpoint_auth_method":"client_secret_post"}},"label":"Desk","name":"oidc_client","settings":{"notes":{"admin":null,"enduser":null},"oauthClient":{"application_type":"web","consent_method":"TRUSTED","grant_types":["authorization_code"],"issuer_mode":"ORG_URL","redirect_uris":["https://sp.example/cb"],"response_types":["code"]}},"signOnMode":"OPENID_CONNECT","visibility":{"autoSubmitToolbar":false,"hide":{"iOS":true,"web":true}}}` + "\n"
	if diff := cmp.Diff(body, o.last().body); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	app.Raw = json.RawMessage(strings.Replace(string(app.Raw), `["authorization_code"]`, `["refresh_token","authorization_code"]`, 1))
	want.OIDC.GrantTypes = []string{"authorization_code", "refresh_token"} // the order has no meaning
	want.OIDC.RedirectURIs = []string{"https://sp.example/other"}
	want.HideTile = false
	wantChanges := []sso.Change{{Field: "settings.oauthClient.redirect_uris", From: []string{"https://sp.example/cb"}, To: []string{"https://sp.example/other"}}}
	if diff := cmp.Diff(wantChanges, oktaapi.Diff(app, want)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
