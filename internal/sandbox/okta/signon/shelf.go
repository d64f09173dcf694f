package signon

import (
	"crypto/rand"
	"sync"
	"time"
)

// shelf keeps values under unguessable names for a while. It is bounded: a
// caller who never comes back must not cost memory for ever, so a full shelf
// gives up what would have run out first.
type shelf[T any] struct {
	mu    sync.Mutex
	limit int
	items map[string]shelved[T]
}

type shelved[T any] struct {
	value   T
	expires time.Time
}

func newShelf[T any](limit int) *shelf[T] {
	return &shelf[T]{limit: limit, items: make(map[string]shelved[T])}
}

func (s *shelf[T]) put(name string, value T, now, expires time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.items[name]; !known && len(s.items) >= s.limit {
		s.makeRoom(now)
	}
	s.items[name] = shelved[T]{value, expires}
}

func (s *shelf[T]) makeRoom(now time.Time) {
	oldest := ""
	for name, it := range s.items {
		if !now.Before(it.expires) {
			delete(s.items, name)
			continue
		}
		if oldest == "" || it.expires.Before(s.items[oldest].expires) {
			oldest = name
		}
	}
	if len(s.items) >= s.limit {
		delete(s.items, oldest)
	}
}

func (s *shelf[T]) get(name string, now time.Time) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, ok := s.items[name]
	if !ok || !now.Before(it.expires) {
		var none T
		return none, false
	}
	return it.value, true
}

// take is get, and nobody gets it again.
func (s *shelf[T]) take(name string, now time.Time) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, ok := s.items[name]
	delete(s.items, name)
	if !ok || !now.Before(it.expires) {
		var none T
		return none, false
	}
	return it.value, true
}

// replace changes a value that is there. What was removed in the meantime
// stays removed.
func (s *shelf[T]) replace(name string, value T, expires time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.items[name]; ok {
		s.items[name] = shelved[T]{value, expires}
	}
}

func (s *shelf[T]) remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.items, name)
}

// find returns the name of a live value that fits.
func (s *shelf[T]) find(now time.Time, fits func(T) bool) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, it := range s.items {
		if now.Before(it.expires) && fits(it.value) {
			return name, true
		}
	}
	return "", false
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// random makes n characters of the base64url alphabet after a prefix.
func random(prefix string, n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand never fails: it ends the process instead
	for i := range b {
		b[i] = alphabet[b[i]&63]
	}
	return prefix + string(b)
}

// samlID makes an ID as Okta's answers carry them: "id" and digits.
func samlID() string {
	b := make([]byte, 27)
	_, _ = rand.Read(b)
	for i := range b {
		// 250 is a multiple of ten, so no digit is likelier than another.
		for b[i] >= 250 {
			_, _ = rand.Read(b[i : i+1])
		}
		b[i] = '0' + b[i]%10
	}
	return "id" + string(b)
}

// drop takes away whatever fits.
func (s *shelf[T]) drop(fits func(T) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, it := range s.items {
		if fits(it.value) {
			delete(s.items, name)
		}
	}
}
