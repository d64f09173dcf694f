package app

import (
	"context"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/oktaapi"
)

// LoggedIn says whose token was kept, and for which org.
type LoggedIn struct{ Login, Org string }

// Login checks an API token against the org and keeps it in the keyring.
func (a *App) Login(ctx context.Context, org string) (LoggedIn, error) {
	orgURL, err := a.keyringOrg(org)
	if err != nil {
		return LoggedIn{}, err
	}
	token, _, err := a.cfg.OktaToken.Find()
	if err != nil {
		return LoggedIn{}, err
	}
	if token.IsZero() {
		return LoggedIn{}, ask.Missing(ask.OktaToken)
	}
	client, err := oktaapi.New(oktaapi.Config{OrgURL: orgURL, Auth: oktaapi.Auth{Token: token},
		Transport: httpx.Retry(a.transport, httpx.RetryOptions{}), UserAgent: a.agent()})
	if err != nil {
		return LoggedIn{}, err
	}
	me, err := client.Me(ctx)
	if err != nil {
		return LoggedIn{}, err
	}
	if err := secret.Keep(keyringAccount(orgURL), token); err != nil {
		return LoggedIn{}, hint.With(hint.Failed, err, "without a keyring, give the token with --okta-token-file or OKTA_CLIENT_TOKEN")
	}
	return LoggedIn{Login: me.Login, Org: keyringAccount(orgURL)}, nil
}

// Logout drops the org's token from the keyring and tells whether there was one.
func (a *App) Logout(org string) (bool, error) {
	orgURL, err := a.keyringOrg(org)
	if err != nil {
		return false, err
	}
	return secret.Drop(keyringAccount(orgURL))
}

func (a *App) keyringOrg(org string) (string, error) {
	if a.InSandbox() {
		return "", hint.New(hint.Usage, "the sandbox needs no login", "its token is its own and never in the keyring")
	}
	if org == "" {
		return "", ask.Missing(ask.Org)
	}
	return oktaapi.ParseOrg(org)
}
