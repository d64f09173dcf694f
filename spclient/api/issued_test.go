package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// issued serves the API that testdata/issued.yaml describes. It says nothing but
// a word about what it has done, and takes a record away a read later.
type issued struct {
	t    *testing.T
	mu   sync.Mutex
	made bool
	keys []map[string]string
	next int
	// leaves counts the reads that still see a record that was taken away; a
	// negative number is for ever.
	leaves, lasts int
}

func (s *issued) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodGet {
		s.show(w, r)
		return
	}
	var body map[string]string
	if r.Method == http.MethodPost && json.NewDecoder(r.Body).Decode(&body) != nil {
		s.t.Errorf("%s %s has no body", r.Method, r.URL)
	}
	id, isKey := strings.CutPrefix(r.URL.Path, "/c/keys")
	status := http.StatusOK
	switch {
	case r.Method == http.MethodPost && isKey:
		s.next++
		s.keys = append(s.keys, map[string]string{"id": fmt.Sprint(s.next), "sha256": fingerprintOf(s.t, body["pem"])})
	case r.Method == http.MethodPost:
		s.made = true
	case isKey:
		s.keys = slices.DeleteFunc(s.keys, func(k map[string]string) bool { return "/"+k["id"] == id })
	default:
		s.leaves, status = s.lasts, http.StatusAccepted
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte("Accepted"))
}

// show has no list of certificates as long as there is none.
func (s *issued) show(w http.ResponseWriter, r *http.Request) {
	keys := r.URL.Path != "/c"
	if !keys {
		s.leaves--
	}
	if s.leaves == 0 {
		s.made, s.keys = false, nil
	}
	switch {
	case !s.made, keys && len(s.keys) == 0:
		w.WriteHeader(http.StatusNotFound)
	case keys:
		writeJSON(w, http.StatusOK, s.keys)
	default:
		writeJSON(w, http.StatusOK, map[string]any{"region": "eu"})
	}
}

func (s *issued) bench(t *testing.T) bench {
	t.Helper()
	s.t = t
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return newBench(t, "issued", server.URL, http.DefaultTransport)
}

// holding pushes certificates.
func holding(t *testing.T, b bench, keys ...string) sso.SPState {
	t.Helper()
	state, err := b.Push(t.Context(), []sso.SPSetting{{ID: "region", Value: "eu"}, {ID: "keys", Value: strings.Join(keys, "")}})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(catalog.EachCertificate(state.Settings["keys"])); got != len(keys) {
		t.Fatalf("%d certificates are held, want %d", got, len(keys))
	}
	return state
}

// keysOf are the texts of two certificates.
func keysOf(t *testing.T, b bench) (one, other string) {
	t.Helper()
	settings, others := wanted(t, b.profile)
	return settings[1].Value, others[1].Value
}

func TestCertificatesAreExchangedWhereNothingElseCanChange(t *testing.T) {
	t.Parallel()
	b := (&issued{}).bench(t)
	one, other := keysOf(t, b)
	holding(t, b, one)
	holding(t, b, one, other)
	state := holding(t, b, other)
	if !b.profile.SettingsEqual("keys", state.Settings["keys"], other) {
		t.Errorf("%v", state.Settings)
	}
}

func TestACertificateThatIsHeldTwiceGoesOnce(t *testing.T) {
	t.Parallel()
	s := &issued{}
	b := s.bench(t)
	one, _ := keysOf(t, b)
	holding(t, b, one)
	s.keys = append(s.keys, map[string]string{"id": "again", "sha256": s.keys[0]["sha256"]})
	if _, err := b.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	holding(t, b, one)
}

func TestACertificateThatIsStillHeldIsNotLost(t *testing.T) {
	t.Parallel()
	b := (&issued{}).bench(t)
	one, other := keysOf(t, b)
	before := holding(t, b, one)
	holding(t, b, one, other)
	if err := b.Restore(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	if now, err := b.Read(t.Context()); err != nil || now.Settings["keys"] != before.Settings["keys"] {
		t.Errorf("%v, %v", now, err)
	}
}

func TestOursGoesAlsoWhereTheFormerCertificateIsLost(t *testing.T) {
	t.Parallel()
	b := (&issued{}).bench(t)
	one, other := keysOf(t, b)
	before := holding(t, b, one)
	holding(t, b, other)
	if err := b.Restore(t.Context(), before); hint.CodeOf(err) != hint.Waiting || !strings.Contains(err.Error(), "the former Keys cannot be brought back") {
		t.Errorf("%v", err)
	}
	if now, err := b.Read(t.Context()); err != nil || now.Settings["keys"] != "" {
		t.Errorf("%v, %v", now, err)
	}
}

func TestClearingThatIsOnlyAcceptedIsWaitedFor(t *testing.T) {
	t.Parallel()
	for lasts, says := range map[int]string{2: "", -1: "half a minute later the settings are still there"} {
		s := &issued{lasts: lasts}
		b := s.bench(t)
		before, err := b.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		one, _ := keysOf(t, b)
		holding(t, b, one)
		err = b.Restore(t.Context(), before)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("lasts %d: %v", lasts, err)
		}
		if s.made != (says != "") {
			t.Errorf("lasts %d: still there %v", lasts, s.made)
		}
	}
}
