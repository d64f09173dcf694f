package okta

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
)

// oauthCredentials are credentials.oauthClient.
type oauthCredentials struct {
	AutoKeyRotation *bool  `json:"autoKeyRotation"`
	ClientID        string `json:"client_id"`
	ClientSecret    string `json:"client_secret"`
	AuthMethod      string `json:"token_endpoint_auth_method"`
	PKCERequired    *bool  `json:"pkce_required"`
}

// oauthBody is settings.oauthClient as it is sent.
type oauthBody struct {
	ClientURI         *string         `json:"client_uri"`
	LogoURI           *string         `json:"logo_uri"`
	RedirectURIs      []string        `json:"redirect_uris"`
	LogoutURIs        []string        `json:"post_logout_redirect_uris"`
	ResponseTypes     []string        `json:"response_types"`
	GrantTypes        []string        `json:"grant_types"`
	JWKSURI           string          `json:"jwks_uri"`
	JWKS              json.RawMessage `json:"jwks,omitempty"`
	InitiateLoginURI  string          `json:"initiate_login_uri"`
	TOSURI            string          `json:"tos_uri"`
	PolicyURI         string          `json:"policy_uri"`
	ApplicationType   string          `json:"application_type"`
	ConsentMethod     string          `json:"consent_method"`
	IssuerMode        string          `json:"issuer_mode"`
	RefreshToken      json.RawMessage `json:"refresh_token,omitempty"`
	IDPInitiated      *idpInitiated   `json:"idp_initiated_login"`
	WildcardRedirect  string          `json:"wildcard_redirect"`
	DPoP              bool            `json:"dpop_bound_access_tokens"`
	Network           json.RawMessage `json:"network,omitempty"`
	ParticipateSLO    bool            `json:"participate_slo"`
	FrontLogoutURI    string          `json:"frontchannel_logout_uri"`
	FrontLogoutSesReq *bool           `json:"frontchannel_logout_session_required"`
}

type idpInitiated struct {
	Mode         string   `json:"mode"`
	DefaultScope []string `json:"default_scope"`
}

// oauthSettings are an OIDC app's, with its credentials but for the secrets.
type oauthSettings struct {
	oauthBody
	ClientID        string `json:"client_id"`
	AuthMethod      string `json:"auth_method"`
	PKCERequired    bool   `json:"pkce"`
	AutoKeyRotation bool   `json:"rotation"`

	Stopped []stoppedKey `json:"stopped,omitempty"`
}

// confidential tells whether the client has a secret.
func (s *oauthSettings) confidential() bool {
	return s.AuthMethod == "client_secret_basic" || s.AuthMethod == "client_secret_post" || s.AuthMethod == "client_secret_jwt"
}

const (
	grantCode        = "authorization_code"
	grantCredentials = "client_credentials"
)

var (
	authMethods      = []string{"none", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"}
	applicationTypes = []string{"web", "native", "browser", "service"}
	responseTypes    = []string{"code", "token", "id_token"}
	grantTypes       = []string{
		grantCode, "implicit", "password", "refresh_token", grantCredentials, "interaction_code",
		"urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange",
		"urn:ietf:params:oauth:grant-type:saml2-bearer", "urn:ietf:params:oauth:grant-type:jwt-bearer",
		"urn:openid:params:grant-type:ciba", "urn:okta:params:oauth:grant-type:otp",
		"urn:okta:params:oauth:grant-type:oob", "http://auth0.com/oauth/grant-type/mfa-otp",
		"http://auth0.com/oauth/grant-type/mfa-oob",
	}
)

// applyOAuth checks a body and puts it in the place of the app's settings. The
// client id and, later, the application type stay.
func (b *appBody) applyOAuth(a *app) error {
	sent := b.Settings.OAuth
	if sent == nil {
		return invalid("mediated", "'settings.oauthClient' is not defined appropriately for the signOnMode")
	}
	s := &oauthSettings{oauthBody: *sent, ClientID: a.ID, AutoKeyRotation: true}
	if a.OAuth != nil {
		s.ClientID, s.AuthMethod, s.PKCERequired = a.OAuth.ClientID, a.OAuth.AuthMethod, a.OAuth.PKCERequired
		s.AutoKeyRotation, s.Stopped = a.OAuth.AutoKeyRotation, a.OAuth.Stopped
		if s.ApplicationType == "" {
			s.ApplicationType = a.OAuth.ApplicationType
		}
	}
	s.defaults()
	if b.Credentials != nil && b.Credentials.OAuth != nil {
		if err := s.applyCredentials(b.Credentials.OAuth, a.OAuth == nil); err != nil {
			return err
		}
	} else if s.AuthMethod == "" {
		_ = s.applyCredentials(&oauthCredentials{}, true)
	}
	if !s.knownValues() {
		return malformed()
	}
	if a.OAuth != nil && s.ApplicationType != a.OAuth.ApplicationType {
		return invalid("settings.oauthClient", "application_type: The field cannot be changed")
	}
	if causes := s.faults(); len(causes) > 0 {
		return invalid("settings.oauthClient", causes...)
	}
	a.OAuth = s
	return nil
}

func (s *oauthSettings) defaults() {
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	for _, raw := range []*json.RawMessage{&s.JWKS, &s.RefreshToken, &s.Network} {
		if string(*raw) == "null" {
			*raw = nil
		}
	}
	set(&s.ApplicationType, "web")
	set(&s.ConsentMethod, "TRUSTED")
	set(&s.IssuerMode, "ORG_URL")
	set(&s.WildcardRedirect, "DISABLED")
	if s.IDPInitiated == nil {
		s.IDPInitiated = &idpInitiated{Mode: "DISABLED"}
	}
	set(&s.IDPInitiated.Mode, "DISABLED")
	if slices.Contains(s.GrantTypes, "refresh_token") && len(s.RefreshToken) == 0 {
		s.RefreshToken = json.RawMessage(`{"rotation_type":"STATIC"}`)
	}
}

// rotation tells whether a refresh token is good once, and how long it is
// still taken after that.
func (s *oauthSettings) rotation() (rotates bool, leeway time.Duration) {
	var r struct {
		Type   string `json:"rotation_type"`
		Leeway int    `json:"leeway"`
	}
	if json.Unmarshal(s.RefreshToken, &r) != nil {
		return false, 0
	}
	return r.Type == "ROTATE", time.Duration(min(max(r.Leeway, 0), 60)) * time.Second
}

func (s *oauthSettings) applyCredentials(c *oauthCredentials, fresh bool) error {
	if c.AuthMethod != "" {
		s.AuthMethod = c.AuthMethod
	} else if s.AuthMethod == "" {
		s.AuthMethod = "client_secret_basic"
		if s.ApplicationType == "browser" {
			s.AuthMethod = "none"
		}
	}
	if fresh {
		s.PKCERequired = s.AuthMethod == "none"
		if c.ClientID != "" {
			if len(c.ClientID) < 6 || len(c.ClientID) > 100 {
				return invalid("credentials.oauthClient", "client_id: The field must be between 6 and 100 characters long")
			}
			s.ClientID = c.ClientID
		}
	}
	if c.PKCERequired != nil {
		s.PKCERequired = *c.PKCERequired
	}
	if c.AutoKeyRotation != nil {
		s.AutoKeyRotation = *c.AutoKeyRotation
	}
	if n := len(c.ClientSecret); n > 0 && (n < 14 || n > 100) {
		return invalid("credentials.oauthClient", "client_secret: The field must be between 14 and 100 characters long")
	}
	return nil
}

func (s *oauthSettings) knownValues() bool {
	known := slices.Contains(authMethods, s.AuthMethod) && slices.Contains(applicationTypes, s.ApplicationType) &&
		slices.Contains([]string{"TRUSTED", "REQUIRED"}, s.ConsentMethod) &&
		slices.Contains([]string{"ORG_URL", "CUSTOM_URL", "DYNAMIC"}, s.IssuerMode) &&
		slices.Contains([]string{"DISABLED", "SUBDOMAIN"}, s.WildcardRedirect) &&
		slices.Contains([]string{"DISABLED", "SPEC", "OKTA"}, s.IDPInitiated.Mode)
	for _, g := range s.GrantTypes {
		known = known && slices.Contains(grantTypes, g)
	}
	for _, r := range s.ResponseTypes {
		known = known && slices.Contains(responseTypes, r)
	}
	return known
}

// faults names what is wrong between settings that are each of the right form.
func (s *oauthSettings) faults() []string {
	var causes []string
	wrong := func(field, what string) { causes = append(causes, field+": "+what) }
	if len(s.GrantTypes) == 0 {
		wrong("grant_types", "The field cannot be left blank")
	}
	redirects := slices.Contains(s.GrantTypes, grantCode) || slices.Contains(s.GrantTypes, "implicit")
	if redirects && len(s.RedirectURIs) == 0 {
		wrong("redirect_uris", "The field cannot be left blank")
	}
	if redirects && len(s.ResponseTypes) == 0 {
		wrong("response_types", "The field cannot be left blank")
	}
	if slices.Contains(s.GrantTypes, grantCode) != slices.Contains(s.ResponseTypes, "code") {
		wrong("response_types", "The value 'code' and the grant type 'authorization_code' need each other")
	}
	for _, u := range slices.Concat(s.RedirectURIs, s.LogoutURIs) {
		if !s.redirectURI(u) {
			wrong("redirect_uris", "'"+u+"' is not a valid redirect URI")
		}
	}
	if s.ApplicationType == "service" && s.AuthMethod == "none" {
		wrong("token_endpoint_auth_method", "A service application needs to authenticate")
	}
	if s.AuthMethod == "private_key_jwt" && len(s.JWKS) == 0 && s.JWKSURI == "" {
		wrong("jwks", "At least one key is required for the authentication method 'private_key_jwt'")
	}
	if len(s.JWKS) > 0 {
		if err := checkJWKS(s.JWKS); err != "" {
			wrong("jwks", err)
		}
	}
	return causes
}

// redirectURI wants an absolute URI without fragment; a * only in the first
// label of the host, where wildcards are on.
func (s *oauthSettings) redirectURI(raw string) bool {
	plain := raw
	if s.WildcardRedirect == "SUBDOMAIN" {
		plain = strings.Replace(raw, "*", "wildcard", 1)
	}
	u, err := url.Parse(plain)
	return err == nil && u.Scheme != "" && !strings.Contains(raw, "#") && !strings.Contains(plain, "*") &&
		(u.Host != "" || u.Scheme != "http" && u.Scheme != "https")
}

// object is settings.oauthClient in an answer. The classic engine knows
// neither consent nor Single Logout.
func (s *oauthSettings) object(classic bool) object {
	o := object{
		{"client_uri", emptyIsNull(s.ClientURI)},
		{"logo_uri", emptyIsNull(s.LogoURI)},
		{"redirect_uris", append([]string{}, s.RedirectURIs...)},
	}
	if len(s.LogoutURIs) > 0 {
		o.add("post_logout_redirect_uris", s.LogoutURIs)
	}
	o.add("response_types", append([]string{}, s.ResponseTypes...))
	o.add("grant_types", append([]string{}, s.GrantTypes...))
	for _, f := range []struct{ name, value string }{
		{"initiate_login_uri", s.InitiateLoginURI}, {"tos_uri", s.TOSURI}, {"policy_uri", s.PolicyURI}, {"jwks_uri", s.JWKSURI},
	} {
		if f.value != "" {
			o.add(f.name, f.value)
		}
	}
	if len(s.JWKS) > 0 {
		o.add("jwks", s.JWKS)
	}
	o.add("application_type", s.ApplicationType)
	if !classic {
		o.add("consent_method", s.ConsentMethod)
	}
	o.add("issuer_mode", s.IssuerMode)
	if len(s.RefreshToken) > 0 {
		o.add("refresh_token", s.RefreshToken)
	}
	o.add("idp_initiated_login", object{
		{"mode", s.IDPInitiated.Mode}, {"default_scope", append([]string{}, s.IDPInitiated.DefaultScope...)},
	})
	o.add("wildcard_redirect", s.WildcardRedirect)
	o.add("dpop_bound_access_tokens", s.DPoP)
	if len(s.Network) > 0 {
		o.add("network", s.Network)
	}
	if !classic {
		o.add("participate_slo", s.ParticipateSLO)
	}
	if s.FrontLogoutURI != "" {
		o.add("frontchannel_logout_uri", s.FrontLogoutURI)
		o.add("frontchannel_logout_session_required", s.FrontLogoutSesReq != nil && *s.FrontLogoutSesReq)
	}
	return o
}

func emptyIsNull(s *string) any { return orNull(text(s)) }

// credentials is credentials.oauthClient in an answer. The secret is in
// answers to POST and PUT only.
func (s *oauthSettings) credentials(secret string) object {
	o := object{{"autoKeyRotation", s.AutoKeyRotation}, {"client_id", s.ClientID}}
	if secret != "" {
		o.add("client_secret", secret)
	}
	o.add("token_endpoint_auth_method", s.AuthMethod)
	o.add("pkce_required", s.PKCERequired)
	return o
}
