package store

import "os"

// DieBeforeRename ends the process where a kill between write and rename would.
func DieBeforeRename() {
	rename = func(string, string) error { os.Exit(97); return nil }
}

var (
	HostFolder    = hostFolder
	NameFolder    = nameFolder
	ParseJournal  = parseJournal
	TrimPoint     = trimPoint
	EncodeKeeping = encodeKeeping
)
