package wizard

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
	"example.com/ssowizard/tui"
)

// okta is the client of an org; it is made anew when another token is typed.
func (b *backend) okta(org string) (client *oktaapi.Client, err error) {
	err = b.with(tui.Secrets{}, org, func() (err error) {
		if client = b.client[org]; client != nil {
			return nil
		}
		if client, err = b.app.Client(org, b.waited); err == nil {
			b.client[org] = client
		}
		return err
	})
	return client, err
}

// CheckOrg asks the org who it is and what the token may do.
func (b *backend) CheckOrg(ctx context.Context, org string, token secret.String) (tui.OrgReport, error) {
	b.mu.Lock()
	delete(b.client, org)
	delete(b.typed, org)
	b.counts.forget(org)
	if !token.IsZero() {
		b.typed[org] = token
	}
	b.mu.Unlock()
	client, err := b.okta(org)
	if err != nil {
		return tui.OrgReport{}, err
	}
	var r tui.OrgReport
	if r.Org, err = client.Org(ctx); err != nil {
		return r, err
	}
	if r.Me, err = client.Me(ctx); err != nil {
		return r, err
	}
	return r, b.rights(ctx, client, &r)
}

// rights asks side by side for everything that the work needs to read.
func (b *backend) rights(ctx context.Context, client *oktaapi.Client, r *tui.OrgReport) error {
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	lacks := func(m tui.Missing, err error) error {
		if !errors.Is(err, oktaapi.ErrForbidden) {
			return err
		}
		m.Why = "Okta says: " + sso.PlainText(err.Error(), 200)
		mu.Lock()
		defer mu.Unlock()
		r.Missing = append(r.Missing, m)
		return nil
	}
	who := "a Super Administrator can make a token that has it, or give you the role Application Administrator"
	g.Go(func() error { return lacks(tui.Missing{What: "reading apps", Who: who}, client.MayReadApps(ctx)) })
	g.Go(func() error {
		_, _, err := client.SearchGroups(ctx, "", 1, "")
		return lacks(tui.Missing{What: "reading groups", Who: who}, err)
	})
	g.Go(func() error {
		_, _, err := client.SearchPeople(ctx, "", 1, "")
		return lacks(tui.Missing{What: "reading people", Who: who}, err)
	})
	g.Go(func() error {
		company, err := client.Company(ctx)
		r.Company = company
		return err
	})
	if r.Me.ID != "" {
		g.Go(func() error {
			roles, known, err := client.Roles(ctx, r.Me.ID)
			r.Roles, r.RolesKnown = roles, known
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if m, cannot := mayNotCreate(r); cannot {
		r.Missing = append(r.Missing, m)
	}
	return nil
}

// mayNotCreate tells from the roles, where they are known, that creating the
// app will be refused. Custom roles may allow it, so they are believed.
func mayNotCreate(r *tui.OrgReport) (tui.Missing, bool) {
	if !r.RolesKnown {
		return tui.Missing{}, false
	}
	for _, role := range r.Roles {
		switch role {
		case "SUPER_ADMIN", "APP_ADMIN", "CUSTOM":
			return tui.Missing{}, false
		}
	}
	return tui.Missing{What: "creating apps", Why: "Nobody with these roles may.",
		Who: "a Super Administrator can give you the role Application Administrator, or make the token for you"}, true
}

// Groups searches groups on the server. Numbers of people are Okta's own; where
// it does not give them, the names alone have to do.
func (b *backend) Groups(ctx context.Context, org, text, after string) (tui.GroupPage, error) {
	client, err := b.okta(org)
	if err != nil {
		return tui.GroupPage{}, err
	}
	counting, err := b.counts.of(org, func(waits func(string, time.Duration)) (counting *oktaapi.Client, err error) {
		err = b.with(tui.Secrets{}, org, func() (err error) {
			counting, err = b.app.Client(org, waits)
			return err
		})
		return counting, err
	})
	if err != nil {
		return tui.GroupPage{}, err
	}
	page, counted, err := b.counts.search(ctx, counting, text, after)
	if err != nil || counted {
		return page, err
	}
	groups, next, err := client.SearchGroups(ctx, text, pageSize, after)
	page = tui.GroupPage{After: next}
	for _, g := range groups {
		page.Groups = append(page.Groups, groupOf(g, -1))
	}
	return page, err
}

// People searches people on the server.
func (b *backend) People(ctx context.Context, org, text, after string) (tui.PeoplePage, error) {
	client, err := b.okta(org)
	if err != nil {
		return tui.PeoplePage{}, err
	}
	people, next, err := client.SearchPeople(ctx, text, pageSize, after)
	return tui.PeoplePage{People: people, After: next}, err
}

// FindPeople looks every one of refs up.
func (b *backend) FindPeople(ctx context.Context, org string, refs []string) ([]tui.Found, error) {
	client, err := b.okta(org)
	if err != nil {
		return nil, err
	}
	out := make([]tui.Found, len(refs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(lookupsWide)
	for i, ref := range refs {
		g.Go(func() error {
			exact, near, err := client.Person(ctx, ref)
			if err != nil {
				return err
			}
			out[i] = found(ref, exact, near)
			return nil
		})
	}
	return out, g.Wait()
}

func found(ref string, exact, near []sso.Person) tui.Found {
	f := tui.Found{Ref: ref}
	switch {
	case len(exact) > 1:
		f.Why = fmt.Sprintf("%d people have this address; give the login of one: %s", len(exact), logins(exact))
	case len(exact) == 0 && len(near) > 0:
		f.Why = "nobody has it; near are " + logins(near)
	case len(exact) == 0:
		f.Why = "nobody in Okta has this login or e-mail address"
	case exact[0].Email == "":
		f.Why = "has no e-mail address in Okta, by which the service provider would know the person"
	case exact[0].Status == "SUSPENDED":
		f.Why = "is suspended in Okta and cannot sign in"
	default:
		f.Person = &exact[0]
	}
	return f
}

func logins(people []sso.Person) string {
	var out []string
	for _, p := range people[:min(len(people), 5)] {
		out = append(out, sso.PlainText(p.Login, 80))
	}
	return strings.Join(out, ", ")
}

// Members reads the people of a group.
func (b *backend) Members(ctx context.Context, org, groupID string) (tui.Members, error) {
	client, err := b.okta(org)
	if err != nil {
		return tui.Members{}, err
	}
	people, more, err := client.GroupPeople(ctx, groupID, membersRead)
	return tui.Members{People: people, More: more}, err
}
