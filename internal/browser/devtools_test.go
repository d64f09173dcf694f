package browser_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/ssowizard/internal/browser"
	"example.com/ssowizard/internal/browser/browsertest"
)

func TestDrivenBrowserEndsWithItsPipe(t *testing.T) {
	program := browsertest.Program(t)
	t.Setenv("TMPDIR", t.TempDir())
	requests := make(chan string, 10)
	org := httptest.NewServer(seen(requests, "<title>reached</title>"))
	defer org.Close()
	b, err := browser.Start(t.Context(), browser.Options{Program: program, Headless: true, Drive: true, Direct: []string{"127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	d := b.DevTools()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var page struct {
		TargetID string `json:"targetId"`
	}
	if err := d.Call(ctx, "", "Target.createTarget", map[string]any{"url": org.URL + "/here"}, &page); err != nil || page.TargetID == "" {
		t.Fatal(page, err)
	}
	if err := d.Call(ctx, "", "Target.attachToTarget", map[string]any{"targetId": page.TargetID, "flatten": true}, nil); err != nil {
		t.Fatal(err)
	}
	for e := range d.Events() {
		var told struct {
			Session string `json:"sessionId"`
		}
		if e.Method == "Target.attachedToTarget" && json.Unmarshal(e.Params, &told) == nil && told.Session != "" {
			break
		}
	}
	waitFor(t, requests, "/here")
	if err := d.Call(ctx, "", "No.such", nil, nil); err == nil || errors.Is(err, browser.ErrGone) || !strings.HasPrefix(err.Error(), "No.such: ") {
		t.Errorf("%v", err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if err := d.Call(ctx, "", "Browser.getVersion", nil, nil); !errors.Is(err, browser.ErrGone) {
		t.Errorf("after the end: %v", err)
	}
	for range d.Events() { //nolint:revive // they come to an end
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "ssowizard-browser-*")); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

func TestCallsEndWhenTheBrowserDoes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the browser here is a shell script")
	}
	program := filepath.Join(t.TempDir(), "deaf")
	// It tells one thing, hears one thing and ends without an answer.
	script := "#!/bin/sh\nprintf '{\"method\":\"Some.event\"}\\0not JSON\\0{\"id\":99,\"result\":{}}\\0' >&4\nhead -c 5 <&3 >/dev/null\n"
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	b, err := browser.Start(t.Context(), browser.Options{Program: program, Drive: true})
	if err != nil {
		t.Fatal(err)
	}
	if e := <-b.DevTools().Events(); e.Method != "Some.event" {
		t.Errorf("%+v", e)
	}
	if err := b.DevTools().Call(t.Context(), "", "Any.call", nil, nil); !errors.Is(err, browser.ErrGone) {
		t.Errorf("%v", err)
	}
	if _, more := <-b.DevTools().Events(); more {
		t.Error("an event after the end")
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}
