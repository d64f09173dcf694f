package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// holder says who has the sandbox. The lock itself is the system's, so it ends
// with its process whatever happens, and a holder without a lock means nothing.
type holder struct {
	PID     int    `json:"pid"`
	Command string `json:"command"`
	// Shares is true for a sandbox that publishes, or is about to publish,
	// where it can be joined.
	Shares bool `json:"shares"`
}

func lockPath(dir string) string   { return filepath.Join(dir, "lock") }
func holderPath(dir string) string { return filepath.Join(dir, "holder.json") }

const (
	// handOver is how long a start waits for a holder that is just closing.
	handOver = 300 * time.Millisecond
	lockPoll = 20 * time.Millisecond
)

// take locks dir, which it makes where it is missing.
func take(ctx context.Context, dir string) (*flock.Flock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make sandbox folder: %w", err)
	}
	l := flock.New(lockPath(dir), flock.SetPermissions(0o600))
	wait, cancel := context.WithTimeout(ctx, handOver)
	defer cancel()
	got, err := l.TryLockContext(wait, lockPoll)
	switch {
	case got:
		return l, nil
	case ctx.Err() != nil:
		err = ctx.Err()
	case err == nil || errors.Is(err, context.DeadlineExceeded):
		err = heldError(dir)
	default:
		err = fmt.Errorf("lock the sandbox in %s: %w", dir, err)
	}
	_ = l.Close() // nothing was taken
	return nil, err
}

func heldError(dir string) *HeldError {
	e := &HeldError{Dir: dir}
	var h holder
	// The holder may be just about to write who it is; then nobody is named.
	if found, err := readJSON(holderPath(dir), &h); err == nil && found {
		e.PID, e.Command = h.PID, clean(h.Command)
	}
	var p published
	if found, err := readJSON(runningPath(dir), &p); err == nil && found {
		e.OrgURL = clean(p.Info.Okta.OrgURL)
	}
	return e
}

// held tells whether somebody has the lock, by trying to share it.
func held(dir string) bool {
	if _, err := os.Stat(lockPath(dir)); err != nil {
		return false
	}
	l := flock.New(lockPath(dir), flock.SetPermissions(0o600))
	got, err := l.TryRLock()
	_ = l.Close()
	return err == nil && !got
}

// Reset takes everything away that a sandbox keeps, so that the next start
// makes a new org. It fails with a HeldError while the sandbox is in use.
func Reset(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	l, err := take(context.Background(), dir)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if e.Name() == filepath.Base(lockPath(dir)) {
			continue // without it two runs could lock two files
		}
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	if err != nil {
		err = fmt.Errorf("reset the sandbox in %s: %w", dir, err)
	}
	return errors.Join(err, l.Unlock())
}
