package ask

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/ssowizard/internal/hint"
)

// File reads a connection file, YAML with the names of the questions, into
// answers. Unknown keys and wrong types are refused with their line.
func File(name string, data []byte, into *Answers) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return fileError(name, 0, err.Error())
	}
	if len(doc.Content) == 0 {
		return fileError(name, 0, "the file is empty")
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return fileError(name, root.Line, "expected keys and values, such as sp: net2phone")
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if seen[key.Value] {
			return fileError(name, key.Line, fmt.Sprintf("%q stands twice", key.Value))
		}
		seen[key.Value] = true
		q, ok := fileQuestion(key.Value)
		if !ok {
			return fileError(name, key.Line, fmt.Sprintf("unknown key %q; known keys: %s", key.Value, strings.Join(fileKeys(), ", ")))
		}
		values, problem := fileValues(q, value)
		if problem != "" {
			return fileError(name, value.Line, fmt.Sprintf("%s: %s", key.Value, problem))
		}
		if err := into.Set(q.ID, FromFile, values...); err != nil {
			return fileError(name, value.Line, err.Error())
		}
	}
	return nil
}

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

func fileValues(q Question, n *yaml.Node) (values []string, problem string) {
	switch {
	case q.ID == Inputs:
		return fileInputs(n)
	case q.Kind == List:
		if n.Kind == yaml.ScalarNode {
			return []string{n.Value}, ""
		}
		if n.Kind != yaml.SequenceNode {
			return nil, "expected a list"
		}
		for _, item := range n.Content {
			if item.Kind != yaml.ScalarNode {
				return nil, fmt.Sprintf("line %d: expected text", item.Line)
			}
			values = append(values, item.Value)
		}
		return values, ""
	case n.Kind != yaml.ScalarNode:
		return nil, "expected one value"
	case q.Kind == Flag:
		var yes bool
		if err := n.Decode(&yes); err != nil {
			return nil, "expected true or false"
		}
		return []string{strconv.FormatBool(yes)}, ""
	}
	return []string{n.Value}, ""
}

// fileInputs takes a mapping, with YAML's booleans as the yes and no of profiles.
func fileInputs(n *yaml.Node) (values []string, problem string) {
	if n.Kind != yaml.MappingNode {
		return nil, "expected keys and values"
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if v.Kind != yaml.ScalarNode {
			return nil, fmt.Sprintf("line %d: %s: expected one value", v.Line, k.Value)
		}
		text := v.Value
		if v.Tag == "!!bool" {
			text = map[bool]string{true: "yes", false: "no"}[strings.EqualFold(text, "true")]
		}
		values = append(values, k.Value+"="+text)
	}
	return values, ""
}
