package app

import (
	"context"
	"net/url"
	"time"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

// tester signs in under the name that Okta's own metadata gives the org. That
// may be another than the one the admin gave: an org with a custom domain has
// two, and people's sessions belong to one of them.
type tester struct {
	cfg signin.Config
}

// newTester checks the configuration before anything is written.
func newTester(cfg signin.Config) (*tester, error) {
	_, err := signin.New(cfg)
	return &tester{cfg}, err
}

// SignIn carries out one sign-in.
func (t *tester) SignIn(ctx context.Context, req sso.SignInRequest) (sso.Seen, error) {
	cfg := t.cfg
	if u, err := url.Parse(req.IdPURL); err == nil && u.Host != "" {
		cfg.OktaURL = u.Scheme + "://" + u.Host
	}
	client, err := signin.New(cfg)
	if err != nil {
		return sso.Seen{Flow: req.Flow}, err
	}
	return client.SignIn(ctx, req)
}

// CodeFlow carries out one code flow, under the name that the authorization
// endpoint has.
func (t *tester) CodeFlow(ctx context.Context, req sso.CodeFlowRequest) (sso.CodeFlow, error) {
	cfg := t.cfg
	if u, err := url.Parse(req.AuthorizeURL); err == nil && u.Host != "" {
		cfg.OktaURL = u.Scheme + "://" + u.Host
	}
	client, err := signin.New(cfg)
	if err != nil {
		return sso.CodeFlow{}, err
	}
	return client.CodeFlow(ctx, req)
}

// connectByHand has a person carry out the sign-ins as the tester. No password
// is needed: nobody but Okta's own page asks for one.
func (a *App) connectByHand(s *Session, core *plan.Core) error {
	switch {
	case s.Profile.Protocol == sso.OIDC:
		return hint.New(hint.Usage, "a sign-in by hand proves SAML only; "+s.Profile.Name+" uses OpenID Connect, whose proof is a code that never reaches a page",
			"use --test http with --test-user and --test-password-file, or --test none")
	case a.cfg.ByHand == nil:
		return hint.New(hint.Usage, "nobody can be asked to sign in by hand here", "run: ssowizard test NAME --by-hand")
	}
	if a.InSandbox() && s.Spec.Tester == "" {
		s.Spec.Tester = a.sandboxTester(s.Spec)
	}
	if s.Spec.Tester == "" {
		return ask.Missing(ask.TestUser)
	}
	core.SignIn = signin.NewByHand(a.cfg.ByHand, s.Spec.Tester, time.Now)
	return nil
}
