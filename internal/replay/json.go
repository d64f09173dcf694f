package replay

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// maxDepth bounds the nesting of what is read.
const maxDepth = 64

// node is a JSON value whose members keep their order.
type node struct {
	kind    byte // { [ " 0 t n: object, list, text, number, boolean, null
	members []member
	list    []node
	text    string // of a scalar, as written; of a text, unquoted
}

type member struct {
	name  string
	value node
}

func parseJSON(text string) (node, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	n, err := readNode(d, 0)
	if err != nil {
		return n, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return n, errors.New("something follows the JSON value")
	}
	return n, nil
}

func readNode(d *json.Decoder, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, errors.New("JSON nested too deeply")
	}
	t, err := d.Token()
	if err != nil {
		return node{}, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return readObject(d, depth)
		}
		return readList(d, depth)
	case string:
		return node{kind: '"', text: t}, nil
	case json.Number:
		return node{kind: '0', text: t.String()}, nil
	case bool:
		return node{kind: 't', text: map[bool]string{true: "true", false: "false"}[t]}, nil
	}
	return node{kind: 'n', text: "null"}, nil
}

func readObject(d *json.Decoder, depth int) (node, error) {
	n := node{kind: '{'}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return n, err
		}
		v, err := readNode(d, depth+1)
		if err != nil {
			return n, err
		}
		text, _ := name.(string)
		n.members = append(n.members, member{text, v})
	}
	_, err := d.Token()
	return n, err
}

func readList(d *json.Decoder, depth int) (node, error) {
	n := node{kind: '['}
	for d.More() {
		v, err := readNode(d, depth+1)
		if err != nil {
			return n, err
		}
		n.list = append(n.list, v)
	}
	_, err := d.Token()
	return n, err
}

// get follows a path of member names; a missing one is the zero node.
func (n node) get(path ...string) node {
	for _, name := range path {
		i := slices.IndexFunc(n.members, func(m member) bool { return m.name == name })
		if i < 0 {
			return node{}
		}
		n = n.members[i].value
	}
	return n
}

func (n node) has(name string) bool { return n.get(name).kind != 0 }

func (n node) names() []string {
	out := make([]string, 0, len(n.members))
	for _, m := range n.members {
		out = append(out, m.name)
	}
	return out
}

// json writes the value again.
func (n node) json() string {
	var parts []string
	switch n.kind {
	case '{':
		for _, m := range n.members {
			parts = append(parts, quote(m.name)+":"+m.value.json())
		}
		return "{" + strings.Join(parts, ",") + "}"
	case '[':
		for _, v := range n.list {
			parts = append(parts, v.json())
		}
		return "[" + strings.Join(parts, ",") + "]"
	case '"':
		return quote(n.text)
	}
	return n.text
}

// String shows a value in a message.
func (n node) String() string {
	switch n.kind {
	case '"':
		return quote(n.text)
	case '{':
		return "{" + strings.Join(n.names(), ",") + "}"
	case '[':
		return "[" + strings.Repeat(".", min(len(n.list), 9)) + "]"
	case 0:
		return "nothing"
	}
	return n.text
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}
