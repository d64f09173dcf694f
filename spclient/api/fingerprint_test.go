package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/certificate"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/spclient/api"
)

func TestAFingerprintIsNeverWrittenInPlaceOfItsCertificate(t *testing.T) {
	t.Parallel()
	held := map[string]any{"on": false}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			var body map[string]any
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			if pem, sent := body["pem"].(string); sent {
				if !strings.Contains(pem, "BEGIN CERTIFICATE") {
					t.Errorf("written as a certificate: %q", pem)
				}
				held["fingerprint"] = fingerprintOf(t, pem)
			}
			if url, sent := body["url"]; sent {
				held["url"] = url
			}
			held["on"] = body["on"]
		}
		writeJSON(w, http.StatusOK, held)
	}))
	t.Cleanup(server.Close)
	data, err := os.ReadFile("testdata/fingerprint.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := catalog.ParseProfile("fingerprint.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	d, err := api.New(api.Config{Profile: p, BaseURL: server.URL, Token: secret.New(token), Transport: http.DefaultTransport, Clock: newClock()})
	if err != nil {
		t.Fatal(err)
	}
	settings, other := wanted(t, p)
	before, err := d.Push(t.Context(), settings)
	if err != nil || !p.SettingsEqual("keys", settings[1].Value, before.Settings["keys"]) {
		t.Fatalf("%v, %v", before, err)
	}
	if err := d.SetEnabled(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Push(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	err = d.Restore(t.Context(), before)
	if hint.CodeOf(err) != hint.Waiting || !strings.Contains(err.Error(), "the former Keys cannot be brought back, because only its fingerprint is shown") {
		t.Errorf("%v", err)
	}
	if now, err := d.Read(t.Context()); err != nil || now.Settings["sso_url"] != settings[0].Value || now.Enabled {
		t.Errorf("%v, %v", now, err)
	}
}

func fingerprintOf(t *testing.T, text string) string {
	t.Helper()
	der, err := certificate.Parse([]byte(text))
	if err != nil {
		t.Error(err)
		return ""
	}
	sum, err := certificate.Render(der, certificate.FingerprintSHA256)
	if err != nil {
		t.Error(err)
	}
	return strings.ToLower(strings.ReplaceAll(sum, ":", ""))
}
