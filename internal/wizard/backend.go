package wizard

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

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

	hand hand

	counts counts
	waits  chan plan.Event
}

func newBackend(cfg app.Config, screen *os.File) *backend {
	return &backend{cfg: cfg, screen: screen, typed: map[string]secret.String{}, client: map[string]*oktaapi.Client{},
		counts: counts{client: map[string]*oktaapi.Client{}, now: time.Now}, waits: make(chan plan.Event, 8)}
}

// typedFirst makes a source give what was typed before all else. A file is read
// once, because a source would take it before anything else.
func typedFirst(s secret.Source, get func() secret.String) (secret.Source, error) {
	env := s.Getenv
	var held secret.String
	if s.File != "" {
		var err error
		if held, _, err = s.Find(); err != nil {
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
	// The environment may be shut out, as in the sandbox; a file was named all
	// the same.
	s.Prompt = func(string) (string, error) {
		if t := get(); !t.IsZero() {
			return t.Reveal(), nil
		}
		return held.Reveal(), nil
	}
	return s, nil
}

// Open builds the parts; in the sandbox it starts that.
func (b *backend) Open(ctx context.Context) (tui.World, error) {
	cfg := b.cfg
	cfg.Report, cfg.ByHand = nil, &b.hand
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
	drafts, err := b.Drafts()
	if err != nil {
		drafts = nil // one that cannot be read is none; the connections are what counts
	}
	flags := append(ask.Everywhere(cfg.StateDir, cfg.Proxy, cfg.CAFile), ask.TokenFiles(b.cfg.OktaToken.File, b.cfg.SPToken.File)...)
	return tui.World{Profiles: a.Catalog.List(), SandboxOrg: a.SandboxOrg(), OwnSandbox: a.OwnSandbox(), SandboxTester: a.SandboxTester(),
		Flags: flags, Drafts: drafts, TestPassword: !password.IsZero(), Screen: app.HasScreen(b.cfg.GOOS, b.cfg.Getenv)}, nil
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
	s.Core.Report = b.waitOf
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

// draftPath is where the unfinished answers are; the sandbox has its own.
func (b *backend) draftPath() string {
	name := "wizard.json"
	if b.app.InSandbox() {
		name = "wizard-sandbox.json"
	}
	return filepath.Join(b.app.Store.Root(), name)
}

// kept is the file of the unfinished answers.
type kept struct {
	Drafts []tui.Draft `json:"drafts"`
}

// KeepDrafts keeps the answers for the next start.
func (b *backend) KeepDrafts(ds []tui.Draft) error {
	if len(ds) == 0 {
		if err := os.Remove(b.draftPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	}
	data, err := json.MarshalIndent(kept{ds}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(b.app.Store.Root(), 0o700); err != nil {
		return err
	}
	return store.WriteFile(b.draftPath(), append(data, '\n'), 0o600)
}

// Drafts is what KeepDrafts kept.
func (b *backend) Drafts() ([]tui.Draft, error) {
	data, err := os.ReadFile(b.draftPath())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var file struct {
		kept
		tui.Draft // the form of earlier versions: one draft alone
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	ds := slices.DeleteFunc(append(file.Drafts, file.Draft), func(d tui.Draft) bool { return d.SP == "" })
	for i := range ds {
		if b.app.InSandbox() {
			ds[i].Org = b.app.SandboxOrg()
		}
	}
	return ds, nil
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
