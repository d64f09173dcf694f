package oktaapi

import (
	"context"
	"fmt"
	"net/http"
)

// ActivateApp turns an inactive app on. On an active one it does nothing.
func (c *Client) ActivateApp(ctx context.Context, id string) error {
	if _, err := c.do(ctx, call{method: http.MethodPost, path: appPath(id, "lifecycle/activate")}); err != nil {
		return fmt.Errorf("activate app %s: %w", id, err)
	}
	return nil
}
