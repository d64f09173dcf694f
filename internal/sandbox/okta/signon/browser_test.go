package signon_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"example.com/ssowizard/internal/sandbox/okta/signon"
)

// browser is somebody at the org: it keeps cookies, and follows no redirect.
type browser struct {
	t      *testing.T
	dir    *directory
	site   *signon.Site
	base   string
	client *http.Client
}

// page is an answer that was read to its end.
type page struct {
	status int
	header http.Header
	body   string
}

func open(t *testing.T, dir *directory) *browser {
	t.Helper()
	site := signon.New(dir, signon.Options{OrgID: "00oORG"})
	srv := httptest.NewServer(site)
	t.Cleanup(srv.Close)
	return newBrowser(t, dir, site, srv)
}

func newBrowser(t *testing.T, dir *directory, site *signon.Site, srv *httptest.Server) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := srv.Client()
	client.Jar = jar
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{t: t, dir: dir, site: site, base: srv.URL, client: client}
}

// other is a second browser at the same org.
func (b *browser) other() *browser {
	b.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	client := *b.client
	client.Jar = jar
	return &browser{t: b.t, dir: b.dir, site: b.site, base: b.base, client: &client}
}

func (b *browser) do(req *http.Request) page {
	b.t.Helper()
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return page{res.StatusCode, res.Header, string(text)}
}

func (b *browser) request(method, path, contentType, body string) *http.Request {
	b.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = b.base + path
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return req
}

func (b *browser) get(path string) page {
	b.t.Helper()
	return b.do(b.request("GET", path, "", ""))
}

func (b *browser) postForm(path string, form url.Values) page {
	b.t.Helper()
	return b.do(b.request("POST", path, "application/x-www-form-urlencoded", form.Encode()))
}

func (b *browser) postJSON(path string, body any) page {
	b.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(b.request("POST", path, "application/json", string(text)))
}

func (b *browser) authn(username, password string) page {
	b.t.Helper()
	return b.postJSON("/api/v1/authn", map[string]any{"username": username, "password": password})
}

// sessionToken signs Ana in as a program does.
func (b *browser) sessionToken(login string) string {
	b.t.Helper()
	var a struct{ Status, SessionToken string }
	p := b.authn(login, password)
	b.decode(p, &a)
	if p.status != 200 || a.Status != "SUCCESS" {
		b.t.Fatalf("authn %s: %d %s", login, p.status, p.body)
	}
	return a.SessionToken
}

// signIn gives the browser a session.
func (b *browser) signIn(login string) {
	b.t.Helper()
	p := b.get("/login/sessionCookieRedirect?token=" + b.sessionToken(login))
	if p.status != 302 || p.header.Get("Set-Cookie") == "" {
		b.t.Fatalf("sessionCookieRedirect: %d %v", p.status, p.header)
	}
}

func (b *browser) decode(p page, into any) {
	b.t.Helper()
	if err := json.NewDecoder(bytes.NewReader([]byte(p.body))).Decode(into); err != nil {
		b.t.Fatalf("read %q: %v", p.body, err)
	}
}

func (p page) location() string { return p.header.Get("Location") }

// errorCode is the code of Okta's JSON error.
func (p page) errorCode() string {
	var e struct{ ErrorCode string }
	_ = json.Unmarshal([]byte(p.body), &e)
	return e.ErrorCode
}

// form is the first form of an HTML page.
type form struct {
	id, action, method string
	fields             map[string]string
}

func (b *browser) form(p page) form {
	b.t.Helper()
	root, err := html.Parse(strings.NewReader(p.body))
	if err != nil {
		b.t.Fatal(err)
	}
	var f *form
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "form":
			if f == nil {
				f = &form{id: htmlAttr(n, "id"), action: htmlAttr(n, "action"), method: htmlAttr(n, "method"), fields: map[string]string{}}
			}
		case "input":
			if f != nil {
				f.fields[htmlAttr(n, "name")] = htmlAttr(n, "value")
			}
		}
	}
	if f == nil {
		b.t.Fatalf("no form in page %d: %s", p.status, p.body)
	}
	return *f
}

func htmlAttr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// values are the fields as a browser would send them, with changes.
func (f form) values(changes ...string) url.Values {
	v := url.Values{}
	for name, value := range f.fields {
		if name != "" {
			v.Set(name, value)
		}
	}
	for i := 0; i+1 < len(changes); i += 2 {
		v.Set(changes[i], changes[i+1])
	}
	return v
}

// samlResponse reads the page that posts an answer.
func (b *browser) samlResponse(p page) (form, []byte) {
	b.t.Helper()
	if p.status != 200 {
		b.t.Fatalf("expected the page with the answer, got %d %s %s", p.status, p.location(), p.body)
	}
	f := b.form(p)
	text, err := base64.StdEncoding.DecodeString(f.fields["SAMLResponse"])
	if err != nil || len(text) == 0 {
		b.t.Fatalf("no SAMLResponse in %s (%v)", p.body, err)
	}
	return f, text
}

func (b *browser) wantPage(p page, status int, words string) {
	b.t.Helper()
	if p.status != status || !strings.HasPrefix(p.header.Get("Content-Type"), "text/html") || !strings.Contains(p.body, words) {
		b.t.Errorf("got %d %s, want %d with %q:\n%s", p.status, p.header.Get("Content-Type"), status, words, p.body)
	}
}

// wantSignIn checks that the answer leads to the sign-in page, and returns
// where that leads.
func (b *browser) wantSignIn(p page) string {
	b.t.Helper()
	u, err := url.Parse(p.location())
	if err != nil || p.status != 302 || !strings.HasPrefix(p.location(), b.base+"/login/login.htm?") {
		b.t.Fatalf("expected the sign-in page, got %d %q\n%s", p.status, p.location(), p.body)
	}
	return u.Query().Get("fromURI")
}
