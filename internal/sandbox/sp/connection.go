package sp

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// onlyConnection is the id of the configuration at providers that have one.
const onlyConnection = "current"

// connection is an SSO configuration. Nil settings mean none.
type connection struct {
	ID          string     `json:"id,omitempty"`
	Settings    values     `json:"settings"`
	Enabled     bool       `json:"enabled"`
	CreatedAt   *time.Time `json:"created_at,omitempty"`
	UpdatedAt   *time.Time `json:"updated_at"`
	ActivatedAt *time.Time `json:"activated_at,omitempty"` // when it was last turned on
}

// sorted are the configurations, newest first.
func (s *state) sorted() []connection {
	all := make([]connection, 0, len(s.connections))
	for _, c := range s.connections {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b connection) int {
		return cmp.Or(compareTimes(b.CreatedAt, a.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func compareTimes(a, b *time.Time) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return a.Compare(*b)
}

// current is the configuration that the sign-in page goes by and the settings
// page shows first: the one that is on, else the newest.
func (s *state) current() connection {
	all := s.sorted()
	for _, c := range all {
		if c.Enabled {
			return c
		}
	}
	if len(all) == 0 {
		return connection{}
	}
	return all[0]
}

// named finds the configuration that a name in a URL stands for. A provider
// whose URLs have no name has one configuration.
func (p *provider) named(name string) connection {
	if p.nameField == "" {
		return p.state.connections[onlyConnection]
	}
	for _, c := range p.state.connections {
		if name != "" && c.Settings[p.nameField] == name {
			return c
		}
	}
	return connection{}
}

// nameTaken tells whether a name belongs to somebody else already.
func (p *provider) nameTaken(id, name string) bool {
	if slices.Contains(p.takenNames, name) {
		return true
	}
	owner := p.named(name)
	return owner.Settings != nil && owner.ID != id
}

// newConnectionID is the id of a configuration that is about to be made.
func (p *provider) newConnectionID() (string, error) {
	if !p.several {
		return onlyConnection, nil
	}
	b, err := p.env.bytes(16)
	if err != nil {
		return "", err
	}
	return uuid(b), nil
}

// keep makes next the configuration of its id, with everything that follows
// from it: times, tests that end, mails that go out. Nothing happens when it
// says nothing new. The caller holds the lock and commits.
func (c *change) keep(next connection) error {
	p := c.p
	before := p.state.connections[next.ID]
	if p.savedIsOn {
		next.Enabled = next.Settings != nil
	}
	changed := before.Settings == nil || before.Settings.digest() != next.Settings.digest()
	if !changed && before.Enabled == next.Enabled {
		return nil
	}
	now := p.env.Now().UTC().Truncate(time.Second)
	next.UpdatedAt = &now
	if next.CreatedAt == nil {
		next.CreatedAt = &now
	}
	if changed {
		p.endTests(c)
	}
	if next.Enabled && !before.Enabled {
		next.ActivatedAt = &now
		if err := p.announce(c, next, now); err != nil {
			return err
		}
	}
	c.connection(next)
	return nil
}

// store keeps a configuration at once. The caller holds the lock.
func (p *provider) store(next connection) error {
	c := p.change()
	if err := c.keep(next); err != nil {
		return err
	}
	return c.commit()
}

// uuid writes 16 random bytes as a version 4 UUID.
func uuid(b []byte) string {
	u := slices.Clone(b)
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
