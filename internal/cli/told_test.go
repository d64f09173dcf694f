package cli_test

import (
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// told runs a command just as the last run printed it, from a text before it up
// to the next semicolon or the end of the line, with nothing but more arguments.
func told(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: told CODE TEXT-BEFORE ARGS…")
	}
	_, after, found := strings.Cut(ts.ReadFile("stderr")+"\n"+ts.ReadFile("stdout"), args[1])
	command, _, whole := strings.Cut(strings.TrimLeft(after, "\n "), "\n") // also on the next line
	if !found || !whole {
		ts.Fatalf("no command follows %q", args[1])
	}
	command, _, _ = strings.Cut(command, ";")
	words := shellWords(ts, command)
	if len(words) == 0 || words[0] != "ssowizard" {
		ts.Fatalf("%q is no command of the program", command)
	}
	runFor(ts, args[0], append(words[1:], args[2:]...))
}

// shellWords splits a command as a shell does, as far as ask.Quote needs it.
func shellWords(ts *testscript.TestScript, command string) []string {
	var out []string
	var word strings.Builder
	var quote rune
	begun := false
	for _, r := range command {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, begun = r, true
		case r == ' ':
			if begun {
				out, begun = append(out, word.String()), false
				word.Reset()
			}
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if quote != 0 {
		ts.Fatalf("%q ends within quotes", command)
	}
	if begun {
		out = append(out, word.String())
	}
	return out
}
