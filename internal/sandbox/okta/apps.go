package okta

import (
	"net/http"
	"slices"
	"strings"

	"example.com/ssowizard/internal/sandbox/durable"
)

const (
	appsPage = 20
	appsMost = 200
)

func (o *Org) appRoutes() []*route {
	return []*route{
		api("GET", "/api/v1/apps", bucketApps, resApps, o.listApps),
		api("POST", "/api/v1/apps", bucketApps, resApps, o.createApp).slow(),
		api("GET", "/api/v1/apps/{}", bucketApp, resApps, o.getApp),
		api("PUT", "/api/v1/apps/{}", bucketApp, resApps, o.replaceApp),
		api("DELETE", "/api/v1/apps/{}", bucketApp, resApps, o.deleteApp),
		api("POST", "/api/v1/apps/{}/lifecycle/activate", bucketApps, resApps, o.activateApp),
		api("POST", "/api/v1/apps/{}/lifecycle/deactivate", bucketApps, resApps, o.deactivateApp),
		api("GET", "/api/v1/apps/{}/features", bucketApps, resApps, o.listFeatures),
		api("GET", "/api/v1/apps/{}/features/{}", bucketApps, resApps, o.getFeature),
		api("PUT", "/api/v1/apps/{}/features/{}", bucketApps, resApps, o.setFeature),
		api("PUT", "/api/v1/apps/{}/policies/{}", bucketApps, resApps, o.setAppPolicy),
		api("POST", "/api/v1/apps/{}/logo", bucketApps, resApps, o.uploadLogo).takes("multipart/form-data"),
		api("GET", "/api/v1/apps/{}/credentials/secrets", bucketApps, resApps, o.listSecrets),
		api("POST", "/api/v1/apps/{}/credentials/secrets", bucketApps, resApps, o.createSecret),
		api("GET", "/api/v1/apps/{}/credentials/secrets/{}", bucketApps, resApps, o.getSecret),
		api("DELETE", "/api/v1/apps/{}/credentials/secrets/{}", bucketApps, resApps, o.deleteSecret),
		api("POST", "/api/v1/apps/{}/credentials/secrets/{}/lifecycle/activate", bucketApps, resApps, o.activateSecret),
		api("POST", "/api/v1/apps/{}/credentials/secrets/{}/lifecycle/deactivate", bucketApps, resApps, o.deactivateSecret),
		api("GET", "/api/v1/apps/{}/grants", bucketApps, resGrants, o.listGrants),
		api("POST", "/api/v1/apps/{}/grants", bucketApps, resGrants, o.createGrant),
		api("GET", "/api/v1/apps/{}/grants/{}", bucketApps, resGrants, o.getGrant),
		api("DELETE", "/api/v1/apps/{}/grants/{}", bucketApps, resGrants, o.deleteGrant),
		api("GET", "/api/v1/internal/apps/{}/settings/oauth/idToken", bucketAny, resApps, o.getIDToken),
		api("POST", "/api/v1/internal/apps/{}/settings/oauth/idToken", bucketAny, resApps, o.setIDToken),
	}
}

func (o *Org) getApp(c *call) (*reply, error) {
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	if expand := c.query.Get("expand"); expand != "" {
		return o.expandedApp(c, a, expand)
	}
	return ok(o.appObject(c, a, "")), nil
}

// expandedApp embeds one person's assignment.
func (o *Org) expandedApp(c *call, a *app, expand string) (*reply, error) {
	uid, isUser := strings.CutPrefix(expand, "user/")
	if !isUser {
		return nil, invalid("RequestParams", "Expand query is malformed.")
	}
	v := o.appObject(c, a, "")
	if u := o.people.byID[uid]; u != nil {
		if au := o.assignment(a, u); au != nil {
			v.add("_embedded", object{{"user", o.appUserObject(c, a, u, au)}})
		}
	}
	return ok(v), nil
}

func (o *Org) appList(c *call, list []*app) *reply {
	out := make([]object, 0, len(list))
	for _, a := range list {
		out = append(out, o.appObject(c, a, ""))
	}
	return ok(out)
}

// listApps is ordered by id, which is not the order of creation.
func (o *Org) listApps(c *call) (*reply, error) {
	if c.query.Get("expand") != "" && !strings.HasPrefix(c.query.Get("filter"), "user.id") {
		return nil, invalid("RequestParams", "Expand query is malformed.")
	}
	p, err := c.page(appsPage, appsMost, "q", "filter", "expand", "includeNonDeleted")
	if err != nil {
		return nil, err
	}
	if p.after != "" && !cursorOf("0oa", p.after) {
		return nil, invalidCursor()
	}
	filter, err := o.appFilter(c.query.Get("filter"))
	if err != nil {
		return nil, err
	}
	q := strings.ToLower(c.query.Get("q"))
	page, next := cut(o.apps.sorted, p, appID, func(a *app) bool {
		return (q == "" || begins(q, a.Name, a.Label)) && filter(a)
	})
	return c.links(o.appList(c, page), p, next), nil
}

// appFilter is one eq comparison.
func (o *Org) appFilter(text string) (func(*app) bool, error) {
	if text == "" {
		return func(*app) bool { return true }, nil
	}
	cond, err := parseQuery(text)
	if err != nil {
		return nil, err
	}
	cmp, single := cond.(*comparison)
	if !single || cmp.operator != "eq" {
		return nil, invalidSearch()
	}
	switch cmp.attribute {
	case "id", "status", "name", "credentials.signing.kid":
		return func(a *app) bool { return a.value(cmp.attribute) == cmp.value.text }, nil
	case "settings.slo.enabled":
		return func(a *app) bool { return a.SAML != nil && a.SAML.SLO.Enabled == (cmp.value.text == "true") }, nil
	case "user.id":
		u := o.people.byID[cmp.value.text]
		return func(a *app) bool { return u != nil && o.assignment(a, u) != nil }, nil
	case "group.id":
		return func(a *app) bool { return o.appGrps[a.ID][cmp.value.text] != nil }, nil
	}
	return nil, invalidSearch()
}

func (a *app) value(attribute string) string {
	switch attribute {
	case "id":
		return a.ID
	case "status":
		return a.Status
	case "name":
		return a.Name
	}
	return a.Kid
}

// createApp makes an app, with its key where it is a SAML app. The key is made
// before the org is locked.
func (o *Org) createApp(c *call) (*reply, error) {
	b, err := c.appBody()
	if err != nil {
		return nil, err
	}
	if err := b.creatable(); err != nil {
		return nil, err
	}
	if b.Credentials != nil {
		b.Credentials.Signing = nil // a new app has the key that is made for it
	}
	if err := b.apply(b.blankApp()); err != nil { // a refused body costs no key
		return nil, err
	}
	var key *signingKey
	if *b.SignOnMode == modeSAML {
		if key, err = o.makeKey(defaultYears); err != nil {
			return nil, internalError()
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.addApp(c, b, key)
}

// creatable refuses what is no app that can be made here.
func (b *appBody) creatable() error {
	if b.SignOnMode == nil {
		return invalid("mediated", blank("signOnMode"))
	}
	name, mode := text(b.Name), *b.SignOnMode
	of := integrationOf(name)
	switch {
	case name == "" && (mode == modeSAML || mode == modeAutoLogin):
		if b.Visibility == nil {
			return invalid("mediated", "Missing visibility")
		}
		return nil
	case name == nameOIDC && mode == modeOIDC:
		return nil
	case of != nil:
		if _, has := of.mode(mode); has {
			return nil
		}
		return invalid("mediated", "Invalid signOnMode")
	case name == nameOIDC, name == "":
		return invalid("mediated", "Invalid signOnMode")
	case mode == modeSAML && len(b.Settings.SignOn) > 0 && strings.Contains(string(b.Settings.SignOn), `"ssoAcsUrl"`),
		strings.HasPrefix(name, subdomain+"_"):
		return invalid("mediated", "Cannot create an existing App Wizard App")
	}
	return notFound(name, "App")
}

// blankApp is an app of the body's kind before anything of it is applied. An
// integration may get another mode than the one asked for.
func (b *appBody) blankApp() *app {
	a := &app{Mode: *b.SignOnMode, UserName: defaultUserName()}
	if of := integrationOf(text(b.Name)); of != nil {
		a.Name = of.name
		a.Mode, _ = of.mode(a.Mode)
	}
	return a
}

func (o *Org) addApp(c *call, b *appBody, key *signingKey) (*reply, error) {
	now := stampOf(o.now())
	a := b.blankApp()
	a.ID, a.Created, a.Updated = o.random.id("0oa", liveEra), now, now
	a.Status, a.Policy = active, o.defaultPolicy()
	if c.query.Get("activate") == "false" {
		a.Status = inactive
	}
	records := o.identifyApp(a, text(b.Label), now)
	if key != nil {
		a.ExternalKey = o.random.id("exk", liveEra)
		a.Kid, a.Keys = key.KID, append([]appKey{{KID: key.KID, Created: now}}, a.Keys...)
		records = append(records, durable.Put(kindKey, key.KID, key))
	}
	if err := b.apply(a); err != nil {
		return nil, err
	}
	if a.OAuth != nil && a.OAuth.ApplicationType == "service" {
		// The org's setting that makes new service apps super admins is on.
		a.Roles = []role{{ID: o.random.id("ra1", liveEra), Type: superAdmin, Created: now}}
	}
	if err := o.knownHooks(a); err != nil {
		return nil, err
	}
	secret, err := o.firstSecret(a, b)
	if err != nil {
		return nil, err
	}
	shown := ""
	if secret != nil {
		records, shown = append(records, durable.Put(kindSecret, secret.ID, secret)), secret.Secret
	}
	if err := o.keepApp(a, records...); err != nil {
		return nil, err
	}
	if key != nil {
		o.keys[key.KID] = key
	}
	if integrationOf(a.Name) == nil && a.Mode != modeOIDC {
		o.counters[nameBase(a.Label)]++
	}
	if secret != nil {
		o.secrets[a.ID] = []*clientSecret{secret}
	}
	return ok(o.appObject(c, a, shown)), nil
}

// replaceApp replaces what may be written. lastUpdated moves; assignments and
// policy stay.
func (o *Org) replaceApp(c *call) (*reply, error) {
	old, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	b, err := c.appBody()
	if err != nil {
		return nil, err
	}
	if old.Own {
		return nil, denied()
	}
	if b.SignOnMode != nil && !old.hasMode(*b.SignOnMode) {
		return nil, invalid("mediated", "Invalid signOnMode")
	}
	if old.wizardMade() && old.Status != active {
		return nil, fail(http.StatusBadRequest, "E0000024", "Bad request. This operation on app metadata is not yet supported.",
			"This operation on app metadata is not yet supported: No active instances.")
	}
	a := old.clone()
	a.Updated = stampOf(o.now())
	if err := b.apply(a); err != nil {
		return nil, err
	}
	if err := o.knownHooks(a); err != nil {
		return nil, err
	}
	secret, records := o.replacedSecret(a, b)
	if err := o.keepApp(a, records...); err != nil {
		return nil, err
	}
	shown := ""
	if secret != nil {
		o.putSecret(secret)
	}
	if a.OAuth != nil && a.OAuth.confidential() {
		shown = o.currentSecret(a)
	}
	return ok(o.appObject(c, a, shown)), nil
}

func (o *Org) deleteApp(c *call) (*reply, error) {
	a, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	if a.Own {
		return nil, denied()
	}
	if a.Status == active {
		return nil, fail(http.StatusForbidden, "E0000056", "Delete application forbidden.",
			"The application must be deactivated before deletion.")
	}
	records := []durable.Record{durable.Remove(kindApp, a.ID), durable.Remove(kindLogo, a.ID)}
	for uid := range o.appUsers[a.ID] {
		records = append(records, durable.Remove(kindAppUser, a.ID+" "+uid))
	}
	for gid := range o.appGrps[a.ID] {
		records = append(records, durable.Remove(kindAppGroup, a.ID+" "+gid))
	}
	for _, s := range o.secrets[a.ID] {
		records = append(records, durable.Remove(kindSecret, s.ID))
	}
	for _, r := range o.csrs[a.ID] {
		records = append(records, durable.Remove(kindCSR, r.ID))
	}
	if o.schemas[a.ID] != nil {
		records = append(records, durable.Remove(kindSchema, a.ID))
	}
	for _, g := range o.grants[a.ID] {
		records = append(records, durable.Remove(kindGrant, g.ID))
	}
	for _, k := range a.Keys {
		if !o.keyUsed(k.KID, a.ID) {
			records = append(records, durable.Remove(kindKey, k.KID))
		}
	}
	if err := o.commit(records...); err != nil {
		return nil, err
	}
	o.apps.remove(a)
	for _, k := range a.Keys {
		if !o.keyUsed(k.KID, a.ID) {
			delete(o.keys, k.KID)
		}
	}
	delete(o.appUsers, a.ID)
	delete(o.appGrps, a.ID)
	delete(o.secrets, a.ID)
	delete(o.grants, a.ID)
	delete(o.csrs, a.ID)
	delete(o.schemas, a.ID)
	return noContent(), nil
}

// keyUsed tells whether another app has a key, or the org itself.
func (o *Org) keyUsed(kid, except string) bool {
	return kid == o.meta.SigningKid || slices.ContainsFunc(o.apps.sorted, func(a *app) bool {
		return a.ID != except && a.hasKey(kid)
	})
}

func (o *Org) activateApp(c *call) (*reply, error)   { return o.setAppStatus(c, active) }
func (o *Org) deactivateApp(c *call) (*reply, error) { return o.setAppStatus(c, inactive) }

// setAppStatus answers {} whether or not the status changes.
func (o *Org) setAppStatus(c *call, status string) (*reply, error) {
	old, err := o.app(c.ids[0])
	if err != nil {
		return nil, err
	}
	if old.Own {
		return nil, denied()
	}
	if old.Status != status {
		a := old.clone()
		a.Status, a.Updated = status, stampOf(o.now())
		if err := o.keepApp(a); err != nil {
			return nil, err
		}
	}
	return ok(object{}), nil
}
