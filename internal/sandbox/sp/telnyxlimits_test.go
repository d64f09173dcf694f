package sp_test

import (
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/ssowizard/internal/sandbox/durable"
)

func TestTelnyxWantsItsKey(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	for name, tt := range map[string]struct {
		header, code string
		status       int
	}{
		"none": {"", "10007", 401}, "another scheme": {"Basic " + s.token, "10007", 401}, "wrong": {"Bearer KEY123", "10009", 401},
		"another provider's": {"Bearer " + s.world.token, "10010", 403}, "right": {"Bearer " + s.token, "", 200}, "lower case": {"bearer " + s.token, "", 200},
	} {
		r, err := http.NewRequest("GET", s.api+providersPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tt.header != "" {
			r.Header.Set("Authorization", tt.header)
		}
		status, got := s.send(r)
		if status != tt.status || tt.code != "" && firstError(t, got)["code"] != tt.code {
			t.Errorf("%s: %d %v", name, status, got)
		}
	}
	if page := s.browser().open(s.portal + "/sso-settings/v1/connection"); page.status != 404 {
		t.Errorf("Telnyx serves the reference settings API, too: %d", page.status)
	}
}

func TestTelnyxRefusesWhatIsNoCall(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	for _, tt := range []struct {
		method, path, body, kind string
		status                   int
		code                     string
	}{
		{"POST", providersPath, `{"name":`, "application/json", 400, "10015"},
		{"POST", providersPath, `[]`, "application/json", 400, "10015"},
		{"POST", providersPath, `{"name":"a","name":"b"}`, "application/json", 400, "10015"},
		{"POST", providersPath, ``, "application/json", 400, "10015"},
		{"POST", providersPath, telnyxBody(t, nil), "text/plain", 415, "10014"},
		{"POST", providersPath, `{"name":"` + strings.Repeat("x", 2<<20) + `"}`, "application/json", 413, "10015"},
		{"PUT", providersPath, `{}`, "application/json", 405, "10015"},
		{"GET", providersPath + "/nothing", ``, "", 404, "10005"},
		{"PATCH", providersPath + "/nothing", `{}`, "application/json", 404, "10005"},
		{"GET", "/balance", ``, "", 404, "10005"},
		{"POST", "/organizations/users/x/actions/remove", `{}`, "application/json", 404, "10005"},
	} {
		r, err := http.NewRequest(tt.method, s.api+tt.path, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+s.token)
		r.Header.Set("Content-Type", tt.kind)
		if status, got := s.send(r); status != tt.status || firstError(t, got)["code"] != tt.code {
			t.Errorf("%s %s %.20q: %d %v", tt.method, tt.path, tt.body, status, got)
		}
	}
}

func TestTelnyxLimitsTheRate(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	get := func() *http.Response {
		r, err := http.NewRequest("GET", s.api+providersPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+s.token)
		res, err := s.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	first := get()
	limit, _ := strconv.Atoi(first.Header.Get("x-ratelimit-limit"))
	if limit < 100 || first.Header.Get("x-ratelimit-remaining") != strconv.Itoa(limit-1) || first.Header.Get("x-ratelimit-reset") != "60" {
		t.Fatalf("headers %v", first.Header)
	}
	s.clock.pass(20 * time.Second)
	for range limit - 1 {
		if res := get(); res.StatusCode != 200 {
			t.Fatalf("%d within the limit", res.StatusCode)
		}
	}
	refused := get()
	if refused.StatusCode != 429 || refused.Header.Get("x-ratelimit-remaining") != "0" || refused.Header.Get("x-ratelimit-reset") != "40" || refused.Header.Get("Retry-After") != "40" {
		t.Errorf("%d %v", refused.StatusCode, refused.Header)
	}
	_, got := s.v2("GET", providersPath, "")
	if firstError(t, got)["code"] != "10011" {
		t.Errorf("%v", got)
	}
	s.clock.pass(40 * time.Second)
	if res := get(); res.StatusCode != 200 {
		t.Errorf("%d after the reset", res.StatusCode)
	}
}

func TestTelnyxTellsWhoIsInTheOrganization(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	status, got := s.v2("GET", "/organizations/users", "")
	list := got["data"].([]any)
	if status != 200 || len(list) != 2 || got["meta"].(map[string]any)["page_size"] != 250.0 {
		t.Fatalf("%d %v", status, got)
	}
	owner, other := list[0].(map[string]any), list[1].(map[string]any)
	if owner["created_at"] != "2026-03-04T05:06:07Z" {
		t.Errorf("created_at %v", owner["created_at"])
	}
	if owner["email"] != ana || owner["record_type"] != "organization_owner" || owner["organization_user_bypasses_sso"] != true || owner["user_status"] != "enabled" {
		t.Errorf("owner %v", owner)
	}
	if other["email"] != ben || other["record_type"] != "organization_sub_user" || other["organization_user_bypasses_sso"] != false {
		t.Errorf("other %v", other)
	}
	if _, has := other["groups"]; has {
		t.Error("groups came without being asked for")
	}
	if status, one := s.v2("GET", "/organizations/users/"+other["id"].(string), ""); status != 200 || data(one)["email"] != ben {
		t.Errorf("one: %d %v", status, one)
	}
	if status, _ := s.v2("GET", "/organizations/users/nobody", ""); status != 404 {
		t.Errorf("nobody: %d", status)
	}
	for query, want := range map[string]int{
		"filter[email]=OKAFOR": 1, "filter[email]=nobody": 0, "filter[user_status]=enabled": 2, "filter[user_status]=blocked": 0, "page[size]=1&page[number]=2": 1,
	} {
		if _, got := s.v2("GET", "/organizations/users?"+query, ""); len(got["data"].([]any)) != want {
			t.Errorf("%s: %v", query, got)
		}
	}
	_, got = s.v2("GET", "/organizations/users?include_groups=true", "")
	if groups, ok := got["data"].([]any)[0].(map[string]any)["groups"].([]any); !ok || len(groups) != 0 {
		t.Errorf("groups: %v", got)
	}
	if status, _ := s.v2("GET", "/organizations/users?filter[user_status]=gone", ""); status != 400 {
		t.Errorf("a status that is none: %d", status)
	}
}

func TestOfTelnyxCreatesAtOnceOneGetsTheShortName(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	body := telnyxBody(t, nil)
	answers := make(chan int, 8)
	var wg sync.WaitGroup
	for range cap(answers) {
		wg.Go(func() {
			status, _ := s.v2("POST", providersPath, body)
			answers <- status
		})
	}
	wg.Wait()
	close(answers)
	count := map[int]int{}
	for status := range answers {
		count[status]++
	}
	if count[200] != 1 || count[422] != 7 {
		t.Errorf("answers %v", count)
	}
}

func TestTelnyxKeepsNothingThatCannotBeKept(t *testing.T) {
	t.Parallel()
	s := newTelnyx(t)
	s.log, _ = durable.Open(filepath.Join(t.TempDir(), "records"))
	s.world.start()
	s.token = s.world.site("telnyx").token
	id := s.create(nil)
	if err := s.log.Close(); err != nil {
		t.Fatal(err)
	}
	status, got := s.v2("PATCH", providersPath+"/"+id, `{"active":true}`)
	if first := firstError(t, got); status != 500 || first["code"] != "10007" {
		t.Errorf("with a closed log: %d %v", status, got)
	}
	if _, now := s.v2("GET", providersPath+"/"+id, ""); data(now)["active"] != false {
		t.Error("a change that could not be kept shows")
	}
}
