// Package cli is the program as commands: flags, exit codes, text and JSON
// printers, and questions asked one a line. It is the only package that prints.
package cli

import (
	"io"
	"os"
	"runtime"

	"golang.org/x/term"
)

// Streams is the world of one run.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) string
	Home     string
	GOOS     string
	// InTerminal and OutTerminal tell whether a person sits there.
	InTerminal, OutTerminal bool
	// Width is the terminal's columns, 0 where there is none.
	Width int
	// ReadHidden reads a line from the terminal without showing it.
	ReadHidden func() (string, error)
}

// System is the world of the process.
func System() Streams {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "" // then folders have to be named
	}
	s := Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv, Home: home, GOOS: runtime.GOOS,
		InTerminal: term.IsTerminal(int(os.Stdin.Fd())), OutTerminal: term.IsTerminal(int(os.Stdout.Fd()))}
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && s.OutTerminal {
		s.Width = width
	}
	s.ReadHidden = func() (string, error) {
		b, err := term.ReadPassword(int(os.Stdin.Fd()))
		return string(b), err
	}
	return s
}

// colour tells whether output may be coloured: only on a terminal, and not
// where NO_COLOR or a dumb terminal says no (https://no-color.org).
func (s Streams) colour(noColor bool) bool {
	return s.OutTerminal && !noColor && s.Getenv("NO_COLOR") == "" && s.Getenv("TERM") != "dumb"
}
