package cli

import (
	"context"

	"github.com/spf13/cobra"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

type rotateOptions struct {
	answerFlags
	years    int
	yearsSet bool // somebody has said how many
	dryRun   bool
}

func (p *program) rotateCommand() *cobra.Command {
	o := &rotateOptions{}
	cmd := &cobra.Command{
		Use:   "rotate NAME",
		Short: "Replace the signing certificate on both sides, proven, with a way back",
		Long: `Replace the signing certificate on both sides: a new key is made in Okta, its
certificate is given to the service provider, Okta signs with it, and a real
sign-in proves it. When the proof fails, both sides go back to the old pair.
A service provider that holds one certificate cannot let anybody in between the
two writes; the result says how many calls lay between them. One that holds two
gets the new one beside the old one, which goes after the proof: nobody is kept
out. With OpenID Connect it is the client secret that is replaced: both work until
the new one is proven; then the old one is switched off, and deleted once people
are seen to get in without it.`,
		Example: `  ssowizard rotate net2phone --sandbox --yes
  ssowizard rotate net2phone --years 5 --test-user ana@acme.com --test-password-file password.txt`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.yearsSet = cmd.Flags().Changed("years")
			return p.rotate(cmd.Context(), o, args[0])
		},
	}
	o.register(cmd, append([]ask.ID{ask.Test, ask.TestUser, ask.TestPassword, ask.Override, ask.Confirmed}, accessQuestions...)...)
	o.registerByHand(cmd)
	cmd.Flags().IntVar(&o.years, "years", app.KeyYears, "validity of the new certificate, 2 to 10 years")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "show the plan and write nothing")
	return cmd
}

func (p *program) rotate(ctx context.Context, o *rotateOptions, name string) error {
	ctx, cancel := p.limited(ctx)
	defer cancel()
	if o.years < app.LeastKeyYears || o.years > app.MostKeyYears {
		return hint.New(hint.Usage, "--years must be 2 to 10", "Okta makes keys for 2 to 10 years")
	}
	s, err := p.openManaged(ctx, &o.answerFlags, name, func(s *sso.Spec) { s.Test = testOr(s.Test, sso.TestHTTP) })
	if err != nil {
		return cause(ctx, err)
	}
	if o.yearsSet && s.Profile.Protocol == sso.OIDC {
		return hint.New(hint.Usage, "--years is for certificates, and "+s.Profile.Name+" has a client secret, which does not end", "leave --years out")
	}
	made, err := s.RotatePlan(ctx, o.years)
	if err != nil {
		return cause(ctx, err)
	}
	p.print.plan(made, s.place())
	if o.dryRun {
		return p.planned(made, false)
	}
	if s := made.Step(plan.StepSwitch); s != nil && s.Action != plan.None && len(o.hand.responses) > 0 {
		return hint.New(hint.Usage, "--response was given, but Okta does not sign with the new key yet", "rotate without it first; the sign-in that it is about comes after the switch")
	}
	return p.carryOut(ctx, s, made)
}
