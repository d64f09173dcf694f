package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"example.com/ssowizard/internal/hint"
)

// owner says who holds a lock, for the message to whoever does not get it. The
// lock itself is the system's, so it ends with its process whatever happens.
type owner struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
}

func (c *Connection) lockPath() string  { return filepath.Join(c.dir, "lock") }
func (c *Connection) ownerPath() string { return filepath.Join(c.dir, "owner.json") }

// Lock takes the connection for a command, or fails at once with
// hint.Refused, naming who has it. The lock ends with unlock, which may be
// called more than once, or with the process.
func (c *Connection) Lock(ctx context.Context, command string) (unlock func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := c.makeDir(); err != nil {
		return nil, err
	}
	l := flock.New(c.lockPath(), flock.SetPermissions(0o600))
	got, err := l.TryLock()
	if err != nil {
		return nil, fileError("lock", c.lockPath(), errors.Join(err, l.Close()))
	}
	if !got {
		_ = l.Close() // nothing was taken
		return nil, c.held()
	}
	clearTemps(c.dir)
	if err := c.writeOwner(command); err != nil {
		return nil, errors.Join(err, l.Unlock())
	}
	return sync.OnceFunc(func() {
		// The lock file stays: removing it would let two runs lock two files.
		_ = os.Remove(c.ownerPath())
		_ = l.Unlock()
	}), nil
}

func (c *Connection) writeOwner(command string) error {
	host, err := os.Hostname()
	if err != nil {
		host = ""
	}
	data, err := encode(owner{PID: os.Getpid(), Host: host, Command: command, Since: c.store.Now().UTC()})
	if err != nil {
		return err
	}
	return WriteFile(c.ownerPath(), data, 0o600)
}

func (c *Connection) held() error {
	msg := fmt.Sprintf("connection %q is in use by another run", clean(c.name))
	var o owner
	// The holder may be just about to write who it is; then nobody is named.
	if data, ok, err := readFile(c.ownerPath()); err == nil && ok && json.Unmarshal(data, &o) == nil {
		where := ""
		if o.Host != "" {
			where = " on " + clean(o.Host)
		}
		msg += fmt.Sprintf(": %s (process %d%s, since %s)",
			clean(o.Command), o.PID, where, o.Since.Local().Format(time.DateTime))
	}
	return hint.New(hint.Refused, msg, "wait until it ends, or end it, and run this again")
}
