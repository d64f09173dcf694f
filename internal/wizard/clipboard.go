package wizard

import (
	"context"
	"runtime"
	"strings"
	"time"

	"github.com/atotto/clipboard"
	"github.com/aymanbagabas/go-osc52/v2"
)

// nativePatience is how long the system's clipboard program may take.
const nativePatience = 2 * time.Second

// Copy puts text on the clipboard in both ways there are: through the terminal
// (OSC 52), which also works over ssh, and through the system's own program
// where this machine has a desktop. Neither says whether it worked, so the text
// is always on the screen too.
func (b *backend) Copy(ctx context.Context, text string) error {
	sequence := osc52.New(text)
	switch name := b.cfg.Getenv("TERM"); {
	case b.cfg.Getenv("TMUX") != "":
		sequence = sequence.Tmux()
	case strings.HasPrefix(name, "screen"):
		sequence = sequence.Screen()
	}
	// One write: the screen's own output goes on beside this one.
	if _, err := b.screen.WriteString(sequence.String()); err != nil {
		return err
	}
	if !b.desktop() {
		return nil
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = clipboard.WriteAll(text) // the terminal's way has been tried as well
	}()
	timer := time.NewTimer(nativePatience)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil
}

// desktop tells whether the person sits at this very machine.
func (b *backend) desktop() bool {
	env := b.cfg.Getenv
	if env("SSH_CONNECTION") != "" || env("SSH_TTY") != "" {
		return false
	}
	return runtime.GOOS == "windows" || runtime.GOOS == "darwin" || env("DISPLAY") != "" || env("WAYLAND_DISPLAY") != ""
}
