package store

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// rename is a variable so that a test can die just before it.
var rename = os.Rename

const tempMark = ".tmp-"

// WriteFile replaces the file at path with data, or leaves what was there: the
// data goes to a temporary file beside it, reaches the disk, and is renamed.
// The mode is subject to the umask. A symbolic link is followed; what is not a
// regular file, such as /dev/stdout, is written to as it is. The folder must exist.
func WriteFile(path string, data []byte, mode fs.FileMode) error {
	path, regular, err := target(path)
	if err != nil {
		return fileError("write", path, err)
	}
	if !regular {
		return fileError("write", path, writeThrough(path, data))
	}
	return fileError("write", path, replace(path, data, mode))
}

// target resolves symbolic links and tells whether path is, or would become, a
// regular file.
func target(path string) (string, bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path, true, nil
	case err != nil:
		return path, false, err
	case info.IsDir():
		return path, false, &fs.PathError{Op: "open", Path: path, Err: errIsFolder}
	case !info.Mode().IsRegular():
		return path, false, nil
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return path, false, err
	}
	return real, true, nil
}

func writeThrough(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func replace(path string, data []byte, mode fs.FileMode) error {
	dir := filepath.Dir(path)
	tmp, err := createTemp(path, mode)
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name()) // the first error is the one to tell
		return err
	}
	return syncDir(dir)
}

// createTemp is not os.CreateTemp because that knows no mode but 0600.
func createTemp(path string, mode fs.FileMode) (*os.File, error) {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	name := filepath.Join(filepath.Dir(path),
		"."+filepath.Base(path)+tempMark+hex.EncodeToString(b[:]))
	return os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
}

// clearTemps removes what a killed run left half written. The lock must be held.
func clearTemps(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") && strings.Contains(e.Name(), tempMark) {
			_ = os.Remove(filepath.Join(dir, e.Name())) // harmless where it stays
		}
	}
}

// makeDirs makes dir and what is missing above it, readable by nobody else,
// and sees to it that a power cut does not take a new folder away.
func makeDirs(dir string) error {
	info, err := os.Stat(dir)
	if err == nil {
		if !info.IsDir() {
			return &fs.PathError{Op: "mkdir", Path: dir, Err: errIsFile}
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return notFolderAbove(dir, err)
	}
	parent := filepath.Dir(dir)
	if parent == dir {
		return err
	}
	if err := makeDirs(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(parent)
}

// notFolderAbove names the file that stands where a folder should be.
func notFolderAbove(dir string, err error) error {
	for up := filepath.Dir(dir); up != filepath.Dir(up); up = filepath.Dir(up) {
		if info, serr := os.Stat(up); serr == nil {
			if !info.IsDir() {
				return &fs.PathError{Op: "mkdir", Path: up, Err: errIsFile}
			}
			break
		}
	}
	return err
}

// tighten takes the rights of others off our own folder. Where that is not
// possible the files, which are 0600, still protect themselves.
func tighten(dir string) {
	if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o077 != 0 {
		_ = os.Chmod(dir, 0o700)
	}
}

func readFile(path string) ([]byte, bool, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fileError("read", path, notFolderAbove(path, err))
	}
	return data, true, nil
}

func brokenFile(path string, err error) error {
	return fmt.Errorf("read %s: %w", path, err)
}
