package oktaapi

import (
	"encoding/json"
	"time"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"example.com/ssowizard/internal/sso"
)

// Sign-on modes that are understood beyond id and label.
const (
	modeSAML = "SAML_2_0"
	modeOIDC = "OPENID_CONNECT"
)

// clientSecretPath is the one member that Raw never has: it is a secret, and
// a PUT without it keeps it.
const clientSecretPath = "credentials.oauthClient.client_secret"

// readApp maps Okta's JSON of an app, as far as it is understood. Members of
// an unexpected type count as absent: one odd app must not spoil a list.
func readApp(v gjson.Result) sso.App {
	app := sso.App{
		ID:               v.Get("id").String(),
		Name:             v.Get("name").String(),
		Label:            v.Get("label").String(),
		Status:           v.Get("status").String(),
		SignOnMode:       v.Get("signOnMode").String(),
		UserNameTemplate: v.Get("credentials.userNameTemplate.template").String(),
		HideTile:         v.Get("visibility.hide.web").Bool(),
		AdminNote:        v.Get("settings.notes.admin").String(),
		KID:              v.Get("credentials.signing.kid").String(),
		EmbedURL:         v.Get("_links.appLinks.0.href").String(),
		Created:          readTime(v.Get("created")),
		Updated:          readTime(v.Get("lastUpdated")),
		Others:           readOthers(v),
		Raw:              withoutSecret(v.Raw),
	}
	switch app.SignOnMode {
	case modeSAML:
		if signOn := v.Get("settings.signOn"); signOn.IsObject() {
			app.SAML = readSAML(signOn)
		}
	case modeOIDC:
		app.OIDC = readOIDC(v)
	case sso.ModeBookmark:
		app.BookmarkURL = v.Get(bookmarkPath).String()
	}
	return app
}

func withoutSecret(raw string) json.RawMessage {
	if !gjson.Get(raw, clientSecretPath).Exists() {
		return json.RawMessage(raw)
	}
	cut, err := sjson.Delete(raw, clientSecretPath)
	if err != nil {
		return nil
	}
	return json.RawMessage(cut)
}

func readTime(v gjson.Result) time.Time {
	t, err := time.Parse(time.RFC3339, v.String())
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func readSAML(v gjson.Result) *sso.SAMLSettings {
	s := &sso.SAMLSettings{
		ACSURL:               v.Get("ssoAcsUrl").String(),
		Recipient:            v.Get("recipient").String(),
		Destination:          v.Get("destination").String(),
		Audience:             v.Get("audience").String(),
		IssuerTemplate:       v.Get("idpIssuer").String(),
		NameIDFormat:         v.Get("subjectNameIdFormat").String(),
		NameIDTemplate:       v.Get("subjectNameIdTemplate").String(),
		ResponseSigned:       v.Get("responseSigned").Bool(),
		AssertionSigned:      v.Get("assertionSigned").Bool(),
		SignatureAlgorithm:   v.Get("signatureAlgorithm").String(),
		DigestAlgorithm:      v.Get("digestAlgorithm").String(),
		AuthnContextClassRef: v.Get("authnContextClassRef").String(),
		HonorForceAuthn:      v.Get("honorForceAuthn").Bool(),
		DefaultRelayState:    v.Get("defaultRelayState").String(),
	}
	for _, a := range v.Get("attributeStatements").Array() {
		s.Attributes = append(s.Attributes, readStatement(a))
	}
	return s
}

func readStatement(v gjson.Result) sso.AttributeStatement {
	return sso.AttributeStatement{
		Group:       v.Get("type").String() == "GROUP",
		Name:        v.Get("name").String(),
		Format:      v.Get("namespace").String(),
		Values:      readTexts(v.Get("values")),
		FilterType:  v.Get("filterType").String(),
		FilterValue: v.Get("filterValue").String(),
	}
}

func readTexts(v gjson.Result) []string {
	var out []string
	for _, e := range v.Array() {
		out = append(out, e.String())
	}
	return out
}

func readOIDC(v gjson.Result) *sso.OIDCSettings {
	settings, credentials := v.Get("settings.oauthClient"), v.Get("credentials.oauthClient")
	return &sso.OIDCSettings{
		ClientID:               credentials.Get("client_id").String(),
		RedirectURIs:           readTexts(settings.Get("redirect_uris")),
		PostLogoutRedirectURIs: readTexts(settings.Get("post_logout_redirect_uris")),
		GrantTypes:             readTexts(settings.Get("grant_types")),
		ResponseTypes:          readTexts(settings.Get("response_types")),
		ClientAuthentication:   credentials.Get("token_endpoint_auth_method").String(),
		PKCERequired:           credentials.Get("pkce_required").Bool(),
		IssuerMode:             settings.Get("issuer_mode").String(),
	}
}
