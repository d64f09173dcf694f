package tui_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
	"example.com/ssowizard/tui"
	"example.com/ssowizard/tui/tuitest"
)

// fake is a world of our own making behind the screens. Its plans are real.
type fake struct {
	world  tui.World
	kept   []tui.Connection
	status map[string]plan.ConnectionStatus
	groups []tui.Group
	people []sso.Person
	report tui.OrgReport
	tokens map[string]string // where a token is found, by org
	events func(ctx context.Context, p *tui.Prepared, report func(plan.Event)) (plan.Result, error)

	openErr, keptErr, lookErr, orgErr, searchErr, planErr, copyErr, adoptErr, enableErr error
	adoptable                                                                           []tui.Adoptable
	waits                                                                               chan plan.Event
	limited                                                                             string   // a call that waits for the rate limit before it is held
	told                                                                                []string // warnings of turning on
	held                                                                                bool     // something waits for sign-in to be on
	unread                                                                              bool     // nobody can read the service provider
	// hold lets calls of a name wait until the test ends or lets them go.
	hold map[string]chan struct{}

	mu        sync.Mutex
	searches  []string
	seen      []secret.String // tokens that CheckOrg was given
	jobs      []tui.Job
	ran       []tui.Verb
	person    tui.Person    // of the run
	brought   []string      // by the person
	drafts    [][]tui.Draft // each time they were kept
	copied    string
	gone      string // a group that nobody finds any more
	keptLabel string // of an app that is there
	files     map[string]string
	observed  plan.Observed
	sp        sso.SPState // what Told tells
	toldErr   error
}

func profile(t testing.TB, id string) *catalog.Profile {
	t.Helper()
	c, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Profile(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const org = "https://acme.okta.com"

func newFake(t testing.TB) *fake {
	f := &fake{status: map[string]plan.ConnectionStatus{}, tokens: map[string]string{org: "OKTA_CLIENT_TOKEN"},
		hold: map[string]chan struct{}{}, files: map[string]string{}}
	f.world = tui.World{Screen: true, Profiles: []*catalog.Profile{profile(t, "net2phone")}}
	f.report = tui.OrgReport{Org: sso.Org{ID: "00oacme", URL: org, Host: "acme.okta.com", Engine: "oie"}, Company: "Acme",
		Me:    sso.Person{ID: "00uana", Login: "ana.lima@acme.example", Email: "ana.lima@acme.example", FirstName: "Ana", LastName: "Lima"},
		Roles: []string{"SUPER_ADMIN"}, RolesKnown: true}
	f.groups = []tui.Group{
		{ID: "00gsupport", Name: "Support EMEA", People: 214}, {ID: "00gsupportus", Name: "Support US", People: 87},
		{ID: "00gtooling", Name: "Support tooling", People: 3}, {ID: "00gsales", Name: "Sales", People: 12345},
		{ID: "00geveryone", Name: "Everyone", People: 20000, Everyone: true},
		{ID: "00gnight", Name: "Night\x1b[7m shift\u202e", People: 1}, {ID: "00gjp", Name: "サポート 東京", People: 8},
		{ID: "00gtwin1", Name: "Twins", People: 2}, {ID: "00gtwin2", Name: "Twins", People: -1},
	}
	f.people = []sso.Person{
		{ID: "00uana", Login: "ana.lima@acme.example", Email: "ana.lima@acme.example", FirstName: "Ana", LastName: "Lima", Status: "ACTIVE"},
		{ID: "00uben", Login: "ben.okafor@acme.example", Email: "ben.okafor@acme.example", FirstName: "Ben", LastName: "Okafor", Status: "ACTIVE"},
		{ID: "00ukiosk", Login: "reception.kiosk@acme.example", FirstName: "Reception", LastName: "Kiosk", Status: "ACTIVE"},
		{ID: "00usven", Login: "sven@acme.example", Email: "sven@acme.example", FirstName: "Sven", LastName: "Lindqvist", Status: "SUSPENDED"},
		{ID: "00uyael", Login: "yael.cohen@acme.example", Email: "yael@acme.example", FirstName: "יעל", LastName: "כהן", Status: "ACTIVE"},
		{ID: "00uzoe", Login: "zoe@acme.example", Email: "zoe@acme.example", FirstName: "Zoe\u0308", LastName: "Nu\u0301n\u0303ez", Status: "ACTIVE"},
		{ID: "00ulina", Login: "li.na@acme.example", Email: "li.na@acme.example", FirstName: "娜", LastName: "李", Status: "ACTIVE"},
	}
	f.events = passing
	return f
}

// wait holds a call of a name where the test wants that.
func (f *fake) wait(ctx context.Context, name string) error {
	f.mu.Lock()
	if f.limited == name {
		f.limited = ""
		now := time.Now()
		f.waits <- plan.Event{Status: plan.Waiting, Time: now, Until: now.Add(27 * time.Second), Detail: "Okta's rate limit for /api/v1/groups is used up"}
	}
	gate := f.hold[name]
	f.mu.Unlock()
	if gate == nil {
		return nil
	}
	select {
	case <-gate:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (f *fake) Open(ctx context.Context) (tui.World, error) {
	if err := f.wait(ctx, "Open"); err != nil {
		return tui.World{}, err
	}
	return f.world, f.openErr
}

func (f *fake) Kept(ctx context.Context) ([]tui.Connection, error) {
	return f.kept, errors.Join(f.wait(ctx, "Kept"), f.keptErr)
}

func (f *fake) Look(ctx context.Context, c tui.Connection) (plan.ConnectionStatus, error) {
	return f.status[c.Name], errors.Join(f.wait(ctx, "Look"), f.lookErr)
}

func (f *fake) TokenFrom(_ context.Context, org string) (string, error) { return f.tokens[org], nil }

func (f *fake) CheckOrg(ctx context.Context, _ string, token secret.String) (tui.OrgReport, error) {
	f.mu.Lock()
	f.seen = append(f.seen, token)
	f.mu.Unlock()
	return f.report, errors.Join(f.wait(ctx, "CheckOrg"), f.orgErr)
}

const fakePage = 6

func (f *fake) Groups(ctx context.Context, _, text, after string) (tui.GroupPage, error) {
	f.note("groups " + text + after)
	if err := errors.Join(f.wait(ctx, "Groups"+text), f.searchErr); err != nil {
		return tui.GroupPage{}, err
	}
	var hits []tui.Group
	for _, g := range f.groups {
		if strings.HasPrefix(strings.ToLower(g.Name), strings.ToLower(text)) {
			hits = append(hits, g)
		}
	}
	page, next := cut(hits, after)
	return tui.GroupPage{Groups: page, After: next}, nil
}

func (f *fake) People(ctx context.Context, _, text, after string) (tui.PeoplePage, error) {
	f.note("people " + text + after)
	if err := errors.Join(f.wait(ctx, "People"+text), f.searchErr); err != nil {
		return tui.PeoplePage{}, err
	}
	var hits []sso.Person
	for _, p := range f.people {
		if strings.HasPrefix(strings.ToLower(p.FirstName), strings.ToLower(text)) || strings.HasPrefix(p.Login, strings.ToLower(text)) {
			hits = append(hits, p)
		}
	}
	page, next := cut(hits, after)
	return tui.PeoplePage{People: page, After: next}, nil
}

func cut[T any](list []T, after string) (page []T, next string) {
	from := 0
	if after != "" {
		_, _ = fmt.Sscanf(after, "@%d", &from)
	}
	to := min(from+fakePage, len(list))
	if to < len(list) {
		next = fmt.Sprintf("@%d", to)
	}
	return list[from:to], next
}

func (f *fake) FindPeople(_ context.Context, _ string, refs []string) ([]tui.Found, error) {
	var out []tui.Found
	for _, ref := range refs {
		found := tui.Found{Ref: ref, Why: "nobody in Okta has this login or e-mail address"}
		for _, p := range f.people {
			if p.Login == ref || p.Email == ref {
				found.Person, found.Why = &p, ""
			}
		}
		out = append(out, found)
	}
	return out, nil
}

func (f *fake) Members(ctx context.Context, _, id string) (tui.Members, error) {
	if err := f.wait(ctx, "Members"); err != nil {
		return tui.Members{}, err
	}
	switch id {
	case f.gone:
		return tui.Members{}, errors.New("Okta has no such group")
	case "00gsupport":
		return tui.Members{People: f.people[:3]}, nil
	case "00gsales":
		return tui.Members{People: f.people[:2], More: true}, nil
	}
	return tui.Members{People: f.people[min(3, len(f.people)):min(5, len(f.people))]}, nil
}

func (f *fake) note(search string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.searches = append(f.searches, search)
}

func (f *fake) Told(ctx context.Context, _ tui.Job) (sso.SPState, error) {
	return f.sp, errors.Join(f.wait(ctx, "Told"), f.toldErr)
}

func (f *fake) Waits() <-chan plan.Event { return f.waits }

func (f *fake) Adoptable(ctx context.Context, _ string) ([]tui.Adoptable, error) {
	return f.adoptable, errors.Join(f.wait(ctx, "Adoptable"), f.searchErr)
}

// Adopt takes over once a test lets it; then the connection is kept.
func (f *fake) Adopt(ctx context.Context, job tui.Job) (plan.Result, error) {
	f.mu.Lock()
	f.jobs = append(f.jobs, job)
	f.mu.Unlock()
	if err := errors.Join(f.wait(ctx, "Adopt"), f.adoptErr); err != nil {
		return plan.Result{}, err
	}
	f.kept = append(f.kept, tui.Connection{Org: "acme.okta.com", Name: job.Name,
		State: sso.State{Connection: job.Name, Profile: job.Answers.Text(ask.SP), OrgURL: org, Label: "net2phone Sync"}})
	f.status[job.Name] = plan.ConnectionStatus{Connection: job.Name, App: &plan.AppResult{ID: job.AppID, Label: "net2phone Sync"}}
	return plan.Result{Command: "adopt", Connection: job.Name}, nil
}

func (f *fake) KeepDrafts(ds []tui.Draft) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drafts = append(f.drafts, ds)
	return nil
}

func (f *fake) Drafts() ([]tui.Draft, error) { return f.world.Drafts, nil }

func (f *fake) SaveFile(path string, data []byte) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, there := f.files[path]; there {
		return "", errors.New(path + " is there already")
	}
	f.files[path] = string(data)
	return "/home/ana/" + path, nil
}

func (f *fake) Copy(_ context.Context, text string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.copied = text
	return f.copyErr
}

func (f *fake) lastJob(t testing.TB) tui.Job {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.jobs) == 0 {
		t.Fatal("no plan was asked for")
	}
	return f.jobs[len(f.jobs)-1]
}

type local struct{}

func (local) ParseOrg(text string) (string, error) { return oktaapi.ParseOrg(text) }

// open shows the wizard on the fake.
func open(t testing.TB, f *fake, look tui.Look, width, height int) *tuitest.Driver {
	t.Helper()
	root := tui.NewRoot(t.Context(), tui.Config{Backend: f, Local: local{}, Theme: tui.NewTheme(look, io.Discard), From: ask.FromFlag})
	return tuitest.New(t, root, width, height)
}
