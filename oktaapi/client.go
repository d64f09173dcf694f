package oktaapi

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/okta/okta-sdk-golang/v2/okta"
	"github.com/okta/okta-sdk-golang/v2/okta/cache"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/httpx"
	"example.com/ssowizard/internal/secret"
)

// Auth is how the client proves itself: an API token, or an OAuth service app
// with its private key. Exactly one of the two is set.
type Auth struct {
	Token secret.String // API token (SSWS)

	ClientID   string        // OAuth service app
	PrivateKey secret.String // PEM (PKCS#1, PKCS#8, EC) or JWK
	KeyID      string        // kid of the public key at Okta, "" when not known
	Scopes     []string      // nil means DefaultScopes
}

// DefaultScopes are the OAuth scopes that setting up an app needs.
var DefaultScopes = []string{"okta.apps.manage", "okta.groups.read", "okta.users.read"}

// Config is what a Client is made of. All but Clock and UserAgent is required.
type Config struct {
	OrgURL string // origin as ParseOrg gives it
	Auth   Auth
	// Transport waits for rate limits and repeats what may be repeated, as
	// httpx.Retry does.
	Transport http.RoundTripper
	Clock     func() time.Time // nil: time.Now
	UserAgent string           // appended to the SDK's own
}

// Client speaks to one Okta org. It is safe for concurrent use.
type Client struct {
	orgURL string
	host   string
	auth   Auth
	exec   *okta.RequestExecutor // template: copied for every request
	plain  *http.Client          // without Authorization
	token  *tokenSource          // nil with an API token
	agent  string
}

// New makes a Client. It connects to nothing. Whatever is wrong with the
// configuration is a usage error (exit code 2).
//
// Nothing but cfg counts: neither a .okta/okta.yaml nor an OKTA_* variable is read.
func New(cfg Config) (*Client, error) {
	u, err := url.Parse(cfg.OrgURL)
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil ||
		u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, hint.New(hint.Usage, "the org's address is not an https origin", "give it as https://acme.okta.com")
	}
	if cfg.Transport == nil {
		return nil, errors.New("a client for Okta needs a transport")
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	c := &Client{orgURL: cfg.OrgURL, host: u.Host, auth: cfg.Auth, agent: cfg.UserAgent,
		plain: &http.Client{Transport: cfg.Transport, CheckRedirect: httpx.SameOrigin}}
	if err := c.useAuth(cfg); err != nil {
		return nil, err
	}
	c.exec = newExecutor(cfg, c.sdkAuth())
	return c, nil
}

func (c *Client) useAuth(cfg Config) error {
	switch hasToken := !cfg.Auth.Token.IsZero(); {
	case hasToken && cfg.Auth.ClientID != "":
		return hint.New(hint.Usage, "both an API token and an OAuth service app are given", "give only one of the two")
	case hasToken:
		token := strings.TrimPrefix(strings.TrimSpace(cfg.Auth.Token.Reveal()), "SSWS ")
		if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r > unicode.MaxASCII || r <= ' ' || r == 0x7f }) {
			return hint.New(hint.Usage, "the Okta API token holds characters that no token has",
				"copy the token again: it is one line of letters, digits, - and _")
		}
		c.auth.Token = secret.New(token)
		return nil
	case cfg.Auth.ClientID != "":
		var err error
		c.token, err = newTokenSource(cfg, c.plain)
		return err
	}
	return hint.New(hint.Usage, "there is nothing to authenticate to Okta with",
		"give an API token, or a service app's client id and private key")
}

// sdkAuth is the mode and token that the SDK works with: it never fetches a
// token itself, because it would send its parameters in the URL and could not be
// cancelled.
func (c *Client) sdkAuth() []okta.ConfigSetter {
	if c.token == nil {
		return []okta.ConfigSetter{okta.WithAuthorizationMode("SSWS"), okta.WithToken(c.auth.Token.Reveal())}
	}
	// The transport puts the access token of the moment in place of this.
	return []okta.ConfigSetter{okta.WithAuthorizationMode("Bearer"), okta.WithToken("fetched-later")}
}

// newExecutor makes the SDK's request executor. okta.NewClient would read the
// account's .okta/okta.yaml and OKTA_* first, with no way to switch it off, and
// print to standard output when one of them does not parse. So the executor gets
// a configuration that starts empty and holds only what is set here.
func newExecutor(cfg Config, auth []okta.ConfigSetter) *okta.RequestExecutor {
	conf := empty(okta.WithCache(false))
	settings := append([]okta.ConfigSetter{
		okta.WithOrgUrl(cfg.OrgURL),
		okta.WithCache(false),
		okta.WithConnectionTimeout(0),
		okta.WithRequestTimeout(0),
		okta.WithRateLimitMaxRetries(0),
		okta.WithRateLimitMaxBackOff(0),
		okta.WithTestingDisableHttpsCheck(strings.HasPrefix(cfg.OrgURL, "http://")),
		okta.WithUserAgentExtra(cfg.UserAgent),
	}, auth...)
	for _, set := range settings {
		set(conf)
	}
	client := &http.Client{Transport: carrier{cfg.Transport}, CheckRedirect: httpx.SameOrigin}
	return okta.NewRequestExecutor(client, cache.NewNoOpCache(), conf)
}

// empty makes the zero value of what a setter sets. The SDK does not export
// the name of its configuration type.
func empty[T any](func(*T)) *T { return new(T) }
