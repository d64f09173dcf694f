package okta

import (
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// appBody is what POST and PUT of an app take. What Okta decides itself (id,
// status, times, links, …) has no field and so is ignored.
type appBody struct {
	Name          *string         `json:"name"`
	Label         *string         `json:"label"`
	SignOnMode    *string         `json:"signOnMode"`
	Accessibility *accessibility  `json:"accessibility"`
	Visibility    *visibility     `json:"visibility"`
	Profile       json.RawMessage `json:"profile"`
	Credentials   *struct {
		UserName *userName `json:"userNameTemplate"`
		Signing  *struct {
			Kid *string `json:"kid"`
		} `json:"signing"`
		OAuth      *oauthCredentials `json:"oauthClient"`
		Scheme     string            `json:"scheme"`
		SharedName *string           `json:"userName"`
		Reveal     bool              `json:"revealPassword"`
		Password   *struct {
			Value *string `json:"value"`
		} `json:"password"`
	} `json:"credentials"`
	Settings settingsBody `json:"settings"`
}

type settingsBody struct {
	App           json.RawMessage `json:"app"`
	Notes         *notes          `json:"notes"`
	Notifications *notifications  `json:"notifications"`
	Implicit      bool            `json:"implicitAssignment"`
	SignOn        json.RawMessage `json:"signOn"`
	OAuth         *oauthBody      `json:"oauthClient"`
}

// saml reads settings.signOn, whose members differ from mode to mode, as a
// custom SAML app's.
func (s *settingsBody) saml() (*samlBody, error) {
	if len(s.SignOn) == 0 || string(s.SignOn) == "null" {
		return nil, nil
	}
	b := &samlBody{}
	if json.Unmarshal(s.SignOn, b) != nil {
		return nil, malformed()
	}
	return b, nil
}

// modes are all sign-on modes that Okta knows.
var modes = []string{
	"AUTO_LOGIN", "BASIC_AUTH", modeBookmark, "BROWSER_PLUGIN", "MFA_AS_SERVICE", modeOIDC,
	"SAML_1_1", modeSAML, "SECURE_PASSWORD_STORE", "WS_FEDERATION",
}

func (c *call) appBody() (*appBody, error) {
	b := &appBody{}
	if err := c.decode(b); err != nil {
		return nil, err
	}
	if b.SignOnMode != nil && !slices.Contains(modes, *b.SignOnMode) {
		return nil, malformed()
	}
	return b, nil
}

const (
	maxLabel = 100
	maxNote  = 250
)

// apply writes a body into an app as a whole: what is missing gets its default,
// but for what Okta is known to keep.
func (b *appBody) apply(a *app) error {
	if b.Label == nil || *b.Label == "" {
		return invalid("label", blank("label"))
	}
	if utf8.RuneCountInString(*b.Label) > maxLabel {
		return invalid("label", "label: The field must not exceed 100 characters")
	}
	a.Label = *b.Label
	a.Access = accessibility{}
	if b.Accessibility != nil {
		a.Access = *b.Accessibility
	}
	links := a.Visibility.Links
	a.Visibility = visibility{Hide: hide{IOS: a.Mode == modeOIDC, Web: a.Mode == modeOIDC}}
	if b.Visibility != nil {
		a.Visibility = *b.Visibility
	}
	a.Visibility.Links = mergeLinks(a, links, a.Visibility.Links)
	if string(b.Profile) != "null" {
		a.Profile = b.Profile
	}
	if err := b.applyCredentials(a); err != nil {
		return err
	}
	return b.applySettings(a)
}

// mergeLinks lets a caller switch tiles that there are, and make none.
func mergeLinks(a *app, have, sent map[string]bool) map[string]bool {
	names := []string{a.LinkName}
	if of := integrationOf(a.Name); of != nil && a.LinkName == "" {
		names = nil
		for _, l := range of.links {
			names = append(names, l.name)
		}
	}
	out := map[string]bool{}
	for _, name := range names {
		on, known := have[name]
		if v, ok := sent[name]; ok {
			on, known = v, true
		}
		if known && !on {
			out[name] = false
		}
	}
	return out
}

func (b *appBody) applyCredentials(a *app) error {
	if b.Credentials == nil {
		return nil
	}
	if u := b.Credentials.UserName; u != nil && u.Template != "" {
		if u.Type == "" {
			u.Type = "BUILT_IN"
		}
		if u.Type == "CUSTOM" && u.PushStatus == "" {
			u.PushStatus = "DONT_PUSH"
		}
		if !slices.Contains([]string{"BUILT_IN", "CUSTOM", "NONE"}, u.Type) ||
			!slices.Contains([]string{"", "DONT_PUSH", "PUSH", "NOT_CONFIGURED"}, u.PushStatus) {
			return malformed()
		}
		a.UserName = *u
	}
	if s := b.Credentials.Signing; s != nil && s.Kid != nil && signs(a.Mode) && *s.Kid != a.Kid {
		if !a.hasKey(*s.Kid) {
			return invalid("credentials.signing.kid", "kid: The key "+*s.Kid+" is not a key of this application.")
		}
		a.Kid = *s.Kid
	}
	return nil
}

func (b *appBody) applySettings(a *app) error {
	s := b.Settings
	a.Implicit = s.Implicit
	if s.Notifications != nil {
		a.Notifications = s.Notifications
	}
	if s.Notes != nil {
		for field, text := range map[string]*string{"admin": s.Notes.Admin, "enduser": s.Notes.EndUser} {
			if text != nil && utf8.RuneCountInString(*text) > maxNote {
				return invalid("settings", "settings.notes."+field+": The field must not exceed 250 characters")
			}
		}
		a.Notes = *s.Notes
	}
	if passwords(a.Mode) {
		if err := b.applyScheme(a); err != nil {
			return err
		}
	}
	switch of := integrationOf(a.Name); {
	case a.Mode == modeBookmark:
		return applyBookmark(a, s.App)
	case of != nil:
		return b.applyCatalogue(a, of)
	case a.Mode == modeSAML:
		signOn, err := s.saml()
		if err != nil {
			return err
		}
		return signOn.apply(a)
	case a.Mode == modeOIDC:
		return b.applyOAuth(a)
	}
	return b.applyPlugin(a)
}

// bookmark are the settings of a bookmark app.
type bookmark struct {
	RequestIntegration bool   `json:"requestIntegration"`
	URL                string `json:"url"`
}

func applyBookmark(a *app, raw json.RawMessage) error {
	var s bookmark
	if len(raw) > 0 && json.Unmarshal(raw, &s) != nil {
		return malformed()
	}
	if s.URL == "" {
		return invalid("settings.app", blank("url"))
	}
	if !absoluteURL(s.URL) {
		return invalid("settings.app", "url: The field must be a valid URL")
	}
	a.Settings = encode(object{{"requestIntegration", s.RequestIntegration}, {"url", s.URL}})
	return nil
}

func bookmarkURL(a *app) string {
	var s bookmark
	_ = json.Unmarshal(a.Settings, &s) // checked when it was taken
	return s.URL
}
