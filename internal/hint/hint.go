// Package hint holds errors that say what to do about them and which exit code
// they mean. It depends on nothing.
package hint

import (
	"errors"
	"fmt"
)

// Code is an exit code of the program.
type Code int

// Exit codes. When several apply, the first of this order wins: 130, 124, 2,
// 8, 4, 7, 5, 6, 3, 1, 0.
const (
	Done        Code = 0
	Failed      Code = 1
	Usage       Code = 2   // flag, file, missing answer, unknown or ambiguous name
	Due         Code = 3   // something is due (--exit-code)
	NotAllowed  Code = 4   // not authorised, before the first write
	TestFailed  Code = 5   // a test failed
	Partway     Code = 6   // stopped part way: the same command goes on
	Waiting     Code = 7   // waiting for a person
	Refused     Code = 8   // lock held, drift, a foreign app in the way
	TimedOut    Code = 124 // --timeout ran out
	Interrupted Code = 130 // Ctrl-C
)

// Error is an error with an exit code, hints and the request id that the other
// side gave. Any of them may be absent.
type Error struct {
	Err       error
	Code      Code // 0: not decided here
	Hints     []string
	RequestID string
	sealed    bool
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap gives the error that the hints belong to.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error of a code with one hint. An empty tip adds none.
func New(code Code, msg, tip string) error {
	return With(code, errors.New(msg), tip)
}

// With gives err an exit code and a hint. It returns nil for a nil err.
func With(code Code, err error, tip string) error {
	if err == nil {
		return nil
	}
	e := &Error{Err: err, Code: code}
	if tip != "" {
		e.Hints = []string{tip}
	}
	return e
}

// Add gives err a hint and leaves the exit code to others.
func Add(err error, format string, args ...any) error {
	return With(0, err, fmt.Sprintf(format, args...))
}

// Seal gives err an exit code that outweighs every code inside it: what a 401
// means depends on whether something was written before.
func Seal(code Code, err error, tip string) error {
	sealed := With(code, err, tip)
	var e *Error
	if errors.As(sealed, &e) {
		e.sealed = true
	}
	return sealed
}

// rank orders the codes: lower wins.
var rank = map[Code]int{Interrupted: 0, TimedOut: 1, Usage: 2, Refused: 3, NotAllowed: 4,
	Waiting: 5, TestFailed: 6, Partway: 7, Due: 8, Failed: 9, Done: 10}

// CodeOf is the exit code that err means: Done for nil, Failed where nobody
// decided, else the strongest of the codes in the tree of wrapped errors.
func CodeOf(err error) Code {
	if err == nil {
		return Done
	}
	best := Failed
	walk(err, func(e *Error) bool {
		if e.Code != Done && rank[e.Code] < rank[best] {
			best = e.Code
		}
		return !e.sealed
	})
	return best
}

// Hints lists the hints of err and all that it wraps, outermost first, without repeats.
func Hints(err error) []string {
	var out []string
	seen := map[string]bool{}
	walk(err, func(e *Error) bool {
		for _, h := range e.Hints {
			if !seen[h] {
				seen[h] = true
				out = append(out, h)
			}
		}
		return true
	})
	return out
}

// RequestID is the first request id in err's tree, or "".
func RequestID(err error) string {
	id := ""
	walk(err, func(e *Error) bool {
		if id == "" {
			id = e.RequestID
		}
		return id == ""
	})
	return id
}

// walk visits every Error in the tree of err, outermost first; visit says
// whether to look inside.
func walk(err error, visit func(*Error) bool) {
	if err == nil {
		return
	}
	if e, ok := err.(*Error); ok && !visit(e) { //nolint:errorlint // the walk itself unwraps
		return
	}
	switch u := err.(type) { //nolint:errorlint // the walk itself unwraps
	case interface{ Unwrap() error }:
		walk(u.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, inner := range u.Unwrap() {
			walk(inner, visit)
		}
	}
}
