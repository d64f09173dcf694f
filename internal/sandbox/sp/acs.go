package sp

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
)

// attempt is one response posted to the ACS URL, on its way to a verdict.
type attempt struct {
	browser string // digest of the browser's cookie, "" without
	request request
	known   bool // the request named by the response is one of ours and open
	late    bool // it is one of ours, but for a test that has ended
	test    test // the test it belongs to; its ID is "" for an ordinary sign-in
	// connection is the configuration that the ACS URL belongs to. values are
	// its settings or, for a test, those that are tested.
	connection connection
	values     values
	relayState string
	response   *samlrp.Response

	assertion *samlrp.Assertion // not nil: signature and contents are in order
	person    Person
	account   *account // to be kept with the sign-in, nil for none
}

// acs receives responses from the identity provider, by way of the browser.
func (p *provider) acs(w http.ResponseWriter, r *http.Request) error {
	a := attempt{browser: p.knownBrowser(r)}
	err := p.receive(r, &a)
	if err == nil {
		err = p.judge(&a)
	}
	err = p.settle(&a, err)
	var refusal *samlrp.Refusal
	switch {
	case errors.As(err, &refusal):
		if a.test.Portal && a.test.Status != pending {
			return p.backToSettings(w, r, a.test)
		}
		return p.refuse(w, r, refusal)
	case err != nil:
		return err
	case a.test.Portal:
		return p.backToSettings(w, r, a.test)
	case a.test.ID != "":
		http.Redirect(w, r, p.portalURL("/sso/test/"+a.test.Key+"/result"), http.StatusSeeOther)
		return nil
	}
	if err := p.signIn(w, a.person, true); err != nil {
		return err
	}
	http.Redirect(w, r, p.portalURL("/home"), http.StatusSeeOther)
	return nil
}

func (p *provider) backToSettings(w http.ResponseWriter, r *http.Request, t test) error {
	http.Redirect(w, r, p.portalURL(p.settingsURL()+"?test="+t.ID), http.StatusSeeOther)
	return nil
}

// receive reads the form and finds what the response answers and with which
// settings it has to be judged.
func (p *provider) receive(r *http.Request, a *attempt) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return p.malformed(a, samlrp.Refuse(samlrp.Malformed, "the ACS URL takes a form post of the type application/x-www-form-urlencoded"))
	}
	if err := r.ParseForm(); err != nil {
		return p.malformed(a, samlrp.Refuse(samlrp.Malformed, "the form cannot be read: %v", err))
	}
	posted := r.PostForm["SAMLResponse"]
	if len(posted) != 1 {
		return p.malformed(a, samlrp.Refuse(samlrp.Malformed, "the form holds %d SAMLResponse parameters instead of one", len(posted)))
	}
	if a.response, err = samlrp.Parse(posted[0]); err != nil {
		return p.malformed(a, err)
	}
	a.relayState = r.PostForm.Get("RelayState")
	p.mu.Lock()
	defer p.mu.Unlock()
	p.find(a, a.response.InResponseTo())
	a.connection = p.named(r.PathValue("name"))
	switch {
	case a.late:
		return samlrp.Refuse(samlrp.UnknownRequest, "the test that the response answers has ended")
	case a.test.ID != "":
		a.values = a.test.Values
		return nil
	}
	if err := p.on(a.connection, r.PathValue("name")); err != nil {
		return err
	}
	a.values = a.connection.Settings
	return nil
}

// on refuses a sign-in with a configuration that is not there or not turned on.
func (p *provider) on(c connection, name string) error {
	switch {
	case c.Settings == nil && name != "":
		return samlrp.Refuse(samlrp.NotConfigured, "single sign-on is not configured here under the name %q", name)
	case c.Settings == nil:
		return samlrp.Refuse(samlrp.NotConfigured, "single sign-on is not configured for this account")
	case !c.Enabled:
		return samlrp.Refuse(samlrp.SSONotEnabled, "single sign-on is configured but not turned on for this account")
	}
	return nil
}

// find looks an open request up. The caller holds the lock.
func (p *provider) find(a *attempt, id string) {
	now := p.env.Now()
	request, ok := p.state.requests[id]
	if !ok || !now.Before(request.ExpiresAt) {
		return
	}
	t, ok := p.state.tests[request.TestID]
	if request.TestID != "" && (!ok || t.at(now).Status != pending) {
		a.late = true
		return
	}
	a.request, a.known, a.test = request, true, t
}

// malformed attributes an unreadable response to the test that this browser is
// in the middle of, if there is one: nothing else can, and whoever waits for
// the verdict should learn it.
func (p *provider) malformed(a *attempt, refusal error) error {
	if a.browser == "" {
		return refusal
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var newest request
	for _, r := range p.state.requests {
		if r.Browser == a.browser && r.TestID != "" && r.ExpiresAt.After(newest.ExpiresAt) {
			newest = r
		}
	}
	p.find(a, newest.ID)
	return refusal
}

// judge decides whether the response itself is in order.
func (p *provider) judge(a *attempt) error {
	trust, err := p.trust(a.values)
	if err != nil {
		return samlrp.Refuse(samlrp.NotConfigured, "the stored certificate %v", err)
	}
	a.assertion, err = a.response.Verify(trust, p.env.Now())
	return err
}

// admit decides whether an assertion that is in order lets somebody in. The
// caller holds the lock until the outcome is kept, so that of two posts of one
// response only the first gets through.
func (p *provider) admit(a *attempt) error {
	if _, seen := p.state.seen[digest(a.assertion.ID)]; seen {
		return samlrp.Refuse(samlrp.Replayed, "the assertion %q was used before", a.assertion.ID)
	}
	if err := p.begun(a); err != nil {
		return err
	}
	person, changed, err := p.match(a.assertion, a.values)
	if err != nil {
		return err
	}
	a.person = person
	if a.test.ID == "" { // a test makes no accounts
		a.account = changed
	}
	return nil
}

// begun decides whether the sign-in began in a way that the provider takes.
func (p *provider) begun(a *attempt) error {
	id := a.assertion.InResponseTo
	switch {
	case id != "":
		return p.answersOurs(a, id)
	case p.spInitiatedOnly:
		return samlrp.Refuse(samlrp.Unsolicited, "the sign-in was begun at the identity provider, but %s takes only sign-ins that begin here, at %s", p.name, p.at(p.loginAt, a.values))
	case p.relayState == "" || p.ours(a.relayState):
		return nil
	case a.relayState == "":
		return samlrp.Refuse(samlrp.WrongRelayState, "the sign-in was begun at the identity provider and came without a RelayState, so it leads nowhere; the RelayState has to be %s", p.relayState)
	}
	return samlrp.Refuse(samlrp.WrongRelayState, "the RelayState is %q, which is no page of %s; it has to be %s", a.relayState, p.name, p.relayState)
}

func (p *provider) answersOurs(a *attempt, id string) error {
	now := attempt{}
	if p.find(&now, id); !now.known || now.request != a.request || a.test.ID == "" && a.request.Connection != a.connection.ID {
		return samlrp.Refuse(samlrp.UnknownRequest, "the response answers the request %q, which is not open here: it was never made, was answered, or is too old", id)
	}
	if a.request.Browser != a.browser {
		return samlrp.Refuse(samlrp.RequestCookieMissing, "this browser did not begin the sign-in that the response answers, or it sent no cookie with the response")
	}
	return nil
}

// ours tells whether a RelayState is a page of the portal.
func (p *provider) ours(relayState string) bool {
	u, err := url.Parse(relayState)
	return err == nil && u.Scheme == "https" && u.User == nil && strings.EqualFold(u.Hostname(), p.portalHost)
}

// trust is what a response is judged by under the given settings.
func (p *provider) trust(v values) (samlrp.Trust, error) {
	t := samlrp.Trust{
		ACSURL: p.acsURL(v), Audience: p.entityID(v), AudienceLabel: p.audienceLabel,
		Issuer: v[p.issuer], IssuerLabel: p.label(p.issuer), BareIssuer: p.bareIssuer,
		CertificateEnds: p.certificateEnds, Skew: clockSkew,
	}
	if p.fingerprint != "" {
		t.Fingerprint = samlrp.Fingerprint{Algorithm: v[p.fingerprintAlgorithm], Digest: v[p.fingerprint]}
		return t, nil
	}
	f, _ := p.field(p.certificate)
	var err error
	t.Certificate, err = readCertificate(f.kind, v[p.certificate])
	return t, err
}

// settle makes the outcome durable: an accepted assertion is used up together
// with its request, and a test gets its verdict. It returns the outcome.
func (p *provider) settle(a *attempt, outcome error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if outcome == nil {
		outcome = p.admit(a)
	}
	var refusal *samlrp.Refusal
	if outcome != nil && !errors.As(outcome, &refusal) {
		return outcome
	}
	c := p.change()
	if refusal == nil {
		c.see(digest(a.assertion.ID), sighting{ExpiresAt: a.assertion.Expires.Add(clockSkew)})
		if a.account != nil {
			p.enrol(c, *a.account)
		}
	}
	// Whoever merely knows a request's id must not be able to end a test: the
	// response has to come from the browser that began it, or to be genuine.
	genuine := a.known && (a.request.Browser == a.browser || a.assertion != nil && a.assertion.InResponseTo == a.request.ID)
	if refusal == nil && a.known || genuine && a.test.ID != "" {
		c.removeRequest(a.request.ID)
	}
	if t := p.state.tests[a.test.ID]; genuine && t.ID != "" && t.at(p.env.Now()).Status == pending {
		a.test = verdict(t, a.person, refusal)
		c.test(a.test)
	}
	if err := c.commit(); err != nil {
		return err
	}
	return outcome
}

func verdict(t test, person Person, refusal *samlrp.Refusal) test {
	if refusal == nil {
		t.Status, t.Person = passed, person.Email
		t.Message = "The sign-in was accepted."
		return t
	}
	t.Status, t.Code, t.Message = failed, string(refusal.Code), refusal.Sentence()
	return t
}

// refuse shows why the sign-in was not accepted.
func (p *provider) refuse(w http.ResponseWriter, r *http.Request, refusal *samlrp.Refusal) error {
	status := http.StatusForbidden
	if refusal.Code == samlrp.Malformed {
		status = http.StatusBadRequest
	}
	return p.render(w, r, status, page{Template: "refusal", Title: "Sign-in refused", Reason: string(refusal.Code), Body: refusal.Sentence()})
}
