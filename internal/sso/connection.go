package sso

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// ConnectionID is the id of a connection: the first 16 hex digits of SHA-256
// over org id and name, so that two machines agree on it.
func ConnectionID(orgID, name string) string {
	sum := sha256.Sum256([]byte(orgID + "\x00" + name))
	return hex.EncodeToString(sum[:8])
}

// NoteLimit is how many characters Okta allows in an app's admin note.
const NoteLimit = 250

// Marker is the line by which an app is known as ours, whatever machine looks.
type Marker struct {
	ID      string // ConnectionID
	Name    string // connection name
	Profile string
}

var (
	markerLine     = regexp.MustCompile(`^ssowizard:1 ([0-9a-f]{16}) (\S+) (\S+)\s*$`)
	connectionName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,39}$`)
)

// ValidName tells whether a connection may be called name: lower-case letters,
// digits, dot, underscore and hyphen, at most 40.
func ValidName(name string) bool { return connectionName.MatchString(name) }

// String is the marker as it stands in the admin note.
func (m Marker) String() string {
	return "ssowizard:1 " + m.ID + " " + m.Name + " " + m.Profile
}

// FindMarker reads the marker out of an admin note. The last one counts.
func FindMarker(note string) (Marker, bool) {
	lines := noteLines(note)
	for i := len(lines) - 1; i >= 0; i-- {
		if f := markerLine.FindStringSubmatch(lines[i]); f != nil {
			return Marker{ID: f[1], Name: f[2], Profile: f[3]}, true
		}
	}
	return Marker{}, false
}

// WithMarker is the note with m as its last line, people's text kept and an
// older marker replaced. It is false when Okta would not take so long a note.
func WithMarker(note string, m Marker) (string, bool) {
	text := WithoutMarker(note)
	if text != "" {
		text += "\n"
	}
	text += m.String()
	return text, len([]rune(text)) <= NoteLimit
}

// WithoutMarker is the note without any marker line.
func WithoutMarker(note string) string {
	var kept []string
	for _, line := range noteLines(note) {
		if !markerLine.MatchString(line) {
			kept = append(kept, line)
		}
	}
	return strings.TrimRight(strings.Join(kept, "\n"), "\n")
}

// lineBreaks takes the lone carriage return too: beside our own line break it
// would read as one break the next time.
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func noteLines(note string) []string {
	return strings.Split(lineBreaks.Replace(note), "\n")
}
