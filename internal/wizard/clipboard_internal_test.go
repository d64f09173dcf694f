package wizard

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"example.com/ssowizard/internal/app"
)

func copying(t *testing.T, env map[string]string) (written string) {
	t.Helper()
	screen, err := os.Create(filepath.Join(t.TempDir(), "screen"))
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	env["SSH_TTY"] = "/dev/pts/1" // the clipboard of this machine is left alone
	b := newBackend(app.Config{Getenv: func(name string) string { return env[name] }}, screen)
	if err := b.Copy(t.Context(), "hello"); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(screen.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestCopyTellsTheTerminalAlsoThroughWhatStandsBetween(t *testing.T) {
	t.Setenv("PATH", t.TempDir()) // no tmux of this machine
	const plain = "\x1b]52;c;aGVsbG8=\x07"
	if got := copying(t, map[string]string{"TERM": "xterm"}); got != plain {
		t.Errorf("a terminal: %q", got)
	}
	if got := copying(t, map[string]string{"TERM": "screen"}); !strings.HasPrefix(got, "\x1bP\x1b]52") {
		t.Errorf("screen: %q", got)
	}
	if got := copying(t, map[string]string{"TERM": "screen-256color", "TMUX": "/tmp/t,1,0"}); !strings.HasPrefix(got, plain+"\x1bPtmux;") {
		t.Errorf("tmux: %q", got)
	}
}

func TestTmuxItselfIsGivenTheText(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no tmux")
	}
	dir := t.TempDir()
	script := "#!/bin/sh\n{ echo \"$TMUX $*\"; cat; } > " + dir + "/given\n"
	if err := os.WriteFile(filepath.Join(dir, "tmux"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	copying(t, map[string]string{"TMUX": "/tmp/t,1,0"})
	given, err := os.ReadFile(filepath.Join(dir, "given"))
	if want := "/tmp/t,1,0 load-buffer -w -\nhello"; err != nil || string(given) != want {
		t.Errorf("tmux was given %q, err %v", given, err)
	}
}
