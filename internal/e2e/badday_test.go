package e2e_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
)

// otherMachine is a second admin's machine: the same org, another state folder.
func (w *world) otherMachine() *world {
	other := *w
	other.store = store.Open(w.t.TempDir())
	other.wire = &wire{world: &other}
	return &other
}

func ourApps(t *testing.T, core *plan.Core) []sso.App {
	t.Helper()
	apps, err := core.Okta.Apps(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var ours []sso.App
	for _, app := range apps {
		if _, ok := sso.FindMarker(app.AdminNote); ok {
			ours = append(ours, app)
		}
	}
	return ours
}

func TestASecondMachineFindsTheAppByItsMark(t *testing.T) {
	w := newWorld(t)
	core, _ := w.start("net2phone")
	if err := doSetup(w, core); err != nil {
		t.Fatal(err)
	}
	other := w.otherMachine()
	core, _ = other.start("net2phone")
	if err := doSetup(other, core); err != nil {
		t.Fatal(err)
	}
	for _, call := range other.wire.calls {
		if strings.HasPrefix(call, "POST 127.0.0.1:7001/api/v1/apps") || strings.HasPrefix(call, "PUT 127.0.0.1:7001/") {
			t.Errorf("the second machine writes: %s", call)
		}
	}
	if n := len(ourApps(t, core)); n != 1 {
		t.Errorf("%d apps", n)
	}
}

func TestTwoMachinesInTheSameMomentAreDetectedAndNamed(t *testing.T) {
	w := newWorld(t)
	other := w.otherMachine()
	slow, _ := other.start("net2phone")
	spec := wish("net2phone", "net2phone Sync")
	o, err := slow.Observe(context.Background(), spec) // before the first machine has done anything
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Make(spec, slow.Profile, o, slow.Diff)
	if err != nil {
		t.Fatal(err)
	}
	fast, _ := w.start("net2phone")
	if err := doSetup(w, fast); err != nil {
		t.Fatal(err)
	}
	if _, err := slow.Apply(context.Background(), p); err != nil {
		t.Logf("the slow machine: %v", err)
	}
	apps := ourApps(t, slow)
	if len(apps) != 2 {
		t.Fatalf("%d apps: the race that is to be detected did not happen", len(apps))
	}
	again, _ := w.start("net2phone")
	err = doSetup(w, again)
	if hint.CodeOf(err) != hint.Refused || !strings.Contains(err.Error(), apps[0].ID) || !strings.Contains(err.Error(), apps[1].ID) {
		t.Errorf("err = %v", err)
	}
}

func TestAMachineThatWaitedHalfAMinuteMakesNoSecondApp(t *testing.T) {
	w := newWorld(t)
	other := w.otherMachine()
	slow, _ := other.start("net2phone")
	spec := wish("net2phone", "net2phone Sync")
	o, err := slow.Observe(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Make(spec, slow.Profile, o, slow.Diff)
	if err != nil {
		t.Fatal(err)
	}
	fast, _ := w.start("net2phone")
	if err := doSetup(w, fast); err != nil {
		t.Fatal(err)
	}
	if err := w.clock.Sleep(context.Background(), 31*time.Second); err != nil { // the admin reads the plan
		t.Fatal(err)
	}
	_, _ = slow.Apply(context.Background(), p)
	if n := len(ourApps(t, slow)); n != 1 {
		t.Errorf("%d apps", n)
	}
}

func TestATokenThatDiesHalfWayStopsPartWayAndGoesOnWithANewOne(t *testing.T) {
	calls := ready(t, commands[0], "net2phone")
	core, _ := calls.start("net2phone")
	if err := doSetup(calls, core); err != nil {
		t.Fatal(err)
	}
	total, created := len(calls.wire.calls), 0
	for i, call := range calls.wire.calls {
		if call == "POST 127.0.0.1:7001/api/v1/apps" {
			created = i + 1
		}
	}
	for n := 1; n <= total; n++ {
		w := newWorld(t)
		core, _ := w.start("net2phone")
		w.wire.fault = func(call int, req *http.Request) fault {
			if call >= n && req.Header.Get("Authorization") != "" && req.URL.Scheme == "http" {
				return deadToken
			}
			return none
		}
		err := doSetup(w, core)
		if err == nil {
			continue // nothing after this call needed the token
		}
		want := hint.Partway
		if n <= created {
			want = hint.NotAllowed // before the first write has left anything
		}
		if got := hint.CodeOf(err); got != want {
			t.Errorf("token dies at call %d of %d: code %d, want %d: %v", n, total, got, want, err)
		}
		core, _ = w.start("net2phone")
		if err := doSetup(w, core); err != nil {
			t.Errorf("token dies at call %d: with a new one: %v", n, err)
		}
		if apps := ourApps(t, core); len(apps) != 1 {
			t.Errorf("token dies at call %d: %d apps", n, len(apps))
		}
	}
}
