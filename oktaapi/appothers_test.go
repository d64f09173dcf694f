package oktaapi

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"
)

func TestOtherSignOnMembersAreThoseThatHoldSomething(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, app string
		want      map[string]string
	}{
		{"defaults are nothing", `{"settings":{"signOn":{"ssoAcsUrl":"https://a","spIssuer":null,"requestCompressed":false,"inlineHooks":[],
			"assertionEncryption":{"enabled":false},"slo":{"enabled":false},"acsEndpoints":[],"defaultRelayState":""}}}`, nil},
		{"what is on", `{"settings":{"signOn":{"samlSignedRequestEnabled":true,"spCertificate":{"x5c":["MIIB\r\nAAAA\r\n"]},
			"slo":{"logoutUrl":"https://out","enabled":true},"acsEndpoints":[{"url":"https://b","index":0}]}}}`, map[string]string{
			"settings.signOn.samlSignedRequestEnabled": "true", "settings.signOn.spCertificate": `{"x5c":["MIIBAAAA"]}`,
			"settings.signOn.slo": `{"enabled":true,"logoutUrl":"https://out"}`, "settings.signOn.acsEndpoints": `[{"index":0,"url":"https://b"}]`}},
		{"links do not count", `{"settings":{"signOn":{"inlineHooks":[{"id":"calx","_links":{"self":{"href":"https://one"}}}]}}}`,
			map[string]string{"settings.signOn.inlineHooks": `[{"id":"calx"}]`}},
		{"an OIDC app", `{"settings":{"oauthClient":{"redirect_uris":["https://r"],"client_uri":"https://c","dpop_bound_access_tokens":true,"application_type":"web"}}}`,
			map[string]string{"settings.oauthClient.dpop_bound_access_tokens": "true", "settings.oauthClient.application_type": `"web"`}},
		{"a bookmark", `{"settings":{"app":{"url":"https://x"}}}`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, readOthers(gjson.Parse(tt.app))); diff != "" {
				t.Error(diff)
			}
		})
	}
}
