package api

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

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
		if now, err = d.read(ctx); err != nil {
			return err
		}
	}
	if !before.Configured {
		return d.clear(ctx, now)
	}
	lost := d.lostTexts(before, now)
	w := d.former(before, now)
	if d.holds(now, w, w.owned) {
		return lost
	}
	after, err := d.save(ctx, now, w)
	if d.wantsSecret(err) {
		return d.clearInstead(ctx, now)
	}
	if err != nil {
		return err
	}
	if rec := (record{exists: true, state: after}); !d.holds(rec, w, w.owned) {
		if after, err = d.blanked(ctx, before, w); err != nil {
			return err
		}
	}
	if rec := (record{exists: true, state: after}); !d.holds(rec, w, w.owned) {
		return hint.New(0, "the settings were written, but are not what they were", "compare the page with ssowizard record")
	}
	return errors.Join(lost, d.lostSecret())
}

// blanked restores once more, for a service provider that keeps the value of
// what is left out of a body: what was empty is written as it was read.
func (d *Driver) blanked(ctx context.Context, before sso.SPState, w wish) (sso.SPState, error) {
	w.blank = map[string]any{}
	for _, id := range w.owned {
		if text, read := before.Settings[id]; text == "" && read {
			w.blank[id] = ""
		} else if text == "" {
			w.blank[id] = nil
		}
	}
	now, err := d.read(ctx)
	if err != nil || len(w.blank) == 0 {
		return now.state, err
	}
	return d.save(ctx, now, w)
}

// former is what can be brought back: what was read and can be written, and
// those of certificates with a resource each that are still there.
func (d *Driver) former(before sso.SPState, now record) wish {
	w := wish{texts: d.sendable(before.Settings), owned: slices.DeleteFunc(slices.Sorted(maps.Keys(d.api.Answer.Settings)),
		func(id string) bool { return !d.profile.CanBeSent(id, before.Settings[id]) })}
	if c := d.api.Trusted; c != nil && !slices.Contains(w.owned, c.Setting) {
		back, _ := d.bringable(before.Settings[c.Setting], now)
		w.texts[c.Setting], w.owned = strings.Join(back, "\n"), append(w.owned, c.Setting)
	}
	return w
}

// bringable are those of the former certificates that can be held again, and
// whether that is all of them. One that is only shown by its fingerprint has to
// be there still.
func (d *Driver) bringable(text string, now record) (back []string, all bool) {
	each := catalog.EachCertificate(text)
	held := d.held(now)
	for _, one := range each {
		if d.profile.CanBeSent(d.api.Trusted.Setting, one) || d.among(held, one) {
			back = append(back, one)
		}
	}
	return back, len(back) == len(each)
}

// lostTexts says which settings cannot be brought back, because what was read of
// them is not what has to be written.
func (d *Driver) lostTexts(before sso.SPState, now record) error {
	for id, text := range before.Settings {
		if d.profile.CanBeSent(id, text) || d.profile.SettingsEqual(id, text, now.state.Settings[id]) {
			continue
		}
		if c := d.api.Trusted; c != nil && c.Setting == id {
			if _, all := d.bringable(text, now); all {
				continue
			}
		}
		title := d.profile.Labels()[id]
		return hint.New(hint.Waiting, "the former "+title+" cannot be brought back, because only its fingerprint is shown there",
			"enter the former "+title+" on the page, or sign-in will fail")
	}
	return nil
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
	gone := func(now record) bool { return !now.exists || !now.state.Configured }
	settled := func(now record) (bool, error) { return gone(now), nil }
	later := false
	for _, call := range fitting(d.api.Clear, true) {
		done, err := d.write(ctx, call, d.values(now), nil, settled)
		var answer *Error
		if errors.As(err, &answer) && (answer.Status == http.StatusNotFound || answer.Status == http.StatusGone) {
			continue // somebody else was faster
		}
		if err != nil {
			return err
		}
		later = later || done.later
	}
	if !later {
		return nil
	}
	now, err := d.await(ctx, now, true, gone)
	if err == nil && !gone(now) {
		return hint.New(0, "it was accepted, but half a minute later the settings are still there", "look at the page in a while, and clear it by hand if they stay")
	}
	return err
}
