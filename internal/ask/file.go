package ask

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/ssowizard/internal/hint"
)

// File reads a connection file, YAML with the names of the questions, into
// answers. Unknown keys, wrong types and a second document are refused with
// their line; what is null is not given.
func File(name string, data []byte, into *Answers) error {
	root, err := fileRoot(name, data)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], meant(root.Content[i+1])
		if seen[key.Value] {
			return fileError(name, key.Line, fmt.Sprintf("%q stands twice", key.Value))
		}
		seen[key.Value] = true
		q, ok := fileQuestion(key.Value)
		if !ok {
			return fileError(name, key.Line, fmt.Sprintf("unknown key %q; known keys: %s", key.Value, strings.Join(fileKeys(), ", ")))
		}
		if isNull(value) {
			continue
		}
		values, wrong := fileValues(q, value)
		if wrong != nil {
			return fileError(name, wrong.line, fmt.Sprintf("%s: %s", key.Value, wrong.problem))
		}
		if err := into.Set(q.ID, FromFile, values...); err != nil {
			return fileError(name, value.Line, err.Error())
		}
	}
	return nil
}

// fileRoot is the mapping that a connection file is.
func fileRoot(name string, data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0 {
		return nil, fileError(name, 0, "the file is empty")
	}
	if err != nil {
		return nil, fileError(name, 0, err.Error())
	}
	if err = dec.Decode(&second); err == nil {
		return nil, fileError(name, second.Line, "a second document begins here; a connection file holds one connection")
	}
	if !errors.Is(err, io.EOF) {
		return nil, fileError(name, 0, err.Error())
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, fileError(name, root.Line, "expected keys and values, such as sp: net2phone")
	}
	return root, nil
}

// meant follows an alias to what it stands for.
func meant(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func fileError(name string, line int, problem string) error {
	where := name
	if line > 0 {
		where += ", line " + strconv.Itoa(line)
	}
	return hint.New(hint.Usage, fmt.Sprintf("%s: %s", where, problem), "")
}

func fileQuestion(key string) (Question, bool) {
	for _, q := range setup {
		if q.InFile && string(q.ID) == key {
			return q, true
		}
	}
	return Question{}, false
}

func fileKeys() []string {
	var out []string
	for _, q := range setup {
		if q.InFile {
			out = append(out, string(q.ID))
		}
	}
	slices.Sort(out)
	return out
}

// wrongType is a value that does not fit its key.
type wrongType struct {
	line    int
	problem string
}

func fileValues(q Question, n *yaml.Node) ([]string, *wrongType) {
	switch {
	case q.ID == Inputs:
		return fileInputs(n)
	case q.Kind == Flag:
		var yes bool
		if n.Kind != yaml.ScalarNode || n.Decode(&yes) != nil {
			return nil, &wrongType{n.Line, "expected true or false, found " + kindOf(n)}
		}
		return []string{strconv.FormatBool(yes)}, nil
	case q.Kind == List && n.Kind == yaml.SequenceNode:
		var values []string
		for _, item := range n.Content {
			text, wrong := fileText(meant(item))
			if wrong != nil {
				return nil, wrong
			}
			values = append(values, text)
		}
		return values, nil
	case q.Kind == List && n.Kind != yaml.ScalarNode:
		return nil, &wrongType{n.Line, "expected a list, found " + kindOf(n)}
	}
	text, wrong := fileText(n)
	return []string{text}, wrong
}

// fileText takes a text, and a number as it is written. A lone yes or no that
// YAML reads as a truth value was hardly meant as a name.
func fileText(n *yaml.Node) (string, *wrongType) {
	if n.Kind != yaml.ScalarNode || isNull(n) || n.ShortTag() == "!!bool" {
		return "", &wrongType{n.Line, "expected a text, found " + kindOf(n)}
	}
	return n.Value, nil
}

// kindOf says what stands in place of what was expected.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.MappingNode:
		return "keys and values"
	case isNull(n):
		return "nothing"
	case n.ShortTag() == "!!bool":
		return fmt.Sprintf("%s without quotes", n.Value)
	}
	return strconv.Quote(n.Value)
}

// fileInputs takes a mapping, with YAML's booleans as the yes and no of profiles.
func fileInputs(n *yaml.Node) (values []string, wrong *wrongType) {
	if n.Kind != yaml.MappingNode {
		return nil, &wrongType{n.Line, "expected keys and values, found " + kindOf(n)}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], meant(n.Content[i+1])
		if isNull(v) {
			continue
		}
		if v.Kind != yaml.ScalarNode {
			return nil, &wrongType{v.Line, fmt.Sprintf("%s: expected one value, found %s", k.Value, kindOf(v))}
		}
		text := v.Value
		if v.ShortTag() == "!!bool" {
			text = map[bool]string{true: "yes", false: "no"}[strings.EqualFold(text, "true")]
		}
		values = append(values, k.Value+"="+text)
	}
	return values, nil
}
