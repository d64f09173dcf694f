package cli_test

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"example.com/ssowizard/internal/sandbox/sandboxtest"
)

// valuesOf is what a browser would send of a form as it stands.
func valuesOf(form *html.Node) url.Values {
	values := url.Values{}
	sandboxtest.Walk(form, func(n *html.Node) {
		name, kind := sandboxtest.Attr(n, "name"), sandboxtest.Attr(n, "type")
		switch {
		case name == "" || n.Data == "button":
		case n.Data == "textarea":
			values.Set(name, strings.TrimPrefix(sandboxtest.Text(n), "\n"))
		case n.Data == "select":
			values.Set(name, sandboxtest.Attr(chosen(n), "value"))
		case n.Data != "input" || kind == "file" || (kind == "checkbox" || kind == "radio") && !sandboxtest.HasAttr(n, "checked"):
		default:
			values.Set(name, sandboxtest.Attr(n, "value"))
		}
	})
	return values
}

// chosen is the option that a select shows: the first, if none is selected.
func chosen(n *html.Node) *html.Node {
	isOption := func(o *html.Node) bool { return o.Data == "option" }
	if o := sandboxtest.Find(n, func(o *html.Node) bool { return isOption(o) && sandboxtest.HasAttr(o, "selected") }); o != nil {
		return o
	}
	return sandboxtest.Find(n, isOption)
}

func byID(in *html.Node, id string) *html.Node {
	return sandboxtest.Find(in, func(n *html.Node) bool { return sandboxtest.Attr(n, "id") == id })
}

func setAttr(n *html.Node, name, value string) {
	dropAttr(n, name)
	n.Attr = append(n.Attr, html.Attribute{Key: name, Val: value})
}

func dropAttr(n *html.Node, name string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}
