package okta_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/okta"
)

// sharedKeys are made once: RSA keys take long.
var sharedKeys = sync.OnceValue(func() []*rsa.PrivateKey {
	var keys []*rsa.PrivateKey
	for range 3 {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys = append(keys, k)
	}
	return keys
})

// clock is a clock that a test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// sandbox is an org with a server and a client for tests.
type sandbox struct {
	t     *testing.T
	org   *okta.Org
	url   string
	token string
	clock *clock
}

func start(t *testing.T, edit ...func(*okta.Options)) *sandbox {
	t.Helper()
	c := newClock()
	next := 0
	var mu sync.Mutex
	o := okta.Options{
		Log: durable.Memory(), Now: c.now, RateLimit: "off", Users: 40, Groups: 8,
		Key: func() (*rsa.PrivateKey, error) {
			mu.Lock()
			defer mu.Unlock()
			next++
			return sharedKeys()[next%3], nil
		},
	}
	for _, e := range edit {
		e(&o)
	}
	org, err := okta.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(org)
	t.Cleanup(server.Close)
	return &sandbox{t: t, org: org, url: server.URL, token: org.APIToken(), clock: c}
}

func classic(o *okta.Options) { o.Engine = "classic" }

// response is an answer with its body read.
type response struct {
	*http.Response
	text string
}

// do sends a request with the org's token. A body that is not empty is JSON.
// Headers come as name, value pairs.
func (s *sandbox) do(method, path, body string, headers ...string) response {
	s.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = s.url + path
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "SSWS "+s.token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
		}
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response{res, string(text)}
}

// must is do that wants a status.
func (s *sandbox) must(status int, method, path, body string, headers ...string) response {
	s.t.Helper()
	r := s.do(method, path, body, headers...)
	if r.StatusCode != status {
		s.t.Fatalf("%s %s = %d, want %d: %s", method, path, r.StatusCode, status, r.text)
	}
	return r
}

// into decodes an answer.
func (r response) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.text), v); err != nil {
		t.Fatalf("%v in %s", err, r.text)
	}
}

func (r response) object(t *testing.T) map[string]any {
	t.Helper()
	var m map[string]any
	r.into(t, &m)
	return m
}

func (r response) id(t *testing.T) string {
	t.Helper()
	id, _ := r.object(t)["id"].(string)
	return id
}

var masks = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`http://127\.0\.0\.1:\d+`), "{o}"},
	{regexp.MustCompile(`\b(0oa|00u|00g|rst|oty|osc|ocs|aln|exk|guo|00o|oag|gfs|0pr)[0-9A-Za-z]{17}\b`), "$1*"},
	{regexp.MustCompile(`"kid":"[0-9A-Za-z_-]{43}"`), `"kid":"KID"`},
	{regexp.MustCompile(`"client_secret":"[0-9A-Za-z_-]{64}"`), `"client_secret":"SECRET"`},
	{regexp.MustCompile(`"errorId":"oae[0-9A-Za-z_-]{22}"`), `"errorId":"oae*"`},
}

// masked replaces what differs from run to run.
func masked(text string) string {
	for _, m := range masks {
		text = m.pattern.ReplaceAllString(text, m.with)
	}
	return text
}

// sameBytes compares a masked body with a fixture that is wrapped for reading:
// line ends and the spaces after them do not count.
func sameBytes(t *testing.T, got, want string) {
	t.Helper()
	var b strings.Builder
	for line := range strings.SplitSeq(want, "\n") {
		b.WriteString(strings.TrimLeft(line, "\t "))
	}
	if diff := cmp.Diff(b.String(), masked(got)); diff != "" {
		t.Errorf("body differs (-want +got):\n%s", diff)
	}
}

// samlBody is what creates a SAML app; the pairs replace text in it.
func samlBody(label string, replace ...string) string {
	body := `{"label":` + quote(label) + `,"signOnMode":"SAML_2_0",
	"visibility":{"autoSubmitToolbar":false,"hide":{"iOS":false,"web":false}},
	"settings":{"app":{},"signOn":{
	"defaultRelayState":"","ssoAcsUrl":"https://sp.example/acs","recipient":"https://sp.example/acs",
	"destination":"https://sp.example/acs","audience":"https://sp.example/sp",
	"idpIssuer":"http://www.okta.com/${org.externalKey}",
	"subjectNameIdTemplate":"${user.email}",
	"subjectNameIdFormat":"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
	"responseSigned":true,"assertionSigned":true,"signatureAlgorithm":"RSA_SHA256","digestAlgorithm":"SHA256",
	"honorForceAuthn":true,"requestCompressed":false,
	"authnContextClassRef":"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
	"allowMultipleAcsEndpoints":false,"acsEndpoints":[],"attributeStatements":[],"slo":{"enabled":false}}}}`
	return strings.NewReplacer(replace...).Replace(body)
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// samlApp makes an app and answers its id.
func (s *sandbox) samlApp(label string, replace ...string) string {
	s.t.Helper()
	return s.must(200, "POST", "/api/v1/apps", samlBody(label, replace...)).id(s.t)
}

// userID finds a person by login.
func (s *sandbox) userID(login string) string {
	s.t.Helper()
	return s.must(200, "GET", "/api/v1/users/"+login, "").id(s.t)
}

// groupID finds a group by its name.
func (s *sandbox) groupID(name string) string {
	s.t.Helper()
	var list []struct {
		ID      string
		Profile struct{ Name string }
	}
	s.must(200, "GET", "/api/v1/groups?q="+strings.ReplaceAll(name, " ", "+"), "").into(s.t, &list)
	for _, g := range list {
		if g.Profile.Name == name {
			return g.ID
		}
	}
	s.t.Fatalf("no group %q", name)
	return ""
}
