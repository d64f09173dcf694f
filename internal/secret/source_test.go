package secret_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/secret"
)

func TestASecretsFileIsReadAsAnyShellWritesIt(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"plain":                       "00token",
		"a line":                      "00token\n",
		"a line of Windows":           "00token\r\n",
		"UTF-8 with a mark":           "\xef\xbb\xbf00token\r\n",
		"UTF-16, as PowerShell's >":   "\xff\xfe0\x000\x00t\x00o\x00k\x00e\x00n\x00\r\x00\n\x00",
		"UTF-16 the other way around": "\xfe\xff\x000\x000\x00t\x00o\x00k\x00e\x00n",
	} {
		path := filepath.Join(t.TempDir(), "token.txt")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, from, err := secret.Source{Name: "token", File: path}.Find()
		if err != nil || from != "file" || got.Reveal() != "00token" {
			t.Errorf("%s: %q from %s, %v", name, got.Reveal(), from, err)
		}
		if got, _, err = (secret.Source{Name: "token", File: "-", Stdin: strings.NewReader(text)}).Find(); err != nil || got.Reveal() != "00token" {
			t.Errorf("%s on standard input: %q, %v", name, got.Reveal(), err)
		}
	}
}

func TestASecretsFileThatHoldsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"empty": "", "blank": " \r\n\n", "a mark alone": "\xef\xbb\xbf", "too long": strings.Repeat("x", 70<<10)} {
		_, _, err := secret.Source{Name: "token", File: "-", Stdin: strings.NewReader(text)}.Find()
		if hint.CodeOf(err) != hint.Usage || len(hint.Hints(err)) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
