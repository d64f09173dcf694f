package okta

import (
	"net/http"
	"slices"
	"strings"
)

// lock is what a handler needs of the org.
type lock int

const (
	reading  lock = iota
	writing       // the org changes
	ownLocks      // the handler locks where it must: it makes keys, which takes long
)

// resource is what a scope and a role speak of.
type resource string

const (
	resApps     resource = "apps"
	resGrants   resource = "appGrants"
	resUsers    resource = "users"
	resGroups   resource = "groups"
	resPolicies resource = "policies"
	resOrg      resource = "orgs"
	resRoles    resource = "roles"
	resClients  resource = "clients"
	resSchemas  resource = "schemas"
	resSessions resource = "sessions"
	resTypes    resource = "userTypes"
	resHooks    resource = "inlineHooks"
	resLimits   resource = "rateLimits"
)

// route is one operation.
type route struct {
	method   string
	pattern  []string
	bucket   string // empty: not rate limited
	resource resource
	open     bool // needs no token
	lock     lock
	serve    func(*call) (*reply, error)

	media []string // what is answered, application/json unless given
	body  []string // what is taken, application/json unless given
}

var jsonOnly = []string{"application/json"}

func (rt *route) produces() []string {
	if rt.media == nil {
		return jsonOnly
	}
	return rt.media
}

// document tells whether a route gives anybody a document, such as metadata or a
// picture: those who fetch one ask for it by all sorts of media types.
func (rt *route) document() bool { return rt.open && rt.media != nil }

func (rt *route) consumes() []string {
	if rt.body == nil {
		return jsonOnly
	}
	return rt.body
}

// api makes a route that needs a token. GET only reads.
func api(method, pattern, bucket string, res resource, serve func(*call) (*reply, error)) *route {
	rt := &route{method: method, pattern: split(pattern), bucket: bucket, resource: res, lock: writing, serve: serve}
	if method == http.MethodGet {
		rt.lock = reading
	}
	return rt
}

func split(pattern string) []string { return strings.Split(strings.TrimPrefix(pattern, "/"), "/") }

func (rt *route) slow() *route {
	rt.lock = ownLocks
	return rt
}

func (rt *route) answers(media ...string) *route {
	rt.media = media
	return rt
}

func (rt *route) takes(media ...string) *route {
	rt.body = media
	return rt
}

// public makes a route that needs no token.
func public(pattern, bucket string, serve func(*call) (*reply, error)) *route {
	return &route{method: http.MethodGet, pattern: split(pattern), bucket: bucket, open: true, serve: serve}
}

// match finds the route of a path, and what stands for its {}. A literal
// segment wins over {}, because more literal patterns stand first.
func (o *Org) match(method string, segments []string) (*route, []string, error) {
	known := false
	for _, rt := range o.routes {
		ids, ok := rt.fits(segments)
		if !ok {
			continue
		}
		if rt.method == method || rt.method == http.MethodGet && method == http.MethodHead {
			return rt, ids, nil
		}
		known = true
	}
	if known {
		return nil, nil, noSuchMethod()
	}
	return nil, nil, noSuchPath()
}

func (rt *route) fits(segments []string) ([]string, bool) {
	if len(segments) != len(rt.pattern) {
		return nil, false
	}
	var ids []string
	for i, p := range rt.pattern {
		switch {
		case p == "{}":
			ids = append(ids, segments[i])
		case p != segments[i]:
			return nil, false
		}
	}
	return ids, true
}

// byLiterals sorts routes so that those with fewer {} come first.
func byLiterals(a, b *route) int { return wildcards(a) - wildcards(b) }

func wildcards(rt *route) int {
	n := 0
	for _, p := range rt.pattern {
		if p == "{}" {
			n++
		}
	}
	return n
}

func (o *Org) table() []*route {
	routes := slices.Concat(o.orgRoutes(), o.appRoutes(), o.keyRoutes(), o.assignmentRoutes(),
		o.userRoutes(), o.groupRoutes(), o.groupRuleRoutes(), o.groupDutyRoutes(), o.userExtraRoutes(), o.tokenRoutes(), o.orgExtraRoutes(), o.oauthRoutes(), o.schemaRoutes(), o.hookRoutes(), o.settingRoutes(), o.csrRoutes(), o.jwksRoutes(), o.policyRoutes())
	slices.SortStableFunc(routes, byLiterals)
	return routes
}
