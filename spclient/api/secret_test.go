package api_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sso"
)

func TestSecretGoesToTheServiceProviderAndNowhereElse(t *testing.T) {
	t.Parallel()
	const secretValue = "canary-secret-55"
	var bodies []string
	refuse := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case r.Method == http.MethodPut && refuse:
			jsonAnswer(w, http.StatusUnprocessableEntity, `{"message":`+quote("refused: "+string(body))+`}`)
		case r.Method == http.MethodPut:
			bodies = append(bodies, string(body))
			w.WriteHeader(http.StatusNoContent)
		case len(bodies) == 0:
			jsonAnswer(w, http.StatusNotFound, `{}`)
		default:
			jsonAnswer(w, http.StatusOK, `{"id":"0oa1","secret":"****"}`)
		}
	}))
	t.Cleanup(server.Close)
	b := newBench(t, "secret", server.URL, http.DefaultTransport)
	settings := []sso.SPSetting{{ID: "client_id", Value: "0oa1"}, {ID: "client_secret", Value: secretValue, Secret: true}}
	for range 2 { // nobody can tell whether the secret there is this one
		state, err := b.Push(t.Context(), settings)
		if err != nil {
			t.Fatal(err)
		}
		want := sso.SPState{Readable: true, Configured: true, Enabled: true, Settings: map[string]string{"client_id": "0oa1"},
			Offered: map[string]string{}, Options: map[string][]string{}}
		if diff := cmp.Diff(want, state); diff != "" {
			t.Error(diff)
		}
	}
	const want = `{"id":"0oa1","secret":"` + secretValue + `"}`
	if diff := cmp.Diff([]string{want, want}, bodies); diff != "" {
		t.Error(diff)
	}
	refuse = true
	_, err := b.Push(t.Context(), settings)
	if text := fmt.Sprintf("%v %+v %#v", err, err, b.Driver); err == nil || strings.Contains(text, secretValue) || strings.Contains(text, token) {
		t.Errorf("error %s", text)
	}
}
