package app

import (
	"context"

	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
)

// KeyYears is how long a new key is good for unless another length is wanted:
// as long as the one that Okta makes with an app. Okta takes LeastKeyYears to
// MostKeyYears.
const (
	KeyYears      = 10
	LeastKeyYears = 2
	MostKeyYears  = 10
)

// RotatePlan reads both sides and the app's keys and makes the plan of a new
// signing certificate, good for years, or of a new client secret.
func (s *Session) RotatePlan(ctx context.Context, years int) (*plan.Plan, error) {
	observed, err := s.Core.Observe(ctx, s.Spec)
	if err != nil {
		return nil, err
	}
	var keys []sso.SigningKey
	if observed.App != nil {
		if keys, err = s.Core.Okta.Keys(ctx, observed.App.ID); err != nil {
			return nil, err
		}
	}
	return plan.MakeRotate(s.Spec, s.Profile, observed, keys, years, s.Core.Diff)
}
