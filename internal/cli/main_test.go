package cli_test

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/ssowizard/internal/cli"
)

// TestMain makes the test binary double as the program: scripts run it as a
// process of its own, with real streams, signals, locks and exit codes.
func TestMain(m *testing.M) {
	// Scripts mostly wait for other processes; -parallel still decides.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"ssowizard": func() { os.Exit(program()) }})
}

// program is the program as cmd/ssowizard runs it: the first Ctrl-C ends the
// context with a cause that has an exit code.
func program() int {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		signal.Stop(signals)
		cancel(cli.ErrInterrupted)
	}()
	return cli.Run(ctx, os.Args[1:], cli.System())
}
