package api

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/secret"
)

// Clock tells the time and waits. Sleep returns early, with the context's
// error, when the context ends.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
}

// Wait is a pause that the driver is about to make.
type Wait struct {
	Kind    string // rate-limit or retry
	Method  string
	Path    string
	For     time.Duration
	Until   time.Time
	Attempt int // number of the attempt that follows
	Reason  string
}

// Kinds of Wait.
const (
	WaitRateLimit = "rate-limit"
	WaitRetry     = "retry"
)

// Config is what a Driver needs.
type Config struct {
	Profile *catalog.Profile
	// BaseURL is where the API is; "" takes the profile's own.
	BaseURL string
	Token   secret.String
	// TokenFrom says where the token came from, for the message when it is
	// refused; "" names the profile's environment variable.
	TokenFrom string
	// Inputs are the admin's answers, for profiles whose requests use them.
	Inputs map[string]string
	// Transport carries the requests. It repeats nothing by itself.
	Transport http.RoundTripper
	Clock     Clock // nil: the real one
	// Notify hears of every pause; nil for nobody.
	Notify    func(Wait)
	UserAgent string
}

// Driver is one service provider's settings API. It is safe for concurrent use.
type Driver struct {
	profile   *catalog.Profile
	api       *catalog.API
	base      *url.URL
	token     secret.String
	header    secret.String // value of the header that carries the token
	tokenFrom string
	inputs    map[string]string
	client    *http.Client
	clock     Clock
	notify    func(Wait)
	userAgent string

	mu       sync.Mutex
	last     *record // what was seen last
	resource string  // id of the record that was seen last, "" for none
}

// New makes a driver. It calls nobody. A profile without a settings API, a
// missing address or token, and an address that is neither https nor on this
// machine are usage errors.
func New(cfg Config) (*Driver, error) {
	if cfg.Profile == nil || cfg.Transport == nil {
		return nil, errors.New("settings API driver: no profile or no transport")
	}
	p := cfg.Profile
	if p.API == nil {
		return nil, hint.With(hint.Usage, fmt.Errorf("%s has no settings API", p.Name), "use --push guided")
	}
	base, err := parseBase(p, cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	d := &Driver{profile: p, api: p.API, base: base, token: cfg.Token, tokenFrom: cfg.TokenFrom, inputs: cfg.Inputs,
		clock: cfg.Clock, notify: cfg.Notify, userAgent: cfg.UserAgent}
	if d.tokenFrom == "" {
		d.tokenFrom = p.API.TokenEnv
	}
	if err := d.checkToken(); err != nil {
		return nil, err
	}
	if d.clock == nil {
		d.clock = realClock{}
	}
	d.header = headerValue(p.API.Auth, cfg.Token)
	d.client = &http.Client{Transport: cfg.Transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	return d, nil
}

// SetInputs takes other answers, such as those that were found at the other
// side. What was read with the ones before is forgotten.
func (d *Driver) SetInputs(inputs map[string]string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inputs, d.last, d.resource = inputs, nil, ""
}

func parseBase(p *catalog.Profile, given string) (*url.URL, error) {
	text := strings.TrimSpace(given)
	if text == "" {
		text = p.API.BaseURL
	}
	if text == "" {
		return nil, hint.New(hint.Usage, "no address of the settings API for "+p.Name,
			"give it with --sp-api-url, or use --push guided")
	}
	u, err := url.Parse(text)
	wrong := func(reason string) error {
		return hint.New(hint.Usage, fmt.Sprintf("address of the settings API for %s: %s", p.Name, reason),
			"it has to look like https://sso.example.com")
	}
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		// The text is not repeated: something secret may have been pasted.
		return nil, wrong("not a URL")
	case u.User != nil:
		return nil, wrong("a user name or password may not stand in it")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, wrong("it may not have a query or a fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, wrong("plain http would show the token to others on the way; use https")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, wrong("it has to begin with https://")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = ""
	return u, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (d *Driver) checkToken() error {
	if d.token.IsZero() {
		return hint.With(hint.Usage, fmt.Errorf("no token for the settings API of %s", d.profile.Name), d.tokenHelp())
	}
	if strings.ContainsFunc(d.token.Reveal(), func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return hint.With(hint.Usage, fmt.Errorf("the token for the settings API of %s has a blank or line break in it", d.profile.Name),
			"it came from "+d.tokenFrom)
	}
	return nil
}

func (d *Driver) tokenHelp() string {
	return fmt.Sprintf("put it into %s or a file for --sp-token-file; %s", d.api.TokenEnv, d.api.TokenHelp)
}

func headerValue(a catalog.Auth, token secret.String) secret.String {
	text := token.Reveal()
	if a.Base64 {
		text = base64.StdEncoding.EncodeToString([]byte(text))
	}
	if a.Scheme != "" {
		text = a.Scheme + " " + text
	}
	return secret.New(text)
}

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
