package oktaapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"example.com/ssowizard/internal/hint"
	"example.com/ssowizard/internal/secret"
	"example.com/ssowizard/internal/sso"
)

func secretPath(appID string, more ...string) string {
	return appPath(appID, append([]string{"credentials/secrets"}, more...)...)
}

// ClientSecrets lists the secrets of an OIDC app with their texts, which Okta
// shows at any time.
func (c *Client) ClientSecrets(ctx context.Context, appID string) ([]sso.ClientSecret, error) {
	v, err := c.get(ctx, secretPath(appID), nil)
	if err == nil && !v.IsArray() {
		err = errors.New("the answer is no list")
	}
	var list []sso.ClientSecret
	for _, one := range v.Array() {
		if err != nil {
			break
		}
		var s sso.ClientSecret
		if s, err = readClientSecret(one); err == nil {
			list = append(list, s)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("list the client secrets of app %s: %w", appID, err)
	}
	return list, nil
}

// CreateClientSecret makes another secret, which is active at once beside the
// one that is there. It is sent once: after an *httpx.UnknownOutcome the caller
// looks with ClientSecrets.
func (c *Client) CreateClientSecret(ctx context.Context, appID string) (sso.ClientSecret, error) {
	s, err := c.postSecret(ctx, secretPath(appID))
	var refused *Error
	if errors.As(err, &refused) && refused.Status == http.StatusBadRequest && strings.Contains(refused.Error(), "maximum number") {
		err = hint.Add(err, "an app has two client secrets at most: see which of the two is no longer in use, deactivate and delete it "+
			"(Applications → the app → General → Client Credentials), then run the same command again")
	}
	if err != nil {
		return sso.ClientSecret{}, fmt.Errorf("make a client secret for app %s: %w", appID, err)
	}
	return s, nil
}

// ActivateClientSecret lets an inactive secret be used again.
func (c *Client) ActivateClientSecret(ctx context.Context, appID, id string) error {
	if _, err := c.postSecret(ctx, secretPath(appID, url.PathEscape(id), "lifecycle/activate")); err != nil {
		return fmt.Errorf("activate client secret %s of app %s: %w", id, appID, err)
	}
	return nil
}

// DeactivateClientSecret takes a secret out of use. Okta refuses it for the
// only active one.
func (c *Client) DeactivateClientSecret(ctx context.Context, appID, id string) error {
	if _, err := c.postSecret(ctx, secretPath(appID, url.PathEscape(id), "lifecycle/deactivate")); err != nil {
		return fmt.Errorf("deactivate client secret %s of app %s: %w", id, appID, err)
	}
	return nil
}

// DeleteClientSecret deletes an inactive secret. One that is gone already is
// fine.
func (c *Client) DeleteClientSecret(ctx context.Context, appID, id string) error {
	if id == "" {
		return fmt.Errorf("delete a client secret of app %s: it has no id", appID)
	}
	_, err := c.do(ctx, call{method: http.MethodDelete, path: secretPath(appID, url.PathEscape(id))})
	if err != nil && !isGone(err) {
		return fmt.Errorf("delete client secret %s of app %s: %w", id, appID, err)
	}
	return nil
}

func (c *Client) postSecret(ctx context.Context, path string) (sso.ClientSecret, error) {
	r := call{method: http.MethodPost, path: path}
	a, err := c.do(ctx, r)
	if err != nil {
		return sso.ClientSecret{}, err
	}
	s, err := readClientSecret(gjson.ParseBytes(a.body))
	if err != nil {
		return sso.ClientSecret{}, c.lostUnless(r, err)
	}
	return s, nil
}

func readClientSecret(v gjson.Result) (sso.ClientSecret, error) {
	s := sso.ClientSecret{
		ID: v.Get("id").String(), Status: v.Get("status").String(), Created: readTime(v.Get("created")),
		Secret: secret.New(v.Get("client_secret").String()),
	}
	if s.ID == "" || s.Status == "" {
		return sso.ClientSecret{}, errors.New("a client secret has no id or no status")
	}
	return s, nil
}

// CreateAppWithSecret is CreateApp for an OIDC app: its client secret comes
// along, which no later answer about the app has. It is empty for a client
// without one.
func (c *Client) CreateAppWithSecret(ctx context.Context, want sso.App) (sso.App, secret.String, error) {
	a, err := c.postApp(ctx, want)
	if err != nil {
		return sso.App{}, secret.String{}, err
	}
	return readApp(a), secret.New(a.Get(clientSecretPath).String()), nil
}
