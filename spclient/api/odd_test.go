package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"example.com/ssowizard/spclient/sptest"
)

const oddType = "application/vnd.odd+json"

// odd serves the API that testdata/odd.yaml describes.
type odd struct {
	mu     sync.Mutex
	record map[string]any // nil: none
	// due is what has been accepted, and shows after as many reads as there are
	// entries before it.
	due  []func()
	keys []map[string]any
	next int
}

func (s *odd) serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(s.handle))
	t.Cleanup(server.Close)
	return server.URL
}

func (s *odd) handle(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	form := len(path) == 3 && r.Method == http.MethodPost
	switch kind := r.Header.Get("Content-Type"); {
	case r.Header.Get("X-Api-Key") != token || r.Header.Get("X-Odd-Tenant") != "acme":
		oddError(w, http.StatusUnauthorized, "key", "is wrong")
		return
	case r.Header.Get("Accept") != oddType || r.UserAgent() != "odd/1":
		oddError(w, http.StatusNotAcceptable, "accept", "is wrong")
		return
	case r.ContentLength > 0 && !form && kind != oddType, form && kind != "application/x-www-form-urlencoded":
		oddError(w, http.StatusUnsupportedMediaType, "type", "is wrong")
		return
	}
	var body map[string]any
	if !form && r.ContentLength > 0 && json.NewDecoder(r.Body).Decode(&body) != nil {
		oddError(w, http.StatusBadRequest, "body", "is no JSON")
		return
	}
	s.route(w, r, path, body)
}

func (s *odd) route(w http.ResponseWriter, r *http.Request, path []string, body map[string]any) {
	reads := r.Method == http.MethodGet || path[0] == "search"
	if reads && len(s.due) > 0 {
		s.due[0]()
		s.due = s.due[1:]
	}
	switch {
	case path[0] == "search" && s.record == nil:
		oddShow(w, map[string]any{"results": nil})
	case path[0] == "search":
		oddShow(w, map[string]any{"results": []any{map[string]any{"id": s.record["id"], "tenant": s.record["tenant"]}}})
	case len(path) == 1:
		s.create(w, body)
	case s.record == nil:
		oddError(w, http.StatusNotFound, "id", "is unknown")
	case len(path) > 2:
		s.trusted(w, r, path[3:])
	case r.Method == http.MethodPut:
		s.replace(w, body)
	case r.Method == http.MethodDelete:
		s.record, s.keys, s.due = nil, nil, nil
		w.WriteHeader(http.StatusNoContent)
	default:
		oddShow(w, s.record)
	}
}

func (s *odd) create(w http.ResponseWriter, body map[string]any) {
	s.next++
	body["id"], body["theme"], body["status"], body["invite"] = s.next, map[string]any{"colour": "teal"}, "OFF", 0
	s.record = body
	w.Header().Set("Location", fmt.Sprintf("/idps/%d", s.next))
	w.WriteHeader(http.StatusCreated)
}

// later shows only after another read has seen what was before.
func (s *odd) later(effect func()) { s.due = append(s.due, func() {}, effect) }

// replace takes the whole document or nothing, and tidies it in its own way.
func (s *odd) replace(w http.ResponseWriter, body map[string]any) {
	if _, whole := body["theme"]; !whole {
		oddError(w, http.StatusUnprocessableEntity, "theme", "is missing")
		return
	}
	if _, mixed := body["trusted"]; mixed {
		oddError(w, http.StatusUnprocessableEntity, "trusted", "is no part of it")
		return
	}
	if saml, ok := body["saml"].(map[string]any); ok {
		saml["url"] = oddURL(saml["url"].(string))
	}
	if note, ok := body["note"].(string); ok {
		body["note"] = strings.TrimRight(note, "\r\n") + "\r\n"
	}
	s.later(func() { s.record = body })
	w.WriteHeader(http.StatusAccepted)
}

// oddURL is the address as it is shown afterwards.
func oddURL(u string) string { return strings.ToUpper(u[:12]) + strings.TrimRight(u[12:], "/") + "/" }

func (s *odd) trusted(w http.ResponseWriter, r *http.Request, id []string) {
	switch r.Method {
	case http.MethodPost:
		s.next++
		added := map[string]any{"id": s.next, "x509": r.PostFormValue("x509")}
		s.later(func() { s.keys = append(s.keys, added) })
		w.WriteHeader(http.StatusAccepted)
	case http.MethodDelete:
		for i, key := range s.keys {
			if fmt.Sprint(key["id"]) == id[0] {
				s.keys = append(s.keys[:i:i], s.keys[i+1:]...)
				break
			}
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		oddShow(w, map[string]any{"data": s.keys})
	}
}

func (s *odd) change(id, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	record := maps.Clone(s.record)
	record["saml"] = map[string]any{"url": value, "issuer": record["saml"].(map[string]any)["issuer"]}
	s.record = record
}

func oddShow(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", oddType)
	_ = json.NewEncoder(w).Encode(body)
}

func oddError(w http.ResponseWriter, status int, field, text string) {
	w.Header().Set("Content-Type", oddType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": map[string]any{field: []string{text}}})
}

func TestAPIWithHabitsOfItsOwnConforms(t *testing.T) {
	t.Parallel()
	sptest.Run(t, func(t *testing.T) sptest.Subject {
		server := &odd{}
		b := newBench(t, "odd", server.serve(t), http.DefaultTransport)
		b.faults.Reads = func(r *http.Request) bool { return r.URL.Path == "/search" }
		return subject(t, b, server.change,
			func(words string) string { return `{"errors":{"url":[` + quote(words) + `]}}` })
	})
}

func TestWhatTheProfileDoesNotKnowIsKept(t *testing.T) {
	t.Parallel()
	server := &odd{}
	b := newBench(t, "odd", server.serve(t), http.DefaultTransport)
	settings, _ := wanted(t, b.profile)
	if _, err := b.Push(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	if err := b.SetEnabled(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if theme := fmt.Sprint(server.record["theme"]); theme != "map[colour:teal]" || server.record["status"] != "ACTIVE" {
		t.Errorf("%v", server.record)
	}
}

func TestASuccessThatSaysItFailedIsARefusal(t *testing.T) {
	t.Parallel()
	for body, says := range map[string]string{
		`{"ok":false,"errors":{"tenant":["is locked"]}}`: "POST /search answered 200 OK: is locked",
		`{"ok":true,"results":null}`:                     "",
		`{"results":[]}`:                                 "",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, http.StatusOK, body) }))
		t.Cleanup(server.Close)
		_, err := newBench(t, "odd", server.URL, http.DefaultTransport).Read(t.Context())
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", body, err)
		}
	}
}
