package signin

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// PathIn is the path that a line holds, as typed or dragged into a terminal,
// with home for ~; "" for a line that can be none.
func PathIn(line, home string) string {
	line = strings.TrimSpace(line)
	if len(line) >= 2 && (line[0] == '\'' || line[0] == '"') && line[len(line)-1] == line[0] {
		line = line[1 : len(line)-1]
	}
	if line == "" || len(line) > 1024 || strings.ContainsAny(line, "\n<{") {
		return ""
	}
	if rest, ok := strings.CutPrefix(line, "~/"); ok && home != "" {
		return filepath.Join(home, rest)
	}
	return line
}

// LooksLikePath tells whether one line is rather a path than base64.
func LooksLikePath(line string) bool {
	ext := strings.ToLower(filepath.Ext(line))
	return slices.Contains([]string{".har", ".json", ".xml", ".txt", ".html", ".htm", ".b64"}, ext) ||
		strings.HasPrefix(line, "./") || strings.HasPrefix(line, "../")
}

// HandedOrFile gives what a person has pasted, or what is in the file whose path
// they have given instead.
func HandedOrFile(text, home string) ([]byte, error) {
	name := PathIn(text, home)
	if name == "" {
		return []byte(text), nil
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.Mode().IsRegular():
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(io.LimitReader(f, MaxHanded+1))
		return data, errors.Join(err, f.Close())
	case LooksLikePath(name):
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
}
