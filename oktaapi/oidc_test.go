package oktaapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
)

// Canaries that must be in no error and no output.
const (
	secretCanary = "canary-client-secret-0123456789"
	codeCanary   = "canary-code"
	tokenCanary  = "canary.id.token"
)

func discoveryJSON(base string) string {
	return strings.ReplaceAll(`{"issuer":"{o}","authorization_endpoint":"{o}/oauth2/v1/authorize","token_endpoint":"{o}/oauth2/v1/token",
	"userinfo_endpoint":"{o}/oauth2/v1/userinfo","jwks_uri":"{o}/oauth2/v1/keys"}`, "{o}", base)
}

func TestDiscoveryIsReadWithoutTheToken(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("GET /.well-known/openid-configuration", jsonAnswer(200, discoveryJSON(o.URL)))
	o.on("GET /oauth2/v1/keys", jsonAnswer(200, `{"keys":[{"kid":"k"}]}`))
	c := o.client(t)
	got, err := c.Discovery(t.Context())
	want := sso.AuthorizationServer{Issuer: o.URL, AuthorizeURL: o.URL + "/oauth2/v1/authorize", TokenURL: o.URL + "/oauth2/v1/token",
		UserInfoURL: o.URL + "/oauth2/v1/userinfo", KeysURL: o.URL + "/oauth2/v1/keys"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	keys, err := c.JWKS(t.Context(), got)
	if err != nil || string(keys) != `{"keys":[{"kid":"k"}]}` {
		t.Errorf("keys %s %v", keys, err)
	}
	for _, r := range o.asked {
		if r.header.Get("Authorization") != "" {
			t.Errorf("%s carried the token", r.line)
		}
	}
}

func TestDiscoveryThatLeadsElsewhereIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ change, to, says string }{
		"another issuer":         {`"issuer":"{o}"`, `"issuer":"https://login.acme.com"`, "another issuer, https://login.acme.com"},
		"a custom server":        {`"issuer":"{o}"`, `"issuer":"{o}/oauth2/default"`, "another issuer"},
		"no issuer":              {`"issuer":"{o}"`, `"x":1`, "names no issuer"},
		"token endpoint at evil": {`"token_endpoint":"{o}/oauth2/v1/token"`, `"token_endpoint":"https://evil.example/token"`, "token_endpoint"},
		"keys at evil":           {`"jwks_uri":"{o}`, `"jwks_uri":"{o}.evil.example`, "jwks_uri"},
		"user in the address":    {`"authorization_endpoint":"http://`, `"authorization_endpoint":"http://u@`, "authorization_endpoint"},
		"not JSON":               {`{"issuer"`, `<html>{"issuer"`, "does not parse"},
	} {
		o := newOrg(t)
		text := strings.Replace(discoveryJSON(o.URL), strings.ReplaceAll(c.change, "{o}", o.URL), strings.ReplaceAll(c.to, "{o}", o.URL), 1)
		o.on("GET /.well-known/openid-configuration", jsonAnswer(200, text))
		client := o.client(t)
		_, err := client.Discovery(t.Context())
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := client.IdPValues(t.Context(), sso.App{SignOnMode: "OPENID_CONNECT", OIDC: &sso.OIDCSettings{ClientID: "0oaX"}}); err == nil {
			t.Errorf("%s: values were read", name)
		}
	}
	o := newOrg(t)
	if _, err := o.client(t).JWKS(t.Context(), sso.AuthorizationServer{KeysURL: "https://evil.example/keys"}); err == nil || len(o.lines()) > 0 {
		t.Errorf("keys elsewhere: %v %v", err, o.lines())
	}
	o.on("GET /oauth2/v1/keys", jsonAnswer(200, `[]`))
	if _, err := o.client(t).JWKS(t.Context(), sso.AuthorizationServer{KeysURL: o.URL + "/oauth2/v1/keys"}); err == nil {
		t.Error("a list is no key set")
	}
}

func clientSecretJSON(id, status string) string {
	return fmt.Sprintf(`{"id":%q,"created":"2026-01-31T09:30:00.000Z","lastUpdated":"2026-01-31T09:30:00.000Z","status":%q,
	"client_secret":%q,"secret_hash":"x","_links":{}}`, id, status, secretCanary)
}

func TestClientSecretsAreListedMadeAndTakenOutOfUse(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	secrets := appLine + "/credentials/secrets"
	o.on("GET "+secrets, jsonAnswer(200, "["+clientSecretJSON("ocs1", "ACTIVE")+","+clientSecretJSON("ocs2", "INACTIVE")+"]"))
	o.on("POST "+secrets, jsonAnswer(201, clientSecretJSON("ocs3", "ACTIVE")))
	o.on("POST "+secrets+"/ocs1/lifecycle/deactivate", jsonAnswer(200, clientSecretJSON("ocs1", "INACTIVE")))
	o.on("POST "+secrets+"/ocs1/lifecycle/activate", jsonAnswer(200, clientSecretJSON("ocs1", "ACTIVE")))
	o.on("DELETE "+secrets+"/ocs1", jsonAnswer(204, ""))
	c := o.client(t)
	list, err := c.ClientSecrets(t.Context(), appID)
	if err != nil || len(list) != 2 {
		t.Fatalf("%v %v", list, err)
	}
	first := list[0]
	if first.ID != "ocs1" || first.Status != "ACTIVE" || first.Secret.Reveal() != secretCanary ||
		!first.Created.Equal(time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC)) || list[1].Status != "INACTIVE" {
		t.Errorf("list %v", list)
	}
	if shown := fmt.Sprintf("%v %+v %#v %s", list, list, list, mustJSON(t, list)); strings.Contains(shown, secretCanary) {
		t.Errorf("a secret can be printed: %s", shown)
	}
	made, err := c.CreateClientSecret(t.Context(), appID)
	if err != nil || made.ID != "ocs3" || o.last().body != "" {
		t.Errorf("%v %v %q", made, err, o.last().body)
	}
	for name, do := range map[string]func() error{
		"deactivate":         func() error { return c.DeactivateClientSecret(t.Context(), appID, "ocs1") },
		"activate":           func() error { return c.ActivateClientSecret(t.Context(), appID, "ocs1") },
		"delete":             func() error { return c.DeleteClientSecret(t.Context(), appID, "ocs1") },
		"delete what is not": func() error { return c.DeleteClientSecret(t.Context(), appID, "ocs9") },
	} {
		if err := do(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := c.DeleteClientSecret(t.Context(), appID, ""); err == nil {
		t.Error("deleting nothing would delete the list")
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestThirdClientSecretSaysWhatToDo(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("POST "+appLine+"/credentials/secrets", jsonAnswer(400, `{"errorCode":"E0000001","errorSummary":"Api validation failed: client_secret",
	"errorLink":"E0000001","errorId":"oae1","errorCauses":[{"errorSummary":"You've reached the maximum number of client secrets per client."}]}`))
	_, err := o.client(t).CreateClientSecret(t.Context(), appID)
	if err == nil || !strings.Contains(strings.Join(hint.Hints(err), " "), "two client secrets at most") {
		t.Errorf("%v %v", err, hint.Hints(err))
	}
}

func TestCreatingAClientSecretIsNotRepeatedWhenTheAnswerIsLost(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("POST "+appLine+"/credentials/secrets", hangUp)
	_, err := o.client(t).CreateClientSecret(t.Context(), appID)
	var lost *httpx.UnknownOutcome
	if !errors.As(err, &lost) || len(o.lines()) != 1 {
		t.Errorf("%v %v", err, o.lines())
	}
}

func TestCreateAppGivesTheSecretApart(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("POST /api/v1/apps", jsonAnswer(200, `{"id":"0oaX","name":"oidc_client","label":"Desk","status":"ACTIVE","signOnMode":"OPENID_CONNECT",
	"credentials":{"oauthClient":{"client_id":"0oaX","client_secret":"`+secretCanary+`","token_endpoint_auth_method":"client_secret_post"}},"settings":{"oauthClient":{}}}`))
	want := sso.App{Label: "Desk", OIDC: &sso.OIDCSettings{RedirectURIs: []string{"https://sp.example/cb"}, ClientAuthentication: "client_secret_post"}}
	app, s, err := o.client(t).CreateAppWithSecret(t.Context(), want)
	if err != nil || s.Reveal() != secretCanary || app.ID != "0oaX" {
		t.Fatalf("%v %v %v", app, s, err)
	}
	if shown := fmt.Sprintf("%+v %s %v", app, mustJSON(t, app), s); strings.Contains(shown, secretCanary) {
		t.Errorf("the secret is in the app: %s", shown)
	}
}

func exchange(o *org, change func(*sso.CodeExchange)) sso.CodeExchange {
	x := sso.CodeExchange{TokenURL: o.URL + "/oauth2/v1/token", ClientID: "0oaX", Secret: secret.New(secretCanary),
		Code: secret.New(codeCanary), RedirectURI: "https://sp.example/cb", Authentication: "client_secret_post"}
	if change != nil {
		change(&x)
	}
	return x
}

func TestCodeIsExchangedInTheWayTheAppIsRegistered(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.on("POST /oauth2/v1/token", jsonAnswer(200, `{"token_type":"Bearer","expires_in":3600,"access_token":"canary-at","scope":"openid","id_token":"`+tokenCanary+`"}`))
	c := o.client(t)
	common := url.Values{"grant_type": {"authorization_code"}, "code": {codeCanary}, "redirect_uri": {"https://sp.example/cb"}}
	for way, check := range map[string]func(form url.Values, h http.Header) bool{
		"client_secret_post": func(form url.Values, h http.Header) bool {
			ok := form.Get("client_id") == "0oaX" && form.Get("client_secret") == secretCanary && h.Get("Authorization") == ""
			form.Del("client_id")
			form.Del("client_secret")
			return ok
		},
		"client_secret_basic": func(_ url.Values, h http.Header) bool {
			id, s, ok := (&http.Request{Header: h}).BasicAuth()
			return ok && id == "0oaX" && s == secretCanary
		},
	} {
		got, err := c.ExchangeCode(t.Context(), exchange(o, func(x *sso.CodeExchange) { x.Authentication = way }))
		if err != nil || got.IDToken.Reveal() != tokenCanary || got.AccessToken.Reveal() != "canary-at" {
			t.Fatalf("%s: %v %v", way, got, err)
		}
		form, err := url.ParseQuery(o.last().body)
		if err != nil || !check(form, o.last().header) {
			t.Errorf("%s: sent %q %v", way, o.last().body, o.last().header)
		}
		if diff := cmp.Diff(common, form); diff != "" {
			t.Errorf("%s (-want +got):\n%s", way, diff)
		}
		if strings.Contains(o.last().line, "?") {
			t.Errorf("%s: something stands in the address: %s", way, o.last().line)
		}
	}
}

func TestRefusedExchangeSaysWhyAndHoldsNoSecret(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		change func(*sso.CodeExchange)
		code   string
		says   string
	}{
		"wrong secret": {jsonAnswer(401, `{"error":"invalid_client","error_description":"The client secret supplied for a confidential client is invalid."}`), nil,
			"invalid_client", "client secret supplied"},
		"unknown client": {jsonAnswer(401, `{"errorCode":"invalid_client","errorSummary":"Invalid value for 'client_id' parameter."}`), nil, "invalid_client", "client_id"},
		"spent code":     {jsonAnswer(400, `{"error":"invalid_grant","error_description":"The authorization code is invalid or has expired."}`), nil, "invalid_grant", "expired"},
		"escape":         {jsonAnswer(400, `{"error":"invalid_grant","error_description":"x\u001b[2Jy"}`), nil, "invalid_grant", "x [2Jy"},
		"a web page":     {page(200, "text/html", "<html>proxy</html>"), nil, "", "web page"},
		"no ID token":    {jsonAnswer(200, `{"access_token":"canary-at"}`), nil, "", "no ID token"},
		"elsewhere":      {nil, func(x *sso.CodeExchange) { x.TokenURL = "https://evil.example/token" }, "", "not an address"},
		"public client":  {nil, func(x *sso.CodeExchange) { x.Authentication = "none" }, "", "only client_secret_post"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/other", http.StatusTemporaryRedirect)
		}, nil, "", "redirect"},
		"lost": {hangUp, nil, "", "not known whether"},
	} {
		o := newOrg(t)
		if c.answer != nil {
			o.on("POST /oauth2/v1/token", c.answer)
		}
		_, err := o.client(t).ExchangeCode(t.Context(), exchange(o, c.change))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var e *oktaapi.Error
		if errors.As(err, &e); (e == nil && c.code != "") || (e != nil && e.Code != c.code) {
			t.Errorf("%s: %+v", name, e)
		}
		for _, canary := range []string{secretCanary, codeCanary, "canary-at", tokenCanary} {
			if strings.Contains(fmt.Sprintf("%+v %v", err, hint.Hints(err)), canary) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if len(o.lines()) > 1 || c.answer == nil && len(o.lines()) > 0 {
			t.Errorf("%s: asked %v", name, o.lines())
		}
	}
}
