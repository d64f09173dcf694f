// Package cli is the program as commands: flags, exit codes, text and JSON
// printers, and questions asked one a line. It is the only package that prints.
package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"unicode/utf8"

	"golang.org/x/term"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/sso"
)

// Streams is the world of one run.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) string
	Home     string
	GOOS     string
	// InTerminal and OutTerminal tell whether a person sits there.
	InTerminal, OutTerminal, ErrTerminal bool
	// Width is the terminal's columns, 0 where there is none.
	Width int
	// ReadHidden reads a line from the terminal without showing it. It calls
	// ask when nothing that is typed is shown any more; it ends
	// with the context and leaves the terminal as it was.
	ReadHidden func(ctx context.Context, ask func()) (string, error)
	// Raw switches the terminal's own line editing off, which cuts long lines,
	// until the function that it gives is called; nil where it cannot.
	Raw func() (restore func(), err error)
	// Wizard is the wizard on the whole screen, nil where the program has none.
	// It gives the lines that are to stay in the terminal.
	Wizard func(ctx context.Context, cfg app.Config, noColor bool) ([]string, error)
	// Wanted is told each Spec that flags, prompts or screens come to; nil for
	// nobody.
	Wanted func(sso.Spec)
}

// System is the world of the process. From then on a reader of the output that
// goes away ends the output and not the process: work half done helps nobody.
func System() Streams {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // else a write to a closed pipe is the end
	home, err := os.UserHomeDir()
	if err != nil {
		home = "" // then folders have to be named
	}
	s := Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv, Home: home, GOOS: runtime.GOOS,
		InTerminal: term.IsTerminal(int(os.Stdin.Fd())), OutTerminal: term.IsTerminal(int(os.Stdout.Fd())), ErrTerminal: term.IsTerminal(int(os.Stderr.Fd()))}
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && s.OutTerminal {
		s.Width = width
	}
	s.ReadHidden, s.Raw = readHidden, rawTerminal
	return s
}

func rawTerminal() (func(), error) {
	terminal := int(os.Stdin.Fd())
	before, err := term.MakeRaw(terminal)
	if err != nil {
		return nil, err
	}
	return func() { _ = term.Restore(terminal, before) }, nil
}

func readHidden(ctx context.Context, ask func()) (string, error) {
	terminal := int(os.Stdin.Fd())
	before, err := term.GetState(terminal)
	if err != nil {
		return "", err
	}
	// Whoever is quick, or pastes, must not be seen either: the echo is off
	// before the question is there.
	if _, err := term.MakeRaw(terminal); err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(terminal, before) }() // also for a reading that was left behind
	ask()
	text, err := until(ctx, func() ([]byte, error) { return readSecretLine(os.Stdin) })
	return string(text), err
}

// readSecretLine reads what is typed at a terminal that edits nothing itself,
// up to Enter. It reads no byte beyond that.
func readSecretLine(r io.Reader) ([]byte, error) {
	const ctrlC, ctrlD, ctrlH, ctrlU, ctrlW, del = 3, 4, 8, 21, 23, 127
	var line []byte
	one := make([]byte, 1)
	for {
		n, err := r.Read(one)
		if n == 0 {
			if err == nil {
				continue
			}
			return line, err
		}
		switch b := one[0]; {
		case b == '\r', b == '\n':
			return line, nil
		case b == ctrlC:
			return nil, ErrInterrupted
		case b == ctrlD && len(line) == 0:
			return nil, io.EOF
		case b == ctrlU, b == ctrlW:
			line = nil
		case b == ctrlH, b == del:
			_, size := utf8.DecodeLastRune(line)
			line = line[:len(line)-size]
		case b >= ' ':
			line = append(line, b)
		}
	}
}

// stoppable reads until its context ends: a question that nobody answers, or a
// pipe that nobody writes to, must not outlast Ctrl-C.
type stoppable struct {
	ctx  context.Context //nolint:containedctx // io.Reader has no other place for it
	from io.Reader
}

func (s stoppable) Read(b []byte) (int, error) {
	mine := make([]byte, len(b)) // a reading that is left behind must not write into b
	got, err := until(s.ctx, func() ([]byte, error) {
		n, err := s.from.Read(mine)
		return mine[:n], err
	})
	return copy(b, got), err
}

// until gives what read gives, or the cause of the end of ctx, if that is first.
func until(ctx context.Context, read func() ([]byte, error)) ([]byte, error) {
	type outcome struct {
		got []byte
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		got, err := read()
		done <- outcome{got, err}
	}()
	select {
	case o := <-done:
		return o.got, o.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// colour tells whether output may be coloured: only on a terminal, and not
// where NO_COLOR or a dumb terminal says no (https://no-color.org).
func (s Streams) colour(noColor bool) bool {
	return s.OutTerminal && !noColor && s.Getenv("NO_COLOR") == "" && s.Getenv("TERM") != "dumb"
}
