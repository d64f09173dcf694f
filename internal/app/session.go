package app

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
	"example.com/ssowizard/oktaapi"
)

// Session is one connection with everything that works on it.
type Session struct {
	Core    *plan.Core
	Spec    sso.Spec
	Profile *catalog.Profile
	OrgURL  string
	Kept    *store.Connection
	State   sso.State
	// Known is false for a connection that nothing is kept of yet.
	Known bool
	// TestSkipped says why no test can be made, "" when one is or none was wanted.
	TestSkipped string
}

// Session makes the session that the answers ask for. What they leave open is
// taken from the earlier run, then from the profile. Answers that nobody gave
// and that are needed come back as one error that lists them.
func (a *App) Session(ctx context.Context, answers *ask.Answers) (*Session, error) {
	return a.session(ctx, answers, false)
}

// Adopting makes the session for taking over an app. Inputs that nobody gave are
// not missed, and no defaults stand in for them: plan.Core.Adopt reads them off
// both sides.
func (a *App) Adopting(ctx context.Context, answers *ask.Answers) (*Session, error) {
	return a.session(ctx, answers, true)
}

func (a *App) session(ctx context.Context, answers *ask.Answers, adopting bool) (*Session, error) {
	profile, err := a.profile(answers)
	if err != nil {
		return nil, err
	}
	s := &Session{Profile: profile}
	if s.OrgURL, err = a.org(answers); err != nil {
		return nil, err
	}
	if err := answers.Set(ask.Connection, ask.FromDefault, profile.ID); err != nil {
		return nil, err
	}
	s.Kept = a.Store.Connection(a.orgKey(s.OrgURL), answers.Text(ask.Connection))
	if err := s.load(answers, adopting); err != nil {
		return nil, err
	}
	if s.Spec, err = answers.Spec(); err != nil {
		return nil, err
	}
	s.Spec.Profile = profile.ID
	tester, named := answers.Get(ask.TestUser)
	s.Spec.TesterNamed = named && tester.From < ask.FromState
	check := profile.CheckInputs
	if adopting {
		check = profile.CheckGiven
	}
	if s.Spec.Inputs, err = check(s.Spec.Inputs); err != nil {
		return nil, err
	}
	if s.Spec.Label == "" {
		s.Spec.Label = profile.DefaultLabel
	}
	if err := a.connect(ctx, s); err != nil {
		return s, err
	}
	if a.cfg.Wanted != nil {
		a.cfg.Wanted(s.Spec)
	}
	return s, nil
}

// Existing makes the session of a connection that is kept on this machine.
func (a *App) Existing(ctx context.Context, name string, answers *ask.Answers) (*Session, error) {
	entry, err := a.Find(answers.Text(ask.Org), name)
	if err != nil {
		return nil, err
	}
	return a.Entry(ctx, entry, answers)
}

// Entry makes the session of a kept connection.
func (a *App) Entry(ctx context.Context, entry store.Entry, answers *ask.Answers) (*Session, error) {
	state, found, err := a.Store.Connection(entry.Org, entry.Name).Load()
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, hint.New(hint.Usage, fmt.Sprintf("connection %q has no state here", entry.Name), "set it up: ssowizard setup SP")
	}
	if !a.InSandbox() {
		if err := answers.Set(ask.Org, ask.FromState, state.OrgURL); err != nil {
			return nil, err
		}
	}
	if err := answers.Set(ask.SP, ask.FromState, state.Profile); err != nil {
		return nil, err
	}
	if err := answers.Set(ask.Connection, ask.FromState, entry.Name); err != nil {
		return nil, err
	}
	return a.Session(ctx, answers)
}

func (a *App) profile(answers *ask.Answers) (*catalog.Profile, error) {
	id := answers.Text(ask.SP)
	if id == "" {
		return nil, ask.Missing(ask.SP)
	}
	return a.Catalog.Profile(id)
}

func (a *App) org(answers *ask.Answers) (string, error) {
	if a.InSandbox() {
		return a.info.Okta.OrgURL, nil
	}
	text := answers.Text(ask.Org)
	if text == "" {
		missing := []ask.ID{ask.Org}
		if token, _, err := a.cfg.OktaToken.Find(); err == nil && token.IsZero() && !a.oauthConfigured() {
			missing = append(missing, ask.OktaToken)
		}
		return "", ask.Missing(missing...)
	}
	return oktaapi.ParseOrg(text)
}

// orgKey is the name under which an org's connections are kept.
func (a *App) orgKey(orgURL string) string {
	if a.InSandbox() {
		return store.SandboxOrg
	}
	if u, err := url.Parse(orgURL); err == nil {
		return u.Host
	}
	return orgURL
}

// load takes the answers of the earlier run where this one is silent; in
// adopting, its inputs wait for what both sides say.
func (s *Session) load(answers *ask.Answers, adopting bool) error {
	var err error
	if s.State, s.Known, err = s.Kept.Load(); err != nil || !s.Known {
		return err
	}
	kept := map[ask.ID]string{ask.Label: s.State.Label, ask.Push: s.State.Push, ask.SPAPIURL: s.State.SPAPIURL, ask.TestUser: s.State.Tester}
	for id, value := range kept {
		if value == "" {
			continue
		}
		if err := answers.Set(id, ask.FromState, value); err != nil {
			return err
		}
	}
	if adopting {
		return nil
	}
	return answers.SetInputs(ask.FromState, s.State.Inputs)
}

// connect builds the clients for both sides.
func (a *App) connect(ctx context.Context, s *Session) error {
	core, calls, err := a.connectOkta(s)
	if err != nil {
		return err
	}
	if err := a.connectSP(s, core, calls); err != nil {
		return err
	}
	if err := a.connectTester(s, core); err != nil {
		return err
	}
	s.Core = core
	return ctx.Err()
}

// connectOkta builds a core with Okta's side alone.
func (a *App) connectOkta(s *Session) (*plan.Core, *counter, error) {
	auth, err := a.auth(s.OrgURL)
	if err != nil {
		return nil, nil, err
	}
	calls := &counter{base: a.transport}
	core := &plan.Core{Calls: calls.count, LastRequest: calls.lastRequest, Diff: oktaapi.Diff, Keeper: s.Kept, Clock: plan.SystemClock{}, Profile: s.Profile, Report: a.cfg.Report,
		Manages: func(appID string) (string, error) { return a.manages(s, appID) }}
	retrying := httpx.Retry(calls, httpx.RetryOptions{Notify: func(w httpx.Wait) { core.NoteWaitFor(describeWait(w), w.For) }})
	core.Okta, err = oktaapi.New(oktaapi.Config{OrgURL: s.OrgURL, Auth: auth, Transport: retrying, UserAgent: a.agent()})
	return core, calls, err
}

func (a *App) agent() string { return "ssowizard/" + a.cfg.Version }

func describeWait(w httpx.Wait) string {
	seconds := w.For.Round(time.Second)
	if w.Kind == httpx.WaitRateLimit {
		return fmt.Sprintf("Okta's rate limit for %s is used up; goes on in %s", w.Bucket, seconds)
	}
	why := "the connection broke"
	if w.Status != 0 {
		why = fmt.Sprintf("the answer was %d", w.Status)
	}
	return fmt.Sprintf("%s; trying again in %s", why, seconds)
}

func (a *App) oauthConfigured() bool {
	return a.cfg.Getenv("OKTA_CLIENT_CLIENTID") != "" && a.cfg.Getenv("OKTA_CLIENT_PRIVATEKEY") != ""
}

// auth finds what proves us to Okta: a token, or the private key of a service app.
func (a *App) auth(orgURL string) (oktaapi.Auth, error) {
	source := a.cfg.OktaToken
	source.Keyring = keyringAccount(orgURL)
	if a.InSandbox() {
		source.Env, source.Keyring, source.Prompt = nil, "", nil
	}
	prompt := source.Prompt
	if a.oauthConfigured() {
		source.Keyring, source.Prompt = "", nil
	}
	token, _, err := source.Find()
	switch {
	case err != nil:
		return oktaapi.Auth{}, err
	case !token.IsZero():
		return oktaapi.Auth{Token: token}, nil
	case a.InSandbox():
		return oktaapi.Auth{Token: secret.New(a.info.Okta.APIToken)}, nil
	case a.oauthConfigured():
		return a.oauth()
	case prompt == nil:
		return oktaapi.Auth{}, ask.Missing(ask.OktaToken)
	}
	return oktaapi.Auth{}, hint.New(hint.Usage, "no Okta token was given", "make one in the Okta Admin Console: Security → API → Tokens")
}

// oauth takes the SDK's own variables of a service app; the key is PEM text or
// the path of a file with it.
func (a *App) oauth() (oktaapi.Auth, error) {
	key := secret.New(a.cfg.Getenv("OKTA_CLIENT_PRIVATEKEY"))
	if !strings.Contains(key.Reveal(), "-----BEGIN") && !strings.HasPrefix(strings.TrimSpace(key.Reveal()), "{") {
		var err error
		if key, _, err = (secret.Source{Name: "private key of the service app", File: key.Reveal()}).Find(); err != nil {
			return oktaapi.Auth{}, err
		}
	}
	return oktaapi.Auth{ClientID: a.cfg.Getenv("OKTA_CLIENT_CLIENTID"), PrivateKey: key,
		KeyID: a.cfg.Getenv("OKTA_CLIENT_PRIVATEKEYID"), Scopes: scopes(a.cfg.Getenv("OKTA_CLIENT_SCOPES"))}, nil
}

// scopes reads OKTA_CLIENT_SCOPES; nil means those that setting up an app needs.
func scopes(text string) []string {
	list := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	if len(list) == 0 {
		return nil
	}
	return list
}

// keyringAccount is the keyring's name for an org's token.
func keyringAccount(orgURL string) string {
	if u, err := url.Parse(orgURL); err == nil {
		return u.Host
	}
	return orgURL
}

// Entries lists the kept connections of the org in question, or all of them.
func (a *App) Entries(org string) ([]store.Entry, error) {
	all, err := a.Store.List()
	if err != nil {
		return nil, err
	}
	if org != "" {
		orgURL, err := oktaapi.ParseOrg(org)
		if err != nil {
			return nil, err
		}
		org = a.orgKey(orgURL)
	}
	var out []store.Entry
	for _, e := range all {
		if e.Sandbox() == a.InSandbox() && (org == "" || e.Org == org) {
			out = append(out, e)
		}
	}
	return out, nil
}

// Find names the kept connection that is meant by a name, with the org's
// address as given, or "".
func (a *App) Find(org, name string) (store.Entry, error) {
	switch {
	case a.InSandbox():
		org = store.SandboxOrg
	case org != "":
		orgURL, err := oktaapi.ParseOrg(org)
		if err != nil {
			return store.Entry{}, err
		}
		org = a.orgKey(orgURL)
	}
	return a.Store.Find(org, name)
}
