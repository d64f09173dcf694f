package okta

import (
	"encoding/json"
	"slices"
	"strings"
)

// Sign-on modes that can be made or are there.
const (
	modeSAML     = "SAML_2_0"
	modeOIDC     = "OPENID_CONNECT"
	modeBookmark = "BOOKMARK"
)

// Names of the apps that are not made per app.
const (
	nameOIDC     = "oidc_client"
	nameBookmark = "bookmark"
)

// app is an app instance. Values in the org's map are never changed, only
// replaced by a newer one.
type app struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Label       string `json:"label"`
	Status      string `json:"status"`
	Mode        string `json:"mode"`
	ExternalKey string `json:"externalKey,omitempty"` // exk…, SAML only
	LinkID      string `json:"linkId,omitempty"`      // aln…, or a number
	LinkName    string `json:"linkName,omitempty"`
	Created     stamp  `json:"created"`
	Updated     stamp  `json:"updated"`
	// Own marks Okta's own apps: some members are missing in their answers.
	Own bool `json:"own,omitempty"`

	Access        accessibility   `json:"access"`
	Visibility    visibility      `json:"visibility"`
	UserName      userName        `json:"userName"`
	Kid           string          `json:"kid,omitempty"`
	Keys          []appKey        `json:"keys,omitempty"`
	Notes         notes           `json:"notes"`
	Notifications *notifications  `json:"notifications,omitempty"`
	Implicit      bool            `json:"implicit,omitempty"`
	Settings      json.RawMessage `json:"settings,omitempty"` // settings.app
	Profile       json.RawMessage `json:"profile,omitempty"`
	SAML          *samlSettings   `json:"saml,omitempty"`
	Overrides     *overrides      `json:"overrides,omitempty"` // SAML of the catalogue
	Plugin        *plugin         `json:"plugin,omitempty"`
	SignIn        *signInWith     `json:"signIn,omitempty"` // with passwords
	Provisioning  json.RawMessage `json:"provisioning,omitempty"`
	OAuth         *oauthSettings  `json:"oauth,omitempty"`
	IDToken       *idTokenClaims  `json:"idToken,omitempty"`
	Roles         []role          `json:"roles,omitempty"` // of a service app
	Policy        string          `json:"policy"`
	Logo          string          `json:"logo,omitempty"`
}

type accessibility struct {
	SelfService bool    `json:"selfService"`
	ErrorURL    *string `json:"errorRedirectUrl"`
	LoginURL    *string `json:"loginRedirectUrl"`
}

type visibility struct {
	AutoLaunch bool            `json:"autoLaunch"`
	AutoSubmit bool            `json:"autoSubmitToolbar"`
	Hide       hide            `json:"hide"`
	Links      map[string]bool `json:"appLinks,omitempty"`
}

type hide struct {
	IOS bool `json:"iOS"`
	Web bool `json:"web"`
}

// userName is how people's names in the app are made.
type userName struct {
	Template   string `json:"template"`
	Type       string `json:"type"`
	Suffix     string `json:"suffix,omitempty"`
	PushStatus string `json:"pushStatus,omitempty"`
}

func defaultUserName() userName { return userName{Template: "${source.login}", Type: "BUILT_IN"} }

type notes struct {
	Admin   *string `json:"admin"`
	EndUser *string `json:"enduser"`
}

type notifications struct {
	VPN struct {
		Network struct {
			Connection string `json:"connection"`
		} `json:"network"`
		Message *string `json:"message"`
		HelpURL *string `json:"helpUrl"`
	} `json:"vpn"`
}

// appKey is a key in an app's list. A copied key has the times of its copying.
type appKey struct {
	KID     string `json:"kid"`
	Created stamp  `json:"created"`
}

func (a *app) clone() *app {
	c := *a
	c.Keys = slices.Clone(a.Keys)
	c.Roles = slices.Clone(a.Roles)
	return &c
}

// wizardMade tells whether the app has a name of its own.
func (a *app) wizardMade() bool {
	return a.SAML != nil || a.Plugin != nil
}

func (a *app) hasKey(kid string) bool {
	return slices.ContainsFunc(a.Keys, func(k appKey) bool { return k.KID == kid })
}

func appID(a *app) string { return a.ID }

// apps are the org's apps by id.
type apps struct {
	byID     map[string]*app
	byClient map[string]string // client id: app id
	byKey    map[string]string // external key: app id
	sorted   []*app
}

func newApps() *apps {
	return &apps{byID: map[string]*app{}, byClient: map[string]string{}, byKey: map[string]string{}}
}

func byAppID(a *app, id string) int { return strings.Compare(a.ID, id) }

func (s *apps) put(a *app) {
	i, found := slices.BinarySearchFunc(s.sorted, a.ID, byAppID)
	if found {
		s.sorted[i] = a
	} else {
		s.sorted = slices.Insert(s.sorted, i, a)
	}
	s.byID[a.ID] = a
	if a.ExternalKey != "" {
		s.byKey[a.ExternalKey] = a.ID
	}
	if a.OAuth != nil {
		s.byClient[a.OAuth.ClientID] = a.ID
	}
}

func (s *apps) remove(a *app) {
	delete(s.byID, a.ID)
	delete(s.byKey, a.ExternalKey)
	if a.OAuth != nil {
		delete(s.byClient, a.OAuth.ClientID)
	}
	s.sorted = slices.DeleteFunc(s.sorted, func(o *app) bool { return o.ID == a.ID })
}

// app finds an app by its id.
func (o *Org) app(id string) (*app, error) {
	if a := o.apps.byID[id]; a != nil {
		return a, nil
	}
	return nil, notFound(id, "AppInstance")
}

// client finds an OAuth client by its client id.
func (o *Org) client(id string) (*app, error) {
	if a := o.apps.byID[o.apps.byClient[id]]; a != nil {
		return a, nil
	}
	return nil, notFound(id, "PublicClientApp")
}
