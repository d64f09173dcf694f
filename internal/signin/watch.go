package signin

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"example.com/ssowizard/internal/sso"
)

// stage is how far a sign-in in a browser has come.
type stage int

const (
	toOkta    stage = iota // on the way from the service provider
	atOkta                 // Okta has been asked
	delivered              // its answer goes to the service provider
)

// watch is a sign-in that somebody makes in a browser: what goes by is judged as
// in a sign-in over HTTP. It drives nothing; an error that is an end tells that
// the sign-in is over, and stop that the browser is to go no further.
type watch struct {
	*run
	code *codeFlow // nil where a service provider is signed in to
	// person tells that somebody sits at the browser and can go on where it
	// takes more than a login and a password.
	person bool

	stage   stage
	asking  request // for Okta's answer
	entered bool    // the password was sent, which is done once
}

func newWatch(c *Client, req sso.SignInRequest, person bool) *watch {
	return &watch{run: newRun(c, req), person: person}
}

// automatic tells that login and password are filled in by the program.
func (w *watch) automatic() bool { return !w.c.cfg.Password.IsZero() }

// asks is told of each request for a page before it is made. page is where the
// browser was.
func (w *watch) asks(q request) (stop bool, err error) {
	if w.requests++; w.requests > w.c.cfg.MaxHops {
		return true, &end{detail: fmt.Sprintf("it went in circles: more than %d requests, the last to %s", w.c.cfg.MaxHops, bare(q.url))}
	}
	if w.stage == delivered {
		return false, w.askedAgain(q)
	}
	if w.code != nil && w.code.arrives(q.url) {
		return true, w.code.read(q.url)
	}
	// Further on Okta may send the person to others who sign in for it.
	if w.stage == toOkta || w.atOkta(q.url) {
		if err := w.keepAsking(q); err != nil {
			return true, err
		}
	}
	switch fromOkta := q.initiator != nil && w.atOkta(q.initiator); {
	case w.atOkta(q.url):
		if _, code := codeRequestOf(q); w.stage == toOkta || code || w.carriesRequest(q) {
			w.stage, w.asking = atOkta, q
		}
	case w.stage == atOkta && fromOkta && q.method == http.MethodPost && q.form.Has("SAMLResponse"):
		if err := w.keepAnswer(form{action: q.url, method: q.method, fields: q.form}); err != nil {
			return true, err
		}
		return w.handOn(), nil
	case w.stage == atOkta:
		if answered, err := w.codeAnswer(q, w.asking); answered {
			return err != nil || w.handOn(), err
		}
	}
	return false, nil
}

func (w *watch) carriesRequest(q request) bool {
	_, ok := samlRequestOf(q)
	return ok
}

// handOn lets the answer go to the service provider, or tells to stop before it.
func (w *watch) handOn() (stop bool) {
	w.stage = delivered
	w.seen.Outcome, w.seen.Detail = sso.OutcomeAnswered, ""
	return !w.req.Deliver
}

// answered is told of each answer to a request for a page.
func (w *watch) answered(q request, p *page) (stop bool, err error) {
	w.note(sso.Hop{Method: q.method, URL: bare(q.url)}, q.url, p.status, p.header)
	if w.code != nil {
		if to, ok := w.code.arrival(p); ok {
			return true, w.code.read(to)
		}
	}
	n, leads, err := w.next(q, p)
	var e *end
	if errors.As(err, &e) {
		if e.offWeb && w.stage == delivered {
			e.outcome = sso.OutcomeSignedIn // into the provider's own program
		}
		return true, err
	}
	switch {
	case isRedirect(p.status) && leads:
		return false, w.leads(q, n)
	case leads || p.status < 400:
		return false, nil
	case w.stage == toOkta:
		return true, &end{outcome: sso.OutcomeStartRefused, detail: describe(p)}
	case w.stage == delivered:
		return true, judgeArrival(p)
	case w.atOkta(q.url) && !p.password && !p.signInIdP:
		return true, w.judgeOktaPage(p)
	}
	return false, nil
}

// leads judges a redirect of Okta to somebody else that is no answer. An app
// sends people away to whom it is not assigned; Okta's sign-in may send them to
// others who sign in for it, and back.
func (w *watch) leads(q, n request) error {
	if w.stage != atOkta || !w.atOkta(q.url) || w.atOkta(n.url) {
		return nil
	}
	if asked, ok := codeRequestOf(w.asking); ok && origin(asked.redirectURI) == origin(n.url) && asked.redirectURI.EscapedPath() == n.url.EscapedPath() {
		return nil // the answer, which asks judges
	}
	if w.person && (!ofApp(q.url.Path) || w.carriesRequest(n) || n.url.Query().Has("response_type")) {
		return nil
	}
	return w.judgeDeparture(n, w.asking)
}

// ofApp tells whether a path of Okta is an app's, not one of the sign-in.
func ofApp(path string) bool {
	return strings.HasPrefix(path, "/app/") || strings.HasPrefix(path, "/home/") || strings.HasPrefix(path, "/oauth2/")
}

// failed is told of a request for a page that no answer came to.
func (w *watch) failed(q request, why string) error {
	w.seen.Hops = append(w.seen.Hops, sso.Hop{Method: q.method, URL: bare(q.url)})
	why = strings.TrimPrefix(why, "net::")
	if strings.HasPrefix(why, "ERR_CERT_") || strings.HasPrefix(why, "ERR_SSL_") {
		why += "; a proxy that breaks TLS is a likely cause: --proxy, --ca-file"
	}
	return &end{outcome: sso.OutcomeUnreachable, detail: origin(q.url) + " did not answer: " + why}
}

// rests is told of a page that came to rest, as the browser shows it, when there
// is nothing on it that the program can do. It gives what to ask of a person.
func (w *watch) rests(p *page, f fields) (ask string, err error) {
	if _, leads, _ := w.next(request{}, p); leads && !isRedirect(p.status) {
		return "", nil
	}
	switch {
	case w.stage == delivered:
		return "", judgeArrival(p)
	case w.stage == toOkta && (w.automatic() || !w.person):
		return "", &end{outcome: sso.OutcomeStartRefused, detail: describe(p)}
	case w.stage == toOkta:
		return fmt.Sprintf("%s shows a page that does not lead to Okta by itself: go on in the browser window", origin(p.url)), nil
	case !w.atOkta(p.url) && !w.person:
		return "", &end{outcome: sso.OutcomeIdPError, detail: "Okta sends the person on to " + origin(p.url) + " to sign in there"}
	case !w.atOkta(p.url):
		return fmt.Sprintf("%s signs people in for Okta: go on there in the browser window, as %s", origin(p.url), w.c.cfg.Login), nil
	}
	return w.restsAtOkta(p, f)
}

func (w *watch) restsAtOkta(p *page, f fields) (ask string, err error) {
	if w.entered && f.Problem != "" {
		return "", &end{outcome: outcomeOfWords(f.Problem, p.status), detail: f.Problem}
	}
	judged := w.judgeOktaPage(p)
	var e *end
	switch {
	case !errors.As(judged, &e), e.outcome == sso.OutcomeNotAssigned, !w.person && e.outcome != sso.OutcomeMoreFactors:
		return "", judged
	case f.NewPassword && !w.person:
		return "", &end{outcome: sso.OutcomePasswordStale, detail: e.detail}
	case !w.person && !w.entered && f.Password && !w.automatic():
		return "", &end{outcome: sso.OutcomeMoreFactors, detail: "Okta asks for a password, and none was given"}
	case !w.person:
		return "", judged
	case w.entered:
		return "Okta asks for more than a password: go on in the browser window, as " + w.c.cfg.Login, nil
	}
	return w.invitation(), nil
}

// invitation is what to say to a person who is to sign in.
func (w *watch) invitation() string { return "sign in as " + w.c.cfg.Login + " in the browser window" }

// told is told what Okta's sign-in page heard from Okta. Before the password was
// sent it means nothing.
func (w *watch) told(p *page) (ask string, err error) {
	if !w.entered {
		return "", nil
	}
	outcome, detail := readSignIn(p)
	switch {
	case outcome == "":
		return "", nil
	case w.person && (outcome == sso.OutcomeMoreFactors || outcome == sso.OutcomePasswordStale):
		return "Okta asks for more than a password: go on in the browser window, as " + w.c.cfg.Login, nil
	}
	return "", &end{outcome: outcome, detail: detail}
}
