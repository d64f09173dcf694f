package cli_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/net/html"

	"example.com/ssowizard/internal/sandbox/sandboxtest"
)

// paper is a window without a browser: it reads the HTML and sends what a
// browser would.
type paper struct {
	ts     *testscript.TestScript
	client *http.Client
	at     *url.URL
	doc    *html.Node
	files  map[string]string // chosen on this page: name of the field to path
}

func newPaper(ts *testscript.TestScript, b *box) *paper {
	jar, err := cookiejar.New(nil)
	ts.Check(err)
	c := b.client(ts)
	c.Jar, c.CheckRedirect = jar, nil
	return &paper{ts: ts, client: c}
}

func (p *paper) open(address string) {
	req, err := http.NewRequest(http.MethodGet, address, nil) //nolint:noctx // the client has a timeout
	p.ts.Check(err)
	p.do(req)
}

// do shows the page that a request ends at.
func (p *paper) do(req *http.Request) {
	resp, err := p.client.Do(req)
	p.ts.Check(err)
	defer resp.Body.Close()
	p.at, p.files = resp.Request.URL, map[string]string{}
	p.doc, err = html.Parse(resp.Body)
	p.ts.Check(err)
	if form := byID(p.doc, "form-signin"); form != nil {
		setAttr(byID(form, "okta-signin-username"), "value", p.ts.Getenv("TESTER"))
		setAttr(byID(form, "okta-signin-password"), "value", worldOf(p.ts).secrets["PASSWORD"])
		p.send(form, valuesOf(form))
	} else if form := byID(p.doc, "appForm"); form != nil {
		p.send(form, valuesOf(form))
	}
}

func (p *paper) follow(link string) {
	a := sandboxtest.Find(p.doc, func(n *html.Node) bool { return n.Data == "a" && sandboxtest.Text(n) == link })
	if a == nil {
		p.ts.Fatalf("no link %q on %s:\n%s", link, p.at, sandboxtest.Text(p.doc))
	}
	p.open(p.resolve(sandboxtest.Attr(a, "href")))
}

func (p *paper) resolve(to string) string {
	u, err := p.at.Parse(to)
	p.ts.Check(err)
	return u.String()
}

func (p *paper) field(label string) *html.Node {
	l := sandboxtest.Find(p.doc, func(n *html.Node) bool { return n.Data == "label" && sandboxtest.Text(n) == label })
	if l == nil {
		return nil
	}
	return byID(p.doc, sandboxtest.Attr(l, "for"))
}

func (p *paper) fill(label, value, file string) bool {
	f := p.field(label)
	switch {
	case f == nil || sandboxtest.HasAttr(f, "readonly") || sandboxtest.HasAttr(f, "disabled"):
		return false
	case sandboxtest.Attr(f, "type") == "file":
		if file == "" {
			p.ts.Fatalf("the folder has no file for %s", label)
		}
		p.files[sandboxtest.Attr(f, "name")] = file
	case sandboxtest.Attr(f, "type") == "checkbox":
		if sandboxtest.HasAttr(f, "checked") != (value == "true") {
			p.click(label)
		}
	case f.Data == "textarea":
		f.FirstChild, f.LastChild = nil, nil
		f.AppendChild(&html.Node{Type: html.TextNode, Data: value})
	case f.Data == "select":
		sandboxtest.Walk(f, func(o *html.Node) { dropAttr(o, "selected") })
		o := sandboxtest.Find(f, func(o *html.Node) bool { return o.Data == "option" && sandboxtest.Attr(o, "value") == value })
		if o == nil {
			p.ts.Fatalf("%s has no choice %q", label, value)
		}
		setAttr(o, "selected", "")
	default:
		setAttr(f, "value", value)
	}
	return true
}

func (p *paper) click(label string) {
	f := p.field(label)
	if f == nil || sandboxtest.Attr(f, "type") != "checkbox" {
		p.ts.Fatalf("no check box %q on %s", label, p.at)
	}
	if sandboxtest.HasAttr(f, "checked") {
		dropAttr(f, "checked")
		return
	}
	setAttr(f, "checked", "")
}

func (p *paper) press(label string) {
	b := sandboxtest.Find(p.doc, func(n *html.Node) bool {
		return n.Data == "button" && sandboxtest.Text(n) == label && !sandboxtest.HasAttr(n, "disabled")
	})
	if b == nil {
		p.ts.Fatalf("no button %q on %s:\n%s", label, p.at, sandboxtest.Text(p.doc))
	}
	form := b
	for form != nil && form.Data != "form" {
		form = form.Parent
	}
	values := valuesOf(form)
	if name := sandboxtest.Attr(b, "name"); name != "" {
		values.Set(name, sandboxtest.Attr(b, "value"))
	}
	p.send(form, values)
}

func (p *paper) text() string              { return sandboxtest.Text(p.doc) }
func (p *paper) value(label string) string { return sandboxtest.Attr(p.field(label), "value") }

func (p *paper) send(form *html.Node, values url.Values) {
	to := p.resolve(sandboxtest.Attr(form, "action"))
	if !strings.EqualFold(sandboxtest.Attr(form, "method"), "post") {
		p.open(to + "?" + values.Encode())
		return
	}
	body, kind := bytes.NewBufferString(values.Encode()), "application/x-www-form-urlencoded"
	if sandboxtest.Attr(form, "enctype") == "multipart/form-data" {
		body.Reset()
		kind = p.multipart(body, values)
	}
	req, err := http.NewRequest(http.MethodPost, to, body) //nolint:noctx // the client has a timeout
	p.ts.Check(err)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Origin", p.at.Scheme+"://"+p.at.Host)
	p.do(req)
}

func (p *paper) multipart(into io.Writer, values url.Values) string {
	w := multipart.NewWriter(into)
	for name := range values {
		p.ts.Check(w.WriteField(name, values.Get(name)))
	}
	for name, path := range p.files {
		f, err := w.CreateFormFile(name, filepath.Base(path))
		p.ts.Check(err)
		data, err := os.ReadFile(path)
		p.ts.Check(err)
		_, err = f.Write(data)
		p.ts.Check(err)
	}
	p.ts.Check(w.Close())
	return w.FormDataContentType()
}
