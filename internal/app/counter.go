package app

import (
	"net/http"
	"sync/atomic"
)

// counter counts the requests that a session makes to both sides, and keeps
// the id that Okta gave the last one that changed something.
type counter struct {
	base http.RoundTripper
	n    atomic.Int64
	last atomic.Value // string
}

// RoundTrip counts the request and passes it on.
func (c *counter) RoundTrip(req *http.Request) (*http.Response, error) {
	c.n.Add(1)
	resp, err := c.base.RoundTrip(req)
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		id := ""
		if err == nil {
			id = resp.Header.Get("X-Okta-Request-Id")
		}
		c.last.Store(id)
	}
	return resp, err
}

func (c *counter) count() int { return int(c.n.Load()) }

// lastRequest is "" after a request to somebody who gives no id.
func (c *counter) lastRequest() string {
	id, _ := c.last.Load().(string)
	return id
}
