// Package store keeps what is known of each connection between runs: its
// state, its journal and its lock, in one folder a connection. Every write is
// whole or has not happened, and nothing here is secret.
//
//	<root>/orgs/<org host>/<connection name>/state.json
//	                                         journal.jsonl
//	                                         lock, owner.json
//
// The formats of the nouns belong to package sso; what a state means to a run
// belongs to package plan.
package store

import (
	"errors"
	"path/filepath"
	"time"

	"example.com/ssowizard/internal/hint"
)

// SandboxOrg is the org under which the sandbox's connections are kept. It
// never stands for a host.
const SandboxOrg = "sandbox"

// Environment names that decide where the state is.
const (
	EnvStateDir  = "SSOWIZARD_STATE_DIR"
	envXDG       = "XDG_STATE_HOME"
	envLocalData = "LOCALAPPDATA"
	appFolder    = "ssowizard"
)

// Root is the absolute path of the state folder: the flag, else
// SSOWIZARD_STATE_DIR, else the system's own place for state (XDG state
// directory; local application data on Windows). The folder need not exist.
func Root(flag string, env func(string) string, goos, home string) (string, error) {
	for _, dir := range []string{flag, env(EnvStateDir)} {
		if dir != "" {
			abs, err := filepath.Abs(dir)
			if err != nil {
				return "", hint.With(hint.Usage, err, "give --state-dir as an absolute path")
			}
			return abs, nil
		}
	}
	base := xdgStateHome(env, home)
	if goos == "windows" {
		base = localData(env, home)
	}
	if base == "" {
		return "", hint.With(hint.Usage, errors.New("no state folder: the home folder is not known"),
			"name a folder with --state-dir or "+EnvStateDir)
	}
	return filepath.Join(base, appFolder), nil
}

// xdgStateHome ignores a relative XDG_STATE_HOME, as its specification demands.
func xdgStateHome(env func(string) string, home string) string {
	if dir := env(envXDG); filepath.IsAbs(dir) {
		return dir
	}
	if home == "" {
		return ""
	}
	return filepath.Join(home, ".local", "state")
}

func localData(env func(string) string, home string) string {
	if dir := env(envLocalData); dir != "" {
		return dir
	}
	if home == "" {
		return ""
	}
	return filepath.Join(home, "AppData", "Local")
}

// Store is a state folder. Safe for concurrent use.
type Store struct {
	root string
	// Now is the clock; set it before the first use, if at all.
	Now func() time.Time
}

// Open gives the store at root. It touches nothing: folders are made by the
// first write.
func Open(root string) *Store { return &Store{root: root, Now: time.Now} }

// Root is the state folder.
func (s *Store) Root() string { return s.root }

func (s *Store) orgs() string { return filepath.Join(s.root, "orgs") }

// Connection gives the place of a connection, whether or not anything is kept
// of it. The org is its host, with the port where there is one, or SandboxOrg.
func (s *Store) Connection(orgHost, name string) *Connection {
	return &Connection{
		store: s,
		org:   normalHost(orgHost),
		name:  name,
		dir:   filepath.Join(s.orgs(), hostFolder(orgHost), nameFolder(name)),
	}
}
