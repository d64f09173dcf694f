package cli

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sandbox"
	"example.com/ssowizard/internal/store"
)

func (p *program) sandboxCommand() *cobra.Command {
	var o sandbox.Options
	var show bool
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Run the embedded Okta org and service providers until Ctrl-C, and say where they are",
		Long: `Run the embedded Okta org and service providers on this machine until Ctrl-C.
Other commands with --sandbox join it, and so can any program: it speaks Okta's
Management API, signs people in, and the service providers answer under their
real host names on one TLS address.`,
		Example: `  ssowizard sandbox --output json
  ssowizard sandbox --open
  ssowizard sandbox --rate-limit free --log requests.jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.runSandbox(cmd.Context(), o, show) },
	}
	f := cmd.Flags()
	f.StringVar(&o.Listen, "listen", "", "loopback address of the Okta org, such as 127.0.0.1:7001; kept for later runs")
	f.StringVar(&o.OktaTLS, "okta-tls", "", "loopback address at which the Okta org answers on TLS too")
	f.StringVar(&o.LetOtherMachinesIn, "let-other-machines-in", "", "address such as 0.0.0.0:7001 at which other machines reach the Okta org too, unencrypted; else nobody but this machine does")
	f.BoolVar(&show, "open", false, "open a browser that reaches the service providers under their real names, and nothing outside the sandbox")
	f.IntVar(&o.Users, "users", 0, "people in the org (default 200); decided at the first start")
	f.IntVar(&o.Groups, "groups", 0, "groups in the org (default 40); decided at the first start")
	f.StringVar(&o.Engine, "engine", "", "oie or classic (default oie); decided at the first start")
	f.StringVar(&o.RateLimit, "rate-limit", "", "okta as a paid org, free with ten calls a minute to apps, or off (default okta)")
	f.StringVar(&o.Policy, "policy", "", "password, or two-factor to have sign-ins ask for more (default password)")
	f.DurationVar(&o.Latency, "latency", 0, "delay every answer by so long, such as 100ms")
	f.DurationVar(&o.Lag, "lag", 0, "have the org's search and groups know what is new only so much later, such as 5s")
	f.StringVar(&o.LogFile, "log", "", "append one JSON line a request to this file")
	f.StringArrayVar(&o.Faults, "fault", nil, "break what fits, KIND[=ARG]@METHOD PATH[#COUNT]: lost, refuse, status=500, html502, truncate, slow=2s, type=text/html, skew=-90s (repeat)")
	cmd.AddCommand(&cobra.Command{
		Use: "reset", Short: "Throw the sandbox's org and service providers away", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.resetSandbox(cmd.Context()) },
	})
	return cmd
}

func (p *program) stateRoot() (string, error) {
	return store.Root(p.stateDir, p.Getenv, p.GOOS, p.Home)
}

func (p *program) runSandbox(ctx context.Context, o sandbox.Options, show bool) error {
	ctx, cancel := p.limited(ctx)
	defer cancel()
	if p.org != "" && p.Getenv("SSOWIZARD_ORG") != p.org {
		return hint.New(hint.Usage, "the sandbox has an org of its own", "leave --org out")
	}
	root, err := p.stateRoot()
	if err != nil {
		return err
	}
	if o.LogFile != "" {
		if err := writable("--log", o.LogFile); err != nil {
			return err
		}
	}
	var program string
	if show {
		if program, err = app.FindBrowser(p.GOOS, p.Home, p.Getenv); err != nil {
			return err
		}
	}
	o.Dir, o.Publish, o.Command, o.Version = app.SandboxDir(root), true, "ssowizard sandbox", version()
	o.Ports = p.Getenv(sandbox.EnvPorts)
	s, err := sandbox.Start(ctx, o)
	if err != nil {
		return app.SandboxError(err)
	}
	p.print.object(s.Info())
	p.print.text(sandboxLines(s.Info(), ask.Everywhere(p.stateDir, "", ""))...)
	if show {
		b, err := openBrowser(ctx, program, s.Info())
		if err != nil {
			_ = s.Close() // the first error is the one to tell
			return err
		}
		defer func() { _ = b.Close() }() // it was told to end
		select {
		case <-s.Done():
		case <-b.Done(): // which does not end the sandbox
			if err := b.Close(); err != nil {
				p.print.text("", err.Error())
			}
		}
	}
	<-s.Done()
	if err := s.Close(); err != nil {
		return err
	}
	p.print.text("", "The sandbox has ended; it is kept for the next run.")
	p.succeed()
	return nil
}

// sandboxLines tell of a running sandbox; flags lead to its state folder.
func sandboxLines(i sandbox.Info, flags []string) []string {
	lines := []string{"The sandbox is running. Ctrl-C ends it; everything is kept for the next run.", "",
		row("Okta org", i.Okta.OrgURL), row("Okta API token", i.Okta.APIToken)}
	if i.Okta.TLSURL != "" {
		lines = append(lines, row("Okta org on TLS", i.Okta.TLSURL))
	}
	if i.Okta.OtherMachines != "" {
		lines = append(lines, row("Open to other machines", i.Okta.OtherMachines))
	}
	lines = append(lines, row("Look inside", i.Okta.OrgURL+"/sandbox"))
	for n, person := range i.Okta.People {
		if n == 3 {
			break
		}
		lines = append(lines, row(map[bool]string{true: "People (login, password)"}[n == 0], person.Login+"  "+person.Password))
	}
	for _, id := range slices.Sorted(maps.Keys(i.ServiceProviders)) {
		sp := i.ServiceProviders[id]
		lines = append(lines, "", row(id, sp.PortalURL), row("  settings API", sp.APIURL), row("  token", sp.APIToken))
	}
	return append(lines, "", row("Service providers on TLS", i.TLS.Address), row("  for the hosts", strings.Join(i.TLS.Hosts, ", ")),
		row("  authority to trust", i.TLS.CAFile), "", "In another terminal: "+strings.Join(append([]string{"ssowizard setup SP --sandbox"}, flags...), " "))
}

func (p *program) resetSandbox(ctx context.Context) error {
	root, err := p.stateRoot()
	if err != nil {
		return err
	}
	if err := sandbox.Reset(app.SandboxDir(root)); err != nil {
		return app.SandboxError(err)
	}
	if err := store.Open(root).Forget(ctx, store.SandboxOrg); err != nil {
		return err
	}
	p.print.text("The sandbox is gone, and so are the connections to it. The next run begins with a new one.")
	p.succeed()
	return nil
}
