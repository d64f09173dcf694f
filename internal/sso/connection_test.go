package sso_test

import (
	"strings"
	"testing"

	"example.com/ssowizard/internal/sso"
)

var marker = sso.Marker{ID: sso.ConnectionID("00oOrg", "net2phone"), Name: "net2phone", Profile: "net2phone"}

func TestConnectionIDIsTheSameOnEveryMachineAndDiffersByOrgAndName(t *testing.T) {
	same := sso.ConnectionID("00oOrg", "net2phone")
	if same != marker.ID || len(same) != 16 {
		t.Errorf("id = %q", same)
	}
	for _, other := range []string{sso.ConnectionID("00oOrh", "net2phone"), sso.ConnectionID("00oOrg", "net2phone2"), sso.ConnectionID("00oOrgn", "et2phone")} {
		if other == same {
			t.Errorf("two connections share id %q", other)
		}
	}
}

func TestMarkerKeepsPeoplesTextAndReplacesAnOlderMarker(t *testing.T) {
	for _, tc := range []struct{ name, note, want string }{
		{"empty note", "", marker.String()},
		{"people's text", "Ask Ana.\nTicket 12", "Ask Ana.\nTicket 12\n" + marker.String()},
		{"carriage returns", "Ask Ana.\r\nTicket 12\r\n", "Ask Ana.\nTicket 12\n" + marker.String()},
		{"older marker", "Ask Ana.\nssowizard:1 0123456789abcdef old telnyx", "Ask Ana.\n" + marker.String()},
		{"something like a marker", "ssowizard:1 is great", "ssowizard:1 is great\n" + marker.String()},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, fits := sso.WithMarker(tc.note, marker)
			if got != tc.want || !fits {
				t.Errorf("note = %q (fits %v), want %q", got, fits, tc.want)
			}
			if found, ok := sso.FindMarker(got); !ok || found != marker {
				t.Errorf("found %v %v", found, ok)
			}
			if left := sso.WithoutMarker(got); strings.Contains(left, marker.ID) {
				t.Errorf("marker left in %q", left)
			}
		})
	}
}

func TestMarkerThatDoesNotFitIsReported(t *testing.T) {
	room := sso.NoteLimit - len(marker.String()) - 1
	if _, fits := sso.WithMarker(strings.Repeat("ä", room), marker); !fits {
		t.Error("a note of exactly the limit does not fit")
	}
	if _, fits := sso.WithMarker(strings.Repeat("ä", room+1), marker); fits {
		t.Error("a note over the limit fits")
	}
}

func TestFindMarkerIgnoresForeignNotes(t *testing.T) {
	for _, note := range []string{"", "hello", "ssowizard:1", "ssowizard:1 XYZ net2phone net2phone", "ssowizard:2 0123456789abcdef a b"} {
		if m, ok := sso.FindMarker(note); ok {
			t.Errorf("%q gives %v", note, m)
		}
	}
}

func FuzzWithMarker(f *testing.F) {
	f.Add("\r")
	f.Add("note\r\nssowizard:1 0123456789abcdef a b\n")
	f.Fuzz(func(t *testing.T, note string) {
		with, _ := sso.WithMarker(note, marker)
		if m, ok := sso.FindMarker(with); !ok || m != marker {
			t.Errorf("marker lost in %q", with)
		}
		if again, _ := sso.WithMarker(with, marker); again != with {
			t.Errorf("not stable: %q, %q", with, again)
		}
	})
}

func TestAllOKOfNothingProvesNothing(t *testing.T) {
	if sso.AllOK(nil) {
		t.Error("no finding counts as a passed test")
	}
	if !sso.AllOK([]sso.Finding{{OK: true}}) || sso.AllOK([]sso.Finding{{OK: true}, {}}) {
		t.Error("AllOK miscounts")
	}
}
