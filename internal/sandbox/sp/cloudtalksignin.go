package sp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"example.com/ssowizard/internal/sandbox/sp/oidcrp"
)

const logInWithSSO = "Log in with SSO"

func (c *cloudTalk) loginPage(email, problem string) page {
	content := c.signInPage(email, problem)
	view := content.Body.(signInView)
	if view.SSOLink = ""; c.connection().Enabled {
		view.SSOLink = logInWithSSO
	}
	content.Body = view
	return content
}

// showLogin has the link to SSO only while SSO is on.
func (c *cloudTalk) showLogin(w http.ResponseWriter, r *http.Request) error {
	return c.render(w, r, http.StatusOK, c.loginPage("", ""))
}

// enterLogin goes on with the password; while SSO is enforced, only the other
// way is open.
func (c *cloudTalk) enterLogin(w http.ResponseWriter, r *http.Request) error {
	email := strings.TrimSpace(r.FormValue("email"))
	if !looksLikeEmail(email) {
		return c.render(w, r, http.StatusUnprocessableEntity, c.loginPage(email, noAddress))
	}
	c.mu.Lock()
	password := c.takesPassword(c.state.current(), email)
	c.mu.Unlock()
	if !password {
		return c.render(w, r, http.StatusOK, c.loginPage(email, "Your organization requires single sign-on. Use "+logInWithSSO+"."))
	}
	return c.render(w, r, http.StatusOK, c.passwordPage(email, ""))
}

func (c *cloudTalk) emailPage(email, problem string) page {
	return page{Template: "signin", Title: logInWithSSO, Body: signInView{
		Email: email, Error: problem, Label: "CloudTalk email", Next: "Continue", Action: "/login/sso"}}
}

func (c *cloudTalk) askEmail(w http.ResponseWriter, r *http.Request) error {
	return c.render(w, r, http.StatusOK, c.emailPage("", ""))
}

type choiceView struct{ Email, URL string }

// showChoice lists the identity providers that are on: Okta, or none.
func (c *cloudTalk) showChoice(w http.ResponseWriter, r *http.Request) error {
	email := strings.TrimSpace(r.FormValue("email"))
	if !looksLikeEmail(email) {
		return c.render(w, r, http.StatusUnprocessableEntity, c.emailPage(email, noAddress))
	}
	if err := c.ready(c.connection()); err != nil {
		return c.refuseSignIn(w, r, err)
	}
	to := c.origin(cloudTalkAuth) + "/oauth2/authorize?" + url.Values{"identity_provider": {"Okta"}, "login_hint": {email}}.Encode()
	return c.render(w, r, http.StatusOK, page{Template: "cloudtalk_choice", Title: "Choose how to log in", Body: choiceView{email, to}})
}

// ready refuses a sign-in while there is nothing to sign in with.
func (c *cloudTalk) ready(now connection) error {
	switch {
	case now.Settings == nil:
		return oidcrp.Refuse(oidcrp.NotConfigured, "Okta SSO is not configured for this account")
	case !now.Enabled:
		return oidcrp.Refuse(oidcrp.SSONotEnabled, "Okta SSO is configured but not enabled for this account")
	}
	return nil
}

// begin sends the browser to the identity provider. The request is on disk
// before the browser leaves, so an answer can always be matched.
func (c *cloudTalk) begin(w http.ResponseWriter, r *http.Request) error {
	if named := r.FormValue("identity_provider"); named != "" && !strings.EqualFold(named, "Okta") {
		return c.refuseSignIn(w, r, oidcrp.Refuse(oidcrp.NotConfigured, "this account has no identity provider of the name %q", named))
	}
	now := c.connection()
	if err := c.ready(now); err != nil {
		return c.refuseSignIn(w, r, err)
	}
	state, err := c.env.token()
	if err != nil {
		return err
	}
	browser, err := c.brokerBrowser(w, r)
	if err != nil {
		return err
	}
	to, err := c.party(now.Settings, brokerHost(r)).AuthorizeURL(r.Context(), state, c.nonce(state), r.FormValue("login_hint"))
	if err != nil {
		return c.refuseSignIn(w, r, err)
	}
	c.mu.Lock()
	change := c.change()
	change.request(request{ID: state, Connection: now.ID, Browser: digest(browser), ExpiresAt: c.env.Now().Add(requestLife)})
	err = change.commit()
	c.mu.Unlock()
	if err != nil {
		return err
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// nonce belongs to a state and to nothing else; nobody outside can make it.
func (c *cloudTalk) nonce(state string) string {
	mac := hmac.New(sha256.New, c.secrets.FormKey)
	mac.Write([]byte("nonce of " + state))
	return hex.EncodeToString(mac.Sum(nil))
}

// brokerHost is the one of the broker's two hosts that is asked.
func brokerHost(r *http.Request) string {
	if strings.EqualFold(hostOf(r), cloudTalkCognito) {
		return cloudTalkCognito
	}
	return cloudTalkAuth
}

// brokerBrowser is the id of this browser at the broker. A cookie of the
// portal's domain would not be taken on the broker's second host.
func (c *cloudTalk) brokerBrowser(w http.ResponseWriter, r *http.Request) (string, error) {
	if known, err := r.Cookie(c.brokerCookie()); err == nil && known.Value != "" {
		return known.Value, nil
	}
	id, err := c.env.token()
	if err != nil {
		return "", err
	}
	http.SetCookie(w, &http.Cookie{
		Name: c.brokerCookie(), Value: id, Path: "/", MaxAge: int((30 * 24 * time.Hour).Seconds()),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	return id, nil
}

func (c *cloudTalk) brokerCookie() string { return c.key + "_broker" }

// finish is the redirect URI: it takes the identity provider's answer.
func (c *cloudTalk) finish(w http.ResponseWriter, r *http.Request) error {
	person, err := c.judge(r)
	var refusal *oidcrp.Refusal
	switch {
	case errors.As(err, &refusal):
		return c.refuseSignIn(w, r, err)
	case err != nil:
		return err
	}
	ticket, err := c.env.token()
	if err != nil {
		return err
	}
	c.tickets.add(ticket, person, c.env.Now())
	http.Redirect(w, r, c.portalURL("/login/sso/ticket?ticket="+ticket), http.StatusSeeOther)
	return nil
}

func (c *cloudTalk) judge(r *http.Request) (Person, error) {
	q := r.URL.Query()
	state, code := q.Get("state"), q.Get("code")
	if err := c.claim(r, state); err != nil {
		return Person{}, err
	}
	switch {
	case q.Get("error") != "":
		return Person{}, oidcrp.Refuse(oidcrp.IdPError, "the identity provider answers %s: %s", q.Get("error"), q.Get("error_description"))
	case code == "":
		return Person{}, oidcrp.Refuse(oidcrp.Malformed, "the identity provider's answer holds neither a code nor an error")
	}
	now := c.connection()
	if err := c.ready(now); err != nil {
		return Person{}, err
	}
	found, err := c.party(now.Settings, brokerHost(r)).Finish(r.Context(), code, c.nonce(state))
	if err != nil {
		return Person{}, err
	}
	c.mu.Lock()
	person, known := c.person(found.Email)
	c.mu.Unlock()
	if !known {
		return Person{}, oidcrp.Refuse(oidcrp.PersonUnknown, "nobody here has the e-mail address %q", found.Email)
	}
	return person, nil
}

// claim uses the request up that an answer belongs to. It has to come from the
// browser that made it.
func (c *cloudTalk) claim(r *http.Request, state string) error {
	if state == "" {
		return oidcrp.Refuse(oidcrp.Malformed, "the answer carries no state, so it answers nothing that was asked here")
	}
	browser := ""
	if known, err := r.Cookie(c.brokerCookie()); err == nil && known.Value != "" {
		browser = digest(known.Value)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	made, ok := c.state.requests[state]
	switch {
	case !ok || !c.env.Now().Before(made.ExpiresAt):
		return oidcrp.Refuse(oidcrp.UnknownRequest, "the answer belongs to no sign-in that is under way here: it was answered before, or is too old")
	case made.Browser != browser:
		return oidcrp.Refuse(oidcrp.RequestCookieMissing, "this browser did not begin the sign-in that is answered, or it sent no cookie with the answer")
	}
	change := c.change()
	change.removeRequest(state)
	return change.commit()
}

func (c *cloudTalk) refuseSignIn(w http.ResponseWriter, r *http.Request, err error) error {
	var refusal *oidcrp.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	status := http.StatusForbidden
	if refusal.Code == oidcrp.Malformed {
		status = http.StatusBadRequest
	}
	return c.render(w, r, status, page{Template: "refusal", Title: "Sign-in refused", Reason: string(refusal.Code), Body: refusal.Sentence()})
}

// takeTicket begins the session at the portal.
func (c *cloudTalk) takeTicket(w http.ResponseWriter, r *http.Request) error {
	person, ok := c.tickets.take(r.FormValue("ticket"), c.env.Now())
	if !ok {
		return c.message(w, r, http.StatusForbidden, "This sign-in has run out", "Log in again.")
	}
	if err := c.signIn(w, person, true); err != nil {
		return err
	}
	http.Redirect(w, r, c.portalURL("/home"), http.StatusSeeOther)
	return nil
}

// tickets carry people from the broker to the portal, once and at once.
type tickets struct {
	mu  sync.Mutex
	all map[string]ticket
}

type ticket struct {
	person Person
	ends   time.Time
}

func (t *tickets) add(id string, person Person, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		t.all = map[string]ticket{}
	}
	for key, old := range t.all {
		if !now.Before(old.ends) {
			delete(t.all, key)
		}
	}
	t.all[digest(id)] = ticket{person, now.Add(ticketLife)}
}

func (t *tickets) take(id string, now time.Time) (Person, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one, ok := t.all[digest(id)]
	delete(t.all, digest(id))
	return one.person, ok && now.Before(one.ends)
}
