package signin

import (
	"context"
	"strings"
	"sync"
)

// session is what Okta's cookies say of a person who has signed in themselves. It
// lives in memory, for the sign-ins of one run.
type session struct {
	mu      sync.Mutex
	cookies []cookie
}

// cookie is one as a browser gives it and takes it.
type cookie struct {
	Name     string   `json:"name"`
	Value    string   `json:"value"`
	URL      string   `json:"url,omitempty"`
	Domain   string   `json:"domain,omitempty"`
	Path     string   `json:"path,omitempty"`
	Expires  *float64 `json:"expires,omitempty"`
	HTTPOnly bool     `json:"httpOnly,omitempty"`
	Secure   bool     `json:"secure,omitempty"`
	SameSite string   `json:"sameSite,omitempty"`
}

// resume gives the browser the session of an earlier sign-in. Without it the
// person signs in once more.
func (w *window) resume(ctx context.Context) {
	if w.kept == nil {
		return
	}
	w.kept.mu.Lock()
	defer w.kept.mu.Unlock()
	if len(w.kept.cookies) > 0 {
		_ = w.call(ctx, "", "Storage.setCookies", map[string]any{"cookies": w.kept.cookies}, nil)
	}
}

// keep takes the session at Okta out of a browser whose sign-in is over.
func (w *window) keep(ctx context.Context) {
	var all struct {
		Cookies []cookie `json:"cookies"`
	}
	if w.kept == nil || w.call(ctx, "", "Storage.getCookies", nil, &all) != nil {
		return
	}
	w.kept.mu.Lock()
	defer w.kept.mu.Unlock()
	w.kept.cookies = nil
	host := w.watch.c.okta.Hostname()
	for _, c := range all.Cookies {
		switch domain, shared := strings.CutPrefix(c.Domain, "."); {
		case !shared && domain == host:
			c.URL, c.Domain = origin(w.watch.c.okta)+c.Path, "" // of this host alone
		case !shared || host != domain && !strings.HasSuffix(host, "."+domain):
			continue
		}
		if c.Expires != nil && *c.Expires < 0 {
			c.Expires = nil // ends with the browser, which this one takes the place of
		}
		w.kept.cookies = append(w.kept.cookies, c)
	}
}
