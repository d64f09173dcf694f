package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"testing"
	"time"

	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
)

const (
	envRole = "STORE_TEST_ROLE"
	envDir  = "STORE_TEST_ROOT"
	acme    = "acme.okta.com"
	net2    = "net2phone"
)

// TestMain lets the test binary be the other process of a test.
func TestMain(m *testing.M) {
	switch os.Getenv(envRole) {
	case "":
		os.Exit(m.Run())
	case "hold":
		c := store.Open(os.Getenv(envDir)).Connection(acme, net2)
		if _, err := c.Lock(context.Background(), "ssowizard setup net2phone"); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("held")
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is killed or let go
	case "die":
		store.DieBeforeRename()
		c := store.Open(os.Getenv(envDir)).Connection(acme, net2)
		_ = c.Save(sso.State{Label: "new"})
	}
}

// other starts the test binary in a role.
func other(t *testing.T, role, root string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), envRole+"="+role, envDir+"="+root)
	return cmd
}

// holder starts a process that holds the lock and gives the way to kill it.
func holder(t *testing.T, root string) (pid int, kill func()) {
	t.Helper()
	cmd := other(t, "hold", root)
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	kill = func() {
		_ = cmd.Process.Kill()
		_ = in.Close()
		_ = cmd.Wait()
	}
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "held\n" {
		t.Fatalf("holder said %q, %v", line, err)
	}
	return cmd.Process.Pid, kill
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), 0o600))
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	must(t, err)
	return string(b)
}

func noon() time.Time { return time.Date(2031, 5, 6, 12, 0, 0, 0, time.UTC) }
