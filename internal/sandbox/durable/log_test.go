package durable_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/ssowizard/internal/sandbox/durable"
	"github.com/google/go-cmp/cmp"
)

func open(t *testing.T, path string) *durable.Log {
	t.Helper()
	l, err := durable.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func contents(t *testing.T, l *durable.Log, kind string) map[string]string {
	t.Helper()
	got := map[string]string{}
	if err := l.Each(kind, func(k string, v json.RawMessage) error { got[k] = string(v); return nil }); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestCommittedRecordsSurviveReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "org.jsonl")
	l := open(t, path)
	for _, batch := range [][]durable.Record{
		{durable.Put("app", "a", 1), durable.Put("key", "k", "x")},
		{durable.Put("app", "b", 2)},
		{durable.Put("app", "a", 3), durable.Remove("app", "b")},
	} {
		if err := l.Commit(batch...); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]string{"a": "3"}
	if diff := cmp.Diff(want, contents(t, l, "app")); diff != "" {
		t.Error(diff)
	}
	_ = l.Close()
	if diff := cmp.Diff(want, contents(t, open(t, path), "app")); diff != "" {
		t.Error(diff)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestATornLastLineIsDroppedAndWritingGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "org.jsonl")
	whole := `[{"k":"app","id":"a","v":1}]` + "\n"
	for cut := 1; cut < len(whole); cut++ {
		if err := os.WriteFile(path, []byte(whole+strings.Replace(whole, `"a"`, `"b"`, 1)[:cut]), 0o600); err != nil {
			t.Fatal(err)
		}
		l := open(t, path)
		if err := l.Commit(durable.Put("app", "c", 2)); err != nil {
			t.Fatal(err)
		}
		_ = l.Close()
		if diff := cmp.Diff(map[string]string{"a": "1", "c": "2"}, contents(t, open(t, path), "app")); diff != "" {
			t.Fatalf("cut at %d: %s", cut, diff)
		}
	}
}

func TestABrokenLineInTheMiddleIsNamedAndNothingIsOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "org.jsonl")
	text := "[]\nbroken\n[]\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := durable.Open(path)
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("err = %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != text {
		t.Errorf("file is now %q", b)
	}
}

func TestManyOutdatedLinesAreRewritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "org.jsonl")
	var text strings.Builder
	for range 1500 {
		text.WriteString(`[{"k":"app","id":"a","v":1}]` + "\n")
	}
	text.WriteString(`[{"k":"app","id":"a","v":2}]` + "\n")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = open(t, path).Close()
	b, _ := os.ReadFile(path)
	if got := strings.Count(string(b), "\n"); got != 1 {
		t.Errorf("%d lines are left", got)
	}
	if diff := cmp.Diff(map[string]string{"a": "2"}, contents(t, open(t, path), "app")); diff != "" {
		t.Error(diff)
	}
}

func TestAfterCloseNothingIsTaken(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "org.jsonl"))
	_ = l.Close()
	if err := l.Commit(durable.Put("app", "a", 1)); err == nil {
		t.Error("a closed log takes a record")
	}
}
