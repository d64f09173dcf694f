package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
)

func entry(run, what string) sso.JournalEntry {
	return sso.JournalEntry{Time: noon(), Run: run, Command: "setup", Step: "okta.app", Phase: sso.PhaseIntent, What: what}
}

func whats(t *testing.T, c *store.Connection) []string {
	t.Helper()
	entries, err := c.Journal()
	must(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.What)
	}
	return out
}

func TestJournalKeepsItsOrderOverRuns(t *testing.T) {
	t.Parallel()
	s := store.Open(t.TempDir())
	c := s.Connection(acme, net2)
	if got := whats(t, c); got != nil {
		t.Fatal(got)
	}
	must(t, c.Append(entry("1", "create app \"a\nb\"")))
	must(t, s.Connection(acme, net2).Append(entry("2", "<second>")))
	got, err := c.Journal()
	must(t, err)
	if d := cmp.Diff([]sso.JournalEntry{entry("1", "create app \"a\nb\""), entry("2", "<second>")}, got); d != "" {
		t.Error(d)
	}
}

func TestJournalTakesEntriesSideBySide(t *testing.T) {
	t.Parallel()
	c := store.Open(t.TempDir()).Connection(acme, net2)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := c.Append(entry("1", fmt.Sprint(i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := whats(t, c); len(got) != 20 {
		t.Errorf("%d entries", len(got))
	}
}

func TestTornLastLineIsDropped(t *testing.T) {
	t.Parallel()
	c := store.Open(t.TempDir()).Connection(acme, net2)
	must(t, c.Append(entry("1", "one")))
	path := filepath.Join(c.Dir(), "journal.jsonl")
	write(t, path, read(t, path)+`{"run":"1","what":"`+strings.Repeat("torn", 3000))
	if d := cmp.Diff([]string{"one"}, whats(t, c)); d != "" {
		t.Error(d)
	}
	must(t, c.Append(entry("1", "two")))
	if d := cmp.Diff([]string{"one", "two"}, whats(t, c)); d != "" || !strings.HasSuffix(read(t, path), "}\n") {
		t.Error(d, read(t, path))
	}
}

func TestBrokenJournalLineIsNamedAndKept(t *testing.T) {
	t.Parallel()
	c := store.Open(t.TempDir()).Connection(acme, net2)
	must(t, c.Append(entry("1", "one")))
	path := filepath.Join(c.Dir(), "journal.jsonl")
	broken := read(t, path) + "somebody was here\n"
	write(t, path, broken)
	must(t, c.Append(entry("1", "two")))
	got, err := c.Journal()
	if err == nil || !strings.Contains(err.Error(), path+": line 2") || len(got) != 1 {
		t.Errorf("%d entries, %v", len(got), err)
	}
	if !strings.HasPrefix(read(t, path), broken) {
		t.Error("the journal was rewritten")
	}
}

func TestOldRunsAreDroppedWhenTheJournalIsLong(t *testing.T) {
	t.Parallel()
	c := store.Open(t.TempDir()).Connection(acme, net2)
	must(t, c.Append(entry("0", "first")))
	path := filepath.Join(c.Dir(), "journal.jsonl")
	var b strings.Builder
	b.WriteString(read(t, path))
	for run := 1; b.Len() <= 1<<20; run++ {
		for range 100 {
			fmt.Fprintf(&b, `{"run":"%d","what":"step","extra":"%s"}`+"\n", run, strings.Repeat("x", 100))
		}
	}
	write(t, path, b.String())
	must(t, c.Append(entry("0", "same run: nothing is dropped")))
	if info, err := os.Stat(path); err != nil || info.Size() <= 1<<20 {
		t.Fatalf("size %d, %v", info.Size(), err)
	}
	must(t, c.Append(entry("new", "last")))
	got, err := c.Journal()
	must(t, err)
	info, err := os.Stat(path)
	must(t, err)
	if info.Size() > 1<<19+1000 || got[len(got)-1].What != "last" || got[0].Run == "0" {
		t.Errorf("size %d, %d entries, first of run %s", info.Size(), len(got), got[0].Run)
	}
	first := 0
	for _, e := range got {
		if e.Run == got[0].Run {
			first++
		}
	}
	if first != 100 {
		t.Errorf("run %s was cut to %d of 100 entries", got[0].Run, first)
	}
}

func TestTrimmingKeepsTheLastRunHoweverLong(t *testing.T) {
	t.Parallel()
	data := `{"run":"1"}` + "\n" + strings.Repeat(`{"run":"2"}`+"\n", 50)
	if got := store.TrimPoint([]byte(data), "3", 10); got != len(`{"run":"1"}`)+1 {
		t.Errorf("cut at %d", got)
	}
	if got := store.TrimPoint([]byte(data), "2", 10); got != 0 {
		t.Errorf("the run before the current one was cut at %d", got)
	}
}

func FuzzParseJournal(f *testing.F) {
	f.Add([]byte("{\"run\":\"1\"}\n\n{\"run\":\"2\"}\n{\"run"))
	f.Add([]byte("nonsense\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, line, err := store.ParseJournal(data)
		if n := strings.Count(string(data), "\n"); len(entries) > n || line > n || err != nil && line == 0 {
			t.Errorf("%d entries, line %d of %d, %v", len(entries), line, n, err)
		}
		if cut := store.TrimPoint(data, "x", 5); cut < 0 || cut > len(data) || cut > 0 && data[cut-1] != '\n' {
			t.Errorf("cut at %d", cut)
		}
	})
}

func FuzzEncodeKeeping(f *testing.F) {
	f.Add([]byte(`{"version":1,"x":[1],"assigned":[{"ID":"a","y":2}],"proof":{"kind":"k","z":null}}`))
	f.Fuzz(func(t *testing.T, old []byte) {
		c := store.Open(t.TempDir()).Connection(acme, net2)
		must(t, os.MkdirAll(c.Dir(), 0o700))
		write(t, filepath.Join(c.Dir(), "state.json"), string(old))
		st, ok, err := c.Load()
		if err != nil || !ok {
			return
		}
		raw, err := store.EncodeKeeping(st, old)
		must(t, err)
		write(t, filepath.Join(c.Dir(), "state.json"), string(raw))
		again, _, err := c.Load()
		must(t, err)
		if d := cmp.Diff(st, again); d != "" && !strings.Contains(string(old), "null") {
			t.Error(d)
		}
	})
}
