package oidccheck

import (
	"strings"
	"unicode"

	"example.com/ssowizard/internal/sso"
)

// maxText bounds each text of a finding, in bytes.
const maxText = 300

func plain(text string) string { return sso.PlainText(text, maxText) }

const notGiven = "not given"

// same compares byte for byte, as relying parties do, and describes got. A
// small difference that the eye slides over is pointed out.
func same(want, got string) (bool, string) {
	switch {
	case want == "":
		return false, NotChecked + "the expected value is not known"
	case got == want:
		return true, got
	case got == "":
		return false, "empty"
	}
	shown := sso.PlainText(got, maxText/2)
	for _, f := range folds {
		if f.fold(want) == f.fold(got) {
			return false, shown + " (differs only " + f.note + ")"
		}
	}
	return false, shown
}

// folds are the usual mistakes: what makes two texts equal that differ by one.
var folds = []struct {
	note string
	fold func(string) string
}{
	{"by a slash at the end", func(s string) string { return strings.TrimRight(s, "/") }},
	{"in letter case", strings.ToLower},
	{"in http and https", func(s string) string {
		return strings.TrimPrefix(strings.Replace(s, "https://", "http://", 1), "http://")
	}},
	{"in white space or invisible characters", visible},
}

func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}
