package plan

import (
	"fmt"
	"strings"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/certificate"
	"example.com/ssowizard/internal/samlcheck"
	"example.com/ssowizard/internal/sso"
)

// clockSkew is how far Okta's clock and ours may differ before times fail.
const clockSkew = time.Minute

// Ids under which profiles tell what a service provider shows of itself.
const (
	offeredACSURL   = "acs_url"
	offeredEntityID = "sp_entity_id"
)

// expectation is what the service provider would hold a response against: its
// own certificate and audience, not ours.
func (r *run) expectation(seen sso.Seen) (samlcheck.Expect, error) {
	held, err := r.heldCertificate()
	if err != nil {
		return samlcheck.Expect{}, err
	}
	want := r.plan.WantApp.SAML
	e := samlcheck.Expect{
		Certificate: held, Audience: want.Audience, ACSURL: want.ACSURL, Issuer: r.issuerSent(),
		NameIDFormat: want.NameIDFormat, Email: r.tester().Email, Attributes: map[string]string{},
		RequestID: seen.RequestID, PostedTo: seen.PostedTo, Now: seen.At, Skew: clockSkew,
		ResponseSigned: want.ResponseSigned, AssertionSigned: want.AssertionSigned, Flow: seen.Flow,
	}
	if v := r.sp.Offered[offeredEntityID]; v != "" {
		e.Audience = v
	}
	if v := r.sp.Offered[offeredACSURL]; v != "" {
		e.ACSURL = v
	}
	for _, a := range want.Attributes {
		if a.Group {
			continue
		}
		e.Attributes[a.Name] = ""
		if len(a.Values) == 1 && a.Values[0] == "user.email" {
			e.Attributes[a.Name] = r.tester().Email
		}
	}
	return e, nil
}

// issuerSent is what Okta puts into its answers as Issuer: what its metadata says,
// or what the app's own template makes.
func (r *run) issuerSent() string {
	template := r.plan.WantApp.SAML.IssuerTemplate
	if template == "" || template == sso.OktaIssuerTmpl || r.idp.ExternalKey == "" {
		return r.idp.Issuer
	}
	return strings.ReplaceAll(template, "${org.externalKey}", r.idp.ExternalKey)
}

// warnIssuer says so when the service provider was given another IdP entity ID
// than Okta sends, as some guides want it. One that compares the two refuses
// everybody, and one that does not takes either.
func (r *run) warnIssuer() {
	id, known := r.profile.IssuerSetting()
	held := r.sp.Settings[id]
	if !known || r.plan.WantApp.SAML == nil || held == "" || held == r.issuerSent() {
		return
	}
	text := fmt.Sprintf("%s holds %s as the IdP entity ID, and Okta sends %s; if %s compares them, nobody gets in.",
		r.profile.Name, sso.PlainText(held, 200), sso.PlainText(r.issuerSent(), 200), r.profile.Name)
	for _, o := range r.offers("issuer") {
		text += " " + o.Text()
	}
	r.emit(Event{Kind: EventWarning, Step: StepTest, Detail: text})
}

// heldCertificate is the certificate at the service provider that a response
// has to be signed with: Okta's active one where it is held, alone or among
// several, else the one that is held instead. Where only fingerprints are held,
// one has to be that of Okta's active key.
func (r *run) heldCertificate() ([]byte, error) {
	want, err := r.profile.WantedSettings(r.plan.Inputs, r.sp.Offered, r.idp)
	if err != nil {
		return nil, err
	}
	places := 0
	var held sso.SPSetting
	for _, s := range want {
		if s.Rendering == "" {
			continue
		}
		s.Value = r.sp.Settings[s.ID]
		if catalog.Holds(s.Value, s.Rendering, r.idp.Certificate) {
			return r.idp.Certificate, nil
		}
		if places++; held.Value == "" {
			held = s
		}
	}
	switch {
	case places == 0:
		return r.idp.Certificate, nil
	case held.Value == "":
		return nil, errNoCertificate
	case strings.HasPrefix(held.Rendering, "fingerprint-"):
		of, err := certificate.Render(r.idp.Certificate, held.Rendering)
		if err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("fingerprint %s, but Okta signs with %s", held.Value, of)
	}
	return certificate.Parse([]byte(held.Value))
}

func sameAddress(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}
