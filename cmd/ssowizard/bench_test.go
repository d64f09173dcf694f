package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"example.com/ssowizard/tui/tuitest"
)

// median and the 99th percentile of times, in milliseconds.
func median(times []time.Duration) float64 { return percentile(times, 50) }

func percentile(times []time.Duration, p int) float64 {
	slices.Sort(times)
	return float64(times[min(len(times)*p/100, len(times)-1)].Microseconds()) / 1000
}

// BenchmarkStartToFirstFrame is the real program on a pseudo-terminal, from the
// start of the process until the first whole frame has been read.
func BenchmarkStartToFirstFrame(b *testing.B) {
	path, err := program()
	if err != nil {
		b.Fatal(err)
	}
	var times []time.Duration
	for b.Loop() {
		took, err := firstFrame(path, b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		times = append(times, took)
	}
	b.ReportMetric(median(times), "median-ms")
	b.ReportMetric(percentile(times, 99), "p99-ms")
}

func firstFrame(path, state string) (time.Duration, error) {
	cmd := exec.Command(path, "--state-dir", state)
	cmd.Env = append(clean(os.Environ()), "TERM=xterm-256color", "HOME="+state)
	master, slave, err := pty.Open()
	if err != nil {
		return 0, err
	}
	defer master.Close()
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		return 0, err
	}
	cmd.Stdin, cmd.Stderr = slave, slave
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	_ = slave.Close()
	var seen []byte
	buf := make([]byte, 16<<10)
	for !bytes.Contains(seen, []byte("help")) { // the last line of a frame
		n, err := master.Read(buf)
		if err != nil {
			return 0, fmt.Errorf("no frame: %w in %q", err, seen)
		}
		seen = append(seen, buf[:n]...)
	}
	took := time.Since(begun)
	if _, err := master.WriteString(tuitest.CtrlC); err != nil {
		return 0, err
	}
	go func() { // it writes until its end
		for {
			if _, err := master.Read(buf); err != nil {
				return
			}
		}
	}()
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	return took, nil
}

// BenchmarkWalkAmongManyPeople joins a sandbox of a hundred thousand people and
// searches them: milliseconds from a key to the first change of the screen, and
// the most memory that the process has held.
func BenchmarkWalkAmongManyPeople(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("memory is read from /proc")
	}
	state := b.TempDir()
	stop := bigSandbox(b, state)
	defer stop()
	for b.Loop() {
		_ = os.Remove(filepath.Join(state, "wizard-sandbox.json")) // what the walk before has left
		s := sit(b, state, "--sandbox")
		s.toWho()
		s.press(tuitest.Enter, tuitest.Enter, tuitest.Enter)
		s.see("Who may sign in with Okta?", "Contractors")
		s.press(tuitest.Tab)
		s.see("ana.lima@acme.example")
		s.press("/")
		s.see("search:")
		var times []time.Duration
		for range 5 {
			for _, key := range "person.0123" {
				before := s.Screen()
				begun := time.Now()
				s.press(string(key))
				s.Wait(b, "the key", func(screen string) bool { return screen != before })
				times = append(times, time.Since(begun))
			}
			s.press(tuitest.CtrlU)
			s.Wait(b, "an empty search", func(screen string) bool {
				return !strings.Contains(screen, "person.0") || strings.Contains(screen, "search: \n")
			})
		}
		s.press(tuitest.Esc)
		s.see("ana.lima@acme.example")
		for range 40 {
			s.press("\x1b[6~") // page down
		}
		time.Sleep(2 * time.Second) // a benchmark may: the pages that were asked for come in
		b.ReportMetric(median(times), "key-median-ms")
		b.ReportMetric(percentile(times, 99), "key-p99-ms")
		b.ReportMetric(memory(b, s.cmd.Process.Pid, "VmHWM"), "peak-MB")
		b.ReportMetric(memory(b, s.cmd.Process.Pid, "VmRSS"), "resident-MB")
		s.press(tuitest.CtrlC)
		s.exit()
	}
}

// memory is a line of the process's status, in megabytes.
func memory(b *testing.B, pid int, what string) float64 {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for _, line := range strings.Split(string(data), "\n") {
		if name, rest, _ := strings.Cut(line, ":"); name == what {
			kb, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				b.Fatal(err)
			}
			return float64(kb) / 1024
		}
	}
	b.Fatalf("no %s in %s", what, data)
	return 0
}

// bigSandbox runs a sandbox of a hundred thousand people in a process of its own.
func bigSandbox(b *testing.B, state string) (stop func()) {
	b.Helper()
	path, err := program()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(path, "sandbox", "--output", "json", "--users", "100000", "--rate-limit", "off", "--state-dir", state)
	cmd.Env = append(clean(os.Environ()), "HOME="+state)
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 64<<10)); err != nil {
		b.Fatal(err)
	}
	return func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}
}
