package plan

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// Adopt takes an existing app under management and changes nothing on either
// side: it notes which app it is and what both sides hold now. With appID "" the
// app is the one that carries this connection's mark, else the only one with the
// wanted ACS URL and Audience. The inputs of the Spec are those that were given:
// the others are read off both sides, then taken from an earlier run or the
// profile, and what is left is a usage error. Undo later leaves an adopted app, and what the
// service provider holds, in place.
func (c *Core) Adopt(ctx context.Context, spec sso.Spec, appID string) (Result, error) {
	r := c.newRun("adopt", &Plan{Command: "adopt", Connection: spec.Connection, Spec: spec})
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
	o.App, o.Bookmark = &app, findBookmark(o, spec)
	if err := c.observeApp(ctx, looking{}, &o); err != nil {
		return r.finish(err)
	}
	if spec.Inputs, err = r.readInputs(ctx, &o, spec); err != nil {
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
	want, wantErr := r.wantedBy(o, spec)
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
	if wantErr != nil && appID == "" {
		return nil, hint.Add(wantErr, "or name the app with --app ID: it tells most of this by itself")
	}
	return alike, nil
}

// wantedBy is the app that the given inputs, and those that the service provider
// alone tells, ask for.
func (r *run) wantedBy(o Observed, spec sso.Spec) (sso.App, error) {
	told := r.profile.DeriveInputs(spec.Inputs, catalog.Evidence{Held: o.SP})
	inputs, err := r.profile.CheckInputs(merged(told.Answers, spec.Inputs))
	if err == nil {
		inputs, err = r.profile.CompleteInputs(inputs, o.SP)
	}
	if err != nil {
		return sso.App{}, err
	}
	return r.profile.WantedApp(spec.Label, inputs, o.SP.Offered)
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
	if r.Manages != nil {
		other, err := r.Manages(app.ID)
		if err != nil {
			return err
		}
		if other != "" {
			return hint.New(hint.Refused, fmt.Sprintf("the app %s is managed by connection %q on this machine already", name(app), other),
				fmt.Sprintf("use that connection: ssowizard status %s", other))
		}
	}
	if !spec.Override && !r.profile.Fits(spec.Inputs, evidence(o, app)) {
		return &Ways{Override: "take it over all the same",
			Err: hint.New(hint.Refused, fmt.Sprintf("the app %s does not look like one for %s: %s", name(app), r.profile.Name, unlike(app)),
				"see that --app and --sp name what you mean; add --override to take it over all the same")}
	}
	return nil
}

// evidence is what is known for reading the inputs off both sides.
func evidence(o Observed, app sso.App) catalog.Evidence {
	e := catalog.Evidence{App: app, Bookmark: o.Bookmark, Held: o.SP}
	if o.IdP != nil {
		e.IdP = *o.IdP
	}
	return e
}

func unlike(app sso.App) string {
	if app.OIDC != nil {
		return "its redirect URIs are " + sso.PlainText(strings.Join(app.OIDC.RedirectURIs, ", "), 200)
	}
	return fmt.Sprintf("its ACS URL is %s, its Audience is %s", show(app.SAML.ACSURL), show(app.SAML.Audience))
}

// readInputs answers the profile's questions from what both sides hold, as far
// as nobody has given the answers. Where the service provider's record is known
// by an answer that Okta told, it is read again.
func (r *run) readInputs(ctx context.Context, o *Observed, spec sso.Spec) (map[string]string, error) {
	found := r.profile.DeriveInputs(spec.Inputs, evidence(*o, *o.App))
	if asker, ok := r.SP.(interface{ SetInputs(map[string]string) }); ok && !o.SP.Configured && len(found.Answers) > 0 {
		asker.SetInputs(merged(found.Answers, spec.Inputs))
		var err error
		if o.SP, err = r.SP.Read(ctx); err != nil {
			return nil, err
		}
		found = r.profile.DeriveInputs(spec.Inputs, evidence(*o, *o.App))
	}
	inputs := merged(found.Answers, spec.Inputs)
	var disputed []error
	for _, in := range r.profile.Inputs {
		if said := found.Disputed[in.ID]; len(said) > 0 {
			disputed = append(disputed, hint.New(hint.Usage, fmt.Sprintf("both sides say different things about the input %s (%s): %s",
				in.ID, in.Label, sso.PlainText(strings.Join(said, ", "), 200)), fmt.Sprintf("say which counts: --input %s=%s", in.ID, said[0])))
		} else if kept := o.State.Inputs[in.ID]; inputs[in.ID] == "" && kept != "" && in.Check(kept) == nil {
			inputs[in.ID] = kept
		}
	}
	if err := errors.Join(disputed...); err != nil {
		return nil, err
	}
	return r.profile.CheckInputs(inputs)
}

// merged has the answers of both, of which the given ones count more.
func merged(found, given map[string]string) map[string]string {
	out := maps.Clone(found)
	maps.Copy(out, given)
	return out
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
		s.SecretID = r.idp.SecretID // which one the service provider has cannot be read
		if !s.CreatedApp && s.AppliedApp == nil {
			noteTheirs(s, o.SP, r.Clock.Now())
		}
		s.AppliedApp = applied(r.Diff, r.app)
		if o.SP.Readable && o.SP.Configured {
			s.LeaveSP(o.SP.Settings)
			s.SecretID = onlyWorking(o.secrets)
		}
		noteOn(s, o.SP, r.Clock.Now())
	})
}

// onlyWorking is the one client secret that works, which is then what the
// service provider has; "" when there are several, or none.
func onlyWorking(secrets []sso.ClientSecret) string {
	id := ""
	for _, s := range secrets {
		switch {
		case s.Status != sso.StatusActive:
		case id != "":
			return ""
		default:
			id = s.ID
		}
	}
	return id
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
