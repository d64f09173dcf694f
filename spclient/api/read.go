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

// record is what the service provider holds, and whether it has a record at all.
type record struct {
	exists bool
	state  sso.SPState
	own    any // the record itself, decoded
	raw    any // the same with what belongs to it but stands elsewhere
	at     time.Time
}

// maxPages bounds how far a list is followed.
const maxPages = 500

// Read tells what the service provider holds now.
func (d *Driver) Read(ctx context.Context) (sso.SPState, error) {
	rec, err := d.read(ctx)
	if err != nil {
		return sso.SPState{}, d.during("read the SSO settings", err)
	}
	return copyState(rec.state), nil
}

func (d *Driver) during(what string, err error) error {
	return fmt.Errorf("%s at %s: %w", what, d.profile.Name, err)
}

// copyState keeps what the driver remembers apart from what the caller changes.
func copyState(s sso.SPState) sso.SPState {
	s.Settings, s.Offered, s.Options = maps.Clone(s.Settings), maps.Clone(s.Offered), maps.Clone(s.Options)
	return s
}

func (d *Driver) remember(rec record) record {
	rec.at = d.clock.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last = &rec
	d.resource = rec.state.Resource
	return rec
}

func (d *Driver) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last = nil
}

// known is what was seen a moment ago, or what a fresh read tells.
func (d *Driver) known(ctx context.Context) (record, error) {
	d.mu.Lock()
	last := d.last
	d.mu.Unlock()
	const fresh = 30 * time.Second
	if last != nil && d.clock.Now().Sub(last.at) < fresh {
		return *last, nil
	}
	return d.read(ctx)
}

func (d *Driver) values(rec record) catalog.Values {
	return catalog.Values{Input: d.inputs, SP: d.profile.SPValues(d.inputs, rec.state.Offered),
		Call: map[string]string{"resource": rec.state.Resource}, Record: rec.own}
}

func (d *Driver) read(ctx context.Context) (record, error) {
	find, one := d.api.Read.Find, d.api.Read.Request
	if find == nil {
		return d.readOne(ctx, record{}, d.api.Read.Missing)
	}
	if known := d.knownResource(); one != nil && known.state.Resource != "" {
		rec, err := d.readOne(ctx, known, append(slices.Clone(d.api.Read.Missing), http.StatusNotFound, http.StatusGone))
		if err != nil || rec.exists {
			return rec, err
		}
		// Somebody took it away. There may be another by now.
	}
	item, err := d.find(ctx, find)
	if err != nil {
		return record{}, err
	}
	if item == nil {
		return d.remember(record{state: nothing()}), nil
	}
	rec, err := d.listed(ctx, item, one == nil || find.Whole)
	if err != nil {
		return rec, fmt.Errorf("record in the list: %w", err)
	}
	if one == nil || find.Whole {
		return d.remember(rec), nil
	}
	return d.readOne(ctx, rec, d.api.Read.Missing)
}

// listed is the record that an item of the list is, or only its id where the
// item is not the whole of it.
func (d *Driver) listed(ctx context.Context, item any, whole bool) (record, error) {
	if whole {
		return d.record(ctx, item)
	}
	id := textAt(item, d.api.Answer.Resource)
	if id == "" {
		return record{}, errors.New("no id at " + placeName(d.api.Answer.Resource))
	}
	return record{state: sso.SPState{Resource: id}}, nil
}

// knownResource is the record by its id alone.
func (d *Driver) knownResource() record {
	d.mu.Lock()
	defer d.mu.Unlock()
	return record{state: sso.SPState{Resource: d.resource}}
}

// readOne reads the record by itself. It does not exist when the answer is one
// of the statuses missing.
func (d *Driver) readOne(ctx context.Context, rec record, missing []int) (record, error) {
	ex, err := d.exchange(*d.api.Read.Request, d.values(rec), nil)
	if err != nil {
		return record{}, err
	}
	res, err := d.send(ctx, ex, missing...)
	if err != nil {
		return record{}, err
	}
	if !isSuccess(res.status, d.api.Read.Request.Success) || d.saysNothing(res) {
		return d.remember(record{state: nothing()}), nil
	}
	if rec, err = d.answered(ctx, ex, res); err != nil {
		return record{}, err
	}
	return d.remember(rec), nil
}

// saysNothing tells whether an answer is the word that there is no record: no
// content at all, or null where the record stands.
func (d *Driver) saysNothing(res *result) bool {
	v, ok := catalog.At(res.body, d.api.Answer.Record)
	return res.status == http.StatusNoContent || ok && v == nil && d.api.Answer.Record != ""
}

func nothing() sso.SPState {
	return sso.SPState{Readable: true, Settings: map[string]string{}, Offered: map[string]string{}, Options: map[string][]string{}}
}

// find looks the record up in the list. It is nil when the list has none.
func (d *Driver) find(ctx context.Context, f *catalog.Find) (any, error) {
	found := make([][]any, len(f.Match))
	_, err := d.each(ctx, f, d.api.Read.Missing, func(item any) {
		for way, pairs := range f.Match {
			if d.matches(item, pairs) {
				found[way] = append(found[way], item)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return d.onlyOne(found)
}

// each visits every item of a list, over all pages. It is false when the answer
// is one of the statuses missing, which means that there is no list.
func (d *Driver) each(ctx context.Context, f *catalog.Find, missing []int, visit func(item any)) (bool, error) {
	pages := pager{find: f, driver: d, seen: map[string]bool{}}
	ex, err := d.exchange(f.Request, d.values(record{}), nil)
	if err != nil {
		return false, err
	}
	ex.target = pages.first(ex.target)
	for page := 1; ex.target != ""; page++ {
		if page > maxPages {
			return false, fmt.Errorf("%s %s: the list has more than %d pages", ex.method, ex.path, maxPages)
		}
		res, err := d.send(ctx, ex, missing...)
		if err != nil {
			return false, err
		}
		if !isSuccess(res.status, f.Request.Success) {
			return false, nil
		}
		items, err := d.items(ex, res, f.Items)
		if err != nil {
			return false, err
		}
		for _, item := range items {
			visit(item)
		}
		if ex.target, err = pages.next(ex, res, len(items)); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (d *Driver) items(ex exchange, res *result, place string) ([]any, error) {
	v, found := catalog.At(res.body, place)
	items, ok := v.([]any)
	if !ok && !(found && v == nil && place != "") && res.status != http.StatusNoContent {
		return nil, d.unlike(ex, "no list at "+placeName(place))
	}
	return items, nil
}

func (d *Driver) matches(item any, pairs []catalog.Pair) bool {
	for _, pair := range pairs {
		want, err := pair.Fill(d.values(record{}))
		if err != nil || want == "" {
			return false
		}
		if textAt(item, pair.Name) != want {
			return false
		}
	}
	return true
}

// onlyOne takes the first way of matching that found anything.
func (d *Driver) onlyOne(found [][]any) (any, error) {
	for _, items := range found {
		switch len(items) {
		case 0:
		case 1:
			return items[0], nil
		default:
			return nil, hint.With(hint.Refused, fmt.Errorf("%d records at %s fit this connection", len(items), d.profile.Name),
				"remove the ones that are not wanted, or choose other inputs")
		}
	}
	return nil, nil
}

// answered reads the record in an answer to a request for it.
func (d *Driver) answered(ctx context.Context, ex exchange, res *result) (record, error) {
	v, ok := catalog.At(res.body, d.api.Answer.Record)
	if !ok || v == nil {
		return record{}, d.unlike(ex, "no record at "+placeName(d.api.Answer.Record))
	}
	rec, err := d.record(ctx, v)
	var unlike notThatRecord
	if errors.As(err, &unlike) {
		return record{}, d.unlike(ex, err.Error())
	}
	return rec, err
}

// unlike is the error of an answer that is JSON, but not the API's.
func (d *Driver) unlike(ex exchange, reason string) error {
	return hint.Add(fmt.Errorf("%s %s: the answer is not that of the settings API: %s", ex.method, ex.path, reason),
		"check --sp-api-url")
}

func placeName(place string) string {
	if place == "" {
		return "its top"
	}
	return place
}
