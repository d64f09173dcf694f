package app

import (
	"fmt"
	"strings"

	"example.com/ssowizard/internal/ask"
	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/internal/store"
	"example.com/ssowizard/oktaapi"
)

// Glimpse makes a session that can only look at Okta's side of a kept
// connection, also when its state cannot be read: it has neither a profile nor a
// way to the service provider.
func (a *App) Glimpse(entry store.Entry, answers *ask.Answers) (*Session, error) {
	s := &Session{Kept: a.Store.Connection(entry.Org, entry.Name), Spec: sso.Spec{Connection: entry.Name}}
	var err error
	if s.OrgURL, err = a.orgOf(entry, s.Kept, answers); err != nil {
		return nil, err
	}
	s.Core, _, err = a.connectOkta(s)
	return s, err
}

// orgOf is the address of a kept connection's org: as the state has it, as it
// was given, or made of the name under which the connection is kept.
func (a *App) orgOf(entry store.Entry, kept *store.Connection, answers *ask.Answers) (string, error) {
	if a.InSandbox() {
		return a.info.Okta.OrgURL, nil
	}
	text := entry.Org
	if state, known, err := kept.Load(); err == nil && known {
		text = state.OrgURL
	} else if given := answers.Text(ask.Org); given != "" {
		text = given
	}
	return oktaapi.ParseOrg(text)
}

// OneAddress refuses an address or a token that was given for several
// connections that keep different settings APIs: what one of them tells would be
// taken for what another holds, and get its token.
func (a *App) OneAddress(entries []store.Entry, answers *ask.Answers, tokenGiven bool) error {
	given := strings.TrimRight(answers.Text(ask.SPAPIURL), "/")
	if len(entries) < 2 || given == "" && !tokenGiven {
		return nil
	}
	first, of := given, "the one given"
	known := given != ""
	for _, e := range entries {
		state, found, err := a.Store.Connection(e.Org, e.Name).Load()
		if err != nil || !found || state.Push != string(sso.PushAPI) {
			continue
		}
		base := strings.TrimRight(state.SPAPIURL, "/")
		if profile, err := a.Catalog.Profile(state.Profile); err == nil && base == "" && profile.API != nil {
			base = profile.API.BaseURL
		}
		if base == "" {
			base = "that of " + state.Profile
		}
		if known && base != first {
			return hint.New(hint.Usage, fmt.Sprintf("--sp-api-url and --sp-token-file are for one settings API, but connection %q has another than %s", e.Name, of),
				"name the connections that share it, or leave the flags out: each connection has its own address, and its token can come from the environment")
		}
		first, of, known = base, fmt.Sprintf("connection %q", e.Name), true
	}
	return nil
}
