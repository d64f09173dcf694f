package sp_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/net/html"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/okta"
)

const (
	cloudPortal   = "https://my.cloudtalk.io"
	cloudSettings = cloudPortal + "/account/settings/single-sign-on"
	cloudStart    = "https://authsso.cloudtalk.io/oauth2/authorize?identity_provider=Okta"
	cognitoStart  = "https://cloudtalk-prod.auth.eu-central-1.amazoncognito.com/oauth2/authorize"
	firstAnswer   = "https://authsso.cloudtalk.io/oauth2/idpresponse"
	secondAnswer  = "https://cloudtalk-prod.auth.eu-central-1.amazoncognito.com/oauth2/idpresponse"
)

var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

// cloud is CloudTalk with an identity provider that it reaches by HTTP.
type cloud struct {
	*site
	client, secret string
}

// newCloud starts CloudTalk beside an identity provider.
func newCloud(t *testing.T, idp string) *cloud {
	w := &world{t: t, clock: newClock(), log: durable.Memory(), okta: idp}
	w.start()
	return &cloud{site: w.site("cloudtalk"), client: "0oa-cloud", secret: "a-secret-of-the-client"}
}

// org is a real Okta org with an app for CloudTalk, assigned to Ana.
type org struct {
	*okta.Org
	*cloud
	app, url string
}

func newOrg(t *testing.T, redirectURIs ...string) *org {
	t.Helper()
	o := &org{}
	now := newClock()
	var err error
	o.Org, err = okta.New(okta.Options{
		Log: durable.Memory(), Now: now.now, Users: 20, Groups: 6, RateLimit: "off",
		Key: func() (*rsa.PrivateKey, error) { return signingKey(), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(o.Org)
	t.Cleanup(server.Close)
	o.url = server.URL
	o.cloud = newCloud(t, server.URL)
	o.clock = now
	o.world.start()
	o.site = o.world.site("cloudtalk")
	if redirectURIs == nil {
		redirectURIs = []string{firstAnswer, secondAnswer}
	}
	uris, _ := json.Marshal(redirectURIs)
	app := o.admin("POST", "/api/v1/apps", `{"name":"oidc_client","label":"CloudTalk","signOnMode":"OPENID_CONNECT",
		"credentials":{"oauthClient":{"token_endpoint_auth_method":"client_secret_post"}},
		"settings":{"oauthClient":{"application_type":"web","response_types":["code"],"grant_types":["authorization_code"],"redirect_uris":`+string(uris)+`}}}`)
	o.app = app["id"].(string)
	credentials := app["credentials"].(map[string]any)["oauthClient"].(map[string]any)
	o.client, o.secret = credentials["client_id"].(string), credentials["client_secret"].(string)
	o.assign(ana)
	return o
}

// admin makes a call of Okta's Management API.
func (o *org) admin(method, path, body string) map[string]any {
	o.t.Helper()
	r, err := http.NewRequest(method, o.url+path, strings.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Authorization", "SSWS "+o.APIToken())
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	var got map[string]any
	if res.StatusCode >= 300 || json.Unmarshal(raw, &got) != nil {
		o.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, raw)
	}
	return got
}

func (o *org) assign(login string) {
	o.t.Helper()
	o.admin("POST", "/api/v1/apps/"+o.app+"/users", `{"id":"`+o.admin("GET", "/api/v1/users/"+login, "")["id"].(string)+`"}`)
}

// settingsFor are good ones; the pairs change them.
func (c *cloud) good(change map[string]any) map[string]any {
	all := map[string]any{"client_id": c.client, "client_secret": c.secret, "discovery_url": c.okta + "/", "method": "GET"}
	maps.Copy(all, change)
	return all
}

// set saves settings by the API and turns SSO on.
func (c *cloud) set(change map[string]any) {
	c.t.Helper()
	body, err := json.Marshal(map[string]any{"settings": c.good(change)})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, call := range [][2]string{{"/connection", string(body)}, {"/connection/enabled", `{"enabled":true}`}} {
		if status, got := c.callAt(c.api+"/sso-settings/v1", c.token, "PUT", call[0], call[1]); status != 200 {
			c.t.Fatalf("PUT %s: %d %v", call[0], status, got)
		}
	}
}

// person is a browser that goes everywhere.
func (c *cloud) person() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return &browser{world: c.world, client: &http.Client{Jar: jar, Transport: everywhere{c.world}}}
}

type everywhere struct{ *world }

func (e everywhere) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.String(), e.okta) {
		return http.DefaultTransport.RoundTrip(r)
	}
	return e.world.RoundTrip(r)
}

// signInAtOkta fills Okta's sign-in page, which the browser is on.
func (o *org) signInAtOkta(b *browser, login string) *page {
	o.t.Helper()
	form := find(b.page.doc, func(n *html.Node) bool { return n.Data == "form" && attr(n, "id") == "form-signin" })
	if form == nil {
		o.t.Fatalf("no sign-in page of Okta, but %s (%d): %s", b.page.url, b.page.status, b.page.text)
	}
	values := formValues(form)
	values.Set("username", login)
	for p := range o.Everybody() {
		if p.Login == login {
			values.Set("password", p.Password)
		}
	}
	return b.post(o.url+attr(form, "action"), values, nil, "")
}

// idp is an identity provider that goes wrong where it is told to.
type idp struct {
	*httptest.Server
	claims   map[string]any // changes; nil takes one away
	info     map[string]any
	status   int // of user info
	issuer   string
	signWith *rsa.PrivateKey
	alg      jose.SignatureAlgorithm
	noID     bool
	noCode   bool
	now      func() time.Time
	nonce    string
	methods  []string
}

func newIdP(t *testing.T) *idp {
	p := &idp{signWith: signingKey(), alg: jose.RS256, status: 200}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	p.issuer = p.URL
	return p
}

func (p *idp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		fmt.Fprintf(w, `{"issuer":%q,"authorization_endpoint":"%[2]s/authorize","token_endpoint":"%[2]s/token","userinfo_endpoint":"%[2]s/userinfo","jwks_uri":"%[2]s/keys","id_token_signing_alg_values_supported":["RS256"]}`, p.issuer, p.URL)
	case "/authorize":
		p.nonce = r.FormValue("nonce")
		answer := url.Values{"state": {r.FormValue("state")}, "code": {"c"}}
		if p.noCode {
			answer.Del("code")
		}
		http.Redirect(w, r, r.FormValue("redirect_uri")+"?"+answer.Encode(), http.StatusFound)
	case "/token":
		if p.noID {
			fmt.Fprint(w, `{"access_token":"at","token_type":"Bearer"}`)
			return
		}
		fmt.Fprintf(w, `{"access_token":"at","token_type":"Bearer","id_token":%q}`, p.token(r.FormValue("client_id")))
	case "/keys":
		k := signingKey().PublicKey
		fmt.Fprintf(w, `{"keys":[{"kty":"RSA","alg":"RS256","use":"sig","kid":"k","n":%q,"e":%q}]}`,
			base64.RawURLEncoding.EncodeToString(k.N.Bytes()), base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.E)).Bytes()))
	case "/userinfo":
		p.methods = append(p.methods, r.Method)
		w.WriteHeader(p.status)
		_ = json.NewEncoder(w).Encode(p.info)
	default:
		http.NotFound(w, r)
	}
}

func (p *idp) token(client string) string {
	claims := map[string]any{"iss": p.issuer, "aud": client, "sub": "u1", "nonce": p.nonce,
		"iat": p.now().Unix(), "exp": p.now().Add(time.Hour).Unix()}
	for name, v := range p.claims {
		if claims[name] = v; v == nil {
			delete(claims, name)
		}
	}
	var key any = p.signWith
	if p.alg == jose.HS256 {
		key = []byte("a-secret-of-the-client-that-is-long-enough")
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: p.alg, Key: jose.JSONWebKey{Key: key, KeyID: "k"}}, nil)
	if err != nil {
		panic(err)
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		panic(err)
	}
	return text
}
