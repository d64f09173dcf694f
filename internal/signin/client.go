// Package signin carries out one real sign-in over plain HTTP, as a browser
// would, and tells what went by. It judges no SAML response; samlcheck does.
package signin

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
)

// Config says who signs in, and through what.
type Config struct {
	Transport http.RoundTripper
	// OktaURL is the origin of the Okta org, https or loopback. The password
	// and what Okta gives for it go to no other origin, ever.
	OktaURL  string
	Login    string
	Password secret.String
	Now      func() time.Time
	// Sleep waits where Okta puts a try off; nil waits on the real clock.
	Sleep func(ctx context.Context, d time.Duration) error
	// UserAgent names the program to both sides.
	UserAgent string
	// MaxHops bounds the requests of one sign-in; 0 means 30.
	MaxHops int
}

const (
	defaultMaxHops = 30
	// requestTimeout bounds one request with its answer.
	requestTimeout = time.Minute
)

// Client signs one person in, as often as asked. It is safe for concurrent use:
// each sign-in has its own empty cookie jar.
type Client struct {
	cfg  Config
	okta *url.URL // origin
}

// New checks cfg and makes a Client of it. It does no I/O.
func New(cfg Config) (*Client, error) {
	okta, err := parseOkta(cfg.OktaURL)
	if err != nil {
		return nil, err
	}
	switch {
	case cfg.Transport == nil || cfg.Now == nil:
		return nil, fmt.Errorf("sign in at %s: transport and clock are needed", origin(okta))
	case strings.TrimSpace(cfg.Login) == "":
		return nil, hint.New(hint.Usage, "sign in: no login is given", "say who tests with --test-user LOGIN")
	case cfg.Password.IsZero():
		return nil, hint.New(hint.Usage, fmt.Sprintf("sign in as %q: no password is given", sso.PlainText(cfg.Login, 100)),
			"give the tester's password with --test-password-file FILE, or use --test browser")
	}
	if cfg.Sleep == nil {
		cfg.Sleep = wait
	}
	if cfg.MaxHops <= 0 {
		cfg.MaxHops = defaultMaxHops
	}
	return &Client{cfg: cfg, okta: okta}, nil
}

// parseOkta gives the origin of an org to which a password may go.
func parseOkta(text string) (*url.URL, error) {
	okta, err := parseWebURL(text)
	if err != nil {
		return nil, hint.With(hint.Usage, fmt.Errorf("sign in at Okta org %q: %w", sso.PlainText(text, 200), err),
			"give the org as https://acme.okta.com")
	}
	if okta.Scheme == "http" && !isLoopback(okta.Hostname()) {
		return nil, hint.New(hint.Usage, fmt.Sprintf("sign in at %s: a password is not sent over plain http", origin(okta)),
			"give the org as https://acme.okta.com")
	}
	return &url.URL{Scheme: okta.Scheme, Host: okta.Host}, nil
}

// SignIn signs the person in once and tells how far it came. Whatever Okta, the
// service provider or the network do is an Outcome, with what was seen until
// then; an error means that ctx ended, or that req cannot be carried out at all.
func (c *Client) SignIn(ctx context.Context, req sso.SignInRequest) (sso.Seen, error) {
	start, err := parseWebURL(req.StartURL)
	if err != nil {
		return sso.Seen{}, fmt.Errorf("sign in: start at %q: %w", sso.PlainText(req.StartURL, 200), err)
	}
	r := newRun(c, req)
	if err := r.signIn(ctx, start); err != nil {
		return r.seen, fmt.Errorf("sign in (%s): %w", req.Flow, err)
	}
	r.seen.Detail = r.clean(r.seen.Detail)
	return r.seen, nil
}

// parseWebURL takes an absolute http or https URL without user information.
func parseWebURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || !isWeb(u) || u.User != nil {
		return nil, fmt.Errorf("not an http or https address")
	}
	return u, nil
}

func isWeb(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// origin is scheme, host and port, without a port that goes without saying.
func origin(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		port = ""
	}
	switch {
	case port != "":
		host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	return u.Scheme + "://" + host
}

// bare is u as it may be kept: without query, fragment and user information.
func bare(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
}
