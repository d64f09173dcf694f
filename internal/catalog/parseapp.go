package catalog

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"example.com/ssowizard/internal/sso"
)

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }

// Short names of formats; a full URN is taken as it is.
var (
	nameIDFormats = map[string]string{
		"EmailAddress": sso.NameIDEmail,
		"Unspecified":  "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
		"Persistent":   "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
		"Transient":    "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
	}
	attributeFormats = map[string]string{
		"unspecified": sso.AttrUnspec, "basic": sso.AttrBasic, "uri": sso.AttrURI,
	}
)

func (r *reader) app(p *Profile, f *fields) {
	if label := f.line("label", false); label != "" {
		p.DefaultLabel = label
	}
	p.App.UserNameTemplate = f.value("user_name_template", false, appRoots)
	p.App.HideTile = f.yesNo("hide_tile", false)
	if p.Protocol == sso.OIDC {
		r.oidcApp(&p.App, f)
		return
	}
	r.samlApp(p, f)
}

func (r *reader) samlApp(p *Profile, f *fields) {
	a := &p.App
	a.ACSURL = f.value("acs_url", true, appRoots)
	r.constantURL(f, "acs_url", a.ACSURL)
	a.Audience = f.value("audience", true, appRoots)
	if text := f.value("name_id_format", false, appRoots); strings.Contains(text, "{{") {
		a.NameIDFormat = text
	} else {
		a.NameIDFormat = f.named("name_id_format", "EmailAddress", nameIDFormats)
	}
	a.NameIDTemplate = f.orElse("name_id_template", "${user.email}")
	r.personal(f, "name_id_template", a.NameIDTemplate)
	a.DefaultRelayState = f.value("default_relay_state", false, appRoots)
	a.IssuerTemplate = f.orElse("issuer_template", sso.OktaIssuerTmpl)
	a.SignatureAlgorithm = f.choice("signature_algorithm", sso.RSASHA256, "RSA_SHA1")
	a.DigestAlgorithm = f.choice("digest_algorithm", sso.SHA256, "SHA1")
	a.ResponseSigned = f.yesNo("response_signed", true)
	a.AssertionSigned = f.yesNo("assertion_signed", true)
	a.HonorForceAuthn = f.yesNo("honor_force_authn", true)
	a.AuthnContextClassRef = f.orElse("authn_context", sso.AuthnPassword)
	if !a.ResponseSigned && !a.AssertionSigned {
		r.fail(f.node, "neither the response nor the assertion would be signed")
	}
	for _, n := range f.list("attributes", false) {
		if at := r.mapping(n, "an attribute statement"); at != nil {
			a.Attributes = append(a.Attributes, r.attribute(p, at))
			at.done()
		}
	}
	a.AttributesFrom = f.text("attributes_from", false)
	i := slices.IndexFunc(p.Inputs, func(in Input) bool { return in.ID == a.AttributesFrom })
	if a.AttributesFrom != "" && (i < 0 || p.Inputs[i].Form != FormAttributes) {
		r.fail(f.byName["attributes_from"], "there is no input %q of the form %s", a.AttributesFrom, FormAttributes)
	}
}

// personal refuses a template that gives everybody the same text.
func (r *reader) personal(f *fields, name, text string) {
	if text != "" && !strings.Contains(text, "${") && !strings.Contains(text, "{{") {
		r.fail(f.byName[name], "%s has no expression such as ${user.email}, so everybody would have the same", name)
	}
}

func (r *reader) attribute(p *Profile, f *fields) Attribute {
	at := Attribute{Name: f.value("name", true, appRoots), Format: f.named("format", "unspecified", attributeFormats), When: r.standing(p, f)}
	group := f.sub("group_filter", false)
	at.Values = f.valueList("values", group == nil, appRoots)
	if group == nil {
		if n := f.byName["values"]; n != nil && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
			r.fail(n, "values is empty")
		}
		return at
	}
	if len(at.Values) > 0 {
		r.fail(f.node, "an attribute statement has either values or a group_filter")
	}
	at.Group = true
	at.FilterType = group.oneOf("type", true, "STARTS_WITH", "EQUALS", "CONTAINS", "REGEX")
	at.FilterValue = group.value("value", true, appRoots)
	group.done()
	return at
}

func (r *reader) oidcApp(a *AppTemplate, f *fields) {
	a.RedirectURIs = f.valueList("redirect_uris", true, appRoots)
	if n := f.byName["redirect_uris"]; n != nil && len(a.RedirectURIs) == 0 {
		r.fail(n, "redirect_uris is empty")
	}
	a.PostLogoutRedirectURIs = f.valueList("post_logout_redirect_uris", false, appRoots)
	a.GrantTypes = f.texts("grant_types")
	if a.GrantTypes == nil {
		a.GrantTypes = []string{"authorization_code"}
	}
	a.ResponseTypes = f.texts("response_types")
	if a.ResponseTypes == nil {
		a.ResponseTypes = []string{"code"}
	}
	a.ClientAuthentication = f.oneOf("client_authentication", true, "client_secret_post", "client_secret_basic")
	a.PKCERequired = f.yesNo("pkce_required", false)
	a.IssuerMode = f.choice("issuer_mode", "ORG_URL", "CUSTOM_URL", "DYNAMIC")
}

// orElse reads a template, or takes the usual one.
func (f *fields) orElse(name, usual string) string {
	if s := f.value(name, false, appRoots); s != "" {
		return s
	}
	return usual
}

// choice reads one of the words, of which the first is the usual one.
func (f *fields) choice(name, usual string, others ...string) string {
	if s := f.oneOf(name, false, append([]string{usual}, others...)...); s != "" {
		return s
	}
	return usual
}

// named reads a format by its short name or as a URN.
func (f *fields) named(name, usual string, formats map[string]string) string {
	s := f.text(name, false)
	if s == "" {
		s = usual
	}
	if urn, ok := formats[s]; ok {
		return urn
	}
	if !strings.HasPrefix(s, "urn:") || hasControl(s) {
		f.r.fail(f.byName[name], "%s is %q; it may be a URN or: %s", name, s, shortNames(formats))
	}
	return s
}

func shortNames(formats map[string]string) string {
	return strings.Join(slices.Sorted(maps.Keys(formats)), ", ")
}
