package plan

import (
	"context"
	"fmt"
	"strings"
	"time"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// Adopt takes an existing app under management and changes nothing on either
// side: it notes which app it is and what both sides hold now. With appID "" the
// app is the one that carries this connection's mark, else the only one with the
// wanted ACS URL and Audience. Undo later leaves an adopted app, and what the
// service provider holds, in place.
func (c *Core) Adopt(ctx context.Context, spec sso.Spec, appID string) (Result, error) {
	r := c.newRun("adopt", nil)
	state, known, err := c.Keeper.Load()
	if err != nil {
		return r.finish(err)
	}
	r.state = state
	spec.Groups, spec.Users, spec.Test = nil, nil, sso.TestNone
	o := Observed{State: state, HaveState: known, Groups: map[string]sso.Group{}, People: map[string]sso.Person{}}
	if err := c.observeLists(ctx, spec, &o); err != nil {
		return r.finish(err)
	}
	o.believe(c.Profile)
	app, err := r.choose(o, spec, appID)
	if err != nil {
		return r.finish(err)
	}
	o.App = &app
	if err := c.observeApp(ctx, looking{}, &o); err != nil {
		return r.finish(err)
	}
	r.fromObserved(o)
	return r.finish(r.noteAdopted(o, spec))
}

// choose picks the app and makes sure that it can be this connection's.
func (r *run) choose(o Observed, spec sso.Spec, appID string) (sso.App, error) {
	if o.State.AppID != "" && appID != "" && o.State.AppID != appID {
		return sso.App{}, hint.New(hint.Refused, fmt.Sprintf("connection %q already manages the app %s", spec.Connection, o.State.AppID),
			"choose another connection name")
	}
	candidates, err := r.candidates(o, spec, appID)
	if err != nil {
		return sso.App{}, err
	}
	switch len(candidates) {
	case 1:
		return candidates[0], r.adoptable(o, spec, candidates[0])
	case 0:
		if appID != "" {
			return sso.App{}, hint.New(hint.Usage, fmt.Sprintf("no app in Okta has the id %q", sso.PlainText(appID, 60)), "the id stands in the address of the app's page in the Okta Admin Console and begins with 0oa")
		}
		return sso.App{}, hint.New(hint.Usage, fmt.Sprintf("no app in Okta carries the mark of connection %q or has the ACS URL and Audience of %s", spec.Connection, r.profile.Name), "name the app with --app ID")
	}
	var names []string
	for _, app := range candidates {
		names = append(names, name(app))
	}
	return sso.App{}, hint.New(hint.Usage, "several apps could be meant", "name one with --app: "+strings.Join(names, ", "))
}

func (r *run) candidates(o Observed, spec sso.Spec, appID string) ([]sso.App, error) {
	inputs, err := r.profile.CompleteInputs(spec.Inputs, o.SP)
	want := sso.App{}
	if err == nil {
		want, err = r.profile.WantedApp(spec.Label, inputs, o.SP.Offered)
	}
	if err != nil && appID == "" {
		return nil, err
	}
	id := sso.ConnectionID(o.Org.ID, spec.Connection)
	var marked, alike []sso.App
	for _, app := range o.Apps {
		mark, ok := sso.FindMarker(app.AdminNote)
		switch {
		case appID != "" && app.ID == appID:
			return []sso.App{app}, nil
		case appID != "":
		case ok && mark.ID == id:
			marked = append(marked, app)
		case app.SAML != nil && want.SAML != nil && app.SAML.ACSURL == want.SAML.ACSURL && app.SAML.Audience == want.SAML.Audience,
			app.OIDC != nil && want.OIDC != nil && sameSet(app.OIDC.RedirectURIs, want.OIDC.RedirectURIs):
			alike = append(alike, app)
		}
	}
	if len(marked) > 0 {
		return marked, nil
	}
	return alike, nil
}

func (r *run) adoptable(o Observed, spec sso.Spec, app sso.App) error {
	if r.profile.Protocol == sso.SAML && app.SAML == nil || r.profile.Protocol == sso.OIDC && app.OIDC == nil {
		return hint.New(hint.Usage, fmt.Sprintf("the app %s has the sign-on mode %s, but %s needs %s", name(app), app.SignOnMode, r.profile.Name, protocolName(r.profile.Protocol)),
			"name another app with --app ID")
	}
	mark, ok := sso.FindMarker(app.AdminNote)
	if ok && mark.ID != sso.ConnectionID(o.Org.ID, spec.Connection) {
		return hint.New(hint.Refused, fmt.Sprintf("the app %s belongs to connection %q", name(app), mark.Name),
			fmt.Sprintf("adopt it under that name: ssowizard adopt %s --app %s --sp %s", mark.Name, app.ID, mark.Profile))
	}
	return nil
}

// noteAdopted keeps what both sides hold as the state to compare with later.
func (r *run) noteAdopted(o Observed, spec sso.Spec) error {
	if err := r.journal("", sso.PhaseBegin, "adopt "+name(r.app), r.app.ID, nil); err != nil {
		return err
	}
	return r.save(func(s *sso.State) {
		s.Connection, s.Profile, s.Label = spec.Connection, r.profile.ID, r.app.Label
		s.OrgID, s.OrgURL, s.ID = o.Org.ID, o.Org.URL, sso.ConnectionID(o.Org.ID, spec.Connection)
		s.Inputs, s.Push, s.SPAPIURL = spec.Inputs, string(spec.Push), spec.SPAPIURL
		s.AppID, s.AppName, s.KID = r.app.ID, r.app.Name, r.app.KID
		if !s.CreatedApp && s.AppliedApp == nil {
			noteTheirs(s, o.SP, r.Clock.Now())
		}
		s.AppliedApp = applied(r.Diff, r.app)
		if o.SP.Readable && o.SP.Configured {
			s.AppliedSP = o.SP.Settings
		}
		noteOn(s, o.SP, r.Clock.Now())
	})
}

// noteTheirs notes that a connection was there before us, and what the service
// provider held then: undo leaves that alone.
func noteTheirs(s *sso.State, sp sso.SPState, now time.Time) {
	s.Adopted = true
	if sp.Readable {
		s.BeforeSP = &sp
	}
	noteOn(s, sp, now)
}

// noteOn notes that sign-in with Okta was found turned on.
func noteOn(s *sso.State, sp sso.SPState, now time.Time) {
	if s.EnabledAt == nil && sp.Readable && sp.Enabled {
		now = now.UTC()
		s.EnabledAt = &now
	}
}
