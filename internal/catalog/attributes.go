package catalog

import (
	"errors"
	"fmt"
	"strings"

	"example.com/ssowizard/internal/sso"
)

// ParseAttributes reads attribute statements as an admin types them: pairs
// name=expression with commas between them, such as
//
//	email=user.email, firstName=user.firstName
//
// Commas inside parentheses, brackets or quotation marks belong to the
// expression. A name may hold no equals sign.
func ParseAttributes(text string) ([]sso.AttributeStatement, error) {
	parts, err := splitOutside(text, ',')
	if err != nil {
		return nil, fmt.Errorf("attributes %q: %w", text, err)
	}
	var out []sso.AttributeStatement
	seen := map[string]bool{}
	for _, part := range parts {
		name, expression, found := strings.Cut(part, "=")
		name, expression = strings.TrimSpace(name), strings.TrimSpace(expression)
		switch {
		case !found || name == "" || expression == "":
			return nil, fmt.Errorf("attributes: %q is not name=expression, such as email=user.email", strings.TrimSpace(part))
		case strings.ContainsAny(name, " \t\"'<>"):
			return nil, fmt.Errorf("attributes: %q is no attribute name", name)
		case seen[name]:
			return nil, fmt.Errorf("attributes: %q stands there twice", name)
		}
		seen[name] = true
		out = append(out, sso.AttributeStatement{Name: name, Format: sso.AttrUnspec, Values: []string{expression}})
	}
	return out, nil
}

// splitOutside splits text at sep where no bracket or quotation mark is open.
func splitOutside(text string, sep byte) ([]string, error) {
	var parts []string
	var open []byte // closing marks that are waited for
	from := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		last := byte(0)
		if len(open) > 0 {
			last = open[len(open)-1]
		}
		switch {
		case last == '"' || last == '\'':
			if c == last {
				open = open[:len(open)-1]
			}
		case c == '"' || c == '\'':
			open = append(open, c)
		case c == '(':
			open = append(open, ')')
		case c == '[':
			open = append(open, ']')
		case c == '{':
			open = append(open, '}')
		case c == ')' || c == ']' || c == '}':
			if c != last {
				return nil, errors.New("a bracket is closed that is not open")
			}
			open = open[:len(open)-1]
		case c == sep && len(open) == 0:
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	if len(open) > 0 {
		return nil, errors.New("a bracket or quotation mark is not closed")
	}
	return append(parts, text[from:]), nil
}
