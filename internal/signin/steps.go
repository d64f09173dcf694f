package signin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"example.com/ssowizard/internal/sso"
)

// signIn goes the whole way: to Okta, past its sign-in, back with its answer.
func (r *run) signIn(ctx context.Context, start *url.URL) error {
	asking, err := r.reachOkta(ctx, start)
	if err != nil {
		return r.finish(err, sso.OutcomeStartRefused)
	}
	if err := r.authenticate(ctx); err != nil {
		return r.finish(err, sso.OutcomeIdPError)
	}
	answer, err := r.answer(ctx, asking)
	if err != nil {
		return r.finish(err, sso.OutcomeIdPError)
	}
	r.seen.Outcome = sso.OutcomeAnswered
	if !r.req.Deliver {
		return nil
	}
	return r.finish(r.deliver(ctx, answer), sso.OutcomeSPRefused)
}

// reachOkta goes from the start to the first request for Okta, and does not make it.
func (r *run) reachOkta(ctx context.Context, start *url.URL) (request, error) {
	q := request{method: http.MethodGet, url: start}
	way := entrance{req: r.req}
	for {
		if err := r.keepAsking(q); err != nil {
			return q, err
		}
		if r.atOkta(q.url) {
			return q, nil
		}
		p, err := r.load(ctx, q)
		if err != nil {
			return q, err
		}
		n, ok, err := r.next(q, p)
		switch {
		case err != nil:
			return q, err
		case !ok && p.status < 400:
			n, ok = way.step(p)
		}
		if !ok {
			return q, &end{outcome: sso.OutcomeStartRefused, detail: describe(p)}
		}
		q = n
	}
}

// keepAsking keeps the AuthnRequest that a request carries, if it does. One for
// somebody else than Okta is the end.
func (r *run) keepAsking(q request) error {
	message, ok := samlRequestOf(q)
	if !ok {
		return nil
	}
	if !r.atOkta(q.url) {
		return &end{outcome: sso.OutcomeIdPError, detail: fmt.Sprintf(
			"the service provider sends people to %s, not to %s", origin(q.url), origin(r.c.okta))}
	}
	// One that cannot be read is left for Okta to judge.
	r.asked, _ = readAuthnRequest(message)
	r.seen.RequestID = sso.PlainText(r.asked.ID, 200)
	return nil
}

// answer gets a session and asks Okta as the service provider, or the tile,
// would have it. What it gives is the delivery of Okta's answer.
func (r *run) answer(ctx context.Context, asking request) (request, error) {
	q, err := r.withSession(ctx, asking)
	if err != nil {
		return q, err
	}
	for {
		p, err := r.load(ctx, q)
		if err != nil {
			return q, err
		}
		if f, ok := p.samlAnswer(); ok {
			return f.request(p.url), r.keepAnswer(f)
		}
		n, ok, err := r.next(q, p)
		switch {
		case err != nil:
			return q, err
		case !ok, !isRedirect(p.status) && (p.password || p.signInIdP):
			return q, r.judgeOktaPage(p)
		case !r.atOkta(n.url):
			if answered, err := r.codeAnswer(n, asking); answered {
				return n, err
			}
			return n, r.judgeDeparture(n, asking)
		}
		q = n
	}
}

// withSession turns the session token into a session and gives the request that
// continues. One that Okta can redirect to goes along with the token; a form
// has to be posted afterwards.
func (r *run) withSession(ctx context.Context, asking request) (request, error) {
	after := asking.url.String()
	if asking.method == http.MethodPost {
		after = r.c.okta.JoinPath("/app/UserHome").String()
	}
	u := r.c.okta.JoinPath(sessionPath)
	u.RawQuery = url.Values{"token": {r.token}, "redirectUrl": {after}}.Encode()
	q := request{method: http.MethodGet, url: u, initiator: r.c.okta}
	if asking.method != http.MethodPost {
		return q, nil
	}
	p, err := r.load(ctx, q)
	if err != nil {
		return q, err
	}
	if !isRedirect(p.status) {
		return q, r.judgeOktaPage(p)
	}
	// As if from Okta's own sign-in page, which holds such a form back until
	// the person has signed in.
	asking.initiator = r.c.okta
	return asking, nil
}

const sessionPath = "/login/sessionCookieRedirect"

func (p *page) samlAnswer() (form, bool) {
	for _, f := range p.forms {
		if f.fields.Has("SAMLResponse") && f.action != nil {
			return f, true
		}
	}
	return form{}, false
}

func (r *run) keepAnswer(f form) error {
	r.seen.At = r.c.cfg.Now()
	r.seen.PostedTo = f.action.String()
	r.seen.RelayState = f.fields.Get("RelayState")
	xml, err := decodeBase64(f.fields.Get("SAMLResponse"))
	if err != nil || len(xml) == 0 {
		return &end{outcome: sso.OutcomeIdPError, detail: "the SAMLResponse on Okta's page is empty or not base64"}
	}
	r.seen.Response = xml
	return nil
}

// judgeOktaPage says what a page of Okta means that is not an answer. Okta has
// no codes there: status, words and the sign-in page's marks are all there is.
func (r *run) judgeOktaPage(p *page) error {
	e := &end{outcome: sso.OutcomeIdPError, detail: describe(p)}
	lower := strings.ToLower(p.title + " " + p.text)
	switch {
	case p.url.Path == sessionPath && p.status >= 400:
	case p.status == http.StatusForbidden, containsAny(lower, notAssigned...):
		e.outcome = sso.OutcomeNotAssigned
	case p.status < 400 && p.isSignIn():
		e.outcome = sso.OutcomeMoreFactors
		if r.asked.ForceAuthn {
			e.detail = "the service provider asks for a fresh sign-in (ForceAuthn), which takes a browser; Okta showed: " + e.detail
		}
	}
	return e
}

// notAssigned are the words of Okta's page for people without the app.
var notAssigned = []string{"not assigned", "isn't assigned", "not been assigned", "don't have access to this", "do not have access to this"}

func (p *page) isSignIn() bool {
	return p.password || p.signInIdP || strings.HasPrefix(p.url.Path, "/login/") || strings.HasPrefix(p.url.Path, "/signin")
}

// judgeDeparture says what it means that Okta sends the person elsewhere
// without a SAML answer.
func (r *run) judgeDeparture(n, asking request) error {
	q := n.url.Query()
	_, federated := samlRequestOf(n)
	switch {
	case federated:
		return &end{outcome: sso.OutcomeIdPError, detail: "Okta sends the person on to " + origin(n.url) + " to sign in there"}
	case q.Get("error") != "":
		return &end{outcome: outcomeOfError(q), detail: "Okta answered " + q.Get("error") + ": " + q.Get("error_description")}
	case n.url.Path == asking.url.Path:
		return &end{outcome: sso.OutcomeIdPError, detail: "this Okta org answers under " + origin(n.url) + ": use that address as the org"}
	}
	return &end{outcome: sso.OutcomeNotAssigned, detail: "Okta sent the person to " + bare(n.url) +
		" instead of answering, as it does with people to whom the app is not assigned"}
}

func outcomeOfError(q url.Values) sso.Outcome {
	if containsAny(strings.ToLower(q.Get("error_description")), notAssigned...) {
		return sso.OutcomeNotAssigned
	}
	return sso.OutcomeIdPError
}

// deliver carries the answer to where Okta says, and follows what the service
// provider makes of it.
func (r *run) deliver(ctx context.Context, q request) error {
	for {
		p, err := r.load(ctx, q)
		if err != nil {
			return err
		}
		n, ok, err := r.next(q, p)
		if e, isEnd := err.(*end); isEnd && e.offWeb { //nolint:errorlint // next gives it unwrapped
			return &end{outcome: sso.OutcomeSignedIn, detail: e.detail} // into the provider's own program
		}
		switch {
		case err != nil:
			return err
		case !ok:
			return judgeArrival(p)
		}
		if err := r.askedAgain(n); err != nil {
			return err
		}
		q = n
	}
}

// askedAgain is the end of a sign-in after whose answer the service provider
// begins anew.
func (r *run) askedAgain(n request) error {
	_, again := samlRequestOf(n)
	if _, code := codeRequestOf(n); again || code && r.atOkta(n.url) {
		return &end{outcome: sso.OutcomeSPRefused, detail: "the service provider did not let the person in, and asked " + origin(n.url) + " again"}
	}
	return nil
}

// judgeArrival goes by the status. A page that asks for a password is a sign-in
// page, whatever its status: whoever is in is not asked.
func judgeArrival(p *page) error {
	if p.status >= 400 || p.password {
		return &end{outcome: sso.OutcomeSPRefused, detail: describe(p)}
	}
	return &end{outcome: sso.OutcomeSignedIn, detail: p.words()}
}

// describe is what a page says, or that it says nothing. Of an error of Okta's
// API it is the summary.
func describe(p *page) string {
	var api authnAnswer
	if json.Unmarshal(p.body, &api) == nil && api.ErrorSummary != "" {
		return api.words()
	}
	if text := p.words(); text != "" {
		return text
	}
	return fmt.Sprintf("an empty page with status %d", p.status)
}
