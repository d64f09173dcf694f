// Okta's Go SDK of the fifth generation against the sandbox: the round of an
// administrator's script. It ends with a failure at the first thing that is
// not as with a real org.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/okta/okta-sdk-golang/v5/okta"
)

func main() {
	client, ctx, err := connect()
	if err == nil {
		r := &round{client: client, ctx: ctx, label: "SDK 5 " + os.Getenv("RUN")}
		err = r.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "okta-sdk-golang v5:", err)
		os.Exit(1)
	}
	fmt.Println("okta-sdk-golang v5: lists, creates, updates, assigns and deletes")
}

// connect reaches the org on TLS. The SDK drops the port of the org's address,
// so the dialler puts it back.
func connect() (*okta.APIClient, context.Context, error) {
	pem, err := os.ReadFile(os.Getenv("CA_FILE"))
	if err != nil {
		return nil, nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, nil, fmt.Errorf("no certificate in %s", os.Getenv("CA_FILE"))
	}
	address := os.Getenv("ORG_TLS_ADDRESS")
	httpClient := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	}}
	config, err := okta.NewConfiguration(okta.WithOrgUrl(os.Getenv("ORG_TLS_URL")), okta.WithToken(os.Getenv("API_TOKEN")),
		okta.WithCache(false), okta.WithHttpClientPtr(httpClient))
	if err != nil {
		return nil, nil, err
	}
	return okta.NewAPIClient(config), config.Context, nil
}

type round struct {
	client *okta.APIClient
	ctx    context.Context
	label  string

	samlID, oidcID, groupID, userID string
}

func (r *round) run() error {
	for _, s := range []struct {
		name string
		do   func() error
	}{
		{"list all apps", r.listApps}, {"list groups and people", r.listDirectory},
		{"group", r.group}, {"user", r.user}, {"group rule and owner", r.rule}, {"SAML app", r.samlApp}, {"keys", r.keys}, {"OIDC app", r.oidcApp},
		{"assignments", r.assignments}, {"policies", r.policies}, {"list all apps again", r.listApps}, {"clean up", r.cleanUp},
	} {
		if err := s.do(); err != nil {
			return fmt.Errorf("%s: %w", s.name, withBody(err))
		}
	}
	return nil
}

// withBody adds what the org said.
func withBody(err error) error {
	if e, ok := err.(*okta.GenericOpenAPIError); ok {
		return fmt.Errorf("%w: %s", err, e.Body())
	}
	return err
}

// listApps walks every page; the first few apps are Okta's own.
func (r *round) listApps() error {
	page, resp, err := r.client.ApplicationAPI.ListApplications(r.ctx).Limit(2).Execute()
	if err != nil {
		return err
	}
	seen, known := len(page), names(page)
	for resp.HasNextPage() {
		var more []okta.ListApplications200ResponseInner
		if resp, err = resp.Next(&more); err != nil {
			return err
		}
		seen += len(more)
		known = append(known, names(more)...)
	}
	if seen < 3 || !strings.Contains(strings.Join(known, " "), "saasure") {
		return fmt.Errorf("saw %d apps: %v", seen, known)
	}
	return nil
}

func names(page []okta.ListApplications200ResponseInner) []string {
	var all []string
	for _, a := range page {
		switch {
		case a.OpenIdConnectApplication != nil:
			all = append(all, a.OpenIdConnectApplication.GetName())
		case a.SamlApplication != nil:
			all = append(all, a.SamlApplication.GetName())
		}
	}
	return all
}

func (r *round) listDirectory() error {
	groups, _, err := r.client.GroupAPI.ListGroups(r.ctx).Q("Support").Execute()
	if err != nil {
		return err
	}
	if len(groups) < 2 {
		return fmt.Errorf("%d groups begin with Support", len(groups))
	}
	users, _, err := r.client.UserAPI.ListUsers(r.ctx).Search(`profile.lastName sw "L" and status eq "ACTIVE"`).SortBy("profile.lastName").Execute()
	if err != nil {
		return err
	}
	for _, u := range users {
		if !strings.HasPrefix(u.Profile.GetLastName(), "L") {
			return fmt.Errorf("search gave %s", u.Profile.GetLastName())
		}
	}
	if len(users) == 0 {
		return fmt.Errorf("search found nobody")
	}
	me, _, err := r.client.UserAPI.GetUser(r.ctx, "me").Execute()
	if err == nil && me.GetStatus() != "ACTIVE" {
		err = fmt.Errorf("me is %s", me.GetStatus())
	}
	return err
}
