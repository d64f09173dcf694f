package okta

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// domain is that of everybody's login and e-mail address.
const domain = "acme.example"

// Names of the groups that every sandbox has.
const (
	everyoneName  = "Everyone"
	supportEMEA   = "Support EMEA"
	supportUS     = "Support US"
	salesName     = "Sales"
	contractors   = "Contractors"
	controlsGroup = "Night\x1b[7m shift\x1b[0m\u202e\a"
)

// newcomer describes a person who is the same in every sandbox.
type newcomer struct {
	login, email, first, last, status string
	extra                             map[string]any
	groups                            []string
	roles                             []string
	stranger                          bool // not one of those whose password is shown
}

// newcomers are the named people, then those whom every org has and programs
// forget: without e-mail address, with another login, not active, of one name,
// with names in other scripts, with control characters in a name.
var newcomers = []newcomer{
	{login: "ana.lima@" + domain, first: "Ana", last: "Lima", roles: []string{superAdmin},
		extra: map[string]any{"displayName": "Ana Lima", "title": "IT lead"}},
	{login: "ben.okafor@" + domain, first: "Ben", last: "Okafor", groups: []string{supportEMEA}},
	{login: "chloe.durand@" + domain, first: "Chloé", last: "Durand", groups: []string{supportUS, salesName}},
	{login: "audit.reader@" + domain, first: "Audit", last: "Reader", roles: []string{readOnlyAdmin}, stranger: true},
	{login: "reception.kiosk@" + domain, email: "-", first: "Reception", last: "Kiosk", groups: []string{supportEMEA, contractors}, stranger: true},
	{login: "mjansen", email: "marieke.jansen@" + domain, first: "Marieke", last: "Jansen", groups: []string{supportEMEA}, stranger: true},
	{login: "sven.lindqvist@" + domain, first: "Sven", last: "Lindqvist", status: suspended, groups: []string{supportEMEA}, stranger: true},
	{login: "priya.raman@" + domain, first: "Priya", last: "Raman", status: staged, groups: []string{salesName}, stranger: true},
	{login: "jordan.lee@" + domain, first: "Jordan", last: "Lee", groups: []string{salesName}, stranger: true},
	{login: "jordan.lee2@" + domain, first: "Jordan", last: "Lee", groups: []string{supportUS}, stranger: true},
	{login: "li.na@" + domain, first: "娜", last: "李", groups: []string{supportEMEA}, stranger: true},
	{login: "yael.cohen@" + domain, first: "יעל", last: "כהן", groups: []string{supportEMEA}, stranger: true},
	{login: "omar.alharbi@" + domain, first: "عمر", last: "الحربي", groups: []string{salesName}, stranger: true},
	{login: "zoe.nunez@" + domain, first: "Zoe\u0308", last: "Nu\u0301n\u0303ez", groups: []string{supportUS}, stranger: true},
	{login: "taro.yamada@" + domain, first: "太郎", last: "山田", groups: []string{contractors}, stranger: true},
	{login: "mallory.escape@" + domain, first: "Mallory", last: "Es\x1b[31mcape\x1b[0m\r\n", groups: []string{contractors}, stranger: true},
	{login: "frank.former@" + domain, first: "Frank", last: "Former", status: deprovisioned, stranger: true},
}

// seeder makes the org's first people and groups from a kept seed: the same
// ones at each start, so that none of them needs to be kept.
type seeder struct {
	rng     *rand.Rand
	born    stamp
	people  *people
	groups  *groups
	taken   map[string]int
	named   map[string]*group
	printed []*person
	owners  [2]string
}

func (o *Org) seedDirectory(users, groups int) {
	var seed [32]byte
	copy(seed[:], o.meta.Seed)
	s := &seeder{
		rng: rand.New(rand.NewChaCha8(seed)), born: o.meta.Created,
		people: newPeople(users), groups: newGroups(),
		taken: map[string]int{}, named: map[string]*group{},
	}
	generated := s.makeGroups(groups)
	s.makeNewcomers()
	s.makePeople(users, generated)
	s.people.sort()
	s.fillGroups()
	o.people, o.groups, o.printed, o.owners = s.people, s.groups, s.printed, s.owners
}

func (s *seeder) id(prefix string) string {
	b := make([]byte, 0, idSize)
	b = append(append(b, prefix...), seedEra)
	for len(b) < idSize {
		b = append(b, base62[s.rng.IntN(len(base62))])
	}
	return string(b)
}

func (s *seeder) makeGroups(total int) []*group {
	everyone := s.group(everyoneName, "All users in your organization")
	everyone.Type, everyone.everyone = builtIn, true
	s.group(supportEMEA, "Support agents in Europe, the Middle East and Africa")
	s.group(supportUS, "Support agents in the United States")
	s.group(salesName, "People in sales")
	s.group(contractors, "External people")
	s.group(controlsGroup, "A name that a terminal must not be shown as it is")
	var generated []*group
	for i := len(s.named); i < total; i++ {
		name := departments[i%len(departments)] + " " + cities[(i/len(departments)+i*7)%len(cities)]
		if _, dup := s.named[name]; dup {
			name = fmt.Sprintf("%s %d", name, i)
		}
		generated = append(generated, s.group(name, ""))
	}
	return generated
}

func (s *seeder) group(name, description string) *group {
	g := &group{
		ID: s.id("00g"), Name: name, Description: &description, Type: oktaGroup,
		Created: s.born, Updated: s.born, MembersUpdated: s.born,
	}
	if description == "" {
		g.Description = nil
	}
	s.named[name] = g
	s.groups.put(g)
	return g
}

func (s *seeder) makeNewcomers() {
	for _, n := range newcomers {
		p := s.person(n.login, n.first, n.last)
		p.Extra = n.extra
		switch n.email {
		case "":
		case "-":
			p.Email = ""
		default:
			p.Email = n.email
		}
		switch n.status {
		case staged:
			p.Activated, p.StatusChanged, p.PasswordChanged, p.HasPassword = 0, 0, 0, false
			p.Status = staged
		case "":
		default:
			p.Status, p.Prior = n.status, active
		}
		switch {
		case slices.Contains(n.roles, superAdmin):
			s.owners[0] = p.ID
		case slices.Contains(n.roles, readOnlyAdmin):
			s.owners[1] = p.ID
		}
		for _, r := range n.roles {
			id := s.id("ra1")
			if r != superAdmin {
				id = standardRoleID(r)
			}
			p.Roles = append(p.Roles, role{ID: id, Type: r, Created: s.born})
		}
		for _, name := range n.groups {
			p.groups = append(p.groups, s.named[name])
		}
		if !n.stranger {
			s.printed = append(s.printed, p)
		}
	}
	ana := s.printed[0]
	for _, g := range s.groups.sorted {
		if !g.everyone {
			ana.groups = append(ana.groups, g)
		}
	}
}

func (s *seeder) person(login, first, last string) *person {
	p := &person{
		ID: s.id("00u"), Status: active, First: first, Last: last, Login: login, Email: login,
		Created: s.born, Activated: s.born, StatusChanged: s.born, Updated: s.born, PasswordChanged: s.born,
		HasPassword: true, Department: departments[s.rng.IntN(len(departments))],
	}
	s.taken[login] = 1
	s.people.load(p)
	return p
}

func (s *seeder) makePeople(total int, generated []*group) {
	shown := 3
	for i := len(newcomers); i < total; i++ {
		first, last := firstNames[s.rng.IntN(len(firstNames))], lastNames[s.rng.IntN(len(lastNames))]
		p := s.person(s.login(first, last), first, last)
		s.enrol(p, supportEMEA, 20)
		s.enrol(p, supportUS, 12)
		s.enrol(p, salesName, 18)
		s.enrol(p, contractors, 8)
		for range min(len(generated), 2) {
			if g := generated[s.rng.IntN(len(generated))]; !g.has(p) {
				p.groups = append(p.groups, g)
			}
		}
		if shown > 0 {
			s.printed = append(s.printed, p)
			shown--
		}
	}
}

func (s *seeder) enrol(p *person, name string, percent int) {
	if s.rng.IntN(100) < percent {
		p.groups = append(p.groups, s.named[name])
	}
}

// login is first.last, with a number from the second of a name on.
func (s *seeder) login(first, last string) string {
	base := strings.ToLower(first + "." + last)
	for {
		s.taken[base]++
		login := base + "@" + domain
		if n := s.taken[base]; n > 1 {
			login = fmt.Sprintf("%s%d@%s", base, n, domain)
		}
		if s.taken[login] == 0 {
			return login
		}
	}
}

// fillGroups gives each group its members in order of their ids.
func (s *seeder) fillGroups() {
	for _, p := range s.people.sorted {
		for _, g := range p.groups {
			g.members = append(g.members, p)
		}
	}
}
