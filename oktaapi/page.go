package oktaapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"
)

// maxPages bounds a list that never ends.
const maxPages = 5000

// pages reads a list to its end and gives each item to visit. An item that
// stands on two pages, because somebody changed the list meanwhile, comes once.
func (c *Client) pages(ctx context.Context, path string, query url.Values, visit func(gjson.Result)) error {
	seen, cursors := map[string]bool{}, map[string]bool{}
	for range maxPages {
		items, next, err := c.page(ctx, path, query)
		if err != nil {
			return err
		}
		for _, item := range items {
			if id := item.Get("id").String(); id == "" || !seen[id] {
				seen[id] = true
				visit(item)
			}
		}
		if next == nil {
			return nil
		}
		if cursors[next.Encode()] {
			return fmt.Errorf("the pages of %s go in circles", path)
		}
		cursors[next.Encode()] = true
		query = next
	}
	return fmt.Errorf("%s has more than %d pages", path, maxPages)
}

// page reads one page of a list and gives the query of the next one, nil on
// the last.
func (c *Client) page(ctx context.Context, path string, query url.Values) ([]gjson.Result, url.Values, error) {
	a, err := c.do(ctx, call{method: http.MethodGet, path: path, query: query})
	if err != nil {
		return nil, nil, err
	}
	body := gjson.ParseBytes(a.body)
	if !body.IsArray() {
		return nil, nil, fmt.Errorf("%s gave no list", path)
	}
	next, err := nextQuery(a.header.Values("Link"))
	if err != nil {
		return nil, nil, fmt.Errorf("page through %s: %w", path, err)
	}
	for name, values := range query {
		// Some lists leave parameters of the first page out of the link.
		if next != nil && !next.Has(name) {
			next[name] = values
		}
	}
	return body.Array(), next, nil
}

// nextQuery is the query of the link with rel="next", nil where there is none.
// Only the query counts, so a link cannot lead anywhere else.
func nextQuery(headers []string) (url.Values, error) {
	for _, link := range parseLinks(headers) {
		if link.rel != "next" {
			continue
		}
		u, err := url.Parse(link.target)
		if err != nil {
			return nil, errors.New("the link to the next page is not an address")
		}
		query, err := url.ParseQuery(u.RawQuery)
		if err != nil || len(query) == 0 {
			return nil, errors.New("the link to the next page has no query")
		}
		return query, nil
	}
	return nil, nil
}

type link struct{ target, rel string }

// parseLinks reads Link headers (RFC 8288): several lines, or several links
// in one, with commas and semicolons allowed inside the address.
func parseLinks(headers []string) []link {
	var links []link
	for _, h := range headers {
		for {
			start := strings.IndexByte(h, '<')
			if start < 0 {
				break
			}
			end := strings.IndexByte(h[start:], '>')
			if end < 0 {
				break
			}
			target := h[start+1 : start+end]
			params, rest := cutParams(h[start+end+1:])
			h = rest
			for _, rel := range strings.Fields(relOf(params)) {
				links = append(links, link{target: target, rel: strings.ToLower(rel)})
			}
		}
	}
	return links
}

// cutParams splits at the comma that ends a link's parameters; one in quotes
// does not.
func cutParams(s string) (params, rest string) {
	quoted := false
	for i, r := range s {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ',' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func relOf(params string) string {
	for _, p := range strings.Split(params, ";") {
		name, value, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(name), "rel") {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return ""
}
