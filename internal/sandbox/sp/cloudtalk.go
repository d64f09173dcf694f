package sp

import (
	"net/http"
	"time"

	"example.com/ssowizard/internal/sandbox/sp/oidcrp"
)

// Hosts and paths of CloudTalk, which brokers sign-ins through Amazon Cognito.
const (
	cloudTalkPortal  = "my.cloudtalk.io"
	cloudTalkAuth    = "authsso.cloudtalk.io"
	cloudTalkCognito = "cloudtalk-prod.auth.eu-central-1.amazoncognito.com"
	cloudTalkAnswer  = "/oauth2/idpresponse"
)

// Ids of CloudTalk's settings.
const (
	clientIDSetting  = "client_id"
	secretSetting    = "client_secret"
	discoverySetting = "discovery_url"
	methodSetting    = "method"
	enforceSetting   = "enforce"
)

// cloudtalk speaks OpenID Connect, so its relying party, settings page and
// views are its own; accounts, sessions and the frame are the engine's.
func cloudtalk() description {
	return description{
		key: "cloudtalk", name: "CloudTalk",
		portalHost: cloudTalkPortal, authHost: cloudTalkAuth, moreHosts: []string{cloudTalkCognito}, cookieDomain: "cloudtalk.io",
		settingsForm: settingsForm{
			settingsPath: []link{
				{"Account", "/account"}, {"Settings", "/account/settings"}, {"Single Sign-on", "/account/settings/single-sign-on"},
			},
			switchLabel: "Enable Okta SSO",
		},
		signInRules: signInRules{bypasses: func(p *provider, _ string) bool {
			return p.state.connections[onlyConnection].Settings[enforceSetting] != "true"
		}},
		fields: []field{
			{name: clientIDSetting, label: "Client ID", required: true,
				hint: "Of the app at the identity provider."},
			{name: secretSetting, label: "Client Secret", required: true, unshown: true,
				hint: "Of the same app. It is never shown again."},
			{name: discoverySetting, label: "Discovery URL", kind: urlField, required: true,
				hint: "Sometimes called Resource or Issuer URL. For Okta: https://{yourOktaDomain}.okta.com/"},
			{name: methodSetting, label: "Method", kind: choiceField, required: true, options: []option{{"GET", "GET"}, {"POST", "POST"}},
				hint: "How the identity provider is asked about the person. GET should work; try POST if it does not."},
			{name: enforceSetting, label: "Enforce Okta SSO", kind: toggleField,
				hint: "Everybody has to sign in with SSO. Enforce it only after a sign-in with SSO has worked."},
		},
		acsAt: "https://" + cloudTalkAuth + cloudTalkAnswer, entityIDAt: "https://" + cloudTalkAuth,
		mount: mountCloudTalk,
	}
}

// cloudTalk is the provider with what is its own.
type cloudTalk struct {
	*provider
	http    *http.Client
	tickets tickets
}

func mountCloudTalk(p *provider) error {
	c := &cloudTalk{provider: p, http: p.fetcher()}
	p.portal, p.auth, p.api = c.portalRoutes(), c.authRoutes(), c.apiRoutes()
	return nil
}

func (c *cloudTalk) portalRoutes() http.Handler {
	mux := http.NewServeMux()
	c.route(mux, "/{$}", methods{http.MethodGet: c.showStart})
	c.route(mux, "/login", methods{http.MethodGet: c.showLogin, http.MethodPost: c.csrf(c.enterLogin)})
	c.route(mux, "/login/password", methods{http.MethodPost: c.csrf(c.enterPassword)})
	c.route(mux, "/login/sso", methods{http.MethodGet: c.askEmail, http.MethodPost: c.csrf(c.showChoice)})
	c.route(mux, "/login/sso/ticket", methods{http.MethodGet: c.takeTicket, http.MethodHead: nil})
	c.route(mux, "/logout", methods{http.MethodPost: c.csrf(c.signOut)})
	c.route(mux, "/home", methods{http.MethodGet: c.showHome})
	for i, link := range c.settingsPath[:len(c.settingsPath)-1] {
		c.route(mux, link.URL, methods{http.MethodGet: c.admin(c.showMenu(i))})
	}
	c.route(mux, c.settingsURL(), methods{http.MethodGet: c.admin(c.showForm), http.MethodPost: c.admin(c.csrf(c.takeForm))})
	c.route(mux, "/style.css", methods{http.MethodGet: showCloudTalkStyle})
	c.route(mux, "/", methods{http.MethodGet: c.notFound, http.MethodPost: c.notFound})
	return mux
}

// authRoutes are those of the broker, the same on both of its hosts.
func (c *cloudTalk) authRoutes() http.Handler {
	mux := http.NewServeMux()
	c.route(mux, "/oauth2/authorize", methods{http.MethodGet: c.begin, http.MethodHead: nil})
	c.route(mux, cloudTalkAnswer, methods{http.MethodGet: c.finish, http.MethodHead: nil})
	c.commonRoutes(mux)
	return mux
}

// connection is what is configured now.
func (c *cloudTalk) connection() connection {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state.connections[onlyConnection]
}

// party is the relying party on a host, under the given settings.
func (c *cloudTalk) party(v values, host string) oidcrp.Party {
	return oidcrp.Party{
		DiscoveryURL: v[discoverySetting], ClientID: v[clientIDSetting], ClientSecret: v[secretSetting],
		RedirectURI: "https://" + host + cloudTalkAnswer, Method: v[methodSetting],
		HTTP: c.http, Now: c.env.Now, Skew: clockSkew,
	}
}

// onlyOkta lets requests through to the sandbox's own Okta and to nobody else.
type onlyOkta struct {
	env  *environment
	base http.RoundTripper
}

func (t onlyOkta) RoundTrip(r *http.Request) (*http.Response, error) {
	if !t.env.leadsToOkta(r.URL) {
		return nil, oidcrp.Refuse(oidcrp.DiscoveryFailed, "the sandbox reaches no identity provider but its own Okta at %s", t.env.OktaOrigin)
	}
	return t.base.RoundTrip(r)
}

// ticketLife is how long a browser may take from the broker to the portal.
const ticketLife = time.Minute
