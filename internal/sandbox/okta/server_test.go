package okta_test

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/ssowizard/internal/sandbox/okta"
)

func TestErrorsOfTheAPI(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, tt := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		want                     string
	}{
		{"no token", "GET", "/api/v1/apps", "", []string{"Authorization", ""}, 403,
			`{"errorCode":"E0000005","errorSummary":"Invalid session","errorLink":"E0000005","errorId":"oae*","errorCauses":[]}`},
		{"wrong token", "GET", "/api/v1/apps", "", []string{"Authorization", "SSWS nothing"}, 401,
			`{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorLink":"E0000011","errorId":"oae*","errorCauses":[]}`},
		{"token in another scheme", "GET", "/api/v1/apps", "", []string{"Authorization", "Bearer " + s.token}, 401,
			`{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorLink":"E0000011","errorId":"oae*","errorCauses":[]}`},
		{"unknown path", "GET", "/api/v1/nothing", "", nil, 404,
			`{"errorCode":"E0000008","errorSummary":"The requested path was not found","errorLink":"E0000008","errorId":"oae*","errorCauses":[]}`},
		{"wrong verb", "PATCH", "/api/v1/apps", "{}", nil, 405,
			`{"errorCode":"E0000022","errorSummary":"The endpoint does not support the provided HTTP method","errorLink":"E0000022","errorId":"oae*","errorCauses":[]}`},
		{"XML wished for", "GET", "/api/v1/apps", "", []string{"Accept", "application/xml"}, 400,
			`{"errorCode":"E0000019","errorSummary":"Bad request. Accept and/or Content-Type headers likely do not match supported values.","errorLink":"E0000019","errorId":"oae*","errorCauses":[]}`},
		{"form sent", "POST", "/api/v1/groups", "a=b", []string{"Content-Type", "application/x-www-form-urlencoded"}, 400,
			`{"errorCode":"E0000021","errorSummary":"Bad request. Accept and/or Content-Type headers likely do not match supported values.","errorLink":"E0000021","errorId":"oae*","errorCauses":[]}`},
		{"no type sent", "POST", "/api/v1/groups", "{}", []string{"Content-Type", ""}, 400,
			`{"errorCode":"E0000018","errorSummary":"Bad request. Accept and/or Content-Type headers are likely not set.","errorLink":"E0000018","errorId":"oae*","errorCauses":[]}`},
		{"cursor", "GET", "/api/v1/apps?after=x", "", nil, 400,
			`{"errorCode":"E0000029","errorSummary":"Invalid paging request.","errorLink":"E0000029","errorId":"oae*","errorCauses":[{"errorSummary":"Invalid cursor."}]}`},
		{"filter", "GET", "/api/v1/apps?filter=what", "", nil, 400,
			`{"errorCode":"E0000031","errorSummary":"Invalid search criteria.","errorLink":"E0000031","errorId":"oae*","errorCauses":[]}`},
		{"app", "GET", "/api/v1/apps/none", "", nil, 404,
			`{"errorCode":"E0000007","errorSummary":"Not found: Resource not found: none (AppInstance)","errorLink":"E0000007","errorId":"oae*","errorCauses":[]}`},
		{"expand", "GET", "/api/v1/apps?expand=user/x", "", nil, 400,
			`{"errorCode":"E0000001","errorSummary":"Api validation failed: RequestParams","errorLink":"E0000001","errorId":"oae*","errorCauses":[{"errorSummary":"Expand query is malformed."}]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := s.do(tt.method, tt.path, tt.body, tt.headers...)
			if r.StatusCode != tt.status || r.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%d %s", r.StatusCode, r.Header.Get("Content-Type"))
			}
			sameBytes(t, r.text, tt.want)
		})
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	s := start(t)
	r := s.must(200, "GET", "/api/v1/apps?limit=1", "")
	for name, pattern := range map[string]string{
		"Date": `^Sat, 31 Jan 2026 09:30:00 GMT$`, "Server": `^nginx$`, "X-Okta-Request-Id": `^[0-9a-f]{32}$`,
		"X-Rate-Limit-Limit": `^\d+$`, "X-Rate-Limit-Remaining": `^\d+$`, "X-Rate-Limit-Reset": `^\d+$`,
		"Cache-Control": `^no-cache, no-store$`, "Pragma": `^no-cache$`, "Expires": `^0$`, "P3p": `HONK`,
		"X-Content-Type-Options": `^nosniff$`, "Strict-Transport-Security": `max-age`, "Referrer-Policy": `strict`,
		"Accept-Ch": `Sec-CH-UA`, "Content-Security-Policy": `.`, "Vary": `Accept-Encoding`, "Set-Cookie": `^sid="";`,
	} {
		if got := r.Header.Get(name); !regexp.MustCompile(pattern).MatchString(got) {
			t.Errorf("%s: %q does not match %s", name, got, pattern)
		}
	}
	if r.Header.Get("Retry-After") != "" {
		t.Error("Okta sends no Retry-After")
	}
	if again := s.must(200, "GET", "/api/v1/apps?limit=1", ""); again.Header.Get("X-Okta-Request-Id") == r.Header.Get("X-Okta-Request-Id") {
		t.Error("two answers have one request id")
	}
}

func TestOnlyAllowedHostsAreServed(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *okta.Options) {
		o.AllowedHosts = func(host string) bool { return strings.HasPrefix(host, "127.0.0.1:") }
	})
	s.must(200, "GET", "/.well-known/okta-organization", "")
	req, _ := http.NewRequest("GET", s.url+"/.well-known/okta-organization", nil)
	req.Host = "rebound.example"
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 400 {
		t.Errorf("a strange host gets %d", res.StatusCode)
	}
}

func TestLinksFollowTheHostThatWasAsked(t *testing.T) {
	t.Parallel()
	s := start(t)
	req, _ := http.NewRequest("GET", s.url+"/api/v1/apps?limit=1", nil)
	req.Host = "acme.okta.example"
	req.Header.Set("Authorization", "SSWS "+s.token)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := res.Header.Get("Link"); !strings.HasPrefix(got, "<http://acme.okta.example/api/v1/apps?limit=1>") {
		t.Errorf("link %q", got)
	}
}

func limitsOf(r response) [3]int {
	var out [3]int
	for i, name := range []string{"Limit", "Remaining", "Reset"} {
		out[i], _ = strconv.Atoi(r.Header.Get("X-Rate-Limit-" + name))
	}
	return out
}

func TestFreeOrgHasTenAppCallsAMinute(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *okta.Options) { o.RateLimit = "free" })
	began := s.clock.now()
	reset := int(began.Add(time.Minute).Unix())
	for i := range 10 {
		r := s.must(200, "GET", "/api/v1/apps?limit=1", "")
		if got, want := limitsOf(r), [3]int{10, 9 - i, reset}; got != want {
			t.Errorf("call %d: %v, want %v", i, got, want)
		}
		s.clock.add(time.Second)
	}
	r := s.must(429, "GET", "/api/v1/apps?limit=1", "")
	sameBytes(t, r.text, `{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit due to too many requests.","errorLink":"E0000047","errorId":"oae*","errorCauses":[]}`)
	if got, want := limitsOf(r), [3]int{10, 0, reset}; got != want {
		t.Errorf("429: %v, want %v", got, want)
	}
	if r.Header.Get("Date") != began.Add(10*time.Second).Format(http.TimeFormat) || r.Header.Get("Retry-After") != "" {
		t.Errorf("429 has Date %q, Retry-After %q", r.Header.Get("Date"), r.Header.Get("Retry-After"))
	}
	s.must(429, "GET", "/api/v1/apps/x/credentials/keys", "")                                    // the same bucket
	if got := limitsOf(s.must(404, "GET", "/api/v1/apps/x", "")); got[0] != 50 || got[1] != 49 { // another one
		t.Errorf("one app: %v", got)
	}
	s.clock.add(50*time.Second - time.Millisecond)
	s.must(429, "GET", "/api/v1/apps?limit=1", "")
	s.clock.add(time.Millisecond)
	if got := limitsOf(s.must(200, "GET", "/api/v1/apps?limit=1", "")); got[1] != 9 {
		t.Errorf("after the reset: %v", got)
	}
}

func TestTwoTokensShareTheOrgsBucket(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *okta.Options) { o.RateLimit = "free" })
	reader := []string{"Authorization", "SSWS " + s.org.ReadOnlyToken()}
	for range 10 {
		s.must(200, "GET", "/api/v1/apps?limit=1", "")
	}
	if got := limitsOf(s.must(200, "GET", "/api/v1/apps?limit=1", "", reader...)); got[0] != 10 || got[1] != 9 {
		t.Errorf("the other token has %v", got)
	}
}

func TestBuckets(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *okta.Options) { o.RateLimit = "okta" })
	for path, want := range map[string]int{
		"/api/v1/apps": 50, "/api/v1/apps/x/users": 50, "/api/v1/apps/x": 250, "/api/v1/groups": 250, "/api/v1/groups/x": 500,
		"/api/v1/groups/x/users": 250, "/api/v1/users": 300, "/api/v1/users/x": 1000, "/api/v1/policies": 600,
		"/.well-known/okta-organization": 600, "/.well-known/openid-configuration": 0, "/oauth2/v1/keys": 0,
	} {
		if got := limitsOf(s.do("GET", path, ""))[0]; got != want {
			t.Errorf("%s has limit %d, want %d", path, got, want)
		}
	}
}

func TestReadOnlyTokenCannotWrite(t *testing.T) {
	t.Parallel()
	s := start(t)
	reader := []string{"Authorization", "SSWS " + s.org.ReadOnlyToken()}
	sameBytes(t, s.must(403, "POST", "/api/v1/apps", samlBody("x"), reader...).text,
		`{"errorCode":"E0000006","errorSummary":"You do not have permission to perform the requested action","errorLink":"E0000006","errorId":"oae*","errorCauses":[]}`)
	s.must(200, "GET", "/api/v1/apps", "", reader...)
	if got := s.must(200, "GET", "/api/v1/apps?q=x", "").text; got != "[]" {
		t.Error("the refused app is there")
	}
}

func TestTokenFollowsItsOwner(t *testing.T) {
	t.Parallel()
	s := start(t)
	me := s.must(200, "GET", "/api/v1/users/me", "", "Authorization", "SSWS "+s.org.ReadOnlyToken()).id(t)
	reader := []string{"Authorization", "SSWS " + s.org.ReadOnlyToken()}
	s.must(201, "POST", "/api/v1/users/"+me+"/roles", `{"type":"APP_ADMIN"}`)
	s.must(200, "POST", "/api/v1/apps", samlBody("by the reader"), reader...)
	s.must(403, "POST", "/api/v1/groups", `{"profile":{"name":"x"}}`, reader...)
	s.must(200, "POST", "/api/v1/users/"+me+"/lifecycle/suspend", "")
	s.must(401, "GET", "/api/v1/apps", "", reader...)
}

func TestOrgEndpoints(t *testing.T) {
	t.Parallel()
	for engine, pipeline := range map[string]string{"oie": "idx", "classic": "v1"} {
		s := start(t, func(o *okta.Options) { o.Engine = engine })
		sameBytes(t, s.must(200, "GET", "/.well-known/okta-organization", "", "Authorization", "").text, `{"id":"00o*","cell":"ok1",
			"_links":{"organization":{"href":"{o}"}},"pipeline":"`+pipeline+`","settings":{"analyticsCollectionEnabled":false,
			"bugReportingEnabled":true,"omEnabled":false,"pssoEnabled":false,"desktopMFAEnabled":false,"itpEnabled":false}}`)
		org := s.must(200, "GET", "/api/v1/org", "").object(t)
		if org["subdomain"] != "acme" || org["companyName"] != "Acme" || org["status"] != "ACTIVE" {
			t.Errorf("org %v", org)
		}
		want := map[string]int{"oie": 200, "classic": 400}[engine]
		s.must(want, "GET", "/api/v1/policies?type=ACCESS_POLICY", "")
		issuer := s.must(200, "GET", "/.well-known/openid-configuration", "", "Authorization", "").object(t)["issuer"]
		if issuer != s.url {
			t.Errorf("issuer %v", issuer)
		}
	}
}

func TestOptionsThatAreWrongAreRefused(t *testing.T) {
	t.Parallel()
	for _, o := range []okta.Options{{Engine: "v3"}, {RateLimit: "many"}} {
		if _, err := okta.New(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

func TestPagesForPeopleAreNotJSON(t *testing.T) {
	t.Parallel()
	s := start(t)
	if r := s.do("GET", "/nowhere", ""); r.StatusCode != 404 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		t.Errorf("%d %s", r.StatusCode, r.Header.Get("Content-Type"))
	}
}
