package wizard

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/tui"
)

func TestWhatIsTypedComesBeforeFileAndEnvironment(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token.txt")
	if err := os.WriteFile(file, []byte("from file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := func(string) string { return "from environment" }
	var typed secret.String
	for _, tc := range []struct {
		name, file, typed, want string
	}{
		{"nothing else", "", "", "from environment"}, {"a file", file, "", "from file"},
		{"typed", "", "typed in", "typed in"}, {"typed against a file", file, "typed in", "typed in"},
	} {
		typed = secret.New(tc.typed)
		s, err := typedFirst(secret.Source{Name: "token", File: tc.file, Env: []string{"TOKEN"}, Getenv: env}, func() secret.String { return typed })
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := s.Find(); err != nil || got.Reveal() != tc.want {
			t.Errorf("%s: %q, %v", tc.name, got.Reveal(), err)
		}
	}
	if _, err := typedFirst(secret.Source{Name: "token", File: file + ".none", Getenv: env}, nil); err == nil {
		t.Error("a file that is not there is none")
	}
}

func TestTheLookComesFromTheEnvironmentAlone(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		env     map[string]string
		noColor bool
		want    tui.Look
	}{
		{"NO_COLOR", map[string]string{"TERM": "xterm-256color", "NO_COLOR": "1"}, false, tui.Monochrome},
		{"--no-color", map[string]string{"TERM": "xterm-256color"}, true, tui.Monochrome},
		{"sixteen colours", map[string]string{"TERM": "xterm"}, false, tui.Dark16},
		{"many colours, unknown background", map[string]string{"TERM": "xterm-256color"}, false, tui.Dark16},
		{"dark background", map[string]string{"TERM": "xterm-256color", "COLORFGBG": "15;0"}, false, tui.Dark},
		{"light background", map[string]string{"TERM": "xterm-256color", "COLORFGBG": "0;default;15"}, false, tui.Light},
		{"chosen", map[string]string{"TERM": "xterm-256color", "COLORFGBG": "15;0", "SSOWIZARD_THEME": "light"}, false, tui.Light},
	} {
		if got := lookOf(func(name string) string { return tc.env[name] }, tc.noColor, os.Stderr); got != tc.want {
			t.Errorf("%s: look %d, want %d", tc.name, got, tc.want)
		}
	}
}

func TestOnlyALocaleThatSaysSoHasNoUTF8(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		env  map[string]string
		want bool
	}{
		{"nothing said", nil, false},
		{"C", map[string]string{"LANG": "C"}, true},
		{"POSIX", map[string]string{"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, true},
		{"C with UTF-8", map[string]string{"LANG": "C.UTF-8"}, false},
		{"the stronger one counts", map[string]string{"LC_CTYPE": "de_DE.utf8", "LANG": "C"}, false},
		{"another charset", map[string]string{"LANG": "de_DE.ISO-8859-15@euro"}, true},
		{"a language alone", map[string]string{"LANG": "de_DE"}, false},
	} {
		if got := asciiOnly(func(name string) string { return tc.env[name] }); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

func TestRolesTellWhoMayNotCreateApps(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		roles  []string
		known  bool
		cannot bool
	}{{nil, false, false}, {nil, true, true}, {[]string{"READ_ONLY_ADMIN"}, true, true}, {[]string{"HELP_DESK_ADMIN", "APP_ADMIN"}, true, false},
		{[]string{"SUPER_ADMIN"}, true, false}, {[]string{"CUSTOM"}, true, false}} {
		if _, cannot := mayNotCreate(&tui.OrgReport{Roles: tc.roles, RolesKnown: tc.known}); cannot != tc.cannot {
			t.Errorf("%q (known %v): cannot = %v", tc.roles, tc.known, cannot)
		}
	}
}

func TestAPastedAddressIsOnePersonOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	ana, ben := sso.Person{ID: "1", Login: "ana", Email: "a@x"}, sso.Person{ID: "2", Login: "ben", Email: "a@x"}
	for _, tc := range []struct {
		name        string
		exact, near []sso.Person
		want        string
	}{
		{"one", []sso.Person{ana}, nil, ""},
		{"two", []sso.Person{ana, ben}, nil, "2 people have this address; give the login of one: ana, ben"},
		{"near", nil, []sso.Person{ben}, "nobody has it; near are ben"},
		{"none", nil, nil, "nobody in Okta has this login or e-mail address"},
		{"no address", []sso.Person{{Login: "kiosk"}}, nil, "has no e-mail address in Okta, by which the service provider would know the person"},
		{"suspended", []sso.Person{{Login: "x", Email: "x", Status: "SUSPENDED"}}, nil, "is suspended in Okta and cannot sign in"},
	} {
		f := found("a@x", tc.exact, tc.near)
		if f.Why != tc.want || (f.Person == nil) != (tc.want != "") {
			t.Errorf("%s: %+v", tc.name, f)
		}
	}
}

// opened is the backend of a sandbox of its own.
func opened(t *testing.T) (*backend, tui.World) {
	t.Helper()
	dir := t.TempDir()
	b := newBackend(app.Config{Getenv: func(string) string { return "" }, Home: dir, GOOS: "linux", StateDir: dir, Sandbox: true, Command: "test", Version: "test",
		OktaToken: secret.Source{Getenv: func(string) string { return "" }}, SPToken: secret.Source{Getenv: func(string) string { return "" }},
		TestPassword: secret.Source{Getenv: func(string) string { return "" }}}, os.Stderr)
	w, err := b.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.close(); err != nil {
			t.Error(err)
		}
	})
	return b, w
}

func quiet(plan.Event) {}

func TestCommandsOfTheWizardNameTheFilesWithTheTokens(t *testing.T) {
	t.Parallel()
	dir, env := t.TempDir(), func(string) string { return "" }
	file := filepath.Join(dir, "the token")
	if err := os.WriteFile(file, []byte("00secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := newBackend(app.Config{Getenv: env, Home: dir, GOOS: "linux", StateDir: dir, Command: "test", Version: "test",
		OktaToken: secret.Source{Getenv: env, File: file}, SPToken: secret.Source{Getenv: env, File: "-", Stdin: strings.NewReader("another")},
		TestPassword: secret.Source{Getenv: env}}, os.Stderr)
	w, err := b.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"--state-dir", dir, "--okta-token-file", `"` + file + `"`}; !cmp.Equal(want, w.Flags) {
		t.Errorf("flags %q, want %q", w.Flags, want)
	}
	if err := b.close(); err != nil {
		t.Error(err)
	}
}

func TestTheSandboxBehindTheScreens(t *testing.T) {
	t.Parallel()
	b, w := opened(t)
	ctx := t.Context()
	r, err := b.CheckOrg(ctx, w.SandboxOrg, secret.String{})
	if err != nil || r.Org.Engine != "oie" || r.Me.Login != w.SandboxTester || len(r.Missing) != 0 || !slices.Contains(r.Roles, "SUPER_ADMIN") {
		t.Fatalf("the org says %+v, %v", r, err)
	}
	groups, err := b.Groups(ctx, w.SandboxOrg, "Support E", "")
	if err != nil || len(groups.Groups) != 1 || groups.Groups[0].People < 1 {
		t.Fatalf("groups %+v, %v", groups, err)
	}
	members, err := b.Members(ctx, w.SandboxOrg, groups.Groups[0].ID)
	if err != nil || len(members.People) != groups.Groups[0].People {
		t.Errorf("%d members of %d, %v", len(members.People), groups.Groups[0].People, err)
	}
	people, err := b.People(ctx, w.SandboxOrg, "", "")
	if err != nil || len(people.People) == 0 || people.After == "" {
		t.Errorf("%d people, after %q, %v", len(people.People), people.After, err)
	}

	draft := tui.Draft{SP: "net2phone", Groups: []tui.Chosen{{Ref: "Support EMEA"}}}
	byScreens := prepare(t, b, w, draft, tui.Setup)
	flags := &ask.Answers{}
	for id, v := range map[ask.ID]string{ask.SP: "net2phone", ask.Groups: "Support EMEA"} {
		if err := flags.Set(id, ask.FromFlag, v); err != nil {
			t.Fatal(err)
		}
	}
	byFlags, err := b.Prepare(ctx, tui.Job{Verb: tui.Setup, Answers: flags}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(byFlags.Plan.Spec, byScreens.Plan.Spec); diff != "" {
		t.Errorf("spec of flags and screens: %s", diff)
	}
	if diff := cmp.Diff(byFlags.Plan.Steps, byScreens.Plan.Steps); diff != "" {
		t.Errorf("plan of flags and screens: %s", diff)
	}

	var events atomic.Int64 // steps side by side report at the same time
	res, err := b.Run(ctx, byScreens, func(plan.Event) { events.Add(1) }, nil)
	if err != nil || !res.Tested || res.Enabled || events.Load() == 0 {
		t.Fatalf("run: %+v, %v, %d events", res, err, events.Load())
	}
	t.Run("an old plan is not carried out when the world has changed", func(t *testing.T) {
		h, _ := byFlags.Handle.(*handle)
		h.made = time.Now().Add(-time.Hour)
		var stale *tui.Stale
		if _, err := b.Run(ctx, byFlags, quiet, nil); !errors.As(err, &stale) {
			t.Fatalf("error = %v", err)
		}
		if stale.Fresh.Plan.Pending() {
			t.Errorf("the new plan would do something: %+v", stale.Fresh.Plan.Steps)
		}
	})
	kept, err := b.Kept(ctx)
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept %+v, %v", kept, err)
	}
	if s, err := b.Look(ctx, kept[0]); err != nil || !s.Tested || s.Enabled || len(s.Drift) > 0 || s.Certificate == nil {
		t.Errorf("status %+v, %v", s, err)
	}
	for _, verb := range []tui.Verb{tui.Enable, tui.Test, tui.Disable, tui.Undo} {
		p := prepare(t, b, w, tui.Draft{SP: "net2phone", Connection: "net2phone"}, verb)
		if _, err := b.Run(ctx, p, quiet, nil); err != nil {
			t.Fatalf("%s: %v", verb, err)
		}
	}
	if kept, err := b.Kept(ctx); err != nil || len(kept) != 0 {
		t.Errorf("after undo: %+v, %v", kept, err)
	}
}

func prepare(t *testing.T, b *backend, w tui.World, d tui.Draft, verb tui.Verb) *tui.Prepared {
	t.Helper()
	answers := &ask.Answers{}
	if verb == tui.Setup {
		var err error
		if answers, err = d.Answers(w); err != nil {
			t.Fatal(err)
		}
	}
	p, err := b.Prepare(context.WithoutCancel(t.Context()), tui.Job{Verb: verb, Answers: answers, Org: "sandbox", Name: d.Connection}, quiet)
	if err != nil {
		t.Fatalf("%s: %v", verb, err)
	}
	return p
}

func TestTheOneDraftOfAnEarlierVersionIsRead(t *testing.T) {
	t.Parallel()
	b, w := opened(t)
	if err := os.WriteFile(b.draftPath(), []byte(`{"sp": "net2phone", "org": "http://127.0.0.1:1", "label": "Phones"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := b.Drafts()
	if want := []tui.Draft{{SP: "net2phone", Org: w.SandboxOrg, Label: "Phones"}}; err != nil || !cmp.Equal(want, got) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDraftsAreKeptAndDroppedAndFilesAreNotReplaced(t *testing.T) {
	t.Parallel()
	b, w := opened(t)
	want := []tui.Draft{{SP: "net2phone", Org: w.SandboxOrg, Label: "Phones", Place: "Who", Groups: []tui.Chosen{{ID: "00g1", Name: "Sales", Ref: "Sales", People: 3}}},
		{SP: "infobip", Org: w.SandboxOrg}}
	if err := b.KeepDrafts(want); err != nil {
		t.Fatal(err)
	}
	got, err := b.Drafts()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	for range 2 { // dropping nothing is no failure
		if err := b.KeepDrafts(nil); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := b.Drafts(); got != nil || err != nil {
		t.Errorf("dropped, yet %+v, %v", got, err)
	}
	path := filepath.Join(t.TempDir(), "a.yaml")
	if where, err := b.SaveFile(path, []byte("one")); err != nil || where != path {
		t.Fatalf("saved at %q, %v", where, err)
	}
	if _, err := b.SaveFile(path, []byte("two")); err == nil {
		t.Error("a file was replaced")
	}
	if data, err := os.ReadFile(path); string(data) != "one" {
		t.Errorf("the file holds %q, %v", data, err)
	}
}
