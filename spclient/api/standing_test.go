package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/spclient/api"
)

func TestSecondCallThatKeepsTheRestKeepsTheFirst(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/standing.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("turn_on: none", "turn_on: switch", "\n  answer: {", `
  enable:
    - {request: {method: PUT, path: /c, keep: true, body: {offered: true}}}
    - {request: {method: PUT, path: /c, keep: true, body: {required: true}}}
  disable: [{request: {method: PUT, path: /c, keep: true, body: {required: false, offered: false}}}]
  answer: {enabled: required, `).Replace(string(data))
	p, err := catalog.ParseProfile("standing.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]any{"url": "x", "offered": false, "required": false}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			held = nil
			if err := json.NewDecoder(r.Body).Decode(&held); err != nil {
				t.Error(err)
			}
		}
		writeJSON(w, http.StatusOK, held)
	}))
	t.Cleanup(server.Close)
	d, err := api.New(api.Config{Profile: p, BaseURL: server.URL, Token: secret.New(token), Transport: http.DefaultTransport, Clock: newClock()})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SetEnabled(t.Context(), true); err != nil || held["offered"] != true || held["required"] != true || held["url"] != "x" {
		t.Errorf("%v, %v", held, err)
	}
}

func TestWhatWasEmptyIsEmptyAgainAlsoWhereItHasToBeSaid(t *testing.T) {
	t.Parallel()
	first := map[string]any{"url": "", "issuer": nil, "keys": []any{}}
	held := maps.Clone(first)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			var body map[string]any
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			maps.Copy(held, body)
		}
		writeJSON(w, http.StatusOK, held)
	}))
	t.Cleanup(server.Close)
	b := newBench(t, "standing", server.URL, http.DefaultTransport)
	before, err := b.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings, _ := wanted(t, b.profile)
	if _, err := b.Push(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	if err := b.Restore(t.Context(), before); err != nil || fmt.Sprint(held) != fmt.Sprint(first) {
		t.Errorf("%v, want %v: %v", held, first, err)
	}
}
