package signin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// maxInterstitial is how much text, in bytes, a page may have that people are
// not meant to read.
const maxInterstitial = 200

// maxBody bounds what is read of an answer.
const maxBody = 4 << 20

// run is one sign-in under way.
type run struct {
	c        *Client
	req      sso.SignInRequest
	http     *http.Client
	jar      *cookies
	seen     sso.Seen
	asked    authnRequest
	token    string // Okta's session token
	requests int
}

func newRun(c *Client, req sso.SignInRequest) *run {
	return &run{
		c: c, req: req, jar: newCookies(),
		seen: sso.Seen{Flow: req.Flow, At: c.cfg.Now()},
		http: &http.Client{
			Transport: c.cfg.Transport,
			Timeout:   requestTimeout,
			// Redirects are followed by hand: each is a hop, and where it leads
			// decides what happens next.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// An end is how a sign-in came to its end before it came to a page that could
// be judged.
type end struct {
	outcome sso.Outcome // "": whatever the part of the sign-in makes of it
	detail  string
	offWeb  bool // a redirect to something that is no web address
}

func (e *end) Error() string { return string(e.outcome) + ": " + e.detail }

// finish turns err into the outcome, if it is one; otherwise is for an end that
// left it open.
func (r *run) finish(err error, otherwise sso.Outcome) error {
	var e *end
	if !errors.As(err, &e) {
		return err
	}
	r.seen.Outcome, r.seen.Detail = e.outcome, e.detail
	if e.outcome == "" {
		r.seen.Outcome = otherwise
	}
	return nil
}

func (r *run) atOkta(u *url.URL) bool { return origin(u) == origin(r.c.okta) }

// clean makes text fit to be kept, and takes out the secrets, should a page
// have repeated them.
func (r *run) clean(text string) string {
	for _, s := range []string{r.token, r.c.cfg.Password.Reveal()} {
		if len(s) > 3 {
			text = strings.ReplaceAll(text, s, "[secret]")
		}
	}
	return sso.PlainText(text, maxDetail)
}

// load makes a request and reads the answer. With an error that is an end, the
// sign-in is over; any other error means that ctx is.
func (r *run) load(ctx context.Context, q request) (*page, error) {
	var body io.Reader
	if q.method == http.MethodPost {
		body = strings.NewReader(q.form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, q.method, q.url.String(), body)
	if err != nil {
		return nil, &end{outcome: sso.OutcomeUnreachable, detail: "the address " + bare(q.url) + " cannot be used"}
	}
	req.Header.Set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
	req.Header.Set("Accept-Language", "en")
	if q.method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if q.initiator != nil {
			req.Header.Set("Origin", origin(q.initiator))
		}
	}
	return r.send(req, q.initiator)
}

// send carries a request out, with cookies, and keeps what is told of it.
func (r *run) send(req *http.Request, initiator *url.URL) (*page, error) {
	if err := r.guard(req); err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", r.c.cfg.UserAgent)
	for _, cookie := range r.jar.forRequest(initiator, req.URL, req.Method) {
		req.AddCookie(cookie)
	}
	hop := sso.Hop{Method: req.Method, URL: bare(req.URL)}
	r.requests++
	resp, err := r.http.Do(req)
	if err != nil {
		r.seen.Hops = append(r.seen.Hops, hop)
		return nil, r.lost(req, err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end or given up
	r.note(hop, req.URL, resp.StatusCode, resp.Header)
	r.jar.keep(req.URL, resp.Cookies())
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return nil, r.lost(req, err)
	}
	return newPage(req.URL, resp.StatusCode, resp.Header, body), nil
}

// note keeps what is told of an answer.
func (r *run) note(hop sso.Hop, from *url.URL, status int, header http.Header) {
	hop.Status = status
	r.seen.Hops = append(r.seen.Hops, hop)
	r.seen.Status, r.seen.FinalURL = status, hop.URL
	if r.atOkta(from) {
		r.seen.OktaRequestID = sso.PlainText(header.Get("X-Okta-Request-Id"), 100)
	}
}

// guard stops a request that would carry the session token elsewhere, wherever
// the other side may have put it, and one that would begin another round.
func (r *run) guard(req *http.Request) error {
	if r.requests >= r.c.cfg.MaxHops {
		return &end{detail: fmt.Sprintf("it went in circles: more than %d requests, the last to %s", r.c.cfg.MaxHops, bare(req.URL))}
	}
	if r.token != "" && !r.atOkta(req.URL) && r.carriesToken(req) {
		return &end{outcome: sso.OutcomeIdPError, detail: "stopped: the session token would have gone to " + origin(req.URL)}
	}
	return nil
}

func (r *run) carriesToken(req *http.Request) bool {
	if strings.Contains(req.URL.String(), r.token) {
		return true
	}
	if req.GetBody == nil {
		return false
	}
	body, err := req.GetBody()
	if err != nil {
		return true
	}
	text, err := io.ReadAll(body)
	return err != nil || bytes.Contains(text, []byte(r.token))
}

// lost says that no answer came. The error of net/http names the whole URL,
// which may hold a token, so only its cause is kept.
func (r *run) lost(req *http.Request, err error) error {
	if ctxErr := context.Cause(req.Context()); ctxErr != nil {
		return ctxErr
	}
	var outer *url.Error
	cause := err
	if errors.As(err, &outer) {
		cause = outer.Err
		if outer.Timeout() {
			cause = errors.New("no answer in time")
		}
	}
	if errors.Is(cause, io.EOF) || errors.Is(cause, io.ErrUnexpectedEOF) {
		cause = errors.New("the connection broke off")
	}
	detail := fmt.Sprintf("%s did not answer: %s", origin(req.URL), cause)
	for _, tip := range hint.Hints(err) {
		detail += "; " + tip
	}
	return &end{outcome: sso.OutcomeUnreachable, detail: detail}
}

// next is the request that a page leads to without anybody doing anything: a
// redirect, an immediate refresh, a form that submits itself. An end tells that
// a page leads where HTTP does not.
func (r *run) next(q request, p *page) (request, bool, error) {
	if target := p.header.Get("Location"); isRedirect(p.status) && target != "" {
		u, err := p.url.Parse(target)
		if err != nil || !isWeb(u) {
			return request{}, false, &end{detail: "a redirect to an address that is none of the web: " + scheme(target), offWeb: true}
		}
		u.User = nil
		out := request{method: http.MethodGet, url: u, initiator: q.initiator}
		if p.status == http.StatusTemporaryRedirect || p.status == http.StatusPermanentRedirect {
			out.method, out.form = q.method, q.form
		}
		return out, true, nil
	}
	if f, ok := p.selfSubmitting(); ok {
		return f.request(p.url), true, nil
	}
	if p.refresh != nil && bare(p.refresh) != bare(p.url) {
		return request{method: http.MethodGet, url: p.refresh, initiator: p.url}, true, nil
	}
	return request{}, false, nil
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func scheme(target string) string {
	before, _, _ := strings.Cut(target, ":")
	return sso.PlainText(before, 30)
}

// selfSubmitting finds the form that a script would send right away. A form
// that carries a SAML message is meant to, whatever its script looks like.
func (p *page) selfSubmitting() (form, bool) {
	for _, f := range p.forms {
		if f.action != nil && (f.fields.Has("SAMLRequest") || f.fields.Has("SAMLResponse")) {
			return f, true
		}
	}
	// Any other must stand alone on its page: a hidden sign-out form beside what
	// people see is sent by their click, not by the page.
	alone := p.submits && len(p.forms) == 1 && p.links == 0 && len(p.text) <= maxInterstitial
	if alone && p.forms[0].action != nil && !p.forms[0].visible && len(p.forms[0].fields) > 0 {
		return p.forms[0], true
	}
	return form{}, false
}

// request is what sending f makes, from a page at self.
func (f form) request(self *url.URL) request {
	if f.method == http.MethodPost {
		return request{method: http.MethodPost, url: f.action, form: f.fields, initiator: self}
	}
	u := *f.action
	u.RawQuery = f.fields.Encode()
	return request{method: http.MethodGet, url: &u, initiator: self}
}
