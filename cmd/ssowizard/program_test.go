package main_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"example.com/ssowizard/internal/sandbox/sandboxtest"
)

// program builds the program once for all tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "ssowizard-test")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "ssowizard")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// clean is the environment without what would answer questions or change looks.
func clean(env []string) []string {
	var out []string
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "OKTA_") && !strings.HasPrefix(name, "SSOWIZARD_") && name != "NO_COLOR" && name != "COLORFGBG" &&
			name != "LC_ALL" && name != "LC_CTYPE" && name != "LANG" && name != "TMUX" && name != "CI" && name != "DISPLAY" && name != "WAYLAND_DISPLAY" {
			out = append(out, e)
		}
	}
	return out
}

// portsOf are the ports of the sandbox in each state folder.
var portsOf sync.Map

// environment is that of a machine with nothing on it but a state folder.
func environment(t testing.TB, state string) []string {
	t.Helper()
	ports, known := portsOf.Load(state)
	if !known {
		free, release, err := sandboxtest.TakePorts()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { portsOf.Delete(state); release() })
		ports = free
		portsOf.Store(state, free)
	}
	return append(clean(os.Environ()), "HOME="+state, "XDG_CONFIG_HOME="+state, "SSOWIZARD_SANDBOX_PORTS="+ports.(string))
}
