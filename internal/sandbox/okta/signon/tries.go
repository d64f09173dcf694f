package signon

import (
	"strings"
	"sync"
	"time"
)

// verdict is what became of a user name and a password.
type verdict int

const (
	wrong verdict = iota
	accepted
	expired
	lockedOut
	throttled
)

// tries counts sign-in tries: how often a user name was tried within the last
// second, and how often in a row a person's password was wrong.
type tries struct {
	mu        sync.Mutex
	perSecond int
	lockAfter int
	recent    map[string][]time.Time
	failed    map[string]int
}

// maxRecent bounds the user names remembered. Names are made up by callers.
const maxRecent = 10_000

func newTries(perSecond, lockAfter int) *tries {
	return &tries{perSecond: perSecond, lockAfter: lockAfter,
		recent: make(map[string][]time.Time), failed: make(map[string]int)}
}

// allow counts a try and tells whether it is one too many.
func (t *tries) allow(username string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	name := strings.ToLower(username)
	kept := t.recent[name][:0]
	for _, at := range t.recent[name] {
		if now.Sub(at) < time.Second {
			kept = append(kept, at)
		}
	}
	if len(kept) >= t.perSecond {
		t.recent[name] = kept
		return false
	}
	if len(t.recent) >= maxRecent {
		t.forget(now)
	}
	t.recent[name] = append(kept, now)
	return true
}

func (t *tries) forget(now time.Time) {
	for name, at := range t.recent {
		if len(at) == 0 || now.Sub(at[len(at)-1]) >= time.Second {
			delete(t.recent, name)
		}
	}
}

func (t *tries) locked(personID string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed[personID] >= t.lockAfter
}

func (t *tries) fail(personID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed[personID]++
}

func (t *tries) clear(personID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.failed, personID)
}

// authenticate checks a user name and a password by the rules that the API and
// the sign-in page share. Only with accepted and expired is the person known
// to be who they say they are.
func (s *Site) authenticate(username, password string) (Person, verdict) {
	if !s.tries.allow(username, s.dir.Now()) {
		return Person{}, throttled
	}
	p, ok := s.dir.PersonByLogin(username)
	if !ok {
		return Person{}, wrong
	}
	if p.Status == "LOCKED_OUT" || s.tries.locked(p.ID) {
		return p, lockedOut
	}
	if !s.dir.CheckPassword(p.ID, password) {
		s.tries.fail(p.ID)
		return p, wrong
	}
	switch p.Status {
	case "ACTIVE":
		s.tries.clear(p.ID)
		return p, accepted
	case "PASSWORD_EXPIRED":
		s.tries.clear(p.ID)
		return p, expired
	}
	// Staged, suspended, deprovisioned: Okta does not tell a stranger which.
	return p, wrong
}

// Unlock forgets a person's wrong tries, as an administrator's unlock does.
func (s *Site) Unlock(personID string) { s.tries.clear(personID) }
