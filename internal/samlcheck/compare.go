package samlcheck

import (
	"strings"
	"unicode"

	"example.com/ssowizard/internal/sso"
)

// maxText bounds each text of a finding, in bytes.
const maxText = 300

func plain(text string) string { return sso.PlainText(text, maxText) }

const notGiven = "not given"

// same compares byte for byte, as service providers do, and describes got. A
// small difference that the eye slides over is pointed out.
func same(want, got string) (bool, string) {
	switch {
	case want == "":
		return false, NotChecked + "the expected value is not known"
	case got == want:
		return true, got
	case got == "":
		return false, notGiven
	}
	shown := sso.PlainText(got, maxText/2)
	if note := difference(want, got); note != "" {
		return false, shown + " (differs only " + note + ")"
	}
	return false, shown
}

// folds are the usual mistakes: what makes two texts equal that differ by one.
var folds = []struct {
	note string
	fold func(string) string
}{
	{"in white space or invisible characters", visible},
	{"in letter case", strings.ToLower},
	{"in http and https", withoutScheme},
	{"by a slash at the end", func(s string) string { return strings.TrimRight(s, "/") }},
}

// difference names the usual mistakes that together make all the difference
// between two texts, "" when there is more to it.
func difference(want, got string) string {
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

func visible(s string) string {
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
