package sandbox_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sandbox"
)

func TestSharedSandboxIsJoined(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := spawn(t, "shared", dir)
	want := p.info(t)
	got, err := sandbox.Join(t.Context(), dir)
	must(t, err)
	if got == nil {
		t.Fatal("nothing to join")
	}
	if d := cmp.Diff(want, *got); d != "" {
		t.Error(d)
	}
	_, err = sandbox.StartWith(t.Context(), sandbox.Options{Dir: dir}, (&parts{}).makers())
	e := as[*sandbox.HeldError](t, err)
	if e.PID != p.cmd.Process.Pid || e.Command != "ssowizard shared" || e.OrgURL != want.Okta.OrgURL || e.Dir != dir {
		t.Errorf("%+v", e)
	}
	as[*sandbox.HeldError](t, sandbox.Reset(dir))
	if code, _ := get(t, http.DefaultClient, want.Okta.OrgURL+"/", ""); code != http.StatusOK {
		t.Errorf("after a refused reset: %d", code)
	}

	p.kill() // as kill -9: what it published stays
	if _, err := os.Stat(filepath.Join(dir, "running.json")); err != nil {
		t.Fatal(err)
	}
	if got, err := sandbox.Join(t.Context(), dir); got != nil || err != nil {
		t.Errorf("joined a dead one: %v, %v", got, err)
	}
	if again := start(t, sandbox.Options{Dir: dir}).Info(); again.Okta.OrgURL != want.Okta.OrgURL || again.Okta.APIToken != want.Okta.APIToken {
		t.Errorf("after the kill: %+v", again.Okta)
	}
}

func TestPrivateSandboxIsHeldAndNotJoined(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := spawn(t, "private", dir)
	p.info(t)
	if got, err := sandbox.Join(t.Context(), dir); got != nil || err != nil {
		t.Errorf("joined: %v, %v", got, err)
	}
	_, err := sandbox.StartWith(t.Context(), sandbox.Options{Dir: dir}, (&parts{}).makers())
	if e := as[*sandbox.HeldError](t, err); e.OrgURL != "" || e.Command != "ssowizard private" {
		t.Errorf("%+v", e)
	}
	must(t, p.in.Close()) // it ends of itself
	must(t, p.cmd.Wait())
	start(t, sandbox.Options{Dir: dir})
}

func TestJoinWaitsForASandboxThatIsStarting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := spawn(t, "slow", dir)
	if p.line(t) != "starting\n" {
		t.Fatal("not starting")
	}
	joined := make(chan *sandbox.Info, 1)
	go func() {
		info, err := sandbox.Join(context.Background(), dir)
		if err != nil {
			t.Error(err)
		}
		joined <- info
	}()
	_, err := p.in.Write([]byte("go\n"))
	must(t, err)
	want := p.info(t)
	if got := <-joined; got == nil || got.Okta.OrgURL != want.Okta.OrgURL {
		t.Errorf("joined %v, want %v", got, want.Okta)
	}
}

func TestNothingRunsInAnEmptyFolder(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), "none")} {
		if got, err := sandbox.Join(t.Context(), dir); got != nil || err != nil {
			t.Errorf("%v, %v", got, err)
		}
		must(t, sandbox.Reset(dir))
	}
}

func TestInterruptedJoinIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := spawn(t, "slow", dir)
	p.line(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := sandbox.Join(ctx, dir); got != nil || err == nil {
		t.Errorf("%v, %v", got, err)
	}
}

// A program that took the address of a sandbox that was killed may know the
// instance id, which anybody on the machine could ask for, but not the key.
func TestStrangerAtThePublishedAddressIsNotJoined(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := spawn(t, "shared", dir)
	info := p.info(t)
	resp, err := http.Get(info.Okta.OrgURL + "/.sandbox/instance")
	must(t, err)
	var known map[string]any
	must(t, json.NewDecoder(resp.Body).Decode(&known))
	must(t, resp.Body.Close())
	if known["id"] == "" || len(known) != 2 { // and the version
		t.Fatalf("instance: %v", known)
	}
	p.kill()

	var asked atomic.Int32
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("Authorization") != "" || strings.Contains(r.URL.RawQuery, info.Okta.APIToken) {
			t.Error("the stranger was sent a token")
		}
		known["proof"] = strings.Repeat("0", 64)
		_ = json.NewEncoder(w).Encode(known)
	}))
	defer stranger.Close()
	path := filepath.Join(dir, "running.json")
	data, err := os.ReadFile(path)
	must(t, err)
	data = []byte(strings.ReplaceAll(string(data), info.Okta.OrgURL, stranger.URL))
	must(t, os.WriteFile(path, data, 0o600))
	if got, err := sandbox.Join(t.Context(), dir); got != nil || err != nil {
		t.Errorf("joined: %v, %v", got, err)
	}
	if asked.Load() == 0 {
		t.Error("the stranger was not even asked")
	}
}

// The address that means every interface reaches this machine too, and here
// even somebody who knows the key answers at it.
func TestJoinAsksLoopbackAddressesOnly(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m := hmac.New(sha256.New, []byte("key"))
		m.Write([]byte(r.URL.Query().Get("challenge")))
		_ = json.NewEncoder(w).Encode(map[string]string{"id": "a", "proof": hex.EncodeToString(m.Sum(nil))})
	}))
	defer srv.Close()
	port := srv.URL[strings.LastIndexByte(srv.URL, ':'):]
	for host, joins := range map[string]bool{"http://127.0.0.1": true, "http://0.0.0.0": false} {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "running.json"),
			[]byte(`{"instance":"a","key":"key","info":{"okta":{"org_url":"`+host+port+`"}}}`), 0o600))
		if got, err := sandbox.Join(t.Context(), dir); (got != nil) != joins || err != nil {
			t.Errorf("%s: %v, %v", host, got, err)
		}
	}
}

func TestResetMakesANewOrg(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, sandbox.Options{Dir: dir, Users: 500})
	before := s.Info()
	must(t, s.Close())
	must(t, sandbox.Reset(dir))
	left, err := os.ReadDir(dir)
	must(t, err)
	if len(left) != 1 || left[0].Name() != "lock" {
		t.Errorf("left: %v", left)
	}
	after := start(t, sandbox.Options{Dir: dir, Users: 100}).Info()
	if after.Okta.APIToken == before.Okta.APIToken || after.ServiceProviders["net2phone"].APIToken == before.ServiceProviders["net2phone"].APIToken {
		t.Error("tokens survived the reset")
	}
}

func TestBrokenFilesAreNamed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"kept.json", "authority-key.pem", "authority.pem", "okta.records"} {
		dir := t.TempDir()
		must(t, start(t, sandbox.Options{Dir: dir}).Close())
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, []byte("broken\n"), 0o600))
		_, err := sandbox.StartWith(t.Context(), sandbox.Options{Dir: dir}, (&parts{}).makers())
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
