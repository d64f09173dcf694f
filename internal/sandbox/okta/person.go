package okta

import (
	"cmp"
	"slices"
	"strings"
)

// Statuses of people.
const (
	active          = "ACTIVE"
	inactive        = "INACTIVE"
	staged          = "STAGED"
	provisioned     = "PROVISIONED"
	suspended       = "SUSPENDED"
	deprovisioned   = "DEPROVISIONED"
	lockedOut       = "LOCKED_OUT"
	passwordExpired = "PASSWORD_EXPIRED"
	recovery        = "RECOVERY"
)

// person is a user of the org. The common profile members have fields of
// their own, so that a hundred thousand people stay small; Extra has the rest.
type person struct {
	ID              string         `json:"id"`
	Type            string         `json:"type,omitempty"` // empty: the first one
	Status          string         `json:"status"`
	Prior           string         `json:"prior,omitempty"` // status before suspension
	Created         stamp          `json:"created"`
	Activated       stamp          `json:"activated,omitempty"`
	StatusChanged   stamp          `json:"statusChanged,omitempty"`
	LastLogin       stamp          `json:"lastLogin,omitempty"`
	Updated         stamp          `json:"updated"`
	PasswordChanged stamp          `json:"passwordChanged,omitempty"`
	First           string         `json:"first"`
	Last            string         `json:"last"`
	Login           string         `json:"login"`
	Email           string         `json:"email,omitempty"`
	Department      string         `json:"department,omitempty"`
	Extra           map[string]any `json:"extra,omitempty"`
	HasPassword     bool           `json:"hasPassword,omitempty"`
	Password        *password      `json:"password,omitempty"` // nil with HasPassword: derived from the org's seed
	Question        string         `json:"question,omitempty"`
	Roles           []role         `json:"roles,omitempty"`
	Deleted         bool           `json:"deleted,omitempty"`

	groups []*group // not Everyone
}

// role is an admin role of a person or a service app.
type role struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Created stamp  `json:"created"`
}

// profile is the whole profile, with the two members that Okta always shows.
func (p *person) profile() map[string]any {
	m := make(map[string]any, 6+len(p.Extra))
	m["mobilePhone"], m["secondEmail"] = nil, nil
	for k, v := range p.Extra {
		m[k] = v
	}
	m["firstName"], m["lastName"], m["login"] = orNull(p.First), orNull(p.Last), p.Login
	m["email"] = orNull(p.Email)
	if p.Department != "" {
		m["department"] = p.Department
	}
	return m
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// attribute is one profile member; nil when it is not set.
func (p *person) attribute(name string) any {
	switch name {
	case "firstName":
		return orNull(p.First)
	case "lastName":
		return orNull(p.Last)
	case "login":
		return orNull(p.Login)
	case "email":
		return orNull(p.Email)
	case "department":
		return orNull(p.Department)
	}
	return p.Extra[name]
}

func (p *person) clone() *person {
	c := *p
	c.Extra = make(map[string]any, len(p.Extra))
	for k, v := range p.Extra {
		c.Extra[k] = v
	}
	c.Roles = slices.Clone(p.Roles)
	return &c
}

// people are the org's users, by id and by login.
type people struct {
	sorted  []*person // by id, without deleted ones
	byID    map[string]*person
	byLogin map[string]*person   // lower case
	byShort map[string][]*person // the part of the login before @
}

func newPeople(size int) *people {
	return &people{
		sorted:  make([]*person, 0, size),
		byID:    make(map[string]*person, size),
		byLogin: make(map[string]*person, size),
		byShort: make(map[string][]*person, size),
	}
}

func byPersonID(p *person, id string) int { return strings.Compare(p.ID, id) }

// load takes people without keeping order; sort follows.
func (d *people) load(p *person) {
	d.sorted = append(d.sorted, p)
	d.index(p)
}

func (d *people) sort() {
	slices.SortFunc(d.sorted, func(a, b *person) int { return cmp.Compare(a.ID, b.ID) })
}

func (d *people) index(p *person) {
	d.byID[p.ID] = p
	login := strings.ToLower(p.Login)
	d.byLogin[login] = p
	if short, _, ok := strings.Cut(login, "@"); ok {
		d.byShort[short] = append(d.byShort[short], p)
	}
}

func (d *people) unindex(p *person) {
	delete(d.byID, p.ID)
	login := strings.ToLower(p.Login)
	delete(d.byLogin, login)
	if short, _, ok := strings.Cut(login, "@"); ok {
		rest := slices.DeleteFunc(slices.Clone(d.byShort[short]), func(o *person) bool { return o.ID == p.ID })
		if len(rest) == 0 {
			delete(d.byShort, short)
		} else {
			d.byShort[short] = rest
		}
	}
}

func (d *people) put(p *person) {
	i, _ := slices.BinarySearchFunc(d.sorted, p.ID, byPersonID)
	d.sorted = slices.Insert(d.sorted, i, p)
	d.index(p)
}

// update gives a person the values of changed. The person stays the same one,
// because groups point to it.
func (d *people) update(p, changed *person) {
	d.unindex(p)
	memberships := p.groups
	*p = *changed
	p.groups = memberships
	d.index(p)
}

func (d *people) remove(id string) {
	i, found := slices.BinarySearchFunc(d.sorted, id, byPersonID)
	if found {
		d.unindex(d.sorted[i])
		d.sorted = slices.Delete(d.sorted, i, i+1)
	}
}

// find resolves an id, a login, or a login's part before @ when only one
// person has it.
func (d *people) find(key string) (*person, bool) {
	if p, ok := d.byID[key]; ok {
		return p, true
	}
	return d.byName(key)
}

func (d *people) byName(login string) (*person, bool) {
	login = strings.ToLower(login)
	if p, ok := d.byLogin[login]; ok {
		return p, true
	}
	if short := d.byShort[login]; len(short) == 1 {
		return short[0], true
	}
	return nil, false
}
