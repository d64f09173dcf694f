package oktaapi

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"example.com/ssowizard/internal/sso"
)

// Attribute statements are known by their names. Those that a wanted app does
// not name belong to somebody else and stay where they are.

// diffStatements lists what differs in the statements that want names.
func diffStatements(have gjson.Result, want []sso.AttributeStatement) []sso.Change {
	var changes []sso.Change
	for _, w := range want {
		field := statementsPath + "." + w.Name
		_, h, found := findStatement(have, w.Name)
		from, format := any(nil), any(nil)
		if found {
			from, format = statementValue(h), textOrNil(h.Format)
		}
		if !found || !sameValue(h, w) {
			changes = append(changes, sso.Change{Field: field, From: from, To: statementValue(w)})
		}
		if w.Format != "" && (!found || h.Format != w.Format) {
			changes = append(changes, sso.Change{Field: field + ".namespace", From: format, To: w.Format})
		}
	}
	return changes
}

func findStatement(have gjson.Result, name string) (int, sso.AttributeStatement, bool) {
	for i, v := range have.Get(statementsPath).Array() {
		if s := readStatement(v); s.Name == name {
			return i, s, true
		}
	}
	return 0, sso.AttributeStatement{}, false
}

func sameValue(a, b sso.AttributeStatement) bool {
	if a.Group != b.Group {
		return false
	}
	if a.Group {
		return a.FilterType == b.FilterType && a.FilterValue == b.FilterValue
	}
	return slices.Equal(a.Values, b.Values)
}

// statementValue is a statement for people: its expression, its expressions,
// or its filter of groups.
func statementValue(s sso.AttributeStatement) any {
	switch {
	case s.Group:
		return strings.TrimSpace("groups " + s.FilterType + " " + s.FilterValue)
	case len(s.Values) == 1:
		return s.Values[0]
	}
	return s.Values
}

func textOrNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// wireStatement is a statement in Okta's order of members.
type wireStatement struct {
	Type        string   `json:"type"`
	Name        string   `json:"name"`
	Namespace   string   `json:"namespace"`
	Values      []string `json:"values,omitempty"`
	FilterType  string   `json:"filterType,omitempty"`
	FilterValue string   `json:"filterValue,omitempty"`
}

func toWire(s sso.AttributeStatement) wireStatement {
	w := wireStatement{Type: "EXPRESSION", Name: s.Name, Namespace: s.Format, Values: s.Values}
	if s.Group {
		w = wireStatement{Type: "GROUP", Name: s.Name, Namespace: s.Format, FilterType: s.FilterType, FilterValue: s.FilterValue}
	}
	if w.Namespace == "" {
		w.Namespace = sso.AttrUnspec
	}
	return w
}

// setStatements changes the statements that want names, adds those that are
// missing at the end, and leaves the others byte for byte.
func setStatements(raw []byte, want []sso.AttributeStatement) ([]byte, error) {
	for _, w := range want {
		have := gjson.ParseBytes(raw)
		i, h, found := findStatement(have, w.Name)
		if found && sameValue(h, w) && (w.Format == "" || w.Format == h.Format) {
			continue
		}
		if found && w.Format == "" {
			w.Format = h.Format
		}
		path := statementsPath + "." + strconv.Itoa(i)
		var err error
		switch {
		case !found && !have.Get(statementsPath).IsArray():
			raw, err = setValue(raw, statementsPath, []wireStatement{toWire(w)})
		case !found:
			raw, err = setValue(raw, statementsPath+".-1", toWire(w))
		case h.Group != w.Group:
			raw, err = setValue(raw, path, toWire(w))
		default:
			raw, err = setStatement(raw, path, w)
		}
		if err != nil {
			return nil, err
		}
	}
	return raw, nil
}

// setStatement changes one statement of the same kind member by member.
func setStatement(raw []byte, path string, w sso.AttributeStatement) ([]byte, error) {
	wire := toWire(w)
	values := []member{{".namespace", wire.Namespace}}
	if w.Group {
		values = append(values, member{".filterType", wire.FilterType}, member{".filterValue", wire.FilterValue})
	} else {
		values = append(values, member{".values", wire.Values})
	}
	var err error
	for _, m := range values {
		if raw, err = setValue(raw, path+m.path, m.to); err != nil {
			return nil, err
		}
	}
	return raw, nil
}
