package okta_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// linksIn are the addresses at this org that an answer offers for reading.
func linksIn(v any, found map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		href, _ := v["href"].(string)
		hints, _ := json.Marshal(v["hints"])
		if href != "" && v["method"] == nil && (v["hints"] == nil || strings.Contains(string(hints), "GET")) {
			found[href] = true
		}
		for _, inner := range v {
			linksIn(inner, found)
		}
	case []any:
		for _, inner := range v {
			linksIn(inner, found)
		}
	}
}

// writeOnly are links that carry no hint that they are not for reading, and
// those to tiles of Okta's own apps.
var writeOnly = regexp.MustCompile(`/lifecycle/(de)?activate$|/home/(saasure|okta_enduser|okta_browser_plugin|oidc_client)/`)

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	t.Parallel()
	s := start(t)
	app := s.samlApp("Acme Sync")
	s.must(200, "POST", "/api/v1/apps/"+app+"/users", `{"id":"`+s.userID("ana.lima@acme.example")+`"}`)
	s.webApp()
	queue := []string{
		"/api/v1/apps?limit=200", "/api/v1/users?limit=2", "/api/v1/users/me", "/api/v1/groups?limit=3", "/api/v1/org",
		"/api/v1/policies?type=ACCESS_POLICY", "/api/v1/meta/types/user", "/.well-known/okta-organization",
		"/api/v1/apps/" + app + "/users", "/api/v1/users/me/appLinks",
	}
	seen := map[string]bool{}
	for len(queue) > 0 && len(seen) < 400 {
		address := queue[0]
		queue = queue[1:]
		if seen[address] || writeOnly.MatchString(address) {
			continue
		}
		seen[address] = true
		accept := "application/json"
		if strings.HasSuffix(address, "/metadata") {
			accept = "application/xml"
		}
		r := s.do("GET", address, "", "Accept", accept)
		if r.StatusCode >= 400 {
			t.Errorf("%s: %d %s", address, r.StatusCode, r.text)
		}
		var v any
		if json.Unmarshal([]byte(r.text), &v) != nil {
			continue
		}
		found := map[string]bool{}
		linksIn(v, found)
		for href := range found {
			queue = append(queue, href)
		}
	}
}
