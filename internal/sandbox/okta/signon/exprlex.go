package signon

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// tokenKind tells the words of Okta's expression language apart.
type tokenKind int

const (
	endToken tokenKind = iota
	nameToken
	textToken
	numberToken
	symbolToken
)

type exprToken struct {
	kind tokenKind
	text string
}

var errUnclosedText = errors.New("a quoted text has no end")

// symbols, longest first, so that "==" is not read as two words.
var symbols = []string{"==", "!=", "&&", "||", "<=", ">=", "(", ")", ",", "+", "?", ":", "!", ".", "<", ">", "{", "}"}

func lex(expr string) ([]exprToken, error) {
	var out []exprToken
	for rest := strings.TrimLeft(expr, " \t\r\n"); rest != ""; rest = strings.TrimLeft(rest, " \t\r\n") {
		tok, n, err := lexOne(rest)
		if err != nil {
			return nil, err
		}
		out = append(out, tok)
		rest = rest[n:]
	}
	return out, nil
}

func lexOne(s string) (exprToken, int, error) {
	c := s[0]
	switch {
	case c == '"' || c == '\'':
		return lexText(s)
	case isDigit(c):
		n := 1
		for n < len(s) && isDigit(s[n]) {
			n++
		}
		return exprToken{numberToken, s[:n]}, n, nil
	case isNameStart(c):
		n := 1
		for n < len(s) && (isNameStart(s[n]) || isDigit(s[n])) {
			n++
		}
		// The older functions have a prefix: fn:substringBefore.
		if s[:n] == "fn" && n+1 < len(s) && s[n] == ':' && isNameStart(s[n+1]) {
			n++
			for n < len(s) && (isNameStart(s[n]) || isDigit(s[n])) {
				n++
			}
		}
		return exprToken{nameToken, s[:n]}, n, nil
	}
	for _, sym := range symbols {
		if strings.HasPrefix(s, sym) {
			return exprToken{symbolToken, sym}, len(sym), nil
		}
	}
	r, _ := utf8.DecodeRuneInString(s)
	return exprToken{}, 0, fmt.Errorf("unexpected character %q", r)
}

func lexText(s string) (exprToken, int, error) {
	quote := s[0]
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote:
			return exprToken{textToken, b.String()}, i + 1, nil
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return exprToken{}, 0, errUnclosedText
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '$'
}
