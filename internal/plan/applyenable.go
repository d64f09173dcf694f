package plan

import (
	"context"
	"errors"
	"fmt"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// stepEnable turns sign-in with Okta on, but only for the very values that the
// proof is for: both sides are read once more right before.
func (r *run) stepEnable(ctx context.Context, _ Step) (string, error) {
	if err := r.checkProof(ctx); err != nil {
		return "", err
	}
	if !r.sp.Readable {
		return r.enableByHand(ctx)
	}
	if err := r.oweSignIn(); err != nil {
		return "", err
	}
	if err := r.switchOn(ctx); err != nil {
		return "", err
	}
	if err := r.proveEnabled(ctx); err != nil {
		return "", err
	}
	if err := r.pushLate(ctx); err != nil {
		return "", err
	}
	return r.turnedOn("on"), nil
}

// switchOn turns the switch and sees that it is on. What stops the run after
// that must not leave people with a switch that nobody has tried.
func (r *run) switchOn(ctx context.Context) error {
	var err error
	if !r.sp.Enabled {
		err = r.write(ctx, StepEnable, "turn on sign-in with Okta at "+r.profile.Name, func(ctx context.Context) (string, error) {
			return "", r.SP.SetEnabled(ctx, true)
		})
	}
	patient, stop := withGrace(ctx, r.Clock)
	defer stop()
	state, readErr := r.SP.Read(patient)
	switch {
	case err != nil && (readErr != nil && !outcomeUnknown(err) || readErr == nil && !state.Enabled):
		return err
	case readErr != nil:
		r.sp.Enabled = true
		cause := errors.Join(err, readErr, r.keepEnabled())
		if !r.signInFollows() {
			return hint.Add(cause, "sign-in with Okta may be on at %s: look there", r.profile.Name)
		}
		return r.turnOffAgain(ctx, cause)
	}
	r.sp = state
	if !state.Enabled {
		return hint.New(hint.Failed, r.profile.Name+" took the switch but still reads as off", "look at its settings page")
	}
	return r.keepEnabled()
}

// turnedOn is what to say of the switch: that it is on, and what follows.
func (r *run) turnedOn(how string) string {
	text := r.deadline(r.Clock.Now())
	if text == "" {
		return how
	}
	r.later = text
	return how + "; " + text
}

// pushLate turns on what waits until sign-in with Okta is on and has worked.
func (r *run) pushLate(ctx context.Context) error {
	late, err := r.late()
	if err != nil || len(late) == 0 {
		return err
	}
	want, err := r.profile.WantedSettings(r.plan.Inputs, r.sp.Offered, r.idp)
	if err != nil {
		return err
	}
	all := append(want, late...)
	if err := r.keepBefore(all); err != nil {
		return err
	}
	if all, err = r.withSecrets(all); err != nil {
		return err
	}
	err = r.write(ctx, StepEnable, "turn on "+late[0].Label+" at "+r.profile.Name, func(ctx context.Context) (string, error) {
		state, err := r.SP.Push(ctx, all)
		return state.Resource, err
	})
	if err != nil {
		return err
	}
	if r.sp, err = r.SP.Read(ctx); err != nil {
		return err
	}
	return r.keepApplied()
}

// proveEnabled follows up a proof that had to stop short of the service
// provider: now that it is on, a real sign-in has to go through at once, or it
// is turned off again before people meet it.
func (r *run) proveEnabled(ctx context.Context) error {
	if !r.signInFollows() {
		return nil
	}
	r.findings = nil
	cause := r.ordinarySignIn(ctx)
	switch {
	case cause == nil && sso.AllOK(r.findings):
		return r.save(func(s *sso.State) { s.SignInOwed = false })
	case hint.CodeOf(cause) == hint.Waiting:
		return cause // nothing has failed: a person signs in next
	}
	if cause == nil {
		cause = testFailed(r.findings)
	}
	if !r.sp.Readable {
		return r.turnOffByHand(cause)
	}
	return r.turnOffAgain(ctx, cause)
}

// turnOffAgain takes the switch back before people meet it, because the real
// sign-in that has to follow it has failed or cannot be made.
func (r *run) turnOffAgain(ctx context.Context, cause error) error {
	ctx, stop := toTheEnd(ctx)
	defer stop()
	r.insist = true
	refuted, code := hint.CodeOf(cause) == hint.TestFailed, hint.Partway // or only stopped
	if refuted {
		code = hint.TestFailed
	}
	err := r.write(ctx, StepEnable, "turn off again at "+r.profile.Name, func(ctx context.Context) (string, error) {
		return "", r.SP.SetEnabled(ctx, false)
	})
	if err != nil {
		return hint.Seal(code, fmt.Errorf("%w; and turning %s off again failed: %w", cause, r.profile.Name, err),
			"it is on, and people may not be able to sign in: turn it off by hand at once, or run the same command again, which signs in or turns it off")
	}
	r.sp.Enabled = false
	if refuted {
		r.proven = false
	}
	err = r.save(func(s *sso.State) {
		s.EnabledAt, s.SignInOwed = nil, false
		if refuted {
			s.Proof = nil
		}
	})
	if err != nil {
		return errors.Join(cause, err)
	}
	if !refuted {
		return hint.Add(fmt.Errorf("turned on, but the real sign-in that has to follow could not be made, so it is off again: %w", cause), "run the same command again")
	}
	return hint.Seal(hint.TestFailed, fmt.Errorf("the first real sign-in after turning on failed, so it is off again: %w", cause), "")
}

// signInFollows tells whether a real sign-in has to follow turning on.
func (r *run) signInFollows() bool {
	return r.profile.Proof == catalog.ProofResponse && r.SignIn != nil && r.plan.Observed.Tester != nil
}

// oweSignIn notes, before the switch, that a real sign-in has to follow it, so
// that a run that stops in between is not taken for a success.
func (r *run) oweSignIn() error {
	if !r.signInFollows() || r.state.SignInOwed {
		return nil
	}
	return r.save(func(s *sso.State) { s.SignInOwed = true })
}

func (r *run) keepEnabled() error {
	now := r.Clock.Now().UTC()
	return r.save(func(s *sso.State) { s.EnabledAt, s.TurnedOn = &now, true })
}

// checkProof refuses unless a kept proof is for what both sides hold now.
func (r *run) checkProof(ctx context.Context) error {
	if r.made { // another machine may have made one at the same time
		if _, err := r.lookAgain(ctx); err != nil {
			return err
		}
	}
	app, err := r.Okta.App(ctx, r.app.ID)
	if err != nil {
		return err
	}
	if app.KID != r.idp.KID {
		if r.idp, r.secrets, err = r.idpValues(ctx, app, r.state.SecretID); err != nil {
			return err
		}
	}
	held := r.sp
	if r.sp.Readable {
		if held, err = r.SP.Read(ctx); err != nil {
			return err
		}
	}
	r.app, r.sp = app, held
	if r.state.Proof == nil || r.state.Proof.Digest != Digest(r.profile, app, r.idp, held) {
		return notProven(r.connection())
	}
	return nil
}
