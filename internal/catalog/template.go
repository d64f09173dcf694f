package catalog

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Values are what placeholders stand for, by root and name. A name that is
// absent and one whose text is empty are the same: there is no value.
type Values struct {
	Input, IdP, SP, Setting, Call map[string]string
	// Record is what the service provider holds, decoded, for requests that
	// keep it; nil where it holds nothing.
	Record any
	// Blank are settings that have to lose their value where they would be left
	// out of a body: "" for the empty text, nil for null.
	Blank map[string]any
}

func (v Values) get(root, name string) string {
	switch root {
	case "Input":
		return v.Input[name]
	case "IdP":
		return v.IdP[name]
	case "SP":
		if s := v.SP[name]; s != "" {
			return s
		}
		return v.Input[name]
	case "Setting":
		return v.Setting[name]
	case "Call":
		return v.Call[name]
	}
	return ""
}

// template is a parsed value: texts and placeholders in turn.
type template []part

// part is a text, or a placeholder when root is set.
type part struct {
	text       string
	root, name string
	as         string // "", bool, not, int, list
}

var placeholder = regexp.MustCompile(`^\s*\.(Input|IdP|SP|Setting|Call)\.([A-Za-z][A-Za-z0-9_]*)\s*(?:\|\s*(bool|not|int|list)\s*)?$`)

// parseTemplate reads a value. It knows the grammar only; whether a name is
// known is checked where the names are.
func parseTemplate(s string) (template, error) {
	var out template
	for s != "" {
		text, rest, found := strings.Cut(s, "{{")
		if strings.Contains(text, "}}") {
			return nil, errors.New("}} without {{")
		}
		if text != "" {
			out = append(out, part{text: text})
		}
		if !found {
			return out, nil
		}
		inner, after, closed := strings.Cut(rest, "}}")
		if !closed {
			return nil, errors.New("{{ without }}")
		}
		m := placeholder.FindStringSubmatch(inner)
		if m == nil {
			return nil, fmt.Errorf("{{%s}} is no placeholder: write {{ .Input.x }}, {{ .IdP.Y }} or {{ .SP.z }}", inner)
		}
		out = append(out, part{root: m[1], name: m[2], as: m[3]})
		s = after
	}
	return out, nil
}

func (p part) String() string { return "." + p.root + "." + p.name }

// single is the placeholder that the template consists of.
func (t template) single() (part, bool) {
	if len(t) == 1 && t[0].root != "" {
		return t[0], true
	}
	return part{}, false
}

// uses tells whether the template has a placeholder of the root.
func (t template) uses(root string) bool {
	for _, p := range t {
		if p.root == root {
			return true
		}
	}
	return false
}

// fill replaces the placeholders, each value passed through escape. It also
// lists the placeholders that have no value; the text is then not to be used.
func (t template) fill(v Values, escape func(string) string) (string, []string) {
	var b strings.Builder
	var missing []string
	for _, p := range t {
		if p.root == "" {
			b.WriteString(p.text)
			continue
		}
		s := v.get(p.root, p.name)
		if s == "" {
			missing = append(missing, p.String())
		}
		if escape != nil {
			s = escape(s)
		}
		b.WriteString(s)
	}
	return b.String(), missing
}

// fill is for templates that were checked when the profile was read.
func fill(text string, v Values) (string, []string, error) {
	t, err := parseTemplate(text)
	if err != nil {
		return "", nil, fmt.Errorf("value %q: %w", text, err)
	}
	s, missing := t.fill(v, nil)
	return s, missing, nil
}

// truth reads a yes or no in the spellings that people and pages use.
func truth(s string) (value, ok bool) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "yes", "on", "1":
		return true, true
	case "false", "no", "off", "0":
		return false, true
	}
	return false, false
}
