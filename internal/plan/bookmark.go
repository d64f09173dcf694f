package plan

import (
	"context"
	"fmt"

	"example.com/ssowizard/internal/sso"
)

// bookmarkName is the name under which a connection's bookmark app carries our
// mark, so that it is never taken for the app itself.
func bookmarkName(connection string) string { return connection + "#bookmark" }

func bookmarkMark(o Observed, spec sso.Spec) sso.Marker {
	name := bookmarkName(spec.Connection)
	return sso.Marker{ID: sso.ConnectionID(o.Org.ID, name), Name: name, Profile: spec.Profile}
}

func findBookmark(o Observed, spec sso.Spec) *sso.App {
	id := bookmarkMark(o, spec).ID
	for i, app := range o.Apps {
		if mark, ok := sso.FindMarker(app.AdminNote); ok && mark.ID == id {
			return &o.Apps[i]
		}
	}
	return nil
}

func (c *Core) observeBookmark(ctx context.Context, g *gather, o *Observed) {
	id := o.Bookmark.ID
	for _, read := range []func(context.Context, string) ([]sso.Assignment, error){c.Okta.AppGroups, c.Okta.AppUsers} {
		g.do(func() (func(), error) {
			list, err := read(ctx, id)
			return func() { o.BookmarkAssigned = append(o.BookmarkAssigned, list...) }, err
		})
	}
}

// bookmark plans the tile that leads to the service provider's own sign-in,
// where the app's tile cannot.
func (m *maker) bookmark() error {
	o := m.Observed
	want, wanted, err := m.Profile.WantedBookmark("", m.Inputs, o.SP.Offered)
	if err != nil {
		return err
	}
	if !wanted {
		if o.Bookmark != nil {
			m.add(StepBookmark, Delete, fmt.Sprintf("Okta: delete bookmark app %q", sso.PlainText(o.Bookmark.Label, 100)),
				[]sso.Change{{Field: "label", From: o.Bookmark.Label}})
		}
		return nil
	}
	note := ""
	have := sso.App{}
	if o.Bookmark != nil {
		have, note = *o.Bookmark, o.Bookmark.AdminNote
	}
	want.AdminNote, _ = sso.WithMarker(note, bookmarkMark(o, m.Spec))
	m.WantBookmark = &want
	switch changes := m.diff(have, want); {
	case o.Bookmark == nil:
		m.add(StepBookmark, Create, fmt.Sprintf("Okta: create bookmark app %q, which leads to %s", want.Label, want.BookmarkURL), changes)
	case len(changes) > 0:
		m.add(StepBookmark, Update, fmt.Sprintf("Okta: update bookmark app %q", want.Label), changes)
	default:
		m.add(StepBookmark, None, fmt.Sprintf("Okta: bookmark app %q is as wanted", want.Label), nil)
	}
	return nil
}

func (r *run) stepBookmark(ctx context.Context, s Step) (string, error) {
	want := r.plan.WantBookmark
	if r.plan.Observed.Bookmark == nil { // noted first, as with the app
		if err := r.save(func(s *sso.State) { s.CreatedBookmark = true }); err != nil {
			return "", err
		}
	}
	var app sso.App
	err := r.write(ctx, StepBookmark, fmt.Sprintf("%s bookmark app %q", s.Action, want.Label), func(ctx context.Context) (_ string, err error) {
		if have := r.plan.Observed.Bookmark; have != nil {
			app, err = r.Okta.UpdateApp(ctx, have.ID, *want)
		} else {
			app, err = r.Okta.CreateApp(ctx, *want)
		}
		return app.ID, err
	})
	if err != nil && outcomeUnknown(err) && r.plan.Observed.Bookmark == nil {
		err = r.findLostBookmark(ctx, err, &app)
	}
	if err != nil {
		return "", err
	}
	return app.ID, r.save(func(s *sso.State) { s.BookmarkID = app.ID })
}

// findLostBookmark looks for a bookmark app whose create was not answered.
func (r *run) findLostBookmark(ctx context.Context, cause error, into *sso.App) error {
	apps, err := r.Okta.Apps(ctx)
	if err != nil {
		return err
	}
	o := r.plan.Observed
	o.Apps = apps
	found := findBookmark(o, r.plan.Spec)
	if found == nil {
		return cause
	}
	*into = *found
	return nil
}

func (r *run) deleteBookmark(ctx context.Context, _ Step) (string, error) {
	have := r.plan.Observed.Bookmark
	err := r.write(ctx, StepBookmark, "delete bookmark app "+name(*have), func(ctx context.Context) (string, error) {
		return have.ID, r.Okta.DeleteApp(ctx, have.ID)
	})
	if err != nil {
		return "", err
	}
	return have.ID, r.save(func(s *sso.State) { s.BookmarkID, s.CreatedBookmark = "", false })
}

// assignBookmark gives the tile to whoever gets the app.
func (r *run) assignBookmark(ctx context.Context) error {
	id := r.state.BookmarkID
	if id == "" && r.plan.Observed.Bookmark != nil {
		id = r.plan.Observed.Bookmark.ID
	}
	if id == "" {
		return nil
	}
	for _, a := range r.plan.BookmarkAssign {
		err := r.write(ctx, StepAssign, fmt.Sprintf("assign the bookmark app to %s %s", a.Kind, sso.PlainText(a.Name, 80)), func(ctx context.Context) (string, error) {
			return a.ID, r.Okta.Assign(ctx, id, a)
		})
		if err != nil {
			return fmt.Errorf("assign the bookmark app to %s %q: %w", a.Kind, sso.PlainText(a.Name, 80), err)
		}
	}
	return nil
}
