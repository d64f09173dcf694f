package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reader walks a YAML document and gathers every problem with its line.
type reader struct {
	file     string
	problems []Problem
	values   []checkLater
	// contentType is that of bodies whose request says no other.
	contentType string
}

// checkLater is a template whose names are checked when all names are known.
type checkLater struct {
	node  *yaml.Node
	t     template
	roots string // allowed roots, separated by blanks
	leaf  bool   // a leaf of a body, which may be typed
}

func (r *reader) fail(n *yaml.Node, format string, args ...any) {
	line := 0
	if n != nil {
		line = n.Line
	}
	r.problems = append(r.problems, Problem{File: r.file, Line: line, Reason: fmt.Sprintf(format, args...)})
}

// err is all that was found, in the order of lines.
func (r *reader) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	sort.SliceStable(r.problems, func(i, j int) bool { return r.problems[i].Line < r.problems[j].Line })
	return &ProfileError{Problems: r.problems}
}

// document reads the one YAML document in data.
func (r *reader) document(data []byte) *yaml.Node {
	if len(data) > maxProfile {
		r.fail(nil, "larger than %d bytes", maxProfile)
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			r.fail(nil, "empty")
		} else {
			r.syntax(err)
		}
		return nil
	}
	var more yaml.Node
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		if err != nil {
			r.syntax(err)
		} else {
			r.fail(&more, "a second document begins; one file holds one profile")
		}
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		r.fail(&doc, "empty")
		return nil
	}
	if r.refuseAliases(doc.Content[0], 0) {
		return nil
	}
	return doc.Content[0]
}

// syntax takes the line out of the YAML parser's message.
func (r *reader) syntax(err error) {
	reason := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if rest, ok := strings.CutPrefix(reason, "line "); ok {
		number, text, _ := strings.Cut(rest, ": ")
		if n, convErr := strconv.Atoi(number); convErr == nil {
			line, reason = n, text
		}
	}
	r.problems = append(r.problems, Problem{File: r.file, Line: line, Reason: "not YAML: " + reason})
}

// maxDepth bounds how deep a profile nests.
const maxDepth = 24

// refuseAliases refuses anchors and aliases, by which a small file can mean a
// huge one, and tags, which would change what a value is.
func (r *reader) refuseAliases(n *yaml.Node, depth int) bool {
	if depth > maxDepth {
		r.fail(n, "nested deeper than %d levels", maxDepth)
		return true
	}
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		r.fail(n, "anchors and aliases are not used in profiles")
		return true
	}
	if n.Style&yaml.TaggedStyle != 0 {
		r.fail(n, "tags such as %s are not used in profiles", n.Tag)
		return true
	}
	bad := false
	for _, c := range n.Content {
		bad = r.refuseAliases(c, depth+1) || bad
	}
	return bad
}

// fields is a mapping that is being read. A nil *fields reads as empty, so that
// a problem is reported once, where it is.
type fields struct {
	r      *reader
	node   *yaml.Node
	what   string
	byName map[string]*yaml.Node
	names  []string
	taken  []string
}

// mapping takes n as a mapping; what names it in messages.
func (r *reader) mapping(n *yaml.Node, what string) *fields {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		r.fail(n, "%s has to be a mapping (name: value), not %s", what, kindName(n))
		return nil
	}
	f := &fields{r: r, node: n, what: what, byName: map[string]*yaml.Node{}}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			r.fail(key, "%s has a name that is no plain text", what)
			continue
		}
		if _, twice := f.byName[key.Value]; twice {
			r.fail(key, "%s has %q twice", what, key.Value)
			continue
		}
		f.byName[key.Value] = value
		f.names = append(f.names, key.Value)
	}
	return f
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!null":
		return "nothing"
	case "!!str":
		return "a text"
	case "!!bool":
		return "true or false"
	}
	return "the number or date " + n.Value
}

// take gives the node of a member and marks it as known. Without it, and for
// need, that is a problem.
func (f *fields) take(name string, need bool) *yaml.Node {
	if f == nil {
		return nil
	}
	f.taken = append(f.taken, name)
	n := f.byName[name]
	if n == nil && need {
		f.r.fail(f.node, "%s has no %q", f.what, name)
	}
	return n
}

// done refuses members that nobody asked for.
func (f *fields) done() {
	if f == nil {
		return
	}
	known := map[string]bool{}
	for _, name := range f.taken {
		known[name] = true
	}
	for i := 0; i+1 < len(f.node.Content); i += 2 {
		if key := f.node.Content[i]; key.Kind == yaml.ScalarNode && !known[key.Value] {
			f.r.fail(key, "%s has no member %q; it may have: %s", f.what, key.Value, strings.Join(f.taken, ", "))
		}
	}
}

// scalar gives the text of a text node.
func (r *reader) scalar(n *yaml.Node, what string) (string, bool) {
	switch {
	case n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null":
		r.fail(n, "%s has to be a text, not %s", what, kindName(n))
		return "", false
	case n.ShortTag() != "!!str":
		r.fail(n, "%s has to be a text: put %s in quotation marks", what, n.Value)
		return "", false
	}
	return strings.TrimSpace(n.Value), true
}

func (f *fields) text(name string, need bool) string {
	n := f.take(name, need)
	if n == nil {
		return ""
	}
	s, ok := f.r.scalar(n, name)
	if ok && s == "" && need {
		f.r.fail(n, "%s is empty", name)
	}
	return s
}

// value reads a template that may have placeholders of the roots.
func (f *fields) value(name string, need bool, roots string) string {
	s := f.text(name, need)
	if f != nil && f.byName[name] != nil {
		f.r.template(f.byName[name], s, roots, false)
	}
	return s
}

func (r *reader) template(n *yaml.Node, s, roots string, leaf bool) {
	t, err := parseTemplate(s)
	if err != nil {
		r.fail(n, "%v", err)
		return
	}
	r.values = append(r.values, checkLater{node: n, t: t, roots: roots, leaf: leaf})
}

func (f *fields) oneOf(name string, need bool, allowed ...string) string {
	s := f.text(name, need)
	if s == "" {
		return ""
	}
	for _, a := range allowed {
		if s == a {
			return s
		}
	}
	f.r.fail(f.byName[name], "%s is %q; it may be: %s", name, s, strings.Join(allowed, ", "))
	return ""
}

func (f *fields) yesNo(name string, otherwise bool) bool {
	n := f.take(name, false)
	if n == nil {
		return otherwise
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		f.r.fail(n, "%s has to be true or false, not %s", name, kindName(n))
		return otherwise
	}
	return strings.EqualFold(n.Value, "true")
}

func (f *fields) number(name string, otherwise, least, most int) int {
	n := f.take(name, false)
	if n == nil {
		return otherwise
	}
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil || v < least || v > most {
		f.r.fail(n, "%s has to be a number from %d to %d", name, least, most)
		return otherwise
	}
	return v
}

// list gives the nodes of a list.
func (f *fields) list(name string, need bool) []*yaml.Node {
	n := f.take(name, need)
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		f.r.fail(n, "%s has to be a list, not %s", name, kindName(n))
		return nil
	}
	return n.Content
}

func (f *fields) texts(name string) []string {
	var out []string
	for _, n := range f.list(name, false) {
		if s, ok := f.r.scalar(n, "each of "+name); ok {
			if s == "" {
				f.r.fail(n, "each of %s has to have a text", name)
				continue
			}
			out = append(out, s)
		}
	}
	return out
}

// valueList reads a list of templates.
func (f *fields) valueList(name string, need bool, roots string) []string {
	var out []string
	for _, n := range f.list(name, need) {
		if s, ok := f.r.scalar(n, "each of "+name); ok {
			f.r.template(n, s, roots, false)
			out = append(out, s)
		}
	}
	return out
}

func (f *fields) sub(name string, need bool) *fields {
	n := f.take(name, need)
	if n == nil {
		return nil
	}
	return f.r.mapping(n, name)
}

// pairs reads a mapping of names to texts, in its order; with roots they are
// templates.
func (f *fields) pairs(name, roots string) []Pair {
	sub := f.sub(name, false)
	if sub == nil {
		return nil
	}
	var out []Pair
	for _, key := range sub.names {
		value := sub.text(key, true)
		if roots != "" {
			f.r.template(sub.byName[key], value, roots, false)
		}
		out = append(out, Pair{Name: key, Value: value})
	}
	return out
}
