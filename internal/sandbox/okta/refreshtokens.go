package okta

import (
	"slices"
	"strings"
	"time"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/okta/oidc"
)

// kindRefresh are the refresh tokens that people's sign-ins gave, until they
// run out or are taken back: oidc.Refreshing by its id.
const kindRefresh = "refreshToken"

func (o *Org) tokenRoutes() []*route {
	const tokens = "/api/v1/apps/{}/tokens"
	return []*route{
		api("GET", tokens, bucketApps, resApps, o.tokensOfApp),
		api("DELETE", tokens, bucketApps, resApps, o.revokeTokens),
		api("GET", tokens+"/{}", bucketApps, resApps, o.tokenOfApp),
		api("DELETE", tokens+"/{}", bucketApps, resApps, o.revokeTokens),
		api("GET", "/api/v1/users/{}/clients", bucketUsers, resUsers, o.clientsOfUser),
		api("GET", "/api/v1/users/{}/grants", bucketUsers, resUsers, o.grantsOfUser),
		api("GET", "/api/v1/users/{}/clients/{}/grants", bucketUsers, resUsers, o.grantsOfUser),
		api("GET", "/api/v1/users/{}/clients/{}/tokens", bucketUsers, resUsers, o.tokensOfUser),
		api("DELETE", "/api/v1/users/{}/clients/{}/tokens", bucketUsers, resUsers, o.revokeTokensOfUser),
	}
}

// Refreshing keeps a refresh token, in the place of the one that it follows.
func (a *authorization) Refreshing(r oidc.Refreshing) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if old, follows := a.refresh[r.ID]; follows {
		r.Created = old.Created
	}
	records := []durable.Record{durable.Put(kindRefresh, r.ID, r)}
	var past []string
	for id, old := range a.refresh {
		if id != r.ID && !a.now().Before(old.Expires) {
			past = append(past, id)
			records = append(records, durable.Remove(kindRefresh, id))
		}
	}
	if err := a.commit(records...); err != nil {
		return err
	}
	for _, id := range past {
		delete(a.refresh, id)
	}
	a.refresh[r.ID] = r
	return nil
}

// refreshTokens are those in force that fit, by id.
func (a *authorization) refreshTokens(fits func(oidc.Refreshing) bool) []oidc.Refreshing {
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []oidc.Refreshing
	for id, r := range a.refresh {
		if _, gone := a.revoked[id]; !gone && a.now().Before(r.Expires) && fits(r) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(x, y oidc.Refreshing) int { return strings.Compare(x.ID, y.ID) })
	return list
}

func (a *authorization) revokeAll(list []oidc.Refreshing) error {
	for _, r := range list {
		if err := a.Revoke(r.ID, r.Expires); err != nil {
			return err
		}
	}
	return nil
}

func (o *Org) tokenObject(c *call, a *app, r oidc.Refreshing) object {
	self := c.url("apps", a.ID, "tokens", r.ID)
	links := object{
		{"app", object{{"href", c.url("apps", a.ID)}, {"title", a.Label}}},
		{"self", object{{"href", self}}},
		{"revoke", object{{"href", self}, {"hints", allow("DELETE")}}},
		{"client", object{{"href", c.base + "/oauth2/v1/clients/" + r.Client}, {"title", a.Label}}},
	}
	if p := o.people.byID[r.Person]; p != nil {
		links.add("user", object{{"href", c.url("users", p.ID)}, {"title", strings.TrimSpace(p.First + " " + p.Last)}})
	}
	return object{
		{"id", r.ID}, {"status", active}, {"created", stampOf(r.Created)}, {"lastUpdated", stampOf(r.Updated)},
		{"expiresAt", stampOf(r.Expires)}, {"issuer", r.Issuer}, {"clientId", r.Client}, {"userId", r.Person},
		{"scopes", r.Scopes}, {"_links", links},
	}
}

// tokensOf finds an app's refresh tokens; with an id in the path, that one.
func (o *Org) tokensOf(c *call) (*app, []oidc.Refreshing, error) {
	a, err := o.oauthApp(c.ids[0])
	if err != nil {
		return nil, nil, err
	}
	list := o.oidc.refreshTokens(func(r oidc.Refreshing) bool {
		return r.Client == a.OAuth.ClientID && (len(c.ids) < 2 || c.ids[1] == r.ID)
	})
	if len(c.ids) > 1 && len(list) == 0 {
		return nil, nil, notFound(c.ids[1], "OAuth2RefreshToken")
	}
	return a, list, nil
}

func (o *Org) tokensOfApp(c *call) (*reply, error) {
	a, list, err := o.tokensOf(c)
	if err != nil {
		return nil, err
	}
	return o.tokenList(c, a, list), nil
}

func (o *Org) tokenList(c *call, a *app, list []oidc.Refreshing) *reply {
	out := []object{}
	for _, r := range list {
		out = append(out, o.tokenObject(c, a, r))
	}
	return ok(out)
}

func (o *Org) tokenOfApp(c *call) (*reply, error) {
	a, list, err := o.tokensOf(c)
	if err != nil {
		return nil, err
	}
	return ok(o.tokenObject(c, a, list[0])), nil
}

func (o *Org) revokeTokens(c *call) (*reply, error) {
	_, list, err := o.tokensOf(c)
	return o.revoked(list, err)
}

func (o *Org) revoked(list []oidc.Refreshing, err error) (*reply, error) {
	if err == nil {
		err = o.oidc.revokeAll(list)
	}
	if err != nil {
		return nil, err
	}
	return noContent(), nil
}

// clientsOfUser are those that can act for somebody without asking again.
func (o *Org) clientsOfUser(c *call) (*reply, error) {
	u, err := o.person(c.ids[0])
	if err != nil {
		return nil, err
	}
	out, seen := []object{}, map[string]bool{}
	for _, r := range o.oidc.refreshTokens(func(r oidc.Refreshing) bool { return r.Person == u.ID }) {
		a, err := o.client(r.Client)
		if err != nil || seen[r.Client] {
			continue
		}
		seen[r.Client] = true
		out = append(out, object{
			{"client_id", r.Client}, {"client_name", a.Label}, {"client_uri", emptyIsNull(a.OAuth.ClientURI)},
			{"logo_uri", emptyIsNull(a.OAuth.LogoURI)},
			{"_links", object{
				{"grants", object{{"href", c.url("users", u.ID, "clients", r.Client, "grants")}, {"hints", allow("GET", "DELETE")}}},
				{"tokens", object{{"href", c.url("users", u.ID, "clients", r.Client, "tokens")}, {"hints", allow("GET", "DELETE")}}},
			}},
		})
	}
	return ok(out), nil
}

// heldBy finds the refresh tokens that a client has of a person.
func (o *Org) heldBy(c *call) (*app, []oidc.Refreshing, error) {
	u, err := o.person(c.ids[0])
	if err != nil {
		return nil, nil, err
	}
	a, err := o.client(c.ids[1])
	if err != nil {
		return nil, nil, err
	}
	return a, o.oidc.refreshTokens(func(r oidc.Refreshing) bool {
		return r.Person == u.ID && r.Client == c.ids[1]
	}), nil
}

func (o *Org) tokensOfUser(c *call) (*reply, error) {
	a, list, err := o.heldBy(c)
	if err != nil {
		return nil, err
	}
	return o.tokenList(c, a, list), nil
}

func (o *Org) revokeTokensOfUser(c *call) (*reply, error) {
	_, list, err := o.heldBy(c)
	return o.revoked(list, err)
}

// grantsOfUser are none: consent is never asked for.
func (o *Org) grantsOfUser(c *call) (*reply, error) {
	if _, err := o.person(c.ids[0]); err != nil {
		return nil, err
	}
	return ok([]object{}), nil
}

// loadRefresh reads the refresh tokens that were kept.
func (a *authorization) loadRefresh() error {
	return each(a.log, kindRefresh, func(id string, r *oidc.Refreshing) {
		if a.now().Before(r.Expires.Add(time.Minute)) {
			a.refresh[id] = *r
		}
	})
}
