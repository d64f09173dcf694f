package app

import (
	"net/http"
	"sync/atomic"
)

// counter counts the requests that a session makes to both sides.
type counter struct {
	base http.RoundTripper
	n    atomic.Int64
}

// RoundTrip counts the request and passes it on.
func (c *counter) RoundTrip(req *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return c.base.RoundTrip(req)
}

func (c *counter) count() int { return int(c.n.Load()) }
