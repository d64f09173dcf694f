package tui_test

import (
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/ssowizard/tui"
	"example.com/ssowizard/tui/tuitest"
)

func TestATerminalWithoutUTF8GetsNoOtherSigns(t *testing.T) {
	tuitest.Run(t, func(t *testing.T) {
		theme := tui.NewTheme(tui.Monochrome, io.Discard)
		theme.ASCII = true
		root := tui.NewRoot(t.Context(), tui.Config{Backend: newFake(t), Local: local{}, Theme: theme})
		d := tuitest.New(t, root, 80, 24)
		look := func(sees ...string) {
			t.Helper()
			d.See(sees...)
			exactly(t, d.Raw(), 80, 24)
			if i := strings.IndexFunc(d.Raw(), func(r rune) bool { return r >= utf8.RuneSelf }); i >= 0 {
				t.Errorf("there is %q in\n%s", d.Raw()[i:i+1], d.Frame())
			}
		}
		look("> Set up a new connection")
		toWho(d)
		look("v Details", "* Who", ". Review", "[ ] Support EMEA")
		d.Press("end", "end")
		look("?")
		d.Press("esc", "esc", "esc", "esc", "q")
		for _, line := range root.Left(80) {
			if strings.ContainsFunc(line, func(r rune) bool { return r >= utf8.RuneSelf }) {
				t.Errorf("left behind: %q", line)
			}
		}
	})
}
