package oidc

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestRegisteredComparesCharacterForCharacter(t *testing.T) {
	t.Parallel()
	known := []string{"https://sp.example/cb", "https://*.wild.example/cb", "com.sp.app:/cb"}
	for uri, want := range map[string][2]bool{ // without and with wildcards
		"https://sp.example/cb":                 {true, true},
		"com.sp.app:/cb":                        {true, true},
		"https://sp.example/cb/":                {},
		"https://sp.example/cb?x":               {},
		"https://SP.example/cb":                 {},
		"":                                      {},
		"https://a.wild.example/cb":             {false, true},
		"https://*.wild.example/cb":             {true, true},
		"https://.wild.example/cb":              {},
		"https://a.b.wild.example/cb":           {},
		"https://evil.example/.wild.example/cb": {},
		"https://wild.example/cb":               {},
	} {
		for i, wildcard := range []bool{false, true} {
			if got := registered(uri, known, wildcard); got != want[i] {
				t.Errorf("%q, wildcard %v: %v", uri, wildcard, got)
			}
		}
	}
}

func TestCredentialsAreTakenInOneWayOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		form         url.Values
		user, secret string
		method, id   string
		code         string
	}{
		"post":                {url.Values{"client_id": {"a"}, "client_secret": {"b"}}, "", "", "client_secret_post", "a", ""},
		"basic":               {url.Values{}, "a%2Fb", "c", "client_secret_basic", "a/b", ""},
		"none":                {url.Values{"client_id": {"a"}}, "", "", "none", "a", ""},
		"assertion":           {url.Values{"client_assertion": {"x"}}, "", "", "none", "", ""},
		"nothing":             {url.Values{}, "", "", "", "", "invalid_client"},
		"basic and id":        {url.Values{"client_id": {"a"}}, "a", "c", "", "", "invalid_request"},
		"basic and post":      {url.Values{"client_id": {"a"}, "client_secret": {"b"}}, "a", "b", "", "", "invalid_request"},
		"basic and assertion": {url.Values{"client_assertion": {"x"}}, "a", "b", "", "", "invalid_request"},
		"post and assertion":  {url.Values{"client_assertion": {"x"}, "client_secret": {"b"}}, "", "", "", "", "invalid_request"},
		"empty secret":        {url.Values{"client_id": {"a"}, "client_secret": {""}}, "", "", "client_secret_post", "a", ""},
	} {
		r := httptest.NewRequest(http.MethodPost, "/oauth2/v1/token", nil)
		if c.user != "" {
			r.SetBasicAuth(c.user, c.secret)
		}
		p, err := credentials(r, c.form)
		var e *Error
		if errors.As(err, &e); (e == nil) != (c.code == "") || e != nil && e.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
		if e == nil && (p.method != c.method || p.id != c.id) {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if same("", "") {
		t.Error("an empty secret is taken")
	}
}

func TestVerifierHasToFitItsChallenge(t *testing.T) {
	t.Parallel()
	// The pair of RFC 7636, appendix B.
	const verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	for name, c := range map[string]struct {
		challenge, verifier string
		want                bool
	}{
		"pair": {challenge, verifier, true}, "other": {challenge, verifier[:42] + "A", false}, "missing": {challenge, "", false},
		"the challenge itself": {challenge, challenge, false}, "unasked": {"", verifier, false}, "neither": {"", "", true},
		"short": {digest("abc"), "abc", false},
	} {
		if got := provesKey(c.challenge, c.verifier); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestGroupFilters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, filter, name string
		want               bool
	}{
		{"STARTS_WITH", "Sup", "Support", true}, {"STARTS_WITH", "up", "Support", false}, {"EQUALS", "Sales", "Sales", true},
		{"EQUALS", "Sale", "Sales", false}, {"CONTAINS", "pp", "Support", true}, {"REGEX", "S.*", "Sales", true},
		{"REGEX", "ales", "Sales", false}, {"REGEX", "(", "Sales", false}, {"", "", "Sales", false},
	} {
		if got := (GroupsClaim{FilterType: c.kind, Filter: c.filter}).passes(c.name); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func FuzzReadRequest(f *testing.F) {
	f.Add("response_type=code&scope=openid&state=s&prompt=none&max_age=5&code_challenge="+strings.Repeat("a", 43)+"&code_challenge_method=S256", "https://a.wild.example/cb")
	f.Add("response_mode=form_post&max_age=99999999999999999999", "https://evil.example/@.wild.example/cb")
	f.Fuzz(func(t *testing.T, query, uri string) {
		form, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		c := Client{ID: "a", AuthMethod: "client_secret_post", ResponseTypes: []string{"code"}, GrantTypes: []string{grantCode}}
		q, err := readRequest(c, "https://sp.example/cb", form)
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Errorf("error %v", err)
		}
		if err == nil && (q.state == "" || len(q.scopes) == 0) {
			t.Errorf("taken: %+v", q)
		}
		if registered(uri, []string{"https://*.wild.example/cb"}, true) {
			u, err := url.Parse(uri)
			if err == nil && u.Host != "*.wild.example" && !strings.HasSuffix(u.Host, ".wild.example") {
				t.Errorf("%q is at %q", uri, u.Host)
			}
		}
	})
}
