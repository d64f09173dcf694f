package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/sp"
	"example.com/ssowizard/internal/signin"
	"example.com/ssowizard/internal/sso"
)

// relyingParty lets the service provider speak OpenID Connect.
func relyingParty(app mux, answered http.HandlerFunc) {
	q := url.Values{"client_id": {"0oa1"}, "redirect_uri": {spURL + "/cb"}, "response_type": {"code"}, "scope": {"openid"}, "state": {"theirs"}}
	app["/start"] = redirect(302, oktaURL+"/oauth2/v1/authorize?"+q.Encode())
	app["/cb"] = answered
}

func TestSignInWithOpenIDConnectIsDelivered(t *testing.T) {
	t.Parallel()
	accept := func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("code") != codeText || r.FormValue("state") != "theirs" {
			page(w, 400, "no code")
			return
		}
		http.Redirect(w, r, "/home", http.StatusSeeOther)
	}
	form := `<form id="appForm" action="` + spURL + `/cb" method="POST"><input type="hidden" name="code" value="` + codeText +
		`"/><input type="hidden" name="state" value="theirs"/></form><script>document.getElementById("appForm").submit();</script>`
	for name, answer := range map[string]http.HandlerFunc{
		"by redirect": redirect(302, spURL+"/cb?code="+codeText+"&state=theirs"),
		"by form":     show(200, form),
	} {
		for _, deliver := range []bool{true, false} {
			w, o, app, _ := newWorld()
			relyingParty(app, accept)
			authorize(o, answer)
			seen := w.run(t, sso.SignInRequest{Flow: sso.FlowSPInitiated, StartURL: spURL + "/start", Deliver: deliver})
			want := sso.OutcomeSignedIn
			if !deliver {
				want = sso.OutcomeAnswered
			}
			if seen.Outcome != want || seen.PostedTo != spURL+"/cb" || seen.Response != nil {
				t.Errorf("%s, deliver %v: %+v", name, deliver, seen)
			}
			for _, r := range w.seen {
				if !deliver && strings.Contains(r.url, "/cb") && strings.HasPrefix(r.url, spURL) {
					t.Errorf("%s: delivered although nobody asked for it", name)
				}
			}
		}
	}
}

func TestSignInWithOpenIDConnectThatFailsSaysWhere(t *testing.T) {
	t.Parallel()
	cb := spURL + "/cb"
	for name, c := range map[string]struct {
		answer, party http.HandlerFunc
		outcome       sso.Outcome
		says          string
	}{
		"not assigned": {redirect(302, cb+"?error=access_denied&error_description=User+is+not+assigned+to+the+client+application.&state=theirs"), nil,
			sso.OutcomeNotAssigned, "access_denied"},
		"no code":     {redirect(302, cb+"?state=theirs"), nil, sso.OutcomeIdPError, "neither a code"},
		"refused":     {redirect(302, cb+"?code="+codeText+"&state=theirs"), show(403, "<p>Bad id_token issuer</p>"), sso.OutcomeSPRefused, "Bad id_token issuer"},
		"asked again": {redirect(302, cb+"?code="+codeText+"&state=theirs"), redirect(302, "/start"), sso.OutcomeSPRefused, "again"},
		"elsewhere":   {redirect(302, "https://evil.example/cb?code="+codeText), nil, sso.OutcomeNotAssigned, "evil.example"},
	} {
		w, o, app, _ := newWorld()
		party := c.party
		if party == nil {
			party = func(rw http.ResponseWriter, _ *http.Request) { t.Errorf("%s: the service provider was asked", name) }
		}
		relyingParty(app, party)
		authorize(o, c.answer)
		seen := w.run(t, sso.SignInRequest{Flow: sso.FlowSPInitiated, StartURL: spURL + "/start", Deliver: true})
		if seen.Outcome != c.outcome || !strings.Contains(seen.Detail, c.says) || strings.Contains(seen.Detail, codeText) {
			t.Errorf("%s: %+v", name, seen)
		}
	}
}

// hosts sends requests for the service providers to them, and others out.
type hosts struct{ sps *world }

func (h hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Hostname() == "127.0.0.1" {
		return http.DefaultTransport.RoundTrip(r)
	}
	return h.sps.RoundTrip(r)
}

func TestSignInReachesTheSandboxesCloudTalk(t *testing.T) {
	t.Parallel()
	p := newProof(t, "https://authsso.cloudtalk.io/oauth2/idpresponse")
	sps, err := sp.New(sp.Options{Log: durable.Memory(), Now: p.now, OktaOrigin: p.server.Issuer,
		People: func(yield func(sp.Person) bool) { yield(sp.Person{Email: login, FirstName: "Ana"}) }})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{hosts: map[string]http.Handler{}}
	token := ""
	for _, one := range sps.List() {
		if one.Key == "cloudtalk" {
			token = one.APIToken
			for _, host := range one.Hosts {
				w.hosts[host] = sps
			}
		}
	}
	set := func(path, body string) {
		r, err := http.NewRequest(http.MethodPut, "https://my.cloudtalk.io/sso-settings/v1/connection"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		if resp, err := w.RoundTrip(r); err != nil || resp.StatusCode != 200 {
			t.Fatal(resp, err)
		}
	}
	settings := func(secret string) string {
		return `{"settings":{"client_id":"` + p.app.OIDC.ClientID + `","client_secret":"` + secret + `","discovery_url":"` + p.server.Issuer + `/","method":"GET"}}`
	}
	cfg := p.config
	cfg.Transport = hosts{w}
	person, err := signin.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	signIn := func() sso.Seen {
		seen, err := person.SignIn(t.Context(), sso.SignInRequest{Flow: sso.FlowSPInitiated, Deliver: true,
			StartURL: "https://authsso.cloudtalk.io/oauth2/authorize?identity_provider=Okta"})
		if err != nil {
			t.Fatal(err)
		}
		return seen
	}
	set("", settings(p.secret.Reveal()))
	if seen := signIn(); seen.Outcome != sso.OutcomeStartRefused || !strings.Contains(seen.Detail, "not enabled") {
		t.Errorf("while it is off: %+v", seen)
	}
	set("/enabled", `{"enabled":true}`)
	if seen := signIn(); seen.Outcome != sso.OutcomeSignedIn || !strings.Contains(seen.Detail, login) {
		t.Errorf("%+v", seen)
	}
	set("", settings("another-secret-altogether"))
	if seen := signIn(); seen.Outcome != sso.OutcomeSPRefused || !strings.Contains(seen.Detail, "invalid_client") {
		t.Errorf("with another secret: %+v", seen)
	}
}
