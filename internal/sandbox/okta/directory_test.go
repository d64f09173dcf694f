package okta_test

import (
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/ssowizard/internal/sandbox/okta"
	"example.com/ssowizard/internal/sandbox/okta/signon"
)

func TestSeededPeople(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *okta.Options) { o.Users = 0; o.Groups = 0 })
	byLogin, names, logins := map[string]okta.Login{}, map[string]int{}, 0
	controls := false
	for p := range s.org.Everybody() {
		byLogin[p.Login] = p
		names[p.FirstName+" "+p.LastName]++
		logins++
		controls = controls || strings.ContainsRune(p.LastName, '\x1b')
	}
	if logins != 200 || len(byLogin) != 200 {
		t.Errorf("%d people with %d logins", logins, len(byLogin))
	}
	got := map[string]any{
		"no e-mail":   byLogin["reception.kiosk@acme.example"].Email,
		"other login": byLogin["mjansen"].Email,
		"suspended":   byLogin["sven.lindqvist@acme.example"].Status,
		"staged":      byLogin["priya.raman@acme.example"].Status,
		"two of one":  names["Jordan Lee"],
		"right to left": strings.ContainsFunc(byLogin["yael.cohen@acme.example"].LastName,
			func(r rune) bool { return r >= 0x590 && r < 0x700 }),
		"controls": controls,
	}
	want := map[string]any{
		"no e-mail": "", "other login": "marieke.jansen@acme.example", "suspended": "SUSPENDED", "staged": "STAGED",
		"two of one": 2, "right to left": true, "controls": true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	shown := s.org.People()
	if len(shown) < 4 || shown[0].Login != "ana.lima@acme.example" || !shown[0].Admin || shown[1].Admin {
		t.Errorf("shown %+v", shown)
	}
	passwords := map[string]bool{}
	for _, p := range shown {
		if p.Status != "ACTIVE" || len(p.Password) < 16 || passwords[p.Password] {
			t.Errorf("%s is %s with a password of %d characters", p.Login, p.Status, len(p.Password))
		}
		passwords[p.Password] = true
	}
	var list []struct{ ID string }
	s.must(200, "GET", "/api/v1/groups", "").into(t, &list)
	if len(list) != 40 {
		t.Errorf("%d groups", len(list))
	}
}

func TestTwoOrgsHaveNothingSecretInCommon(t *testing.T) {
	t.Parallel()
	a, b := start(t), start(t)
	if a.token == b.token || a.org.ReadOnlyToken() == b.org.ReadOnlyToken() || passwordOf(a, "ana.lima@acme.example") == passwordOf(b, "ana.lima@acme.example") {
		t.Error("two orgs share a token or a password")
	}
}

func TestDirectoryKnowsWhatSigningOnNeeds(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *okta.Options) { o.TwoFactor = true })
	id := s.samlApp("Sign on", `"attributeStatements":[]`, `"attributeStatements":[{"type":"GROUP","name":"g","filterType":"EQUALS","filterValue":"Sales"}]`,
		`"signOnMode"`, `"accessibility":{"errorRedirectUrl":"https://help.example/"},"signOnMode"`)
	ben := s.userID("ben.okafor")
	s.must(200, "PUT", "/api/v1/apps/"+id+"/groups/"+s.groupID("Support EMEA"), "{}")
	dir := s.org.Directory()
	app, found := dir.AppByID(id)
	want := signon.App{
		ID: id, Name: "acme_signon_1", Label: "Sign on", Status: "ACTIVE", SignOnMode: "SAML_2_0", ErrorURL: "https://help.example/",
		SAML: signon.SAML{
			ACSURL: "https://sp.example/acs", Recipient: "https://sp.example/acs", Destination: "https://sp.example/acs",
			Audience: "https://sp.example/sp", IssuerTemplate: "http://www.okta.com/${org.externalKey}",
			NameIDFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", NameIDTemplate: "${user.email}",
			ResponseSigned: true, AssertionSigned: true, SignatureAlgorithm: "RSA_SHA256", DigestAlgorithm: "SHA256",
			AuthnContextClassRef: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", HonorForceAuthn: true,
			Attributes: []signon.Attribute{{Type: "GROUP", Name: "g", Namespace: "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified", FilterType: "EQUALS", FilterValue: "Sales"}},
		},
	}
	if diff := cmp.Diff(want, app, cmpopts.IgnoreFields(signon.App{}, "ExternalKey", "LinkID", "LogoURL")); diff != "" || !found {
		t.Errorf("found %v\n%s", found, diff)
	}
	if again, _ := dir.AppByExternalKey(app.ExternalKey); again.ID != id || !strings.HasPrefix(app.LinkID, "aln") {
		t.Errorf("exk %s finds %s; link %s", app.ExternalKey, again.ID, app.LinkID)
	}
	key, found := dir.ActiveKey(id)
	cert, err := x509.ParseCertificate(key.Certificate)
	if !found || err != nil || !key.Private.PublicKey.Equal(cert.PublicKey) {
		t.Errorf("active key: %v, %v", found, err)
	}
	name, assigned := dir.UserName(id, ben)
	if name != "ben.okafor@acme.example" || !assigned {
		t.Errorf("ben is %q, %v", name, assigned)
	}
	if _, assigned := dir.UserName(id, s.userID("jordan.lee")); assigned {
		t.Error("jordan has the app")
	}
	if apps := dir.AppsOf(ben); len(apps) != 1 || apps[0].ID != id {
		t.Errorf("ben's apps %v", apps)
	}
	s.must(200, "POST", "/api/v1/apps/"+id+"/lifecycle/deactivate", "")
	if apps := dir.AppsOf(ben); len(apps) != 0 {
		t.Error("an inactive app has a tile")
	}
	p, found := dir.PersonByLogin("mjansen")
	if !found || p.Email != "marieke.jansen@acme.example" || p.Profile["lastName"] != "Jansen" || !p.PasswordChanged.Equal(s.clock.now()) {
		t.Errorf("person %+v", p)
	}
	if diff := cmp.Diff([]string{"Everyone", "Support EMEA"}, withoutDepartments(dir.GroupsOf(p.ID))); diff != "" {
		t.Error(diff)
	}
	if !dir.TwoFactor() || dir.OrgName() != "Acme" || dir.Subdomain() != "acme" || len(dir.NewID("00x")) != 20 {
		t.Error("the org's own values are wrong")
	}
}

func withoutDepartments(names []string) []string {
	var out []string
	for _, n := range names {
		if n == "Everyone" || strings.HasPrefix(n, "Support ") {
			out = append(out, n)
		}
	}
	return out
}

func TestSignOnIsMounted(t *testing.T) {
	t.Parallel()
	s := start(t)
	login := s.org.People()[0]
	body := `{"username":"` + login.Login + `","password":"` + login.Password + `"}`
	r := s.must(200, "POST", "/api/v1/authn", body, "Authorization", "")
	if r.object(t)["status"] != "SUCCESS" || r.Header.Get("X-Rate-Limit-Limit") == "" {
		t.Errorf("authn: %s", r.text)
	}
	page := s.do("GET", "/", "", "Authorization", "", "Accept", "text/html")
	if page.StatusCode >= 400 || strings.Contains(page.text, "errorCode") {
		t.Errorf("/ answers %d", page.StatusCode)
	}
}

func TestAHundredThousandPeopleStartFast(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a large org")
	}
	began := time.Now()
	s := start(t, func(o *okta.Options) { o.Users = 100000; o.Groups = 2000 })
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("starting took %v", took)
	}
	if got := s.logins("limit=3&search=profile.login+eq+%22ben.okafor%40acme.example%22"); len(got) != 1 {
		t.Errorf("search finds %q", got)
	}
	r := s.must(200, "GET", "/api/v1/groups/"+s.groupID("Everyone")+"/users?limit=1000", "")
	if len(r.Header.Values("Link")) != 2 {
		t.Error("Everyone has one page")
	}
}
