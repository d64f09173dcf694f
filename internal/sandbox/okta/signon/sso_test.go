package signon_test

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/ssowizard/internal/sandbox/okta/signon"
)

const ana = "ana.lima@acme.example"

func TestSignOnWithoutSessionKeepsTheRequestOnTheWay(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	q := ssoPath + "?" + query("SAMLRequest", deflated(authnRequest{}.xml()), "RelayState", "a b&c")
	if from := b.wantSignIn(b.get(q)); from != q {
		t.Errorf("fromURI\n%s, want\n%s", from, q)
	}
	if from := b.wantSignIn(b.get(q + "&sessionToken=20111bad")); from != q {
		t.Errorf("the session token travelled on: %s", from)
	}
}

func TestPostedRequestIsKeptDuringSignIn(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	from := b.wantSignIn(b.postRequest(authnRequest{id: "_posted"}, "state"))
	if strings.Contains(from, "SAMLRequest") {
		t.Errorf("fromURI %s", from)
	}
	p := b.signInByForm("/login/login.htm?"+query("fromURI", from), ana)
	f, text := b.samlResponse(b.get(p.location()))
	if f.fields["RelayState"] != "state" || !strings.Contains(string(text), `InResponseTo="_posted"`) {
		t.Errorf("%+v\n%s", f, text)
	}
}

// A browser leaves its cookie at home when the service provider's page posts
// to the org, but takes it along on the redirect that follows.
func TestPostedRequestWithoutCookieFindsTheSessionAgain(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	from := b.wantSignIn(b.other().postRequest(authnRequest{id: "_posted"}, "state"))
	b.signIn(ana)
	p := b.get("/login/login.htm?" + query("fromURI", from))
	if p.status != 302 || p.location() != b.base+from {
		t.Fatalf("%d %s", p.status, p.location())
	}
	if _, text := b.samlResponse(b.get(p.location())); !strings.Contains(string(text), `InResponseTo="_posted"`) {
		t.Errorf("%s", text)
	}
}

func TestKeptRequestRunsOut(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	b := open(t, d)
	from := b.wantSignIn(b.postRequest(authnRequest{}, ""))
	d.advance(time.Hour)
	b.signIn(ana)
	b.wantPage(b.get(from), 400, "start again at the application")
}

func TestSessionTokenInTheAddressSignsOn(t *testing.T) {
	t.Parallel()
	for _, address := range []string{homePath + "?", ssoPath + "?", ssoPath + "?" + query("SAMLRequest", deflated(authnRequest{}.xml())) + "&"} {
		b := open(t, newDirectory())
		p := b.get(address + "sessionToken=" + b.sessionToken(ana))
		b.samlResponse(p)
		if !strings.HasPrefix(p.header.Get("Set-Cookie"), "sid=") {
			t.Errorf("%s: no session cookie", address)
		}
	}
}

func TestSignOnRefusals(t *testing.T) {
	t.Parallel()
	here := func(b *browser) string { return b.base + ssoPath }
	for _, c := range []struct {
		name   string
		change func(*directory)
		ask    func(*browser) page
		status int
		words  string
	}{
		{"not assigned", func(d *directory) { delete(d.assigned, "0oaAPP00uANA") },
			func(b *browser) page { return b.redirectRequest(authnRequest{}, "") }, 403, "not assigned"},
		{"not assigned, tile", func(d *directory) { delete(d.assigned, "0oaAPP00uANA") },
			func(b *browser) page { return b.get(homePath) }, 403, "not assigned"},
		{"inactive", func(d *directory) { d.apps[0].Status = "INACTIVE" },
			func(b *browser) page { return b.get(ssoPath) }, 404, "not active"},
		{"inactive, tile", func(d *directory) { d.apps[0].Status = "INACTIVE" },
			func(b *browser) page { return b.get(homePath) }, 404, "not active"},
		{"unknown key", nil, func(b *browser) page { return b.get("/app/acme_sync_1/exkOTHER/sso/saml") }, 404, "no such app"},
		{"wrong name", nil, func(b *browser) page { return b.get("/app/other/exkAPP/sso/saml") }, 404, "no such app"},
		{"wrong link", nil, func(b *browser) page { return b.get("/home/acme_sync_1/0oaAPP/alnX") }, 404, "no such app"},
		{"other protocol", func(d *directory) { d.apps[0].SignOnMode = "OPENID_CONNECT" },
			func(b *browser) page { return b.get(ssoPath) }, 404, "no such app"},
		{"not base64", nil, func(b *browser) page { return b.get(ssoPath + "?SAMLRequest=%25") }, 400, "base64"},
		{"not deflated", nil, func(b *browser) page {
			return b.get(ssoPath + "?" + query("SAMLRequest", base64.StdEncoding.EncodeToString([]byte(authnRequest{}.xml()))))
		}, 400, "deflated"},
		{"not XML", nil, func(b *browser) page { return b.get(ssoPath + "?" + query("SAMLRequest", deflated("<a>"))) }, 400, "not XML"},
		{"two requests", nil, func(b *browser) page { return b.get(ssoPath + "?SAMLRequest=a&SAMLRequest=b") }, 400, "more than one"},
		{"document type", nil, func(b *browser) page {
			return b.get(ssoPath + "?" + query("SAMLRequest", deflated("<!DOCTYPE a>"+authnRequest{}.xml())))
		}, 400, "document type"},
		{"another message", nil, func(b *browser) page {
			return b.get(ssoPath + "?" + query("SAMLRequest", deflated(strings.ReplaceAll(authnRequest{}.xml(), "AuthnRequest", "LogoutRequest"))))
		}, 400, "LogoutRequest"},
		{"SAML 1", nil, func(b *browser) page {
			return b.get(ssoPath + "?" + query("SAMLRequest", deflated(strings.Replace(authnRequest{}.xml(), `"2.0"`, `"1.1"`, 1))))
		}, 400, "Version"},
		{"no instant", nil, func(b *browser) page { return b.redirectRequest(authnRequest{issued: "yesterday"}, "") }, 400, "IssueInstant"},
		{"wrong Destination", nil, func(b *browser) page {
			return b.redirectRequest(authnRequest{destination: "https://other.okta.example" + ssoPath}, "")
		}, 400, "Destination"},
		{"Destination with another path", nil, func(b *browser) page {
			return b.redirectRequest(authnRequest{destination: here(b) + "/"}, "")
		}, 400, "Destination"},
		{"wrong Destination, posted", nil, func(b *browser) page {
			return b.postRequest(authnRequest{destination: "https://other.okta.example" + ssoPath}, "")
		}, 400, "Destination"},
		{"foreign ACS URL", nil, func(b *browser) page { return b.redirectRequest(authnRequest{acs: "https://evil.example/acs"}, "") }, 400, "ACS URL"},
		{"second ACS URL while off", func(d *directory) {
			d.apps[0].SAML.ACSEndpoints = []signon.ACSEndpoint{{URL: "https://second.example/acs"}}
		}, func(b *browser) page { return b.redirectRequest(authnRequest{acs: "https://second.example/acs"}, "") }, 400, "ACS URL"},
		{"unknown index", func(d *directory) { d.apps[0].SAML.AllowMultipleACS = true }, func(b *browser) page {
			return b.redirectRequest(authnRequest{more: ` AssertionConsumerServiceIndex="7"`}, "")
		}, 400, "index 7"},
		{"ACS URL that is no web address", func(d *directory) { d.apps[0].SAML.ACSURL = "javascript:alert(1)" },
			func(b *browser) page { return b.get(ssoPath) }, 400, "not a web address"},
		{"no NameID", func(d *directory) { d.apps[0].SAML.NameIDTemplate = "${user.nothing}" },
			func(b *browser) page { return b.get(ssoPath) }, 400, "${user.nothing}"},
		{"method", nil, func(b *browser) page { return b.do(b.request("PUT", ssoPath, "", "")) }, 405, "PUT"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDirectory()
			if c.change != nil {
				c.change(d)
			}
			b := open(t, d)
			b.signIn(ana)
			p := c.ask(b)
			b.wantPage(p, c.status, c.words)
			if strings.Contains(p.body, "SAMLResponse") {
				t.Error("a refusal carries an answer")
			}
		})
	}
}

func TestMalformedRequestIsRefusedBeforeSignIn(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	b.wantPage(b.redirectRequest(authnRequest{acs: "https://evil.example/acs"}, ""), 400, "ACS URL")
}

func TestGoodDestinationsAreTaken(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	b.signIn(ana)
	for _, destination := range []string{b.base + ssoPath, strings.Replace(b.base, "http", "HTTP", 1) + ssoPath, ""} {
		b.samlResponse(b.redirectRequest(authnRequest{destination: destination, acs: acsURL, issuer: "urn:somebody:else"}, ""))
	}
}

func TestUnassignedPersonGoesToTheAppsErrorPage(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	d.apps[0].ErrorURL = "https://help.acme.example/no-access"
	b := open(t, d)
	b.signIn("ben.okafor@acme.example")
	if p := b.get(ssoPath); p.status != 302 || p.location() != d.apps[0].ErrorURL {
		t.Errorf("%d %s", p.status, p.location())
	}
}

func TestRequestMayChooseAmongTheAppsACSURLs(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	d.apps[0].SAML.AllowMultipleACS = true
	d.apps[0].SAML.ACSEndpoints = []signon.ACSEndpoint{{URL: "https://zero.example/acs"}, {URL: "https://one.example/acs", Index: 1}}
	b := open(t, d)
	b.signIn(ana)
	for _, c := range []struct {
		request authnRequest
		want    string
	}{
		{authnRequest{acs: "https://one.example/acs"}, "https://one.example/acs"},
		{authnRequest{more: ` AssertionConsumerServiceIndex="0"`}, "https://zero.example/acs"},
		{authnRequest{more: ` AssertionConsumerServiceIndex="1"`}, "https://one.example/acs"},
		{authnRequest{acs: acsURL}, acsURL},
		{authnRequest{}, acsURL},
	} {
		f, text := b.samlResponse(b.redirectRequest(c.request, ""))
		if f.action != c.want || !strings.Contains(string(text), ` Destination="`+c.want+`"`) || !strings.Contains(string(text), ` Recipient="`+c.want+`"`) {
			t.Errorf("%+v: posted to %s\n%s", c.request, f.action, text)
		}
	}
}

func TestForceAuthnWantsANewSignIn(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	b := open(t, d)
	b.signIn(ana)
	request := authnRequest{id: "_forced", more: ` ForceAuthn="true"`} // issued a moment after
	from := b.wantSignIn(b.redirectRequest(request, "state"))
	// The page does not wave the old session through, nor does the SSO URL.
	b.wantPage(b.get("/login/login.htm?"+query("fromURI", from)), 200, "Sign in")
	if again := b.wantSignIn(b.get(from)); again != from {
		t.Errorf("%s, want %s", again, from)
	}
	p := b.signInByForm("/login/login.htm?"+query("fromURI", from), ana)
	f, text := b.samlResponse(b.get(p.location()))
	if f.fields["RelayState"] != "state" || !strings.Contains(string(text), `InResponseTo="_forced"`) {
		t.Errorf("%+v\n%s", f, text)
	}
}

func TestForceAuthnIsMetByASignInAfterTheRequest(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	b := open(t, d)
	d.advance(10 * time.Second)
	b.signIn(ana)
	for issued, met := range map[string]bool{
		"2026-03-02T09:30:10.000Z": true, // a quarter of a second before the sign-in
		"2026-03-02T09:30:10Z":     false,
		"2026-03-02T09:30:09Z":     true,
		"2026-03-02T09:30:10.300Z": false,
	} {
		p := b.redirectRequest(authnRequest{issued: issued, more: ` ForceAuthn="1"`}, "")
		if (p.status == 200) != met {
			t.Errorf("issued %s: %d", issued, p.status)
		}
	}
	b.samlResponse(b.get(ssoPath + "?" + query("SAMLRequest", deflated(authnRequest{issued: "2026-03-02T09:31:00.000Z",
		more: ` ForceAuthn="true"`}.xml()), "sessionToken", b.sessionToken(ana))))
}

func TestForceAuthnIsIgnoredWhereTheAppDoesNotHonourIt(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	d.apps[0].SAML.HonorForceAuthn = false
	b := open(t, d)
	b.signIn(ana)
	forced := authnRequest{more: ` ForceAuthn="true"`}
	b.samlResponse(b.redirectRequest(forced, ""))
	from := b.wantSignIn(b.other().postRequest(forced, ""))
	if p := b.get("/login/login.htm?" + query("fromURI", from)); p.status != 302 || p.location() != b.base+from {
		t.Errorf("posted without the cookie: %d %s", p.status, p.location())
	}
}

func TestPassiveRequestIsNeverAnsweredWithASignInPage(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	passive := authnRequest{id: "_passive", more: ` IsPassive="true"`}
	for name, p := range map[string]page{"redirect": b.redirectRequest(passive, "state"), "post": b.postRequest(passive, "state")} {
		f, text := b.samlResponse(p)
		for _, want := range []string{`InResponseTo="_passive"`, `status:Responder"><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:NoPassive"`, "<ds:Signature "} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: %s is missing in %s", name, want, text)
			}
		}
		if strings.Contains(string(text), "Assertion ") || f.action != acsURL || f.fields["RelayState"] != "state" {
			t.Errorf("%s: %+v\n%s", name, f, text)
		}
	}
	b.signIn(ana)
	if _, text := b.samlResponse(b.redirectRequest(passive, "")); !strings.Contains(string(text), "status:Success") {
		t.Errorf("with a session: %s", text)
	}
}

func TestSignedRequestsAreChecked(t *testing.T) {
	t.Parallel()
	request := authnRequest{id: "_signed"}
	posted := func(message string) url.Values {
		return url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString([]byte(message))}}
	}
	for _, c := range []struct {
		name  string
		ask   func(*testing.T, *browser) page
		words string // "" is accepted
	}{
		{"redirect", func(t *testing.T, b *browser) page {
			return b.get(ssoPath + "?" + signedQuery(t, request.xml(), "a b"))
		}, ""},
		{"post", func(t *testing.T, b *browser) page { return b.postForm(ssoPath, posted(signedXML(t, request.xml()))) }, ""},
		{"redirect unsigned", func(t *testing.T, b *browser) page { return b.redirectRequest(request, "") }, "not signed"},
		{"post unsigned", func(t *testing.T, b *browser) page { return b.postRequest(request, "") }, "not signed"},
		{"redirect with another RelayState", func(t *testing.T, b *browser) page {
			return b.get(ssoPath + "?" + strings.Replace(signedQuery(t, request.xml(), "a b"), "a%20b", "c", 1))
		}, "does not verify"},
		{"redirect with a second request first", func(t *testing.T, b *browser) page {
			return b.get(ssoPath + "?" + query("SAMLRequest", deflated(authnRequest{id: "_evil"}.xml())) + "&" + signedQuery(t, request.xml(), "a"))
		}, "more than one"},
		{"post changed", func(t *testing.T, b *browser) page {
			return b.postForm(ssoPath, posted(strings.Replace(signedXML(t, request.xml()), audience, "urn:evil", 1)))
		}, "does not verify"},
		{"post wrapped", func(t *testing.T, b *browser) page {
			evil := strings.Replace(authnRequest{id: "_evil"}.xml(), "</samlp:AuthnRequest>", signedXML(t, request.xml())+"</samlp:AuthnRequest>", 1)
			return b.postForm(ssoPath, posted(evil))
		}, "not signed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDirectory()
			d.apps[0].SAML.SignedRequestRequired, d.apps[0].SAML.SPCertificate = true, spKey().Certificate
			b := open(t, d)
			b.signIn(ana)
			p := c.ask(t, b)
			if c.words != "" {
				b.wantPage(p, 400, c.words)
				return
			}
			if _, text := b.samlResponse(p); !strings.Contains(string(text), `InResponseTo="_signed"`) {
				t.Errorf("%s", text)
			}
		})
	}
}

func TestSignedRedirectSurvivesTheWayThroughSignIn(t *testing.T) {
	t.Parallel()
	d := newDirectory()
	d.apps[0].SAML.SignedRequestRequired, d.apps[0].SAML.SPCertificate = true, spKey().Certificate
	b := open(t, d)
	from := b.wantSignIn(b.get(ssoPath + "?" + signedQuery(t, authnRequest{}.xml(), "a b/c")))
	p := b.signInByForm("/login/login.htm?"+query("fromURI", from), ana)
	if f, _ := b.samlResponse(b.get(p.location())); f.fields["RelayState"] != "a b/c" {
		t.Errorf("RelayState %q", f.fields["RelayState"])
	}
}

func TestAnswerPageIsForTheBrowserAlone(t *testing.T) {
	t.Parallel()
	b := open(t, newDirectory())
	b.signIn(ana)
	p := b.get(ssoPath + "?" + query("RelayState", `"><script>alert(1)</script>`))
	if strings.Contains(p.body, "<script>alert") {
		t.Error("the RelayState is not escaped")
	}
	for header, want := range map[string]string{
		"Content-Type": "text/html;charset=utf-8", "Cache-Control": "no-cache, no-store",
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"} {
		if got := p.header.Get(header); got != want {
			t.Errorf("%s %q, want %q", header, got, want)
		}
	}
	csp := p.header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "form-action 'self';") {
		t.Errorf("CSP %q", csp)
	}
}
