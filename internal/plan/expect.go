package plan

import (
	"fmt"
	"strings"
	"time"

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
		Certificate: held, Audience: want.Audience, ACSURL: want.ACSURL, Issuer: r.idp.Issuer,
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

// heldCertificate is the certificate at the service provider. Where it holds
// only a fingerprint, that of Okta's active key has to be the same.
func (r *run) heldCertificate() ([]byte, error) {
	want, err := r.profile.WantedSettings(r.plan.Inputs, r.sp.Offered, r.idp)
	if err != nil {
		return nil, err
	}
	for _, s := range want {
		held := r.sp.Settings[s.ID]
		switch {
		case s.Rendering == "":
		case held == "":
			return nil, errNoCertificate
		case !strings.HasPrefix(s.Rendering, "fingerprint-"):
			return certificate.Parse([]byte(held))
		default:
			of, err := certificate.Render(r.idp.Certificate, s.Rendering)
			if err != nil {
				return nil, err
			}
			if !r.profile.SettingsEqual(s.ID, held, of) {
				return nil, fmt.Errorf("fingerprint %s, but Okta signs with %s", held, of)
			}
			return r.idp.Certificate, nil
		}
	}
	return r.idp.Certificate, nil
}

func sameAddress(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}
