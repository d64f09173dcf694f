package cli

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/words"
)

// plain makes any text fit for one line of a terminal.
func plain(s string) string { return sso.PlainText(s, 2000) }

// oneMessage puts errors that were found together, a line each, on one line.
func oneMessage(err error) string {
	return plain(strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; "))
}

// joinHints puts the hints on one line. One that is a sentence is followed by
// the next as a sentence, and a clause by a semicolon. runnable completes the
// commands within them.
func joinHints(err error, runnable func(string) string) string {
	var out string
	for _, h := range hint.Hints(err) {
		h = runnable(h)
		switch {
		case out == "":
			out = h
		case strings.HasSuffix(out, "."), strings.HasSuffix(out, "…"):
			out += " " + sentence(h)
		default:
			out += "; " + h
		}
	}
	return plain(out)
}

// sentence begins with a capital, unless the first word is to be typed as it is.
func sentence(s string) string {
	word, _, _ := strings.Cut(s, " ")
	if word == "ssowizard" || strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// The words for fields, checks and values are those of the wizard too.
func fieldLabel(field string, settings map[string]string) string { return words.Field(field, settings) }

func shortURN(s string) string { return words.ShortURN(s) }

// showValue is a value of a change as people read it.
func showValue(field string, v any) string { return shorten(words.ValueOf(field, v), 100) }

func shorten(s string, limit int) string { return sso.PlainText(s, limit) }

// wrap breaks text into lines of at most width columns, all but the first
// indented as far as the head is long.
func wrap(head, text string, width int) []string {
	indent := strings.Repeat(" ", len([]rune(head)))
	var lines []string
	line := head
	for i, word := range strings.Fields(text) {
		if i > 0 && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line = indent
		} else if i > 0 {
			line += " "
		}
		line += word
	}
	return append(lines, strings.TrimRight(line, " "))
}
