package api_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// nested serves the API that testdata/nested.yaml describes.
type nested struct {
	mu      sync.Mutex
	records []map[string]any
	nextID  int
}

func (s *nested) serve(t *testing.T) string {
	t.Helper()
	// Others, so that the record is found on the last of several pages.
	for _, short := range []string{"one", "two", "three", "four"} {
		s.add(map[string]any{"disabled": false, "login": map[string]any{"short": short}})
	}
	server := httptest.NewServer(http.HandlerFunc(s.handle))
	t.Cleanup(server.Close)
	return server.URL + "/v9"
}

func (s *nested) add(record map[string]any) map[string]any {
	s.nextID++
	record["id"] = fmt.Sprintf("id %d/x", s.nextID) // wants escaping
	s.records = append(s.records, record)
	return record
}

func (s *nested) handle(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("X-Api-Key") != "Key "+base64.StdEncoding.EncodeToString([]byte(token)) {
		nestedError(w, http.StatusUnauthorized, "10009", "Authentication failed", "")
		return
	}
	var body map[string]any
	if r.Method != http.MethodGet && r.Method != http.MethodDelete {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			nestedError(w, http.StatusBadRequest, "10015", "Bad Request", "")
			return
		}
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/v9/idps"), "/")
	if len(parts) == 1 {
		s.collection(w, r, body)
		return
	}
	record := s.byEscapedID(parts[1])
	switch {
	case record == nil:
		nestedError(w, http.StatusNotFound, "10005", "Resource not found", "")
	case len(parts) == 3:
		value := body["values"].([]any)[0]
		record["saml"].(map[string]any)["certificates"] = []any{map[string]any{"value": strings.ToLower(value.(string))}}
		w.WriteHeader(http.StatusAccepted)
	case r.Method == http.MethodPatch:
		merge(record, body)
		show(w, record)
	case r.Method == http.MethodDelete:
		for i := range s.records {
			if s.records[i]["id"] == record["id"] {
				s.records = append(s.records[:i], s.records[i+1:]...)
				break
			}
		}
		show(w, record)
	default:
		show(w, record)
	}
}

func (s *nested) collection(w http.ResponseWriter, r *http.Request, body map[string]any) {
	if r.Method == http.MethodPost {
		if short := body["login"].(map[string]any)["short"]; s.byShort(short) != nil {
			nestedError(w, http.StatusUnprocessableEntity, "10015", "short is taken", "/login/short")
			return
		}
		body["users"].(map[string]any)["roles"] = []string{"member", "admin"}
		body["saml"].(map[string]any)["acs"] = "https://api.nested.example/saml/acme"
		show(w, s.add(body))
		return
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
	size, _ := strconv.Atoi(r.URL.Query().Get("page[size]"))
	from, to := min((page-1)*size, len(s.records)), min(page*size, len(s.records))
	writeJSON(w, http.StatusOK, map[string]any{"data": s.records[from:to],
		"meta": map[string]any{"pages": (len(s.records) + size - 1) / size}})
}

func (s *nested) byEscapedID(id string) map[string]any {
	for _, r := range s.records {
		if strings.ReplaceAll(strings.ReplaceAll(r["id"].(string), " ", "%20"), "/", "%2F") == id {
			return r
		}
	}
	return nil
}

func (s *nested) byShort(short any) map[string]any {
	for _, r := range s.records {
		if r["login"].(map[string]any)["short"] == short {
			return r
		}
	}
	return nil
}

func (s *nested) change(id, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byShort("acme")["login"].(map[string]any)[id] = value
}

func show(w http.ResponseWriter, record map[string]any) {
	writeJSON(w, http.StatusOK, map[string]any{"data": record})
}

func merge(into, from map[string]any) {
	for name, value := range from {
		inner, isObject := value.(map[string]any)
		have, both := into[name].(map[string]any)
		if isObject && both {
			merge(have, inner)
			continue
		}
		into[name] = value
	}
}

func nestedError(w http.ResponseWriter, status int, code, detail, pointer string) {
	writeJSON(w, status, map[string]any{"errors": []any{map[string]any{"code": code, "detail": detail,
		"source": map[string]any{"pointer": pointer}}}})
}
