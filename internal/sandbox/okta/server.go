package okta

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxBody bounds what a request may send. A logo is the largest thing Okta
// takes, with 1 MB.
const maxBody = 2 << 20

// call is one request on its way through a handler.
type call struct {
	r     *http.Request
	base  string
	ids   []string // what stood for the {} of the route's pattern
	query url.Values
	body  []byte
	who   *identity
}

// reply is a handler's answer.
type reply struct {
	status      int
	contentType string
	body        []byte
	header      http.Header
}

func (a *reply) set(name, value string) *reply {
	a.header.Set(name, value)
	return a
}

func answer(status int, v any) *reply {
	return &reply{status: status, contentType: "application/json", body: encode(v), header: http.Header{}}
}

func ok(v any) *reply { return answer(http.StatusOK, v) }

func noContent() *reply {
	return &reply{status: http.StatusNoContent, header: http.Header{"X-Frame-Options": {"SAMEORIGIN"}}}
}

// url is an absolute address in this org, as the caller reaches it.
func (c *call) url(path ...string) string {
	return c.base + "/api/v1/" + strings.Join(path, "/")
}

// decode reads the body into v. An empty one is no JSON.
func (c *call) decode(v any) error {
	if json.Unmarshal(c.body, v) != nil {
		return malformed()
	}
	return nil
}

// Base is the origin under which a request reached the org.
func (o *Org) Base(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// ServeHTTP answers as Okta would.
func (o *Org) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if o.allowed != nil && !o.allowed(r.Host) {
		http.Error(w, "400 Bad Request: this org is not served under this host name", http.StatusBadRequest)
		return
	}
	segments := splitPath(r.URL)
	if isSignOn(segments) {
		o.serveSignOn(w, r, segments)
		return
	}
	if o.crossOrigin(w, r, segments) || o.serveOIDC(w, r, segments) {
		return
	}
	defer o.limiter.enter(r)()
	rt, ids, err := o.match(r.Method, segments)
	if err != nil {
		o.serveUnrouted(w, r, segments, err)
		return
	}
	o.serveRoute(w, r, rt, ids)
}

// splitPath keeps an escaped slash inside its segment, and takes the empty
// ones away that a base URL with a slash at its end makes.
func splitPath(u *url.URL) []string {
	var segments []string
	for s := range strings.SplitSeq(u.EscapedPath(), "/") {
		if s == "" {
			continue
		}
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
		segments = append(segments, s)
	}
	return segments
}

func (o *Org) serveRoute(w http.ResponseWriter, r *http.Request, rt *route, ids []string) {
	o.setHeaders(w.Header())
	c := &call{r: r, base: o.Base(r), ids: ids}
	var err error
	if c.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		c.query = r.URL.Query()
	}
	c.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		o.writeError(w, malformed())
		return
	}
	if err := checkHeaders(rt, r, c.body); err != nil {
		o.writeError(w, err)
		return
	}
	c.who = o.identify(r)
	if rt.resource == "" && !rt.open && !c.who.presented {
		o.identifyBySession(c)
	}
	if rt.bucket != "" {
		if err := o.limiter.crowded(w.Header()); err != nil {
			o.writeError(w, err)
			return
		}
		if err := o.limiter.take(w.Header(), rt.bucket, c.who.principal); err != nil {
			o.writeError(w, err)
			return
		}
	}
	if !rt.open {
		if !c.who.session {
			o.setCookies(w.Header())
		}
		if err := o.authorize(c, rt); err != nil {
			o.writeError(w, err)
			return
		}
	}
	c.meansMe(rt)
	o.write(w, rt, c)
}

// meansMe puts the caller's own id in the place of me, under /users.
func (c *call) meansMe(rt *route) {
	if c.who.person != nil && len(c.ids) > 0 && c.ids[0] == "me" && len(rt.pattern) > 3 && rt.pattern[2] == "users" {
		c.ids[0] = c.who.person.ID
	}
}

// write runs the handler with the lock its route asks for.
func (o *Org) write(w http.ResponseWriter, rt *route, c *call) {
	a, err := o.run(rt, c)
	if err != nil {
		o.writeError(w, err)
		return
	}
	h := w.Header()
	for name, values := range a.header {
		h[name] = values
	}
	if a.contentType != "" {
		h.Set("Content-Type", a.contentType)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client is gone when this fails
}

func (o *Org) run(rt *route, c *call) (*reply, error) {
	switch rt.lock {
	case reading:
		o.mu.RLock()
		defer o.mu.RUnlock()
	case writing:
		o.mu.Lock()
		defer o.mu.Unlock()
	}
	return rt.serve(c)
}

func (o *Org) writeError(w http.ResponseWriter, err error) {
	var oauth *oauthError
	if errors.As(err, &oauth) {
		for name, values := range oauth.header {
			w.Header()[name] = values
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(oauth.status)
		_, _ = w.Write(encode(object{{"error", oauth.code}, {"error_description", oauth.description}}))
		return
	}
	var api *apiError
	if !errors.As(err, &api) {
		api = internalError()
	}
	for name, values := range api.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(api.status)
	_, _ = w.Write(encode(api.body(o.errorID())))
}

// serveUnrouted answers JSON where programs call and HTML where people look.
func (o *Org) serveUnrouted(w http.ResponseWriter, r *http.Request, segments []string, err error) {
	o.setHeaders(w.Header())
	if len(segments) == 0 || segments[0] == "api" || segments[0] == "oauth2" || segments[0] == ".well-known" {
		var api *apiError
		if errors.As(err, &api) && len(segments) > 1 && segments[0] == "api" {
			if e := o.limiter.take(w.Header(), bucketAny, o.identify(r).principal); e != nil {
				err = e
			}
		}
		o.writeError(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	_, _ = io.WriteString(w, notFoundPage)
}

const notFoundPage = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Page not found</title></head>
<body><h1>404</h1><p>This page does not exist.</p></body></html>
`
