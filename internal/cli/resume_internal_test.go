package cli

import (
	"strings"
	"testing"
)

func TestWhatGoesOnHasEachAnswerOnce(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ resume, args, want string }{
		{"--by-hand --response FILE", "test x", "test x --by-hand --response FILE"},
		{"--by-hand --response FILE --response FILE", "test x --by-hand --response a.har --output json", "test x --output json --by-hand --response a.har --response FILE"},
		{"--by-hand --response FILE --response FILE", "test --response=a.har x", "test x --by-hand --response a.har --response FILE"},
		{"--by-hand --response -", "test x --by-hand --response -", "test x --by-hand --response -"},
		{"--by-hand --confirmed test", "test x --by-hand", "test x --by-hand --confirmed test"},
		{"--confirmed sp.push", "setup x --by-hand --response a.har", "setup x --by-hand --response a.har --confirmed sp.push"},
	} {
		resume, args := withGiven(tt.resume, strings.Fields(tt.args))
		if got := strings.Join(append(args, resume), " "); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
