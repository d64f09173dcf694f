package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/spclient/sptest"
)

// telnyx is a stand-in for the authentication providers of Telnyx's API.
type telnyx struct {
	mu        sync.Mutex
	records   []map[string]any
	users     []map[string]any
	nextID    int
	requests  []string
	acsSuffix string // what it adds to the ACS URLs that it makes
	deaf      bool   // it does not switch
}

var telnyxDocument = described("telnyx-authentication-providers-openapi.yaml")

// newTelnyx has some other providers. They are looked through first.
func newTelnyx(others int) *telnyx {
	s := &telnyx{}
	for i := range others {
		s.add(map[string]any{"name": "Other", "short_name": fmt.Sprintf("other-%d", i), "active": false, "settings": map[string]any{}})
	}
	return s
}

func (s *telnyx) serve(t *testing.T) string {
	t.Helper()
	router, err := telnyxDocument()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		path := strings.TrimPrefix(r.URL.Path, "/v2")
		s.requests = append(s.requests, r.Method+" "+path)
		r.URL.Path, r.RequestURI = path, ""
		validated(t, router, w, r, s.handle)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v2"
}

func (s *telnyx) handle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Ratelimit-Remaining", "99")
	if r.Header.Get("Authorization") != "Bearer "+token {
		telnyxError(w, http.StatusUnauthorized, "10009", "Authentication failed", "")
		return
	}
	id := strings.TrimPrefix(r.URL.Path, "/authentication_providers/")
	switch {
	case r.URL.Path == "/organizations/users":
		telnyxPage(w, r, s.users)
	case r.URL.Path == "/authentication_providers" && r.Method == http.MethodGet:
		telnyxPage(w, r, s.records)
	case r.URL.Path == "/authentication_providers":
		s.create(w, r)
	default:
		for i, record := range s.records {
			if record["id"] == id {
				s.one(w, r, i)
				return
			}
		}
		telnyxError(w, http.StatusNotFound, "10005", "Resource not found", "")
	}
}

var urlSafe = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func (s *telnyx) create(w http.ResponseWriter, r *http.Request) {
	var body map[string]any
	_ = json.NewDecoder(r.Body).Decode(&body)
	short, _ := body["short_name"].(string)
	if s.byShort(short) != nil || !urlSafe.MatchString(short) {
		telnyxError(w, http.StatusUnprocessableEntity, "10015", "short_name has already been taken", "/short_name")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"data": s.add(body)})
}

func (s *telnyx) add(record map[string]any) map[string]any {
	s.nextID++
	short, settings := record["short_name"].(string), record["settings"].(map[string]any)
	record["id"] = fmt.Sprintf("7f1a-%d", s.nextID)
	record["record_type"] = "authentication_provider"
	settings["assertion_consumer_service_url"] = "https://api.telnyx.com/sso/saml/auth/" + short + s.acsSuffix
	settings["service_provider_entity_id"] = "https://api.telnyx.com/sso/saml/metadata/" + short
	settings["service_provider_login_url"] = "https://api.telnyx.com/sso/" + short
	settings["name_identifier_format"] = sso.NameIDEmail
	s.records = append(s.records, record)
	return record
}

func (s *telnyx) one(w http.ResponseWriter, r *http.Request, i int) {
	record := s.records[i]
	switch r.Method {
	case http.MethodPatch:
		var body map[string]any
		_ = json.NewDecoder(r.Body).Decode(&body)
		if s.deaf {
			delete(body, "active")
		}
		merge(record, body)
	case http.MethodDelete:
		s.records = append(s.records[:i], s.records[i+1:]...)
	}
	writeJSON(w, http.StatusOK, map[string]any{"data": record})
}

func telnyxPage(w http.ResponseWriter, r *http.Request, all []map[string]any) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page[number]"))
	size, _ := strconv.Atoi(r.URL.Query().Get("page[size]"))
	from, to := min((page-1)*size, len(all)), min(page*size, len(all))
	writeJSON(w, http.StatusOK, map[string]any{"data": append([]map[string]any{}, all[from:to]...), "meta": map[string]any{
		"page_number": page, "page_size": size, "total_pages": (len(all) + size - 1) / size, "total_results": len(all)}})
}

func (s *telnyx) byShort(short string) map[string]any {
	for _, r := range s.records {
		if r["short_name"] == short {
			return r
		}
	}
	return nil
}

func (s *telnyx) change(id, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	record := s.byShort("acme")
	if _, top := record[id]; top {
		record[id] = value
		return
	}
	record["settings"].(map[string]any)[id] = value
}

func (s *telnyx) seen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.requests, "\n")
}

func telnyxError(w http.ResponseWriter, status int, code, detail, pointer string) {
	e := map[string]any{"code": code, "title": "Error", "detail": detail, "meta": map[string]any{"url": "https://developers.telnyx.com/docs/overview/errors/" + code}}
	if pointer != "" {
		e["source"] = map[string]any{"pointer": pointer}
	}
	writeJSON(w, status, map[string]any{"errors": []any{e}})
}

func telnyxBench(t *testing.T) (*telnyx, bench, []sso.SPSetting) {
	t.Helper()
	server := newTelnyx(3)
	b := newBench(t, "telnyx", server.serve(t), http.DefaultTransport)
	settings, _ := wanted(t, b.profile)
	return server, b, settings
}

func TestTelnyxProviderIsMadeInactiveAndThenTurnedOn(t *testing.T) {
	t.Parallel()
	server := newTelnyx(260) // more than a page
	b := newBench(t, "telnyx", server.serve(t), http.DefaultTransport)
	settings, _ := wanted(t, b.profile)
	server.acsSuffix = "/v2"
	if _, err := b.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	state, err := b.Push(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	want := sso.SPState{Readable: true, Configured: true, Resource: "7f1a-261", Options: map[string][]string{},
		Settings: map[string]string{"name": "Okta", "short_name": "acme", "idp_entity_id": "http://www.okta.com/exk1",
			"idp_sso_target_url": "https://acme.okta.com/app/exk1/sso/saml", "idp_cert_fingerprint": settings[4].Value,
			"idp_cert_fingerprint_algorithm": "sha256"},
		Offered: map[string]string{"acs_url": "https://api.telnyx.com/sso/saml/auth/acme/v2",
			"sp_entity_id": "https://api.telnyx.com/sso/saml/metadata/acme", "login_url": "https://api.telnyx.com/sso/acme",
			"name_id_format": sso.NameIDEmail}}
	if diff := cmp.Diff(want, state); diff != "" {
		t.Error(diff)
	}
	if err := b.SetEnabled(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if state, err = b.Read(t.Context()); err != nil || !state.Enabled {
		t.Errorf("enabled %v, error %v", state.Enabled, err)
	}
	const list = "GET /authentication_providers"
	wantRequests := strings.Join([]string{list, list, "POST /authentication_providers",
		"PATCH /authentication_providers/7f1a-261", "GET /authentication_providers/7f1a-261"}, "\n")
	if diff := cmp.Diff(wantRequests, server.seen()); diff != "" {
		t.Error(diff)
	}
}

func TestTelnyxProviderThatIsGoneIsLookedForInTheList(t *testing.T) {
	t.Parallel()
	server, b, settings := telnyxBench(t)
	if _, err := b.Push(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	server.mu.Lock()
	server.records = server.records[:3]
	server.mu.Unlock()
	state, err := b.Read(t.Context())
	if err != nil || state.Configured || state.Resource != "" {
		t.Errorf("state %+v, error %v", state, err)
	}
	if _, err := b.Push(t.Context(), settings); err != nil {
		t.Errorf("made again: %v", err)
	}
}

func TestTelnyxCreateIsLookedUpByItsShortNameBeforeItIsRepeated(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sptest.Fault{
		"answer lost":  {LoseAnswer: true},
		"request lost": {LoseRequest: true},
		"bad gateway":  {Status: http.StatusBadGateway, ContentType: "text/html", Body: "<html>proxy</html>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, b, settings := telnyxBench(t)
			b.faults.Add(fault)
			state, err := b.Push(t.Context(), settings)
			if err != nil || !state.Configured {
				t.Fatalf("state %+v, error %v", state, err)
			}
			made := 0
			for _, r := range server.records {
				if r["short_name"] == "acme" {
					made++
				}
			}
			if made != 1 || strings.Count(server.seen(), "POST") != 1 {
				t.Errorf("%d providers of this name after\n%s", made, server.seen())
			}
		})
	}
}

func TestTelnyxErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		body   string
		says   string
		advice string
		code   hint.Code
	}{
		{"key wrong", 401, `{"errors":[{"code":"10009","title":"Authentication failed"}]}`, "Authentication failed", "Make a new API v2 key", hint.NotAllowed},
		{"key too weak", 403, `{"errors":[{"code":"10010","title":"Not authorized","detail":"You may not."}]}`, "You may not.", "key of the organization's owner", hint.NotAllowed},
		{"no organization", 404, `{"errors":[{"code":"10005","title":"Resource not found"}]}`, "Resource not found", "Create it in the Mission Control Portal", hint.Failed},
		{"short name taken", 422, `{"errors":[{"code":"10015","title":"Invalid","detail":"has already been taken","source":{"pointer":"/short_name"}}]}`,
			"Short Name: has already been taken", "Choose another: --input short_name=", hint.Failed},
		{"several", 422, `{"errors":[{"detail":"one","source":{"pointer":"/name"}},{"detail":"two"},{"detail":"one"},"x",{}]}`, "Authentication Provider Name: one; two", "", hint.Failed},
		{"another field", 422, `{"errors":[{"code":"10015","title":"Invalid","detail":"is invalid","source":{"pointer":"/settings/idp_sso_target_url"}}]}`,
			"IdP SSO target URL: is invalid", "was not accepted", hint.Failed},
		{"empty body", 422, ``, "422", "", hint.Failed},
		{"no JSON", 403, `Forbidden`, "403", "key of the organization's owner", hint.NotAllowed},
		{"errors of another kind", 422, `{"errors":"no"}`, "422", "", hint.Failed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, b, settings := telnyxBench(t)
			b.faults.Add(sptest.Fault{Status: tt.status, Body: tt.body})
			_, err := b.Push(t.Context(), settings)
			if err == nil || !strings.Contains(err.Error(), tt.says) || hint.CodeOf(err) != tt.code {
				t.Fatalf("error %v with code %d", err, hint.CodeOf(err))
			}
			if advice := strings.Join(hint.Hints(err), "\n"); !strings.Contains(advice, tt.advice) || (tt.status == 404 && strings.Contains(advice, "--sp-api-url")) {
				t.Errorf("hints %q", advice)
			}
		})
	}
}

func TestTelnyxRateLimitIsWaitedFor(t *testing.T) {
	t.Parallel()
	_, b, settings := telnyxBench(t)
	b.faults.Add(sptest.Fault{Status: http.StatusTooManyRequests, Body: `{"errors":[{"code":"10011","title":"Too many requests"}]}`,
		Header: http.Header{"X-Ratelimit-Limit": {"10"}, "X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"7"}}})
	if _, err := b.Push(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	if waits := b.clock.waited(); len(waits) != 1 || waits[0].Seconds() != 7 {
		t.Errorf("waits %v", waits)
	}
}

func TestPeopleAreListedOverAllPages(t *testing.T) {
	t.Parallel()
	server, b, _ := telnyxBench(t)
	for i := range 251 {
		server.users = append(server.users, map[string]any{"id": strconv.Itoa(i), "email": fmt.Sprintf("p%d@acme.example", i),
			"user_status": "enabled", "organization_user_bypasses_sso": i == 250})
	}
	server.users[1] = map[string]any{"id": "x", "email": "odd\x1b[2J@acme.example", "user_status": "blocked"}
	people, told, err := b.People(t.Context())
	if err != nil || !told || len(people) != 251 {
		t.Fatalf("%d people, told %v, error %v", len(people), told, err)
	}
	got := []sso.SPPerson{people[0], people[1], people[250]}
	want := []sso.SPPerson{{Email: "p0@acme.example", Status: "enabled"}, {Email: "odd[2J@acme.example", Status: "blocked", Inactive: true},
		{Email: "p250@acme.example", Status: "enabled", KeepsPassword: true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPeopleAreNotToldWhereTheAPIHasNone(t *testing.T) {
	t.Parallel()
	server := &reference{}
	b := newBench(t, "net2phone", server.serve(t), http.DefaultTransport)
	if people, told, err := b.People(t.Context()); people != nil || told || err != nil || len(server.seen()) != 0 {
		t.Errorf("people %v, told %v, error %v, requests %v", people, told, err, server.seen())
	}
}

func TestPeopleListThatIsNoneIsAnError(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"no list": `{"data":{}}`, "no objects": `{"data":["x"]}`,
		"no truth": `{"data":[{"email":"a@b.c","organization_user_bypasses_sso":"maybe"}]}`} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, http.StatusOK, body) }))
		t.Cleanup(server.Close)
		if people, told, err := newBench(t, "telnyx", server.URL, http.DefaultTransport).People(t.Context()); err == nil || told || people != nil {
			t.Errorf("%s: people %v, told %v, error %v", name, people, told, err)
		}
	}
}

func TestASwitchThatDoesNothingIsToldByItsPath(t *testing.T) {
	t.Parallel()
	server, b, settings := telnyxBench(t)
	if _, err := b.Push(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	server.mu.Lock()
	server.deaf = true
	server.mu.Unlock()
	err := b.SetEnabled(t.Context(), true)
	if err == nil || !strings.Contains(err.Error(), "PATCH /v2/authentication_providers/7f1a-") || strings.Contains(err.Error(), "{{") {
		t.Errorf("error %v", err)
	}
}
