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
	a := find(p.doc, func(n *html.Node) bool { return n.Data == "a" && textOf(n) == link })
	if a == nil {
		p.ts.Fatalf("no link %q on %s:\n%s", link, p.at, textOf(p.doc))
	}
	p.open(p.resolve(attr(a, "href")))
}

func (p *paper) resolve(to string) string {
	u, err := p.at.Parse(to)
	p.ts.Check(err)
	return u.String()
}

func (p *paper) field(label string) *html.Node {
	l := find(p.doc, func(n *html.Node) bool { return n.Data == "label" && textOf(n) == label })
	if l == nil {
		return nil
	}
	return byID(p.doc, attr(l, "for"))
}

func (p *paper) fill(label, value, file string) bool {
	f := p.field(label)
	switch {
	case f == nil || hasAttr(f, "readonly") || hasAttr(f, "disabled"):
		return false
	case attr(f, "type") == "file":
		if file == "" {
			p.ts.Fatalf("the folder has no file for %s", label)
		}
		p.files[attr(f, "name")] = file
	case attr(f, "type") == "checkbox":
		if hasAttr(f, "checked") != (value == "true") {
			p.click(label)
		}
	case f.Data == "textarea":
		f.FirstChild, f.LastChild = nil, nil
		f.AppendChild(&html.Node{Type: html.TextNode, Data: value})
	case f.Data == "select":
		walk(f, func(o *html.Node) { dropAttr(o, "selected") })
		o := find(f, func(o *html.Node) bool { return o.Data == "option" && attr(o, "value") == value })
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
	if f == nil || attr(f, "type") != "checkbox" {
		p.ts.Fatalf("no check box %q on %s", label, p.at)
	}
	if hasAttr(f, "checked") {
		dropAttr(f, "checked")
		return
	}
	setAttr(f, "checked", "")
}

func (p *paper) press(label string) {
	b := find(p.doc, func(n *html.Node) bool { return n.Data == "button" && textOf(n) == label && !hasAttr(n, "disabled") })
	if b == nil {
		p.ts.Fatalf("no button %q on %s:\n%s", label, p.at, textOf(p.doc))
	}
	form := b
	for form != nil && form.Data != "form" {
		form = form.Parent
	}
	values := valuesOf(form)
	if name := attr(b, "name"); name != "" {
		values.Set(name, attr(b, "value"))
	}
	p.send(form, values)
}

func (p *paper) text() string              { return textOf(p.doc) }
func (p *paper) value(label string) string { return attr(p.field(label), "value") }

func (p *paper) send(form *html.Node, values url.Values) {
	to := p.resolve(attr(form, "action"))
	if !strings.EqualFold(attr(form, "method"), "post") {
		p.open(to + "?" + values.Encode())
		return
	}
	body, kind := bytes.NewBufferString(values.Encode()), "application/x-www-form-urlencoded"
	if attr(form, "enctype") == "multipart/form-data" {
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
