package sp

import (
	"crypto/subtle"
	"net/http"
	"strings"
	"time"
)

// apiPrefix is where the reference settings API lives on the portal's host.
const apiPrefix = "/sso-settings/v1"

func (p *provider) apiRoutes() http.Handler {
	mux := http.NewServeMux()
	route := func(path string, m map[string]apiHandler) { mux.Handle(path, p.apiRoute(m)) }
	route(apiPrefix+"/connection", map[string]apiHandler{
		http.MethodGet: p.readConnection, http.MethodPut: p.replaceConnection, http.MethodDelete: p.deleteConnection,
	})
	route(apiPrefix+"/connection/enabled", map[string]apiHandler{http.MethodPut: p.setEnabled})
	route(apiPrefix+"/tests", map[string]apiHandler{http.MethodPost: p.createTest})
	route(apiPrefix+"/tests/{id}", map[string]apiHandler{http.MethodGet: p.readTest})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, &apiError{http.StatusNotFound, "not_found", "there is nothing at this path", ""})
	})
	return p.authorized(mux)
}

// apiHandler returns the status and the body to answer with. An error that is
// not an *apiError means that the answer could not be kept.
type apiHandler func(r *http.Request) (status int, body any, err error)

func (p *provider) apiRoute(m map[string]apiHandler) http.Handler {
	return apiRouteWith(m, writeError, func(method string) error {
		return &apiError{http.StatusMethodNotAllowed, "method_not_allowed", "this path does not take " + method, ""}
	})
}

// apiRouteWith serves one path of an API that writes its errors in its own way.
func apiRouteWith(m map[string]apiHandler, refuse func(http.ResponseWriter, error), wrongMethod func(string) error) http.Handler {
	allowed := strings.Join(sortedKeys(m), ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		h, ok := m[method]
		if !ok {
			w.Header().Set("Allow", allowed)
			refuse(w, wrongMethod(method))
			return
		}
		status, body, err := h(r)
		if err != nil {
			refuse(w, err)
			return
		}
		writeJSON(w, status, body)
	})
}

// authorized asks for the provider's token before anything else is said. A
// token that is good, but for another provider of the sandbox, is forbidden.
func (p *provider) authorized(next http.Handler) http.Handler {
	realm := `Bearer realm="` + p.name + ` SSO settings"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		token = strings.TrimSpace(token)
		if !strings.EqualFold(scheme, "Bearer") || token == "" {
			w.Header().Set("WWW-Authenticate", realm)
			writeError(w, &apiError{http.StatusUnauthorized, "unauthorized", "this API needs an Authorization header with a bearer token", ""})
			return
		}
		if sameToken(token, p.secrets.APIToken) {
			next.ServeHTTP(w, r)
			return
		}
		if other, ok := p.siblingWith(token); ok {
			writeError(w, &apiError{http.StatusForbidden, "forbidden", "this token is for " + other.name + ", not for " + p.name, ""})
			return
		}
		w.Header().Set("WWW-Authenticate", realm+`, error="invalid_token"`)
		writeError(w, &apiError{http.StatusUnauthorized, "unauthorized", "this token is not known here", ""})
	})
}

// siblingWith finds the other provider that a token is good for.
func (p *provider) siblingWith(token string) (*provider, bool) {
	for _, other := range p.siblings() {
		if other != p && sameToken(token, other.secrets.APIToken) {
			return other, true
		}
	}
	return nil, false
}

func sameToken(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(digest(a)), []byte(digest(b))) == 1
}

type connectionView struct {
	Protocol        string              `json:"protocol"`
	Configured      bool                `json:"configured"`
	Enabled         bool                `json:"enabled"`
	Settings        map[string]any      `json:"settings"`
	ServiceProvider map[string]string   `json:"service_provider"`
	Options         map[string][]string `json:"options"`
	UpdatedAt       *time.Time          `json:"updated_at"`
}

// view is the configuration as it is now. The caller holds the lock.
func (p *provider) view() connectionView {
	c := p.state.connections[onlyConnection]
	return connectionView{
		Protocol: "saml", Configured: c.Settings != nil, Enabled: c.Enabled, Settings: p.forJSON(c.Settings),
		ServiceProvider: p.offered(c.Settings), Options: p.choices(), UpdatedAt: c.UpdatedAt,
	}
}

func (p *provider) readConnection(*http.Request) (int, any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return http.StatusOK, p.view(), nil
}

func (p *provider) replaceConnection(r *http.Request) (int, any, error) {
	given, err := p.decodeSettings(r)
	if err != nil {
		return 0, nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.fields {
		if _, sent := given[f.name]; f.unshown && !sent {
			given[f.name] = p.state.connections[onlyConnection].Settings[f.name]
		}
	}
	checked, wrong := p.check(onlyConnection, given, true)
	if len(wrong) > 0 {
		return 0, nil, &apiError{http.StatusUnprocessableEntity, wrong[0].Code, wrong[0].Message, wrong[0].Field}
	}
	next := p.state.connections[onlyConnection]
	next.ID, next.Settings = onlyConnection, checked
	if err := p.store(next); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, p.view(), nil
}

func (p *provider) deleteConnection(*http.Request) (int, any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.state.connections[onlyConnection]
	if now.Enabled && !p.savedIsOn {
		return 0, nil, &apiError{http.StatusConflict, "conflict", "single sign-on is on; turn it off before deleting its settings", ""}
	}
	if now.Settings == nil {
		return http.StatusNoContent, nil, nil
	}
	c := p.change()
	c.removeConnection(onlyConnection)
	p.endTests(c)
	return http.StatusNoContent, nil, c.commit()
}

func (p *provider) setEnabled(r *http.Request) (int, any, error) {
	enabled, err := decodeEnabled(r)
	if err != nil {
		return 0, nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	next := p.state.connections[onlyConnection]
	switch {
	case enabled && next.Settings == nil:
		return 0, nil, &apiError{http.StatusConflict, "conflict", "single sign-on is not configured, so it cannot be turned on", ""}
	case !enabled && next.Enabled && p.savedIsOn:
		return 0, nil, &apiError{http.StatusConflict, "conflict", p.name + " has no switch: single sign-on is on while its settings are saved; delete them", ""}
	case next.Settings == nil:
		return http.StatusOK, p.view(), nil
	}
	next.Enabled = enabled
	if err := p.store(next); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, p.view(), nil
}

type testView struct {
	ID        string     `json:"id"`
	Status    testStatus `json:"status"`
	StartURL  string     `json:"start_url"`
	Code      *string    `json:"code"`
	Message   *string    `json:"message"`
	Person    *string    `json:"person"`
	ExpiresAt time.Time  `json:"expires_at"`
}

func (p *provider) viewTest(t test) testView {
	t = t.at(p.env.Now())
	return testView{
		ID: t.ID, Status: t.Status, StartURL: p.portalURL("/sso/test/" + t.Key),
		Code: orNull(t.Code), Message: orNull(t.Message), Person: orNull(t.Person), ExpiresAt: t.ExpiresAt,
	}
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (p *provider) createTest(r *http.Request) (int, any, error) {
	if err := decodeNothing(r); err != nil {
		return 0, nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	saved := p.state.connections[onlyConnection].Settings
	if saved == nil {
		return 0, nil, &apiError{http.StatusConflict, "conflict", "single sign-on is not configured, so there is nothing to test", ""}
	}
	c := p.change()
	t, err := p.newTest(c, saved, false)
	if err != nil {
		return 0, nil, err
	}
	if err := c.commit(); err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, p.viewTest(t), nil
}

func (p *provider) readTest(r *http.Request) (int, any, error) {
	p.mu.Lock()
	t, ok := p.state.tests[r.PathValue("id")]
	p.mu.Unlock()
	if !ok || t.Portal {
		return 0, nil, &apiError{http.StatusNotFound, "not_found", "there is no test with this id", ""}
	}
	return http.StatusOK, p.viewTest(t), nil
}
