package oktaapi

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/tidwall/gjson"

	"example.com/ssowizard/internal/sso"
)

// Company is the name that the org goes by, "" where the token may not read it.
func (c *Client) Company(ctx context.Context) (string, error) {
	v, err := c.get(ctx, "/api/v1/org", nil)
	if errors.Is(err, ErrForbidden) || isGone(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the org's name: %w", err)
	}
	return sso.PlainText(v.Get("companyName").String(), 100), nil
}

// Roles are the administrator roles of a person, such as SUPER_ADMIN. known is
// false where the token may not read them.
func (c *Client) Roles(ctx context.Context, userID string) (roles []string, known bool, err error) {
	items, _, err := c.page(ctx, usersPath+"/"+url.PathEscape(userID)+"/roles", nil)
	if errors.Is(err, ErrForbidden) || isGone(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read the roles of the token's owner: %w", err)
	}
	for _, v := range items {
		if t := v.Get("type").String(); t != "" && v.Get("status").String() != "INACTIVE" {
			roles = append(roles, sso.PlainText(t, 60))
		}
	}
	return roles, true, nil
}

// MayReadApps asks for one app, to learn whether the token may read them.
func (c *Client) MayReadApps(ctx context.Context) error {
	if _, _, err := c.page(ctx, "/api/v1/apps", url.Values{"limit": {"1"}}); err != nil {
		return fmt.Errorf("read apps: %w", err)
	}
	return nil
}

// CountedGroup is a group and how many people are in it.
type CountedGroup struct {
	sso.Group
	// People is -1 where Okta did not say.
	People int
}

// SearchCountedGroups is SearchGroups with the number of people in each group.
func (c *Client) SearchCountedGroups(ctx context.Context, text string, limit int, after string) ([]CountedGroup, string, error) {
	items, next, err := c.searchGroups(ctx, text, limit, after, url.Values{"expand": {"stats"}})
	if err != nil {
		return nil, "", fmt.Errorf("search groups: %w", err)
	}
	groups := make([]CountedGroup, 0, len(items))
	for _, v := range items {
		g := CountedGroup{Group: readGroup(v), People: -1}
		if n := v.Get("_embedded.stats.usersCount"); n.Type == gjson.Number {
			g.People = int(n.Int())
		}
		groups = append(groups, g)
	}
	return groups, next, nil
}

// GroupPeople reads people of a group, at most limit of them, and tells whether
// there are more.
func (c *Client) GroupPeople(ctx context.Context, groupID string, limit int) (people []sso.Person, more bool, err error) {
	query := url.Values{"limit": {"200"}}
	for range maxPages {
		items, next, err := c.page(ctx, groupsPath+"/"+url.PathEscape(groupID)+"/users", query)
		if err != nil {
			return nil, false, fmt.Errorf("read the people of group %s: %w", sso.PlainText(groupID, 40), err)
		}
		people = append(people, readPeople(items)...)
		if len(people) >= limit {
			return people[:limit], next != nil || len(people) > limit, nil
		}
		if next == nil {
			return people, false, nil
		}
		query = next
	}
	return people, true, nil
}
