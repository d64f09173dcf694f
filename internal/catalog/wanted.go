package catalog

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// WantedApp is the Okta app that the profile asks for. Inputs are those that
// CheckInputs returned; offered are the values that the service provider shows.
// An empty label takes the profile's own.
func (p *Profile) WantedApp(label string, inputs, offered map[string]string) (sso.App, error) {
	f := &filler{values: p.values(inputs, offered, sso.IdPValues{})}
	if label == "" {
		label = p.DefaultLabel
	}
	app := sso.App{
		Label:            label,
		UserNameTemplate: f.text("app username", p.App.UserNameTemplate),
		HideTile:         p.App.HideTile,
	}
	switch p.Protocol {
	case sso.OIDC:
		app.SignOnMode = "OPENID_CONNECT"
		app.OIDC = p.App.oidc(f)
	default:
		app.SignOnMode = "SAML_2_0"
		app.SAML = p.App.saml(f, inputs, p.byHand)
		for _, s := range p.Settings {
			if a, ok := s.taken(inputs, p.byHand); ok && a.IssuerTemplate != "" && s.When.holds(inputs, p.byHand) {
				app.SAML.IssuerTemplate = f.text("Issuer template", a.IssuerTemplate)
			}
		}
	}
	if err := f.err(); err != nil {
		return sso.App{}, fmt.Errorf("values of the Okta app for %s: %w", p.Name, err)
	}
	return app, nil
}

func (a AppTemplate) saml(f *filler, inputs map[string]string, byHand bool) *sso.SAMLSettings {
	acs := f.url("ACS URL", a.ACSURL)
	s := &sso.SAMLSettings{
		ACSURL: acs, Recipient: acs, Destination: acs,
		Audience:             f.text("Audience (SP entity ID)", a.Audience),
		IssuerTemplate:       f.text("Issuer template", a.IssuerTemplate),
		NameIDFormat:         f.format("NameID format", a.NameIDFormat, nameIDFormats),
		NameIDTemplate:       f.text("NameID template", a.NameIDTemplate),
		ResponseSigned:       a.ResponseSigned,
		AssertionSigned:      a.AssertionSigned,
		SignatureAlgorithm:   a.SignatureAlgorithm,
		DigestAlgorithm:      a.DigestAlgorithm,
		AuthnContextClassRef: a.AuthnContextClassRef,
		HonorForceAuthn:      a.HonorForceAuthn,
		DefaultRelayState:    f.optional("Default RelayState", a.DefaultRelayState),
	}
	for _, at := range a.Attributes {
		if at.When.holds(inputs, byHand) {
			s.Attributes = append(s.Attributes, at.statement(f))
		}
	}
	s.Attributes = append(s.Attributes, f.attributes(inputs[a.AttributesFrom])...)
	return s
}

func (at Attribute) statement(f *filler) sso.AttributeStatement {
	st := sso.AttributeStatement{Group: at.Group, Name: f.text("attribute name", at.Name), Format: at.Format}
	for _, v := range at.Values {
		st.Values = append(st.Values, f.text("attribute "+at.Name, v))
	}
	if at.Group {
		st.FilterType = at.FilterType
		st.FilterValue = f.text("group filter", at.FilterValue)
	}
	return st
}

func (a AppTemplate) oidc(f *filler) *sso.OIDCSettings {
	s := &sso.OIDCSettings{
		GrantTypes: a.GrantTypes, ResponseTypes: a.ResponseTypes,
		ClientAuthentication: a.ClientAuthentication, PKCERequired: a.PKCERequired, IssuerMode: a.IssuerMode,
	}
	for _, u := range a.RedirectURIs {
		s.RedirectURIs = append(s.RedirectURIs, f.url("redirect URI", u))
	}
	for _, u := range a.PostLogoutRedirectURIs {
		s.PostLogoutRedirectURIs = append(s.PostLogoutRedirectURIs, f.url("sign-out redirect URI", u))
	}
	return s
}

// WantedSettings are the settings that the service provider's page has to hold,
// in the page's order, each value in the form that the page takes. A setting
// that is not required and for which there is no value is left out: it is not
// ours then, and what the page has stays. A secret comes with an empty Value,
// which whoever holds the secret fills in just before it is pushed.
func (p *Profile) WantedSettings(inputs, offered map[string]string, idp sso.IdPValues) ([]sso.SPSetting, error) {
	return p.settings(inputs, offered, idp, false)
}

// PlannedSettings are the settings as far as they are known before the Okta app
// exists: those that wait for a value of the identity provider have an empty
// Value, and the optional ones among them are left out.
func (p *Profile) PlannedSettings(inputs, offered map[string]string) ([]sso.SPSetting, error) {
	return p.settings(inputs, offered, sso.IdPValues{}, true)
}

func (p *Profile) settings(inputs, offered map[string]string, idp sso.IdPValues, planned bool) ([]sso.SPSetting, error) {
	all, err := p.render(p.Settings, inputs, offered, idp, planned)
	return slices.DeleteFunc(all, p.waitsForSwitch), err
}

// LateSettings are the toggles that the admin wants on, but that wait until
// sign-in with Okta is on and has worked. WantedSettings leaves them out. Each
// wants the Consent of its Setting.
func (p *Profile) LateSettings(inputs, offered map[string]string, idp sso.IdPValues) ([]sso.SPSetting, error) {
	var late []Setting
	for _, s := range p.Settings {
		if s.Late {
			late = append(late, s)
		}
	}
	all, err := p.render(late, inputs, offered, idp, false)
	return slices.DeleteFunc(all, func(s sso.SPSetting) bool { return !p.waitsForSwitch(s) }), err
}

func (p *Profile) waitsForSwitch(s sso.SPSetting) bool {
	known, _ := p.Setting(s.ID)
	return known.Late && s.Value == boolText(true)
}

// render gives the values of some of the profile's settings.
func (p *Profile) render(settings []Setting, inputs, offered map[string]string, idp sso.IdPValues, planned bool) ([]sso.SPSetting, error) {
	values := p.values(inputs, offered, idp)
	var out []sso.SPSetting
	var problems []error
	for _, s := range settings {
		if s.Kind == KindReadOnly || !s.When.holds(inputs, p.byHand) {
			continue
		}
		text, rendering := s.chosen(inputs, p.byHand)
		setting, kept, err := s.render(text, rendering, values, p.trusted(s.Value, idp), planned)
		switch {
		case err != nil:
			problems = append(problems, err)
		case kept:
			out = append(out, setting)
		}
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("values for %s: %w", p.Name, errors.Join(problems...))
	}
	return out, nil
}

// render fills the setting's value. It is false for one that is left out.
func (s Setting) render(text, rendering string, v Values, ders [][]byte, planned bool) (sso.SPSetting, bool, error) {
	out := sso.SPSetting{ID: s.ID, Label: s.Title(), Kind: string(s.Kind), Rendering: rendering,
		Required: s.Required, Secret: s.Kind == KindSecret}
	if s.Kind == KindFile && rendering != "" && !strings.HasSuffix(rendering, "-file") {
		out.Kind = string(KindTextArea) // an alternate that is pasted
	}
	t, err := parseTemplate(text)
	if err != nil {
		return out, false, fmt.Errorf("%s: %w", s.Title(), err)
	}
	value, missing, err := renderSetting(t, v, ders, rendering)
	waits := planned && t.uses("IdP")
	switch {
	case err != nil:
		return out, false, fmt.Errorf("%s: %w", s.Title(), err)
	case isSecondPlace(text) && len(ders) == 0:
		return out, !planned, nil // ours, and empty but for a rotation
	case s.Kind == KindSecret || (waits && s.Required):
		return out, true, nil
	case len(missing) > 0 && !s.Required:
		return out, false, nil
	case len(missing) > 0:
		return out, false, fmt.Errorf("%s: no value for %s", s.Title(), strings.Join(missing, ", "))
	}
	out.Value, err = s.normal(value, rendering)
	return out, err == nil, err
}

func renderSetting(t template, v Values, ders [][]byte, rendering string) (string, []string, error) {
	if rendering == "" {
		text, missing := t.fill(v, nil)
		return text, missing, nil
	}
	if len(ders) == 0 {
		return "", []string{".IdP.Certificate"}, nil
	}
	text, err := renderAll(ders, rendering)
	return text, nil, err
}

// normal brings a value to the one form in which it is compared and shown, and
// refuses what no page could take.
func (s Setting) normal(value, rendering string) (string, error) {
	if s.Kind == KindToggle {
		on, ok := truth(value)
		if !ok {
			return "", fmt.Errorf("%s: %q is neither yes nor no", s.Title(), value)
		}
		return boolText(on), nil
	}
	if rendering == "" && s.Kind != KindTextArea && strings.ContainsFunc(value, unicode.IsControl) {
		return "", fmt.Errorf("%s: the value has control characters", s.Title())
	}
	return value, nil
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// IdPNames are the names that {{ .IdP.Y }} may have. Certificate and
// OtherCertificate stand alone in the value of a setting with a rendering,
// ClientSecret in that of a secret.
func IdPNames() []string {
	return []string{"Issuer", "SSOURL", "SLOURL", "ExternalKey", "MetadataURL", "KID", "Certificate", "OtherCertificate",
		"ClientID", "ClientSecret", "OIDCIssuer"}
}

func idpTexts(v sso.IdPValues) map[string]string {
	return map[string]string{"Issuer": v.Issuer, "SSOURL": v.SSOURL, "SLOURL": v.SLOURL, "ExternalKey": v.ExternalKey,
		"MetadataURL": v.MetadataURL, "KID": v.KID, "ClientID": v.ClientID, "OIDCIssuer": v.OIDCIssuer}
}

// filler fills templates one after the other and gathers what went wrong.
type filler struct {
	values   Values
	problems []error
}

func (f *filler) text(what, text string) string {
	value, missing, err := fill(text, f.values)
	switch {
	case err != nil:
		f.problems = append(f.problems, fmt.Errorf("%s: %w", what, err))
	case len(missing) > 0:
		f.problems = append(f.problems, fmt.Errorf("%s: no value for %s", what, strings.Join(missing, ", ")))
	case strings.ContainsFunc(value, unicode.IsControl):
		f.problems = append(f.problems, fmt.Errorf("%s: the value has control characters", what))
	}
	return value
}

// optional is empty when a placeholder has no value.
func (f *filler) optional(what, text string) string {
	if _, missing, err := fill(text, f.values); err == nil && len(missing) > 0 {
		return ""
	}
	return f.text(what, text)
}

// format is a URN that may be given by its short name.
func (f *filler) format(what, text string, names map[string]string) string {
	value := f.text(what, text)
	if urn, ok := names[value]; ok {
		return urn
	}
	if value != "" && !strings.HasPrefix(value, "urn:") {
		f.problems = append(f.problems, fmt.Errorf("%s: %q is neither a URN nor one of: %s", what, value, shortNames(names)))
	}
	return value
}

func (f *filler) attributes(text string) []sso.AttributeStatement {
	if text == "" {
		return nil
	}
	out, err := ParseAttributes(text)
	if err != nil {
		f.problems = append(f.problems, err)
	}
	return out
}

func (f *filler) url(what, text string) string {
	before := len(f.problems)
	value := f.text(what, text)
	if len(f.problems) > before {
		return value
	}
	if err := checkURL(value); err != nil {
		f.problems = append(f.problems, fmt.Errorf("%s: %w", what, err))
	}
	return value
}

func (f *filler) err() error {
	if len(f.problems) == 0 {
		return nil
	}
	return hint.Add(errors.Join(f.problems...), "check the inputs and what the service provider shows")
}

// checkURL wants an absolute https URL with a host and without user information,
// spaces or a fragment. Plain http passes on loopback only: anywhere else what
// proves who a person is could be read on its way.
func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("%q is not a URL that begins with https://", s)
	}
	if u.User != nil || u.Fragment != "" || strings.ContainsFunc(s, unicode.IsSpace) {
		return fmt.Errorf("%q has a user name, a fragment or a space in it", s)
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return fmt.Errorf("%q is not protected: it has to begin with https://, because whoever reads the answer on its way could sign in as the person", s)
	}
	return nil
}

// isLoopback tells whether a host is this very machine.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() || strings.EqualFold(strings.TrimSuffix(host, "."), "localhost")
}
