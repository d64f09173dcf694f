package okta

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// paging is what a list call asked for.
type paging struct {
	limit int
	after string
	// keep are the parameters that the links repeat, in their order.
	keep []string
}

// page reads limit and after. A limit that is no number, or none at all, is
// refused; one above the most is cut to it.
func (c *call) page(standard, most int, keep ...string) (paging, error) {
	p := paging{limit: standard, after: c.query.Get("after"), keep: keep}
	if text := c.query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return p, invalid("RequestParams", "limit: The limit must be a number greater than 0.")
		}
		p.limit = min(n, most)
	}
	return p, nil
}

// links sets the Link lines: self, and next when there is more after the
// cursor. They name the parameters in Okta's own order, not the caller's.
func (c *call) links(a *reply, p paging, next string) *reply {
	a.header.Add("Link", c.link(p, p.after, "self"))
	if next != "" {
		a.header.Add("Link", c.link(p, next, "next"))
	}
	return a
}

func (c *call) link(p paging, after, rel string) string {
	var parts []string
	if after != "" {
		parts = append(parts, "after="+url.QueryEscape(after))
	}
	parts = append(parts, "limit="+strconv.Itoa(p.limit))
	for _, name := range p.keep {
		if v := c.query.Get(name); v != "" {
			parts = append(parts, name+"="+url.QueryEscape(v))
		}
	}
	return fmt.Sprintf("<%s%s?%s>; rel=%q", c.base+"/", strings.TrimLeft(c.r.URL.EscapedPath(), "/"), strings.Join(parts, "&"), rel)
}

// cursorOf tells whether a cursor could be an id with this prefix.
func cursorOf(prefix, cursor string) bool {
	return len(cursor) == idSize && strings.HasPrefix(cursor, prefix)
}

// cut is the page after a cursor of those elements of a list that fit (nil:
// all), where the list is sorted by key. It returns the key of the page's last
// element when more follow.
func cut[T any](list []T, p paging, key func(T) string, fits func(T) bool) (page []T, next string) {
	for _, v := range list {
		if p.after != "" && key(v) <= p.after || fits != nil && !fits(v) {
			continue
		}
		if len(page) == p.limit {
			return page, key(page[len(page)-1])
		}
		page = append(page, v)
	}
	return page, ""
}
