package api_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"io"
	"maps"
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
	shape    // the zero value is that of net2phone
	mu       sync.Mutex
	settings map[string]any
	enabled  bool
	test     map[string]any
	requests []string
	// answer, when set, answers instead.
	answer http.HandlerFunc
}

// described is the API that a file under docs describes, at any address.
func described(file string) func() (routers.Router, error) {
	return sync.OnceValues(func() (routers.Router, error) {
		loader := openapi3.NewLoader()
		doc, err := loader.LoadFromFile("../../docs/" + file)
		if err != nil {
			return nil, err
		}
		if err := doc.Validate(loader.Context); err != nil {
			return nil, err
		}
		doc.Servers = nil
		return gorillamux.NewRouter(doc)
	})
}

// shape is what tells one service provider's reference API from another's.
type shape struct {
	protocol    string
	required    []string
	url         string // setting that has to be an https address
	certificate string // setting that has to be a certificate, "" for none
	secret      string // setting that is never shown, and stays when it is left out
	provider    map[string]string
	options     map[string][]string
	savedIsOn   bool
}

var net2phoneShape = shape{protocol: "saml", required: []string{"login_url", "entity_id", "public_certificate"}, url: "login_url",
	certificate: "public_certificate",
	provider:    map[string]string{"acs_url": "https://auth.net2phone.com/saml/login/callback", "entity_id": "n2p"}}

var shapes = map[string]shape{
	"net2phone": net2phoneShape,
	"infobip": {protocol: "saml", required: []string{"custom_domain", "idp_login_url", "idp_issuer", "idp_certificate"}, url: "idp_login_url",
		savedIsOn: true, provider: map[string]string{"acs_url": "https://portal.infobip.com/login/saml/acme/callback",
			"entity_id": "https://portal.infobip.com/login/saml/acme", "initiation_url": "https://portal.infobip.com/login/saml/acme"}},
	"justcall": {protocol: "saml", required: []string{"sso_url", "issuer", "certificate", "default_role"}, url: "sso_url", certificate: "certificate",
		provider: map[string]string{"acs_url": "https://app.justcall.io/sso/saml/7/acs", "entity_id": "https://app.justcall.io/sso/saml/7"},
		options:  map[string][]string{"default_role": {"Member", "Admin"}}},
	"cloudtalk": {protocol: "oidc", required: []string{"client_id", "client_secret", "discovery_url", "method"}, url: "discovery_url", secret: "client_secret",
		provider: map[string]string{"login_url": "https://my.cloudtalk.io/"}, options: map[string][]string{"method": {"GET", "POST"}}},
}

var document = described("sso-settings-openapi.yaml")

func TestReferenceDescriptionIsSound(t *testing.T) {
	t.Parallel()
	if _, err := document(); err != nil {
		t.Fatal(err)
	}
}

// serve starts the API; every request and answer is held against the description.
func (s *reference) serve(t *testing.T) string {
	t.Helper()
	if s.protocol == "" {
		s.shape = net2phoneShape
	}
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
		if s.enabled && !s.savedIsOn {
			refuse(w, http.StatusConflict, "conflict", "Turn it off first.", "")
			return
		}
		s.settings, s.enabled = nil, false
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
	if kept, ok := s.settings[s.secret]; ok && body.Settings[s.secret] == nil {
		body.Settings[s.secret] = kept
	}
	for _, name := range s.required {
		if text, _ := body.Settings[name].(string); text == "" {
			refuse(w, http.StatusUnprocessableEntity, "missing", "This is needed.", name)
			return
		}
	}
	text, _ := body.Settings[s.url].(string)
	if u, err := url.Parse(text); err != nil || u.Scheme != "https" {
		refuse(w, http.StatusUnprocessableEntity, "invalid_url", "This is not an https address.", s.url)
		return
	}
	if certificate, _ := body.Settings[s.certificate].(string); s.certificate != "" {
		if block, _ := pem.Decode([]byte(certificate)); block == nil {
			refuse(w, http.StatusUnprocessableEntity, "invalid_certificate", "This is not a certificate.", s.certificate)
			return
		}
	}
	s.settings = map[string]any{}
	if s.url == "login_url" {
		s.settings["logout_url"] = ""
	}
	for name, value := range body.Settings {
		s.settings[name] = value
	}
	s.enabled = s.enabled || s.savedIsOn
	s.show(w)
}

func (s *reference) show(w http.ResponseWriter) {
	settings, updated := map[string]any{}, any(nil)
	if s.settings != nil {
		settings, updated = maps.Clone(s.settings), "2026-08-20T09:00:00Z"
		delete(settings, s.secret)
	}
	options := s.options
	if options == nil {
		options = map[string][]string{}
	}
	writeJSON(w, http.StatusOK, map[string]any{"protocol": s.protocol, "configured": s.settings != nil, "enabled": s.enabled,
		"settings": settings, "options": options, "updated_at": updated, "service_provider": s.provider})
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
