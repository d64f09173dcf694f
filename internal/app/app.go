// Package app builds the graph of real parts, sandbox or not, and hands it to
// the two faces of the program. It decides nothing: what is wanted comes from
// package ask, what is done from package plan.
package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sandbox"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
)

// Config is what the faces know when they start.
type Config struct {
	Getenv  func(string) string
	Home    string
	GOOS    string
	Version string
	// Command is named to whoever finds a lock held.
	Command string

	StateDir string
	Sandbox  bool
	// Org and SPAPIURL are the flags as given, to be refused beside Sandbox.
	Org, SPAPIURL string
	Proxy, CAFile string
	// Debug takes the redacted trace of all requests, nil for none.
	Debug io.Writer

	OktaToken, SPToken, TestPassword secret.Source
	Report                           func(plan.Event)
	// ByHand hands sign-ins to a person; nil where nobody can be asked.
	ByHand signin.Hand
	// Wanted is told each Spec that answers were made into, once it is whole;
	// nil for nobody.
	Wanted func(sso.Spec)
}

// App is the program's parts for one run. Close it.
type App struct {
	Store   *store.Store
	Catalog *catalog.Catalog

	cfg       Config
	transport http.RoundTripper
	running   *sandbox.Sandbox // started here, nil when joined or not wanted
	info      *sandbox.Info    // of the sandbox, nil in production
}

// Open builds what every command needs. With Sandbox it joins the one that is
// running, or runs one until Close.
func Open(ctx context.Context, cfg Config) (*App, error) {
	if err := checkSandboxFlags(cfg); err != nil {
		return nil, err
	}
	root, err := store.Root(cfg.StateDir, cfg.Getenv, cfg.GOOS, cfg.Home)
	if err != nil {
		return nil, err
	}
	a := &App{Store: store.Open(root), cfg: cfg}
	if a.Catalog, err = catalog.Load(ProfileDir(cfg.Getenv, cfg.GOOS, cfg.Home)); err != nil {
		return nil, err
	}
	net, err := a.network(ctx)
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	a.transport = net.Transport()
	if cfg.Debug != nil {
		a.transport = httpx.NewTrace(cfg.Debug).Wrap(a.transport)
	}
	return a, nil
}

func checkSandboxFlags(cfg Config) error {
	if !cfg.Sandbox {
		return nil
	}
	for flag, value := range map[string]string{"--org": cfg.Org, "--sp-api-url": cfg.SPAPIURL} {
		if value != "" {
			return hint.New(hint.Usage, "--sandbox and "+flag+" contradict each other",
				"the sandbox has an org and service providers of its own; leave one of the two out")
		}
	}
	return nil
}

// network is how clients reach the world: the sandbox's closed list of hosts,
// without any proxy, or the real one.
func (a *App) network(ctx context.Context) (*httpx.Net, error) {
	if !a.cfg.Sandbox {
		return httpx.ProductionNet(a.cfg.Proxy, a.cfg.CAFile, a.cfg.Getenv)
	}
	if err := a.openSandbox(ctx); err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(a.info.TLS.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's authority: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", a.info.TLS.CAFile)
	}
	return &httpx.Net{Hosts: a.info.NetHosts(), Roots: roots}, nil
}

func (a *App) openSandbox(ctx context.Context) error {
	dir := SandboxDir(a.Store.Root())
	info, err := sandbox.Join(ctx, dir)
	if err != nil {
		return err
	}
	if info != nil {
		a.info = info
		return nil
	}
	// It outlasts ctx until Close: a write under way when the run is stopped is
	// still answered, and connections are closed before their server is.
	lasting := context.WithoutCancel(ctx)
	running, err := sandbox.Start(lasting, sandbox.Options{Dir: dir, Command: a.cfg.Command, Version: a.cfg.Version, Ports: a.cfg.Getenv(sandbox.EnvPorts)})
	if err != nil {
		return SandboxError(err)
	}
	a.running = running
	own := running.Info()
	a.info = &own
	return nil
}

// SandboxDir is where the sandbox of a state folder is kept.
func SandboxDir(stateDir string) string { return filepath.Join(stateDir, "sandbox") }

// SandboxError gives the sandbox's errors their exit codes and hints.
func SandboxError(err error) error {
	var held *sandbox.HeldError
	var taken *sandbox.PortTakenError
	var option *sandbox.OptionsError
	switch {
	case errors.As(err, &held):
		return hint.With(hint.Refused, err, "wait for it to end; to share one sandbox, run: ssowizard sandbox, and leave it running; or use another --state-dir")
	case errors.As(err, &taken):
		return hint.With(hint.Failed, err, fmt.Sprintf("end the program that listens at %s, or begin anew with: ssowizard sandbox reset", taken.Address))
	case errors.As(err, &option) && option.Kept != "":
		return hint.With(hint.Usage, err, "begin anew with: ssowizard sandbox reset")
	case errors.As(err, &option) && option.BeyondLoopback:
		return hint.With(hint.Usage, err, "to let other machines reach the Okta org as well, say so in plain words: --let-other-machines-in "+option.Value)
	case errors.As(err, &option):
		return hint.With(hint.Usage, err, "")
	}
	return err
}

// Close ends what Open began.
func (a *App) Close() error {
	if a.running == nil {
		return nil
	}
	// Connections of ours that were never used would hold up the sandbox's end.
	if t, ok := a.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
	return a.running.Close()
}

// ProfileDir is where the admin's own profiles are: ssowizard/profiles in the
// system's configuration folder.
func ProfileDir(env func(string) string, goos, home string) string {
	base := env("XDG_CONFIG_HOME")
	switch {
	case goos == "windows" && env("APPDATA") != "":
		base = env("APPDATA")
	case !filepath.IsAbs(base) && home == "":
		return ""
	case !filepath.IsAbs(base):
		base = filepath.Join(home, ".config")
	}
	return filepath.Join(base, "ssowizard", "profiles")
}

// InSandbox tells whether this run meets the sandbox.
func (a *App) InSandbox() bool { return a.info != nil }

// OwnSandbox tells whether the sandbox ends with this run.
func (a *App) OwnSandbox() bool { return a.running != nil }
