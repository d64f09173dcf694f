package wizard

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/atotto/clipboard"
	"github.com/aymanbagabas/go-osc52/v2"
)

// nativePatience is how long tmux and the system's clipboard program may take.
const nativePatience = 2 * time.Second

// Copy puts text on the clipboard in all ways there are: through the terminal
// (OSC 52), which also works over ssh, through tmux where that stands between,
// and through the system's own program where this machine has a desktop. None says whether it worked, so the text
// is always on the screen too.
func (b *backend) Copy(ctx context.Context, text string) error {
	// One write: the screen's own output goes on beside this one.
	if _, err := b.screen.WriteString(b.sequence(text)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, nativePatience)
	defer cancel()
	b.throughTmux(ctx, text)
	if !b.desktop() {
		return nil
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = clipboard.WriteAll(text) // the terminal's way has been tried as well
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	return nil
}

// sequence is what the terminal is told. tmux takes the plain one where it sets
// the clipboard itself, and hands the wrapped one through where that is allowed:
// which of them it does cannot be asked.
func (b *backend) sequence(text string) string {
	s := osc52.New(text)
	switch {
	case b.cfg.Getenv("TMUX") != "":
		return s.String() + s.Tmux().String()
	case strings.HasPrefix(b.cfg.Getenv("TERM"), "screen"):
		return s.Screen().String()
	}
	return s.String()
}

// throughTmux has tmux itself set the clipboard, which it does in its default
// settings, where it takes neither sequence from a program.
func (b *backend) throughTmux(ctx context.Context, text string) {
	server := b.cfg.Getenv("TMUX")
	if server == "" {
		return
	}
	path, err := exec.LookPath("tmux")
	if err != nil {
		return
	}
	cmd := exec.CommandContext(ctx, path, "load-buffer", "-w", "-")
	cmd.Env = append(os.Environ(), "TMUX="+server)
	cmd.Stdin = strings.NewReader(text)
	_ = cmd.Run() // the other ways are tried as well
}

// desktop tells whether the person sits at this very machine.
func (b *backend) desktop() bool {
	env := b.cfg.Getenv
	if env("SSH_CONNECTION") != "" || env("SSH_TTY") != "" {
		return false
	}
	return runtime.GOOS == "windows" || runtime.GOOS == "darwin" || env("DISPLAY") != "" || env("WAYLAND_DISPLAY") != ""
}
