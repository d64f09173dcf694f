package sp

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"sync"

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
	state state

	portal, auth, api http.Handler
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
	return p, nil
}

func (p *provider) ensureSecrets() error {
	found, err := p.env.Log.Get(p.kind("secrets"), "current", &p.secrets)
	if err != nil || found {
		return err
	}
	token, err := p.env.bytes(32)
	if err != nil {
		return err
	}
	key, err := p.env.bytes(32)
	if err != nil {
		return err
	}
	p.secrets = secrets{APIToken: p.key + "_" + base64.RawURLEncoding.EncodeToString(token), FormKey: key}
	return p.env.Log.Commit(durable.Put(p.kind("secrets"), "current", p.secrets))
}

// origin is where links to a host of this provider point.
func (p *provider) origin(host string) string {
	if port := p.env.Port(); port != "" {
		host += ":" + port
	}
	return "https://" + host
}

func (p *provider) portalURL(path string) string { return p.origin(p.portalHost) + path }

func (p *provider) serve(host string, w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostRequestBytes)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	switch {
	case host == p.portalHost && (r.URL.Path == apiPrefix || strings.HasPrefix(r.URL.Path, apiPrefix+"/")):
		p.api.ServeHTTP(w, r)
		return
	case host == p.authHost && (p.authHost != p.portalHost || r.URL.Path == p.acsPath):
		pageHeaders(h)
		p.auth.ServeHTTP(w, r)
		return
	}
	pageHeaders(h)
	p.portal.ServeHTTP(w, r)
}

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
	p.route(mux, "/logout", methods{http.MethodPost: p.csrf(p.signOut)})
	p.route(mux, "/home", methods{http.MethodGet: p.showHome})
	for i, link := range p.settingsPath[:len(p.settingsPath)-1] {
		p.route(mux, link.URL, methods{http.MethodGet: p.admin(p.showMenu(i))})
	}
	p.route(mux, p.settingsURL(), methods{
		http.MethodGet: p.admin(p.showSettings), http.MethodPost: p.admin(p.csrf(p.changeSettings)),
	})
	p.route(mux, p.settingsURL()+"/enabled", methods{http.MethodPost: p.admin(p.csrf(p.flipSwitch))})
	p.route(mux, "/sso/test/{key}", methods{http.MethodGet: p.startTest})
	p.route(mux, "/sso/test/{key}/result", methods{http.MethodGet: p.showTestResult})
	p.route(mux, "/style.css", methods{http.MethodGet: showStyle})
	p.route(mux, "/", methods{http.MethodGet: p.notFound, http.MethodPost: p.notFound})
	return mux
}

func (p *provider) authRoutes() http.Handler {
	mux := http.NewServeMux()
	p.route(mux, p.acsPath, methods{http.MethodPost: p.acs})
	p.route(mux, "/style.css", methods{http.MethodGet: showStyle})
	p.route(mux, "/", methods{http.MethodGet: p.notFound, http.MethodPost: p.notFound})
	return mux
}

// handler answers a request for a page; an error means that nothing was
// written yet and the answer could not be kept or made.
type handler func(w http.ResponseWriter, r *http.Request) error

type methods map[string]handler

func (p *provider) route(mux *http.ServeMux, pattern string, m methods) {
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		method := r.Method
		if method == http.MethodHead && pattern != "/sso/test/{key}" { // a look must not begin a test
			method = http.MethodGet
		}
		h, ok := m[method]
		if !ok {
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
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
