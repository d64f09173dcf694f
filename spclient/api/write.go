package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

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
	rec, err := d.before(ctx, d.api.Save)
	if err != nil {
		return sso.SPState{}, err
	}
	if len(wanted.secrets) == 0 && d.holds(rec, wanted, wanted.owned) {
		return rec.state, nil
	}
	for id, text := range d.sendable(rec.state.Settings) {
		if _, ours := wanted.texts[id]; !ours {
			wanted.texts[id] = text
		}
	}
	return d.save(ctx, rec, wanted)
}

// before is the record that calls are about to change. One that they lay their
// body over is read anew, so that nothing is lost that somebody else has written.
func (d *Driver) before(ctx context.Context, calls []catalog.Call) (record, error) {
	if slices.ContainsFunc(calls, func(c catalog.Call) bool { return c.Request.Keep }) {
		return d.read(ctx)
	}
	return d.known(ctx)
}

// sendable are those of the texts read that can be written again.
func (d *Driver) sendable(read map[string]string) map[string]string {
	out := maps.Clone(read)
	maps.DeleteFunc(out, func(id, text string) bool { return !d.profile.CanBeSent(id, text) })
	return out
}

// wish is what is to be written: every setting's text, and which of them are
// compared to tell whether a write was carried out.
type wish struct {
	texts   map[string]string
	owned   []string
	secrets []string
	blank   map[string]any // as catalog.Values has it
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
	if len(calls) == 0 && d.api.Trusted != nil && d.holds(rec, w, d.shown(w.owned)) {
		return d.trust(ctx, rec, w) // only certificates have to change, which have calls of their own
	}
	if len(calls) == 0 && rec.exists {
		return rec, hint.New(0, "its settings API cannot change what is there", "change it on the page")
	}
	if len(calls) == 0 {
		return rec, hint.New(0, "there is nothing there yet, and its settings API cannot make it", "make it on the page first")
	}
	told, later := false, false
	for i, call := range calls {
		last := i == len(calls)-1
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
		values.Setting, values.Blank = w.texts, w.blank
		after, err := d.write(ctx, call, values, w.secrets, settled)
		if err != nil {
			return rec, err
		}
		later = later || after.later
		if told = after.rec != nil; told {
			rec = *after.rec
		}
		// The calls that follow may need to know what was made.
		if !told && (last || !rec.exists || calls[i+1].Request.Keep) {
			if rec, err = d.readMade(ctx, later); err != nil {
				return rec, err
			}
		}
	}
	rec, err := d.await(ctx, rec, later, func(now record) bool { return d.holds(now, w, d.shown(w.owned)) })
	if err != nil {
		return rec, err
	}
	return d.trust(ctx, rec, w)
}

// readMade reads what a call has made without saying it.
func (d *Driver) readMade(ctx context.Context, later bool) (record, error) {
	rec, err := d.read(ctx)
	if err != nil {
		return rec, err
	}
	return d.await(ctx, rec, later, func(now record) bool { return now.exists })
}

// shown are the settings that can be read, without the one that is written
// certificate by certificate.
func (d *Driver) shown(ids []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		_, readable := d.api.Answer.Settings[id]
		return !readable || d.api.Trusted != nil && d.api.Trusted.Setting == id
	})
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

// outcome is what came of a writing call. The record is nil when neither answer
// nor read told it; later is true when the call was accepted, to be carried out
// in a while.
type outcome struct {
	rec   *record
	later bool
}

// await reads until the effect of calls that were only accepted shows, for half
// a minute. What the last read told is given back in any case: whether it is
// what was wanted is for the caller to say.
func (d *Driver) await(ctx context.Context, rec record, later bool, shown func(record) bool) (record, error) {
	for wait := time.Second; later && !shown(rec) && wait <= 16*time.Second; wait *= 2 {
		if err := d.clock.Sleep(ctx, wait); err != nil {
			return rec, err
		}
		var err error
		if rec, err = d.read(ctx); err != nil {
			return rec, err
		}
	}
	return rec, nil
}

// write makes one writing call. When its outcome is unknown it reads, and asks
// settled whether the read shows the effect, before it sends again.
func (d *Driver) write(ctx context.Context, call catalog.Call, v catalog.Values, secrets []string,
	settled func(record) (bool, error)) (outcome, error) {
	ex, err := d.exchange(call.Request, v, secrets)
	if err != nil {
		return outcome{}, err
	}
	ex.mute = !call.Answers
	for attempt := 1; ; attempt++ {
		d.forget()
		res, err := d.once(ctx, ex, nil)
		var unknown *UnknownOutcome
		switch {
		case err == nil && call.Answers && res.body != nil:
			rec, err := d.answered(ctx, ex, res)
			if err != nil {
				return outcome{}, err
			}
			rec = d.remember(rec)
			return outcome{rec: &rec, later: res.status == http.StatusAccepted}, nil
		case err == nil:
			return outcome{later: res.status == http.StatusAccepted}, nil
		case !errors.As(err, &unknown):
			return outcome{}, err
		}
		if ctx.Err() != nil {
			return outcome{}, unknown
		}
		if pauseErr := d.pause(ctx, ex, attempt, unknown.cause); pauseErr != nil {
			return outcome{}, d.stillUnknown(unknown, pauseErr)
		}
		now, readErr := d.read(ctx)
		if readErr != nil {
			return outcome{}, d.stillUnknown(unknown, readErr)
		}
		done, err := settled(now)
		if err != nil {
			return outcome{}, err
		}
		if done {
			return outcome{rec: &now}, nil
		}
		if attempt == maxAttempts {
			return outcome{}, hint.Add(fmt.Errorf("%w; tried %d times without effect", unknown, attempt), "run the same command again later")
		}
	}
}

func (d *Driver) stillUnknown(unknown *UnknownOutcome, readErr error) error {
	return hint.Add(fmt.Errorf("%w; and looking failed: %w", unknown, readErr),
		"run the same command again: it looks first what was carried out")
}
