package cli_test

import (
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// begin starts a run beside the script, with the access flags of production
// unless it is for the sandbox. Its standard input stays open and silent.
func begin(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	if neg || len(args) == 0 || w.child != nil {
		ts.Fatalf("usage: begin COMMAND ARGS…, one at a time")
	}
	if !slices.Contains(args, "--sandbox") {
		args = withAccess(ts, args)
	}
	c := command(ts, args)
	c.out = &strings.Builder{}
	c.cmd.Stdout = c.out
	in, err := c.cmd.StdinPipe()
	ts.Check(err)
	ts.Defer(func() { _ = in.Close() })
	ts.Check(c.cmd.Start())
	go func() { c.err = c.cmd.Wait(); close(c.done) }()
	ts.Defer(func() { c.stop() })
	w.child = c
}

// held waits until a front holds a request.
func held(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	if neg || len(args) != 0 || len(w.fronts) == 0 {
		ts.Fatalf("usage: held, after front")
	}
	var ended <-chan struct{}
	if w.child != nil {
		ended = w.child.done
	}
	select {
	case <-w.fronts[len(w.fronts)-1].holding:
	case <-ended:
		ts.Fatalf("the run ended before its request was held:\n%s%s", w.child.out, w.child.stderr.String())
	case <-time.After(patience):
		ts.Fatalf("no request was held")
	}
}

// await waits until a file is there: await FILE.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await FILE")
	}
	for end := time.Now().Add(patience); ; {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("%s does not appear", args[0])
		}
		runtime.Gosched()
	}
}

// interrupt is Ctrl-C for the run beside the script.
func interrupt(ts *testscript.TestScript, _ bool, _ []string) {
	c := worldOf(ts).child
	if c == nil {
		ts.Fatalf("nothing runs; use begin")
	}
	ts.Check(c.cmd.Process.Signal(os.Interrupt))
}

// ended waits for the run beside the script and checks its exit code.
func ended(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	if neg || len(args) != 1 || w.child == nil {
		ts.Fatalf("usage: ended CODE, after begin")
	}
	c := w.child
	select {
	case <-c.done:
	case <-time.After(patience):
		ts.Fatalf("the run does not end")
	}
	w.child = nil
	_, err := ts.Stdout().Write([]byte(c.out.String()))
	ts.Check(err)
	_, err = ts.Stderr().Write([]byte(c.stderr.String()))
	ts.Check(err)
	if got := exitCode(ts, c.err); strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s\n%s%s", got, args[0], c.out, c.stderr.String())
	}
}
