package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/sso"
)

var derivedFrom = sso.IdPValues{Issuer: "http://www.okta.com/exk1", SSOURL: "https://acme.okta.com/app/x/exk1/sso/saml", ExternalKey: "exk1",
	MetadataURL: "https://acme.okta.com/app/exk1/sso/saml/metadata", KID: "k1", ClientID: "0oa1", OIDCIssuer: "https://acme.okta.com"}

// made is what both sides hold after a set-up with these answers.
func made(t *testing.T, p *catalog.Profile, answers map[string]string, way sso.PushWay) catalog.Evidence {
	t.Helper()
	p = p.For(way)
	inputs, err := p.CheckInputs(answers)
	if err != nil {
		t.Fatal(err)
	}
	app, err := p.WantedApp("", inputs, nil)
	if err != nil {
		t.Fatal(err)
	}
	app.ID = "0oa1"
	e := catalog.Evidence{App: app, IdP: derivedFrom}
	if b, ok, err := p.WantedBookmark("", inputs, nil); err != nil {
		t.Fatal(err)
	} else if ok {
		e.Bookmark = &b
	}
	if way == sso.PushGuided {
		return e
	}
	idp := derivedFrom
	idp.Certificate = certificateDER(t)
	settings, err := p.WantedSettings(inputs, nil, idp)
	if err != nil {
		t.Fatal(err)
	}
	late, err := p.LateSettings(inputs, nil, idp)
	if err != nil {
		t.Fatal(err)
	}
	e.Held = sso.SPState{Readable: true, Configured: true, Settings: map[string]string{}}
	for _, s := range append(settings, late...) {
		e.Held.Settings[s.ID] = s.Value
	}
	return e
}

func TestInputsAreReadOffBothSides(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, profile string
		answers       map[string]string
		way           sso.PushWay
		want          map[string]string // nil: all the answers
	}{
		{"telnyx by its API", "telnyx", map[string]string{"short_name": "acme", "provider_name": "Okta of Acme"}, sso.PushAPI, nil},
		{"telnyx by hand tells no name", "telnyx", map[string]string{"short_name": "acme", "provider_name": "Okta of Acme"}, sso.PushGuided, map[string]string{"short_name": "acme"}},
		{"telnyx with a contested issuer", "telnyx", map[string]string{"short_name": "acme", "idp_entity_id": "both-bare"}, sso.PushAPI,
			map[string]string{"short_name": "acme", "provider_name": "Okta", "idp_entity_id": "both-bare"}},
		{"infobip with everything", "infobip", map[string]string{"custom_domain": "acme", "auto_create_users": "yes", "auto_create_groups": "yes", "group_filter": "^Sup", "bookmark": "yes"}, sso.PushAPI, nil},
		{"infobip by hand", "infobip", map[string]string{"custom_domain": "acme", "auto_create_users": "yes", "auto_create_groups": "yes", "group_filter": "^Sup", "bookmark": "yes"}, sso.PushGuided,
			map[string]string{"custom_domain": "acme", "auto_create_groups": "yes", "group_filter": "^Sup", "bookmark": "yes"}},
		{"infobip plain", "infobip", map[string]string{"custom_domain": "acme"}, sso.PushAPI,
			map[string]string{"custom_domain": "acme", "auto_create_users": "no", "auto_create_groups": "no", "bookmark": "no"}},
		{"cloudtalk", "cloudtalk", map[string]string{"method": "POST", "discovery": "issuer", "enforce": "yes"}, sso.PushAPI, nil},
		{"cloudtalk plain", "cloudtalk", nil, sso.PushAPI, map[string]string{"method": "GET", "discovery": "seed", "enforce": "no"}},
		{"cloudtalk by hand tells nothing", "cloudtalk", map[string]string{"method": "POST"}, sso.PushGuided, map[string]string{}},
		{"justcall", "justcall", map[string]string{"acs_url": "https://app.justcall.io/sso/saml/acme/acs", "sp_entity_id": "https://app.justcall.io/sso/saml/acme", "default_role": "Agent"}, sso.PushAPI, nil},
		{"net2phone has no questions", "net2phone", nil, sso.PushAPI, map[string]string{}},
		{"custom", "custom", map[string]string{"acs_url": "https://sp.example/acs", "audience": "sp", "name_id_format": "Persistent", "name_id": "${user.login}", "relay_state": "home",
			"attributes": "email=user.email, first=user.firstName", "group_attribute": "groups", "group_filter": "App-.*"}, sso.PushGuided, nil},
		{"custom without the rest", "custom", map[string]string{"acs_url": "https://sp.example/acs", "audience": "sp"}, sso.PushGuided,
			map[string]string{"acs_url": "https://sp.example/acs", "audience": "sp", "name_id_format": "EmailAddress", "name_id": "${user.email}"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := builtIn(t, tt.profile)
			got := p.For(tt.way).DeriveInputs(nil, made(t, p, tt.answers, tt.way))
			want := tt.want
			if want == nil {
				want = tt.answers
			}
			if diff := cmp.Diff(want, got.Answers, cmpopts.EquateEmpty()); diff != "" || len(got.Disputed) > 0 {
				t.Errorf("disputed %v, answers:\n%s", got.Disputed, diff)
			}
		})
	}
}

func TestWhatDoesNotSayOneThingIsNotGuessed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		change   func(*catalog.Evidence)
		answer   string
		disputed []string
	}{
		{"the two sides differ", func(e *catalog.Evidence) { e.Held.Settings["custom_domain"] = "globex" }, "", []string{"acme", "globex"}},
		{"one value was changed to something else", func(e *catalog.Evidence) { e.App.SAML.Audience = "https://elsewhere.example" }, "acme", nil},
		{"the answer could not have been given", func(e *catalog.Evidence) {
			e.App.SAML.ACSURL = "https://portal.infobip.com/login/saml/ACME Ltd/callback"
			e.App.SAML.Audience, e.Held = "x", sso.SPState{}
		}, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := builtIn(t, "infobip")
			e := made(t, p, map[string]string{"custom_domain": "acme"}, sso.PushAPI)
			tt.change(&e)
			got := p.DeriveInputs(nil, e)
			if got.Answers["custom_domain"] != tt.answer || !cmp.Equal(got.Disputed["custom_domain"], tt.disputed, cmpopts.EquateEmpty()) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestAValueCountsMoreThanWhatIsMerelyMissing(t *testing.T) {
	t.Parallel()
	p := builtIn(t, "infobip")
	e := made(t, p, map[string]string{"custom_domain": "acme", "auto_create_groups": "yes", "group_filter": "^Sup"}, sso.PushAPI)
	e.App.SAML.Attributes = nil
	got := p.DeriveInputs(nil, e)
	if got.Answers["auto_create_groups"] != "yes" || got.Answers["group_filter"] != "" {
		t.Errorf("got %+v", got)
	}
}

func TestGivenAnswersAndWhatIsToldAreLeftAlone(t *testing.T) {
	t.Parallel()
	p := builtIn(t, "justcall")
	e := made(t, p, map[string]string{"acs_url": "https://app.justcall.io/sso/saml/acme/acs", "sp_entity_id": "acme", "default_role": "Agent"}, sso.PushAPI)
	e.Held.Offered = map[string]string{"acs_url": "https://app.justcall.io/sso/saml/acme/acs", "sp_entity_id": "acme"}
	e.Held.Options = map[string][]string{"default_role": {"Admin", "Agent"}}
	got := p.DeriveInputs(map[string]string{"default_role": "Admin"}, e)
	if len(got.Answers) > 0 || len(got.Disputed) > 0 {
		t.Errorf("got %+v", got)
	}
}

func TestAnAppFitsAProfileByItsAddresses(t *testing.T) {
	t.Parallel()
	for app, answers := range map[string]map[string]string{"net2phone": nil, "telnyx": {"short_name": "acme"}, "infobip": {"custom_domain": "acme"}, "cloudtalk": nil,
		"justcall": {"acs_url": "https://app.justcall.io/acs", "sp_entity_id": "jc"}} {
		e := made(t, builtIn(t, app), answers, sso.PushGuided)
		for _, profile := range []string{"net2phone", "telnyx", "infobip", "cloudtalk", "justcall"} {
			held := sso.SPState{}
			if profile == "justcall" { // it tells its addresses
				held.Offered = map[string]string{"acs_url": "https://app.justcall.io/acs", "sp_entity_id": "jc"}
			}
			e.Held = held
			if fits := builtIn(t, profile).Fits(nil, e); fits != (profile == app) {
				t.Errorf("the app of %s fits %s: %v", app, profile, fits)
			}
		}
	}
}
