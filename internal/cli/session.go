package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/words"
)

// session is an open connection with the program around it.
type session struct {
	*app.Session
	app   *app.App
	flags []string // what every command that is shown ends with
}

// openApp builds the parts that every command needs and sees to their end.
func (p *program) openApp(ctx context.Context, flags *answerFlags) (*app.App, error) {
	cfg, err := p.config(ctx, flags)
	if err != nil {
		return nil, err
	}
	a, err := app.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	p.closers = append([]io.Closer{a}, p.closers...)
	return a, nil
}

// config is what flags and environment say of the parts to build.
func (p *program) config(ctx context.Context, flags *answerFlags) (app.Config, error) {
	cfg := app.Config{Getenv: p.Getenv, Home: p.Home, GOOS: p.GOOS, Version: version(), Command: "ssowizard " + p.command,
		StateDir: p.stateDir, Sandbox: p.sandbox, Org: p.org, Proxy: p.proxy, CAFile: p.caFile, Report: p.report, Wanted: p.Wanted}
	if flags != nil {
		if err := oneStdin(flags); err != nil {
			return cfg, err
		}
		p.tokens = ask.TokenFiles(flags.file(ask.OktaToken), flags.file(ask.SPToken))
		cfg.OktaToken = p.source(ctx, ask.OktaToken, flags, true)
		cfg.SPToken = p.source(ctx, ask.SPToken, flags, p.lines())
		cfg.TestPassword = p.source(ctx, ask.TestPassword, flags, p.lines())
		cfg.SPAPIURL = flags.file(ask.SPAPIURL)
		var err error
		if cfg.ByHand, err = p.byHand(flags); err != nil {
			return cfg, err
		}
	}
	if p.debugHTTP != "" {
		f, err := os.OpenFile(p.debugHTTP, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil {
			return cfg, hint.With(hint.Usage, fmt.Errorf("--debug-http: %w", err), "name a file that can be written")
		}
		p.closers = append(p.closers, f)
		cfg.Debug = f
	}
	return cfg, nil
}

// report shows an event. A hand-off names the whole command that goes on after it.
func (p *program) report(e plan.Event) {
	if e.Handoff != nil {
		h := *e.Handoff
		resume, args := withGiven(h.Resume, withoutConfirmed(p.args))
		line := []string{"ssowizard"}
		for _, arg := range args {
			line = append(line, ask.Quote(arg))
		}
		h.Resume = strings.Join(append(line, resume), " ")
		if p.sandbox {
			h.Note = words.SandboxPage(h.Page, p.flags()[1:]...)
		}
		if p.talk != nil { // it is asked about right here
			p.talk.handoff, h.Resume = &h, ""
		}
		e.Handoff = &h
	}
	p.print.event(e)
}

// withoutConfirmed leaves out what was confirmed for this run: that counts only
// for what was done since the run before.
func withoutConfirmed(args []string) []string {
	var out []string
	flag := "--" + ask.Find(ask.Confirmed).Flag
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == flag:
			i++
		case !strings.HasPrefix(args[i], flag+"="):
			out = append(out, args[i])
		}
	}
	return out
}

// withGiven puts the answers that a sign-in by hand was brought so far in the
// place of the first that it goes on with, and gives the rest of the command line.
func withGiven(resume string, args []string) (string, []string) {
	if !strings.HasPrefix(resume, "--by-hand") {
		return resume, args
	}
	var rest []string
	for i := 0; i < len(args); i++ {
		name, given := strings.CutPrefix(args[i], "--response=")
		switch {
		case args[i] == "--by-hand":
			continue
		case args[i] == "--response" && i+1 < len(args):
			i++
			name, given = args[i], true
		}
		if !given {
			rest = append(rest, args[i])
			continue
		}
		resume = strings.Replace(resume, "--response FILE", "--response "+ask.Quote(name), 1)
	}
	return resume, rest
}

// open makes the session of a command.
func (p *program) open(ctx context.Context, flags *answerFlags, choose func(context.Context, *app.App) (*app.Session, error)) (*session, error) {
	a, err := p.openApp(ctx, flags)
	if err != nil {
		return nil, err
	}
	s, err := choose(ctx, a)
	if err != nil {
		return nil, err
	}
	return p.meet(a, s), nil
}

// meet remembers the connection that the run works on.
func (p *program) meet(a *app.App, s *app.Session) *session {
	p.met = s
	return &session{s, a, p.here().Flags}
}

// source says where a secret comes from: file, environment, keyring, prompt.
func (p *program) source(ctx context.Context, id ask.ID, flags *answerFlags, prompt bool) secret.Source {
	q := ask.Find(id)
	s := secret.Source{Name: q.Title, File: flags.file(id), Stdin: p.In, Env: []string{q.Env}, Getenv: p.Getenv}
	if prompt && p.InTerminal && p.output != "json" && p.ReadHidden != nil {
		s.Prompt = func(title string) (string, error) { return p.askHiddenOnce(ctx, title) }
	}
	return s
}

// oneStdin refuses several answers from standard input: only the first would
// get anything.
func oneStdin(flags *answerFlags) error {
	named := slices.Clone(flags.stdin)
	for _, id := range []ask.ID{ask.OktaToken, ask.SPToken, ask.TestPassword} {
		if flags.file(id) == "-" {
			named = append(named, "--"+ask.Find(id).Flag)
		}
	}
	for _, name := range flags.hand.responses {
		if name == "-" {
			named = append(named, "--response")
		}
	}
	if len(named) > 1 {
		return hint.New(hint.Usage, strings.Join(named, " and ")+" both want standard input", "give all but one as a file")
	}
	return nil
}

// lock takes the connection for this run.
func (p *program) lock(ctx context.Context, s *session) error {
	unlock, err := s.Kept.Lock(ctx, "ssowizard "+p.command)
	if err != nil {
		return err
	}
	p.closers = append([]io.Closer{closer(unlock)}, p.closers...)
	return nil
}

type closer func()

func (c closer) Close() error { c(); return nil }

// flags are what every command that is shown ends with: the flags that lead to
// the same place as this run.
func (p *program) flags() []string {
	given := ask.Everywhere(p.stateDir, p.proxy, p.caFile)
	if p.sandbox {
		return append([]string{"--sandbox"}, given...)
	}
	return given
}

// here is where commands that are shown to people have to lead.
func (p *program) here() ask.Place {
	if p.met == nil {
		return p.hereAt(p.org)
	}
	return p.hereAt(p.met.OrgURL, p.met.Spec.Connection, p.met.Profile.ID)
}

// hereAt is the place of connections in an org that is known by its address.
func (p *program) hereAt(org string, names ...string) ask.Place {
	flags := p.flags()
	if org != "" && !p.sandbox {
		flags = append([]string{"--org", ask.Quote(strings.TrimPrefix(org, "https://"))}, flags...)
	}
	return ask.Place{Flags: append(flags, p.tokens...), Names: names}
}

func (s *session) place() place {
	w := place{Org: strings.TrimPrefix(s.OrgURL, "https://"), Sandbox: s.app.InSandbox(), Own: s.app.OwnSandbox(),
		Labels: s.Profile.Labels(), SPName: s.Profile.Name, Follow: s.Profile.FollowUp, Profile: s.Profile.ID, Flags: s.flags,
		OIDC: s.Profile.Protocol == sso.OIDC}
	if w.Sandbox {
		w.Org = "sandbox org " + s.OrgURL
	}
	for _, setting := range s.Profile.Settings {
		w.Settings = append(w.Settings, setting.ID)
	}
	return w
}

// certificateOr shows a certificate by its fingerprint and end, and any other
// value as it is.
func certificateOr(v string) string { return shorten(words.Setting(v), 100) }
