package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/record"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
)

// setupOptions are the flags of setup and plan.
type setupOptions struct {
	answerFlags
	file      string
	usersFile string
	report    string
	dryRun    bool
	exitCode  bool
}

func (p *program) setupCommand() *cobra.Command {
	o := &setupOptions{}
	cmd := &cobra.Command{
		Use:   "setup [SP]",
		Short: "Set up single sign-on on both sides; again: change only what differs",
		Long: `Set up single sign-on on both sides: the app in Okta, the settings at the
service provider, a test, the assignments and, with --enable, the switch.
Run again it changes only what differs. Nothing is written before the plan has
been shown and agreed to.`,
		Example: `  ssowizard setup net2phone --sandbox --group "Support EMEA" --enable --yes
  ssowizard setup net2phone --org acme.okta.com --group Support --sp-api-url https://gateway.acme.example \
    --test-user ana@acme.com --test-password-file password.txt`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.setup(cmd.Context(), o, args) },
	}
	o.register(cmd, setupQuestions...)
	o.registerOwn(cmd)
	o.registerByHand(cmd)
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "show the plan and write nothing")
	return cmd
}

func (p *program) planCommand() *cobra.Command {
	o := &setupOptions{dryRun: true}
	cmd := &cobra.Command{
		Use:     "plan [SP]",
		Short:   "Show what setup would do, and write nothing",
		Example: `  ssowizard plan net2phone --sandbox --group "Support EMEA" --exit-code`,
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return p.setup(cmd.Context(), o, args) },
	}
	o.register(cmd, setupQuestions...)
	o.registerOwn(cmd)
	o.registerByHand(cmd)
	return cmd
}

func (o *setupOptions) registerOwn(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&o.file, "file", "f", "", "connection file (YAML) with answers; flags win")
	f.StringVar(&o.usersFile, "users-file", "", "file with people: CSV with a login or email column, or one a line (- is standard input)")
	f.StringVar(&o.report, "report", "", "also write the plan to this file, ending in .md, .html or .json")
	f.BoolVar(&o.exitCode, "exit-code", false, "with plan: exit 3 when there is something to do")
}

// setup runs setup or, dry, plan.
func (p *program) setup(ctx context.Context, o *setupOptions, args []string) error {
	ctx, cancel := p.limited(ctx)
	defer cancel()
	if o.report != "" {
		if _, err := record.FormOf(o.report); err != nil {
			return err
		}
		if err := writable("--report", o.report); err != nil {
			return err
		}
	}
	answers, err := p.setupAnswers(o, args)
	if err != nil {
		return err
	}
	return p.setupWith(ctx, o, answers)
}

// setupWith goes on once the answers are known, or asks for the rest where
// questions are asked one a line.
func (p *program) setupWith(ctx context.Context, o *setupOptions, answers *ask.Answers) error {
	s, err := p.open(ctx, &o.answerFlags, func(ctx context.Context, a *app.App) (*app.Session, error) {
		if p.lines() {
			p.talk = &talk{answers: answers}
			if err := p.askRest(ctx, a, answers); err != nil {
				return nil, err
			}
		}
		return a.Session(ctx, answers)
	})
	if err != nil {
		return cause(ctx, err)
	}
	if err := p.readLogo(o, s); err != nil {
		return err
	}
	if !o.dryRun {
		if err := p.lock(ctx, s); err != nil {
			return err
		}
	}
	made, err := p.makePlan(ctx, s)
	if err != nil {
		return cause(ctx, err)
	}
	if len(made.Prerequisites) > 0 && p.talk == nil { // a conversation begins with them
		p.print.text(p.beforeYouStart(made.Prerequisites)...)
	}
	p.print.plan(made, s.place())
	if err := p.writeReport(o.report, made, s); err != nil {
		return err
	}
	if s.TestSkipped != "" {
		p.print.warning(s.TestSkipped)
	}
	if o.dryRun {
		return p.planned(made, o.exitCode)
	}
	if p.talk != nil {
		return p.converse(ctx, s, made)
	}
	return p.carryOut(ctx, s, made)
}

// beforeYouStart lists what no call can find out and everything rests on.
func (p *program) beforeYouStart(prerequisites []string) []string {
	width := 100
	if p.Width >= 40 {
		width = min(p.Width, 120)
	}
	lines := []string{"Before you start:"}
	for _, text := range prerequisites {
		lines = append(lines, wrap("  · ", plain(text), width)...)
	}
	return append(lines, "")
}

// writeReport writes the plan for the ticket, before anything is agreed to.
func (p *program) writeReport(file string, made *plan.Plan, s *session) error {
	if file == "" {
		return nil
	}
	form, err := record.FormOf(file)
	if err != nil {
		return err
	}
	return p.writeDocument(record.OfPlan(made, s.place().Org, time.Now()), form, file)
}

func (p *program) makePlan(ctx context.Context, s *session) (*plan.Plan, error) {
	for _, step := range s.Spec.Confirmed {
		if err := plan.Confirmable(step); err != nil {
			return nil, err
		}
	}
	observed, err := s.Core.Observe(ctx, s.Spec)
	if err != nil {
		return nil, err
	}
	return plan.Make(s.Spec, s.Profile, observed, s.Core.Diff)
}

// planned ends a dry run.
func (p *program) planned(made *plan.Plan, exitCode bool) error {
	code := hint.Done
	if exitCode && made.Pending() {
		code = hint.Due
	}
	p.print.object(struct {
		bareResult
		Connection string `json:"connection"`
		Pending    bool   `json:"pending"`
	}{bareResult{"result", p.command, true, int(code)}, made.Connection, made.Pending()})
	if code == hint.Due {
		return shown{hint.New(hint.Due, "there is something to do", "")}
	}
	return nil
}

// carryOut asks for consent, applies the plan and shows the result.
func (p *program) carryOut(ctx context.Context, s *session, made *plan.Plan) error {
	if made.Pending() {
		if err := p.consent(made, s.Profile); err != nil {
			return err
		}
	}
	res, err := s.Core.Apply(ctx, made)
	return p.finish(ctx, s, res, err)
}

func (p *program) finish(ctx context.Context, s *session, res plan.Result, err error) error {
	err = cause(ctx, err)
	res.ExitCode, res.OK = int(hint.CodeOf(err)), err == nil
	p.print.result(res, err, s.place())
	if err != nil {
		return shown{err}
	}
	return nil
}

// consent asks whether to do what the plan says; scripts say so with --yes.
func (p *program) consent(made *plan.Plan, profile *catalog.Profile) error {
	if s := made.Step(plan.StepEnable); s != nil && s.Action == plan.Update && profile.Consent != "" {
		p.print.warning(profile.Consent)
	}
	if p.yes {
		return nil
	}
	if !(p.InTerminal || p.accessible) || p.output == "json" {
		return hint.New(hint.Usage, "missing: --yes", "nobody can be asked here; add --yes to agree to the plan, or look at it with ssowizard plan")
	}
	question := "Do this?"
	if len(made.Prerequisites) > 0 && p.talk == nil {
		question = "What has to be so before you start is so. Do this?"
	}
	ok, err := p.confirm(question)
	if err != nil {
		return err
	}
	if !ok {
		return hint.New(hint.Failed, "not agreed to; nothing was written", "")
	}
	return nil
}

func (p *program) setupAnswers(o *setupOptions, args []string) (*ask.Answers, error) {
	answers, err := o.answers(p, args)
	if err != nil {
		return nil, err
	}
	if o.file != "" {
		data, err := os.ReadFile(o.file)
		if err != nil {
			return nil, hint.With(hint.Usage, fmt.Errorf("connection file: %w", err), "give the path of a YAML file")
		}
		if err := ask.File(o.file, data, answers); err != nil {
			return nil, err
		}
		if p.sandbox && answers.Text(ask.Org) != "" {
			return nil, hint.New(hint.Usage, "--sandbox and the connection file's org contradict each other", "leave one of the two out")
		}
	}
	if o.usersFile == "-" {
		o.stdin = []string{"--users-file"}
		if err := oneStdin(&o.answerFlags); err != nil { // before a token is read as a person
			return nil, err
		}
	}
	if o.usersFile != "" {
		people, err := p.readUsers(o.usersFile)
		if err != nil {
			return nil, err
		}
		if err := answers.Add(ask.Users, ask.FromFlag, people...); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// readLogo reads the image of --logo.
func (p *program) readLogo(o *setupOptions, s *session) error {
	path := o.values[ask.Logo]
	if path == nil || *path == "" {
		return nil
	}
	data, err := os.ReadFile(*path)
	if err != nil {
		return hint.With(hint.Usage, fmt.Errorf("logo: %w", err), "give the path of a PNG, JPG, GIF or SVG file")
	}
	if err := oktaapi.CheckLogo(*path, data); err != nil {
		return err
	}
	s.Spec.Logo = &sso.Logo{Name: baseName(*path), Data: data}
	return nil
}
