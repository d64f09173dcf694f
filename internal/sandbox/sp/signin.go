package sp

import (
	"errors"
	"net/http"
	"strings"
	"unicode"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
)

func (p *provider) showStart(w http.ResponseWriter, r *http.Request) error {
	to := "/login"
	if _, ok := p.session(r); ok {
		to = "/home"
	}
	http.Redirect(w, r, p.portalURL(to), http.StatusSeeOther)
	return nil
}

type signInView struct {
	Email, Error string
	SSOLink      string // label of the link to a sign-in with SSO, "" without
	Label, Next  string // of the form
	Action       string
}

func (p *provider) signInPage(email, problem string) page {
	return page{Template: "signin", Title: "Sign in", Body: signInView{
		Email: email, Error: problem, SSOLink: p.ssoLink, Label: "Email address", Next: "Next", Action: "/login"}}
}

func (p *provider) passwordPage(email, problem string) page {
	return page{Template: "password", Title: "Enter your password", Body: signInView{Email: email, Error: problem, SSOLink: p.ssoLink}}
}

const noAddress = "Enter your e-mail address, such as name@example.com."

func (p *provider) showSignIn(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, p.signInPage("", ""))
}

// enterAddress goes on with a password while passwords are good, and with the
// identity provider otherwise. It does not tell whether the address is known.
func (p *provider) enterAddress(w http.ResponseWriter, r *http.Request) error {
	email := strings.TrimSpace(r.FormValue("email"))
	if !looksLikeEmail(email) {
		return p.render(w, r, http.StatusUnprocessableEntity, p.signInPage(email, noAddress))
	}
	p.mu.Lock()
	current := p.state.current()
	password := p.takesPassword(current, email)
	p.mu.Unlock()
	if !password {
		return p.startSignIn(w, r, current)
	}
	return p.render(w, r, http.StatusOK, p.passwordPage(email, ""))
}

// takesPassword tells whether somebody may sign in with a password now.
func (p *provider) takesPassword(c connection, email string) bool {
	if !c.Enabled || p.passwordsStay || p.bypasses != nil && p.bypasses(p, email) {
		return true
	}
	end, later := p.passwordDeadline(c)
	return later && p.env.Now().Before(end)
}

func (p *provider) enterPassword(w http.ResponseWriter, r *http.Request) error {
	email := strings.TrimSpace(r.FormValue("email"))
	p.mu.Lock()
	takes := p.takesPassword(p.state.current(), email)
	person, known := p.person(email)
	p.mu.Unlock()
	if !takes {
		return p.message(w, r, http.StatusForbidden, "Passwords are off", "Single sign-on is on for your organization. Go back to the sign-in page and use it.")
	}
	if !samePassword(person.Password, r.FormValue("password")) || !known {
		return p.render(w, r, http.StatusUnauthorized, p.passwordPage(email, "The e-mail address or the password is wrong."))
	}
	if err := p.signIn(w, person, false); err != nil {
		return err
	}
	http.Redirect(w, r, p.portalURL("/home"), http.StatusSeeOther)
	return nil
}

// showSSO is where the sign-in page's link leads: to the identity provider, by
// way of the company's address where the provider asks for it.
func (p *provider) showSSO(w http.ResponseWriter, r *http.Request) error {
	if p.companyEmail != "" {
		return p.render(w, r, http.StatusOK, p.companyPage("", ""))
	}
	return p.startCurrent(w, r)
}

func (p *provider) companyPage(email, problem string) page {
	return page{Template: "signin", Title: p.ssoLink, Body: signInView{
		Email: email, Error: problem, Label: p.companyEmail, Next: p.companySubmit, Action: "/login/sso"}}
}

func (p *provider) enterCompanyEmail(w http.ResponseWriter, r *http.Request) error {
	if email := strings.TrimSpace(r.FormValue("email")); p.companyEmail != "" && !looksLikeEmail(email) {
		return p.render(w, r, http.StatusUnprocessableEntity, p.companyPage(email, noAddress))
	}
	return p.startCurrent(w, r)
}

func (p *provider) startCurrent(w http.ResponseWriter, r *http.Request) error {
	p.mu.Lock()
	current := p.state.current()
	p.mu.Unlock()
	return p.startOrRefuse(w, r, current, "")
}

// startNamed begins a sign-in at the URL that names its configuration.
func (p *provider) startNamed(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	p.mu.Lock()
	c := p.named(name)
	p.mu.Unlock()
	return p.startOrRefuse(w, r, c, name)
}

func (p *provider) startOrRefuse(w http.ResponseWriter, r *http.Request, c connection, name string) error {
	var refusal *samlrp.Refusal
	if err := p.on(c, name); errors.As(err, &refusal) {
		return p.refuse(w, r, refusal)
	}
	return p.startSignIn(w, r, c)
}

func (p *provider) startSignIn(w http.ResponseWriter, r *http.Request, c connection) error {
	return p.sendToIdP(w, r, c.Settings, request{Connection: c.ID})
}

// signOut ends the session here, and at the identity provider when the session
// came from there and a logout URL is set.
func (p *provider) signOut(w http.ResponseWriter, r *http.Request) error {
	to := p.portalURL("/login")
	if s, ok := p.session(r); ok && s.SSO {
		p.mu.Lock()
		if url := p.state.current().Settings[p.logoutURL]; url != "" {
			to = url
		}
		p.mu.Unlock()
	}
	if c, err := r.Cookie(p.sessionCookie()); err == nil {
		p.sessions.remove(c.Value)
	}
	p.setCookie(w, p.sessionCookie(), "", http.SameSiteLaxMode, -1e9)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (p *provider) showHome(w http.ResponseWriter, r *http.Request) error {
	if _, ok := p.session(r); !ok {
		http.Redirect(w, r, p.portalURL("/login"), http.StatusSeeOther)
		return nil
	}
	s, _ := p.session(r)
	p.mu.Lock()
	a := p.state.accounts[addressKey(s.Person.Email)]
	p.mu.Unlock()
	return p.render(w, r, http.StatusOK, page{Template: "home", Title: "Home", Body: a})
}

// sendToIdP begins a SAML sign-in with the given settings. The request is on
// disk before the browser leaves, so an answer can always be matched.
func (p *provider) sendToIdP(w http.ResponseWriter, r *http.Request, v values, made request) error {
	browser, err := p.browser(w, r)
	if err != nil {
		return err
	}
	id, err := p.env.token()
	if err != nil {
		return err
	}
	now := p.env.Now()
	made.ID = "_" + id // an XML ID must not begin with a digit
	made.Browser, made.ExpiresAt = digest(browser), now.Add(requestLife)
	to, err := samlrp.Request{
		ID: made.ID, Issuer: p.entityID(v), ACSURL: p.acsURL(v), LoginURL: v[p.loginURL], Now: now, RelayState: p.relayState,
	}.URL()
	if err != nil {
		return err
	}
	p.mu.Lock()
	c := p.change()
	c.request(made)
	err = c.commit()
	p.mu.Unlock()
	if err != nil {
		return err
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (p *provider) showMetadata(w http.ResponseWriter, r *http.Request) error {
	p.mu.Lock()
	c := p.named(r.PathValue("name"))
	p.mu.Unlock()
	if c.Settings == nil {
		return p.notFound(w, r)
	}
	xml, err := samlrp.Metadata(p.entityID(c.Settings), p.acsURL(c.Settings))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write(xml)
	return nil
}

// looksLikeEmail is as strict as matching needs: one @ with something on both
// sides and nothing that an address cannot hold.
func looksLikeEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && domain != "" && len(s) <= 254 &&
		!strings.Contains(domain, "@") && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '<' || r == '>'
	})
}
