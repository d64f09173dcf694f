package app

import (
	"context"

	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/oktaapi"
)

// Client is a client for looking around in an org before there is a connection.
func (a *App) Client(orgURL string) (*oktaapi.Client, error) {
	auth, err := a.auth(orgURL)
	if err != nil {
		return nil, err
	}
	return oktaapi.New(oktaapi.Config{OrgURL: orgURL, Auth: auth, Transport: httpx.Retry(a.transport, httpx.RetryOptions{}), UserAgent: a.agent()})
}

// TokenFrom says where a token for the org is found without asking anybody, ""
// where there is none.
func (a *App) TokenFrom(_ context.Context, orgURL string) (string, error) {
	if a.InSandbox() {
		return "the sandbox", nil
	}
	source := a.cfg.OktaToken
	source.Keyring, source.Prompt = keyringAccount(orgURL), nil
	if a.oauthConfigured() {
		source.Keyring = ""
	}
	token, from, err := source.Find()
	if err != nil || !token.IsZero() {
		return from, err
	}
	if a.oauthConfigured() {
		return "service app in OKTA_CLIENT_CLIENTID", nil
	}
	return "", nil
}

// SandboxOrg is the address of the sandbox's org, "" in production.
func (a *App) SandboxOrg() string {
	if a.info == nil {
		return ""
	}
	return a.info.Okta.OrgURL
}

// SandboxTester is who tries sign-ins in the sandbox, "" in production.
func (a *App) SandboxTester() string {
	if a.info == nil || len(a.info.Okta.People) == 0 {
		return ""
	}
	return a.info.Okta.People[0].Login
}
