package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/ssowizard/internal/browser/browsertest"
	"example.com/ssowizard/internal/sandbox"
)

// TestEveryPortalIsSoundInABrowser signs in at each service provider with a
// password and walks to its settings as its guide says.
func TestEveryPortalIsSoundInABrowser(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Users: 30, Groups: 6})
	must(t, err)
	defer s.Close()
	info := s.Info()
	b := openScreen(t, info)
	ana := info.Okta.People[0]
	for name, way := range map[string][]string{
		"net2phone": {"Settings", "Single Sign-On"},
		"telnyx":    {"Account Settings", "Advanced Features", "Organization", "Single Sign-On"},
		"infobip":   {"Account settings", "Security", "Single Sign-On (SSO)", "Configure"},
		"justcall":  {"Settings", "Security", "Single Sign-On"},
		"cloudtalk": {"Account", "Settings", "Single Sign-on"},
	} {
		b.open(info.ServiceProviders[name].PortalURL)
		b.Until("look for the sign-in of "+name, `document.querySelector("#email")`)
		b.picture(name + "-sign-in")
		b.wantSound()
		b.Do("give an address", chromedp.SendKeys("#email", ana.Login+"\r"))
		b.Until("look for the password of "+name, `document.querySelector("#password")`)
		b.wantSound()
		b.Do("give a password", chromedp.SendKeys("#password", ana.Password+"\r"))
		b.see(name+"-home", "Ana Lima")
		b.wantSound()
		for _, link := range way {
			b.press(link)
			b.Until("come to "+link, `document.querySelector("h1").innerText.trim() === `+browsertest.Quote(link))
			b.wantSound()
		}
		b.picture(name + "-settings")
	}
}

// TestRefusalsAndTheSecondFactorAreSoundInABrowser looks at the pages that
// people meet when something is in the way.
func TestRefusalsAndTheSecondFactorAreSoundInABrowser(t *testing.T) {
	t.Parallel()
	s, err := sandbox.Start(t.Context(), sandbox.Options{Dir: t.TempDir(), Users: 30, Groups: 6, Policy: "two-factor"})
	must(t, err)
	defer s.Close()
	info := s.Info()
	b := openScreen(t, info)
	ana, ben := info.Okta.People[0], info.Okta.People[1]
	b.makeApp(ana.Login)
	_, list := ask(t, client(t, info, ""), http.MethodGet, info.Okta.OrgURL+"/api/v1/apps?q=net2phone", "SSWS "+info.Okta.APIToken, "")
	links := list.([]any)[0].(map[string]any)["_links"].(map[string]any)["appLinks"].([]any)[0].(map[string]any)

	b.open(links["href"].(string))
	b.see("okta-sign-in", "Username")
	b.signInAtOkta(ben.Login, ben.Password)
	b.see("okta-second-factor", "Verify it's you")
	b.wantSound()
	b.press("Deny")
	b.see("okta-denied", "not approved")
	b.wantSound()
	b.signInAtOkta(ben.Login, ben.Password)
	b.press("Approve on the pretend phone")
	b.see("okta-not-assigned", "not assigned")
	b.wantSound()
	b.open(info.Okta.OrgURL + "/app/none/exknone/sso/saml")
	b.Until("look at a page that is not there", `document.querySelector("h1")`)
	b.picture("okta-not-there")
	b.wantSound()
	b.open(info.Okta.OrgURL + "/app/UserHome")
	b.see("okta-empty-dashboard", "No apps are assigned")
	b.wantSound()
}
