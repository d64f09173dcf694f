package sso_test

import (
	"testing"

	"example.com/ssowizard/internal/sso"
)

func TestDifferenceNamesTheUsualMistakesAndNothingMore(t *testing.T) {
	for _, tc := range []struct{ want, got, note string }{
		{"https://sp.example/acs", "https://sp.example/acs/", "by a slash at the end"},
		{"n2p", "N2P", "in letter case"},
		{"https://a.example", "http://a.example", "in http and https"},
		{"https://a.example/x", "http://a.example/x/", "in http and https and by a slash at the end"},
		{"n2p", "n2q", ""},
	} {
		if note := sso.Difference(tc.want, tc.got); note != tc.note {
			t.Errorf("%q, %q: %q, want %q", tc.want, tc.got, note, tc.note)
		}
	}
}
