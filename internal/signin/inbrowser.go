package signin

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"example.com/ssowizard/internal/browser"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
)

// InBrowserConfig says who signs in, and in which browser.
type InBrowserConfig struct {
	// Browser is what each sign-in starts, with a profile of its own that is
	// taken away afterwards. Without Headless somebody is expected to sit at it.
	Browser browser.Options
	// OktaURL is the origin of the Okta org, https or loopback. The password
	// goes to no other origin, ever.
	OktaURL string
	Login   string
	// Password may be zero where somebody sits at the browser.
	Password secret.String
	// Proxy holds the user of the browser's proxy, nil for none.
	Proxy *url.Userinfo
	Now   func() time.Time
	// Ask is told, in plain words, what somebody at the browser has to do.
	Ask func(what string)
}

// Limits of one sign-in in a browser.
const (
	personMay  = 10 * time.Minute // a phone has to be found first
	machineMay = 3 * time.Minute
	// maxPages bounds the requests for pages: a person tries things.
	maxPages = 300
)

// InBrowser signs one person in, each time in a browser of its own: real pages
// with their scripts, and where it takes more than a password, a real person.
// Who has signed in themselves is known to Okta at the next sign-in of the same
// InBrowser, so that one phone call does for a test; at the service provider each
// begins anew. It is safe for concurrent use.
type InBrowser struct {
	cfg    InBrowserConfig
	c      *Client // what judging needs
	person bool    // somebody sits at the browser
	kept   *session
}

// NewInBrowser checks cfg and makes an InBrowser of it. It does no I/O.
func NewInBrowser(cfg InBrowserConfig) (*InBrowser, error) {
	okta, err := parseOkta(cfg.OktaURL)
	switch {
	case err != nil:
		return nil, err
	case cfg.Now == nil || cfg.Browser.Program == "":
		return nil, fmt.Errorf("sign in at %s in a browser: a clock and a browser are needed", origin(okta))
	case strings.TrimSpace(cfg.Login) == "":
		return nil, hint.New(hint.Usage, "sign in: no login is given", "say who tests with --test-user LOGIN")
	case cfg.Browser.Headless && cfg.Password.IsZero():
		return nil, hint.New(hint.Usage, fmt.Sprintf("sign in as %q: there is no screen here for a browser window, and no password is given", sso.PlainText(cfg.Login, 100)),
			"give the tester's password with --test-user and --test-password-file FILE, or sign in on another machine with --test by-hand")
	}
	cfg.Browser.Drive, cfg.Browser.Profile = true, ""
	if cfg.Ask == nil {
		cfg.Ask = func(string) {}
	}
	judging := Config{OktaURL: cfg.OktaURL, Login: cfg.Login, Password: cfg.Password, Now: cfg.Now, MaxHops: maxPages}
	return &InBrowser{cfg: cfg, c: &Client{cfg: judging, okta: okta}, person: !cfg.Browser.Headless, kept: &session{}}, nil
}

// SignIn signs the person in once and tells how far it came, as Client.SignIn
// does. An error means beside that that the browser did not start, or was
// closed, or that nobody went on in it.
func (b *InBrowser) SignIn(ctx context.Context, req sso.SignInRequest) (sso.Seen, error) {
	start, err := parseWebURL(req.StartURL)
	if err != nil {
		return sso.Seen{}, fmt.Errorf("sign in in a browser: start at %q: %w", sso.PlainText(req.StartURL, 200), err)
	}
	w := newWatch(b.c, req, b.person)
	if err := b.carryOut(ctx, w, start); err != nil {
		return w.seen, fmt.Errorf("sign in in a browser (%s): %w", req.Flow, err)
	}
	return w.seen, nil
}

// CodeFlow gets a code as Client.CodeFlow does; the browser is stopped before
// the redirect to the service provider.
func (b *InBrowser) CodeFlow(ctx context.Context, req sso.CodeFlowRequest) (sso.CodeFlow, error) {
	f, err := newCodeFlow(b.c, req)
	if err != nil {
		return sso.CodeFlow{}, fmt.Errorf("sign in in a browser for a code: %w", err)
	}
	w := &watch{run: f.run, code: f, person: b.person}
	err = b.carryOut(ctx, w, f.start)
	f.out.Seen = w.seen
	if err != nil {
		return f.out, fmt.Errorf("sign in in a browser for a code: %w", err)
	}
	return f.out, nil
}

var (
	errClosed = hint.New(hint.TestFailed, "the browser was closed before the sign-in was over",
		"run the same command again, and leave the window open until it closes by itself")
	errNobody = hint.New(hint.TestFailed, fmt.Sprintf("nobody finished the sign-in in the browser window within %s", minutes(personMay)),
		"run the same command again, and sign in in the window that opens")
	errSlow = errors.New("too slow")
)

func minutes(d time.Duration) string { return fmt.Sprintf("%d minutes", int(d/time.Minute)) }

// carryOut makes one sign-in in one browser, and makes an outcome of its end.
func (b *InBrowser) carryOut(ctx context.Context, w *watch, start *url.URL) error {
	limit, late := machineMay, errSlow
	if w.person {
		limit, late = personMay, errNobody
	}
	limited, cancel := context.WithTimeoutCause(ctx, limit, late)
	defer cancel()
	started, err := browser.Start(limited, b.cfg.Browser)
	if err != nil {
		return err
	}
	win := &window{cfg: b.cfg, watch: w, tools: started.DevTools(), tabs: map[string]*tab{}, start: start}
	if !w.automatic() {
		win.kept = b.kept
	}
	err = win.watchOver(limited)
	if errors.Is(err, browser.ErrGone) {
		<-started.Done()
		err = errClosed
	}
	closing := started.Close()
	switch {
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case errors.Is(err, errSlow):
		err = &end{detail: fmt.Sprintf("no end within %s; the last page was %s", minutes(limit), w.seen.FinalURL)}
	case errors.Is(err, errClosed) && closing != nil:
		err = closing
	}
	err = w.finish(err, w.otherwise())
	w.seen.Detail = w.clean(w.seen.Detail)
	return err
}

// otherwise is what an end means that left it open.
func (w *watch) otherwise() sso.Outcome {
	switch w.stage {
	case toOkta:
		return sso.OutcomeStartRefused
	case delivered:
		return sso.OutcomeSPRefused
	case atOkta:
	}
	return sso.OutcomeIdPError
}
