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
	if r.idp, r.secrets, err = r.idpValues(ctx, r.app); err != nil {
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
	ctx = context.WithoutCancel(ctx)
	r.idp = r.before.idp
	if backErr := r.pushBack(ctx); backErr != nil {
		return "", hint.Seal(hint.Partway, fmt.Errorf("%w; and %s could not be given the old client secret: %w", err, r.profile.Name, backErr),
			"both secrets still work at Okta, so people can sign in; run the same command again")
	}
	saveErr := r.save(func(s *sso.State) {
		s.SecretID, s.Unfinished, s.AppliedSP, s.Proof = r.idp.SecretID, "", r.sp.Settings, nil
		if p := r.before.proof; p != nil && p.Digest == Digest(r.profile, r.app, r.idp, r.sp) {
			s.Proof = p
		}
	})
	if saveErr != nil {
		return "", errors.Join(err, saveErr)
	}
	return "", hint.Add(err, "%s has the old client secret back; the new one is kept at Okta for the next try", r.profile.Name)
}

// retireSecret takes the old secret away, now that the new one is proven.
func (r *run) retireSecret(ctx context.Context, _ Step) (string, error) {
	openID, err := r.openID()
	if err != nil {
		return "", err
	}
	old := r.plan.Rotate.FromKID
	err = r.write(ctx, StepOktaRetire, "deactivate and delete client secret "+old, func(ctx context.Context) (string, error) {
		for _, s := range r.secrets {
			if s.ID == old && s.Status == sso.StatusActive {
				if err := openID.DeactivateClientSecret(ctx, r.app.ID, old); err != nil {
					return old, err
				}
			}
		}
		return old, openID.DeleteClientSecret(ctx, r.app.ID, old)
	})
	if err != nil {
		return "", err
	}
	r.rotated = &Rotated{FromKID: old, ToKID: r.plan.Rotate.ToKID}
	return old, r.save(func(s *sso.State) { s.Rotation, s.SecretID = nil, r.plan.Rotate.ToKID })
}
