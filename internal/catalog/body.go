package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// What becomes of a body leaf that has no value.
const (
	AbsentOmit  = "omit"
	AbsentEmpty = "empty"
	AbsentNull  = "json-null"
)

// Target is the request's path and query, filled. Values are escaped, so that
// none of them can reach another path or add a parameter. A query parameter
// without a value is left out; a path without one is an error.
func (r Request) Target(v Values) (string, error) {
	t, err := parseTemplate(r.Path)
	if err != nil {
		return "", fmt.Errorf("path %q: %w", r.Path, err)
	}
	path, missing := t.fill(v, url.PathEscape)
	if len(missing) > 0 {
		return "", fmt.Errorf("path %q: no value for %s", r.Path, strings.Join(missing, ", "))
	}
	for _, segment := range strings.Split(path, "/") {
		// A step of dots would be taken as a way up, however it is escaped.
		if segment == "." || segment == ".." {
			return "", fmt.Errorf("path %q: a value cannot be %q", r.Path, segment)
		}
	}
	query := url.Values{}
	for _, pair := range r.Query {
		value, missing, err := fill(pair.Value, v)
		if err != nil {
			return "", err
		}
		if len(missing) == 0 {
			query.Add(pair.Name, value)
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path, nil
}

// Content is the request's body as JSON, nil when it has none. Members keep the
// order of the profile.
func (r Request) Content(v Values) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	var b bytes.Buffer
	written, err := r.Body.write(&b, v, r.Absent)
	switch {
	case err != nil:
		return nil, err
	case !written:
		b.WriteString("{}")
	}
	if r.ContentType == FormType {
		return asForm(b.Bytes())
	}
	return b.Bytes(), nil
}

// asForm makes the fields of a form out of a flat object; null has no field.
func asForm(object []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(object))
	dec.UseNumber()
	var members map[string]any
	if err := dec.Decode(&members); err != nil {
		return nil, err
	}
	form := url.Values{}
	for name, value := range members {
		if value != nil {
			form.Set(name, fmt.Sprint(value))
		}
	}
	return []byte(form.Encode()), nil
}

// write appends the tree. It is false, and nothing was appended, when the tree
// is a leaf that is left out.
func (t *Tree) write(b *bytes.Buffer, v Values, absent string) (bool, error) {
	switch t.kind {
	case treeObject:
		return true, t.writeObject(b, v, absent)
	case treeList:
		return true, t.writeList(b, v, absent)
	case treeText:
		return t.writeText(b, v, absent)
	}
	return true, writeJSON(b, t.Literal)
}

func (t *Tree) writeObject(b *bytes.Buffer, v Values, absent string) error {
	b.WriteByte('{')
	first := true
	for _, m := range t.Members {
		var inner bytes.Buffer
		written, err := m.Tree.write(&inner, v, absent)
		if err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
		if !written {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		if err := writeJSON(b, m.Name); err != nil {
			return err
		}
		b.WriteByte(':')
		b.Write(inner.Bytes())
	}
	b.WriteByte('}')
	return nil
}

func (t *Tree) writeList(b *bytes.Buffer, v Values, absent string) error {
	b.WriteByte('[')
	first := true
	for i, item := range t.Items {
		var inner bytes.Buffer
		written, err := item.write(&inner, v, absent)
		if err != nil {
			return fmt.Errorf("item %d: %w", i, err)
		}
		if !written {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.Write(inner.Bytes())
	}
	b.WriteByte(']')
	return nil
}

func (t *Tree) writeText(b *bytes.Buffer, v Values, absent string) (bool, error) {
	parsed, err := parseTemplate(t.Text)
	if err != nil {
		return false, err
	}
	text, missing := parsed.fill(v, nil)
	p, single := parsed.single()
	if len(missing) > 0 {
		blank, isBlank := v.Blank[p.name]
		isBlank = isBlank && single && p.root == "Setting" && absent == AbsentOmit
		switch {
		case isBlank && p.as == "list":
			return true, writeJSON(b, []string{})
		case isBlank && p.as == "":
			return true, writeJSON(b, blank)
		case absent == AbsentNull:
			return true, writeJSON(b, nil)
		case absent == AbsentEmpty && p.as == "":
			return true, writeJSON(b, "")
		case absent == AbsentEmpty && p.as == "list":
			return true, writeJSON(b, []string{})
		}
		return false, nil
	}
	if single && p.as != "" {
		typed, err := p.typed(text)
		if err != nil {
			return false, err
		}
		return true, writeJSON(b, typed)
	}
	return true, writeJSON(b, text)
}

// typed is the value that a placeholder with a suffix means.
func (p part) typed(text string) (any, error) {
	if p.as == "list" {
		return EachCertificate(text), nil
	}
	if p.as == "int" {
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if on, ok := truth(text); err != nil && ok {
			if on {
				n = 1
			}
			err = nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s is no whole number", p)
		}
		return n, nil
	}
	value, ok := truth(text)
	if !ok {
		return nil, fmt.Errorf("%s is neither yes nor no", p)
	}
	return value != (p.as == "not"), nil
}

func writeJSON(b *bytes.Buffer, v any) error {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the encoder ends with a line break
	return nil
}

// SettingIDs lists the settings that the request's body and query carry.
func (r Request) SettingIDs() []string {
	var ids []string
	add := func(text string) {
		t, err := parseTemplate(text)
		if err != nil {
			return
		}
		for _, p := range t {
			if p.root == "Setting" && !slices.Contains(ids, p.name) {
				ids = append(ids, p.name)
			}
		}
	}
	for _, pair := range r.Query {
		add(pair.Value)
	}
	r.Body.each(add)
	return ids
}

func (t *Tree) each(visit func(text string)) {
	if t == nil {
		return
	}
	if t.kind == treeText {
		visit(t.Text)
	}
	for _, m := range t.Members {
		m.Tree.each(visit)
	}
	for _, item := range t.Items {
		item.each(visit)
	}
}

// Fill is the pair's value; "" when a placeholder has no value.
func (p Pair) Fill(v Values) (string, error) {
	text, missing, err := fill(p.Value, v)
	if len(missing) > 0 {
		text = ""
	}
	return text, err
}
