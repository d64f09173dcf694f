package signin_test

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/ssowizard/internal/oidccheck"
	sandbox "example.com/ssowizard/internal/sandbox/okta"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
)

// proof is everything that proving an OIDC app by Okta's answer takes.
type proof struct {
	t      *testing.T
	api    *oktaapi.Client
	person *signin.Client
	config signin.Config // of person
	app    sso.App
	secret secret.String
	server sso.AuthorizationServer
	ticks  atomic.Int64

	verifier secret.String // of PKCE
}

// now moves on whenever somebody looks, so that nobody has to wait for Okta's
// four sign-ins a second.
func (p *proof) now() time.Time {
	return start.Add(time.Duration(p.ticks.Add(1)) * 50 * time.Millisecond)
}

func newProof(t *testing.T, redirectURI string) *proof {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &proof{t: t}
	org, err := sandbox.New(sandbox.Options{Now: p.now, Users: 20, Groups: 6, RateLimit: "off", Key: func() (*rsa.PrivateKey, error) { return key, nil }})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(org)
	t.Cleanup(server.Close)
	p.api, err = oktaapi.New(oktaapi.Config{OrgURL: server.URL, Auth: oktaapi.Auth{Token: secret.New(org.APIToken())}, Transport: http.DefaultTransport})
	if err != nil {
		t.Fatal(err)
	}
	ana := org.People()[0]
	p.config = signin.Config{Transport: http.DefaultTransport, OktaURL: server.URL, Login: ana.Login,
		Password: secret.New(ana.Password), Now: p.now, UserAgent: "ssowizard/test"}
	p.person, err = signin.New(p.config)
	if err != nil {
		t.Fatal(err)
	}
	p.app, p.secret, err = p.api.CreateAppWithSecret(t.Context(), sso.App{Label: "CloudTalk", OIDC: &sso.OIDCSettings{
		RedirectURIs: []string{redirectURI}, ClientAuthentication: "client_secret_post"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.api.Assign(t.Context(), p.app.ID, sso.Assignment{Kind: sso.ToUser, ID: ana.ID}); err != nil {
		t.Fatal(err)
	}
	if p.server, err = p.api.Discovery(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *proof) flow(redirectURI string) sso.CodeFlow {
	p.t.Helper()
	address := p.server.CodeURL(sso.CodeQuery{ClientID: p.app.OIDC.ClientID, RedirectURI: redirectURI, State: stateText, Nonce: "n1", Verifier: p.verifier})
	f, err := p.person.CodeFlow(p.t.Context(), sso.CodeFlowRequest{AuthorizeURL: address, RedirectURI: redirectURI, State: stateText})
	if err != nil {
		p.t.Fatal(err)
	}
	return f
}

func (p *proof) exchange(f sso.CodeFlow, s secret.String) (sso.Tokens, error) {
	return p.api.ExchangeCode(p.t.Context(), sso.CodeExchange{TokenURL: p.server.TokenURL, ClientID: p.app.OIDC.ClientID,
		Secret: s, Code: f.Code, RedirectURI: callback, Authentication: p.app.OIDC.ClientAuthentication, Verifier: p.verifier})
}

func TestOIDCAppIsProvedByOktasAnswer(t *testing.T) {
	t.Parallel()
	p := newProof(t, callback)
	f := p.flow(callback)
	if f.Seen.Outcome != sso.OutcomeAnswered {
		t.Fatalf("%+v", f)
	}
	tokens, err := p.exchange(f, p.secret)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := p.api.JWKS(t.Context(), p.server)
	if err != nil {
		t.Fatal(err)
	}
	findings := oidccheck.Verify(tokens.IDToken.Reveal(), oidccheck.Expect{
		Issuer: p.server.Issuer, ClientID: p.app.OIDC.ClientID, Nonce: "n1", Keys: keys, Email: login,
		AccessToken: tokens.AccessToken.Reveal(), Now: p.now(), Skew: time.Minute, Flow: sso.FlowSPInitiated})
	for _, finding := range findings {
		if !finding.OK {
			t.Errorf("%+v", finding)
		}
	}
	if _, err := p.exchange(f, p.secret); err == nil || !strings.Contains(err.Error(), "invalid_grant") {
		t.Errorf("the code a second time: %v", err)
	}
}

func TestOIDCAppThatIsWrongIsNotProved(t *testing.T) {
	t.Parallel()
	p := newProof(t, callback)
	if f := p.flow("https://sp.example/other"); f.Seen.Outcome != sso.OutcomeIdPError || !strings.Contains(f.Seen.Detail, "must be a Login redirect URI") || f.Seen.Status != 400 {
		t.Errorf("unregistered redirect URI: %+v", f)
	}
	if _, err := p.exchange(p.flow(callback), secret.New("another-secret-altogether")); err == nil || !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("wrong secret: %v", err)
	}
	fresh, err := p.api.CreateClientSecret(t.Context(), p.app.ID)
	if err != nil {
		t.Fatal(err)
	}
	old, err := p.api.ClientSecrets(t.Context(), p.app.ID)
	if err != nil || len(old) != 2 || old[0].Secret.Reveal() != p.secret.Reveal() {
		t.Fatalf("%v %v", old, err)
	}
	if _, err := p.exchange(p.flow(callback), fresh.Secret); err != nil {
		t.Errorf("second secret: %v", err)
	}
	if err := p.api.DeactivateClientSecret(t.Context(), p.app.ID, old[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := p.exchange(p.flow(callback), p.secret); err == nil || !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("retired secret: %v", err)
	}
	if err := p.api.DeleteClientSecret(t.Context(), p.app.ID, old[0].ID); err != nil {
		t.Error(err)
	}
	if err := p.api.DeactivateClientSecret(t.Context(), p.app.ID, fresh.ID); err == nil {
		t.Error("the only secret was taken out of use")
	}
	ana, _, err := p.api.Person(t.Context(), login)
	if err != nil || len(ana) != 1 {
		t.Fatal(ana, err)
	}
	if err := p.api.Unassign(t.Context(), p.app.ID, sso.Assignment{Kind: sso.ToUser, ID: ana[0].ID}); err != nil {
		t.Fatal(err)
	}
	if f := p.flow(callback); f.Seen.Outcome != sso.OutcomeNotAssigned || f.ErrorCode != "access_denied" {
		t.Errorf("not assigned: %+v", f)
	}
}

func TestOIDCAppThatRequiresPKCEIsProvedToo(t *testing.T) {
	t.Parallel()
	p := newProof(t, callback)
	want := p.app
	want.OIDC.PKCERequired = true
	if _, err := p.api.UpdateApp(t.Context(), p.app.ID, want); err != nil {
		t.Fatal(err)
	}
	if f := p.flow(callback); f.ErrorCode != "invalid_request" || !strings.Contains(f.Seen.Detail, "PKCE") {
		t.Errorf("without a verifier: %+v", f)
	}
	p.verifier = secret.New(strings.Repeat("verifier", 6))
	f := p.flow(callback)
	if _, err := p.exchange(f, p.secret); err != nil {
		t.Errorf("with a verifier: %v, %+v", err, f.Seen)
	}
	f = p.flow(callback)
	p.verifier = secret.New(strings.Repeat("another-", 6))
	var coded interface{ ErrorCode() string }
	if _, err := p.exchange(f, p.secret); !errors.As(err, &coded) || coded.ErrorCode() != "invalid_grant" {
		t.Errorf("with another verifier: %v", err)
	}
}
