package okta

import (
	"net/http"
	"slices"
	"strings"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/okta/signon"
)

// groupRule makes people members of groups by what is in their profiles.
type groupRule struct {
	ID             string   `json:"id"`
	Status         string   `json:"status"`
	Name           string   `json:"name"`
	Expression     string   `json:"expression"`
	ExpressionType string   `json:"expressionType"`
	Groups         []string `json:"groups"`
	ExceptUsers    []string `json:"exceptUsers,omitempty"`
	ExceptGroups   []string `json:"exceptGroups,omitempty"`
	Created        stamp    `json:"created"`
	Updated        stamp    `json:"updated"`
	// Gave are the memberships that the rule made, each by its memberKey.
	Gave map[string]bool `json:"gave,omitempty"`

	holds func(signon.Person, []string) bool
}

const (
	groupRulesPage = 50
	groupRulesMost = 200
	ruleNameMost   = 50
	expressionOne  = "urn:okta:expression:1.0"
)

func (o *Org) groupRuleRoutes() []*route {
	const rules = "/api/v1/groups/rules"
	return []*route{
		api("GET", rules, bucketGroups, resGroups, o.listGroupRules),
		api("POST", rules, bucketGroups, resGroups, o.createGroupRule),
		api("GET", rules+"/{}", bucketGroups, resGroups, o.getGroupRule),
		api("PUT", rules+"/{}", bucketGroups, resGroups, o.replaceGroupRule),
		api("DELETE", rules+"/{}", bucketGroups, resGroups, o.deleteGroupRule),
		api("POST", rules+"/{}/lifecycle/activate", bucketGroups, resGroups, o.activateGroupRule),
		api("POST", rules+"/{}/lifecycle/deactivate", bucketGroups, resGroups, o.deactivateGroupRule),
	}
}

func (o *Org) groupRuleObject(r *groupRule) object {
	valid := !slices.ContainsFunc(r.Groups, func(id string) bool { return o.groups.byID[id] == nil })
	return object{
		{"type", "group_rule"}, {"id", r.ID}, {"status", r.Status}, {"name", r.Name},
		{"created", r.Created}, {"lastUpdated", r.Updated},
		{"conditions", object{
			{"people", object{
				{"users", object{{"exclude", append([]string{}, r.ExceptUsers...)}}},
				{"groups", object{{"exclude", append([]string{}, r.ExceptGroups...)}}},
			}},
			{"expression", object{{"value", r.Expression}, {"type", r.ExpressionType}}},
		}},
		{"actions", object{{"assignUserToGroups", object{{"groupIds", r.Groups}}}}},
		{"allGroupsValid", valid},
	}
}

func (o *Org) groupRule(c *call) (*groupRule, error) {
	if r := o.rules[c.ids[0]]; r != nil {
		return r, nil
	}
	return nil, notFound(c.ids[0], "GroupRule")
}

// listGroupRules finds by the beginning of the name.
func (o *Org) listGroupRules(c *call) (*reply, error) {
	p, err := c.page(groupRulesPage, groupRulesMost, "search", "expand")
	if err != nil {
		return nil, err
	}
	var all []*groupRule
	for _, id := range sortedKeys(o.rules) {
		all = append(all, o.rules[id])
	}
	page, next := cut(all, p, func(r *groupRule) string { return r.ID }, func(r *groupRule) bool {
		return begins(strings.ToLower(c.query.Get("search")), r.Name)
	})
	out := []object{}
	for _, r := range page {
		out = append(out, o.groupRuleObject(r))
	}
	return c.links(ok(out), p, next), nil
}

func (o *Org) getGroupRule(c *call) (*reply, error) {
	r, err := o.groupRule(c)
	if err != nil {
		return nil, err
	}
	return ok(o.groupRuleObject(r)), nil
}

// groupRuleBody is what POST and PUT of a rule take.
type groupRuleBody struct {
	Name       string `json:"name"`
	Conditions struct {
		People struct {
			Users, Groups struct {
				Exclude []string `json:"exclude"`
			}
		} `json:"people"`
		Expression struct {
			Value string `json:"value"`
			Type  string `json:"type"`
		} `json:"expression"`
	} `json:"conditions"`
	Actions struct {
		Assign struct {
			GroupIDs []string `json:"groupIds"`
		} `json:"assignUserToGroups"`
	} `json:"actions"`
}

func (o *Org) fillGroupRule(c *call, r *groupRule) error {
	var b groupRuleBody
	if err := c.decode(&b); err != nil {
		return err
	}
	switch {
	case b.Name == "":
		return invalid("name", blank("name"))
	case len([]rune(b.Name)) > ruleNameMost:
		return invalid("name", "name: The field is too long")
	case b.Conditions.Expression.Value == "":
		return invalid("conditions", blank("expression"))
	case len(b.Actions.Assign.GroupIDs) == 0:
		return invalid("actions", blank("groupIds"))
	}
	for _, other := range o.rules {
		if other.ID != r.ID && other.Name == b.Name {
			return invalid("name", "name: An object with this field already exists in the current organization")
		}
	}
	for _, id := range slices.Concat(b.Actions.Assign.GroupIDs, b.Conditions.People.Groups.Exclude) {
		if _, err := o.group(id); err != nil {
			return err
		}
	}
	if b.Conditions.Expression.Type == "" {
		b.Conditions.Expression.Type = expressionOne
	}
	r.Name, r.Groups = b.Name, b.Actions.Assign.GroupIDs
	r.Expression, r.ExpressionType = b.Conditions.Expression.Value, b.Conditions.Expression.Type
	r.ExceptUsers, r.ExceptGroups = b.Conditions.People.Users.Exclude, b.Conditions.People.Groups.Exclude
	if err := r.read(); err != nil {
		return invalid("expression", "Invalid expression: "+err.Error())
	}
	return nil
}

func (r *groupRule) read() (err error) {
	r.holds, err = signon.Condition(r.Expression)
	return err
}

func (o *Org) createGroupRule(c *call) (*reply, error) {
	now := stampOf(o.now())
	r := &groupRule{ID: o.random.id("0pr", liveEra), Status: inactive, Created: now, Updated: now, Gave: map[string]bool{}}
	if err := o.fillGroupRule(c, r); err != nil {
		return nil, err
	}
	if err := o.commit(durable.Put(kindRule, r.ID, r)); err != nil {
		return nil, err
	}
	o.rules[r.ID] = r
	return ok(o.groupRuleObject(r)), nil
}

// replaceGroupRule changes a rule that is not at work.
func (o *Org) replaceGroupRule(c *call) (*reply, error) {
	old, err := o.groupRule(c)
	if err != nil {
		return nil, err
	}
	if old.Status == active {
		return nil, invalid("status", "Cannot update a rule that is active. Deactivate it first.")
	}
	r := *old
	r.Updated = stampOf(o.now())
	if err := o.fillGroupRule(c, &r); err != nil {
		return nil, err
	}
	if err := o.commit(durable.Put(kindRule, r.ID, &r)); err != nil {
		return nil, err
	}
	o.rules[r.ID] = &r
	return ok(o.groupRuleObject(&r)), nil
}

// deleteGroupRule leaves the members in their groups unless it is told otherwise.
func (o *Org) deleteGroupRule(c *call) (*reply, error) {
	r, err := o.groupRule(c)
	if err != nil {
		return nil, err
	}
	var changes memberships
	if c.query.Get("removeUsers") == "true" {
		for key := range r.Gave {
			changes = o.withdraw(changes, r, key)
		}
	}
	if err := o.settle(changes, durable.Remove(kindRule, r.ID)); err != nil {
		return nil, err
	}
	delete(o.rules, r.ID)
	return answer(http.StatusAccepted, object{}), nil
}

func (o *Org) activateGroupRule(c *call) (*reply, error)   { return o.setGroupRule(c, active) }
func (o *Org) deactivateGroupRule(c *call) (*reply, error) { return o.setGroupRule(c, inactive) }

// setGroupRule puts a rule to work on everybody, or stops it; what it gave
// stays until it is at work again and no longer fits.
func (o *Org) setGroupRule(c *call, status string) (*reply, error) {
	old, err := o.groupRule(c)
	if err != nil {
		return nil, err
	}
	if old.Status == status {
		return noContent(), nil
	}
	r := *old
	r.Status, r.Updated = status, stampOf(o.now())
	var changes memberships
	if status == active {
		changes = o.applyRule(&r, nil)
	}
	if err := o.settle(changes, durable.Put(kindRule, r.ID, &r)); err != nil {
		return nil, err
	}
	o.rules[r.ID] = &r
	return noContent(), nil
}
