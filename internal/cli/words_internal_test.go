package cli

import (
	"errors"
	"testing"

	"example.com/ssowizard/internal/hint"
)

func TestHintsDoNotRunTogether(t *testing.T) {
	t.Parallel()
	err := &hint.Error{Err: errors.New("x"), Hints: []string{"Make a new key in the Portal.", "the token from file was refused", "try again"}}
	if got, want := joinHints(err, asIs), "Make a new key in the Portal. The token from file was refused; try again"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := joinHints(&hint.Error{Err: errors.New("x"), Hints: []string{"Look.", "ssowizard status shows it.", "--override helps"}}, asIs), "Look. ssowizard status shows it. --override helps"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := joinHints(&hint.Error{Err: err, Hints: []string{"run it again"}}, asIs), "run it again; Make a new key in the Portal. The token from file was refused; try again"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func asIs(text string) string { return text }
