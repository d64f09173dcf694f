// Package oidcrp is the OpenID Connect relying party of the sandbox's service
// providers: it sends people to the identity provider, trades the code for
// tokens and judges these. A sign-in is refused with a stable code and the
// reason in words. Which requests are open and who has an account is the
// caller's.
package oidcrp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Code names the reason for a refusal. Codes are stable: clients branch on them.
type Code string

// The codes that a relying party refuses a sign-in with.
const (
	Malformed            Code = "malformed"
	UnknownRequest       Code = "unknown_request"
	RequestCookieMissing Code = "request_cookie_missing"
	IdPError             Code = "idp_error"
	DiscoveryFailed      Code = "discovery_failed"
	BadIssuer            Code = "bad_issuer"
	TokenRefused         Code = "token_refused"
	BadToken             Code = "bad_token"
	WrongAudience        Code = "wrong_audience"
	WrongNonce           Code = "wrong_nonce"
	Expired              Code = "expired"
	UserInfoFailed       Code = "user_info_failed"
	AttributeMissing     Code = "attribute_missing"
	PersonUnknown        Code = "person_unknown"
	SSONotEnabled        Code = "sso_not_enabled"
	NotConfigured        Code = "not_configured"
)

// Refusal is an error that says why a sign-in is not accepted. Its message
// holds no control characters and no secret.
type Refusal struct {
	Code    Code
	Message string
}

func (r *Refusal) Error() string { return r.Message }

// Sentence is the message as people read it.
func (r *Refusal) Sentence() string {
	first, size := utf8.DecodeRuneInString(r.Message)
	text := string(unicode.ToUpper(first)) + r.Message[size:]
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

// Refuse makes a refusal. Text from outside that goes into the message loses
// its control characters.
func Refuse(code Code, format string, args ...any) *Refusal {
	text := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, fmt.Sprintf(format, args...))
	if runes := []rune(text); len(runes) > 500 {
		text = string(runes[:500]) + "…"
	}
	return &Refusal{Code: code, Message: text}
}

// Party is a relying party as an admin configured it.
type Party struct {
	// DiscoveryURL is what was entered; one slash at its end does not count.
	DiscoveryURL           string
	ClientID, ClientSecret string
	RedirectURI            string
	// Method is how user info is asked for: GET or POST.
	Method string
	// HTTP reaches the identity provider, and nobody else.
	HTTP *http.Client
	Now  func() time.Time
	Skew time.Duration
}

// scopes that are asked for.
var scopes = []string{oidc.ScopeOpenID, "email", "profile"}

// Person is whom the identity provider says is there.
type Person struct {
	Subject, Email string
}

// AuthorizeURL is where a browser goes to sign in.
func (p Party) AuthorizeURL(ctx context.Context, state, nonce, loginHint string) (string, error) {
	provider, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(nonce)}
	if loginHint != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", loginHint))
	}
	return p.config(provider).AuthCodeURL(state, options...), nil
}

// Finish trades a code for tokens and tells whom they are about.
func (p Party) Finish(ctx context.Context, code, nonce string) (Person, error) {
	provider, err := p.discover(ctx)
	if err != nil {
		return Person{}, err
	}
	token, err := p.config(provider).Exchange(p.with(ctx), code)
	if err != nil {
		return Person{}, p.tokenRefused(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Person{}, Refuse(BadToken, "the identity provider's answer holds no ID token")
	}
	id, err := p.verify(ctx, provider, raw, nonce)
	if err != nil {
		return Person{}, err
	}
	return p.askUserInfo(ctx, provider, token.AccessToken, id.Subject)
}

// issuer is the Discovery URL without one slash at its end.
func (p Party) issuer() string { return strings.TrimSuffix(p.DiscoveryURL, "/") }

func (p Party) with(ctx context.Context) context.Context { return oidc.ClientContext(ctx, p.HTTP) }

func (p Party) discover(ctx context.Context) (*oidc.Provider, error) {
	provider, err := oidc.NewProvider(p.with(ctx), p.issuer())
	var mismatch *oidc.IssuerMismatchError
	switch {
	case errors.As(err, &mismatch):
		return nil, badIssuer(mismatch.Discovered, p.issuer())
	case err != nil:
		return nil, Refuse(DiscoveryFailed, "the identity provider's configuration cannot be read at the Discovery URL: %v", cause(err))
	}
	return provider, nil
}

func badIssuer(got, want string) error {
	return Refuse(BadIssuer, "Bad id_token issuer: %s, but the Discovery URL stands for %s", got, want)
}

// cause leaves the layer out that repeats method and address.
func cause(err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		return outer.Err
	}
	return err
}

func (p Party) config(provider *oidc.Provider) *oauth2.Config {
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInParams // client_secret_post is the only way this client knows
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, RedirectURL: p.RedirectURI, Endpoint: endpoint, Scopes: scopes,
	}
}

func (p Party) tokenRefused(err error) error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return Refuse(TokenRefused, "the identity provider gave no tokens: %v", cause(err))
	}
	word, text := refused.ErrorCode, refused.ErrorDescription
	if word == "" {
		// Okta words the error about a client it does not know in its own form.
		var own struct {
			Code    string `json:"errorCode"`
			Summary string `json:"errorSummary"`
		}
		_ = json.Unmarshal(refused.Body, &own) // anything else leaves both empty
		word, text = own.Code, own.Summary
	}
	if word == "" {
		return Refuse(TokenRefused, "the identity provider gave no tokens, but status %d", refused.Response.StatusCode)
	}
	return Refuse(TokenRefused, "the identity provider gave no tokens: %s: %s", word, text)
}

// verify checks the signature with the published keys first, and then each
// claim by itself, so that the reason can be told.
func (p Party) verify(ctx context.Context, provider *oidc.Provider, raw, nonce string) (*oidc.IDToken, error) {
	verifier := provider.VerifierContext(p.with(ctx), &oidc.Config{
		SupportedSigningAlgs: []string{oidc.RS256}, Now: p.Now,
		SkipClientIDCheck: true, SkipIssuerCheck: true, SkipExpiryCheck: true,
	})
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, Refuse(BadToken, "the ID token is not good: %v", cause(err))
	}
	now := p.Now()
	switch {
	case id.Issuer != p.issuer():
		return nil, badIssuer(id.Issuer, p.issuer())
	case len(id.Audience) != 1 || id.Audience[0] != p.ClientID:
		return nil, Refuse(WrongAudience, "the ID token is for %s, not for this client", strings.Join(id.Audience, ", "))
	case id.Nonce != nonce:
		return nil, Refuse(WrongNonce, "the ID token answers another sign-in: its nonce is not the one that was sent")
	case !now.Before(id.Expiry.Add(p.Skew)):
		return nil, Refuse(Expired, "the ID token ended at %s", id.Expiry.UTC().Format(time.RFC3339))
	case id.IssuedAt.After(now.Add(p.Skew)):
		return nil, Refuse(BadToken, "the ID token was issued in the future, at %s", id.IssuedAt.UTC().Format(time.RFC3339))
	}
	return id, nil
}

// askUserInfo reads the attributes with the method that was chosen.
func (p Party) askUserInfo(ctx context.Context, provider *oidc.Provider, token, subject string) (Person, error) {
	req, err := http.NewRequestWithContext(ctx, p.Method, provider.UserInfoEndpoint(), nil)
	if err != nil {
		return Person{}, Refuse(UserInfoFailed, "the user info endpoint cannot be asked")
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := p.HTTP.Do(req)
	if err != nil {
		return Person{}, Refuse(UserInfoFailed, "the user info endpoint does not answer: %v", cause(err))
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil || res.StatusCode != http.StatusOK {
		return Person{}, Refuse(UserInfoFailed, "the user info endpoint answers %s with status %d; try the other method", p.Method, res.StatusCode)
	}
	var claims map[string]any
	if json.Unmarshal(body, &claims) != nil {
		return Person{}, Refuse(UserInfoFailed, "the user info endpoint answers something that is no user info")
	}
	if claims["sub"] != subject {
		return Person{}, Refuse(UserInfoFailed, "the user info is about somebody else than the ID token")
	}
	email, _ := claims["email"].(string)
	if strings.TrimSpace(email) == "" {
		return Person{}, Refuse(AttributeMissing, "attributes required: [email]; the identity provider sends: %s", names(claims))
	}
	return Person{Subject: subject, Email: email}, nil
}

func names(claims map[string]any) string {
	var all []string
	for name := range claims {
		all = append(all, name)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
