package signon

import "strings"

const unspecifiedName = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"

// statement is an attribute with the values that a person has.
type statement struct {
	name   string
	format string
	values []string
}

// statements evaluates an app's attribute statements for a person. One without
// values is left out.
func statements(attributes []Attribute, e *env) []statement {
	var out []statement
	for _, a := range attributes {
		values := valuesOf(a, e)
		if len(values) == 0 {
			continue
		}
		st := statement{name: a.Name, format: a.Namespace, values: values}
		if st.format == "" {
			st.format = unspecifiedName
		}
		out = append(out, st)
	}
	return out
}

func valuesOf(a Attribute, e *env) []string {
	if strings.EqualFold(a.Type, "GROUP") {
		return filterGroups(e.groups, a.FilterType, a.FilterValue)
	}
	var values []string
	for _, expr := range a.Values {
		values = append(values, evaluate(expr, e)...)
	}
	return values
}
