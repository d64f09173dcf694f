package plan

import (
	"context"
	"errors"
	"fmt"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// enableByHand takes a person's word that the switch is on, and then tries a
// real sign-in just as where the switch was ours. What waits for that is handed
// over after it.
func (r *run) enableByHand(ctx context.Context) (string, error) {
	late, err := r.late()
	switch {
	case err != nil:
		return "", err
	case r.plan.Observed.SP.Enabled && !r.state.SignInOwed:
		return r.lateByHand(late)
	case r.plan.Observed.SP.Enabled: // an earlier run waited for the sign-in
	case !r.confirmed(StepEnable):
		return "", r.handoff(StepEnable, nil, "turn the switch on at "+r.profile.Name)
	}
	r.sp.Enabled = true
	if err := r.oweSignIn(); err != nil {
		return "", err
	}
	if err := r.keepEnabled(); err != nil {
		return "", err
	}
	if err := r.proveEnabled(ctx); err != nil {
		return "", err
	}
	detail := r.turnedOn("turned on by hand")
	if len(late) > 0 {
		return "", r.handOverLate(late)
	}
	return detail, nil
}

func (r *run) handOverLate(late []sso.SPSetting) error {
	return r.handoff(StepEnable, late, fmt.Sprintf("sign-in with Okta is on; now turn on %s at %s", late[0].Label, r.profile.Name))
}

// lateByHand takes a person's word for what waited for the switch.
func (r *run) lateByHand(late []sso.SPSetting) (string, error) {
	if !r.confirmed(StepEnable) {
		return "", r.handOverLate(late)
	}
	values := map[string]string{}
	for id, v := range r.sp.Settings {
		values[id] = v
	}
	for _, s := range late {
		values[s.ID] = s.Value
	}
	r.sp.Settings = values
	return "turned on by hand", r.save(func(s *sso.State) { s.LeaveSP(values) })
}

// turnOffByHand asks for the switch back after the first real sign-in has
// failed. Until a person says so, it is on.
func (r *run) turnOffByHand(cause error) error {
	if err := r.save(func(s *sso.State) { s.Proof, s.SignInOwed = nil, false }); err != nil {
		return errors.Join(cause, err)
	}
	return hint.Seal(hint.TestFailed, fmt.Errorf("the first real sign-in after turning on failed: %w", cause),
		fmt.Sprintf("turn the switch off at %s at once, because people may not be able to sign in; then tell so: ssowizard disable %s --confirmed %s",
			r.profile.Name, r.connection(), StepEnable))
}
