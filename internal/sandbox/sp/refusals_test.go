package sp_test

import (
	"net/http"
	"strings"
	"testing"

	"example.com/ssowizard/internal/sandbox/sp/samlrp/samltest"
)

// sites are the providers that share these refusals, set up and turned on.
var sites = map[string]func(*testing.T) *site{
	"telnyx":   func(t *testing.T) *site { s := newTelnyx(t); s.create(map[string]any{"active": true}); return s },
	"infobip":  func(t *testing.T) *site { s := newInfobip(t); s.setUp(nil); return s },
	"justcall": func(t *testing.T) *site { s := newJustCall(t); s.setUp(nil); s.start = ""; return s },
}

// begin begins a sign-in at the provider in its own way.
func (s *site) begin(b *browser) string {
	s.t.Helper()
	if s.start != "" {
		b.open(s.start)
		return b.requestID()
	}
	b.open(s.portal + "/login/sso")
	b.press("Continue", map[string]string{"Company email": ana})
	return b.requestID()
}

func TestEveryProviderRefusesForTheTrueReason(t *testing.T) {
	t.Parallel()
	labels := map[string]map[string]string{ // what the page calls the field
		"wrong_audience": {"telnyx": "Service Provider Entity ID", "infobip": "SP Entity ID", "justcall": "Entity ID"},
		"wrong_issuer":   {"telnyx": "IdP Entity ID", "infobip": "Identity Provider Issuer", "justcall": "Issuer / Entity ID"},
	}
	for key, setUp := range sites {
		for _, tt := range []struct {
			reason string
			change func(*samltest.Response)
		}{
			{"", func(*samltest.Response) {}},
			{"wrong_audience", func(r *samltest.Response) { r.Audience += "/" }},
			{"wrong_recipient", func(r *samltest.Response) { r.Recipient += "/" }},
			{"wrong_destination", func(r *samltest.Response) { r.Destination += "/" }},
			{"wrong_issuer", func(r *samltest.Response) { r.Issuer = "http://www.okta.com/exk2" }},
			{"certificate_mismatch", func(r *samltest.Response) { r.Key = samltest.Second() }},
			{"unsigned", func(r *samltest.Response) { r.SignAssertion, r.SignResponse = false, false }},
			{"nameid_not_email", func(r *samltest.Response) { r.NameID = "alima" }},
			{"unknown_request", func(r *samltest.Response) { r.InResponseTo = "_never_made" }},
			{"status_not_success", func(r *samltest.Response) { r.Status = "urn:oasis:names:tc:SAML:2.0:status:Responder" }},
		} {
			t.Run(key+" "+tt.reason, func(t *testing.T) {
				t.Parallel()
				s := setUp(t)
				b := s.browser()
				r := s.says(ana)
				r.InResponseTo = s.begin(b)
				tt.change(&r)
				page := s.deliver(b, r, telnyxPortal)
				if tt.reason == "" {
					if page.url.String() != s.portal+"/home" {
						t.Fatalf("a good sign-in ended at %s: %s", page.url, page.role("alert"))
					}
					return
				}
				if page.status != http.StatusForbidden || page.reason() != tt.reason || page.role("alert") == "" {
					t.Errorf("%d %q: %s", page.status, page.reason(), page.text)
				}
				if label := labels[tt.reason][key]; !strings.Contains(page.role("alert"), label) {
					t.Errorf("no %q in %q", label, page.role("alert"))
				}
				if b.open(s.portal+"/home").url.Path != "/login" {
					t.Error("a refused sign-in left a session")
				}
			})
		}
	}
}

func TestEveryProviderRefusesWhileItIsOff(t *testing.T) {
	t.Parallel()
	for key, setUp := range sites {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			s := setUp(t)
			b := s.browser()
			r := s.says(ana)
			r.InResponseTo = s.begin(b)
			want := "sso_not_enabled"
			switch key {
			case "telnyx":
				_, list := s.v2("GET", providersPath, "")
				s.v2("PATCH", providersPath+"/"+list["data"].([]any)[0].(map[string]any)["id"].(string), `{"active":false}`)
			case "infobip":
				s.connection("DELETE", "", "")
				want = "not_configured" // there is no off but this
			default:
				s.connection("PUT", "/enabled", `{"enabled":false}`)
			}
			if page := s.deliver(b, r, telnyxPortal); page.status != 403 || page.reason() != want {
				t.Errorf("an answer: %d %s", page.status, page.reason())
			}
			at := s.start
			if at == "" {
				at = s.portal + "/login/sso"
			}
			b.open(at)
			if key == "justcall" {
				b.press("Continue", map[string]string{"Company email": ana})
			}
			if b.page.status != 403 || b.page.reason() != want {
				t.Errorf("the start: %d %s", b.page.status, b.page.reason())
			}
		})
	}
}

func TestPeopleWhoAreUnknownAreRefused(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"telnyx", "infobip"} { // JustCall makes them
		s := sites[key](t)
		b := s.browser()
		r := s.says("nobody@acme.example")
		r.InResponseTo = s.begin(b)
		if page := s.deliver(b, r, telnyxPortal); page.status != 403 || page.reason() != "person_unknown" {
			t.Errorf("%s: %d %s", key, page.status, page.reason())
		}
	}
}

func TestInfobipTakesNoSignInThatItDidNotBegin(t *testing.T) {
	t.Parallel()
	s := sites["infobip"](t)
	page := s.deliver(s.browser(), s.says(ana), "")
	if page.status != 403 || page.reason() != "unsolicited" || !strings.Contains(page.role("alert"), "at https://portal.infobip.com/login/saml/acme.") {
		t.Errorf("%d %s: %s", page.status, page.reason(), page.role("alert"))
	}
}

func TestALookAtAStartBeginsNothing(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"telnyx", "infobip"} {
		s := sites[key](t)
		r, err := http.NewRequest(http.MethodHead, s.start, nil)
		if err != nil {
			t.Fatal(err)
		}
		if page := s.browser().do(r); page.status != 405 || page.header.Get("Location") != "" {
			t.Errorf("%s: %d %q", key, page.status, page.header.Get("Location"))
		}
	}
}

func TestEveryProvidersPagesAreSoundForScreenReaders(t *testing.T) {
	t.Parallel()
	ways := map[string][]string{
		"telnyx": telnyxWay, "infobip": {"Account settings", "Security", "Single Sign-On (SSO)", "Configure"}, "justcall": {"Settings", "Security", "Single Sign-On"},
	}
	for key, way := range ways {
		s := sites[key](t)
		if key == "justcall" {
			s.connection("PUT", "/enabled", `{"enabled":false}`) // it takes no passwords while it is on
		}
		b := s.admin()
		soundForScreenReaders(t, b.page)
		for _, step := range way {
			soundForScreenReaders(t, b.follow(step))
		}
		if key == "justcall" { // the others lead away from there
			soundForScreenReaders(t, b.open(s.portal+"/login/sso"))
		}
		if key != "telnyx" {
			soundForScreenReaders(t, b.open(s.portal+"/users"))
		}
		soundForScreenReaders(t, b.open(s.portal+"/login"))
	}
}
