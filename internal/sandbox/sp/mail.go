package sp

import (
	"slices"
	"time"
)

// mailing is a mail that went to many people. It cannot be recalled.
type mailing struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	To      []string  `json:"to"`
}

// announce mails everybody that a configuration is on, at providers that do.
func (p *provider) announce(c *change, next connection, now time.Time) error {
	if p.announcement == nil {
		return nil
	}
	id, err := p.env.token()
	if err != nil {
		return err
	}
	m := mailing{ID: id, At: now, To: p.addresses()}
	m.Subject, m.Text = p.announcement(p, next)
	c.mailing(m)
	return nil
}

// sentMail are all mailings, newest first. The caller holds the lock.
func (s *state) sentMail() []mailing {
	all := make([]mailing, 0, len(s.mailings))
	for _, m := range s.mailings {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b mailing) int { return b.At.Compare(a.At) })
	return all
}
