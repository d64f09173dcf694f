package cli

import (
	"context"

	"github.com/spf13/cobra"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/sso"
)

type adoptOptions struct {
	answerFlags
	app, sp string
}

func (p *program) adoptCommand() *cobra.Command {
	o := &adoptOptions{}
	cmd := &cobra.Command{
		Use:   "adopt NAME --sp SP [--app ID]",
		Short: "Take an existing app under management, changing nothing",
		Long: `Take an existing app under management, changing nothing: the app that carries
the connection's mark (set up on another machine), the one that is named with
--app, or the only one with the service provider's ACS URL and Audience. The
service provider's inputs are read off both sides; only what neither tells has
to be given. An app that another connection here manages is refused, and so is,
without --override, one that does not look like the service provider's.`,
		Example: `  ssowizard adopt net2phone --sp net2phone --org acme.okta.com
  ssowizard adopt phones --sp net2phone --app 0oa1b2c3d4e5F6G7h8i9`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.adopt(cmd.Context(), o, args[0]) },
	}
	o.register(cmd, append([]ask.ID{ask.Inputs, ask.Push, ask.Override}, accessQuestions...)...)
	cmd.Flags().StringVar(&o.app, "app", "", "id of the Okta app, such as 0oa1b2c3d4e5F6G7h8i9")
	cmd.Flags().StringVar(&o.sp, "sp", "", "service provider; without it, the connection's name")
	return cmd
}

func (p *program) adopt(ctx context.Context, o *adoptOptions, name string) error {
	ctx, cancel := p.limited(ctx)
	defer cancel()
	if o.sp == "" {
		o.sp = name
	}
	answers, err := o.answers(p, []string{o.sp})
	if err != nil {
		return err
	}
	for id, value := range map[ask.ID]string{ask.Connection: name, ask.Test: string(sso.TestNone)} {
		if err := answers.Set(id, ask.FromFlag, value); err != nil {
			return err
		}
	}
	s, err := p.open(ctx, &o.answerFlags, func(ctx context.Context, a *app.App) (*app.Session, error) {
		return a.Adopting(ctx, answers)
	})
	if err != nil {
		return cause(ctx, err)
	}
	if err := p.lock(ctx, s); err != nil {
		return err
	}
	res, err := s.Core.Adopt(ctx, s.Spec, o.app)
	return p.finish(ctx, s, res, err)
}
