package okta

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// condition is a parsed search or filter.
type condition interface {
	holds(get func(attribute string) any) bool
	// walk visits the comparisons.
	walk(visit func(c *comparison) error) error
}

// comparison is attribute, operator, value.
type comparison struct {
	attribute string
	operator  string
	value     literal
}

// literal is a string, number or boolean of a search.
type literal struct {
	text   string
	number float64
	quoted bool
	isNum  bool
}

type junction struct {
	any  bool // or, else and
	list []condition
}

func (j *junction) holds(get func(string) any) bool {
	for _, c := range j.list {
		if c.holds(get) == j.any {
			return j.any
		}
	}
	return !j.any
}

func (j *junction) walk(visit func(*comparison) error) error {
	for _, c := range j.list {
		if err := c.walk(visit); err != nil {
			return err
		}
	}
	return nil
}

func (c *comparison) walk(visit func(*comparison) error) error { return visit(c) }

// Bounds of what is parsed: deeper or longer is refused.
const (
	maxQueryDepth = 32
	maxQueryBytes = 16 << 10
)

var operators = map[string]bool{
	"eq": true, "ge": true, "gt": true, "le": true, "lt": true, "sw": true, "co": true, "pr": true,
}

// parseQuery reads a search such as
// profile.lastName eq "Lima" and (status eq "ACTIVE" or created gt "2026-01-01T00:00:00.000Z").
func parseQuery(text string) (condition, error) {
	if len(text) > maxQueryBytes || !utf8.ValidString(text) {
		return nil, invalidSearch()
	}
	p := &queryParser{rest: text}
	c, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.skip(); p.rest != "" {
		return nil, invalidSearch()
	}
	return c, nil
}

type queryParser struct{ rest string }

func (p *queryParser) or(depth int) (condition, error) {
	return p.joined("or", true, func() (condition, error) { return p.and(depth) })
}

func (p *queryParser) and(depth int) (condition, error) {
	return p.joined("and", false, func() (condition, error) { return p.operand(depth) })
}

func (p *queryParser) joined(word string, anyOf bool, next func() (condition, error)) (condition, error) {
	first, err := next()
	if err != nil {
		return nil, err
	}
	j := &junction{any: anyOf, list: []condition{first}}
	for p.word(word) {
		c, err := next()
		if err != nil {
			return nil, err
		}
		j.list = append(j.list, c)
	}
	if len(j.list) == 1 {
		return first, nil
	}
	return j, nil
}

func (p *queryParser) operand(depth int) (condition, error) {
	if p.skip(); !strings.HasPrefix(p.rest, "(") {
		return p.comparison()
	}
	if depth >= maxQueryDepth {
		return nil, invalidSearch()
	}
	p.rest = p.rest[1:]
	c, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	if p.skip(); !strings.HasPrefix(p.rest, ")") {
		return nil, invalidSearch()
	}
	p.rest = p.rest[1:]
	return c, nil
}

func (p *queryParser) comparison() (condition, error) {
	attribute, operator := p.name(), strings.ToLower(p.name())
	if attribute == "" || !operators[operator] {
		return nil, invalidSearch()
	}
	c := &comparison{attribute: attribute, operator: operator}
	if operator == "pr" {
		return c, nil
	}
	var ok bool
	if c.value, ok = p.literal(); !ok {
		return nil, invalidSearch()
	}
	return c, nil
}

func (p *queryParser) skip() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// word takes a keyword that stands alone.
func (p *queryParser) word(w string) bool {
	p.skip()
	if len(p.rest) <= len(w) || !strings.EqualFold(p.rest[:len(w)], w) || !strings.ContainsRune(" \t\r\n(", rune(p.rest[len(w)])) {
		return false
	}
	p.rest = p.rest[len(w):]
	return true
}

func (p *queryParser) name() string {
	p.skip()
	end := strings.IndexFunc(p.rest, func(r rune) bool {
		return r != '.' && r != '_' && r != '-' && r != ':' &&
			(r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if end < 0 {
		end = len(p.rest)
	}
	name := p.rest[:end]
	p.rest = p.rest[end:]
	return name
}

func (p *queryParser) literal() (literal, bool) {
	p.skip()
	if strings.HasPrefix(p.rest, `"`) {
		return p.quoted()
	}
	text := p.name()
	if text == "true" || text == "false" {
		return literal{text: text}, true
	}
	number, err := strconv.ParseFloat(text, 64)
	return literal{text: text, number: number, isNum: true}, err == nil
}

// quoted reads a string; a backslash makes the next character plain.
func (p *queryParser) quoted() (literal, bool) {
	var b strings.Builder
	escaped := false
	for i, r := range p.rest[1:] {
		switch {
		case escaped:
			escaped = false
			b.WriteRune(r)
		case r == '\\':
			escaped = true
		case r == '"':
			p.rest = p.rest[1+i+1:]
			return literal{text: b.String(), quoted: true}, true
		default:
			b.WriteRune(r)
		}
	}
	return literal{}, false
}
