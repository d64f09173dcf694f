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

const appsPath = "/api/v1/apps"

func appPath(id string, more ...string) string {
	path := appsPath + "/" + url.PathEscape(id)
	for _, m := range more {
		path += "/" + m
	}
	return path
}

// Apps lists all apps of the org, of every sign-on mode and Okta's own too,
// each with its raw JSON.
func (c *Client) Apps(ctx context.Context) ([]sso.App, error) {
	var apps []sso.App
	err := c.pages(ctx, appsPath, url.Values{"limit": {"200"}}, func(v gjson.Result) { apps = append(apps, readApp(v)) })
	if err != nil {
		return nil, fmt.Errorf("list the apps: %w", err)
	}
	return apps, nil
}

// App reads one app. An app that is not there matches ErrNotFound.
func (c *Client) App(ctx context.Context, id string) (sso.App, error) {
	v, err := c.getApp(ctx, id)
	if err != nil {
		return sso.App{}, fmt.Errorf("read app %s: %w", id, err)
	}
	return readApp(v), nil
}

func (c *Client) getApp(ctx context.Context, id string) (gjson.Result, error) {
	if id == "" {
		return gjson.Result{}, errors.New("the app has no id")
	}
	v, err := c.get(ctx, appPath(id), nil)
	if err != nil {
		return gjson.Result{}, err
	}
	return v, checkApp(v)
}

func checkApp(v gjson.Result) error {
	if !v.IsObject() || v.Get("id").String() == "" {
		return errors.New("the answer is no app")
	}
	return nil
}

// CreateApp makes an app and activates it. It is sent once: when the answer
// is lost the error is an *httpx.UnknownOutcome, and the caller has to look for
// the app before trying again, since Okta would make a second one.
func (c *Client) CreateApp(ctx context.Context, want sso.App) (sso.App, error) {
	v, err := c.postApp(ctx, want)
	if err != nil {
		return sso.App{}, err
	}
	return readApp(v), nil
}

func (c *Client) postApp(ctx context.Context, want sso.App) (gjson.Result, error) {
	body, err := newApp(want)
	if err != nil {
		return gjson.Result{}, fmt.Errorf("create app %q: %w", want.Label, err)
	}
	r := call{method: http.MethodPost, path: appsPath, query: url.Values{"activate": {"true"}}, body: body}
	a, err := c.do(ctx, r)
	if err == nil {
		v := gjson.ParseBytes(a.body)
		if err = checkApp(v); err == nil {
			return v, nil
		}
		err = c.lostUnless(r, err)
	}
	return gjson.Result{}, fmt.Errorf("create app %q: %w", want.Label, err)
}

// UpdateApp changes what want states and differs, and nothing else: the app
// is read, changed in its raw JSON, and put back whole. Without a difference
// nothing is written. A KID in want makes that key the active one.
func (c *Client) UpdateApp(ctx context.Context, id string, want sso.App) (sso.App, error) {
	v, err := c.getApp(ctx, id)
	if err != nil {
		return sso.App{}, fmt.Errorf("read app %s before changing it: %w", id, err)
	}
	have := readApp(v)
	if want.SAML != nil && have.SAML == nil || want.OIDC != nil && have.OIDC == nil {
		return sso.App{}, hint.With(hint.Refused, fmt.Errorf("app %s has the sign-on mode %q, which cannot be changed into the one wanted", id, have.SignOnMode),
			"Okta fixes the sign-on mode when an app is made: take another app, or make a new one with --new-app")
	}
	if len(Diff(have, want)) == 0 {
		return have, nil
	}
	body, err := set(have.Raw, want)
	if err != nil {
		return sso.App{}, fmt.Errorf("change app %q: %w", have.Label, err)
	}
	r := call{method: http.MethodPut, path: appPath(id), body: body}
	a, err := c.do(ctx, r)
	if err == nil {
		v = gjson.ParseBytes(a.body)
		if err = checkApp(v); err == nil {
			return readApp(v), nil
		}
		err = c.lostUnless(r, err)
	}
	return sso.App{}, fmt.Errorf("change app %q: %w", have.Label, err)
}

// DeleteApp deactivates an app and deletes it. One that is gone already is fine.
func (c *Client) DeleteApp(ctx context.Context, id string) error {
	if id == "" {
		return errors.New("delete an app: it has no id")
	}
	for try := 1; ; try++ {
		_, err := c.do(ctx, call{method: http.MethodPost, path: appPath(id, "lifecycle/deactivate")})
		if isGone(err) {
			return nil
		}
		// A lost answer shows in what the deletion says.
		if err != nil && (!unknownOutcome(err) || ctx.Err() != nil) {
			return fmt.Errorf("deactivate app %s: %w", id, err)
		}
		_, err = c.do(ctx, call{method: http.MethodDelete, path: appPath(id)})
		if err == nil || isGone(err) {
			return nil
		}
		var e *Error
		if try == 1 && errors.As(err, &e) && e.Code == "E0000056" {
			continue // still active
		}
		return fmt.Errorf("delete app %s: %w", id, err)
	}
}
