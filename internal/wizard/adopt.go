package wizard

import (
	"context"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/tui"
)

// Adoptable lists the apps that carry our mark and are unknown here.
func (b *backend) Adoptable(ctx context.Context, org string) ([]tui.Adoptable, error) {
	client, err := b.okta(org)
	if err != nil {
		return nil, err
	}
	list, err := b.app.Unknown(ctx, client, org)
	if err != nil {
		return nil, err
	}
	var out []tui.Adoptable
	for _, m := range list {
		out = append(out, tui.Adoptable{AppID: m.App.ID, Label: m.App.Label, Connection: m.Mark.Name, Profile: m.Mark.Profile,
			Active: m.App.Status == sso.StatusActive})
	}
	return out, nil
}

// Adopt takes an app under management, under the lock of the connection.
func (b *backend) Adopt(ctx context.Context, job tui.Job) (plan.Result, error) {
	answers, err := copied(job)
	if err != nil {
		return plan.Result{}, err
	}
	var s *app.Session
	err = b.with(job.Secrets, answers.Text(ask.Org), func() (err error) {
		s, err = b.app.Adopting(ctx, answers)
		return err
	})
	if err != nil {
		return plan.Result{}, err
	}
	unlock, err := s.Kept.Lock(ctx, "ssowizard")
	if err != nil {
		return plan.Result{}, err
	}
	defer unlock()
	s.Core.Report = b.waitOf
	// The form comes with the defaults filled in: they are nobody's answers, so
	// what both sides say counts more.
	for _, in := range s.Profile.Inputs {
		if s.Spec.Inputs[in.ID] == in.Default {
			delete(s.Spec.Inputs, in.ID)
		}
	}
	return s.Core.Adopt(ctx, s.Spec, job.AppID)
}
