package okta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/mail"
	"slices"
	"strings"

	"example.com/ssowizard/internal/sandbox/durable"
)

// userBody is what POST and PUT of a person take.
type userBody struct {
	Profile     map[string]any `json:"profile"`
	Credentials *struct {
		Password *struct {
			Value string `json:"value"`
		} `json:"password"`
		Question *struct {
			Question string `json:"question"`
			Answer   string `json:"answer"`
		} `json:"recovery_question"`
	} `json:"credentials"`
	Type *struct {
		ID string `json:"id"`
	} `json:"type"`
	GroupIDs []string `json:"groupIds"`
}

func (c *call) userBody() (*userBody, error) {
	b := &userBody{}
	dec := json.NewDecoder(bytes.NewReader(c.body))
	dec.UseNumber()
	if dec.Decode(b) != nil || dec.More() {
		return nil, malformed()
	}
	return b, nil
}

func (b *userBody) password() string {
	if b.Credentials == nil || b.Credentials.Password == nil {
		return ""
	}
	return b.Credentials.Password.Value
}

func (o *Org) keepPerson(p *person) error { return o.commit(durable.Put(kindPerson, p.ID, p)) }

func (o *Org) createUser(c *call) (*reply, error) {
	b, err := c.userBody()
	if err != nil {
		return nil, err
	}
	secret := o.secretOf(b) // before the lock: it takes its time
	o.mu.Lock()
	defer o.mu.Unlock()
	now := stampOf(o.now())
	p := &person{ID: o.random.id("00u", liveEra), Created: now, Updated: now}
	if err := o.fill(p, b, "newUser", now, secret); err != nil {
		return nil, err
	}
	p.Status = staged
	if c.query.Get("activate") != "false" {
		p.activate(now)
	}
	groups, err := o.groupsByID(b.GroupIDs)
	if err != nil {
		return nil, err
	}
	records := []durable.Record{durable.Put(kindPerson, p.ID, p)}
	for _, g := range groups {
		records = append(records, durable.Put(kindMember, memberKey(g, p), true))
	}
	if err := o.commit(records...); err != nil {
		return nil, err
	}
	o.people.put(p)
	for _, g := range groups {
		g.join(p)
	}
	if err := o.applyRules(p); err != nil {
		return nil, err
	}
	return ok(o.userObject(c, p, true)), nil
}

func (o *Org) groupsByID(ids []string) ([]*group, error) {
	var list []*group
	for _, id := range ids {
		g := o.groups.byID[id]
		if g == nil {
			return nil, notFound(id, "UserGroup")
		}
		if !g.everyone && !slices.Contains(list, g) {
			list = append(list, g)
		}
	}
	return list, nil
}

// activate makes a person with a password ACTIVE and another PROVISIONED.
func (p *person) activate(now stamp) {
	p.Status, p.Activated, p.StatusChanged = provisioned, now, now
	if p.HasPassword {
		p.Status = active
	}
}

func (o *Org) secretOf(b *userBody) *password {
	if text := b.password(); text != "" {
		return o.newPassword(text)
	}
	return nil
}

// changeUser changes what is sent (POST); replaceUser puts all of it in the
// profile's place (PUT).
func (o *Org) changeUser(c *call) (*reply, error)  { return o.editUser(c, false) }
func (o *Org) replaceUser(c *call) (*reply, error) { return o.editUser(c, true) }

func (o *Org) editUser(c *call, replace bool) (*reply, error) {
	b, err := c.userBody()
	if err != nil {
		return nil, err
	}
	secret := o.secretOf(b)
	o.mu.Lock()
	defer o.mu.Unlock()
	u, err := o.person(c.ids[0])
	if err != nil {
		return nil, err
	}
	if u.Status == deprovisioned {
		return nil, fail(http.StatusForbidden, "E0000038", "This operation is not allowed in the user's current status.")
	}
	now := stampOf(o.now())
	changed := u.clone()
	if b.Type != nil {
		changed.Updated = now
	}
	if b.Profile != nil {
		changed.Updated = now
		if replace {
			changed.First, changed.Last, changed.Login, changed.Email, changed.Department = "", "", "", "", ""
			changed.Extra = map[string]any{}
		}
	}
	if err := o.fill(changed, b, "user", now, secret); err != nil {
		return nil, err
	}
	if err := o.keepPerson(changed); err != nil {
		return nil, err
	}
	o.people.update(u, changed)
	if err := o.applyRules(u); err != nil {
		return nil, err
	}
	return ok(o.userObject(c, u, true)), nil
}

// fill writes a body into a person and checks the whole.
func (o *Org) fill(p *person, b *userBody, object string, now stamp, secret *password) error {
	if b.Type != nil && b.Type.ID != "" {
		t, err := o.userType(b.Type.ID)
		if err != nil {
			return invalid(object, "type: The user type "+b.Type.ID+" does not exist.")
		}
		p.Type = t.ID
	}
	for _, name := range sortedKeys(b.Profile) {
		attribute := o.userAttribute(p, name)
		if attribute == nil {
			return invalid(object, fmt.Sprintf("Property name '%s' is not defined in profile", name))
		}
		value := b.Profile[name]
		if value != nil && value != "" && !isBaseAttribute(name) || value != nil && attribute.Format == "" && value != "" {
			if why, fits := attribute.fits(value); !fits {
				return invalid(name, name+": "+why)
			}
		} else if _, isText := value.(string); value != nil && !isText {
			return invalid(name, name+": The field must be a string")
		}
		p.setAttribute(name, value)
	}
	if err := o.checkProfile(p); err != nil {
		return err
	}
	if text := b.password(); text != "" {
		if len(text) < 8 || len(text) > 72 {
			return invalid("password", "password: Password requirements were not met. Password requirements: at least 8 characters.")
		}
		p.HasPassword, p.Password, p.PasswordChanged = true, secret, now
		if p.Status == provisioned || p.Status == recovery {
			p.Status, p.StatusChanged = active, now
		}
	}
	if b.Credentials != nil && b.Credentials.Question != nil && b.Credentials.Question.Question != "" {
		p.Question = b.Credentials.Question.Question
	}
	return nil
}

func (p *person) setAttribute(name string, value any) {
	text, _ := value.(string)
	switch name {
	case "firstName":
		p.First = text
	case "lastName":
		p.Last = text
	case "login":
		p.Login = text
	case "email":
		p.Email = text
	case "department":
		p.Department = text
	default:
		if p.Extra == nil {
			p.Extra = map[string]any{}
		}
		if p.Extra[name] = value; value == nil || value == "" {
			delete(p.Extra, name)
		}
	}
}

// checkProfile wants the four members that every person has, and a login that
// nobody else has.
func (o *Org) checkProfile(p *person) error {
	var blanks []string
	for _, f := range []struct{ name, value string }{
		{"firstName", p.First}, {"lastName", p.Last}, {"login", p.Login}, {"email", p.Email},
	} {
		if strings.TrimSpace(f.value) == "" {
			blanks = append(blanks, blank(f.name))
		}
	}
	if len(blanks) > 0 {
		field, _, _ := strings.Cut(blanks[0], ":")
		return invalid(field, blanks...)
	}
	if a, err := mail.ParseAddress(p.Email); err != nil || a.Address != p.Email {
		return invalid("email", "email: Does not match required pattern")
	}
	if n := len(p.Login); n < 5 || n > 100 {
		return invalid("login", "login: The field must be between 5 and 100 characters long")
	}
	if other := o.people.byLogin[strings.ToLower(p.Login)]; other != nil && other.ID != p.ID {
		return invalid("login", "login: An object with this field already exists in the current organization")
	}
	return nil
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
