package oktaapi_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
)

var _ interface {
	Org(context.Context) (sso.Org, error)
	Me(context.Context) (sso.Person, error)
	Apps(context.Context) ([]sso.App, error)
	App(context.Context, string) (sso.App, error)
	CreateApp(context.Context, sso.App) (sso.App, error)
	UpdateApp(context.Context, string, sso.App) (sso.App, error)
	DeleteApp(context.Context, string) error
	UploadLogo(context.Context, string, string, []byte) error
	IdPValues(context.Context, sso.App) (sso.IdPValues, error)
	Keys(context.Context, string) ([]sso.SigningKey, error)
	GenerateKey(context.Context, string, int) (sso.SigningKey, error)
	Group(context.Context, string) ([]sso.Group, []sso.Group, error)
	Person(context.Context, string) ([]sso.Person, []sso.Person, error)
	SearchGroups(context.Context, string, int, string) ([]sso.Group, string, error)
	SearchPeople(context.Context, string, int, string) ([]sso.Person, string, error)
	AppGroups(context.Context, string) ([]sso.Assignment, error)
	AppUsers(context.Context, string) ([]sso.Assignment, error)
	AppUser(context.Context, string, string) (sso.Assignment, bool, error)
	Assign(context.Context, string, sso.Assignment) error
	Unassign(context.Context, string, sso.Assignment) error
} = (*oktaapi.Client)(nil)

func tokenAuth() oktaapi.Auth { return oktaapi.Auth{Token: secret.New(canary)} }

// Not parallel: it changes the environment.
func TestNeitherEnvironmentNorFilesCount(t *testing.T) {
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, ".okta"), 0o700); err != nil {
		t.Fatal(err)
	}
	config := "okta:\n  client:\n    orgUrl: http://127.0.0.1:1\n    token: filetoken\n    authorizationMode: Bearer\n    rateLimit:\n      maxRetries: 9\n"
	if err := os.WriteFile(filepath.Join(home, ".okta", "okta.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"HOME": home, "OKTA_CLIENT_ORGURL": "http://127.0.0.1:2", "OKTA_CLIENT_TOKEN": "envtoken",
		"OKTA_CLIENT_AUTHORIZATIONMODE": "PrivateKey", "OKTA_CLIENT_PROXY_HOST": "127.0.0.1", "OKTA_CLIENT_PROXY_PORT": "3", "OKTA_CLIENT_CACHE_ENABLED": "true",
		"OKTA_CLIENT_CLIENTID": "x", "OKTA_CLIENT_REQUEST_TIMEOUT": "not a number", "HTTP_PROXY": "http://127.0.0.1:4"} {
		t.Setenv(name, value)
	}
	stdout := os.Stdout
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout = w
	o := newOrg(t)
	o.on("GET /api/v1/users/me", jsonAnswer(200, `{"id":"00u1","profile":{"login":"ana"}}`))
	c := o.client(t)
	me, err1 := c.Me(t.Context())
	_, err2 := c.Me(t.Context())
	os.Stdout = stdout
	_ = w.Close()
	printed := make([]byte, 100)
	n, _ := r.Read(printed)
	if err := errors.Join(err1, err2); err != nil || me.Login != "ana" {
		t.Fatalf("got %+v, %v", me, err)
	}
	if n > 0 {
		t.Errorf("printed %q", printed[:n])
	}
	if got := o.last().header.Get("Authorization"); got != "SSWS "+canary {
		t.Errorf("Authorization is %q", got)
	}
	if len(o.lines()) != 2 {
		t.Errorf("the second read was answered from a cache: %q", o.lines())
	}
	if agent := o.last().header.Get("User-Agent"); !strings.Contains(agent, "ssowizard/test") || !strings.Contains(agent, "okta-sdk-golang") {
		t.Errorf("User-Agent is %q", agent)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	rt := (&httpx.Net{}).Transport()
	for name, cfg := range map[string]oktaapi.Config{
		"plain http":         {OrgURL: "http://acme.okta.com", Auth: tokenAuth(), Transport: rt},
		"with path":          {OrgURL: "https://acme.okta.com/", Auth: tokenAuth(), Transport: rt},
		"no address":         {Auth: tokenAuth(), Transport: rt},
		"nothing to show":    {OrgURL: "https://acme.okta.com", Transport: rt},
		"token in two lines": {OrgURL: "https://acme.okta.com", Auth: oktaapi.Auth{Token: secret.New("canary\r\nX: y")}, Transport: rt},
		"both":               {OrgURL: "https://acme.okta.com", Auth: oktaapi.Auth{Token: secret.New("x"), ClientID: "y"}, Transport: rt},
		"no key":             {OrgURL: "https://acme.okta.com", Auth: oktaapi.Auth{ClientID: "y"}, Transport: rt},
	} {
		_, err := oktaapi.New(cfg)
		if hint.CodeOf(err) != hint.Usage || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %v with code %d", name, err, hint.CodeOf(err))
		}
	}
	if _, err := oktaapi.New(oktaapi.Config{OrgURL: "https://acme.okta.com", Auth: tokenAuth()}); err == nil {
		t.Error("a client without a transport was made")
	}
}

func TestOrgIsReadWithoutTheToken(t *testing.T) {
	t.Parallel()
	for pipeline, engine := range map[string]string{"idx": "oie", "v1": "classic"} {
		o := newOrg(t)
		o.on("GET /.well-known/okta-organization", jsonAnswer(200, `{"id":"00oORG00000000000001","cell":"op3","_links":{"organization":{"href":"https://acme.okta.com"}},"pipeline":"`+pipeline+`","settings":{}}`))
		got, err := o.client(t).Org(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := sso.Org{ID: "00oORG00000000000001", URL: o.URL, Host: strings.TrimPrefix(o.URL, "http://"), Engine: engine}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if o.last().header.Get("Authorization") != "" {
			t.Error("the token was sent")
		}
	}
}

func TestWhatIsNoOrgIsSaidPlainly(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]struct {
		answer int
		kind   string
		body   string
	}{
		"page":        {200, "text/html", "<html>Welcome</html>"},
		"not found":   {404, "application/json", `{"errorCode":"E0000007"}`},
		"other JSON":  {200, "application/json", `{"id":"x"}`},
		"broken JSON": {200, "application/json", `{"id":"00oORG0000000`},
		"list":        {200, "application/json", `["00oORG00000000000001"]`},
	} {
		o := newOrg(t)
		o.on("GET /.well-known/okta-organization", page(h.answer, h.kind, h.body))
		_, err := o.client(t).Org(t.Context())
		if hint.CodeOf(err) != hint.Usage || len(hint.Hints(err)) == 0 {
			t.Errorf("%s: got %v with code %d", name, err, hint.CodeOf(err))
		}
	}
	o := newOrg(t)
	o.on("GET /.well-known/okta-organization", page(503, "text/html", "busy"))
	if _, err := o.client(t).Org(t.Context()); err == nil || hint.CodeOf(err) == hint.Usage {
		t.Errorf("an org that is down is taken for a wrong address: %v", err)
	}
	c := o.client(t)
	o.Close()
	if _, err := c.Org(t.Context()); err == nil || hint.CodeOf(err) == hint.Usage || len(hint.Hints(err)) == 0 {
		t.Errorf("unreachable: %v, %q", err, hint.Hints(err))
	}
}

func TestParseOrg(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"acme":                     "https://acme.okta.com",
		" Acme-EU ":                "https://acme-eu.okta.com",
		"acme-admin":               "https://acme.okta.com",
		"acme.okta.com":            "https://acme.okta.com",
		"ACME.Okta.com.":           "https://acme.okta.com",
		"acme.okta.com/":           "https://acme.okta.com",
		"acme.okta.com:443":        "https://acme.okta.com",
		"https://acme.okta.com":    "https://acme.okta.com",
		"https://acme.okta.com///": "https://acme.okta.com",
		"https://acme-admin.okta.com/admin/dashboard":   "https://acme.okta.com",
		"acme-admin.oktapreview.com":                    "https://acme.oktapreview.com",
		"https://acme-admin.okta-emea.com/admin/apps#x": "https://acme.okta-emea.com",
		"HTTPS://acme.okta.com?x=1":                     "https://acme.okta.com",
		"login.acme.example":                            "https://login.acme.example",
		"https://id.acme.example:8443/app":              "https://id.acme.example:8443",
		"https://bücher.example":                        "https://xn--bcher-kva.example",
		"http://127.0.0.1:7001/":                        "http://127.0.0.1:7001",
		"127.0.0.1:7001":                                "http://127.0.0.1:7001",
		"localhost:7001":                                "http://localhost:7001",
		"localhost":                                     "http://localhost",
		"https://127.0.0.3":                             "https://127.0.0.3",
		"http://[::1]:80":                               "http://[::1]",
		"oie-00.dne-okta.com":                           "https://oie-00.dne-okta.com",
	} {
		got, err := oktaapi.ParseOrg(text)
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "  ", "acme okta", "acme\n.okta.com", "{yourOktaDomain}", "https://${yourOktaDomain}", "<org>.okta.com", "your-org", "https://yourOktaDomain.com",
		"acme.okta.com.com", "https://me:hunter2@acme.okta.com", "ana@acme.example", "http://acme.okta.com", "ftp://acme.okta.com", "okta.com", "www.okta.com", "https://login.okta.com",
		"a.b.okta.com", "acme.okta.com.okta.com", "https://", "https:///x", "https://acme", "acme..com", ".okta.com", "-acme.okta.com", "acme.okta.com:x", "acme.okta.com:", "acme.okta.com:8443",
		`acme.okta.com\@evil.example`, "https://acme.okta.com@evil.example", "https://acme_%zz.example", "//acme.okta.com", "javascript:alert(1)", "http://10.0.0.1", strings.Repeat("a", 300) + ".example"} {
		got, err := oktaapi.ParseOrg(text)
		if hint.CodeOf(err) != hint.Usage || got != "" || len(hint.Hints(err)) == 0 {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the error shows the password", text)
		}
	}
}
