package plan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

func (r *run) stepPush(ctx context.Context, _ Step) (string, error) {
	want, err := r.profile.WantedSettings(r.plan.Inputs, r.sp.Offered, r.idp)
	if err != nil {
		return "", err
	}
	if r.plan.Spec.Push == sso.PushGuided {
		return r.handOver(StepPush, want, r.toPush())
	}
	if err := r.keepBefore(want); err != nil {
		return "", err
	}
	if want, err = r.withSecrets(want); err != nil {
		return "", err
	}
	err = r.write(ctx, StepPush, "save settings at "+r.profile.Name, func(ctx context.Context) (string, error) {
		state, err := r.SP.Push(ctx, want)
		return state.Resource, err
	})
	if err != nil {
		return "", errors.Join(err, r.forgetRefused(ctx, err))
	}
	return plural(len(want), "setting", "settings"), r.save(func(s *sso.State) { s.SecretID = r.idp.SecretID })
}

// keepBefore remembers what a push is about to write, because a run that is cut
// off may have written it, and what the service provider held before our first
// one, for undo.
func (r *run) keepBefore(want []sso.SPSetting) error {
	before := r.sp
	return r.save(func(s *sso.State) {
		if s.BeforeSP == nil && s.AppliedSP == nil {
			s.BeforeSP = &before
		}
		s.PushingSP = readable(want)
	})
}

// forgetRefused forgets what a first push was about to write when it was refused
// and nothing stands there: another answer may be what it takes.
func (r *run) forgetRefused(ctx context.Context, refusal error) error {
	if outcomeUnknown(refusal) || r.state.AppliedSP != nil {
		return nil
	}
	if there, err := r.SP.Read(ctx); err != nil || there.Configured {
		return nil //nolint:nilerr // what is there is not known, so it stays remembered
	}
	return r.save(func(s *sso.State) { s.PushingSP = nil })
}

// readable are the values of settings but for secrets.
func readable(settings []sso.SPSetting) map[string]string {
	values := map[string]string{}
	for _, s := range settings {
		if !s.Secret {
			values[s.ID] = s.Value
		}
	}
	return values
}

// handOver gives the values to a person, or takes the person's word that they
// are in place. todo is what to do with them.
func (r *run) handOver(step StepID, want []sso.SPSetting, todo string) (string, error) {
	if !r.confirmed(step) {
		return "", r.handoff(step, r.toEnter(want), todo)
	}
	values := readable(want)
	r.sp.Settings, r.sp.Configured = values, true
	r.sp.Enabled = r.sp.Enabled || r.profile.TurnOn == catalog.TurnOnNone
	return "entered by hand", r.save(func(s *sso.State) {
		s.LeaveSP(values)
		s.SecretID = r.idp.SecretID
		s.Confirmed = confirm(s.Confirmed, step, r.Clock)
	})
}

// toEnter are the values to hand over: in a rotation only those that change.
func (r *run) toEnter(want []sso.SPSetting) []sso.SPSetting {
	if r.plan.Rotate == nil {
		return want
	}
	var out []sso.SPSetting
	for _, s := range want {
		if s.Secret || !r.profile.SettingsEqual(s.ID, r.state.AppliedSP[s.ID], s.Value) {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return want
	}
	return out
}

func (r *run) confirmed(step StepID) bool {
	return slices.Contains(r.plan.Spec.Confirmed, string(step))
}

// thenConfirm is the tip for what a person has to do.
func thenConfirm(todo string, step StepID) string {
	return todo + "; then run the command again with --confirmed " + string(step)
}

// handoff reports work for a person and stops the run until it is done. todo
// says what there is to do, in a clause.
func (r *run) handoff(step StepID, settings []sso.SPSetting, todo string) error {
	h := Handoff{Step: step, Resume: "--confirmed " + string(step), Todo: todo, Values: []HandoffValue{}, All: settings}
	if r.profile.Portal != nil {
		h.Page = strings.TrimSpace(r.profile.Portal.URL + "  " + r.profile.Portal.Page)
	}
	for _, s := range settings {
		v := HandoffValue{Label: s.Label, Value: s.Value}
		if s.Secret {
			v.Value, v.Note = "", "a secret, not shown here: copy it in the Okta Admin Console, "+r.secretPlace()
		}
		h.Values = append(h.Values, v)
	}
	if r.Handoff != nil && len(settings) > 0 {
		dir, err := r.Handoff(settings)
		if err != nil {
			return err
		}
		h.Dir = dir
	}
	r.emit(Event{Kind: EventHandoff, Step: step, Handoff: &h})
	return hint.New(hint.Waiting, "waiting for a person at "+r.profile.Name, thenConfirm(todo, step))
}

// secretPlace says where a person sees the client secret.
func (r *run) secretPlace() string {
	place := fmt.Sprintf("Applications → %s → General → Client Credentials", sso.PlainText(r.app.Label, 100))
	if r.plan.Rotate != nil {
		place += ", the newer of the two"
	}
	return place
}

// stepReadback compares what the service provider holds with what was written.
func (r *run) stepReadback(ctx context.Context, _ Step) (string, error) {
	if !r.sp.Readable {
		return "cannot be read; believed as confirmed", nil
	}
	if !r.written() {
		return "read", r.keepApplied()
	}
	state, err := r.SP.Read(ctx)
	if err != nil {
		return "", err
	}
	want, err := r.profile.WantedSettings(r.plan.Inputs, state.Offered, r.idp)
	if err != nil {
		return "", err
	}
	var wrong []string
	for _, f := range settingFindings(r.profile, want, state) {
		if !f.OK {
			wrong = append(wrong, fmt.Sprintf("%s: wrote %s, reads %s", r.profile.Labels()[f.Field], show(f.Expected), show(f.Got)))
		}
	}
	if len(wrong) > 0 {
		return "", hint.New(hint.Failed, fmt.Sprintf("%s does not hold what was written: %s", r.profile.Name, strings.Join(wrong, "; ")),
			"look at its settings page; somebody or something else may be writing there too")
	}
	r.sp = state
	if err := r.followOffered(ctx); err != nil {
		return "", err
	}
	r.warnOffered()
	return plural(len(want), "setting agrees", "settings agree"), r.keepApplied()
}

// followOffered corrects the Okta app when the service provider, now that it
// has its settings, shows another ACS URL or SP entity ID than was computed.
func (r *run) followOffered(ctx context.Context) error {
	want, err := r.profile.WantedApp(r.plan.Spec.Label, r.plan.Inputs, r.sp.Offered)
	if err != nil {
		return err
	}
	want.AdminNote = r.plan.WantApp.AdminNote
	changes := r.Diff(r.plan.WantApp, want)
	if len(changes) == 0 {
		return nil
	}
	r.plan.WantApp = want
	r.emit(Event{Kind: EventWarning, Step: StepReadback,
		Detail: fmt.Sprintf("%s shows other values than computed (%s); the Okta app follows", r.profile.Name, offeredChanges(changes))})
	err = r.write(ctx, StepApp, "update app "+name(r.app), func(ctx context.Context) (string, error) {
		updated, err := r.Okta.UpdateApp(ctx, r.app.ID, want)
		if err == nil {
			r.app = updated
		}
		return r.app.ID, err
	})
	if err != nil {
		return err
	}
	return r.keepApp(r.app, r.state.CreatedApp)
}

// written tells whether this run has written the service provider's settings,
// so that what was read before no longer counts.
func (r *run) written() bool {
	s := r.plan.Step(StepPush)
	return s != nil && s.Action != None
}

func (r *run) keepApplied() error {
	if !r.plan.Pending() && r.sameState() || r.plan.Spec.Push == sso.PushNone {
		return nil
	}
	return r.save(func(s *sso.State) { s.LeaveSP(r.sp.Settings) })
}

// settingFindings compares the settings that are ours with what is held.
func settingFindings(profile *catalog.Profile, want []sso.SPSetting, held sso.SPState) []sso.Finding {
	var out []sso.Finding
	for _, s := range want {
		if s.Secret {
			continue
		}
		got := held.Settings[s.ID]
		out = append(out, sso.Finding{
			Code: "settings.sp." + s.ID, Flow: sso.FlowSettings, Field: s.ID,
			OK:       got == s.Value || profile.SettingsEqual(s.ID, got, s.Value),
			Expected: text(shortCertificate(s.Value)), Got: text(shortCertificate(got)),
		})
	}
	return out
}

func text(v any) string {
	s, ok := v.(string)
	if !ok {
		return show(v)
	}
	return sso.PlainText(s, 300)
}

// confirm notes when a person said that a step was done.
func confirm(done map[string]time.Time, step StepID, clock Clock) map[string]time.Time {
	out := map[string]time.Time{string(step): clock.Now().UTC()}
	for id, at := range done {
		if id != string(step) {
			out[id] = at
		}
	}
	return out
}
