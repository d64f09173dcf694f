package signin

import (
	"context"
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"

	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
)

// CodeFlow signs the person in at Okta's authorization endpoint and stops
// where Okta sends the browser to the service provider: nothing is sent there.
// Like SignIn it makes an outcome of whatever Okta or the network do; an error
// means that ctx ended, or that req cannot be carried out at all. The code is
// in CodeFlow.Code and nowhere else.
func (c *Client) CodeFlow(ctx context.Context, req sso.CodeFlowRequest) (sso.CodeFlow, error) {
	f, err := newCodeFlow(c, req)
	if err != nil {
		return sso.CodeFlow{}, fmt.Errorf("sign in for a code: %w", err)
	}
	err = f.run.finish(f.follow(ctx), sso.OutcomeIdPError)
	f.out.Seen = f.run.seen
	f.out.Seen.Detail = f.run.clean(f.out.Seen.Detail)
	if err != nil {
		return f.out, fmt.Errorf("sign in for a code: %w", err)
	}
	return f.out, nil
}

// codeFlow is one on its way.
type codeFlow struct {
	run      *run
	start    *url.URL
	callback *url.URL
	state    string
	out      sso.CodeFlow
}

func newCodeFlow(c *Client, req sso.CodeFlowRequest) (*codeFlow, error) {
	start, err := parseWebURL(req.AuthorizeURL)
	if err != nil {
		return nil, fmt.Errorf("the authorization endpoint: %w", err)
	}
	callback, err := url.Parse(req.RedirectURI)
	if err != nil || callback.Scheme == "" || callback.Fragment != "" {
		return nil, fmt.Errorf("the redirect URI %q is none", sso.PlainText(req.RedirectURI, 200))
	}
	f := &codeFlow{
		run:   newRun(c, sso.SignInRequest{Flow: sso.FlowSPInitiated, StartURL: bare(start)}),
		start: start, callback: callback, state: req.State,
	}
	switch {
	case !f.run.atOkta(start):
		return nil, fmt.Errorf("the authorization endpoint is at %s, not at %s", origin(start), origin(c.okta))
	case req.State == "" || start.Query().Get("state") != req.State:
		return nil, fmt.Errorf("the request to %s carries another state than the one given", bare(start))
	}
	return f, nil
}

// follow gets a session and goes through Okta until it answers.
func (f *codeFlow) follow(ctx context.Context) error {
	if err := f.run.authenticate(ctx); err != nil {
		return err
	}
	q, err := f.run.withSession(ctx, request{method: http.MethodGet, url: f.start})
	if err != nil {
		return err
	}
	for {
		p, err := f.run.load(ctx, q)
		if err != nil {
			return err
		}
		if to, ok := f.arrival(p); ok {
			return f.read(to)
		}
		n, ok, err := f.run.next(q, p)
		switch {
		case err != nil:
			return err
		case !ok, !isRedirect(p.status) && (p.password || p.signInIdP):
			return f.run.judgeOktaPage(p)
		case !f.run.atOkta(n.url):
			return f.run.judgeDeparture(n, request{url: f.start})
		}
		q = n
	}
}

// arrival is the redirect to the service provider. It may lead into a program,
// which next would not follow.
func (f *codeFlow) arrival(p *page) (*url.URL, bool) {
	target := p.header.Get("Location")
	if !isRedirect(p.status) || target == "" {
		return nil, false
	}
	to, err := p.url.Parse(target)
	return to, err == nil && f.arrives(to)
}

// arrives tells whether an address is the registered redirect URI.
func (f *codeFlow) arrives(to *url.URL) bool {
	return to.Scheme == f.callback.Scheme && to.Host == f.callback.Host && to.Opaque == f.callback.Opaque &&
		to.EscapedPath() == f.callback.EscapedPath()
}

// read takes the answer out of the redirect.
func (f *codeFlow) read(to *url.URL) error {
	r := f.run
	r.seen.At = r.c.cfg.Now()
	r.seen.PostedTo = bare(to)
	q := to.Query()
	switch {
	case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(f.state)) != 1:
		return &end{outcome: sso.OutcomeIdPError, detail: "Okta's answer carries another state than the request: it is not an answer to it"}
	case q.Get("error") != "":
		f.out.ErrorCode = sso.PlainText(q.Get("error"), 60)
		return &end{outcome: outcomeOfError(q), detail: "Okta answered " + q.Get("error") + ": " + q.Get("error_description")}
	case q.Get("code") == "":
		return &end{outcome: sso.OutcomeIdPError, detail: "Okta's answer holds neither a code nor an error"}
	}
	f.out.Code = secret.New(q.Get("code"))
	r.seen.Outcome, r.seen.Detail = sso.OutcomeAnswered, ""
	return nil
}
