package sp

import (
	"slices"
	"strings"
	"time"

	"example.com/ssowizard/internal/sandbox/sp/samlrp"
)

const basicFormat = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"

// account is what a provider keeps about somebody beyond what everybody has:
// people it created itself, their role, and teams.
type account struct {
	Email     string    `json:"email"`
	FirstName string    `json:"first_name,omitempty"`
	LastName  string    `json:"last_name,omitempty"`
	Created   bool      `json:"created,omitempty"` // at the first sign-in with SSO
	CreatedAt time.Time `json:"created_at"`
	Role      string    `json:"role,omitempty"`
	Teams     []string  `json:"teams,omitempty"`
}

// team has members; what they may do is for an admin to say.
type team struct {
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
}

// peopleRules say whom a provider recognises and what a sign-in changes.
type peopleRules struct {
	// nameIDOnly refuses a NameID that is no e-mail address. Without it the
	// address may stand in emailAttribute instead.
	nameIDOnly bool
	// emailAttribute is looked at when the NameID finds nobody, "" for none.
	emailAttribute string
	// required are attributes that have to come, in exactly this spelling.
	required []string
	// firstName and lastName are the attributes that a new account's name is
	// taken from where they come.
	firstName, lastName string
	// creates tells whether somebody unknown gets an account, and with which role.
	creates func(values) (role string, ok bool)
	// teams tells from which attribute a person's teams are taken, "" for none.
	teams func(values) (attribute string)
}

// person finds somebody by e-mail address, in any case: those everybody knows
// and those this provider created. The caller holds the lock.
func (p *provider) person(email string) (Person, bool) {
	if one, ok := p.env.person(email); ok {
		return one, true
	}
	a, ok := p.state.accounts[addressKey(email)]
	if !ok || !a.Created {
		return Person{}, false
	}
	return Person{Email: a.Email, FirstName: a.FirstName, LastName: a.LastName}, true
}

// addresses are those of everybody with an account, in a fixed order. The
// caller holds the lock.
func (p *provider) addresses() []string {
	all := slices.Clone(p.env.order)
	var created []string
	for _, a := range p.state.accounts {
		if _, known := p.env.person(a.Email); a.Created && !known {
			created = append(created, a.Email)
		}
	}
	slices.Sort(created)
	return append(all, created...)
}

// match finds the person whom an assertion means, and the account to keep when
// the sign-in changes it. The caller holds the lock.
func (p *provider) match(a *samlrp.Assertion, v values) (Person, *account, error) {
	addresses, err := p.identifiers(a)
	if err != nil {
		return Person{}, nil, err
	}
	if err := p.wantAttributes(a); err != nil {
		return Person{}, nil, err
	}
	var person Person
	found := false
	for _, address := range addresses {
		if person, found = p.person(address); found {
			break
		}
	}
	var kept *account
	if !found {
		role, creates := "", false
		if p.creates != nil {
			role, creates = p.creates(v)
		}
		if !creates {
			return Person{}, nil, samlrp.Refuse(samlrp.PersonUnknown, "nobody here has the e-mail address %q", addresses[0])
		}
		made := p.newAccount(a, addresses[len(addresses)-1], role)
		kept, person = &made, Person{Email: made.Email, FirstName: made.FirstName, LastName: made.LastName}
	}
	return person, p.withTeams(a, v, person, kept), nil
}

// identifiers are the addresses that may tell who somebody is, in the order in
// which they count.
func (p *provider) identifiers(a *samlrp.Assertion) ([]string, error) {
	var addresses []string
	switch {
	case looksLikeEmail(a.NameID):
		addresses = append(addresses, a.NameID)
	case p.nameIDOnly:
		return nil, samlrp.Refuse(samlrp.NameIDNotEmail, "the NameID %q is not an e-mail address", a.NameID)
	}
	if given := a.Values(p.emailAttribute); p.emailAttribute != "" && len(given) == 1 && looksLikeEmail(given[0]) {
		addresses = append(addresses, given[0])
	}
	if len(addresses) == 0 {
		return nil, samlrp.Refuse(samlrp.NameIDNotEmail, "the NameID %q is not an e-mail address, and there is no attribute %q with one", a.NameID, p.emailAttribute)
	}
	return addresses, nil
}

func (p *provider) wantAttributes(a *samlrp.Assertion) error {
	for _, name := range p.required {
		given := a.Values(name)
		switch {
		case len(given) == 0 || strings.Join(given, "") == "":
			return samlrp.Refuse(samlrp.AttributeMissing, "the attribute %q is missing%s", name, insteadOf(name, a.Attributes))
		case len(given) > 1:
			return samlrp.Refuse(samlrp.AttributeInvalid, "the attribute %q has %d values instead of one", name, len(given))
		case name == p.emailAttribute && !looksLikeEmail(given[0]):
			return samlrp.Refuse(samlrp.AttributeInvalid, "the attribute %q is %q, which is not an e-mail address", name, given[0])
		}
	}
	return nil
}

// insteadOf says what came that could have been meant.
func insteadOf(name string, attributes []samlrp.Attribute) string {
	var names []string
	for _, one := range attributes {
		switch {
		case one.Name == name:
			return ": it came without a value"
		case strings.EqualFold(one.Name, name):
			return ": there is " + quote(one.Name) + ", but upper and lower case count"
		}
		names = append(names, quote(one.Name))
	}
	if len(names) == 0 {
		return ": no attributes came"
	}
	return "; the attributes that came are " + strings.Join(names, ", ")
}

func (p *provider) newAccount(a *samlrp.Assertion, email, role string) account {
	made := account{Email: email, Created: true, CreatedAt: p.env.Now().UTC(), Role: role}
	one := func(attribute string) string {
		if given := a.Values(attribute); attribute != "" && len(given) > 0 {
			return plain(given[0])
		}
		return ""
	}
	made.FirstName, made.LastName = one(p.firstName), one(p.lastName)
	if made.FirstName == "" && made.LastName == "" {
		made.FirstName, _, _ = strings.Cut(email, "@")
	}
	return made
}

// withTeams puts somebody into exactly the teams that were sent, where the
// provider does that. It returns kept, or an account to keep when one is needed.
func (p *provider) withTeams(a *samlrp.Assertion, v values, person Person, kept *account) *account {
	if p.teams == nil {
		return kept
	}
	attribute := p.teams(v)
	if attribute == "" {
		return kept
	}
	if kept == nil {
		one, ok := p.state.accounts[addressKey(person.Email)]
		if !ok {
			one = account{Email: person.Email, FirstName: person.FirstName, LastName: person.LastName, CreatedAt: p.env.Now().UTC()}
		}
		kept = &one
	}
	kept.Teams = nil
	for _, statement := range a.Attributes {
		if statement.Name != attribute || statement.Format != basicFormat {
			continue
		}
		for _, name := range statement.Values {
			if name = plain(name); name != "" && !slices.Contains(kept.Teams, name) {
				kept.Teams = append(kept.Teams, name)
			}
		}
	}
	return kept
}

// enrol adds an account and the teams that it needs to a change.
func (p *provider) enrol(c *change, a account) {
	for _, name := range a.Teams {
		if _, ok := p.state.teams[name]; !ok {
			c.team(team{Name: name, CreatedAt: p.env.Now().UTC()})
		}
	}
	c.account(a)
}
