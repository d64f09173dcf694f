package okta

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"slices"

	"example.com/ssowizard/internal/sandbox/okta/signon"
)

// overrides are settings.signOn of a SAML app of the catalogue.
type overrides struct {
	DefaultRelayState *string     `json:"defaultRelayState"`
	ACSURL            *string     `json:"ssoAcsUrlOverride"`
	Audience          *string     `json:"audienceOverride"`
	Recipient         *string     `json:"recipientOverride"`
	Destination       *string     `json:"destinationOverride"`
	Attributes        []statement `json:"attributeStatements"`
}

// object has fewer members for SAML 1.1.
func (s *overrides) object(mode string) object {
	o := object{
		{"defaultRelayState", orNull(text(s.DefaultRelayState))}, {"ssoAcsUrlOverride", orNull(text(s.ACSURL))},
		{"audienceOverride", orNull(text(s.Audience))}, {"recipientOverride", orNull(text(s.Recipient))},
	}
	if mode == modeSAML11 {
		return o
	}
	o.add("destinationOverride", orNull(text(s.Destination)))
	o.add("attributeStatements", statementObjects(s.Attributes))
	return o
}

// plugin are settings.signOn of an app that a person made for the browser
// plugin.
type plugin struct {
	RedirectURL *string `json:"redirectUrl"`
	LoginURL    *string `json:"loginUrl"`
}

func (p *plugin) object() object {
	return object{{"redirectUrl", orNull(text(p.RedirectURL))}, {"loginUrl", orNull(text(p.LoginURL))}}
}

// signInWith is how people's names and passwords in an app are come by.
type signInWith struct {
	Scheme      string `json:"scheme"`
	UserName    string `json:"userName,omitempty"`
	HasPassword bool   `json:"hasPassword,omitempty"`
	Reveal      bool   `json:"revealPassword,omitempty"`
}

var schemes = []string{
	"EDIT_USERNAME_AND_PASSWORD", "EDIT_PASSWORD_ONLY", "ADMIN_SETS_CREDENTIALS",
	"EXTERNAL_PASSWORD_SYNC", "SHARED_USERNAME_AND_PASSWORD",
}

// applyScheme reads credentials of an app with passwords.
func (b *appBody) applyScheme(a *app) error {
	s := signInWith{Scheme: schemes[0]}
	if a.SignIn != nil {
		s = *a.SignIn
	}
	if c := b.Credentials; c != nil {
		if c.Scheme != "" {
			s.Scheme = c.Scheme
		}
		if !slices.Contains(schemes, s.Scheme) {
			return malformed()
		}
		s.UserName, s.Reveal = text(c.SharedName), c.Reveal
		s.HasPassword = s.HasPassword || c.Password != nil && text(c.Password.Value) != ""
		if s.Scheme == "SHARED_USERNAME_AND_PASSWORD" && s.UserName == "" {
			return invalid("credentials", blank("userName"))
		}
	}
	a.SignIn = &s
	return nil
}

// applyCatalogue writes settings of an app of the catalogue: the members that
// the integration has, null where nothing was sent.
func (b *appBody) applyCatalogue(a *app, of *integration) error {
	sent := map[string]json.RawMessage{}
	if raw := bytes.TrimSpace(b.Settings.App); len(raw) > 0 && json.Unmarshal(raw, &sent) != nil {
		return malformed()
	}
	if of.name == "office365" && string(sent["wsFedConfigureType"]) == `"AUTO"` && string(sent["requireAdminConsent"]) != "true" {
		return invalid(objectOfSettings, "In order to continue using WS-FED Auto for SSO, you must grant admin consent.")
	}
	members := of.members()
	if of.free {
		members = append(members, slices.Collect(maps.Keys(sent))...)
	}
	values := map[string]any{}
	for _, name := range members {
		values[name] = nil
		if v := sent[name]; len(v) > 0 && string(v) != `""` {
			values[name] = v
		}
	}
	a.Settings = encode(values)
	switch a.Mode {
	case modeSAML, modeSAML11:
		s := &overrides{}
		if b.Settings.SignOn != nil && json.Unmarshal(b.Settings.SignOn, s) != nil {
			return malformed()
		}
		checked := samlSettings{}
		if err := (&samlBody{Attributes: s.Attributes}).applyStatements(&checked); err != nil {
			return err
		}
		s.Attributes = checked.Attributes
		a.Overrides = s
	}
	return nil
}

// applyPlugin writes settings of an app made for the browser plugin.
func (b *appBody) applyPlugin(a *app) error {
	p := &plugin{}
	if b.Settings.SignOn == nil || json.Unmarshal(b.Settings.SignOn, p) != nil {
		return invalid("mediated", "'settings.signOn' is not defined appropriately for the signOnMode")
	}
	if !absoluteURL(text(p.LoginURL)) {
		return invalid("settings", "settings.signOn.loginUrl: The field must be a valid URL")
	}
	a.Plugin = p
	return nil
}

// tiles are an app's.
func (o *Org) tiles(a *app) []appLink {
	of := integrationOf(a.Name)
	switch {
	case a.LinkName != "":
		return []appLink{{a.LinkName, a.LinkID}}
	case of == nil:
		return nil
	}
	list := slices.Clone(of.links)
	for i := range list {
		if list[i].id == "" {
			list[i].id = o.tileID(of.name + "." + list[i].name)
		}
	}
	return list
}

// tileID is the id of a tile of the catalogue's, the same for all its apps.
func (o *Org) tileID(name string) string {
	sum := sha256.Sum256([]byte(o.meta.OIDCLink + name))
	id := []byte("aln" + string(seedEra))
	for _, b := range sum[:idSize-len(id)] {
		id = append(id, base62[int(b)%len(base62)])
	}
	return string(id)
}

// shownLinks says which tiles of an app are shown, in Okta's order.
func (o *Org) shownLinks(a *app) object {
	links := map[string]any{}
	for _, l := range o.tiles(a) {
		on, switched := a.Visibility.Links[l.name]
		links[l.name] = on || !switched
	}
	return javaOrder(links)
}

// saml is what a SAML app of the catalogue signs people in with: what its
// overrides say. Without them only the integration itself knows, which is not
// here.
func (s *overrides) saml() signon.SAML {
	acs := text(s.ACSURL)
	return samlOf(&samlSettings{
		ACSURL: acs, Recipient: cmp.Or(text(s.Recipient), acs), Destination: cmp.Or(text(s.Destination), acs),
		Audience: text(s.Audience), IdPIssuer: defaultIssuer, NameIDFormat: nameIDEmail, NameIDTemplate: "${user.userName}",
		ResponseSigned: true, AssertionSigned: true, SignatureAlgorithm: "RSA_SHA256", DigestAlgorithm: "SHA256",
		AuthnContextClassRef: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", HonorForceAuthn: true,
		DefaultRelayState: text(s.DefaultRelayState), Attributes: s.Attributes,
	})
}
