package store_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"example.com/ssowizard/internal/store"
)

func TestWriteFileReplacesAndLeavesNothingElse(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "plan.md")
	must(t, store.WriteFile(path, []byte("a long first text"), 0o600))
	must(t, store.WriteFile(path, []byte("second"), 0o600))
	entries, err := os.ReadDir(filepath.Dir(path))
	must(t, err)
	if got := read(t, path); got != "second" || len(entries) != 1 {
		t.Errorf("text %q, %d files", got, len(entries))
	}
}

func TestWriteFileFollowsALink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real"), filepath.Join(dir, "link")
	write(t, real, "old")
	if err := os.Symlink(real, link); err != nil {
		t.Skip(err)
	}
	must(t, store.WriteFile(link, []byte("new"), 0o600))
	info, err := os.Lstat(link)
	must(t, err)
	if info.Mode()&os.ModeSymlink == 0 || read(t, real) != "new" {
		t.Errorf("link %v, real %q", info.Mode(), read(t, real))
	}
}

func TestWriteFileWritesToADeviceAsItIs(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no such devices")
	}
	must(t, store.WriteFile(os.DevNull, []byte("x"), 0o600))
	info, err := os.Stat(os.DevNull)
	must(t, err)
	if info.Mode().IsRegular() {
		t.Error("the device was replaced by a file")
	}
}

func TestWriteFileRefusesAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := store.WriteFile(dir, nil, 0o600); err == nil || !strings.Contains(err.Error(), dir+": is a folder") {
		t.Error(err)
	}
	missing := filepath.Join(dir, "none", "x")
	if err := store.WriteFile(missing, nil, 0o600); err == nil || !strings.Contains(err.Error(), missing) {
		t.Error(err)
	}
}
