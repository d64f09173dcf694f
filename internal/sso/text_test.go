package sso_test

import (
	"testing"
	"unicode/utf8"

	"example.com/ssowizard/internal/sso"
)

func TestPlainText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		limit    int
		want     string
	}{
		{"white space is squeezed", " a \r\n\t b\u00a0c ", 0, "a b c"},
		{"escape sequences lose their escape", "\x1b[2Jok\x07\x9b", 0, "[2Jok"},
		{"direction marks go", "abc\u202etxt\u200b", 0, "abctxt"},
		{"broken UTF-8 goes", "a\xffb", 0, "ab"},
		{"short text stays", "abc", 3, "abc"},
		{"long text is cut", "abcdef", 5, "ab…"},
		{"cut between characters", "éééé", 6, "é…"},
		{"no blank before the cut", "a bcdefgh", 5, "a…"},
		{"no room", "abcdef", 2, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := sso.PlainText(c.in, c.limit)
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if !utf8.ValidString(got) {
				t.Errorf("%q is not UTF-8", got)
			}
		})
	}
}
