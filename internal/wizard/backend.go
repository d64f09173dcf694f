package wizard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
	"example.com/ssowizard/oktaapi"
	"example.com/ssowizard/tui"
)

// Sizes of what is read at once.
const (
	pageSize    = 50
	membersRead = 2000
	lookupsWide = 6
)

// backend is the real world behind the screens.
type backend struct {
	cfg    app.Config
	screen *os.File
	app    *app.App

	mu     sync.Mutex
	typed  map[string]secret.String // tokens by org, typed in
	now    tui.Secrets              // those of the session that is being made
	client map[string]*oktaapi.Client
}

func newBackend(cfg app.Config, screen *os.File) *backend {
	return &backend{cfg: cfg, screen: screen, typed: map[string]secret.String{}, client: map[string]*oktaapi.Client{}}
}

// typedFirst makes a source give what was typed before all else. A file is read
// once, because a source would take it before anything else.
func typedFirst(s secret.Source, get func() secret.String) (secret.Source, error) {
	env := s.Getenv
	if s.File != "" {
		held, _, err := s.Find()
		if err != nil {
			return s, err
		}
		s.Env, s.File = []string{"the file " + s.File}, ""
		env = func(string) string { return held.Reveal() }
	}
	s.Getenv = func(name string) string {
		if t := get(); !t.IsZero() {
			return t.Reveal()
		}
		return env(name)
	}
	s.Prompt = func(string) (string, error) { return get().Reveal(), nil }
	return s, nil
}

// Open builds the parts; in the sandbox it starts that.
func (b *backend) Open(ctx context.Context) (tui.World, error) {
	cfg := b.cfg
	cfg.Report = nil
	var errs [3]error
	cfg.OktaToken, errs[0] = typedFirst(cfg.OktaToken, func() secret.String { return b.now.Token })
	cfg.SPToken, errs[1] = typedFirst(cfg.SPToken, func() secret.String { return b.now.SPToken })
	cfg.TestPassword, errs[2] = typedFirst(cfg.TestPassword, func() secret.String { return b.now.Password })
	if err := errors.Join(errs[:]...); err != nil {
		return tui.World{}, err
	}
	password, _, err := cfg.TestPassword.Find()
	if err != nil {
		return tui.World{}, err
	}
	a, err := app.Open(ctx, cfg)
	if err != nil {
		return tui.World{}, err
	}
	b.app = a
	draft, err := b.Draft()
	if err != nil {
		draft = nil // a draft that cannot be read is none; the connections are what counts
	}
	return tui.World{Profiles: a.Catalog.List(), SandboxOrg: a.SandboxOrg(), SandboxTester: a.SandboxTester(),
		Draft: draft, TestPassword: !password.IsZero()}, nil
}

func (b *backend) close() error {
	if b.app == nil {
		return nil
	}
	return b.app.Close()
}

func joinClose(err, closing error) error {
	if closing == nil {
		return err
	}
	return errors.Join(err, closing)
}

// with makes something while the secrets are those given: the sources that the
// app was opened with look at them.
func (b *backend) with(s tui.Secrets, org string, use func() error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.Token.IsZero() {
		s.Token = b.typed[org]
	}
	b.now = s
	defer func() { b.now = tui.Secrets{} }()
	return use()
}

// Kept lists the connections of this machine.
func (b *backend) Kept(context.Context) ([]tui.Connection, error) {
	entries, err := b.app.Entries("")
	if err != nil {
		return nil, err
	}
	var out []tui.Connection
	for _, e := range entries {
		c := tui.Connection{Org: e.Org, Name: e.Name}
		state, found, err := b.app.Store.Connection(e.Org, e.Name).Load()
		switch {
		case err != nil:
			c.Problem = err.Error()
		case !found:
			continue
		}
		c.State = state
		out = append(out, c)
	}
	return out, nil
}

// Look asks both sides how a connection stands.
func (b *backend) Look(ctx context.Context, c tui.Connection) (plan.ConnectionStatus, error) {
	answers := &ask.Answers{}
	if err := answers.Set(ask.Test, ask.FromAsked, string(sso.TestNone)); err != nil {
		return plan.ConnectionStatus{}, err
	}
	var s *app.Session
	err := b.with(tui.Secrets{}, c.State.OrgURL, func() (err error) {
		s, err = b.app.Entry(ctx, store.Entry{Org: c.Org, Name: c.Name}, answers)
		return err
	})
	if err != nil {
		return plan.ConnectionStatus{}, err
	}
	observed, err := s.Core.ObserveAll(ctx, s.Spec)
	if err != nil {
		return plan.ConnectionStatus{}, err
	}
	return plan.StatusOf(s.Spec, s.Profile, observed, s.Core.Diff, time.Now())
}

// TokenFrom says where a token is found.
func (b *backend) TokenFrom(ctx context.Context, org string) (from string, err error) {
	err = b.with(tui.Secrets{}, org, func() (err error) {
		from, err = b.app.TokenFrom(ctx, org)
		return err
	})
	return from, err
}

// okta is the client of an org; it is made anew when another token is typed.
func (b *backend) okta(org string) (client *oktaapi.Client, err error) {
	err = b.with(tui.Secrets{}, org, func() (err error) {
		if client = b.client[org]; client != nil {
			return nil
		}
		if client, err = b.app.Client(org); err == nil {
			b.client[org] = client
		}
		return err
	})
	return client, err
}

// CheckOrg asks the org who it is and what the token may do.
func (b *backend) CheckOrg(ctx context.Context, org string, token secret.String) (tui.OrgReport, error) {
	b.mu.Lock()
	delete(b.client, org)
	delete(b.typed, org)
	if !token.IsZero() {
		b.typed[org] = token
	}
	b.mu.Unlock()
	client, err := b.okta(org)
	if err != nil {
		return tui.OrgReport{}, err
	}
	var r tui.OrgReport
	if r.Org, err = client.Org(ctx); err != nil {
		return r, err
	}
	if r.Me, err = client.Me(ctx); err != nil {
		return r, err
	}
	return r, b.rights(ctx, client, &r)
}

// rights asks side by side for everything that the work needs to read.
func (b *backend) rights(ctx context.Context, client *oktaapi.Client, r *tui.OrgReport) error {
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	lacks := func(m tui.Missing, err error) error {
		if !errors.Is(err, oktaapi.ErrForbidden) {
			return err
		}
		m.Why = "Okta says: " + sso.PlainText(err.Error(), 200)
		mu.Lock()
		defer mu.Unlock()
		r.Missing = append(r.Missing, m)
		return nil
	}
	who := "a Super Administrator can make a token that has it, or give you the role Application Administrator"
	g.Go(func() error { return lacks(tui.Missing{What: "reading apps", Who: who}, client.MayReadApps(ctx)) })
	g.Go(func() error {
		_, _, err := client.SearchGroups(ctx, "", 1, "")
		return lacks(tui.Missing{What: "reading groups", Who: who}, err)
	})
	g.Go(func() error {
		_, _, err := client.SearchPeople(ctx, "", 1, "")
		return lacks(tui.Missing{What: "reading people", Who: who}, err)
	})
	g.Go(func() error {
		company, err := client.Company(ctx)
		r.Company = company
		return err
	})
	if r.Me.ID != "" {
		g.Go(func() error {
			roles, known, err := client.Roles(ctx, r.Me.ID)
			r.Roles, r.RolesKnown = roles, known
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if m, cannot := mayNotCreate(r); cannot {
		r.Missing = append(r.Missing, m)
	}
	return nil
}

// mayNotCreate tells from the roles, where they are known, that creating the
// app will be refused. Custom roles may allow it, so they are believed.
func mayNotCreate(r *tui.OrgReport) (tui.Missing, bool) {
	if !r.RolesKnown {
		return tui.Missing{}, false
	}
	for _, role := range r.Roles {
		switch role {
		case "SUPER_ADMIN", "APP_ADMIN", "CUSTOM":
			return tui.Missing{}, false
		}
	}
	return tui.Missing{What: "creating apps", Why: "Nobody with these roles may.",
		Who: "a Super Administrator can give you the role Application Administrator, or make the token for you"}, true
}

// Groups searches groups on the server. Numbers of people are Okta's own; where
// it does not give them, the names alone have to do.
func (b *backend) Groups(ctx context.Context, org, text, after string) (tui.GroupPage, error) {
	client, err := b.okta(org)
	if err != nil {
		return tui.GroupPage{}, err
	}
	groups, next, err := client.SearchCountedGroups(ctx, text, pageSize, after)
	if err != nil {
		return tui.GroupPage{}, err
	}
	page := tui.GroupPage{After: next}
	for _, g := range groups {
		page.Groups = append(page.Groups, tui.Group{ID: g.ID, Name: g.Name, Description: g.Description,
			Everyone: g.Type == "BUILT_IN" && g.Name == "Everyone", People: g.People})
	}
	return page, nil
}

// People searches people on the server.
func (b *backend) People(ctx context.Context, org, text, after string) (tui.PeoplePage, error) {
	client, err := b.okta(org)
	if err != nil {
		return tui.PeoplePage{}, err
	}
	people, next, err := client.SearchPeople(ctx, text, pageSize, after)
	return tui.PeoplePage{People: people, After: next}, err
}

// FindPeople looks every one of refs up.
func (b *backend) FindPeople(ctx context.Context, org string, refs []string) ([]tui.Found, error) {
	client, err := b.okta(org)
	if err != nil {
		return nil, err
	}
	out := make([]tui.Found, len(refs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(lookupsWide)
	for i, ref := range refs {
		g.Go(func() error {
			exact, near, err := client.Person(ctx, ref)
			if err != nil {
				return err
			}
			out[i] = found(ref, exact, near)
			return nil
		})
	}
	return out, g.Wait()
}

func found(ref string, exact, near []sso.Person) tui.Found {
	f := tui.Found{Ref: ref}
	switch {
	case len(exact) > 1:
		f.Why = fmt.Sprintf("%d people have this address; give the login of one: %s", len(exact), logins(exact))
	case len(exact) == 0 && len(near) > 0:
		f.Why = "nobody has it; near are " + logins(near)
	case len(exact) == 0:
		f.Why = "nobody in Okta has this login or e-mail address"
	case exact[0].Email == "":
		f.Why = "has no e-mail address in Okta, by which the service provider would know the person"
	case exact[0].Status == "SUSPENDED":
		f.Why = "is suspended in Okta and cannot sign in"
	default:
		f.Person = &exact[0]
	}
	return f
}

func logins(people []sso.Person) string {
	var out []string
	for _, p := range people[:min(len(people), 5)] {
		out = append(out, sso.PlainText(p.Login, 80))
	}
	return strings.Join(out, ", ")
}

// Members reads the people of a group.
func (b *backend) Members(ctx context.Context, org, groupID string) (tui.Members, error) {
	client, err := b.okta(org)
	if err != nil {
		return tui.Members{}, err
	}
	people, more, err := client.GroupPeople(ctx, groupID, membersRead)
	return tui.Members{People: people, More: more}, err
}

// draftPath is where the unfinished answers are; the sandbox has its own.
func (b *backend) draftPath() string {
	name := "wizard.json"
	if b.app.InSandbox() {
		name = "wizard-sandbox.json"
	}
	return filepath.Join(b.app.Store.Root(), name)
}

// KeepDraft keeps the answers for the next start.
func (b *backend) KeepDraft(d *tui.Draft) error {
	if d == nil {
		if err := os.Remove(b.draftPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	}
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(b.app.Store.Root(), 0o700); err != nil {
		return err
	}
	return store.WriteFile(b.draftPath(), append(data, '\n'), 0o600)
}

// Draft is what KeepDraft kept, nil when nothing was.
func (b *backend) Draft() (*tui.Draft, error) {
	data, err := os.ReadFile(b.draftPath())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var d tui.Draft
	if err := json.Unmarshal(data, &d); err != nil || d.SP == "" {
		return nil, err
	}
	if b.app.InSandbox() {
		d.Org = b.app.SandboxOrg()
	}
	return &d, nil
}

// SaveFile writes a file that is not there yet.
func (b *backend) SaveFile(path string, data []byte) (string, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return "", hint.New(hint.Usage, sso.PlainText(path, 200)+" is there already", "give another name")
	}
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return path, nil
}
