package api_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// reference serves the reference settings API from its description.
type reference struct {
	mu       sync.Mutex
	settings map[string]any
	enabled  bool
	test     map[string]any
	requests []string
	// answer, when set, answers instead.
	answer http.HandlerFunc
}

var document = sync.OnceValues(func() (routers.Router, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromFile("../../docs/sso-settings-openapi.yaml")
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(loader.Context); err != nil {
		return nil, err
	}
	doc.Servers = nil // any address
	return gorillamux.NewRouter(doc)
})

func TestReferenceDescriptionIsSound(t *testing.T) {
	t.Parallel()
	if _, err := document(); err != nil {
		t.Fatal(err)
	}
}

// serve starts the API; every request and answer is held against the description.
func (s *reference) serve(t *testing.T) string {
	t.Helper()
	router, err := document()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
		if s.answer != nil {
			s.answer(w, r)
			return
		}
		validated(t, router, w, r, s.handle)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func validated(t *testing.T, router routers.Router, w http.ResponseWriter, r *http.Request, handle http.HandlerFunc) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := router.FindRoute(r)
	if err != nil {
		t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		http.Error(w, "no such path", http.StatusNotFound)
		return
	}
	input := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
	if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
		t.Errorf("request: %v", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	rec := httptest.NewRecorder()
	handle(rec, r)
	answer := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: rec.Code, Header: rec.Header(),
		Options: input.Options}
	answer.SetBodyBytes(rec.Body.Bytes())
	if err := openapi3filter.ValidateResponse(r.Context(), answer); err != nil {
		t.Errorf("answer: %v", err)
	}
	for name, values := range rec.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

func (s *reference) handle(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+token {
		w.Header().Set("WWW-Authenticate", "Bearer")
		refuse(w, http.StatusUnauthorized, "unauthorized", "The token is not known.", "")
		return
	}
	if r.Header.Get("User-Agent") != "ssowizard-test" {
		refuse(w, http.StatusForbidden, "forbidden", "Who is that?", "")
		return
	}
	switch path := strings.TrimPrefix(r.URL.Path, "/sso-settings/v1"); {
	case path == "/connection" && r.Method == http.MethodPut:
		s.put(w, r)
	case path == "/connection" && r.Method == http.MethodDelete:
		if s.enabled {
			refuse(w, http.StatusConflict, "conflict", "Turn it off first.", "")
			return
		}
		s.settings = nil
		w.WriteHeader(http.StatusNoContent)
	case path == "/connection":
		s.show(w)
	case path == "/connection/enabled":
		var body struct{ Enabled bool }
		_ = json.NewDecoder(r.Body).Decode(&body)
		if s.settings == nil {
			refuse(w, http.StatusConflict, "conflict", "Nothing is configured.", "")
			return
		}
		s.enabled = body.Enabled
		s.show(w)
	case path == "/tests":
		s.test = map[string]any{"id": "t/1 ?", "status": "pending", "start_url": "https://sso.example.com/t/1", "code": nil,
			"message": nil, "person": nil, "expires_at": "2026-08-20T09:10:00Z"}
		writeJSON(w, http.StatusCreated, s.test)
	case s.test != nil && path == "/tests/"+s.test["id"].(string):
		writeJSON(w, http.StatusOK, s.test)
	default:
		refuse(w, http.StatusNotFound, "not_found", "There is no such thing.", "")
	}
}

func (s *reference) put(w http.ResponseWriter, r *http.Request) {
	var body struct{ Settings map[string]any }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		refuse(w, http.StatusBadRequest, "bad_request", "The body is not JSON.", "")
		return
	}
	for _, name := range []string{"login_url", "entity_id", "public_certificate"} {
		if text, _ := body.Settings[name].(string); text == "" {
			refuse(w, http.StatusUnprocessableEntity, "missing", "This is needed.", name)
			return
		}
	}
	login, _ := body.Settings["login_url"].(string)
	if u, err := url.Parse(login); err != nil || u.Scheme != "https" {
		refuse(w, http.StatusUnprocessableEntity, "invalid_url", "This is not an https address.", "login_url")
		return
	}
	certificate, _ := body.Settings["public_certificate"].(string)
	if block, _ := pem.Decode([]byte(certificate)); block == nil {
		refuse(w, http.StatusUnprocessableEntity, "invalid_certificate", "This is not a certificate.", "public_certificate")
		return
	}
	s.settings = map[string]any{"logout_url": ""}
	for name, value := range body.Settings {
		s.settings[name] = value
	}
	s.show(w)
}

func (s *reference) show(w http.ResponseWriter) {
	settings, updated := map[string]any{}, any(nil)
	if s.settings != nil {
		settings, updated = s.settings, "2026-08-20T09:00:00Z"
	}
	writeJSON(w, http.StatusOK, map[string]any{"protocol": "saml", "configured": s.settings != nil, "enabled": s.enabled,
		"settings": settings, "options": map[string]any{}, "updated_at": updated,
		"service_provider": map[string]any{"acs_url": "https://auth.net2phone.com/saml/login/callback", "entity_id": "n2p"}})
}

func (s *reference) change(id, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settings[id] = value
}

func (s *reference) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

func refuse(w http.ResponseWriter, status int, code, message, field string) {
	e := map[string]any{"code": code, "message": message}
	if field != "" {
		e["field"] = field
	}
	w.Header().Set("X-Request-Id", "req-77")
	writeJSON(w, status, map[string]any{"error": e})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
