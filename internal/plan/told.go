package plan

import (
	"context"
	"fmt"
	"time"

	"example.com/ssowizard/internal/catalog"
	"example.com/ssowizard/internal/sso"
)

// peopleLister is a service provider that tells who has an account there.
type peopleLister interface {
	People(ctx context.Context) (people []sso.SPPerson, known bool, err error)
}

// observePeople reads who will meet a change at the service provider. Failing
// to is no reason to stop: it is only said, as unread.
func (c *Core) observePeople(ctx context.Context) (people []sso.SPPerson, unread string) {
	lister, ok := c.SP.(peopleLister)
	if !ok {
		return nil, ""
	}
	people, known, err := lister.People(ctx)
	switch {
	case err != nil:
		return nil, sso.PlainText(err.Error(), 300)
	case !known:
		return nil, ""
	}
	return people, ""
}

// warnWhoIsTold says before turning on how many people it concerns, who keeps
// another way in, and what happens later by itself.
func (m *maker) warnWhoIsTold() {
	s := m.Step(StepEnable)
	if s == nil || s.Action != Update {
		return
	}
	for _, c := range s.Changes {
		if setting, ok := m.Profile.Setting(c.Field); ok && setting.Consent != "" {
			m.Warnings = append(m.Warnings, setting.Consent)
		}
	}
	if m.Profile.Proof == catalog.ProofResponse && m.Observed.Tester == nil {
		m.Warnings = append(m.Warnings, fmt.Sprintf("nobody tries a real sign-in at %s right after turning on, so a mistake shows only when people cannot sign in; "+
			"name a tester with --test-user and --test-password-file", m.Profile.Name))
	}
	if m.Observed.SP.Enabled {
		return
	}
	if why := m.Observed.SPPeopleUnread; why != "" {
		m.Warnings = append(m.Warnings, fmt.Sprintf("who keeps a password at %s could not be read: %s", m.Profile.Name, why))
	}
	if people := m.Observed.SPPeople; people != nil {
		var keep []sso.Assignment
		for _, p := range people {
			if p.KeepsPassword {
				keep = append(keep, sso.Assignment{Name: p.Email})
			}
		}
		who := "nobody keeps another way to sign in, so nobody could mend a mistake there"
		if len(keep) > 0 {
			who = joinNames(keep) + " can go on signing in without Okta"
		}
		m.Warnings = append(m.Warnings, fmt.Sprintf("%s has %s; %s%s", m.Profile.Name, plural(len(people), "user", "users"), who, m.uncovered()))
	}
	if d := m.Profile.Deadline; d != nil {
		m.Warnings = append(m.Warnings, fmt.Sprintf("%s after turning on: %s", hours(d.After), d.Says))
	}
	if why := m.Observed.UncoveredUnread; why != "" {
		m.Warnings = append(m.Warnings, fmt.Sprintf("whether everybody at %s gets the Okta app was not compared: %s", m.Profile.Name, why))
	}
}

// warnSavedIsOn says before the first push to a service provider without a switch
// that saving turns sign-in with Okta on: nothing is asked after it.
func (m *maker) warnSavedIsOn() {
	if s := m.Step(StepPush); m.Profile.TurnOn != catalog.TurnOnNone || s == nil || s.Action != Create {
		return
	}
	text := m.Profile.Consent
	if text == "" {
		text = m.Profile.Name + " has no switch for sign-in with Okta: as soon as the values are saved there, people may sign in with Okta"
	}
	m.Warnings = append(m.Warnings, text)
}

func hours(d time.Duration) string { return plural(int(d/time.Hour), "hour", "hours") }

// deadline says when what follows turning on will happen.
func (r *run) deadline(from time.Time) string {
	d := r.profile.Deadline
	if d == nil {
		return ""
	}
	return fmt.Sprintf("on %s UTC: %s", from.Add(d.After).UTC().Format("2006-01-02 15:04"), d.Says)
}
