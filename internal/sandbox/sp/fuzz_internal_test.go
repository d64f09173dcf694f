package sp

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/ssowizard/internal/sandbox/durable"
)

// Whatever is sent, the answer is Telnyx's own: a record or errors.
func FuzzTelnyxCreate(f *testing.F) {
	for _, body := range []string{
		`{"name":"Okta","short_name":"a","settings":{"idp_entity_id":"x","idp_sso_target_url":"https://x.example/","idp_cert_fingerprint":"` + strings.Repeat("ab", 20) + `"}}`,
		`{"settings":null,"settings_url":"https://x.example/"}`, `{"settings":{"idp_entity_id":null}}`, `[]`, `{"active":1}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		p, err := newProviders(Options{Log: durable.Memory()}, []description{telnyx()})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("POST", "https://api.telnyx.com/v2/authentication_providers", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+p.List()[0].APIToken)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		var answer struct {
			Data   *telnyxRecord
			Errors []telnyxError
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%d %q: %v", w.Code, w.Body, err)
		}
		if good := w.Code == 200; good != (answer.Data != nil) || good == (len(answer.Errors) > 0) || w.Code >= 500 {
			t.Errorf("%q: %d %s", body, w.Code, w.Body)
		}
	})
}
