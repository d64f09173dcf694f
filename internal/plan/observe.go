package plan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// Observed is what Okta, the service provider and our own state say now.
type Observed struct {
	Org sso.Org
	// Listed is when the apps were read: an old list is read again before a create.
	Listed time.Time
	Apps   []sso.App
	// App is the connection's app, nil when there is none yet.
	App *sso.App
	IdP *sso.IdPValues // nil without an app
	// secrets are the client secrets of an OIDC app, in memory only.
	secrets []sso.ClientSecret
	// Bookmark is the bookmark app beside it, nil when there is none.
	Bookmark *sso.App
	// BookmarkAssigned are the people and groups that have the bookmark app.
	BookmarkAssigned []sso.Assignment
	// SPPeople are the people of the service provider, where it tells.
	SPPeople []sso.SPPerson
	// SPPeopleUnread says why it does not, though it should; "" otherwise.
	SPPeopleUnread string
	// Uncovered are those of them who have another e-mail address than
	// everybody who gets the app, and UncoveredUnread is why that is not known.
	Uncovered       []sso.Assignment
	UncoveredUnread string

	Groups    map[string]sso.Group  // by the admin's word for it
	People    map[string]sso.Person // by the admin's word for it
	Tester    *sso.Person
	AppGroups []sso.Assignment
	AppUsers  []sso.Assignment
	// groupsRead and usersRead tell whether these are all that the app has, and
	// keptRead that those of earlier runs were looked for among people.
	groupsRead, usersRead, keptRead bool

	SP        sso.SPState
	State     sso.State
	HaveState bool
	// OktaUnread says why Okta's side is not known, where that is no hindrance;
	// "" otherwise.
	OktaUnread string
}

// manyPeople is from how many people on one listing of all of an app's people
// costs less than a call for each.
const manyPeople = 5

// Observe reads both sides, what does not depend on each other side by side:
// first the lists, then what belongs to the app that was found. It writes nothing.
func (c *Core) Observe(ctx context.Context, spec sso.Spec) (Observed, error) {
	return c.observe(ctx, spec, readNamed)
}

// ObserveAll also reads whether the assignments of earlier runs still stand.
func (c *Core) ObserveAll(ctx context.Context, spec sso.Spec) (Observed, error) {
	return c.observe(ctx, spec, readKept)
}

// ObserveForUndo reads every assignment of the app, so that undo can name those
// that somebody else made.
func (c *Core) ObserveForUndo(ctx context.Context, spec sso.Spec) (Observed, error) {
	return c.observe(ctx, spec, readAll)
}

// ObserveForDisable does without Okta's side when Okta cannot be reached or is
// broken: that is when people are to get in without it.
func (c *Core) ObserveForDisable(ctx context.Context, spec sso.Spec) (Observed, error) {
	o, err := c.Observe(ctx, spec)
	if hint.CodeOf(err) != hint.Failed || ctx.Err() != nil || !o.HaveState {
		return o, err
	}
	alone := Observed{State: o.State, HaveState: true, Org: sso.Org{ID: o.State.OrgID, URL: o.State.OrgURL}, OktaUnread: err.Error()}
	var spErr error
	if alone.SP, spErr = c.SP.Read(ctx); spErr != nil {
		return o, err
	}
	alone.believe(c.Profile)
	return alone, nil
}

// ObserveOkta reads what Okta alone tells of a connection, for when the rest
// cannot be known. A state that cannot be read is no matter: the app is then
// found by its mark alone.
func (c *Core) ObserveOkta(ctx context.Context, spec sso.Spec) (Observed, error) {
	o := Observed{}
	if state, known, err := c.Keeper.Load(); err == nil {
		o.State, o.HaveState = state, known
	}
	g := newGather()
	g.do(func() (func(), error) {
		org, err := c.Okta.Org(ctx)
		return func() { o.Org = org }, err
	})
	g.do(func() (func(), error) {
		apps, err := c.Okta.Apps(ctx)
		return func() { o.Apps, o.Listed = apps, c.Clock.Now() }, err
	})
	err := g.wait()
	if err != nil {
		return o, err
	}
	if o.App, err = findOurs(o, spec); err != nil || o.App == nil {
		return o, err
	}
	return o, c.observeApp(ctx, looking{}, &o)
}

// extent is how many of the app's assignments are read.
type extent int

const (
	readNamed extent = iota // those that the Spec names
	readKept                // and those that earlier runs made
	readAll                 // all of them
)

func (c *Core) observe(ctx context.Context, spec sso.Spec, how extent) (Observed, error) {
	o := Observed{Groups: map[string]sso.Group{}, People: map[string]sso.Person{}}
	var err error
	if o.State, o.HaveState, err = c.Keeper.Load(); err != nil {
		return o, err
	}
	if err := c.observeLists(ctx, spec, &o); err != nil {
		return o, err
	}
	o.believe(c.Profile)
	if o.App, err = findOurs(o, spec); err != nil {
		return o, err
	}
	o.Bookmark = findBookmark(o, spec)
	if o.App != nil {
		if err := c.observeApp(ctx, look(spec, o, how), &o); err != nil {
			return o, err
		}
	}
	c.observeCovered(ctx, spec, &o)
	return o, nil
}

// believe takes what was confirmed by hand for what a service provider holds
// that cannot be read.
func (o *Observed) believe(profile *catalog.Profile) {
	if o.SP.Readable {
		return
	}
	o.SP.Settings = o.State.AppliedSP
	o.SP.Configured = o.State.AppliedSP != nil
	o.SP.Enabled = o.State.EnabledAt != nil || o.SP.Configured && profile.TurnOn == catalog.TurnOnNone // saved there is on
}

// gather runs functions side by side and keeps every error, so that an unknown
// group and an unknown person are told at once.
type gather struct {
	group errgroup.Group
	mu    sync.Mutex
	errs  []error
}

func newGather() *gather {
	g := &gather{}
	g.group.SetLimit(8)
	return g
}

// do runs read and, if that went well, keep; keeps never run at the same time.
func (g *gather) do(read func() (keep func(), err error)) {
	g.group.Go(func() error {
		keep, err := read()
		g.mu.Lock()
		defer g.mu.Unlock()
		if err != nil {
			g.errs = append(g.errs, err)
			return nil
		}
		keep()
		return nil
	})
}

// wait gives the errors: the usage errors together, else the first of the
// strongest kind, because one dead token fails every call the same way.
func (g *gather) wait() error {
	_ = g.group.Wait()
	var usage []error
	var worst error
	for _, err := range g.errs {
		if hint.CodeOf(err) == hint.Usage {
			usage = append(usage, err)
		}
		if worst == nil || stronger(err, worst) {
			worst = err
		}
	}
	if len(usage) > 0 && hint.CodeOf(worst) == hint.Usage {
		return errors.Join(usage...)
	}
	return worst
}

func stronger(a, b error) bool {
	code := hint.CodeOf(errors.Join(a, b))
	return code == hint.CodeOf(a) && code != hint.CodeOf(b)
}

func (c *Core) observeLists(ctx context.Context, spec sso.Spec, o *Observed) error {
	g := newGather()
	g.do(func() (func(), error) {
		org, err := c.Okta.Org(ctx)
		return func() { o.Org = org }, err
	})
	g.do(func() (func(), error) {
		apps, err := c.Okta.Apps(ctx)
		return func() { o.Apps, o.Listed = apps, c.Clock.Now() }, err
	})
	g.do(func() (func(), error) {
		state, err := c.SP.Read(ctx)
		return func() { o.SP = state }, err
	})
	if spec.Enable {
		g.do(func() (func(), error) {
			people, unread := c.observePeople(ctx)
			return func() { o.SPPeople, o.SPPeopleUnread = people, unread }, nil
		})
	}
	for _, ref := range unique(spec.Groups, spec.RemoveGroups) {
		g.do(func() (func(), error) {
			group, err := c.findGroup(ctx, ref)
			if gone, ours := assigned(o.State, sso.ToGroup, ref); ours && hint.CodeOf(err) == hint.Usage && !slices.Contains(spec.Groups, ref) {
				// No longer in Okta, or not as it was: it can still be taken away.
				group, err = sso.Group{ID: gone.ID, Name: gone.Name}, nil
			}
			return func() { o.Groups[ref] = group }, err
		})
	}
	people := unique(spec.Users, spec.RemoveUsers)
	if (spec.Test != sso.TestNone || spec.TesterNamed) && spec.Tester != "" {
		people = unique(people, []string{spec.Tester}) // also without a test: a wrong name is to be told
	}
	for _, ref := range people {
		g.do(func() (func(), error) {
			person, err := c.findPerson(ctx, ref)
			if gone, ours := assigned(o.State, sso.ToUser, ref); ours && hint.CodeOf(err) == hint.Usage && !slices.Contains(spec.Users, ref) && ref != spec.Tester {
				person, err = sso.Person{ID: gone.ID, Login: gone.Name}, nil
			}
			return func() { o.People[ref] = person }, err
		})
	}
	if err := g.wait(); err != nil {
		return err
	}
	if spec.Test != sso.TestNone && spec.Tester != "" {
		tester := o.People[spec.Tester]
		o.Tester = &tester
	}
	return nil
}

// assigned finds an assignment that a run of ours made, by name or id.
func assigned(s sso.State, kind sso.AssignmentKind, ref string) (sso.Assignment, bool) {
	for _, a := range s.Assigned {
		if a.Kind == kind && (a.ID == ref || a.Name == ref) {
			return a, true
		}
	}
	return sso.Assignment{}, false
}

// looking is what to read of the app's assignments.
type looking struct {
	groups, everybody, kept bool
	people                  []string // ids
}

func look(spec sso.Spec, o Observed, how extent) looking {
	// What is adopted keeps its app, so nobody loses it.
	all := spec.Exact || how == readAll && !theirs(o.State)
	l := looking{kept: how == readKept, groups: len(spec.Groups)+len(spec.RemoveGroups) > 0 || all}
	for _, p := range o.People {
		l.people = append(l.people, p.ID)
	}
	if how == readKept {
		for _, a := range o.State.Assigned {
			if a.Kind == sso.ToGroup {
				l.groups = true
			} else {
				l.people = unique(l.people, []string{a.ID})
			}
		}
	}
	l.everybody = all || len(l.people) > manyPeople
	return l
}

func (c *Core) observeApp(ctx context.Context, l looking, o *Observed) error {
	g := newGather()
	app := *o.App
	o.groupsRead, o.usersRead, o.keptRead = l.groups, l.everybody, l.kept
	if app.Status == sso.StatusActive {
		g.do(func() (func(), error) {
			idp, secrets, err := c.idpValues(ctx, app, o.State.SecretID)
			return func() { o.IdP, o.secrets = &idp, secrets }, err
		})
	}
	if o.Bookmark != nil {
		c.observeBookmark(ctx, g, o)
	}
	if l.groups {
		g.do(func() (func(), error) {
			groups, err := c.Okta.AppGroups(ctx, app.ID)
			return func() { o.AppGroups = groups }, err
		})
	}
	if l.everybody {
		g.do(func() (func(), error) {
			users, err := c.Okta.AppUsers(ctx, app.ID)
			return func() { o.AppUsers = users }, err
		})
		return g.wait()
	}
	for _, id := range l.people {
		g.do(func() (func(), error) {
			a, assigned, err := c.Okta.AppUser(ctx, app.ID, id)
			return func() {
				if assigned {
					o.AppUsers = append(o.AppUsers, a)
				}
			}, err
		})
	}
	return g.wait()
}

// findOurs finds the connection's app: by its marker, else by the id that our
// state remembers. Two apps with our marker are somebody else's race with us.
func findOurs(o Observed, spec sso.Spec) (*sso.App, error) {
	id := sso.ConnectionID(o.Org.ID, spec.Connection)
	var ours []sso.App
	for _, app := range o.Apps {
		m, marked := sso.FindMarker(app.AdminNote)
		if (marked && m.ID == id) || (!marked && o.HaveState && app.ID == o.State.AppID) {
			ours = append(ours, app)
		}
	}
	if len(ours) > 1 {
		return nil, hint.New(hint.Refused,
			fmt.Sprintf("two Okta apps carry the mark of connection %q: %s and %s", spec.Connection, name(ours[0]), name(ours[1])),
			"two runs on two machines have each made one: delete the one that nobody uses in the Okta Admin Console, then run the same command again")
	}
	if len(ours) == 1 {
		return &ours[0], nil
	}
	return nil, nil
}

func name(app sso.App) string {
	return fmt.Sprintf("%q (%s)", sso.PlainText(app.Label, 100), app.ID)
}

func unique(lists ...[]string) []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range lists {
		for _, s := range list {
			if !seen[s] {
				seen[s] = true
				out = append(out, s)
			}
		}
	}
	return out
}
