package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
)

// maker makes the plan of one command on an existing connection.
type maker func(sso.Spec, *catalog.Profile, plan.Observed, plan.Differ) (*plan.Plan, error)

func (p *program) testCommand() *cobra.Command {
	f := &answerFlags{}
	cmd := &cobra.Command{
		Use:   "test NAME",
		Short: "Prove a connection: the settings of both sides, then a real sign-in",
		Long: `Prove a connection: the settings of both sides are compared, then a real sign-in
is made and Okta's answer verified. Where Okta wants more than a password, there
are two ways. --test browser opens a window of Chrome, Chromium or Edge, with a
profile that is thrown away: sign in there, the program looks on and stops the
answer where it is not to be delivered. With --by-hand you sign in anywhere: the
program says where, and takes what your browser got there, as a copied
SAMLResponse or a saved HAR file. Its times are judged as of when Okta answered;
it must be from this test, and no older than an hour. Of OpenID Connect bring the
address of the page on which the sign-in ends, at once: a code lives for a minute,
so paste it, or give it with --response - on standard input.`,
		Example: `  ssowizard test net2phone --sandbox
  ssowizard test net2phone --test-user ana@acme.com --test-password-file password.txt --output json
  ssowizard test net2phone --test browser --test-user ana@acme.com
  ssowizard test net2phone --by-hand --test-user ana@acme.com
  ssowizard test net2phone --by-hand --test-user ana@acme.com --response signin.har --confirmed test --output json
  xclip -o | ssowizard test cloudtalk --by-hand --test-user ana@acme.com --response -`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.manage(cmd.Context(), f, args[0], plan.MakeTest, func(s *sso.Spec) { s.Test = testOr(s.Test, sso.TestHTTP) })
		},
	}
	f.register(cmd, append([]ask.ID{ask.Test, ask.TestUser, ask.TestPassword, ask.Confirmed}, accessQuestions...)...)
	f.registerByHand(cmd)
	return cmd
}

func testOr(have, other sso.TestWay) sso.TestWay {
	if have == "" || have == sso.TestAuto {
		return other
	}
	return have
}

func (p *program) enableCommand() *cobra.Command {
	f := &answerFlags{}
	cmd := &cobra.Command{
		Use:   "enable NAME",
		Short: "Turn sign-in with Okta on, once a test has passed for exactly these values",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.manage(cmd.Context(), f, args[0], plan.MakeEnable, func(s *sso.Spec) { s.Test, s.Enable = testOr(s.Test, sso.TestAuto), true })
		},
	}
	f.register(cmd, append([]ask.ID{ask.Test, ask.TestUser, ask.TestPassword, ask.Confirmed}, accessQuestions...)...)
	f.registerByHand(cmd)
	return cmd
}

func (p *program) disableCommand() *cobra.Command {
	f := &answerFlags{}
	cmd := &cobra.Command{
		Use:   "disable NAME",
		Short: "Turn sign-in with Okta off; the settings stay",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.manage(cmd.Context(), f, args[0], plan.MakeDisable, func(s *sso.Spec) { s.Test = sso.TestNone })
		},
	}
	f.register(cmd, append([]ask.ID{ask.Confirmed}, accessQuestions...)...)
	return cmd
}

func (p *program) assignCommand() *cobra.Command {
	f := &answerFlags{}
	var addGroups, removeGroups, addUsers, removeUsers []string
	cmd := &cobra.Command{
		Use:     "assign NAME",
		Short:   "Give the app to people and groups, or take it away",
		Example: `  ssowizard assign net2phone --add-group Sales --remove-user ben@acme.com`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(addGroups)+len(removeGroups)+len(addUsers)+len(removeUsers) == 0 {
				return hint.New(hint.Usage, "nobody is named", "name people and groups with --add-group, --remove-group, --add-user, --remove-user")
			}
			if both := overlap(addGroups, removeGroups) + overlap(addUsers, removeUsers); both != "" {
				return hint.New(hint.Usage, "both to add and to remove: "+both, "leave one of the two out")
			}
			return p.manage(cmd.Context(), f, args[0], plan.MakeAssign, func(s *sso.Spec) {
				s.Test, s.Groups, s.Users, s.RemoveGroups, s.RemoveUsers = sso.TestNone, addGroups, addUsers, removeGroups, removeUsers
			})
		},
	}
	f.register(cmd, accessQuestions...)
	fl := cmd.Flags()
	fl.StringArrayVar(&addGroups, "add-group", nil, "group to assign, by name or id")
	fl.StringArrayVar(&removeGroups, "remove-group", nil, "group to take the app away from")
	fl.StringArrayVar(&addUsers, "add-user", nil, "person to assign, by login, e-mail address or id")
	fl.StringArrayVar(&removeUsers, "remove-user", nil, "person to take the app away from")
	return cmd
}

func overlap(a, b []string) string {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return x
			}
		}
	}
	return ""
}

// manage runs one command on an existing connection: open, look, plan, agree, do.
func (p *program) manage(ctx context.Context, f *answerFlags, name string, make maker, want func(*sso.Spec)) error {
	ctx, cancel := p.limited(ctx)
	defer cancel()
	s, err := p.openManaged(ctx, f, name, want)
	if err != nil {
		return cause(ctx, err)
	}
	look := s.Core.Observe
	if p.command == "disable" {
		look = s.Core.ObserveForDisable
	}
	observed, err := look(ctx, s.Spec)
	if err != nil {
		return cause(ctx, err)
	}
	made, err := make(s.Spec, s.Profile, observed, s.Core.Diff)
	if err != nil {
		return cause(ctx, err)
	}
	p.print.plan(made, s.place())
	if p.command == "test" {
		res, err := s.Core.Apply(ctx, made)
		return p.finish(ctx, s, res, err)
	}
	return p.carryOut(ctx, s, made)
}

// openManaged opens and locks a connection with the Spec that the command wants.
func (p *program) openManaged(ctx context.Context, f *answerFlags, name string, want func(*sso.Spec)) (*session, error) {
	answers, err := f.answers(p, nil)
	if err != nil {
		return nil, err
	}
	wanted := sso.Spec{Test: sso.TestWay(answers.Text(ask.Test))}
	want(&wanted)
	if err := answers.Set(ask.Test, ask.FromFlag, string(wanted.Test)); err != nil {
		return nil, err
	}
	a, err := p.openApp(ctx, f)
	if err != nil {
		return nil, err
	}
	inner, err := a.Existing(ctx, name, answers)
	if err != nil {
		return nil, err
	}
	s := p.meet(a, inner)
	test, tester := s.Spec.Test, s.Spec.Tester
	want(&s.Spec)
	s.Spec.Test, s.Spec.Tester = test, tester
	return s, p.lock(ctx, s)
}

func (p *program) undoCommand() *cobra.Command {
	f := &answerFlags{}
	dryRun := false
	cmd := &cobra.Command{
		Use:   "undo NAME",
		Short: "Take back what setup did, on both sides",
		Long: `Take back what setup did, in reverse: sign-in with Okta is turned off, the
service provider gets back what it held before, the Okta app is deleted. A
connection that was there before, and was adopted, stays as it is on both sides
and loses only what was added to it. What somebody else has changed since is
named, and only thrown away with --override.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.undo(cmd.Context(), f, args[0], dryRun) },
	}
	f.register(cmd, append([]ask.ID{ask.Override, ask.Confirmed}, accessQuestions...)...)
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "show the plan and write nothing")
	return cmd
}

func (p *program) undo(ctx context.Context, f *answerFlags, name string, dryRun bool) error {
	ctx, cancel := p.limited(ctx)
	defer cancel()
	s, err := p.openManaged(ctx, f, name, func(s *sso.Spec) { s.Test = sso.TestNone })
	var gone *store.TakenBackError
	if errors.As(err, &gone) {
		return p.undone(gone, dryRun)
	}
	if err != nil {
		return cause(ctx, err)
	}
	observed, err := s.Core.ObserveForUndo(ctx, s.Spec)
	if err != nil {
		return cause(ctx, err)
	}
	made, err := plan.MakeUndo(s.Spec, s.Profile, observed, s.Core.Diff)
	if err != nil {
		return cause(ctx, err)
	}
	p.print.plan(made, s.place())
	if dryRun {
		return p.planned(made, false)
	}
	if made.Pending() {
		if err := p.consent(made, s.Profile); err != nil {
			return err
		}
	}
	res, err := s.Core.Undo(ctx, made)
	return p.finish(ctx, s, res, err)
}

// undone is the end of an undo that finds its work done: of the same command run
// again, also after one that was stopped once all was taken back.
func (p *program) undone(gone *store.TakenBackError, dryRun bool) error {
	p.print.object(planLine{Type: "plan", Connection: gone.Name, Steps: []plan.Step{}})
	p.print.text("Nothing to do: " + gone.Error() + ".")
	if dryRun {
		return p.planned(&plan.Plan{Connection: gone.Name}, false)
	}
	p.print.object(struct {
		Type string `json:"type"`
		plan.Result
	}{"result", plan.Result{Command: p.command, OK: true, Connection: gone.Name}})
	return nil
}
