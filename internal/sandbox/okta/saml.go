package okta

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// samlSettings are settings.signOn of a custom SAML app.
type samlSettings struct {
	DefaultRelayState    string        `json:"defaultRelayState"`
	ACSURL               string        `json:"ssoAcsUrl"`
	IdPIssuer            string        `json:"idpIssuer"`
	Audience             string        `json:"audience"`
	Recipient            string        `json:"recipient"`
	Destination          string        `json:"destination"`
	NameIDTemplate       string        `json:"subjectNameIdTemplate"`
	NameIDFormat         string        `json:"subjectNameIdFormat"`
	ResponseSigned       bool          `json:"responseSigned"`
	AssertionSigned      bool          `json:"assertionSigned"`
	SignatureAlgorithm   string        `json:"signatureAlgorithm"`
	DigestAlgorithm      string        `json:"digestAlgorithm"`
	HonorForceAuthn      bool          `json:"honorForceAuthn"`
	AuthnContextClassRef string        `json:"authnContextClassRef"`
	RequestCompressed    bool          `json:"requestCompressed"`
	Attributes           []statement   `json:"attributeStatements"`
	SPCertificate        []byte        `json:"spCertificate,omitempty"` // DER
	AllowMultipleACS     bool          `json:"allowMultipleAcsEndpoints"`
	ACSEndpoints         []acsEndpoint `json:"acsEndpoints"`
	SignedRequest        bool          `json:"samlSignedRequestEnabled"`
	SLO                  slo           `json:"slo"`
	InlineHooks          []string      `json:"inlineHooks,omitempty"`
}

type statement struct {
	Type        string   `json:"type"`
	Name        string   `json:"name"`
	Namespace   string   `json:"namespace"`
	Values      []string `json:"values,omitempty"`
	FilterType  string   `json:"filterType,omitempty"`
	FilterValue string   `json:"filterValue,omitempty"`
}

type acsEndpoint struct {
	URL   string `json:"url"`
	Index int    `json:"index"`
}

type slo struct {
	Enabled   bool   `json:"enabled"`
	Issuer    string `json:"issuer,omitempty"`
	LogoutURL string `json:"logoutUrl,omitempty"`
}

// samlBody is settings.signOn as it is sent. Pointers tell what is missing.
// The overrides that catalogue apps have are no members of it: Okta drops them
// on custom apps without a word.
type samlBody struct {
	DefaultRelayState    *string       `json:"defaultRelayState"`
	ACSURL               *string       `json:"ssoAcsUrl"`
	IdPIssuer            *string       `json:"idpIssuer"`
	Audience             *string       `json:"audience"`
	Recipient            *string       `json:"recipient"`
	Destination          *string       `json:"destination"`
	NameIDTemplate       *string       `json:"subjectNameIdTemplate"`
	NameIDFormat         *string       `json:"subjectNameIdFormat"`
	ResponseSigned       *bool         `json:"responseSigned"`
	AssertionSigned      *bool         `json:"assertionSigned"`
	SignatureAlgorithm   *string       `json:"signatureAlgorithm"`
	DigestAlgorithm      *string       `json:"digestAlgorithm"`
	HonorForceAuthn      *bool         `json:"honorForceAuthn"`
	AuthnContextClassRef *string       `json:"authnContextClassRef"`
	RequestCompressed    bool          `json:"requestCompressed"`
	Attributes           []statement   `json:"attributeStatements"`
	AllowMultipleACS     bool          `json:"allowMultipleAcsEndpoints"`
	ACSEndpoints         []acsEndpoint `json:"acsEndpoints"`
	SignedRequest        bool          `json:"samlSignedRequestEnabled"`
	SLO                  *slo          `json:"slo"`
	InlineHooks          []struct {
		ID string `json:"id"`
	} `json:"inlineHooks"`
	SPCertificate *struct {
		X5C []string `json:"x5c"`
	} `json:"spCertificate"`
}

const (
	defaultIssuer    = "http://www.okta.com/${org.externalKey}"
	attributeUnspec  = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"
	nameIDEmail      = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
	nameIDUnspec     = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
	maxACSEndpoints  = 100
	maxACSEndpoint   = 1024
	objectOfSettings = "settings"
)

var nameIDFormats = []string{
	nameIDEmail, nameIDUnspec,
	"urn:oasis:names:tc:SAML:1.1:nameid-format:x509SubjectName",
	"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
	"urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
}

// apply checks a body and puts it in the place of the app's settings.
func (b *samlBody) apply(a *app) error {
	if b == nil {
		return invalid("mediated", "'settings.signOn' is not defined appropriately for the signOnMode")
	}
	if err := b.checkEnums(); err != nil {
		return err
	}
	if missing := b.missing(); len(missing) > 0 {
		return invalid(objectOfSettings, missing...)
	}
	before := a.SAML
	if before == nil {
		before = &samlSettings{}
	}
	s := &samlSettings{
		DefaultRelayState: text(b.DefaultRelayState), ACSURL: *b.ACSURL, IdPIssuer: text(b.IdPIssuer), Audience: *b.Audience,
		Recipient: *b.Recipient, Destination: *b.Destination,
		NameIDTemplate: *b.NameIDTemplate, NameIDFormat: *b.NameIDFormat,
		ResponseSigned: *b.ResponseSigned, AssertionSigned: *b.AssertionSigned,
		SignatureAlgorithm: *b.SignatureAlgorithm, DigestAlgorithm: *b.DigestAlgorithm,
		HonorForceAuthn: *b.HonorForceAuthn, AuthnContextClassRef: *b.AuthnContextClassRef,
		RequestCompressed: b.RequestCompressed, AllowMultipleACS: b.AllowMultipleACS,
		SignedRequest: b.SignedRequest, SPCertificate: before.SPCertificate, SLO: before.SLO,
	}
	if s.IdPIssuer == "" {
		s.IdPIssuer = defaultIssuer
	}
	if err := b.applyParts(s); err != nil {
		return err
	}
	if causes := s.faults(); len(causes) > 0 {
		return invalid(objectOfSettings, causes...)
	}
	a.SAML = s
	return nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (b *samlBody) checkEnums() error {
	oneOf := func(v *string, known ...string) bool { return v == nil || *v == "" || slices.Contains(known, *v) }
	if !oneOf(b.SignatureAlgorithm, "RSA_SHA1", "RSA_SHA256") || !oneOf(b.DigestAlgorithm, "SHA1", "SHA256") ||
		!oneOf(b.NameIDFormat, nameIDFormats...) {
		return malformed()
	}
	for _, st := range b.Attributes {
		known := st.Type == "EXPRESSION" || st.Type == "GROUP" &&
			slices.Contains([]string{"STARTS_WITH", "EQUALS", "CONTAINS", "REGEX"}, st.FilterType)
		if !known {
			return malformed()
		}
	}
	return nil
}

// missing names the required members that were not sent.
func (b *samlBody) missing() []string {
	var causes []string
	for _, f := range []struct {
		name  string
		value *string
	}{
		{"ssoAcsUrl", b.ACSURL}, {"audience", b.Audience}, {"recipient", b.Recipient}, {"destination", b.Destination},
		{"subjectNameIdTemplate", b.NameIDTemplate}, {"subjectNameIdFormat", b.NameIDFormat},
		{"signatureAlgorithm", b.SignatureAlgorithm}, {"digestAlgorithm", b.DigestAlgorithm},
		{"authnContextClassRef", b.AuthnContextClassRef},
	} {
		if text(f.value) == "" {
			causes = append(causes, blank("settings.signOn."+f.name))
		}
	}
	for _, f := range []struct {
		name  string
		value *bool
	}{{"responseSigned", b.ResponseSigned}, {"assertionSigned", b.AssertionSigned}, {"honorForceAuthn", b.HonorForceAuthn}} {
		if f.value == nil {
			causes = append(causes, blank("settings.signOn."+f.name))
		}
	}
	return causes
}

// applyParts takes over statements, endpoints, certificate and Single Logout.
func (b *samlBody) applyParts(s *samlSettings) error {
	if err := b.applyStatements(s); err != nil {
		return err
	}
	for _, h := range b.InlineHooks {
		s.InlineHooks = append(s.InlineHooks, h.ID)
	}
	s.ACSEndpoints = []acsEndpoint{}
	if b.AllowMultipleACS {
		s.ACSEndpoints = append(s.ACSEndpoints, b.ACSEndpoints...)
	}
	if b.SLO != nil {
		s.SLO = *b.SLO
		if !s.SLO.Enabled {
			s.SLO = slo{}
		}
	}
	if c := b.SPCertificate; c != nil {
		s.SPCertificate = nil
		if len(c.X5C) > 0 {
			der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(c.X5C[0]), ""))
			if err == nil {
				_, err = x509.ParseCertificate(der)
			}
			if err != nil {
				return invalid(objectOfSettings, "settings.signOn.spCertificate: The certificate could not be parsed")
			}
			s.SPCertificate = der
		}
	}
	return nil
}

// applyStatements refuses a name that two statements have, of whichever kind.
func (b *samlBody) applyStatements(s *samlSettings) error {
	s.Attributes = []statement{}
	seen, index := map[string]bool{}, map[string]int{}
	for _, st := range b.Attributes {
		list := "customSamlAttributes"
		if st.Type == "GROUP" {
			list, st.Values = "customSamlGroupAttributes", nil
		} else {
			st.FilterType, st.FilterValue = "", ""
		}
		if st.Name == "" {
			return invalid(objectOfSettings, blank(fmt.Sprintf("%s[%d].name", list, index[list])))
		}
		if seen[st.Name] {
			return fail(403, "E0000039", "Operation on application settings failed.", fmt.Sprintf(
				"%s[%d].name: Invalid SAML attribute name '%s': duplicate name", list, index[list], st.Name))
		}
		seen[st.Name] = true
		index[list]++
		if st.Namespace == "" {
			st.Namespace = attributeUnspec
		}
		s.Attributes = append(s.Attributes, st)
	}
	return nil
}

// faults names what is wrong between settings that are each of the right form.
func (s *samlSettings) faults() []string {
	var causes []string
	wrong := func(field, what string) { causes = append(causes, "settings.signOn."+field+": "+what) }
	const notURL = "The field must be a valid URL"
	for _, f := range []struct{ name, value string }{
		{"ssoAcsUrl", s.ACSURL}, {"recipient", s.Recipient}, {"destination", s.Destination},
	} {
		if !absoluteURL(f.value) {
			wrong(f.name, notURL)
		}
	}
	if !s.ResponseSigned && !s.AssertionSigned {
		wrong("responseSigned", "At least one of responseSigned and assertionSigned must be true")
	}
	if len(s.ACSEndpoints) > maxACSEndpoints {
		wrong("acsEndpoints", "The list must not exceed 100 entries")
	}
	for i, e := range s.ACSEndpoints {
		if !absoluteURL(e.URL) || len(e.URL) > maxACSEndpoint {
			wrong(fmt.Sprintf("acsEndpoints[%d].url", i), notURL)
		}
	}
	if s.SignedRequest && s.SPCertificate == nil {
		wrong("spCertificate", "A signature certificate is required when signed requests are enabled")
	}
	if s.SLO.Enabled {
		if s.SPCertificate == nil {
			wrong("spCertificate", "A signature certificate is required when Single Logout is enabled")
		}
		if s.SLO.Issuer == "" {
			wrong("slo.issuer", "The field cannot be left blank")
		}
		if !absoluteURL(s.SLO.LogoutURL) {
			wrong("slo.logoutUrl", notURL)
		}
	}
	return causes
}

// absoluteURL tells whether s is an http or https URL with a host.
func absoluteURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// object is settings.signOn in an answer.
func (s *samlSettings) object(c *call) object {
	hooks := []object{}
	for _, id := range s.InlineHooks {
		hooks = append(hooks, object{{"id", id}, {"_links", object{{"self", object{
			{"href", c.url("inlineHooks", id)}, {"hints", allow("GET", "PUT", "DELETE")},
		}}}}})
	}
	o := object{
		{"defaultRelayState", orNull(s.DefaultRelayState)},
		{"ssoAcsUrl", s.ACSURL},
		{"idpIssuer", s.IdPIssuer},
		{"audience", s.Audience},
		{"recipient", s.Recipient},
		{"destination", s.Destination},
		{"subjectNameIdTemplate", s.NameIDTemplate},
		{"subjectNameIdFormat", s.NameIDFormat},
		{"responseSigned", s.ResponseSigned},
		{"assertionSigned", s.AssertionSigned},
		{"signatureAlgorithm", s.SignatureAlgorithm},
		{"digestAlgorithm", s.DigestAlgorithm},
		{"honorForceAuthn", s.HonorForceAuthn},
		{"authnContextClassRef", s.AuthnContextClassRef},
		{"spIssuer", orNull(s.SLO.Issuer)},
		{"requestCompressed", s.RequestCompressed},
		{"attributeStatements", statementObjects(s.Attributes)},
		{"inlineHooks", hooks},
	}
	if s.SPCertificate != nil {
		o.add("spCertificate", object{{"x5c", []string{wrap(s.SPCertificate, "\r\n") + "\r\n"}}})
	}
	o.add("assertionEncryption", object{{"enabled", false}})
	o.add("allowMultipleAcsEndpoints", s.AllowMultipleACS)
	endpoints := make([]object, 0, len(s.ACSEndpoints))
	for _, e := range s.ACSEndpoints {
		endpoints = append(endpoints, object{{"url", e.URL}, {"index", e.Index}})
	}
	o.add("acsEndpoints", endpoints)
	o.add("samlSignedRequestEnabled", s.SignedRequest)
	logout := object{{"enabled", s.SLO.Enabled}}
	if s.SLO.Enabled {
		logout.add("issuer", s.SLO.Issuer)
		logout.add("logoutUrl", s.SLO.LogoutURL)
	}
	o.add("slo", logout)
	return o
}

func statementObjects(list []statement) []object {
	out := make([]object, 0, len(list))
	for _, st := range list {
		s := object{{"type", st.Type}, {"name", st.Name}, {"namespace", st.Namespace}}
		if st.Type == "GROUP" {
			s.add("filterType", st.FilterType)
			s.add("filterValue", st.FilterValue)
		} else {
			s.add("values", append([]string{}, st.Values...))
		}
		out = append(out, s)
	}
	return out
}

// wrap is base64 in lines of 76 characters.
func wrap(der []byte, newline string) string {
	s := base64.StdEncoding.EncodeToString(der)
	var b strings.Builder
	for len(s) > 76 {
		b.WriteString(s[:76])
		b.WriteString(newline)
		s = s[76:]
	}
	b.WriteString(s)
	return b.String()
}
