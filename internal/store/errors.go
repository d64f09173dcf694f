package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode"

	"example.com/ssowizard/internal/hint"
)

var (
	errIsFile   = errors.New("is a file, not a folder")
	errIsFolder = errors.New("is a folder, not a file")
)

// elsewhere is the way out that always exists.
const elsewhere = "use another state folder with --state-dir or " + EnvStateDir

// fileError says which file of the state could not be used, why in plain words,
// and what to do. It is nil for a nil err.
func fileError(op, path string, err error) error {
	if err == nil {
		return nil
	}
	reason := err
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		if errors.Is(err, errIsFile) {
			path = pe.Path
		}
		reason = pe.Err
	case errors.As(err, &le): // its text names the temporary file
		reason = le.Err
	}
	wrapped := fmt.Errorf("%s %s: %w", op, path, reason)
	folder := filepath.Dir(path)
	switch {
	case diskFull(err):
		return hint.Add(wrapped, "the disk that holds %s is full: free some space, or %s", folder, elsewhere)
	case errors.Is(err, syscall.EROFS):
		return hint.Add(wrapped, "%s is on a file system that cannot be written to: %s", folder, elsewhere)
	case errors.Is(err, errIsFile):
		return hint.Add(wrapped, "move the file %s out of the way, or %s", path, elsewhere)
	case errors.Is(err, errIsFolder):
		return hint.Add(wrapped, "name a file, not the folder %s", path)
	case errors.Is(err, fs.ErrPermission):
		return hint.Add(wrapped, "make %s yours to read and write, or %s", folder, elsewhere)
	case op == "lock":
		return hint.Add(wrapped, "files in %s cannot be locked, as on some network drives: %s", folder, elsewhere)
	}
	return hint.Add(wrapped, "look at %s, or %s", folder, elsewhere)
}

// clean takes out what could move a terminal's cursor or turn text around.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
}
