package okta_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/okta"
)

const withRefresh = `"grant_types":["authorization_code","refresh_token"]`

// offlineApp is a web app whose client may keep people signed in.
func (s *sandbox) offlineApp(rotation string) *relyingParty {
	rp := s.webApp(`"grant_types":["authorization_code"]`, withRefresh+`,"refresh_token":`+rotation)
	rp.config.Scopes = append(rp.config.Scopes, "offline_access")
	return rp
}

// refresh asks for new tokens with an old one.
func (rp *relyingParty) refresh(token string, more ...string) response {
	form := url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {rp.id}, "client_secret": {rp.secret},
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return rp.visit(rp.browser(), rp.url+"/oauth2/v1/token", form)
}

func tokenOf(answer map[string]any) *oauth2.Token {
	access, _ := answer["access_token"].(string)
	return (&oauth2.Token{AccessToken: access}).WithExtra(answer)
}

func (rp *relyingParty) signedIn() *oauth2.Token {
	rp.t.Helper()
	token, err := rp.config.Exchange(rp.t.Context(), rp.code())
	if err != nil {
		rp.t.Fatal(err)
	}
	return token
}

func TestRefreshTokenKeepsAPersonSignedIn(t *testing.T) {
	t.Parallel()
	log := durable.Memory()
	s := start(t, func(o *okta.Options) { o.Log = log })
	rp := s.offlineApp(`{"rotation_type":"STATIC"}`)
	first := rp.signedIn()
	rp.clock.add(2 * time.Hour)
	again := rp.refresh(first.RefreshToken).object(t)
	if again["refresh_token"] != first.RefreshToken || again["scope"] != "openid profile email offline_access" {
		t.Errorf("answer %v", again)
	}
	claims := rp.idToken(tokenOf(again))
	if claims["iat"].(float64)-claims["auth_time"].(float64) != 7200 {
		t.Errorf("the person did not sign in again: %v", claims)
	}
	access, _ := again["access_token"].(string)
	rp.must(200, "GET", "/oauth2/v1/userinfo", "", "Authorization", "Bearer "+access)
	less := rp.refresh(first.RefreshToken, "scope", "openid").object(t)
	if less["scope"] != "openid" || less["refresh_token"] != first.RefreshToken {
		t.Errorf("fewer scopes: %v", less)
	}
	if more := rp.refresh(first.RefreshToken, "scope", "openid groups").object(t); more["error"] != "invalid_scope" {
		t.Errorf("more scopes: %v", more)
	}
	restarted := start(t, func(o *okta.Options) { o.Log = log })
	rp.sandbox = restarted
	if r := rp.refresh(first.RefreshToken); r.StatusCode != 200 {
		t.Errorf("after a restart: %d %s", r.StatusCode, r.text)
	}
}

func TestRefreshTokenNeedsScopeAndGrant(t *testing.T) {
	t.Parallel()
	s := start(t)
	for name, rp := range map[string]*relyingParty{
		"no scope": s.webApp(`"grant_types":["authorization_code"]`, withRefresh), "no grant": s.webApp(),
	} {
		if name == "no grant" {
			rp.config.Scopes = append(rp.config.Scopes, "offline_access")
		}
		if token := rp.signedIn(); token.RefreshToken != "" {
			t.Errorf("%s: %q", name, token.RefreshToken)
		}
	}
	a, b := s.offlineApp(`{"rotation_type":"STATIC"}`), s.offlineApp(`{"rotation_type":"STATIC"}`)
	theirs := a.signedIn()
	for name, r := range map[string]response{
		"another client's": b.refresh(theirs.RefreshToken), "an access token": a.refresh(theirs.AccessToken), "rubbish": a.refresh("x"),
	} {
		if r.StatusCode != 400 || r.object(t)["error"] != "invalid_grant" {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.text)
		}
	}
	s.must(401, "GET", "/api/v1/apps", "", "Authorization", "Bearer "+theirs.RefreshToken)
}

func TestRotatedRefreshTokenIsGoodOnce(t *testing.T) {
	t.Parallel()
	rp := start(t).offlineApp(`{"rotation_type":"ROTATE","leeway":10}`)
	first := rp.signedIn().RefreshToken
	second, _ := rp.refresh(first).object(t)["refresh_token"].(string)
	if second == "" || second == first {
		t.Fatalf("second token %q", second)
	}
	rp.clock.add(5 * time.Second)
	if r := rp.refresh(first); r.StatusCode != 200 {
		t.Errorf("within the leeway: %d %s", r.StatusCode, r.text)
	}
	rp.clock.add(6 * time.Second)
	for _, token := range []string{first, second} { // a copy was used, so nobody's is good
		if r := rp.refresh(token); r.StatusCode != 400 || r.object(t)["error"] != "invalid_grant" {
			t.Errorf("after it: %d %s", r.StatusCode, r.text)
		}
	}
}

func TestRevokedRefreshTokenIsGone(t *testing.T) {
	t.Parallel()
	rp := start(t).offlineApp(`{"rotation_type":"STATIC"}`)
	token := rp.signedIn().RefreshToken
	ask := func(path string) response {
		return rp.visit(rp.browser(), rp.url+path, url.Values{
			"token": {token}, "token_type_hint": {"refresh_token"}, "client_id": {rp.id}, "client_secret": {rp.secret},
		})
	}
	if got := ask("/oauth2/v1/introspect").object(t); got["active"] != true || got["client_id"] != rp.id {
		t.Errorf("introspection before: %v", got)
	}
	if r := ask("/oauth2/v1/revoke"); r.StatusCode != 200 || r.text != "" {
		t.Errorf("revocation: %d %s", r.StatusCode, r.text)
	}
	if got := ask("/oauth2/v1/introspect").text; got != `{"active":false}` {
		t.Errorf("introspection after: %s", got)
	}
	if r := rp.refresh(token); r.StatusCode != 400 {
		t.Errorf("refresh after: %d %s", r.StatusCode, r.text)
	}
}

func TestTheEndOfSessionsEndsRefreshTokensWhereThatIsAskedFor(t *testing.T) {
	t.Parallel()
	rp := start(t).offlineApp(`{"rotation_type":"STATIC"}`)
	token := rp.signedIn().RefreshToken
	sessions := "/api/v1/users/" + rp.userID("ana.lima@acme.example") + "/sessions"
	for _, step := range []struct {
		query string
		want  int
	}{{"", 200}, {"?oauthTokens=false", 200}, {"?oauthTokens=true", 400}} {
		rp.must(204, "DELETE", sessions+step.query, "")
		if r := rp.refresh(token); r.StatusCode != step.want {
			t.Errorf("refresh after %q: %d %s", step.query, r.StatusCode, r.text)
		}
	}
}

func TestAdminSeesAndRevokesRefreshTokens(t *testing.T) {
	t.Parallel()
	log := durable.Memory()
	s := start(t, func(o *okta.Options) { o.Log = log })
	rp := s.offlineApp(`{"rotation_type":"ROTATE"}`)
	path := "/api/v1/apps/" + rp.app + "/tokens"
	sameBytes(t, s.must(200, "GET", path, "").text, "[]")
	first := rp.signedIn().RefreshToken
	second, _ := rp.refresh(first).object(t)["refresh_token"].(string)
	rp.sandbox = start(t, func(o *okta.Options) { o.Log = log })
	var list []struct {
		ID, ClientID, UserID, Status string
		Scopes                       []string
	}
	rp.must(200, "GET", path, "").into(t, &list)
	ana := rp.userID("ana.lima@acme.example")
	if len(list) != 1 || list[0].ClientID != rp.id || list[0].UserID != ana || list[0].Status != "ACTIVE" || len(list[0].Scopes) != 4 {
		t.Fatalf("tokens %+v", list)
	}
	if clients := rp.must(200, "GET", "/api/v1/users/"+ana+"/clients", "").text; !strings.Contains(clients, rp.id) {
		t.Errorf("clients %s", clients)
	}
	held := "/api/v1/users/" + ana + "/clients/" + rp.id
	if tokens := rp.must(200, "GET", held+"/tokens", "").text; !strings.Contains(tokens, list[0].ID) {
		t.Errorf("tokens of the person %s", tokens)
	}
	sameBytes(t, rp.must(200, "GET", held+"/grants", "").text, "[]")
	rp.must(200, "GET", path+"/"+list[0].ID, "")
	rp.must(204, "DELETE", path+"/"+list[0].ID, "")
	rp.must(404, "GET", path+"/"+list[0].ID, "")
	if r := rp.refresh(second); r.StatusCode != 400 {
		t.Errorf("refresh after: %d %s", r.StatusCode, r.text)
	}
	rp.must(204, "DELETE", path, "")
	rp.config.Endpoint.TokenURL, rp.config.Endpoint.AuthURL = rp.url+"/oauth2/v1/token", rp.url+"/oauth2/v1/authorize"
	third := rp.signedIn().RefreshToken
	rp.must(204, "DELETE", held+"/tokens", "")
	if r := rp.refresh(third); r.StatusCode != 400 {
		t.Errorf("refresh after all were taken back: %d %s", r.StatusCode, r.text)
	}
}
