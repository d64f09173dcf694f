package store

import (
	"errors"
	"syscall"
)

// syncDir has no meaning on Windows, where a folder cannot be opened for it.
func syncDir(string) error { return nil }

// Windows' own numbers for a full disk.
const (
	errorHandleDiskFull = syscall.Errno(39)
	errorDiskFull       = syscall.Errno(112)
)

func diskFull(err error) bool {
	return errors.Is(err, errorDiskFull) || errors.Is(err, errorHandleDiskFull)
}
