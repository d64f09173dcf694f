package replay_test

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/ssowizard/internal/replay"
	"example.com/ssowizard/internal/sandbox/okta"
)

var keys = sync.OnceValue(func() []*rsa.PrivateKey {
	list := make([]*rsa.PrivateKey, 4)
	for i := range list {
		list[i], _ = rsa.GenerateKey(rand.Reader, 2048)
	}
	return list
})

// sandbox is a new org of the engine that a recording was made against.
func sandbox(t testing.TB, c replay.Cassette) replay.Org {
	t.Helper()
	var mu sync.Mutex
	now, made := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 0
	if at := c.Began(); !at.IsZero() {
		now = at.Add(-time.Hour)
	}
	org, err := okta.New(okta.Options{
		Engine: c.Engine(), RateLimit: "off", Users: 30, Groups: 8,
		Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return now
		},
		Key: func() (*rsa.PrivateKey, error) {
			mu.Lock()
			defer mu.Unlock()
			made++
			return keys()[made%4], nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return replay.Org{Handler: org, Base: "https://acme.okta.example", Token: org.APIToken(), SetTime: func(at time.Time) {
		mu.Lock()
		defer mu.Unlock()
		if at.After(now) {
			now = at
		}
	}}
}

// recordings are those of the folder that the environment names.
func recordings(t testing.TB) []replay.Cassette {
	t.Helper()
	folder := os.Getenv("SSOWIZARD_RECORDINGS")
	if folder == "" {
		t.Skip("SSOWIZARD_RECORDINGS names no folder of recordings of real Okta orgs")
	}
	list, err := replay.Folder(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatalf("there are no recordings below %s", folder)
	}
	return list
}

func acceptances(t testing.TB) *replay.Accepted {
	t.Helper()
	text, err := os.ReadFile("accepted.yaml")
	if err != nil {
		t.Fatal(err)
	}
	a, err := replay.ParseAccepted(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheSandboxAnswersAsRecorded(t *testing.T) {
	list := recordings(t)
	accepted := acceptances(t)
	var sum replay.Report
	for _, c := range list {
		sum.Add(replay.Run(c, sandbox(t, c), accepted))
	}
	groups := map[string][]replay.Difference{}
	for _, d := range sum.Failed {
		key := fmt.Sprintf("%s %s %s", d.Kind, d.On, d.Path)
		groups[key] = append(groups[key], d)
	}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		t.Errorf("%d × %s", len(groups[key]), groups[key][0])
	}
	for _, a := range accepted.Unused() {
		// Another folder of recordings need not show every one of them.
		t.Logf("nothing needs the acceptance %s %s %s (%s)", a.Kind, a.On, a.Path, a.Why)
	}
	t.Log(summary(len(list), sum, accepted))
}

// summary is what the documentation quotes.
func summary(files int, r replay.Report, accepted *replay.Accepted) string {
	var b strings.Builder
	skipped := 0
	for _, n := range r.Skipped {
		skipped += n
	}
	fmt.Fprintf(&b, "%d recordings: %d requests sent, %d skipped, %d bodies compared, %d differences accepted, %d failed\n",
		files, r.Sent, skipped, r.Compared, r.Accepted, len(r.Failed))
	for _, why := range slices.Sorted(maps.Keys(r.Skipped)) {
		fmt.Fprintf(&b, "skipped %5d %s\n", r.Skipped[why], why)
	}
	for a, n := range accepted.Uses {
		fmt.Fprintf(&b, "accepted %4d %s %s %s: %s\n", n, a.Kind, a.On, a.Path, a.Why)
	}
	return b.String()
}
