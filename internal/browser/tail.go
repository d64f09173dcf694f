package browser

import (
	"strings"
	"unicode"
)

// mostSaid is how much of a browser's complaints is kept.
const mostSaid = 2048

// tail keeps the end of what is written to it. It has one writer, and is read
// after that has ended.
type tail struct{ kept []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if len(t.kept) > mostSaid {
		t.kept = append([]byte(nil), t.kept[len(t.kept)-mostSaid:]...)
	}
	return len(p), nil
}

// last is the last line, fit for a terminal.
func (t *tail) last() string {
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(string(t.kept), "")), "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, lines[len(lines)-1])
}
