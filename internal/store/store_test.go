package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
)

func TestRootFollowsFlagEnvironmentAndSystem(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, flag, goos, home string
		env                    map[string]string
		want                   string
	}{
		{"flag wins", "/flag", "linux", "/home/ana", map[string]string{"SSOWIZARD_STATE_DIR": "/env"}, "/flag"},
		{"own variable", "", "linux", "/home/ana", map[string]string{"SSOWIZARD_STATE_DIR": "/env", "XDG_STATE_HOME": "/xdg"}, "/env"},
		{"xdg", "", "linux", "/home/ana", map[string]string{"XDG_STATE_HOME": "/xdg"}, "/xdg/ssowizard"},
		{"relative xdg does not count", "", "linux", "/home/ana", map[string]string{"XDG_STATE_HOME": "xdg"}, "/home/ana/.local/state/ssowizard"},
		{"default", "", "linux", "/home/ana", nil, "/home/ana/.local/state/ssowizard"},
		{"macOS", "", "darwin", "/Users/ana", nil, "/Users/ana/.local/state/ssowizard"},
		{"windows", "", "windows", "/home/ana", map[string]string{"LOCALAPPDATA": "/local", "XDG_STATE_HOME": "/xdg"}, "/local/ssowizard"},
		{"windows without its variable", "", "windows", "/ana", nil, "/ana/AppData/Local/ssowizard"},
		{"no home needed", "", "linux", "", map[string]string{"XDG_STATE_HOME": "/xdg"}, "/xdg/ssowizard"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := store.Root(tt.flag, func(k string) string { return tt.env[k] }, tt.goos, tt.home)
			must(t, err)
			if got != tt.want {
				t.Errorf("Root = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestRootIsAbsolute(t *testing.T) {
	t.Parallel()
	got, err := store.Root("some/where", func(string) string { return "" }, "linux", "")
	must(t, err)
	if want, _ := filepath.Abs("some/where"); got != want {
		t.Errorf("Root = %s, want %s", got, want)
	}
}

func TestRootWithoutHomeAsksForAFolder(t *testing.T) {
	t.Parallel()
	for _, goos := range []string{"linux", "windows"} {
		_, err := store.Root("", func(string) string { return "" }, goos, "")
		if hint.CodeOf(err) != hint.Usage || !strings.Contains(strings.Join(hint.Hints(err), " "), "--state-dir") {
			t.Errorf("%s: error %v, hints %v", goos, err, hint.Hints(err))
		}
	}
}

func TestFolderNamesStayApartAndBelowTheirParent(t *testing.T) {
	t.Parallel()
	hosts := []string{"acme.okta.com", "acme.okta.com:8443", "acme.okta.com_8443", "127.0.0.1:7001",
		"[::1]:7001", "[::1]", "sandbox", "con", "con%", "a.", "..", ".", "", "a/b", `a\b`, "%41", "_1", ":1"}
	names := []string{"net2phone", "a_b", "con", "nul.x", "lpt1", "x.", "..", "../../etc", "A", "a", ""}
	for kind, list := range map[string][]string{"host": hosts, "name": names} {
		fold := store.HostFolder
		if kind == "name" {
			fold = store.NameFolder
		}
		seen := map[string]string{}
		for _, s := range list {
			got := fold(s)
			if got == "" || strings.ContainsAny(got, `/\:`) || strings.HasPrefix(got, ".") || got != strings.ToLower(got) && !strings.Contains(got, "%") {
				t.Errorf("%s %q: folder %q", kind, s, got)
			}
			if was, ok := seen[got]; ok {
				t.Errorf("%s %q and %q share folder %q", kind, was, s, got)
			}
			seen[got] = s
		}
	}
	if a, b := store.HostFolder("Acme.Okta.com"), store.HostFolder("acme.okta.com"); a != b {
		t.Errorf("one host has two folders: %s, %s", a, b)
	}
	if got := store.HostFolder("127.0.0.1:7001"); got != "127.0.0.1_7001" {
		t.Errorf("port colon: %s", got)
	}
}

func TestListNamesOrgAndConnection(t *testing.T) {
	t.Parallel()
	s := store.Open(t.TempDir())
	if got, err := s.List(); err != nil || len(got) != 0 {
		t.Fatalf("empty store: %v, %v", got, err)
	}
	want := []store.Entry{
		{Org: "127.0.0.1:7001", Name: "con"},
		{Org: "acme.okta.com", Name: "net2phone"},
		{Org: "acme.okta.com", Name: "net2phone-2"},
		{Org: "sandbox", Name: "x."},
	}
	for _, e := range want {
		must(t, s.Connection(e.Org, e.Name).Save(sso.State{}))
	}
	must(t, s.Connection("gone.okta.com", "old").Append(sso.JournalEntry{Run: "1"})) // no state
	write(t, filepath.Join(s.Root(), "orgs", "stray"), "not a folder")
	write(t, filepath.Join(s.Root(), "orgs", "acme.okta.com", "net2phone", "state.json"), "broken, but there")
	got, err := s.List()
	must(t, err)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestFindSaysWhichOrgs(t *testing.T) {
	t.Parallel()
	s := store.Open(t.TempDir())
	for _, e := range []store.Entry{{"a.okta.com", "both"}, {"b.okta.com", "both"}, {"a.okta.com", "one"},
		{"sandbox", "one"}, {"sandbox", "play"}} {
		must(t, s.Connection(e.Org, e.Name).Save(sso.State{}))
	}
	tests := []struct {
		org, name, want string // host, or the error's text and hints
	}{
		{"", "one", "a.okta.com"},
		{"B.okta.com", "both", "b.okta.com"},
		{"sandbox", "one", "sandbox"},
		{"", "both", "in several orgs: a.okta.com, b.okta.com|--org a.okta.com"},
		{"", "none", `no connection "none" on this machine|both (a.okta.com)`},
		{"", "play", "no connection|--sandbox"},
		{"c.okta.com", "one", "of c.okta.com|one (a.okta.com)"},
		{"sandbox", "both", "of sandbox|one (sandbox)"},
		{"", "../x", "is not a connection name|lower-case"},
	}
	for _, tt := range tests {
		got, err := s.Find(tt.org, tt.name)
		if err == nil {
			if got.Org != tt.want || got.Name != tt.name {
				t.Errorf("Find(%q, %q) = %v, want %s", tt.org, tt.name, got, tt.want)
			}
			continue
		}
		msg, tip, _ := strings.Cut(tt.want, "|")
		if hint.CodeOf(err) != hint.Usage || !strings.Contains(err.Error(), msg) ||
			!strings.Contains(strings.Join(hint.Hints(err), "\n"), tip) || tip == "" {
			t.Errorf("Find(%q, %q): %v, hints %q", tt.org, tt.name, err, hint.Hints(err))
		}
	}
	if _, err := store.Open(t.TempDir()).Find("", "one"); !strings.Contains(strings.Join(hint.Hints(err), ""), "ssowizard setup") {
		t.Errorf("empty store: %v, %q", err, hint.Hints(err))
	}
}
