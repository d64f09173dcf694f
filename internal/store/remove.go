package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// RemoveOrg forgets every connection of an org, journals too: for the sandbox,
// whose org can be thrown away. A connection that is in use stops it with
// hint.Refused before anything is removed.
func (s *Store) RemoveOrg(ctx context.Context, orgHost string) error {
	dir := filepath.Join(s.orgs(), hostFolder(orgHost))
	names, err := folders(dir)
	if err != nil {
		return err
	}
	for _, folder := range names {
		name, ok := nameOf(folder)
		if !ok {
			continue
		}
		unlock, err := s.Connection(orgHost, name).Lock(ctx, "sandbox reset")
		if err != nil {
			return err
		}
		defer unlock()
	}
	if err := os.RemoveAll(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fileError("remove", dir, err)
	}
	return nil
}
