package catalog_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

func TestInputsAreCompletedByWhatTheServiceProviderTells(t *testing.T) {
	t.Parallel()
	offered := map[string]string{"acs_url": "https://sp.example/acs", "sp_entity_id": "urn:sp"}
	roles := map[string][]string{"default_role": {"Member", "Admin"}}
	typed := map[string]string{"acs_url": "https://typed.example/acs", "sp_entity_id": "urn:typed"}
	tests := []struct {
		name  string
		given map[string]string
		state sso.SPState
		want  map[string]string
		wrong string
	}{
		{"first option", nil, sso.SPState{Offered: offered, Options: roles},
			map[string]string{"acs_url": "https://sp.example/acs", "sp_entity_id": "urn:sp", "default_role": "Member"}, ""},
		{"what is there now", nil, sso.SPState{Offered: offered, Options: roles, Settings: map[string]string{"default_role": "Admin"}},
			map[string]string{"acs_url": "https://sp.example/acs", "sp_entity_id": "urn:sp", "default_role": "Admin"}, ""},
		{"asked for", map[string]string{"default_role": "Admin"}, sso.SPState{Offered: offered, Options: roles},
			map[string]string{"acs_url": "https://sp.example/acs", "sp_entity_id": "urn:sp", "default_role": "Admin"}, ""},
		{"what is shown comes before what was typed", typed, sso.SPState{Offered: offered},
			map[string]string{"acs_url": "https://sp.example/acs", "sp_entity_id": "urn:sp"}, ""},
		{"typed where nothing can be read", typed, sso.SPState{}, typed, ""},
		{"nothing typed where nothing can be read", nil, sso.SPState{}, nil, "acs_url (ACS URL), sp_entity_id (Entity ID (SP entity ID))"},
		{"one is not shown", nil, sso.SPState{Offered: map[string]string{"acs_url": "https://sp.example/acs"}}, nil, "not given: sp_entity_id"},
		{"no such role", map[string]string{"default_role": "Owner"}, sso.SPState{Offered: offered, Options: roles}, nil, `"Owner" is none of the choices`},
	}
	p := builtIn(t, "justcall")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			inputs, err := p.CheckInputs(tt.given)
			if err != nil {
				t.Fatalf("before the service provider was read: %v", err)
			}
			got, err := p.CompleteInputs(inputs, tt.state)
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) || hint.CodeOf(err) != hint.Usage {
					t.Errorf("error %v, want %q", err, tt.wrong)
				}
				return
			}
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("error %v\n%s", err, diff)
			}
		})
	}
}

func TestCompletingDoesNotChangeTheAnswers(t *testing.T) {
	t.Parallel()
	given := map[string]string{}
	if _, err := builtIn(t, "justcall").CompleteInputs(given, sso.SPState{Offered: map[string]string{"acs_url": "https://a.example", "sp_entity_id": "x"}}); err != nil {
		t.Fatal(err)
	}
	if len(given) != 0 {
		t.Errorf("answers became %v", given)
	}
}

func TestQuestionsThatTheServiceProviderAnswersAreNotAsked(t *testing.T) {
	t.Parallel()
	state := sso.SPState{Offered: map[string]string{"acs_url": "https://a.example"}, Options: map[string][]string{"default_role": {"A", "B"}}}
	var got []string
	for _, in := range builtIn(t, "justcall").InputsFor(state) {
		got = append(got, in.ID+" "+in.Default+" "+strings.Join(in.Options, ","))
	}
	if diff := cmp.Diff([]string{"sp_entity_id  ", "default_role A A,B"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestQuestionIsOnlyAskedInItsCase(t *testing.T) {
	t.Parallel()
	p := builtIn(t, "infobip")
	if _, err := p.CheckInputs(map[string]string{"custom_domain": "acme"}); err != nil {
		t.Errorf("without groups: %v", err)
	}
	_, err := p.CheckInputs(map[string]string{"custom_domain": "acme", "auto_create_groups": "yes"})
	if err == nil || !strings.Contains(err.Error(), "group_filter (Group filter)") {
		t.Errorf("with groups: %v", err)
	}
}

func TestWrongInputsAreRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, profile, id, answer, says string }{
		{"short name in capitals", "telnyx", "short_name", "Acme", "lower-case letters"},
		{"short name that leaves its path", "telnyx", "short_name", "a/../b", "lower-case letters"},
		{"short name with a hyphen at its end", "telnyx", "short_name", "acme-", "lower-case letters"},
		{"custom domain that is a DNS name", "infobip", "custom_domain", "acme.example.com", "lower-case letters"},
		{"custom domain too long", "infobip", "custom_domain", strings.Repeat("a", 64), "at most 63"},
		{"yes and no only", "infobip", "bookmark", "true", "yes, no"},
		{"method", "cloudtalk", "method", "get", "GET, POST"},
		{"no URL", "custom", "acs_url", "sp.example/acs", "not a URL"},
		{"attributes", "custom", "attributes", "email", "name=expression"},
		{"unknown alternate", "infobip", "idp_certificate", "no-markers", "usual, body-only"},
		{"setting without alternates", "infobip", "idp_issuer", "x", `no input "idp_issuer"`},
	}
	for _, tt := range tests {
		_, err := builtIn(t, tt.profile).CheckInputs(map[string]string{tt.id: tt.answer})
		if all := strings.Join(append(hint.Hints(err), errText(err)), "\n"); err == nil || !strings.Contains(all, tt.says) {
			t.Errorf("%s: %q does not say %q", tt.name, all, tt.says)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestAnswersByWhichTheRecordIsKnownAreFixed(t *testing.T) {
	t.Parallel()
	p := builtIn(t, "telnyx")
	before := map[string]string{"short_name": "acme", "provider_name": "Okta"}
	for _, tt := range []struct {
		before, now map[string]string
		want        int
	}{
		{before, before, 0},
		{before, map[string]string{"short_name": "acme", "provider_name": "Other"}, 0},
		{before, map[string]string{"short_name": "other"}, 1},
		{nil, map[string]string{"short_name": "other"}, 0},
	} {
		if got := p.ChangedFixed(tt.before, tt.now); len(got) != tt.want {
			t.Errorf("%v to %v: %v", tt.before, tt.now, got)
		}
	}
}

func TestAddressesFollowWhatIsTyped(t *testing.T) {
	t.Parallel()
	p := builtIn(t, "infobip")
	got := p.SPValues(map[string]string{"custom_domain": "acme"}, map[string]string{"initiation_url": "https://portal.infobip.com/other", "acs_url": ""})
	want := map[string]string{"acs_url": "https://portal.infobip.com/login/saml/acme/callback",
		"sp_entity_id": "https://portal.infobip.com/login/saml/acme", "initiation_url": "https://portal.infobip.com/other"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := p.SPValues(nil, nil); len(got) != 0 {
		t.Errorf("out of nothing: %v", got)
	}
}

func TestSignInStartsWhereTheGuideSays(t *testing.T) {
	t.Parallel()
	tests := []struct {
		profile string
		inputs  map[string]string
		want    catalog.SignInPage
		known   bool
	}{
		{"telnyx", map[string]string{"short_name": "acme"}, catalog.SignInPage{Start: "https://api.telnyx.com/sso/acme"}, true},
		{"infobip", map[string]string{"custom_domain": "acme"}, catalog.SignInPage{Start: "https://portal.infobip.com/login/saml/acme"}, true},
		{"justcall", nil, catalog.SignInPage{Start: "https://app.justcall.io/login", Open: "Sign in with SSO", EmailField: "Company email", Submit: "Continue"}, true},
		{"custom", map[string]string{"login_url": "https://sp.example/login"}, catalog.SignInPage{Start: "https://sp.example/login"}, true},
		{"custom", nil, catalog.SignInPage{}, false},
		{"telnyx", nil, catalog.SignInPage{}, false},
	}
	for _, tt := range tests {
		got, known := builtIn(t, tt.profile).SignIn(tt.inputs, nil)
		if diff := cmp.Diff(tt.want, got); diff != "" || known != tt.known {
			t.Errorf("%s %v: known %v\n%s", tt.profile, tt.inputs, known, diff)
		}
	}
}

func TestBookmarkIsMadeOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	p := builtIn(t, "infobip")
	if _, wanted, err := p.WantedBookmark("", map[string]string{"custom_domain": "acme", "bookmark": "no"}, nil); wanted || err != nil {
		t.Errorf("wanted %v, error %v", wanted, err)
	}
	got, wanted, err := p.WantedBookmark("", map[string]string{"custom_domain": "acme", "bookmark": "yes"}, nil)
	want := sso.App{Label: "Infobip sign-in", SignOnMode: "BOOKMARK", BookmarkURL: "https://portal.infobip.com/login/saml/acme"}
	if diff := cmp.Diff(want, got); diff != "" || !wanted || err != nil {
		t.Errorf("wanted %v, error %v\n%s", wanted, err, diff)
	}
	if _, wanted, err = builtIn(t, "net2phone").WantedBookmark("", nil, nil); wanted || err != nil {
		t.Errorf("wanted %v, error %v", wanted, err)
	}
}

func TestEnforcementComesLateAndWithAConsentOfItsOwn(t *testing.T) {
	t.Parallel()
	p := builtIn(t, "cloudtalk")
	idp := sso.IdPValues{ClientID: "0oa1", OIDCIssuer: "https://acme.okta.com"}
	for enforce, want := range map[string]string{"yes": "enforce=true", "no": ""} {
		late, err := p.LateSettings(map[string]string{"method": "GET", "enforce": enforce}, nil, idp)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, s := range late {
			got += s.ID + "=" + s.Value
		}
		if got != want {
			t.Errorf("enforce %s: late %q, want %q", enforce, got, want)
		}
	}
	if s, _ := p.Setting("enforce"); !strings.Contains(s.Consent, "locked out") {
		t.Errorf("consent %q", s.Consent)
	}
}

func TestAlternatesAreOfferedAfterAFailedCheck(t *testing.T) {
	t.Parallel()
	idp := sso.IdPValues{Issuer: "http://www.okta.com/exk1", ExternalKey: "exk1", SSOURL: "https://acme.okta.com/x", Certificate: certificateDER(t),
		MetadataURL: "https://acme.okta.com/app/exk1/sso/saml/metadata"}
	tests := []struct {
		name, profile string
		push          sso.PushWay
		code          string
		inputs        map[string]string
		want          string
	}{
		{"API: the bare id", "telnyx", sso.PushAPI, "issuer", nil, "idp_entity_id=bare exk1; idp_entity_id=both-bare exk1"},
		{"page: the whole issuer", "telnyx", sso.PushGuided, "issuer", nil, "idp_entity_id=url http://www.okta.com/exk1; idp_entity_id=both-bare exk1"},
		{"and back", "telnyx", sso.PushGuided, "issuer", map[string]string{"idp_entity_id": "url"}, "idp_entity_id=bare exk1; idp_entity_id=both-bare exk1"},
		{"by the setting's own code", "telnyx", sso.PushAPI, "settings.idp_entity_id", nil, "idp_entity_id=bare exk1; idp_entity_id=both-bare exk1"},
		{"the last resort in use", "telnyx", sso.PushAPI, "issuer", map[string]string{"idp_entity_id": "both-bare"},
			"idp_entity_id=bare exk1; idp_entity_id=url http://www.okta.com/exk1"},
		{"another code", "telnyx", sso.PushAPI, "audience", nil, ""},
		{"certificate body", "infobip", sso.PushAPI, "certificate", nil, "idp_certificate=body-only body-one-line"},
		{"certificate markers again", "infobip", sso.PushAPI, "certificate", map[string]string{"idp_certificate": "body-only"}, "idp_certificate=usual pem-one-line"},
		{"none in the profile", "net2phone", sso.PushAPI, "certificate", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			inputs := map[string]string{"short_name": "acme", "provider_name": "Okta", "custom_domain": "acme"}
			for id, answer := range tt.inputs {
				inputs[id] = answer
			}
			var got []string
			for _, o := range builtIn(t, tt.profile).For(tt.push).Offers(tt.code, inputs, nil, idp) {
				text := o.Setting.Value
				if o.Setting.Rendering != "" {
					text = o.Setting.Rendering
				}
				got = append(got, o.Input+"="+o.Answer+" "+text)
				if o.Why == "" {
					t.Errorf("%s has no reason", o.Answer)
				}
			}
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("offers %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAttributeListsAreReadOrRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want, wrong string }{
		{"email=user.email", "email:user.email", ""},
		{" a = user.a ,b=String.join(\",\", user.a, user.b)", `a:user.a|b:String.join(",", user.a, user.b)`, ""},
		{`x=user.isMember({'group.id': 'a,b'})`, `x:user.isMember({'group.id': 'a,b'})`, ""},
		{"http://schemas.example/claims/mail=user.email", "http://schemas.example/claims/mail:user.email", ""},
		{"a=b == c ? d : e", "a:b == c ? d : e", ""},
		{"", "", "name=expression"},
		{"a=", "", "name=expression"},
		{"a=x,,b=y", "", "name=expression"},
		{"a=x,a=y", "", "twice"},
		{"a b=x", "", "no attribute name"},
		{"a=f(x", "", "not closed"},
		{"a=f(x]", "", "not open"},
		{`a="x`, "", "not closed"},
	}
	for _, tt := range tests {
		got, err := catalog.ParseAttributes(tt.text)
		if tt.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("%q: error %v, want %q", tt.text, err, tt.wrong)
			}
			continue
		}
		var parts []string
		for _, a := range got {
			parts = append(parts, a.Name+":"+strings.Join(a.Values, "+"))
		}
		if text := strings.Join(parts, "|"); err != nil || text != tt.want {
			t.Errorf("%q: %q, error %v", tt.text, text, err)
		}
	}
}

func FuzzParseAttributes(f *testing.F) {
	f.Add(`a=user.b, c=String.f("x", {'y': [1]})`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := catalog.ParseAttributes(text)
		if err == nil && len(got) == 0 {
			t.Errorf("%q gives nothing and no error", text)
		}
		for _, a := range got {
			if err == nil && (a.Name == "" || len(a.Values) != 1 || a.Values[0] == "") {
				t.Errorf("%q: %+v", text, a)
			}
		}
	})
}
