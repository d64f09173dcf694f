package plan

import (
	"context"
	"errors"
	"fmt"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// makeRotateSecret makes the plan of exchanging an OIDC app's client secret.
// Okta holds two at a time, and both work until the old one is deactivated, so
// there is no moment in which a sign-in fails.
func makeRotateSecret(m maker, profile *catalog.Profile) (*Plan, error) {
	o := m.Observed
	from, to := rotationSecrets(o)
	if from == "" {
		return nil, hint.New(hint.Refused, fmt.Sprintf("the app %s has no active client secret", name(*o.App)), "make one in the Okta Admin Console, then run setup again")
	}
	m.Rotate = &RotatePlan{FromKID: from, ToKID: to}
	if m.Spec.Test == sso.TestNone || o.Tester == nil {
		m.Warnings = append(m.Warnings, "no sign-in is tried, so a mistake shows only when people cannot sign in; name a tester with --test-user and --test-password-file")
	}
	sp := profile.Name
	if to == "" {
		m.add(StepKey, Create, "Okta: make a second client secret; the first one goes on working", nil)
	} else {
		m.add(StepKey, None, "Okta: the second client secret "+to+" is taken", nil)
	}
	m.add(StepValues, None, "Read Okta's values", nil)
	m.add(StepPush, Update, sp+": give it the new client secret", []sso.Change{{Field: "client_secret", From: "secret " + from + " (not shown)", To: "a new one (not shown)"}})
	m.add(StepReadback, None, sp+": read the settings back and compare", nil)
	m.order = [][]StepID{{StepKey}, {StepValues}, {StepPush}, {StepReadback}}
	if m.Spec.Test != sso.TestNone && o.Tester != nil {
		m.add(StepTest, Run, "Test: sign in as "+o.Tester.Login+"; if that fails, the old secret goes back", nil)
		m.order = append(m.order, []StepID{StepTest})
	}
	m.add(StepOktaRetire, Delete, "Okta: deactivate and delete the old client secret "+from, nil)
	m.order = append(m.order, []StepID{StepOktaRetire})
	return m.Plan, nil
}

// rotationSecrets tells which secret is in use at the service provider, and
// which other one an earlier run has made already.
func rotationSecrets(o Observed) (from, to string) {
	known := map[string]bool{}
	for _, s := range o.secrets {
		known[s.ID] = s.Status == sso.StatusActive
	}
	from = o.State.SecretID
	if r := o.State.Rotation; r != nil && r.FromKID != "" {
		if known[r.ToKID] {
			return r.FromKID, r.ToKID // the old one may be gone already
		}
		from = r.FromKID
	}
	if !known[from] {
		oldest := sso.ClientSecret{}
		for _, s := range o.secrets {
			if s.Status == sso.StatusActive && (oldest.ID == "" || s.Created.Before(oldest.Created)) {
				oldest = s
			}
		}
		from = oldest.ID
	}
	for _, s := range o.secrets {
		if s.ID != from && s.Status == sso.StatusActive {
			return from, s.ID
		}
	}
	return from, ""
}

// stepSecret makes the second secret. A lost answer is looked up, because an
// app has room for two only.
func (r *run) stepSecret(ctx context.Context, _ Step) (string, error) {
	openID, err := r.openID()
	if err != nil {
		return "", err
	}
	if err := r.save(func(s *sso.State) { s.Rotation = &sso.Rotation{FromKID: r.plan.Rotate.FromKID} }); err != nil {
		return "", err
	}
	var made sso.ClientSecret
	err = r.write(ctx, StepKey, "make a client secret", func(ctx context.Context) (_ string, err error) {
		made, err = openID.CreateClientSecret(ctx, r.app.ID)
		return made.ID, err
	})
	if err != nil && outcomeUnknown(err) {
		secrets, lookErr := openID.ClientSecrets(ctx, r.app.ID)
		if lookErr != nil {
			return "", errors.Join(err, lookErr)
		}
		for _, s := range secrets {
			if s.ID != r.plan.Rotate.FromKID && s.Status == sso.StatusActive {
				made, err = s, nil
			}
		}
	}
	if err != nil {
		return "", err
	}
	return made.ID, r.keepKey(made.ID)
}

// rotateSecretValues reads the secrets once more and takes the new one.
func (r *run) rotateSecretValues(ctx context.Context, _ Step) (string, error) {
	if err := r.keepKey(r.plan.Rotate.ToKID); err != nil {
		return "", err
	}
	r.before.proof = r.state.Proof
	var err error
	if r.idp, r.secrets, err = r.idpValues(ctx, r.app, r.state.SecretID); err != nil {
		return "", err
	}
	r.before.idp = r.idp
	r.before.idp.SecretID = r.plan.Rotate.FromKID
	r.idp.SecretID = r.plan.Rotate.ToKID
	return r.idp.OIDCIssuer, nil
}

// rotateSecretTest proves the new secret, and gives the old one back when it fails.
func (r *run) rotateSecretTest(ctx context.Context, s Step) (string, error) {
	detail, err := r.stepTest(ctx, s)
	if err == nil || hint.CodeOf(err) != hint.TestFailed {
		return detail, err
	}
	return "", r.secretBack(ctx, err)
}

// secretBack gives the service provider the old secret again. Where a person
// enters it, nothing is taken away, and they look once more.
func (r *run) secretBack(ctx context.Context, cause error) error {
	ctx, stop := toTheEnd(ctx)
	defer stop()
	r.idp = r.before.idp
	if !r.sp.Readable {
		err := r.save(func(s *sso.State) { s.SecretID, s.Proof = r.idp.SecretID, nil })
		return hint.Add(errors.Join(cause, err), "nothing was taken away, and both client secrets work at Okta: see that the newer one stands on the page of %s, then run the same command again with --confirmed %s", r.profile.Name, StepPush)
	}
	if err := r.pushBack(ctx); err != nil {
		return hint.Seal(hint.Partway, fmt.Errorf("%w; and %s could not be given the old client secret: %w", cause, r.profile.Name, err),
			"both secrets still work at Okta, so people can sign in; run the same command again")
	}
	err := r.save(func(s *sso.State) {
		s.LeaveSP(r.sp.Settings)
		s.SecretID, s.Unfinished, s.Proof = r.idp.SecretID, "", nil
		if p := r.before.proof; p != nil && p.Digest == Digest(r.profile, r.app, r.idp, r.sp) {
			s.Proof = p
		}
	})
	if err != nil {
		return errors.Join(cause, err)
	}
	return hint.Add(cause, "%s has the old client secret back; the new one is kept at Okta for the next try", r.profile.Name)
}

// retireSecret takes the old secret away, now that the new one is proven: first
// out of use, which can be taken back, and then for good.
func (r *run) retireSecret(ctx context.Context, _ Step) (string, error) {
	openID, err := r.openID()
	if err != nil {
		return "", err
	}
	old := r.plan.Rotate.FromKID
	if r.sp.Enabled && r.plan.Spec.Test == sso.TestByHand {
		return "", r.secretBothWork()
	}
	for _, s := range r.secrets {
		if s.ID != old || s.Status != sso.StatusActive {
			continue
		}
		err := r.write(ctx, StepOktaRetire, "deactivate client secret "+old, func(ctx context.Context) (string, error) {
			return old, openID.DeactivateClientSecret(ctx, r.app.ID, old)
		})
		if err != nil {
			return "", err
		}
	}
	if err := r.proveSecretAlone(ctx, openID); err != nil {
		return "", err
	}
	err = r.write(ctx, StepOktaRetire, "delete client secret "+old, func(ctx context.Context) (string, error) {
		return old, openID.DeleteClientSecret(ctx, r.app.ID, old)
	})
	if err != nil {
		return "", err
	}
	r.rotated = &Rotated{FromKID: old, ToKID: r.plan.Rotate.ToKID}
	return old, r.save(func(s *sso.State) { s.Rotation, s.SecretID = nil, r.plan.Rotate.ToKID })
}

// secretBothWork stops a rotation that a person proves before the old secret goes:
// nobody may be locked out for as long as a person takes to sign in without it.
func (r *run) secretBothWork() error {
	return hint.New(hint.Waiting, fmt.Sprintf("both client secrets work, so a sign-in by hand does not show which one %s has; the old one stays", r.profile.Name),
		fmt.Sprintf("have the last sign-in made from here, which takes the old one back into use if it fails: ssowizard rotate %s --test browser --confirmed %s", r.connection(), StepPush))
}

// proveSecretAlone signs in at the service provider once more where people
// already do. As long as both secrets worked, a sign-in there did not tell which
// one it has. When it fails, the old secret is put to use again.
func (r *run) proveSecretAlone(ctx context.Context, openID OpenID) error {
	if !r.sp.Enabled || r.plan.Step(StepTest) == nil {
		return nil
	}
	r.findings = nil
	cause := r.ordinarySignIn(ctx)
	if cause == nil && sso.AllOK(r.findings) {
		return nil
	}
	if cause == nil {
		cause = testFailed(r.findings)
	}
	old := r.plan.Rotate.FromKID
	ctx, stop := toTheEnd(ctx)
	defer stop()
	err := r.write(ctx, StepOktaRetire, "activate client secret "+old+" again", func(ctx context.Context) (string, error) {
		return old, openID.ActivateClientSecret(ctx, r.app.ID, old)
	})
	if err != nil {
		return hint.Seal(hint.Partway, fmt.Errorf("%w; and the old client secret could not be activated again: %w", cause, err),
			fmt.Sprintf("people may not be able to sign in: activate the older client secret in the Okta Admin Console, Applications → %s → General → Client Credentials", sso.PlainText(r.app.Label, 100)))
	}
	r.proven = false
	return r.secretBack(ctx, fmt.Errorf("with the new client secret alone, %s lets nobody in, so the old one is active again: %w", r.profile.Name, cause))
}
