package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sandbox"
	"example.com/ssowizard/internal/sso"
)

// traffic collects the redacted trace of a run.
type traffic struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *traffic) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

type request struct {
	Time       time.Time `json:"time"`
	Host       string    `json:"host"`
	Method     string    `json:"method"`
	Path       string    `json:"path"`
	DurationMS float64   `json:"duration_ms"`
}

func (r request) end() time.Time {
	return r.Time.Add(time.Duration(r.DurationMS * float64(time.Millisecond)))
}

// okta gives the requests that went to the org, in order of their start.
func (t *traffic) okta(tb testing.TB, org string) []request {
	tb.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []request
	for _, line := range strings.Split(strings.TrimSpace(t.b.String()), "\n") {
		var r request
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			tb.Fatalf("trace line %q: %v", line, err)
		}
		if strings.HasSuffix(org, "//"+r.Host) {
			out = append(out, r)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Time.Before(out[j].Time) })
	return out
}

// chain is the length of the longest sequence of requests each of which began
// after the one before had ended.
func chain(list []request) int {
	longest := make([]int, len(list))
	best := 0
	for i := range list {
		longest[i] = 1
		for j := range i {
			if !list[j].end().After(list[i].Time) {
				longest[i] = max(longest[i], longest[j]+1)
			}
		}
		best = max(best, longest[i])
	}
	return best
}

func underApps(list []request) int {
	n := 0
	for _, r := range list {
		if strings.HasPrefix(r.Path, "/api/v1/apps") {
			n++
		}
	}
	return n
}

// setup runs one set-up of one group without a test and gives what went to Okta.
func setup(tb testing.TB, stateDir string) []request {
	tb.Helper()
	ctx := context.Background()
	log := &traffic{}
	a, err := app.Open(ctx, app.Config{Getenv: func(string) string { return "" }, Home: stateDir, GOOS: "linux",
		StateDir: stateDir, Sandbox: true, Debug: log})
	if err != nil {
		tb.Fatal(err)
	}
	defer a.Close()
	answers := &ask.Answers{}
	for id, value := range map[ask.ID]string{ask.SP: "net2phone", ask.Groups: "Support EMEA", ask.Test: string(sso.TestNone)} {
		if err := answers.Set(id, ask.FromFlag, value); err != nil {
			tb.Fatal(err)
		}
	}
	s, err := a.Session(ctx, answers)
	if err != nil {
		tb.Fatal(err)
	}
	observed, err := s.Core.Observe(ctx, s.Spec)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := plan.Make(s.Spec, s.Profile, observed, s.Core.Diff)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := s.Core.Apply(ctx, p); err != nil {
		tb.Fatal(err)
	}
	return log.okta(tb, s.OrgURL)
}

func startSandbox(tb testing.TB, stateDir string, latency time.Duration) {
	tb.Helper()
	s, err := sandbox.Start(context.Background(), sandbox.Options{Dir: app.SandboxDir(stateDir), Publish: true, RateLimit: "off", Latency: latency})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
}

func TestSetupStaysWithinItsCallsToOkta(t *testing.T) {
	dir := t.TempDir()
	startSandbox(t, dir, 0)
	first, second := setup(t, dir), setup(t, dir)
	if len(first) > 7 || underApps(first) > 4 {
		t.Errorf("first run: %d calls, %d under /apps: %v", len(first), underApps(first), first)
	}
	if len(second) > 5 {
		t.Errorf("second run: %d calls: %v", len(second), second)
	}
	for _, r := range second {
		if r.Method != "GET" {
			t.Errorf("second run writes: %s %s", r.Method, r.Path)
		}
	}
}

// BenchmarkSetup counts the calls to Okta of a set-up of one group without a
// test, how many of them are under /apps, and the longest chain of calls that
// wait for each other. The chain is exact at 100 ms, where calls that run side
// by side overlap for sure.
func BenchmarkSetup(b *testing.B) {
	for _, latency := range []time.Duration{0, 100 * time.Millisecond} {
		for _, which := range []string{"first", "second"} {
			b.Run(fmt.Sprintf("%s/latency=%s", which, latency), func(b *testing.B) {
				var calls, apps, longest int
				for b.Loop() {
					b.StopTimer()
					dir := b.TempDir()
					s, err := sandbox.Start(context.Background(), sandbox.Options{Dir: app.SandboxDir(dir), Publish: true, RateLimit: "off", Latency: latency})
					if err != nil {
						b.Fatal(err)
					}
					if which == "second" {
						setup(b, dir)
					}
					b.StartTimer()
					list := setup(b, dir)
					b.StopTimer()
					calls, apps, longest = len(list), underApps(list), chain(list)
					_ = s.Close()
					b.StartTimer()
				}
				b.ReportMetric(float64(calls), "okta-calls")
				b.ReportMetric(float64(apps), "apps-calls")
				b.ReportMetric(float64(longest), "chain")
			})
		}
	}
}
