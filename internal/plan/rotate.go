package plan

import (
	"context"
	"fmt"
	"slices"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// RotatePlan is what a rotation of the signing certificate is about.
type RotatePlan struct {
	FromKID string
	ToKID   string // "" when the key is yet to be made
	Years   int    // validity of a key that is made
	// switchFirst tells that Okta is switched before a person enters the values.
	switchFirst bool
	// back tells that a way back is gone to its end.
	back bool
	// retired tells that the service provider has the new certificate alone.
	retired bool
	gap     int // in calls, of a switch that an earlier run made
	// known are the keys that were there when the plan was made.
	known []string
}

// Rotated is what a rotation came to.
type Rotated struct {
	FromKID string `json:"from_kid"`
	ToKID   string `json:"to_kid"`
	// GapCalls is how many requests lay between the moment in which the
	// service provider held the new certificate and the one in which Okta
	// signed with the new key: the time in which nobody could sign in. It is 0
	// where the service provider trusts both certificates meanwhile.
	GapCalls int `json:"gap_calls"`
	// ByHand tells that a person's part fell into that time, which the calls do
	// not measure.
	ByHand bool `json:"by_hand,omitempty"`
}

// MakeRotate makes the plan of replacing the app's signing key on both sides.
// A key that is newer than the active one is left from a rotation that stopped
// or went back; it is used rather than added to, because Okta keeps every key
// for ever. keys are all keys of the app.
func MakeRotate(spec sso.Spec, profile *catalog.Profile, o Observed, keys []sso.SigningKey, years int, diff Differ) (*Plan, error) {
	m, err := start("rotate", spec, profile, o, diff)
	if err != nil {
		return nil, err
	}
	if o.App.Status != sso.StatusActive || o.IdP == nil {
		return nil, hint.New(hint.Refused, fmt.Sprintf("the app %s is not active", name(*o.App)), "set it up again with --override, or activate it in Okta")
	}
	if profile.Protocol == sso.OIDC {
		return makeRotateSecret(m, profile)
	}
	m.Rotate = &RotatePlan{FromKID: o.App.KID, Years: years}
	if r := o.State.Rotation; r != nil && r.Back && r.FromKID == o.App.KID {
		m.backSteps()
		return m.Plan, nil
	}
	for _, k := range keys {
		m.Rotate.known = append(m.Rotate.known, k.KID)
	}
	resumed := o.State.Rotation
	if resumed != nil && resumed.ToKID == o.App.KID {
		m.Rotate.FromKID, m.Rotate.ToKID, m.Rotate.gap = resumed.FromKID, resumed.ToKID, resumed.GapCalls
	} else {
		m.Rotate.ToKID = unusedKey(keys, o.App.KID)
		if err := m.refuseUneven(); err != nil {
			return nil, err
		}
	}
	if profile.HoldsSeveral() {
		return m.Plan, m.overlapSteps(keys)
	}
	switched := o.App.KID == m.Rotate.ToKID
	if spec.Push == sso.PushGuided && profile.TestsBeforeSaving() {
		return m.Plan, m.switchFirstSteps(switched)
	}
	m.rotateSteps(switched)
	return m.Plan, nil
}

// unusedKey is the newest key that is newer than the active one, "" without.
func unusedKey(keys []sso.SigningKey, active string) string {
	var now, best sso.SigningKey
	for _, k := range keys {
		if k.KID == active {
			now = k
		}
	}
	for _, k := range keys {
		if k.Created.After(now.Created) && k.Created.After(best.Created) {
			best = k
		}
	}
	return best.KID
}

// refuseUneven refuses to rotate where the two sides do not agree to begin
// with, unless the service provider already holds the certificate to come.
func (m *maker) refuseUneven() error {
	if m.Observed.State.Rotation != nil || m.Spec.Override {
		return nil
	}
	changes, err := m.settingChanges()
	if err != nil || len(changes) == 0 {
		return err
	}
	return hint.New(hint.Refused, fmt.Sprintf("%s does not hold Okta's values: %s differs", m.Profile.Name, m.changedLabels(changes)[0]),
		fmt.Sprintf("bring both sides together first: ssowizard setup %s; or add --override", m.Profile.ID))
}

func (m *maker) rotateSteps(switched bool) {
	sp := m.Profile.Name
	m.keyStep()
	m.add(StepValues, None, "Read Okta's values for the new key", nil)
	push, swtch := Update, Update
	if switched {
		push, swtch = None, None
	}
	m.add(StepPush, push, sp+": give it the new certificate; from here until the next step nobody can sign in", nil)
	m.switchStep(swtch)
	m.order = [][]StepID{{StepKey}, {StepValues}, {StepPush}, {StepSwitch}, {StepReadback}}
	m.add(StepReadback, None, sp+": read the settings back and compare", nil)
	m.rotateTest("; if that fails, both sides go back to the old key")
	m.add(StepOktaRetire, None, "Okta: the old key stays in the app's list, for the way back", nil)
	m.order = append(m.order, []StepID{StepOktaRetire})
}

// keyStep plans where the new key comes from.
func (m *maker) keyStep() {
	if rp := m.Rotate; rp.ToKID == "" {
		m.add(StepKey, Create, fmt.Sprintf("Okta: make a new signing key, good for %s; it signs nothing yet", plural(rp.Years, "year", "years")), nil)
	} else {
		m.add(StepKey, None, "Okta: the unused signing key "+rp.ToKID+" is taken", nil)
	}
}

func (m *maker) switchStep(action Action) {
	rp := m.Rotate
	m.add(StepSwitch, action, "Okta: sign with the new key", []sso.Change{{Field: "credentials.signing.kid", From: rp.FromKID, To: orNil(rp.ToKID), KnownAfter: knownAfter(rp.ToKID)}})
}

// rotateTest plans the proof. One that an earlier run has passed for these very
// values counts once Okta signs with the new key.
func (m *maker) rotateTest(otherwise string) {
	if m.Spec.Test == sso.TestNone || m.Observed.Tester == nil {
		m.Warnings = append(m.Warnings, "no sign-in is tried, so a mistake shows only when people cannot sign in; name a tester with --test-user and --test-password-file")
		return
	}
	m.test(otherwise)
	m.order = append(m.order, []StepID{StepTest})
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func knownAfter(kid string) string {
	if kid == "" {
		return string(StepKey)
	}
	return ""
}

// rotateBefore is what the way back needs.
type rotateBefore struct {
	idp      sso.IdPValues
	proof    *sso.Proof
	pushedAt int // Calls right after the service provider had the new certificate
	pushed   bool
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
		r.rotated = &Rotated{FromKID: r.plan.Rotate.FromKID, ToKID: r.plan.Rotate.ToKID, GapCalls: r.plan.Rotate.gap, ByHand: !r.sp.Readable && !r.profile.HoldsSeveral()}
		old := app
		old.KID = r.plan.Rotate.FromKID
		r.before.idp, err = r.Okta.IdPValues(ctx, old)
	}
	return "certificate SHA-256 " + fingerprintOrNone(r.idp.Certificate), err
}

func (r *run) rotatePush(ctx context.Context, s Step) (string, error) {
	detail, err := r.stepPush(ctx, s)
	if err == nil {
		r.before.pushed, r.before.pushedAt = true, r.calls()
	}
	return detail, err
}

func (r *run) calls() int {
	if r.Calls == nil {
		return 0
	}
	return r.Calls()
}

// stepSwitch makes Okta sign with the new key. When it cannot, the service
// provider gets the old certificate back at once.
func (r *run) stepSwitch(ctx context.Context, _ Step) (string, error) {
	if err := r.switchTo(ctx, r.plan.Rotate.ToKID); err != nil {
		if r.before.pushed && hint.CodeOf(err) != hint.Partway {
			err = r.goBack(ctx, err, false)
		}
		return "", err
	}
	r.rotated = &Rotated{FromKID: r.plan.Rotate.FromKID, ToKID: r.plan.Rotate.ToKID, GapCalls: r.calls() - r.before.pushedAt, ByHand: !r.sp.Readable}
	detail := "now signing with " + r.app.KID
	switch {
	case r.before.pushed && !r.sp.Readable:
		detail += "; from the moment in which the certificate was entered until now nobody could sign in"
	case r.before.pushed && r.Calls != nil:
		detail += fmt.Sprintf("; nobody could sign in for the length of %s", plural(r.rotated.GapCalls, "call", "calls"))
	}
	return detail, r.keepSwitch()
}

// keepSwitch notes which key is active now, and at what cost.
func (r *run) keepSwitch() error {
	return r.save(func(s *sso.State) {
		s.KID = r.app.KID
		if s.Rotation != nil {
			s.Rotation.GapCalls = r.rotated.GapCalls
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
		found, readErr := r.Okta.App(context.WithoutCancel(ctx), r.app.ID)
		if readErr != nil {
			return hint.Seal(hint.Partway, fmt.Errorf("%w; and which key is active now could not be read: %w", err, readErr),
				"people may not be able to sign in: run the same command again")
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
	ctx = context.WithoutCancel(ctx)
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
		s.Rotation, s.KID, s.AppliedSP, s.Unfinished, s.Proof = nil, r.app.KID, r.sp.Settings, "", nil
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
