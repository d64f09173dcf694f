package oktaapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"example.com/ssowizard/internal/sso"
)

// SwitchKey makes another of the app's keys the active one, in one call: app
// has to be as it was just read, because it is put back whole.
func (c *Client) SwitchKey(ctx context.Context, app sso.App, kid string) (sso.App, error) {
	if len(app.Raw) == 0 || app.ID == "" {
		return sso.App{}, errors.New("switch the signing key: the app was not read before")
	}
	body, err := sjson.SetBytes(app.Raw, "credentials.signing.kid", kid)
	if err != nil {
		return sso.App{}, fmt.Errorf("switch the signing key of app %q: %w", app.Label, err)
	}
	r := call{method: http.MethodPut, path: appPath(app.ID), body: body}
	a, err := c.do(ctx, r)
	if err == nil {
		v := gjson.ParseBytes(a.body)
		if err = checkApp(v); err == nil {
			return readApp(v), nil
		}
		err = c.lostUnless(r, err)
	}
	return sso.App{}, fmt.Errorf("switch the signing key of app %q: %w", app.Label, err)
}
