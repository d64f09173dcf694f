package tui_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/tui"
	"example.com/ssowizard/tui/tuitest"
)

// terminal is a pseudo-terminal of 80 by 24 with the wizard on it.
func terminal(t *testing.T) (*tuitest.Terminal, *os.File) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = slave.Close(); _ = master.Close() })
	return tuitest.NewTerminal(master, 80, 24), slave
}

type panicking struct{ *fake }

func (panicking) Kept(context.Context) ([]tui.Connection, error) { panic("broken on purpose") }

func TestAPanicGivesTheTerminalBack(t *testing.T) {
	screen, tty := terminal(t)
	_, err := tui.Run(t.Context(), tui.Config{Backend: panicking{newFake(t)}, Local: local{}}, tui.Terminal{In: tty, Out: tty, Look: tui.Monochrome})
	if err == nil || !strings.Contains(err.Error(), "the wizard broke down") {
		t.Errorf("error = %v", err)
	}
	screen.Wrote(t, "\x1b[?1049l") // the ordinary screen
	screen.Wrote(t, "\x1b[?25h")   // the cursor
}

func TestTheFirstFrameStandsBeforeTheWorldIsOpen(t *testing.T) {
	screen, tty := terminal(t)
	f := newFake(t)
	gate := make(chan struct{})
	f.hold["Open"] = gate
	done := make(chan error, 1)
	go func() {
		_, err := tui.Run(t.Context(), tui.Config{Backend: f, Local: local{}}, tui.Terminal{In: tty, Out: tty, Look: tui.Dark})
		done <- err
	}()
	screen.See(t, "Getting ready")
	close(gate)
	screen.See(t, "Set up a new connection")
	screen.Type(t, "q")
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestTheEndOfTheContextEndsTheWizardWithItsCause(t *testing.T) {
	screen, tty := terminal(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	why := hint.New(hint.TimedOut, "not done after 1s", "")
	done := make(chan error, 1)
	go func() {
		_, err := tui.Run(ctx, tui.Config{Backend: newFake(t), Local: local{}}, tui.Terminal{In: tty, Out: tty, Look: tui.Dark})
		done <- err
	}()
	screen.See(t, "Set up a new connection")
	cancel(why)
	select {
	case err := <-done:
		if !errors.Is(err, why) {
			t.Errorf("error = %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the wizard does not end")
	}
}

func TestCtrlCBeforeAnyWorkIsAnInterruption(t *testing.T) {
	screen, tty := terminal(t)
	done := make(chan error, 1)
	go func() {
		_, err := tui.Run(t.Context(), tui.Config{Backend: newFake(t), Local: local{}}, tui.Terminal{In: tty, Out: tty, Look: tui.Dark})
		done <- err
	}()
	screen.See(t, "Set up a new connection")
	screen.Type(t, tuitest.CtrlC)
	if err := <-done; hint.CodeOf(err) != hint.Interrupted {
		t.Errorf("ctrl+c gives %v", err)
	}
}
