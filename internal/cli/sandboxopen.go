package cli

import (
	"context"

	"example.com/ssowizard/internal/app"
	"example.com/ssowizard/internal/browser"
	"example.com/ssowizard/internal/sandbox"
)

// openBrowser shows the sandbox's dashboard in a browser that reaches the
// sandbox under its real names and nothing else.
func openBrowser(ctx context.Context, program string, i sandbox.Info) (*browser.Browser, error) {
	o, err := app.SandboxBrowser(program, i)
	if err != nil {
		return nil, err
	}
	o.URL = i.Okta.OrgURL + "/app/UserHome"
	return browser.Start(ctx, o)
}
