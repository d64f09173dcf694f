package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/plan"
)

// rotate runs one rotation of the connection that setup has made.
func rotate(tb testing.TB, stateDir string) plan.Rotated {
	tb.Helper()
	ctx := context.Background()
	a, err := app.Open(ctx, app.Config{Getenv: func(string) string { return "" }, Home: stateDir, GOOS: "linux", StateDir: stateDir, Sandbox: true})
	if err != nil {
		tb.Fatal(err)
	}
	defer a.Close()
	s, err := a.Existing(ctx, "net2phone", &ask.Answers{})
	if err != nil {
		tb.Fatal(err)
	}
	p, err := s.RotatePlan(ctx, app.KeyYears)
	if err != nil {
		tb.Fatal(err)
	}
	res, err := s.Core.Apply(ctx, p)
	if err != nil || res.Rotated == nil {
		tb.Fatalf("%+v, %v", res, err)
	}
	return *res.Rotated
}

// BenchmarkRotationGap counts the round trips between the moment in which a
// service provider that holds one certificate has the new one and the moment in
// which Okta signs with its key, and how long they take.
func BenchmarkRotationGap(b *testing.B) {
	for _, latency := range []time.Duration{0, 100 * time.Millisecond} {
		b.Run(fmt.Sprintf("latency=%s", latency), func(b *testing.B) {
			dir := b.TempDir()
			startSandbox(b, dir, latency)
			setup(b, dir)
			var last plan.Rotated
			for b.Loop() {
				last = rotate(b, dir)
			}
			b.ReportMetric(float64(last.GapCalls), "gap-calls")
			b.ReportMetric(float64(last.GapMS), "gap-ms")
		})
	}
}

func TestTheGapOfARotationIsOneRoundTrip(t *testing.T) {
	dir := t.TempDir()
	startSandbox(t, dir, 0)
	setup(t, dir)
	if got := rotate(t, dir).GapCalls; got != 1 {
		t.Errorf("%d calls", got)
	}
}
