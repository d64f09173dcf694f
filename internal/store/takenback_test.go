package store_test

import (
	"errors"
	"strings"
	"testing"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
)

func TestWhatUndoHasTakenBackIsToldFromWhatNeverWas(t *testing.T) {
	t.Parallel()
	s := store.Open(t.TempDir())
	line := func(org, name, command, phase string) {
		must(t, s.Connection(org, name).Append(sso.JournalEntry{Time: noon(), Run: "1", Command: command, Phase: phase}))
	}
	line("a.okta.com:8443", "gone", "setup", sso.PhaseEnd)
	line("a.okta.com:8443", "gone", "undo", sso.PhaseEnd)
	line("sandbox", "played", "undo", sso.PhaseEnd)
	line("a.okta.com", "again", "undo", sso.PhaseEnd)
	line("a.okta.com", "again", "setup", sso.PhaseBegin)
	line("a.okta.com", "half", "undo", sso.PhaseIntent)
	line("b.okta.com", "both", "undo", sso.PhaseEnd)
	must(t, s.Connection("a.okta.com", "both").Save(sso.State{}))
	for _, tt := range []struct {
		org, name string
		want      string // org in which it was taken back, "" for not
	}{
		{"", "gone", "a.okta.com:8443"}, {"A.okta.com:8443", "gone", "a.okta.com:8443"}, {"a.okta.com", "gone", ""},
		{"sandbox", "played", "sandbox"}, {"", "played", ""},
		{"", "again", ""}, {"", "half", ""}, {"", "never", ""},
		{"b.okta.com", "both", "b.okta.com"},
	} {
		_, err := s.Find(tt.org, tt.name)
		var gone *store.TakenBackError
		got := ""
		if errors.As(err, &gone) {
			got = gone.Org
			if gone.Name != tt.name || !gone.At.Equal(noon()) || !strings.Contains(err.Error(), `"`+tt.name+`" was taken back on 2031-05-0`) {
				t.Errorf("%+v: %v", gone, err)
			}
		}
		if got != tt.want || hint.CodeOf(err) != hint.Usage {
			t.Errorf("Find(%q, %q): taken back in %q, want %q: %v", tt.org, tt.name, got, tt.want, err)
		}
	}
	if e, err := s.Find("", "both"); err != nil || e.Org != "a.okta.com" {
		t.Errorf("the one that stands: %v, %v", e, err)
	}
}
