package tui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// asciiSigns are the signs of the screens for a terminal that has no others;
// each takes the one column of what it stands for.
var asciiSigns = map[string]string{
	"✓": "v", "✗": "X", "●": "*", "○": ".", "·": "-", "…": "~", "─": "-", "×": "x", "–": "-", "—": "-",
	"→": ">", "←": "<", "↑": "^", "↓": "v", "⇄": "=", "›": ">", "‹": "<", "▸": "+", "▾": "-",
	"◐": "|", "◓": "/", "◑": "-", "◒": `\`, "“": `"`, "”": `"`, "’": "'",
}

// ascii is text for a terminal whose locale is not UTF-8. What has no sign there
// is a question mark for every column: its bytes would be other signs, and some
// of them commands.
func ascii(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for state := byte(0); text != ""; {
		part, width, n, next := ansi.DecodeSequence(text, state, nil)
		state, text = next, text[n:]
		switch sign, known := asciiSigns[part]; {
		case known:
			b.WriteString(sign)
		case part[0] >= utf8.RuneSelf:
			b.WriteString(strings.Repeat("?", width))
		default:
			b.WriteString(part)
		}
	}
	return b.String()
}
