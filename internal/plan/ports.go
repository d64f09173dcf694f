// Package plan is the core: it compares what is wanted with what Okta and the
// service provider hold, makes the steps between them, runs them, proves them
// and takes them back. It knows no HTTP, no terminal and no file; the parts it
// needs are the small interfaces below. Both faces of the program, the wizard
// and the commands, show what it reports.
package plan

import (
	"context"
	"time"

	"example.com/ssowizard/internal/sso"
)

// Okta is the part of an Okta org that a run needs. Errors carry an exit code
// and hints (package hint). A write whose outcome is unknown returns an error
// with OutcomeUnknown() true in its tree.
type Okta interface {
	Org(ctx context.Context) (sso.Org, error)
	// Apps lists every app of the org with its raw JSON.
	Apps(ctx context.Context) ([]sso.App, error)
	App(ctx context.Context, id string) (sso.App, error)
	CreateApp(ctx context.Context, want sso.App) (sso.App, error)
	// UpdateApp changes only what Diff names and keeps everything else.
	UpdateApp(ctx context.Context, id string, want sso.App) (sso.App, error)
	// ActivateApp turns an inactive app on again.
	ActivateApp(ctx context.Context, id string) error
	DeleteApp(ctx context.Context, id string) error
	// Keys lists the app's signing keys; GenerateKey makes another one, which
	// SwitchKey makes the active one with a single call.
	Keys(ctx context.Context, appID string) ([]sso.SigningKey, error)
	GenerateKey(ctx context.Context, appID string, years int) (sso.SigningKey, error)
	SwitchKey(ctx context.Context, app sso.App, kid string) (sso.App, error)
	UploadLogo(ctx context.Context, appID, fileName string, image []byte) error
	// IdPValues reads the values for the service provider from Okta's
	// metadata of the app's active key.
	IdPValues(ctx context.Context, app sso.App) (sso.IdPValues, error)
	// Group and Person find by name, login, e-mail or id; near are candidates
	// to show when exact is not one.
	Group(ctx context.Context, ref string) (exact, near []sso.Group, err error)
	Person(ctx context.Context, ref string) (exact, near []sso.Person, err error)
	AppGroups(ctx context.Context, appID string) ([]sso.Assignment, error)
	AppUsers(ctx context.Context, appID string) ([]sso.Assignment, error)
	AppUser(ctx context.Context, appID, userID string) (sso.Assignment, bool, error)
	Assign(ctx context.Context, appID string, a sso.Assignment) error
	Unassign(ctx context.Context, appID string, a sso.Assignment) error
}

// ServiceProvider is one way to reach a service provider's settings.
type ServiceProvider interface {
	Read(ctx context.Context) (sso.SPState, error)
	Push(ctx context.Context, settings []sso.SPSetting) (sso.SPState, error)
	SetEnabled(ctx context.Context, on bool) error
	// Restore puts back what Read gave before the first push, or clears the
	// settings when there were none.
	Restore(ctx context.Context, before sso.SPState) error
	StartTest(ctx context.Context) (sso.SPTest, error)
	TestVerdict(ctx context.Context, id string) (sso.SPVerdict, error)
}

// SignIn carries out real sign-ins as the tester.
type SignIn interface {
	SignIn(ctx context.Context, req sso.SignInRequest) (sso.Seen, error)
}

// Keeper holds the state and the journal of one connection.
type Keeper interface {
	// Load gives false when nothing is kept yet.
	Load() (sso.State, bool, error)
	Save(sso.State) error
	Append(sso.JournalEntry) error
	Remove() error
}

// Clock tells the time and waits.
type Clock interface {
	Now() time.Time
	// Sleep returns early with the context's error.
	Sleep(ctx context.Context, d time.Duration) error
}

// SystemClock is the Clock of the machine.
type SystemClock struct{}

// Now is the time now.
func (SystemClock) Now() time.Time { return time.Now() }

// Sleep waits for d or for the end of ctx.
func (SystemClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
