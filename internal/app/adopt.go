package app

import (
	"context"
	"strings"

	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
)

// Marked is an app in Okta that carries our mark.
type Marked struct {
	App  sso.App
	Mark sso.Marker
}

// Unknown lists the apps of an org that carry our mark and that no connection
// kept here manages: somebody has set them up on another machine.
func (a *App) Unknown(ctx context.Context, client *oktaapi.Client, orgURL string) ([]Marked, error) {
	apps, err := client.Apps(ctx)
	if err != nil {
		return nil, err
	}
	known, err := a.managed(orgURL)
	if err != nil {
		return nil, err
	}
	var out []Marked
	for _, app := range apps {
		mark, ok := sso.FindMarker(app.AdminNote)
		// A bookmark belongs to an app beside it and is not taken on its own.
		if !ok || strings.Contains(mark.Name, "#") || known[app.ID] != "" {
			continue
		}
		out = append(out, Marked{app, mark})
	}
	return out, nil
}

// managed are the ids of the apps that this machine's connections manage, with
// the connections' names.
func (a *App) managed(orgURL string) (map[string]string, error) {
	entries, err := a.Store.List()
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, e := range entries {
		if e.Org != a.orgKey(orgURL) {
			continue
		}
		state, found, err := a.Store.Connection(e.Org, e.Name).Load()
		if err == nil && found && state.AppID != "" {
			out[state.AppID] = e.Name
		}
	}
	return out, nil
}

// manages names the other connection of the session's org that manages an app
// from this machine, "" for none.
func (a *App) manages(s *Session, appID string) (string, error) {
	all, err := a.managed(s.OrgURL)
	if name := all[appID]; name != s.Kept.Name() {
		return name, err
	}
	return "", err
}
