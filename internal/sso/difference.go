package sso

import (
	"strings"
	"unicode"
)

// folds are the usual mistakes: what makes two texts equal that differ by one.
var folds = []struct {
	note string
	fold func(string) string
}{
	{"in white space or invisible characters", Visible},
	{"in letter case", strings.ToLower},
	{"in http and https", withoutScheme},
	{"by a slash at the end", func(s string) string { return strings.TrimRight(s, "/") }},
}

// Difference names the usual mistakes that together make all the difference
// between two texts, "" when there is more to it.
func Difference(want, got string) string {
	if !equalWithout(want, got, -1) {
		return ""
	}
	var notes []string
	for i, f := range folds {
		if !equalWithout(want, got, i) {
			notes = append(notes, f.note)
		}
	}
	return strings.Join(notes, " and ")
}

// equalWithout compares after all folds but one.
func equalWithout(want, got string, omitted int) bool {
	for i, f := range folds {
		if i != omitted {
			want, got = f.fold(want), f.fold(got)
		}
	}
	return want == got
}

// Visible is text without white space and characters that show nothing.
func Visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}

func withoutScheme(s string) string {
	if rest, ok := strings.CutPrefix(s, "https://"); ok {
		return rest
	}
	rest, _ := strings.CutPrefix(s, "http://")
	return rest
}
