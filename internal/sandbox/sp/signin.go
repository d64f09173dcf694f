package sp

import (
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

type signInView struct{ Email, Error string }

func (p *provider) showSignIn(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, page{Template: "signin", Title: "Sign in", Body: signInView{}})
}

// enterAddress goes on with the identity provider when SSO is on, and with a
// password otherwise. It does not tell whether the address is known.
func (p *provider) enterAddress(w http.ResponseWriter, r *http.Request) error {
	email := strings.TrimSpace(r.FormValue("email"))
	if !looksLikeEmail(email) {
		return p.render(w, r, http.StatusUnprocessableEntity, page{Template: "signin", Title: "Sign in",
			Body: signInView{Email: email, Error: "Enter your e-mail address, such as name@example.com."}})
	}
	p.mu.Lock()
	current := p.state.connection
	p.mu.Unlock()
	if current.Enabled {
		return p.sendToIdP(w, r, current.Settings, "")
	}
	return p.render(w, r, http.StatusOK, page{Template: "password", Title: "Enter your password", Body: signInView{Email: email}})
}

func (p *provider) enterPassword(w http.ResponseWriter, r *http.Request) error {
	p.mu.Lock()
	on := p.state.connection.Enabled
	p.mu.Unlock()
	if on {
		return p.message(w, r, http.StatusForbidden, "Passwords are off", "Single sign-on is on for your organization. Go back to the sign-in page and enter your e-mail address.")
	}
	email := strings.TrimSpace(r.FormValue("email"))
	person, known := p.env.person(email)
	if !samePassword(person.Password, r.FormValue("password")) || !known {
		return p.render(w, r, http.StatusUnauthorized, page{Template: "password", Title: "Enter your password",
			Body: signInView{Email: email, Error: "The e-mail address or the password is wrong."}})
	}
	if err := p.signIn(w, person, false); err != nil {
		return err
	}
	http.Redirect(w, r, p.portalURL("/home"), http.StatusSeeOther)
	return nil
}

// signOut ends the session here, and at the identity provider when the session
// came from there and a logout URL is set.
func (p *provider) signOut(w http.ResponseWriter, r *http.Request) error {
	to := p.portalURL("/login")
	if s, ok := p.session(r); ok && s.SSO {
		p.mu.Lock()
		if url := p.state.connection.Settings[p.logoutURL]; url != "" {
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
	return p.render(w, r, http.StatusOK, page{Template: "home", Title: "Home"})
}

// sendToIdP begins a SAML sign-in with the given settings. The request is on
// disk before the browser leaves, so an answer can always be matched.
func (p *provider) sendToIdP(w http.ResponseWriter, r *http.Request, v values, testID string) error {
	browser, err := p.browser(w, r)
	if err != nil {
		return err
	}
	id, err := p.env.token()
	if err != nil {
		return err
	}
	id = "_" + id // an XML ID must not begin with a digit
	now := p.env.Now()
	to, err := samlrp.Request{ID: id, Issuer: p.entityID(v), ACSURL: p.acsURL(), LoginURL: v[p.loginURL], Now: now}.URL()
	if err != nil {
		return err
	}
	p.mu.Lock()
	c := p.change()
	c.request(request{ID: id, TestID: testID, Browser: digest(browser), ExpiresAt: now.Add(requestLife)})
	err = c.commit()
	p.mu.Unlock()
	if err != nil {
		return err
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
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
