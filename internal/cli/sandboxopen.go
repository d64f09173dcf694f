package cli

import (
	"context"
	"fmt"
	"net/url"
	"os"

	"example.com/ssowizard/internal/browser"
	"example.com/ssowizard/internal/sandbox"
)

// findBrowser looks for a browser before anything starts, so that a run that
// cannot keep its word does nothing.
func (p *program) findBrowser() (string, error) {
	system := browser.ThisSystem()
	system.GOOS, system.Getenv, system.Home = p.GOOS, p.Getenv, p.Home
	return browser.Find(system)
}

// openBrowser shows the sandbox's dashboard in a browser that reaches the
// sandbox under its real names and nothing else.
func openBrowser(ctx context.Context, program string, i sandbox.Info) (*browser.Browser, error) {
	authority, err := os.ReadFile(i.TLS.CAFile)
	if err != nil {
		return nil, fmt.Errorf("start a browser: %w", err)
	}
	o := browser.Options{Program: program, URL: i.Okta.OrgURL + "/app/UserHome", Hosts: map[string]string{}, Authority: authority}
	for _, host := range i.TLS.Hosts {
		o.Hosts[host] = i.TLS.Address
	}
	for _, origin := range []string{i.Okta.OrgURL, i.Okta.TLSURL} {
		if u, err := url.Parse(origin); err == nil && u.Hostname() != "" {
			o.Direct = append(o.Direct, u.Hostname())
		}
	}
	return browser.Start(ctx, o)
}
