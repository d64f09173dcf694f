package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// journalBound is the size from which a new run drops the oldest ones.
const journalBound = 1 << 20

func (c *Connection) journalPath() string { return filepath.Join(c.dir, "journal.jsonl") }

// Append adds an entry to the journal. When it returns nil the entry is on the
// disk; when it fails the journal is as it was. At the first entry of a run the
// oldest runs are dropped when the journal has grown beyond a megabyte.
func (c *Connection) Append(e sso.JournalEntry) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	line, err := encode(e)
	if err != nil {
		return fmt.Errorf("encode journal entry of %q: %w", clean(c.name), err)
	}
	if err := c.makeDir(); err != nil {
		return err
	}
	path := c.journalPath()
	if e.Run != c.run {
		if err := trimJournal(path, e.Run, journalBound); err != nil {
			return err
		}
		c.run = e.Run
	}
	return fileError("write", path, appendLine(path, line))
}

// appendLine adds a whole line or nothing. A last line without its end is the
// rest of a write that was cut off, of which nobody was told.
func appendLine(path string, line []byte) (err error) {
	_, serr := os.Stat(path)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	end, err := wholeLines(f)
	if err != nil {
		return err
	}
	if err := f.Truncate(end); err != nil {
		return err
	}
	_, err = f.WriteAt(line, end)
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return errors.Join(err, f.Truncate(end))
	}
	if serr != nil {
		return syncDir(filepath.Dir(path)) // the file is new
	}
	return nil
}

// wholeLines is where the last whole line ends.
func wholeLines(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	const chunk = 4096
	buf := make([]byte, chunk)
	for end := info.Size(); end > 0; {
		start := max(0, end-chunk)
		part := buf[:end-start]
		if _, err := f.ReadAt(part, start); err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return start + int64(i) + 1, nil
		}
		end = start
	}
	return 0, nil
}

// Journal reads the journal, oldest entry first. Without one it is empty. Of a
// journal with a broken line it gives what stands before that line, with an
// error that names it.
func (c *Connection) Journal() ([]sso.JournalEntry, error) {
	data, _, err := readFile(c.journalPath())
	if err != nil {
		return nil, err
	}
	entries, line, err := parseJournal(data)
	if err != nil {
		return entries, hint.Add(brokenFile(c.journalPath(), fmt.Errorf("line %d: %w", line, err)),
			"move the file away to begin a new journal, or take that line out")
	}
	return entries, nil
}

// parseJournal reads whole lines; a last one without its end does not count.
func parseJournal(data []byte) (entries []sso.JournalEntry, line int, err error) {
	for {
		raw, rest, whole := bytes.Cut(data, []byte{'\n'})
		if !whole {
			return entries, line, nil
		}
		line++
		data = rest
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		var e sso.JournalEntry
		if err := json.Unmarshal(raw, &e); err != nil {
			return entries, line, err
		}
		entries = append(entries, e)
	}
}

// trimJournal drops whole runs from the front until half the bound is left,
// but never the run that is going on or the last one before it, which a resume
// looks at. Lines that cannot be read go with the run around them.
func trimJournal(path, current string, bound int) error {
	info, err := os.Stat(path)
	if err != nil || info.Size() <= int64(bound) {
		return nil //nolint:nilerr // a missing file is no trouble; any other shows at the write
	}
	data, _, err := readFile(path)
	if err != nil {
		return err
	}
	cut := trimPoint(data, current, bound/2)
	if cut == 0 {
		return nil
	}
	return WriteFile(path, data[cut:], 0o600)
}

// trimPoint is the first start of a run from which at most keep bytes follow,
// else the start of the last run that is not current.
func trimPoint(data []byte, current string, keep int) int {
	point, offset, last := 0, 0, ""
	for line := range bytes.Lines(data) {
		run := runOf(line)
		if run != "" && run != last {
			if run == current {
				return point
			}
			point, last = offset, run
			if len(data)-offset <= keep {
				return point
			}
		}
		offset += len(line)
	}
	return point
}

func runOf(line []byte) string {
	var e struct {
		Run string `json:"run"`
	}
	if json.Unmarshal(line, &e) != nil {
		return ""
	}
	return e.Run
}
