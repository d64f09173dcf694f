package wizard

import (
	"context"
	"errors"
	"sync"
	"time"

	"example.com/ssowizard/internal/sso"
	"example.com/ssowizard/oktaapi"
	"example.com/ssowizard/tui"
)

// Okta counts the people of groups in a rate limit of its own, a low one. A
// list of groups does not wait for that: the names come without the numbers,
// for a while.
const (
	countPatience = 1500 * time.Millisecond
	withoutCounts = time.Minute
)

var errCountsThrottled = errors.New("the numbers of people take too long")

// counts reads groups with the numbers of their people, as long as Okta gives
// them at once. One search runs at a time; a new one ends the one before.
type counts struct {
	mu     sync.Mutex
	stop   context.CancelCauseFunc
	client map[string]*oktaapi.Client
	until  time.Time // no counting before
	now    func() time.Time
}

// forget drops the client of an org, whose token has changed.
func (c *counts) forget(org string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.client, org)
}

// throttled ends the search under way when it would have to wait.
func (c *counts) throttled(_ string, length time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if length > countPatience && c.stop != nil {
		c.stop(errCountsThrottled)
	}
}

// of gives the client that counts, made once for an org.
func (c *counts) of(org string, open func(waits func(string, time.Duration)) (*oktaapi.Client, error)) (*oktaapi.Client, error) {
	c.mu.Lock()
	client := c.client[org]
	c.mu.Unlock()
	if client != nil {
		return client, nil
	}
	client, err := open(c.throttled)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.client[org] = client
	return client, nil
}

// search is the search with numbers; ok is false where there is none to be had
// in time.
func (c *counts) search(ctx context.Context, client *oktaapi.Client, text, after string) (page tui.GroupPage, ok bool, err error) {
	c.mu.Lock()
	if c.now().Before(c.until) {
		c.mu.Unlock()
		return page, false, nil
	}
	ctx, stop := context.WithCancelCause(ctx)
	c.stop = stop
	c.mu.Unlock()
	defer stop(nil)
	groups, next, err := client.SearchCountedGroups(ctx, text, pageSize, after)
	if errors.Is(context.Cause(ctx), errCountsThrottled) {
		c.mu.Lock()
		c.until = c.now().Add(withoutCounts)
		c.mu.Unlock()
		return page, false, nil
	}
	if err != nil {
		return page, false, err
	}
	page.After = next
	for _, g := range groups {
		page.Groups = append(page.Groups, groupOf(g.Group, g.People))
	}
	return page, true, nil
}

func groupOf(g sso.Group, people int) tui.Group {
	return tui.Group{ID: g.ID, Name: g.Name, Description: g.Description,
		Everyone: g.Type == "BUILT_IN" && g.Name == "Everyone", People: people}
}
