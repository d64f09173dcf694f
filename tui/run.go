package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/ssowizard/internal/hint"
	_ "example.com/ssowizard/internal/termbg" // before Bubble Tea asks the terminal
)

// Terminal is what the wizard draws on and reads from.
type Terminal struct {
	In    io.Reader
	Out   io.Writer
	Look  Look
	ASCII bool // there are no other signs
	Width int  // for the lines that are left behind
}

// ErrQuit is the end of a wizard that was left before its work was done: by
// ctrl+c. What was answered is kept.
var ErrQuit = hint.New(hint.Interrupted, "interrupted", "start ssowizard again: it goes on from here")

// framesPerSecond bounds how long a frame waits for the one before it: a key is
// on the screen within 9 ms and not within 17.
const framesPerSecond = 120

// Run shows the wizard until it is left, and gives the lines that are to stay
// in the terminal. It returns when everything that it began has ended.
func Run(ctx context.Context, cfg Config, term Terminal) (lines []string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	lipgloss.SetColorProfile(ProfileOf(term.Look))
	lipgloss.SetHasDarkBackground(term.Look != Light)
	cfg.Theme = NewTheme(term.Look, term.Out)
	cfg.Theme.ASCII = term.ASCII
	root := NewRoot(ctx, cfg)
	defer root.Wait()
	defer cancel()
	program := tea.NewProgram(root, tea.WithAltScreen(), tea.WithInput(term.In), tea.WithOutput(term.Out), tea.WithFPS(framesPerSecond), tea.WithoutSignalHandler())
	// An orderly end: the library's own way with a context does not wait for
	// its reader.
	stop := context.AfterFunc(ctx, program.Quit)
	defer stop()
	_, err = program.Run()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return root.Left(term.Width), root.outcome(err)
}

// Left are the lines to leave in the terminal.
func (r *Root) Left(width int) []string {
	lines := r.left(width)
	for i := range lines {
		if r.env.theme.ASCII {
			lines[i] = ascii(lines[i])
		}
	}
	return lines
}

func (r *Root) left(width int) []string {
	if width == 0 {
		width = 100 // no terminal, no lines to fit
	}
	width = max(min(width, 100), leastWidth)
	switch {
	case r.at() == atDone:
		return unstyled(r.summary(width, NewTheme(Monochrome, io.Discard), true))
	case r.verb == Setup && r.draft.SP != "":
		t := NewTheme(Monochrome, io.Discard)
		return unstyled(append(r.stillOnLines(width, t), r.unfinishedLines(width, t)...))
	case r.stillOn():
		return unstyled(r.stillOnLines(width, NewTheme(Monochrome, io.Discard)))
	}
	return nil
}

// unstyled is text for a stream of which nobody knows where it ends.
func unstyled(lines []string) []string {
	for i := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(lines[i]), " ")
	}
	return lines
}

func (r *Root) outcome(err error) error {
	switch {
	case errors.Is(err, tea.ErrProgramPanic):
		return fmt.Errorf("the wizard broke down: %w", err)
	case errors.Is(err, tea.ErrInterrupted):
		return ErrQuit
	case err != nil:
		return err
	case r.openErr != nil:
		return r.openErr
	case r.at() == atDone:
		return nil
	case r.interrupted:
		return ErrQuit
	case r.last.err != nil && r.at() >= atApply:
		return r.last.err
	}
	return nil
}
