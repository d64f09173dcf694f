package api

import (
	"net/url"
	"strconv"
	"strings"

	"example.com/ssowizard/internal/catalog"
)

// pager goes on in a list.
type pager struct {
	find   *catalog.Find
	driver *Driver
	number int // of the page, or of the first item on it
	seen   map[string]bool
}

func (p *pager) first(target string) string {
	page := p.find.Paging
	if page == nil {
		return target
	}
	if p.number = page.First; page.Style == catalog.PageOffset {
		p.number = 0
	}
	if page.SizeQuery != "" {
		target = withQuery(target, page.SizeQuery, strconv.Itoa(page.Size))
	}
	if page.Style == catalog.PageNumber || page.Style == catalog.PageOffset {
		target = withQuery(target, page.Query, strconv.Itoa(p.number))
	}
	return target
}

// next is the address of the next page, "" after the last.
func (p *pager) next(ex exchange, res *result, items int) (string, error) {
	page := p.find.Paging
	if page == nil {
		return "", nil
	}
	more, told := moreFollow(res.body, page.More)
	if told && !more {
		return "", nil
	}
	switch page.Style {
	case catalog.PageNumber:
		return p.nextNumber(ex.target, res, items, more), nil
	case catalog.PageOffset:
		return p.nextOffset(ex.target, res, items, more), nil
	case catalog.PageURL:
		address := textAt(res.body, page.Next)
		if address == "" {
			return "", nil
		}
		return p.linked(ex, address)
	case catalog.PageCursor:
		cursor := textAt(res.body, page.Next)
		if cursor == "" {
			return "", nil
		}
		return p.fresh(ex, withQuery(ex.target, page.Query, cursor))
	}
	link := nextLink(res.header.Values("Link"))
	if link == "" {
		return "", nil
	}
	return p.linked(ex, link)
}

// moreFollow is what the answer says about further pages, where it is told.
func moreFollow(body any, place string) (more, told bool) {
	if place == "" {
		return false, false
	}
	return truthOf(textAt(body, place))
}

// nextOffset goes by what the answer says; only where it says nothing, a page
// with fewer items than were asked for is the last.
func (p *pager) nextOffset(target string, res *result, items int, more bool) string {
	page := p.find.Paging
	p.number += items
	total, err := strconv.Atoi(textAt(res.body, page.Total))
	switch {
	case items > 0 && more:
	case items == 0, page.Total != "" && err == nil && p.number >= total:
		return ""
	case (page.Total == "" || err != nil) && page.Size > 0 && items < page.Size:
		return ""
	}
	return withQuery(target, page.Query, strconv.Itoa(p.number))
}

func (p *pager) nextNumber(target string, res *result, items int, more bool) string {
	page := p.find.Paging
	p.number++
	done := p.number - page.First
	total, err := strconv.Atoi(textAt(res.body, page.Pages))
	switch {
	case items > 0 && more:
	case page.Pages != "" && err == nil:
		if done >= total {
			return ""
		}
	case items == 0 || (page.Size > 0 && items < page.Size):
		return ""
	}
	return withQuery(target, page.Query, strconv.Itoa(p.number))
}

func (p *pager) linked(ex exchange, link string) (string, error) {
	at, err := url.Parse(ex.target)
	if err != nil {
		return "", err
	}
	to, err := at.Parse(link)
	if err != nil || to.Scheme != p.driver.base.Scheme || to.Host != p.driver.base.Host || to.User != nil {
		return "", p.driver.unlike(ex, "its next page is at another address, which the token is not sent to")
	}
	return p.fresh(ex, to.String())
}

// fresh refuses a page that was read already, which would go on for ever.
func (p *pager) fresh(ex exchange, target string) (string, error) {
	if p.seen[target] || target == ex.target {
		return "", p.driver.unlike(ex, "its pages go round in a circle")
	}
	p.seen[target] = true
	return target, nil
}

func withQuery(target, name, value string) string {
	u, err := url.Parse(target)
	if err != nil {
		return target
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// nextLink takes the rel="next" address out of Link headers.
func nextLink(headers []string) string {
	for _, header := range headers {
		for rest := header; rest != ""; {
			_, after, ok := strings.Cut(rest, "<")
			if !ok {
				break
			}
			address, params, ok := strings.Cut(after, ">")
			if !ok {
				break
			}
			// Parameters end where the next address begins.
			params, rest, _ = cutParams(params)
			if isNext(params) {
				return address
			}
		}
	}
	return ""
}

func cutParams(s string) (params, rest string, found bool) {
	i := strings.Index(s, "<")
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i:], true
}

func isNext(params string) bool {
	for _, param := range strings.FieldsFunc(params, func(r rune) bool { return r == ';' || r == ',' }) {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for _, rel := range strings.Fields(strings.Trim(strings.TrimSpace(value), `"`)) {
			if strings.EqualFold(rel, "next") {
				return true
			}
		}
	}
	return false
}
