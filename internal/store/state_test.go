package store_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
)

func fullState() sso.State {
	at := noon()
	return sso.State{
		Version: 1, Connection: net2, ID: "0123456789abcdef", Profile: "net2phone", Label: "Sync <1> & Co",
		OrgID: "00o1", OrgURL: "https://acme.okta.com", AppID: "0oa1", AppName: "acme_sync_1", KID: "kid",
		CreatedApp: true, Inputs: map[string]string{"a": "b"}, Push: "api",
		Assigned:  []sso.Assignment{{Kind: sso.ToUser, ID: "00u1", Name: "ana"}, {Kind: sso.ToGroup, ID: "00g1"}},
		TesterID:  "00u1",
		AppliedSP: map[string]string{"entity_id": "n2p"}, AppliedApp: map[string]any{"audience": "n2p", "hide": true},
		BeforeSP: &sso.SPState{Readable: true, Settings: map[string]string{"x": "y"}},
		Proof:    &sso.Proof{Kind: "sp-test", Digest: "d", At: at}, EnabledAt: &at, Updated: at,
	}
}

func TestSavedStateIsLoadedAgain(t *testing.T) {
	t.Parallel()
	c := store.Open(t.TempDir()).Connection(acme, net2)
	if _, ok, err := c.Load(); ok || err != nil {
		t.Fatalf("before: %v, %v", ok, err)
	}
	must(t, c.Save(fullState()))
	got, ok, err := c.Load()
	must(t, err)
	if d := cmp.Diff(fullState(), got); !ok || d != "" {
		t.Error(ok, d)
	}
	must(t, c.Save(sso.State{}))
	got, _, err = c.Load()
	must(t, err)
	if d := cmp.Diff(sso.State{Version: 1, Connection: net2}, got); d != "" {
		t.Errorf("members that were taken away came back: %s", d)
	}
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	s := store.Open(filepath.Join(t.TempDir(), "state"))
	wide := filepath.Join(s.Root(), "orgs", acme)
	must(t, os.MkdirAll(wide, 0o755))
	c := s.Connection(acme, net2)
	unlock, err := c.Lock(t.Context(), "test")
	must(t, err)
	defer unlock()
	must(t, c.Save(fullState()))
	must(t, c.Append(sso.JournalEntry{Run: "1"}))
	seen := 0
	must(t, filepath.WalkDir(filepath.Join(s.Root(), "orgs"), func(path string, d fs.DirEntry, err error) error {
		must(t, err)
		info, err := d.Info()
		must(t, err)
		seen++
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return nil
	}))
	if seen < 7 { // three folders, state, journal, lock, owner
		t.Errorf("only %d files", seen)
	}
}

func TestUnknownMembersSurvive(t *testing.T) {
	t.Parallel()
	c := store.Open(t.TempDir()).Connection(acme, net2)
	must(t, c.Save(fullState()))
	path := filepath.Join(c.Dir(), "state.json")
	var doc map[string]any
	must(t, json.Unmarshal([]byte(read(t, path)), &doc))
	doc["future"] = map[string]any{"big": json.Number("12345678901234567890")}
	doc["proof"].(map[string]any)["nonce"] = "n"
	doc["before_sp"].(map[string]any)["Seen"] = true
	for _, a := range doc["assigned"].([]any) {
		a.(map[string]any)["since"] = a.(map[string]any)["ID"]
	}
	b, err := json.Marshal(doc)
	must(t, err)
	write(t, path, string(b))

	st, _, err := c.Load()
	must(t, err)
	st.Label = "other"
	st.Assigned = append([]sso.Assignment{{Kind: sso.ToUser, ID: "00u9"}}, st.Assigned[1])
	delete(st.Inputs, "a")
	st.KID = ""
	must(t, c.Save(st))

	got := read(t, path)
	var after map[string]any
	must(t, json.Unmarshal([]byte(got), &after))
	for _, want := range []string{`12345678901234567890`, `"nonce": "n"`, `"Seen": true`, `"since": "00g1"`, `"label": "other"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in %s", want, got)
		}
	}
	for _, not := range []string{`"kid"`, `"inputs"`, `"ID": "00u1"`, `"since": "00u`} {
		if strings.Contains(got, not) {
			t.Errorf("%s came back in %s", not, got)
		}
	}
	again, _, err := c.Load()
	must(t, err)
	st.Inputs = nil // empty and absent are the same
	if d := cmp.Diff(st, again); d != "" {
		t.Error(d)
	}
}

func TestBrokenOrNewerStateIsNamedAndLeftAlone(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		code       hint.Code
		tip        string
	}{
		{"torn", `{"version":1,"label":"x`, hint.Failed, "adopt net2phone"},
		{"empty", ``, hint.Failed, "adopt"},
		{"no version", `{"label":"x"}`, hint.Failed, "adopt"},
		{"wrong type", `{"version":1,"label":7}`, hint.Failed, "adopt"},
		{"two documents", `{"version":1}{}`, hint.Failed, "adopt"},
		{"array", `[]`, hint.Failed, "adopt"},
		{"newer", `{"version":2,"label":{"new":"form"}}`, hint.Refused, "newer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := store.Open(t.TempDir()).Connection(acme, net2)
			must(t, c.Save(sso.State{}))
			path := filepath.Join(c.Dir(), "state.json")
			write(t, path, tt.text)
			_, _, lerr := c.Load()
			serr := c.Save(fullState())
			for what, err := range map[string]error{"Load": lerr, "Save": serr} {
				if err == nil || !strings.Contains(err.Error(), path) || hint.CodeOf(err) != tt.code ||
					!strings.Contains(strings.Join(hint.Hints(err), ""), tt.tip) || strings.Contains(err.Error(), "Go ") {
					t.Errorf("%s: %v, hints %q, code %d", what, err, hint.Hints(err), hint.CodeOf(err))
				}
			}
			if got := read(t, path); got != tt.text {
				t.Errorf("the file was overwritten: %s", got)
			}
		})
	}
}

func TestRemoveKeepsTheJournal(t *testing.T) {
	t.Parallel()
	c := store.Open(t.TempDir()).Connection(acme, net2)
	must(t, c.Remove()) // nothing there
	must(t, c.Save(fullState()))
	must(t, c.Append(sso.JournalEntry{Run: "1", What: "undo"}))
	must(t, c.Remove())
	if _, ok, err := c.Load(); ok || err != nil {
		t.Errorf("state: %v, %v", ok, err)
	}
	if j, err := c.Journal(); err != nil || len(j) != 1 {
		t.Errorf("journal: %v, %v", j, err)
	}
}

func TestKillBetweenWriteAndRenameLeavesTheOldState(t *testing.T) {
	t.Parallel()
	s := store.Open(t.TempDir())
	c := s.Connection(acme, net2)
	must(t, c.Save(sso.State{Label: "old"}))
	err := other(t, "die", s.Root()).Run()
	if err == nil || !strings.Contains(err.Error(), "97") {
		t.Fatalf("the other process: %v", err)
	}
	st, _, err := c.Load()
	must(t, err)
	if st.Label != "old" {
		t.Errorf("label %q", st.Label)
	}
	temps := func() []string {
		m, err := filepath.Glob(filepath.Join(c.Dir(), ".*"))
		must(t, err)
		return m
	}
	if len(temps()) != 1 {
		t.Fatalf("the other process left %v", temps())
	}
	unlock, err := c.Lock(t.Context(), "next")
	must(t, err)
	unlock()
	if got := temps(); len(got) != 0 {
		t.Errorf("the next run leaves %v", got)
	}
}

func TestUnusableStateFolderIsExplained(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	write(t, file, "x")
	for _, root := range []string{file, filepath.Join(file, "below", "it")} {
		c := store.Open(root).Connection(acme, net2)
		_, lockErr := c.Lock(t.Context(), "test")
		_, _, loadErr := c.Load()
		_, listErr := store.Open(root).List()
		for what, err := range map[string]error{
			"Save": c.Save(sso.State{}), "Append": c.Append(sso.JournalEntry{}), "Lock": lockErr,
			"Load": loadErr, "List": listErr,
		} {
			if err == nil || !strings.Contains(err.Error(), file+": is a file, not a folder") ||
				!strings.Contains(strings.Join(hint.Hints(err), ""), "--state-dir") {
				t.Errorf("%s below %s: %v, hints %q", what, root, err, hint.Hints(err))
			}
		}
	}
}

func TestFullDiskIsExplained(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no device that is always full")
	}
	err := store.WriteFile("/dev/full", []byte("x"), 0o600)
	if err == nil || !strings.Contains(err.Error(), "/dev/full: no space left") ||
		!strings.Contains(strings.Join(hint.Hints(err), ""), "is full: free some space") {
		t.Errorf("%v, hints %q", err, hint.Hints(err))
	}
}

func TestReadOnlyFolderIsExplained(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("folder modes do not bind this user")
	}
	root := t.TempDir()
	must(t, os.Chmod(root, 0o500))
	err := store.Open(root).Connection(acme, net2).Save(sso.State{})
	if err == nil || !strings.Contains(err.Error(), root) || !strings.Contains(strings.Join(hint.Hints(err), ""), "--state-dir") {
		t.Errorf("%v, hints %q", err, hint.Hints(err))
	}
}
