package okta

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

const (
	usersPage  = 200
	userQLimit = 10
)

func (o *Org) userRoutes() []*route {
	return []*route{
		api("GET", "/api/v1/users", bucketUsers, resUsers, o.listUsers),
		api("POST", "/api/v1/users", bucketUsers, resUsers, o.createUser).slow(),
		api("GET", "/api/v1/users/me", bucketMe, "", o.getMe),
		api("GET", "/api/v1/users/{}", bucketUserRead, resUsers, o.getUser),
		api("POST", "/api/v1/users/{}", bucketUserWrite, resUsers, o.changeUser).slow(),
		api("PUT", "/api/v1/users/{}", bucketUserWrite, resUsers, o.replaceUser).slow(),
		api("DELETE", "/api/v1/users/{}", bucketUserWrite, resUsers, o.deleteUser),
		api("GET", "/api/v1/users/{}/groups", bucketUsers, resUsers, o.groupsOfUser),
		api("GET", "/api/v1/users/{}/roles", bucketUsers, resRoles, o.rolesOfUser),
		api("POST", "/api/v1/users/{}/roles", bucketUsers, resRoles, o.giveUserRole),
		api("DELETE", "/api/v1/users/{}/roles/{}", bucketUsers, resRoles, o.takeUserRole),
		api("POST", "/api/v1/users/{}/lifecycle/{}", bucketUsers, resUsers, o.userLifecycle),
		api("POST", "/api/v1/users/{}/credentials/change_password", bucketUsers, resUsers, o.changePassword).slow(),
		api("POST", "/api/v1/users/{}/credentials/change_recovery_question", bucketUsers, resUsers, o.changeQuestion).slow(),
	}
}

// person finds whom a path means.
func (o *Org) person(key string) (*person, error) {
	p, found := o.people.find(key)
	if !found {
		return nil, notFound(key, "User")
	}
	return p, nil
}

func (o *Org) getMe(c *call) (*reply, error) {
	if c.who.person == nil {
		return nil, notFound("me", "User")
	}
	return o.oneUser(c, c.who.person), nil
}

func (o *Org) getUser(c *call) (*reply, error) {
	p, err := o.person(c.ids[0])
	if err != nil {
		return nil, err
	}
	return o.oneUser(c, p), nil
}

// oneUser has an ETag, as only this answer of Okta's has.
func (o *Org) oneUser(c *call, p *person) *reply {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %v %d %d", p.ID, p.profile(), p.Created, len(p.Roles)))
	return ok(o.userObject(c, p, true)).set("Etag", `W/"`+hex.EncodeToString(sum[:])+`"`)
}

func (o *Org) userList(c *call, list []*person) *reply {
	out := make([]object, 0, len(list))
	for _, p := range list {
		out = append(out, o.userObject(c, p, false))
	}
	return ok(out)
}

func (o *Org) listUsers(c *call) (*reply, error) {
	switch {
	case c.query.Get("search") != "":
		return o.searchUsers(c)
	case c.query.Get("filter") != "":
		return o.filterUsers(c)
	case c.query.Get("q") != "":
		return o.queryUsers(c)
	}
	return o.plainUsers(c)
}

// plainOrder is the order of statuses in the plain list. A cursor begins with a
// digit for the status of the last person on the page.
var (
	plainOrder  = []string{active, provisioned, staged, recovery, passwordExpired, lockedOut, suspended}
	plainDigits = "2103456"
)

func statusDigit(status string) string {
	i := max(0, slices.Index(plainOrder, status))
	return plainDigits[i : i+1]
}

// plainUsers lists everybody but the deprovisioned, by status, then by id.
func (o *Org) plainUsers(c *call) (*reply, error) {
	p, err := c.page(usersPage, usersPage)
	if err != nil {
		return nil, err
	}
	from, afterID := 0, ""
	if p.after != "" {
		from = strings.Index(plainDigits, p.after[:1])
		if from < 0 || !cursorOf("00u", p.after[1:]) {
			return nil, invalidCursor()
		}
		afterID = p.after[1:]
	}
	var page []*person
	for _, status := range plainOrder[from:] {
		for _, u := range o.people.sorted {
			if u.Status != status || u.ID <= afterID {
				continue
			}
			if len(page) == p.limit {
				last := page[len(page)-1]
				return c.links(o.userList(c, page), p, statusDigit(last.Status)+last.ID), nil
			}
			page = append(page, u)
		}
		afterID = ""
	}
	return c.links(o.userList(c, page), p, ""), nil
}

// queryUsers finds by the beginning of a name or e-mail address. It has no
// second page.
func (o *Org) queryUsers(c *call) (*reply, error) {
	p, err := c.page(userQLimit, usersPage, "q")
	if err != nil {
		return nil, err
	}
	q := strings.ToLower(c.query.Get("q"))
	var page []*person
	for _, u := range o.people.sorted {
		if len(page) == p.limit {
			break
		}
		if u.Status != deprovisioned && begins(q, u.First, u.Last, u.Email) {
			page = append(page, u)
		}
	}
	return c.links(o.userList(c, page), p, ""), nil
}

// begins tells whether any text begins with a lower-case prefix.
func begins(prefix string, texts ...string) bool {
	return slices.ContainsFunc(texts, func(t string) bool {
		return strings.HasPrefix(strings.ToLower(t), prefix)
	})
}

func (o *Org) filterUsers(c *call) (*reply, error) {
	p, err := c.page(usersPage, usersPage, "filter")
	if err != nil {
		return nil, err
	}
	cond, err := parseQuery(c.query.Get("filter"))
	if err != nil {
		return nil, err
	}
	if err := check(cond, filterableOfUser, "eq"); err != nil {
		return nil, err
	}
	return o.selectUsers(c, p, cond)
}

func (o *Org) searchUsers(c *call) (*reply, error) {
	p, err := c.page(usersPage, usersPage, "search", "sortBy")
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(c.query.Get("sortOrder"), "desc") {
		p.keep = append(p.keep, "sortOrder")
	}
	cond, err := parseQuery(c.query.Get("search"))
	if err != nil {
		return nil, err
	}
	if err := check(cond, o.searchableOfUser, ""); err != nil {
		return nil, err
	}
	return o.selectUsers(c, p, settled{o, cond})
}

// settled is a condition that only those fit whom the search knows already.
type settled struct {
	org *Org
	condition
}

func (s settled) holds(get func(string) any) bool {
	created, _ := get("created").(stamp)
	return !s.org.fresh(created) && s.condition.holds(get)
}

// selectUsers is a page of those who fit. Cursors are ids.
func (o *Org) selectUsers(c *call, p paging, cond condition) (*reply, error) {
	if p.after != "" && !cursorOf("00u", p.after) {
		return nil, invalidCursor()
	}
	sortBy, desc := c.query.Get("sortBy"), strings.EqualFold(c.query.Get("sortOrder"), "desc")
	sorted := sortBy != "" && sortBy != "id" || desc
	if sorted && o.searchableOfUser(cmp.Or(sortBy, "id")) == unknownKind {
		return nil, invalidSearch()
	}
	var fitting []*person
	for _, u := range o.people.sorted {
		if !sorted && (u.ID <= p.after && p.after != "" || len(fitting) > p.limit) {
			continue
		}
		if cond.holds(u.value) {
			fitting = append(fitting, u)
		}
	}
	if sorted {
		sortUsers(fitting, cmp.Or(sortBy, "id"), desc)
		if i := slices.IndexFunc(fitting, func(u *person) bool { return u.ID == p.after }); p.after != "" {
			fitting = fitting[i+1:]
		}
	}
	next := ""
	if len(fitting) > p.limit {
		fitting = fitting[:p.limit]
		next = fitting[p.limit-1].ID
	}
	return c.links(o.userList(c, fitting), p, next), nil
}

func sortUsers(list []*person, by string, desc bool) {
	slices.SortStableFunc(list, func(a, b *person) int {
		n := compareValues(a.value(by), b.value(by))
		if desc {
			n = -n
		}
		return n
	})
}

func compareValues(a, b any) int {
	if t, ok := a.(stamp); ok {
		u, _ := b.(stamp)
		return cmp.Compare(t, u)
	}
	s, _ := a.(string)
	t, _ := b.(string)
	return strings.Compare(strings.ToLower(s), strings.ToLower(t))
}

// value is what a search sees of a person.
func (p *person) value(attribute string) any {
	switch attribute {
	case "id":
		return p.ID
	case "status":
		return p.Status
	case "created":
		return p.Created
	case "activated":
		return p.Activated
	case "statusChanged":
		return p.StatusChanged
	case "lastUpdated":
		return p.Updated
	case "lastLogin":
		return p.LastLogin
	case "passwordChanged":
		return p.PasswordChanged
	}
	if name, isProfile := strings.CutPrefix(attribute, "profile."); isProfile {
		return p.attribute(name)
	}
	return nil
}

func filterableOfUser(attribute string) attributeKind {
	switch attribute {
	case "status", "id", "profile.login", "profile.email", "profile.firstName", "profile.lastName":
		return textKind
	case "lastUpdated":
		return timeKind
	}
	return unknownKind
}

func (o *Org) searchableOfUser(attribute string) attributeKind {
	switch attribute {
	case "id", "status", "type.id", "realmId":
		return textKind
	case "created", "activated", "statusChanged", "lastUpdated", "lastLogin", "passwordChanged":
		return timeKind
	}
	if name, isProfile := strings.CutPrefix(attribute, "profile."); isProfile && o.isUserAttribute(name) {
		return textKind
	}
	return unknownKind
}

func (o *Org) groupsOfUser(c *call) (*reply, error) {
	u, err := o.person(c.ids[0])
	if err != nil {
		return nil, err
	}
	p, err := c.page(200, 200)
	if err != nil {
		return nil, err
	}
	if p.after != "" && !cursorOf("00g", p.after) {
		return nil, invalidCursor()
	}
	page, next := cut(o.groupsOf(u), p, func(g *group) string { return g.ID }, nil)
	out := make([]object, 0, len(page))
	for _, g := range page {
		out = append(out, o.groupObject(c, g))
	}
	return c.links(ok(out), p, next), nil
}

// groupsOf are a person's groups by id, Everyone among them.
func (o *Org) groupsOf(u *person) []*group {
	all := slices.Clone(u.groups)
	for _, g := range o.groups.sorted {
		if g.everyone {
			all = append(all, g)
		}
	}
	slices.SortFunc(all, func(a, b *group) int { return strings.Compare(a.ID, b.ID) })
	return all
}

func (o *Org) deleteUser(c *call) (*reply, error) {
	u, err := o.person(c.ids[0])
	if err != nil {
		return nil, err
	}
	if u.Status != deprovisioned {
		if _, err := o.setStatus(u, deprovisioned); err != nil {
			return nil, err
		}
		return noContent(), nil
	}
	gone := u.clone()
	gone.Deleted = true
	if err := o.keepPerson(gone); err != nil {
		return nil, err
	}
	o.dropPerson(u)
	return noContent(), nil
}
