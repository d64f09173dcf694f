package cli_test

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/tidwall/gjson"
)

// tripwire lets requests pass until the one that is counted down to: that one
// is held, before or after it is carried out, and so is everything behind it.
type tripwire struct {
	mu    sync.Mutex
	left  int
	after bool
	hit   chan struct{} // closed at the request counted down to; nil lets all pass
	gone  chan struct{} // closed when the run is dead
}

func (t *tripwire) set(n int, after bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left, t.after, t.hit, t.gone = n, after, make(chan struct{}), make(chan struct{})
}

// clear lets everything pass again, once the run is dead.
func (t *tripwire) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.gone)
	t.hit = nil
}

func (t *tripwire) pass(answer, carryOut func()) {
	t.mu.Lock()
	if t.hit == nil {
		t.mu.Unlock()
		answer()
		return
	}
	t.left--
	now, over, after, hit, gone := t.left == 0, t.left < 0, t.after, t.hit, t.gone
	t.mu.Unlock()
	switch {
	case now && after:
		carryOut()
		close(hit)
	case now:
		close(hit)
	case !over:
		answer()
		return
	}
	<-gone
	panic(http.ErrAbortHandler)
}

// sweep kills a set-up at each of its calls in turn, as a power cut would, and
// runs the same command again: sweep before|after ARGS…. It has to end well,
// with one app, and undo has to leave nothing.
func sweep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: sweep before|after COMMAND ARGS…")
	}
	for n := 1; ; n++ {
		if !killAt(ts, n, args[0] == "after", args[1:]) {
			if n < 8 {
				ts.Fatalf("the run has only %d calls; something is not counted", n-1)
			}
			ts.Logf("%d calls", n-1)
			return
		}
		runFor(ts, "0", withAccess(ts, append(args[1:len(args):len(args)], "--output", "json")))
		result(ts, false, []string{"ok=true", "tested=true", "enabled=true"})
		expectApps(ts, n, 1)
		runFor(ts, "0", withAccess(ts, []string{"undo", "net2phone", "--yes"}))
		expectApps(ts, n, 0)
	}
}

// killAt runs the command and kills it at its nth call; false when it has fewer.
func killAt(ts *testscript.TestScript, n int, after bool, args []string) bool {
	w := worldOf(ts)
	w.wire.set(n, after)
	begin(ts, false, args)
	c := w.child
	w.child = nil
	defer w.wire.clear()
	select {
	case <-w.wire.hit:
		ts.Check(c.cmd.Process.Kill())
		<-c.done
		return true
	case <-c.done:
		if c.err != nil {
			ts.Fatalf("an undisturbed run failed: %v\n%s", c.err, c.stderr.String())
		}
		return false
	case <-time.After(patience):
		ts.Fatalf("call %d does not come", n)
		return false
	}
}

// expectApps counts our apps in the org, and checks that the settings are there
// exactly when an app is.
func expectApps(ts *testscript.TestScript, n, want int) {
	b := worldOf(ts).box
	_, apps := ask(ts, "GET", b.info.Okta.OrgURL+"/api/v1/apps?limit=200", "SSWS "+b.info.Okta.APIToken, nil)
	ours := gjson.GetBytes(apps, `#(settings.notes.admin%"*ssowizard:1*")#`).Array()
	if len(ours) != want {
		ts.Fatalf("killed at call %d: %d apps of ours, want %d", n, len(ours), want)
	}
	sp := b.info.ServiceProviders["net2phone"]
	_, settings := ask(ts, "GET", sp.APIURL+"/sso-settings/v1/connection", "Bearer "+sp.APIToken, nil)
	if got := gjson.GetBytes(settings, "configured").Bool(); got != (want > 0) {
		ts.Fatalf("killed at call %s: configured is %t at the service provider", strconv.Itoa(n), got)
	}
}
