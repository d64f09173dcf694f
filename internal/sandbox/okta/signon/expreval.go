package signon

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// env is what an expression may ask about.
type env struct {
	person   Person
	userName string // application username
	groups   []string
}

func (n literal) eval(*env) any { return n.value }

func (n negation) eval(e *env) any { return !truth(n.of.eval(e)) }

func (n choice) eval(e *env) any {
	if truth(n.when.eval(e)) {
		return n.then.eval(e)
	}
	return n.otherwise.eval(e)
}

func (n binary) eval(e *env) any {
	left := n.left.eval(e)
	switch n.op {
	case "||", "OR", "or":
		return truth(left) || truth(n.right.eval(e))
	case "&&", "AND", "and":
		return truth(left) && truth(n.right.eval(e))
	}
	right := n.right.eval(e)
	switch n.op {
	case "==":
		return equal(left, right)
	case "!=":
		return !equal(left, right)
	case "+":
		return sum(left, right)
	}
	return ordered(n.op, left, right)
}

func sum(left, right any) any {
	a, aIsNumber := number(left)
	b, bIsNumber := number(right)
	if aIsNumber && bIsNumber {
		return a + b
	}
	joined := text(left) + text(right)
	if len(joined) > maxText {
		return joined[:maxText]
	}
	return joined
}

// maxText bounds what functions may blow a value up to.
const maxText = 1 << 16

func ordered(op string, left, right any) any {
	a, aIsNumber := number(left)
	b, bIsNumber := number(right)
	order := strings.Compare(text(left), text(right))
	if aIsNumber && bIsNumber {
		switch {
		case a < b:
			order = -1
		case a > b:
			order = 1
		default:
			order = 0
		}
	}
	switch op {
	case "<":
		return order < 0
	case ">":
		return order > 0
	case "<=":
		return order <= 0
	}
	return order >= 0
}

func (n path) eval(e *env) any {
	parts := n.parts
	// The newer notation of Identity Engine says user.profile.email.
	if len(parts) == 3 && parts[0] == "user" && parts[1] == "profile" {
		parts = []string{"user", parts[2]}
	}
	if len(parts) != 2 {
		return nil
	}
	switch parts[0] {
	case "user":
		// In a SAML app's own settings this name is the application username.
		if parts[1] == "userName" {
			return e.userName
		}
		return e.attribute(parts[1])
	case "source", "idpuser", "idpUser":
		return e.attribute(parts[1])
	case "appuser", "appUser", "app":
		if parts[1] == "userName" {
			return e.userName
		}
	}
	return nil
}

// attribute is a member of the person's profile. The fixed ones come from the
// fields, which hold for everybody; the profile map has the rest.
func (e *env) attribute(name string) any {
	switch name {
	case "id":
		return e.person.ID
	case "login":
		return e.person.Login
	case "email":
		return e.person.Email
	case "firstName":
		return e.person.FirstName
	case "lastName":
		return e.person.LastName
	case "status":
		return e.person.Status
	}
	return e.person.Profile[name]
}

func truth(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return v == "true"
	}
	return false
}

func equal(a, b any) bool {
	// A member without a value is null in the profile and "" in a field.
	return texts(a) == nil && texts(b) == nil || text(a) == text(b)
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	}
	return 0, false
}

// text is a value where one text is wanted.
func text(v any) string { return strings.Join(texts(v), ",") }

// texts are the values of an attribute: none where there is nothing to say.
func texts(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		if v == "" {
			return nil
		}
		return []string{v}
	case bool:
		return []string{strconv.FormatBool(v)}
	case []string:
		return nonEmpty(v)
	case []any:
		var out []string
		for _, item := range v {
			out = append(out, texts(item)...)
		}
		return out
	}
	if f, ok := number(v); ok {
		return []string{strconv.FormatFloat(f, 'f', -1, 64)}
	}
	return []string{fmt.Sprint(v)}
}

func nonEmpty(in []string) []string {
	var out []string
	for _, s := range in {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// evaluate gives the values of an expression; one that cannot be read has none.
func evaluate(expr string, e *env) []string {
	if strings.Contains(expr, "${") {
		return texts(fill(expr, e))
	}
	n, err := parseExpression(expr)
	if err != nil {
		return nil
	}
	return texts(n.eval(e))
}

// fillTemplate renders a user name or NameID template: text with ${…} in it,
// or a bare expression.
func fillTemplate(template string, e *env) string {
	if strings.Contains(template, "${") {
		return fill(template, e)
	}
	return strings.Join(evaluate(template, e), ",")
}

func fill(template string, e *env) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(template, "${")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		expr, after, closed := cutExpression(rest)
		if !closed {
			return b.String()
		}
		b.WriteString(strings.Join(evaluateOne(expr, e), ","))
		template = after
	}
}

func evaluateOne(expr string, e *env) []string {
	n, err := parseExpression(expr)
	if err != nil {
		return nil
	}
	return texts(n.eval(e))
}

// cutExpression cuts at the brace that closes a ${, which is not one inside a
// quoted text or a list.
func cutExpression(s string) (expr, after string, ok bool) {
	var quote byte
	open := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '{':
			open++
		case c == '}' && open > 0:
			open--
		case c == '}':
			return s[:i], s[i+1:], true
		}
	}
	return "", "", false
}
