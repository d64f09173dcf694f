package oktaapi

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
	"golang.org/x/text/unicode/norm"

	"example.com/ssowizard/internal/sso"
)

const groupsPath = "/api/v1/groups"

// nearLimit is how many candidates an error text has use for.
const nearLimit = 10

var groupID = regexp.MustCompile(`^00g[A-Za-z0-9]{17}$`)

func readGroup(v gjson.Result) sso.Group {
	return sso.Group{ID: v.Get("id").String(), Name: v.Get("profile.name").String(),
		Description: v.Get("profile.description").String(), Type: v.Get("type").String()}
}

// Group finds a group by id or name. exact holds the groups that ref means:
// normally one, several when the org has several of that very name, none when
// there is no such group. A name in other letter case counts when only one group
// has it. near holds candidates for the text of an error.
func (c *Client) Group(ctx context.Context, ref string) (exact, near []sso.Group, err error) {
	if ref == "" {
		return nil, nil, nil
	}
	if groupID.MatchString(ref) {
		v, err := c.get(ctx, groupsPath+"/"+ref, nil)
		if err == nil {
			return []sso.Group{readGroup(v)}, nil, nil
		}
		if !isGone(err) {
			return nil, nil, fmt.Errorf("look up group %q: %w", ref, err)
		}
	}
	found, err := c.groupsLike(ctx, ref, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("look up group %q: %w", ref, err)
	}
	if exact, near = splitGroups(found, ref); len(exact) > 0 || len(near) > 0 {
		return exact, cut(near), nil
	}
	// Nothing begins with the whole name; its first letters may help a person.
	near, err = c.groupsLike(ctx, firstRunes(ref, 3), url.Values{"limit": {strconv.Itoa(nearLimit)}})
	if err != nil {
		return nil, nil, fmt.Errorf("look for groups like %q: %w", ref, err)
	}
	return nil, cut(near), nil
}

func (c *Client) groupsLike(ctx context.Context, q string, more url.Values) ([]sso.Group, error) {
	query := url.Values{"q": {q}}
	for name, values := range more {
		query[name] = values
	}
	items, _, err := c.page(ctx, groupsPath, query)
	if err != nil {
		return nil, err
	}
	var groups []sso.Group
	for _, v := range items {
		groups = append(groups, readGroup(v))
	}
	return groups, nil
}

func splitGroups(found []sso.Group, ref string) (exact, near []sso.Group) {
	var folded, others []sso.Group
	for _, g := range found {
		switch {
		case g.Name == ref:
			exact = append(exact, g)
		case sameText(g.Name, ref):
			folded = append(folded, g)
		default:
			others = append(others, g)
		}
	}
	if len(exact) == 0 && len(folded) == 1 {
		return folded, others
	}
	return exact, append(folded, others...)
}

// sameText ignores letter case and how accents are encoded.
func sameText(a, b string) bool {
	return strings.EqualFold(norm.NFC.String(a), norm.NFC.String(b))
}

func cut[T any](list []T) []T { return list[:min(len(list), nearLimit)] }

func firstRunes(s string, n int) string {
	runes := []rune(s)
	return string(runes[:min(len(runes), n)])
}

// SearchGroups gives one page of the groups whose names begin with text, or of
// all groups, and the cursor of the next page, "" on the last. A group made a
// moment ago may be missing: Okta's search is eventually consistent.
func (c *Client) SearchGroups(ctx context.Context, text string, limit int, after string) ([]sso.Group, string, error) {
	items, next, err := c.searchGroups(ctx, text, limit, after, nil)
	if err != nil {
		return nil, "", fmt.Errorf("search groups: %w", err)
	}
	groups := make([]sso.Group, 0, len(items))
	for _, v := range items {
		groups = append(groups, readGroup(v))
	}
	return groups, next, nil
}

func (c *Client) searchGroups(ctx context.Context, text string, limit int, after string, more url.Values) ([]gjson.Result, string, error) {
	filter := ""
	if text = strings.TrimSpace(text); text != "" {
		filter = "profile.name sw " + quote(text)
	}
	return c.searchPage(ctx, groupsPath, filter, limit, after, more)
}

func (c *Client) searchPage(ctx context.Context, path, filter string, limit int, after string, more url.Values) ([]gjson.Result, string, error) {
	query := url.Values{"limit": {strconv.Itoa(min(max(limit, 1), 200))}}
	for name, values := range more {
		query[name] = values
	}
	if filter != "" {
		query.Set("search", filter)
	}
	if after != "" {
		query.Set("after", after)
	}
	items, next, err := c.page(ctx, path, query)
	return items, next.Get("after"), err
}

// quote is text as a string of Okta's filter language.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
