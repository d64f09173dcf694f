package sp

import (
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.com/ssowizard/internal/sandbox/durable"
)

// mostRequestBytes bounds a request's body. A SAML response is posted as
// base64 and then percent-encoded, so there is room for both.
const mostRequestBytes = 1 << 20

// provider is one service provider at work.
type provider struct {
	description
	env      *environment
	secrets  secrets
	sessions sessions
	siblings func() []*provider // all providers, this one included

	mu    sync.Mutex
	state *state // mu guards what is in it

	portal, auth, api http.Handler // by host and path
}

func newProvider(d description, env *environment) (*provider, error) {
	p := &provider{description: d, env: env}
	if err := p.load(); err != nil {
		return nil, err
	}
	if err := p.ensureSecrets(); err != nil {
		return nil, err
	}
	p.portal, p.auth, p.api = p.portalRoutes(), p.authRoutes(), p.apiRoutes()
	if p.ownAPI() {
		p.api = d.api.routes(p)
	}
	if d.mount != nil {
		return p, d.mount(p)
	}
	return p, nil
}

func (p *provider) ensureSecrets() error {
	if _, err := p.env.Log.Get(p.kind("secrets"), "current", &p.secrets); err != nil {
		return err
	}
	made := false
	for _, secret := range []struct {
		kept  *[]byte
		bytes int
	}{{&p.secrets.FormKey, 32}, {&p.secrets.Account, 16}} {
		if len(*secret.kept) > 0 {
			continue
		}
		b, err := p.env.bytes(secret.bytes)
		if err != nil {
			return err
		}
		*secret.kept, made = b, true
	}
	if p.secrets.Since == nil {
		now := p.env.Now().UTC().Truncate(time.Second)
		p.secrets.Since, made = &now, true
	}
	if p.secrets.APIToken == "" {
		token, err := p.env.bytes(32)
		if err != nil {
			return err
		}
		p.secrets.APIToken, made = p.key+"_"+base64.RawURLEncoding.EncodeToString(token), true
	}
	if !made {
		return nil
	}
	return p.env.Log.Commit(durable.Put(p.kind("secrets"), "current", p.secrets))
}

// accountNumber is how the provider's URLs name the account.
func (p *provider) accountNumber() string {
	return strconv.Itoa(100000 + int(binary.BigEndian.Uint32(p.secrets.Account)%900000))
}

// origin is where links to a host of this provider point.
func (p *provider) origin(host string) string {
	if port := p.env.Port(); port != "" {
		host += ":" + port
	}
	return "https://" + host
}

// apiURL is what stands before the paths of the provider's API. Those of the
// reference settings API begin at the root.
func (p *provider) apiURL() string {
	if p.ownAPI() {
		return p.origin(p.description.api.host) + p.description.api.prefix
	}
	return p.origin(p.portalHost)
}

func (p *provider) portalURL(path string) string { return p.origin(p.portalHost) + path }

func (p *provider) serve(host string, w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostRequestBytes)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if at, prefix := p.apiAt(); host == at && (r.URL.Path == prefix || strings.HasPrefix(r.URL.Path, prefix+"/")) {
		p.api.ServeHTTP(w, r)
		return
	}
	pageHeaders(h)
	if host == p.portalHost {
		p.portal.ServeHTTP(w, r)
		return
	}
	p.auth.ServeHTTP(w, r)
}

// apiAt is the host and the path of the provider's API.
func (p *provider) apiAt() (host, prefix string) {
	if p.ownAPI() {
		return p.description.api.host, p.description.api.prefix
	}
	return p.portalHost, apiPrefix
}

func (p *provider) ownAPI() bool { return p.description.api != nil }

// pageHeaders go with every page. The policy names no form-action on purpose:
// browsers apply it to redirects too, and signing in redirects to Okta.
func pageHeaders(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
}

func (p *provider) portalRoutes() http.Handler {
	mux := http.NewServeMux()
	p.route(mux, "/{$}", methods{http.MethodGet: p.showStart})
	p.route(mux, "/login", methods{http.MethodGet: p.showSignIn, http.MethodPost: p.csrf(p.enterAddress)})
	p.route(mux, "/login/password", methods{http.MethodPost: p.csrf(p.enterPassword)})
	if p.ssoLink != "" {
		p.route(mux, "/login/sso", methods{http.MethodGet: p.showSSO, http.MethodPost: p.csrf(p.enterCompanyEmail)})
	}
	p.route(mux, "/logout", methods{http.MethodPost: p.csrf(p.signOut)})
	p.route(mux, "/home", methods{http.MethodGet: p.showHome})
	for i, link := range p.settingsPath[:len(p.settingsPath)-1] {
		p.route(mux, link.URL, methods{http.MethodGet: p.admin(p.showMenu(i))})
	}
	for _, t := range p.tables {
		p.route(mux, t.URL, methods{http.MethodGet: p.admin(p.showTable(t))})
	}
	p.route(mux, p.settingsURL(), methods{
		http.MethodGet: p.admin(p.showSettings), http.MethodPost: p.admin(p.csrf(p.changeSettings)),
	})
	if p.switchLabel != "" && !p.switchInForm {
		p.route(mux, p.settingsURL()+"/enabled", methods{http.MethodPost: p.admin(p.csrf(p.flipSwitch))})
	}
	p.route(mux, "/sso/test/{key}", methods{http.MethodGet: p.startTest, http.MethodHead: nil})
	p.route(mux, "/sso/test/{key}/result", methods{http.MethodGet: p.showTestResult})
	if p.authHost == p.portalHost {
		p.partyRoutes(mux)
	}
	p.commonRoutes(mux)
	return mux
}

func (p *provider) authRoutes() http.Handler {
	mux := http.NewServeMux()
	p.partyRoutes(mux)
	p.commonRoutes(mux)
	return mux
}

// partyRoutes are the relying party's: they stand on the ACS URL's host.
func (p *provider) partyRoutes(mux *http.ServeMux) {
	p.route(mux, p.pathOf(p.acsAt), methods{http.MethodPost: p.acs})
	if p.loginAt != "" {
		p.route(mux, p.pathOf(p.loginAt), methods{http.MethodGet: p.startNamed, http.MethodHead: nil})
	}
	if p.metadataAt != "" {
		p.route(mux, p.metadataAt, methods{http.MethodGet: p.showMetadata})
	}
}

func (p *provider) commonRoutes(mux *http.ServeMux) {
	p.route(mux, "/style.css", methods{http.MethodGet: showStyle})
	p.route(mux, "/", methods{http.MethodGet: p.notFound, http.MethodPost: p.notFound})
}

// handler answers a request for a page; an error means that nothing was
// written yet and the answer could not be kept or made.
type handler func(w http.ResponseWriter, r *http.Request) error

type methods map[string]handler

// route serves a pattern. HEAD is answered as GET, but where looking would
// begin something: there HEAD stands in m without a handler.
func (p *provider) route(mux *http.ServeMux, pattern string, m methods) {
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		h, named := m[r.Method]
		if r.Method == http.MethodHead && !named {
			h = m[http.MethodGet]
		}
		if h == nil {
			w.Header().Set("Allow", m.allowed())
			h = p.methodNotAllowed
		}
		if err := h(w, r); err != nil {
			p.failed(w, r)
		}
	})
}

func (m methods) allowed() string {
	var names []string
	for name, h := range m {
		if h != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
