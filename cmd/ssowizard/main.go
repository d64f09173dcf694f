// The ssowizard program: streams and signals go in, an exit code comes out.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"example.com/ssowizard/internal/cli"
	"example.com/ssowizard/internal/wizard"
)

func main() {
	ctx, stop := withSignals(context.Background())
	streams := cli.System()
	streams.Wizard = wizard.New(os.Stdin, os.Stderr, streams.Width)
	code := cli.Run(ctx, os.Args[1:], streams)
	stop()
	os.Exit(code)
}

// withSignals ends the context at the first Ctrl-C, with a cause that carries
// its exit code. The second one ends the process as usual.
func withSignals(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		select {
		case <-signals:
			signal.Stop(signals)
			cancel(cli.ErrInterrupted)
		case <-done:
		}
	}()
	return ctx, func() { close(done); signal.Stop(signals); cancel(nil) }
}
