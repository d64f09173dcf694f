package oktaapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"example.com/ssowizard/internal/sso"
)

// member is one member of an app's JSON that a wanted app states: where it
// is and what it should be (string, bool or []string). Together they are all
// that Diff compares and all that an update touches.
type member struct {
	path string
	to   any
}

// members lists what want states, in the order in which people think of it.
// An empty text states nothing, but for the default RelayState, where it means
// none.
func members(want sso.App) []member {
	var ms []member
	text := func(path, to string) {
		if to != "" {
			ms = append(ms, member{path, to})
		}
	}
	text("label", want.Label)
	if s := want.SAML; s != nil {
		ms = append(ms, samlMembers(s)...)
	}
	if o := want.OIDC; o != nil {
		ms = append(ms, oidcMembers(o)...)
	}
	text(bookmarkPath, want.BookmarkURL)
	text("credentials.userNameTemplate.template", want.UserNameTemplate)
	ms = append(ms, member{hidePath, want.HideTile}, member{hideMobilePath, want.HideTile},
		member{notePath, want.AdminNote})
	text(kidPath, want.KID)
	return ms
}

const (
	signOnPath     = "settings.signOn."
	statementsPath = signOnPath + "attributeStatements"
	notePath       = "settings.notes.admin"
	kidPath        = "credentials.signing.kid"
	hidePath       = "visibility.hide.web"
	hideMobilePath = "visibility.hide.iOS"
)

func samlMembers(s *sso.SAMLSettings) []member {
	s = completed(s)
	var ms []member
	for _, t := range []struct{ name, to string }{
		{"ssoAcsUrl", s.ACSURL}, {"recipient", s.Recipient}, {"destination", s.Destination}, {"audience", s.Audience},
		{"idpIssuer", s.IssuerTemplate}, {"subjectNameIdFormat", s.NameIDFormat}, {"subjectNameIdTemplate", s.NameIDTemplate},
		{"signatureAlgorithm", s.SignatureAlgorithm}, {"digestAlgorithm", s.DigestAlgorithm},
		{"authnContextClassRef", s.AuthnContextClassRef},
	} {
		if t.to != "" {
			ms = append(ms, member{signOnPath + t.name, t.to})
		}
	}
	return append(ms,
		member{signOnPath + "responseSigned", s.ResponseSigned},
		member{signOnPath + "assertionSigned", s.AssertionSigned},
		member{signOnPath + "honorForceAuthn", s.HonorForceAuthn},
		member{signOnPath + "defaultRelayState", s.DefaultRelayState})
}

// completed is s with recipient and destination following the ACS URL, as
// they do where nobody says otherwise.
func completed(s *sso.SAMLSettings) *sso.SAMLSettings {
	c := *s
	if c.Recipient == "" {
		c.Recipient = c.ACSURL
	}
	if c.Destination == "" {
		c.Destination = c.ACSURL
	}
	return &c
}

func oidcMembers(o *sso.OIDCSettings) []member {
	const settings, credentials = "settings.oauthClient.", "credentials.oauthClient."
	var ms []member
	for _, l := range []struct {
		name string
		to   []string
	}{
		{"redirect_uris", o.RedirectURIs}, {"post_logout_redirect_uris", o.PostLogoutRedirectURIs},
		{"grant_types", o.GrantTypes}, {"response_types", o.ResponseTypes},
	} {
		if l.to != nil {
			ms = append(ms, member{settings + l.name, l.to})
		}
	}
	if o.IssuerMode != "" {
		ms = append(ms, member{settings + "issuer_mode", o.IssuerMode})
	}
	if o.ClientAuthentication != "" {
		ms = append(ms, member{credentials + "token_endpoint_auth_method", o.ClientAuthentication})
	}
	return append(ms, member{credentials + "pkce_required", o.PKCERequired})
}

// from is what have holds at the path: string, bool, []string or nil.
func from(have gjson.Result, path string) any {
	v := have.Get(path)
	switch {
	case v.Type == gjson.String:
		return v.Str
	case v.Type == gjson.True || v.Type == gjson.False:
		return v.Bool()
	case v.IsArray():
		return readTexts(v)
	case !v.Exists() || v.Type == gjson.Null:
		return nil
	}
	return v.Raw
}

// equal is Okta's own idea of equal: null and an absent member are "" and
// false and an empty list, line ends do not count in notes, and the order of
// grant types and the like has no meaning.
func equal(path string, have, to any) bool {
	switch want := to.(type) {
	case string:
		got, ok := have.(string)
		if !ok && have != nil {
			return false
		}
		if path == notePath {
			return equalNote(got, want)
		}
		return got == want
	case bool:
		got, ok := have.(bool)
		return (ok || have == nil) && got == want
	case []string:
		got, ok := have.([]string)
		if !ok && have != nil {
			return false
		}
		if strings.HasSuffix(path, "_types") {
			got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
		}
		return slices.Equal(got, want)
	}
	return false
}

// equalNote never lets an empty wanted note erase what people wrote: that
// takes a note that holds nothing but our marker.
func equalNote(have, want string) bool {
	lf := func(s string) string { return strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), "\n") }
	return lf(have) == lf(want) || want == "" && sso.WithoutMarker(have) != ""
}

// differing lists the members of want that have does not show. A tile is
// hidden or not by what browsers show; the mobile app follows only when that
// changes, so that whoever set it apart keeps it.
func differing(have gjson.Result, want sso.App) []member {
	var ms []member
	for _, m := range members(want) {
		if equal(m.path, from(have, m.path), m.to) || m.path == hideMobilePath && have.Exists() && equal(hidePath, from(have, hidePath), m.to) {
			continue
		}
		ms = append(ms, m)
	}
	return ms
}

// set puts the members that differ into raw and leaves every other byte.
func set(raw []byte, want sso.App) ([]byte, error) {
	for _, m := range differing(gjson.ParseBytes(raw), want) {
		var err error
		if raw, err = setValue(raw, m.path, m.to); err != nil {
			return nil, err
		}
		if m.path == "credentials.userNameTemplate.template" {
			if raw, err = setTemplateType(raw, want.UserNameTemplate); err != nil {
				return nil, err
			}
		}
	}
	if want.SAML == nil {
		return raw, nil
	}
	return setStatements(raw, want.SAML.Attributes)
}

func setValue(raw []byte, path string, to any) ([]byte, error) {
	value, err := encode(to)
	if err != nil {
		return nil, err
	}
	raw, err = sjson.SetRawBytes(raw, path, value)
	if err != nil {
		return nil, fmt.Errorf("set %s in the app's JSON: %w", path, err)
	}
	return raw, nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// builtInTemplates are the application user names that Okta knows as choices;
// every other is an expression of the admin's own.
var builtInTemplates = []string{"${source.login}", "${source.email}", `${fn:substringBefore(source.login, "@")}`,
	`${fn:substringBefore(source.email, "@")}`}

func templateType(template string) string {
	if slices.Contains(builtInTemplates, template) {
		return "BUILT_IN"
	}
	return "CUSTOM"
}

func setTemplateType(raw []byte, template string) ([]byte, error) {
	const at = "credentials.userNameTemplate."
	kind := templateType(template)
	raw, err := setValue(raw, at+"type", kind)
	if err == nil && kind == "CUSTOM" && gjson.GetBytes(raw, at+"pushStatus").String() == "" {
		raw, err = setValue(raw, at+"pushStatus", "DONT_PUSH")
	}
	return raw, err
}
