package okta

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// identity is who calls.
type identity struct {
	presented bool // an Authorization header was sent
	session   bool // known by the cookie of a session
	person    *person
	client    *app
	scopes    []string
	// principal is whose half of a bucket a call is taken from. Callers that
	// are not known share the org's.
	principal string
}

// identify reads the Authorization header. It refuses nothing: the limiter
// counts refused calls too.
func (o *Org) identify(r *http.Request) *identity {
	thumbprint := ""
	header := r.Header.Get("Authorization")
	id := &identity{presented: header != ""}
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	if strings.EqualFold(scheme, "DPoP") {
		p, bad := o.provenKey(r, o.Base(r), token)
		if bad != nil {
			return id
		}
		thumbprint = p.thumbprint
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	switch {
	case strings.EqualFold(scheme, "SSWS"):
		if id.person = o.tokenOwner(token); id.person != nil {
			id.principal = id.person.ID
		}
	case strings.EqualFold(scheme, "Bearer"), thumbprint != "":
		if id.client, id.scopes = o.accessToken(token, thumbprint); id.client != nil {
			id.principal = id.client.ID
		}
	}
	return id
}

// identifyBySession lets somebody who is signed in read about themselves.
func (o *Org) identifyBySession(c *call) {
	if c.r.Method != http.MethodGet {
		return
	}
	id, signedIn := o.site.SignedIn(c.r)
	if !signedIn {
		return
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	if p := o.people.byID[id]; p != nil {
		c.who = &identity{presented: true, session: true, person: p, principal: p.ID}
	}
}

// tokenOwner is the person who made an API token. The tokens of somebody who
// is not active are dead.
func (o *Org) tokenOwner(token string) *person {
	for i, kept := range []string{o.meta.APIToken, o.meta.ReadOnlyToken} {
		if subtle.ConstantTimeCompare([]byte(token), []byte(kept)) != 1 {
			continue
		}
		if p := o.people.byID[o.owners[i]]; p != nil && p.Status == active {
			return p
		}
	}
	return nil
}

// authorize refuses a call without a valid token, with too few scopes, or by
// somebody whose role does not reach.
func (o *Org) authorize(c *call, rt *route) error {
	switch {
	case !c.who.presented:
		return invalidSession()
	case c.who.person == nil && c.who.client == nil:
		return invalidToken()
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	write := rt.method != http.MethodGet
	if c.who.client != nil {
		if err := checkScope(c, rt.resource, write); err != nil {
			return err
		}
		if !allows(c.who.client.Roles, rt.resource, write) {
			return denied()
		}
		return nil
	}
	if !allows(c.who.person.Roles, rt.resource, write) {
		return denied()
	}
	return nil
}

// checkScope wants okta.<resource>.manage, or .read for reading. Reading
// oneself needs no role but the scope for people.
func checkScope(c *call, res resource, write bool) error {
	if res == "" {
		res = resUsers
	}
	manage, read := "okta."+string(res)+".manage", "okta."+string(res)+".read"
	if slices.Contains(c.who.scopes, manage) || !write && slices.Contains(c.who.scopes, read) {
		return nil
	}
	want := read
	if write {
		want = manage
	}
	err := denied()
	err.header = http.Header{"Www-Authenticate": {fmt.Sprintf(
		`Bearer authorization_uri="%s/oauth2/v1/authorize", realm="%s", scope="%s", error="insufficient_scope", `+
			`error_description="The access token provided does not contain the required scopes."`, c.base, c.base, want)}}
	return err
}
