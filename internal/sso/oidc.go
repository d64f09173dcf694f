package sso

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	"example.com/ssowizard/internal/secret"
)

// ClientSecret is one of the secrets of an OIDC app. Okta allows two, so that
// one can be exchanged for the other without an outage.
type ClientSecret struct {
	ID      string
	Status  string // ACTIVE or INACTIVE
	Created time.Time
	Secret  secret.String
}

// AuthorizationServer is an OpenID Connect server as its discovery document
// describes it. All addresses lie on the issuer's origin.
type AuthorizationServer struct {
	Issuer       string // byte for byte
	AuthorizeURL string
	TokenURL     string
	UserInfoURL  string
	KeysURL      string // JWKS
}

// CodeQuery is what a relying party asks the authorization endpoint.
type CodeQuery struct {
	ClientID    string
	RedirectURI string
	State       string // nobody can guess it, as Nonce
	Nonce       string
	// Verifier is that of PKCE, for apps that require it; zero sends none.
	Verifier secret.String
}

// CodeURL is the whole address that asks for a code with the scopes that a
// sign-in needs.
func (s AuthorizationServer) CodeURL(q CodeQuery) string {
	query := url.Values{"response_type": {"code"}, "client_id": {q.ClientID}, "redirect_uri": {q.RedirectURI},
		"scope": {"openid email profile"}, "state": {q.State}, "nonce": {q.Nonce}}
	if !q.Verifier.IsZero() {
		sum := sha256.Sum256([]byte(q.Verifier.Reveal()))
		query.Set("code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
		query.Set("code_challenge_method", "S256")
	}
	separator := "?"
	if strings.Contains(s.AuthorizeURL, "?") {
		separator = "&"
	}
	return s.AuthorizeURL + separator + query.Encode()
}

// CodeFlowRequest asks for one authorization code, by a real sign-in that
// stops at the redirect to the service provider. Who signs in belongs to the
// part that carries it out.
type CodeFlowRequest struct {
	// AuthorizeURL is the whole address of the authorization endpoint, with
	// client id, redirect URI, scopes, a state and a nonce that nobody can
	// guess.
	AuthorizeURL string
	// RedirectURI is where the code goes; nothing is sent there.
	RedirectURI string
	// State is the one in AuthorizeURL; an answer with another is refused.
	State string
}

// CodeFlow is what came of a CodeFlowRequest.
type CodeFlow struct {
	// Seen tells what went by. Its Outcome is OutcomeAnswered when there is a
	// code; the code is not in it.
	Seen Seen
	Code secret.String
	// ErrorCode is Okta's error word, such as access_denied, or "".
	ErrorCode string
}

// CodeExchange is what a relying party sends for tokens.
type CodeExchange struct {
	TokenURL    string
	ClientID    string
	Secret      secret.String
	Code        secret.String
	RedirectURI string
	// Authentication is the app's token_endpoint_auth_method:
	// client_secret_post or client_secret_basic.
	Authentication string
	// Verifier is the one of CodeQuery, zero where that had none.
	Verifier secret.String
}

// Tokens are what a code gives. They live in memory only.
type Tokens struct {
	IDToken     secret.String
	AccessToken secret.String
}
