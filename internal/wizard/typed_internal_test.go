package wizard

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/ssowizard/internal/secret"
)

func TestASecretOfAFileCountsAlsoWhereTheEnvironmentDoesNot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("from the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var typed secret.String
	s, err := typedFirst(secret.Source{File: file, Env: []string{"PASSWORD"}, Getenv: func(string) string { return "from outside" }},
		func() secret.String { return typed })
	if err != nil {
		t.Fatal(err)
	}
	shutOut := s // as for every job in the sandbox, a rotation too
	shutOut.Env = nil
	for _, want := range []string{"from the file", "typed"} {
		for name, source := range map[string]secret.Source{"as it is": s, "without the environment": shutOut} {
			if got, _, err := source.Find(); err != nil || got.Reveal() != want {
				t.Errorf("%s: %q, want %q; err %v", name, got.Reveal(), want, err)
			}
		}
		typed = secret.New("typed")
	}
}
