package ask

import (
	"bytes"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// harmless are the words that every shell leaves as they are, and that do not
// seem to end with the sentence they stand in.
var harmless = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]*[A-Za-z0-9_@%+=/-]$`)

// Quote is text as one word of a POSIX shell.
func Quote(text string) string {
	if harmless.MatchString(text) {
		return text
	}
	if !strings.ContainsAny(text, "\"$`\\!") {
		return `"` + text + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// Command is the same run as one command line: ssowizard verb SP with a flag
// for every answer. Secrets are left out; they come from the environment. more
// is put at the end as it is.
func (a *Answers) Command(verb string, more ...string) string {
	words := []string{"ssowizard", verb}
	if sp := a.Text(SP); sp != "" {
		words = append(words, Quote(sp))
	}
	for _, q := range setup {
		have, ok := a.byID[q.ID]
		if !ok || q.Flag == "" || q.Secret {
			continue
		}
		if q.Kind == Flag {
			if a.Yes(q.ID) {
				words = append(words, "--"+q.Flag)
			}
			continue
		}
		values := have.Values
		if q.Kind != List && len(values) > 0 {
			values = values[len(values)-1:]
		}
		for _, v := range values {
			words = append(words, "--"+q.Flag, Quote(v))
		}
	}
	return strings.Join(append(words, more...), " ")
}

// Everywhere are the flags that every command takes and that have to be said
// again for it to reach the same place, those that were given, as words of a
// shell. A password within the proxy's address is left out.
func Everywhere(stateDir, proxy, caFile string) []string {
	if u, err := url.Parse(proxy); err == nil && u.User != nil {
		proxy = u.Redacted()
	}
	var out []string
	for _, f := range []struct{ name, value string }{{"--state-dir", stateDir}, {"--proxy", proxy}, {"--ca-file", caFile}} {
		if f.value != "" {
			out = append(out, f.name, Quote(f.value))
		}
	}
	return out
}

// TokenFiles are the flags that name files with tokens, as words of a shell: the
// next command wants them again, unless they were read from standard input.
func TokenFiles(okta, sp string) []string {
	var out []string
	for _, f := range []struct {
		id   ID
		path string
	}{{OktaToken, okta}, {SPToken, sp}} {
		if f.path != "" && f.path != "-" {
			out = append(out, "--"+Find(f.id).Flag, Quote(f.path))
		}
	}
	return out
}

// YAML is the answers as a connection file, which File reads back. What a
// connection file may not hold, secrets above all, is left out.
func (a *Answers) YAML() ([]byte, error) {
	doc := &yaml.Node{Kind: yaml.MappingNode}
	for _, q := range setup {
		have, ok := a.byID[q.ID]
		if !ok || !q.InFile || q.Secret || len(have.Values) == 0 {
			continue
		}
		value, err := a.yamlValue(q, have)
		if err != nil {
			return nil, err
		}
		doc.Content = append(doc.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: string(q.ID)}, value)
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(doc); err != nil {
		return nil, err
	}
	return out.Bytes(), enc.Close()
}

func (a *Answers) yamlValue(q Question, have Answer) (*yaml.Node, error) {
	switch {
	case q.ID == Inputs:
		inputs, err := a.InputMap()
		if err != nil {
			return nil, err
		}
		node := &yaml.Node{Kind: yaml.MappingNode}
		for _, k := range slices.Sorted(maps.Keys(inputs)) {
			node.Content = append(node.Content, textNode(k), textNode(inputs[k]))
		}
		return node, nil
	case q.Kind == List:
		node := &yaml.Node{Kind: yaml.SequenceNode}
		for _, v := range have.Values {
			node.Content = append(node.Content, textNode(v))
		}
		return node, nil
	case q.Kind == Flag:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: a.Text(q.ID)}, nil
	}
	return textNode(a.Text(q.ID)), nil
}

// textNode is a string that stays one: "no" and "12" are quoted.
func textNode(s string) *yaml.Node {
	var n yaml.Node
	n.SetString(s)
	return &n
}
