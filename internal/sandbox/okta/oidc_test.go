package okta_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const oidcBody = `{"name":"oidc_client","label":"Acme Desk","signOnMode":"OPENID_CONNECT",
	"credentials":{"oauthClient":{"token_endpoint_auth_method":"client_secret_post"}},
	"settings":{"oauthClient":{"application_type":"web","response_types":["code"],"grant_types":["authorization_code"],
	"redirect_uris":["https://sp.example/cb"]}}}`

const oidcAnswer = `{"id":"0oa*","orn":"orn:okta:idp:00o*:apps:oidc_client:0oa*","name":"oidc_client","label":"Acme Desk","status":"ACTIVE",
	"lastUpdated":"2026-01-31T09:30:00.000Z","created":"2026-01-31T09:30:00.000Z",
	"accessibility":{"selfService":false,"errorRedirectUrl":null,"loginRedirectUrl":null},
	"visibility":{"autoLaunch":false,"autoSubmitToolbar":false,"hide":{"iOS":true,"web":true},"appLinks":{"oidc_client_link":true}},
	"features":[],"signOnMode":"OPENID_CONNECT",
	"credentials":{"userNameTemplate":{"template":"${source.login}","type":"BUILT_IN"},"signing":{"kid":"KID"},
	"oauthClient":{"autoKeyRotation":true,"client_id":"0oa*","client_secret":"SECRET","token_endpoint_auth_method":"client_secret_post","pkce_required":false}},
	"universalLogout":null,
	"settings":{"app":{},"notifications":{"vpn":{"network":{"connection":"DISABLED"},"message":null,"helpUrl":null}},
	"manualProvisioning":false,"implicitAssignment":false,"emOptInStatus":"NONE","notes":{"admin":null,"enduser":null},
	"oauthClient":{"client_uri":null,"logo_uri":null,"redirect_uris":["https://sp.example/cb"],"response_types":["code"],
	"grant_types":["authorization_code"],"application_type":"web","consent_method":"TRUSTED","issuer_mode":"ORG_URL",
	"idp_initiated_login":{"mode":"DISABLED","default_scope":[]},"wildcard_redirect":"DISABLED","dpop_bound_access_tokens":false,"participate_slo":false}},
	"_links":{"uploadLogo":{"href":"{o}/api/v1/apps/0oa*/logo","hints":{"allow":["POST"]}},
	"appLinks":[{"name":"oidc_client_link","href":"{o}/home/oidc_client/0oa*/aln*","type":"text/html"}],
	` + oieOnly + `"groups":{"href":"{o}/api/v1/apps/0oa*/groups"},
	"logo":[{"name":"medium","href":"{o}/assets/img/logos/default.png","type":"image/png"}],
	"clientCredentials":[{"name":"secrets","href":"{o}/api/v1/apps/0oa*/credentials/secrets"}],
	` + oiePolicy + `"users":{"href":"{o}/api/v1/apps/0oa*/users"},"deactivate":{"href":"{o}/api/v1/apps/0oa*/lifecycle/deactivate"}}}`

func TestCreateOIDCAppShowsItsSecretOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	r := s.must(200, "POST", "/api/v1/apps", oidcBody)
	sameBytes(t, r.text, oidcAnswer)
	path := "/api/v1/apps/" + r.id(t)
	sameBytes(t, s.must(200, "GET", path, "").text, strings.Replace(oidcAnswer, `"client_secret":"SECRET",`, "", 1))
	if strings.Contains(s.must(200, "GET", "/api/v1/apps", "").text, "client_secret\"") {
		t.Error("the list shows secrets")
	}
	secret := func(r response) any {
		return r.object(t)["credentials"].(map[string]any)["oauthClient"].(map[string]any)["client_secret"]
	}
	if got := secret(s.must(200, "PUT", path, oidcBody)); got != secret(r) {
		t.Error("PUT without a secret changed it")
	}
	own := strings.Replace(oidcBody, `"token_endpoint`, `"client_secret":"a-secret-of-my-own","token_endpoint`, 1)
	if got := secret(s.must(200, "PUT", path, own)); got != "a-secret-of-my-own" {
		t.Errorf("PUT with a secret answers %v", got)
	}
	s.must(400, "PUT", path, strings.Replace(oidcBody, `"application_type":"web"`, `"application_type":"native"`, 1))
	sameBytes(t, start(t, classic).must(200, "POST", "/api/v1/apps", oidcBody).text, strings.NewReplacer(
		oieOnly, "", oiePolicy, "", `"consent_method":"TRUSTED",`, "", `,"participate_slo":false`, "").Replace(oidcAnswer))
}

func TestOIDCVariants(t *testing.T) {
	t.Parallel()
	s := start(t)
	app := s.must(200, "POST", "/api/v1/apps", `{"name":"oidc_client","label":"SPA","signOnMode":"OPENID_CONNECT",
		"credentials":{"oauthClient":{"client_id":"chosen-by-me","token_endpoint_auth_method":"none"}},
		"settings":{"oauthClient":{"application_type":"browser","response_types":["code"],"grant_types":["authorization_code","refresh_token"],
		"redirect_uris":["http://localhost/cb"],"post_logout_redirect_uris":["http://localhost/"]}},"visibility":{"hide":{"iOS":false,"web":false}}}`).object(t)
	client := app["credentials"].(map[string]any)["oauthClient"]
	want := map[string]any{"autoKeyRotation": true, "client_id": "chosen-by-me", "token_endpoint_auth_method": "none", "pkce_required": true}
	if diff := cmp.Diff(any(want), client); diff != "" {
		t.Error(diff)
	}
	settings := app["settings"].(map[string]any)["oauthClient"].(map[string]any)
	if settings["refresh_token"] == nil || settings["post_logout_redirect_uris"] == nil {
		t.Errorf("settings %v", settings)
	}
	dup := `{"name":"oidc_client","label":"x","signOnMode":"OPENID_CONNECT","credentials":{"oauthClient":{"client_id":"chosen-by-me"}},
		"settings":{"oauthClient":{"response_types":["code"],"grant_types":["authorization_code"],"redirect_uris":[%q]}}}`
	s.must(400, "POST", "/api/v1/apps", fmt.Sprintf(dup, "https://sp.example/"))
	s.must(400, "POST", "/api/v1/apps", fmt.Sprintf(strings.Replace(dup, "chosen-by-me", "another", 1), "https://sp.example/#fragment"))
	s.must(400, "POST", "/api/v1/apps", fmt.Sprintf(strings.Replace(dup, "chosen-by-me", "another", 1), "https://*.sp.example/"))
}

func TestClientSecrets(t *testing.T) {
	t.Parallel()
	s := start(t)
	app := s.must(200, "POST", "/api/v1/apps", oidcBody)
	first := app.object(t)["credentials"].(map[string]any)["oauthClient"].(map[string]any)["client_secret"].(string)
	path := "/api/v1/apps/" + app.id(t) + "/credentials/secrets"
	var list []struct {
		ID, Status, SecretHash string
		Secret                 string `json:"client_secret"`
	}
	s.must(200, "GET", path, "").into(t, &list)
	if len(list) != 1 || list[0].Secret != first {
		t.Fatalf("secrets %v, app answered %s", list, first)
	}
	if r := s.must(400, "POST", path+"/"+list[0].ID+"/lifecycle/deactivate", ""); !strings.Contains(r.text, "You can't deactivate the only active client secret.") {
		t.Error(r.text)
	}
	s.clock.add(time.Minute)
	second := s.must(201, "POST", path, "")
	sameBytes(t, strings.Replace(second.text, second.object(t)["secret_hash"].(string), "HASH", 1), `{"id":"ocs*","created":"2026-01-31T09:31:00.000Z","lastUpdated":"2026-01-31T09:31:00.000Z",
		"status":"ACTIVE","client_secret":"SECRET","secret_hash":"HASH",
		"_links":{"deactivate":{"href":"{o}/api/v1/apps/0oa*/credentials/secrets/ocs*/lifecycle/deactivate","hints":{"allow":["POST"]}}}}`)
	if r := s.must(400, "POST", path, `{"client_secret":"a-third-one-here"}`); !strings.Contains(r.text, "You've reached the maximum number of client secrets per client.") {
		t.Error(r.text)
	}
	s.must(400, "DELETE", path+"/"+list[0].ID, "")
	off := s.must(200, "POST", path+"/"+list[0].ID+"/lifecycle/deactivate", "")
	if !strings.Contains(off.text, `"INACTIVE"`) || !strings.Contains(off.text, `"delete":`) {
		t.Error(off.text)
	}
	s.must(204, "DELETE", path+"/"+list[0].ID, "")
	s.must(404, "GET", path+"/"+list[0].ID, "")
	s.must(200, "GET", path+"/"+second.id(t), "")
	s.must(404, "GET", "/api/v1/apps/"+s.samlApp("No client")+"/credentials/secrets", "")
}

func TestIDTokenSettings(t *testing.T) {
	t.Parallel()
	s := start(t)
	id := s.must(200, "POST", "/api/v1/apps", oidcBody).id(t)
	path := "/api/v1/internal/apps/" + id + "/settings/oauth/idToken"
	sameBytes(t, s.must(200, "POST", path, `{"issuerMode":"ORG_URL"}`).text,
		`{"issuer":null,"orgUrl":null,"customUrl":null,"audience":null,"issuerMode":"ORG_URL"}`)
	sameBytes(t, s.must(200, "GET", path, "").text,
		`{"issuer":"{o}","orgUrl":null,"customUrl":null,"audience":"0oa*","issuerMode":"ORG_URL"}`)
	s.must(200, "POST", path, `{"name":"groups","value":".*","valueType":"GROUPS","groupFilterType":"REGEX","issuerMode":"ORG_URL"}`)
	sameBytes(t, s.must(200, "GET", path, "").text, `{"issuer":"{o}","orgUrl":null,"customUrl":null,"audience":"0oa*","issuerMode":"ORG_URL",
		"valueType":"GROUPS","name":"groups","groupFilterType":"REGEX","value":".*"}`)
	saml := s.samlApp("SAML")
	if r := s.must(404, "GET", "/api/v1/internal/apps/"+saml+"/settings/oauth/idToken", ""); !strings.Contains(r.text, "(OAuth2AppInstance)") {
		t.Error(r.text)
	}
}

func TestBookmarkApp(t *testing.T) {
	t.Parallel()
	s := start(t)
	body := `{"name":"bookmark","label":"Tile","signOnMode":"BOOKMARK","settings":{"app":{"requestIntegration":false,"url":"https://sp.example/%d"}}}`
	r := s.must(200, "POST", "/api/v1/apps", fmt.Sprintf(body, 1))
	for _, want := range []string{
		`"signing":{}}`, `"settings":{"app":{"requestIntegration":false,"url":"https://sp.example/1"}`, `"appLinks":{"login":true}`,
		`"href":"{o}/home/bookmark/0oa*/2557"`, `/bookmark-app.png`,
	} {
		if !strings.Contains(masked(r.text), want) {
			t.Errorf("no %s in %s", want, masked(r.text))
		}
	}
	path := "/api/v1/apps/" + r.id(t)
	s.must(200, "POST", path+"/lifecycle/deactivate", "")
	put := s.must(200, "PUT", path, fmt.Sprintf(body, 2))
	if !strings.Contains(put.text, "sp.example/2") || !strings.Contains(put.text, `"status":"INACTIVE"`) {
		t.Error(put.text)
	}
}
