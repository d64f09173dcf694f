package store

import (
	"context"
	"os"
	"path/filepath"
)

// Forget takes away everything that is kept of an org, journals included, as
// after a reset of the sandbox. A connection that is in use by another run
// makes it fail with hint.Refused before anything is taken away.
func (s *Store) Forget(ctx context.Context, org string) error {
	dir := filepath.Join(s.orgs(), hostFolder(org))
	names, err := folders(dir)
	if err != nil {
		return err
	}
	var locks []func()
	release := func() {
		for _, unlock := range locks {
			unlock()
		}
	}
	defer release()
	for _, folder := range names {
		name, ok := nameOf(folder)
		if !ok || nameFolder(name) != folder {
			continue // not a folder of ours; goes with the rest
		}
		unlock, err := s.Connection(org, name).Lock(ctx, "forget "+org)
		if err != nil {
			return err
		}
		locks = append(locks, unlock)
	}
	release() // Windows does not remove what is open
	return fileError("remove", dir, os.RemoveAll(dir))
}
