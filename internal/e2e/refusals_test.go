package e2e_test

import (
	"strings"
	"testing"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/diagnose"
	"example.com/ssowizard/internal/sso"
)

// TestEachReasonThatASignInPageTellsHasItsAdvice holds the words of the profiles
// against the sentences of sign-in pages.
func TestEachReasonThatASignInPageTellsHasItsAdvice(t *testing.T) {
	t.Parallel()
	known, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	saml := map[string]string{ // reason: what a page says
		"certificate": "The response is signed with the certificate AB:CD (SHA-256), but the certificate stored here is EF:01.",
		"expired":     "The certificate stored here is valid from 2016-01-01 to 2026-01-01 only; it is 2026-11-21 here.",
		"audience":    "The assertion is for the audience https://a, but the Entity ID here is https://b.",
		"recipient":   "The assertion's Recipient is https://a, but the ACS URL is https://b.",
		"destination": "The response is destined for https://a, but the ACS URL is https://b.",
		"issuer":      "The assertion's Issuer is http://www.okta.com/exk1, but the IdP Entity ID stored here is exk1.",
		"stranger":    "Nobody here has the e-mail address x@acme.example.",
		"off":         "Single sign-on is configured but not turned on for this account.",
		"nameid":      "The NameID alima is not an e-mail address, and there is no attribute email with one.",
		"request":     "The response answers the request _1, which is not open here.",
		"time":        "The assertion's conditions ended at 2026-11-21T10:00:00Z; it is 2026-11-21T11:00:00Z here.",
	}
	oidc := map[string]string{
		"secret": "The identity provider gave no tokens: invalid_client: The client secret supplied is invalid.", "issuer": "Bad id_token issuer: https://a, but the Discovery URL stands for https://b.",
		"method": "The user info endpoint answers POST with status 405; try the other method.", "attribute": "attributes required: [email]; the identity provider sends: sub.",
		"audience": "The ID token is for 0oa1, not for this client.", "stranger": "Nobody here has the e-mail address x@acme.example.",
		"off": "Okta SSO is configured but not enabled for this account.", "unassigned": "The identity provider answers access_denied: User is not assigned to the client application.",
		"discovery": "The identity provider's configuration cannot be read at the Discovery URL: status 404.",
	}
	for id, tt := range map[string]struct{ says, fixes map[string]string }{
		"net2phone": {saml, map[string]string{"certificate": "as Public Certificate", "expired": "as Public Certificate", "audience": "both have to be n2p", "recipient": "Recipient URL", "destination": "Destination URL",
			"issuer": "another Okta app or org", "stranger": "Sync has a user", "off": "SSO is turned on in Sync", "nameid": "EmailAddress", "request": "Begin again", "time": "clock"}},
		"telnyx": {saml, map[string]string{"certificate": "SHA-256 fingerprint", "expired": "SHA-256 fingerprint", "audience": "Service Provider Entity ID", "recipient": "Assertion Consumer Service URL", "destination": "Assertion Consumer Service URL",
			"issuer": "bare id", "stranger": "Invite the person", "off": "not active at Telnyx", "nameid": "EmailAddress", "request": "Begin again", "time": "clock"}},
		"infobip": {saml, map[string]string{"certificate": "line breaks removed", "expired": "line breaks removed", "audience": "letter by letter", "recipient": "Use this for Recipient URL", "destination": "Use this for Recipient URL",
			"issuer": "Identity Provider Issuer", "stranger": "Auto-create users", "off": "settings are saved", "nameid": "EmailAddress", "request": "Begin again", "time": "clock"}},
		"justcall": {saml, map[string]string{"certificate": "upload it as Certificate", "expired": "upload it as Certificate", "audience": "slash at the end", "recipient": "slash at the end", "destination": "slash at the end",
			"issuer": "not the one that JustCall shows", "stranger": "Make a user", "off": "See that SSO is on", "nameid": "EmailAddress", "request": "Begin again", "time": "clock"}},
		"cloudtalk": {oidc, map[string]string{"secret": "Put the secret in again", "issuer": "--input discovery=issuer", "method": "from GET to POST", "attribute": "no e-mail address in Okta", "audience": "Put the Client ID",
			"stranger": "list of users in CloudTalk", "off": "Enable Okta SSO is on", "unassigned": "Assignments tab", "discovery": "Discovery URL is not the issuer"}},
	} {
		p, err := known.Profile(id)
		if err != nil {
			t.Fatal(err)
		}
		c := adviceOf(p)
		for reason, sentence := range tt.says {
			f := sso.Finding{Code: "sign_in.sp_refused", Got: p.Name + ", status 403: Sign-in refused. " + sentence}
			fix := diagnose.Fill([]sso.Finding{f}, c)[0].Fix
			if want := tt.fixes[reason]; want == "" || !strings.Contains(fix, want) {
				t.Errorf("%s, %s: %q, want %q in it", id, reason, fix, want)
			}
		}
	}
	unsolicited := sso.Finding{Code: "sign_in.sp_refused", Got: "the sign-in was begun at the identity provider, but it takes only sign-ins that begin here"}
	p, err := known.Profile("infobip")
	if err != nil {
		t.Fatal(err)
	}
	if fix := diagnose.Fill([]sso.Finding{unsolicited}, adviceOf(p))[0].Fix; !strings.Contains(fix, "SP Initiation URL") {
		t.Errorf("unsolicited: %q", fix)
	}
}

func adviceOf(p *catalog.Profile) diagnose.Context {
	c := diagnose.Context{SPName: p.Name, Labels: p.Labels()}
	for _, trouble := range p.Troubleshooting {
		c.Advice = append(c.Advice, diagnose.Advice{Codes: trouble.Codes, Says: trouble.Says, Text: trouble.Advice})
	}
	return c
}
