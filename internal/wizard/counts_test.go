package wizard

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/tui"
)

// TestGroupsComeWithoutNumbersWhereCountingIsThrottled has an org whose counting
// is used up for a minute: the names come at once, and it is not asked again.
func TestGroupsComeWithoutNumbersWhereCountingIsThrottled(t *testing.T) {
	t.Parallel()
	var counted, plain atomic.Int64
	okta := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Query().Get("expand") == "stats" {
			counted.Add(1)
			w.Header().Set("X-Rate-Limit-Limit", "5")
			w.Header().Set("X-Rate-Limit-Remaining", "0")
			w.Header().Set("X-Rate-Limit-Reset", fmt.Sprint(time.Now().Unix()+50))
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprint(w, `{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit due to too many requests."}`)
			return
		}
		plain.Add(1)
		fmt.Fprint(w, `[{"id":"00g1","type":"OKTA_GROUP","profile":{"name":"Sales"}},{"id":"00g2","type":"BUILT_IN","profile":{"name":"Everyone"}}]`)
	}))
	t.Cleanup(okta.Close)
	dir := t.TempDir()
	empty := func(string) string { return "" }
	b := newBackend(app.Config{Getenv: empty, Home: dir, GOOS: "linux", StateDir: dir, Command: "test", Version: "test", OktaToken: secret.Source{Getenv: empty},
		SPToken: secret.Source{Getenv: empty}, TestPassword: secret.Source{Getenv: empty}}, os.Stderr)
	if _, err := b.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.close() })
	b.typed[okta.URL] = secret.New("00token")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for range 2 {
		page, err := b.Groups(ctx, okta.URL, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if want := (tui.Group{ID: "00g1", Name: "Sales", People: -1}); len(page.Groups) != 2 || page.Groups[0] != want || !page.Groups[1].Everyone {
			t.Errorf("groups %+v", page.Groups)
		}
	}
	if counted.Load() != 1 || plain.Load() != 2 {
		t.Errorf("%d calls with numbers and %d without, want 1 and 2", counted.Load(), plain.Load())
	}
	// After a while it is tried again, and given up before it is sent: the
	// limit is known to be used up still.
	b.counts.now = func() time.Time { return time.Now().Add(2 * withoutCounts) }
	if _, err := b.Groups(ctx, okta.URL, "", ""); err != nil {
		t.Fatal(err)
	}
	if counted.Load() != 1 || plain.Load() != 3 {
		t.Errorf("%d calls with numbers and %d without", counted.Load(), plain.Load())
	}
}
