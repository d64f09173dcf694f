// Package durable keeps the sandbox's records on disk: a file of JSON lines,
// one line a change, synced before Commit returns. A kill at any moment loses
// at most the change that was being written, which nobody was told of yet.
package durable

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"sync"
)

// Record is one record's new value. A nil Value removes it.
type Record struct {
	Kind  string          `json:"k"`
	Key   string          `json:"id"`
	Value json.RawMessage `json:"v,omitempty"`
}

// Put makes the record of v. It panics when v cannot be encoded, which is a
// programming error.
func Put(kind, key string, v any) Record {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("durable: %s %s: %v", kind, key, err))
	}
	return Record{Kind: kind, Key: key, Value: b}
}

// Remove makes the record that removes a key.
func Remove(kind, key string) Record { return Record{Kind: kind, Key: key} }

// Log is a set of records with a file behind it. Safe for concurrent use.
type Log struct {
	mu      sync.Mutex
	f       *os.File // nil: in memory only
	records map[string]map[string]json.RawMessage
	lines   int
	failed  error
}

// Memory is a log without a file.
func Memory() *Log { return &Log{records: map[string]map[string]json.RawMessage{}} }

// Open reads the log at path, or begins an empty one, and rewrites it when it
// holds many outdated lines. A torn last line is dropped; any other broken
// line is an error that names it.
func Open(path string) (*Log, error) {
	l := Memory()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	good, err := l.load(path)
	if err != nil {
		return nil, err
	}
	if l.lines > 2*l.size()+1000 {
		if err := l.rewrite(path); err != nil {
			return nil, err
		}
	} else if err := truncate(path, good); err != nil {
		return nil, err
	}
	l.f, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return l, nil
}

// Commit writes the records as one change: all of them or none survive a kill.
// After a failed write the log takes nothing more, because what is on disk is
// then unknown.
func (l *Log) Commit(records ...Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return l.failed
	}
	if l.f != nil {
		line, err := json.Marshal(records)
		if err != nil {
			return err
		}
		if _, err = l.f.Write(append(line, '\n')); err == nil {
			err = l.f.Sync()
		}
		if err != nil {
			l.failed = fmt.Errorf("write %s: %w", l.f.Name(), err)
			return l.failed
		}
	}
	l.apply(records)
	return nil
}

// Each calls visit for every record of a kind, in order of keys.
func (l *Log) Each(kind string, visit func(key string, value json.RawMessage) error) error {
	l.mu.Lock()
	keys := make([]string, 0, len(l.records[kind]))
	values := map[string]json.RawMessage{}
	for k, v := range l.records[kind] {
		keys = append(keys, k)
		values[k] = v
	}
	l.mu.Unlock()
	sort.Strings(keys)
	for _, k := range keys {
		if err := visit(k, values[k]); err != nil {
			return err
		}
	}
	return nil
}

// Get reads one record into v and tells whether it exists.
func (l *Log) Get(kind, key string, v any) (bool, error) {
	l.mu.Lock()
	raw, ok := l.records[kind][key]
	l.mu.Unlock()
	if !ok {
		return false, nil
	}
	return true, json.Unmarshal(raw, v)
}

// Close closes the file.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return nil
	}
	err := l.f.Close()
	l.failed = errors.New("sandbox records: closed")
	return err
}

func (l *Log) apply(records []Record) {
	l.lines++
	for _, r := range records {
		if l.records[r.Kind] == nil {
			l.records[r.Kind] = map[string]json.RawMessage{}
		}
		if r.Value == nil {
			delete(l.records[r.Kind], r.Key)
			continue
		}
		l.records[r.Kind][r.Key] = r.Value
	}
}

func (l *Log) size() int {
	n := 0
	for _, kind := range l.records {
		n += len(kind)
	}
	return n
}

// load applies every whole line and says how many bytes they fill.
func (l *Log) load(path string) (good int64, err error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return good, nil // a last line without its end was never answered
		}
		if err != nil {
			return 0, err
		}
		var records []Record
		if err := json.Unmarshal(bytes.TrimSpace(line), &records); err != nil {
			return 0, fmt.Errorf("%s, line %d: %w", path, n, err)
		}
		l.apply(records)
		good += int64(len(line))
	}
}

func (l *Log) rewrite(path string) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".records-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already when all went well
	w := bufio.NewWriter(tmp)
	enc := json.NewEncoder(w)
	l.lines = 0
	for kind, records := range l.records {
		for key, value := range records {
			if err := enc.Encode([]Record{{Kind: kind, Key: key, Value: value}}); err != nil {
				return errors.Join(err, tmp.Close())
			}
			l.lines++
		}
	}
	if err := errors.Join(w.Flush(), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

func truncate(path string, size int64) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil || info.Size() == size {
		return err
	}
	return os.Truncate(path, size)
}
