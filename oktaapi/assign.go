package oktaapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/tidwall/gjson"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/sso"
)

// AppGroups lists the groups that an app is assigned to, with their names.
func (c *Client) AppGroups(ctx context.Context, appID string) ([]sso.Assignment, error) {
	var list []sso.Assignment
	query := url.Values{"limit": {"200"}, "expand": {"group"}}
	err := c.pages(ctx, appPath(appID, "groups"), query, func(v gjson.Result) {
		list = append(list, sso.Assignment{Kind: sso.ToGroup, ID: v.Get("id").String(), Name: v.Get("_embedded.group.profile.name").String()})
	})
	if err != nil {
		return nil, fmt.Errorf("list the groups of app %s: %w", appID, err)
	}
	return list, nil
}

// AppUsers lists the people who have an app, directly or through a group.
func (c *Client) AppUsers(ctx context.Context, appID string) ([]sso.Assignment, error) {
	var list []sso.Assignment
	err := c.pages(ctx, appPath(appID, "users"), url.Values{"limit": {"500"}}, func(v gjson.Result) {
		list = append(list, readAppUser(v))
	})
	if err != nil {
		return nil, fmt.Errorf("list the people of app %s: %w", appID, err)
	}
	return list, nil
}

func readAppUser(v gjson.Result) sso.Assignment {
	return sso.Assignment{Kind: sso.ToUser, ID: v.Get("id").String(), Name: v.Get("_embedded.user.profile.login").String(),
		UserName: v.Get("credentials.userName").String(), ThroughGroup: v.Get("scope").String() == "GROUP"}
}

// AppUser reads how a person has an app; false means not at all.
func (c *Client) AppUser(ctx context.Context, appID, userID string) (sso.Assignment, bool, error) {
	v, err := c.get(ctx, appPath(appID, "users", url.PathEscape(userID)), nil)
	var e *Error
	if errors.As(err, &e) && e.Status == http.StatusNotFound && !e.about("AppInstance") {
		return sso.Assignment{}, false, nil
	}
	if err != nil {
		return sso.Assignment{}, false, fmt.Errorf("look up person %s at app %s: %w", userID, appID, err)
	}
	return readAppUser(v), true, nil
}

// Assign assigns an app to a group or directly to a person. Doing it again
// changes nothing. When the answer for a person is lost, it looks before it tries
// once more.
func (c *Client) Assign(ctx context.Context, appID string, a sso.Assignment) error {
	err := c.assign(ctx, appID, a)
	if a.Kind == sso.ToUser && unknownOutcome(err) && ctx.Err() == nil {
		var now sso.Assignment
		var found bool
		if now, found, err = c.AppUser(ctx, appID, a.ID); err == nil && !(found && !now.ThroughGroup) {
			err = c.assign(ctx, appID, a)
		}
	}
	var e *Error
	if errors.As(err, &e) && e.Status == http.StatusNotFound && e.about("AppInstance") {
		err = hint.Add(err, "the app is not there or not active; Okta assigns only active apps: look at it under Applications in the Admin Console")
	}
	if err != nil {
		return fmt.Errorf("assign %s to app %s: %w", called(a), appID, err)
	}
	return nil
}

func (c *Client) assign(ctx context.Context, appID string, a sso.Assignment) error {
	r, err := assignment(appID, a)
	if err != nil {
		return err
	}
	if a.Kind == sso.ToGroup {
		r.method, r.body = http.MethodPut, []byte(`{}`)
	} else {
		r.method, r.path = http.MethodPost, appPath(appID, "users")
		if r.body, err = encode(appUser{ID: a.ID, Scope: "USER"}); err != nil {
			return err
		}
	}
	_, err = c.do(ctx, r)
	return err
}

type appUser struct {
	ID    string `json:"id"`
	Scope string `json:"scope"`
}

// Unassign takes an app away from a group or a person. What is not assigned
// is fine.
func (c *Client) Unassign(ctx context.Context, appID string, a sso.Assignment) error {
	r, err := assignment(appID, a)
	if err == nil {
		r.method = http.MethodDelete
		if a.Kind == sso.ToUser {
			r.query = url.Values{"sendEmail": {"false"}}
		}
		_, err = c.do(ctx, r)
	}
	if err == nil || isGone(err) {
		return nil
	}
	var e *Error
	if errors.As(err, &e) && e.Code == "E0000046" {
		err = hint.Add(err, "this person has the app through a group: take the person out of the group, or unassign the group")
	}
	return fmt.Errorf("unassign %s from app %s: %w", called(a), appID, err)
}

// assignment is the request about one assignment, without its method.
func assignment(appID string, a sso.Assignment) (call, error) {
	if appID == "" || a.ID == "" {
		return call{}, errors.New("app or assignee has no id")
	}
	switch a.Kind {
	case sso.ToGroup:
		return call{path: appPath(appID, "groups", url.PathEscape(a.ID))}, nil
	case sso.ToUser:
		return call{path: appPath(appID, "users", url.PathEscape(a.ID))}, nil
	}
	return call{}, fmt.Errorf("an app cannot be assigned to a %q", a.Kind)
}

func called(a sso.Assignment) string {
	if a.Name != "" {
		return fmt.Sprintf("%s %q", a.Kind, a.Name)
	}
	return fmt.Sprintf("%s %s", a.Kind, a.ID)
}
