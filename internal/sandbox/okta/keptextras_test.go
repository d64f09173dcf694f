package okta_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSchemasHooksPoliciesAndRequestsAreKept(t *testing.T) {
	t.Parallel()
	path, c := filepath.Join(t.TempDir(), "records"), newClock()
	s, stop := reopen(t, path, c)
	app := s.samlApp("Kept")
	swa := s.must(200, "POST", "/api/v1/apps", `{"name":"google","label":"Mail","signOnMode":"SAML_2_0","settings":{"app":{"domain":"corp.example"},"signOn":{"ssoAcsUrlOverride":"https://g.example/acs"}}}`).id(t)
	kind := s.must(200, "POST", "/api/v1/meta/types/user", `{"name":"guest","displayName":"Guest"}`).id(t)
	s.must(200, "POST", userSchema, custom(`"floor":{"title":"Floor","type":"integer"}`))
	s.must(200, "POST", "/api/v1/meta/schemas/user/osc"+kind[3:], custom(`"host":{"title":"Host","type":"string"}`))
	ann := s.must(200, "POST", "/api/v1/users", `{"type":{"id":"`+kind+`"},"profile":{"firstName":"Ann","lastName":"Guest","login":"ann@corp.example","email":"ann@corp.example","host":"Ben"}}`).id(t)
	ida := s.must(200, "POST", "/api/v1/users", `{"profile":{"firstName":"Ida","lastName":"Holm","login":"ida@corp.example","email":"ida@corp.example","floor":3}}`).id(t)
	hook := s.must(200, "POST", "/api/v1/inlineHooks", `{"name":"H","type":"com.okta.saml.tokens.transform","version":"1.0.2","channel":{"type":"HTTP","version":"1.0.0","config":{"uri":"https://hook.example/","method":"POST"}}}`).id(t)
	s.must(200, "PUT", "/api/v1/rate-limit-settings/warning-threshold", `{"warningThreshold":40}`)
	policy := s.must(200, "POST", "/api/v1/policies", `{"type":"ACCESS_POLICY","name":"Offices"}`).id(t)
	s.must(204, "PUT", "/api/v1/apps/"+app+"/policies/"+policy, "")
	s.must(201, "POST", "/api/v1/apps/"+app+"/credentials/csrs", `{"subject":{"commonName":"SP"}}`)
	answers := func() map[string]string {
		all := map[string]string{}
		for _, p := range []string{
			"/api/v1/apps/" + app, "/api/v1/apps/" + swa, "/api/v1/apps/" + app + "/credentials/csrs", "/api/v1/users/" + ann, "/api/v1/users/" + ida,
			userSchema, "/api/v1/meta/types/user", "/api/v1/meta/schemas/user/osc" + kind[3:], "/api/v1/inlineHooks/" + hook,
			"/api/v1/rate-limit-settings/warning-threshold", "/api/v1/policies/" + policy, "/api/v1/policies/" + policy + "/mappings",
		} {
			all[p] = masked(s.must(200, "GET", p, "").text)
		}
		return all
	}
	before := answers()
	stop()
	s, stop = reopen(t, path, c)
	defer stop()
	if diff := cmp.Diff(before, answers()); diff != "" {
		t.Errorf("after a restart (-before +after):\n%s", diff)
	}
	// What belongs to an app goes with it.
	s.must(200, "POST", "/api/v1/apps/"+app+"/lifecycle/deactivate", "")
	s.must(204, "DELETE", "/api/v1/apps/"+app, "")
	s.must(404, "GET", "/api/v1/apps/"+app+"/credentials/csrs", "")
}
