package sandbox

import (
	"context"
	"net/http"
	"time"
)

// What tests of the outside need to bring parts of their own.
type (
	Org             = org
	Providers       = providers
	TestPerson      = person
	TestProvider    = provider
	OrgOptions      = orgOptions
	ProviderOptions = providerOptions
)

type Makers struct {
	Org       func(OrgOptions) (Org, error)
	Providers func(ProviderOptions) (Providers, error)
}

func (m Makers) inner() makers { return makers{org: m.Org, providers: m.Providers} }

var (
	LoadAuthority = loadAuthority
	ParseAddress  = parseAddress
	Known         = known
)

// Front is the handler before a part that knows the host "okta.test".
func Front(next http.Handler, latency time.Duration, logFile string) (http.Handler, error) {
	l, err := openLog(logFile)
	f := &front{log: l, latency: latency, now: time.Now}
	return f.serve(next, func(h string) bool { return h == "okta.test" }, func(string) string { return "okta" }), err
}

// StartWith is Start with parts of the test's own.
func StartWith(ctx context.Context, o Options, m Makers) (*Sandbox, error) {
	return start(ctx, o, m.inner())
}
