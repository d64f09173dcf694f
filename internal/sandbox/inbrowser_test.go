package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/ssowizard/internal/browser/browsertest"
	"example.com/ssowizard/internal/sandbox"
)

// TestNet2phoneIsSetUpByHandInABrowser follows the guide of the service
// provider from its start to its end.
func TestNet2phoneIsSetUpByHandInABrowser(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Users: 30, Groups: 6})
	must(t, err)
	defer s.Close()
	info := s.Info()
	b := openScreen(t, info)
	ana, ben := info.Okta.People[0], info.Okta.People[1]
	app := b.makeApp(ana.Login, ben.Login)

	b.open(info.Okta.OrgURL + "/app/UserHome")
	b.see("okta-sign-in", "Sign in")
	b.wantSound()
	b.signInAtOkta(ana.Login, "wrong")
	b.see("okta-wrong-password", "Unable to sign in")
	b.wantSound()
	b.signInAtOkta(ana.Login, ana.Password)
	b.see("okta-dashboard", "net2phone Sync")
	b.wantSound()

	b.open(info.Okta.OrgURL + "/sandbox")
	b.see("sandbox", "Last requests")
	b.wantSound()
	b.press("SAML setup instructions")
	b.see("okta-instructions", "Identity Provider Single Sign-On URL")
	b.wantSound()
	loginURL := b.text("#sso-url")
	certificate := b.download("Download certificate", "okta.cert")

	portal := info.ServiceProviders["net2phone"].PortalURL
	b.open(portal)
	b.see("net2phone-sign-in", "Email address")
	b.wantSound()
	b.fill("Email address", ana.Login)
	b.press("Next")
	b.see("net2phone-password", "Password")
	b.wantSound()
	b.fill("Password", ana.Password)
	b.press("Sign in")
	b.see("net2phone-home", "signed in with a password")
	b.wantSound()
	b.press("Settings")
	b.press("Single Sign-On")
	b.see("net2phone-settings", "Login URL")
	b.wantSound()
	b.fill("Login URL", loginURL)
	b.fill("Entity ID", "wrong")
	b.Do("upload the certificate", chromedp.SetUploadFiles(browsertest.Labelled("Public Certificate"), []string{certificate}))
	b.press("Test Configuration")
	b.see("net2phone-test-failed", "Test failed")
	b.wantSound()
	b.fill("Entity ID", "n2p")
	b.press("Test Configuration")
	b.see("net2phone-test-passed", "Test passed")
	b.wantSound()
	b.press("Submit")
	b.see("net2phone-saved", "The settings are saved")
	b.Press("turn SSO on", "#sso-switch")
	b.see("net2phone-on", "People sign in with the identity provider")
	b.wantSound()
	b.press("Sign out")
	b.see("net2phone-signed-out", "Email address")
	b.signsInFromTheServiceProvider(ben)
	b.startsFromTheTile(app)
}

// signsInFromTheServiceProvider is the last part of the guide: a fresh browser
// session goes to the service provider and comes back signed in.
func (s *screen) signsInFromTheServiceProvider(who sandbox.PersonInfo) {
	s.t.Helper()
	s.open(s.info.Okta.OrgURL + "/app/UserHome")
	s.press("Sign out")
	s.see("okta-signed-out", "Username")
	s.open(s.info.ServiceProviders["net2phone"].PortalURL)
	s.fill("Email address", who.Login)
	s.press("Next")
	s.see("okta-sign-in-for-net2phone", "Username")
	s.signInAtOkta(who.Login, who.Password)
	s.see("net2phone-signed-in-with-sso", "signed in with SSO")
	s.see("net2phone-signed-in-as", who.Login)
	s.wantSound()
}

func (s *screen) startsFromTheTile(label string) {
	s.t.Helper()
	s.open(s.info.Okta.OrgURL + "/app/UserHome")
	s.press(label)
	s.see("net2phone-from-the-tile", "signed in with SSO")
}

// makeApp is the part at Okta's admin console, which the sandbox has as its
// API only: create the app with the guide's values and assign people.
func (s *screen) makeApp(logins ...string) string {
	s.t.Helper()
	c, token := client(s.t, s.info, ""), "SSWS "+s.info.Okta.APIToken
	body := strings.Replace(samlApp, `"Cross"`, `"net2phone Sync"`, 1)
	_, made := ask(s.t, c, http.MethodPost, s.info.Okta.OrgURL+"/api/v1/apps", token, body)
	id := made.(map[string]any)["id"].(string)
	for _, login := range logins {
		_, user := ask(s.t, c, http.MethodGet, s.info.Okta.OrgURL+"/api/v1/users/"+login, token, "")
		code, answer := ask(s.t, c, http.MethodPost, s.info.Okta.OrgURL+"/api/v1/apps/"+id+"/users", token, `{"id":"`+user.(map[string]any)["id"].(string)+`","scope":"USER"}`)
		if code != http.StatusOK {
			s.t.Fatalf("assign %s: %d %v", login, code, answer)
		}
	}
	return "net2phone Sync"
}
