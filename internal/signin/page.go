package signin

import (
	"bytes"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"example.com/ssowizard/internal/sso"
)

// maxDetail bounds the text that is kept of a page, in bytes.
const maxDetail = 300

// form is a form of a page, as it would be sent without anybody typing.
type form struct {
	action  *url.URL // absolute, nil when it cannot be followed
	method  string   // GET or POST
	fields  url.Values
	visible bool // somebody is meant to fill something in
}

// page is an answer, read as a browser would.
type page struct {
	url    *url.URL
	status int
	header http.Header
	body   []byte

	title     string
	text      string // visible text of the body, of its main part where it names one
	main      string
	forms     []form
	refresh   *url.URL // target of an immediate meta refresh
	submits   bool     // a script submits a form
	links     int
	password  bool // there is a password field
	signInIdP bool // marks of Okta's sign-in widget
}

func newPage(u *url.URL, status int, header http.Header, body []byte) *page {
	p := &page{url: u, status: status, header: header, body: body}
	if kind, _, _ := mime.ParseMediaType(header.Get("Content-Type")); isHTML(kind, body) {
		p.parse()
	} else {
		p.text = sso.PlainText(string(body[:min(len(body), 4096)]), maxDetail)
	}
	return p
}

func isHTML(kind string, body []byte) bool {
	switch kind {
	case "text/html", "application/xhtml+xml":
		return true
	case "":
		return strings.HasPrefix(http.DetectContentType(body), "text/html")
	}
	return false
}

// words is what the page says: its text, else its title.
func (p *page) words() string {
	if p.text != "" {
		return p.text
	}
	return p.title
}

func (p *page) parse() {
	reader, err := charset.NewReader(bytes.NewReader(p.body), p.header.Get("Content-Type"))
	if err != nil {
		reader = bytes.NewReader(p.body)
	}
	// Without scripting the parser looks into noscript, where some pages keep
	// the form.
	root, err := html.ParseWithOptions(reader, html.ParseOptionEnableScripting(false))
	if err != nil {
		return
	}
	lower := strings.ToLower(string(p.body))
	p.signInIdP = containsAny(lower, "okta-sign-in", "oktasignin", "okta-signin-widget", "okta-login-container", "signin-container")
	base := p.url
	var texts, hidden strings.Builder
	p.visit(root, &base, &texts, &hidden, false)
	p.text = sso.PlainText(p.main, maxDetail) // without the menus around it
	if p.text == "" {
		p.text = sso.PlainText(texts.String(), maxDetail)
	}
	if p.text == "" {
		p.text = sso.PlainText(hidden.String(), maxDetail)
	}
}

// visit walks a node. texts collects what a person sees, quiet what only a
// person without scripts does.
func (p *page) visit(n *html.Node, base **url.URL, texts, quiet *strings.Builder, inNoscript bool) {
	if n.Type == html.TextNode {
		if inNoscript {
			quiet.WriteString(n.Data + " ")
		} else if texts.Len() < 1<<16 {
			texts.WriteString(n.Data)
		}
	}
	if n.Type == html.ElementNode {
		p.element(n, base)
		switch n.DataAtom {
		case atom.Script, atom.Style, atom.Template, atom.Svg, atom.Title, atom.Iframe, atom.Object:
			return
		case atom.Noscript:
			inNoscript = true
		}
		if isHidden(n) {
			texts, quiet = new(strings.Builder), new(strings.Builder)
		}
		if !isInline(n.DataAtom) {
			texts.WriteByte(' ')
		}
		if n.DataAtom == atom.Main || attr(n, "role") == "main" {
			outer := texts
			texts = new(strings.Builder)
			defer func(inner *strings.Builder) {
				p.main += " " + inner.String()
				outer.WriteString(inner.String())
			}(texts)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.visit(c, base, texts, quiet, inNoscript)
	}
	if n.Type == html.ElementNode && !isInline(n.DataAtom) {
		texts.WriteByte(' ')
	}
}

func isInline(a atom.Atom) bool {
	switch a {
	case atom.A, atom.B, atom.I, atom.Em, atom.Strong, atom.Span, atom.Code, atom.Small, atom.U, atom.Abbr, atom.Sub, atom.Sup:
		return true
	}
	return false
}

func isHidden(n *html.Node) bool {
	style := strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
	return has(n, "hidden") || strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}

// element takes what matters beside the text.
func (p *page) element(n *html.Node, base **url.URL) {
	switch n.DataAtom {
	case atom.Base:
		if u, err := p.url.Parse(attr(n, "href")); err == nil && has(n, "href") {
			*base = u
		}
	case atom.Title:
		if p.title == "" {
			p.title = sso.PlainText(content(n), maxDetail)
		}
	case atom.Meta:
		if strings.EqualFold(attr(n, "http-equiv"), "refresh") {
			p.refresh = refreshTarget(*base, attr(n, "content"))
		}
	case atom.Script:
		p.submits = p.submits || strings.Contains(content(n), ".submit(")
	case atom.Body:
		p.submits = p.submits || strings.Contains(attr(n, "onload"), "submit(")
	case atom.Input:
		p.password = p.password || strings.EqualFold(attr(n, "type"), "password")
	case atom.A:
		if has(n, "href") {
			p.links++
		}
	case atom.Form:
		p.forms = append(p.forms, readForm(n, *base, p.url))
	}
}

// refreshTarget reads the content of a meta refresh, such as "0; url=/next".
func refreshTarget(base *url.URL, content string) *url.URL {
	delay, target, ok := strings.Cut(content, ";")
	if delay = strings.TrimSpace(delay); !ok || len(delay) != 1 || delay > "5" {
		return nil // a page that is meant to be read first
	}
	target = strings.TrimSpace(target)
	if len(target) < 4 || !strings.EqualFold(target[:3], "url") {
		return nil
	}
	target = strings.TrimSpace(target[3:])
	target, ok = strings.CutPrefix(target, "=")
	if !ok {
		return nil
	}
	u, err := base.Parse(strings.Trim(strings.TrimSpace(target), `"'`))
	if err != nil || !isWeb(u) {
		return nil
	}
	return u
}

func readForm(n *html.Node, base, self *url.URL) form {
	f := form{method: http.MethodGet, fields: url.Values{}}
	if strings.EqualFold(strings.TrimSpace(attr(n, "method")), "post") {
		f.method = http.MethodPost
	}
	action := strings.TrimSpace(attr(n, "action"))
	if action == "" {
		f.action = self
	} else if u, err := base.Parse(action); err == nil && isWeb(u) {
		u.Fragment = ""
		f.action = u
	}
	f.read(n)
	return f
}

func (f *form) read(n *html.Node) {
	if n.Type == html.ElementNode && !has(n, "disabled") {
		switch n.DataAtom {
		case atom.Input:
			f.input(n)
		case atom.Textarea:
			f.add(n, content(n))
			f.visible = true
		case atom.Select:
			f.visible = true
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		f.read(c)
	}
}

func (f *form) input(n *html.Node) {
	switch strings.ToLower(attr(n, "type")) {
	case "hidden":
		f.add(n, attr(n, "value"))
	case "submit", "button", "image", "reset":
	case "checkbox", "radio":
		f.visible = true
		if has(n, "checked") {
			f.add(n, attr(n, "value"))
		}
	default:
		f.visible = true
		f.add(n, attr(n, "value"))
	}
}

func (f *form) add(n *html.Node, value string) {
	if name := attr(n, "name"); name != "" {
		f.fields.Add(name, value)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == name {
			return true
		}
	}
	return false
}

func content(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func containsAny(s string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}
