package signin

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"example.com/ssowizard/internal/sso"
)

// entrance is what a person does on a service provider's own sign-in page
// before it sends people to Okta: open the right page, enter the e-mail
// address, choose Okta. Each is done once, by the labels that the page shows.
type entrance struct {
	req                     sso.SignInRequest
	opened, entered, chosen bool
}

// step gives the request that the person's next act makes, if this page has
// something that the labels name.
func (e *entrance) step(p *page) (request, bool) {
	root, err := html.Parse(bytes.NewReader(p.body))
	if err != nil {
		return request{}, false
	}
	d := desk{p.url, root}
	if !e.opened && e.req.Open != "" {
		if q, ok := d.press(e.req.Open, nil); ok {
			e.opened = true
			return q, true
		}
	}
	if !e.entered && e.req.Email != "" {
		if q, ok := d.enter(e.req.EmailField, e.req.Email, e.req.Submit); ok {
			e.entered = true
			return q, true
		}
	}
	if !e.chosen && e.req.Choose != "" {
		if q, ok := d.press(e.req.Choose, nil); ok {
			e.chosen = true
			return q, true
		}
	}
	return request{}, false
}

// desk is a page as a person uses it.
type desk struct {
	at   *url.URL
	root *html.Node
}

// press follows the link or sends the form of the button with the label.
func (d desk) press(label string, fill map[string]string) (request, bool) {
	var out request
	found := false
	d.each(d.root, nil, func(n, form *html.Node) bool {
		if !sameLabel(labelOf(n), label) {
			return true
		}
		switch {
		case n.DataAtom == atom.A && has(n, "href"):
			if to, err := d.at.Parse(attr(n, "href")); err == nil && isWeb(to) {
				out, found = request{method: http.MethodGet, url: to, initiator: d.at}, true
			}
		case form != nil && isSubmit(n):
			out, found = d.send(form, n, fill)
		}
		return !found
	})
	return out, found
}

// enter fills the e-mail address into the field with the label, or into the only
// e-mail field there is, and sends its form with the button.
func (d desk) enter(label, email, button string) (request, bool) {
	var field, form *html.Node
	d.each(d.root, nil, func(n, in *html.Node) bool {
		if n.DataAtom != atom.Input || in == nil {
			return true
		}
		kind := strings.ToLower(attr(n, "type"))
		if kind != "" && kind != "text" && kind != "email" {
			return true
		}
		named := label != "" && sameLabel(d.labelFor(n), label)
		if named || field == nil && kind == "email" {
			field, form = n, in
		}
		return !named
	})
	if field == nil || attr(field, "name") == "" {
		return request{}, false
	}
	fill := map[string]string{attr(field, "name"): email}
	var pressed *html.Node
	d.each(form, form, func(n, _ *html.Node) bool {
		if isSubmit(n) && (pressed == nil || sameLabel(labelOf(n), button)) {
			pressed = n
		}
		return true
	})
	return d.send(form, pressed, fill)
}

// send is the form as the browser would send it after the button.
func (d desk) send(form, button *html.Node, fill map[string]string) (request, bool) {
	f := readForm(form, d.at, d.at)
	if f.action == nil {
		return request{}, false
	}
	for name, value := range fill {
		f.fields.Set(name, value)
	}
	if button != nil && attr(button, "name") != "" {
		f.fields.Set(attr(button, "name"), attr(button, "value"))
	}
	return f.request(d.at), true
}

// each visits elements in order, with the form that they stand in, until visit
// says no.
func (d desk) each(n, form *html.Node, visit func(n, form *html.Node) bool) bool {
	if n.Type == html.ElementNode {
		if isHidden(n) {
			return true
		}
		if n.DataAtom == atom.Form {
			form = n
		}
		if !visit(n, form) {
			return false
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if !d.each(c, form, visit) {
			return false
		}
	}
	return true
}

// labelFor is the text of the field's label, however it is tied to it.
func (d desk) labelFor(field *html.Node) string {
	if text := attr(field, "aria-label"); text != "" {
		return text
	}
	text := attr(field, "placeholder")
	id := attr(field, "id")
	d.each(d.root, nil, func(n, _ *html.Node) bool {
		if n.DataAtom == atom.Label && id != "" && attr(n, "for") == id {
			text = content(n)
			return false
		}
		return true
	})
	return text
}

func isSubmit(n *html.Node) bool {
	kind := strings.ToLower(attr(n, "type"))
	return n.DataAtom == atom.Button && (kind == "" || kind == "submit") || n.DataAtom == atom.Input && (kind == "submit" || kind == "image")
}

// labelOf is what stands on a link or button.
func labelOf(n *html.Node) string {
	switch n.DataAtom {
	case atom.A, atom.Button:
		if text := attr(n, "aria-label"); text != "" {
			return text
		}
		return content(n)
	case atom.Input:
		return attr(n, "value")
	}
	return ""
}

// sameLabel compares labels as people do: without case, outer blanks and a
// closing colon or asterisk.
func sameLabel(a, b string) bool {
	clean := func(s string) string {
		return strings.ToLower(strings.TrimRight(strings.Join(strings.Fields(s), " "), ":* "))
	}
	return a != "" && b != "" && clean(a) == clean(b)
}
