package catalog

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong in a profile.
type Problem struct {
	File   string
	Line   int // 0: the file as a whole
	Reason string
}

func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Reason
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Reason)
}

// ProfileError lists all that is wrong in a profile, in the order of lines.
type ProfileError struct{ Problems []Problem }

func (e *ProfileError) Error() string {
	lines := make([]string, 0, len(e.Problems))
	for _, p := range e.Problems {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}
