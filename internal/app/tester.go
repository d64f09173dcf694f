package app

import (
	"context"
	"net/url"
	"sync"
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
	orgURL string
	at     func(okta string) (signer, error)

	mu   sync.Mutex
	made map[string]signer // by origin: one may remember between its sign-ins
}

// signer signs in at one name of an org.
type signer interface {
	SignIn(ctx context.Context, req sso.SignInRequest) (sso.Seen, error)
	CodeFlow(ctx context.Context, req sso.CodeFlowRequest) (sso.CodeFlow, error)
}

// newTester checks the configuration before anything is written.
func newTester(orgURL string, at func(okta string) (signer, error)) (*tester, error) {
	t := &tester{orgURL: orgURL, at: at, made: map[string]signer{}}
	_, err := t.under(orgURL)
	return t, err
}

// under is the signer at the name that an address of the org has.
func (t *tester) under(address string) (signer, error) {
	okta := t.orgURL
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		okta = u.Scheme + "://" + u.Host
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.made[okta]; s != nil {
		return s, nil
	}
	s, err := t.at(okta)
	if err == nil {
		t.made[okta] = s
	}
	return s, err
}

// SignIn carries out one sign-in.
func (t *tester) SignIn(ctx context.Context, req sso.SignInRequest) (sso.Seen, error) {
	s, err := t.under(req.IdPURL)
	if err != nil {
		return sso.Seen{Flow: req.Flow}, err
	}
	return s.SignIn(ctx, req)
}

// CodeFlow carries out one code flow, under the name that the authorization
// endpoint has.
func (t *tester) CodeFlow(ctx context.Context, req sso.CodeFlowRequest) (sso.CodeFlow, error) {
	s, err := t.under(req.AuthorizeURL)
	if err != nil {
		return sso.CodeFlow{}, err
	}
	return s.CodeFlow(ctx, req)
}

// connectByHand has a person carry out the sign-ins as the tester. No password
// is needed: nobody but Okta's own page asks for one.
func (a *App) connectByHand(s *Session, core *plan.Core) error {
	if a.cfg.ByHand == nil {
		return hint.New(hint.Usage, "nobody can be asked to sign in by hand here", "run: ssowizard test NAME --by-hand")
	}
	if a.InSandbox() && s.Spec.Tester == "" {
		s.Spec.Tester = a.sandboxTester(s.Spec)
	}
	if s.Spec.Tester == "" {
		return ask.Missing(ask.TestUser)
	}
	var err error
	if s.Profile.Protocol == sso.OIDC {
		core.SignIn, err = signin.NewByHandOpenID(a.cfg.ByHand, s.Spec.Tester, time.Now)
	} else {
		core.SignIn, err = signin.NewByHand(a.cfg.ByHand, s.Spec.Tester, time.Now)
	}
	return err
}
