package plan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"example.com/ssowizard/internal/sso"
)

func (r *run) stepApp(ctx context.Context, s Step) (string, error) {
	if s.Action == Create {
		return r.createApp(ctx)
	}
	app := *r.plan.Observed.App
	if app.Status == sso.StatusInactive {
		err := r.write(ctx, StepApp, "activate app "+name(app), func(ctx context.Context) (string, error) {
			return app.ID, r.Okta.ActivateApp(ctx, app.ID)
		})
		if err != nil {
			return "", err
		}
	}
	err := r.write(ctx, StepApp, "update app "+name(app), func(ctx context.Context) (string, error) {
		updated, err := r.Okta.UpdateApp(ctx, app.ID, r.plan.WantApp)
		if err == nil {
			app = updated
		}
		return app.ID, err
	})
	if err != nil {
		return "", err
	}
	return app.ID, r.keepApp(app, r.state.CreatedApp)
}

// createApp makes the app exactly once. A list that has grown old is read
// again first, and when the answer to the create is lost, the app is looked for
// by its marker before anything is tried again: Okta takes the same create
// twice without a word.
func (r *run) createApp(ctx context.Context) (string, error) {
	if r.Clock.Now().Sub(r.plan.Observed.Listed) > listFresh {
		if app, err := r.lookAgain(ctx); err != nil || app != nil {
			return r.found(app, err)
		}
	}
	// Noted before the create, so that after a crash the app that is found by
	// its marker is known as one that undo may delete.
	if err := r.save(func(s *sso.State) { s.CreatedApp = true }); err != nil {
		return "", err
	}
	for attempt := 1; ; attempt++ {
		var created sso.App
		err := r.write(ctx, StepApp, fmt.Sprintf("create app %q", r.plan.WantApp.Label), func(ctx context.Context) (id string, err error) {
			created, err = r.Okta.CreateApp(ctx, r.plan.WantApp)
			return created.ID, err
		})
		if err == nil {
			return r.found(&created, nil)
		}
		if created.ID != "" {
			return r.foundThen(&created, err)
		}
		if !outcomeUnknown(err) || attempt == 2 {
			return "", err
		}
		r.emit(Event{Kind: EventStep, Step: StepApp, Status: Retrying, Detail: "the answer was lost; looking whether the app was made"})
		if app, lookErr := r.lookAgain(ctx); lookErr != nil || app != nil {
			return r.found(app, lookErr)
		}
	}
}

func (r *run) found(app *sso.App, err error) (string, error) {
	if err != nil {
		return "", err
	}
	r.made = true
	return app.ID, r.keepApp(*app, true)
}

// foundThen keeps an app that exists although noting it in the journal failed.
func (r *run) foundThen(app *sso.App, cause error) (string, error) {
	if _, err := r.found(app, nil); err != nil {
		return "", fmt.Errorf("%w; and the app %s could not be noted: %w", cause, name(*app), err)
	}
	return "", cause
}

func (r *run) lookAgain(ctx context.Context) (*sso.App, error) {
	apps, err := r.Okta.Apps(ctx)
	if err != nil {
		return nil, err
	}
	o := r.plan.Observed
	o.Apps = apps
	return findOurs(o, r.plan.Spec)
}

// keepApp notes the app and the values that it now has.
func (r *run) keepApp(app sso.App, created bool) error {
	values := applied(r.Diff, ownFields(app, r.plan))
	r.mu.Lock()
	r.app = app
	r.mu.Unlock()
	o := r.plan.Observed
	return r.save(func(s *sso.State) {
		s.AppID, s.AppName, s.KID, s.CreatedApp = app.ID, app.Name, app.KID, created
		switch {
		case created:
			s.Adopted = false
		case o.App != nil && o.State.AppliedApp == nil:
			// Found by its mark: another machine has set it up.
			noteTheirs(s, o.SP, r.Clock.Now())
		}
		s.AppliedApp = values
	})
}

// ownFields is the app as Okta answered, with only those attribute statements
// that are ours.
func ownFields(app sso.App, p *Plan) sso.App {
	if app.SAML == nil || p == nil || p.WantApp.SAML == nil {
		return app
	}
	ours := map[string]bool{}
	for _, a := range p.WantApp.SAML.Attributes {
		ours[a.Name] = true
	}
	saml := *app.SAML
	saml.Attributes = nil
	for _, a := range app.SAML.Attributes {
		if ours[a.Name] {
			saml.Attributes = append(saml.Attributes, a)
		}
	}
	app.SAML = &saml
	return app
}

func (r *run) stepLogo(ctx context.Context, _ Step) (string, error) {
	logo := r.plan.Spec.Logo
	err := r.write(ctx, StepLogo, "upload logo "+logo.Name, func(ctx context.Context) (string, error) {
		return r.app.ID, r.Okta.UploadLogo(ctx, r.app.ID, logo.Name, logo.Data)
	})
	if err != nil {
		return "", err
	}
	return logo.Name, r.save(func(s *sso.State) { s.Logo = logoSum(logo) })
}

// logoSum tells one logo from another: Okta does not give an image back as it
// was uploaded.
func logoSum(logo *sso.Logo) string {
	sum := sha256.Sum256(logo.Data)
	return hex.EncodeToString(sum[:])
}

func (r *run) stepTester(ctx context.Context, _ Step) (string, error) {
	a := *r.plan.TesterAssign
	if err := r.assign(ctx, StepTester, a); err != nil {
		return "", err
	}
	return a.Name, r.save(func(s *sso.State) { s.TesterID, s.Tester = a.ID, a.Name })
}

func (r *run) stepValues(ctx context.Context, _ Step) (string, error) {
	known := r.idp.SSOURL != "" && r.idp.KID == r.app.KID || r.idp.OIDCIssuer != ""
	if !known {
		idp, secrets, err := r.idpValues(ctx, r.app, r.state.SecretID)
		if err != nil {
			return "", err
		}
		r.idp, r.secrets = idp, secrets
	}
	return r.idp.Issuer + r.idp.OIDCIssuer, nil
}

func (r *run) stepAssign(ctx context.Context, _ Step) (string, error) {
	for _, a := range r.plan.Assign {
		if err := r.assign(ctx, StepAssign, a); err != nil {
			return "", err
		}
	}
	if err := r.assignBookmark(ctx); err != nil {
		return "", err
	}
	for _, a := range r.plan.Unassign {
		if err := r.unassign(ctx, StepAssign, a); err != nil {
			return "", err
		}
	}
	if len(r.plan.Forget) > 0 {
		if err := r.save(func(s *sso.State) {
			for _, a := range r.plan.Forget {
				s.Assigned = without(s.Assigned, a.ID)
			}
		}); err != nil {
			return "", err
		}
	}
	return joinNames(slices.Concat(r.plan.Assign, r.plan.Unassign, r.plan.Forget)), nil
}

func (r *run) assign(ctx context.Context, step StepID, a sso.Assignment) error {
	err := r.write(ctx, step, fmt.Sprintf("assign %s %s", a.Kind, sso.PlainText(a.Name, 80)), func(ctx context.Context) (string, error) {
		return a.ID, r.Okta.Assign(ctx, r.app.ID, a)
	})
	if err != nil {
		return fmt.Errorf("assign %s %q: %w", a.Kind, sso.PlainText(a.Name, 80), err)
	}
	return r.save(func(s *sso.State) { s.Assigned = append(without(s.Assigned, a.ID), a) })
}

func (r *run) unassign(ctx context.Context, step StepID, a sso.Assignment) error {
	err := r.write(ctx, step, fmt.Sprintf("unassign %s %s", a.Kind, sso.PlainText(a.Name, 80)), func(ctx context.Context) (string, error) {
		return a.ID, r.Okta.Unassign(ctx, r.app.ID, a)
	})
	if err != nil {
		return fmt.Errorf("take the app away from %s %q: %w", a.Kind, sso.PlainText(a.Name, 80), err)
	}
	return r.save(func(s *sso.State) { s.Assigned = without(s.Assigned, a.ID) })
}

func without(list []sso.Assignment, id string) []sso.Assignment {
	var out []sso.Assignment
	for _, a := range list {
		if a.ID != id {
			out = append(out, a)
		}
	}
	return out
}
