package plan

import (
	"context"
	"fmt"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// A service provider that holds several certificates is given the new one beside
// the old one, Okta is switched, a sign-in proves it, and only then the old one
// goes. Both are trusted from before the switch until after the proof, so that
// there is no moment in which a sign-in fails.

// overlapSteps plans such a rotation. keys are all keys of the app.
func (m *maker) overlapSteps(keys []sso.SigningKey) error {
	rp, sp := m.Rotate, m.Profile.Name
	switched := m.Observed.App.KID == rp.ToKID
	m.keyStep()
	m.add(StepValues, None, "Read Okta's values for the new key", nil)
	push, swtch, retire := Update, Update, Update
	if switched {
		held, err := m.heldAfterSwitch(keys)
		if err != nil {
			return err
		}
		swtch, push = None, held.push
		retire, rp.retired = held.retire, held.retire == None
	}
	m.add(StepPush, push, sp+": give it the new certificate beside the old one; both are trusted from then on", nil)
	m.add(StepReadback, None, sp+": read the settings back and compare", nil)
	m.switchStep(swtch)
	m.order = [][]StepID{{StepKey}, {StepValues}, {StepPush}, {StepReadback}, {StepSwitch}}
	m.rotateTest("; if that fails, Okta goes back to the old key, which is still trusted")
	m.add(StepSPRetire, retire, sp+": take the old certificate away", nil)
	m.add(StepOktaRetire, None, "Okta: the old key stays in the app's list, for the way back", nil)
	m.order = append(m.order, []StepID{StepSPRetire}, []StepID{StepOktaRetire})
	return nil
}

// overlapLeft is what is left to do at the service provider after the switch.
type overlapLeft struct{ push, retire Action }

// heldAfterSwitch looks which of the two certificates the service provider holds.
func (m *maker) heldAfterSwitch(keys []sso.SigningKey) (overlapLeft, error) {
	o := m.Observed
	both, alone := *o.IdP, *o.IdP
	both.OtherFirst = true
	for _, k := range keys {
		if k.KID == m.Rotate.FromKID {
			both.OtherCertificate = k.Certificate
		}
	}
	for values, left := range map[*sso.IdPValues]overlapLeft{&alone: {None, None}, &both: {None, Update}} {
		want, err := m.Profile.WantedSettings(m.Inputs, o.SP.Offered, *values)
		if err != nil {
			return left, err
		}
		if sso.AllOK(settingFindings(m.Profile, want, o.SP)) {
			return left, nil
		}
	}
	return overlapLeft{Update, Update}, nil
}

// overlapValues reads what both keys stand for.
func (r *run) overlapValues(ctx context.Context, s Step) (string, error) {
	detail, err := r.rotateValues(ctx, s)
	if err != nil {
		return "", err
	}
	r.after = r.idp
	switch {
	case r.plan.Rotate.retired:
	case r.app.KID == r.plan.Rotate.ToKID:
		r.idp.OtherCertificate, r.idp.OtherFirst = r.before.idp.Certificate, true
	default: // the old key signs, and its certificate stays in its place
		r.idp = r.before.idp
		r.idp.OtherCertificate = r.after.Certificate
	}
	return detail, nil
}

// overlapSwitch makes Okta sign with the new key. Whatever becomes of that, the
// service provider trusts the key in use.
func (r *run) overlapSwitch(ctx context.Context, _ Step) (string, error) {
	if err := r.switchTo(ctx, r.plan.Rotate.ToKID); err != nil {
		return "", err
	}
	r.rotated = &Rotated{FromKID: r.plan.Rotate.FromKID, ToKID: r.plan.Rotate.ToKID}
	r.idp = r.after
	r.idp.OtherCertificate, r.idp.OtherFirst = r.before.idp.Certificate, true
	return "now signing with " + r.app.KID + "; there was no moment in which nobody could sign in", r.keepSwitch()
}

// overlapTest proves the new key while the old one is still trusted.
func (r *run) overlapTest(ctx context.Context, s Step) (string, error) {
	detail, err := r.stepTest(ctx, s)
	if err == nil || hint.CodeOf(err) != hint.TestFailed {
		return detail, err
	}
	return "", r.overlapBack(ctx, err)
}

// overlapBack has Okta sign with the old key again, and then takes the new
// certificate away from the service provider, where that needs nobody's hands.
func (r *run) overlapBack(ctx context.Context, cause error) error {
	if r.sp.Readable {
		return r.goBack(ctx, cause, true)
	}
	ctx, stop := toTheEnd(ctx)
	defer stop()
	if err := r.switchBack(ctx, cause); err != nil {
		return err
	}
	r.rotated = nil
	if err := r.save(func(s *sso.State) { s.KID, s.Proof, s.Unfinished = r.app.KID, nil, "" }); err != nil {
		return fmt.Errorf("%w; went back, but could not note it: %w", cause, err)
	}
	return hint.Add(cause, "Okta signs with the old key again, which %s still trusts beside the new one; the same command tries the new one again", r.profile.Name)
}

// stepSPRetire takes the old certificate away from the service provider. What
// was proven stays proven: the key in use is the same, and so is everything
// else, as the settings that are read back must show.
func (r *run) stepSPRetire(ctx context.Context, s Step) (string, error) {
	proof := r.state.Proof
	if proof != nil && proof.Digest != Digest(r.profile, r.app, r.idp, r.sp) {
		proof = nil
	}
	r.idp.OtherCertificate, r.idp.OtherFirst = nil, false
	if s.Action == None {
		return "", nil
	}
	want, err := r.profile.WantedSettings(r.plan.Inputs, r.sp.Offered, r.idp)
	if err != nil {
		return "", err
	}
	if err := r.pushRetired(ctx, want); err != nil {
		return "", err
	}
	if proof != nil {
		again := *proof
		again.Digest = Digest(r.profile, r.app, r.idp, r.sp)
		proof = &again
	}
	return "the old certificate is gone there", r.save(func(s *sso.State) {
		s.LeaveSP(r.sp.Settings)
		s.Rotation, s.Proof = nil, proof
	})
}

func (r *run) pushRetired(ctx context.Context, want []sso.SPSetting) error {
	if r.plan.Spec.Push == sso.PushGuided {
		_, err := r.handOver(StepSPRetire, want, "leave the new certificate alone there")
		return err
	}
	if err := r.keepBefore(want); err != nil {
		return err
	}
	err := r.write(ctx, StepSPRetire, "take the old certificate away at "+r.profile.Name, func(ctx context.Context) (string, error) {
		state, err := r.SP.Push(ctx, want)
		return state.Resource, err
	})
	if err != nil {
		return err
	}
	if r.sp, err = r.SP.Read(ctx); err != nil {
		return err
	}
	for _, f := range settingFindings(r.profile, want, r.sp) {
		if !f.OK {
			return hint.New(hint.Failed, fmt.Sprintf("%s does not hold what was written: %s", r.profile.Name, r.profile.Labels()[f.Field]),
				"people can sign in; look at its settings page")
		}
	}
	return nil
}
