package sso_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
)

func TestCodeURLAsksForEverythingASignInNeeds(t *testing.T) {
	t.Parallel()
	q := sso.CodeQuery{ClientID: "0oa1", RedirectURI: "https://sp.example/cb?a=b&c", State: "s&t", Nonce: "n"}
	want := url.Values{"response_type": {"code"}, "client_id": {"0oa1"}, "redirect_uri": {"https://sp.example/cb?a=b&c"},
		"scope": {"openid email profile"}, "state": {"s&t"}, "nonce": {"n"}}
	check := func(endpoint, query string) {
		t.Helper()
		u, err := url.Parse(sso.AuthorizationServer{AuthorizeURL: endpoint}.CodeURL(q))
		if err != nil {
			t.Fatal(err)
		}
		got := u.Query()
		if query != "" && got.Get(query) == "" {
			t.Errorf("%s lost its own query: %s", endpoint, u)
		}
		got.Del(query)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", endpoint, diff)
		}
	}
	check("https://acme.okta.com/oauth2/v1/authorize", "")
	check("https://acme.okta.com/oauth2/v1/authorize?x=y", "x")
	// The pair of RFC 7636, appendix B.
	q.Verifier = secret.New("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
	want.Set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
	want.Set("code_challenge_method", "S256")
	check("https://acme.okta.com/oauth2/v1/authorize", "")
}
