package ask

import (
	"regexp"
	"slices"
	"strings"
)

// Place is where a run works, for the commands that are shown to people.
type Place struct {
	// Flags lead every command to that place, as words of a shell.
	Flags []string
	// Names are the words that may follow a command's name: connections and
	// service providers.
	Names []string
}

// placed are the commands that work at a place. The sandbox of a state folder is
// one place more, which is all that its own commands have to be told.
var placed = []string{"adopt", "assign", "disable", "enable", "plan", "record", "rotate", "setup", "status", "test", "undo"}

// givenFlags are the flags with which a command in a text goes on; only those
// without a value may be followed by prose.
var givenFlags = regexp.MustCompile(`^(?: --(?:(?:yes|by-hand|override|enable|exact|new-app|dry-run|open)\b|` +
	`[a-z-]+ (?:"[^"]*"|'(?:[^']|'\\'')*'|[^\s"'-](?:[^\s]*[^\s.,;:])?)))*`)

// Runnable completes the commands within a text with the flags of a place:
// whoever wrote the text knows what to run, but not how this run was called.
func (p Place) Runnable(text string) string {
	const program = "ssowizard "
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, program)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		verb := firstWord(after)
		flags := p.of(verb)
		end := len(verb)
		if next, more := strings.CutPrefix(after[end:], " "); more && len(flags) > 0 {
			if name := firstWord(next); slices.Contains(p.Names, name) || placeholder(name) || name == "reset" {
				end += 1 + len(name)
			}
			end += len(givenFlags.FindString(after[end:]))
		}
		out.WriteString(strings.Join(append([]string{program + after[:end]}, flags...), " "))
		text = after[end:]
	}
}

// of are the flags of one command.
func (p Place) of(verb string) []string {
	switch {
	case slices.Contains(placed, verb):
		return p.Flags
	case verb != "sandbox":
		return nil
	}
	if i := slices.Index(p.Flags, "--state-dir"); i >= 0 && i+1 < len(p.Flags) {
		return p.Flags[i : i+2]
	}
	return nil
}

// firstWord is the text as far as a name goes: a full stop ends the sentence.
func firstWord(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	})
	if end < 0 {
		end = len(text)
	}
	return strings.TrimRight(text[:end], ".")
}

// placeholder tells a word in capitals, such as NAME.
func placeholder(word string) bool {
	return word != "" && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
