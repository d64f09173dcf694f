package signon

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// node is a parsed expression. Evaluating never fails: what an expression
// names and nobody knows is nil, as Okta reports no wrong attribute name
// either.
type node interface{ eval(e *env) any }

type (
	literal struct{ value any }
	path    struct{ parts []string }
	call    struct {
		name string
		args []node
	}
	binary struct {
		op          string
		left, right node
	}
	negation struct{ of node }
	choice   struct{ when, then, otherwise node }
)

// Bounds on what is parsed: expressions come from outside, and nesting would
// otherwise be paid for with stack.
const (
	maxExpression = 4096
	maxNesting    = 50
)

var (
	errTooLong   = errors.New("the expression is too long")
	errTooNested = errors.New("the expression is nested too deeply")
	errAfterEnd  = errors.New("something follows the end of the expression")
)

type exprParser struct {
	tokens []exprToken
	depth  int
}

func parseExpression(expr string) (node, error) {
	if len(expr) > maxExpression {
		return nil, errTooLong
	}
	tokens, err := lex(expr)
	if err != nil {
		return nil, err
	}
	p := &exprParser{tokens: tokens}
	n, err := p.expression()
	if err != nil {
		return nil, err
	}
	if len(p.tokens) > 0 {
		return nil, errAfterEnd
	}
	return n, nil
}

func (p *exprParser) peek() exprToken {
	if len(p.tokens) == 0 {
		return exprToken{}
	}
	return p.tokens[0]
}

func (p *exprParser) take() exprToken {
	t := p.peek()
	if len(p.tokens) > 0 {
		p.tokens = p.tokens[1:]
	}
	return t
}

// accept takes the next word when it is one of those given.
func (p *exprParser) accept(words ...string) (string, bool) {
	t := p.peek()
	if t.kind != symbolToken && t.kind != nameToken {
		return "", false
	}
	for _, w := range words {
		if t.text == w {
			p.take()
			return w, true
		}
	}
	return "", false
}

func (p *exprParser) expect(symbol string) error {
	if _, ok := p.accept(symbol); !ok {
		return fmt.Errorf("%q is missing before %q", symbol, p.peek().text)
	}
	return nil
}

func (p *exprParser) expression() (node, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		return nil, errTooNested
	}
	when, err := p.level(0)
	if err != nil {
		return nil, err
	}
	if _, ok := p.accept("?"); !ok {
		return when, nil
	}
	then, err := p.expression()
	if err != nil {
		return nil, err
	}
	if err := p.expect(":"); err != nil {
		return nil, err
	}
	otherwise, err := p.expression()
	if err != nil {
		return nil, err
	}
	return choice{when, then, otherwise}, nil
}

// levels are the operators, weakest first.
var levels = [][]string{
	{"||", "OR", "or"},
	{"&&", "AND", "and"},
	{"==", "!=", "<", ">", "<=", ">="},
	{"+"},
}

func (p *exprParser) level(n int) (node, error) {
	if n == len(levels) {
		return p.unary()
	}
	left, err := p.level(n + 1)
	if err != nil {
		return nil, err
	}
	for {
		op, ok := p.accept(levels[n]...)
		if !ok {
			return left, nil
		}
		right, err := p.level(n + 1)
		if err != nil {
			return nil, err
		}
		left = binary{op, left, right}
	}
}

func (p *exprParser) unary() (node, error) {
	not := false
	for {
		if _, ok := p.accept("!"); !ok {
			break
		}
		not = !not
	}
	n, err := p.primary()
	if err != nil || !not {
		return n, err
	}
	return negation{n}, nil
}

func (p *exprParser) primary() (node, error) {
	switch t := p.take(); t.kind {
	case textToken:
		return literal{t.text}, nil
	case numberToken:
		n, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return nil, fmt.Errorf("read number: %w", err)
		}
		return literal{n}, nil
	case nameToken:
		return p.named(t.text)
	case symbolToken:
		switch t.text {
		case "(":
			n, err := p.expression()
			if err != nil {
				return nil, err
			}
			return n, p.expect(")")
		case "{":
			args, err := p.list("}")
			return call{name: listOf, args: args}, err
		}
		return nil, fmt.Errorf("%q cannot begin a value", t.text)
	}
	return nil, errors.New("a value is missing at the end")
}

// named reads what begins with a name: a word, a path or a call.
func (p *exprParser) named(first string) (node, error) {
	switch first {
	case "true":
		return literal{true}, nil
	case "false":
		return literal{false}, nil
	case "null":
		return literal{nil}, nil
	}
	parts := []string{first}
	for {
		if _, ok := p.accept("."); !ok {
			break
		}
		t := p.take()
		if t.kind != nameToken {
			return nil, fmt.Errorf("a name is missing after %q", strings.Join(parts, ".")+".")
		}
		parts = append(parts, t.text)
	}
	if _, ok := p.accept("("); !ok {
		return path{parts}, nil
	}
	args, err := p.list(")")
	return call{strings.Join(parts, "."), args}, err
}

// list reads values up to the closing symbol.
func (p *exprParser) list(closing string) ([]node, error) {
	var args []node
	if _, ok := p.accept(closing); ok {
		return nil, nil
	}
	for {
		n, err := p.expression()
		if err != nil {
			return nil, err
		}
		args = append(args, n)
		if _, ok := p.accept(","); !ok {
			return args, p.expect(closing)
		}
	}
}
