package api_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"example.com/ssowizard/internal/sso"
)

// FuzzAnswer lets the other side answer anything: the driver neither panics nor
// goes on for ever, and no message repeats the token or steers a terminal.
func FuzzAnswer(f *testing.F) {
	f.Add(200, "application/json", "", `{"configured":true,"enabled":false,"settings":{"login_url":"x"},"service_provider":{}}`)
	f.Add(200, "application/json", `</x>; rel="next", <y>;rel=next`, `{"data":[{"id":"a","disabled":true,"login":{"short":"acme"}}],"meta":{"pages":9}}`)
	f.Add(422, "application/json", "", `{"error":{"message":"`+token+`","field":"/settings/login_url"},"errors":[{"detail":"\u001b[2J"}]}`)
	f.Add(429, "text/html", "", "<html>"+token)
	f.Add(302, "", "", "")
	f.Fuzz(func(t *testing.T, status int, kind, link, body string) {
		if status < 200 || status > 599 {
			return
		}
		requests := 0
		next := roundTrip(func(r *http.Request) (*http.Response, error) {
			if requests++; requests > 2100 {
				t.Fatal("no end")
			}
			header := http.Header{"Content-Type": {kind}, "Link": {link}, "Retry-After": {link}, "Location": {body}, "X-Request-Id": {body}}
			return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewBufferString(body)), Request: r}, nil
		})
		for _, name := range []string{"net2phone", "nested"} {
			b := newBench(t, name, "https://sso.example.com", next)
			state, err := b.Read(t.Context())
			for _, text := range state.Settings {
				if strings.ContainsFunc(text, func(r rune) bool { return r == '\x1b' || unicode.Is(unicode.Cf, r) }) {
					t.Errorf("setting %q", text)
				}
			}
			settings, _ := wanted(t, b.profile)
			_, pushErr := b.Push(t.Context(), settings)
			for _, err := range []error{err, pushErr, b.SetEnabled(t.Context(), true), b.Restore(t.Context(), sso.SPState{Readable: true})} {
				if err == nil {
					continue
				}
				if text := err.Error(); strings.Contains(text, token) || strings.ContainsFunc(text, unicode.IsControl) {
					t.Errorf("error %q", text)
				}
			}
		}
	})
}
