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
	Overview        = overview
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

// FaultyFront is Front with faults.
func FaultyFront(next http.Handler, specs ...string) (http.Handler, error) {
	all, err := parseFaults(specs)
	f := &front{faults: all, now: time.Now}
	return f.serve(next, func(string) bool { return true }, func(host string) string {
		return map[bool]string{true: "okta", false: "net2phone"}[host != "auth.net2phone.com"]
	}), err
}

// Console is the page that shows what is in the sandbox.
func Console(info Info, o Org) http.Handler { return &console{info: info, org: o, recent: &recent{}} }

// StartWith is Start with parts of the test's own.
func StartWith(ctx context.Context, o Options, m Makers) (*Sandbox, error) {
	return start(ctx, o, m.inner())
}
