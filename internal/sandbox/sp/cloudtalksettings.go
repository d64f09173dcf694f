package sp

import (
	"html/template"
	"maps"
	"net/http"
	"strings"
)

func init() {
	for _, name := range []string{"cloudtalk", "cloudtalk_choice"} {
		templates[name] = template.Must(template.ParseFS(pageFiles, "pages/frame.html", "pages/"+name+".html"))
	}
}

func (c *cloudTalk) apiRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(apiPrefix+"/connection", c.apiRoute(map[string]apiHandler{
		http.MethodGet: c.viewed(c.readConnection), http.MethodPut: c.viewed(c.replaceConnection), http.MethodDelete: c.deleteConnection,
	}))
	mux.Handle(apiPrefix+"/connection/enabled", c.apiRoute(map[string]apiHandler{http.MethodPut: c.viewed(c.setEnabled)}))
	// CloudTalk has no test of its own, so there is nothing at /tests.
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, &apiError{http.StatusNotFound, "not_found", "there is nothing at this path", ""})
	})
	return c.authorized(mux)
}

// viewed shows a configuration as CloudTalk does: another protocol, its
// redirect URIs, and never the secret.
func (c *cloudTalk) viewed(h apiHandler) apiHandler {
	return func(r *http.Request) (int, any, error) {
		status, body, err := h(r)
		v, ok := body.(connectionView)
		if err != nil || !ok {
			return status, body, err
		}
		v.Protocol = "oidc"
		delete(v.Settings, secretSetting)
		v.ServiceProvider = map[string]string{
			"redirect_uri":   "https://" + cloudTalkAuth + cloudTalkAnswer,
			"redirect_uri_2": "https://" + cloudTalkCognito + cloudTalkAnswer,
		}
		return status, v, nil
	}
}

// formView is the Single Sign-on page.
type formView struct {
	Action               string
	Enabled, Enforce     bool
	ClientID             string
	DiscoveryURL, Method string
	SecretStored         bool
	Saved                bool
	Alert                string
	Errors               map[string]string // by setting
}

func (c *cloudTalk) formView(v values, enabled bool) formView {
	return formView{
		Action: c.settingsURL(), Enabled: enabled, Enforce: v[enforceSetting] == "true", ClientID: v[clientIDSetting],
		DiscoveryURL: v[discoverySetting], Method: v[methodSetting], Errors: map[string]string{},
		SecretStored: c.connection().Settings[secretSetting] != "",
	}
}

func (c *cloudTalk) showForm(w http.ResponseWriter, r *http.Request) error {
	now := c.connection()
	v := c.formView(now.Settings, now.Enabled)
	v.Saved = r.FormValue("saved") != ""
	return c.renderForm(w, r, http.StatusOK, v)
}

func (c *cloudTalk) renderForm(w http.ResponseWriter, r *http.Request, status int, v formView) error {
	return c.render(w, r, status, page{Template: "cloudtalk", Title: "Single Sign-on", Body: v})
}

// takeForm saves what was entered. The toggle and the values are one form, as
// the values show themselves only beside a toggle that is on. A secret that is
// left empty stays what it is.
func (c *cloudTalk) takeForm(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return c.message(w, r, http.StatusBadRequest, "The form cannot be read", "Go back and try again.")
	}
	enabled := r.PostFormValue("enabled") == "true"
	entered := values{}
	for _, f := range c.fields {
		entered[f.name] = strings.TrimSpace(r.PostFormValue(f.name))
	}
	c.mu.Lock()
	next := c.state.connections[onlyConnection]
	if !enabled && next.Settings == nil && empty(entered) {
		c.mu.Unlock()
		http.Redirect(w, r, c.portalURL(c.settingsURL()+"?saved=1"), http.StatusSeeOther)
		return nil
	}
	given := maps.Clone(entered)
	if given[secretSetting] == "" {
		given[secretSetting] = next.Settings[secretSetting]
	}
	checked, wrong := c.check(onlyConnection, given, true)
	if len(wrong) > 0 {
		c.mu.Unlock()
		v := c.formView(entered, enabled)
		v.Alert = correctFields
		for _, one := range wrong {
			v.Errors[one.Field] = one.Message
		}
		return c.renderForm(w, r, http.StatusUnprocessableEntity, v)
	}
	next.ID, next.Settings, next.Enabled = onlyConnection, checked, enabled
	err := c.store(next)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	http.Redirect(w, r, c.portalURL(c.settingsURL()+"?saved=1"), http.StatusSeeOther)
	return nil
}

// empty tells whether nothing was entered; the method has always a value.
func empty(v values) bool {
	return v[clientIDSetting] == "" && v[secretSetting] == "" && v[discoverySetting] == ""
}

// cloudTalkStyle hides the values while the toggle above them is off. There is
// no script.
const cloudTalkStyle = `
#enabled:not(:checked) ~ .revealed { display: none; }
.providers { list-style: none; padding: 0; }
.providers a { display: block; padding: .6em 1em; border: 1px solid var(--main); border-radius: 4px; text-align: center; }
`

func showCloudTalkStyle(w http.ResponseWriter, r *http.Request) error {
	if err := showStyle(w, r); err != nil {
		return err
	}
	_, _ = w.Write([]byte(cloudTalkStyle))
	return nil
}

// Siblings are the other toggles of the page.
func (formView) Siblings() []string { return []string{"Google", "Keycloak", "Onelogin"} }
