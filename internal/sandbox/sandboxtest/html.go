package sandboxtest

import (
	"strings"

	"golang.org/x/net/html"
)

// Walk visits n and every element in it, in the order of the page.
func Walk(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		Walk(c, visit)
	}
}

// Find is the first element in n that is wanted, nil without one.
func Find(n *html.Node, wanted func(*html.Node) bool) *html.Node {
	var found *html.Node
	Walk(n, func(n *html.Node) {
		if found == nil && wanted(n) {
			found = n
		}
	})
	return found
}

// Attr is an attribute's value, "" without one or without n.
func Attr(n *html.Node, name string) string {
	if n != nil {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val
			}
		}
	}
	return ""
}

// HasAttr tells whether n has an attribute, with whatever value.
func HasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// Text is all text in n.
func Text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(Text(c))
	}
	return b.String()
}
