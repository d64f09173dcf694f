package okta

import (
	"encoding/base64"
	"math/big"
)

func (o *Org) orgRoutes() []*route {
	return []*route{
		public("/.well-known/okta-organization", bucketRoot, o.organization),
		public("/.well-known/openid-configuration", "", o.openIDConfiguration),
		public("/.well-known/oauth-authorization-server", "", o.authorizationServer),
		public("/oauth2/v1/keys", "", o.orgKeys),
		api("GET", "/api/v1/org", bucketAny, resOrg, o.orgSettings),
		public("/assets/img/logos/{}", "", o.stockImage).answers("image/png"),
		public("/assets/img/logos/groups/{}", "", o.stockImage).answers("image/png"),
		public("/fs/bcg/4/{}", "", o.logoImage).answers("image/png"),
	}
}

// organization is the engine test and the reachability test of clients.
func (o *Org) organization(c *call) (*reply, error) {
	pipeline := "idx"
	if o.classic {
		pipeline = "v1"
	}
	return ok(object{
		{"id", o.meta.ID},
		{"cell", "ok1"},
		{"_links", object{{"organization", object{{"href", c.base}}}}},
		{"pipeline", pipeline},
		{"settings", object{
			{"analyticsCollectionEnabled", false},
			{"bugReportingEnabled", true},
			{"omEnabled", false},
			{"pssoEnabled", false},
			{"desktopMFAEnabled", false},
			{"itpEnabled", false},
		}},
	}), nil
}

func (o *Org) orgSettings(c *call) (*reply, error) {
	v := object{{"id", o.meta.ID}, {"subdomain", subdomain}, {"companyName", companyName}, {"status", active}}
	for _, name := range []string{
		"website", "phoneNumber", "supportPhoneNumber", "endUserSupportHelpURL", "address1", "address2",
		"city", "state", "country", "postalCode", "expiresAt",
	} {
		v.add(name, nil)
	}
	v.add("created", o.meta.Created)
	v.add("lastUpdated", o.meta.Created)
	links := object{}
	for _, l := range []struct{ name, path, method string }{
		{"preferences", "org/preferences", "GET"},
		{"uploadLogo", "org/logo", "POST"},
		{"oktaCommunication", "org/privacy/oktaCommunication", "GET"},
		{"logo", "", "GET"},
		{"oktaSupport", "org/privacy/oktaSupport", "GET"},
		{"contacts", "org/contacts", "GET"},
	} {
		href := c.url(l.path)
		if l.path == "" {
			href = ""
		}
		links.add(l.name, object{{"href", orNull(href)}, {"hints", allow(l.method)}})
	}
	v.add("_links", links)
	return ok(v), nil
}

// orgKeys are the keys that tokens of the org's authorization server are
// signed with.
func (o *Org) orgKeys(*call) (*reply, error) {
	key := o.keys[o.meta.SigningKid]
	return ok(object{{"keys", []object{{
		{"kty", "RSA"},
		{"alg", "RS256"},
		{"kid", key.KID},
		{"use", "sig"},
		{"e", base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.Private.E)).Bytes())},
		{"n", base64.RawURLEncoding.EncodeToString(key.Private.N.Bytes())},
	}}}}), nil
}

var (
	allResponseTypes = []string{
		"code", "token", "id_token", "code id_token", "code token", "id_token token", "code id_token token",
	}
	allGrantTypes = []string{
		grantCode, "implicit", "refresh_token", "password", grantCredentials,
		"urn:ietf:params:oauth:grant-type:device_code", "urn:okta:params:oauth:grant-type:otp",
		"http://auth0.com/oauth/grant-type/mfa-otp", "urn:okta:params:oauth:grant-type:oob",
		"http://auth0.com/oauth/grant-type/mfa-oob", "urn:ietf:params:oauth:grant-type:token-exchange",
	}
	openIDScopes      = []string{"openid", "email", "profile", "address", "phone", "offline_access", "groups"}
	endpointMethods   = []string{"client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"}
	requestAlgorithms = []string{"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"}
	dpopAlgorithms    = []string{"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"}
	responseModes     = []string{"query", "fragment", "form_post", "okta_post_message"}
)

// openIDConfiguration describes the org authorization server.
func (o *Org) openIDConfiguration(c *call) (*reply, error) {
	at := func(path string) string { return c.base + "/oauth2/v1/" + path }
	return ok(object{
		{"issuer", c.base},
		{"authorization_endpoint", at("authorize")},
		{"token_endpoint", at("token")},
		{"userinfo_endpoint", at("userinfo")},
		{"registration_endpoint", at("clients")},
		{"jwks_uri", at("keys")},
		{"response_types_supported", allResponseTypes},
		{"response_modes_supported", responseModes},
		{"grant_types_supported", allGrantTypes},
		{"subject_types_supported", []string{"public"}},
		{"id_token_signing_alg_values_supported", []string{"RS256"}},
		{"scopes_supported", openIDScopes},
		{"token_endpoint_auth_methods_supported", endpointMethods},
		{"claims_supported", []string{
			"iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "idp", "nonce", "name", "nickname",
			"preferred_username", "given_name", "middle_name", "family_name", "email", "email_verified", "profile",
			"zoneinfo", "locale", "address", "phone_number", "picture", "website", "gender", "birthdate", "updated_at",
			"at_hash", "c_hash",
		}},
		{"code_challenge_methods_supported", []string{"S256"}},
		{"introspection_endpoint", at("introspect")},
		{"introspection_endpoint_auth_methods_supported", endpointMethods},
		{"revocation_endpoint", at("revoke")},
		{"revocation_endpoint_auth_methods_supported", endpointMethods},
		{"end_session_endpoint", at("logout")},
		{"request_parameter_supported", true},
		{"request_object_signing_alg_values_supported", requestAlgorithms},
		{"device_authorization_endpoint", at("device/authorize")},
		{"pushed_authorization_request_endpoint", at("par")},
		{"dpop_signing_alg_values_supported", dpopAlgorithms},
	}), nil
}

// authorizationServer is the same in OAuth's words: no keys, no userinfo, and
// the scopes of the management API among the others.
func (o *Org) authorizationServer(c *call) (*reply, error) {
	at := func(path string) string { return c.base + "/oauth2/v1/" + path }
	return ok(object{
		{"issuer", c.base},
		{"authorization_endpoint", at("authorize")},
		{"token_endpoint", at("token")},
		{"registration_endpoint", at("clients")},
		{"response_types_supported", allResponseTypes},
		{"response_modes_supported", responseModes},
		{"grant_types_supported", allGrantTypes},
		{"subject_types_supported", []string{"public"}},
		{"scopes_supported", append(append([]string{}, oktaScopes...), openIDScopes...)},
		{"token_endpoint_auth_methods_supported", endpointMethods},
		{"claims_supported", []string{"ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "sub"}},
		{"code_challenge_methods_supported", []string{"S256"}},
		{"introspection_endpoint", at("introspect")},
		{"introspection_endpoint_auth_methods_supported", endpointMethods},
		{"revocation_endpoint", at("revoke")},
		{"revocation_endpoint_auth_methods_supported", endpointMethods},
		{"end_session_endpoint", at("logout")},
		{"request_parameter_supported", true},
		{"request_object_signing_alg_values_supported", requestAlgorithms},
		{"device_authorization_endpoint", at("device/authorize")},
		{"pushed_authorization_request_endpoint", at("par")},
		{"dpop_signing_alg_values_supported", dpopAlgorithms},
		{"frontchannel_logout_supported", true},
		{"frontchannel_logout_session_supported", true},
		{"identity_chaining_requested_token_types_supported", []string{"urn:ietf:params:oauth:token-type:id-jag"}},
	}), nil
}
