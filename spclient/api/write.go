package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// Push makes the service provider hold the settings, and returns what it then
// said it holds. Where it holds them already nothing is written. Settings that
// are not named keep the value that they have. It never turns sign-in on or off.
func (d *Driver) Push(ctx context.Context, settings []sso.SPSetting) (sso.SPState, error) {
	state, err := d.push(ctx, settings)
	if err != nil {
		return sso.SPState{}, d.during("save the SSO settings", err)
	}
	return copyState(state), nil
}

func (d *Driver) push(ctx context.Context, settings []sso.SPSetting) (sso.SPState, error) {
	wanted := wish{texts: map[string]string{}}
	for _, s := range settings {
		known, ok := d.profile.Setting(s.ID)
		if !ok {
			return sso.SPState{}, fmt.Errorf("the profile has no setting %q", s.ID)
		}
		if known.Kind == catalog.KindSecret {
			wanted.secrets = append(wanted.secrets, s.Value)
		}
		wanted.texts[s.ID] = s.Value
	}
	wanted.owned = slices.Sorted(maps.Keys(wanted.texts))
	rec, err := d.known(ctx)
	if err != nil {
		return sso.SPState{}, err
	}
	if len(wanted.secrets) == 0 && d.holds(rec, wanted, wanted.owned) {
		return rec.state, nil
	}
	for id, text := range rec.state.Settings {
		if _, ours := wanted.texts[id]; !ours {
			wanted.texts[id] = text
		}
	}
	return d.save(ctx, rec, wanted)
}

// wish is what is to be written: every setting's text, and which of them are
// compared to tell whether a write was carried out.
type wish struct {
	texts   map[string]string
	owned   []string
	secrets []string
}

// holds tells whether the record has the wanted texts of these settings, as far
// as they can be read.
func (d *Driver) holds(rec record, w wish, ids []string) bool {
	if !rec.exists || !rec.state.Configured {
		return false
	}
	for _, id := range ids {
		if _, readable := d.api.Answer.Settings[id]; !readable {
			if s, ok := d.profile.Setting(id); ok && s.Kind == catalog.KindSecret {
				return false // it may be another one
			}
			continue
		}
		if !d.profile.SettingsEqual(id, w.texts[id], rec.state.Settings[id]) {
			return false
		}
	}
	return true
}

// errMadeMeanwhile says that a record exists which the call was to make.
var errMadeMeanwhile = errors.New("there is a record by now")

// save makes the calls of the profile's save that fit.
func (d *Driver) save(ctx context.Context, rec record, w wish) (sso.SPState, error) {
	for round := 1; ; round++ {
		after, err := d.saveOnce(ctx, rec, w)
		if errors.Is(err, errMadeMeanwhile) && round == 1 {
			if rec, err = d.known(ctx); err != nil {
				return sso.SPState{}, err
			}
			continue
		}
		return after.state, err
	}
}

func (d *Driver) saveOnce(ctx context.Context, rec record, w wish) (record, error) {
	calls := fitting(d.api.Save, rec.exists)
	if len(calls) == 0 {
		return rec, errors.New("the profile describes no call for this case")
	}
	told := false
	for _, call := range calls {
		settled := func(now record) (bool, error) {
			if d.holds(now, w, carried(call, w)) {
				return true, nil
			}
			if call.Only == catalog.OnlyNew && now.exists {
				return false, errMadeMeanwhile
			}
			return false, nil
		}
		values := d.values(rec)
		values.Setting = w.texts
		after, err := d.write(ctx, call, values, w.secrets, settled)
		if err != nil {
			return rec, err
		}
		if told = after != nil; told {
			rec = *after
		}
	}
	var err error
	if !told {
		if rec, err = d.read(ctx); err != nil {
			return rec, err
		}
	}
	return d.trust(ctx, rec, w)
}

// carried are the owned settings that the call's body has.
func carried(call catalog.Call, w wish) []string {
	var ids []string
	for _, id := range call.Request.SettingIDs() {
		if slices.Contains(w.owned, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func fitting(calls []catalog.Call, exists bool) []catalog.Call {
	var out []catalog.Call
	for _, c := range calls {
		if c.Only == "" || (c.Only == catalog.OnlyExisting) == exists {
			out = append(out, c)
		}
	}
	return out
}

// write makes one writing call. When its outcome is unknown it reads, and asks
// settled whether the read shows the effect, before it sends again. The record
// is nil when neither answer nor read told it.
func (d *Driver) write(ctx context.Context, call catalog.Call, v catalog.Values, secrets []string,
	settled func(record) (bool, error)) (*record, error) {
	ex, err := d.exchange(call.Request, v, secrets)
	if err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		d.forget()
		res, err := d.once(ctx, ex, nil)
		var unknown *UnknownOutcome
		switch {
		case err == nil && call.Answers && res.body != nil:
			rec, err := d.answered(ctx, ex, res)
			if err != nil {
				return nil, err
			}
			rec = d.remember(rec)
			return &rec, nil
		case err == nil:
			return nil, nil
		case !errors.As(err, &unknown):
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, unknown
		}
		if pauseErr := d.pause(ctx, ex, attempt, unknown.cause); pauseErr != nil {
			return nil, d.stillUnknown(unknown, pauseErr)
		}
		now, readErr := d.read(ctx)
		if readErr != nil {
			return nil, d.stillUnknown(unknown, readErr)
		}
		done, err := settled(now)
		if err != nil {
			return nil, err
		}
		if done {
			return &now, nil
		}
		if attempt == maxAttempts {
			return nil, hint.Add(fmt.Errorf("%w; tried %d times without effect", unknown, attempt), "run the same command again later")
		}
	}
}

func (d *Driver) stillUnknown(unknown *UnknownOutcome, readErr error) error {
	return hint.Add(fmt.Errorf("%w; and looking failed: %w", unknown, readErr),
		"run the same command again: it looks first what was carried out")
}

// SetEnabled turns sign-in at the service provider on or off.
func (d *Driver) SetEnabled(ctx context.Context, on bool) error {
	what, calls := "turn SSO off", d.api.Disable
	if on {
		what, calls = "turn SSO on", d.api.Enable
	}
	if len(calls) == 0 {
		return d.during(what, hint.New(hint.Usage, "there is no switch", "what is saved there is on"))
	}
	if err := d.setEnabled(ctx, on, calls); err != nil {
		return d.during(what, err)
	}
	return nil
}

func (d *Driver) setEnabled(ctx context.Context, on bool, calls []catalog.Call) error {
	rec, err := d.known(ctx)
	if err != nil {
		return err
	}
	settled := func(now record) (bool, error) { return now.state.Enabled == on, nil }
	for _, call := range fitting(calls, rec.exists) {
		v := d.values(rec)
		v.Call["enabled"] = strconv.FormatBool(on)
		v.Setting = rec.state.Settings
		after, err := d.write(ctx, call, v, nil, settled)
		if err != nil {
			return err
		}
		if after != nil {
			rec = *after
		}
		if after != nil && after.state.Enabled != on {
			ex, err := d.exchange(call.Request, v, nil)
			if err != nil {
				return err
			}
			return fmt.Errorf("%s %s was answered, but SSO is still %s", ex.method, ex.path, onOff(!on))
		}
	}
	return nil
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// Restore brings the settings back to what they were: to the same texts, or to
// none when there were none. SSO is turned off first when it was off before; it
// is never turned on here, because that wants consent. A secret cannot be
// brought back, because none is ever kept: then the error has the exit code for
// waiting, after everything else is done.
func (d *Driver) Restore(ctx context.Context, before sso.SPState) error {
	if err := d.restore(ctx, before); err != nil {
		return d.during("restore the SSO settings", err)
	}
	return nil
}

func (d *Driver) restore(ctx context.Context, before sso.SPState) error {
	if !before.Readable {
		return hint.New(0, "it is not known what was there before", "set the page right by hand")
	}
	now, err := d.read(ctx)
	if err != nil {
		return err
	}
	if now.state.Enabled && !before.Enabled && len(d.api.Disable) > 0 {
		if err := d.setEnabled(ctx, false, d.api.Disable); err != nil {
			return err
		}
	}
	if !before.Configured {
		return d.clear(ctx, now)
	}
	w := wish{texts: before.Settings, owned: slices.Sorted(maps.Keys(d.api.Answer.Settings))}
	if d.holds(now, w, w.owned) {
		return nil
	}
	after, err := d.save(ctx, now, w)
	if d.wantsSecret(err) {
		return d.clearInstead(ctx, now)
	}
	if err != nil {
		return err
	}
	if rec := (record{exists: true, state: after}); !d.holds(rec, w, w.owned) {
		return hint.New(0, "the settings were written, but are not what they were", "compare the page with ssowizard record")
	}
	return d.lostSecret()
}

// wantsSecret tells whether the settings were refused for want of the secret.
func (d *Driver) wantsSecret(err error) bool {
	var refused *Error
	if !errors.As(err, &refused) {
		return false
	}
	s, known := d.profile.Setting(refused.Setting)
	return known && s.Kind == catalog.KindSecret
}

// clearInstead takes away what cannot be brought back whole, rather than leave
// an identity provider's values there that is about to go.
func (d *Driver) clearInstead(ctx context.Context, now record) error {
	if err := d.clear(ctx, now); err != nil {
		return err
	}
	return hint.New(hint.Waiting, "the former settings cannot be brought back, because they need a secret that no service provider shows again; they are cleared instead",
		"enter the former values on the page if they are still wanted, then run the same command again")
}

// lostSecret says what only a person can bring back.
func (d *Driver) lostSecret() error {
	for _, s := range d.profile.Settings {
		if s.Kind == catalog.KindSecret {
			return hint.New(hint.Waiting, "the former "+s.Title()+" cannot be brought back, because no service provider shows it again",
				"everything else is as it was; enter the former "+s.Title()+" on the page, or sign-in will fail")
		}
	}
	return nil
}

func (d *Driver) clear(ctx context.Context, now record) error {
	if !now.exists || !now.state.Configured {
		return nil
	}
	if len(d.api.Clear) == 0 {
		return hint.New(0, "the settings API cannot clear what was set", "clear the page by hand")
	}
	settled := func(now record) (bool, error) { return !now.exists || !now.state.Configured, nil }
	for _, call := range fitting(d.api.Clear, true) {
		_, err := d.write(ctx, call, d.values(now), nil, settled)
		var answer *Error
		if errors.As(err, &answer) && (answer.Status == http.StatusNotFound || answer.Status == http.StatusGone) {
			continue // somebody else was faster
		}
		if err != nil {
			return err
		}
	}
	return nil
}
