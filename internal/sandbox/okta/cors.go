package okta

import (
	"net/http"
	"net/url"
	"slices"
)

// crossOrigin lets scripts of other origins read what Okta lets them read:
// discovery and keys anybody's, tokens and user info those of apps that run in
// a browser. Cookies are never for them. It answers a preflight itself, and
// tells whether it did.
func (o *Org) crossOrigin(w http.ResponseWriter, r *http.Request, segments []string) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || len(segments) < 2 {
		return false
	}
	open := segments[0] == ".well-known" || slices.Equal(segments, []string{"oauth2", "v1", "keys"})
	if !open && !(segments[0] == "oauth2" && o.runsAt(origin)) {
		return false
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "X-Okta-Request-Id, X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	o.setHeaders(h)
	h.Set("Vary", "Origin")
	h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept, Origin, DPoP, X-Okta-User-Agent-Extended, X-Requested-With")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusOK)
	return true
}

// runsAt tells whether an active app in the browser is sent back to that
// origin, which is how the setting up of such an app makes it a trusted one.
func (o *Org) runsAt(origin string) bool {
	o.mu.RLock()
	defer o.mu.RUnlock()
	for _, a := range o.apps.byID {
		if a.OAuth == nil || a.Status != active || a.OAuth.ApplicationType != "browser" {
			continue
		}
		if slices.ContainsFunc(a.OAuth.RedirectURIs, func(uri string) bool {
			u, err := url.Parse(uri)
			return err == nil && u.Host != "" && u.Scheme+"://"+u.Host == origin
		}) {
			return true
		}
	}
	return false
}
