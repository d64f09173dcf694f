package signon

import (
	"net/http"
	"net/url"
	"strings"
)

// onOrg takes an address that somebody hands us to go on to, and returns its
// path and query when it lies on this org. Everything else is refused: a
// sign-in page that forwards to strangers is a phisher's tool.
func (s *Site) onOrg(r *http.Request, address string) (string, bool) {
	for _, c := range address {
		// Browsers drop some control characters and read "\" as "/".
		if c < 0x20 || c == 0x7f || c == '\\' {
			return "", false
		}
	}
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" || u.User != nil {
		return "", false
	}
	switch {
	case u.Scheme != "":
		base, err := url.Parse(s.dir.Base(r))
		if err != nil || !sameOrigin(u, base) {
			return "", false
		}
	case u.Host != "":
		return "", false
	}
	path := u.EscapedPath()
	if path == "" && u.Scheme != "" {
		path = "/"
	}
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return "", false
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return path, true
}

func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) &&
		strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if strings.EqualFold(u.Scheme, "https") {
		return "443"
	}
	return "80"
}

// next is where a sign-in leads: the address asked for when it is on the org,
// the dashboard otherwise. Sign-in pages themselves are no destination.
func (s *Site) next(r *http.Request, fromURI string) string {
	to, ok := s.onOrg(r, fromURI)
	if !ok || fromURI == "" || strings.HasPrefix(to, "/login/") || strings.HasPrefix(to, "/signin/") {
		return "/app/UserHome"
	}
	return to
}

// askToSignIn sends a browser to the sign-in page and from there back to the
// path and query given.
func (s *Site) askToSignIn(w http.ResponseWriter, r *http.Request, back string) {
	noStore(w)
	http.Redirect(w, r, s.dir.Base(r)+"/login/login.htm?fromURI="+url.QueryEscape(back), http.StatusFound)
}

// self is the path and query of a request without a session token, which must
// not travel any further. The rest stays as it was written, byte for byte:
// a signature of the redirect binding covers the escaped text.
func self(r *http.Request) string {
	query := withoutParameter(r.URL.RawQuery, "sessionToken")
	if query == "" {
		return r.URL.EscapedPath()
	}
	return r.URL.EscapedPath() + "?" + query
}

func withoutParameter(query, name string) string {
	var kept []string
	for _, part := range strings.Split(query, "&") {
		key, _, _ := strings.Cut(part, "=")
		if k, err := url.QueryUnescape(key); err == nil && k == name {
			continue
		}
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "&")
}

// isBase tells whether an Origin header names this org.
func (s *Site) isBase(r *http.Request, origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	base, err := url.Parse(s.dir.Base(r))
	return err == nil && sameOrigin(u, base)
}
