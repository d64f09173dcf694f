package httpx

import (
	"strings"
	"unicode"
)

// cleanText makes text from outside fit to be shown: control and formatting
// characters become spaces, and it is cut after limit characters.
func cleanText(s string, limit int) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, s)
	clean = strings.Join(strings.Fields(clean), " ")
	if runes := []rune(clean); len(runes) > limit {
		clean = string(runes[:limit]) + "…"
	}
	return clean
}
