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
	names := methods{}
	for name := range m {
		names[name] = nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		h, ok := m[method]
		if !ok {
			w.Header().Set("Allow", names.allowed())
			writeError(w, &apiError{http.StatusMethodNotAllowed, "method_not_allowed", "this path does not take " + method, ""})
			return
		}
		status, body, err := h(r)
		if err != nil {
			writeError(w, err)
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
		for _, other := range p.siblings() {
			if other != p && sameToken(token, other.secrets.APIToken) {
				writeError(w, &apiError{http.StatusForbidden, "forbidden", "this token is for " + other.name + ", not for " + p.name, ""})
				return
			}
		}
		w.Header().Set("WWW-Authenticate", realm+`, error="invalid_token"`)
		writeError(w, &apiError{http.StatusUnauthorized, "unauthorized", "this token is not known here", ""})
	})
}

func sameToken(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(digest(a)), []byte(digest(b))) == 1
}

type connectionView struct {
	Protocol        string              `json:"protocol"`
	Configured      bool                `json:"configured"`
	Enabled         bool                `json:"enabled"`
	Settings        values              `json:"settings"`
	ServiceProvider serviceProviderView `json:"service_provider"`
	Options         map[string][]string `json:"options"`
	UpdatedAt       *time.Time          `json:"updated_at"`
}

type serviceProviderView struct {
	ACSURL   string `json:"acs_url"`
	EntityID string `json:"entity_id"`
}

func (p *provider) view(c connection) connectionView {
	v := connectionView{
		Protocol: "saml", Configured: c.Settings != nil, Enabled: c.Enabled, Settings: c.Settings,
		ServiceProvider: serviceProviderView{p.acsURL(), p.entityID(c.Settings)},
		Options:         p.options, UpdatedAt: c.UpdatedAt,
	}
	if v.Settings == nil {
		v.Settings = values{}
	}
	return v
}

func (p *provider) readConnection(*http.Request) (int, any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return http.StatusOK, p.view(p.state.connection), nil
}

func (p *provider) replaceConnection(r *http.Request) (int, any, error) {
	given, err := p.decodeSettings(r)
	if err != nil {
		return 0, nil, err
	}
	checked, wrong := p.check(given)
	if len(wrong) > 0 {
		return 0, nil, &apiError{http.StatusUnprocessableEntity, wrong[0].Code, wrong[0].Message, wrong[0].Field}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.save(checked); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, p.view(p.state.connection), nil
}

// save keeps checked values. Values that are kept already change nothing, not
// even the time of the last change. The caller holds the lock.
func (p *provider) save(checked values) error {
	now := p.state.connection
	if now.Settings != nil && now.Settings.digest() == checked.digest() {
		return nil
	}
	now.Settings = checked
	c := p.change()
	c.connection(p.touched(now))
	p.endTests(c)
	return c.commit()
}

func (p *provider) touched(c connection) connection {
	at := p.env.Now().UTC().Truncate(time.Second)
	c.UpdatedAt = &at
	return c
}

func (p *provider) deleteConnection(*http.Request) (int, any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state.connection.Enabled {
		return 0, nil, &apiError{http.StatusConflict, "conflict", "single sign-on is on; turn it off before deleting its settings", ""}
	}
	if p.state.connection.Settings == nil {
		return http.StatusNoContent, nil, nil
	}
	c := p.change()
	c.connection(connection{})
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
	if enabled && p.state.connection.Settings == nil {
		return 0, nil, &apiError{http.StatusConflict, "conflict", "single sign-on is not configured, so it cannot be turned on", ""}
	}
	if err := p.enable(enabled); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, p.view(p.state.connection), nil
}

// enable turns the switch. The caller holds the lock.
func (p *provider) enable(on bool) error {
	now := p.state.connection
	if now.Enabled == on {
		return nil
	}
	now.Enabled = on
	c := p.change()
	c.connection(p.touched(now))
	return c.commit()
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
	if p.state.connection.Settings == nil {
		return 0, nil, &apiError{http.StatusConflict, "conflict", "single sign-on is not configured, so there is nothing to test", ""}
	}
	c := p.change()
	t, err := p.newTest(c, p.state.connection.Settings, false)
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
