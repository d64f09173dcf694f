package okta_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/oauth2"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/okta"
)

func TestEveryClientAuthenticationIsTakenAsRegisteredOnly(t *testing.T) {
	t.Parallel()
	s := start(t)
	ways := map[string]func(*relyingParty, url.Values, http.Header){
		"client_secret_post": func(rp *relyingParty, form url.Values, _ http.Header) {
			form.Set("client_id", rp.id)
			form.Set("client_secret", rp.secret)
		},
		"client_secret_basic": func(rp *relyingParty, _ url.Values, h http.Header) {
			r := http.Request{Header: h}
			r.SetBasicAuth(url.QueryEscape(rp.id), url.QueryEscape(rp.secret))
		},
		"none": func(rp *relyingParty, form url.Values, _ http.Header) { form.Set("client_id", rp.id) },
	}
	verifier := oauth2.GenerateVerifier()
	for registered := range ways {
		rp := s.webApp(`"client_secret_post"`, `"`+registered+`","client_secret":"a secret: with 100% + odd/chars"`)
		if registered == "none" {
			rp.secret = "a-secret-that-nobody-gave"
		}
		for way, present := range ways {
			form := url.Values{
				"grant_type": {"authorization_code"}, "redirect_uri": {callback}, "code_verifier": {verifier},
				"code": {rp.code(oauth2.S256ChallengeOption(verifier))},
			}
			h := http.Header{}
			present(rp, form, h)
			headers := formHeaders
			if auth := h.Get("Authorization"); auth != "" {
				headers = []string{"Authorization", auth, "Content-Type", "application/x-www-form-urlencoded"}
			}
			r := rp.do("POST", "/oauth2/v1/token", form.Encode(), headers...)
			if way == registered {
				if r.StatusCode != 200 {
					t.Errorf("%s: %d %s", way, r.StatusCode, r.text)
				}
				continue
			}
			if r.StatusCode != 401 || r.object(t)["error"] != "invalid_client" {
				t.Errorf("%s at an app with %s: %d %s", way, registered, r.StatusCode, r.text)
			}
		}
	}
}

func TestSecretsInForceAreTaken(t *testing.T) {
	t.Parallel()
	rp := start(t).webApp()
	secrets := "/api/v1/apps/" + rp.app + "/credentials/secrets"
	second := rp.must(201, "POST", secrets, "").object(t)
	first := rp.config.ClientSecret
	exchange := func(secret string) error {
		c := rp.config
		c.ClientSecret = secret
		_, err := c.Exchange(t.Context(), rp.code())
		return err
	}
	for name, secret := range map[string]string{"first": first, "second": second["client_secret"].(string)} {
		if err := exchange(secret); err != nil {
			t.Errorf("%s secret: %v", name, err)
		}
	}
	rp.must(200, "POST", secrets+"/"+second["id"].(string)+"/lifecycle/deactivate", "")
	if err := exchange(second["client_secret"].(string)); err == nil || !strings.Contains(err.Error(), "The client secret supplied for a confidential client is invalid.") {
		t.Errorf("an inactive secret: %v", err)
	}
}

func TestCodesAreGoodOnceForOneMinuteForOneClient(t *testing.T) {
	t.Parallel()
	s := start(t)
	rp, other := s.webApp(), s.webApp()
	verifier := oauth2.GenerateVerifier()
	challenge := oauth2.S256ChallengeOption(verifier)
	elsewhere := rp.config
	elsewhere.RedirectURL = "https://sp.example/other"
	stranger := other.config
	wrong := rp.config
	wrong.ClientSecret = "not-the-secret-at-all"
	unknown := rp.config
	unknown.ClientID = "0oaNobody"
	for _, c := range []struct {
		name   string
		config oauth2.Config
		code   string
		wait   time.Duration
		more   []oauth2.AuthCodeOption
		says   string
	}{
		{"in time", rp.config, rp.code(), 59 * time.Second, nil, ""},
		{"too late", rp.config, rp.code(), time.Minute, nil, "The authorization code is invalid or has expired."},
		{"made up", rp.config, "nothing", 0, nil, "The authorization code is invalid or has expired."},
		{"another redirect URI", elsewhere, rp.code(), 0, nil, "redirect_uri"},
		{"another client", stranger, rp.code(), 0, nil, "The authorization code is invalid or has expired."},
		{"wrong secret", wrong, rp.code(), 0, nil, "The client secret supplied for a confidential client is invalid."},
		{"unknown client", unknown, rp.code(), 0, nil, "Invalid value for 'client_id' parameter."},
		{"verifier", rp.config, rp.code(challenge), 0, []oauth2.AuthCodeOption{oauth2.VerifierOption(verifier)}, ""},
		{"verifier missing", rp.config, rp.code(challenge), 0, nil, "PKCE verification failed."},
		{"wrong verifier", rp.config, rp.code(challenge), 0, []oauth2.AuthCodeOption{oauth2.VerifierOption(oauth2.GenerateVerifier())}, "PKCE verification failed."},
		{"verifier without challenge", rp.config, rp.code(), 0, []oauth2.AuthCodeOption{oauth2.VerifierOption(verifier)}, "PKCE verification failed."},
	} {
		s.clock.add(c.wait)
		_, err := c.config.Exchange(t.Context(), c.code, c.more...)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
		s.clock.add(-c.wait)
	}
}

func TestSecondUseOfACodeTakesTheTokenBack(t *testing.T) {
	t.Parallel()
	log := durable.Memory()
	s := start(t, func(o *okta.Options) { o.Log = log })
	rp := s.webApp()
	code := rp.code()
	token, err := rp.config.Exchange(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	auth := []string{"Authorization", "Bearer " + token.AccessToken}
	s.must(200, "GET", "/oauth2/v1/userinfo", "", auth...)
	if _, err := rp.config.Exchange(t.Context(), code); err == nil || !strings.Contains(err.Error(), "invalid_grant") {
		t.Errorf("second exchange: %v", err)
	}
	s.must(401, "GET", "/oauth2/v1/userinfo", "", auth...)
	again := start(t, func(o *okta.Options) { o.Log = log })
	again.must(401, "GET", "/oauth2/v1/userinfo", "", auth...)
}

func TestIntrospectionAndRevocationAreForTheClientAlone(t *testing.T) {
	t.Parallel()
	s := start(t)
	rp, other := s.webApp(), s.webApp()
	token, err := rp.config.Exchange(t.Context(), rp.code())
	if err != nil {
		t.Fatal(err)
	}
	call := func(who *relyingParty, what string) response {
		form := url.Values{"client_id": {who.id}, "client_secret": {who.secret}, "token": {token.AccessToken}}
		return s.must(200, "POST", "/oauth2/v1/"+what, form.Encode(), formHeaders...)
	}
	if m := call(rp, "introspect").object(t); m["active"] != true || m["username"] != "ana.lima@acme.example" || m["client_id"] != rp.id {
		t.Errorf("introspection: %v", m)
	}
	if m := call(other, "introspect").object(t); len(m) != 1 || m["active"] != false {
		t.Errorf("introspection by another client: %v", m)
	}
	call(other, "revoke")
	s.must(200, "GET", "/oauth2/v1/userinfo", "", "Authorization", "Bearer "+token.AccessToken)
	call(rp, "revoke")
	if m := call(rp, "introspect").object(t); m["active"] != false {
		t.Errorf("after revocation: %v", m)
	}
	s.must(401, "POST", "/oauth2/v1/revoke", url.Values{"client_id": {rp.id}, "client_secret": {"wrong"}, "token": {"x"}}.Encode(), formHeaders...)
	s.must(400, "POST", "/oauth2/v1/introspect", url.Values{"client_id": {rp.id}, "client_secret": {rp.secret}}.Encode(), formHeaders...)
}

func TestRevokedServiceTokenOpensNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := newService(t, s, sharedKeys()[0], sharedKeys()[0].Public(), "RS256", "okta.apps.read")
	token := v.token("okta.apps.read")
	auth := []string{"Authorization", "Bearer " + token}
	s.must(200, "GET", "/api/v1/apps", "", auth...)
	form := url.Values{
		"token": {token}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion": {v.assertion(func(c *jwt.Claims) { c.Audience = jwt.Audience{s.url + "/oauth2/v1/introspect"} })},
	}
	if m := s.must(200, "POST", "/oauth2/v1/introspect", form.Encode(), formHeaders...).object(t); m["active"] != true || m["uid"] != nil {
		t.Errorf("introspection: %v", m)
	}
	form.Set("client_assertion", v.assertion(func(c *jwt.Claims) { c.Audience = jwt.Audience{s.url + "/oauth2/v1/revoke"} }))
	s.must(200, "POST", "/oauth2/v1/revoke", form.Encode(), formHeaders...)
	s.must(401, "GET", "/api/v1/apps", "", auth...)
}

func TestTokenEndpointRefuses(t *testing.T) {
	t.Parallel()
	s := start(t)
	rp := s.webApp()
	base := url.Values{"grant_type": {"authorization_code"}, "redirect_uri": {callback}, "code": {"x"}}
	for name, c := range map[string]struct {
		set    url.Values
		basic  bool
		status int
		code   string
	}{
		"no credentials":   {nil, false, 401, "invalid_client"},
		"no code":          {url.Values{"client_id": {rp.id}, "client_secret": {rp.secret}, "code": {""}}, false, 400, "invalid_request"},
		"two kinds":        {url.Values{"client_id": {rp.id}, "client_secret": {rp.secret}}, true, 401, "invalid_request"},
		"broken assertion": {url.Values{"client_assertion": {"x"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}}, false, 401, "invalid_client"},
		"unknown grant":    {url.Values{"grant_type": {"password"}}, false, 400, "unsupported_grant_type"},
		"no grant":         {url.Values{"grant_type": {""}}, false, 400, "invalid_request"},
	} {
		form := url.Values{}
		for _, from := range []url.Values{base, c.set} {
			for k, v := range from {
				form[k] = v
			}
		}
		headers := formHeaders
		if c.basic {
			headers = []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(rp.id+":"+rp.secret)), "Content-Type", "application/x-www-form-urlencoded"}
		}
		r := s.must(c.status, "POST", "/oauth2/v1/token", form.Encode(), headers...)
		if m := r.object(t); m["error"] != c.code || m["error_description"] == "" {
			t.Errorf("%s: %s", name, r.text)
		}
	}
	s.must(405, "GET", "/oauth2/v1/token", "")
}

func TestClientWithAKeyProvesItself(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := newService(t, s, sharedKeys()[0], sharedKeys()[0].Public(), "RS256")
	body := strings.NewReplacer(`"client_secret_post"`, `"private_key_jwt"`, `"redirect_uris"`,
		`"jwks":`+rawJWKS(t, s, v.id)+`,"redirect_uris"`).Replace(oidcBody)
	rp := &relyingParty{sandbox: s, app: s.must(200, "POST", "/api/v1/apps", body).id(t)}
	rp.id, v.id = rp.app, rp.app
	s.must(200, "POST", "/api/v1/apps/"+rp.app+"/users", `{"id":"`+s.userID("ana.lima@acme.example")+`"}`)
	rp.config = oauth2.Config{ClientID: rp.id, RedirectURL: callback, Scopes: []string{"openid"}, Endpoint: oauth2.Endpoint{AuthURL: s.url + "/oauth2/v1/authorize"}}
	form := url.Values{
		"grant_type": {"authorization_code"}, "redirect_uri": {callback}, "code": {rp.code()},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {v.assertion(nil)},
	}
	s.must(200, "POST", "/oauth2/v1/token", form.Encode(), formHeaders...)
	form.Del("client_assertion")
	form.Del("client_assertion_type")
	form.Set("client_id", rp.id)
	s.must(401, "POST", "/oauth2/v1/token", form.Encode(), formHeaders...)
}

func TestClientWithASharedSecretSignsWithIt(t *testing.T) {
	t.Parallel()
	s := start(t)
	rp := s.webApp(`"client_secret_post"`, `"client_secret_jwt","client_secret":"a-shared-secret-of-forty-eight-characters-1234567"`)
	rp.secret = "a-shared-secret-of-forty-eight-characters-1234567"
	send := func(secret, audience string) response {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(secret)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		now := s.clock.now()
		text, err := jwt.Signed(signer).Claims(jwt.Claims{Issuer: rp.id, Subject: rp.id, Audience: jwt.Audience{audience}, ID: "once " + secret + audience,
			IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(time.Minute))}).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		return s.do("POST", "/oauth2/v1/token", url.Values{
			"grant_type": {"authorization_code"}, "redirect_uri": {callback}, "code": {rp.code()}, "client_assertion": {text},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		}.Encode(), formHeaders...)
	}
	endpoint := s.url + "/oauth2/v1/token"
	for _, c := range []struct {
		name, secret, audience string
		status                 int
	}{
		{"good", rp.secret, endpoint, 200}, {"used before", rp.secret, endpoint, 401},
		{"another secret", strings.Repeat("x", 48), endpoint, 401}, {"another audience", rp.secret, s.url, 401},
	} {
		if r := send(c.secret, c.audience); r.StatusCode != c.status {
			t.Errorf("%s: %d %s", c.name, r.StatusCode, r.text)
		}
	}
}

// rawJWKS is the key set of an app, as it was sent.
func rawJWKS(t *testing.T, s *sandbox, app string) string {
	t.Helper()
	text := s.must(200, "GET", "/api/v1/apps/"+app, "").text
	_, rest, ok := strings.Cut(text, `"jwks":`)
	end := strings.Index(rest, "]}")
	if !ok || end < 0 {
		t.Fatalf("no jwks in %s", text)
	}
	return rest[:end+2]
}
