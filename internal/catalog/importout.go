package catalog

import (
	"slices"
	"strings"
)

// profileOut is an imported profile as it is written. Its order is that of a
// profile for people.
type profileOut struct {
	ID            string            `yaml:"id"`
	Name          string            `yaml:"name"`
	Protocol      string            `yaml:"protocol"`
	Prerequisites []string          `yaml:"prerequisites"`
	Inputs        []inputOut        `yaml:"inputs"`
	App           appOut            `yaml:"app"`
	Flows         []string          `yaml:"flows,flow"`
	Settings      []settingOut      `yaml:"settings"`
	Certificates  int               `yaml:"certificates"`
	TurnOn        string            `yaml:"turn_on"`
	Proof         string            `yaml:"proof"`
	Consent       string            `yaml:"consent"`
	FollowUp      []string          `yaml:"follow_up"`
	Portal        portalOut         `yaml:"portal"`
	SignInPage    map[string]string `yaml:"sign_in_page"`
}

type inputOut struct {
	ID    string `yaml:"id"`
	Label string `yaml:"label"`
	Help  string `yaml:"help"`
	Form  string `yaml:"form,omitempty"`
}

type appOut struct {
	Label        string         `yaml:"label"`
	ACSURL       string         `yaml:"acs_url"`
	Audience     string         `yaml:"audience"`
	NameIDFormat string         `yaml:"name_id_format"`
	NameID       string         `yaml:"name_id_template"`
	Attributes   []attributeOut `yaml:"attributes,omitempty"`
}

type attributeOut struct {
	Name   string   `yaml:"name"`
	Format string   `yaml:"format"`
	Values []string `yaml:"values,flow"`
}

type settingOut struct {
	ID        string   `yaml:"id"`
	Label     string   `yaml:"label"`
	Synonyms  []string `yaml:"synonyms,omitempty,flow"`
	Kind      string   `yaml:"kind"`
	Value     string   `yaml:"value"`
	Rendering string   `yaml:"rendering,omitempty"`
	FileName  string   `yaml:"file_name,omitempty"`
	Required  bool     `yaml:"required,omitempty"`
}

type portalOut struct {
	Page string `yaml:"page"`
}

// newProfileOut is a profile with what metadata does not tell.
func newProfileOut(id, name string) *profileOut {
	return &profileOut{
		ID: id, Name: name, Protocol: "saml",
		Prerequisites: []string{"You may change the SSO settings of " + name + ", and can manage applications in Okta."},
		Inputs: []inputOut{{ID: "login_url", Label: "Sign-in address", Form: string(FormURL),
			Help: "Where people start who do not use the Okta tile. May stay empty."}},
		App:   appOut{NameID: "${user.email}"},
		Flows: []string{"sp-initiated", "idp-initiated"},
		Settings: []settingOut{
			{ID: "sso_url", Label: "IdP SSO URL", Synonyms: []string{"SSO URL", "Login URL"}, Kind: "text", Value: "{{ .IdP.SSOURL }}", Required: true},
			{ID: "issuer", Label: "IdP entity ID", Synonyms: []string{"Issuer"}, Kind: "text", Value: "{{ .IdP.Issuer }}", Required: true},
			{ID: "metadata_url", Label: "IdP metadata URL", Synonyms: []string{"Metadata URL"}, Kind: "text", Value: "{{ .IdP.MetadataURL }}"},
			{ID: "certificate", Label: "IdP certificate", Synonyms: []string{"X.509 certificate"}, Kind: "file", Value: "{{ .IdP.Certificate }}",
				Rendering: "pem-file", FileName: "okta.cert", Required: true},
		},
		Certificates: 1, TurnOn: string(TurnOnSwitch), Proof: string(ProofResponse),
		Consent: "What turning SSO on does to people is known to " + name + " only: whether passwords end, whether everybody is told, and whether it can be turned off again. " +
			"Read its guide first, and keep a way in that does not need Okta.",
		FollowUp:   []string{"Renew the certificate with ssowizard rotate before it ends."},
		Portal:     portalOut{Page: "the SSO settings of " + name},
		SignInPage: map[string]string{"start": "{{ .Input.login_url }}"},
	}
}

// oktaValues are Okta's expressions for attributes by the names under which
// service providers ask for them, in lower case without separators.
var oktaValues = map[string]string{
	"email": "user.email", "mail": "user.email", "emailaddress": "user.email", "useremail": "user.email",
	"urn:oid:0.9.2342.19200300.100.1.3": "user.email",
	"firstname":                         "user.firstName", "givenname": "user.firstName", "urn:oid:2.5.4.42": "user.firstName",
	"lastname": "user.lastName", "surname": "user.lastName", "sn": "user.lastName", "familyname": "user.lastName", "urn:oid:2.5.4.4": "user.lastName",
	"displayname": "user.displayName", "urn:oid:2.16.840.1.113730.3.1.241": "user.displayName",
	"uid": "user.login", "username": "user.login", "login": "user.login", "urn:oid:0.9.2342.19200300.100.1.1": "user.login",
	"mobile": "user.mobilePhone", "mobilephone": "user.mobilePhone", "telephonenumber": "user.primaryPhone",
	"department": "user.department", "title": "user.title", "employeenumber": "user.employeeNumber", "employeeid": "user.employeeNumber",
	"organization": "user.organization", "preferredlanguage": "user.preferredLanguage",
}

// oktaValue guesses the expression for a requested attribute: by its name, the
// last part of its name, or its friendly name.
func oktaValue(a spRequested) string {
	plain := func(s string) string {
		return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s))
	}
	names := []string{strings.ToLower(a.Name), plain(a.Name), plain(a.FriendlyName)}
	if u := a.Name; strings.HasPrefix(u, "http") {
		names = append(names, plain(u[strings.LastIndex(u, "/")+1:]))
	}
	for _, n := range names {
		if v := oktaValues[n]; v != "" {
			return v
		}
	}
	return ""
}

// attributes makes statements of the requested attributes that have a value in
// Okta, and notes the others.
func (im *importer) attributes(role spRole) []attributeOut {
	var out []attributeOut
	total := 0
	for _, service := range role.Consuming {
		for _, a := range service.Requested {
			a.Name = strings.TrimSpace(a.Name)
			if total++; total > maxEntries || a.Name == "" || hasControl(a.Name) || hasMarks(a.Name) {
				continue
			}
			if slices.ContainsFunc(out, func(o attributeOut) bool { return o.Name == a.Name }) {
				continue
			}
			value := oktaValue(a)
			if value == "" {
				im.unknownAttribute(a)
				continue
			}
			out = append(out, attributeOut{Name: a.Name, Format: formatName(a.NameFormat), Values: []string{value}})
		}
	}
	if len(out) > 0 {
		var texts []string
		for _, a := range out {
			texts = append(texts, a.Name+" = "+a.Values[0])
		}
		im.note("Attribute statements, guessed by their names: %s.", firstFew(texts))
	}
	return out
}

func (im *importer) unknownAttribute(a spRequested) {
	name := a.Name
	if a.FriendlyName != "" {
		name += " (" + a.FriendlyName + ")"
	}
	need := "asked for"
	if isTrue(a.IsRequired) {
		need = "required"
	}
	im.note("Attribute %s is %s, but what it should be in Okta is not known. Add it to attributes in the profile.", name, need)
}

// formatName is the short name of an attribute name format.
func formatName(urn string) string {
	for word, known := range attributeFormats {
		if strings.TrimSpace(urn) == known {
			return word
		}
	}
	return "unspecified"
}
