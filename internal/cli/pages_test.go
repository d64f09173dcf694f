package cli_test

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// valuesOf is what a browser would send of a form as it stands.
func valuesOf(form *html.Node) url.Values {
	values := url.Values{}
	walk(form, func(n *html.Node) {
		name, kind := attr(n, "name"), attr(n, "type")
		switch {
		case name == "" || n.Data == "button":
		case n.Data == "textarea":
			values.Set(name, strings.TrimPrefix(textOf(n), "\n"))
		case n.Data == "select":
			values.Set(name, attr(chosen(n), "value"))
		case n.Data != "input" || kind == "file" || (kind == "checkbox" || kind == "radio") && !hasAttr(n, "checked"):
		default:
			values.Set(name, attr(n, "value"))
		}
	})
	return values
}

// chosen is the option that a select shows: the first, if none is selected.
func chosen(n *html.Node) *html.Node {
	isOption := func(o *html.Node) bool { return o.Data == "option" }
	if o := find(n, func(o *html.Node) bool { return isOption(o) && hasAttr(o, "selected") }); o != nil {
		return o
	}
	return find(n, isOption)
}

func byID(in *html.Node, id string) *html.Node {
	return find(in, func(n *html.Node) bool { return attr(n, "id") == id })
}

func walk(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

func find(in *html.Node, want func(*html.Node) bool) *html.Node {
	var found *html.Node
	walk(in, func(n *html.Node) {
		if found == nil && want(n) {
			found = n
		}
	})
	return found
}

func attr(n *html.Node, name string) string {
	if n != nil {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val
			}
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	return b.String()
}

func setAttr(n *html.Node, name, value string) {
	dropAttr(n, name)
	n.Attr = append(n.Attr, html.Attribute{Key: name, Val: value})
}

func dropAttr(n *html.Node, name string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}
