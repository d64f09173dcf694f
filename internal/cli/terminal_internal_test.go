package cli

import (
	"context"
	"testing"

	"example.com/ssowizard/internal/app"
)

func TestTheTerminalDecidesBetweenScreenAndLines(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, term, goos string
		accessible, yes  bool
		screen, lines    bool
	}{
		{name: "one that can draw", term: "xterm", goos: "linux", screen: true},
		{name: "a dumb one", term: "dumb", goos: "linux", lines: true},
		{name: "one that nobody names", goos: "linux"},
		{name: "on Windows, where none has a name", goos: "windows", screen: true},
		{name: "a dumb one there", term: "dumb", goos: "windows", lines: true},
		{name: "lines are wanted", term: "xterm", goos: "linux", accessible: true, screen: true, lines: true},
		{name: "nothing is to be asked", term: "dumb", goos: "linux", yes: true},
	} {
		p := &program{Streams: Streams{Getenv: func(string) string { return tc.term }, GOOS: tc.goos, InTerminal: true, ErrTerminal: true,
			Wizard: func(context.Context, app.Config, bool) ([]string, error) { return nil, nil }}}
		p.output, p.accessible, p.yes = "text", tc.accessible, tc.yes
		if p.fullScreen() != tc.screen || p.lines() != tc.lines {
			t.Errorf("%s: screen %v, lines %v; want %v, %v", tc.name, p.fullScreen(), p.lines(), tc.screen, tc.lines)
		}
	}
}
