package plan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// rotateBefore is what the way back needs.
type rotateBefore struct {
	idp      sso.IdPValues
	proof    *sso.Proof
	pushedAt int // Calls right after the service provider had the new certificate
	pushed   bool
	since    time.Time // when it had the new certificate, in this run or an earlier one
}

// stepKey makes the new key once. When the answer is lost, the key is looked
// for before anything is tried again, because keys cannot be taken away.
func (r *run) stepKey(ctx context.Context, _ Step) (string, error) {
	if err := r.save(func(s *sso.State) { s.Rotation = &sso.Rotation{FromKID: r.app.KID} }); err != nil {
		return "", err
	}
	for attempt := 1; ; attempt++ {
		var key sso.SigningKey
		err := r.write(ctx, StepKey, "make a signing key", func(ctx context.Context) (kid string, err error) {
			key, err = r.Okta.GenerateKey(ctx, r.app.ID, r.plan.Rotate.Years)
			return key.KID, err
		})
		if err == nil {
			return key.KID, r.keepKey(key.KID)
		}
		if !outcomeUnknown(err) || attempt == 2 {
			return "", err
		}
		r.emit(Event{Kind: EventStep, Step: StepKey, Status: Retrying, Detail: "the answer was lost; looking whether the key was made"})
		keys, lookErr := r.Okta.Keys(ctx, r.app.ID)
		if lookErr != nil {
			return "", lookErr
		}
		for _, k := range keys {
			if !slices.Contains(r.plan.Rotate.known, k.KID) {
				return k.KID, r.keepKey(k.KID)
			}
		}
	}
}

func (r *run) keepKey(kid string) error {
	r.plan.Rotate.ToKID = kid
	return r.save(func(s *sso.State) { s.Rotation = &sso.Rotation{FromKID: r.plan.Rotate.FromKID, ToKID: kid} })
}

// rotateValues reads what the service provider has to know of the new key, and
// the app once more, so that the switch itself is a single call.
func (r *run) rotateValues(ctx context.Context, _ Step) (string, error) {
	if r.state.Rotation == nil || r.state.Rotation.ToKID != r.plan.Rotate.ToKID {
		if err := r.keepKey(r.plan.Rotate.ToKID); err != nil {
			return "", err
		}
	}
	r.before.idp, r.before.proof = r.idp, r.state.Proof
	app, err := r.Okta.App(ctx, r.app.ID)
	if err != nil {
		return "", err
	}
	r.app = app
	next := app
	next.KID = r.plan.Rotate.ToKID
	if r.idp, err = r.Okta.IdPValues(ctx, next); err != nil {
		return "", err
	}
	if r.app.KID == r.plan.Rotate.ToKID { // resumed after the switch
		r.rotated = &Rotated{FromKID: r.plan.Rotate.FromKID, ToKID: r.plan.Rotate.ToKID, GapCalls: r.plan.Rotate.gap, GapMS: r.plan.Rotate.gapMS, ByHand: !r.sp.Readable && !r.profile.HoldsSeveral()}
		old := app
		old.KID = r.plan.Rotate.FromKID
		r.before.idp, err = r.Okta.IdPValues(ctx, old)
	}
	return "certificate SHA-256 " + fingerprintOrNone(r.idp.Certificate), err
}

// rotatePush begins the time in which nobody can sign in.
func (r *run) rotatePush(ctx context.Context, s Step) (string, error) {
	detail, err := r.stepPush(ctx, s)
	if err != nil && r.sp.Readable {
		err = r.afterFailedPush(ctx, err)
	}
	if err != nil {
		return "", err
	}
	r.before.pushed, r.before.pushedAt = true, r.calls()
	if r.before.since = r.state.Rotation.PushedAt; r.before.since.IsZero() {
		r.before.since = r.Clock.Now().UTC()
	}
	if err := r.save(func(s *sso.State) { s.Rotation.PushedAt = r.before.since }); err != nil {
		return "", r.goBack(ctx, err, false)
	}
	return detail, nil
}

// afterFailedPush finds out which certificate the service provider holds after a
// push that failed. It is nil when that is the new one, and the rotation can go on.
func (r *run) afterFailedPush(ctx context.Context, cause error) error {
	patient, stop := withGrace(ctx, r.Clock)
	defer stop()
	state, err := r.SP.Read(patient)
	if err != nil {
		return hint.Add(fmt.Errorf("%w; and which certificate %s holds now could not be read: %w", cause, r.profile.Name, err),
			"people may not be able to sign in: run the same command again as soon as it can be reached")
	}
	r.sp = state
	if r.holds(r.idp) {
		return nil
	}
	if r.holds(r.before.idp) {
		return cause
	}
	return r.goBack(ctx, cause, false)
}

// endRotation takes a rotation that stopped before its proof for ended, now that
// another command has proven the new key.
func (r *run) endRotation(s *sso.State) {
	if r.command == "rotate" || s.Rotation == nil || r.app.SAML == nil || s.Rotation.ToKID != r.app.KID || r.profile.HoldsSeveral() {
		return
	}
	s.Rotation = nil
	if s.Unfinished == "rotate" {
		s.Unfinished = ""
	}
}

// holds tells whether the service provider holds what was read last of it for
// these values.
func (r *run) holds(idp sso.IdPValues) bool {
	want, err := r.profile.WantedSettings(r.plan.Inputs, r.sp.Offered, idp)
	return err == nil && sso.AllOK(settingFindings(r.profile, want, r.sp))
}

// inGap tells whether the service provider has the new certificate and Okta
// still signs with the old key. No run stops there.
func (r *run) inGap() bool { return r.before.pushed && r.rotated == nil }

func (r *run) calls() int {
	if r.Calls == nil {
		return 0
	}
	return r.Calls()
}

// errKeyUnknown says that Okta may or may not have switched.
var errKeyUnknown = errors.New("which key is active now could not be read")

// stepSwitch makes Okta sign with the new key. When it cannot, or the run is to
// stop, the service provider gets the old certificate back at once.
func (r *run) stepSwitch(ctx context.Context, _ Step) (string, error) {
	if err := context.Cause(ctx); err != nil { // stopped in the gap
		return "", r.goBack(ctx, err, false)
	}
	if err := r.switchTo(ctx, r.plan.Rotate.ToKID); err != nil {
		if r.before.pushed && !errors.Is(err, errKeyUnknown) {
			err = r.goBack(ctx, err, false)
		}
		return "", err
	}
	r.rotated = &Rotated{FromKID: r.plan.Rotate.FromKID, ToKID: r.plan.Rotate.ToKID, GapCalls: r.calls() - r.before.pushedAt, ByHand: !r.sp.Readable}
	r.rotated.GapMS = r.Clock.Now().Sub(r.before.since).Milliseconds()
	detail := "now signing with " + r.app.KID
	switch {
	case r.before.pushed && !r.sp.Readable:
		detail += "; from the moment in which the certificate was entered until now nobody could sign in"
	case r.before.pushed && r.Calls != nil:
		detail += fmt.Sprintf("; nobody could sign in for the length of %s, %d ms", plural(r.rotated.GapCalls, "call", "calls"), r.rotated.GapMS)
	}
	return detail, r.keepSwitch()
}

// keepSwitch notes which key is active now, and at what cost.
func (r *run) keepSwitch() error {
	return r.save(func(s *sso.State) {
		s.KID = r.app.KID
		if s.Rotation != nil {
			s.Rotation.GapCalls, s.Rotation.GapMS = r.rotated.GapCalls, r.rotated.GapMS
		}
	})
}

func (r *run) switchTo(ctx context.Context, kid string) error {
	var app sso.App
	err := r.write(ctx, StepSwitch, "sign with key "+kid, func(ctx context.Context) (_ string, err error) {
		app, err = r.Okta.SwitchKey(ctx, r.app, kid)
		return kid, err
	})
	if err != nil {
		// Whatever Okta said, what counts is which key is active now.
		lasting, stop := toTheEnd(ctx)
		defer stop()
		found, readErr := r.Okta.App(lasting, r.app.ID)
		if readErr != nil && !outcomeUnknown(err) {
			return err // Okta has refused, so the old key is active
		}
		if readErr != nil {
			return hint.Seal(hint.Partway, fmt.Errorf("%w; and %w: %w", err, errKeyUnknown, readErr),
				"people may not be able to sign in: run the same command again as soon as Okta can be reached")
		}
		if app = found; found.KID == kid {
			err = nil
		}
	}
	if err == nil {
		r.app = app
	}
	return err
}

// rotateTest proves the new pair, and goes back to the old one when it fails.
func (r *run) rotateTest(ctx context.Context, s Step) (string, error) {
	detail, err := r.stepTest(ctx, s)
	if err != nil {
		if hint.CodeOf(err) == hint.TestFailed {
			err = r.goBack(ctx, err, true)
		}
		return "", err
	}
	return detail, r.save(func(s *sso.State) { s.Rotation = nil })
}

// goBack puts the old certificate and the old key in force again. It also goes
// on when the run is being stopped: leaving in the gap would lock people out.
func (r *run) goBack(ctx context.Context, cause error, switched bool) error {
	ctx, stop := toTheEnd(ctx)
	defer stop()
	r.insist = true
	if switched {
		if err := r.switchBack(ctx, cause); err != nil {
			return err
		}
	}
	r.idp, r.rotated = r.before.idp, nil
	if !r.sp.Readable {
		return r.backByHand(cause)
	}
	if err := r.pushBack(ctx); err != nil {
		return hint.Seal(hint.Partway, fmt.Errorf("%w; and %s could not be given the old certificate: %w", cause, r.profile.Name, err),
			"people may not be able to sign in: run the same command again, or put the old certificate in by hand")
	}
	err := r.save(func(s *sso.State) {
		s.LeaveSP(r.sp.Settings)
		s.Rotation, s.SpareKID, s.KID, s.Unfinished, s.Proof = nil, r.plan.Rotate.ToKID, r.app.KID, "", nil
		if p := r.before.proof; p != nil && p.Digest == Digest(r.profile, r.app, r.idp, r.sp) {
			s.Proof = p
		}
	})
	if err != nil {
		return fmt.Errorf("%w; went back, but could not note it: %w", cause, err)
	}
	return hint.Add(cause, "both sides are back on the old key and certificate; the new key is kept unused at Okta for the next try")
}

// switchBack has Okta sign with the old key again.
func (r *run) switchBack(ctx context.Context, cause error) error {
	r.emit(Event{Kind: EventStep, Step: StepSwitch, Status: Retrying, Detail: "going back to the old key"})
	app, err := r.Okta.App(ctx, r.app.ID)
	if err == nil {
		r.app = app
		err = r.switchTo(ctx, r.plan.Rotate.FromKID)
	}
	if err != nil {
		return hint.Seal(hint.Partway, fmt.Errorf("%w; and Okta could not be set back to key %s: %w", cause, r.plan.Rotate.FromKID, err),
			"people may not be able to sign in: run the same command again, or switch the key in the Okta Admin Console")
	}
	return nil
}

func (r *run) pushBack(ctx context.Context) error {
	want, err := r.profile.WantedSettings(r.plan.Inputs, r.sp.Offered, r.idp)
	if err != nil {
		return err
	}
	if want, err = r.withSecrets(want); err != nil {
		return err
	}
	err = r.write(ctx, StepPush, "put the old values back at "+r.profile.Name, func(ctx context.Context) (string, error) {
		_, err := r.SP.Push(ctx, want)
		return "", err
	})
	if err != nil {
		return err
	}
	r.sp, err = r.SP.Read(ctx)
	return err
}
