package app

import (
	"context"
	"fmt"
	"time"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
)

// Client is a client for looking around in an org before there is a connection.
// waits is told of each pause before it begins, in words without its length; it
// may be nil.
func (a *App) Client(orgURL string, waits func(why string, length time.Duration)) (*oktaapi.Client, error) {
	auth, err := a.auth(orgURL)
	if err != nil {
		return nil, err
	}
	options := httpx.RetryOptions{}
	if waits != nil {
		options.Notify = func(w httpx.Wait) { waits(reasonOfWait(w), w.For) }
	}
	return oktaapi.New(oktaapi.Config{OrgURL: orgURL, Auth: auth, Transport: httpx.Retry(a.transport, options), UserAgent: a.agent()})
}

// reasonOfWait is why a request waits.
func reasonOfWait(w httpx.Wait) string {
	switch {
	case w.Kind == httpx.WaitRateLimit:
		return "Okta's rate limit for " + w.Bucket + " is used up"
	case w.Status != 0:
		return fmt.Sprintf("the answer was %d; trying again", w.Status)
	}
	return "the connection broke; trying again"
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

// OrgURL is the origin of the org that the answers name; the sandbox has one.
func (a *App) OrgURL(answers *ask.Answers) (string, error) { return a.org(answers) }

// Kept is what is kept of a connection, if anything is.
func (a *App) Kept(orgURL, name string) (state sso.State, found bool, err error) {
	return a.Store.Connection(a.orgKey(orgURL), name).Load()
}
