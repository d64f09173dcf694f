package app

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/words"
	"example.com/ssowizard/spclient/api"
	"example.com/ssowizard/spclient/guided"
)

// connectSP decides how the values get to the service provider.
func (a *App) connectSP(s *Session, core *plan.Core, calls http.RoundTripper) error {
	base, token, from, err := a.spAccess(s)
	if err != nil {
		return err
	}
	spec := &s.Spec
	if spec.Push == "" {
		spec.Push = sso.PushGuided
		if base != "" && !token.IsZero() && s.Profile.API != nil {
			spec.Push = sso.PushAPI
		}
	}
	s.Profile = s.Profile.For(spec.Push)
	core.Profile = s.Profile
	switch spec.Push {
	case sso.PushBrowser:
		return hint.New(hint.Usage, "--push browser is not built yet", "use --push guided, which hands each value to you, or --push api")
	case sso.PushAPI:
		core.SP, err = api.New(api.Config{Profile: s.Profile, BaseURL: base, Token: token, TokenFrom: from, Transport: calls,
			UserAgent: a.agent(), Inputs: s.Spec.Inputs,
			Notify: func(w api.Wait) {
				core.NoteWaitFor(fmt.Sprintf("%s: %s; goes on in %s", s.Profile.Name, w.Reason, w.For.Round(time.Second)), w.For)
			}})
		return err
	}
	core.SP = guided.New(s.Profile)
	dir := filepath.Join(s.Kept.Dir(), "handoff")
	inFolder := *s.Profile
	if s.State.AppliedSP != nil {
		inFolder.Prerequisites = nil // of a first set-up
	}
	if a.InSandbox() && s.Profile.Portal != nil {
		if note := words.SandboxPage(s.Profile.Portal.URL); note != "" {
			inFolder.Prerequisites = append([]string{note}, inFolder.Prerequisites...)
		}
	}
	core.Handoff = func(settings []sso.SPSetting) (string, error) {
		_, err := guided.WriteFolder(dir, &inFolder, settings)
		return dir, err
	}
	return nil
}

// spAccess is where the settings API is, what opens it, and where that was found.
func (a *App) spAccess(s *Session) (base string, token secret.String, from string, err error) {
	source := a.cfg.SPToken
	if a.InSandbox() {
		sp, ok := a.info.ServiceProviders[s.Profile.ID]
		if !ok {
			return "", secret.String{}, "", nil
		}
		source.Env, source.Keyring, source.Prompt = nil, "", nil
		if token, from, err = source.Find(); err == nil && token.IsZero() {
			token, from = secret.New(sp.APIToken), "the sandbox"
		}
		return sp.APIURL, token, from, err
	}
	base = s.Spec.SPAPIURL
	if s.Profile.API != nil {
		if base == "" {
			base = s.Profile.API.BaseURL
		}
		if s.Profile.API.TokenEnv != "" {
			source.Env = append([]string{s.Profile.API.TokenEnv}, source.Env...)
		}
	}
	wanted := s.Spec.Push == sso.PushAPI || (s.Spec.Push == "" && base != "")
	if !wanted {
		return base, secret.String{}, "", nil
	}
	if token, from, err = source.Find(); err != nil {
		return "", token, from, err
	}
	if s.Spec.Push == sso.PushAPI || s.Spec.SPAPIURL != "" {
		return base, token, from, missingAccess(base, token)
	}
	return base, token, from, nil
}

func missingAccess(base string, token secret.String) error {
	var missing []ask.ID
	if base == "" {
		missing = append(missing, ask.SPAPIURL)
	}
	if token.IsZero() {
		missing = append(missing, ask.SPToken)
	}
	return ask.Missing(missing...)
}

// connectTester decides who tries the sign-in and how.
func (a *App) connectTester(s *Session, core *plan.Core) error {
	spec := &s.Spec
	switch spec.Test {
	case sso.TestNone:
		return nil
	case sso.TestByHand:
		return a.connectByHand(s, core)
	case sso.TestBrowser:
		return a.connectInBrowser(s, core)
	}
	if a.InSandbox() && spec.Tester == "" {
		spec.Tester = a.sandboxTester(*spec)
	}
	var password secret.String
	var err error
	if spec.Tester != "" || spec.Test == sso.TestHTTP {
		if password, err = a.testPassword(spec.Tester); err != nil {
			return err
		}
	}
	if spec.Tester == "" || password.IsZero() {
		return s.withoutTester(password)
	}
	core.SignIn, err = newTester(s.OrgURL, func(okta string) (signer, error) {
		return signin.New(signin.Config{Transport: a.transport, OktaURL: okta, Login: spec.Tester,
			Password: password, Now: time.Now, UserAgent: a.agent()})
	})
	return err
}

// withoutTester skips a test that nobody insisted on.
func (s *Session) withoutTester(password secret.String) error {
	if s.Spec.Test == sso.TestHTTP {
		var missing []ask.ID
		if s.Spec.Tester == "" {
			missing = append(missing, ask.TestUser)
		}
		if password.IsZero() {
			missing = append(missing, ask.TestPassword)
		}
		return ask.Missing(missing...)
	}
	s.Spec.Test = sso.TestNone
	s.TestSkipped = "no test is made: it needs --test-user and --test-password-file"
	return nil
}

func (a *App) testPassword(tester string) (secret.String, error) {
	source := a.cfg.TestPassword
	if a.InSandbox() {
		source.Env = nil
	}
	password, _, err := source.Find()
	if err != nil || !password.IsZero() || !a.InSandbox() {
		return password, err
	}
	for _, p := range a.info.Okta.People {
		if strings.EqualFold(p.Login, tester) {
			return secret.New(p.Password), nil
		}
	}
	return password, nil
}

// sandboxTester is the org's administrator, who is in every group, or the first
// person named when only people are.
func (a *App) sandboxTester(spec sso.Spec) string {
	if len(spec.Groups) == 0 {
		for _, user := range spec.Users {
			for _, p := range a.info.Okta.People {
				if strings.EqualFold(p.Login, user) {
					return p.Login
				}
			}
		}
	}
	if len(a.info.Okta.People) == 0 {
		return ""
	}
	return a.info.Okta.People[0].Login
}
