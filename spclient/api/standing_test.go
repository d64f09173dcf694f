package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
)

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
