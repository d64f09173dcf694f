package okta

import (
	"maps"
	"slices"

	"example.com/ssowizard/internal/sandbox/durable"
)

// memberships are people who come into groups or leave them.
type memberships []membership

type membership struct {
	group  *group
	person *person
	in     bool
}

// applyRule says what a rule that is at work changes for everybody, or for one
// person, and notes it in the rule.
func (o *Org) applyRule(r *groupRule, one *person) memberships {
	r.Gave = maps.Clone(r.Gave)
	if r.Gave == nil {
		r.Gave = map[string]bool{}
	}
	some := o.people.sorted
	if one != nil {
		some = []*person{one}
	}
	var changes memberships
	for _, p := range some {
		if !o.ruleFits(r, p) {
			continue
		}
		for _, id := range r.Groups {
			if g := o.groups.byID[id]; g != nil && !g.has(p) {
				r.Gave[memberKey(g, p)] = true
				changes = append(changes, membership{g, p, true})
			}
		}
	}
	for key := range r.Gave {
		g, p := o.member(key)
		if one != nil && p != one {
			continue
		}
		if g == nil || p == nil || !slices.Contains(r.Groups, g.ID) || !o.ruleFits(r, p) {
			changes = o.withdraw(changes, r, key)
		}
	}
	return changes
}

func (o *Org) ruleFits(r *groupRule, p *person) bool {
	if p.Status == deprovisioned || slices.Contains(r.ExceptUsers, p.ID) {
		return false
	}
	var names []string
	for _, g := range p.groups {
		if slices.Contains(r.ExceptGroups, g.ID) {
			return false
		}
		names = append(names, g.Name)
	}
	return r.holds(personOf(p), names)
}

// withdraw takes back what a rule gave, unless another rule gave it too.
func (o *Org) withdraw(changes memberships, r *groupRule, key string) memberships {
	g, p := o.member(key)
	if g != nil && p != nil && g.has(p) && !o.givenByAnother(r, key) {
		changes = append(changes, membership{g, p, false})
	}
	delete(r.Gave, key)
	return changes
}

func (o *Org) givenByAnother(r *groupRule, key string) bool {
	for _, other := range o.rules {
		if other.ID != r.ID && other.Gave[key] {
			return true
		}
	}
	return false
}

// settle keeps memberships together with other records, and then makes them.
func (o *Org) settle(changes memberships, records ...durable.Record) error {
	now := stampOf(o.now())
	touched := map[*group]bool{}
	for _, m := range changes {
		records = append(records, durable.Put(kindMember, memberKey(m.group, m.person), m.in))
		touched[m.group] = true
	}
	for g := range touched {
		changed := *g
		changed.MembersUpdated = now
		records = append(records, durable.Put(kindGroup, g.ID, &changed))
	}
	if err := o.commit(records...); err != nil {
		return err
	}
	for g := range touched {
		g.MembersUpdated = now
	}
	for _, m := range changes {
		if m.in {
			m.group.join(m.person)
		} else {
			m.group.leave(m.person)
		}
	}
	return nil
}

// applyRules lets the rules at work look at somebody whose profile is new.
func (o *Org) applyRules(p *person) error {
	for _, id := range sortedKeys(o.rules) {
		if o.rules[id].Status != active {
			continue
		}
		r := *o.rules[id]
		changes := o.applyRule(&r, p)
		if len(changes) == 0 {
			continue
		}
		if err := o.settle(changes, durable.Put(kindRule, r.ID, &r)); err != nil {
			return err
		}
		o.rules[id] = &r
	}
	return nil
}
