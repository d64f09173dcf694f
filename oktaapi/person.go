package oktaapi

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"example.com/ssowizard/internal/sso"
)

const usersPath = "/api/v1/users"

const deprovisioned = "DEPROVISIONED"

var userID = regexp.MustCompile(`^00u[A-Za-z0-9]{17}$`)

func readPerson(v gjson.Result) sso.Person {
	return sso.Person{ID: v.Get("id").String(), Login: v.Get("profile.login").String(), Email: v.Get("profile.email").String(),
		FirstName: v.Get("profile.firstName").String(), LastName: v.Get("profile.lastName").String(), Status: v.Get("status").String()}
}

// readPeople leaves out the deactivated: nobody can be assigned who cannot
// sign in ever again, and Okta's search finds them.
func readPeople(items []gjson.Result) []sso.Person {
	people := make([]sso.Person, 0, len(items))
	for _, v := range items {
		if p := readPerson(v); p.Status != deprovisioned {
			people = append(people, p)
		}
	}
	return people
}

// Person finds a person by login, e-mail address or id. exact holds who ref
// means: normally one; several when it is the e-mail address of several and
// nobody's login; none when there is nobody. near holds candidates for the text
// of an error. Deactivated people are never found.
func (c *Client) Person(ctx context.Context, ref string) (exact, near []sso.Person, err error) {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return nil, nil, nil
	}
	if !userID.MatchString(ref) {
		q := quote(ref)
		items, _, err := c.page(ctx, usersPath, url.Values{"search": {"(profile.login eq " + q + " or profile.email eq " + q + ")"}})
		if err != nil {
			return nil, nil, fmt.Errorf("look up person %q: %w", ref, err)
		}
		if exact = whoIs(readPeople(items), ref); len(exact) > 0 {
			return exact, nil, nil
		}
	}
	// Search does not know who was made a moment ago; this does.
	p, found, err := c.personAt(ctx, ref)
	if err != nil {
		return nil, nil, fmt.Errorf("look up person %q: %w", ref, err)
	}
	if found && (p.ID == ref || strings.EqualFold(p.Login, ref)) {
		return []sso.Person{p}, nil, nil
	}
	if found {
		near = append(near, p) // by the part of a login before its @
	}
	name, _, _ := strings.Cut(ref, "@")
	items, _, err := c.page(ctx, usersPath, url.Values{"q": {name}, "limit": {strconv.Itoa(nearLimit)}})
	if err != nil {
		return nil, nil, fmt.Errorf("look for people like %q: %w", ref, err)
	}
	for _, like := range readPeople(items) {
		if like.ID != p.ID {
			near = append(near, like)
		}
	}
	return nil, cut(near), nil
}

// whoIs picks whom ref means: a login is unique and wins over e-mail addresses.
func whoIs(people []sso.Person, ref string) []sso.Person {
	var byEmail []sso.Person
	for _, p := range people {
		if strings.EqualFold(p.Login, ref) {
			return []sso.Person{p}
		}
		if strings.EqualFold(p.Email, ref) {
			byEmail = append(byEmail, p)
		}
	}
	return byEmail
}

func (c *Client) personAt(ctx context.Context, ref string) (sso.Person, bool, error) {
	if strings.ContainsAny(ref, "/\\") || strings.EqualFold(ref, "me") || ref == "." || ref == ".." {
		return sso.Person{}, false, nil // another path, or whoever the token belongs to
	}
	v, err := c.get(ctx, usersPath+"/"+url.PathEscape(ref), nil)
	if isGone(err) {
		return sso.Person{}, false, nil
	}
	if err != nil {
		return sso.Person{}, false, err
	}
	p := readPerson(v)
	return p, p.ID != "" && p.Status != deprovisioned, nil
}

// SearchPeople gives one page of the people whose first name, last name, login
// or e-mail address begins with text, or who have it as "first last", or of all
// people, and the cursor of the next page, "" on the last. Deactivated people are
// left out, so a page may be shorter than limit. Okta's search is eventually
// consistent.
func (c *Client) SearchPeople(ctx context.Context, text string, limit int, after string) ([]sso.Person, string, error) {
	items, next, err := c.searchPage(ctx, usersPath, peopleFilter(text), limit, after, nil)
	if err != nil {
		return nil, "", fmt.Errorf("search people: %w", err)
	}
	return readPeople(items), next, nil
}

func peopleFilter(text string) string {
	words := strings.Fields(text)
	if len(words) == 0 {
		return ""
	}
	whole := quote(strings.Join(words, " "))
	var any []string
	for _, field := range []string{"firstName", "lastName", "login", "email"} {
		any = append(any, "profile."+field+" sw "+whole)
	}
	if len(words) > 1 {
		last := quote(strings.Join(words[1:], " "))
		any = append(any, "(profile.firstName sw "+quote(words[0])+" and profile.lastName sw "+last+")")
	}
	return strings.Join(any, " or ")
}
