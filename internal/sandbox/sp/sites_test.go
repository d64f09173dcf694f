package sp_test

import (
	"encoding/json"
	"maps"
	"net/url"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"example.com/ssowizard/internal/sandbox/sp/samlrp/samltest"
)

// validKey has a certificate that holds at the tests' time.
var validKey = sync.OnceValue(func() samltest.Key {
	return samltest.First().Valid(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC))
})

const issuer = "http://www.okta.com/exk1"

// site is one of the providers, set up or to be set up.
type site struct {
	*world
	key, portal, api, token string
	acs, audience           string
	settings                map[string]any // good ones for the reference settings API
	attributes              map[string]string
	start                   string // where a sign-in begins at the provider
}

func (w *world) site(key string) *site {
	w.t.Helper()
	for _, info := range w.p.List() {
		if info.Key == key {
			return &site{world: w, key: key, portal: info.PortalURL, api: info.APIURL, token: info.APIToken}
		}
	}
	w.t.Fatalf("no provider %s", key)
	return nil
}

func newInfobip(t *testing.T) *site {
	s := newWorld(t).site("infobip")
	s.acs, s.audience = "https://portal.infobip.com/login/saml/acme/callback", "https://portal.infobip.com/login/saml/acme"
	s.start = s.audience
	s.settings = map[string]any{
		"custom_domain": "acme", "idp_login_url": loginURL, "idp_issuer": issuer, "idp_certificate": oneLine(validKey()),
	}
	return s
}

func newJustCall(t *testing.T) *site {
	s := newWorld(t).site("justcall")
	_, now := s.connection("GET", "", "")
	offered := now["service_provider"].(map[string]any)
	s.acs, s.audience = offered["acs_url"].(string), offered["entity_id"].(string)
	s.settings = map[string]any{"sso_url": loginURL, "issuer": issuer, "certificate": validKey().PEM(), "default_role": "Member"}
	s.attributes = map[string]string{"email": ana, "firstName": "Ana", "lastName": "Lima"}
	return s
}

// connection makes a call of the reference settings API.
func (s *site) connection(method, path, body string) (int, map[string]any) {
	s.t.Helper()
	return s.callAt(s.portal+"/sso-settings/v1/connection", s.token, method, path, body)
}

// save saves the good settings with changes; nil takes one away.
func (s *site) save(change map[string]any) (int, map[string]any) {
	s.t.Helper()
	v := maps.Clone(s.settings)
	for name, value := range change {
		if v[name] = value; value == nil {
			delete(v, name)
		}
	}
	b, err := json.Marshal(map[string]any{"settings": v})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.connection("PUT", "", string(b))
}

// setUp saves the settings and turns SSO on.
func (s *site) setUp(change map[string]any) {
	s.t.Helper()
	if status, got := s.save(change); status != 200 {
		s.t.Fatalf("save: %d %v", status, got)
	}
	if status, got := s.connection("PUT", "/enabled", `{"enabled":true}`); status != 200 {
		s.t.Fatalf("enable: %d %v", status, got)
	}
}

// says is what the identity provider says about somebody now.
func (s *site) says(email string) samltest.Response {
	r := samltest.New(s.acs, s.audience, email, s.clock.now())
	r.Key, r.Issuer = validKey(), issuer
	r.Attributes = maps.Clone(s.attributes)
	if r.Attributes["email"] != "" {
		r.Attributes["email"] = email
	}
	return r
}

// deliver posts a response to the ACS URL that it was made for.
func (s *site) deliver(b *browser, r samltest.Response, relayState string) *page {
	s.t.Helper()
	form := url.Values{"SAMLResponse": {r.Encode()}}
	if relayState != "" {
		form.Set("RelayState", relayState)
	}
	return b.post(s.acs, form, nil, "")
}

// signIn signs somebody in from the provider's own start.
func (s *site) signIn(b *browser, r samltest.Response) *page {
	s.t.Helper()
	b.open(s.start)
	r.InResponseTo = b.requestID()
	return s.deliver(b, r, mustParse(s.t, b.page.header.Get("Location")).Query().Get("RelayState"))
}

// admin signs the admin in with a password and walks the navigation.
func (s *site) admin(way ...string) *browser {
	s.t.Helper()
	b := s.browser()
	b.open(s.portal + "/")
	b.press("Next", map[string]string{"Email address": ana})
	b.press("Sign in", map[string]string{"Password": "secret-ana"})
	for _, text := range way {
		b.follow(text)
	}
	return b
}

func oneLine(k samltest.Key) string {
	return stripLines(k.PEM())
}

func stripLines(s string) string {
	var out []rune
	for _, r := range s {
		if r != '\n' && r != '\r' {
			out = append(out, r)
		}
	}
	return string(out)
}

// labels are the words of the settings form in the order of the page.
func (p *page) labels() []string {
	var all []string
	each(p.doc, func(n *html.Node) {
		switch {
		case n.Data == "label" && attr(n, "class") == "", n.Data == "button" && textOf(n) != "Sign out":
			all = append(all, textOf(n))
		}
	})
	return all
}

// shown is the value of the control with a label.
func (p *page) shown(label string) string {
	l := find(p.doc, func(n *html.Node) bool { return n.Data == "label" && textOf(n) == label })
	field := find(p.doc, func(n *html.Node) bool { return attr(n, "id") != "" && attr(n, "id") == attr(l, "for") })
	switch {
	case field == nil:
		return "[missing]"
	case field.Data == "textarea":
		return textOf(field)
	case field.Data == "select":
		return attr(chosen(field), "value")
	}
	return attr(field, "value")
}
