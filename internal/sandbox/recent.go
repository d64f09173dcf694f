package sandbox

import (
	"slices"
	"sync"
)

// mostRecent is how many requests the console shows.
const mostRecent = 200

// recent keeps the last requests in memory. Safe for concurrent use.
type recent struct {
	mu    sync.Mutex
	lines []line // a ring once it is full
	next  int
}

func (r *recent) add(l line) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lines) < mostRecent {
		r.lines = append(r.lines, l)
		return
	}
	r.lines[r.next] = l
	r.next = (r.next + 1) % mostRecent
}

// newestFirst gives them, the last one first.
func (r *recent) newestFirst() []line {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.Concat(r.lines[r.next:], r.lines[:r.next])
	slices.Reverse(all)
	return all
}
