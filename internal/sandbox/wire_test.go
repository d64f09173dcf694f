package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sandbox"
)

// ask sends a request with a token and gives status and decoded answer.
func ask(t *testing.T, c *http.Client, method, url, authorization, body string) (int, any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	must(t, err)
	req.Header.Set("Authorization", authorization)
	req.Header.Set("Accept", "application/json")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.Do(req)
	must(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	must(t, err)
	var v any
	if len(raw) > 0 && json.Unmarshal(raw, &v) != nil {
		t.Fatalf("%s %s: %d %s", method, url, resp.StatusCode, raw)
	}
	return resp.StatusCode, v
}

func TestRealPartsAnswerAndKeepWhatTheyWereTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Dir: dir, Users: 30, Groups: 6})
	must(t, err)
	defer s.Close()
	info := s.Info()
	token := "SSWS " + info.Okta.APIToken
	if p := info.Okta.People; len(p) < 4 || p[0].Login != "ana.lima@acme.example" || p[0].Password == "" {
		t.Fatalf("people: %v", p)
	}
	if len(info.TLS.Hosts) < 2 || info.ServiceProviders["net2phone"].APIToken == "" {
		t.Fatalf("service providers: %+v, %v", info.ServiceProviders, info.TLS.Hosts)
	}
	plain := client(t, info, "")
	code, me := ask(t, plain, http.MethodGet, info.Okta.OrgURL+"/api/v1/users/me", token, "")
	if code != http.StatusOK || me.(map[string]any)["profile"].(map[string]any)["login"] != "ana.lima@acme.example" {
		t.Errorf("me: %d %v", code, me)
	}
	if code, _ := ask(t, plain, http.MethodPost, info.Okta.OrgURL+"/api/v1/groups", "SSWS "+info.Okta.ReadOnlyAPIToken,
		`{"profile":{"name":"x"}}`); code != http.StatusForbidden {
		t.Errorf("write with the read-only token: %d", code)
	}
	code, made := ask(t, plain, http.MethodPost, info.Okta.OrgURL+"/api/v1/groups", token, `{"profile":{"name":"New"}}`)
	if code != http.StatusOK {
		t.Fatalf("create group: %d %v", code, made)
	}
	sp := info.ServiceProviders["net2phone"]
	code, conn := ask(t, client(t, info, info.TLS.Address), http.MethodGet, sp.APIURL+"/sso-settings/v1/connection", "Bearer "+sp.APIToken, "")
	if code != http.StatusOK || conn.(map[string]any)["configured"] != false {
		t.Errorf("service provider: %d %v", code, conn)
	}

	must(t, s.Close())
	s, err = sandbox.Start(t.Context(), sandbox.Options{Dir: dir})
	must(t, err)
	defer s.Close()
	if d := cmp.Diff(info, s.Info()); d != "" {
		t.Error(d)
	}
	id := made.(map[string]any)["id"].(string)
	if code, again := ask(t, plain, http.MethodGet, info.Okta.OrgURL+"/api/v1/groups/"+id, token, ""); code != http.StatusOK {
		t.Errorf("the group after a restart: %d %v", code, again)
	}
}

func TestRealOrgTakesItsOptions(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Users: 30, Groups: 6,
		Engine: "classic", RateLimit: "free"})
	must(t, err)
	defer s.Close()
	info := s.Info()
	_, org := ask(t, client(t, info, ""), http.MethodGet, info.Okta.OrgURL+"/.well-known/okta-organization", "", "")
	if got := org.(map[string]any)["pipeline"]; got != "v1" {
		t.Errorf("pipeline %v", got)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, info.Okta.OrgURL+"/api/v1/apps", nil)
	must(t, err)
	req.Header.Set("Authorization", "SSWS "+info.Okta.APIToken)
	resp, err := client(t, info, "").Do(req)
	must(t, err)
	must(t, resp.Body.Close())
	if got := resp.Header.Get("X-Rate-Limit-Limit"); got != "10" {
		t.Errorf("apps may be asked for %s times a minute", got)
	}
}
