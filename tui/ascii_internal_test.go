package tui

import (
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestTextForATerminalWithoutUTF8KeepsItsColumns(t *testing.T) {
	for text, want := range map[string]string{
		"plain [x] text":              "plain [x] text",
		"\x1b[1;36m● Who\x1b[m ✓":     "\x1b[1;36m* Who\x1b[m v",
		"acme ⇄ net2phone · ←→ …":     "acme = net2phone - <> ~",
		"サポート 東京":                     "???????? ????",
		"Zoe\u0308 Nu\u0301n\u0303ez": "Zoe Nunez",
		"👩‍👩‍👧 dobr\u00fd":            "?? dobr?",
		"\ufffd":                      "?",
		"":                            "",
	} {
		got := ascii(text)
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if ansi.StringWidth(got) != ansi.StringWidth(text) {
			t.Errorf("%q takes %d columns and not %d", got, ansi.StringWidth(got), ansi.StringWidth(text))
		}
	}
}
