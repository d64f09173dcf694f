package okta_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const acmeSync = `{"id":"0oa*","orn":"orn:okta:idp:00o*:apps:acme_acmesync_1:0oa*","name":"acme_acmesync_1",
	"label":"Acme Sync","status":"ACTIVE","lastUpdated":"2026-01-31T09:30:00.000Z","created":"2026-01-31T09:30:00.000Z",
	"accessibility":{"selfService":false,"errorRedirectUrl":null,"loginRedirectUrl":null},
	"visibility":{"autoLaunch":false,"autoSubmitToolbar":false,"hide":{"iOS":false,"web":false},"appLinks":{"acme_acmesync_1_link":true}},
	"features":[],"signOnMode":"SAML_2_0",
	"credentials":{"userNameTemplate":{"template":"${source.login}","type":"BUILT_IN"},"signing":{"kid":"KID"}},
	"universalLogout":null,
	"settings":{"app":{},"notifications":{"vpn":{"network":{"connection":"DISABLED"},"message":null,"helpUrl":null}},
	"manualProvisioning":false,"implicitAssignment":false,"emOptInStatus":"NONE","notes":{"admin":null,"enduser":null},
	"signOn":{"defaultRelayState":null,"ssoAcsUrl":"https://sp.example/acs","idpIssuer":"http://www.okta.com/${org.externalKey}",
	"audience":"https://sp.example/sp","recipient":"https://sp.example/acs","destination":"https://sp.example/acs",
	"subjectNameIdTemplate":"${user.email}","subjectNameIdFormat":"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
	"responseSigned":true,"assertionSigned":true,"signatureAlgorithm":"RSA_SHA256","digestAlgorithm":"SHA256","honorForceAuthn":true,
	"authnContextClassRef":"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport","spIssuer":null,"requestCompressed":false,
	"attributeStatements":[],"inlineHooks":[],"assertionEncryption":{"enabled":false},"allowMultipleAcsEndpoints":false,
	"acsEndpoints":[],"samlSignedRequestEnabled":false,"slo":{"enabled":false}}},
	"_links":{"help":{"href":"{o}/app/acme_acmesync_1/0oa*/setup/help/SAML_2_0/instructions","type":"text/html"},
	"metadata":{"href":"{o}/api/v1/apps/0oa*/sso/saml/metadata","type":"application/xml"},
	"uploadLogo":{"href":"{o}/api/v1/apps/0oa*/logo","hints":{"allow":["POST"]}},
	"appLinks":[{"name":"acme_acmesync_1_link","href":"{o}/home/acme_acmesync_1/0oa*/aln*","type":"text/html"}],
	` + oieOnly + `"groups":{"href":"{o}/api/v1/apps/0oa*/groups"},
	"logo":[{"name":"medium","href":"{o}/assets/img/logos/default.png","type":"image/png"}],
	` + oiePolicy + `"users":{"href":"{o}/api/v1/apps/0oa*/users"},
	"deactivate":{"href":"{o}/api/v1/apps/0oa*/lifecycle/deactivate"}}}`

const (
	oieOnly = `"profileEnrollment":{"href":"{o}/api/v1/policies/rst*"},
	"policies":{"href":"{o}/api/v1/apps/0oa*/policies","hints":{"allow":["PUT"]}},`
	oiePolicy = `"accessPolicy":{"href":"{o}/api/v1/policies/rst*"},`
)

func TestCreateSAMLAppAnswersEveryMemberInOrder(t *testing.T) {
	t.Parallel()
	s := start(t)
	created := s.must(200, "POST", "/api/v1/apps?activate=true", samlBody("Acme Sync"))
	sameBytes(t, created.text, acmeSync)
	if got := s.must(200, "GET", "/api/v1/apps/"+created.id(t), "").text; got != created.text {
		t.Errorf("GET answers\n%s\nnot what POST answered", got)
	}
	if got := created.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type %q", got)
	}
}

func TestCreateSAMLAppOnClassicHasNoPolicyLinks(t *testing.T) {
	t.Parallel()
	s := start(t, classic)
	want := strings.NewReplacer(oieOnly, "", oiePolicy, "").Replace(acmeSync)
	sameBytes(t, s.must(200, "POST", "/api/v1/apps", samlBody("Acme Sync")).text, want)
}

func TestGeneratedNameNeverComesAgain(t *testing.T) {
	t.Parallel()
	s := start(t)
	name := func(label string) string {
		app := s.must(200, "POST", "/api/v1/apps", samlBody(label)).object(t)
		id := app["id"].(string)
		s.must(200, "POST", "/api/v1/apps/"+id+"/lifecycle/deactivate", "")
		s.must(204, "DELETE", "/api/v1/apps/"+id, "")
		return app["name"].(string)
	}
	got := []string{name("My App"), name("my-app!"), name("My App"), name("Zoë 2"), name("日本")}
	want := []string{"acme_myapp_1", "acme_myapp_2", "acme_myapp_3", "acme_zo2_1", "acme__1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSettingsAreNormalisedAsOktaDoes(t *testing.T) {
	t.Parallel()
	s := start(t)
	der := certificateOf(t, s, s.samlApp("Donor"))
	plain := base64.StdEncoding.EncodeToString(der)
	app := s.must(200, "POST", "/api/v1/apps", samlBody("Many",
		`"defaultRelayState":""`, `"defaultRelayState":"","ssoAcsUrlOverride":"","samlSignedRequestEnabled":true,"spCertificate":{"x5c":["`+plain+`"]}`,
		`"allowMultipleAcsEndpoints":false,"acsEndpoints":[]`, `"allowMultipleAcsEndpoints":true,"acsEndpoints":[{"url":"https://a.example/"},{"url":"https://b.example/","index":7}]`,
		`"attributeStatements":[]`, `"attributeStatements":[{"type":"GROUP","name":"g","filterType":"REGEX","filterValue":".*"},
			{"type":"EXPRESSION","name":"e","namespace":"urn:oasis:names:tc:SAML:2.0:attrname-format:uri","values":["user.email"]}]`,
		`"slo":{"enabled":false}`, `"slo":{"enabled":true,"issuer":"https://sp.example/sp","logoutUrl":"https://sp.example/slo"}`,
	)).object(t)
	signOn := app["settings"].(map[string]any)["signOn"].(map[string]any)
	x5c := signOn["spCertificate"].(map[string]any)["x5c"].([]any)[0].(string)
	lines := strings.Split(x5c, "\r\n")
	if len(lines[0]) != 76 || lines[len(lines)-1] != "" || strings.Join(lines, "") != plain {
		t.Errorf("spCertificate %q is not in 76 columns with CRLF", x5c)
	}
	if _, there := signOn["ssoAcsUrlOverride"]; there {
		t.Error("an override was answered on a custom app")
	}
	want := map[string]any{
		"acsEndpoints": []any{map[string]any{"url": "https://a.example/", "index": 0.0}, map[string]any{"url": "https://b.example/", "index": 7.0}},
		"attributeStatements": []any{
			map[string]any{"type": "GROUP", "name": "g", "namespace": "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified", "filterType": "REGEX", "filterValue": ".*"},
			map[string]any{"type": "EXPRESSION", "name": "e", "namespace": "urn:oasis:names:tc:SAML:2.0:attrname-format:uri", "values": []any{"user.email"}},
		},
		"slo":      map[string]any{"enabled": true, "issuer": "https://sp.example/sp", "logoutUrl": "https://sp.example/slo"},
		"spIssuer": "https://sp.example/sp",
	}
	for name, v := range want {
		if diff := cmp.Diff(v, signOn[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestUpdateReplacesAndKeepsWhatOktaKeeps(t *testing.T) {
	t.Parallel()
	s := start(t)
	cert := base64.StdEncoding.EncodeToString(certificateOf(t, s, s.samlApp("Donor")))
	created := s.must(200, "POST", "/api/v1/apps", samlBody("Before",
		`"settings":{"app":{},`, `"settings":{"app":{},"notes":{"admin":"keep me","enduser":null},`,
		`"defaultRelayState":""`, `"defaultRelayState":"there"`,
		`"slo":{"enabled":false}`, `"slo":{"enabled":true,"issuer":"i","logoutUrl":"https://sp.example/slo"},"spCertificate":{"x5c":["`+cert+`"]}`,
		`"attributeStatements":[]`, `"attributeStatements":[{"type":"EXPRESSION","name":"e","values":["user.email"]}]`)).object(t)
	id := created["id"].(string)
	s.clock.add(time.Minute)
	updated := s.must(200, "PUT", "/api/v1/apps/"+id, samlBody("After",
		`"label"`, `"id":"0oaother","name":"other","status":"INACTIVE","created":"2001-01-01T00:00:00.000Z","label"`,
		`"defaultRelayState":"",`, "", `,"slo":{"enabled":false}`, "", `,"attributeStatements":[]`, "")).object(t)
	settings := updated["settings"].(map[string]any)
	signOn := settings["signOn"].(map[string]any)
	got := map[string]any{
		"id": updated["id"], "name": updated["name"], "label": updated["label"], "status": updated["status"],
		"created": updated["created"], "lastUpdated": updated["lastUpdated"], "note": settings["notes"].(map[string]any)["admin"],
		"slo": signOn["slo"].(map[string]any)["enabled"], "relay": signOn["defaultRelayState"], "statements": signOn["attributeStatements"],
		"certificate": signOn["spCertificate"] != nil,
	}
	want := map[string]any{
		"id": id, "name": "acme_before_1", "label": "After", "status": "ACTIVE",
		"created": "2026-01-31T09:30:00.000Z", "lastUpdated": "2026-01-31T09:31:00.000Z", "note": "keep me",
		"slo": true, "relay": nil, "statements": []any{}, "certificate": true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefusedApps(t *testing.T) {
	t.Parallel()
	s := start(t)
	statement := `{"type":"GROUP","name":"x","filterType":"REGEX","filterValue":"."}`
	for _, tt := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"no JSON", `{"label":`, 400, `E0000003`},
		{"empty", ``, 400, `E0000003`},
		{"wrong type", samlBody("x", `"responseSigned":true`, `"responseSigned":"perhaps"`), 400, `E0000003`},
		{"unknown mode", samlBody("x", `"SAML_2_0"`, `"SAML_9"`), 400, `E0000003`},
		{"unknown algorithm", samlBody("x", `"RSA_SHA256"`, `"RSA_MD5"`), 400, `E0000003`},
		{"unknown statement", samlBody("x", `"attributeStatements":[]`, `"attributeStatements":[{"type":"WHAT","name":"a"}]`), 400, `E0000003`},
		{"no label", samlBody(""), 400, `"Api validation failed: label"`},
		{"long label", samlBody(strings.Repeat("x", 101)), 400, `"Api validation failed: label"`},
		{"no visibility", samlBody("x", `"visibility":{"autoSubmitToolbar":false,"hide":{"iOS":false,"web":false}},`, ""), 400, `Missing visibility`},
		{"name", samlBody("x", `"label"`, `"name":"acme_x_1","label"`), 400, `"Api validation failed: mediated","errorLink":"E0000001","errorId":"oae*","errorCauses":[{"errorSummary":"Cannot create an existing App Wizard App"}]`},
		{"no settings", `{"label":"x","signOnMode":"SAML_2_0","visibility":{}}`, 400, `"Api validation failed: mediated"`},
		{"no audience", samlBody("x", `"audience":"https://sp.example/sp",`, ""), 400, `settings.signOn.audience: The field cannot be left blank`},
		{"relative ACS URL", samlBody("x", `"ssoAcsUrl":"https://sp.example/acs"`, `"ssoAcsUrl":"/acs"`), 400, `settings.signOn.ssoAcsUrl: `},
		{"nothing signed", samlBody("x", `"responseSigned":true,"assertionSigned":true`, `"responseSigned":false,"assertionSigned":false`), 400, `settings.signOn.responseSigned: `},
		{"signed requests without certificate", samlBody("x", `"slo"`, `"samlSignedRequestEnabled":true,"slo"`), 400, `settings.signOn.spCertificate: `},
		{"note", samlBody("x", `"app":{}`, `"app":{},"notes":{"admin":"`+strings.Repeat("é", 251)+`"}`), 400, `settings.notes.admin: `},
		{"twice one attribute", samlBody("x", `"attributeStatements":[]`, `"attributeStatements":[{"type":"EXPRESSION","name":"x","values":["a"]},`+statement+`]`), 403,
			`{"errorCode":"E0000039","errorSummary":"Operation on application settings failed.","errorLink":"E0000039","errorId":"oae*","errorCauses":[{"errorSummary":"customSamlGroupAttributes[0].name: Invalid SAML attribute name 'x': duplicate name"}]}`},
		{"catalogue app", `{"name":"nosuchapp","label":"x","signOnMode":"AUTO_LOGIN"}`, 404, `nosuchapp (App)`},
		{"OIDC without redirect", `{"name":"oidc_client","label":"x","signOnMode":"OPENID_CONNECT","settings":{"oauthClient":{"grant_types":["authorization_code"],"response_types":["code"]}}}`, 400, `redirect_uris: `},
		{"bookmark without URL", `{"name":"bookmark","label":"x","signOnMode":"BOOKMARK","settings":{"app":{}}}`, 400, `url: `},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := s.do("POST", "/api/v1/apps", tt.body)
			if r.StatusCode != tt.status || !strings.Contains(masked(r.text), tt.want) {
				t.Errorf("%d %s\nwant %d with %s", r.StatusCode, masked(r.text), tt.status, tt.want)
			}
		})
	}
	if got := s.must(200, "GET", "/api/v1/apps?q=x", "").text; got != "[]" {
		t.Errorf("a refused body left %s", got)
	}
	s.must(200, "POST", "/api/v1/apps", samlBody("x", `"app":{}`, `"app":{},"notes":{"admin":"`+strings.Repeat("é", 250)+`"}`))
}

func TestLifecycleAndDelete(t *testing.T) {
	t.Parallel()
	s := start(t)
	path := "/api/v1/apps/" + s.samlApp("Life")
	sameBytes(t, s.must(403, "DELETE", path, "").text, `{"errorCode":"E0000056","errorSummary":"Delete application forbidden.",
		"errorLink":"E0000056","errorId":"oae*","errorCauses":[{"errorSummary":"The application must be deactivated before deletion."}]}`)
	for range 2 {
		sameBytes(t, s.must(200, "POST", path+"/lifecycle/deactivate", "").text, `{}`)
	}
	app := s.must(200, "GET", path, "").object(t)
	links := app["_links"].(map[string]any)
	if app["status"] != "INACTIVE" || links["activate"] == nil || links["deactivate"] != nil {
		t.Errorf("inactive app has status %v, links %v", app["status"], links)
	}
	sameBytes(t, s.must(400, "PUT", path, samlBody("Life")).text, `{"errorCode":"E0000024",
		"errorSummary":"Bad request. This operation on app metadata is not yet supported.","errorLink":"E0000024","errorId":"oae*",
		"errorCauses":[{"errorSummary":"This operation on app metadata is not yet supported: No active instances."}]}`)
	for range 2 {
		s.must(200, "POST", path+"/lifecycle/activate", "")
	}
	s.must(200, "POST", path+"/lifecycle/deactivate", "")
	s.must(204, "DELETE", path, "")
	sameBytes(t, s.must(404, "DELETE", path, "").text,
		`{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: 0oa* (AppInstance)","errorLink":"E0000007","errorId":"oae*","errorCauses":[]}`)
}

func TestAppListPagesByIDWithItsOwnLinks(t *testing.T) {
	t.Parallel()
	s := start(t)
	for i := range 5 {
		s.samlApp(fmt.Sprintf("Listed %d", i))
	}
	var ids []string
	var names []string
	next := s.url + "/api/v1/apps?useOptimization=true&limit=3"
	for next != "" {
		r := s.must(200, "GET", next, "")
		var page []struct{ ID, Name string }
		r.into(t, &page)
		for _, a := range page {
			ids, names = append(ids, a.ID), append(names, a.Name)
		}
		links := r.Header.Values("Link")
		if !strings.Contains(links[0], `/api/v1/apps?`) || !strings.HasSuffix(links[0], `limit=3>; rel="self"`) {
			t.Errorf("self link %q", links[0])
		}
		next = ""
		if len(links) == 2 {
			next = strings.TrimSuffix(strings.TrimPrefix(links[1], "<"), `>; rel="next"`)
			if want := s.url + "/api/v1/apps?after=" + ids[len(ids)-1] + "&limit=3"; next != want {
				t.Errorf("next is %q, want %q", next, want)
			}
		}
	}
	if len(ids) != 8 || !isSorted(ids) {
		t.Errorf("pages hold %d apps, sorted %v", len(ids), isSorted(ids))
	}
	if diff := cmp.Diff([]string{"saasure", "okta_enduser", "okta_browser_plugin"}, names[:3]); diff != "" {
		t.Errorf("the list does not begin with Okta's own apps:\n%s", diff)
	}
	r := s.must(200, "GET", `/api/v1/apps?filter=status+eq+"ACTIVE"&limit=1&q=Listed+3`, "")
	want := s.url + `/api/v1/apps?limit=1&q=Listed+3&filter=status+eq+%22ACTIVE%22>; rel="self"`
	if got := r.Header.Values("Link"); len(got) != 1 || got[0] != "<"+want {
		t.Errorf("links %q, want %q", got, want)
	}
	s.must(400, "GET", "/api/v1/apps?after=00u1testcursorvalue&limit=1", "")
	if got := s.must(200, "GET", "/api/v1/apps", "").Header.Get("Link"); !strings.HasSuffix(got, `/api/v1/apps?limit=20>; rel="self"`) {
		t.Errorf("standard limit is not in %q", got)
	}
}

func isSorted(list []string) bool {
	for i := 1; i < len(list); i++ {
		if list[i] <= list[i-1] {
			return false
		}
	}
	return true
}

func TestPolicyAndFeatures(t *testing.T) {
	t.Parallel()
	s := start(t)
	id := s.samlApp("Policed")
	before := s.must(200, "GET", "/api/v1/apps/"+id, "").text
	var list []struct {
		ID, Name string
		System   bool
	}
	r := s.must(200, "GET", "/api/v1/policies?type=ACCESS_POLICY", "")
	r.into(t, &list)
	if got := r.Header.Values("Link"); len(got) != 1 || !strings.HasSuffix(got[0], `/policies?type=ACCESS_POLICY>; rel="self"`) {
		t.Errorf("links %q", got)
	}
	s.clock.add(time.Hour)
	systems := 0
	for _, p := range list {
		switch {
		case p.System:
			systems++
			if r := s.must(204, "PUT", "/api/v1/apps/"+id+"/policies/"+p.ID, ""); r.text != "" {
				t.Errorf("204 with %q", r.text)
			}
		case p.Name == "Okta Admin Console":
			sameBytes(t, s.must(400, "PUT", "/api/v1/apps/"+id+"/policies/"+p.ID, "").text,
				`{"errorCode":"E0000001","errorSummary":"Api validation failed: Policy","errorLink":"E0000001","errorId":"oae*","errorCauses":[{"errorSummary":"This policy belongs to \"Okta Admin Console\", and re-assignment of this policy is not allowed"}]}`)
		}
	}
	if systems != 1 {
		t.Errorf("%d system policies", systems)
	}
	if after := s.must(200, "GET", "/api/v1/apps/"+id, "").text; after != before {
		t.Error("setting the policy that an app has changed the app")
	}
	sameBytes(t, s.must(400, "GET", "/api/v1/apps/"+id+"/features", "").text,
		`{"errorCode":"E0000001","errorSummary":"Api validation failed: feature","errorLink":"E0000001","errorId":"oae*","errorCauses":[{"errorSummary":"Provisioning is not supported."}]}`)
}

func TestOktasOwnAppsCannotBeChanged(t *testing.T) {
	t.Parallel()
	s := start(t)
	var list []struct{ ID string }
	s.must(200, "GET", "/api/v1/apps?limit=1", "").into(t, &list)
	path := "/api/v1/apps/" + list[0].ID
	s.must(403, "POST", path+"/lifecycle/deactivate", "")
	s.must(403, "DELETE", path, "")
	s.must(403, "PUT", path, `{"label":"mine","signOnMode":"OPENID_CONNECT"}`)
}
