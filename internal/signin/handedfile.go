package signin

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
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
		drive.MatchString(line) || line != "" && strings.ContainsRune(`.~/\`, rune(line[0])) || slashed(line)
}

var (
	drive    = regexp.MustCompile(`^[A-Za-z]:[\\/]`)
	ofBase64 = regexp.MustCompile(`^[A-Za-z0-9+/]*={0,2}$`)
)

// longestPath is how long a line may be that is a path by its slash alone: an
// answer of Okta is longer than that on one line, or made of lines that decode.
const longestPath = 256

// slashed tells whether a line has a slash and is neither base64, nor an
// address, nor the body of a form.
func slashed(line string) bool {
	if len(line) > longestPath || !strings.Contains(line, "/") || strings.Contains(line, "://") || strings.Contains(line, "=") {
		return false
	}
	return !ofBase64.MatchString(line) || len(line)%4 != 0
}

// missingFile is the path of a file that is not there.
type missingFile string

func (m missingFile) Error() string { return "there is no such file: " + sso.PlainText(string(m), 300) }

// Is tells those who look for it that a file is missing.
func (m missingFile) Is(target error) bool { return target == fs.ErrNotExist }

// NoSuchFile is the error for a path that leads to no file.
func NoSuchFile(name string) error {
	return hint.With(hint.Usage, missingFile(name),
		"give the path of a file that is there, or paste the answer itself")
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
		return nil, NoSuchFile(name)
	}
	return []byte(text), nil
}
