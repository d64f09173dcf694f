package sp_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/sp"
)

func TestListTellsHowToGetIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := w.p.List()
	want := []sp.Info{
		{Key: "net2phone", Name: "net2phone Sync", PortalURL: portal, APIURL: portal, Hosts: []string{"app.net2phone.com", "auth.net2phone.com"}},
		{Key: "telnyx", Name: "Telnyx", PortalURL: "https://portal.telnyx.com", APIURL: "https://api.telnyx.com/v2", Hosts: []string{"portal.telnyx.com", "api.telnyx.com"}},
		{Key: "infobip", Name: "Infobip", PortalURL: "https://portal.infobip.com", APIURL: "https://portal.infobip.com", Hosts: []string{"portal.infobip.com"}},
		{Key: "justcall", Name: "JustCall", PortalURL: "https://app.justcall.io", APIURL: "https://app.justcall.io", Hosts: []string{"app.justcall.io"}},
	}
	var hosts []string
	for _, one := range want { // a provider that is added must not break this test
		i := slices.IndexFunc(got, func(i sp.Info) bool { return i.Key == one.Key })
		if i < 0 {
			t.Fatalf("%s is missing", one.Key)
		}
		if diff := cmp.Diff(one, got[i], cmpopts.IgnoreFields(sp.Info{}, "APIToken")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", one.Key, diff)
		}
	}
	for _, one := range got {
		hosts = append(hosts, one.Hosts...)
	}
	if diff := cmp.Diff(hosts, w.p.Hosts()); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
	if len(w.token) < 40 || newWorld(t).token == w.token {
		t.Errorf("token %q", w.token)
	}
}

func TestHostsAreDispatched(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for address, want := range map[string]int{
		"https://APP.net2phone.com:8443/login":              200,
		"https://app.net2phone.com./login":                  200,
		"https://auth.net2phone.com/login":                  404,
		"https://auth.net2phone.com/sso-settings/v1/":       404,
		"https://app.net2phone.com/saml/login/callback":     404,
		"https://net2phone.com/":                            421,
		"https://evil.example/":                             421,
		"https://app.net2phone.com/style.css":               200,
		"https://auth.net2phone.com/style.css":              200,
		"https://app.net2phone.com/sso-settings/v1/nothing": 401,
	} {
		r, err := http.NewRequest("GET", address, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := w.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != want {
			t.Errorf("%s: %d, want %d", address, res.StatusCode, want)
		}
	}
}

func TestLinksNameThePortWhenThereIsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var err error
	w.p, err = sp.New(sp.Options{Log: w.log, Now: w.clock.now, OktaOrigin: "http://127.0.0.1:7001", Port: func() string { return "7443" }})
	if err != nil {
		t.Fatal(err)
	}
	w.configure(false)
	if _, start := w.newTest(); !strings.HasPrefix(start, "https://app.net2phone.com:7443/sso/test/") {
		t.Errorf("start URL %q", start)
	}
	_, got := w.call("GET", "/connection", "")
	if got["service_provider"].(map[string]any)["acs_url"] != acsURL {
		t.Errorf("the ACS URL has to stay what production has: %v", got["service_provider"])
	}
}

func TestNewFailsWithoutRandomness(t *testing.T) {
	t.Parallel()
	_, err := sp.New(sp.Options{Log: durable.Memory(), Rand: broken{}})
	if err == nil || !strings.Contains(err.Error(), "net2phone") {
		t.Errorf("error = %v", err)
	}
	if _, err := sp.New(sp.Options{}); err == nil {
		t.Error("no error without a log")
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("no randomness") }
