package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"example.com/ssowizard/internal/catalog"
)

// trusted is a certificate that the service provider holds as a resource of its own.
type trusted struct{ id, text string }

// held are the certificates of a record that are resources of their own.
func (d *Driver) held(rec record) []trusted {
	c := d.api.Trusted
	var out []trusted
	list, _ := catalog.At(rec.raw, c.Items)
	items, _ := list.([]any)
	for _, item := range items {
		out = append(out, trusted{id: textAt(item, c.ID), text: textAt(item, c.Value)})
	}
	return out
}

// trust adds and removes certificates until the record holds those that are
// wanted. There are never more than the service provider has room for; as long
// as there is room, one is added before another is removed.
func (d *Driver) trust(ctx context.Context, rec record, w wish) (record, error) {
	c := d.api.Trusted
	if c == nil || !slices.Contains(w.owned, c.Setting) {
		return rec, nil
	}
	want := catalog.EachCertificate(w.texts[c.Setting])
	const most = 40 // certificates that are exchanged in one go
	for range most {
		held := d.held(rec)
		add := slices.IndexFunc(want, func(text string) bool { return !d.among(held, text) })
		drop := d.superfluous(held, want)
		room := len(held) < max(d.profile.Certificates, 1)
		var err error
		switch {
		case add >= 0 && (room || drop < 0):
			rec, err = d.addTrusted(ctx, rec, want[add])
		case drop >= 0:
			rec, err = d.removeTrusted(ctx, rec, held[drop])
		default:
			return rec, nil
		}
		if err != nil {
			return rec, err
		}
	}
	return rec, fmt.Errorf("its certificates are still not the wanted ones after %d calls", most)
}

// superfluous is the first that is held and not wanted, or held already under
// another id, as comes of a call that was repeated; -1 when there is none.
func (d *Driver) superfluous(held []trusted, want []string) int {
	for i, t := range held {
		if !slices.ContainsFunc(want, func(text string) bool { return d.same(t, text) }) {
			return i
		}
	}
	for i, t := range held {
		if d.among(held[:i], t.text) {
			return i
		}
	}
	return -1
}

func (d *Driver) same(t trusted, text string) bool {
	return d.profile.SettingsEqual(d.api.Trusted.Setting, t.text, text)
}

func (d *Driver) among(held []trusted, text string) bool {
	return slices.ContainsFunc(held, func(t trusted) bool { return d.same(t, text) })
}

func (d *Driver) addTrusted(ctx context.Context, rec record, text string) (record, error) {
	v := d.values(rec)
	v.Call["certificate"] = text
	settled := func(now record) (bool, error) { return d.among(d.held(now), text), nil }
	done, err := d.write(ctx, catalog.Call{Request: d.api.Trusted.Add}, v, nil, settled)
	if err != nil {
		return rec, err
	}
	now, err := d.read(ctx)
	if err == nil {
		now, err = d.await(ctx, now, done.later, func(now record) bool { return d.among(d.held(now), text) })
	}
	if err == nil && !d.among(d.held(now), text) {
		return now, errors.New("a certificate was added, but it is not among those that are held")
	}
	return now, err
}

func (d *Driver) removeTrusted(ctx context.Context, rec record, gone trusted) (record, error) {
	v := d.values(rec)
	v.Call["certificate_id"] = gone.id
	isGone := func(now record) bool {
		return !slices.ContainsFunc(d.held(now), func(t trusted) bool { return t.id == gone.id })
	}
	settled := func(now record) (bool, error) { return isGone(now), nil }
	done, err := d.write(ctx, catalog.Call{Request: d.api.Trusted.Remove}, v, nil, settled)
	var answer *Error
	if errors.As(err, &answer) && (answer.Status == http.StatusNotFound || answer.Status == http.StatusGone) {
		err = nil // somebody else was faster
	}
	if err != nil {
		return rec, err
	}
	now, err := d.read(ctx)
	if err == nil {
		now, err = d.await(ctx, now, done.later, isGone)
	}
	if err == nil && !isGone(now) {
		return now, errors.New("a certificate was removed, but it is still among those that are held")
	}
	return now, err
}
