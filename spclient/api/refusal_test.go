package api_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/spclient/api"
	"example.com/ssowizard/spclient/sptest"
)

func TestRefusalsSayWhatToDo(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		status  int
		kind    string
		body    string
		code    hint.Code
		says    []string
		retries bool
	}{
		{"401", 401, "application/json", `{"error":{"code":"unauthorized","message":"Unknown token."}}`, hint.NotAllowed,
			[]string{"401 Unauthorized: Unknown token.", "the token from the test was refused", "whoever runs the settings API"}, false},
		{"401 without JSON", 401, "text/plain", "no", hint.NotAllowed, []string{"the token from the test was refused"}, false},
		{"403", 403, "application/json", `{"error":{"message":"Read only."}}`, hint.NotAllowed, []string{"Read only.", "may not do this"}, false},
		{"404", 404, "application/json", `{}`, hint.Failed, []string{"404 Not Found", "check --sp-api-url", "/sso-settings/v1/connection is added"}, false},
		{"404 page", 404, "text/html", "<html>", hint.Failed, []string{"the address answered a web page, not the settings API"}, false},
		{"page", 200, "text/html", "<!doctype html><title>Sign in</title>", hint.Failed, []string{"the address answered a web page, not the settings API", "check --sp-api-url"}, false},
		{"page that claims nothing", 200, "text/plain", "<html>", hint.Failed, []string{"web page"}, false},
		{"text", 200, "text/plain", "hello", hint.Failed, []string{"the answer is not JSON"}, false},
		{"other JSON", 200, "application/json", `{"hello":"world"}`, hint.Failed, []string{"the answer is not that of the settings API", "configured"}, false},
		{"JSON list", 200, "application/json", `[1]`, hint.Failed, []string{"the answer is not that of the settings API"}, false},
		{"empty", 200, "application/json", ``, hint.Failed, []string{"the answer is not that of the settings API"}, false},
		{"word for truth", 200, "application/json", `{"configured":"yes","enabled":true}`, hint.Failed, []string{"neither true nor false at configured"}, false},
		{"object for text", 200, "application/json", `{"configured":true,"enabled":true,"settings":{"login_url":{}}}`, hint.Failed, []string{"no text at settings.login_url"}, false},
		{"gateway page", 502, "text/html", "<html>", hint.Failed, []string{"502 Bad Gateway"}, true},
		{"503", 503, "application/json", `{"error":{"message":"Down."}}`, hint.Failed, []string{"503 Service Unavailable: Down."}, true},
		{"broken JSON", 200, "application/json", `{"configured":tr`, hint.Failed, []string{"broken JSON"}, true},
		{"501", 501, "application/json", `{}`, hint.Failed, []string{"501"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, server := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.kind)
				w.Header().Set("X-Request-Id", "req-\u202e77")
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			})
			_, err := b.Read(t.Context())
			if err == nil {
				t.Fatal("no error")
			}
			all := err.Error() + "\n" + strings.Join(hint.Hints(err), "\n")
			for _, part := range append(tt.says, "read the SSO settings at net2phone Sync") {
				if !strings.Contains(all, part) {
					t.Errorf("%q does not say %q", all, part)
				}
			}
			if id := hint.RequestID(err); id != "" && id != "req-77" {
				t.Errorf("request id %q", id)
			}
			if got := hint.CodeOf(err); got != tt.code {
				t.Errorf("code %d, want %d", got, tt.code)
			}
			want := 1
			if tt.retries {
				want = 4
			}
			if n := len(server.seen()); n != want || len(*b.waits) != want-1 {
				t.Errorf("%d requests, %d waits told, want %d requests", n, len(*b.waits), want)
			}
		})
	}
}

func TestJSONIsReadAlsoWhereItIsCalledText(t *testing.T) {
	t.Parallel()
	server := &reference{}
	b := newBench(t, "net2phone", server.serve(t), roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			resp.Header.Set("Content-Type", "text/plain; charset=utf-8")
		}
		return resp, err
	}))
	settings, _ := wanted(t, b.profile)
	if state, err := b.Push(t.Context(), settings); err != nil || !state.Configured {
		t.Errorf("%+v, %v", state, err)
	}
}

func TestRefusedValueNamesTheSettingByItsLabel(t *testing.T) {
	t.Parallel()
	server := &reference{}
	b := newBench(t, "net2phone", server.serve(t), http.DefaultTransport)
	settings, _ := wanted(t, b.profile)
	for i := range settings {
		if settings[i].ID == "public_certificate" {
			settings[i].Value = "nonsense"
		}
	}
	_, err := b.Push(t.Context(), settings)
	var refused *api.Error
	if !errors.As(err, &refused) {
		t.Fatal(err)
	}
	want := api.Error{Method: "PUT", Path: "/sso-settings/v1/connection", Status: 422, Code: "invalid_certificate",
		Message: "This is not a certificate.", Setting: "public_certificate", Label: "Public Certificate"}
	if diff := cmp.Diff(want, *refused); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(err.Error(), "Public Certificate: This is not a certificate.") || hint.RequestID(err) != "req-77" {
		t.Errorf("error %v, request id %q", err, hint.RequestID(err))
	}
}

func TestFieldOfAnErrorIsFoundByTableAndByPath(t *testing.T) {
	t.Parallel()
	for pointer, label := range map[string]string{"/saml/target": "SSO target", "/users/role": "Default Role", "/login/short": ""} {
		server := &nested{}
		b := newBench(t, "nested", server.serve(t), http.DefaultTransport)
		b.faults.Add(sptest.Fault{Status: 422, Body: `{"errors":[{"title":"no","source":{"pointer":` + quote(pointer) + `}}]}`})
		settings, _ := wanted(t, b.profile)
		_, err := b.Push(t.Context(), settings)
		var refused *api.Error
		if !errors.As(err, &refused) || refused.Label != label || refused.Message != "no" {
			t.Errorf("%s: %v", pointer, err)
		}
	}
}
