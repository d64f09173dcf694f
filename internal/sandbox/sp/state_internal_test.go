package sp

import (
	"encoding/json"
	"testing"
	"time"

	"example.com/ssowizard/internal/sandbox/durable"
)

// What has expired leaves the log with the next change, so that a sandbox that
// runs for weeks does not grow.
func TestExpiredRecordsAreRemoved(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	log := durable.Memory()
	p, err := newProviders(Options{Log: log, Now: func() time.Time { return now }}, []description{net2phone()})
	if err != nil {
		t.Fatal(err)
	}
	one := p.list[0]
	c := one.change()
	c.request(request{ID: "_1", ExpiresAt: now.Add(time.Minute)})
	c.see("a", sighting{ExpiresAt: now.Add(2 * time.Minute)})
	c.test(test{ID: "t", Key: "k", Status: pending, ExpiresAt: now.Add(time.Minute)})
	if err := c.commit(); err != nil {
		t.Fatal(err)
	}
	count := func(what string) int {
		n := 0
		_ = log.Each(one.kind(what), func(string, json.RawMessage) error { n++; return nil })
		return n
	}
	for _, step := range []struct {
		pass                  time.Duration
		requests, seen, tests int
	}{
		{time.Minute - 1, 1, 1, 1}, {1, 0, 1, 1}, {time.Minute, 0, 0, 1}, {testRetention, 0, 0, 0},
	} {
		now = now.Add(step.pass)
		if err := one.change().commit(); err != nil {
			t.Fatal(err)
		}
		if count("request") != step.requests || count("seen") != step.seen || count("test") != step.tests {
			t.Errorf("after %v more: %d requests, %d seen, %d tests; want %+v", step.pass, count("request"), count("seen"), count("test"), step)
		}
		if len(one.state.requests) != step.requests || len(one.state.seen) != step.seen || len(one.state.testKeys) != step.tests {
			t.Errorf("after %v more memory differs from the log", step.pass)
		}
	}
}
