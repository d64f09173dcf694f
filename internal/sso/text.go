package sso

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// PlainText makes text from outside fit to be shown on one line: control and
// invisible formatting characters are gone (they could rewrite a terminal, or
// reverse what is read), white space is single blanks, and the result has at
// most limit bytes, cut between characters and marked with an ellipsis. A limit
// of 0 or less does not cut.
func PlainText(text string, limit int) string {
	var b strings.Builder
	blank := false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			blank = true
			continue
		case r == utf8.RuneError, unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs):
			continue
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteRune(r)
	}
	return cut(b.String(), limit)
}

const ellipsis = "…"

// cut shortens s to limit bytes, ellipsis included, and never splits a character.
func cut(s string, limit int) string {
	if limit <= 0 || len(s) <= limit {
		return s
	}
	if limit < len(ellipsis) {
		return ""
	}
	end := limit - len(ellipsis)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.TrimRight(s[:end], " ") + ellipsis
}
