package sp

import (
	"strconv"
	"strings"
	"unicode"
)

func quote(s string) string { return strconv.Quote(s) }

// plain drops what could deceive on a screen from text that came from outside,
// and shortens what nobody would read.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	const most = 200
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
