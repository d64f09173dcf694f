package plan

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"example.com/ssowizard/internal/diagnose"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/oidccheck"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
)

// OpenID is the part of an Okta org that OIDC connections need beside Okta.
type OpenID interface {
	Discovery(ctx context.Context) (sso.AuthorizationServer, error)
	JWKS(ctx context.Context, server sso.AuthorizationServer) ([]byte, error)
	ExchangeCode(ctx context.Context, x sso.CodeExchange) (sso.Tokens, error)
	ClientSecrets(ctx context.Context, appID string) ([]sso.ClientSecret, error)
	CreateClientSecret(ctx context.Context, appID string) (sso.ClientSecret, error)
	ActivateClientSecret(ctx context.Context, appID, id string) error
	DeactivateClientSecret(ctx context.Context, appID, id string) error
	DeleteClientSecret(ctx context.Context, appID, id string) error
}

// CodeSignIn carries out a code flow as the tester, up to the redirect.
type CodeSignIn interface {
	CodeFlow(ctx context.Context, req sso.CodeFlowRequest) (sso.CodeFlow, error)
}

var errNoOpenID = errors.New("this client cannot speak OpenID Connect")

func (c *Core) openID() (OpenID, error) {
	o, ok := c.Okta.(OpenID)
	if !ok {
		return nil, errNoOpenID
	}
	return o, nil
}

// idpValues reads what the service provider has to know, and for an OIDC app
// which client secret is in use: the one with the id given, as it was pushed last,
// else the newest. The secrets stay in memory.
func (c *Core) idpValues(ctx context.Context, app sso.App, pushed string) (sso.IdPValues, []sso.ClientSecret, error) {
	idp, err := c.Okta.IdPValues(ctx, app)
	if err != nil || app.OIDC == nil {
		return idp, nil, err
	}
	openID, err := c.openID()
	if err != nil {
		return idp, nil, err
	}
	secrets, err := openID.ClientSecrets(ctx, app.ID)
	if err != nil {
		return idp, nil, err
	}
	idp.SecretID = usedSecret(secrets, pushed)
	return idp, secrets, nil
}

// usedSecret is the id of the secret that was pushed, as long as it is active,
// else of the newest active one, "" without any.
func usedSecret(secrets []sso.ClientSecret, pushed string) string {
	for _, s := range secrets {
		if s.ID == pushed && s.Status == sso.StatusActive {
			return pushed
		}
	}
	newest, _ := newestActive(secrets)
	return newest.ID
}

func newestActive(secrets []sso.ClientSecret) (sso.ClientSecret, bool) {
	var best sso.ClientSecret
	for _, s := range secrets {
		if s.Status == sso.StatusActive && (best.ID == "" || s.Created.After(best.Created)) {
			best = s
		}
	}
	return best, best.ID != ""
}

// secretInUse is the client secret that idp.SecretID names.
func (r *run) secretInUse() (secret.String, error) {
	for _, s := range r.secrets {
		if s.ID == r.idp.SecretID && !s.Secret.IsZero() {
			return s.Secret, nil
		}
	}
	return secret.String{}, hint.New(hint.Failed, "Okta did not give the app's client secret", "look at the app's client credentials in the Okta Admin Console")
}

// withSecrets fills the client secret into the settings that take it, right
// before they are pushed and nowhere else.
func (r *run) withSecrets(settings []sso.SPSetting) ([]sso.SPSetting, error) {
	out := append([]sso.SPSetting{}, settings...)
	for i := range out {
		if !out[i].Secret {
			continue
		}
		s, err := r.secretInUse()
		if err != nil {
			return nil, err
		}
		out[i].Value = s.Reveal()
	}
	return out, nil
}

// codeFlow proves an OIDC connection with a code flow of our own: the app's
// client id and first redirect URI, a state and a nonce that nobody can guess,
// stopped at the redirect; the code is exchanged with the secret in memory and
// the ID token verified (OpenID Connect Core 1.0, section 3.1).
func (r *run) codeFlow(ctx context.Context) error {
	openID, err := r.openID()
	if err != nil {
		return err
	}
	signIn, ok := r.SignIn.(CodeSignIn)
	if !ok {
		return errNoOpenID
	}
	server, err := openID.Discovery(ctx)
	if err != nil {
		return err
	}
	r.checkDiscovery(server)
	state, nonce, err := r.codeValues()
	if err != nil {
		return err
	}
	redirect := r.app.OIDC.RedirectURIs[0]
	query := sso.CodeQuery{ClientID: r.app.OIDC.ClientID, RedirectURI: redirect, State: state, Nonce: nonce}
	req := sso.CodeFlowRequest{AuthorizeURL: server.CodeURL(query), RedirectURI: redirect, State: state}
	flow, err := r.codeSignIn(ctx, signIn, req)
	if err != nil {
		return err
	}
	r.check(diagnose.SignIn(flow.Seen, r.explanation())...)
	if flow.Code.IsZero() {
		return nil
	}
	return r.exchange(ctx, openID, server, flow.Code, redirect, nonce, flow.Seen)
}

func (r *run) codeSignIn(ctx context.Context, signIn CodeSignIn, req sso.CodeFlowRequest) (sso.CodeFlow, error) {
	begun := r.Clock.Now()
	for {
		flow, err := signIn.CodeFlow(ctx, req)
		if err != nil {
			return flow, fmt.Errorf("sign in as %s: %w", r.tester().Login, err)
		}
		if flow.Seen.Outcome != sso.OutcomeNotAssigned || !r.settling(begun) {
			return flow, nil
		}
		if err := r.settle(ctx); err != nil {
			return flow, err
		}
	}
}

func (r *run) exchange(ctx context.Context, openID OpenID, server sso.AuthorizationServer, code secret.String, redirect, nonce string, seen sso.Seen) error {
	clientSecret, err := r.secretInUse()
	if err != nil {
		return err
	}
	tokens, err := openID.ExchangeCode(ctx, sso.CodeExchange{TokenURL: server.TokenURL, ClientID: r.app.OIDC.ClientID, Secret: clientSecret,
		Code: code, RedirectURI: redirect, Authentication: r.app.OIDC.ClientAuthentication})
	if err != nil {
		r.check(sso.Finding{Code: tokenError(err), Flow: seen.Flow, Expected: "tokens for the code", Got: text(err.Error())})
		return nil
	}
	keys, err := openID.JWKS(ctx, server)
	if err != nil {
		return err
	}
	r.check(oidccheck.Verify(tokens.IDToken.Reveal(), oidccheck.Expect{Issuer: server.Issuer, ClientID: r.app.OIDC.ClientID, Nonce: nonce, Keys: keys,
		Email: r.tester().Email, AccessToken: tokens.AccessToken.Reveal(), Now: r.Clock.Now(), Skew: clockSkew, Flow: seen.Flow})...)
	return nil
}

// checkDiscovery compares the address that the service provider holds with the
// issuer of the discovery document; a slash at the end does not count.
func (r *run) checkDiscovery(server sso.AuthorizationServer) {
	for _, s := range r.profile.Settings {
		if !strings.Contains(s.Value, ".IdP.OIDCIssuer") {
			continue
		}
		held := r.sp.Settings[s.ID]
		r.check(sso.Finding{Code: "discovery", Flow: sso.FlowSettings, Field: s.ID, OK: strings.TrimSuffix(held, "/") == server.Issuer,
			Expected: server.Issuer, Got: text(held)})
	}
}

// tokenError is OAuth's word for why there are no tokens, such as invalid_client.
func tokenError(err error) string {
	var e interface{ ErrorCode() string }
	if errors.As(err, &e) && e.ErrorCode() != "" {
		return e.ErrorCode()
	}
	return "token"
}

// guessless is a text that nobody can guess.
func guessless() string {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}
