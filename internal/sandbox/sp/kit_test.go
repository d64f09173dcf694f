package sp_test

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/base64"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"
	"golang.org/x/net/html"

	"example.com/ssowizard/internal/sandbox/durable"
	"example.com/ssowizard/internal/sandbox/sp"
	"example.com/ssowizard/internal/sandbox/sp/samlrp/samltest"
)

const (
	portal   = "https://app.net2phone.com"
	acsURL   = "https://auth.net2phone.com/saml/login/callback"
	loginURL = "http://127.0.0.1:7001/app/acme_n2p_1/exk1/sso/saml"
	settings = portal + "/settings/single-sign-on"
	apiURL   = portal + "/sso-settings/v1"
)

var people = []sp.Person{
	{Email: "ana.lima@acme.example", FirstName: "Ana", LastName: "Lima", Password: "secret-ana", Admin: true},
	{Email: "ben.okafor@acme.example", FirstName: "Ben", LastName: "<b>Okafor</b>", Password: "secret-ben"},
	{FirstName: "No", LastName: "Address"},
}

// clock is a clock that a test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// world is the providers with a clock and a log.
type world struct {
	t     *testing.T
	p     *sp.Providers
	clock *clock
	log   *durable.Log
	token string
	okta  string // origin of the sandbox's Okta
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: newClock(), log: durable.Memory()}
	w.start()
	return w
}

// start starts the providers, again when they ran before.
func (w *world) start() {
	w.t.Helper()
	p, err := sp.New(sp.Options{
		Log: w.log, Now: w.clock.now, OktaOrigin: cmp.Or(w.okta, "http://127.0.0.1:7001"),
		People: func(yield func(sp.Person) bool) {
			for _, person := range people {
				if !yield(person) {
					return
				}
			}
		},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.p, w.token = p, p.List()[0].APIToken
}

// RoundTrip answers for the providers' hosts without a socket.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	in := r.Clone(r.Context())
	in.Host = r.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w.p.ServeHTTP(rec, in)
	res := rec.Result()
	res.Request = r
	return res, nil
}

// browser keeps cookies and stops at the identity provider.
type browser struct {
	*world
	client *http.Client
	page   *page
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &browser{world: w, client: &http.Client{Transport: w, Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !slices.Contains(w.p.Hosts(), r.URL.Hostname()) {
			return http.ErrUseLastResponse
		}
		return nil
	}}}
}

// page is what a browser shows.
type page struct {
	status    int
	url       *url.URL
	header    http.Header
	doc       *html.Node
	raw, text string
}

func (b *browser) do(r *http.Request) *page {
	b.t.Helper()
	res, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	doc, err := html.Parse(bytes.NewReader(raw))
	if err != nil {
		b.t.Fatal(err)
	}
	b.page = &page{status: res.StatusCode, url: res.Request.URL, header: res.Header, doc: doc, raw: string(raw), text: textOf(doc)}
	return b.page
}

func (b *browser) open(address string) *page {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

// press submits the form that holds the button with this name, after filling
// the fields with these labels. A file is entered as "file:" and its content.
func (b *browser) press(button string, fields map[string]string) *page {
	b.t.Helper()
	pressed := find(b.page.doc, func(n *html.Node) bool { return n.Data == "button" && textOf(n) == button })
	if pressed == nil {
		b.t.Fatalf("no button %q on the page %q:\n%s", button, b.page.url, b.page.text)
	}
	form := pressed
	for form != nil && form.Data != "form" {
		form = form.Parent
	}
	values, files := formValues(form), map[string]string{}
	if name := attr(pressed, "name"); name != "" {
		values.Set(name, attr(pressed, "value"))
	}
	for label, value := range fields {
		name := b.fieldOf(form, label)
		content, isFile := strings.CutPrefix(value, "file:")
		switch {
		case isFile:
			files[name] = content
		case value == "[off]":
			values.Del(name)
		default:
			values.Set(name, value)
		}
	}
	to := b.page.url.ResolveReference(mustParse(b.t, attr(form, "action")))
	if attr(form, "method") == "get" {
		to.RawQuery = values.Encode()
		return b.open(to.String())
	}
	return b.post(to.String(), values, files, attr(form, "enctype"))
}

// formValues are what a browser would send of a form as it stands.
func formValues(form *html.Node) url.Values {
	values := url.Values{}
	each(form, func(n *html.Node) {
		name := attr(n, "name")
		switch {
		case name == "":
		case n.Data == "textarea":
			values.Set(name, strings.TrimPrefix(textOf(n), "\n"))
		case n.Data == "select":
			values.Set(name, attr(chosen(n), "value"))
		case n.Data != "input" || attr(n, "type") == "file":
		case attr(n, "type") == "checkbox" || attr(n, "type") == "radio":
			if has(n, "checked") {
				values.Set(name, attr(n, "value"))
			}
		default:
			values.Set(name, attr(n, "value"))
		}
	})
	return values
}

// chosen is the option that a select shows: the first, if none is selected.
func chosen(n *html.Node) *html.Node {
	if o := find(n, func(o *html.Node) bool { return o.Data == "option" && has(o, "selected") }); o != nil {
		return o
	}
	return find(n, func(o *html.Node) bool { return o.Data == "option" })
}

func (b *browser) fieldOf(form *html.Node, label string) string {
	b.t.Helper()
	l := find(form, func(n *html.Node) bool { return n.Data == "label" && textOf(n) == label })
	if l == nil {
		b.t.Fatalf("no label %q in the form", label)
	}
	field := find(form, func(n *html.Node) bool { return attr(n, "id") == attr(l, "for") })
	if field == nil {
		b.t.Fatalf("the label %q belongs to nothing", label)
	}
	return attr(field, "name")
}

func (b *browser) post(address string, values url.Values, files map[string]string, enctype string) *page {
	b.t.Helper()
	var body bytes.Buffer
	kind := "application/x-www-form-urlencoded"
	if enctype == "multipart/form-data" {
		w := multipart.NewWriter(&body)
		for name := range values {
			if err := w.WriteField(name, values.Get(name)); err != nil {
				b.t.Fatal(err)
			}
		}
		for name, content := range files {
			f, err := w.CreateFormFile(name, "okta.cert")
			if err != nil {
				b.t.Fatal(err)
			}
			if _, err := io.WriteString(f, content); err != nil {
				b.t.Fatal(err)
			}
		}
		kind = w.FormDataContentType()
		w.Close()
	} else {
		body.WriteString(values.Encode())
	}
	r, err := http.NewRequest(http.MethodPost, address, &body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	return b.do(r)
}

// answer posts a response to the ACS URL as the browser would.
func (b *browser) answer(r samltest.Response) *page {
	b.t.Helper()
	return b.post(acsURL, url.Values{"SAMLResponse": {r.Encode()}, "RelayState": {"https://evil.example/"}}, nil, "")
}

// requestID reads the request that the browser is being sent away with.
func (b *browser) requestID() string {
	b.t.Helper()
	return b.sentRequest().SelectAttrValue("ID", "")
}

func (b *browser) sentRequest() *etree.Element {
	b.t.Helper()
	to := mustParse(b.t, b.page.header.Get("Location"))
	if got := to.Scheme + "://" + to.Host + to.Path; got != loginURL {
		b.t.Fatalf("sent to %q (status %d), want the login URL; page:\n%s", got, b.page.status, b.page.text)
	}
	raw, err := base64.StdEncoding.DecodeString(to.Query().Get("SAMLRequest"))
	if err != nil {
		b.t.Fatal(err)
	}
	doc := etree.NewDocument()
	if _, err := doc.ReadFrom(flate.NewReader(bytes.NewReader(raw))); err != nil {
		b.t.Fatal(err)
	}
	return doc.Root()
}

// response is what the identity provider says about a person now.
func (w *world) response(email string) samltest.Response {
	return samltest.New(acsURL, "n2p", email, w.clock.now())
}

// signInWithPassword signs somebody in while SSO is off.
func (b *browser) signInWithPassword(email, password string) *page {
	b.t.Helper()
	b.open(portal + "/")
	b.press("Next", map[string]string{"Email address": email})
	return b.press("Sign in", map[string]string{"Password": password})
}

// reason is the code in the head of the page.
func (p *page) reason() string {
	meta := find(p.doc, func(n *html.Node) bool { return n.Data == "meta" && attr(n, "name") == "sso-reason" })
	if meta == nil {
		return ""
	}
	return attr(meta, "content")
}

func (p *page) role(role string) string {
	n := find(p.doc, func(n *html.Node) bool { return attr(n, "role") == role })
	if n == nil {
		return ""
	}
	return textOf(n)
}
