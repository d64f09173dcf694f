package oidccheck

import (
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
	if note := sso.Difference(want, got); note != "" {
		return false, shown + " (differs only " + note + ")"
	}
	return false, shown
}
