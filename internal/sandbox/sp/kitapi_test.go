package sp_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"example.com/ssowizard/internal/sandbox/sp/samlrp/samltest"
)

// call makes a call of the settings API.
func (w *world) call(method, path, body string) (int, map[string]any) {
	w.t.Helper()
	return w.callAt(apiURL, w.token, method, path, body)
}

// callAt makes a call of any provider's API.
func (w *world) callAt(base, token, method, path, body string) (int, map[string]any) {
	w.t.Helper()
	r, err := http.NewRequest(method, base+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return w.send(r)
}

func (w *world) send(r *http.Request) (int, map[string]any) {
	w.t.Helper()
	res, err := w.RoundTrip(r)
	if err != nil {
		w.t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	var got map[string]any
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &got); err != nil {
			w.t.Fatalf("%s %s answered %q", r.Method, r.URL, raw)
		}
		if kind := res.Header.Get("Content-Type"); kind != "application/json" {
			w.t.Errorf("%s %s: Content-Type %q", r.Method, r.URL, kind)
		}
	}
	return res.StatusCode, got
}

// configure saves good settings, and turns SSO on when asked.
func (w *world) configure(enabled bool) {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"settings": map[string]string{
		"login_url": loginURL, "entity_id": "n2p", "public_certificate": samltest.First().PEM(),
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	if status, got := w.call("PUT", "/connection", string(body)); status != 200 {
		w.t.Fatalf("configure: %d %v", status, got)
	}
	if !enabled {
		return
	}
	if status, got := w.call("PUT", "/connection/enabled", `{"enabled":true}`); status != 200 {
		w.t.Fatalf("enable: %d %v", status, got)
	}
}
