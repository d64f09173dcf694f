package browser

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"example.com/ssowizard/internal/hint"
)

// Browser is a browser that was started.
type Browser struct {
	cmd      *exec.Cmd
	own      string // profile to take away; empty: the caller's
	devTools *DevTools
	done     chan struct{}
	stop     context.CancelFunc

	once sync.Once
	err  error
}

// grace is how long a browser may take to end by itself.
const grace = 3 * time.Second

// Start opens a browser. It ends with Close, with ctx, or when the person
// closes it.
func Start(ctx context.Context, o Options) (*Browser, error) {
	b := &Browser{done: make(chan struct{})}
	if o.Profile == "" {
		folder, err := profileFolder(o.Program)
		if err != nil {
			return nil, err
		}
		o.Profile, b.own = folder, folder
	}
	if runtime.GOOS == "linux" && os.Geteuid() == 0 {
		o.AsRoot = true
	}
	flags, err := Flags(o)
	if err != nil {
		b.clean()
		return nil, err
	}
	ctx, b.stop = context.WithCancel(ctx)
	if !o.Drive {
		flags = append(flags, o.URL)
	}
	b.cmd = exec.CommandContext(ctx, o.Program, flags...)
	b.cmd.Cancel = func() error { return end(b.cmd.Process) }
	b.cmd.WaitDelay = grace
	apart(b.cmd)
	said := &tail{}
	b.cmd.Stderr = said
	if err := b.start(o.Drive); err != nil {
		b.stop()
		b.clean()
		return nil, hint.Add(fmt.Errorf("start the browser %s: %w", o.Program, err), "name another one in %s", Variable)
	}
	go func() {
		defer close(b.done)
		err := b.cmd.Wait()
		sweep(b.cmd.Process)
		if b.devTools != nil {
			b.devTools.close()
		}
		if err != nil && ctx.Err() == nil {
			b.err = hint.Add(fmt.Errorf("the browser %s ended: %w: %s", o.Program, err, said.last()),
				"it needs a screen; without one, open the sandbox's addresses from another program")
		}
		b.stop()
		b.clean()
	}()
	return b, nil
}

// start starts the process, with a pipe for DevTools where it is to be driven.
func (b *Browser) start(drive bool) error {
	if !drive {
		return b.cmd.Start()
	}
	in, to, err := os.Pipe()
	if err != nil {
		return err
	}
	from, out, err := os.Pipe()
	if err != nil {
		return errors.Join(err, in.Close(), to.Close())
	}
	if err = give(b.cmd, in, out); err == nil {
		err = b.cmd.Start()
	}
	err = errors.Join(err, in.Close(), out.Close()) // the browser has ends of its own
	if err != nil {
		return errors.Join(err, to.Close(), from.Close())
	}
	b.devTools = newDevTools(to, from)
	return nil
}

// DevTools is the way to drive the browser, nil where it was started without
// Drive. It ends with the browser.
func (b *Browser) DevTools() *DevTools { return b.devTools }

// Done is closed when the browser has ended.
func (b *Browser) Done() <-chan struct{} { return b.done }

// Close ends the browser and waits until it is gone. It gives what went wrong
// while it ran; that it was told to end is no error.
func (b *Browser) Close() error {
	b.once.Do(b.stop)
	<-b.done
	return b.err
}

// clean takes the profile away. The browser's children may still write to it
// for a moment.
func (b *Browser) clean() {
	if b.own == "" {
		return
	}
	for range 20 {
		if os.RemoveAll(b.own) == nil {
			return
		}
		<-time.After(100 * time.Millisecond)
	}
}

// profileFolder makes a folder that the browser can write to. One from a snap
// sees no temporary folder but its own, and no hidden one in the home.
func profileFolder(program string) (string, error) {
	parent := ""
	if name := snapOf(program); name != "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("start a browser: %w", err)
		}
		parent = filepath.Join(home, "snap", name, "common")
		if err := os.MkdirAll(parent, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("start a browser: %w", err)
		}
	}
	folder, err := os.MkdirTemp(parent, "ssowizard-browser-")
	if err != nil {
		return "", fmt.Errorf("start a browser: make a folder for its profile: %w", err)
	}
	return folder, nil
}

// snapOf is the name of the snap that a program comes from, if it does.
func snapOf(program string) string {
	if dir, name := filepath.Split(program); strings.HasPrefix(dir, "/snap/") || dir == "/var/lib/snapd/snap/bin/" {
		return strings.TrimSuffix(name, ".chromium")
	}
	if to, err := filepath.EvalSymlinks(program); err == nil && to == "/usr/bin/snap" {
		return filepath.Base(program)
	}
	return ""
}
