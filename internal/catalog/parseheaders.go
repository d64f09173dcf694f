package catalog

import (
	"mime"
	"slices"
	"strings"
)

// headers reads what is sent with every request beside the token.
func (r *reader) headers(f *fields, auth Auth) []Pair {
	out := f.pairs("headers", listRoots)
	ours := []string{auth.Header, "Authorization", "Content-Type", "Content-Length", "Host", "Connection", "Transfer-Encoding", "Cookie"}
	for _, h := range out {
		n := find(f.byName["headers"], h.Name)
		switch {
		case !headerName.MatchString(h.Name):
			r.fail(n, "header %q has to match %s", h.Name, headerName)
		case hasControl(h.Value):
			r.fail(n, "header %s has to be one line without control characters", h.Name)
		case slices.ContainsFunc(ours, func(name string) bool { return strings.EqualFold(name, h.Name) }):
			r.fail(n, "header %s is set by auth, by content_type or by the connection itself", h.Name)
		}
	}
	return out
}

// contentType reads the type of a body.
func (f *fields) contentType(usual string) string {
	s := f.line("content_type", false)
	if s == "" {
		return usual
	}
	kind, _, err := mime.ParseMediaType(s)
	if err != nil || kind != FormType && kind != JSONType && !strings.HasSuffix(kind, "+json") {
		f.r.fail(f.byName["content_type"], "content_type is %q; it may be %s, another that ends in +json, or %s", s, JSONType, FormType)
	}
	if kind == FormType {
		return FormType
	}
	return s
}

// flat tells whether a body is an object without objects and lists in it.
func (t *Tree) flat() bool {
	if t == nil {
		return true
	}
	return t.isObject() && !slices.ContainsFunc(t.Members, func(m Member) bool {
		return m.Tree.kind == treeObject || m.Tree.kind == treeList || m.Tree.becomesList()
	})
}

// becomesList tells whether the leaf is turned into a list.
func (t *Tree) becomesList() bool {
	parsed, err := parseTemplate(t.Text)
	one, single := parsed.single()
	return err == nil && single && one.as == "list"
}

func (t *Tree) isObject() bool { return t != nil && t.kind == treeObject }
