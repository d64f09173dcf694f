package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"example.com/ssowizard/internal/hint"
)

// writable refuses a file named by a flag that could not be written later, and
// leaves no trace: such a file is not worth half a run.
func writable(flag, file string) error {
	info, err := os.Stat(file)
	switch {
	case err == nil && info.IsDir():
		err = &fs.PathError{Op: "open", Path: file, Err: errors.New("it is a folder")}
	case err == nil && !info.Mode().IsRegular():
		return nil // a device, such as /dev/stdout
	case err == nil:
		var f *os.File
		if f, err = os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0); err == nil {
			err = f.Close()
		}
	case errors.Is(err, fs.ErrNotExist):
		var f *os.File
		if f, err = os.CreateTemp(filepath.Dir(file), ".ssowizard-"); err == nil {
			err = errors.Join(f.Close(), os.Remove(f.Name()))
		}
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err // its path may be that of the trial
	}
	if err != nil {
		return hint.With(hint.Usage, fmt.Errorf("%s %s: %w", flag, file, err), "name a file in a folder that is there and can be written to")
	}
	return nil
}
