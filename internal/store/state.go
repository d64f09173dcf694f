package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// Version is the version of the state's form that this program writes.
const Version = 1

// Connection is the place of one connection in the store. Safe for concurrent
// use within a process; between processes whoever writes holds the lock.
type Connection struct {
	store *Store
	org   string
	name  string
	dir   string

	mu  sync.Mutex // one write at a time
	run string     // run of the last journal line that was appended
}

// Dir is the connection's folder, which need not exist.
func (c *Connection) Dir() string { return c.dir }

// Org is the host of the connection's org, or SandboxOrg.
func (c *Connection) Org() string { return c.org }

// Name is the name of the connection.
func (c *Connection) Name() string { return c.name }

func (c *Connection) statePath() string { return filepath.Join(c.dir, "state.json") }

// Load reads the state; false says that none is kept. A file that is broken,
// or of a newer version than this program knows, is an error that names it.
func (c *Connection) Load() (sso.State, bool, error) {
	data, ok, err := readFile(c.statePath())
	if err != nil || !ok {
		return sso.State{}, false, err
	}
	st, err := c.decode(data)
	if err != nil {
		return sso.State{}, false, err
	}
	return st, true, nil
}

func (c *Connection) decode(data []byte) (sso.State, error) {
	var head struct {
		Version *int `json:"version"`
	}
	err := json.Unmarshal(data, &head)
	if err == nil && (head.Version == nil || *head.Version < 1) {
		err = errors.New("it has no version")
	}
	if err != nil {
		return sso.State{}, c.broken(plainly(err))
	}
	if *head.Version > Version {
		return sso.State{}, hint.With(hint.Refused,
			fmt.Errorf("%s is of version %d; this ssowizard knows version %d", c.statePath(), *head.Version, Version),
			"a newer ssowizard wrote it: use that one here, or another --state-dir")
	}
	var st sso.State
	if err := json.Unmarshal(data, &st); err != nil {
		return sso.State{}, c.broken(plainly(err))
	}
	return st, nil
}

// plainly says of JSON that does not fit what is wrong with it, without the
// types of this program.
func plainly(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &wrong):
		return err
	case wrong.Field == "":
		return fmt.Errorf("it holds a JSON %s and no object", wrong.Value)
	}
	return fmt.Errorf("%q in it holds a JSON %s", wrong.Field, wrong.Value)
}

func (c *Connection) broken(err error) error {
	return hint.Add(brokenFile(c.statePath(), fmt.Errorf("not a state of ssowizard: %w", err)),
		"it was left as it is: restore it from a backup, or move it away and run ssowizard adopt %s, which finds the app again by its marker", clean(c.name))
}

// Save replaces the state. Members that the file has and this program does not
// know are kept; a broken or newer file is left alone and is an error.
func (c *Connection) Save(st sso.State) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	st.Version = Version
	if st.Connection == "" {
		st.Connection = c.name
	}
	old, ok, err := readFile(c.statePath())
	if err != nil {
		return err
	}
	if ok {
		if _, err := c.decode(old); err != nil {
			return err
		}
	}
	data, err := encodeKeeping(st, old)
	if err != nil {
		return fmt.Errorf("encode the state of %q: %w", clean(c.name), err)
	}
	if err := c.makeDir(); err != nil {
		return err
	}
	return WriteFile(c.statePath(), data, 0o600)
}

// Remove takes the state away, as after an undo. The journal stays. Without a
// state it does nothing.
func (c *Connection) Remove() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok, err := readFile(c.statePath())
	if err != nil || !ok {
		return err
	}
	if err := os.Remove(c.statePath()); err != nil {
		return fileError("remove", c.statePath(), err)
	}
	return fileError("remove", c.statePath(), syncDir(c.dir))
}

// makeDir makes the connection's folder, and takes others' rights off it.
func (c *Connection) makeDir() error {
	if err := makeDirs(c.dir); err != nil {
		return fileError("make folder", c.dir, err)
	}
	for _, dir := range []string{c.store.orgs(), filepath.Dir(c.dir), c.dir} {
		tighten(dir)
	}
	return nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}
