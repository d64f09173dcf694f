package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
)

// ErrInterrupted is the cause of a context that Ctrl-C has ended.
var ErrInterrupted = hint.New(hint.Interrupted, "interrupted", "run the same command again: it goes on from here")

// common are the flags that every command takes.
type common struct {
	org      string
	sandbox  bool
	stateDir string
	output   string
	yes      bool
	timeout  time.Duration
	noColor  bool
	// accessible asks questions one a line instead of drawing a screen.
	accessible bool
	debugHTTP  string
	proxy      string
	caFile     string
}

// program is one run of the program.
type program struct {
	Streams
	common
	command string // name of the command at work, for the result line
	args    []string
	print   printer
	closers []io.Closer
	talk    *talk                    // nil unless questions are asked one a line
	typed   map[string]secret.String // secrets typed in, by title
	met     *app.Session             // nil until the connection is known
	tokens  []string                 // flags that name files with tokens
}

// Run runs the program with args (without its name) and gives its exit code.
func Run(ctx context.Context, args []string, streams Streams) (code int) {
	if streams.In != nil {
		streams.In = stoppable{ctx, streams.In}
	}
	p := &program{Streams: streams, args: args}
	root := p.root()
	root.SetArgs(args)
	p.print = p.newPrinter()
	defer func() {
		if v := recover(); v != nil {
			p.settle(root, args)
			code = p.panicked(v)
		}
	}()
	err := root.ExecuteContext(ctx)
	p.settle(root, args)
	for _, c := range p.closers {
		err = errors.Join(err, c.Close())
	}
	err = usageError(root, args, err)
	if err != nil && !alreadyShown(err) {
		p.print.failure(err)
	}
	return int(hint.CodeOf(err))
}

// panicked tells of a fault of the program itself in the form of every failure,
// so that a script that reads the output still finds its result.
func (p *program) panicked(v any) int {
	_, _ = p.Err.Write(debug.Stack())
	err := hint.New(hint.Failed, "internal error: "+sso.PlainText(fmt.Sprint(v), 300),
		"this is a fault of ssowizard; the journal is kept, and the same command goes on from here")
	p.print.failure(err)
	return int(hint.CodeOf(err))
}

// settle chooses how to tell a failure that came before the flags were read.
func (p *program) settle(root *cobra.Command, args []string) {
	if p.command != "" {
		return
	}
	if cmd, _, err := root.Find(args); err == nil && cmd != root {
		p.command = commandWords(cmd)
	}
	for i, arg := range args {
		switch {
		case arg == "--output=json", arg == "json" && i > 0 && args[i-1] == "--output":
			p.output = "json"
		case p.command == "" && !strings.HasPrefix(arg, "-") && (i == 0 || !strings.HasPrefix(args[i-1], "--")):
			p.command = plain(arg)
		}
	}
	p.print = p.newPrinter()
}

// shown marks an error that the printer has already told.
type shown struct{ error }

func (s shown) Unwrap() error { return s.error }

func alreadyShown(err error) bool {
	var s shown
	return errors.As(err, &s)
}

// usageError gives cobra's complaints about flags and arguments the exit code
// of bad usage.
func usageError(root *cobra.Command, args []string, err error) error {
	var h *hint.Error
	if err == nil || errors.As(err, &h) || !isUsage(err) {
		return err
	}
	const everywhere = "ssowizard --help lists the commands, ssowizard COMMAND --help the flags of one"
	cmd, _, findErr := root.Find(args)
	if findErr != nil || cmd == root {
		return hint.With(hint.Usage, err, everywhere)
	}
	tip := fmt.Sprintf("it is called as: %s; %s --help tells of its flags", cmd.UseLine(), cmd.CommandPath())
	var value *pflag.InvalidValueError
	if errors.As(err, &value) {
		kind := map[string]string{"duration": "no length of time, such as 5m or 90s", "int": "no whole number", "bool": "neither true nor false"}
		if is := kind[value.GetFlag().Value.Type()]; is != "" {
			err = fmt.Errorf("--%s %q is %s", value.GetFlag().Name, value.GetValue(), is)
		}
	}
	if strings.HasPrefix(err.Error(), "accepts ") {
		err = fmt.Errorf("%s was given %s", commandWords(cmd), count(cmd.Flags().NArg(), "argument", "arguments"))
	}
	return hint.With(hint.Usage, err, tip)
}

func isUsage(err error) bool {
	for _, start := range []string{"unknown command", "unknown flag", "unknown shorthand", "flag needs", "invalid argument", "accepts ", "requires ", "bad flag", "if any flags", "required flag"} {
		if strings.HasPrefix(err.Error(), start) {
			return true
		}
	}
	return false
}

func (p *program) root() *cobra.Command {
	o := &setupOptions{}
	root := &cobra.Command{
		Use:   "ssowizard",
		Short: "Set up Okta single sign-on for a service provider, on both sides, and prove that it works",
		Long: `ssowizard creates the app in Okta, assigns people and groups, carries Okta's
values to the service provider, proves with a real sign-in that both sides agree,
and turns single sign-on on when you say so.

Try it without any account:  ssowizard setup net2phone --sandbox --group "Support EMEA" --enable --yes`,
		SilenceUsage: true, SilenceErrors: true,
		PersistentPreRunE: p.prepare,
		Args:              cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if p.InTerminal && !p.yes && p.nameless() {
				p.accessible = true // the wizard, as far as any terminal has it
			}
			if p.lines() {
				return p.lineWizard(cmd.Context(), o)
			}
			if p.fullScreen() {
				return p.wizard(cmd.Context(), &o.answerFlags)
			}
			return p.wizardNeedsTerminal(cmd, &o.answerFlags)
		},
	}
	o.register(root, ask.TestPassword, ask.OktaToken, ask.SPToken)
	root.SetIn(p.In)
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	f := root.PersistentFlags()
	f.StringVar(&p.org, "org", "", "address of the Okta org, such as acme.okta.com (SSOWIZARD_ORG)")
	f.BoolVar(&p.sandbox, "sandbox", false, "use the embedded Okta org and service providers; nothing outside this machine is reached")
	f.StringVar(&p.stateDir, "state-dir", "", "folder of the state (SSOWIZARD_STATE_DIR)")
	f.StringVar(&p.output, "output", "text", "text for people or json for programs, one object a line")
	f.BoolVar(&p.yes, "yes", false, "do it without asking")
	f.DurationVar(&p.timeout, "timeout", 0, "give up after so long, such as 5m; the same command goes on later")
	f.BoolVar(&p.noColor, "no-color", false, "no colours (NO_COLOR)")
	f.BoolVar(&p.accessible, "accessible", false, "ask questions one a line, for screen readers")
	f.StringVar(&p.debugHTTP, "debug-http", "", "append every request to this file, without secrets")
	f.StringVar(&p.proxy, "proxy", "", "HTTP proxy (HTTPS_PROXY)")
	f.StringVar(&p.caFile, "ca-file", "", "further certificate authorities to trust, PEM")
	root.AddCommand(p.setupCommand(), p.planCommand(), p.statusCommand(), p.testCommand(), p.enableCommand(),
		p.disableCommand(), p.assignCommand(), p.rotateCommand(), p.undoCommand(), p.adoptCommand(), p.recordCommand(), p.inspectCommand(), p.catalogCommand(),
		p.sandboxCommand(), p.loginCommand(), p.logoutCommand(), p.versionCommand())
	p.helpOn(root)
	return root
}

// prepare runs before every command.
func (p *program) prepare(cmd *cobra.Command, _ []string) error {
	p.command = commandWords(cmd)
	p.print = p.newPrinter()
	if p.output != "text" && p.output != "json" {
		bad := p.output
		p.output = "text"
		return hint.New(hint.Usage, fmt.Sprintf("--output %q is neither text nor json", bad), "")
	}
	if words := strings.Fields(p.command); p.output == "json" && words[0] == "completion" {
		return hint.New(hint.Usage, "a completion script is no JSON", "leave --output json out")
	}
	if p.org == "" && !p.sandbox {
		p.org = p.Getenv("SSOWIZARD_ORG")
	}
	if p.timeout < 0 {
		return hint.New(hint.Usage, "--timeout must be longer than nothing", "for example --timeout 5m")
	}
	return nil
}

// limited gives the context the time that --timeout allows.
func (p *program) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if p.timeout == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, p.timeout,
		hint.New(hint.TimedOut, fmt.Sprintf("not done after %s", p.timeout), "run the same command again: it goes on from here; allow more with --timeout"))
}

// cause replaces an error that only says that the context has ended by the
// reason for its end.
func cause(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	if why := context.Cause(ctx); hint.CodeOf(why) != hint.Failed && hint.CodeOf(err) != hint.CodeOf(why) {
		return hint.Seal(hint.CodeOf(why), fmt.Errorf("%w (%s)", why, sso.PlainText(err.Error(), 300)), "")
	}
	return err
}
