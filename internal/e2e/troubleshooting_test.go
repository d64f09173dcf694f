package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/plan"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

// trouble is one thing that is broken on one side of a connection that worked,
// and what ssowizard test has to say of it.
type trouble struct {
	what    string
	breakIt func(*connected)
	code    string // of the first check that fails
	fix     string // part of that service provider's advice
}

// connected is a connection that was set up and turned on, with a way to each side.
type connected struct {
	*world
	profileID string
	app       string // id
	as        string // login of the tester
}

func connect(t *testing.T, profileID string) *connected {
	t.Helper()
	w := newWorld(t)
	core, k := w.start(profileID)
	if err := doSetup(w, core); err != nil {
		t.Fatalf("set up: %v", err)
	}
	state, _, err := k.Load()
	if err != nil {
		t.Fatal(err)
	}
	return &connected{world: w, profileID: profileID, app: state.AppID, as: w.org.People()[0].Login}
}

// call makes a call to one of the sides as an administrator there would.
func (c *connected) call(method, address, authorization, body string) string {
	c.t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", authorization)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp := c.wire.serve(req)
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		c.t.Fatalf("%s %s: %d %s %v", method, address, resp.StatusCode, answer, err)
	}
	return string(answer)
}

func (c *connected) okta(method, path, body string) string {
	c.t.Helper()
	return c.call(method, orgURL+path, "SSWS "+c.org.APIToken(), body)
}

// inOkta changes a member of the app's JSON.
func inOkta(path string, value any) func(*connected) {
	return func(c *connected) {
		c.t.Helper()
		changed, err := sjson.Set(c.okta("GET", "/api/v1/apps/"+c.app, ""), path, value)
		if err != nil {
			c.t.Fatal(err)
		}
		c.okta("PUT", "/api/v1/apps/"+c.app, changed)
	}
}

func (c *connected) sp(method, path, body string) string {
	c.t.Helper()
	for _, info := range c.sps.List() {
		if info.Key == c.profileID {
			return c.call(method, strings.TrimSuffix(info.APIURL, "/")+path, "Bearer "+info.APIToken, body)
		}
	}
	c.t.Fatalf("the sandbox has no %s", c.profileID)
	return ""
}

const reference = "/sso-settings/v1/connection"

// atSP changes a setting at the service provider.
func atSP(setting, value string) func(*connected) {
	return func(c *connected) {
		c.t.Helper()
		if c.profileID == "telnyx" {
			c.telnyxSetting(setting, value)
			return
		}
		settings := gjson.Get(c.sp("GET", reference, ""), "settings").Raw
		if c.profileID == "cloudtalk" && setting != "client_secret" {
			settings = c.with(settings, "client_secret", c.clientSecret())
		}
		c.sp("PUT", reference, `{"settings":`+c.with(settings, setting, value)+`}`)
	}
}

func (c *connected) with(json, path, value string) string {
	c.t.Helper()
	out, err := sjson.Set(json, path, value)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

func (c *connected) telnyxSetting(setting, value string) {
	c.t.Helper()
	record := gjson.Get(c.sp("GET", "/authentication_providers", ""), "data.0")
	body := "{}"
	for _, name := range []string{"idp_entity_id", "idp_sso_target_url", "idp_cert_fingerprint", "idp_cert_fingerprint_algorithm"} {
		body = c.with(body, "settings."+name, record.Get("settings."+name).String())
	}
	c.sp("PATCH", "/authentication_providers/"+record.Get("id").String(), c.with(body, "settings."+setting, value))
}

func (c *connected) clientSecret() string {
	return gjson.Get(c.okta("GET", "/api/v1/apps/"+c.app+"/credentials/secrets", ""), "0.client_secret").String()
}

// unassigned takes the app away from the tester.
func unassigned(c *connected) {
	c.t.Helper()
	for _, path := range []string{"/users", "/groups"} {
		for _, one := range gjson.Parse(c.okta("GET", "/api/v1/apps/"+c.app+path, "")).Array() {
			if one.Get("scope").String() != "GROUP" {
				c.okta("DELETE", "/api/v1/apps/"+c.app+path+"/"+one.Get("id").String(), "")
			}
		}
	}
}

// asStranger has somebody test whom the service provider does not know.
func asStranger(c *connected) {
	c.t.Helper()
	people := c.org.People()
	stranger := people[len(people)-1]
	c.as = stranger.Login
	c.okta("PUT", "/api/v1/apps/"+c.app+"/users/"+stranger.ID, "{}")
}

// otherKey has Okta sign with a key that the service provider knows nothing of.
func otherKey(c *connected) {
	c.t.Helper()
	made := c.okta("POST", "/api/v1/apps/"+c.app+"/credentials/keys/generate?validityYears=2", "")
	inOkta("credentials.signing.kid", gjson.Get(made, "kid").String())(c)
}

// test runs ssowizard test as a new process would, and gives the checks that failed.
func (c *connected) test(change func(*plan.Core)) []sso.Finding {
	c.t.Helper()
	core, k := c.start(c.profileID)
	var failed []sso.Finding
	core.Report = func(e plan.Event) {
		if e.Kind == plan.EventCheck && !e.Check.OK {
			failed = append(failed, *e.Check)
		}
	}
	for _, p := range c.org.People() {
		if p.Login != c.as {
			continue
		}
		var err error
		core.SignIn, err = signin.New(signin.Config{Transport: c.wire, OktaURL: orgURL, Login: p.Login,
			Password: secret.New(p.Password), Now: c.clock.Now, Sleep: c.clock.Sleep})
		if err != nil {
			c.t.Fatal(err)
		}
	}
	if change != nil {
		change(core)
	}
	spec, _, err := kept(core)
	if err != nil {
		c.t.Fatal(err)
	}
	spec.Test, spec.Tester = sso.TestHTTP, c.as
	o, err := core.Observe(context.Background(), spec)
	if err != nil {
		c.t.Fatal(err)
	}
	p, err := plan.MakeTest(spec, core.Profile, o, core.Diff)
	if err != nil {
		c.t.Fatal(err)
	}
	res, err := core.Apply(context.Background(), p)
	if len(failed) > 0 && (hint.CodeOf(err) != hint.TestFailed || res.Tested) {
		c.t.Errorf("checks failed, and yet: tested %t, %v", res.Tested, err)
	}
	if len(failed) == 0 && err != nil {
		c.t.Errorf("no check failed, and yet: %v", err)
	}
	if state, _, err := k.Load(); err != nil || len(failed) > 0 && state.Proof != nil {
		c.t.Errorf("a proof was kept: %v", err)
	}
	return failed
}

func TestWhatTestSaysIsTheServiceProvidersOwnAdvice(t *testing.T) {
	t.Parallel()
	for profileID, list := range troubles {
		t.Run(profileID, func(t *testing.T) {
			t.Parallel()
			if failed := connect(t, profileID).test(nil); len(failed) > 0 {
				t.Fatalf("before anything is broken: %+v", failed)
			}
			for _, tt := range list {
				t.Run(tt.what, func(t *testing.T) {
					c := connect(t, profileID)
					tt.breakIt(c)
					failed := c.test(nil)
					if len(failed) == 0 {
						t.Fatal("nobody noticed")
					}
					if failed[0].Code != tt.code || !strings.Contains(failed[0].Fix, tt.fix) {
						t.Errorf("%s: got %q, fix %q\nwant %s and %q", failed[0].Code, failed[0].Got, failed[0].Fix, tt.code, tt.fix)
					}
				})
			}
		})
	}
}

// lying shows what the settings API said before, whatever is true now.
type lying struct {
	base http.RoundTripper
	said map[string][]byte // by path
}

func (l *lying) RoundTrip(req *http.Request) (*http.Response, error) {
	if body, ok := l.said[req.URL.Path]; ok && req.Method == http.MethodGet {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: req}, nil
	}
	resp, err := l.base.RoundTrip(req)
	if err != nil || req.Method != http.MethodGet || l.said == nil {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, errors.Join(err, resp.Body.Close())
	}
	l.said[req.URL.Path], resp.Body = body, io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// TestARefusalThatOnlyTheServiceProviderKnowsIsToldInItsWords breaks what no
// comparison of settings can see, because the settings API says that all is well:
// the relying party alone refuses, and its reason has to reach the admin.
func TestARefusalThatOnlyTheServiceProviderKnowsIsToldInItsWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		profileID, what string
		breakIt         func(*connected)
		said, fix       string
	}{
		{"net2phone", "audience", atSP("entity_id", "N2P"), "N2P", "both have to be n2p"},
		{"net2phone", "person unknown", asStranger, "e-mail address", "Sync has a user with the very e-mail address"},
		{"telnyx", "issuer", atSP("idp_entity_id", "http://www.okta.com/exkOther"), "IdP Entity ID", "leaves \"not found\" in IdP Entity ID"},
		{"telnyx", "fingerprint", atSP("idp_cert_fingerprint", strings.Repeat("AB:", 31)+"AB"), "ingerprint", "SHA-256 fingerprint of the app's active certificate"},
		{"telnyx", "person unknown", asStranger, "e-mail address", "Invite the person to the organization"},
		{"infobip", "issuer", atSP("idp_issuer", "http://www.okta.com/exkOther"), "Identity Provider Issuer", "Copy Identity Provider Issuer from this Okta app again"},
		{"infobip", "person unknown", asStranger, "e-mail address", "Make a user with this e-mail address at Infobip"},
		{"justcall", "issuer", atSP("issuer", "http://www.okta.com/exkOther"), "Issuer / Entity ID", "into Issuer / Entity ID, exactly"},
		{"cloudtalk", "secret", atSP("client_secret", "not-the-secret-of-this-app-0123456789"), "invalid_client", "The client secret at CloudTalk is not that of the app"},
		{"cloudtalk", "person unknown", asStranger, "e-mail address", "Look into the list of users in CloudTalk"},
	} {
		t.Run(tt.profileID+" "+tt.what, func(t *testing.T) {
			t.Parallel()
			c := connect(t, tt.profileID)
			l := &lying{base: c.wire, said: map[string][]byte{}}
			if _, err := c.driver(tt.profileID, l).Read(context.Background()); err != nil {
				t.Fatal(err)
			}
			tt.breakIt(c)
			for _, f := range c.test(func(core *plan.Core) { core.SP = c.driver(tt.profileID, l) }) {
				if f.Code == "sign_in.sp_refused" {
					if !strings.Contains(f.Got, tt.said) || !strings.Contains(f.Fix, tt.fix) {
						t.Errorf("got %q, want %q in it; fix %q, want %q in it", f.Got, tt.said, f.Fix, tt.fix)
					}
					return
				}
				t.Errorf("%s: %q, %q", f.Code, f.Got, f.Fix)
			}
			t.Error("the refusal is not told")
		})
	}
}
